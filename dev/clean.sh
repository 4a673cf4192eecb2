#!/usr/bin/env bash
# Removes what this checkout has created outside its folder: databases, files, logs, e-mails.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for part in run test test-neighbours bench prove lifecycle scale translations dist; do
    if [ -d "$state/$part" ]; then
        try_lock "$state/$part/lock" || die "make $part is running in this checkout: stop it first"
    fi
done
rm -rf "$state"
say "Removed $state"
if [ -n "${PGHOST:-}" ]; then say "Databases on $PGHOST are not removed: drop them yourself."; fi
say "Downloads are kept for the next time. To remove them too: rm -rf $cache"

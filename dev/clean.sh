#!/usr/bin/env bash
# Removes what belongs to this checkout outside of it: databases, files, logs, mails.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for part in run test bench prove; do
    if [ -d "$state/$part" ]; then
        try_lock "$state/$part/lock" || die "make $part is running in this checkout: stop it first"
    fi
done
rm -rf "$state"
say "Removed $state"
if [ -n "${PGHOST:-}" ]; then say "A database on $PGHOST is yours to drop."; fi
say "What was downloaded is kept for the next time; this removes it too: rm -rf $cache"

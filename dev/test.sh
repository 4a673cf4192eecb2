#!/usr/bin/env bash
# Installs our addons in new databases and runs all tests, side by side.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/test
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make test is already running in this checkout: wait until it ends"

forget_all() {
    stop_all
    if [ -n "$server" ] && [ -e "$run/databases" ]; then # nobody else drops them
        while read -r name; do "$python" dev/database.py drop "$name"; done <"$run/databases"
    fi
    rm -rf "$run"/{postgres,odoo}
}
server=${PGHOST:-}
stop_at_the_end
trap forget_all EXIT
make_scratch "$run"
# Everything of the previous run, except the lock and the link.
find "$run" -mindepth 1 -maxdepth 1 ! -name lock ! -name scratch -exec rm -rf {} +
prepare odoo postgres chromium
# Nothing is kept after the run, so nothing has to reach the disk.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off

export HYPOTHESIS_STORAGE_DIRECTORY=$run/hypothesis
odoo_command "$run/odoo" none
say "Tests: the logs are in $run"
start "$python" dev/test_run.py "$run" "crm_complaints_test_$$" "${odoo[@]}"
wait "${started[-1]}"

#!/usr/bin/env bash
# Installs our addons in new databases and runs all tests, side by side. With NEIGHBOURS, OCA's helpdesk addons, and
# therefore all of our small addons, are installed in all of them as well.
for part in common prepare postgres neighbours; do
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
if [ -n "${NEIGHBOURS:-}" ]; then
    prepare_neighbours
    export NEIGHBOURS=helpdesk_mgmt_sla,$(cd "$neighbours_path" && printf '%s,' */ | tr -d /)
fi
# Nothing is kept after the run, so nothing has to reach the disk.
# Tests roll back what they insert, so statistics that autovacuum gathers meanwhile would mislead the planner.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off

export HYPOTHESIS_STORAGE_DIRECTORY=$run/hypothesis
odoo_command "$run/odoo" none "${neighbours_path:-}"
say "Tests: the logs are in $run"
start "$python" dev/test_run.py "$run" "crm_complaints_test_$$" "${odoo[@]}"
wait "${started[-1]}"

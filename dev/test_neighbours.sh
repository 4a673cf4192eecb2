#!/usr/bin/env bash
# Runs the tests of OCA's helpdesk addons, without our addons and with them.
for part in common prepare postgres neighbours; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/neighbours
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make test-neighbours is already running in this checkout: wait until it ends"

prefix=crm_complaints_neighbours_$$
forget_all() {
    stop_all
    if [ -n "$server" ]; then # nobody else drops them
        for name in without with; do "$python" dev/database.py drop "${prefix}_$name"; done
    fi
    rm -rf "$run"/{postgres,odoo}
}
server=${PGHOST:-}
stop_at_the_end
trap forget_all EXIT
make_scratch "$run"
find "$run" -mindepth 1 -maxdepth 1 ! -name lock ! -name scratch -exec rm -rf {} +
prepare odoo postgres chromium
prepare_neighbours
# Tests roll back what they insert, so statistics that autovacuum gathers meanwhile would mislead the planner.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off
odoo_command "$run/odoo" none "$neighbours_path"
start "$python" dev/test_neighbours.py "$run" "$prefix" "$neighbours_path" "${odoo[@]}"
wait "${started[-1]}"

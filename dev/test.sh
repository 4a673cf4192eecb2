#!/usr/bin/env bash
# Installs our addons in new databases and runs all tests, side by side. With NEIGHBOURS, OCA's helpdesk addons, and
# therefore all of our small addons, are installed in all of them as well.
for part in common prepare postgres neighbours; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin test
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

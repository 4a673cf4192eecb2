#!/usr/bin/env bash
# Runs the tests of OCA's helpdesk addons, without our addons and with them.
for part in common prepare postgres neighbours; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin test-neighbours
prefix=crm_complaints_neighbours_$$
printf '%s\n' "${prefix}_without" "${prefix}_with" >"$run/databases"
prepare odoo postgres chromium
prepare_neighbours
# Tests roll back what they insert, so statistics that autovacuum gathers meanwhile would mislead the planner.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off
odoo_command "$run/odoo" none "$neighbours_path"
start "$python" dev/test_neighbours.py "$run" "$prefix" "$neighbours_path" "${odoo[@]}"
wait "${started[-1]}"

#!/usr/bin/env bash
# Measures the addon beside helpdesk_mgmt, helpdesk_mgmt_sla and plain SQL: one table, or the parts named by PART.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin bench
log=$run/bench.log
plain=crm_complaints_plain_$$ ours=crm_complaints_ours_$$ theirs=crm_complaints_theirs_$$
printf '%s\n' "$plain" "$ours" "$theirs" >"$run/databases"
prepare odoo postgres
# Standard settings, so that a commit reaches the disk. Only background work is postponed.
start_postgres "$run/postgres" -c autovacuum=off -c checkpoint_timeout=1h -c max_wal_size=8GB

# odoo_in DATABASE PROGRAM [OPTION…]: waits for a program that takes Odoo's options; no e-mail is sent.
odoo_in() {
    odoo_command "$run/odoo" "$1"
    options=("${odoo[@]:3}" --no-http --max-cron-threads 0 --smtp 127.0.0.1 --smtp-port 9)
    start "$python" "${@:2}" "${options[@]}" >>"$log" 2>&1
    wait "${started[-1]}" && return
    tail -n 12 "$log" >&2
    die "the databases could not be created: see $log"
}
# copy_to DATABASE: copies the first one, with its files.
copy_to() {
    "$python" dev/database.py copy "$plain" "$1"
    if [ -d "$run/odoo/data/filestore/$plain" ]; then
        cp -r "$run/odoo/data/filestore/$plain" "$run/odoo/data/filestore/$1"
    fi
}

say "Benchmarks: creating one database with helpdesk_mgmt only, one with our addon, and one with helpdesk_mgmt_sla if needed …"
"$python" dev/database.py create "$plain" "crm_complaints $root unfinished"
# The dependencies of our addon are in all of them.
odoo_in "$plain" -m odoo --init helpdesk_mgmt,base_automation,resource,rating,portal --stop-after-init
odoo_in "$plain" benchmarks/bench_worker.py --do set_up
copy_to "$ours"
odoo_in "$ours" -m odoo --init crm_complaints --stop-after-init
case ${PART:-tickets} in
*tickets*)
    copy_to "$theirs"
    odoo_in "$theirs" -m odoo --init helpdesk_mgmt_sla --stop-after-init
    ;;
esac

say "Benchmarks: measuring (log: $log) …"
status=0
start "$python" benchmarks/bench.py "$plain" "$ours" "$theirs" "$log" "${options[@]}"
wait "${started[-1]}" || status=$?
exit "$status"

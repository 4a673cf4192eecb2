#!/usr/bin/env bash
# Measures the addon beside helpdesk_mgmt, helpdesk_mgmt_sla and plain SQL: one table, or the parts that PART names.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/bench
log=$run/bench.log
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make bench is already running in this checkout: wait for it"

forget_all() {
    stop_all
    if [ -n "$server" ] && [ -n "${odoo:-}" ]; then # nobody else throws them away
        for name in plain ours theirs; do "$python" dev/database.py drop "crm_complaints_${name}_$$"; done
    fi
    rm -rf "$run"/{postgres,odoo}
}
server=${PGHOST:-}
stop_at_the_end
trap forget_all EXIT
make_scratch "$run"
rm -rf "$run"/{postgres,odoo,*.log}
prepare odoo postgres
# As it comes, so a commit reaches the disk; only what would start by itself meanwhile is put off.
start_postgres "$run/postgres" -c autovacuum=off -c checkpoint_timeout=1h -c max_wal_size=8GB

plain=crm_complaints_plain_$$ ours=crm_complaints_ours_$$ theirs=crm_complaints_theirs_$$
# odoo_in DATABASE PROGRAM [OPTION…]: waits for a program that takes Odoo's options; mail goes nowhere.
odoo_in() {
    odoo_command "$run/odoo" "$1"
    options=("${odoo[@]:3}" --no-http --max-cron-threads 0 --smtp 127.0.0.1 --smtp-port 9)
    start "$python" "${@:2}" "${options[@]}" >>"$log" 2>&1
    wait "${started[-1]}" && return
    tail -n 12 "$log" >&2
    die "the databases could not be made: see $log"
}
# copy_to DATABASE: copies the first one, with its files.
copy_to() {
    "$python" dev/database.py copy "$plain" "$1"
    if [ -d "$run/odoo/data/filestore/$plain" ]; then
        cp -r "$run/odoo/data/filestore/$plain" "$run/odoo/data/filestore/$1"
    fi
}

say "Benchmarks: making a database with helpdesk_mgmt alone, one with ours, one with helpdesk_mgmt_sla where needed …"
"$python" dev/database.py create "$plain" "crm_complaints $root unfinished"
# What ours is built on is in all of them.
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

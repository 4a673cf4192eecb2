#!/usr/bin/env bash
# Measures how the server scales out: workers and servers, a read replica, a connection pooler. PART names some of
# workers, replica and pooler. Needs a PostgreSQL of its own, and pgbouncer (Debian's package) for the pooler.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

[ -z "${PGHOST:-}" ] || die "this needs a PostgreSQL of its own: unset PGHOST"
begin scale
log=$run/scale.log
prepare odoo postgres
pgbouncer=$(PATH=$PATH:/usr/sbin command -v pgbouncer || true)
case ${PART:-pooler} in
*pooler*) if [ -z "$pgbouncer" ]; then need_packages pgbouncer && pgbouncer=/usr/sbin/pgbouncer; fi ;;
esac
start_postgres "$run/postgres"
first=crm_complaints_scale
copy=${first}_copy
say "Scaling out: installing the addon (log: $log) …"
"$python" dev/database.py create "$first" "crm_complaints $root unfinished"
odoo_command "$run/odoo" "$first"
start "${odoo[@]}" --no-http --init crm_complaints --stop-after-init 2>>"$log"
wait "${started[-1]}" || die "see $log"
start "$python" benchmarks/fault_processes.py set_up "${odoo[@]:3}" --no-http 2>>"$log"
wait "${started[-1]}" || die "see $log"

# measure PART [NAME=VALUE…]: on a copy of the database.
status=0
measure() {
    "$python" dev/database.py copy "$first" "$copy"
    odoo_command "$run/odoo" "$copy"
    start env "${@:2}" LOG="$log" "$python" benchmarks/scale_processes.py "$1" "${odoo[@]:3}" 2>>"$log"
    wait "${started[-1]}" || status=1
    "$python" dev/database.py drop "$copy"
}

# as_postgres COMMAND…: starts it as the user of the server, who is not root.
as_postgres() {
    local as=()
    if [ "$(id -u)" = 0 ]; then as=(--reuid=postgres --regid=postgres --init-groups); fi
    start "${as[@]}" "$@" >>"$log" 2>&1
}

# A standby that follows the server, on port 5433 in a folder of its own.
measure_replica() {
    local bin standby=$scratch/standby
    bin=$(postgres_bin "$run/postgres/data")
    install -d -m 700 -o "$(stat -c %U "$run/postgres/data")" "$standby"
    as_postgres "$bin/pg_basebackup" -D "$standby/data" -R -c fast -h "$PGHOST" -U odoo
    wait "${started[-1]}" || die "there is no standby: see $log"
    as_postgres "$bin/postgres" -D "$standby/data" -c listen_addresses= -c port=5433 \
        -c unix_socket_directories="$standby" -c hot_standby_feedback=on
    until PGHOST=$standby PGPORT=5433 "$python" dev/database.py check 2>/dev/null; do sleep 0.2; done
    measure replica REPLICA="$standby" REPLICA_PID="${started[-1]}"
}

# measure_pooler MODE: pgbouncer on port 6432, which pools by session or by transaction.
measure_pooler() {
    local pooler=$scratch/pooler-$1
    install -d -m 755 -o "$(stat -c %U "$run/postgres/data")" "$pooler"
    echo '"odoo" ""' >"$pooler/users"
    printf '%s\n' "[databases]" "* = host=$PGHOST port=5432" "[pgbouncer]" "listen_port = 6432" \
        "listen_addr =" "unix_socket_dir = $pooler" "auth_type = trust" "auth_file = $pooler/users" \
        "pool_mode = $1" "default_pool_size = 40" "ignore_startup_parameters = extra_float_digits" >"$pooler/ini"
    chmod 644 "$pooler"/*
    as_postgres "$pgbouncer" "$pooler/ini"
    sleep 1
    say "pgbouncer, pool_mode = $1"
    measure pooler POOLER="$pooler"
}

for part in ${PART:-workers replica pooler}; do
    case $part in
    workers) measure workers ;;
    replica) measure_replica ;;
    pooler) for mode in session transaction; do measure_pooler "$mode"; done ;;
    *) die "PART=$part: there are workers, replica and pooler" ;;
    esac
done
if [ "$status" != 0 ]; then say "Something failed: see $log"; fi
exit "$status"

# A private PostgreSQL server on a unix socket, or the one named by PGHOST; sourced, never run.
# shellcheck shell=bash

# start_postgres FOLDER [SERVER OPTION…]: serves the cluster in FOLDER, and creates it if it does not exist. Sets the
# array postgres to the command of the server, without its options.
start_postgres() {
    local data=$1/data sockets=$scratch/postgres log=$scratch/postgres.log owner as=() bin
    if [ -n "${PGHOST:-}" ]; then
        "$python" dev/database.py check || exit 1
        return
    fi
    owner=$(id -un)
    if [ "$owner" = root ]; then # PostgreSQL does not run as root
        owner=postgres
        as=(--reuid=postgres --regid=postgres --init-groups)
    fi
    install -d -m 700 -o "$owner" "$1" "$sockets"
    install -m 600 -o "$owner" /dev/null "$log"
    setpriv "${as[@]}" test -x "$1" ||
        die "PostgreSQL's user cannot access $cache: set CRM_COMPLAINTS_CACHE to a folder that it can access"
    bin=$(postgres_bin "$data")
    if [ ! -e "$data" ]; then
        rm -rf "$data.new"
        (cd / && setpriv "${as[@]}" "$bin/initdb" -D "$data.new" -U odoo --auth=trust \
            --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$log" 2>&1) ||
            die "the database cluster could not be created: $(tail -n 1 "$log")"
        mv "$data.new" "$data"
    fi
    shift
    postgres=("${as[@]}" "$bin/postgres" -D "$data" -c listen_addresses= -c port=5432
        -c "unix_socket_directories=$sockets")
    start "${postgres[@]}" "$@" >"$log" 2>&1
    export PGHOST=$sockets PGPORT=5432 PGUSER=odoo
    unset PGPASSWORD PGSERVICE PGOPTIONS
    for _ in {1..100}; do
        if "$python" dev/database.py check 2>/dev/null; then return; fi
        kill -0 "${started[-1]}" 2>/dev/null ||
            die "PostgreSQL did not start: $(tail -n 1 "$log") (make clean removes this checkout's databases)"
        sleep 0.1
    done
    "$python" dev/database.py check || exit 1
}

#!/usr/bin/env bash
# Installs our addons in a new database and runs all their tests; sees, beside it, that the demo data loads.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/test
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make test is already running in this checkout: wait for it"
mapfile -t addons < <(addons)
[ ${#addons[@]} -gt 0 ] || die "there is no addon in $root"
names=$(IFS=, && echo "${addons[*]}")

forget_all() {
    stop_all
    if [ -n "$server" ] && [ -n "${tests:-}" ]; then # nobody else throws them away
        for name in test demo; do "$python" dev/database.py drop "crm_complaints_${name}_$$"; done
    fi
    rm -rf "$run"/{postgres,test,demo}
}
server=${PGHOST:-}
stop_at_the_end
trap forget_all EXIT
make_scratch "$run"
rm -rf "$run"/{postgres,test,demo,hypothesis,screenshots,*.log}
prepare postgres chromium
# Nothing of this outlives the run, so nothing has to reach the disk.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off

# odoo_in NAME OPTION…: starts Odoo on the database and the log of this name; mail goes nowhere.
odoo_in() {
    odoo_command "$run/$1" "crm_complaints_$1_$$"
    start "${odoo[@]}" --init "$names" --stop-after-init --max-cron-threads 0 \
        --smtp 127.0.0.1 --smtp-port 9 "${@:2}" >"$run/$1.log" 2>&1
}
export HYPOTHESIS_STORAGE_DIRECTORY=$run/hypothesis
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
say "Tests: installing $names in a new database (log: $run/test.log) …"
odoo_in test --http-port "$port" --test-tags "${TAGS:-/${names//,/,/}}" --screenshots "$run/screenshots"
tests=${started[-1]}
odoo_in demo --no-http --with-demo
demo=${started[-1]}

# One line a test class, and one a failure, as they come.
start bash -c 'tail -n +1 -f --pid="$1" "$2" | sed -nuE "$3" | stdbuf -oL uniq' - "$tests" "$run/test.log" '
    s/^[^ ]+ [^ ]+ [0-9]+ [A-Z]+ [^ ]+ odoo\.addons\.([a-z_]+)\.tests\.[^ ]*: Starting ([A-Za-z0-9_]+)\..*/  \1 \2/p
    s/^[^ ]+ [^ ]+ [0-9]+ ERROR [^ ]+ odoo\.addons\.[^ ]+: ((FAIL|ERROR): .*)/    \1/p'
progress=${started[-1]}
tests_status=0 demo_status=0
wait "$tests" || tests_status=$?
wait "$progress" || true
wait "$demo" || demo_status=$?
forget_all
trap - EXIT
"$python" dev/report.py "$run/test.log" "$tests_status" "$run/demo.log" "$demo_status"

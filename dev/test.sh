#!/usr/bin/env bash
# Installs our addon in a new database and runs its tests; beside it, those of the small addons in a second
# one that has all of them, and sees that the demo data loads in a third.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/test
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make test is already running in this checkout: wait for it"
mapfile -t addons < <(addons)
main=crm_complaints
[[ " ${addons[*]} " == *" $main "* ]] || die "there is no addon $main in $root"
names=$(IFS=, && echo "${addons[*]}")
small=()
for addon in "${addons[@]}"; do if [ "$addon" != "$main" ]; then small+=("/$addon"); fi; done

# What is tested where: the small addons change what they are added to, so the first database has none of them.
# Of TAGS, those go to the second one that name a small addon.
main_tags=() small_tags=()
if [ -n "${TAGS:-}" ]; then
    IFS=, read -ra wanted <<<"$TAGS"
    for tag in "${wanted[@]}"; do
        case $tag in
        *"/${main}_"*) small_tags+=("$tag") ;;
        *) main_tags+=("$tag") ;;
        esac
    done
else
    main_tags=("/$main") small_tags=("${small[@]}")
fi

forget_all() {
    stop_all
    if [ -n "$server" ] && [ -n "${prepared:-}" ]; then # nobody else throws them away
        for name in test small demo; do "$python" dev/database.py drop "crm_complaints_${name}_$$"; done
    fi
    rm -rf "$run"/{postgres,test,small,demo}
}
server=${PGHOST:-}
stop_at_the_end
trap forget_all EXIT
make_scratch "$run"
rm -rf "$run"/{postgres,test,small,demo,hypothesis,screenshots,*.log,*.jsonl}
prepare odoo postgres chromium
prepared=1
# Nothing of this outlives the run, so nothing has to reach the disk.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off

# odoo_in NAME ADDONS OPTION…: starts Odoo on the database and the log of this name; mail goes nowhere.
odoo_in() {
    odoo_command "$run/$1" "crm_complaints_$1_$$"
    start "${odoo[@]}" --init "$2" --stop-after-init --max-cron-threads 0 \
        --smtp 127.0.0.1 --smtp-port 9 "${@:3}" >"$run/$1.log" 2>&1
}
# test_in NAME ADDONS TAG…: the same, with tests.
test_in() {
    local tags
    tags=$(IFS=, && echo "${*:3}")
    odoo_in "$1" "$2" --http-port "$(free_port)" --test-tags "$tags" --screenshots "$run/screenshots"
}
free_port() {
    "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# show_progress LOG PID: one line a test class, and one a failure, as they come.
show_progress() {
    start bash -c 'tail -n +1 -f --pid="$1" "$2" | sed -nuE "$3" | stdbuf -oL uniq' - "$2" "$1" '
        s/^[^ ]+ [^ ]+ [0-9]+ [A-Z]+ [^ ]+ odoo\.addons\.([a-z_]+)\.tests\.[^ ]*: Starting ([A-Za-z0-9_]+)\..*/  \1 \2/p
        s/^[^ ]+ [^ ]+ [0-9]+ ERROR [^ ]+ odoo\.addons\.[^ ]+: ((FAIL|ERROR): .*)/    \1/p'
    progress+=("${started[-1]}")
}
export HYPOTHESIS_STORAGE_DIRECTORY=$run/hypothesis
results=() progress=()

if [ ${#main_tags[@]} -gt 0 ]; then
    say "Tests: installing $main in a new database (log: $run/test.log) …"
    test_in test "$main" "${main_tags[@]}"
    tests=${started[-1]}
    show_progress "$run/test.log" "$tests"
fi
# Two at a time: the small addons' tests, then the demo data, beside the many tests of the first.
if [ ${#small_tags[@]} -gt 0 ]; then
    say "Tests: installing $names in a second one (log: $run/small.log) …"
    test_in small "$names" "${small_tags[@]}"
    small_tests=${started[-1]}
    show_progress "$run/small.log" "$small_tests"
    status=0
    wait "$small_tests" || status=$?
    results+=("$run/small.log" "$status")
fi
if [ -z "${TAGS:-}" ]; then
    start "$python" dev/test_engine.py --processes 1 --record "$run/engine.jsonl"
    wait "${started[-1]}" || true
fi
odoo_in demo "$names" --no-http --with-demo
demo=${started[-1]}
demo_status=0
wait "$demo" || demo_status=$?
if [ ${#main_tags[@]} -gt 0 ]; then
    status=0
    wait "$tests" || status=$?
    results=("$run/test.log" "$status" "${results[@]}")
fi
for job in "${progress[@]}"; do wait "$job" || true; done
forget_all
trap - EXIT
"$python" dev/report.py "$run/engine.jsonl" "$run/demo.log" "$demo_status" "${results[@]}"

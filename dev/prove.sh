#!/usr/bin/env bash
# Proves with real processes the clock's sweep, the mail gateway, and that a server survives faults, each proof on a
# copy of one database.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

due=${DUE:-10000}
[[ $due =~ ^[1-9][0-9]*$ ]] || die "DUE=$due is not a number"
export SEED=${SEED:-$RANDOM}
[[ $SEED =~ ^[0-9]+$ ]] || die "SEED=$SEED is not a number"
# is_wanted PART: whether $PART names it, or nothing.
is_wanted() { [[ " ${PART:-clock mail faults} " == *" $1 "* ]]; }
for part in ${PART:-}; do
    [[ $part =~ ^(clock|mail|faults)$ ]] || die "PART=$part: there are clock, mail and faults"
done

begin prove undisturbed.json
log=$run/prove.log
export STATE=$run/undisturbed.json
first=crm_complaints_prove_$$
copy=crm_complaints_prove_copy_$$
printf '%s\n' "$first" "$copy" >"$run/databases"
prepare odoo postgres
# Commits need not survive a crash of the machine: only our own processes are killed.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off
cluster=${started[-1]:-}

# odoo_in DATABASE PROGRAM [ARGUMENT…]: waits for a program that takes Odoo's options; no e-mail is sent.
odoo_in() {
    odoo_command "$run/odoo" "$1"
    start "$python" "${@:2}" "${odoo[@]:3}" --no-http --max-cron-threads 0 --smtp 127.0.0.1 --smtp-port 9 2>>"$log"
    wait "${started[-1]}"
}

# set_up PROGRAM [ARGUMENT…]: installs the addon in a new database, and lets the program prepare it.
set_up() {
    "$python" dev/database.py drop "$first"
    "$python" dev/database.py create "$first" "crm_complaints $root unfinished"
    odoo_in "$first" -m odoo --init crm_complaints --stop-after-init && odoo_in "$first" "$@" || {
        tail -n 12 "$log" >&2
        die "the database could not be made: see $log"
    }
}

# prove_clock, prove_mail, prove_faults: the proofs of one part; status is 1 once one of them has failed.
status=0
prove_clock() {
    local proof
    say "Proofs: installing the addon with $due due complaints (log: $log) …"
    set_up benchmarks/sweep_processes.py set_up "$due"
    for proof in two four undisturbed killed raising saving; do
        "$python" dev/database.py copy "$first" "$copy"
        odoo_in "$copy" benchmarks/sweep_processes.py "$proof" "$due" || status=1
        "$python" dev/database.py drop "$copy"
    done
}

prove_mail() {
    local proof
    say "Proofs: installing the addon for the proofs of the mail gateway (log: $log) …"
    set_up benchmarks/mail_processes.py set_up
    for proof in two four one_sender unsent fetching; do
        "$python" dev/database.py copy "$first" "$copy"
        odoo_in "$copy" benchmarks/mail_processes.py "$proof" || status=1
        "$python" dev/database.py drop "$copy"
    done
    say "Proofs: reading e-mails of 25 MB …"
    CRM_COMPLAINTS_LARGEST=25 "$python" dev/test_engine.py --processes 1 mail_growth || status=1
}

# The server is killed and started again here: what is committed has to survive that.
prove_faults() {
    local fault odoo
    if [ -n "$server" ]; then
        say "Proofs of faults: skipped, they need a PostgreSQL of their own (PGHOST is set)"
        return
    fi
    say "Proofs: installing the addon for the proofs of faults (log: $log) …"
    set_up benchmarks/fault_processes.py set_up
    stop "$cluster"
    start bash -c 'while :; do setpriv --pdeathsig TERM "$@"; sleep 1; done' keep \
        "${postgres[@]}" -c fsync=off -c full_page_writes=off >>"$log" 2>&1
    until "$python" dev/database.py check 2>/dev/null; do sleep 0.1; done
    for fault in ${FAULTS:-calm workers postgres mail disk}; do
        "$python" dev/database.py copy "$first" "$copy"
        odoo_command "$run/odoo" "$copy"
        # in a name space of its own the small disk is gone when the processes are
        start unshare --mount "${map_root[@]}" env CLUSTER="$run/postgres/data" "$python" \
            benchmarks/fault_processes.py "$fault" "${odoo[@]:3}" --smtp 127.0.0.1 --smtp-port 9 2>>"$log"
        wait "${started[-1]}" || status=1
        "$python" dev/database.py drop "$copy"
    done
}
map_root=()
if [ "$(id -u)" != 0 ]; then map_root=(--user --map-root-user); fi

for part in clock mail faults; do
    if is_wanted "$part"; then "prove_$part"; fi
done
if [ "$status" != 0 ]; then say "Some proofs failed: see $log"; fi
exit "$status"

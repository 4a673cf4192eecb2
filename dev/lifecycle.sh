#!/usr/bin/env bash
# Installs, updates and uninstalls the addons with real servers, and checks what becomes of the data.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin lifecycle
prepare odoo postgres
# Nothing is kept after the run, so nothing has to reach the disk.
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off
PATH=$(postgres_bin "$run/postgres/data"):$PATH # psql and pg_dump of the server's version

start "$python" dev/mailbox.py "$run/outbox" "$scratch/smtp" >"$run/mailbox.log" 2>&1
until [ -s "$scratch/smtp" ]; do
    kill -0 "${started[-1]}" 2>/dev/null || die "the mail server for outgoing e-mail did not start: see $run/mailbox.log"
    sleep 0.1
done
odoo_command "$run/odoo" none
say "Life cycle: the logs are in $run"
start "$python" dev/lifecycle.py "$run" "crm_complaints_life_$$" "${odoo[@]}" \
    --max-cron-threads 0 --smtp 127.0.0.1 --smtp-port "$(cat "$scratch/smtp")"
wait "${started[-1]}"

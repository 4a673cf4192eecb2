#!/usr/bin/env bash
# Serves the addon on 127.0.0.1, with a database of demo complaints, until it is stopped.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

run=$state/run
log=$run/odoo.log
outbox=$run/outbox
database=${PGDATABASE:-complaints}
url=http://127.0.0.1:$PORT
[[ $PORT =~ ^[0-9]+$ ]] || die "PORT=$PORT is not a port number"
[ -e crm_complaints/__manifest__.py ] || die "the addon crm_complaints is not in $root"
mapfile -t addons < <(addons)
# Other small addons depend on sales, invoicing and more, which takes longer, so they are installed on request only.
wanted=(crm_complaints crm_complaints_dashboard)
if [ "${ADDONS:-}" = all ]; then
    wanted=("${addons[@]}")
elif [ -n "${ADDONS:-}" ]; then
    IFS=, read -ra more <<<"$ADDONS"
    wanted+=("${more[@]}")
fi
for addon in "${wanted[@]}"; do
    [ -e "$addon/__manifest__.py" ] || die "ADDONS: the addon $addon is not in $root"
done
names=$(IFS=, && echo "${wanted[*]}")
mkdir -p "$run"
if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
try_lock "$run/lock" || die "make run is already running in this checkout: stop it first"
if (: </dev/tcp/127.0.0.1/"$PORT") 2>/dev/null; then
    die "port $PORT is in use: choose another, as in PORT=$((PORT + 1)) make run"
fi
stop_at_the_end
make_scratch "$run"
prepare odoo postgres
start_postgres "$run/postgres" -c synchronous_commit=off
odoo_command "$run" "$database"

# Runs Odoo until it has installed or updated the addon.
change_database() {
    start "${odoo[@]}" --no-http --smtp 127.0.0.1 --smtp-port 9 --stop-after-init "$@" >"$log" 2>&1
    wait "${started[-1]}" && ! grep -qE '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) | demo data failed to install' "$log" && return
    # from the first error on; a traceback names its cause in the middle
    sed -nE '/^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) | demo data failed to install/,$p' "$log" | head -n 60 >&2
    tail -n 3 "$log" >&2
    return 1
}

# The mark of the database says which checkout it belongs to, and which version of our code is installed.
code=$(find "${wanted[@]}" requirements/addons.txt -type f ! -name '*.pyc' -print0 | sort -z |
    xargs -0 sha256sum | sha256sum | cut -c1-16)
mark=$("$python" dev/database.py mark "$database")
if [[ $mark == "crm_complaints $root "* && ! -d $run/data/filestore ]]; then
    mark="crm_complaints $root unfinished" # its files are gone
fi
case $mark in
"crm_complaints $root $code") ;;
missing | "crm_complaints $root unfinished")
    say "Database $database: installing the addon and the demo complaints (a minute, or several on a busy machine) …"
    "$python" dev/database.py drop "$database"
    rm -rf "$run/data" "$outbox"
    "$python" dev/database.py create "$database" "crm_complaints $root unfinished"
    change_database --init "$names" --with-demo || die "the addon and its demo data could not be installed: see $log"
    ;;
"crm_complaints $root "*)
    say "Database $database: updating, because the addon has changed …"
    change_database --init "$names" --update "$names" ||
        die "the addon could not be updated in this database (the error is above, the log is $log): correct it and run again, or run make clean to get a new database"
    ;;
*) die "the database $database on $PGHOST does not belong to this checkout: choose another name, as in PGDATABASE=complaints2 make run" ;;
esac
"$python" dev/database.py mark "$database" "crm_complaints $root $code"

# No e-mail leaves this machine: all of it is kept in the outbox.
start "$python" dev/mailbox.py "$outbox" "$scratch/smtp" >"$run/mailbox.log" 2>&1
until [ -s "$scratch/smtp" ]; do
    kill -0 "${started[-1]}" 2>/dev/null || die "the mail server for outgoing e-mail did not start: see $run/mailbox.log"
    sleep 0.1
done

say "Odoo: starting …"
start "${odoo[@]}" --http-port "$PORT" --max-cron-threads 1 --smtp 127.0.0.1 --smtp-port "$(cat "$scratch/smtp")" >"$log" 2>&1
server=${started[-1]}
patience=$((SECONDS + 120))
until "$python" -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=60)' "$url/web/login" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || die "Odoo did not start: $(tail -n 1 "$log") (full log: $log)"
    if [ "$SECONDS" -gt "$patience" ]; then die "Odoo does not show its login page: see $log"; fi
    sleep 0.2
done
# Odoo learns its address when an administrator logs in, but the links in its e-mails need it before.
"$python" -c 'import sys, xmlrpc.client as x
url, database = sys.argv[1:]
x.ServerProxy(url + "/xmlrpc/2/common").authenticate(database, "admin", "admin", {"base_location": url})
' "$url" "$database" 2>/dev/null || true

cat <<END

  $url   as admin, anna or ben (handlers) or tom (team leader); the password is the user name

  What to try first:
    The app Complaints: the pipeline, with demo complaints in every phase
    make mail PORT=$PORT FILE=some.eml in another terminal: an e-mail becomes a complaint
    $url/my/complaints as portal: the customer's view

  Outgoing e-mails are kept in  $outbox
  The log is                    $log
  Ctrl-C stops the server.

END
wait "$server" || true
die "Odoo has stopped: $(tail -n 1 "$log") (full log: $log)"

"""Life cycle: the addons are installed, updated and uninstalled as administrators do it.

lifecycle.py FOLDER DATABASE_PREFIX ODOO_COMMAND…

$PART names what is done; without it, the first three:

install     on a helpdesk with $TICKETS ordinary tickets, which must stay as they are
update      a database of each published version (dev/dumps) is updated to this code;
            what an administrator has edited, and all data, must be kept
uninstall   through the web client's own call; the helpdesk must work afterwards, and
            nothing of the addons may be left; then they are installed again
dump        writes dev/dumps/VERSION.sql.xz, the database of this version for "update"

What is done on a server goes through HTTP, like the requests of the web client. Logs
are in FOLDER, the names of all databases made in FOLDER/databases.
"""

import ast
import http.cookiejar
import json
import lzma
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import database
import psycopg2
import report
from test_run import ADDONS, BOUND, MAIN, ROOT, free_port

DUMPS = ROOT / "dev" / "dumps"
MANIFEST = ast.literal_eval((ROOT / MAIN / "__manifest__.py").read_text())
PARTS = ("install", "update", "uninstall")
# Tables whose locks make users wait.
BUSY = ("helpdesk_ticket", "mail_message", "res_partner")
# Tables of others that hold what an administrator or a user has entered.
ENTERED = (
    *("base_automation", "ir_act_server", "ir_cron", "ir_filters", "ir_rule"),
    *("ir_sequence", "mail_activity", "mail_activity_type", "mail_alias"),
    *("mail_followers", "mail_message", "mail_template", "rating_rating"),
    *("res_company", "res_partner", "res_users"),
)
# Where text of users and Odoo's own lists may name complaints for ever: Odoo keeps the
# foreign keys of all addons, and what other addons noted about models that are gone.
MAY_NAME = {
    *("helpdesk_ticket", "mail_message", "mail_mail", "mail_tracking_value"),
    *("ir_model_constraint", "ir_model_data", "ir_module_module"),
    *("ir_module_module_dependency", "res_partner"),
}
# What stays on purpose: what Odoo lists of an addon that can be installed, the numbers,
# the team's address, and the edits that the dump notes.
STAYS = (
    "module_crm_complaints",
    "helpdesk.ticket.complaint",
    "complaints@desk.example",
    "lifecycle.edits",
)
# The edits that a dump holds, in the dump itself.
EDITS = "lifecycle.edits"


def say(text):
    print(text, flush=True)


class Run:
    """One run: its databases, servers and logs, and the table of what was checked."""

    def __init__(self, folder, prefix, odoo):
        self.folder = Path(folder)
        self.prefix = prefix
        self.odoo = odoo
        self.rows = []

    def check(self, part, claim, truth, detail=""):
        self.rows.append((part, claim, bool(truth), str(detail)))
        say(f"  {'ok' if truth else 'FAILED':8}{part:11}{claim}: {detail}")

    def create(self, name):
        """Return a new, empty database."""
        found = Database(self, name)
        with (self.folder / "databases").open("a") as file:
            print(found.name, file=file)
        database.main("drop", found.name)
        database.main("create", found.name, f"crm_complaints {ROOT} unfinished")
        return found


class Database:
    def __init__(self, run, name):
        self.run = run
        self.name = f"{run.prefix}_{name}"
        self.log = run.folder / f"{name}.log"

    def rows(self, query, *params):
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, params or None)
                return cursor.fetchall() if cursor.description else []

    def value(self, query, *params):
        return self.rows(query, *params)[0][0]

    def command(self, *options):
        return [
            *(*BOUND, *self.run.odoo, "--database", self.name),
            *("--db-filter", f"^{self.name}$", *options),
        ]

    def odoo(self, *options):
        """Run Odoo until it has done this; return its seconds and its MB at the most."""
        start = time.monotonic()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command("--no-http", "--stop-after-init", *options),
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        if status:
            report.show_problems(self.log, status)
            sys.exit(f"crm_complaints: Odoo has failed, see {self.log}")
        return time.monotonic() - start, usage.ru_maxrss / 1024

    def check_log(self, part, since=0):
        """Check that what Odoo logged has no warning, from this record of it on."""
        records = report.read_log(self.log)[since:]
        bad = [text for level, text in records if level not in ("INFO", "DEBUG")]
        detail = bad[0].splitlines()[0][:200] if bad else f"{len(records)} lines"
        self.run.check(part, "log without warnings", not bad, detail)

    def logged(self):
        return len(report.read_log(self.log)) if self.log.exists() else 0

    @contextmanager
    def server(self):
        """Yield a client of a server for this database, logged in as administrator."""
        port = free_port()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command("--http-port", str(port)),
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
        try:
            client = Client(f"http://127.0.0.1:{port}")
            for _ in range(300):
                try:
                    client.get("/web/login")
                    break
                except OSError:
                    if process.poll() is not None:
                        sys.exit(f"crm_complaints: Odoo has stopped, see {self.log}")
                    time.sleep(0.2)
            client.log_in(self.name)
            yield client
        finally:
            process.terminate()
            process.wait()


class Refused(Exception):
    """Odoo answered a call with an error."""


class Client:
    """What the web client does: logs in, calls methods, opens pages."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.ProxyHandler({}),
        )

    def get(self, path):
        with self.opener.open(self.url + path, timeout=600) as response:
            return response.read().decode()

    def status(self, path):
        try:
            self.get(path)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def post(self, path, **params):
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=3600) as response:
            answer = json.load(response)
        if "error" in answer:
            raise Refused(answer["error"]["data"]["debug"])
        return answer.get("result")

    def log_in(self, name):
        self.post("/web/session/authenticate", db=name, login="admin", password="admin")

    def call(self, model, method, *args, **kwargs):
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def ref(self, xml_id):
        module, name = xml_id.split(".")
        found = self.call(
            "ir.model.data",
            "search_read",
            [["module", "=", module], ["name", "=", name]],
            ["res_id"],
        )
        return found[0]["res_id"]

    def modules(self, method, names):
        found = self.call("ir.module.module", "search", [["name", "in", names]])
        self.call("ir.module.module", method, found)

    def mail(self, to, subject):
        """Give the gateway an e-mail of a customer; return the id of its ticket."""
        raw = (
            f"From: Anna Weber <anna@weber.example>\nTo: {to}\nDelivered-To: {to}\n"
            f"Subject: {subject}\nMessage-Id: <{time.time()}@weber.example>\n"
            "Content-Type: text/plain\n\nThe water was cold for three days.\n"
        )
        return self.call("mail.thread", "message_process", False, raw)


# ---------------------------------------------------
# Install
# ---------------------------------------------------


class Locks(threading.Thread):
    """Notes for how long tables are locked against readers, every 20 ms."""

    def __init__(self, db):
        super().__init__(daemon=True)
        self.db = db
        self.seconds = dict.fromkeys(BUSY, 0.0)
        self.ended = threading.Event()

    def run(self):
        connection = psycopg2.connect(dbname=self.db.name)
        connection.autocommit = True
        last = time.monotonic()
        with connection.cursor() as cursor:
            while not self.ended.wait(0.02):
                cursor.execute(
                    "SELECT DISTINCT relation::regclass::text FROM pg_locks "
                    "WHERE mode = 'AccessExclusiveLock' AND granted "
                    "AND relation = ANY(%s::regclass[])",
                    [list(BUSY)],
                )
                now = time.monotonic()
                for (table,) in cursor.fetchall():
                    self.seconds[table] += now - last
                last = now
        connection.close()


FILL = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, active,
                             type, is_company, create_date)
    SELECT 'Customer ' || n, 'Customer ' || n, 'c' || n || '@customer.example',
           'c' || n || '@customer.example', '+32 2 ' || n, true, 'contact', false, now()
      FROM generate_series(1, {count} / 10 + 1) n;
    UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;

    INSERT INTO helpdesk_ticket (
        number, name, description, partner_id, commercial_partner_id, partner_name,
        partner_email, stage_id, user_id, company_id, priority, active,
        last_stage_update, create_date, write_date, create_uid, write_uid)
    SELECT 'OLD' || n, 'Printer ' || n,
           '<p>It does not print. ' || repeat('And again. ', 30) || '</p>',
           p.id, p.id, p.name, p.email, s.id, 2, 1, '1', true,
           now(), now(), now(), 2, 2
      FROM generate_series(1, {count}) n
      JOIN (SELECT *, row_number() OVER (ORDER BY id DESC) AS k FROM res_partner) p
        ON p.k = 1 + n / 10
      JOIN (SELECT *, row_number() OVER (ORDER BY id) AS k FROM helpdesk_ticket_stage) s
        ON s.k = 1 + n % 4;

    INSERT INTO mail_message (model, res_id, body, message_type, subtype_id, date,
                              author_id, message_id, create_date)
    SELECT 'helpdesk.ticket', id, '<p>We look at it.</p>', 'comment', 1, now(),
           partner_id, '<' || id || '@customer.example>', now()
      FROM helpdesk_ticket WHERE number LIKE 'OLD%';
"""


def columns_of(db, table):
    return [
        name
        for (name,) in db.rows(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = %s ORDER BY 1",
            table,
        )
    ]


def checksum(db, columns, where="true"):
    """Return the number of the tickets, and a checksum of these columns of them."""
    row = ", ".join(f't."{name}"' for name in columns)
    return db.rows(
        f"SELECT count(*), md5(string_agg(md5(row({row})::text), '' ORDER BY id)) "
        f"FROM helpdesk_ticket t WHERE {where}"
    )[0]


def install(run, demo):
    """Install the main addon on an ordinary helpdesk, as in docs/life-cycle.md."""
    part = "demo" if demo else "install"
    options = ["--with-demo"] if demo else []
    count = int(os.environ.get("TICKETS") or 20000)
    say(f"Life cycle: installing on {count} tickets{' with demo data' * demo} …")
    db = run.create(part)
    db.odoo("--init", ",".join(MANIFEST["depends"]), *options)
    db.rows(FILL.format(count=count))
    db.rows("ANALYZE")
    own = columns_of(db, "helpdesk_ticket")
    places = [*own, "ctid", "xmin"]
    old = "number LIKE 'OLD%'"
    before = checksum(db, places, old)
    files = "SELECT pg_relation_filenode(%s)"
    file = db.value(files, "helpdesk_ticket")
    records = db.logged()
    locks = Locks(db)
    locks.start()
    seconds, memory = db.odoo("--init", MAIN, *options)
    locks.ended.set()
    locks.join()
    after = checksum(db, places, old)
    run.check(part, "tickets unchanged, no row rewritten", after == before, after)
    same = db.value(files, "helpdesk_ticket") == file
    run.check(part, "table of tickets not rewritten", same, f"file {file}")
    complaints = db.value(
        f"SELECT count(*) FROM helpdesk_ticket WHERE {old} AND is_complaint IS NOT FALSE"
    )
    run.check(part, "all of them ordinary", not complaints, f"{complaints} are not")
    run.check(
        part, "time, memory", True, f"{seconds:.1f} s, {memory:.0f} MB at the most"
    )
    held = ", ".join(f"{table} {locks.seconds[table]:.1f} s" for table in BUSY)
    run.check(part, "locked against readers", True, held)
    db.check_log(part, records)


# ---------------------------------------------------
# The dump
# ---------------------------------------------------


def make_edits(client):
    """Edit what comes as data, as an administrator does; return what to find again."""
    edits = []

    def edit(xml_id, field, value, lang="en_US"):
        model = client.call(
            "ir.model.data",
            "search_read",
            [["module", "=", MAIN], ["name", "=", xml_id]],
            ["model", "res_id"],
        )[0]
        ids = [model["res_id"]]
        context = {"lang": lang}
        client.call(model["model"], "write", ids, {field: value}, context=context)
        (found,) = client.call(model["model"], "read", ids, [field], context=context)
        edits.append([model["model"], ids[0], field, lang, found[field]])

    edit("helpdesk_ticket_stage_hearing", "name", "First call")
    edit("helpdesk_ticket_stage_hearing", "name", "Erster Anruf", "de_DE")
    edit("helpdesk_ticket_stage_solution", "description", "<p>Our own guide.</p>")
    edit("mail_template_acknowledgement", "subject", "We have it: {{ object.number }}")
    edit("mail_template_final_response", "body_html", "<p>Our own last letter.</p>")
    edit("mail_template_final_response", "body_html", "<p>Unser Brief.</p>", "de_DE")
    edit("base_automation_breached", "active", False)
    edit("complaint_policy_online", "active", False)
    edit("complaint_policy_fca_disp", "active", True)
    edit("helpdesk_ticket_channel_fax", "name", "Fax and telex")
    edit("helpdesk_ticket_team_complaints", "name", "Customer relations")
    edit("complaint_cause_billing", "name", "Our invoices")
    edit("mail_activity_type_call_back", "name", "Ring them")
    edit("ir_cron_complaint_warning", "active", False)
    deleted = "complaint_cause_outside"
    client.call("complaint.cause", "unlink", [client.ref(f"{MAIN}.{deleted}")])
    edits.append(["complaint.cause", deleted, None, None, None])
    policy = client.ref(f"{MAIN}.complaint_policy_default")
    target = client.call(
        "complaint.policy.target",
        "search",
        [["policy_id", "=", policy], ["milestone", "=", "resolve"]],
    )
    client.call("complaint.policy.target", "write", target, {"delay": 10})
    edits.append(["complaint.policy.target", target[0], "delay", "en_US", 10])
    return edits


def make_work(client):
    """Write some work of all kinds into the database: tickets, complaints, own settings."""
    client.call("res.lang", "write", [client.ref("base.lang_de")], {"active": True})
    company = client.ref("base.main_company")
    domain = client.call("mail.alias.domain", "create", {"name": "desk.example"})
    client.call("res.company", "write", [company], {"alias_domain_id": domain})
    customer = client.call(
        "res.partner", "create", {"name": "Anna Weber", "email": "anna@weber.example"}
    )
    support = client.call(
        "helpdesk.ticket.team", "create", {"name": "Support", "alias_name": "support"}
    )
    stages = client.call(
        "helpdesk.ticket.stage", "search", [["complaint_phase", "=", False]]
    )
    for number, stage in enumerate(stages):
        values = {"name": f"Printer {number}", "team_id": support, "stage_id": stage}
        values |= {"description": "It does not print.", "partner_id": customer}
        client.call("helpdesk.ticket", "create", values)
    client.call(
        "helpdesk.ticket.stage",
        "create",
        {"name": "With the lawyer", "complaint_phase": "solution", "sequence": 104},
    )
    team = client.ref(f"{MAIN}.helpdesk_ticket_team_complaints")
    stages = client.call(
        "helpdesk.ticket.stage",
        "search_read",
        [["complaint_phase", "!=", False]],
        ["complaint_phase"],
    )
    decided = {"complaint_outcome": "upheld"}
    decided["stage_id"] = client.ref(f"{MAIN}.helpdesk_ticket_stage_solution")
    decided["complaint_cause_id"] = client.ref(f"{MAIN}.complaint_cause_billing_amount")
    refund = client.ref(f"{MAIN}.complaint_remedy_type_refund")
    decided["complaint_remedy_ids"] = [(0, 0, {"type_id": refund, "amount": 20})]
    for number, stage in enumerate(stages):
        values = {"name": f"Cold water {number}", "team_id": team}
        values |= {"description": "It was cold.", "partner_id": customer}
        ticket = client.call("helpdesk.ticket", "create", values)
        if stage["complaint_phase"] in ("solution", "agreement", "follow_up", "closed"):
            client.call("helpdesk.ticket", "write", [ticket], decided)
        client.call("helpdesk.ticket", "write", [ticket], {"stage_id": stage["id"]})
        client.call(
            "helpdesk.ticket", "message_post", [ticket], body="We are looking at it."
        )
    client.mail("complaints@desk.example", "Cold water, by e-mail")
    client.mail("support@desk.example", "Printer, by e-mail")
    client.call(
        "ir.filters",
        "create",
        {
            "name": "Mine",
            "model_id": "helpdesk.ticket",
            "domain": "[('complaint_is_open', '=', True)]",
            "is_default": True,
            "user_ids": [(4, client.call("res.users", "search", [])[0])],
        },
    )


# Rows that each start of Odoo makes anew, pictures of other addons, and secrets.
STRIP = """
    DELETE FROM ir_attachment
          WHERE url LIKE '/web/assets/%' OR store_fname IS NOT NULL;
    DELETE FROM bus_bus;
    UPDATE ir_config_parameter SET value = 'of a test database'
     WHERE key IN ('database.secret', 'database.uuid');
    DELETE FROM ir_logging;
    UPDATE ir_module_module SET description = NULL, icon = NULL;
    DELETE FROM ir_module_module_dependency WHERE module_id IN (
        SELECT id FROM ir_module_module WHERE state <> 'installed');
"""


def write_dump(run):
    """Write the database of this version that later versions are tried on."""
    say(f"Life cycle: installing {', '.join(ADDONS)} …")
    db = run.create("dump")
    db.odoo("--init", ",".join(ADDONS))
    with db.server() as client:
        make_work(client)
    db.odoo("--update", ",".join(ADDONS))  # which loads the translations into German
    with db.server() as client:
        edits = json.dumps(make_edits(client))
        client.call("ir.config_parameter", "set_param", EDITS, edits)
    db.rows(STRIP)
    options = ("--no-owner", "--no-privileges", "--no-comments")
    text = subprocess.check_output(["pg_dump", *options, db.name])
    # in the ids of messages
    text = text.replace(f"@{socket.gethostname()}".encode(), b"@desk.example")
    DUMPS.mkdir(exist_ok=True)
    path = DUMPS / f"{MANIFEST['version']}.sql.xz"
    path.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    size = path.stat().st_size / 1e6
    run.check("dump", f"{path.relative_to(ROOT)} is small", size < 3, f"{size:.2f} MB")


# ---------------------------------------------------
# Update
# ---------------------------------------------------


def restore(run, dump):
    """Return a new database with what the dump holds."""
    db = run.create(dump.name.removesuffix(".sql.xz"))
    # settings of newer servers than the one that reads it
    text = re.sub(
        rb"(?m)^SET transaction_timeout.*$", b"", lzma.decompress(dump.read_bytes())
    )
    subprocess.run(
        ["psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", db.name],
        input=text,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    db.rows("ANALYZE")
    return db


def entered(db):
    """Return {table: {id: row}} of what administrators and users have entered."""
    tables = db.rows(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relkind = 'r' AND a.attname = 'id' AND (
                  c.relname LIKE 'complaint%%' OR c.relname LIKE 'helpdesk%%'
                  OR c.relname = ANY(%s))""",
        list(ENTERED),
    )
    return {
        table: dict(db.rows(f"SELECT id, to_jsonb(t) FROM {table} t"))
        for (table,) in tables
    }


def differences(before, after):
    """Return what was lost or changed: of what was there, in columns still there."""
    found = []
    for table, rows in before.items():
        for row_id, row in rows.items():
            now = after.get(table, {}).get(row_id)
            if now is None:
                found.append(f"{table} {row_id} is lost")
                continue
            changed = [
                name
                for name in row.keys() & now.keys() - {"write_date", "write_uid"}
                if row[name] != now[name]
            ]
            if changed:
                found.append(f"{table} {row_id}: {', '.join(changed)}")
    return found


def update(run):
    """Update the database of each version to this code; return the last one."""
    dumps = sorted(DUMPS.glob("*.sql.xz"))
    if not dumps:
        sys.exit(
            "crm_complaints: there is no dump: make lifecycle PART=dump writes one"
        )
    for dump in dumps:
        part = "update"
        say(f"Life cycle: updating from {dump.name.removesuffix('.sql.xz')} …")
        db = restore(run, dump)
        before = entered(db)
        seconds, memory = db.odoo("--update", ",".join(ADDONS))
        run.check(part, "time, memory", True, f"{seconds:.1f} s, {memory:.0f} MB")
        changed = differences(before, entered(db))
        number = sum(map(len, before.values()))
        run.check(
            part,
            "nothing is lost or changed",
            not changed,
            "; ".join(changed[:5]) or f"{number} rows of {len(before)} tables",
        )
        with db.server() as client:
            edits = json.loads(client.call("ir.config_parameter", "get_param", EDITS))
            lost = []
            for model, record, field, lang, value in edits:
                if not field:
                    named = [["module", "=", MAIN], ["name", "=", record]]
                    if client.call("ir.model.data", "search", named):
                        lost.append((record, "is there again"))
                    continue
                context = {"lang": lang}
                found = client.call(model, "read", [record], [field], context=context)
                if not found or found[0][field] != value:
                    lost.append((model, field, lang))
            run.check(part, "edits are kept", not lost, lost or f"{len(edits)} edits")
            check_views(run, part, client)
            check_pages(run, part, client, "/my/tickets", "/my/complaints")
        db.check_log(part)
    return db


def check_views(run, part, client):
    """Load all kinds of views of the models that have menus of ours or of the helpdesk."""
    actions = client.call(
        "ir.actions.act_window",
        "search_read",
        ["|", ["res_model", "like", "complaint"], ["res_model", "like", "helpdesk"]],
        ["res_model", "view_mode", "context"],
    )
    count, bad = 0, []
    for action in actions:
        views = [[False, kind] for kind in action["view_mode"].split(",")]
        try:
            client.call(action["res_model"], "get_views", views + [[False, "search"]])
        except Refused as error:
            bad.append(f"{action['res_model']}: {str(error).splitlines()[-1]}")
        count += len(views) + 1
    run.check(part, "views are valid", not bad, bad[:3] or f"{count} views")


def check_pages(run, part, client, *paths):
    bad = []
    for path in paths:
        status = client.status(path)
        if status != 200:
            bad.append(f"{path}: {status}")
    run.check(part, "pages are there", not bad, bad or ", ".join(paths))


# ---------------------------------------------------
# Uninstall
# ---------------------------------------------------


def left_over(db):
    """Return what still names complaints in the database: structures, and rows."""
    found = [
        f"{kind} {name}"
        for kind, name in db.rows(
            """
            SELECT 'table or index', relname::text FROM pg_class
             WHERE relname LIKE '%complaint%'
            UNION ALL SELECT 'column', table_name || '.' || column_name
              FROM information_schema.columns WHERE column_name LIKE '%complaint%'
            UNION ALL SELECT 'constraint', conname FROM pg_constraint
             WHERE conname LIKE '%complaint%'
            UNION ALL SELECT 'function', proname FROM pg_proc
             WHERE proname LIKE '%complaint%' OR prosrc LIKE '%complaint%'
            UNION ALL SELECT 'trigger', tgname FROM pg_trigger
             WHERE tgname LIKE '%complaint%'
            UNION ALL SELECT 'external id', module || '.' || name FROM ir_model_data
             WHERE module LIKE '%complaint%'
            """
        )
    ]
    tables = db.rows(
        """SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
    )
    for (table,) in sorted(tables):
        if table in MAY_NAME:
            continue
        hits = db.rows(
            f'SELECT left(t::text, 200) FROM "{table}" t WHERE t::text ILIKE %s '
            "AND t::text NOT LIKE ALL (%s) LIMIT 5",
            "%complaint%",
            [f"%{text}%" for text in STAYS],
        )
        found += [f"row of {table}: {text}" for (text,) in hits]
    return found


def uninstall(run, db):
    """Uninstall all addons on a running server, use the helpdesk, install them again."""
    part = "uninstall"
    say(f"Life cycle: uninstalling {', '.join(ADDONS)} …")
    since = db.logged()
    keep = ["id", "number", "name", "description", "partner_id", "user_id", "team_id"]
    keep += [
        "channel_id",
        "category_id",
        "company_id",
        "priority",
        "active",
        "closed_date",
    ]
    before = checksum(db, keep)
    ordinary = checksum(db, [*keep, "stage_id", "unattended"], "NOT is_complaint")
    complaints = dict(
        db.rows(
            """SELECT t.id, s.complaint_is_open FROM helpdesk_ticket t
                 JOIN helpdesk_ticket_stage s ON s.id = t.stage_id WHERE is_complaint"""
        )
    )
    ids = ", ".join(map(str, complaints))
    activities = db.value("SELECT count(*) FROM mail_activity")
    messages = db.value(
        "SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket'"
    )
    with db.server() as client:
        start = time.monotonic()
        client.modules("button_immediate_uninstall", ADDONS)
        run.check(part, "time", True, f"{time.monotonic() - start:.1f} s")
        left = db.value(
            "SELECT count(*) FROM ir_module_module WHERE name = ANY(%s) "
            "AND state <> 'uninstalled'",
            ADDONS,
        )
        run.check(part, "all are uninstalled", not left, len(ADDONS))
        run.check(part, "tickets are kept", checksum(db, keep) == before, before)
        others = f"id NOT IN ({ids})"
        found = checksum(db, [*keep, "stage_id", "unattended"], others)
        run.check(part, "ordinary tickets unchanged", found == ordinary, found)
        stages = dict(
            db.rows(
                f"""SELECT t.id, s.closed FROM helpdesk_ticket t
                      JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                     WHERE s.active AND t.id IN ({ids})"""
            )
        )
        right = all(
            stages.get(key) is not is_open for key, is_open in complaints.items()
        )
        right = right and stages.keys() == complaints.keys()
        detail = f"{len(complaints)} former complaints, {sum(stages.values())} closed"
        run.check(part, "complaints are in ordinary stages", right, detail)
        now = db.value("SELECT count(*) FROM mail_activity")
        run.check(part, "activities are kept", now == activities, now)
        now = db.value(
            "SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket'"
        )
        run.check(part, "messages are kept", now >= messages, now)
        left = left_over(db)
        run.check(part, "nothing is left over", not left, "; ".join(left[:40]))
        use_helpdesk(run, part, client, list(complaints))
        db.check_log(part, since)
        say(f"Life cycle: installing {', '.join(ADDONS)} again …")
        since = db.logged()
        client.modules("button_immediate_install", ADDONS)
        part = "reinstall"
        count = db.value(
            "SELECT count(*) FROM helpdesk_ticket_stage WHERE complaint_phase IS NOT NULL"
        )
        run.check(part, "stages are there again", count == 8, f"{count} stages")
        team = client.ref(f"{MAIN}.helpdesk_ticket_team_complaints")
        values = {"name": "Cold again", "description": "It is cold.", "team_id": team}
        ticket = client.call("helpdesk.ticket", "create", values)
        (values,) = client.call(
            "helpdesk.ticket", "read", [ticket], ["is_complaint", "complaint_phase"]
        )
        right = values["is_complaint"] and values["complaint_phase"] == "reception"
        run.check(part, "a complaint is registered", right, values["complaint_phase"])
        check_views(run, part, client)
        check_pages(run, part, client, "/my/tickets", "/my/complaints")
        db.check_log(part, since)


def use_helpdesk(run, part, client, former):
    """Do what is done with tickets every day, with new ones and former complaints."""
    check_views(run, part, client)
    check_pages(run, part, client, "/my/tickets", f"/my/ticket/{former[0]}")
    Ticket = "helpdesk.ticket"
    fields = list(client.call(Ticket, "fields_get", [], ["type"]))
    every = client.call(Ticket, "search_read", [], fields)
    run.check(part, "all tickets can be read", every, f"{len(every)} tickets")
    stages = client.call("helpdesk.ticket.stage", "search", [])
    values = {"name": "New", "description": "It does not print."}
    ticket = client.call(Ticket, "create", values)
    for stage in stages:
        for one in (ticket, *former):
            client.call(Ticket, "write", [one], {"stage_id": stage})
    run.check(part, "tickets are created and moved", True, f"{len(stages)} stages")
    for name in ("support", "complaints"):
        subject = f"After it, to {name}"
        ticket = client.mail(f"{name}@desk.example", subject)
        found = client.call(Ticket, "read", [ticket], ["name"]) if ticket else []
        right = found and found[0]["name"] == subject
        run.check(part, f"e-mail to {name}@ becomes a ticket", right, ticket)
    # but the one that reports to Odoo S.A.
    domain = [["name", "not like", "Publisher"]]
    crons = client.call("ir.cron", "search_read", domain, ["name"])
    for cron in crons:
        client.call("ir.cron", "method_direct_trigger", [cron["id"]])
    run.check(part, "scheduled actions run", True, f"{len(crons)} of them")


def main(folder, prefix, *odoo):
    run = Run(folder, prefix, odoo)
    parts = (os.environ.get("PART") or " ".join(PARTS)).split()
    if unknown := set(parts) - {*PARTS, "dump"}:
        sys.exit(f"crm_complaints: PART={' '.join(unknown)}: there is no such part")
    if "dump" in parts:
        write_dump(run)
    if "install" in parts:
        install(run, demo=False)
        install(run, demo=True)
    if {"update", "uninstall"} & set(parts):
        db = update(run)
        if "uninstall" in parts:
            uninstall(run, db)
    failed = [row for row in run.rows if not row[2]]
    say(f"\n{len(run.rows) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main(*sys.argv[1:])

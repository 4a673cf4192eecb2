"""Fault proofs: a running server under load, and what it needs is taken away.

fault_processes.py set_up ODOO_OPTION…      a desk with an address and due complaints
fault_processes.py FAULT ODOO_OPTION…       one fault, on a copy of that database

The server runs with two workers for pages and two for scheduled actions, unless WORKERS
says how many, and is started again whenever it ends, as systemd does. Meanwhile e-mails
are handed over by RPC, as a mail server's pipe does, others wait in a mailbox (IMAP),
and visitors fill in the public form. Each has a file. Whoever gets an error tries again.

Each proof prints one line, and fails unless each of them ends as one complaint and one
acknowledgement. SEED decides the random moments; CLUSTER names the data folder of a
PostgreSQL server that is started again whenever it ends.
"""

import contextlib
import importlib.util
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import xmlrpc.client
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import psycopg2
import requests

ADDRESS = "desk@complaints.example"
SEED = int(os.environ.get("SEED") or time.time())
WORKERS = os.environ.get("WORKERS") or "2"
# How many come by each way, and the seconds between two of them.
LOAD = {"pipe": (80, 0.4), "mailbox": (80, 0.4), "form": (24, 0)}
VISITORS = 4
DUE = 1000
# A customer who is sooner is asked whether they are a robot.
TYPING = 3.2
PATIENCE = 400
ROOM = 96  # MB of the disk that is going to be full
SERVERS = Path(__file__).parents[1] / "crm_complaints" / "tests" / "mail" / "servers.py"


class Failed(Exception):
    """A proof failed: its claim is not so."""


def ensure(truth, message):
    if not truth:
        raise Failed(message)


def set_up(options):
    """Make a desk with an address, due complaints, and a copy of the clock's cron."""
    # only this part needs Odoo itself
    import mail_processes
    import sweep_processes
    from session import environment, load_registry

    registry = load_registry(options)
    sweep_processes.set_up(registry, DUE)
    with environment(registry) as env:
        mail_processes.give_address(env)
        env.company.complaint_form_limit = 1000
        env.ref("crm_complaints.ir_cron_complaint_clock").copy()


# ---------------------------------------------------
# Processes
# ---------------------------------------------------


def free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return some.getsockname()[1]


class Odoo:
    """Odoo's server, started again whenever it ends."""

    def __init__(self, options):
        self.database = options[options.index("--database") + 1]
        self.data = Path(options[options.index("--data-dir") + 1])
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.command = [
            *("setpriv", "--pdeathsig", "TERM", sys.executable),
            *(str(Path(__file__).with_name("server.py")), *options),
            *("--http-port", str(port), "--gevent-port", str(free_port())),
            *("--workers", WORKERS, "--max-cron-threads", WORKERS),
        ]
        self.starts = 0
        self.stopping = False
        self.process = None

    def __enter__(self):
        self.thread = threading.Thread(target=self._keep_running, daemon=True)
        self.thread.start()
        insist(lambda: requests.get(f"{self.url}/web/login", timeout=60).ok)
        return self

    def __exit__(self, *exc_info):
        self.stopping = True
        self.process.terminate()
        self.thread.join(60)
        self.process.kill()

    def _keep_running(self):
        while not self.stopping:
            self.starts += 1
            self.process = subprocess.Popen(self.command)
            self.process.wait()
            time.sleep(1)

    def workers(self):
        """Return the ids of its processes that serve pages or run scheduled actions."""
        found = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def call(self, model, method, *args):
        """Call a method as the administrator; return None where it returns that."""
        proxy = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object")
        try:
            return proxy.execute_kw(self.database, 2, "admin", model, method, args)
        except xmlrpc.client.Fault as fault:
            if "cannot marshal None" in fault.faultString:
                return None
            raise

    def rows(self, query, *params, database=None):
        connection = psycopg2.connect(dbname=database or self.database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, params)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wake(self, *crons):
        """Let scheduled actions run now, as their time comes."""
        for module, name in (cron.split(".") for cron in crons):
            self.rows(
                """INSERT INTO ir_cron_trigger (cron_id, call_at)
                   SELECT res_id, now() AT TIME ZONE 'UTC' FROM ir_model_data
                    WHERE module = %s AND name = %s""",
                module,
                name,
            )
        self.rows(f"NOTIFY cron_trigger, '{self.database}'", database="postgres")


def insist(act, give_up=PATIENCE, pause=0.5):
    """Call ``act()`` until it neither raises nor returns False; return how often."""
    end = time.monotonic() + give_up
    attempts = 0
    while True:
        attempts += 1
        try:
            if act() is not False:
                return attempts
            error = "it is not so"
        except (OSError, xmlrpc.client.Error, psycopg2.Error) as some:
            error = some
        ensure(time.monotonic() < end, f"{act}: {str(error)[-300:]}")
        time.sleep(pause)


# ---------------------------------------------------
# Load
# ---------------------------------------------------


class Load:
    """E-mails by RPC and from a mailbox, and visitors of the public form."""

    def __init__(self, odoo):
        self.odoo = odoo
        spec = importlib.util.spec_from_file_location("mail_servers", SERVERS)
        self.servers = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.servers)
        self.mailbox, self.smtp = self.servers.Mailbox(), self.servers.SmtpServer()
        self.ports = [free_port(), free_port()]
        self.listening = contextlib.ExitStack()
        counts = [range(count) for count, _pace in LOAD.values()]
        self.names = {
            way: [f"By {way}, number {number}" for number in numbers]
            for way, numbers in zip(LOAD, counts, strict=True)
        }
        self.all_names = [name for names in self.names.values() for name in names]
        self.again = Counter()
        self.told = []
        self.errors = []

    def open_mail_servers(self):
        self.listening.enter_context(self.mailbox.imap(self.ports[0]))
        self.listening.enter_context(self.smtp.listening(self.ports[1]))

    def connect(self):
        """Let Odoo fetch from the mailbox, and send to the mail server."""
        self.open_mail_servers()
        self.odoo.call(
            "ir.mail_server",
            "create",
            {"name": "Loopback", "smtp_host": "127.0.0.1", "smtp_port": self.ports[1]},
        )
        self.odoo.call(
            "fetchmail.server",
            "create",
            {
                "name": "Loopback",
                "server_type": "imap",
                "server": "127.0.0.1",
                "port": self.ports[0],
                "user": self.servers.USER,
                "password": self.servers.PASSWORD,
                "state": "done",
            },
        )

    @staticmethod
    def address(name):
        return re.sub(r"\W+", ".", name.lower()) + "@novak.example"

    @staticmethod
    def file(name):
        """Return the name and the content of the file that comes with it."""
        content = random.Random(name).randbytes(10_000).hex().encode()
        return f"{name}.txt", content

    def mail(self, name):
        mail = EmailMessage()
        mail["Message-ID"] = f"<{self.address(name)}>"
        mail["From"], mail["To"] = self.address(name), ADDRESS
        mail["Subject"] = name
        mail.set_content("The parcel was open.")
        file, content = self.file(name)
        mail.add_attachment(content, "text", "plain", filename=file)
        return mail.as_bytes()

    # The ways, each in threads of its own.

    def pipe(self, names):
        for name in names:
            raw = xmlrpc.client.Binary(self.mail(name))
            self.again["pipe"] += (
                insist(
                    lambda raw=raw: (
                        self.odoo.call("mail.thread", "message_process", False, raw)
                        or True
                    )
                )
                - 1
            )
            time.sleep(LOAD["pipe"][1])

    def fill_mailbox(self, names):
        for number, name in enumerate(names):
            self.mailbox.put(self.mail(name))
            if number % 5 == 0:
                with contextlib.suppress(psycopg2.Error):
                    self.odoo.wake("mail.ir_cron_mail_gateway_action")
            time.sleep(LOAD["mailbox"][1])

    def form(self, names):
        for name in names:
            with requests.Session() as session:
                session.mount("http://", requests.adapters.HTTPAdapter())
                self._fill_in(session, name)

    def _fill_in(self, session, name):
        url = f"{self.odoo.url}/complaints/new"
        page = None

        def open_page():
            nonlocal page
            page = session.get(url, timeout=60)
            return page.status_code == 200

        def send():
            nonlocal page
            typed = {
                key: re.search(rf'name="{key}" value="([^"]*)"', page.text)[1]
                for key in ("csrf_token", "form_key")
            }
            typed |= {"story": name, "email": self.address(name)}
            answer = session.post(
                url,
                data=typed,
                files={"attachment": self.file(name)},
                allow_redirects=False,
                timeout=60,
            )
            if answer.status_code == 200:
                page = answer  # shown again, with what is wrong
            return answer.status_code == 303

        def read_on():
            answer = session.get(f"{self.odoo.url}/complaints/sent", timeout=60)
            if self.file(name)[0] in answer.text:
                self.told.append(name)
            return answer.ok

        self.again["form"] += insist(open_page) - 1
        time.sleep(TYPING)
        self.again["form"] += insist(send) - 1
        insist(read_on)

    def start(self):
        jobs = [
            (self.pipe, self.names["pipe"][0::2]),
            (self.pipe, self.names["pipe"][1::2]),
            (self.fill_mailbox, self.names["mailbox"]),
            *((self.form, self.names["form"][n::VISITORS]) for n in range(VISITORS)),
        ]

        def run(job, names):
            try:
                job(names)
            except Exception:
                self.errors.append(traceback.format_exc())

        self.threads = [
            threading.Thread(target=run, args=job, daemon=True) for job in jobs
        ]
        for thread in self.threads:
            thread.start()
        self.odoo.wake("crm_complaints.ir_cron_complaint_clock")

    def is_running(self):
        return any(thread.is_alive() for thread in self.threads)

    def finish(self):
        for thread in self.threads:
            thread.join()
        for error in self.errors:
            print(error, file=sys.stderr, flush=True)
        ensure(not self.errors, "somebody was refused for good")

    def settle(self):
        """Wait until nothing is left: in the mailbox, the queue, and for the clock."""

        def is_calm():
            self.odoo.wake(
                "mail.ir_cron_mail_gateway_action",
                "mail.ir_cron_mail_scheduler_action",
                "crm_complaints.ir_cron_complaint_clock",
            )
            time.sleep(2)
            [(queued,)] = self.odoo.rows(
                "SELECT count(*) FROM mail_mail WHERE complaint_acknowledgement "
                "AND state <> 'sent'"
            )
            [(due,)] = self.odoo.rows(
                "SELECT count(*) FROM complaint_milestone "
                "WHERE next_event_at <= now() AT TIME ZONE 'UTC'"
            )
            return not (queued or due or self.mailbox.unseen())

        insist(is_calm)

    # What has to be so.

    def ensure_one_each(self):
        found = Counter(
            name
            for (name,) in self.odoo.rows(
                "SELECT name FROM helpdesk_ticket WHERE is_complaint "
                "AND number !~ '^B[0-9]{8}$' AND active"
            )
        )
        lost = set(self.all_names) - found.keys()
        ensure(not lost, f"{len(lost)} are lost: {sorted(lost)[:5]}")
        twice = [name for name, times in found.items() if times > 1]
        ensure(not twice, f"{len(twice)} are more than one complaint: {twice[:5]}")
        ensure(found.keys() == set(self.all_names), "there are some that nobody sent")

    def ensure_acknowledged(self):
        """Return how often one was sent again, since it was not noted that it had gone.

        Those have the same Message-ID, by which mail programs know them.
        """
        mails = [mail for mail in self.smtp.mails if mail["Auto-Submitted"]]
        reached = {mail["X-Envelope-To"] for mail in mails}
        missing = [n for n in self.all_names if self.address(n) not in reached]
        reasons = self.odoo.rows(
            "SELECT name, partner_email, complaint_acknowledged_by, "
            "complaint_acknowledge_note FROM helpdesk_ticket WHERE name = ANY(%s)",
            missing,
        )
        ensure(not missing, f"{len(missing)} were not acknowledged: {reasons[:5]}")
        ids = {mail["Message-ID"] for mail in mails}
        ensure(len(ids) == len(reached), "somebody was acknowledged twice")
        return len(mails) - len(ids)

    def ensure_files(self, but=()):
        files = dict(
            self.odoo.rows(
                "SELECT file.name, file.store_fname FROM ir_attachment file "
                "JOIN helpdesk_ticket ticket ON ticket.id = file.res_id "
                "AND ticket.name || '.txt' = file.name "
                "WHERE file.res_model = 'helpdesk.ticket'"
            )
        )
        folder = self.odoo.data / "filestore" / self.odoo.database
        for name in self.all_names:
            if name in but:
                continue
            file, content = self.file(name)
            ensure(file in files, f"{file} is not on its complaint")
            ensure((folder / files[file]).read_bytes() == content, f"{file} is damaged")

    def ensure_clock(self):
        flips = self.odoo.rows("SELECT milestone_id FROM flip JOIN complaint_milestone"
            " m ON m.id = milestone_id JOIN helpdesk_ticket t ON t.id = m.ticket_id"
            " WHERE t.number ~ '^B[0-9]{8}$'")  # fmt: skip
        ensure(len(set(flips)) == DUE, f"{len(set(flips))} of {DUE} due are handled")
        ensure(len(flips) == DUE, "the clock handled some twice")


# ---------------------------------------------------
# Faults
# ---------------------------------------------------


def chance():
    return random.Random(SEED)


def fault_calm(odoo, load):
    """two workers and two crons, nothing happens"""
    return ""


def fault_workers(odoo, load):
    """workers killed at random moments, and once the server itself"""
    some = chance()
    killed = 0
    while load.is_running() and killed < 12:
        time.sleep(some.uniform(1, 4))
        victim = odoo.process.pid if killed == 6 else some.choice(odoo.workers() or [0])
        if victim:
            os.kill(victim, signal.SIGKILL)
            killed += 1
        if killed == 7:
            insist(lambda: requests.get(f"{odoo.url}/web/login", timeout=60).ok)
    return f"{killed} killed"


def fault_postgres(odoo, load):
    """PostgreSQL killed, and shut down at once, at random moments"""
    some = chance()
    pid_file = Path(os.environ["CLUSTER"]) / "postmaster.pid"
    for number in range(4):
        time.sleep(some.uniform(4, 8))
        sort = signal.SIGQUIT if number % 2 else signal.SIGKILL
        os.kill(int(pid_file.read_text().split()[0]), sort)
        time.sleep(2)
        insist(lambda: odoo.rows("SELECT 1"))
        insist(lambda: requests.get(f"{odoo.url}/web/login", timeout=60).ok)
    return "4 times"


def fault_mail(odoo, load):
    """both mail servers away, the sending one until after the first attempt"""
    time.sleep(6)
    load.listening.close()
    before = len(load.smtp.mails)
    time.sleep(25)
    insist(
        lambda: bool(
            odoo.rows("SELECT 1 FROM fetchmail_server WHERE error_message IS NOT NULL")
        )
    )
    while load.is_running():
        time.sleep(1)
    waiting = odoo.rows(
        "SELECT message.res_id FROM mail_mail JOIN mail_message message "
        "ON message.id = mail_message_id WHERE complaint_acknowledgement "
        "AND state = 'outgoing' AND complaint_attempts > 0"
    )
    told = odoo.rows(
        "SELECT activity.res_id FROM mail_activity activity JOIN ir_model_data data "
        "ON data.res_id = activity_type_id AND data.model = 'mail.activity.type' "
        "WHERE data.name = 'mail_activity_type_not_acknowledged'"
    )
    ensure(waiting, "nothing waits for the mail server")
    ensure(set(waiting) == set(told), f"{len(waiting)} wait, {len(told)} are told")
    ensure(len(load.smtp.mails) == before, "something was sent all the same")
    load.open_mail_servers()
    # as if the next attempt were due now, and not in some minutes
    odoo.rows("UPDATE mail_mail SET scheduled_date = NULL WHERE state = 'outgoing'")

    def check():
        [(left,)] = odoo.rows(
            "SELECT count(*) FROM mail_activity activity JOIN ir_model_data data "
            "ON data.res_id = activity_type_id AND data.model = 'mail.activity.type' "
            "WHERE data.name = 'mail_activity_type_not_acknowledged'"
        )
        ensure(not left, f"{left} are still told that nobody was acknowledged")
        [(error,)] = odoo.rows("SELECT error_message FROM fetchmail_server")
        ensure(not error, f"the mailbox still has the error {error}")

    return f"{len(waiting)} waited, and the leader was told of each", check


def fault_disk(odoo, load):
    """the disk of files and sessions full, then with room again"""
    time.sleep(6)
    ballast = odoo.data / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(2**12))
    ensure(not shutil.disk_usage(odoo.data).free, "the disk is not full")
    time.sleep(20)
    ballast.unlink()
    load.finish()

    def check():
        letters = odoo.rows(
            "SELECT letter.id, ticket.name FROM complaint_dead_letter letter "
            "JOIN helpdesk_ticket ticket ON ticket.id = ticket_id WHERE state = 'open'"
        )
        [(told,)] = odoo.rows(
            "SELECT count(*) FROM mail_activity WHERE res_model = %s",
            "complaint.dead.letter",
        )
        ensure(told == len(letters), f"{len(letters)} failed e-mails, {told} told")
        ensure(letters, "the full disk was not noticed")
        load.ensure_files(but=[name for _id, name in letters] + load.told)
        odoo.call(
            "complaint.dead.letter", "action_retry", [letter for letter, _n in letters]
        )
        [(left,)] = odoo.rows(
            "SELECT count(*) FROM complaint_dead_letter WHERE state = 'open'"
        )
        ensure(not left, f"{left} failed e-mails fail again")
        noted = odoo.rows(
            "SELECT count(DISTINCT ticket.id) FROM helpdesk_ticket ticket "
            "JOIN mail_activity ON mail_activity.res_id = ticket.id "
            "AND res_model = 'helpdesk.ticket' "
            "WHERE ticket.name = ANY(%s) AND summary ~ 'could not be saved'",
            load.told,
        )
        ensure(
            noted == [(len(load.told),)],
            f"{len(load.told)} visitors were told, of {noted[0][0]} the leader",
        )
        load.ensure_files(but=load.told)
        load.ensure_one_each()
        print(
            f"      {len(letters)} e-mails completed by Process Again; "
            f"{len(load.told)} visitors and the leader told of a file",
            flush=True,
        )

    return "", check


def main(what, *options):
    if what == "set_up":
        set_up(options)
        return 0
    fault = globals()[f"fault_{what}"]
    socket.setdefaulttimeout(300)  # a busy machine takes a minute to start
    odoo = Odoo(list(options))
    if what == "disk":
        size = f"size={ROOM}m"
        subprocess.check_call(["mount", "-t", "tmpfs", "-o", size, "none", odoo.data])
    load = Load(odoo)
    try:
        with odoo:
            # Without it, a PostgreSQL that is killed right after the database was
            # copied has the numbers of its sequences from the original once more.
            odoo.rows("CHECKPOINT")
            load.connect()
            start = time.monotonic()
            load.start()
            told = fault(odoo, load)
            told, check = told if isinstance(told, tuple) else (told, None)
            load.finish()
            seconds = time.monotonic() - start
            load.settle()
            load.ensure_one_each()
            again = load.ensure_acknowledged()
            load.ensure_clock()
            if check:
                check()
            else:
                load.ensure_files()
    except Exception as failure:
        if not isinstance(failure, Failed):
            traceback.print_exc()
        print(f"FAIL  {fault.__doc__}: {failure!r}", flush=True)
        return 1
    finally:
        load.listening.close()
    facts = [
        f"seed {SEED}",
        told,
        f"{len(load.all_names)} complaints in {seconds:.0f} s",
        f"tried again: {load.again['pipe']} by pipe, {load.again['form']} by form",
        f"{again} acknowledgements sent again since it was not noted that they had gone",
        f"server started {odoo.starts} times",
    ]
    print(f"PASS  {fault.__doc__} ({'; '.join(filter(None, facts))})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Mail gateway proofs, with real processes and servers, on a database that commits.

mail_processes.py set_up ODOO_OPTION…       a complaints desk with an address, in a new database
mail_processes.py PROOF ODOO_OPTION…        one proof, on a copy of it

Each proof prints one line, and fails where its claim is not so. Mail is fetched from a
POP3 server and sent to an SMTP server, both run by a process of ours on loopback. SEED
decides at which random points processes are killed.
"""

import importlib.util
import logging
import random
import sys
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import desk
from session import close_connections, environment, load_registry
from sweep_processes import SEED, Child, Failed, ensure, fork, rows

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying

ADDRESS = "desk@complaints.example"
SAME = 40
DIFFERENT = 200
FETCHED = 60
KILLS = 12
SERVERS = Path(__file__).parents[1] / "crm_complaints" / "tests" / "mail" / "servers.py"


def set_up(registry):
    """Give the desk an address, to which its customers write."""
    with environment(registry) as env:
        desk.set_up(env)
        desk.make_complaints_team(env)
        give_address(env)


def give_address(env):
    domain = env["mail.alias.domain"].create({"name": ADDRESS.partition("@")[2]})
    env.company.alias_domain_id = domain
    desk.team(env).write(
        {"alias_name": ADDRESS.partition("@")[0], "alias_domain_id": domain.id}
    )


def mails(count, sender="customer{number}@novak.example"):
    """Return different mails to the desk, as bytes."""
    raws = []
    for number in range(count):
        mail = EmailMessage()
        mail["Message-ID"] = f"<{number}@novak.example>"
        mail["From"] = sender.format(number=number)
        mail["To"] = ADDRESS
        mail["Subject"] = f"Mail {number}"
        mail.set_content(f"The parcel was open, {number} times.")
        raws.append(mail.as_bytes())
    return raws


# ---------------------------------------------------
# Processes
# ---------------------------------------------------


def serve(_registry, connection, raws):
    """Run the servers until told to stop; report who was answered, and what is left."""
    spec = importlib.util.spec_from_file_location("mail_servers", SERVERS)
    mail_servers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mail_servers)
    mailbox, smtp = mail_servers.Mailbox(), mail_servers.SmtpServer()
    mailbox.put(*raws)
    with mailbox.pop() as pop_port, smtp.listening() as smtp_port:
        connection.send((pop_port, smtp_port, mail_servers.USER, mail_servers.PASSWORD))
        while connection.recv() != "stop":
            connection.send(
                (
                    [
                        mail["X-Envelope-To"]
                        for mail in smtp.mails
                        if mail["Auto-Submitted"]
                    ],
                    len(mailbox.messages),
                )
            )


class Servers:
    """The POP3 and SMTP servers, in a process of their own."""

    def __init__(self, registry, raws=()):
        self.registry = registry
        self.child = Child(serve, registry, list(raws))

    def __enter__(self):
        ensure(self.child.connection.poll(60), "the mail servers do not start")
        pop_port, smtp_port, user, password = self.child.connection.recv()
        with environment(self.registry) as env:
            env["ir.mail_server"].create(
                {"name": "Loopback", "smtp_host": "127.0.0.1", "smtp_port": smtp_port}
            )
            env["fetchmail.server"].create(
                {
                    "name": "Loopback",
                    "server_type": "pop",
                    "server": "127.0.0.1",
                    "port": pop_port,
                    "user": user,
                    "password": password,
                    "state": "done",
                }
            )
        close_connections()
        return self

    def __exit__(self, *exc_info):
        self.child.connection.send("stop")
        self.child.process.join(30)
        self.child.process.kill()

    def ask(self):
        """Return who was answered, each time, and how many mails are left."""
        self.child.connection.send("ask")
        return self.child.connection.recv()


def deliver(registry, _connection, raws, barrier):
    """Hand mails to the gateway one after another, as a mail server does over RPC."""
    barrier.wait(60)
    start = time.monotonic()
    for raw in raws:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            process = env["mail.thread"].message_process
            retrying(lambda process=process, raw=raw: process(None, raw), env)
    return time.monotonic() - start


def deliver_at_once(registry, shares):
    barrier = fork.Barrier(len(shares))
    children = [Child(deliver, registry, share, barrier) for share in shares]
    return max([child.answer() for child in children])


def send_queue(registry, _connection):
    """Send the mail queue, like Odoo's cron."""
    with environment(registry) as env:
        env["mail.mail"].process_email_queue()


def fetch(registry, _connection):
    with environment(registry) as env:
        env["fetchmail.server"].search([])._fetch_mail()


def register_and_stop(registry, connection, raw):
    """Process a mail, and stop where its acknowledgement is about to be sent."""

    def send(mails, *_args, **_kwargs):
        connection.send(len(mails))
        time.sleep(3600)

    registry["mail.mail"].send = send
    deliver(registry, connection, [raw], fork.Barrier(1))


# ---------------------------------------------------
# What has to be so
# ---------------------------------------------------


def ensure_one_each(registry, count):
    """Check that each mail has become one complaint, and none is a failed e-mail."""
    with environment(registry) as env:
        [(letters,)] = rows(env, "SELECT count(*) FROM complaint_dead_letter")
        ensure(not letters, f"failed e-mails: {letters}")
        names = Counter(
            name
            for (name,) in rows(
                env, "SELECT name FROM helpdesk_ticket WHERE is_complaint"
            )
        )
    close_connections()
    expected = {f"Mail {number}" for number in range(count)}
    lost = expected - names.keys()
    ensure(not lost, f"{len(lost)} of {count} mails are lost")
    twice = sum(times > 1 for times in names.values())
    ensure(not twice, f"{twice} mails are more than one complaint")
    ensure(names.keys() == expected, "there are complaints that nobody sent")


def ensure_answered_once(recipients, count):
    counted = Counter(recipients)
    twice = sum(times > 1 for times in counted.values())
    ensure(not twice, f"{twice} were answered more than once")
    ensure(len(counted) == count, f"{len(counted)} of {count} were answered")


# ---------------------------------------------------
# Proofs
# ---------------------------------------------------


def prove_same(registry, processes):
    raws = mails(SAME)
    with Servers(registry) as servers:
        # each begins at another mail, so that they meet
        shares = [raws[number:] + raws[:number] for number in range(processes)]
        seconds = deliver_at_once(registry, shares)
        Child(send_queue, registry).answer()
        recipients, _left = servers.ask()
    ensure_one_each(registry, SAME)
    ensure_answered_once(recipients, SAME)
    with environment(registry) as env:
        [(copies,)] = rows(env, "SELECT sum(copies) FROM complaint_incoming_mail")
        ensure(copies == SAME * (processes - 1), f"{copies} copies were counted")
    return f"{seconds:.1f} s"


def prove_two(registry):
    """two processes with the same 40 mails at once: 40 complaints, 40 answers"""
    return prove_same(registry, 2)


def prove_four(registry):
    """four processes with the same 40 mails at once: 40 complaints, 40 answers"""
    return prove_same(registry, 4)


def prove_one_sender(registry):
    """four processes, 200 mails of one sender: 200 complaints, answers up to the limit"""
    raws = mails(DIFFERENT, "anna@novak.example")
    with Servers(registry) as servers:
        seconds = deliver_at_once(registry, [raws[number::4] for number in range(4)])
        Child(send_queue, registry).answer()
        recipients, _left = servers.ask()
    ensure_one_each(registry, DIFFERENT)
    with environment(registry) as env:
        limit = env.company.complaint_acknowledge_limit
    ensure(len(recipients) == limit, f"{len(recipients)} answers, {limit} are allowed")
    return f"{seconds:.1f} s, {limit} answers"


def prove_unsent(registry):
    """killed after registering and before sending: answered once, by the mail queue"""
    with Servers(registry) as servers:
        child = Child(register_and_stop, registry, mails(1)[0])
        ensure(child.connection.poll(120), "nothing is about to be sent")
        sending = child.connection.recv()
        ensure(sending == 1, f"{sending}")
        ensure(child.kill_after(0.2), "it has ended by itself")
        ensure_one_each(registry, 1)
        ensure(not servers.ask()[0], "it was sent all the same")
        for _time in range(2):
            Child(send_queue, registry).answer()
        ensure_answered_once(servers.ask()[0], 1)
    with environment(registry) as env:
        complaint = env["helpdesk.ticket"].search([("is_complaint", "=", True)])
        ensure(complaint.complaint_acknowledged_by == "email", "that is not noted")
    return "one answer"


def prove_fetching(registry):
    """killed at random points while fetching by POP3: every mail one complaint"""
    chance = random.Random(SEED)
    at_work = 0
    with Servers(registry, mails(FETCHED)) as servers:
        for _kill in range(KILLS):
            at_work += Child(fetch, registry).kill_after(chance.uniform(0.2, 3))
            # its locks are released as soon as PostgreSQL has noticed
            time.sleep(0.3)
        for _time in range(20):
            Child(fetch, registry).answer()
            if not servers.ask()[1]:
                break
            time.sleep(0.5)
        Child(send_queue, registry).answer()
        recipients, left = servers.ask()
    ensure(not left, f"{left} mails are left in the mailbox")
    ensure_one_each(registry, FETCHED)
    ensure(len(set(recipients)) == FETCHED, "somebody was not answered")
    again = len(recipients) - FETCHED
    return (
        f"seed {SEED}; {at_work} of {KILLS} hit it at work, {FETCHED} complaints, "
        f"{again} answers sent again since it was not noted that they had gone"
    )


def main(what, *options):
    registry = load_registry(options)
    # the servers log each command they get
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    if what == "set_up":
        set_up(registry)
        return 0
    prove = globals()[f"prove_{what}"]
    close_connections()
    try:
        told = prove(registry)
    except Failed as failure:
        print(f"FAIL  {prove.__doc__}: {failure}", flush=True)
        return 1
    print(f"PASS  {prove.__doc__} ({told})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Sends raw e-mails to the gateway of the running server, and prints the outcome of each.

mail.py PATH [--json FILE]        PATH: one e-mail, or a folder with e-mails, and all below it

The bytes go in as they are; only the headers that a mail server adds are put on top,
Delivered-To with the address of the complaints team and Received with the time, and an
mbox's "From " line is taken off. PORT, PGDATABASE, LOGIN and PASSWORD say which server.
"""

import argparse
import collections
import email.utils
import http.client
import json
import os
import sys
import time
import xmlrpc.client
from pathlib import Path

TEAM = ("crm_complaints", "helpdesk_ticket_team_complaints")
TICKET_FIELDS = [
    "number",
    "is_complaint",
    "complaint_acknowledged_at",
    "complaint_acknowledged_by",
    "complaint_acknowledge_note",
]


class Unreachable(Exception):
    """There is no server, or none that can be used."""


class Server:
    """The models of an Odoo server, by XML-RPC."""

    def __init__(self, url, database, login, password):
        self.credentials = (database, None, password)
        try:
            uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(
                database, login, password, {}
            )
        except OSError:
            raise Unreachable(
                f"no server answers at {url}: start it with make run, or set PORT=…"
            ) from None
        except (xmlrpc.client.Error, http.client.HTTPException) as error:
            raise Unreachable(f"{url} cannot be used: {last_line(error)}") from None
        if not uid:
            raise Unreachable(
                f"{login} cannot log in to the database {database} at {url}"
            )
        self.credentials = (database, uid, password)
        self.object = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

    def call(self, model, method, *args, **kwargs):
        return self.object.execute_kw(*self.credentials, model, method, args, kwargs)

    def newest(self, model):
        found = self.call(
            model,
            "search",
            [],
            order="id desc",
            limit=1,
            context={"active_test": False},
        )
        return found[0] if found else 0


class Gateway:
    """The mail gateway: send it e-mails one by one, and find out the outcome of each."""

    def __init__(self, server):
        self.server = server
        self.address = self._find_address()
        self.fields = [
            name
            for name in TICKET_FIELDS
            if name in server.call("helpdesk.ticket", "fields_get", [], [])
        ]
        self.newest_ticket = server.newest("helpdesk.ticket")
        self.newest_entry = server.newest("complaint.incoming.mail")

    def _find_address(self):
        domain = [("module", "=", TEAM[0]), ("name", "=", TEAM[1])]
        reference = self.server.call(
            "ir.model.data", "search_read", domain, ["model", "res_id"]
        )
        if not reference:
            raise Unreachable(
                f"the database has no {'.'.join(TEAM)}: install crm_complaints in it"
            )
        team = self.server.call(
            reference[0]["model"], "read", [reference[0]["res_id"]], ["alias_email"]
        )[0]
        if not team["alias_email"]:
            raise Unreachable(
                "the complaints team has no e-mail address: give it an alias and an alias domain"
            )
        return team["alias_email"]

    def send(self, raw):
        """Return (kind, detail) of the outcome."""
        try:
            thread_id = self.server.call(
                "mail.thread",
                "message_process",
                False,
                xmlrpc.client.Binary(self._address_mail(raw)),
            )
        except xmlrpc.client.Fault as fault:
            if (
                "cannot marshal None" not in fault.faultString
            ):  # it returns None where it drops a mail
                return "failed", last_line(fault)
            thread_id = None
        if not thread_id:
            return self._describe_rest()
        self.newest_entry = self.server.newest("complaint.incoming.mail")
        return self._describe_ticket(thread_id)

    def _address_mail(self, raw):
        if raw.startswith((b"From ", b">From ")):
            raw = raw.partition(b"\n")[2]
        end = b"\r\n" if b"\r\n" in raw[:1000] else b"\n"
        top = [
            f"Delivered-To: {self.address}",
            f"Received: from localhost by localhost; {email.utils.formatdate()}",
        ]
        return b"".join(line.encode() + end for line in top) + raw

    def _describe_ticket(self, ticket_id):
        found = self.server.call(
            "helpdesk.ticket",
            "search_read",
            [("id", "=", ticket_id)],
            self.fields,
            context={"active_test": False},
        )
        if not found:
            return (
                "elsewhere",
                f"went to a record that is not a ticket (id {ticket_id})",
            )
        ticket = collections.defaultdict(bool, found[0])
        name = (
            f"{'complaint' if ticket['is_complaint'] else 'ticket'} {ticket['number']}"
        )
        if ticket_id <= self.newest_ticket:
            return "answer", f"reply on {name}"
        self.newest_ticket = ticket_id
        if (
            ticket["complaint_acknowledged_at"]
            and ticket["complaint_acknowledged_by"] != "not_applicable"
        ):
            return "complaint, acknowledged", f"{name}, acknowledged"
        note = (
            ticket["complaint_acknowledge_note"] or ticket["complaint_acknowledged_by"]
        )
        return "complaint, not acknowledged", f"{name}, not acknowledged" + (
            f" ({note})" if note else ""
        )

    def _describe_rest(self):
        """Return the outcome, by the register, of an e-mail that became no complaint."""
        entries = self.server.call(
            "complaint.incoming.mail",
            "search_read",
            [("id", ">", self.newest_entry)],
            ["kind", "outcome", "reason"],
        )
        if not entries:
            return "came in again", "the same e-mail as an earlier one"
        entry = entries[0]
        self.newest_entry = entry["id"]
        if entry["outcome"] == "dead":
            return "failed e-mail", "failed e-mail: see Complaints > Failed E-mails"
        kind = f"{entry['outcome'].replace('_', ' ')}: {entry['kind']}"
        return kind, f"{kind} ({entry['reason']})" if entry["reason"] else kind


def last_line(error):
    """Return one line that says what was wrong: the last line of a traceback."""
    text = (
        getattr(error, "faultString", None)
        or getattr(error, "errmsg", None)
        or str(error)
    )
    return next(
        (line for line in reversed(text.splitlines()) if line.strip()),
        type(error).__name__,
    )[:300]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the results to FILE"
    )
    options = parser.parse_args()
    if not options.path:
        raise Unreachable("name an e-mail or a folder of e-mails: make mail FILE=…")
    path = Path(options.path)
    if not path.exists():
        raise Unreachable(f"{path} does not exist")
    files = (
        sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    )
    server = Server(
        f"http://127.0.0.1:{os.environ.get('PORT') or 8069}",
        os.environ.get("PGDATABASE") or "complaints",
        os.environ.get("LOGIN") or "admin",
        os.environ.get("PASSWORD") or "admin",
    )
    gateway = Gateway(server)
    print(f"{len(files)} e-mails to {gateway.address}")

    results = []
    start = time.monotonic()
    for file in files:
        began = time.monotonic()
        try:
            kind, detail = gateway.send(file.read_bytes())
        except ConnectionRefusedError:
            print(f"{file}: not sent, the server has stopped", file=sys.stderr)
            break
        except Exception as error:  # go on with the other mails in any case
            kind, detail = "failed", f"{type(error).__name__}: {last_line(error)}"
        if kind == "failed":
            detail = f"failed: {detail}"
        name = str(file.relative_to(path) if file != path else file)
        print(f"{name}: {detail}", flush=True)
        results.append(
            {
                "file": name,
                "outcome": kind,
                "detail": detail,
                "seconds": time.monotonic() - began,
            }
        )
    seconds = time.monotonic() - start

    print()
    for kind, count in collections.Counter(
        result["outcome"] for result in results
    ).most_common():
        print(f"{count:6}  {kind}")
    rate = len(results) / max(seconds, 0.001)
    print(f"{len(results):6}  e-mails in {seconds:.1f} s, {rate:.1f} a second")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    return 0 if len(results) == len(files) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unreachable as error:
        sys.exit(f"crm_complaints: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

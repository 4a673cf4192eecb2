"""Public methods over HTTP: JSON-2, XML-RPC and JSON-RPC check what calls are checked for.

`test_public_methods.py` calls each method with each role, as the web client does, but
within the process. Here each method is called by requests, to see that no other door
leaves a check out: over JSON-2 by one of three users, who take turns, and over XML-RPC or
JSON-RPC, which take turns as well, by another of them.
"""

import re
from xmlrpc import client as xmlrpc

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.core.constants import TICKET
from .public_methods import PublicMethodsCommon

# As in a traceback.
_FRAME = re.compile(r'File "([^"]+)", line \d+, in .+\n\s*(.*)')
# The code of a fault of XML-RPC that is none for users.
_CRASH = 1
_MUTED = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.rpc.controllers.jsonrpc",
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.http",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestPublicMethodsOverHttp(PublicMethodsCommon, HttpCase):
    # methods, over all models
    least = 150

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attackers = [cls.other_portal, cls.user_employee, cls.handler_b]
        Keys = cls.env["res.users.apikeys"]
        cls.keys = {
            # sudo: without a last day, as PostgreSQL's clock does not stand still
            user: Keys.with_user(user).sudo()._generate(None, "Script", None)
            for user in [*cls.attackers, cls.handler]
        }
        cls.env.flush_all()

    # ---------------------------------------------------
    # Doors
    # ---------------------------------------------------

    def json_2(self, user, model, method, ids, kwargs):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json={**kwargs, **({"ids": ids} if ids else {})},
            headers={"Authorization": f"Bearer {self.keys[user]}"},
        )

    def _execute_kw(self, user, model, method, ids, kwargs):
        args = [ids] if self.takes_ids(model, method) else []
        return [
            self.env.cr.dbname,
            user.id,
            self.keys[user],
            model,
            method,
            args,
            kwargs,
        ]

    def xml_rpc(self, *call):
        body = xmlrpc.dumps(
            tuple(self._execute_kw(*call)), "execute_kw", allow_none=True
        )
        headers = {"Content-Type": "text/xml"}
        return self.url_open("/xmlrpc/2/object", data=body, headers=headers)

    def json_rpc(self, *call):
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": self._execute_kw(*call),
        }
        return self.url_open("/jsonrpc", json={"jsonrpc": "2.0", "params": params})

    # ---------------------------------------------------
    # Checks
    # ---------------------------------------------------

    def assertHidden(self, user, answer):
        for secret in self.secrets(user, self.in_a):
            self.assertNotIn(secret.lower(), answer.text.lower())
        # Odoo sends the traceback
        crash = read_crash(answer)
        if "Expected singleton" not in crash:
            self.assertFalse(self.is_ours_last(_FRAME.findall(crash)), crash)

    # ---------------------------------------------------
    # Tests
    # ---------------------------------------------------

    @mute_logger(*_MUTED)
    def test_no_door_leads_to_the_records_of_others(self):
        context = self.context_of(self.in_a)
        tried = 0
        for number, (model, method) in enumerate(self.methods()):
            record = self.in_a.get(model)
            ids = record.ids if record and self.takes_ids(model, method) else []
            kwargs = {**self.required(model, method), "context": context}
            for turn, door in (
                (number, self.json_2),
                (number + 1, (self.xml_rpc, self.json_rpc)[number % 2]),
            ):
                user = self.attackers[turn % len(self.attackers)]
                if record and self.is_open_to(user, model, self.in_a):
                    continue
                with self.subTest(
                    f"{model}.{method}", door=door.__name__, user=user.login
                ):
                    self.assertHidden(user, door(user, model, method, ids, kwargs))
            tried += 1
            with self.subTest(f"{model}.{method}"):
                before, self.before = self.before, self.fingerprint()
                self.assertEqual(before, self.before, "changed")
        self.assertGreater(tried, self.least)

    @mute_logger(*_MUTED)
    def test_the_doors_are_open_to_those_who_work_them(self):
        """Lest nothing be found because nothing is called."""
        ids = self.in_a[TICKET].ids
        for door in (self.json_2, self.xml_rpc, self.json_rpc):
            with self.subTest(door.__name__):
                kwargs = {"fields": ["name"]}
                answer = door(self.handler, TICKET, "read", ids, kwargs)
                self.assertIn("Zanzibar", answer.text)
                for user in self.attackers:
                    answer = door(user, TICKET, "read", ids, kwargs)
                    # by name, or as the fault code of XML-RPC
                    self.assertRegex(answer.text, "AccessError|<int>4</int>")
                    self.assertNotIn("Zanzibar", answer.text)

    @mute_logger(*_MUTED)
    def test_private_methods_are_closed(self):
        for door in (self.json_2, self.xml_rpc, self.json_rpc):
            with self.subTest(door.__name__):
                answer = door(
                    self.handler,
                    TICKET,
                    "_portal_ensure_token",
                    self.in_a[TICKET].ids,
                    {},
                )
                self.assertIn("Private methods", answer.text)


def read_crash(answer):
    """Return the traceback of an error that is none for users, else an empty text."""
    if answer.headers["Content-Type"].startswith("text/xml"):
        try:
            xmlrpc.loads(answer.text)
        except xmlrpc.Fault as fault:
            return fault.faultString if fault.faultCode == _CRASH else ""
        return ""
    content = answer.json()
    if not isinstance(content, dict):
        return ""
    error = content.get("error", {}).get("data") or content
    is_crash = answer.status_code == 500 or not str(error.get("name")).startswith(
        ("odoo.", "werkzeug.")
    )
    return error.get("debug", "") if is_crash else ""

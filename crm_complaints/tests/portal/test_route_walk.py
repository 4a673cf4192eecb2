"""Routes: each of ours, with each parameter it reads, by everybody, leaks nothing.

They are found in Odoo's map of routes, and their parameters in the code, so that a new
one is walked as well.
"""

import inspect
import re
import sys
from itertools import count, product
from urllib.parse import quote

from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TEXT, ComplaintPortalCommon

_OURS = "odoo.addons.crm_complaints"
# How code of ours reads a parameter.
_READ = re.compile(
    r"(?:text_of|ids_of)\(\w+,\s*\"(\w+)\"|(?:kw|post|kwargs|params)"
    r"(?:\.(?:get|pop)\(|\[)\"(\w+)\"|getlist\(\"(\w+)\"\)|name=\"(\w+)\""
)
# Parameters that Odoo reads everywhere, and those of the forms.
_ALWAYS = {"access_token", "pid", "hash", "token", "csrf_token", "form_key", "debug"}
_BAD = (
    *("", " ", "x", "0", "-1", "1.5", "²", "٣", "2147483648", "9" * 30, "9" * 5000),
    *("null", "[]", "[1, 2]", "{}", "1,2", ",", "true", "%", "%s", "../../x", "//x.y"),
    *("\0", "a\0b", "ü", "\u202e😀", "\ud7ff", "a\r\nSet-Cookie: x=y", "x" * 5000),
    *("' OR 1=1 --", "<script>x</script>", "${7*7}", "[('id', '!=', 0)]"),
)
_FOREIGN = "Sealed words"


def own_rules(env):
    """Return the rules of routes that an addon of ours defines or overrides."""
    found = []
    for rule in env["ir.http"].routing_map().iter_rules():
        method = rule.endpoint.func
        classes = [
            some
            for some in type(method.__self__).__mro__
            if some.__module__.startswith(_OURS) and method.__name__ in vars(some)
        ]
        if classes:
            found.append((rule, classes))
    return found


def parameters(rule, classes):
    """Return the names of the parameters that a route reads, in its path or not."""
    method = rule.endpoint.func
    names = set(_ALWAYS)
    for some in type(method.__self__).__mro__:
        if function := vars(some).get(method.__name__):
            names |= inspect.signature(function).parameters.keys()
    for some in classes:
        module = sys.modules[some.__module__]
        source = inspect.getsource(module)
        for value in vars(module).values():  # names that are read in a loop
            if isinstance(value, tuple):
                names |= {name for name in value if str(name).isidentifier()}
        names |= {name for found in _READ.findall(source) for name in found if name}
    return sorted(names - {"self", "kw", "post", "kwargs"})


@tagged("post_install", "-at_install")
class TestRouteWalk(ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.public_user").write(
            {
                "company_id": cls.company_a.id,
                "company_ids": [(6, 0, cls.company_a.ids)],
            }
        )
        cls.victim = cls.create_customer("victim", "Valerie Victim")
        cls.foreign = cls.create_complaint(
            partner_id=cls.victim.partner_id.id,
            name=_FOREIGN,
            description=f"<p>{_FOREIGN} told</p>",
        ).sudo()
        cls.message = cls.foreign.with_user(cls.handler).message_post(
            body=f"{_FOREIGN} written",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[(f"{_FOREIGN}.txt", _FOREIGN.encode())],
        )
        cls.document = cls.message.attachment_ids
        cls.document.generate_access_token()
        cls.foreign.write({"complaint_findings": _FOREIGN})
        cls.foreign.stage_id = cls.stages["follow_up"]
        cls.rating = cls.foreign._rating_get_access_token()
        cls.complaint.complaint_representative_id = cls.stranger.partner_id
        signed = cls.env["ir.attachment"].create({"name": "signed", "raw": b"I do"})
        cls.consent = cls.env["complaint.consent"].create(
            {
                "ticket_id": cls.complaint.id,
                "partner_id": cls.stranger.partner_id.id,
                "scope": "write",
                "given_on": "2026-02-27",
                "attachment_ids": signed.ids,
            }
        )
        cls.token = cls.complaint._portal_ensure_token()
        cls.secrets = {
            _FOREIGN,
            cls.victim.name,
            cls.victim.email,
            cls.foreign.number,
            cls.foreign._portal_ensure_token(),
            cls.foreign._sign_token(cls.victim.partner_id.id),
            cls.document.access_token,
        }
        cls.rules = own_rules(cls.env)

    def roles(self):
        """Return who walks: login or None, the link they opened, what they may not see."""
        mine = {self.token}
        link = f"{self.path()}?access_token={self.consent._ensure_token()}"
        return {
            "nobody": (None, None, mine),
            "by the customer's link": (None, self.link(), set()),
            "by the representative's link": (None, link, mine),
            "the customer": (self.portal_user, None, set()),
            "a colleague": (self.colleague, self.path(), mine),
            "the representative": (self.stranger, self.path(), mine),
            "an employee": (self.user_employee, None, mine),
            "another company's handler": (self.handler_b, None, mine),
        }

    def enter(self, role):
        user, link, hidden = self.roles()[role]
        self.as_user(user)
        if link:
            self.get(link)
        return self.secrets | hidden

    def state(self):
        """Return all that a visitor could have changed of the two complaints."""
        self.env.flush_all()
        self.env.invalidate_all()
        both = self.complaint | self.foreign
        kept = [both.read()]
        for model in (
            "mail.message",
            "ir.attachment",
            "mail.activity",
            "rating.rating",
        ):
            records = self.env[model].sudo().with_context(active_test=False)
            for ticket in both:
                found = records.search(
                    [
                        (
                            "model" if model == "mail.message" else "res_model",
                            "=",
                            ticket._name,
                        ),
                        ("res_id", "=", ticket.id),
                    ]
                )
                kept.append((model, found.mapped("write_date"), found.ids))
        kept.append(self.env["helpdesk.ticket"].sudo().search_count([]))
        return kept

    def methods(self, rule):
        return sorted((rule.methods or {"GET", "POST"}) - {"OPTIONS", "HEAD"})

    def send_to(self, rule, method, values, files=None):
        """Send one request, with these values in the path and as parameters."""
        path = re.sub(
            r"<(?:[^<>:]+:)?(\w+)>",
            lambda found: quote(str(values.get(found[1], 1)), safe="") or "0",
            rule.rule,
        )
        values = {n: v for n, v in values.items() if n not in rule.arguments}
        if rule.endpoint.routing["type"] != "http":
            return self.url_open(path, json={"params": values}, allow_redirects=False)
        if method == "GET":
            return self.opener.get(
                self.base_url() + path, params=values, allow_redirects=False, timeout=30
            )
        values.setdefault("csrf_token", Request.csrf_token(self))
        return self.url_open(path, data=values, files=files, allow_redirects=False)

    def check(self, answer, secrets, what):
        self.assertLess(answer.status_code, 500, what)
        told = f"{answer.text}\n{answer.headers}"
        for secret in secrets:
            self.assertNotIn(secret, told, what)
        location = answer.headers.get("Location", "")
        self.assertFalse(re.match(r"(?!http://127)\w+:|//", location), what)
        if answer.status_code == 200:
            headers = answer.headers
            self.assertEqual(headers.get("X-Frame-Options"), "SAMEORIGIN", what)
            policy = headers.get("Content-Security-Policy")
            self.assertIn("frame-ancestors 'self'", str(policy), what)
            self.assertEqual(headers.get("Referrer-Policy"), "same-origin", what)

    def right(self, complaint, document, token):
        """Return values with which a route does its work on a complaint."""
        return {
            "complaint_id": complaint.id,
            "ticket_id": complaint.id,
            "thread_id": complaint.id,
            "thread_model": complaint._name,
            "document_id": document.id,
            "act": "write",
            "access_token": token,
            "token": token,
            "rate": 5,
            "rating": "5",
            "page": 1,
            "wizard_id": 1,
            "words": "Walked",
            "done": "write",
        }

    def test_the_walk_finds_the_routes(self):
        found = {rule.rule for rule, _classes in self.rules}
        for path in (
            "/my/complaints/<int:complaint_id>",
            "/my/complaints/<int:complaint_id>/<string:act>",
            "/complaints/new",
            "/my/ticket/<int:ticket_id>/<access_token>",
            "/submitted/ticket",
            "/mail/attachment/upload",
            "/rate/<string:token>/submit_feedback",
        ):
            self.assertIn(path, found)
        for rule, classes in self.rules:
            self.assertIn("access_token", parameters(rule, classes))
        (new,) = [found for found in self.rules if found[0].rule == "/complaints/new"]
        self.assertLessEqual({"story", "form_key", "anonymous"}, {*parameters(*new)})

    @mute_logger(
        "odoo.http", "werkzeug", "odoo.addons.crm_complaints.models.core.isolation"
    )
    def test_bad_parameters_are_no_errors_and_tell_nothing(self):
        foreign = (self.foreign.id, self.foreign.access_token, self.document.id)
        values = (*_BAD, *map(str, foreign), self.rating)
        asked = [
            (rule, method, name, values[turn % len(values)], turn % 5 == 0)
            for turn, (rule, method, name) in enumerate(
                (rule, method, name)
                for rule, classes in self.rules
                for method in self.methods(rule)
                for name in parameters(rule, classes)
            )
        ]
        roles = list(self.roles())
        # GET before all else, to see that it changes nothing
        for wanted, (turn, role) in product((True, False), enumerate(roles)):
            secrets = self.enter(role)
            before = self.state()
            for rule, method, name, bad, twice in asked[turn :: len(roles)]:
                if (method == "GET") != wanted:
                    continue
                what = f"{role}: {method} {rule.rule} {name}={bad[:40]!r}"
                right = self.right(self.complaint, self.document, "")
                sent = {**right, name: [bad, bad] if twice else bad}
                self.check(self.send_to(rule, method, sent), secrets - {bad}, what)
            if wanted:
                self.assertEqual(self.state(), before, role)

    @mute_logger(
        "odoo.http", "werkzeug", "odoo.addons.crm_complaints.models.core.isolation"
    )
    def test_files_in_place_of_texts_and_nothing_at_all(self):
        for role in ("by the customer's link", "the customer"):
            secrets = self.enter(role)
            for rule, classes in self.rules:
                if "POST" not in self.methods(rule):
                    continue
                for name in (None, *parameters(rule, classes)):
                    file = {name: ("f.txt", b"f", TEXT)} if name else None
                    right = self.right(self.complaint, self.document, "")
                    right = {
                        key: value
                        for key, value in right.items()
                        if key in rule.arguments or name not in (None, key)
                    }
                    answer = self.send_to(rule, "POST", right, file)
                    self.check(answer, secrets, f"{role}: {rule.rule} file {name}")

    @mute_logger("odoo.http", "werkzeug")
    def test_nobody_reaches_the_complaint_of_somebody_else(self):
        before = self.state()
        cut = self.foreign.access_token[:-1]
        tokens = ("", self.token, self.consent._ensure_token(), "x", cut)
        turn = count()
        for role in self.roles():
            secrets = self.enter(role)
            for rule, _classes in self.rules:
                for method in self.methods(rule):
                    token = tokens[next(turn) % len(tokens)]
                    what = f"{role}: {method} {rule.rule} by {token}"
                    sent = self.right(self.foreign, self.document, token)
                    file = None
                    if method == "POST":
                        file = {"ufile": ("f.txt", b"f", TEXT)}
                    answer = self.send_to(rule, method, sent, file)
                    self.check(answer, secrets - {token}, what)
        tickets = before.pop()
        after = self.state()
        # those who have an account may file a ticket of their own
        self.assertGreaterEqual(after.pop(), tickets)
        self.assertEqual(after[0][1], before[0][1])
        self.assertEqual(after[1:], before[1:])

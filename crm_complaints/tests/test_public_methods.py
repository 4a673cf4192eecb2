"""Public methods: every role calls each of them on records of others.

Whatever is public can be called over RPC, with any argument. The methods are collected
from the registry, so that the next one is tried before anybody thinks of it.
"""

import inspect
import traceback
from base64 import b64encode
from collections import defaultdict
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.core.constants import TICKET
from .common import ComplaintCommon

# company -> words of its complaints, its customer, its settings
SECRETS = {
    "a": ("Zanzibar", "Kisangani", "Mombasa"),
    "b": ("Timbuktu", "Lalibela", "Axum"),
}
# What colleagues of the same company may read, whose complaint it ever is.
SETTINGS = {
    "complaint.cause",
    "complaint.remedy.type",
    "complaint.policy",
    "complaint.policy.apply",
    "complaint.restriction",
    "complaint.return",
    "complaint.return.code",
    "complaint.return.figure",
    "complaint.return.filing",
    "complaint.return.issue",
    "complaint.return.line",
    "res.partner",
}
ADDONS = Path(__file__).parents[2]
OURS = "odoo.addons.crm_complaints"
BAD = (None, "x", -1, [None], {"a": 1})
GONE = 2**31 - 1
# argument -> a value that a client would send
PLAUSIBLE = {
    "vals_list": [{}],
    "vals": {},
    "values": {},
    "default": {},
    "fields": ["display_name"],
    "data": [["x"]],
    "field_names": [],
    "fields_spec": {"display_name": {}},
    "specification": {"display_name": {}},
    "state": None,
    "text": "Zanzibar",
    "rate": 5,
    "body": "Hello",
}
# Mail is delivered by methods that post where the mail belongs; they have tests of their
# own.
NOT_WALKED = {
    "message_process",
    "message_new",
    "message_update",
    "retrieve_attachment",  # takes a record, which no client can send
}


class _RolledBack(Exception):
    """Raised to undo what a call has done."""


def _orm(ids, fields=()):
    """Return {method: arguments} of what any client asks of any record.

    :param fields: what is read, all if empty
    """
    domain = [("id", "in", ids)]
    shown = {"display_name": {}}
    on_form = {**shown, "ticket_id": {"fields": shown}, "ticket_ids": {"fields": shown}}
    return {
        "read": (list(fields),),
        "web_read": (shown,),
        "export_data": (["display_name"],),
        "copy": (),
        "unlink": (),
        "write": ({},),
        "web_save": ({}, shown),
        "onchange": ({}, [], on_form),
        "get_metadata": (),
        "action_archive": (),
        "search_read": (domain,),
        "name_search": ("", domain),
        "web_search_read": (domain, shown),
        "formatted_read_group": (domain, ["create_uid"], ["__count"]),
    }


@tagged("post_install", "-at_install")
class TestPublicMethods(ComplaintCommon):
    # the models whose methods are called, () for all, and how many calls that are at least
    only = ()
    least = 1500
    # the group of staff who may read those, where that is another app's: then what they
    # learn of a complaint by them is ours to hide
    reader_group = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.concerned = cls.create_user("concerned", "Carl Concerned", "manager")
        cls.team.user_ids += cls.concerned
        cls.other_portal = new_test_user(
            cls.env,
            login="other_portal",
            groups="base.group_portal",
            email="other@novak.example",
            context={"no_reset_password": True, "mail_create_nolog": True},
        )
        cls.manager_b = cls.create_user("manager_b", "Mona", "manager", cls.company_b)
        cls.in_a = cls.make_records("a", cls.team, cls.handler, cls.manager)
        cls.company_b._complaint_next_numbers(100)  # numbers that differ from A's
        cls.in_b = cls.make_records("b", cls.team_b, cls.handler_b, cls.manager_b)
        of_a = cls.Ticket.search([("company_id", "=", cls.company_a.id)])
        of_a.complaint_concerned_user_ids = cls.concerned
        for records in (cls.in_a, cls.in_b):
            records[TICKET]._portal_ensure_token()
        (cls.in_a[TICKET] | cls.in_b[TICKET]).message_unsubscribe(
            (cls.own_handler | cls.team_handler).partner_id.ids
        )
        public = cls.env.ref("base.public_user")
        # role -> what is another's to it
        cls.foreign = {
            user: records
            for users, records in (
                (
                    public
                    | cls.portal_user
                    | cls.other_portal
                    | cls.user_employee
                    | cls.own_handler
                    | cls.handler_b
                    | cls.concerned,
                    cls.in_a,
                ),
                (
                    cls.team_handler | cls.handler | cls.leader | cls.manager,
                    cls.in_b,
                ),
            )
            for user in users
        }
        if cls.reader_group:
            for user in cls.foreign:
                if user._is_internal():
                    user.group_ids += cls.env.ref(cls.reader_group)
        cls.env.flush_all()

    def secrets(self, user, records):
        """Return the words that a user must not be told."""
        ticket = records[TICKET]
        words, customer, settings = SECRETS["a" if records is self.in_a else "b"]
        secrets = [words, ticket.number, ticket.access_token]
        if user not in self.own_handler | self.user_employee | self.concerned:
            secrets += [customer, settings]
        return secrets

    @classmethod
    def make_records(cls, key, team, handler, manager):
        """Return {model: a record of it}, around one complaint of a company."""
        words, name, settings = SECRETS[key]
        company = team.company_id
        env = cls.env(context={"tracking_disable": True})
        customer = env["res.partner"].create(
            {
                "name": f"Anna {name}",
                "email": f"anna@{name.lower()}.example",
                "phone": "+32 2 555 99 99",
                "company_id": company.id,
            }
        )
        values = {
            "name": f"Broken in {words}",
            "description": f"<p>{words}</p>",
            "team_id": team.id,
            "user_id": handler.id,
            "partner_id": customer.id,
            "complaint_outcome": "upheld",
        }
        Ticket = env[TICKET].with_user(handler)
        ticket, merged, alike = Ticket.create([values] * 3).sudo()
        (ticket | merged | alike)._complaint_as_history().stage_id = cls.stages[
            "solution"
        ]
        records = {TICKET: ticket, "res.partner": customer}

        def make(model, **vals):
            records[model] = env[model].create(vals)

        of_ticket = {"ticket_id": ticket.id}
        letter = env["ir.attachment"].create({"name": words, "raw": b"x"})
        make("complaint.event", **of_ticket, name=words, date="2026-02-27")
        make("complaint.remedy.type", name=settings, company_id=company.id)
        remedy_type = records["complaint.remedy.type"].id
        make("complaint.remedy", **of_ticket, type_id=remedy_type, description=words)
        make(
            "complaint.consent",
            **of_ticket,
            partner_id=customer.id,
            attachment_ids=[Command.set(letter.ids)],
        )
        env["complaint.merge"]._merge(ticket, merged)
        records["complaint.merge"] = ticket.complaint_merge_ids
        make("complaint.cause", name=settings, company_id=company.id)
        make("complaint.policy", name=settings, company_id=company.id, active=False)
        make("complaint.return", name=settings, company_id=company.id)
        of_return = {"return_id": records["complaint.return"].id}
        make("complaint.return.line", **of_return, name=settings)
        make("complaint.return.code", **of_return, code=settings, outcome="upheld")
        make(
            "complaint.return.filing",
            **of_return,
            company_id=company.id,
            date_from="2026-01-01",
            date_to="2026-06-30",
        )
        filing = records["complaint.return.filing"]
        records["complaint.return.figure"] = filing.figure_ids
        make("complaint.return.issue", filing_id=filing.id, name=settings)
        make(
            "complaint.restriction",
            partner_id=customer.id,
            company_id=company.id,
            reason=settings,
            measure="writing",
            until="2026-06-01",
            review_date="2026-05-01",
        )
        make(
            "complaint.incoming.mail",
            **of_ticket,
            key=f"{words}{company.id}",
            email_from=customer.email,
            received_at="2026-03-01 10:00:00",
            company_id=company.id,
        )
        make(
            "complaint.dead.letter",
            **of_ticket,
            name=words,
            raw=b64encode(words.encode()),
            company_id=company.id,
            team_id=team.id,
        )
        make(
            "rating.rating",
            res_model_id=env["ir.model"]._get_id(TICKET),
            res_id=ticket.id,
            rating=1,
            feedback=words,
            consumed=True,
        )
        records["complaint.milestone"] = ticket.complaint_milestone_ids
        # rows of wizards that a colleague is about to fill in
        for model, vals in {
            "complaint.resolve": {"outcome": "upheld"},
            "complaint.decision": {"words": words},
            "complaint.letter.compose": {},
            "complaint.follow.up": {"how": "phone", "words": words},
            "complaint.rating.answer": {"words": words},
        }.items():
            wizard = env[model].with_user(handler).create({**of_ticket, **vals})
            records[model] = wizard.sudo()
        for model, user, vals in (
            ("complaint.intake", handler, {"name": words}),
            (
                "complaint.register",
                manager,
                {
                    "file_format": "csv",  # in which the words can be read
                    "company_ids": company.ids,
                },
            ),
            ("complaint.merge.wizard", handler, {"ticket_ids": (ticket + alike).ids}),
            (
                "complaint.policy.apply",
                manager,
                {"policy_id": records["complaint.policy"].id},
            ),
            (
                "complaint.dead.letter.dismiss",
                manager,
                {
                    "letter_ids": records["complaint.dead.letter"].ids,
                    "reason": words,
                },
            ),
        ):
            records[model] = env[model].with_user(user).create(vals).sudo()
        cls.make_more(records, words)
        return records

    @classmethod
    def make_more(cls, records, words):
        """Add records of models of small addons; those of our own bear the words."""

    # ---------------------------------------------------
    # What there is to call
    # ---------------------------------------------------

    def methods(self, overriding=True):
        """Yield (model, method) for what is ours, or overridden by us, and public.

        :param overriding: those of other addons as well that we override
        """
        seen = set()
        for name, model in sorted(self.registry.items()):
            if self.only and name not in self.only:
                continue
            is_ours = name == TICKET or name.startswith("complaint.")
            for method in dir(model):
                function = getattr(model, method, None)
                if (
                    method.startswith("_")
                    or method in NOT_WALKED
                    or not inspect.isroutine(function)
                    or (model._abstract and is_ours)
                ):
                    continue
                definers = [
                    owner.__module__.startswith(OURS)
                    for owner in model.__mro__
                    if method in vars(owner)
                    and owner.__module__ != "odoo.orm.model_classes"
                ]
                if not (any(definers) if overriding else all(definers)):
                    continue
                if not is_ours and function in seen:
                    continue  # of a mixin, which many models have
                seen.add(function)
                try:
                    get_public_method(self.env[name], method)
                except AccessError:
                    continue
                yield name, method

    def parameters(self, model, method):
        signature = inspect.signature(getattr(self.registry[model], method))
        return [
            parameter
            for parameter in list(signature.parameters.values())[1:]
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]

    def call(self, user, model, method, ids, args=(), records=None):
        """Call a method as RPC does, and undo it; return its result and if it changed any.

        :param records: whose complaint the context names
        """
        self.env.invalidate_all(flush=False)
        context = {}
        if records:
            ticket_ids = records[TICKET].ids
            context = {
                "active_model": TICKET,
                "active_id": ticket_ids[0],
                "active_ids": ticket_ids,
                "default_ticket_id": ticket_ids[0],
                "default_ticket_ids": ticket_ids,
            }
        env = self.env(user=user, su=False)
        function = getattr(self.registry[model], method)
        if not getattr(function, "_api_model", False):
            args = (ids, *args)
        args = deepcopy(list(args))  # some methods fill them in
        result = changed = None
        try:
            with (
                suppress(_RolledBack, UserError),
                self.env.cr.savepoint(flush=False),
                # Odoo warns of notifications to nobody
                mute_logger("odoo.sql_db", "odoo.addons.mail.models.mail_thread"),
            ):
                result = str(call_kw(env[model], method, args, {"context": context}))
                env.flush_all()
                changed = self.fingerprint() != self.before
                raise _RolledBack
        except Exception as error:
            if self.is_ours(error):
                raise
        finally:
            self.env.transaction.clear()
            self.env.clear()
        return result or "", changed

    def is_ours(self, error):
        """Tell whether an error that is none for users comes from code of ours.

        What is handed on to Odoo as it came is Odoo's to refuse, and so is a call on no
        record, or many, of a method for one.
        """
        if "Expected singleton" in str(error):
            return False
        ours = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if (folder := Path(frame.filename)).is_relative_to(ADDONS)
            and folder.relative_to(ADDONS).parts[0].startswith("crm_complaints")
            and "tests" not in folder.parts
        ]
        return bool(ours) and "super(" not in ours[-1].line

    def fingerprint(self):
        """Return what stands in the tables of all these records, and hangs on them."""
        queries = [
            SQL(
                "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM %s t"
                " WHERE id IN %s",
                SQL.identifier(table),
                tuple(ids),
            )
            for table, ids in self.rows.items()
        ]
        for table, name in (("mail_message", "model"), ("ir_attachment", "res_model")):
            queries.append(
                SQL(
                    "SELECT count(*)::text FROM %s WHERE %s = %s AND res_id IN %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    TICKET,
                    tuple(self.rows["helpdesk_ticket"]),
                )
            )
        return self.env.execute_query(SQL(" UNION ALL ").join(queries))

    def setUp(self):
        super().setUp()
        self.rows = defaultdict(list)
        for records in (self.in_a, self.in_b):
            for record in records.values():
                # those who may read documents of other apps may work on them as well
                if not self.reader_group or record._name not in self.only:
                    self.rows[record._table] += record.ids
        self.before = self.fingerprint()

    # ---------------------------------------------------
    # Calling
    # ---------------------------------------------------

    def assertHidden(self, user, records, result, changed):
        for secret in self.secrets(user, records):
            self.assertNotIn(secret.lower(), result.lower())
        self.assertFalse(changed, "changed")

    def test_no_role_gets_at_the_records_of_others(self):
        tried = 0
        for model, method in self.methods():
            args = [
                PLAUSIBLE.get(parameter.name, "x")
                for parameter in self.parameters(model, method)
                if parameter.default is parameter.empty
            ]
            for user, records in self.foreign.items():
                record = records.get(model)
                if (
                    model in SETTINGS
                    and record
                    and user.company_id == records[TICKET].company_id
                ):
                    continue
                for ids in (record.ids if record else [], [GONE])[
                    : 1 + (user == self.handler)
                ]:
                    tried += 1
                    with self.subTest(f"{model}.{method}", user=user.login):
                        self.assertHidden(
                            user,
                            records,
                            *self.call(user, model, method, ids, args, records),
                        )
        self.assertGreater(tried, self.least)

    def test_no_role_gets_at_them_as_any_client_does(self):
        for user, records in self.foreign.items():
            for model, record in records.items():
                if self.only and model not in self.only:
                    continue
                if model in SETTINGS and user.company_id == records[TICKET].company_id:
                    continue
                # of another app's fields some are refused, and with them all
                fields = ["complaint_banner"] if self.reader_group else ()
                for method, args in _orm(record.ids, fields).items():
                    if method == "onchange":
                        form = {n: v for n, v in args[2].items() if n in record._fields}
                        args = (*args[:2], form)
                    if method == "name_search" and not record._rec_name:
                        continue
                    ids = () if method == "onchange" else record.ids
                    with self.subTest(f"{model}.{method}", user=user.login):
                        self.assertHidden(
                            user,
                            records,
                            *self.call(user, model, method, ids, args, records),
                        )

    def test_those_who_work_them_are_given_what_they_call_for(self):
        """Lest nothing be found because nothing is called."""
        record = self.in_a[TICKET]
        found, changed = self.call(self.handler, TICKET, "read", record.ids, [["name"]])
        self.assertIn("Zanzibar", found)
        self.assertFalse(changed)
        _found, changed = self.call(
            self.handler, TICKET, "write", record.ids, [{"name": "Again"}]
        )
        self.assertTrue(changed)
        found, changed = self.call(
            self.handler,
            "complaint.resolve",
            "onchange",
            [],
            [{}, [], {"ticket_id": {"fields": {"display_name": {}}}}],
            self.in_a,
        )
        self.assertIn("Zanzibar", found)
        for model in self.only if self.reader_group else ():
            args = (self.in_a[model].ids, [["complaint_banner"]])
            found, _changed = self.call(self.user_employee, model, "read", *args)
            self.assertIn("'phase': 'Solution'", found)

    def test_bad_arguments_are_refused_and_crash_nothing(self):
        """Those who may work a record send what no client of ours sends."""
        for model, method in self.methods(overriding=False):
            parameters = self.parameters(model, method)
            for user in (self.handler, self.manager):
                record = self.in_a.get(model)
                for ids in (record.ids if record else [], [GONE]):
                    for bad in BAD if parameters else BAD[:1]:
                        with self.subTest(
                            f"{model}.{method}", user=user.login, bad=bad
                        ):
                            self.call(user, model, method, ids, [bad] * len(parameters))

"""Public methods of our models, and whose complaints their callers must not get at."""

import inspect
import re
import traceback
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..models.core.constants import TICKET
from .records import SECRETS, ComplaintRecords

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
# Any statement that changes a table, and some that do not.
_WRITING = re.compile(r"insert|update|delete|truncate|merge|copy|alter|do\s", re.I)
ADDONS = Path(__file__).parents[2]
OURS = "odoo.addons.crm_complaints"
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


class PublicMethodsCommon(ComplaintRecords):
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

    def required(self, model, method):
        """Return {parameter: value} of those that a client has to send."""
        return {
            parameter.name: PLAUSIBLE.get(parameter.name, "x")
            for parameter in self.parameters(model, method)
            if parameter.default is parameter.empty
        }

    def takes_ids(self, model, method):
        return not getattr(getattr(self.registry[model], method), "_api_model", False)

    def context_of(self, records):
        """Return a context that names the complaint of these records."""
        ticket_ids = records[TICKET].ids
        return {
            "active_model": TICKET,
            "active_id": ticket_ids[0],
            "active_ids": ticket_ids,
            "default_ticket_id": ticket_ids[0],
            "default_ticket_ids": ticket_ids,
        }

    def is_ours(self, error):
        """Tell whether an error that is none for users comes from code of ours.

        What is handed on to Odoo as it came is Odoo's to refuse, and so is a call on no
        record, or many, of a method for one.
        """
        if "Expected singleton" in str(error):
            return False
        return self.is_ours_last(
            (frame.filename, frame.line)
            for frame in traceback.extract_tb(error.__traceback__)
        )

    def is_ours_last(self, frames):
        """Tell whether the last of our lines in a traceback did more than hand on.

        :param frames: (file name, line) of each
        """
        ours = [
            line
            for filename, line in frames
            if (folder := Path(filename)).is_relative_to(ADDONS)
            and folder.relative_to(ADDONS).parts[0].startswith("crm_complaints")
            and "tests" not in folder.parts
        ]
        return bool(ours) and "super(" not in ours[-1]

    @contextmanager
    def noting_writes(self):
        """Yield a list that gets the statements which may write.

        A fingerprint takes longer than most calls, which write nothing.
        """
        written = []

        def note(_cr, query, *_args):
            if _WRITING.search(str(query)):
                written.append(query)

        with patch.object(current_thread(), "query_hooks", [note], create=True):
            yield written

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

    def is_open_to(self, user, model, records):
        """Tell whether a model is one of the settings of the user's own company."""
        return model in SETTINGS and user.company_id == records[TICKET].company_id

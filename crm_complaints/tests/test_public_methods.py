"""Public methods: every role calls each of them on records of others.

Whatever is public can be called over RPC, with any argument. The methods are collected
from the registry, so that the next one is tried before anybody thinks of it.
"""

from contextlib import suppress
from copy import deepcopy

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.core.constants import TICKET
from .public_methods import PublicMethodsCommon

BAD = (None, "x", -1, [None], {"a": 1})
GONE = 2**31 - 1


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
class TestPublicMethods(PublicMethodsCommon):
    def call(self, user, model, method, ids, args=(), records=None):
        """Call a method as RPC does, and undo it; return its result and if it changed any.

        :param records: whose complaint the context names
        """
        self.env.invalidate_all(flush=False)
        context = self.context_of(records) if records else {}
        env = self.env(user=user, su=False)
        if self.takes_ids(model, method):
            args = (ids, *args)
        args = deepcopy(list(args))  # some methods fill them in
        result = changed = None
        try:
            with (
                suppress(_RolledBack, UserError),
                self.noting_writes() as written,
                self.env.cr.savepoint(flush=False),
                # Odoo warns of notifications to nobody
                mute_logger("odoo.sql_db", "odoo.addons.mail.models.mail_thread"),
            ):
                result = str(call_kw(env[model], method, args, {"context": context}))
                env.flush_all()
                changed = bool(written) and self.fingerprint() != self.before
                raise _RolledBack
        except Exception as error:
            if self.is_ours(error):
                raise
        finally:
            self.env.transaction.clear()
            self.env.clear()
        return result or "", changed

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
            args = list(self.required(model, method).values())
            for user, records in self.foreign.items():
                record = records.get(model)
                if record and self.is_open_to(user, model, records):
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
                if self.is_open_to(user, model, records):
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

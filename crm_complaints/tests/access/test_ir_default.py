"""Users' own defaults: they tell nothing of messages, mails and ratings."""

import json

from odoo.tests import tagged

from ...models.access.ir_default import _NOTED
from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestIrDefault(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.create_complaint(
            cls.own_handler, partner_id=cls.customer.id, user_id=cls.own_handler.id
        )
        cls.Default = cls.env["ir.default"].with_user(cls.own_handler)

    def keep(self, model, field, value, user=True):
        """Keep a default of the handler's own, or one for everybody."""
        record = self.env["ir.model.fields"]._get(model, field)
        owner = self.own_handler if user else self.own_handler.browse()
        Default = self.Default if user else self.env["ir.default"]
        Default.create(
            {
                "field_id": record.id,
                "user_id": owner.id,
                "json_value": json.dumps(value),
            }
        )

    def test_ones_own_defaults_tell_nothing_of_what_happened(self):
        for model in _NOTED:
            for field in self.env[model]._fields.values():
                if field.store and field.type in ("char", "datetime", "many2one"):
                    value = {"char": "x", "datetime": "2020-01-01 00:00:00"}
                    self.keep(model, field.name, value.get(field.type, 1))
            with self.subTest(model=model):
                self.assertFalse(self.Default._get_model_defaults(model))

    def test_a_message_is_written_now_by_its_author(self):
        self.keep("mail.message", "date", "2020-01-01 00:00:00")
        self.keep("mail.message", "author_id", self.customer.id)
        self.keep("mail.message", "message_type", "email")
        here = {"model": "helpdesk.ticket", "res_id": self.complaint.id, "body": "x"}
        for message in (
            self.complaint.message_post(body="x"),
            self.env["mail.message"].with_user(self.own_handler).create(here),
        ):
            self.assertEqual(message.date, self.clock)
            self.assertEqual(message.author_id, self.own_handler.partner_id)
            self.assertNotEqual(message.message_type, "email")

    def test_the_token_of_a_rating_is_not_chosen(self):
        self.keep("rating.rating", "access_token", "known")
        self.assertNotEqual(self.complaint._rating_get_access_token(), "known")

    def test_what_administrators_set_for_everybody_counts(self):
        self.keep("mail.message", "subject", "Hello", user=False)
        defaults = self.Default._get_model_defaults("mail.message")
        self.assertEqual(defaults, {"subject": "Hello"})

    def test_so_does_what_they_set_for_the_company(self):
        field = self.env["ir.model.fields"]._get("mail.message", "subject")
        self.env["ir.default"].create(
            {
                "field_id": field.id,
                "company_id": self.company_a.id,
                "json_value": json.dumps("From A"),
            }
        )
        for user, expected in (
            (self.own_handler, {"subject": "From A"}),
            (self.handler_b, {}),
        ):
            defaults = self.env["ir.default"].with_user(user)
            self.assertEqual(defaults._get_model_defaults("mail.message"), expected)

"""Names in forms: no form of any model names a complaint to those who may not read it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.access.names import hide_names
from ...models.core.constants import TICKET
from ..common import ComplaintCommon

SECRET = "Zanzibar"


@tagged("post_install", "-at_install")
class TestNames(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.create_complaint(
            name=SECRET, partner_id=cls.customer.id
        ).sudo()
        cls.message = cls.complaint.message_post(body=SECRET)

    def reference(self, field):
        """Return what a client sends to make a field refer to the complaint."""
        if field.name in ("model", "render_model", "res_model", "parent_res_model"):
            return TICKET
        if field.type == "reference":
            return f"{TICKET},{self.complaint.id}"
        if field.type == "many2one_reference" or (
            field.type == "integer" and field.name.endswith("res_id")
        ):
            return self.complaint.id
        if field.name == "res_ids" and field.type in ("char", "text"):
            return str(self.complaint.ids)
        if field.type == "many2one":
            return {
                TICKET: self.complaint.id,
                "ir.model": self.env["ir.model"]._get_id(TICKET),
                "mail.message": self.message.id,
            }.get(field.comodel_name)
        return None

    def forms(self):
        """Return {model: values} of all forms that may refer to any record."""
        forms = {}
        for name, model in self.env.items():
            values = {
                field.name: value
                for field in model._fields.values()
                if not field.related and (value := self.reference(field))
            }
            if not model._abstract and {*values.values()} - {TICKET}:
                forms[name] = values
        return forms

    def told(self, user, model, values):
        """Return what a form of a model tells a user."""
        Model = self.env[model].with_user(user)
        shown = {
            name: {"fields": {"display_name": {}}}
            if field.type in ("many2one", "reference")
            else {}
            for name, field in Model._fields.items()
            if Model._has_field_access(field, "read")
        }
        told = []
        for given in (values, *({name: values[name]} for name in values)):
            self.env.invalidate_all()
            try:
                with mute_logger("odoo.http"), self.env.cr.savepoint():
                    told.append(Model.onchange(given, list(given), shown)["value"])
            except Exception as error:
                told.append(str(error))
        return str(told)

    def test_no_form_names_a_complaint_to_those_who_may_not_read_it(self):
        forms = self.forms()
        self.assertLessEqual(
            {"mail.activity", "mail.message", "rating.rating"}, {*forms}
        )
        for user in self.user_employee | self.own_handler | self.handler_b:
            for model, values in forms.items():
                with self.subTest(user=user.login, model=model):
                    told = self.told(user, model, values)
                    self.assertNotIn(SECRET, told)
                    self.assertNotIn(self.complaint.number, told)

    def test_nobody_notifies_of_a_complaint_that_they_may_not_read(self):
        for user in self.user_employee | self.own_handler | self.handler_b:
            for thread, place in (
                ("mail.thread", {"model": TICKET}),
                ("res.partner", {"model": TICKET}),
                (TICKET, {}),
            ):
                with (
                    self.subTest(user=user.login, thread=thread),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    self.env[thread].with_user(user).message_notify(
                        **place,
                        res_id=self.complaint.id,
                        partner_ids=user.partner_id.ids,
                        body="x",
                    )
        self.assertTrue(
            self.env["mail.thread"]
            .with_user(self.handler)
            .message_notify(
                model=TICKET,
                res_id=self.complaint.id,
                partner_ids=self.leader.partner_id.ids,
                body="x",
            )
        )

    def test_no_notification_names_a_complaint_to_those_who_may_not_read_it(self):
        """Odoo lets all employees read notifications, and names messages by subject."""
        message = self.complaint.message_post(body=SECRET, subject=SECRET)
        notification = self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.customer.id,
                "notification_type": "email",
            }
        )
        for user, is_told in (
            (self.user_employee, False),
            (self.handler_b, False),
            (self.handler, True),
        ):
            self.env.invalidate_all()
            names = notification.with_user(user).read(["mail_message_id"])
            with self.subTest(user.login):
                self.assertEqual(SECRET in str(names), is_told)

    def test_followers_are_for_those_who_may_read_the_complaint(self):
        self.complaint.message_subscribe(self.customer.ids)
        followers = self.complaint.message_follower_ids
        ordinary = self.create_ticket().sudo().message_follower_ids
        self.env.flush_all()
        domain = [("id", "in", (followers | ordinary).ids)]
        for user in self.user_employee | self.own_handler | self.handler_b:
            Followers = self.env["mail.followers"].with_user(user)
            self.assertEqual(Followers.search(domain), ordinary, user.login)
            self.assertTrue(ordinary.with_user(user).read(["name"]))
            with self.assertRaises(AccessError):
                followers.with_user(user).read(["name", "email"])
        Followers = self.env["mail.followers"].with_user(self.handler)
        self.assertEqual(Followers.search(domain), followers | ordinary)
        names = followers.with_user(self.handler).mapped("name")
        self.assertIn(self.customer.name, names)

    def test_readers_are_told_the_name(self):
        model_id = self.env["ir.model"]._get_id(TICKET)
        for model, values, name in (
            ("mail.activity", {"res_model_id": model_id}, "res_name"),
            ("mail.message", {"model": TICKET}, "record_name"),
            ("rating.rating", {"res_model_id": model_id}, "res_name"),
        ):
            values = {**values, "res_id": self.complaint.id}
            Model = self.env[model].with_user(self.handler)
            told = Model.onchange(values, list(values), {name: {}})
            self.assertIn(SECRET, told["value"][name], model)

    def test_names_of_many_messages_take_as_many_queries_as_of_one(self):
        complaints = self.create_complaint() | self.create_complaint() | self.complaint
        messages = self.env["mail.message"].concat(
            *(complaint.sudo().message_post(body="Cold") for complaint in complaints)
        )
        messages = messages.with_user(self.user_employee).sudo()
        self.env.flush_all()

        def count_queries(messages):
            self.env.invalidate_all()
            messages.mapped("res_id")
            before = self.env.cr.sql_log_count
            hide_names(messages, "display_name", "model", saved=True)
            return self.env.cr.sql_log_count - before

        count_queries(messages)  # fills the caches of access rules
        self.assertEqual(count_queries(messages), count_queries(messages[0]))

    def test_links_of_other_addons_name_a_complaint_to_its_readers_alone(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_ticket_id",
                "model_id": self.env["ir.model"]._get_id("ir.filters"),
                "ttype": "many2one",
                "relation": TICKET,
            }
        )
        ordinary = self.create_ticket(name="Ordinary")
        favourite = self.env["ir.filters"].create(
            {
                "name": "Favourite",
                "model_id": "res.partner",
                "user_ids": False,
                "x_ticket_id": self.complaint.id,
            }
        )
        link = {"x_ticket_id": {"fields": {"display_name": {}}}}

        def told(user, ticket):
            mine = favourite.with_user(user)
            self.env.invalidate_all()
            domain = [("id", "=", favourite.id)]
            return str(
                (
                    mine.read(["x_ticket_id"]),
                    mine.web_read(link),
                    mine.web_read_group(domain, ["x_ticket_id"])["groups"],
                    mine.browse()
                    .with_context(default_x_ticket_id=ticket.id)
                    .onchange({}, [], link),
                )
            )

        for user in self.user_employee | self.handler_b:
            names = told(user, self.complaint)
            self.assertNotIn(SECRET, names, user.login)
            self.assertEqual(names.count("Another complaint"), 4, user.login)
        self.assertEqual(told(self.handler, self.complaint).count(SECRET), 4)
        favourite.x_ticket_id = ordinary
        self.assertEqual(told(self.user_employee, ordinary).count("Ordinary"), 4)

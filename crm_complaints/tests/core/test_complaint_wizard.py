"""complaint.wizard: what a wizard shows of a complaint that its user may not work."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...models.core.constants import TICKET
from ..common import ComplaintCommon

ACCESS = "complaint.wizard.access"


@tagged("post_install", "-at_install")
class TestComplaintWizard(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.concerned = cls.create_user("concerned", "Carl Concerned", "user")
        cls.ticket = cls.create_complaint(
            cls.leader, partner_id=cls.customer.id, user_id=cls.handler.id
        ).sudo()
        cls.ticket.complaint_concerned_user_ids = cls.concerned
        cls.ticket.message_unsubscribe(cls.own_handler.partner_id.ids)

    def test_each_wizard_on_complaints_checks_them(self):
        wizards = self.registry.descendants([ACCESS], "_inherit")
        for name, model in self.registry.items():
            if (
                model._transient
                and not model._abstract
                and model._original_module.startswith("crm_complaints")
                and any(
                    field.comodel_name == TICKET and field.store
                    for field in model._fields.values()
                )
            ):
                with self.subTest(name):
                    self.assertIn(name, wizards)

    def test_neither_an_onchange_nor_a_row_shows_a_complaint_to_others(self):
        tried = 0
        for name in sorted(self.registry.descendants([ACCESS], "_inherit")):
            model = self.env[name]
            if model._abstract:
                continue
            for user in (self.concerned, self.own_handler, self.handler_b):
                mine = model.with_user(user)
                if not mine.has_access("create"):
                    continue
                for field in model._fields.values():
                    if not field.store or field.comodel_name != TICKET:
                        continue
                    tried += 1
                    with self.subTest(wizard=name, user=user.name, field=field.name):
                        self.check_hidden(mine, field)
        self.assertGreater(tried, 15)

    def check_hidden(self, model, field):
        name = field.name
        value = (
            self.ticket.id
            if field.type == "many2one"
            else [Command.set(self.ticket.ids)]
        )
        shown = {name: {"fields": {"display_name": {}}}, "display_name": {}}
        for attempt in (
            lambda: model.onchange({name: value}, [name], shown),
            lambda: model.onchange({name: value}, [], shown),
            lambda: model.with_context(**{f"default_{name}": value}).onchange(
                {}, [], shown
            ),
        ):
            try:
                answer = str(attempt())
            except AccessError:
                continue
            finally:
                self.env.invalidate_all()
            # a computed field takes no default
            self.assertNotIn(self.ticket.name, answer)
            self.assertNotIn(self.ticket.number, answer)
        with self.assertRaises(AccessError):
            model.new({name: value})

    def test_a_row_on_a_complaint_of_others_is_not_made(self):
        for user in (self.concerned, self.own_handler, self.handler_b):
            Wizard = self.env["complaint.resolve"].with_user(user)
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    Wizard.create({"ticket_id": self.ticket.id, "outcome": "upheld"})
                with self.assertRaises(AccessError):
                    Wizard.with_context(default_ticket_id=self.ticket.id).create(
                        {"outcome": "upheld"}
                    )

    def test_those_who_work_it_see_it(self):
        shown = {"ticket_id": {"fields": {"display_name": {}}}}
        Wizard = self.env["complaint.resolve"].with_user(self.handler)
        answer = Wizard.with_context(default_ticket_id=self.ticket.id).onchange(
            {}, [], shown
        )
        self.assertIn(self.ticket.number, answer["value"]["ticket_id"]["display_name"])

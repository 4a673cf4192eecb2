"""Access rights: roles of helpdesk_mgmt, companies, customers."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ComplaintCommon

ADDON = "crm_complaints"


@tagged("post_install", "-at_install")
class TestSecurity(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unassigned = cls.create_complaint(cls.leader, user_id=False)
        cls.mine = cls.create_complaint(cls.leader, user_id=cls.own_handler.id)
        cls.handlers = cls.create_complaint(cls.leader, user_id=cls.handler.id)
        cls.other_team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Complaints A, VIP",
                "company_id": cls.company_a.id,
                "is_complaint_team": True,
            }
        )
        cls.vip = cls.create_complaint(cls.leader, team_id=cls.other_team.id)
        cls.theirs = cls.create_complaint(cls.handler_b, team_id=cls.team_b.id)
        cls.complaints = (
            cls.unassigned | cls.mine | cls.handlers | cls.vip | cls.theirs
        ).sudo(False)

    def actions(self):
        return [
            name
            for name in dir(type(self.Ticket))
            if name.startswith("action_complaint_")
        ]

    def seen(self, user):
        ids = self.complaints.ids
        return self.Ticket.with_user(user).search([("id", "in", ids)])

    # ---------------------------------------------------
    # Access rules
    # ---------------------------------------------------

    def test_every_model_has_access_rules_for_a_group(self):
        models = (
            self.env["ir.model"]
            .search([])
            .filtered(lambda model: ADDON in (model.modules or "").split(", "))
        )
        self.assertIn("complaint.follow.up", models.mapped("model"))
        for model in models:
            if model.abstract:
                continue
            rules = model.access_ids.filtered("active")
            with self.subTest(model.model):
                self.assertTrue(rules.filtered("perm_read"))
                self.assertFalse(
                    rules.filtered(
                        lambda rule: (
                            not rule.group_id
                            and rule.get_external_id()[rule.id].startswith(ADDON)
                        )
                    )
                )

    def test_wizards_and_documents_of_complaints_have_rules_for_companies(self):
        # counters by the digest of a mail or address, which belong to no company
        counters = ("complaint.mail.attempt", "complaint.quota")
        models = self.env["ir.model"].search(
            [("model", "=like", "complaint.%"), ("model", "not in", counters)]
        )
        for model in models.filtered(lambda m: not m.abstract):
            with self.subTest(model.model):
                self.assertTrue(
                    model.rule_ids.filtered(
                        lambda rule: "company_ids" in rule.domain_force
                    )
                )

    # ---------------------------------------------------
    # Roles
    # ---------------------------------------------------

    def test_each_role_sees_its_share(self):
        all_of_a = self.unassigned | self.mine | self.handlers | self.vip
        for user, visible in (
            (self.own_handler, self.unassigned | self.mine),
            (self.team_handler, self.unassigned | self.mine | self.handlers),
            (self.handler, all_of_a),
            (self.manager, all_of_a),
            (self.handler_b, self.theirs),
            (self.user_employee, self.Ticket),
            (self.portal_user, self.Ticket),
        ):
            with self.subTest(user.name):
                self.assertEqual(self.seen(user), visible)

    def test_every_role_does_the_whole_work(self):
        self.team.user_ids += self.manager
        for user in (self.own_handler, self.team_handler, self.handler, self.manager):
            with self.subTest(user.name):
                ticket = self.create_complaint(
                    self.leader,
                    user_id=False,
                    channel_id=self.channel_phone.id,
                    partner_id=self.customer.id,
                ).with_user(user)
                ticket.assign_to_me()
                ticket.action_complaint_acknowledge()
                ticket.action_complaint_next_phase()
                ticket.write({"complaint_amount_claimed": 20})
                ticket.message_post(body="We look into it.")
                ticket.action_complaint_resolve()
                action = ticket.action_complaint_follow_up()
                wizard = (
                    self.env[action["res_model"]]
                    .with_user(user)
                    .with_context(**action["context"])
                    .create({"words": "No!"})
                )
                self.assertTrue(wizard.script)
                wizard.action_lost()
                self.assertEqual(ticket.complaint_phase, "hearing")
                ticket.action_complaint_withdraw()
                self.assertEqual(ticket.complaint_phase, "withdrawn")

    def test_a_handler_may_give_their_complaint_away(self):
        for user in (self.own_handler, self.team_handler):
            with self.subTest(user.name):
                ticket = self.create_complaint(self.leader, user_id=user.id)
                ticket.message_unsubscribe(user.partner_id.ids)
                ticket = ticket.with_user(user)
                ticket.write({"team_id": self.other_team.id})
                self.assertEqual(ticket.sudo().team_id, self.other_team)

    def test_a_handler_may_hand_their_complaint_to_a_colleague(self):
        ticket = self.create_complaint(
            self.leader,
            user_id=self.own_handler.id,
            channel_id=self.channel_phone.id,
            partner_id=self.customer.id,
        )
        ticket.message_unsubscribe(self.own_handler.partner_id.ids)
        ticket.with_user(self.own_handler).user_id = self.handler
        self.assertEqual(ticket.user_id, self.handler)
        self.assertEqual(ticket.activity_ids.user_id, self.handler)

    def test_handlers_do_not_set_the_desk_up(self):
        for records in (self.team, self.stages["hearing"], self.channel_phone):
            with self.subTest(records._name):
                self.assertFalse(records.with_user(self.handler).has_access("write"))

    def test_managers_set_the_desk_up(self):
        for records in (self.team, self.stages["hearing"], self.channel_phone):
            with self.subTest(records._name):
                self.assertTrue(records.with_user(self.manager).has_access("write"))

    def test_nobody_deletes_complaints(self):
        with self.assertRaises(AccessError):
            self.mine.with_user(self.handler).unlink()
        with self.assertRaises(UserError):
            self.mine.with_user(self.manager).unlink()
        self.assertTrue(self.mine.exists())

    def test_staff_without_a_role_reads_at_most_what_it_follows(self):
        ticket = self.mine.with_user(self.user_employee)
        with self.assertRaises(AccessError):
            ticket.read(["name"])
        self.mine.message_subscribe(self.user_employee.partner_id.ids)
        self.assertTrue(ticket.read(["name"]))
        self.assertNobodysBusiness(ticket)

    # ---------------------------------------------------
    # Customers
    # ---------------------------------------------------

    def test_customer_reads_their_own_complaint_only(self):
        self.mine.partner_id = self.customer
        self.assertEqual(self.seen(self.portal_user), self.mine)
        self.assertTrue(self.mine.with_user(self.portal_user).read(["number"]))
        with self.assertRaises(AccessError):
            self.handlers.with_user(self.portal_user).read(["number"])

    def test_customer_does_not_read_what_we_note_for_ourselves(self):
        self.mine.write(
            {
                "partner_id": self.customer.id,
                "complaint_severity": "critical",
                "complaint_concerned_user_ids": [Command.set(self.handler.ids)],
            }
        )
        ticket = self.mine.with_user(self.portal_user)
        for name in (
            "complaint_concerned_user_ids",
            "complaint_severity",
            "complaint_guide",
            "complaint_acknowledge_note",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                ticket.read([name])

    def test_customer_changes_nothing(self):
        self.mine.partner_id = self.customer
        self.assertNobodysBusiness(self.mine.with_user(self.portal_user))

    def assertNobodysBusiness(self, ticket):
        """Check that the user of ``ticket`` reads it, and cannot change anything."""
        # sudo: beside helpdesk_mgmt_crm, its leads too, which handlers may not read
        before = self.mine.sudo().read()
        for method, arguments in (
            ("write", [{"name": "Mine"}]),
            ("write", [{"is_complaint": False}]),
            ("write", [{"stage_id": self.stages["closed"].id}]),
            ("unlink", []),
            ("copy", []),
        ):
            with (
                self.subTest(method, user=ticket.env.user.name),
                self.assertRaises(AccessError),
            ):
                getattr(ticket, method)(*arguments)
        with self.assertRaises(AccessError):
            self.create_complaint(ticket.env.user)
        for action in self.actions():
            with self.subTest(action, user=ticket.env.user.name):
                # an action that makes no sense now, or opens a wizard, may raise
                try:
                    with self.env.cr.savepoint():
                        getattr(ticket, action)()
                except UserError:
                    self.env.invalidate_all()
                self.assertEqual(self.mine.sudo().read(), before)
        with self.assertRaises(AccessError):
            self.env["complaint.follow.up"].with_user(ticket.env.user).create(
                {"ticket_id": ticket.id}
            )

    # ---------------------------------------------------
    # Companies
    # ---------------------------------------------------

    def test_other_company_sees_nothing(self):
        self.handler_b.group_ids += self.env.ref("base.group_allow_export")
        Ticket = self.Ticket.with_user(self.handler_b)
        ids = (self.complaints - self.theirs).ids
        self.assertFalse(Ticket.search([("id", "in", ids)]))
        self.assertFalse(Ticket.name_search(self.mine.number, operator="="))
        self.assertFalse(
            Ticket.formatted_read_group([("id", "in", ids)], ["stage_id"], ["__count"])
        )
        for method, arguments in (
            ("read", [["name"]]),
            ("write", [{"name": "X"}]),
            ("export_data", [["name"]]),
            ("action_complaint_resolve", []),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.mine.with_user(self.handler_b), method)(*arguments)

    def test_other_company_does_not_register_our_tickets(self):
        ticket = self.create_ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.handler_b).action_complaint_register()

    def test_other_company_records_no_follow_up_of_ours(self):
        self.mine.action_complaint_resolve()
        Wizard = self.env["complaint.follow.up"].with_user(self.handler_b)
        with self.assertRaises(AccessError):
            Wizard.create({"ticket_id": self.mine.id})

    def test_wizard_rows_follow_the_company_of_their_complaint(self):
        both = self.create_user(
            "both", "Of Both", "user", self.company_a | self.company_b
        )
        self.mine.action_complaint_resolve()
        Wizard = self.env["complaint.follow.up"].with_user(both)
        row = Wizard.create({"ticket_id": self.mine.id})
        in_a = Wizard.with_context(allowed_company_ids=self.company_a.ids)
        in_b = Wizard.with_context(allowed_company_ids=self.company_b.ids)
        self.assertEqual(in_a.search([("id", "=", row.id)]), row)
        self.assertFalse(in_b.search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            row.with_env(in_b.env).read(["words"])

    def test_wizard_rows_are_ones_own(self):
        self.mine.action_complaint_resolve()
        row = (
            self.env["complaint.follow.up"]
            .with_user(self.handler)
            .create({"ticket_id": self.mine.id, "words": "Between us"})
        )
        self.assertTrue(row.read(["words"]))
        with self.assertRaises(AccessError):
            row.with_user(self.team_handler).read(["words"])

    def test_follow_up_of_a_complaint_one_may_not_see_is_refused(self):
        self.handlers.action_complaint_resolve()
        self.handlers.message_unsubscribe(self.own_handler.partner_id.ids)
        with self.assertRaises(AccessError):
            wizard = (
                self.env["complaint.follow.up"]
                .with_user(self.own_handler)
                .create({"ticket_id": self.handlers.id})
            )
            wizard.action_lost()
        self.assertEqual(self.handlers.complaint_phase, "follow_up")

    def test_one_company_does_not_get_at_the_others_team(self):
        with self.assertRaises(AccessError):
            self.create_complaint(self.handler_b, team_id=self.team.id)


@tagged("post_install", "-at_install")
class TestCustomersPages(ComplaintCommon, HttpCase):
    clock = None  # the server has a clock of its own

    def test_customers_still_see_their_tickets(self):
        self.create_complaint(partner_id=self.customer.id, name="Cold coffee")
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self.create_ticket(partner_id=self.customer.id, name="A new password")
        for page, there, elsewhere in (
            ("/my/complaints", "Cold coffee", "A new password"),
            ("/my/tickets", "A new password", "Cold coffee"),
        ):
            with self.subTest(page):
                answer = self.url_open(page)
                self.assertEqual(answer.status_code, 200)
                self.assertIn(there, answer.text)
                self.assertNotIn(elsewhere, answer.text)

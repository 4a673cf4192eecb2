"""Milestones: read by whoever may read the complaint, written by code only."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ...models.clock.helpdesk_ticket_clock import CLOCK
from ..common import ComplaintCommon
from .common import ComplaintClockCommon

PARTS = ("complaint.milestone", "complaint.extension")
# On the ticket, for staff only.
INTERNAL_FIELDS = (
    "complaint_policy_id",
    "complaint_milestone_ids",
    "complaint_sla_state",
    "complaint_deadline",
    "complaint_next_milestone",
    "complaint_responded_at",
    "complaint_working_days_left",
    "complaint_extension_ids",
    "complaint_extension_count",
)


@tagged("post_install", "-at_install")
class TestClockSecurity(ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other_team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Complaints A, VIP",
                "company_id": cls.company_a.id,
                "is_complaint_team": True,
            }
        )
        by = cls.create_complaint
        cls.unassigned = by(cls.leader, user_id=False)
        cls.mine = by(cls.leader, user_id=cls.own_handler.id)
        cls.handlers = by(cls.leader, user_id=cls.handler.id)
        cls.vip = by(cls.leader, team_id=other_team.id)
        cls.theirs = by(cls.handler_b, team_id=cls.team_b.id)
        cls.customers = by(cls.leader, partner_id=cls.customer.id)
        cls.complaints = (
            cls.unassigned
            | cls.mine
            | cls.handlers
            | cls.vip
            | cls.theirs
            | cls.customers
        ).with_env(cls.env)
        cls.complaints.message_unsubscribe(cls.complaints.message_partner_ids.ids)
        for complaint in cls.complaints:
            cls.env["complaint.extension"].create(
                {"ticket_id": complaint.id, "reason": complaint.number}
            )

    def parts(self, model):
        """Return all records of the model, with nothing in the cache."""
        parts = self.env[model].search([("ticket_id", "in", self.complaints.ids)])
        self.assertEqual(parts.ticket_id, self.complaints)
        self.env.invalidate_all()
        return parts

    def users(self):
        return (
            self.leader
            | self.handler
            | self.team_handler
            | self.own_handler
            | self.outsider
            | self.manager
            | self.handler_b
            | self.user_employee
            | self.portal_user
        )

    def may(self, function):
        """Tell whether ``function`` may be called; its changes are undone."""
        try:
            function()
        except AccessError:
            return False
        return True

    # ---------------------------------------------------
    # Who reads them
    # ---------------------------------------------------

    def assertReadWithComplaint(self, user, handles):
        """Check each way of reading, for each complaint.

        :param bool handles: has a role of helpdesk_mgmt, and so access to the models
        """
        readable = self.complaints.with_user(user)._filtered_access("read")
        if not handles:
            readable = readable.browse()
        for model in PARTS:
            parts = self.parts(model)
            expected = parts.filtered(lambda part: part.ticket_id.id in readable.ids)
            Model = self.env[model].with_user(user)
            domain = [("id", "in", parts.ids)]
            with self.subTest(model, user=user.name):
                if not handles:
                    with self.assertRaises(AccessError):
                        Model.search(domain)
                else:
                    self.assertEqual(set(Model.search(domain).ids), set(expected.ids))
                    self.assertEqual(Model.search_count(domain), len(expected))
                    groups = Model.formatted_read_group(
                        domain, ["ticket_id"], ["__count"]
                    )
                    self.assertEqual(
                        {group["ticket_id"][0] for group in groups},
                        set(expected.ticket_id.ids),
                    )
                for part in parts:
                    self.env.invalidate_all()
                    record = part.with_user(user)
                    self.assertEqual(
                        self.may(lambda record=record: record.read(["company_id"])),
                        part in expected,
                        part.ticket_id.number,
                    )
                    self.assertEqual(record.has_access("read"), part in expected)
        return readable

    def test_roles_read_those_of_the_complaints_they_read(self):
        all_of_a = (
            self.unassigned | self.mine | self.handlers | self.vip | self.customers
        )
        of_team = self.unassigned | self.mine | self.handlers | self.customers
        for user, expected in (
            (self.leader, all_of_a),
            (self.handler, all_of_a),
            (self.manager, all_of_a),
            (self.outsider, all_of_a),
            (self.team_handler, of_team),
            (self.own_handler, self.unassigned | self.mine),
            (self.handler_b, self.theirs),
        ):
            readable = self.assertReadWithComplaint(user, handles=True)
            with self.subTest(user.name):
                self.assertEqual(
                    set((readable - self.customers).ids),
                    set((expected - self.customers).ids),
                )

    def test_staff_without_a_role_and_customers_read_none(self):
        self.complaints.message_subscribe(self.user_employee.partner_id.ids)
        for user in (self.user_employee, self.portal_user):
            self.assertReadWithComplaint(user, handles=False)

    def test_a_follower_reads_those_of_what_they_follow(self):
        self.vip.message_subscribe(self.own_handler.partner_id.ids)
        readable = self.assertReadWithComplaint(self.own_handler, handles=True)
        self.assertIn(self.vip.id, readable.ids)

    def test_staff_a_complaint_is_about_read_none_of_it(self):
        concerned = self.handler | self.team_handler
        self.unassigned.complaint_concerned_user_ids = [Command.set(concerned.ids)]
        for user in concerned:
            readable = self.assertReadWithComplaint(user, handles=True)
            self.assertNotIn(self.unassigned.id, readable.ids)
            self.assertIn(self.handlers.id, readable.ids)

    def test_those_of_archived_complaints_are_read_like_the_others(self):
        self.mine.action_archive()
        readable = self.assertReadWithComplaint(self.own_handler, handles=True)
        self.assertIn(self.mine.id, readable.ids)

    def test_a_user_of_both_companies_reads_what_they_have_switched_on(self):
        both = self.create_user(
            "both", "Of Both", "user", self.company_a | self.company_b
        )
        for model in PARTS:
            parts = self.parts(model)
            for companies, expected in (
                (self.company_a, self.complaints - self.theirs.with_env(self.env)),
                (self.company_b, self.theirs),
                (self.company_a | self.company_b, self.complaints),
            ):
                Model = (
                    self.env[model]
                    .with_user(both)
                    .with_context(allowed_company_ids=companies.ids)
                )
                found = Model.search([("id", "in", parts.ids)])
                with self.subTest(model, companies=companies.mapped("name")):
                    self.assertEqual(set(found.sudo().ticket_id.ids), set(expected.ids))

    # ---------------------------------------------------
    # Who writes them
    # ---------------------------------------------------

    def test_nobody_writes_makes_or_deletes_them(self):
        values = {
            "complaint.milestone": {"state": "met"},
            "complaint.extension": {"reason": "Another one"},
        }
        new = {
            "complaint.milestone": {"milestone": "resolve"},
            "complaint.extension": {"reason": "Made up"},
        }
        for model in PARTS:
            parts = self.parts(model)
            for user in self.users():
                for part in parts:
                    record = part.with_user(user)
                    with self.subTest(model, user=user.name):
                        for act in (
                            lambda record=record, model=model: record.write(
                                values[model]
                            ),
                            lambda record=record: record.unlink(),
                            lambda record=record: record.copy(),
                            lambda record=record, model=model, part=part: record.create(
                                {"ticket_id": part.ticket_id.id, **new[model]}
                            ),
                        ):
                            with self.assertRaises(AccessError):
                                act()

    def test_nor_by_way_of_the_complaint(self):
        row = self.handlers.sudo().complaint_milestone_ids
        before = row.read()
        for user in (self.handler, self.leader, self.manager):
            complaint = self.handlers.with_user(user)
            for command in (
                Command.update(row.id, {"state": "met"}),
                Command.delete(row.id),
                Command.create({"milestone": "resolve"}),
                Command.clear(),
            ):
                with self.subTest(user.name, command=command):
                    with self.assertRaises(AccessError):
                        complaint.write({"complaint_milestone_ids": [command]})
                    self.env.invalidate_all()
                    self.assertEqual(row.read(), before)

    # ---------------------------------------------------
    # Policies
    # ---------------------------------------------------

    def test_handlers_read_policies_and_managers_write_them(self):
        policy = self.policy
        for user in self.users():
            reads = user not in (self.user_employee, self.portal_user)
            writes = user == self.manager
            for record in (policy, policy.target_ids):
                record = record.with_user(user)
                for operation, allowed in (
                    ("read", reads),
                    ("write", writes),
                    ("create", writes),
                    ("unlink", writes),
                ):
                    with self.subTest(
                        record._name, user=user.name, operation=operation
                    ):
                        self.assertEqual(record.has_access(operation), allowed)

    def test_policies_of_another_company_are_its_own(self):
        self.policy.company_id = self.company_a
        for record in (self.policy, self.policy.target_ids):
            self.assertTrue(record.with_user(self.handler).has_access("read"))
            theirs = record.with_user(self.handler_b)
            self.assertFalse(theirs.has_access("read"))
            self.assertFalse(theirs.search([("id", "in", record.ids)]))
        manager_b = self.create_user("manager_b", "Of B", "manager", self.company_b)
        for record in (self.policy, self.policy.target_ids):
            self.assertFalse(record.with_user(manager_b).has_access("write"))
        with self.assertRaises(AccessError):
            self.env["complaint.policy.apply"].with_user(manager_b).create(
                {"policy_id": self.policy.id}
            )

    def test_lines_of_a_preview_are_ones_own(self):
        Wizard = self.env["complaint.policy.apply"]
        self.policy.target_ids.delay = 9
        wizard = Wizard.with_user(self.manager).create({"policy_id": self.policy.id})
        self.assertTrue(wizard.line_ids)
        other = self.create_user("manager2", "Other Manager", "manager")
        for record in (wizard, wizard.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(other).read()

    # ---------------------------------------------------
    # Customers
    # ---------------------------------------------------

    def test_customers_read_nothing_of_the_clock(self):
        complaint = self.customers.with_user(self.portal_user)
        self.assertTrue(complaint.read(["number"]))
        shown = complaint.fields_get()
        for name in INTERNAL_FIELDS:
            with self.subTest(name):
                self.assertNotIn(name, shown)
                with self.assertRaises(AccessError):
                    complaint.read([name])
                with self.assertRaises(AccessError):
                    complaint.search([(name, "!=", False)])
        for model in (*PARTS, "complaint.policy", "complaint.policy.target"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal_user).search([])

    def test_customers_see_no_urgency(self):
        self.sweep(self.late_at)
        self.env.invalidate_all()
        self.assertEqual(self.customers.complaint_urgency, "breached")
        complaint = self.customers.with_user(self.portal_user)
        self.assertFalse(complaint.read(["complaint_urgency"])[0]["complaint_urgency"])

    # ---------------------------------------------------
    # Over RPC
    # ---------------------------------------------------

    def test_methods_of_the_clock_cannot_be_called(self):
        """Each of them runs with rights that its caller does not have."""
        for model, names in {
            "complaint.milestone": (
                "_cron_clock",
                "_sweep",
                "_store",
                "_claim_due",
                "_write_passed",
                "_wake_up_at",
                "_wake_up_for_next",
            ),
            "complaint.policy": ("_match",),
            "helpdesk.ticket": (
                "_complaint_settle",
                "_complaint_show_clock",
                "_complaint_heard_from_us",
                "_complaint_extend",
                "_complaint_with_clock",
            ),
            "base.automation": ("_complaint_rule_ids", "_complaint_process_batch"),
            "ir.actions.server": ("_complaint_run_on",),
        }.items():
            for name in names:
                with self.subTest(model, method=name), self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_public_methods_are_those_that_are_meant_to_be(self):
        """A method whose name begins without an underscore is an interface."""
        for model in (*PARTS, "complaint.policy", "complaint.policy.target"):
            base = set(dir(type(self.env["complaint.child"]))) | set(
                dir(type(self.env["helpdesk.ticket.category"]))
            )
            own = {
                name
                for name in set(dir(type(self.env[model]))) - base
                if not name.startswith("_")
                and callable(getattr(type(self.env[model]), name))
                and name not in self.env[model]._fields
            }
            with self.subTest(model):
                self.assertLessEqual(
                    own, {"action_complaint_apply", "action_complaint_open"}
                )

    def test_nobody_sets_how_the_promises_stand(self):
        values = {
            "complaint_sla_state": "met",
            "complaint_deadline": False,
            "complaint_next_milestone": False,
            "complaint_policy_id": False,
        }
        for name, value in values.items():
            for user in (self.handler, self.leader, self.manager):
                with self.subTest(name, user=user.name), self.assertRaises(AccessError):
                    self.handlers.with_user(user).write({name: value})

    def test_the_clocks_mark_cannot_be_forged(self):
        """No value sent over RPC is the object that the clock puts into the context."""
        rule = self.create_rule(
            {"state": "code", "code": "raise UserError('Stop')"},
            trigger_fields=["priority"],
            filter_domain='[("priority", "=", "3")]',
        )
        self.assertTrue(rule)
        for forged in (True, 1, "CLOCK", {}, [], repr(CLOCK), id(CLOCK)):
            complaint = self.create_complaint().with_context(complaint_batch=forged)
            with self.subTest(forged):
                # taken for the clock's, the rule would fail quietly
                with self.assertRaisesRegex(UserError, "Stop"):
                    complaint.write({"priority": "3"})
                self.assertFalse(self.failure_warnings(complaint))


@tagged("post_install", "-at_install")
class TestClockOverRpc(ComplaintCommon, HttpCase):
    clock = None  # the server has a clock of its own

    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def test_the_clock_is_not_wound_from_outside(self):
        complaint = self.create_complaint(user_id=self.handler.id)
        row = complaint.sudo().complaint_milestone_ids.filtered(
            lambda row: row.milestone == "resolve"
        )
        before = row.read()
        self.assertEqual(len(before), 1)
        self.authenticate(self.handler.login, self.handler.login)
        for model, method, args in (
            ("complaint.milestone", "_cron_clock", []),
            ("complaint.milestone", "_sweep", [10]),
            ("complaint.milestone", "write", [row.ids, {"state": "met"}]),
            ("complaint.milestone", "unlink", [row.ids]),
            (
                "complaint.milestone",
                "create",
                [{"ticket_id": complaint.id, "milestone": "resolve"}],
            ),
            ("helpdesk.ticket", "_complaint_settle", [complaint.ids]),
            ("helpdesk.ticket", "_complaint_heard_from_us", [complaint.ids]),
        ):
            with (
                self.subTest(f"{model}.{method}"),
                mute_logger("odoo.http"),
                self.assertRaisesRegex(JsonRpcException, "AccessError"),
            ):
                self.call(model, method, *args)
        self.env.invalidate_all()
        self.assertEqual(row.read(), before)

    def test_a_handler_reads_the_clock_of_their_complaint(self):
        complaint = self.create_complaint(user_id=self.handler.id)
        self.authenticate(self.handler.login, self.handler.login)
        values = self.call(
            "helpdesk.ticket",
            "read",
            complaint.ids,
            ["complaint_sla_state", "complaint_deadline"],
            context={"complaint_batch": "forged"},
        )
        self.assertEqual(values[0]["complaint_sla_state"], "on_track")

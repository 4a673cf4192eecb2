"""What complaints use is archived or deleted: it works, or the user is told why not."""

import psycopg2

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestInUse(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # who sets the helpdesk up, and the company's users and contacts
        cls.manager.group_ids += cls.env.ref("base.group_erp_manager")
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")
        cls.cause = cls.env["complaint.cause"].create({"name": "Careless packing"})
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Glass"})
        cls.channel = cls.env["helpdesk.ticket.channel"].create({"name": "Telex"})
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "VIP"})
        cls.remedy_type = cls.env["complaint.remedy.type"].create({"name": "A rose"})
        cls.stage = cls.create_stage("solution")
        cls.complaint = cls.create_complaint(
            user_id=cls.handler.id,
            partner_id=cls.customer.id,
            category_id=cls.category.id,
            channel_id=cls.channel.id,
        )
        cls.complaint = cls.complaint.sudo()
        cls.complaint.stage_id = cls.stage
        cls.complaint.write(
            {
                "complaint_cause_id": cls.cause.id,
                "complaint_remedy_ids": [
                    Command.create({"type_id": cls.remedy_type.id})
                ],
            }
        )
        cls.env.flush_all()

    def refusal(self, record):
        """Return what the manager is told who deletes a record; "" if that works."""
        record = record.with_user(self.manager)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                record.unlink()
        except UserError as error:
            return str(error)
        except psycopg2.IntegrityError as error:
            # as Odoo tells it
            (model,) = (
                self.env[name]
                for name, model in self.registry.items()
                if model._table == error.diag.table_name and not model._abstract
            )
            return model._sql_error_to_message(error)
        return ""

    # ---------------------------------------------------
    # Deleting
    # ---------------------------------------------------

    def test_who_deletes_what_complaints_use_is_told_why_not(self):
        told = {
            self.team: "This team has complaints",
            self.channel: "“Telex” is used by complaints",
            self.category: "“Glass” is used by complaints",
            self.stage: "'Stage' (stage_id)",
            self.cause: "'Root Cause' (complaint_cause_id)",
            self.remedy_type: "'Remedy Type' (type_id)",
        }
        for record, text in told.items():
            with self.subTest(record._name):
                self.assertIn(text, self.refusal(record))
                self.assertTrue(record.exists())

    def test_a_category_above_one_in_use_is_in_use(self):
        above = self.env["helpdesk.ticket.category"].create({"name": "Goods"})
        self.category.parent_id = above
        self.assertIn("“Goods / Glass” is used", self.refusal(above))

    def test_ordinary_tickets_do_not_keep_a_channel(self):
        channel = self.channel.copy()
        ticket = self.create_ticket(channel_id=channel.id)
        self.assertFalse(self.refusal(channel))
        self.assertFalse(ticket.channel_id)

    def test_a_policy_does_not_lose_its_conditions(self):
        """Without its only condition it would apply to all complaints."""
        team = self.team.copy({"name": "Unused", "alias_name": False})
        above = self.env["helpdesk.ticket.category"].create({"name": "Goods"})
        category = self.category.copy({"name": "Unused", "parent_id": above.id})
        conditions = {
            "team_ids": team,
            "channel_ids": self.channel.copy({"name": "Unused"}),
            "category_ids": category,
            "tag_ids": self.tag.copy({"name": "Unused"}),
        }
        policy = self.env["complaint.policy"].create(
            {
                "name": "VIPs",
                "target_ids": [Command.create({"milestone": "resolve", "delay": 2})],
                **{
                    name: [Command.set(record.ids)]
                    for name, record in conditions.items()
                },
            }
        )
        for active in (True, False):
            policy.active = active
            for name, record in conditions.items():
                with self.subTest(name, active=active):
                    self.assertIn("of the policy “VIPs”", self.refusal(record))
                    self.assertEqual(policy[name], record)
        self.assertIn("of the policy “VIPs”", self.refusal(above))
        policy[name] = False
        self.assertFalse(self.refusal(record), "once it is no condition any more")

    def test_a_customer_that_is_deleted_leaves_the_complaint(self):
        customer = self.customer.copy({"name": "Max Moved"})
        complaint = self.create_complaint(partner_id=customer.id)
        self.assertFalse(self.refusal(customer))
        complaint.invalidate_recordset()
        self.assertFalse(complaint.partner_id)
        self.assertEqual(complaint.partner_name, "Max Moved")
        self.move(complaint, "hearing")

    # ---------------------------------------------------
    # Archiving
    # ---------------------------------------------------

    def test_complaints_go_on_with_what_is_archived(self):
        for record in (
            self.customer,
            self.team,
            self.channel,
            self.category,
            self.stage,
            self.cause,
            self.remedy_type,
        ):
            with self.subTest(record._name):
                complaint = self.complaint.with_user(self.handler)
                self.portal_user.active = False
                record.with_user(self.manager).active = False
                complaint.invalidate_recordset()
                complaint.web_read({"partner_id": {}, "stage_id": {}, "team_id": {}})
                complaint.message_post(body="We are looking at it.")
                self.move(complaint, "calming")
                complaint.stage_id = self.stage
                record.active = True

    def test_without_a_stage_of_the_next_phase_the_user_is_told(self):
        stages = self.stages["follow_up"].search(
            [("complaint_phase", "=", "follow_up")]
        )
        stages.with_user(self.manager).active = False
        with self.assertRaisesRegex(UserError, "no stage for the phase “Follow-up”"):
            self.complaint.action_complaint_resolve()

    # ---------------------------------------------------
    # Users
    # ---------------------------------------------------

    def test_complaints_of_a_handler_who_leaves_are_unassigned(self):
        resolved, closed = (
            self.create_complaint().sudo(),
            self.create_complaint().sudo(),
        )
        self.bring_in(resolved, "follow_up")
        self.bring_in(closed, "closed")
        (resolved | closed).user_id = self.handler
        call_back = self.env.ref("crm_complaints.mail_activity_type_call_back")
        self.complaint.activity_schedule(
            activity_type_id=call_back.id, user_id=self.handler.id
        )
        ticket = self.create_ticket(user_id=self.handler.id).sudo()
        for way in ("archived", "deleted"):
            with self.subTest(way), self.env.cr.savepoint() as savepoint:
                if way == "archived":
                    self.handler.with_user(self.manager).active = False
                else:
                    self.handler.with_user(self.manager).unlink()
                self.env.invalidate_all()
                self.assertFalse(self.complaint.user_id)
                self.assertFalse(resolved.user_id)
                self.assertEqual(self.complaint.complaint_responsible_id, self.leader)
                self.assertEqual(
                    self.complaint.activity_ids.filtered(
                        lambda one: one.activity_type_id == call_back
                    ).user_id,
                    self.leader,
                )
                if way == "archived":
                    self.assertEqual(closed.user_id, self.handler, "as it was")
                    self.assertEqual(ticket.user_id, self.handler, "not ours")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_handler_who_stays_keeps_the_complaints(self):
        self.handler.with_user(self.manager).write({"active": True, "name": "Hanna H."})
        self.assertEqual(self.complaint.user_id, self.handler)

    def test_without_its_leader_the_handler_is_responsible(self):
        self.leader.with_user(self.manager).active = False
        self.complaint.invalidate_recordset()
        self.assertEqual(self.complaint.complaint_leader_id, self.handler)

"""Automation rules: those of the addon, and rules that fail."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PRIORITY_HIGHEST, ComplaintClockCommon

NO_CODE = {
    "next_activity",
    "object_write",
    "followers",
    "remove_followers",
    "mail_post",
    "sms",
}
# So many that no mail is sent for each.
MANY = 12


@tagged("post_install", "-at_install")
class TestShippedRules(ComplaintClockCommon):
    def assertPlanned(self, activities, complaints, user):
        """Check that each complaint has exactly one of these, for ``user``."""
        self.assertEqual(
            sorted(activities.mapped("res_id")), sorted(complaints.ids), "one each"
        )
        self.assertEqual(activities.user_id, user)

    # ---------------------------------------------------
    # At risk
    # ---------------------------------------------------

    def test_at_risk_the_handler_gets_one_activity(self):
        for count in (1, MANY):
            with self.subTest(count=count):
                complaints = self.create_complaints(count)
                self.sweep(self.warned_at - timedelta(seconds=1))
                self.assertFalse(self.at_risk_activities(complaints))
                self.sweep(self.warned_at)
                self.assertPlanned(
                    self.at_risk_activities(complaints), complaints, self.handler
                )
                self.sweep(self.warned_at + timedelta(minutes=30))
                self.assertEqual(len(self.at_risk_activities(complaints)), count)
                self.assertFalse(self.late_activities(complaints))
                self.assertEqual(set(complaints.mapped("priority")), {"1"})

    def test_at_risk_without_a_handler_the_leader_gets_it(self):
        complaint = self.create_complaint(user_id=False)
        self.sweep(self.warned_at)
        self.assertPlanned(self.at_risk_activities(complaint), complaint, self.leader)

    def test_each_handler_gets_their_own(self):
        mine = self.create_complaints(3)
        theirs = self.create_complaints(2, user_id=self.team_handler.id)
        self.sweep(self.warned_at)
        self.assertPlanned(self.at_risk_activities(mine), mine, self.handler)
        self.assertPlanned(self.at_risk_activities(theirs), theirs, self.team_handler)

    def test_the_activity_is_due_today(self):
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        activity = self.at_risk_activities(complaint)
        self.assertEqual(activity.date_deadline, self.warned_at.date())
        self.assertTrue(activity.summary)

    # ---------------------------------------------------
    # Overdue
    # ---------------------------------------------------

    def test_late_the_leader_sees_to_it(self):
        for count in (1, MANY):
            with self.subTest(count=count):
                complaints = self.create_complaints(count)
                self.sweep(self.warned_at)
                self.sweep(self.deadline)
                self.assertFalse(self.late_activities(complaints))
                self.assertNotIn(self.leader.partner_id, complaints.message_partner_ids)
                self.sweep(self.late_at)
                self.assertPlanned(
                    self.late_activities(complaints), complaints, self.leader
                )
                self.assertEqual(set(complaints.mapped("priority")), {PRIORITY_HIGHEST})
                for complaint in complaints:
                    self.assertIn(self.leader.partner_id, complaint.message_partner_ids)

    def test_a_team_without_a_leader_costs_nothing_but_the_leaders_part(self):
        self.team.user_id = False
        complaint = self.create_complaint()
        self.sweep(self.late_at)
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(complaint.priority, PRIORITY_HIGHEST)
        self.assertFalse(self.failure_warnings(complaint))

    def test_a_leader_the_complaint_is_about_learns_nothing_of_it(self):
        complaint = self.create_complaint(
            complaint_concerned_user_ids=[Command.set(self.leader.ids)]
        )
        other = self.create_complaint()
        self.sweep(self.late_at)
        self.assertEqual(complaint.priority, PRIORITY_HIGHEST)
        self.assertNotIn(self.leader, complaint.sudo().activity_ids.user_id)
        self.assertNotIn(self.leader.partner_id, complaint.message_partner_ids)
        self.assertPlanned(self.late_activities(other), other, self.leader)
        self.assertIn(self.leader.partner_id, other.message_partner_ids)

    # ---------------------------------------------------
    # By time
    # ---------------------------------------------------

    def test_two_days_late_somebody_calls_the_customer(self):
        for count in (1, MANY):
            with self.subTest(count=count):
                self.rule_two_days_late.last_run = self.clock
                complaints = self.create_complaints(count)
                self.sweep(self.late_at)
                theirs = self.late_activities(complaints)
                two_days = self.deadline + timedelta(days=2)
                self.run_rules_by_time(two_days - timedelta(minutes=1))
                self.assertEqual(self.late_activities(complaints), theirs)
                self.run_rules_by_time(two_days + timedelta(minutes=1))
                self.assertPlanned(
                    self.late_activities(complaints) - theirs, complaints, self.handler
                )
                self.run_rules_by_time(two_days + timedelta(days=2))
                self.assertEqual(len(self.late_activities(complaints)), 2 * count)

    def test_what_is_answered_within_those_two_days_is_left_alone(self):
        complaint = self.create_complaint()
        self.sweep(self.late_at)
        with self.at(self.late_at + timedelta(days=1)):
            complaint.action_complaint_resolve()
        self.run_rules_by_time(self.late_at + timedelta(days=3))
        self.assertFalse(self.late_activities(complaint))

    def unanswered(self, complaints):
        return self.activities_of(
            complaints, "crm_complaints.mail_activity_type_answer"
        )

    def named_customer(self):
        return {
            "channel_id": self.channel_visit.id,
            "partner_id": self.customer.id,
        }

    def test_a_day_without_a_personal_answer_is_the_handlers_business(self):
        for count in (1, MANY):
            with self.subTest(count=count):
                self.rule_no_personal_answer.last_run = self.clock
                complaints = self.create_complaints(count, **self.named_customer())
                day = self.clock + timedelta(days=1)
                self.run_rules_by_time(day - timedelta(minutes=1))
                self.assertFalse(self.unanswered(complaints))
                self.run_rules_by_time(day + timedelta(minutes=1))
                self.assertPlanned(
                    self.unanswered(complaints), complaints, self.handler
                )
                self.run_rules_by_time(day + timedelta(days=1))
                self.assertEqual(len(self.unanswered(complaints)), count)

    def test_nobody_is_reminded_of_an_answer_that_was_given_or_is_not_wanted(self):
        answered, resolved, withdrawn = self.create_complaints(
            3, **self.named_customer()
        )
        anonymous = self.create_complaint()
        ordinary = self.create_ticket()
        answered.message_post(
            body="We look into it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        self.assertTrue(answered.complaint_responded_at)
        self.assertEqual(anonymous.complaint_acknowledged_by, "not_applicable")
        resolved.action_complaint_resolve()
        withdrawn.action_complaint_withdraw()
        self.run_rules_by_time(self.clock + timedelta(days=1, minutes=1))
        for ticket in (answered, resolved, withdrawn, anonymous, ordinary):
            self.assertFalse(self.unanswered(ticket))

    # ---------------------------------------------------
    # No longer urgent
    # ---------------------------------------------------

    def urgent(self, complaint):
        return self.at_risk_activities(complaint) | self.late_activities(complaint)

    def extend(self, complaint):
        wizard = (
            self.env["complaint.extend"]
            .with_user(self.handler)
            .create(
                {
                    "ticket_id": complaint.id,
                    "date": (self.clock + timedelta(days=9)).date(),
                    "reason": "Parts are on their way",
                }
            )
        )
        wizard.action_extend()

    def test_what_is_no_longer_urgent_asks_nobody_for_anything(self):
        def answer(complaint):
            complaint.action_complaint_resolve()

        def close(complaint):
            self.move(complaint, "closed")

        def withdraw(complaint):
            complaint.action_complaint_withdraw()

        def archive(complaint):
            complaint.action_archive()

        def put_back(complaint):
            complaint.is_complaint = False

        for moment, kinds in ((self.warned_at, 1), (self.late_at, 2)):
            for way in (answer, close, withdraw, archive, put_back, self.extend):
                with self.subTest(way.__name__, moment=moment):
                    complaint = self.create_complaint()
                    self.sweep(self.warned_at)
                    self.sweep(moment)
                    self.assertEqual(len(self.urgent(complaint)), kinds)
                    with self.at(moment):
                        way(complaint.with_user(self.handler))
                    self.assertFalse(self.urgent(complaint))

    def test_a_personal_answer_is_what_was_asked_for(self):
        self.create_policy("Answer", [("respond", 4, "hour")], sequence=0)
        complaint = self.create_complaint(**self.named_customer())
        self.sweep(self.warned_at)
        self.assertTrue(self.at_risk_activities(complaint))
        with self.at(self.warned_at):
            complaint.with_user(self.handler).message_post(
                body="We look into it.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        self.assertEqual(complaint.complaint_sla_state, "met")
        self.assertFalse(self.urgent(complaint))

    def test_late_no_more_but_at_risk_asks_once(self):
        """The overdue milestone was reached; another one is at risk."""
        self.create_policy(
            "Two", [("acknowledge", 2, "hour"), ("resolve", 4, "hour")], sequence=0
        )
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.sweep(self.clock + timedelta(minutes=90))
        self.sweep(self.clock + timedelta(hours=2, seconds=1))
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.sweep(self.warned_at)
        with self.at(self.warned_at):
            complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertEqual(complaint.complaint_sla_state, "at_risk")
        self.assertFalse(self.late_activities(complaint))
        self.assertPlanned(self.at_risk_activities(complaint), complaint, self.handler)

    def test_what_is_at_risk_again_asks_again(self):
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        with self.at(self.warned_at):
            self.extend(complaint)
        self.sweep(self.resolve_milestone(complaint).warn_at)
        self.assertPlanned(self.at_risk_activities(complaint), complaint, self.handler)

    def test_a_new_handler_takes_the_activities_over(self):
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        complaint.with_user(self.leader).user_id = self.team_handler
        self.assertPlanned(
            self.at_risk_activities(complaint), complaint, self.team_handler
        )

    def test_the_leaders_activity_stays_theirs_when_the_handler_changes(self):
        complaint = self.create_complaint()
        self.sweep(self.late_at)
        complaint.with_user(self.leader).user_id = self.team_handler
        self.assertPlanned(self.late_activities(complaint), complaint, self.leader)

    def test_the_leaders_activity_stays_theirs_when_somebody_takes_the_complaint(self):
        complaint = self.create_complaint(user_id=False)
        self.sweep(self.warned_at)
        self.sweep(self.late_at)
        complaint.with_user(self.handler).user_id = self.handler
        self.assertPlanned(self.late_activities(complaint), complaint, self.leader)

    def test_the_leader_is_asked_once_for_what_nobody_has_taken(self):
        complaint = self.create_complaint(user_id=False)
        self.sweep(self.warned_at)
        self.assertPlanned(self.at_risk_activities(complaint), complaint, self.leader)
        self.sweep(self.late_at)
        self.assertFalse(self.at_risk_activities(complaint))
        self.assertPlanned(self.late_activities(complaint), complaint, self.leader)

    # ---------------------------------------------------
    # As data
    # ---------------------------------------------------

    def shipped_rules(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "crm_complaints"), ("model", "=", "base.automation")]
        )
        return self.Automation.browse(data.mapped("res_id"))

    def test_they_are_no_code(self):
        rules = self.shipped_rules()
        self.assertGreaterEqual(len(rules), 4)
        for action in rules.action_server_ids:
            with self.subTest(action.name):
                self.assertIn(action.state, NO_CODE)
                self.assertFalse(action.warning)
        self.assertTrue(all(rule.action_server_ids for rule in rules))

    def test_an_upgrade_leaves_what_an_administrator_made_of_them(self):
        for model, records in (
            ("base.automation", self.shipped_rules()),
            ("ir.actions.server", self.shipped_rules().action_server_ids),
            ("ir.cron", self.cron),
            ("complaint.policy", self.env.ref("crm_complaints.complaint_policy_psd2")),
        ):
            data = self.env["ir.model.data"].search(
                [("model", "=", model), ("res_id", "in", records.ids)]
            )
            with self.subTest(model):
                self.assertEqual(set(data.mapped("res_id")), set(records.ids))
                self.assertTrue(all(data.mapped("noupdate")))

    def test_they_do_not_speak_of_what_became_late_before_the_installation(self):
        rules = self.shipped_rules().filtered(lambda rule: rule.trigger == "on_time")
        self.assertEqual(len(rules), 2)
        self.assertTrue(all(rules.mapped("last_run")))

    def test_one_switched_off_does_nothing(self):
        self.rule_breached.active = False
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        self.sweep(self.late_at)
        self.assertTrue(self.at_risk_activities(complaint))
        self.assertFalse(self.late_activities(complaint))
        self.assertNotEqual(complaint.priority, PRIORITY_HIGHEST)

    def test_one_edited_does_what_it_says_then(self):
        action = self.rule_at_risk.action_server_ids
        action.write(
            {
                "activity_summary": "Hurry",
                "activity_user_type": "specific",
                "activity_user_id": self.team_handler.id,
                "activity_date_deadline_range": 2,
            }
        )
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        activity = self.at_risk_activities(complaint)
        self.assertEqual(activity.summary, "Hurry")
        self.assertEqual(activity.user_id, self.team_handler)
        self.assertEqual(
            activity.date_deadline, (self.warned_at + timedelta(days=2)).date()
        )

    def test_one_copied_and_changed_does_its_part_as_well(self):
        copy = self.rule_at_risk.copy()
        copy.action_server_ids.activity_summary = "Of the copy"
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        summaries = self.at_risk_activities(complaint).mapped("summary")
        self.assertEqual(len(summaries), 2)
        self.assertIn("Of the copy", summaries)


@tagged("post_install", "-at_install")
class TestFailingRules(ComplaintClockCommon):
    """A rule that fails affects only its own part of its own complaint."""

    def test_it_stops_on_that_complaint_only(self):
        poison = self.create_complaint(name="Poison")
        others = self.create_complaints(3)
        rule = self.create_failing_rule()
        self.sweep(self.warned_at)
        self.assertEqual(
            set((poison | others).mapped("complaint_sla_state")), {"at_risk"}
        )
        self.assertEqual(
            others.mapped("complaint_remedy_sought"), ["Marked by the rule"] * 3
        )
        self.assertFalse(poison.complaint_remedy_sought)
        # the other rules did their part on all of them
        self.assertEqual(len(self.at_risk_activities(poison | others)), 4)
        self.assertRuleFailedOn(poison, rule)
        self.assertFalse(self.failure_warnings(others))

    def test_what_it_did_before_it_failed_is_taken_back(self):
        rule = self.create_failing_rule()
        rule.action_server_ids.code = (
            "record.write({'priority': '2'})\n"
            "if record.name == 'Poison':\n    raise UserError('Boom')"
        )
        poison = self.create_complaint(name="Poison")
        other = self.create_complaint()
        self.sweep(self.warned_at)
        self.env.invalidate_all()
        self.assertEqual(poison.priority, "1")
        self.assertEqual(other.priority, "2")
        self.assertRuleFailedOn(poison, rule)

    @mute_logger("odoo.sql_db")
    def test_an_error_of_the_database_is_one_as_well(self):
        rule = self.create_failing_rule()
        rule.action_server_ids.code = (
            "if record.name == 'Poison':\n    env.cr.execute('SELECT 1 / 0')"
        )
        poison = self.create_complaint(name="Poison")
        other = self.create_complaint()
        self.sweep(self.warned_at)
        self.assertEqual(other.complaint_sla_state, "at_risk")
        self.assertEqual(poison.complaint_sla_state, "at_risk")
        self.assertRuleFailedOn(poison, rule, reason="division by zero")

    def test_a_no_code_action_that_cannot_be_run_is_one_as_well(self):
        rule = self.create_rule(
            {
                "state": "object_write",
                "update_path": "user_id",
                "evaluation_type": "value",
                "value": str(self.portal_user.id + 10000),
            },
            filter_domain='[("complaint_sla_state", "=", "at_risk")]',
        )
        complaint = self.create_complaint()
        with mute_logger("odoo.sql_db"):
            self.sweep(self.warned_at)
        self.assertEqual(complaint.complaint_sla_state, "at_risk")
        self.assertEqual(complaint.user_id, self.handler)
        self.assertEqual(len(self.failure_warnings(complaint)), 1)
        self.assertIn(rule.name, self.failure_warnings(complaint).summary)

    def test_the_leader_is_told_once_of_a_rule_that_goes_on_failing(self):
        rule = self.create_failing_rule(
            filter_domain='[("complaint_sla_state", "in", ["at_risk", "breached"])]'
        )
        poison = self.create_complaint(name="Poison")
        self.sweep(self.warned_at)
        self.sweep(self.late_at)
        self.assertEqual(poison.complaint_sla_state, "breached")
        self.assertRuleFailedOn(poison, rule)

    def test_a_condition_that_cannot_be_read_any_more_stops_nobody(self):
        """Its field was of an addon that is gone; the same for a typing error."""
        for condition in (
            '[("no_such_field", "=", 1)]',
            "[('complaint_sla_state', '=', no_such_name)]",
        ):
            with self.subTest(condition):
                complaint = self.create_complaint()
                rule = self.create_failing_rule(filter_domain="[]")
                rule.flush_recordset()
                # past the checks of its form, as a deleted field is
                self.env.cr.execute(
                    "UPDATE base_automation SET filter_domain = %s WHERE id = %s",
                    [condition, rule.id],
                )
                rule.invalidate_recordset(flush=False)
                self.sweep(self.warned_at)
                self.assertEqual(complaint.complaint_sla_state, "at_risk")
                self.assertEqual(len(self.at_risk_activities(complaint)), 1)
                self.assertEqual(len(self.failure_warnings(complaint)), 1)
                rule.unlink()

    # ---------------------------------------------------
    # By time, and while a mail is processed
    # ---------------------------------------------------

    def test_a_rule_by_time_that_cannot_be_read_stops_no_other(self):
        broken = self.create_failing_rule(
            trigger="on_time",
            trigger_field_ids=False,
            trg_date_id=self.ticket_field("complaint_received_at").id,
            trg_date_range=1,
            trg_date_range_type="hour",
            trg_date_range_mode="after",
            last_run=self.clock,
        )
        rule = broken.copy({"filter_domain": '[("is_complaint", "=", True)]'})
        rule.last_run = self.clock
        broken.filter_domain = '[("no_such_field", "=", 1)]'
        complaint = self.create_complaint()
        with mute_logger("odoo.addons.crm_complaints.models.core.isolation"):
            self.run_rules_by_time(self.clock + timedelta(minutes=90))
        self.assertEqual(complaint.complaint_remedy_sought, "Marked by the rule")

    def test_a_rule_by_time_stops_on_that_complaint_only(self):
        poison = self.create_complaint(name="Poison")
        others = self.create_complaints(3)
        rule = self.create_failing_rule(
            trigger="on_time",
            trigger_field_ids=False,
            trg_date_id=self.ticket_field("complaint_received_at").id,
            trg_date_range=1,
            trg_date_range_type="hour",
            trg_date_range_mode="after",
            filter_domain='[("is_complaint", "=", True)]',
            last_run=self.clock,
        )
        self.run_rules_by_time(self.clock + timedelta(minutes=90))
        self.assertEqual(
            others.mapped("complaint_remedy_sought"), ["Marked by the rule"] * 3
        )
        self.assertRuleFailedOn(poison, rule)
        self.assertGreater(rule.last_run, self.clock, "it is not taken again for ever")

    def test_a_mail_is_taken_in_all_the_same(self):
        rule = self.create_failing_rule(
            # a rule on creation, not on what the clock writes
            trigger_fields=["name"],
            filter_domain='[("is_complaint", "=", True)]',
        )
        poison = self.receive(Subject="Poison")
        other = self.receive(Subject="Fine")
        self.assertEqual(poison.complaint_sla_state, "on_track")
        self.assertTrue(poison.complaint_acknowledged_at)
        self.assertEqual(other.complaint_remedy_sought, "Marked by the rule")
        self.assertRuleFailedOn(poison, rule)

    # ---------------------------------------------------
    # Where a user is there to see the error
    # ---------------------------------------------------

    def test_a_rule_meant_to_stop_a_user_stops_them(self):
        self.create_rule(
            {"state": "code", "code": "raise UserError('Not without a reason')"},
            trigger_fields=["priority"],
            filter_domain='[("priority", "=", "3")]',
        )
        complaint = self.create_complaint().with_user(self.handler)
        with self.assertRaisesRegex(UserError, "Not without a reason"):
            complaint.priority = "3"
        complaint.priority = "2"

    def test_a_rule_meant_to_stop_a_registration_stops_it(self):
        self.create_rule(
            {"state": "code", "code": "raise UserError('Name the customer')"},
            trigger_fields=["partner_id"],
            filter_domain='[("partner_id", "=", False)]',
        )
        with self.assertRaisesRegex(UserError, "Name the customer"):
            self.create_complaint()
        self.create_complaint(partner_id=self.customer.id)

    def quicker(self):
        self.create_policy(
            "Critical", [("resolve", 1, "hour")], sequence=0, severity="critical"
        )
        return self.create_complaint()

    def test_a_change_of_a_user_that_makes_it_late_sets_rules_off(self):
        complaint = self.quicker()
        with self.at(self.clock + timedelta(hours=2)):
            complaint.with_user(self.handler).complaint_severity = "critical"
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(len(self.late_activities(complaint)), 1)
        self.assertEqual(complaint.priority, PRIORITY_HIGHEST)

    def test_a_rule_that_fails_then_does_not_stop_the_user(self):
        complaint = self.quicker()
        complaint.name = "Poison"
        rule = self.create_failing_rule(
            filter_domain='[("complaint_sla_state", "=", "breached")]'
        )
        with self.at(self.clock + timedelta(hours=2)):
            complaint.with_user(self.handler).complaint_severity = "critical"
        self.assertEqual(complaint.complaint_severity, "critical")
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertRuleFailedOn(complaint, rule)

    def test_a_complaint_that_came_in_late_sets_rules_off(self):
        complaint = self.create_complaint(
            complaint_received_at=self.clock - timedelta(days=1)
        )
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(len(self.late_activities(complaint)), 1)

    def test_history_that_is_brought_in_sets_no_rule_off(self):
        names = ["name", "description", "team_id/.id", "complaint_received_at"]
        row = ["Of last year", "Text", str(self.team.id), "2025-03-03 08:00:00"]
        Ticket = self.Ticket.with_user(self.manager).with_context(import_file=True)
        result = Ticket.load(names, [row])
        self.assertTrue(result["ids"], result["messages"])
        complaint = Ticket.browse(result["ids"])
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertFalse(complaint.sudo().activity_ids)
        self.assertNotEqual(complaint.priority, PRIORITY_HIGHEST)
        self.assertNotIn(self.leader.partner_id, complaint.message_partner_ids)
        self.assertEqual(self.sweep(self.clock + timedelta(days=9)), 0)
        self.assertFalse(complaint.sudo().activity_ids)


@tagged("post_install", "-at_install")
class TestLookedUpRules(ComplaintClockCommon):
    """Rules are looked up without a query, and follow an administrator's changes."""

    MARK = {
        "state": "object_write",
        "update_path": "complaint_remedy_sought",
        "evaluation_type": "value",
        "value": "Marked by the rule",
    }

    def is_marked(self, ticket, **vals):
        ticket.complaint_remedy_sought = False
        ticket.write(vals or {"priority": "2" if ticket.priority != "2" else "0"})
        return ticket.complaint_remedy_sought == "Marked by the rule"

    def test_a_new_rule_counts_at_once(self):
        ticket = self.create_ticket()
        self.assertFalse(self.is_marked(ticket))
        self.create_rule(self.MARK, ["priority"])
        self.assertTrue(self.is_marked(ticket))

    def test_a_deleted_rule_counts_no_longer(self):
        ticket = self.create_ticket()
        rule = self.create_rule(self.MARK, ["priority"])
        self.assertTrue(self.is_marked(ticket))
        rule.unlink()
        self.assertFalse(self.is_marked(ticket))

    def test_a_rule_that_is_archived_and_taken_out_again(self):
        ticket = self.create_ticket()
        rule = self.create_rule(self.MARK, ["priority"])
        self.assertTrue(self.is_marked(ticket))
        rule.active = False
        self.assertFalse(self.is_marked(ticket))
        rule.active = True
        self.assertTrue(self.is_marked(ticket))

    def test_a_rule_that_gets_another_trigger(self):
        ticket = self.create_ticket()
        rule = self.create_rule(self.MARK, ["priority"])
        self.assertTrue(self.is_marked(ticket))
        rule.trigger = "on_unlink"
        self.assertFalse(self.is_marked(ticket))

    def test_a_rule_that_watches_another_field(self):
        ticket = self.create_ticket()
        rule = self.create_rule(self.MARK, ["complaint_sla_state"])
        self.assertFalse(self.is_marked(ticket))
        rule.trigger_field_ids = self.ticket_field("priority")
        self.assertTrue(self.is_marked(ticket))
        rule.trigger_field_ids = self.ticket_field("complaint_sla_state")
        self.assertFalse(self.is_marked(ticket))

    def test_a_rule_whose_condition_brings_another_field_to_watch(self):
        """Odoo adds the fields of a condition to those that are watched."""
        ticket = self.create_ticket()
        rule = self.create_rule(
            self.MARK, filter_domain='[("complaint_sla_state", "=", "at_risk")]'
        )
        self.assertFalse(self.is_marked(ticket, priority="1"))
        with Form(rule) as form:
            form.filter_domain = '[("priority", "=", "3")]'
        self.assertIn(self.ticket_field("priority"), rule.trigger_field_ids)
        self.assertTrue(self.is_marked(ticket, priority="3"))

    def test_a_rule_without_watched_fields_watches_all(self):
        ticket = self.create_ticket()
        self.create_rule(self.MARK, [])
        self.assertTrue(self.is_marked(ticket))

    def test_a_rule_on_the_clock_and_on_something_else_hears_of_both(self):
        self.create_rule(
            self.MARK,
            ["complaint_sla_state", "priority"],
            filter_domain='[("is_complaint", "=", True)]',
        )
        complaint = self.create_complaint()
        self.assertTrue(self.is_marked(complaint))
        complaint.complaint_remedy_sought = False
        self.sweep(self.warned_at)
        self.assertEqual(complaint.complaint_remedy_sought, "Marked by the rule")

    def test_rules_on_other_records_are_none_of_our_business(self):
        rule = self.Automation.create(
            {
                "name": "On contacts",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Mark",
                            "model_id": self.env["ir.model"]._get("res.partner").id,
                            "state": "object_write",
                            "update_path": "street",
                            "evaluation_type": "value",
                            "value": "Marked Street 1",
                        }
                    )
                ],
            }
        )
        self.customer.name = "Anna Novak"
        self.assertEqual(self.customer.street, "Marked Street 1")
        rule.unlink()
        self.customer.write({"name": "Anna Weber", "street": False})
        self.assertFalse(self.customer.street)

    def test_ordinary_tickets_pay_nothing_for_the_rules_that_come(self):
        def count(function):
            function()  # caches
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        ticket = self.create_ticket()
        numbers = iter(range(1000))

        def write():
            ticket.write({"name": f"Name {next(numbers)}"})

        def rank():
            ticket.write({"priority": str(next(numbers) % 3)})

        def create():
            self.create_ticket()

        functions = (write, rank, create)
        for function in functions:
            count(function)  # once for what is asked for once
        on = [count(function) for function in functions]
        rules = self.ticket_rules()
        self.assertGreaterEqual(len(rules), 4)
        rules.active = False
        self.assertEqual(on, [count(function) for function in functions])


@tagged("post_install", "-at_install")
class TestBatchActions(ComplaintClockCommon):
    """The clock's actions on many at once equal Odoo's, one after the other."""

    def create_action(self, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "What it does",
                "model_id": self.ticket_model.id,
                "usage": "base_automation",
                **vals,
            }
        )

    def what_stands_on(self, complaints, fields):
        self.env.invalidate_all()
        return [
            {
                **{name: complaint[name] for name in fields},
                "followers": complaint.message_partner_ids,
                "activities": [
                    {
                        name: activity[name]
                        for name in (
                            "activity_type_id",
                            "summary",
                            "note",
                            "date_deadline",
                            "user_id",
                            "automated",
                            "create_uid",
                        )
                    }
                    for activity in complaint.sudo().activity_ids.sorted("id")
                ],
            }
            for complaint in complaints
        ]

    def assertSameAsOdoo(self, action, fields=(), size=3):
        """Compare the results on two sets of like complaints."""
        batch, single = (
            self.create_complaints(size)
            | self.create_complaint(user_id=False)
            | self.create_complaint(user_id=self.team_handler.id)
            | self.create_complaint(
                complaint_concerned_user_ids=[
                    Command.set((self.leader | self.outsider).ids)
                ]
            )
            for _each in range(2)
        )
        batch, single = batch.with_env(self.env), single.with_env(self.env)
        for complaints in (batch, single):
            complaints.message_unsubscribe(complaints.message_partner_ids.ids)
        before = self.what_stands_on(batch, fields)
        self.assertEqual(before, self.what_stands_on(single, fields))
        action._complaint_run_on(batch)
        for record in single:
            action.with_context(
                active_model=record._name, active_ids=record.ids, active_id=record.id
            ).run()
        after = self.what_stands_on(batch, fields)
        self.assertEqual(after, self.what_stands_on(single, fields))
        self.assertNotEqual(after, before, "it does something")

    # ---------------------------------------------------
    # The same to each
    # ---------------------------------------------------

    def test_activities(self):
        kind = self.env.ref("crm_complaints.mail_activity_type_at_risk")
        call = self.env.ref("crm_complaints.mail_activity_type_follow_up")
        generic = {"activity_user_type": "generic"}
        for name, vals in {
            "handler or leader": {
                **generic,
                "activity_user_field_name": "complaint_responsible_id",
            },
            "handler, if any": {**generic, "activity_user_field_name": "user_id"},
            "leader, if any": {
                **generic,
                "activity_user_field_name": "complaint_leader_id",
            },
            "first of several": {
                **generic,
                "activity_user_field_name": "complaint_concerned_user_ids",
            },
            "one person": {
                "activity_user_type": "specific",
                "activity_user_id": self.team_handler.id,
            },
            "nobody": {"activity_user_type": "specific"},
            "words and a date": {
                "activity_user_type": "specific",
                "activity_summary": "Hurry",
                "activity_note": "<p>Look at it.</p>",
                "activity_date_deadline_range": 2,
                "activity_date_deadline_range_type": "weeks",
            },
            "type with a delay": {
                "activity_type_id": call.id,
                "activity_user_type": "specific",
            },
        }.items():
            for size in (1, MANY):
                with self.subTest(name, size=size):
                    action = self.create_action(
                        state="next_activity",
                        **{"activity_type_id": kind.id, **vals},
                    )
                    self.assertSameAsOdoo(action, size=size)

    def test_values(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Urgent"})
        for path, vals in {
            "priority": {"value": "2"},
            "user_id": {"value": str(self.team_handler.id)},
            "name": {"value": "Another name"},
            "complaint_amount_claimed": {"value": "12.5"},
            "tag_ids": {"value": str(tag.id), "update_m2m_operation": "add"},
            "active": {"update_boolean_value": "false"},
        }.items():
            with self.subTest(path):
                action = self.create_action(
                    state="object_write",
                    update_path=path,
                    evaluation_type="value",
                    **vals,
                )
                self.assertSameAsOdoo(action, [path])

    def test_values_that_differ_from_one_to_the_next(self):
        action = self.create_action(
            state="object_write",
            update_path="name",
            evaluation_type="equation",
            value="record.number + '!'",
        )
        complaints = self.create_complaints(3).with_env(self.env)
        action._complaint_run_on(complaints)
        self.assertEqual(
            complaints.mapped("name"), [f"{c.number}!" for c in complaints]
        )

    def test_values_of_what_a_complaint_is_linked_to(self):
        action = self.create_action(
            state="object_write",
            update_path="partner_id.function",
            evaluation_type="value",
            value="Knows our manager",
        )
        complaints = self.create_complaints(3, partner_id=self.customer.id)
        action._complaint_run_on(complaints.with_env(self.env))
        self.assertEqual(self.customer.function, "Knows our manager")

    def test_followers(self):
        for name, vals in {
            "leader": {
                "followers_type": "generic",
                "followers_partner_field_name": "complaint_leader_id.partner_id",
            },
            "handler": {
                "followers_type": "generic",
                "followers_partner_field_name": "user_id.partner_id",
            },
            "somebody": {
                "followers_type": "specific",
                "partner_ids": [Command.set(self.outsider.partner_id.ids)],
            },
            "somebody one of them is about": {
                "followers_type": "specific",
                "partner_ids": [Command.set(self.leader.partner_id.ids)],
            },
        }.items():
            with self.subTest(name):
                action = self.create_action(state="followers", **vals)
                self.assertSameAsOdoo(action)

    def test_other_kinds_of_actions(self):
        note = self.create_action(
            state="code",
            code="record.write({'complaint_remedy_sought': record.number})",
        )
        complaints = self.create_complaints(3).with_env(self.env)
        note._complaint_run_on(complaints)
        self.assertEqual(
            complaints.mapped("complaint_remedy_sought"), complaints.mapped("number")
        )

    def test_an_action_for_other_groups_is_refused_as_well(self):
        for vals in (
            {
                "state": "next_activity",
                "activity_type_id": self.env.ref(
                    "crm_complaints.mail_activity_type_at_risk"
                ).id,
            },
            {
                "state": "object_write",
                "update_path": "priority",
                "evaluation_type": "value",
                "value": "3",
            },
            {"state": "followers", "partner_ids": [self.leader.partner_id.id]},
        ):
            action = self.create_action(
                group_ids=[Command.set(self.env.ref("base.group_portal").ids)], **vals
            )
            complaint = self.create_complaint()
            with self.subTest(vals["state"]), self.assertRaises(AccessError):
                action.with_user(self.handler).sudo()._complaint_run_on(complaint)

    def test_an_action_that_warns_is_not_run(self):
        action = self.create_action(
            state="next_activity",
            activity_type_id=self.env.ref(
                "crm_complaints.mail_activity_type_at_risk"
            ).id,
            activity_date_deadline_range=-2,
        )
        self.assertTrue(action.warning)
        complaint = self.create_complaint()
        with self.assertRaisesRegex(Exception, "warnings"):
            action._complaint_run_on(complaint)

    # ---------------------------------------------------
    # Mails on new activities
    # ---------------------------------------------------

    def told_by_mail(self, complaints):
        """Return the complaints whose handler got a mail on an activity."""
        return (
            self.env["mail.message"]
            .search(
                [
                    ("model", "=", "helpdesk.ticket"),
                    ("res_id", "in", complaints.ids),
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", self.handler.partner_id.ids),
                ]
            )
            .mapped("res_id")
        )

    def test_one_who_gets_few_activities_is_told_of_each(self):
        few = self.create_complaints(3)
        self.sweep(self.warned_at)
        self.assertEqual(sorted(self.told_by_mail(few)), sorted(few.ids))

    def test_one_who_gets_many_activities_has_them_in_their_list(self):
        many = self.create_complaints(MANY)
        self.sweep(self.warned_at)
        self.assertEqual(len(self.at_risk_activities(many)), MANY)
        self.assertFalse(self.told_by_mail(many))

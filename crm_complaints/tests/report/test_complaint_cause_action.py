"""Corrective actions: kept once they are done, with the numbers before and after."""

from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..common import ComplaintCommon

ACTIVITY = "crm_complaints.mail_activity_type_corrective_action"


@tagged("post_install", "-at_install")
class TestComplaintCauseAction(ComplaintCommon):
    """The action took effect on 1 December 2025, thirteen weeks before today."""

    done = date(2025, 12, 1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Action = cls.env["complaint.cause.action"]
        cls.building, cls.other = cls.env["complaint.cause"].create(
            [{"name": "Building"}, {"name": "Other"}]
        )
        cls.water = cls.env["complaint.cause"].create(
            {"name": "Hot water", "parent_id": cls.building.id}
        )
        # root causes are recorded for a long time
        cls.receive([300], cls.other)
        cls.action = cls.Action.create(
            {
                "name": "Second boiler",
                "cause_id": cls.water.id,
                "date_done": cls.done,
            }
        )

    @classmethod
    def receive(cls, days, cause=None, **vals):
        """Return complaints received some days before it took effect (after: < 0)."""
        noon = datetime.combine(cls.done, datetime.min.time()) + timedelta(hours=12)
        return (
            cls.Ticket._complaint_as_history()
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        "name": "Cold",
                        "description": "<p>Cold.</p>",
                        "team_id": cls.team.id,
                        "is_complaint": True,
                        "stage_id": cls.stages["closed"].id,
                        "complaint_outcome": "upheld",
                        "complaint_received_at": noon - timedelta(days=day),
                        "complaint_cause_id": cause and cause.id,
                        **vals,
                    }
                    for day in days
                ]
            )
        )

    def effect(self, user=None, action=None):
        action = (action or self.action).with_user(user or self.manager)
        action.invalidate_recordset()
        return action.result, action.effect

    # ---------------------------------------------------
    # The effect
    # ---------------------------------------------------

    def test_down(self):
        self.receive([1 + n % 84 for n in range(48)], self.water)
        self.receive([-1 - 7 * n for n in range(12)], self.water)
        self.assertEqual(
            self.effect(),
            (
                "down",
                "Down from 4.0 to 1.0 a week (by 52% to 88%); chance alone: under 1%",
            ),
        )

    def test_up(self):
        self.receive([1 + 7 * n for n in range(12)], self.water)
        self.receive([-1 - n % 84 for n in range(48)], self.water)
        self.assertEqual(
            self.effect(),
            (
                "up",
                "Up from 1.0 to 4.0 a week (to 2.1 to 8.3 times as many); chance "
                "alone: under 1%",
            ),
        )

    def test_up_from_none(self):
        self.receive([-1 - n for n in range(12)], self.water)
        self.assertEqual(
            self.effect(),
            ("up", "Up from none to 1.0 a week; chance alone: under 1%"),
        )

    def test_no_clear_change(self):
        self.receive([1 + 7 * n for n in range(12)], self.water)
        self.receive([-1 - 7 * n for n in range(6)], self.water)
        self.assertEqual(
            self.effect(),
            (
                "unclear",
                "No clear change: 1.0 a week before, 0.5 a week after; chance "
                "alone: about 24%",
            ),
        )

    def test_too_early(self):
        self.receive([1 + n % 84 for n in range(48)], self.water)
        early = (
            "early",
            "Too early to say: fewer than four weeks have passed.",
        )
        with self.at(datetime(2025, 12, 29, 9)):  # 27 full days
            self.assertEqual(self.effect(), early)
        with self.at(datetime(2025, 12, 30, 9)):
            self.assertEqual(self.effect()[0], "down")
        self.action.date_done = date(2026, 4, 1)
        self.assertEqual(self.effect(), early)

    def test_no_complaints_at_all(self):
        self.assertEqual(
            self.effect(),
            ("unclear", "Nothing to compare: no complaints before or after."),
        )

    def test_nothing_before_to_compare_with(self):
        self.Ticket.search([("complaint_cause_id", "=", self.other.id)]).write(
            {"complaint_received_at": datetime(2025, 11, 10)}
        )
        self.receive([-1 - n % 84 for n in range(48)], self.water)
        self.assertEqual(
            self.effect(),
            (
                "unclear",
                "Nothing to compare with: root causes were recorded for fewer than "
                "four weeks before.",
            ),
        )

    def test_weeks_before_the_first_complaint_do_not_count(self):
        self.Ticket.search([("complaint_cause_id", "=", self.other.id)]).write(
            {"complaint_received_at": datetime(2025, 10, 20, 12)}
        )
        self.receive([1 + 2 * n for n in range(12)], self.water)
        self.receive([-1 - 7 * n for n in range(12)], self.water)
        self.assertIn("2.0 a week before", self.effect()[1])

    def test_the_day_itself_and_what_is_further_off_do_not_count(self):
        self.receive([1 + n % 84 for n in range(48)], self.water)
        self.receive([-1 - 7 * n for n in range(12)], self.water)
        expected = self.effect()
        self.receive([0] * 20 + [85] * 20 + [-85] * 20 + [-90] * 20, self.water)
        self.assertEqual(self.effect(), expected)

    def test_causes_below_count_and_others_do_not(self):
        self.action.cause_id = self.building
        self.receive([1 + n % 84 for n in range(24)], self.water)
        self.receive([1 + n % 84 for n in range(24)], self.building)
        self.receive([1 + n % 84 for n in range(48)], self.other)
        self.assertIn("from 4.0 to 0.0", self.effect()[1])
        self.action.cause_id = self.water
        self.assertIn("from 2.0 to 0.0", self.effect()[1])

    def test_merged_complaints_and_those_of_other_companies_do_not_count(self):
        self.receive([1 + n % 84 for n in range(24)], self.water)
        kept = self.receive([2], self.other)
        merged = self.receive([1 + n for n in range(24)], self.water)
        merged.sudo().write({"active": False, "duplicate_id": kept.id})
        self.receive([1 + n for n in range(24)], self.water, team_id=self.team_b.id)
        self.assertIn("from 2.0 to 0.0", self.effect()[1])
        merged.sudo().write({"duplicate_id": False})
        self.assertIn("from 4.0 to 0.0", self.effect()[1])

    def test_complaints_that_may_still_get_it_make_the_time_after_shorter(self):
        self.receive([1 + n % 84 for n in range(48)], self.water)
        self.receive([-1 - n for n in range(12)], self.water)
        self.assertIn("to 1.0 a week", self.effect()[1])
        pending = self.receive(
            [-1 - n for n in range(12)], stage_id=self.stages["hearing"].id
        )
        self.assertIn("to 2.0 a week", self.effect()[1])
        pending.write({"stage_id": self.stages["closed"].id})
        self.assertIn("to 1.0 a week", self.effect()[1])

    def test_it_is_the_same_for_whoever_reads_it(self):
        self.receive([1 + n % 84 for n in range(48)], self.water)
        self.assertEqual(self.effect(self.own_handler), self.effect(self.manager))

    def test_its_queries_do_not_depend_on_how_many_actions_there_are(self):
        def count(actions):
            actions = actions.with_user(self.manager)
            self.env.flush_all()
            self.env.invalidate_all()
            actions.mapped("date_done"), actions.cause_id.mapped("parent_path")
            before = self.env.cr.sql_log_count
            actions.mapped("effect")
            return self.env.cr.sql_log_count - before

        self.receive([1 + n % 84 for n in range(20)], self.water)
        count(self.action)
        few = count(self.action)
        more = self.Action.create(
            [
                {
                    "name": "More",
                    "cause_id": cause.id,
                    "date_done": self.done - timedelta(days=day),
                }
                for day in range(0, 40, 5)
                for cause in (self.water, self.other, self.building)
            ]
        )
        self.receive([1 + n % 84 for n in range(60)], self.other)
        self.assertEqual(count(self.action | more), few)

    # ---------------------------------------------------
    # Where they come from
    # ---------------------------------------------------

    def test_a_planned_action_is_kept_when_it_is_done(self):
        activity = self.water.with_user(self.manager).activity_schedule(
            ACTIVITY, summary="New pump", user_id=self.handler.id
        )
        self.assertFalse(self.water.action_ids - self.action)
        activity.with_user(self.handler).action_feedback("Pump is in")
        action = self.water.action_ids - self.action
        self.assertEqual(action.name, "New pump")
        self.assertEqual(action.user_id, self.handler)
        self.assertEqual(action.date_done, date(2026, 3, 2))

    def test_without_a_summary_it_has_the_name_of_its_type(self):
        self.water.activity_schedule(ACTIVITY, user_id=self.manager.id).action_done()
        self.assertIn("Corrective Action", self.water.action_ids.mapped("name"))

    def test_other_activities_are_not_kept(self):
        self.water.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        ).action_done()
        self.assertEqual(self.water.action_ids, self.action)

    def test_managers_enter_them_and_handlers_read_them(self):
        self.water.with_user(self.manager).action_ids = [
            Command.create({"name": "By hand", "date_done": "2026-01-05"})
        ]
        self.assertEqual(len(self.water.action_ids), 2)
        self.assertTrue(self.action.with_user(self.own_handler).has_access("read"))
        self.assertFalse(self.action.with_user(self.handler).has_access("write"))
        self.assertFalse(self.action.with_user(self.user_employee).has_access("read"))

    def test_those_of_another_company_are_not_seen(self):
        self.water.company_id = self.company_a
        Action = self.Action.with_user(self.handler_b)
        self.assertFalse(Action.search([("id", "=", self.action.id)]))
        self.water.company_id = False
        self.assertTrue(Action.search([("id", "=", self.action.id)]))

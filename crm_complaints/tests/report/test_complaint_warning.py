"""Early warnings: what is above its own normal number, and who is told."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import ComplaintCommon

ACTIVITY = "crm_complaints.mail_activity_type_warning"


@tagged("post_install", "-at_install")
class TestComplaintWarning(ComplaintCommon):
    """Causes are recorded for 12 weeks; “noise” comes once a week, “water” every third.

    The clock stands on Monday, 2 March 2026, so the seven days are 23 February to 1
    March.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 9:00 in Brussels is 8:00 UTC; New York is six hours behind that
        cls.company_a.complaint_warning_weeks = 12
        cls.Warning = cls.env["complaint.warning"]
        cls.water, cls.noise = cls.env["complaint.cause"].create(
            [{"name": "Hot water"}, {"name": "Noise"}]
        )
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Rooms"})
        cls.receive([8 + 7 * week for week in range(12)], complaint_cause_id=cls.noise)
        cls.receive([8 + 21 * week for week in range(4)], complaint_cause_id=cls.water)

    @classmethod
    def receive(cls, days_ago, **vals):
        """Return complaints that were received some days ago, with these values."""
        vals = {name: getattr(value, "id", value) for name, value in vals.items()}
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
                        "complaint_received_at": datetime.now() - timedelta(days=days),
                        **vals,
                    }
                    for days in days_ago
                ]
            )
        )

    def warn(self, days=0):
        """Let the cron run, some days from now, and return all warnings."""
        with self.at(datetime.now() + timedelta(days=days)):
            self.env.invalidate_all()
            self.Warning._cron_complaint_warning()
        return self.Warning.search([])

    def activities(self, warning):
        return warning.activity_search([ACTIVITY])

    # ---------------------------------------------------
    # What is found
    # ---------------------------------------------------

    def test_nothing_is_said_while_nothing_is_unusual(self):
        self.receive([2], complaint_cause_id=self.noise)
        self.assertFalse(self.warn())

    def test_a_root_cause_above_its_own_normal(self):
        tickets = self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.water)
        warning = self.warn()
        self.assertEqual(len(warning), 1)
        self.assertEqual(warning.name, "Hot water")
        self.assertEqual(warning.dimension, "complaint_cause_id")
        self.assertEqual(warning.ticket_ids, tickets)
        self.assertEqual(warning.number, 6)
        self.assertEqual(str(warning.date_from), "2026-02-23")
        self.assertEqual(str(warning.date_to), "2026-03-01")
        self.assertEqual(warning.usual_number, 0.4)  # in 11 weeks since the first
        self.assertEqual(warning.company_id, self.company_a)
        self.assertEqual(warning.state, "open")
        self.assertEqual(warning.chance, "about once in 20,000 weeks")

    def test_the_same_number_is_normal_for_another(self):
        """Six in a week, of what comes five times in each."""
        for week in range(12):
            self.receive([9 + 7 * week] * 4, complaint_cause_id=self.noise)
        self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.noise)
        self.assertFalse(self.warn())

    def test_fewer_than_the_fewest_are_left_alone(self):
        self.company_a.complaint_warning_minimum = 7
        self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.water)
        self.assertFalse(self.warn())
        self.company_a.complaint_warning_minimum = 6
        self.assertTrue(self.warn())

    def test_the_level_decides(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        self.company_a.complaint_warning_level = 100_000
        self.assertFalse(self.warn())
        self.company_a.complaint_warning_level = 20
        self.assertTrue(self.warn())

    def test_it_is_switched_off_per_company(self):
        self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.water)
        self.company_a.complaint_warning = False
        self.assertFalse(self.warn())

    def test_today_does_not_count_nor_the_eighth_day_before(self):
        with self.at(datetime(2026, 3, 2, 20)):  # in Brussels still the same day
            self.receive([0] * 6, complaint_cause_id=self.water)
            self.assertFalse(self.warn())
        self.receive([7.6] * 6, complaint_cause_id=self.noise)
        self.assertFalse(self.warn())

    def test_days_are_those_of_the_company(self):
        with self.at(datetime(2026, 3, 1, 23, 30)):  # 00:30 on the second in Brussels
            self.receive([0] * 6, complaint_cause_id=self.water)
        self.assertFalse(self.warn())
        self.assertTrue(self.warn(days=1))

    def test_a_day_that_is_over_in_the_company_counts(self):
        with self.at(datetime(2026, 3, 2, 23, 30)):  # the third in Brussels
            self.receive([0.5] * 6, complaint_cause_id=self.water)
            self.assertTrue(self.warn())

    def test_archived_complaints_count_and_merged_ones_do_not(self):
        tickets = self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.water)
        tickets[1:].sudo().write({"active": False, "duplicate_id": tickets[0].id})
        self.assertFalse(self.warn())
        tickets[1:].sudo().write({"duplicate_id": False})
        self.assertEqual(self.warn().number, 6)

    def test_ordinary_tickets_do_not_count(self):
        for days in range(1, 7):
            ticket = self.create_ticket(category_id=self.category.id)
            ticket.sudo().complaint_received_at = datetime.now() - timedelta(days)
        self.receive([50], category_id=self.category)
        self.assertFalse(self.warn())

    def test_each_company_has_its_own_counts(self):
        shared = self.env["complaint.cause"].create({"name": "Shared"})
        self.receive([8 + 7 * week for week in range(12)], complaint_cause_id=shared)
        self.receive(
            [8 + 7 * week for week in range(12)],
            complaint_cause_id=shared,
            team_id=self.team_b,
        )
        for team in (self.team, self.team_b):
            self.receive([1, 2], complaint_cause_id=shared, team_id=team)
        self.assertFalse(self.warn())
        self.receive([1, 2, 3, 4], complaint_cause_id=shared, team_id=self.team_b)
        warning = self.warn()
        self.assertEqual(warning.company_id, self.company_b)
        self.assertEqual(warning.number, 6)

    def test_what_is_recorded_for_less_than_four_weeks_has_no_normal_number(self):
        self.receive([15, 20], category_id=self.category)
        self.receive([1, 2, 3, 4, 5, 6] * 2, category_id=self.category)
        self.assertNotIn("category_id", self.warn().mapped("dimension"))
        self.receive([36], category_id=self.category)
        self.Warning.search([]).unlink()
        self.assertIn("category_id", self.warn().mapped("dimension"))

    def test_a_place_is_one_place_however_it_is_written(self):
        self.receive([80, 60], complaint_incident_place="Leeds")
        for place in ("Bath", "BATH", " bath", "Bath "):
            self.receive([2], complaint_incident_place=place)
        warning = self.warn()
        self.assertEqual(warning.dimension, "complaint_incident_place")
        self.assertEqual(warning.name.lower(), "bath")
        self.assertEqual(warning.number, 4)

    def test_a_small_addon_adds_a_dimension(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "Toaster"}])
        self.receive([8 + 7 * week for week in range(12)], partner_id=partners[0])
        self.receive([1, 2, 3, 4], partner_id=partners[1])
        self.assertFalse(self.warn())
        with patch.object(
            type(self.Ticket),
            "_complaint_warning_dimensions",
            lambda tickets: ["partner_id"],
        ):
            warning = self.warn()
            self.assertEqual(warning.name, "Toaster")
            dimensions = warning._fields["dimension"]._description_selection(self.env)
            self.assertIn(warning.dimension, dict(dimensions))

    def test_its_queries_do_not_depend_on_how_many_complaints_there_are(self):
        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Warning._cron_complaint_warning()
            self.env.flush_all()
            self.assertFalse(self.Warning.search([]))
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        causes = self.env["complaint.cause"].create(
            [{"name": f"Cause {number}"} for number in range(40)]
        )
        for cause in causes:
            self.receive([2 + 7 * n for n in range(13)], complaint_cause_id=cause)
        self.assertEqual(count(), few)

    # ---------------------------------------------------
    # Told once
    # ---------------------------------------------------

    def test_an_open_warning_is_updated(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        activity = self.activities(warning)
        self.assertIn("4 complaints in 7 days", activity.summary)
        self.receive([0, 0.1], complaint_cause_id=self.water)
        self.assertEqual(self.warn(days=1), warning)
        self.assertEqual(warning.number, 6)
        self.assertEqual(str(warning.date_to), "2026-03-02")
        self.assertEqual(self.activities(warning), activity)
        self.assertIn("6 complaints in 7 days", activity.summary)

    def test_a_handled_warning_is_not_repeated_for_the_same_week(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        warning.with_user(self.leader).action_handle()
        self.receive([0, 0.1], complaint_cause_id=self.water)
        self.assertEqual(self.warn(days=1), warning)
        self.assertEqual(warning.state, "handled")
        self.assertEqual(warning.number, 4)

    def test_a_later_rise_is_told_again(self):
        self.receive([1, 2, 3], complaint_cause_id=self.water)
        warning = self.warn()
        warning.with_user(self.leader).action_handle()
        with self.at(datetime.now() + timedelta(days=20)):
            self.receive([1] * 9, complaint_cause_id=self.water)
        self.assertEqual(len(self.warn(days=20)), 2)

    def test_the_same_complaints_are_told_once(self):
        """The category of the same complaints is unusual for no other reason."""
        self.receive([8 + 7 * week for week in range(12)], category_id=self.category)
        self.receive(
            [1, 2, 3, 4, 5, 6],
            complaint_cause_id=self.water,
            category_id=self.category,
        )
        self.receive([1, 2, 3], category_id=self.category)
        self.assertEqual(self.warn().dimension, "complaint_cause_id")
        self.assertEqual(len(self.warn(days=1)), 1)

    def test_what_is_unusual_without_them_is_told_as_well(self):
        self.receive([8 + 7 * week for week in range(12)], category_id=self.category)
        self.receive([1, 2, 3, 4, 5, 6], complaint_cause_id=self.water)
        self.receive([1, 2, 3, 4, 5, 6] * 2, category_id=self.category)
        self.receive([3], complaint_cause_id=self.water, category_id=self.category)
        self.assertEqual(
            set(self.warn().mapped("dimension")), {"complaint_cause_id", "category_id"}
        )

    # ---------------------------------------------------
    # Who is told
    # ---------------------------------------------------

    def test_the_leader_is_told_in_words(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        activity = self.activities(self.warn())
        self.assertEqual(activity.user_id, self.leader)
        self.assertEqual(
            activity.summary, "Hot water: 4 complaints in 7 days, 0.4 a week before"
        )

    def test_what_hardly_ever_happened_is_said_so(self):
        rare = self.env["complaint.cause"].create({"name": "Fire"})
        self.receive([1, 2, 3, 4], complaint_cause_id=rare)
        self.assertEqual(
            self.warn().summary, "Fire: 4 complaints in 7 days, hardly any before"
        )

    def test_the_team_with_most_of_the_complaints_counts(self):
        other = self.team.copy(
            {"name": "VIP", "user_id": self.handler.id, "alias_name": False}
        )
        self.receive([1, 2], complaint_cause_id=self.water)
        self.receive([1, 2, 3], complaint_cause_id=self.water, team_id=other)
        warning = self.warn()
        self.assertEqual(warning.team_id, other)
        self.assertEqual(warning.user_id, self.handler)

    def test_a_manager_is_told_where_there_is_no_leader(self):
        self.team.user_id = False
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        responsible = self.warn().user_id
        self.assertTrue(responsible.has_group("helpdesk_mgmt.group_helpdesk_manager"))
        self.assertIn(self.company_a, responsible.company_ids)

    def test_nobody_is_told_of_complaints_about_themselves(self):
        tickets = self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        tickets[0].complaint_concerned_user_ids = self.leader
        warning = self.warn()
        self.assertNotEqual(warning.user_id, self.leader)
        self.assertTrue(warning.user_id)

    def test_it_is_taken_from_the_leader_whom_it_turns_out_to_be_about(self):
        tickets = self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        self.assertEqual(warning.user_id, self.leader)
        tickets[0].with_user(self.manager).complaint_concerned_user_ids = [
            Command.set(self.leader.ids)
        ]
        self.assertNotEqual(warning.user_id, self.leader)
        self.assertEqual(self.activities(warning).user_id, warning.user_id)
        self.assertNotIn(self.leader.partner_id, warning.message_partner_ids)

    # ---------------------------------------------------
    # Rights
    # ---------------------------------------------------

    def test_handlers_of_the_company_read_it_and_others_do_not(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        for user, expected in (
            (self.leader, True),
            (self.own_handler, True),
            (self.manager, True),
            (self.handler_b, False),
        ):
            with self.subTest(user.name):
                found = self.Warning.with_user(user).search([])
                self.assertEqual(bool(found), expected)
        self.assertFalse(warning.with_user(self.user_employee).has_access("read"))
        for user in (self.leader, self.manager):
            self.assertFalse(warning.with_user(user).has_access("write"))

    def test_staff_complained_about_does_not_see_it(self):
        tickets = self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        tickets[0].complaint_concerned_user_ids = self.handler
        self.assertFalse(self.Warning.with_user(self.handler).search([]))
        self.assertFalse(warning.with_user(self.handler).has_access("read"))
        self.assertTrue(self.Warning.with_user(self.team_handler).search([]))

    def test_the_button_opens_those_that_the_user_may_read(self):
        tickets = self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        tickets[0].user_id = self.own_handler
        tickets[1].user_id = self.handler
        tickets[2].active = False
        warning = self.warn()

        def shown(user):
            action = warning.with_user(user).action_complaint_show()
            Ticket = self.Ticket.with_user(user).with_context(**action["context"])
            self.assertEqual(action["res_model"], Ticket._name)
            self.assertTrue(Ticket.get_views(action["views"])["views"])
            return Ticket.search(action["domain"]), action["domain"]

        self.assertEqual(shown(self.leader)[0], tickets)
        found, domain = shown(self.own_handler)
        self.assertNotIn(tickets[1], found)
        (ids,) = (part[2] for part in domain if part[0] == "id")
        self.assertNotIn(tickets[1].id, ids)
        self.assertIn(tickets[0], found)

    def test_who_is_responsible_or_a_manager_marks_it_handled(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        with self.assertRaises(UserError):
            warning.with_user(self.handler).action_handle()
        self.assertEqual(warning.state, "open")
        warning.with_user(self.manager).action_handle()
        self.assertEqual(warning.state, "handled")
        self.assertFalse(self.activities(warning))

    def test_it_is_handled_when_its_activity_is_done(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        self.activities(warning).with_user(self.leader).action_feedback("Boiler")
        self.assertEqual(warning.state, "handled")

    def test_another_activity_leaves_it_open(self):
        self.receive([1, 2, 3, 4], complaint_cause_id=self.water)
        warning = self.warn()
        warning.with_user(self.leader).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.leader.id
        ).action_done()
        self.assertEqual(warning.state, "open")

    # ---------------------------------------------------
    # Settings
    # ---------------------------------------------------

    def test_settings_have_bounds(self):
        for name, wrong in (
            ("complaint_warning_level", 1),
            ("complaint_warning_weeks", 3),
            ("complaint_warning_weeks", 105),
            ("complaint_warning_minimum", 1),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.company_a[name] = wrong

    def test_settings_are_those_of_the_company(self):
        settings = self.env["res.config.settings"].create({})
        settings.complaint_warning_level = 50
        self.assertEqual(self.env.company.complaint_warning_level, 50)

    def test_rare_chances_are_not_told_apart(self):
        self.receive([1, 2, 3, 4] * 5, complaint_cause_id=self.water)
        self.assertEqual(self.warn().chance, "less than once in 1,000,000 weeks")

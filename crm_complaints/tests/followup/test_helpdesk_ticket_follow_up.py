"""Follow-up: a personal call some days after the resolution."""

from datetime import date, datetime

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext, mute_logger

from ..mail.common import ComplaintMailCommon

RENDER = "odoo.addons.mail.models.mail_render_mixin"


class FollowUpCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # acknowledged, and handled by Hanna
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id, user_id=cls.handler.id
        ).with_user(cls.handler)

    def calls(self, complaint=None):
        return self.activities(complaint or self.complaint, "follow_up")

    def resolved(self, **vals):
        """Return a resolved complaint of Hanna's."""
        complaint = self.create_complaint(
            **{"partner_id": self.customer.id, "user_id": self.handler.id, **vals}
        )
        complaint.action_complaint_resolve()
        return complaint

    def history(self, complaint):
        return html2plaintext("".join(complaint.sudo().message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestFollowUpCall(FollowUpCommon):
    def test_resolving_plans_the_call_with_its_script(self):
        self.complaint.action_complaint_resolve()
        call = self.calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(call.summary, "Ask the customer whether the solution worked")
        self.assertEqual(call.user_id, self.handler)
        self.assertEqual(call.date_deadline, date(2026, 3, 11), "7 working days")
        for words in (
            "I am Hanna Handler from YourTestCompany",
            "thank you again for your openness",
            "Did the solution give the result you wanted?",
            "What went well?",
            "What would make it complete?",
            self.customer.phone,
        ):
            self.assertIn(words, " ".join(call.note.split()))

    def test_team_tells_after_how_many_days(self):
        for days, day in (
            (0, date(2026, 3, 2)),
            (3, date(2026, 3, 5)),
            (5, date(2026, 3, 9)),
            (30, date(2026, 4, 13)),
        ):
            with self.subTest(days=days):
                self.team.complaint_follow_up_days = days
                self.assertEqual(self.calls(self.resolved()).date_deadline, day)

    def test_nobody_is_called_on_a_day_without_work(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company_a.resource_calendar_id.id,
                "company_id": self.company_a.id,
                "date_from": datetime(2026, 3, 10, 23, 0),
                "date_to": datetime(2026, 3, 11, 22, 59),
            }
        )
        self.assertEqual(self.calls(self.resolved()).date_deadline, date(2026, 3, 12))
        self.team.complaint_follow_up_days = 0
        with self.at(datetime(2026, 3, 7, 9, 0)):  # a Saturday
            self.assertEqual(
                self.calls(self.resolved()).date_deadline, date(2026, 3, 9)
            )

    def test_days_are_those_of_the_team_s_own_hours(self):
        weekend = self.env["resource.calendar"].create(
            {
                "name": "Weekends",
                "tz": "Europe/Brussels",
                "company_id": self.company_a.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Weekend",
                                "dayofweek": day,
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "full_day",
                            }
                        )
                        for day in "56"
                    ),
                ],
            }
        )
        self.team.complaint_calendar_id = weekend
        self.team.complaint_follow_up_days = 3
        self.assertEqual(self.calls(self.resolved()).date_deadline, date(2026, 3, 14))

    def test_days_count_from_the_team_s_today(self):
        with self.at(datetime(2026, 3, 2, 23, 30)):
            self.complaint.action_complaint_resolve()
        self.assertEqual(self.calls().date_deadline, date(2026, 3, 12))

    def test_script_names_whoever_has_taken_the_call_over(self):
        complaint = self.resolved()
        complaint.user_id = self.team_handler
        call = self.calls(complaint)
        self.assertEqual(call.user_id, self.team_handler)
        self.assertIn("I am Tim Team", " ".join(call.note.split()))
        self.assertNotIn("Hanna", call.note)

    def test_call_planned_by_hand_can_be_done_like_any_other(self):
        kind = "crm_complaints.mail_activity_type_follow_up"
        for record in self.create_ticket(), self.create_complaint():
            call = record.activity_schedule(kind, user_id=self.handler.id)
            call.action_feedback(feedback="Not there.")
            self.assertFalse(call.active)

    def test_answer_does_a_call_planned_by_hand_as_well(self):
        complaint = self.resolved()
        self.calls(complaint).unlink()
        call = complaint.activity_schedule(
            "crm_complaints.mail_activity_type_follow_up",
            user_id=self.handler.id,
            automated=False,
        )
        complaint.with_user(self.handler)._complaint_record_follow_up("restored")
        self.assertFalse(call.active)

    def test_leader_calls_where_nobody_handled_it(self):
        complaint = self.resolved(user_id=False)
        self.assertEqual(self.calls(complaint).user_id, self.leader)

    def test_every_way_to_the_answer_plans_the_call(self):
        second = self.create_stage("follow_up")
        for values in (
            {"stage_id": self.stages["follow_up"].id},
            {"stage_id": second.id},
        ):
            with self.subTest(values=values):
                complaint = self.create_complaint(user_id=self.handler.id)
                complaint.write(values)
                self.assertEqual(len(self.calls(complaint)), 1)

    def test_batch_plans_one_call_each(self):
        complaints = self.Ticket.union(
            *(self.create_complaint(user_id=self.handler.id) for _number in range(3))
        )
        complaints.action_complaint_resolve()
        for complaint in complaints:
            self.assertEqual(len(self.calls(complaint)), 1)
            self.assertIn(complaint.company_id.name, self.calls(complaint).note)

    def test_call_is_planned_once_a_resolution(self):
        self.complaint.action_complaint_resolve()
        self.complaint.stage_id = self.create_stage("follow_up")
        self.move(self.complaint, "follow_up")
        self.complaint.write({"stage_id": self.stages["follow_up"].id})
        self.assertEqual(len(self.calls()), 1)

    def test_call_that_a_handler_planned_themselves_is_enough(self):
        own = self.complaint.activity_schedule(
            "crm_complaints.mail_activity_type_follow_up", user_id=self.handler.id
        )
        self.complaint.action_complaint_resolve()
        self.assertEqual(self.calls(), own.sudo())

    def test_what_is_closed_at_once_needs_no_call(self):
        self.move(self.complaint, "closed")
        self.assertFalse(self.calls())

    def test_reopening_takes_the_call_away(self):
        for phase in ("hearing", "reception"):
            with self.subTest(phase=phase):
                complaint = self.resolved()
                self.move(complaint, phase)
                self.assertFalse(self.calls(complaint))

    def test_reopening_takes_a_call_away_that_was_planned_by_hand(self):
        complaint = self.resolved()
        self.calls(complaint).unlink()
        complaint.activity_schedule(
            "crm_complaints.mail_activity_type_follow_up",
            user_id=self.leader.id,
            automated=False,
        )
        complaint.action_complaint_reopen()
        self.assertFalse(self.calls(complaint))

    def test_next_resolution_plans_the_next_call(self):
        self.complaint.action_complaint_resolve()
        with self.at(datetime(2026, 3, 20, 9, 0)):
            self.complaint.action_complaint_reopen()
            self.complaint.action_complaint_resolve()
        self.assertEqual(len(self.calls()), 1)
        self.assertEqual(self.calls().date_deadline, date(2026, 3, 31))

    def test_call_goes_along_when_the_complaint_is_handed_over(self):
        self.complaint.action_complaint_resolve()
        self.complaint.user_id = self.team_handler
        self.assertEqual(self.calls().user_id, self.team_handler)
        self.complaint.user_id = False
        self.assertEqual(self.calls().user_id, self.leader)

    def test_call_that_a_colleague_was_asked_for_stays_theirs(self):
        self.complaint.action_complaint_resolve()
        self.calls().user_id = self.leader
        self.complaint.user_id = self.team_handler
        self.assertEqual(self.calls().user_id, self.leader)

    def test_broken_or_deleted_script_costs_the_script_and_not_the_call(self):
        script = self.env.ref("crm_complaints.mail_template_follow_up_call")
        self.edit_template(script, body_html='<t t-out="object.no_such_field"/>')
        with mute_logger(RENDER):
            self.assertEqual(len(self.calls(self.resolved())), 1)
        script.unlink()
        self.assertEqual(len(self.calls(self.resolved())), 1)

    def test_customer_is_not_written_to(self):
        self._init_mail_mock()
        self.complaint.action_complaint_resolve()
        self.flush_tracking()
        self.assertFalse(self.sent_to("anna@weber.example"))


@tagged("post_install", "-at_install")
class TestFollowUpAnswer(FollowUpCommon):
    def wizard(self, complaint, user=None):
        action = complaint.with_user(user or self.handler).action_complaint_follow_up()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.handler)
            .with_context(**action["context"])
        )

    def record(self, complaint, answer, user=None, **vals):
        wizard = self.wizard(complaint, user).create(vals)
        getattr(wizard, f"action_{answer}")()

    def press(self, complaint, answer, words="", user=None):
        """Open the wizard, enter the words, and press one of its buttons."""
        with Form(self.wizard(complaint, user)) as form:
            self.assertIn("Did the solution give the result you wanted?", form.script)
            form.words = words
        return getattr(form.record, f"action_{answer}")()

    def test_call_is_not_done_without_the_answer(self):
        """Marking it done leads to the wizard instead."""
        complaint = self.resolved()
        call = self.calls(complaint).with_user(self.handler)
        with self.assertRaises(RedirectWarning) as caught:
            call.action_feedback(feedback="ok")
        _text, action_id, _button, context = caught.exception.args
        action = self.env["ir.actions.act_window"].browse(action_id)
        self.assertEqual(action.res_model, "complaint.follow.up")
        self.assertEqual(context["default_ticket_id"], complaint.id)
        self.assertEqual(context["default_words"], "ok", "not to be typed again")
        self.assertTrue(call.exists())
        self.assertFalse(complaint.complaint_follow_up_at)

    def test_restored_trust_closes_the_complaint(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 9, 10, 0)):
            self.press(complaint, "restored", words="All is well again.")
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(complaint.complaint_follow_up_result, "restored")
        self.assertEqual(complaint.complaint_follow_up_at, datetime(2026, 3, 9, 10, 0))
        self.assertEqual(complaint.complaint_resolved_at, self.clock, "a fact")
        self.assertFalse(self.calls(complaint), "the call is done")
        self.assertIn("All is well again.", self.history(complaint))

    def test_partly_restored_trust_closes_it(self):
        complaint = self.resolved()
        self.press(complaint, "partly")
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(complaint.complaint_follow_up_result, "partly")
        self.assertEqual(complaint.complaint_reopened_count, 0)

    def test_partly_restored_trust_opens_it_again_if_the_handler_says_so(self):
        complaint = self.resolved()
        self.press(complaint, "partly_reopen", words="Half of it came.")
        self.assertEqual(complaint.complaint_phase, "hearing")
        self.assertEqual(complaint.complaint_follow_up_result, "partly")
        self.assertEqual(complaint.complaint_reopened_count, 1)

    def test_lost_trust_opens_it_again_with_its_history(self):
        complaint = self.resolved()
        before = complaint.message_ids
        self.press(complaint, "lost", words="It broke again the same day.")
        self.assertEqual(complaint.complaint_phase, "hearing")
        self.assertEqual(complaint.complaint_follow_up_result, "lost")
        self.assertEqual(complaint.complaint_reopened_count, 1)
        self.assertFalse(complaint.complaint_resolved_at)
        self.assertFalse(self.calls(complaint))
        self.assertIn("It broke again the same day.", self.history(complaint))
        self.assertLessEqual(before, complaint.message_ids)

    def test_next_call_asks_afresh(self):
        """The result of the first resolution is not that of the second."""
        complaint = self.resolved()
        self.record(complaint, "lost", words="Broken again.")
        complaint.action_complaint_resolve()
        self.assertFalse(complaint.complaint_follow_up_result)
        self.assertFalse(complaint.complaint_follow_up_at)
        self.record(complaint, "restored")
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(complaint.complaint_reopened_count, 1)

    def test_answer_to_the_last_resolution_is_none_to_the_next(self):
        for phase in ("follow_up", "closed"):
            with self.subTest(phase):
                complaint = self.resolved()
                self.record(complaint, "lost", words="Broken again.")
                self.assertEqual(complaint.complaint_follow_up_result, "lost")
                self.move(complaint, phase)
                self.assertFalse(complaint.complaint_follow_up_result)

    def test_answer_that_is_brought_in_stays_and_is_not_asked_for(self):
        for phase in ("follow_up", "closed"):
            with self.subTest(phase):
                complaint = (
                    self.env["helpdesk.ticket"]
                    ._complaint_as_history()
                    .create(
                        {
                            "name": "Of last year",
                            "description": "-",
                            "team_id": self.team.id,
                            "stage_id": self.stages[phase].id,
                            "complaint_follow_up_result": "restored",
                        }
                    )
                )
                self.assertEqual(complaint.complaint_follow_up_result, "restored")
                self.assertFalse(self.calls(complaint))

    def test_answer_is_not_given_past_the_register(self):
        value = {"complaint_follow_up_result": "restored"}
        with self.assertRaises(AccessError):
            self.create_complaint(partner_id=self.customer.id, **value)
        by_default = self.Ticket.with_user(self.handler).with_context(
            default_complaint_follow_up_result="restored"
        )
        with self.assertRaises(AccessError):
            by_default.create(
                {"name": "x", "description": "x", "team_id": self.team.id}
            )
        complaint = self.create_complaint(partner_id=self.customer.id)
        complaint.action_complaint_resolve()
        with self.assertRaises(AccessError):
            complaint.write(value)
        complaint.with_user(self.manager).write(value)  # who may import history

    def test_only_a_resolved_complaint_is_followed_up(self):
        for phase in ("reception", "hearing", "agreement", "withdrawn"):
            with self.subTest(phase=phase):
                complaint = self.create_complaint(
                    user_id=self.handler.id, partner_id=self.customer.id
                )
                self.move(complaint, phase)
                with self.assertRaises(UserError):
                    complaint.action_complaint_follow_up()
                wizard = (
                    self.env["complaint.follow.up"]
                    .with_user(self.handler)
                    .create({"ticket_id": complaint.id})
                )
                with self.assertRaises(UserError):
                    wizard.action_restored()
                self.assertEqual(complaint.complaint_phase, phase)
                self.assertFalse(complaint.complaint_follow_up_result)

    def test_closed_complaint_may_be_followed_up_as_well(self):
        complaint = self.create_complaint(user_id=self.handler.id)
        self.move(complaint, "closed")
        self.record(complaint, "restored", words="Thank you!")
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(complaint.complaint_follow_up_result, "restored")
        self.assertIn("Thank you!", self.history(complaint), "without a call planned")

    def test_words_are_kept_as_they_are(self):
        words = "5 < 6 & <b>not bold</b>\nsecond line"
        for planned in (True, False):
            with self.subTest(planned=planned):
                complaint = self.resolved()
                if not planned:
                    self.calls(complaint).unlink()
                self.record(complaint, "restored", words=words)
                bodies = "".join(complaint.message_ids.mapped("body"))
                self.assertIn("5 &lt; 6 &amp; &lt;b&gt;not bold&lt;/b&gt;", bodies)

    def test_handler_without_rights_on_templates_can_record_it(self):
        for user in (self.own_handler, self.team_handler, self.leader):
            with self.subTest(user=user.name):
                complaint = self.resolved(user_id=user.id)
                self.press(complaint, "restored", user=user)
                self.assertEqual(complaint.complaint_phase, "closed")

    def test_others_can_not(self):
        complaint = self.resolved()
        for user in (self.own_handler, self.user_employee, self.handler_b):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self.record(complaint, "restored", user)
                with self.assertRaises(AccessError):
                    self.env["complaint.follow.up"].with_user(user).create(
                        {"ticket_id": complaint.id}
                    ).action_restored()
        self.assertEqual(complaint.complaint_phase, "follow_up")

    def test_colleague_it_is_about_can_not_either(self):
        complaint = self.resolved(
            complaint_concerned_user_ids=[Command.link(self.leader.id)]
        )
        with self.assertRaises(AccessError):
            self.record(complaint, "restored", self.leader)

    def test_wizard_of_a_colleague_is_their_own(self):
        wizard = self.wizard(self.resolved()).create({"words": "Hm"})
        with self.assertRaises(AccessError):
            wizard.with_user(self.leader).read(["words"])

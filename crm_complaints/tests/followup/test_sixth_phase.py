"""Follow-up from end to end: resolved, rated low, called, reopened, resolved."""

from datetime import datetime

from odoo.tests import tagged

from .test_helpdesk_ticket_rating_request import DAY, RatingRequestCommon

FOLLOW_UP = "crm_complaints.mail_activity_type_follow_up"
ASKED_AGAIN = datetime(2026, 3, 3, 12, 0)
# in the week after, when nothing of the first solution is due
SETTLED_AGAIN = datetime(2026, 3, 11, 9, 0)


@tagged("post_install", "-at_install")
class TestSixthPhase(RatingRequestCommon):
    def calls(self):
        return self.complaint.activity_search([FOLLOW_UP])

    def press(self, answer, **vals):
        """Record the call's result, as the handler does in the wizard."""
        action = self.complaint.with_user(self.handler).action_complaint_follow_up()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.handler)
            .with_context(**action["context"])
            .create(vals)
        )
        return getattr(wizard, f"action_{answer}")()

    def milestones(self, kind):
        found = self.complaint.complaint_milestone_ids.filtered(
            lambda milestone: milestone.milestone == kind
        )
        return found.sorted("cycle").mapped("state")

    def test_trust_is_lost_and_won_back(self):
        complaint = self.complaint
        customer = self.customer

        # 1. resolved on Monday: the call is planned, the rating request due on Tuesday
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(str(self.calls().date_deadline), "2026-03-11")
        self.run_cron(DAY)
        self.assertAsked(1)

        # 2. not satisfied: the call is due the same day
        with self.at(ASKED_AGAIN):
            complaint._complaint_rate(1, "It broke again", customer)
            [call] = self.calls()
            self.assertEqual(str(call.date_deadline), "2026-03-03")
            self.assertEqual(call.user_id, self.handler)
            self.assertEqual(complaint.complaint_rating, "unhappy")
            self.assertEqual(customer.complaint_satisfaction, 1)

            # 3. the call: not resolved, so it is reopened, with its history
            self.press("lost", words="I shall never come back", reason="Broke again")
        self.assertEqual(complaint.complaint_phase, "hearing")
        self.assertEqual(complaint.complaint_reopened_count, 1)
        self.assertEqual(complaint.complaint_follow_up_result, "lost")
        self.assertFalse(complaint.complaint_resolved_at)
        self.assertFalse(self.calls())
        self.assertEqual(customer.complaint_trust, "lost")
        self.assertTrue(customer.complaint_banner["lines"][0]["lost"])
        # no request or reminder for a rating while it is open
        self.run_cron(7 * DAY)
        self.assertAsked(1)

        # 4. resolved again: call and rating request are planned again
        with self.at(SETTLED_AGAIN):
            complaint.with_user(self.handler).action_complaint_resolve()
            [call] = self.calls()
            self.assertEqual(str(call.date_deadline), "2026-03-20")
        self.assertFalse(complaint.complaint_follow_up_result)
        self.assertFalse(complaint.rating_last_value)
        self.run_cron(SETTLED_AGAIN + DAY - self.clock)
        self.assertAsked(2)

        # 5. the call: resolved
        with self.at(datetime(2026, 3, 20, 9, 0)):
            self.press("restored", words="It works")
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(complaint.complaint_follow_up_result, "restored")
        self.assertFalse(self.calls())
        self.env.invalidate_all()
        self.assertEqual(customer.complaint_trust, "restored")
        self.assertFalse(customer.complaint_banner)

        # all is kept: both calls, the rating, and both milestones
        calls = complaint.complaint_follow_up_call_ids.sorted("id")
        self.assertEqual(calls.mapped("result"), ["lost", "restored"])
        self.assertEqual(calls.mapped("cycle"), [1, 2])
        self.assertEqual(calls[0].customer_words, "I shall never come back")
        self.assertEqual(complaint.complaint_rating_ids.mapped("rating"), [1])
        self.assertEqual(self.milestones("resolve"), ["met", "met"])
        # and no further requests
        self.run_cron(40 * DAY)
        self.assertAsked(2)

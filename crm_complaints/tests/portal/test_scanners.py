"""Servers that check links open the page and press buttons: the customer's own counts."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintPortalCommon

_REFUSALS = "odoo.http"


@tagged("post_install", "-at_install")
class TestScanners(ComplaintPortalCommon):
    def setUp(self):
        super().setUp()
        self.as_user(None)

    def visit(self):
        """Return the page as a new visitor sees it by the link."""
        self.as_user(None)
        return self.get(self.link())

    def press(self, act, page, after=0, **values):
        """Send a form of the page as it is, so many seconds after it was opened."""
        self.frozen.tick(timedelta(seconds=after))
        path = self.path(act=act)
        sent = {**self.form_values(page, path), **values}
        return self.url_open(path, data=sent, allow_redirects=False)

    def scan(self, *acts):
        """Open the page and send all its forms at once; assert that each is asked about.

        :param acts: which forms there are on the page, beside that of messages
        """
        page = self.visit()
        pressed = {path.rpartition("/")[2] for path in self.actions(page)} - {"write"}
        self.assertEqual(pressed, set(acts))
        for act in pressed:
            with self.subTest(act):
                answer = self.press(act, page, rating="1")
                self.assertEqual(answer.status_code, 400)
                # the same form, whose second press counts
                self.assertIn(self.path(act=act), self.actions(answer))

    def given(self):
        return self.complaint.complaint_rating_ids.sorted("id").mapped("rating")

    # ---------------------------------------------------
    # At once
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_what_is_pressed_at_once_is_asked_about(self):
        self.offer("A voucher.")
        phase = self.complaint.complaint_phase
        self.scan("accept", "reject", "withdraw")
        self.assertEqual(self.complaint.complaint_decision, "pending")
        self.assertEqual(self.complaint.complaint_phase, phase)
        self.assertEqual(self.press("accept", self.visit(), 5).status_code, 303)
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    @mute_logger(_REFUSALS)
    def test_solution_is_rated_by_nobody_who_presses_at_once(self):
        self.resolve()
        self.scan("rate", "second_look")
        self.assertFalse(self.given())
        self.assertFalse(self.complaint._complaint_wants_no_rating())
        self.assertFalse(self.complaint.complaint_review_open)
        self.press("rate", self.visit(), 5, rating="5")
        self.assertEqual(self.given(), [5])

    @mute_logger(_REFUSALS)
    def test_hasty_person_presses_twice_and_loses_nothing(self):
        self.resolve()
        page = self.visit()
        again = self.press("rate", page, 1, rating="3", words="In part.")
        self.assertEqual(again.status_code, 400)
        self.assertIn("In part.", again.text)
        self.assertEqual(self.press("rate", again, 3).status_code, 303)
        self.assertEqual(self.given(), [3])
        self.assertEqual(self.complaint.complaint_rating_ids.feedback, "In part.")

    def test_who_is_signed_in_is_no_scanner(self):
        self.resolve()
        self.as_user(self.portal_user)
        page = self.get(self.path())
        self.assertEqual(self.press("rate", page, rating="5").status_code, 303)
        self.assertEqual(self.given(), [5])

    # ---------------------------------------------------
    # Slower ones
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_rating_that_contradicts_another_visitor_s_is_asked_about(self):
        self.resolve()
        self.press("rate", self.visit(), 20, rating="1")
        page = self.visit()
        again = self.press("rate", page, 60, rating="5")
        self.assertEqual(again.status_code, 409)
        self.assertEqual(self.given(), [1])
        self.assertEqual(self.press("rate", again, 5, rating="5").status_code, 303)
        self.assertEqual(self.given(), [1, 5])
        self.assertEqual(self.complaint.complaint_rating, "happy")
        # a scanner that comes after the customer is not asked twice
        self.press("rate", self.visit(), 20, rating="3")
        self.assertEqual(self.given(), [1, 5])

    def test_one_s_own_rating_is_changed_without_asking(self):
        self.resolve()
        page = self.visit()
        self.press("rate", page, 20, rating="1")
        self.press("rate", self.get(self.path()), 20, rating="5")
        self.assertEqual(self.given(), [1, 5])
        # much later it is a change of mind
        self.frozen.tick(timedelta(hours=1))
        self.press("rate", self.visit(), 20, rating="3")
        self.assertEqual(self.given(), [1, 5, 3])

    def test_decision_that_contradicts_another_visitor_s_is_asked_about(self):
        self.offer("A voucher.")
        page = self.visit()
        self.press("accept", self.visit(), 20)
        self.assertEqual(self.complaint.complaint_decision, "accepted")
        # the customer opened the page before
        self.as_user(None)
        page = self.get(self.link())
        values = self.form_values(page, self.path(act="write"))
        self.frozen.tick(timedelta(seconds=60))
        answer = self.url_open(
            self.path(act="reject"),
            data={**values, "words": "Not enough."},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303)
        looks = self.complaint.activity_ids.filtered(
            lambda activity: "Contradictory" in (activity.summary or "")
        )
        self.assertEqual(len(looks), 1)
        self.assertIn("Not enough.", self.complaint.message_ids[0].body)

    def test_withdrawal_that_the_customer_contradicts_is_opened_again(self):
        self.offer("A voucher.")
        page = self.visit()
        values = self.form_values(page, self.path(act="accept"))
        self.press("withdraw", page, 20)
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")
        self.as_user(None)
        page = self.get(self.link())
        fresh = self.form_values(page, self.path(act="write"))
        self.frozen.tick(timedelta(seconds=60))
        self.url_open(self.path(act="accept"), data={**values, **fresh})
        self.assertEqual(self.complaint.complaint_phase, "hearing")
        self.assertTrue(
            self.complaint.activity_ids.filtered(
                lambda activity: "Contradictory" in (activity.summary or "")
            )
        )

    # ---------------------------------------------------
    # Odoo's own page
    # ---------------------------------------------------

    def core(self, token):
        """Return what the form of Odoo's page sends, for a new visitor."""
        self.as_user(None)
        page = self.url_open(f"/rate/{token}/1")
        (form,) = self.tree(page).xpath("//form[@method='post']")
        return dict(form.form_values())

    def send_core(self, token, values, after, **more):
        self.frozen.tick(timedelta(seconds=after))
        return self.url_open(f"/rate/{token}/submit_feedback", data={**values, **more})

    @mute_logger(_REFUSALS)
    def test_odoo_s_page_is_guarded_as_well(self):
        self.resolve()
        token = self.complaint._rating_get_access_token()
        answer = self.send_core(token, self.core(token), 0, rate="1")
        self.assertEqual(answer.status_code, 409)
        self.assertFalse(self.given())
        self.send_core(token, self.core(token), 5, rate="5", feedback="Good.")
        self.assertEqual(self.given(), [5])
        # another visitor shortly after
        values = self.core(token)
        answer = self.send_core(token, values, 60, rate="1", feedback="No!")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("No!", answer.text)
        self.assertEqual(self.given(), [5])
        (form,) = self.tree(answer).xpath("//form[contains(@action, '/rate/')]")
        self.send_core(token, dict(form.form_values()), 5)
        self.assertEqual(self.given(), [5, 1])

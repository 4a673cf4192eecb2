"""Rating page of the links in the mail: opening it changes nothing, one click sends."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..portal.common import ComplaintPortalCommon

_REFUSALS = "odoo.http"


@tagged("post_install", "-at_install")
class TestRatingPage(ComplaintPortalCommon):
    def setUp(self):
        super().setUp()
        self.resolve()
        self.as_user(None)

    def face(self, value="", complaint=None):
        """Return the path of a face (a link) in the mail."""
        return (complaint or self.complaint).get_portal_url(
            suffix="/rating", query_string=f"&rating={value}"
        )

    def given(self):
        return self.complaint.complaint_rating_ids.sorted("id").mapped("rating")

    def rate(self, page, status=303, act="rate", **values):
        path = self.path(act=act)
        self.look()
        return self.send(
            path, {**self.form_values(page, path), **values}, status=status
        )

    def test_a_link_that_is_opened_changes_nothing(self):
        """Mail servers open links, some many times, some with HEAD only."""
        self.get(self.face(5))
        self.env.flush_all()
        before = self.complaint.read()
        ratings = self.env["rating.rating"].search_count([])
        messages = self.env["mail.message"].search_count([])
        for value in (5, 3, 1, 0, 7, "x", "", "<b>"):
            for method in ("GET", "HEAD"):
                response = self.url_open(self.face(value), method=method)
                self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.complaint.read(), before)
        self.assertEqual(self.env["rating.rating"].search_count([]), ratings)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_the_face_is_chosen_and_one_click_sends(self):
        for value in ("5", "3", "1"):
            page = self.get(self.face(value))
            values = self.form_values(page, self.path(act="rate"))
            self.assertEqual(values["rating"], value)
            answer = self.rate(page)
            self.assertIn("done=rate", answer.headers["Location"])
            done = self.tree(self.get(answer.headers["Location"]))
            self.assertTrue(done.find_class("o_complaint_done"))
        self.assertEqual(self.given(), [5, 3, 1])
        self.assertEqual(self.complaint.complaint_rating_ids.partner_id, self.customer)

    def test_without_a_face_none_is_chosen(self):
        for value in ("", "4", "-1", "5.0", "9" * 5000):
            page = self.get(self.face(value))
            values = self.form_values(page, self.path(act="rate"))
            self.assertNotIn("rating", {name for name, v in values.items() if v})

    def test_words_of_another_rating_are_not_proposed(self):
        self.rate(self.get(self.face(1)), words="It broke again.")
        words = self.form_values(self.get(self.face(5)), self.path(act="rate"))["words"]
        self.assertFalse(words)
        words = self.form_values(self.get(self.face(1)), self.path(act="rate"))["words"]
        self.assertEqual(words, "It broke again.")

    def test_the_same_form_counts_once(self):
        page = self.get(self.face(1))
        for _time in range(3):
            self.rate(page, words="It broke again.")
        self.assertEqual(self.given(), [1])

    @mute_logger(_REFUSALS)
    def test_a_form_from_elsewhere_is_not_taken_and_nothing_is_lost(self):
        page = self.get(self.face(1))
        again = self.rate(page, 400, csrf_token="x", words="It broke again.")
        self.assertFalse(self.given())
        values = self.form_values(again, self.path(act="rate"))
        self.assertEqual((values["rating"], values["words"]), ("1", "It broke again."))
        self.as_user(None)  # without the cookie of the link
        self.send(self.path(act="rate"), {"rating": "5"}, status=404)
        self.assertFalse(self.given())

    @mute_logger(_REFUSALS)
    def test_other_links_lead_nowhere(self):
        other = self.create_complaint(partner_id=self.stranger.partner_id.id).sudo()
        self.resolve(other)
        token = other._portal_ensure_token()
        for query in ("", "?access_token=x", f"?access_token={token}&rating=5"):
            self.get(f"/my/complaints/{self.complaint.id}/rating{query}", 404)
        self.get("/my/complaints/999999999999/rating?access_token=x", 404)

    @mute_logger(_REFUSALS)
    def test_the_link_ends_some_time_after_the_complaint(self):
        self.move(self.complaint, "closed")
        page = self.get(self.face(5))
        self.frozen.tick(timedelta(days=91))
        self.get(self.face(5), 404)
        self.send(
            self.path(act="rate"),
            self.form_values(page, self.path(act="rate")),
            status=404,
        )
        self.assertFalse(self.given())

    @mute_logger(_REFUSALS)
    def test_what_is_open_again_is_not_rated(self):
        page = self.get(self.face(5))
        self.complaint.action_complaint_reopen()
        self.rate(page, 409)
        text = self.read_text(self.get(self.face(5)))
        self.assertIn("We are working on your complaint again.", text)
        self.assertFalse(self.given())

    def test_others_are_led_to_the_complaint(self):
        """Colleagues and staff may read the complaint, but not rate it."""
        for user in (self.colleague, self.handler):
            with self.subTest(user.name):
                self.as_user(user)
                location = self.get(self.face(5), 303).headers["Location"]
                self.assertIn(self.path(), location)
                self.assertNotIn("/rating", location)

    def test_in_the_language_of_the_letters(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        self.assertIn("2 March 2026", self.get(self.face(5)).text)
        page = self.env.ref("crm_complaints.portal_my_complaint")
        page.with_context(lang="nl_NL").arch_db = page.arch_db.replace(
            "<t ", "<t data-translated='1' ", 1
        )
        self.assertIn("2 maart 2026", self.get(self.face(5)).text)

    # ---------------------------------------------------
    # Opting out
    # ---------------------------------------------------

    def test_asked_no_more_by_a_click_on_the_page_alone(self):
        page = self.get(self.face())
        self.assertFalse(self.customer.complaint_no_rating)
        answer = self.rate(page, act="no_rating")
        self.assertTrue(self.customer.complaint_no_rating)
        self.assertFalse(self.colleague.partner_id.complaint_no_rating)
        self.assertFalse(self.complaint.complaint_rating_due_at)
        self.assertIn(
            "We will not ask you to rate this again",
            self.read_text(self.get(answer.headers["Location"])),
        )
        self.rate(self.get(self.face(5)))
        self.assertEqual(self.given(), [5], "they may rate all the same")

    def test_a_stranger_is_asked_no_more(self):
        complaint = self.create_complaint(partner_email="nina@x.example").sudo()
        self.resolve(complaint)
        page = self.get(self.face(complaint=complaint))
        path = self.path(complaint, "no_rating")
        self.look()
        self.send(path, self.form_values(page, path), status=303)
        self.assertTrue(complaint.complaint_no_rating)

    @mute_logger(_REFUSALS)
    def test_nobody_else_says_so_for_them(self):
        self.as_user(self.colleague)
        page = self.get(self.path())
        values = self.form_values(page, self.path(act="write"))
        self.send(self.path(act="no_rating"), values, status=403)
        self.assertFalse(self.customer.complaint_no_rating)

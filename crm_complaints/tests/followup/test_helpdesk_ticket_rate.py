"""Ratings of complaints: all are kept, one counts, only the customer can rate."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..portal.common import ComplaintPortalCommon


class RatingCommon(ComplaintPortalCommon):
    def setUp(self):
        super().setUp()
        self.resolve()

    def looks(self):
        return self.complaint.activity_ids.filtered(
            lambda activity: activity.summary == "The customer is not satisfied"
        )

    def history(self):
        """Return the values that were given, the first one first."""
        return self.complaint.complaint_rating_ids.sorted("id").mapped("rating")


@tagged("post_install", "-at_install")
class TestRatings(RatingCommon):
    # ---------------------------------------------------
    # Kept, and counted
    # ---------------------------------------------------

    def test_a_change_of_mind_is_kept_beside_the_first(self):
        self.complaint._complaint_rate(5, "Well done.")
        self.complaint._complaint_rate(1, "It broke again.")
        self.assertEqual(self.history(), [5, 1])
        self.assertEqual(self.complaint.rating_last_value, 1)
        self.assertEqual(self.complaint.complaint_rating, "unhappy")
        self.assertEqual(self.complaint._complaint_rating().feedback, "It broke again.")

    def test_the_same_said_twice_is_one_rating(self):
        self.complaint._complaint_rate(3, "So so.")
        self.complaint._complaint_rate(3, " So so. ")
        self.assertEqual(self.history(), [3])
        self.complaint._complaint_rate(3, "So so, still.")
        self.assertEqual(self.history(), [3, 3], "other words are news")

    def test_who_has_rated_is_not_asked_on_their_page_either(self):
        asked = "Please tell us below: did the solution give the result you wanted?"
        self.as_user(self.portal_user)
        self.assertIn(asked, self.read_text(self.get(self.path())))
        self.complaint._complaint_rate(3)
        self.assertNotIn(asked, self.read_text(self.get(self.path())))

    def test_while_it_is_open_again_the_last_word_stands(self):
        self.complaint._complaint_rate(1)
        self.complaint.action_complaint_reopen()
        self.assertEqual(self.complaint.rating_last_value, 1)
        with self.assertRaises(UserError):
            self.complaint._complaint_rate(5)

    def test_each_solution_is_rated_afresh(self):
        self.complaint._complaint_rate(1)
        # within the same second, as in imports
        self.complaint.action_complaint_reopen()
        self.resolve()
        self.assertEqual(self.complaint.rating_last_value, 0)
        self.assertFalse(self.complaint.complaint_rating)
        self.assertFalse(self.complaint._complaint_rating())
        self.complaint._complaint_rate(5)
        self.assertEqual(self.complaint.rating_last_value, 5)
        self.assertEqual(self.complaint.complaint_rating, "happy")
        self.assertEqual(self.history(), [1, 5])
        self.assertEqual(
            self.complaint.complaint_rating_ids.sorted("id").mapped("complaint_cycle"),
            [0, 1],
        )

    def test_the_order_of_ratings_counts_and_not_who_wrote_on_them_last(self):
        self.complaint._complaint_rate(1)
        self.complaint._complaint_rate(5)
        self.frozen.tick(timedelta(hours=1))
        first = self.complaint.complaint_rating_ids.sorted("id")[0]
        first.with_user(self.handler).publisher_comment = "Thank you."
        self.env.add_to_compute(
            self.complaint._fields["rating_last_value"], self.complaint
        )
        self.assertEqual(self.complaint.rating_last_value, 5)

    def test_nobody_but_the_customer_has_the_token(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        token = complaint._rating_get_access_token()
        for user in self.handler | self.leader | self.manager:
            Rating = self.env["rating.rating"].with_user(user)
            rating = Rating.search([("res_id", "=", complaint.id)])
            self.assertTrue(rating)
            self.assertNotIn(token, str(rating.read()))
            for ask in (
                lambda rating=rating: rating.read(["access_token"]),
                lambda Rating=Rating: Rating.search([("access_token", "=", token)]),
            ):
                with self.assertRaises(AccessError):
                    ask()

    def test_ordinary_tickets_are_rated_as_ever(self):
        ticket = self.create_ticket(partner_id=self.customer.id).sudo()
        token = ticket._rating_get_access_token()
        ticket.rating_apply(3, token=token)
        ticket.rating_apply(1, token=token)
        self.assertEqual(ticket.rating_last_value, 1)
        self.assertEqual(len(ticket.rating_ids), 1)
        self.assertFalse(ticket.complaint_rating)

    def test_the_average_leaves_out_what_was_not_rated(self):
        others = self.complaint.union(
            *(self.create_complaint(user_id=self.handler.id).sudo() for _i in "ab")
        )
        for complaint, value in zip(others, (5, 3, 0), strict=True):
            if complaint != self.complaint:
                self.resolve(complaint)
            if value:
                complaint._complaint_rate(value)
        domain = [("id", "in", others.ids)]
        ((average,),) = self.Ticket._read_group(domain, [], ["rating_last_value:avg"])
        self.assertEqual(average, 4)
        groups = self.Ticket.with_user(self.handler)._read_group(
            domain, ["complaint_rating"], ["__count"]
        )
        self.assertEqual(dict(groups), {"happy": 1, "partly": 1, False: 1})

    def test_a_rating_survives_its_message(self):
        self.complaint._complaint_rate(1, "It broke again.")
        message = self.complaint.message_ids[0]
        self.assertIn("It broke again.", message.body)
        message.unlink()
        self.assertEqual(self.history(), [1])

    # ---------------------------------------------------
    # Effects of a rating
    # ---------------------------------------------------

    def test_a_low_one_asks_the_handler_to_see_to_it_today(self):
        self.complaint._complaint_rate(1, "It broke again.")
        self.assertEqual(self.looks().user_id, self.handler)
        self.assertIn("It broke again.", self.looks().note)
        self.assertEqual(self.looks().date_deadline, fields.Date.today())
        self.assertEqual(len(self.looks()), 1, "one activity, not two")

    def test_a_low_one_after_the_call_asks_the_handler_to_look(self):
        self.complaint.with_user(self.handler)._complaint_record_follow_up("restored")
        self.complaint._complaint_rate(1, "It broke again.")
        self.assertEqual(self.looks().user_id, self.handler)
        self.assertEqual(self.looks().activity_type_id.name, "Check Complaint")

    def test_a_low_one_reaches_the_handler_where_somebody_else_calls(self):
        self.complaint.activity_ids.user_id = self.leader
        self.complaint._complaint_rate(1, "It broke again.")
        self.assertEqual(self.looks().user_id, self.handler | self.leader)
        self.assertEqual(
            set(self.looks().mapped("date_deadline")), {fields.Date.today()}
        )

    def test_others_are_shown_and_no_more(self):
        before = self.complaint.activity_ids
        for value in (3, 5):
            self.complaint._complaint_rate(value)
        self.assertEqual(self.complaint.activity_ids, before)

    # ---------------------------------------------------
    # Nobody but the customer
    # ---------------------------------------------------

    def test_staff_do_not_rate_and_do_not_change(self):
        self.complaint._complaint_rate(1, "It broke again.")
        rating = self.complaint.complaint_rating_ids
        token = self.complaint._rating_get_access_token()
        vals = {
            "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            "res_id": self.complaint.id,
            "rating": 5,
            "consumed": True,
            "partner_id": self.customer.id,
        }
        ordinary = self.create_ticket(partner_id=self.customer.id).sudo()
        ordinary.rating_apply(5, token=ordinary._rating_get_access_token())
        for user in (self.handler, self.leader, self.manager, self.user_admin):
            as_user = rating.with_user(user)
            complaint = self.complaint.with_user(user)
            for what, act in {
                "write": lambda r=as_user: r.write({"rating": 5}),
                "words": lambda r=as_user: r.write({"feedback": "Well done."}),
                "who": lambda r=as_user: r.write(
                    {"publisher_comment": "x", "publisher_id": self.customer.id}
                ),
                "elsewhere": lambda r=as_user: r.write({"res_id": ordinary.id}),
                "here": lambda u=user: ordinary.rating_ids.with_user(u).write(
                    {"res_id": self.complaint.id}
                ),
                "reset": lambda r=as_user: r.reset(),
                "create": lambda r=as_user: r.create(vals),
                "delete": lambda r=as_user: r.unlink(),
                "by token": lambda c=complaint: c.rating_apply(5, token=token),
                "by record": lambda c=complaint, r=as_user: c.rating_apply(5, rating=r),
                # core's page, opened by staff
                "page": lambda c=complaint: c.sudo().rating_apply(5, token=token),
            }.items():
                with (
                    self.subTest(user=user.name, what=what),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    act()
        self.env.invalidate_all()
        self.assertEqual(self.history(), [1])
        self.assertEqual(rating.feedback, "It broke again.")
        self.assertEqual(self.complaint.rating_last_value, 1)
        self.assertEqual(ordinary.rating_last_value, 5)

    def test_staff_do_not_say_how_the_customer_is(self):
        self.complaint._complaint_rate(1)
        values = {"rating_last_value": 5.0, "complaint_rating": "happy"}
        for name, value in values.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.complaint.with_user(self.manager).write({name: value})
            with self.subTest(name), self.assertRaises(AccessError):
                self.create_complaint(**{name: value})
            by_default = self.Ticket.with_user(self.handler).with_context(
                **{f"default_{name}": value}
            )
            with self.subTest(name), self.assertRaises(AccessError):
                by_default.create(
                    {"name": "x", "description": "x", "team_id": self.team.id}
                )
        self.env.invalidate_all()
        self.assertEqual(self.complaint.complaint_rating, "unhappy")

    def test_ratings_of_ordinary_tickets_are_written_as_ever(self):
        ordinary = self.create_ticket(partner_id=self.customer.id).sudo()
        ordinary.rating_apply(1, token=ordinary._rating_get_access_token())
        ordinary.rating_ids.with_user(self.handler).write({"rating": 5})
        self.assertEqual(ordinary.rating_last_value, 5)

    def test_a_message_brings_no_rating(self):
        for user in (self.handler, self.portal_user):
            with self.subTest(user.name):
                message = (
                    self.complaint.with_user(user)
                    .sudo(user == self.portal_user)
                    .message_post(body="Fine.", rating_value=5)
                )
                self.assertTrue(message)
                self.assertFalse(self.history())
        self.as_user(self.handler)
        self.url_open(
            "/mail/message/post",
            data=json.dumps(
                {
                    "params": {
                        "thread_model": "helpdesk.ticket",
                        "thread_id": self.complaint.id,
                        "post_data": {
                            "body": "Fine.",
                            "message_type": "comment",
                            "rating_value": 5,
                        },
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        self.assertFalse(self.complaint.rating_ids)

    def test_an_edited_message_changes_no_rating(self):
        """Not even a rating that is linked to the message."""
        self.complaint._complaint_rate(1)
        rating = self.complaint.complaint_rating_ids
        message = self.complaint.message_ids[0]
        rating.message_id = message
        for value in (5, False):
            self.complaint._message_update_content(
                message, body="Well done.", rating_value=value, strict=False
            )
        self.assertEqual(self.history(), [1])

    def test_portal_users_have_no_rights_on_ratings(self):
        Rating = self.env["rating.rating"].with_user(self.portal_user)
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(Rating.has_access(operation))

    # ---------------------------------------------------
    # Core's own page
    # ---------------------------------------------------

    def core_page(self, token, value=None, **values):
        """Open core's page, or send its form."""
        if value is None:
            return self.url_open(f"/rate/{token}/5")
        page = self.url_open(f"/rate/{token}/5")
        path = f"/rate/{token}/submit_feedback"
        (form,) = self.tree(page).xpath(f"//form[@action='{path}']")
        sent = {**dict(form.form_values()), "rate": str(value), **values}
        self.look()
        return self.url_open(path, data=sent)

    def test_core_s_page_does_what_their_page_does(self):
        """helpdesk_mgmt_rating sends links to it."""
        token = self.complaint._rating_get_access_token()
        self.as_user(None)
        for path in (f"/rate/{token}/5", f"/rate/{token}/submit_feedback"):
            for ask in (self.url_open, lambda path: self.url_open(path, method="HEAD")):
                self.assertEqual(ask(path).status_code, 200)
        self.assertFalse(self.history())
        self.core_page(token, 1, feedback="It broke again.")
        self.assertEqual(self.history(), [1])
        self.assertTrue(self.looks())
        self.core_page(token, 5)
        self.assertEqual(self.history(), [1, 5], "the first one stays")
        self.assertEqual(self.complaint.complaint_rating_ids.partner_id, self.customer)

    @mute_logger("odoo.http")
    def test_core_s_page_ends_as_our_links_do(self):
        token = self.complaint._rating_get_access_token()
        self.as_user(None)
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=91))
        self.core_page(token, 5)
        self.assertFalse(self.history())
        self.complaint.action_complaint_reopen()
        self.core_page(token, 5)
        self.assertFalse(self.history(), "there is nothing to rate")

    @mute_logger("odoo.http")
    def test_a_token_rates_its_own_complaint(self):
        other = self.create_complaint(partner_id=self.customer.id).sudo()
        self.resolve(other)
        token = other._rating_get_access_token()
        # after an erasure there is no token
        self.complaint._rating_get_access_token()
        self.complaint.rating_ids.access_token = False
        for given in ({"token": token}, {"token": False}, {"token": "x"}):
            with self.assertRaises(UserError):
                self.complaint.with_user(
                    self.env.ref("base.public_user")
                ).sudo().rating_apply(5, **given)


@tagged("post_install", "-at_install")
class TestRatingAnswer(RatingCommon):
    def wizard(self, user=None):
        action = self.complaint.with_user(
            user or self.handler
        ).action_complaint_answer_rating()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.handler)
            .with_context(**action["context"])
        )

    def test_the_answer_stands_beside_the_rating_and_is_sent(self):
        self.complaint._complaint_rate(1, "It broke again.")
        with self.mock_mail_gateway():
            with Form(self.wizard()) as form:
                self.assertEqual(form.feedback, "It broke again.")
                self.assertTrue(form.by_mail)
                form.words = "We send you a <new> one."
            form.record.action_answer()
            self.flush_tracking()
        rating = self.complaint.complaint_rating_ids
        self.assertEqual(rating.publisher_comment, "We send you a <new> one.")
        self.assertEqual(rating.publisher_id, self.handler.partner_id)
        sent = [mail for mail in self._mails if "anna@weber" in str(mail["email_to"])]
        self.assertEqual(len(sent), 1)
        self.assertIn("We send you a &lt;new&gt; one.", sent[0]["body"])
        self.as_user(self.portal_user)
        section = self.tree(self.get(self.path())).get_element_by_id("rate")
        text = " ".join(section.text_content().split())
        self.assertIn("We send you a <new> one.", text)
        self.assertIn("Hanna Handler", text)

    def test_without_a_mail_it_is_noted(self):
        self.complaint._complaint_rate(1)
        with self.mock_mail_gateway():
            wizard = self.wizard().create({"words": "Thank you.", "by_mail": False})
            wizard.action_answer()
            self.flush_tracking()
        self.assertFalse(self._mails)
        self.assertIn("Thank you.", self.complaint.message_ids[0].body)
        self.assertTrue(self.complaint.message_ids[0].is_internal)

    def test_the_one_that_counts_is_answered(self):
        self.complaint._complaint_rate(1)
        self.complaint._complaint_rate(3)
        self.wizard().create({"words": "Thank you.", "by_mail": False}).action_answer()
        answers = self.complaint.complaint_rating_ids.sorted("id").mapped(
            "publisher_comment"
        )
        self.assertEqual(answers, [False, "Thank you."])

    def test_nothing_is_no_answer(self):
        with self.assertRaises(UserError):
            self.wizard()
        self.complaint._complaint_rate(1)
        for words in ("", "  ", False):
            with self.assertRaises(UserError):
                self.wizard().create({"words": words}).action_answer()

    def test_whoever_works_the_complaint_answers(self):
        self.complaint._complaint_rate(1)
        for user in (self.user_employee, self.handler_b, self.own_handler):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.env["complaint.rating.answer"].with_user(user).create(
                    {"ticket_id": self.complaint.id, "words": "x"}
                ).action_answer()
        rating = self.complaint.complaint_rating_ids
        with self.assertRaises(AccessError):
            rating.with_user(self.own_handler).publisher_comment = "x"
        with self.assertRaises(AccessError):
            rating.with_user(self.own_handler).publisher_comment = False
        self.wizard(self.team_handler).create({"words": "Thank you."}).action_answer()
        self.assertEqual(rating.publisher_id, self.team_handler.partner_id)

    def test_who_only_reads_the_complaint_takes_no_answer_away(self):
        self.complaint._complaint_rate(1)
        self.wizard().create({"words": "Thank you.", "by_mail": False}).action_answer()
        self.env["ir.rule"].create(
            {
                "name": "Read only",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "domain_force": f"[('id', '!=', {self.complaint.id})]",
                "perm_read": False,
            }
        )
        rating = self.complaint.complaint_rating_ids.with_user(self.handler)
        self.assertTrue(rating.publisher_comment)
        for words in ("x", False):
            with self.assertRaises(AccessError):
                rating.publisher_comment = words

"""Tracking link: whoever has it acts as the customer, for its validity."""

import logging
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.portal.helpdesk_ticket_portal import MOST_MESSAGES
from .common import TEXT, ComplaintPortalCommon

_REFUSALS_OF_ODOO = (
    *("odoo.http", "werkzeug", "odoo.addons.base.models.ir_binary"),
    *("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"),
)
_REFUSALS = "odoo.http"


@tagged("post_install", "-at_install")
class TestComplaintLinks(ComplaintPortalCommon):
    def setUp(self):
        super().setUp()
        self.as_user(None)
        self.token = self.complaint._portal_ensure_token()

    def act_by_link(self, act, status=303, files=(), complaint=None, **values):
        page = self.get(self.link(complaint))
        path = self.path(complaint, act)
        self.look()
        return self.send(
            path, {**self.form_values(page, path), **values}, files, status
        )

    def test_letters_carry_the_link(self):
        with self.mock_mail_gateway():
            complaint = self.create_complaint(
                partner_id=self.customer.id, channel_id=self.channel_email.id
            )
        body = complaint.sudo()._complaint_acknowledgement_mails().body_html
        found = re.search(r"/my/complaints/\d+\?access_token=[\w-]+", body)
        self.assertIn(complaint.number, self.get(found[0]).text)

    def test_the_button_in_notifications_leads_there_as_well(self):
        location = self.url_open(
            f"/mail/view?model=helpdesk.ticket&res_id={self.complaint.id}"
            f"&access_token={self.token}",
            allow_redirects=False,
        ).headers["Location"]
        self.assertTrue(location.endswith(self.link()), location)

    def test_it_speaks_the_language_of_the_letters(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        # a page that is not translated is in one language, its dates too
        self.assertIn("16 March 2026", self.get(self.link()).text)
        page = self.env.ref("crm_complaints.portal_my_complaint")
        page.with_context(lang="nl_NL").arch_db = page.arch_db.replace(
            "<t ", "<t data-translated='1' ", 1
        )
        self.assertIn("16 maart 2026", self.get(self.link()).text)

    def test_a_rating_link_that_is_merely_opened_votes_nothing(self):
        self.resolve()
        token = self.complaint._rating_get_access_token()
        self.get(f"/rate/{token}/5")
        self.assertFalse(self.complaint.rating_ids.consumed)
        self.assertFalse(self.complaint.rating_last_value)
        # rating on the page changes the same rating
        self.act_by_link("rate", rating="3")
        self.assertEqual(len(self.complaint.complaint_rating_ids), 1)

    def test_a_link_that_says_it_is_done_is_not_believed(self):
        self.offer("A voucher.")
        for act in ("accept", "reject", "withdraw", "second_look", "rate", "<b>"):
            with self.subTest(act):
                page = self.get(f"{self.link()}&done={act}")
                self.assertFalse(self.tree(page).find_class("o_complaint_done"))

    def test_he_does_everything_without_an_account(self):
        self.act_by_link("write", words="Still open.", files=[("p.txt", b"p", TEXT)])
        message = self.complaint._complaint_shown_messages()
        self.assertEqual(message.author_id, self.customer)
        self.assertIn(self.handler.partner_id, message.notified_partner_ids)
        page = self.get(self.link())
        href = self.tree(page).xpath("//a[contains(@href, '/documents/')]/@href")[0]
        self.assertEqual(self.get(href).content, b"p")

        remedies = self.offer("A voucher.", "A new one.", alternative=True)
        self.act_by_link("reject", words="Too little.")
        self.assertEqual(set(remedies.mapped("state")), {"rejected"})
        remedies = self.offer("Two vouchers.", "A newer one.", alternative=True)
        answer = self.act_by_link("accept", choice=str(remedies[0].id))
        self.assertEqual(remedies.mapped("state"), ["accepted", "rejected"])
        self.assertNotIn(self.token, answer.headers["Location"])
        self.get(answer.headers["Location"])
        self.resolve()
        self.act_by_link("rate", rating="5", words="Thank you.")
        self.assertEqual(self.complaint.rating_last_value, 5)

    def test_nobody_known_is_the_customer_as_well(self):
        for values in (
            {},
            {"partner_name": "Nina"},
            {"partner_email": "nina@customers.example"},
        ):
            with self.subTest(values):
                complaint = self.create_complaint(**values).sudo()
                self.act_by_link("write", complaint=complaint, words="Still open.")
                self.offer("A voucher.", complaint=complaint)
                self.act_by_link("accept", complaint=complaint)
                self.assertEqual(complaint.complaint_decision, "accepted")
                self.resolve(complaint)
                for rating in ("5", "1"):
                    self.act_by_link("rate", complaint=complaint, rating=rating)
                self.assertEqual(complaint.rating_last_value, 1)
                for message in complaint._complaint_shown_messages():
                    self.assertFalse(message.author_id & self.env.user.partner_id)
                self.assertIn("You", self.get(self.link(complaint)).text)

    def test_taken_back_by_link(self):
        self.act_by_link("withdraw", words="Settled otherwise.")
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")

    @mute_logger(_REFUSALS)
    def test_other_tokens_lead_nowhere(self):
        other = self.create_complaint(partner_id=self.stranger.partner_id.id)
        expected = self.read_text(self.get(f"/my/complaints/{2**31 - 1}", 404))
        for token in (
            "",
            "x",
            "ü",
            self.token[:-1],
            self.token.upper() + "x",
            other._portal_ensure_token(),
        ):
            with self.subTest(token):
                page = self.get(f"{self.path()}?access_token={token}", 404)
                self.assertEqual(self.read_text(page), expected)
                self.assertNotIn(self.complaint.number, page.text)
                answer = self.send(
                    self.path(act="write"), {"access_token": token, "words": "x"}
                )
                self.assertEqual(answer.status_code, 404)
        self.get(f"{self.path(other)}?access_token={self.token}", 404)

    def test_it_shows_nothing_but_that_complaint(self):
        other = self.create_complaint(partner_id=self.customer.id)
        page = self.get(self.link())
        for words in (other.number, self.customer.email, self.customer.phone):
            self.assertNotIn(words, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "same-origin")

    @mute_logger(_REFUSALS)
    def test_it_ends_some_time_after_the_complaint(self):
        message = self.complaint.with_user(self.handler).message_post(
            body="See there.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("bill.txt", b"bill")],
        )
        document = message.attachment_ids
        document.generate_access_token()
        routes = (
            self.link(),
            f"{self.path()}/documents/{document.id}?access_token={self.token}",
            f"/my/ticket/{self.complaint.id}/{self.token}",
            f"/web/content/{document.id}?access_token={document.access_token}",
        )
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=89))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        for route in routes:
            self.assertLess(self.url_open(route).status_code, 400, route)
        self.assertTrue(self.fetch_messages())

        self.frozen.tick(timedelta(days=2))
        for route in routes[:2]:
            self.get(route, 404)
        self.assertFalse(self.fetch_messages())
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.assertFalse(self.complaint.access_token)
        for route in routes:
            answer = self.url_open(route)
            self.assertNotIn(self.complaint.number, answer.text, route)
            self.assertNotIn("bill", answer.text, route)
        self.assertFalse(self.fetch_messages())
        # with an account the page stays visible
        self.as_user(self.portal_user)
        self.get(self.path())

    def fetch_messages(self):
        """Return the messages that the portal's own route shows to the token."""
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": self.complaint.id,
                    "token": self.token,
                }
            },
        ).json()
        return answer.get("result", {}).get("messages")

    def test_links_of_what_goes_on_stay(self):
        self.frozen.tick(timedelta(days=400))
        old = self.create_complaint(partner_id=self.customer.id).sudo()
        self.resolve()
        self.frozen.tick(timedelta(days=400))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.get(self.link())
        self.assertTrue(old._portal_ensure_token())

    def test_what_is_taken_up_again_has_a_link_again(self):
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=100))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.complaint.action_complaint_reopen()
        self.get(self.link())

    def test_what_they_write_long_after_the_end_goes_on_elsewhere(self):
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=60))
        answer = self.act_by_link("write", words="Open again.")
        again = self.Ticket.search([("complaint_repeat_of_id", "=", self.complaint.id)])
        self.assertIn(self.path(again), answer.headers["Location"])
        self.assertIn(again.number, self.get(answer.headers["Location"]).text)

    # ---------------------------------------------------
    # The token stays where it belongs
    # ---------------------------------------------------

    def test_the_token_stands_in_no_further_address(self):
        for path in (
            self.link(),
            f"{self.path()}/rating?rating=5&access_token={self.token}",
            f"/my/ticket/{self.complaint.id}/{self.token}",
            f"{self.path()}/documents/1?access_token={self.token}&pid=1&hash=a",
        ):
            with self.subTest(path):
                self.as_user(None)
                answer = self.url_open(path, allow_redirects=False)
                self.assertEqual(answer.status_code, 303)
                self.assertNotIn(self.token, answer.headers["Location"])
                self.assertNotIn("pid", answer.headers["Location"])
                self.assertIn("HttpOnly", answer.headers["Set-Cookie"])
                self.assertIn("SameSite=Lax", answer.headers["Set-Cookie"])
                page = self.get(self.path())
                self.assertNotIn(self.token, page.text)
                answer = self.act("write", page, words="Open.")
                self.assertNotIn("token", answer.headers["Location"])

    @mute_logger(_REFUSALS)
    def test_whoever_opened_it_signed_in_is_not_the_customer_signed_out(self):
        for user in (self.handler, self.colleague):
            self.as_user(user)
            self.get(self.link())
            cookies = self.opener.cookies.copy()
            self.assertIn(self.token, cookies.values())
            self.as_user(None)
            for cookie in cookies:
                if cookie.name != "session_id":
                    self.opener.cookies.set(cookie.name, cookie.value)
            self.get(self.path(), 404)

    def test_requests_are_logged_without_tokens(self):
        token, quoted = self.token, quote(f"/mail/view?access_token={self.token}&a=b")
        logger = logging.getLogger("werkzeug")
        with self.assertLogs(logger) as logged:
            for path in (
                f"{self.link()}&rating=5",
                f"/my/ticket/1/{token}",
                f"/mail/view?res_id=1&hash={token}&pid=3",
                f"/rate/{token}/5?x=1",
                f"/rate/{token}/submit_feedback",
                f"/web/login?redirect={quoted}",
            ):
                message = '"GET %s HTTP/1.1" %s %s'
                logger.info("127.0.0.1 - - " + message, path, "200", "-")
        lines = "".join(logged.output)
        self.assertNotIn(token, lines)
        for kept in ("rating=5", "/my/ticket/1/", "pid=3", "/5?x=1", "%26a%3Db"):
            self.assertIn(kept, lines)

    def test_a_colleague_reads_no_token_in_messages(self):
        """It goes out in mails; a message or a quote of one does not keep it."""
        with self.mock_mail_gateway():
            self.complaint.with_user(self.handler)._complaint_send_letters(
                "update",
                lambda recipient, way: (
                    "News",
                    Markup("<p><a href='%s&amp;rating=5'>See it</a> %s</p>")
                    % (recipient.get_portal_url(), recipient.get_portal_url()),
                    "en_US",
                ),
                "mail",
            )
            acknowledged = self.create_complaint(
                partner_id=self.customer.id, channel_id=self.channel_email.id
            ).sudo()
        self.assertIn(self.token, "".join(mail["body"] for mail in self._mails))
        self.act_by_link("write", words=f"You wrote: {self.link()}")
        kept = acknowledged._complaint_acknowledgement_mails()
        self.assertIn(acknowledged.access_token, kept.body_html)
        self.as_user(self.colleague)
        for complaint in (self.complaint, acknowledged):
            token = complaint.access_token
            messages = self.env["mail.message"].search(
                [("model", "=", complaint._name), ("res_id", "=", complaint.id)]
            )
            self.assertIn("/my/complaints/", "".join(messages.mapped("body")))
            self.assertNotIn(token, "".join(messages.mapped("body")))
            thread = {"thread_model": complaint._name, "thread_id": complaint.id}
            for path, params in (
                ("/mail/chatter_fetch", thread),
                ("/mail/thread/messages", thread),
                (
                    "/web/dataset/call_kw",
                    {
                        "model": complaint._name,
                        "method": "web_read",
                        "args": [
                            complaint.ids,
                            {"message_ids": {"fields": {"body": {}}}},
                        ],
                        "kwargs": {},
                    },
                ),
            ):
                answer = self.url_open(path, json={"params": params}).text
                if complaint == self.complaint:
                    self.assertIn("/my/complaints/", answer, path)
                self.assertNotIn(token, answer, path)

    @mute_logger(_REFUSALS)
    def test_a_form_is_for_one_complaint_and_one_person(self):
        other = self.create_complaint(partner_id=self.customer.id).sudo()
        page = self.get(self.link())
        hers = self.form_values(page, self.path(act="write"))
        self.send(self.path(act="write"), {**hers, "words": "x"}, status=303)
        self.as_user(self.portal_user)
        for complaint in (self.complaint, other):
            answer = self.act(
                "write",
                self.get(self.path(complaint)),
                form_key=hers["form_key"],
                words="x",
                complaint=complaint,
                status=400,
            )
            self.assertNotIn(
                hers["form_key"],
                self.form_values(answer, self.path(complaint, "write")).values(),
            )

    @mute_logger(_REFUSALS)
    def test_nobody_but_the_customer_goes_on_with_a_new_link(self):
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=60))
        self.complaint.complaint_representative_id = self.stranger.partner_id
        document = self.env["ir.attachment"].create({"name": "signed", "raw": b"I do"})
        consent = self.env["complaint.consent"].create(
            {
                "ticket_id": self.complaint.id,
                "partner_id": self.stranger.partner_id.id,
                "scope": "write",
                "given_on": "2026-02-27",
                "attachment_ids": document.ids,
            }
        )
        link = f"{self.path()}?access_token={consent._ensure_token()}"
        for user, path in (
            (None, link),
            (self.stranger, self.path()),
            (self.colleague, self.path()),
            (self.colleague, self.link()),
        ):
            self.as_user(user)
            answer = self.act("write", self.get(path), words=f"Again: {user}, {path}")
            again = self.Ticket.search([], order="id desc", limit=1).sudo()
            self.assertEqual(again.complaint_repeat_of_id, self.complaint)
            self.assertNotIn("token", answer.headers["Location"])
            cookies = str(answer.headers.get("Set-Cookie"))
            self.assertNotIn(again._portal_ensure_token(), cookies)
            self.assertEqual(self.get(answer.headers["Location"]).status_code, 200)

    @mute_logger(_REFUSALS)
    def test_staff_complained_about_lose_the_link(self):
        """They may have it from a letter, and would be the customer without login."""
        rating = self.complaint._rating_get_access_token()
        self.offer("A voucher.")
        self.complaint.complaint_concerned_user_ids = self.outsider
        self.get(f"{self.path()}?access_token={self.token}", 404)
        self.assertFalse(self.fetch_messages())
        self.get(f"/rate/{rating}/5", 404)
        self.assertIn(
            "Send the customer a new link",
            self.complaint.activity_ids.mapped("summary"),
        )
        # the customer goes on with the next letter's
        self.get(self.link())
        token = self.complaint.access_token
        self.complaint.complaint_concerned_user_ids = self.outsider
        self.complaint.complaint_concerned_user_ids = False
        self.assertEqual(self.complaint.access_token, token, "nobody was added")

    # ---------------------------------------------------
    # How much one person writes
    # ---------------------------------------------------

    def post(self, **params):
        """Post a message by Odoo's own route, and return its answer."""
        answer = self.url_open(
            "/mail/message/post",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": self.complaint.id,
                    "post_data": {"body": "Open."},
                    **params,
                }
            },
        )
        return answer.json()

    @mute_logger(_REFUSALS)
    def test_one_limit_for_all_ways(self):
        self.resolve()
        for number in range(7):
            self.act_by_link("write", words=f"Message {number}")
            self.assertIn("result", self.post(token=self.token))
            self.act_by_link("rate", rating=("5", "1")[number % 2])
            if number == 5:
                break
        self.act_by_link("write", words="One more")
        self.assertIn("result", self.post(token=self.token))
        self.assertIn("error", self.post(token=self.token))
        hash_ = self.complaint._sign_token(self.customer.id)
        self.assertIn("error", self.post(hash=hash_, pid=self.customer.id))
        count = len(self.complaint.complaint_rating_ids)
        answer = self.act_by_link("rate", 429, rating="3", words="Kept.")
        self.assertIn("Kept.", answer.text)
        self.act_by_link("write", 429, words="One too many")
        rating = self.complaint._rating_get_access_token()
        self.url_open(f"/rate/{rating}/submit_feedback", data={"rate": "3"})
        self.as_user(self.portal_user)
        self.act("write", status=429, words="One too many")
        self.assertEqual(len(self.complaint.complaint_rating_ids), count)
        # others have limits of their own, and so has another complaint
        self.as_user(self.colleague)
        self.act("write", words="I was there.")
        other = self.create_complaint(partner_id=self.customer.id).sudo()
        self.as_user(None)
        self.act_by_link("write", complaint=other, words="And this.")
        # what we post ourselves counts for nobody
        self.complaint.with_user(self.handler).message_post(body="We look at it.")

    def test_who_wrote_much_decides_all_the_same(self):
        def exhaust():
            for number in range(MOST_MESSAGES):
                self.act_by_link("write", words=f"Message {number}")
            self.act_by_link("write", 429, words="One too many")

        offered = self.offer("A voucher.")
        exhaust()
        self.act_by_link("reject", words="It is too little.")
        self.assertEqual(self.complaint.complaint_decision, "rejected")
        offered = self.offer("A larger voucher.")
        self.act_by_link("accept", words="Fine.")
        self.assertEqual(offered.state, "accepted")
        other = self.create_complaint(partner_id=self.customer.id).sudo()
        other._portal_ensure_token()
        self.complaint = other
        exhaust()
        self.act_by_link("withdraw")
        self.assertEqual(other.complaint_phase, "withdrawn")

    # ---------------------------------------------------
    # Pages of others
    # ---------------------------------------------------

    @mute_logger(*_REFUSALS_OF_ODOO)
    def test_no_page_that_a_customer_reaches_is_framed(self):
        message = self.complaint.message_post(
            body="Hello", message_type="comment", partner_ids=self.customer.ids
        )
        unfollow = urlsplit(
            self.complaint._notify_get_action_link("unfollow", pid=self.customer.id)
        )
        unfollow = f"{unfollow.path}?{unfollow.query}"
        rating = self.complaint._rating_get_access_token()
        paths = (
            unfollow,
            f"/mail/view?model=helpdesk.ticket&res_id={self.complaint.id}",
            f"/mail/message/{message.id}",
            f"/rate/{rating}/5",
            "/rate/x/5",
            "/web/login",
            "/web/signup",
            "/web/reset_password",
            *("/my", "/my/home", "/my/account", "/my/security", "/my/tickets"),
            *("/my/complaints", "/complaints/new", "/new/ticket"),
        )
        anybody = {f"/rate/{rating}/5", "/web/login", "/complaints/new"}
        signed_in = {"/my/home", "/my/account", "/my/tickets", "/my/complaints"}
        for user, reached in (
            (None, anybody),
            (self.portal_user, anybody | signed_in),
        ):
            self.as_user(user)
            for path in paths:
                answer = self.url_open(path)
                with self.subTest(path, user=user and user.login):
                    if path in reached:
                        self.assertEqual(answer.status_code, 200)
                        self.assertEqual(urlsplit(answer.url).path, path)
                    if answer.status_code < 400:
                        self.assertIn(
                            "frame-ancestors 'self'",
                            answer.headers.get("Content-Security-Policy", ""),
                        )

    @mute_logger(*_REFUSALS_OF_ODOO)
    def test_odoo_s_routes_for_contents_show_nothing_of_it(self):
        """Each field of a complaint, its parts and files, by who may not read them."""
        self.complaint.with_user(self.handler)._complaint_send_letters(
            "update", lambda some, way: ("News", "<p>Zanzibar</p>", "en_US"), "mail"
        )
        self.complaint.description = "<p>Zanzibar</p>"
        records = [
            self.complaint,
            self.complaint.complaint_letter_ids[:1],
            self.complaint.message_ids.filtered(lambda m: "Zanzibar" in m.body)[:1],
            self.env["ir.attachment"].create(
                {
                    "name": "Zanzibar.txt",
                    "raw": b"Zanzibar",
                    "res_model": self.complaint._name,
                    "res_id": self.complaint.id,
                }
            ),
        ]
        secrets = ("Zanzibar", self.token)
        for user in (None, self.stranger, self.handler):
            self.as_user(user)
            hidden = secrets[user == self.handler :]
            read = []
            for record in records:
                for name, field in record._fields.items():
                    if field.type not in ("char", "text", "html", "binary", "image"):
                        continue
                    for path in (
                        f"/web/{'image' if field.type == 'html' else 'content'}"
                        f"/{record._name}/{record.id}/{name}",
                        f"/web/content?model={record._name}&id={record.id}&field={name}"
                        f"&filename_field={name}&access_token={self.token}",
                    ):
                        answer = self.url_open(path)
                        told = f"{answer.text[:5000]}{answer.headers}"
                        read += [path] if "Zanzibar" in told else []
                        for secret in hidden:
                            self.assertNotIn(secret, told, path)
            for path in (
                f"/mail/message/{records[2].id}",
                f"/mail/avatar/mail.message/{records[2].id}/author_avatar/50x50",
            ):
                told = self.url_open(path, allow_redirects=False)
                for secret in hidden:
                    self.assertNotIn(secret, f"{told.text}{told.headers}", path)
            # they do show a file to whoever may read it
            self.assertEqual(bool(read), user == self.handler)

    def test_nobody_writes_stages_without_an_account(self):
        public = self.env.ref("base.public_user")
        stage = self.stages["solution"].with_user(public)
        self.assertTrue(stage.name)
        for name, field in stage._fields.items():
            if field.store and not field.readonly:
                with self.subTest(name), self.assertRaises(AccessError):
                    stage.write({name: False})

    # ---------------------------------------------------
    # Signed in, with a link
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_a_link_does_not_make_a_colleague_the_customer(self):
        self.offer("A voucher.")
        for user in (self.colleague, self.handler):
            with self.subTest(user.name):
                self.as_user(user)
                page = self.get(self.link())
                self.assertNotIn(self.path(act="reject"), self.actions(page))
        self.complaint.complaint_concerned_user_ids = self.outsider
        self.as_user(self.outsider)
        self.get(self.link(), 404)
        self.assertEqual(self.complaint.complaint_decision, "pending")

    def test_another_account_of_the_customer(self):
        self.as_user(self.stranger)
        self.offer("A voucher.")
        self.act_by_link("accept")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    @mute_logger(_REFUSALS)
    def test_a_colleague_does_not_learn_the_token(self):
        complaint = self.complaint.with_user(self.colleague)
        with self.assertRaises(AccessError):
            complaint.read(["access_token"])
        with self.assertRaises(AccessError):
            complaint.search([("access_token", "=like", f"{self.token[:5]}%")])
        self.assertNotIn(self.token, complaint.get_portal_url())
        self.assertIn(
            self.token, self.complaint.with_user(self.portal_user).get_portal_url()
        )
        self.as_user(self.colleague)
        page = self.get(self.path())
        self.assertNotIn(self.token, page.text)
        view = self.url_open(
            f"/mail/view?model=helpdesk.ticket&res_id={self.complaint.id}"
        )
        self.assertEqual(view.status_code, 200)
        self.assertNotIn(self.token, view.url + view.text)
        self.assertIn(self.complaint.number, view.text)

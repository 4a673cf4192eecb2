"""Customer page: who sees and does what, in which words, and what is recorded."""

from datetime import date, timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TEXT, ComplaintPortalCommon, huge_photo

_REFUSALS = "odoo.http"
_ACTS = ("write", "accept", "reject", "withdraw", "second_look", "rate")


@tagged("post_install", "-at_install")
class TestComplaintPages(ComplaintPortalCommon):
    def standing(self, complaint=None):
        """Return the text at the top of the page."""
        page = self.tree(self.get(self.path(complaint)))
        return " ".join(page.xpath("//header[h1]")[0].text_content().split())

    def shown(self, complaint=None):
        return self.read_text(self.get(self.path(complaint)))

    # ---------------------------------------------------
    # Who sees it
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_who_reaches_a_complaint_by_account(self):
        self.complaint.complaint_concerned_user_ids = self.user_employee
        handler_who_is_concerned = self.outsider
        self.complaint.complaint_concerned_user_ids += handler_who_is_concerned
        for user, status in (
            (None, 404),
            (self.portal_user, 200),
            (self.colleague, 200),
            (self.stranger, 404),
            (self.handler, 200),
            (self.manager, 200),
            (self.user_employee, 404),
            (handler_who_is_concerned, 404),
            (self.handler_b, 404),
        ):
            with self.subTest(user and user.name):
                self.as_user(user)
                self.get(self.path(), status)
                for act in _ACTS:
                    answer = self.send(self.path(act=act), {"words": "Mine!"})
                    self.assertIn(
                        answer.status_code, (400, 403) if status == 200 else (404,)
                    )
        self.assertEqual(self.complaint.complaint_phase, "reception")
        self.assertFalse(self.complaint._complaint_shown_messages())

    @mute_logger(_REFUSALS)
    def test_what_is_not_theirs_is_as_if_it_did_not_exist(self):
        self.as_user(self.stranger)
        hidden = self.get(self.path(), 404)
        missing = self.get(f"/my/complaints/{2**31 - 1}", 404)
        self.assertEqual(self.read_text(hidden), self.read_text(missing))
        self.assertNotIn(self.complaint.number, hidden.text)
        for path in (
            f"/my/complaints/{'9' * 30}",
            "/my/complaints/abc",
            "/my/complaints/-1",
        ):
            self.get(path, 404)

    @mute_logger(_REFUSALS)
    def test_wrong_parameters_are_no_errors_of_the_server(self):
        self.as_user(self.portal_user)
        self.offer("A voucher.")
        page = self.get(self.path())
        for act, values in (
            ("accept", {"choice": "abc"}),
            ("accept", {"choice": "-1"}),
            ("accept", {"choice": "9" * 5000}),
            ("accept", {"form_key": ""}),
            ("accept", {"form_key": "a.b.c"}),
            ("reject", {"words": "x" * 20_001}),
            ("write", {"words": "x" * 20_001}),
            ("withdraw", {"csrf_token": ""}),
        ):
            with self.subTest((act, str(values)[:40])):
                self.act(act, page, 400, **values)
        for act in ("rate", "steal", "_complaint_accept", "documents"):
            values = self.form_values(page, self.path(act="accept"))
            answer = self.send(self.path(act=act), values)
            self.assertIn(answer.status_code, (400, 404, 405))
        for name in ("words", "choice", "access_token", "form_key", "offer_key"):
            with self.subTest(name):
                values = self.form_values(page, self.path(act="accept"))
                values.pop(name, None)
                answer = self.url_open(
                    self.path(act="accept"),
                    data=values,
                    files={name: ("file", b"a", TEXT)},
                    allow_redirects=False,
                )
                self.assertIn(answer.status_code, (400, 409))
        huge = self.send(self.path(act="write"), {"words": "x" * 10_500_000})
        self.assertIn(huge.status_code, (400, 413))
        self.assertEqual(self.complaint.complaint_decision, "pending")

    def test_nothing_changes_by_looking(self):
        self.offer("A voucher.")
        self.as_user(self.portal_user)
        for act in _ACTS:
            self.get(self.path(act=act), 405)
        self.assertEqual(self.complaint.complaint_decision, "pending")

    @mute_logger(_REFUSALS)
    def test_what_was_typed_survives_a_session_that_ended(self):
        self.as_user(self.portal_user)
        answer = self.act("write", status=400, csrf_token="", words="My <b>words</b>")
        again = self.form_values(answer, self.path(act="write"))
        self.assertEqual(again["words"].strip(), "My <b>words</b>")
        self.send(self.path(act="write"), again, status=303)
        self.assertIn("My <b>words</b>", self.shown())

    # ---------------------------------------------------
    # What is internal
    # ---------------------------------------------------

    def test_what_is_internal_is_nowhere(self):
        secret = "Sealed words"
        cause = self.env["complaint.cause"].create({"name": secret})
        self.move(self.complaint, "calming")
        self.complaint.write(
            {
                "complaint_severity": "critical",
                "complaint_cause_id": cause.id,
                "complaint_evidence": secret,
                "complaint_findings": secret,
                "complaint_reason": secret,
                "complaint_corrective_action": secret,
                "complaint_concerned_user_ids": [Command.set(self.outsider.ids)],
                "complaint_event_ids": [Command.create({"name": secret})],
                "complaint_document_ids": [
                    Command.create({"name": secret, "raw": b"x"})
                ],
            }
        )
        remedies = self.offer("A voucher.")
        remedies.cost = 123456
        self.env["complaint.remedy"].create(
            {
                "ticket_id": self.complaint.id,
                "type_id": self.remedy_type.id,
                "description": secret,
            }
        )
        complaint = self.complaint.with_user(self.handler)
        complaint.message_post(
            body=secret,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[(secret, b"x")],
        )
        complaint.message_post(
            body=secret,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            is_internal=True,
        )
        self.env["ir.attachment"].create(
            {
                "name": secret,
                "raw": b"x",
                "res_model": complaint._name,
                "res_id": complaint.id,
            }
        )
        for user in (self.portal_user, self.colleague):
            with self.subTest(user.name):
                self.as_user(user)
                page = self.get(self.path())
                for words in (secret, "123456", "ritical", self.outsider.name):
                    self.assertNotIn(words, page.text)

    def test_what_customers_read_over_rpc(self):
        """Whoever adds a field decides whether customers may read it."""
        ticket = self.complaint.with_user(self.colleague)
        readable = {
            name for name in ticket.fields_get() if name.startswith("complaint_")
        }
        self.assertEqual(
            readable,
            {
                "complaint_acknowledged_at",
                "complaint_acknowledged_by",
                "complaint_amount_claimed",
                "complaint_body_address",
                "complaint_body_id",
                # the names of those that they choose from
                "complaint_category_ids",
                "complaint_answer_by",
                "complaint_currency_id",
                "complaint_decided_at",
                "complaint_decision",
                "complaint_decision_words",
                "complaint_email_from",
                "complaint_email_to",
                "complaint_escalated_at",
                "complaint_escalated_count",
                "complaint_follow_up_at",
                "complaint_former_number",
                "complaint_greeting_name",
                "complaint_incident_date",
                "complaint_incident_place",
                "complaint_is_listening",
                "complaint_is_open",
                "complaint_kind",
                "complaint_leader_id",
                "complaint_letter_date",
                "complaint_merged_numbers",
                "complaint_level",
                "complaint_phase",
                "complaint_phone",
                "complaint_promised_at",
                "complaint_received_at",
                "complaint_referred_at",
                "complaint_remedy_sought",
                "complaint_reopened_at",
                "complaint_reopened_count",
                "complaint_resolved_at",
                "complaint_responsible_id",
                "complaint_review_requested_at",
                "complaint_review_open",
                "complaint_tz",
                "complaint_urgency",
            },
        )
        self.assertNotIn("access_token", ticket.fields_get())
        for model in ("complaint.remedy", "complaint.event", "complaint.cause"):
            self.assertFalse(
                self.env[model].with_user(self.colleague).has_access("read")
            )

    @mute_logger(_REFUSALS)
    def test_documents_of_the_correspondence_alone(self):
        complaint = self.complaint.with_user(self.handler)
        bill, note = (
            complaint.message_post(
                body="See there.",
                message_type="comment",
                subtype_xmlid=subtype,
                attachments=[(f"{subtype}.html", b"<script>alert(1)</script>")],
            ).attachment_ids
            for subtype in ("mail.mt_comment", "mail.mt_note")
        )
        other = self.create_complaint(partner_id=self.stranger.partner_id.id)
        theirs = (
            other.with_user(self.handler)
            .message_post(
                body="Bill",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachments=[("bill", b"x")],
            )
            .attachment_ids
        )
        self.as_user(self.portal_user)
        document = self.get(f"{self.path()}/documents/{bill.id}")
        self.assertIn("attachment", document.headers["Content-Disposition"])
        self.assertEqual(document.headers["X-Content-Type-Options"], "nosniff")
        for some in (note, theirs):
            self.get(f"{self.path()}/documents/{some.id}", 404)
        self.get(f"{self.path(other)}/documents/{theirs.id}", 404)
        self.get(f"{self.path()}/documents/{'9' * 30}", 404)
        self.as_user(self.stranger)
        self.get(f"{self.path()}/documents/{bill.id}", 404)

    # ---------------------------------------------------
    # In plain words
    # ---------------------------------------------------

    def test_where_it_stands_in_plain_words(self):
        self.as_user(self.portal_user)
        said = {}
        for phase in ("reception", "hearing", "calming", "solution", "agreement"):
            if phase != "reception":
                self.move(self.complaint, phase)
            said[phase] = self.standing()
        self.resolve()
        said["follow_up"] = self.standing()
        self.move(self.complaint, "closed")
        said["closed"] = self.standing()
        withdrawn = self.create_complaint(partner_id=self.customer.id)
        withdrawn.action_complaint_withdraw()
        said["withdrawn"] = self.standing(withdrawn)
        for phase, words in said.items():
            with self.subTest(phase):
                self.assertIn("What you need to do:", words)
                for jargon in ("ticket", "stage", "sla", "phase", "case", phase):
                    self.assertNotRegex(words.lower(), rf"\b{jargon}\b")
        self.assertEqual(len(set(said.values())), len(said) - 1)  # two phases alike
        self.assertNotRegex(self.shown().lower(), r"\b(ticket|stage|sla)\b")

    def test_by_when_in_the_complaints_own_time_zone(self):
        """A late evening in one zone is another day in UTC."""
        self.as_user(self.portal_user)
        self.assertEqual(self.complaint.complaint_promised_at.date(), date(2026, 3, 16))
        self.assertIn("You will have our answer by 16 March 2026.", self.standing())
        milestone = self.complaint.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "resolve"
        )
        milestone.deadline = "2026-03-16 23:30:00"
        self.assertIn("by 17 March 2026.", self.standing())

    def test_being_late_is_owned_up_to(self):
        self.complaint.complaint_received_at = "2026-01-05 09:00:00"
        self.as_user(self.portal_user)
        self.assertIn(
            "Our answer was due on 19 January 2026. We are sorry that it is late.",
            self.standing(),
        )

    def write_letter(self, kind, body):
        return self.complaint.with_user(self.handler)._complaint_send_letter(
            kind, "Broken on arrival", Markup(body), "en_US", "mail"
        )

    def test_what_we_asked_for_is_expected_until_they_answer(self):
        self.write_letter("update", "<p>The dairy looks into it.</p>")
        self.as_user(self.portal_user)
        self.assertIn("need to do: Nothing", self.standing())
        self.write_letter("information", "<p>Which number is on the bill?</p>")
        standing = self.standing()
        self.assertIn("We have a question for you", standing)
        self.assertIn("our letter of 2 March 2026", standing)
        self.assertIn("You will have our answer by", standing)
        self.assertIn("Which number is on the bill?", self.shown())
        self.assertIn("Please reply", self.read_text(self.get("/my/complaints")))
        self.frozen.tick(timedelta(minutes=5))
        self.act("write", words="4711")
        self.assertIn("need to do: Nothing", self.standing())

    def test_a_colleague_does_not_get_the_link_out_of_a_letter(self):
        link = self.link()
        self.write_letter("update", f"<p>See <a href='{link}'>here</a>.</p>")
        token = self.complaint.access_token
        self.as_user(self.colleague)
        page = self.get(self.path())
        self.assertIn(self.path(), page.text)
        self.assertNotIn(token, page.text)
        self.as_user(None)
        self.assertNotIn(token, self.get(link).text)

    def test_our_answer_once_it_is_given(self):
        self.as_user(self.portal_user)
        self.resolve()
        shown = self.shown()
        self.assertIn("You are right.", shown)
        self.assertIn("The seal was broken.", shown)
        self.complaint.action_complaint_reopen()
        self.assertNotIn("The seal was broken.", self.shown())

    # ---------------------------------------------------
    # The list
    # ---------------------------------------------------

    def test_his_list(self):
        theirs = self.create_complaint(partner_id=self.stranger.partner_id.id)
        self.offer("A voucher.")
        ticket = self.create_ticket(partner_id=self.customer.id)
        self.as_user(self.portal_user)
        shown = self.read_text(self.get("/my/complaints"))
        self.assertIn(self.complaint.number, shown)
        self.assertIn("Please reply", shown)
        self.assertNotIn(theirs.number, shown)
        self.assertNotIn(ticket.number, shown)
        self.assertNotRegex(shown.lower(), r"\b(ticket|stage|sla)\b")
        self.assertIn("/my/complaints", self.get("/my/home").text)
        self.get(f"/my/complaints/page/{'9' * 30}")
        self.as_user(None)
        self.assertIn("/web/login", self.get("/my/complaints", 303).headers["Location"])

    def test_his_tickets_are_in_a_list_of_their_own(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        self.as_user(self.portal_user)
        page = self.get("/my/tickets")
        self.assertIn(ticket.number, self.read_text(page))
        self.assertNotIn(self.complaint.number, page.text)
        self.assertNotIn(f"filterby={self.stages['hearing'].id}", page.text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["ticket_count"]}
        )
        self.assertEqual(counters["ticket_count"], 1)
        self.get(f"/my/ticket/{ticket.id}")

    @mute_logger(_REFUSALS)
    def test_old_links_lead_to_the_right_page(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        self.as_user(self.portal_user)
        for path, expected in (
            (f"/my/ticket/{self.complaint.id}", self.path()),
            (self.path(ticket), f"/my/ticket/{ticket.id}"),
        ):
            location = self.get(path, 303).headers["Location"]
            self.assertTrue(location.endswith(expected), location)
        self.as_user(None)
        token = self.complaint._portal_ensure_token()
        location = self.get(f"/my/ticket/{self.complaint.id}/{token}", 303).headers[
            "Location"
        ]
        self.assertTrue(location.endswith(self.path()), location)
        self.assertIn(self.complaint.number, self.get(location).text)
        token = ticket._portal_ensure_token()
        location = self.get(f"{self.path(ticket)}?access_token={token}", 303).headers[
            "Location"
        ]
        self.assertTrue(location.endswith(f"/my/ticket/{ticket.id}/{token}"), location)
        self.get(self.path(ticket), 404)

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    def test_what_they_write_reaches_the_handler(self):
        self.complaint.message_unsubscribe(self.handler.partner_id.ids)
        self.as_user(self.portal_user)
        self.act("write", words="<b>Still</b> open.", files=[("p.txt", b"p", TEXT)])
        message = self.complaint._complaint_shown_messages()
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("&lt;b&gt;Still", message.body)
        self.assertEqual(message.attachment_ids.raw, b"p")
        self.assertIn(self.handler.partner_id, message.notified_partner_ids)
        # the customer wrote, not we
        self.assertFalse(self.complaint.complaint_responded_at)
        shown = self.get(self.path())
        self.assertIn("<b>Still</b> open.", self.read_text(shown))
        self.assertIn("p.txt", shown.text)

    def test_a_colleague_writes_in_their_own_name_and_decides_nothing(self):
        remedies = self.offer("A voucher.")
        self.as_user(self.portal_user)
        page = self.get(self.path())
        forms = {
            self.path(act=act) for act in ("write", "accept", "reject", "withdraw")
        }
        self.assertEqual(self.actions(page), forms)

        self.as_user(self.colleague)
        page = self.get(self.path())
        self.assertEqual(self.actions(page), {self.path(act="write")})
        self.act("write", words="I was there.")
        message = self.complaint._complaint_shown_messages()
        self.assertEqual(message.author_id, self.colleague.partner_id)
        values = self.form_values(page, self.path(act="write"))
        for act in ("accept", "reject", "withdraw", "second_look", "rate"):
            with self.subTest(act):
                self.send(self.path(act=act), {**values, "rating": "5"}, status=403)
        self.assertEqual(remedies.state, "proposed")
        self.assertEqual(self.complaint.complaint_phase, "solution")

    def test_staff_see_what_they_see_and_do_nothing_there(self):
        self.offer("A voucher.")
        self.as_user(self.handler)
        page = self.get(self.path())
        self.assertIn("member of staff", self.read_text(page))
        values = {
            "csrf_token": Request.csrf_token(self),
            "form_key": self.env["complaint.form.key"]._sign(),
        }
        for act in _ACTS:
            self.send(self.path(act=act), {**values, "words": "Mine"}, status=403)
        self.assertEqual(self.complaint.complaint_decision, "pending")
        self.assertFalse(self.complaint._complaint_shown_messages())

    def test_whoever_belongs_to_a_company_speaks_for_it(self):
        self.complaint.partner_id = self.customer_company
        self.offer("A voucher.")
        self.as_user(self.colleague)
        self.act("accept")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_sent_twice_stands_once(self):
        self.as_user(self.portal_user)
        page = self.get(self.path())
        for _click in range(2):
            self.act("write", page, words="Open.")
        self.assertEqual(len(self.complaint._complaint_shown_messages()), 1)
        # going back, and adding to it
        self.act("write", page, words="Open. And wet.")
        self.assertEqual(len(self.complaint._complaint_shown_messages()), 2)

    @mute_logger(_REFUSALS)
    def test_what_they_write_is_limited_and_kept(self):
        self.as_user(self.portal_user)
        self.act("write", status=400, words=" ")
        for number in range(20):
            self.act("write", words=f"Message {number}")
        bill = ("bill.txt", b"9 euro", TEXT)
        answer = self.act("write", status=429, files=[bill], words="One too many")
        values = self.form_values(answer, self.path(act="write"))
        self.assertEqual(values["words"].strip(), "One too many")
        # an hour later, the file is still there
        self.frozen.tick(timedelta(hours=2))
        self.send(self.path(act="write"), values, status=303)
        message = self.complaint._complaint_shown_messages()[0]
        self.assertEqual(message.attachment_ids.mapped("raw"), [b"9 euro"])
        answer = self.act(
            "write",
            status=400,
            words="See there",
            files=[("run.exe", b"MZ", TEXT)],
        )
        values = self.form_values(answer, self.path(act="write"))
        self.assertEqual(values["words"].strip(), "See there")
        self.assertIn("run.exe", self.read_text(answer))

    def test_what_they_write_after_the_answer_is_looked_at(self):
        self.as_user(self.portal_user)
        self.resolve()
        self.act("write", words="It is open again.")
        self.assertEqual(self.complaint.complaint_phase, "follow_up")
        self.assertIn(
            "The customer wrote again", self.complaint.activity_ids.mapped("summary")
        )

    def test_what_they_write_after_the_end_opens_it_again(self):
        self.as_user(self.portal_user)
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=29))
        self.act("write", words="It is open again.")
        self.assertEqual(self.complaint.complaint_phase, "hearing")
        self.assertEqual(self.complaint.complaint_reopened_count, 1)

    def test_what_they_write_long_after_the_end_begins_a_new_one(self):
        self.as_user(self.portal_user)
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=31))
        answer = self.act("write", words="Open again.", files=[("p.txt", b"p", TEXT)])
        again = self.Ticket.search([("complaint_repeat_of_id", "=", self.complaint.id)])
        self.assertIn(self.path(again), answer.headers["Location"])
        self.assertEqual(self.complaint.complaint_phase, "closed")
        self.assertEqual(again.partner_id, self.customer)
        self.assertIn("Open again.", again.description)
        self.assertEqual(again.team_id, self.team)
        self.assertTrue(again.complaint_acknowledged_at)
        shown = self.get(self.path(again))
        self.assertIn("p.txt", shown.text)

    def test_what_fails_beside_it_loses_no_words(self):
        self.as_user(self.portal_user)
        self.resolve()
        with patch.object(
            self.registry["helpdesk.ticket"],
            "_complaint_answer_came",
            side_effect=ValueError("Broken"),
        ):
            self.act("write", words="It is open again.")
        self.assertIn("It is open again.", self.shown())

    def test_a_photo_of_200_megapixels_is_kept_as_it_was_sent(self):
        photo = huge_photo()
        self.as_user(self.portal_user)
        self.act("write", words="See there.", files=[("p.png", photo, "image/png")])
        message = self.complaint._complaint_shown_messages()
        self.assertIn("See there.", message.body)
        self.assertEqual(message.attachment_ids.raw, photo)
        self.as_user(None)
        uploaded = self.url_open(
            "/mail/attachment/upload",
            data={
                "thread_id": self.complaint.id,
                "thread_model": "helpdesk.ticket",
                "token": self.complaint._portal_ensure_token(),
                "csrf_token": Request.csrf_token(self),
            },
            files={"ufile": ("p.png", photo, "image/png")},
        ).json()
        kept = self.env["ir.attachment"].browse(uploaded["data"]["attachment_id"])
        self.assertEqual(kept.raw, photo)

    def test_an_empty_file_is_named_and_the_words_are_kept(self):
        self.as_user(self.portal_user)
        files = [("bill.txt", b"w", TEXT), ("empty.pdf", b"", TEXT)]
        answer = self.act("write", status=400, words="See there.", files=files)
        text = self.read_text(answer)
        self.assertIn("empty.pdf is empty. Please choose it again.", text)
        self.assertIn("See there.", text)
        self.assertNotIn("See there.", str(self.complaint.message_ids.mapped("body")))
        uploaded = self.url_open(
            "/mail/attachment/upload",
            data={
                "thread_id": self.complaint.id,
                "thread_model": "helpdesk.ticket",
                "token": self.complaint._portal_ensure_token(),
                "csrf_token": Request.csrf_token(self),
            },
            files={"ufile": ("empty.pdf", b"", "application/pdf")},
        ).json()
        self.assertIn("empty.pdf is empty", uploaded["error"])

    def test_a_file_that_fails_loses_no_words_and_is_named(self):
        create = self.registry["ir.attachment"].create

        def fail(attachments, values):
            if "broken" in str(values):
                raise ValueError("Broken")
            return create(attachments, values)

        files = [("broken.txt", b"b", TEXT), ("whole.txt", b"w", TEXT)]
        self.as_user(self.portal_user)
        with patch.object(self.registry["ir.attachment"], "create", fail):
            self.act("write", words="See there.", files=files)
        message = self.complaint._complaint_shown_messages()
        self.assertIn("See there.", message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["whole.txt"])
        text = self.read_text(self.get(self.path()))
        self.assertIn("We could not accept these files: broken.txt.", text)

        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=60))
        with patch.object(self.registry["ir.attachment"], "create", fail):
            answer = self.act("write", words="Again.", files=files)
        text = self.read_text(self.get(answer.headers["Location"]))
        self.assertIn("We could not accept these files: broken.txt.", text)

    # ---------------------------------------------------
    # Deciding
    # ---------------------------------------------------

    def test_he_accepts(self):
        remedies = self.offer("A voucher.", "A call.")
        self.as_user(self.portal_user)
        page = self.get(self.path())
        answer = self.act("accept", page)
        self.assertIn(self.path(), answer.headers["Location"])
        self.assertEqual(set(remedies.mapped("state")), {"accepted"})
        self.assertEqual(self.complaint.complaint_phase, "agreement")
        self.assertEqual(self.complaint.complaint_decision, "accepted")
        done = self.read_text(self.get(answer.headers["Location"]))
        self.assertIn("Thank you for accepting.", done)
        self.assertIn("By 12 March 2026", done)
        confirmation, message = self.complaint._complaint_shown_messages()
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("This is what we agreed", confirmation.body)
        # sent again, by a double tap or "back"
        self.act("accept", page)
        self.assertEqual(len(self.complaint._complaint_shown_messages()), 2)

    def test_he_chooses(self):
        remedies = self.offer("A voucher.", "A new one.", alternative=True)
        self.as_user(self.portal_user)
        for choice in ("", str(self.offer_of_another().id), "1,2,3"):
            with self.subTest(choice):
                answer = self.act("accept", status=400, choice=choice)
                self.assertNotIn("you get as well", self.read_text(answer))
                self.assertIn(
                    "Please choose one of the options first.", self.read_text(answer)
                )
        self.act("accept", choice=str(remedies[1].id))
        self.assertEqual(remedies.mapped("state"), ["rejected", "accepted"])

    def test_he_chooses_after_our_answer(self):
        remedies = self.offer("A voucher.", "A new one.", alternative=True)
        self.complaint.complaint_outcome = "upheld"
        self.complaint._complaint_resolve_by_letter()
        self.as_user(self.portal_user)
        self.assertIn("Please decide by 12 March 2026.", self.standing())
        self.act("accept", choice=str(remedies[0].id))
        self.assertEqual(self.complaint.complaint_phase, "follow_up")
        self.assertIn("You have our answer", self.standing())

    def offer_of_another(self):
        other = self.create_complaint(partner_id=self.stranger.partner_id.id)
        return self.offer("Theirs.", complaint=other, alternative=True)

    def test_he_turns_it_down(self):
        remedies = self.offer("A voucher.")
        self.as_user(self.portal_user)
        page = self.get(self.path())
        for _click in range(2):
            self.act("reject", page, words="I want <b>money</b>.")
        self.assertEqual(remedies.state, "rejected")
        self.assertEqual(self.complaint.complaint_phase, "solution")
        self.assertEqual(
            self.complaint.complaint_decision_words, "I want <b>money</b>."
        )
        self.assertIn("I want <b>money</b>.", self.shown())
        self.assertIn("a better solution", self.standing())

    def test_an_offer_that_changed_meanwhile_is_shown_again(self):
        remedies = self.offer("A voucher.", "A new one.", alternative=True)
        self.as_user(self.portal_user)

        def take_back_and_change():
            remedies[0].action_withdraw_offer()
            remedies[0].description = "A smaller voucher."
            self.complaint._complaint_propose()

        for change in (
            lambda: self.offer("One more.", alternative=True),
            lambda: remedies[1].action_withdraw_offer(),
            take_back_and_change,
        ):
            page = self.get(self.path())
            change()
            for act in ("accept", "reject"):
                answer = self.act(
                    act, page, 409, choice=str(remedies[0].id), words="My words"
                )
                self.assertIn(
                    "The offer has changed in the meantime", self.read_text(answer)
                )
                reject = self.form_values(answer, self.path(act="reject"))
                self.assertEqual(reject["words"].strip(), "My words")
        self.assertEqual(self.complaint.complaint_decision, "pending")
        page = self.get(self.path())
        for remedy in self.complaint._complaint_offer():
            remedy.action_withdraw_offer()
        answer = self.act("accept", page, 409, choice=str(remedies[0].id))
        self.assertIn("The offer has changed in the meantime", self.read_text(answer))

    def test_he_takes_it_back(self):
        self.as_user(self.portal_user)
        page = self.get(self.path())
        for _click in range(2):
            self.act("withdraw", page, words="Settled <i>otherwise</i>.")
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")
        self.assertEqual(self.complaint.complaint_outcome, "withdrawn")
        message = self.complaint._complaint_shown_messages()
        self.assertEqual(len(message), 1)
        self.assertIn("Settled &lt;i&gt;otherwise", message.body)
        self.assertIn(self.handler.partner_id, message.notified_partner_ids)
        self.assertNotIn(self.path(act="withdraw"), self.actions(self.get(self.path())))

    def test_what_is_settled_is_not_taken_back(self):
        self.as_user(self.portal_user)
        page = self.get(self.path())
        self.resolve()
        self.act("withdraw", page, 409)
        self.assertEqual(self.complaint.complaint_phase, "follow_up")

    # ---------------------------------------------------
    # Review
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_they_ask_for_a_second_look_once_they_have_an_answer(self):
        self.as_user(self.portal_user)
        early = self.form_values(self.get(self.path()), self.path(act="write"))
        self.send(self.path(act="second_look"), early, status=409)
        self.offer("A voucher.")
        page = self.get(self.path())
        self.assertNotIn(self.path(act="second_look"), self.actions(page))
        self.act("reject", words="Too little.")
        page = self.get(self.path())
        for _click in range(2):
            answer = self.act("second_look", page, words="See <b>again</b>.")
        self.assertTrue(self.complaint.complaint_review_open)
        self.assertFalse(self.complaint.user_id)
        self.assertIn(
            "will review it", self.read_text(self.get(answer.headers["Location"]))
        )
        self.assertIn("Someone else will review your complaint", self.standing())
        notes = self.complaint.message_ids.filtered(
            lambda message: "See &lt;b&gt;again" in message.body
        )
        self.assertEqual(len(notes), 1)
        self.assertEqual(notes.author_id, self.customer)
        self.complaint.with_user(self.leader)._complaint_escalate(self.manager)
        standing = self.standing()
        self.assertIn("Someone else is reviewing your complaint", standing)
        self.assertIn(self.manager.name, standing)

    # ---------------------------------------------------
    # Merged
    # ---------------------------------------------------

    def merge(self, other):
        """Merge the complaint into another one."""
        self.complaint.write({"active": False, "duplicate_id": other.id})

    def test_what_was_merged_leads_to_what_it_became(self):
        other = self.create_complaint(partner_id=self.customer.id)
        self.merge(other)
        self.as_user(self.portal_user)
        location = self.get(self.path(), 303).headers["Location"]
        self.assertTrue(location.endswith(self.path(other)), location)

    def test_the_link_of_what_was_merged_opens_nothing_else(self):
        """An impostor whose complaint is merged sees nothing of the real customer's."""
        other = self.create_complaint(partner_id=self.customer.id).sudo()
        self.merge(other)
        self.as_user(None)
        page = self.get(self.link())
        self.assertIn(f"together with {other.number}", self.read_text(page))
        self.assertNotIn(other._portal_ensure_token(), page.text)
        self.assertEqual(self.actions(page), {self.path(act="write")})
        values = self.form_values(page, self.path(act="write"))
        self.send(self.path(act="withdraw"), values, status=409)
        self.send(self.path(act="write"), {**values, "words": "Wet, too."}, status=303)
        message = other._complaint_shown_messages()
        self.assertIn("Wet, too.", message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertNotIn("Wet, too.", self.get(self.link()).text)

    def test_what_was_merged_with_somebody_elses_stays_their_own(self):
        other = self.create_complaint(partner_id=self.stranger.partner_id.id)
        self.merge(other)
        self.as_user(self.portal_user)
        page = self.get(self.path())
        self.assertIn("together with another complaint", self.read_text(page))
        self.assertNotIn(other.number, page.text)

    # ---------------------------------------------------
    # Rating
    # ---------------------------------------------------

    def ratings(self):
        return self.env["rating.rating"].search(
            [
                ("res_model", "=", self.complaint._name),
                ("res_id", "=", self.complaint.id),
                ("consumed", "=", True),
            ]
        )

    @mute_logger(_REFUSALS)
    def test_they_rate_once_it_is_settled_and_change_their_mind(self):
        self.as_user(self.portal_user)
        early = self.form_values(self.get(self.path()), self.path(act="write"))
        self.send(self.path(act="rate"), {**early, "rating": "5"}, status=409)
        self.resolve()
        page = self.get(self.path())
        for rating in ("", "0", "2", "6", "5.0", "abc"):
            self.act("rate", page, 400, rating=rating)
        self.assertFalse(self.ratings())
        self.act("rate", page, rating="5", words="Well <b>done</b>.")
        self.assertEqual(self.ratings().rating, 5)
        self.assertEqual(self.complaint.rating_last_value, 5)
        self.assertIn("Well <b>done</b>.", self.shown())
        again = self.form_values(self.get(self.path()), self.path(act="rate"))
        self.assertEqual(again["rating"], "5")
        self.act("rate", rating="1", words="It broke again.")
        self.assertEqual(self.ratings().sorted("id").mapped("rating"), [5, 1])
        again = self.form_values(self.get(self.path()), self.path(act="rate"))
        self.assertEqual((again["rating"], again["words"]), ("1", "It broke again."))
        self.assertIn(
            "not satisfied", " ".join(self.complaint.activity_ids.mapped("summary"))
        )

    def test_ratings_are_read_by_readers_of_the_complaint(self):
        self.resolve()
        self.complaint._complaint_rate(3, "So so.")
        rating = self.ratings()
        ordinary = self.create_ticket(partner_id=self.customer.id).sudo()
        token = ordinary._rating_get_access_token()
        ordinary.rating_apply(5, token=token)
        Rating = self.env["rating.rating"]
        self.complaint.complaint_concerned_user_ids = self.outsider
        for user, reads in (
            (self.handler, True),
            (self.manager, True),
            (self.user_employee, False),
            (self.outsider, False),
            (self.handler_b, False),
        ):
            with self.subTest(user.name):
                domain = [("res_model", "=", self.complaint._name)]
                found = Rating.with_user(user).search(domain)
                self.assertEqual(rating in found, reads)
                self.assertEqual(rating.with_user(user).has_access("read"), reads)
                self.assertTrue(ordinary.rating_ids <= found)
                self.assertTrue(ordinary.rating_ids.with_user(user).has_access("read"))

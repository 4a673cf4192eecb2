"""What comes back: reports on our mail, and machines that answer it."""

from datetime import timedelta

from odoo.tests import tagged

from .common import ComplaintMailCommon

PETER = "peter@novak.example"


class ReportsCommon(ComplaintMailCommon):
    """A stranger's complaint, acknowledged; Hanna handles it."""

    def setUp(self):
        super().setUp()
        self.complaint = self.receive()
        self.complaint.user_id = self.handler
        self.sent = self.the_acknowledgement()

    def notification(self, complaint=None):
        """Return what is noted of the way of the acknowledgement."""
        mail = (complaint or self.complaint)._complaint_acknowledgement_mails()[:1]
        return mail.mail_message_id.notification_ids

    def come_back(self, raw, complaint=None):
        """Let a report come in that is noted on the complaint; return the message."""
        with self.nothing_sent(), self.no_new_ticket():
            ticket = self.receive(raw)
        complaint = complaint or self.complaint
        self.assertEqual(ticket, complaint)
        message = self.newest(complaint)
        self.assertNote(message)
        self.assertEqual(self.entry().outcome, "note")
        self.assertEqual(self.entry().ticket_id, complaint)
        return message

    def assertCameBack(self, complaint=None):
        """Fail unless the acknowledgement counts as not delivered."""
        complaint = complaint or self.complaint
        self.assertNotAcknowledged(complaint)
        self.assertIn("was returned", complaint.complaint_acknowledge_note)
        warning = self.warnings(complaint)
        self.assertEqual(len(warning), 1)
        self.assertEqual(warning.user_id, complaint.team_id.user_id)
        self.assertEqual(self.notification(complaint).notification_status, "bounce")
        self.assertEqual(self.notification(complaint).failure_type, "mail_bounce")

    def assertNotedOnly(self, complaint=None):
        """Fail unless nothing but a note came of a report."""
        complaint = complaint or self.complaint
        self.assertAcknowledged(complaint)
        self.assertFalse(complaint.sudo().activity_ids)
        self.assertEqual(self.notification(complaint).notification_status, "sent")

    def assertLetGo(self, raw):
        """Fail unless a report makes nothing, but is counted."""
        with self.nothing_sent(), self.no_new_ticket():
            self.assertFalse(self.receive(raw))
        self.assertEqual(self.entry().outcome, "let_go")
        self.assertFalse(self.entry().ticket_id)

    def assertLeftToOdoo(self, raw):
        """Fail unless our gateway has nothing to do with a mail."""
        before = self.entry()
        with self.no_new_ticket():
            self.assertFalse(self.receive(raw))
        self.assertEqual(self.entry(), before)

    @classmethod
    def text_bounce(cls, body, **headers):
        return cls.mail(
            body,
            **{
                "From": "MAILER-DAEMON@mx.novak.example",
                "Return_Path": "<>",
                "Subject": "failure notice",
                **headers,
            },
        )


@tagged("post_install", "-at_install")
class TestAcknowledgementComesBack(ReportsCommon):
    def test_bounce_takes_the_acknowledgement_back(self):
        self.come_back(self.bounce(self.sent))
        self.assertCameBack()
        self.assertIn("no such mailbox", self.complaint.complaint_acknowledge_note)
        self.assertIn("5.1.1", self.complaint.complaint_acknowledge_note)
        self.assertEqual(self.complaint.complaint_phase, "reception")

    def test_bounce_to_the_general_bounce_address_is_found_as_well(self):
        self.come_back(self.bounce(self.sent, To=self.mail_alias_domain.bounce_email))
        self.assertCameBack()

    def test_bounce_to_another_desk_stands_where_it_belongs(self):
        self.come_back(self.bounce(self.sent, To=self.team_b.alias_email))
        self.assertCameBack()

    def test_what_comes_back_is_passed_on_to_no_other_address(self):
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "contacts",
                "alias_domain_id": self.mail_alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        to = f"{self.team.alias_email}, {alias.alias_full_name}"
        before = self.env["res.partner"].search_count([])
        self.come_back(self.bounce(self.sent, To=to))
        self.come_back(f"Delivered-To: {to}\n".encode() + self.sent.as_bytes())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_bounce_that_comes_again_or_twice_tells_the_leader_once(self):
        self.come_back(self.bounce(self.sent))
        self.come_back(self.bounce(self.sent))
        self.assertCameBack()

    def test_bounce_in_qmail_s_words(self):
        self.come_back(
            self.text_bounce(
                f"""\
Hi. This is the qmail-send program at mx.novak.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{PETER}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bounce@test.mycompany.com>
Message-Id: {self.sent["Message-Id"]}
Subject: Thank you
"""
            )
        )
        self.assertCameBack()

    def test_bounce_in_exim_s_words(self):
        self.come_back(
            self.text_bounce(
                f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {PETER}
    host mx.novak.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{PETER}>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Return-path: <bounce@test.mycompany.com>
Message-Id: {self.sent["Message-Id"]}
Subject: Thank you
""",
                From="Mail Delivery System <Mailer-Daemon@mx.novak.example>",
                Subject="Mail delivery failed: returning message to sender",
                X_Failed_Recipients=PETER,
            )
        )
        self.assertCameBack()

    def test_bounce_without_an_id_is_for_the_last_acknowledgement_to_its_address(self):
        other = self.receive(From="other@novak.example")
        with self.at(self.clock + timedelta(days=6, hours=23)):
            self.come_back(
                self.text_bounce(f"<{PETER}>:\nUser unknown. (#5.1.1)", Date=None)
            )
            self.assertCameBack()
        self.assertAcknowledged(other)

    def test_bounce_without_an_id_is_for_the_last_of_several(self):
        with self.at(self.clock + timedelta(hours=1)):
            last = self.receive()
        with self.at(self.clock + timedelta(hours=2)):
            self.come_back(self.text_bounce(f"<{PETER}>:\nUser unknown."), last)
        self.assertCameBack(last)
        self.assertAcknowledged(self.complaint)

    def test_bounce_without_an_id_finds_the_address_in_any_writing(self):
        """Entered by hand, known from the contact alone, or archived since."""
        for number, (values, address) in enumerate(
            (
                ({"partner_email": "Anna.W@Weber.Example"}, "anna.w@weber.example"),
                (
                    {"partner_id": self.customer.id, "partner_email": False},
                    "anna@weber.example",
                ),
                ({"partner_email": "arch@novak.example", "active": False}, None),
            )
        ):
            with self.subTest(values=values):
                complaint = self.create_complaint(
                    channel_id=self.channel_email.id, **{**values, "active": True}
                )
                complaint.action_complaint_acknowledge()
                self.assertAcknowledged(complaint)
                complaint.active = values.get("active", True)
                address = address or "arch@novak.example"
                text = f"<{address}>:\nUser unknown. Number {number}."
                with self.nothing_sent(), self.no_new_ticket():
                    self.assertEqual(self.receive(self.text_bounce(text)), complaint)
                self.assertCameBack(complaint)

    def test_bounce_with_an_id_that_a_server_gave_is_found_by_its_address(self):
        """Some servers give mail that they pass on an id of their own."""
        self.come_back(self.bounce("<0102@eu-west-1.amazonses.example>"))
        self.assertCameBack()

    def test_bounce_after_a_week_or_of_an_unknown_address_is_let_go(self):
        with self.at(self.clock + timedelta(days=7, seconds=1)):
            self.assertLetGo(self.text_bounce(f"<{PETER}>:\nUser unknown."))
        self.assertLetGo(self.text_bounce("<p_ter@novak.example>:\nUser unknown."))
        self.assertLetGo(self.text_bounce("<eter@novak.example>:\nUser unknown."))
        self.assertNotedOnly()

    def test_bounce_without_an_id_takes_back_no_call(self):
        self.complaint.write({"complaint_acknowledged_by": "phone"})
        self.assertLetGo(self.text_bounce(f"<{PETER}>:\nUser unknown."))
        self.assertAcknowledged(self.complaint, "phone")

    def test_bounce_leaves_a_call_that_was_made_since(self):
        self.complaint.write({"complaint_acknowledged_by": "phone"})
        self.come_back(self.bounce(self.sent))
        self.assertAcknowledged(self.complaint, "phone")
        self.assertFalse(self.warnings(self.complaint))

    def test_late_bounce_leaves_the_acknowledgement_that_was_sent_since(self):
        """To another address, after the first one had been mistyped."""
        self.come_back(self.bounce(self.sent))
        self.complaint.partner_email = "novak@novak.example"
        self.complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertEqual(len(self.acknowledgements()), 2)
        self.assertAcknowledged(self.complaint)
        self.complaint.activity_ids.unlink()
        self.come_back(self.bounce(self.sent))
        self.assertAcknowledged(self.complaint)
        self.assertFalse(self.complaint.activity_ids)
        self.come_back(
            self.bounce(self.acknowledgements()[1], recipient="novak@novak.example")
        )
        self.assertCameBack()

    def test_bounce_opens_nothing_again(self):
        for phase in ("follow_up", "closed", "withdrawn"):
            with self.subTest(phase=phase):
                self.bring_in(self.complaint, phase)
                self.come_back(self.bounce(self.sent))
                self.assertEqual(self.complaint.complaint_phase, phase)
                self.assertFalse(self.complaint.complaint_reopened_count)

    def test_bounce_is_not_read_by_the_customer(self):
        complaint = self.receive(From="anna@weber.example")
        message = self.come_back(
            self.bounce(self.acknowledgements()[1], recipient="anna@weber.example"),
            complaint,
        )
        self.assertFalse(message.with_user(self.portal_user).has_access("read"))


@tagged("post_install", "-at_install")
class TestOtherReports(ReportsCommon):
    def test_delay_is_noted_only(self):
        self.come_back(self.bounce(self.sent, action="delayed", status="4.4.1"))
        self.assertNotedOnly()
        self.come_back(
            self.text_bounce(
                "Your message has not yet been delivered; it will be retried.\n\n"
                f"<{PETER}>\n\nMessage-Id: {self.sent['Message-Id']}\n",
                Subject="Warning: message delayed 24 hours",
            )
        )
        self.assertNotedOnly()

    def test_delivery_as_asked_for_is_noted_only(self):
        for action in ("delivered", "relayed", "expanded"):
            with self.subTest(action=action):
                self.come_back(self.bounce(self.sent, action=action, status="2.0.0"))
                self.assertNotedOnly()

    def test_delay_without_an_id_is_let_go(self):
        self.assertLetGo(
            self.text_bounce(
                f"Warning: message still undelivered; will be retried.\n\n<{PETER}>\n",
                Subject="Warning: message delayed 24 hours",
            )
        )
        self.assertNotedOnly()

    def test_read_receipt_is_noted_only(self):
        for disposition in ("displayed", "deleted"):
            for headers in ({}, {"From": f"Peter <{PETER}>"}):
                with self.subTest(disposition=disposition, headers=headers):
                    self.come_back(
                        self.report(
                            "disposition-notification",
                            f"Final-Recipient: rfc822; {PETER}\n"
                            f"Original-Message-ID: {self.sent['Message-Id']}\n"
                            "Disposition: manual-action/MDN-sent-manually; "
                            f"{disposition}",
                            Subject="Read: Thank you",
                            **headers,
                        )
                    )
                    self.assertNotedOnly()

    def test_feedback_report_is_noted_only(self):
        self.come_back(
            self.report(
                "feedback-report",
                "Feedback-Type: abuse\nUser-Agent: Mill/1.0\nVersion: 1\n"
                f"Original-Rcpt-To: {PETER}",
                f"Message-Id: {self.sent['Message-Id']}\nSubject: Thank you",
                From="abuse@mx.novak.example",
            )
        )
        self.assertNotedOnly()

    def test_report_on_no_mail_of_ours_is_let_go_and_counted(self):
        for raw in (
            self.bounce("<unknown@elsewhere.example>", recipient="x@novak.example"),
            self.text_bounce("<x@novak.example>:\nUser unknown."),
            self.report(
                "disposition-notification",
                "Original-Message-ID: <unknown@elsewhere.example>\n"
                "Disposition: manual-action/MDN-sent-manually; displayed",
            ),
            self.report(
                "feedback-report",
                "Feedback-Type: abuse",
                "Message-Id: <unknown@elsewhere.example>",
            ),
        ):
            with self.subTest(raw=raw[:300]):
                self.assertLetGo(raw)
        self.assertNotedOnly()
        entries = self.env["complaint.incoming.mail"].search([])
        self.assertEqual(set(entries.mapped("outcome")), {"complaint", "let_go"})

    def test_nothing_but_such_reports_is_ever_let_go(self):
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-replied", "In_Reply_To": self.sent["Message-Id"]},
            {"List_Id": "<news.novak.example>"},
            {"From": self.team.alias_email},
            {"From": None},
            {"From": "postmaster@novak.example"},
            {"Subject": "Delivery failed", "body": "Your parcel never came."},
            {"From": "eve@evil.example", "In_Reply_To": self.sent["Message-Id"]},
            {"Return_Path": "<>", "From": "x@novak.example"},
        ):
            with self.subTest(headers=headers):
                self.assertTrue(self.receive(**headers))
                self.assertIn(self.entry().outcome, ("complaint", "note", "answer"))

    def test_own_mail_that_comes_back_is_noted_on_its_complaint(self):
        """Somebody passes everything on to the desk, or it is in copy to itself."""
        for header in ("Delivered-To", "Resent-To"):
            with self.subTest(header=header):
                raw = self.sent.as_bytes()
                self.come_back(f"{header}: {self.team.alias_email}\n".encode() + raw)
                self.assertNotedOnly()
                self.entry().unlink()  # else the next one is the same again


@tagged("post_install", "-at_install")
class TestLetterComesBack(ReportsCommon):
    def letter(self):
        self.complaint.partner_id = self.customer
        self.complaint.message_subscribe(self.leader.partner_id.ids)
        return self.complaint.with_user(self.handler).message_post(
            body="We are on it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )

    def test_letter_that_came_back_is_seen_to_by_the_responsible(self):
        letter = self.letter()
        self.come_back(self.bounce(letter.message_id, recipient="anna@weber.example"))
        self.assertAcknowledged(self.complaint)
        look = self.activities(self.complaint, "look")
        self.assertEqual(len(look), 1)
        self.assertEqual(look.user_id, self.handler)
        self.assertIn("anna@weber.example", look.note)
        self.assertIn("no such mailbox", look.note)
        self.assertFalse(self.warnings(self.complaint))

    def test_machine_s_answer_to_a_letter_disturbs_nobody(self):
        """Odoo tells whoever wrote what a note answers."""
        letter = self.letter()
        message = self.come_back(
            self.mail(
                "I am away.",
                From="anna@weber.example",
                Auto_Submitted="auto-replied",
                In_Reply_To=letter.message_id,
            )
        )
        self.assertFalse(message.notified_partner_ids)
        self.assertFalse(self.complaint.activity_ids)

    def test_only_whom_it_did_not_reach_is_marked(self):
        letter = self.letter()
        self.come_back(self.bounce(letter.message_id, recipient="Anna@WEBER.example"))
        by_partner = {n.res_partner_id: n for n in letter.notification_ids}
        bounced = by_partner.pop(self.customer)
        self.assertEqual(bounced.notification_status, "bounce")
        self.assertEqual(bounced.failure_type, "mail_bounce")
        self.assertIn("no such mailbox", bounced.failure_reason)
        self.assertIn(self.leader.partner_id, by_partner, "in their inbox")
        for notification in by_partner.values():
            self.assertEqual(notification.notification_status, "sent")

    def test_letter_that_was_passed_on_and_came_back_is_marked(self):
        """The server names the address behind the customer's."""
        letter = self.letter()
        self.come_back(self.bounce(letter.message_id, recipient="aw@elsewhere.example"))
        bounced = letter.notification_ids.filtered(
            lambda notification: notification.notification_status == "bounce"
        )
        self.assertEqual(bounced.res_partner_id, self.customer)


@tagged("post_install", "-at_install")
class TestReportsOnOtherDocuments(ReportsCommon):
    """Odoo has its own ways with them, which stay."""

    def setUp(self):
        super().setUp()
        # she has a complaint as well, acknowledged today
        self.hers = self.receive(From="anna@weber.example")
        self.message = self.customer.message_post(
            body="Happy birthday",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )

    def _test_report(self, to, thread_message):
        self.assertLeftToOdoo(
            self.bounce(
                thread_message.message_id, recipient="anna@weber.example", To=to
            )
        )
        self.assertEqual(thread_message.notification_ids.notification_status, "bounce")
        self.assertEqual(self.customer.message_bounce, 1)
        self.assertNotedOnly(self.hers)

    def test_bounce_of_a_contact_s_message_is_left_to_odoo(self):
        self._test_report(self.mail_alias_domain.bounce_email, self.message)

    def test_bounce_of_a_contact_s_message_to_the_desk_is_left_to_odoo(self):
        self._test_report(self.team.alias_email, self.message)

    def test_bounce_of_an_ordinary_ticket_s_message_is_left_to_odoo(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        message = ticket.message_post(
            body="Like this",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        self._test_report(self.mail_alias_domain.bounce_email, message)

    def test_bounce_of_a_message_that_was_deleted_since_is_left_to_odoo(self):
        """As newsletters and invitations are, once they are sent."""
        message_id = self.message.message_id
        self.assertIn("-openerp-", message_id)
        self.message.unlink()
        raw = self.bounce(
            message_id,
            recipient="anna@weber.example",
            To=self.mail_alias_domain.bounce_email,
        )
        self.assertLeftToOdoo(raw)
        self.assertEqual(self.customer.message_bounce, 1)
        self.assertNotedOnly(self.hers)

    def test_bounce_in_words_alone_of_another_s_message_makes_no_complaint(self):
        """Odoo itself would not know it for a bounce."""
        raw = self.text_bounce(
            "<anna@weber.example>:\nUser unknown. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\n"
            f"Message-Id: {self.message.message_id}\n",
            From="Postmaster <postmaster@mx.novak.example>",
        )
        self.assertLetGo(raw)
        self.assertNotedOnly(self.hers)


@tagged("post_install", "-at_install")
class TestAutomaticAnswers(ReportsCommon):
    def away(self, **headers):
        """Return an answering machine's answer to the acknowledgement."""
        return self.mail(
            "I am away until Monday.",
            **{
                "Subject": "Automatic reply: Thank you",
                "Auto_Submitted": "auto-replied",
                "In_Reply_To": self.sent["Message-Id"],
                **headers,
            },
        )

    def test_out_of_office_answer_is_noted_only(self):
        for headers in (
            {},
            {"Auto_Submitted": None},
            {"Auto_Submitted": None, "X_Autoreply": "yes", "Subject": "Re: Thank you"},
            {"In_Reply_To": None, "Subject": f"Auto: {self.complaint.number}"},
            # from another address than the one that was written to
            {"From": "noreply@novak.example"},
        ):
            with self.subTest(headers=headers):
                self.come_back(self.away(**headers))
                self.assertNotedOnly()
                self.assertEqual(self.complaint.complaint_phase, "reception")

    def test_out_of_office_answer_opens_nothing_again(self):
        for phase in ("follow_up", "closed", "withdrawn"):
            for days in (1, 100):
                with (
                    self.subTest(phase=phase, days=days),
                    self.at(self.clock + timedelta(days=days)),
                ):
                    self.bring_in(self.complaint, phase)
                    self.complaint.activity_ids.unlink()
                    self.come_back(self.away())
                    self.assertEqual(self.complaint.complaint_phase, phase)
                    self.assertFalse(self.complaint.complaint_reopened_count)
                    self.assertFalse(self.complaint.activity_ids)

    def test_two_answering_machines_do_not_talk_to_each_other(self):
        self.handler.write(
            {
                "out_of_office_from": self.clock - timedelta(days=1),
                "out_of_office_to": self.clock + timedelta(days=5),
                "out_of_office_message": "<p>I am away, too.</p>",
            }
        )
        self.assertTrue(self.handler.is_out_of_office)
        self.come_back(self.away())
        self.come_back(self.bounce(self.sent))
        with self.nothing_sent():
            # heard, but no person to whom an answer would go
            self.answer(self.sent["Message-Id"], List_Id="<news.novak.example>")
        self.assertComment(self.newest(self.complaint))
        # people are told
        self.answer(self.sent["Message-Id"])
        self.assertTrue(self.sent_to(PETER)[1:])

    def test_stage_s_own_mail_answers_no_machine(self):
        self.stages["reception"].mail_template_id = self.env.ref(
            "helpdesk_mgmt.changed_stage_template"
        )
        for headers in (
            {"Auto_Submitted": "auto-generated"},
            {"List_Id": "<news.novak.example>"},
            {"From": self.team.alias_email},
        ):
            with self.subTest(headers=headers), self.nothing_sent():
                self.assertTrue(self.receive(**headers).is_complaint)

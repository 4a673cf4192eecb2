"""The gateway: who may hand mails to it, whose mails it takes, and what it keeps."""

from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintMailCommon

ANNA = "Anna Weber <anna@weber.example>"


@tagged("post_install", "-at_install")
class TestMailGateway(ComplaintMailCommon):
    def test_what_happens_while_a_mail_is_taken_in_has_fields_described_in_whole(self):
        Ticket = type(self.env["helpdesk.ticket"])
        created = Ticket._complaint_created
        described = []

        def describe(tickets):
            described.append(tickets.fields_get()["name"])
            return created(tickets)

        with patch.object(Ticket, "_complaint_created", describe):
            self.receive(From=ANNA)
        (name,) = described
        self.assertEqual(name, self.env["helpdesk.ticket"].fields_get()["name"])

    def test_customers_hand_no_mail_to_the_gateway(self):
        complaint = self.receive(From=ANNA)
        before = complaint.message_ids
        Thread = self.env["mail.thread"].with_user(self.portal_user)
        values = {"team_id": self.team.id, "partner_id": self.customer.id}
        with self.no_new_ticket():
            for kwargs in ({"custom_values": values}, {"thread_id": complaint.id}):
                with self.subTest(**kwargs), self.assertRaises(AccessError):
                    Thread.message_process(
                        "helpdesk.ticket", self.mail(From=ANNA), **kwargs
                    )
        self.assertEqual(complaint.message_ids, before)

    def test_whoever_hands_over_a_mail_says_only_where_it_goes(self):
        Ticket = self.env["helpdesk.ticket"]
        values = {
            field.name: ValueError  # no type at all: it must not arrive
            for field in Ticket._fields.values()
        }
        for user in (self.user_employee, self.own_handler, self.manager):
            for team in (self.team, self.ordinary_team):
                Thread = self.env["mail.thread"].with_user(user)
                custom = {**values, "team_id": team.id, "company_id": self.company_a.id}
                ticket_id = Thread.message_process(
                    "helpdesk.ticket",
                    self.mail(
                        From=ANNA, To=None if team == self.team else "x@y.example"
                    ),
                    custom_values=custom,
                )
                with self.subTest(user=user.login, team=team.name):
                    ticket = Ticket.browse(ticket_id)
                    self.assertEqual(ticket.team_id, team)
                    self.assertEqual(ticket.name, "Broken on arrival")
                    self.assertEqual(ticket.partner_id, self.customer)
                    self.assertFalse(ticket.complaint_outcome)

    def test_addons_say_more_of_a_mail_that_is_no_complaint(self):
        """As Odoo documents it; they have the rights of the system."""
        ticket_id = (
            self.env["mail.thread"]
            .sudo()
            .message_process(
                "helpdesk.ticket",
                self.mail(From=ANNA, To="x@y.example"),
                custom_values={"team_id": self.ordinary_team.id, "priority": "3"},
            )
        )
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual(ticket.team_id, self.ordinary_team)
        self.assertEqual(ticket.priority, "3")

    def test_a_mail_is_put_on_a_ticket_by_those_who_may_write_it(self):
        complaint = self.receive(From=ANNA)
        complaint.user_id = self.leader
        before = complaint.message_ids
        for user in (self.user_employee, self.own_handler, self.handler_b):
            Thread = self.env["mail.thread"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Thread.message_process(
                    "helpdesk.ticket", self.mail(From=ANNA), thread_id=complaint.id
                )
        self.assertEqual(complaint.message_ids, before)
        self.env["mail.thread"].with_user(self.leader).message_process(
            "helpdesk.ticket", self.mail(From=ANNA), thread_id=complaint.id
        )
        self.assertEqual(len(complaint.message_ids - before), 1)

    def test_what_only_sounds_like_a_bounce_is_not_let_go(self):
        words = "The driver says the address is unknown. I live here, and want it back."
        for headers in (
            {"Auto_Submitted": "auto-generated", "Reply_To": ANNA},
            {"Return_Path": "<>"},
            {"Auto_Submitted": "auto-generated", "Subject": "Failed delivery: order 7"},
        ):
            with self.subTest(**headers), self.nothing_sent():
                complaint = self.receive(body=words, **{"From": ANNA, **headers})
                self.assertTrue(complaint.is_complaint)
                self.assertIn("I live here", complaint.description)
                self.assertNotAcknowledged(complaint)
                self.assertFalse(self.newest(complaint).is_internal)
                self.assertEqual(self.entry().outcome, "complaint")

    def test_note_that_is_completed_stays_a_note(self):
        complaint = self.receive(From=ANNA, Message_Id="<first@weber.example>")
        complaint.partner_id = self.customer
        complaint.message_subscribe(self.customer.ids)
        Ticket = type(complaint)
        for headers in (
            {"From": "Mallory <mallory@stranger.example>"},
            {"From": ANNA, "Auto_Submitted": "auto-replied"},
        ):
            with self.subTest(**headers):
                with patch.object(Ticket, "message_update", side_effect=ValueError):
                    self.receive(In_Reply_To="<first@weber.example>", **headers)
                letter = self.env["complaint.dead.letter"].search(
                    [("state", "=", "open")]
                )
                self.assertEqual(letter.ticket_id, complaint)
                with self.nothing_sent():
                    letter.with_user(self.leader).action_retry()
                self.assertEqual(letter.state, "done")
                self.assertNote(self.newest(complaint))

    def test_what_a_server_says_is_no_html_of_ours(self):
        complaint = self.receive()
        answer = self.the_acknowledgement()
        said = 'no <x@y.example> <a href="https://z.example">here</a> <img src="//z/">'
        raw = self.bounce(answer).replace(b"no such mailbox", said.encode())
        self.assertEqual(self.receive(raw), complaint)
        note = self.warnings(complaint).note
        self.assertNotIn("<a ", note)
        self.assertNotIn("<img", note)
        self.assertIn(said, Markup(note).striptags())

    def test_blind_copy_in_the_mailbox_of_another_app_is_that_app_s(self):
        models = self.env["ir.model"]
        for model in ("res.partner", "helpdesk.ticket"):
            mailbox = self.env["fetchmail.server"].create(
                {
                    "name": "Another app",
                    "server_type": "imap",
                    "user": "sales@us.example",
                    "object_id": models._get_id(model),
                }
            )
            Thread = self.env["mail.thread"].with_context(
                default_fetchmail_server_id=mailbox.id
            )
            before = self.env["complaint.dead.letter"].search_count([])
            record_id = Thread.message_process(model, self.mail(To=None))
            with self.subTest(model):
                record = self.env[model].browse(record_id)
                self.assertEqual(record.message_ids[-1:].message_type, "email")
                after = self.env["complaint.dead.letter"].search_count([])
                self.assertEqual(after, before)

    def test_address_of_an_archived_desk_takes_mail_as_before(self):
        self.team.active = False
        with self.nothing_sent():
            complaint = self.receive(Auto_Submitted="auto-replied")
        self.assertEqual(complaint.team_id, self.team)
        self.assertNotAcknowledged(complaint)
        self.assertEqual(self.entry().ticket_id, complaint)
        raw = self.mail(From=ANNA)
        self.assertAcknowledged(self.receive(raw))
        with self.no_new_ticket():
            self.receive(raw)

    def test_whoever_filled_in_a_form_is_the_customer(self):
        for sender in ("Shop <no-reply@shop.example>", self.team.alias_email):
            with self.subTest(sender):
                complaint = self.receive(From=sender, Reply_To=ANNA)
                self.assertEqual(complaint.partner_email, "anna@weber.example")
                self.assertEqual(complaint.partner_name, "Anna Weber")
                self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to("anna@weber.example")), 2)
        self.assertFalse(self.sent_to("shop.example"))
        # who wants to be answered elsewhere is (RFC 5322, 3.6.2)
        complaint = self.receive(From="bo@novak.example", Reply_To=ANNA)
        self.assertEqual(complaint.partner_email, "anna@weber.example")

    def test_colleague_whom_it_is_about_writes_nothing_to_the_customer(self):
        complaint = self.receive(From=ANNA, Message_Id="<first@weber.example>")
        complaint.complaint_concerned_user_ids = self.handler
        with self.nothing_sent():
            self.receive(
                From=self.handler.email_formatted, In_Reply_To="<first@weber.example>"
            )
        self.assertNote(self.newest(complaint))
        self.assertTrue(self.activities(complaint, "look"))

    def test_mail_and_its_answer_cost_no_more_than_a_stage_s_thanks(self):
        """helpdesk_mgmt takes 75 queries for a mail and a stage's mail that thanks.

        So ``make bench`` counts them, which takes some more than a test: what is sent
        after the commit reads everything anew. Beside other addons it takes two more.
        """
        for number in range(3):  # first the caches
            raw = self.mail(From=f"bo{number}@novak.example")
            self.env.flush_all()
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            complaint = self.receive(raw)
            self.env.flush_all()
            self.env.cr.flush()
            cost = self.env.cr.sql_log_count - before
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to(f"bo{number}@novak.example")), 1)
        self.assertLessEqual(cost, 57)

    def test_mail_that_was_rolled_back_stops_nobody(self):
        """Odoo sends after the commit what was made before a savepoint was undone."""
        Mail = self.env["mail.mail"]
        mail = Mail.create({"email_to": "peter@novak.example"})
        with self.nothing_sent():
            Mail.browse(mail.id + 1).send()

    def test_reference_in_a_subject_is_looked_up_by_its_index(self):
        query = self.Ticket.with_context(active_test=False)._search(
            [("is_complaint", "=", True), ("number", "in", ["C/2026/1"])]
        )
        self.assertUsesIndex(query, "helpdesk_ticket_complaint_number_idx")

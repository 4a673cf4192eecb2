"""Erasure: nothing tells any more who complained; the figures remain."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_complaints.tests.followup.test_complaint_follow_up_call import (
    CallsCommon,
)

from .common import MARKS, PrivacyCommon

# Fields that are counted, grouped or reported to the ombudsman later.
FIGURES = (
    "number",
    "is_complaint",
    "active",
    "complaint_kind",
    "complaint_phase",
    "complaint_severity",
    "complaint_received_at",
    "complaint_acknowledged_at",
    "complaint_acknowledged_by",
    "complaint_responded_at",
    "complaint_resolved_at",
    "closed_date",
    "complaint_sla_state",
    "complaint_outcome",
    "complaint_amount_claimed",
    "complaint_policy_id",
    "complaint_cause_id",
    "category_id",
    "channel_id",
    "stage_id",
    "team_id",
    "user_id",
    "company_id",
    "duplicate_id",
    "rating_last_value",
)


@tagged("post_install", "-at_install")
class TestErasure(PrivacyCommon, HttpCase):
    def anonymise(self, tickets, action="request"):
        return tickets._complaint_erase(action)

    def facts(self, tickets):
        self.env.invalidate_all()
        return [
            (
                {name: ticket[name] for name in FIGURES},
                [
                    (row.milestone, row.state, row.deadline, row.reached_at)
                    for row in ticket.complaint_milestone_ids
                ],
                [
                    (r.type_id, r.amount, r.state, r.offered_at)
                    for r in ticket.complaint_remedy_ids
                ],
                [(r.kind, r.sent_at, r.way) for r in ticket.complaint_letter_ids],
                ticket.rating_ids.mapped("rating"),
            )
            for ticket in tickets.sudo().with_context(active_test=False)
        ]

    # ---------------------------------------------------
    # What goes, and what remains
    # ---------------------------------------------------

    def test_nothing_in_the_database_says_who_it_was(self):
        ticket = self.everything()
        before = dict.fromkeys(table for table, _column in self.said_of(*MARKS))
        # otherwise the test would prove nothing
        for table in (
            "helpdesk_ticket",
            "mail_message",
            "ir_attachment",
            "mail_activity",
            "mail_scheduled_message",
            "rating_rating",
            "complaint_letter",
            "complaint_event",
            "complaint_follow_up_call",
            "complaint_remedy",
            "complaint_dead_letter",
            "complaint_incoming_mail",
        ):
            self.assertIn(table, before)
        self.anonymise(ticket)
        self.assertEqual(self.said_of(*MARKS), [])

    def test_the_figures_remain(self):
        ticket = self.everything()
        tickets = ticket._complaint_with_merged()
        self.assertEqual(len(tickets), 2)
        # a rating would be deleted with its message
        ticket.sudo().rating_ids.message_id = ticket.sudo().message_ids[0]
        before = self.facts(tickets)
        self.anonymise(ticket)
        self.assertEqual(self.facts(tickets), before)

    def test_nothing_leads_back_to_the_customer(self):
        ticket = self.everything()
        later = self.create_complaint(partner_id=self.person.id)
        later.sudo().complaint_repeat_of_id = ticket
        call = self.env["complaint.follow.up.call"].create(
            {"ticket_id": later.id, "how": "repeat", "repeat_id": ticket.id}
        )
        self.anonymise(ticket)
        self.assertFalse(call.repeat_id)
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.commercial_partner_id)
        self.assertFalse(ticket.access_token)
        self.assertFalse(ticket.message_follower_ids)
        self.assertFalse(ticket.complaint_representative_id)
        self.assertFalse(ticket.complaint_consent_ids)
        self.assertFalse(later.complaint_repeat_of_id)
        self.assertEqual(later.partner_id, self.person)
        self.assertTrue(self.person.exists())

    def test_no_link_leads_to_it_any_more(self):
        ticket = self.everything().sudo()
        tickets = ticket._complaint_with_merged()
        self.assertEqual(len(tickets), 2)
        links = []
        for some in tickets:
            token, rating = some._portal_ensure_token(), some._rating_get_access_token()
            hash_ = some._sign_token(self.person.id)
            view = f"/mail/view?model=helpdesk.ticket&res_id={some.id}"
            links += [
                f"/my/complaints/{some.id}?access_token={token}",
                f"/my/complaints/{some.id}/rating?access_token={token}",
                f"/my/ticket/{some.id}/{token}",
                f"{view}&access_token={token}",
                f"{view}&access_token={token}&pid={self.person.id}&hash={hash_}",
                f"/rate/{rating}/5",
            ]
            for file in self.env["ir.attachment"].search(
                [("res_model", "=", some._name), ("res_id", "=", some.id)]
            ):
                links.append(
                    f"/web/content/{file.id}?access_token={file.generate_access_token()[0]}"
                )
        number = ticket.number
        for link in links:
            with self.subTest(link, when="while it is there"):
                self.authenticate(None, None)
                told = self.url_open(link).text
                self.assertTrue(
                    any(mark in told for mark in (*MARKS, number)) or told == "x"
                )
                self.opener.cookies.clear()
        self.anonymise(ticket)
        self.authenticate(None, None)
        for link in links:
            with self.subTest(link), mute_logger("odoo.http", "werkzeug"):
                answer = self.url_open(link)
                for mark in (*MARKS, number):
                    self.assertNotIn(mark, answer.text)
                self.assertNotEqual(answer.text, "x")
                self.assertNotIn(f"/my/complaints/{ticket.id}/write", answer.text)
        self.env.invalidate_all()
        for some in tickets:
            self.assertFalse(some.access_token)
            for role in ("", "False", "None"):
                self.assertFalse(
                    some._complaint_role(self.env.ref("base.public_user"), role)
                )

    def test_what_a_customer_with_an_account_wrote_is_nobodys(self):
        self.person = self.customer
        ticket = self.everything()
        forgotten = ticket.sudo()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_uid = %s WHERE id = %s",
            [self.portal_user.id, ticket.id],
        )
        self.env.invalidate_all()
        self.anonymise(ticket)
        self.assertNotEqual(forgotten.create_uid, self.portal_user)

    def test_files_of_other_documents_stay(self):
        ticket = self.everything()
        foreign = self.env["ir.attachment"].create(
            {
                "name": "terms.pdf",
                "raw": b"terms",
                "res_model": "res.partner",
                "res_id": self.person.id,
            }
        )
        own = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertTrue(own)
        field_content = self.env["ir.attachment"].create(
            {
                "name": "picture",
                "raw": b"a face",
                "res_model": ticket._name,
                "res_id": ticket.id,
                "res_field": "description",
            }
        )
        ticket.complaint_document_ids += foreign
        ticket.message_post(body="The terms", attachment_ids=foreign.ids)
        foreign.write({"res_model": "res.partner", "res_id": self.person.id})
        self.anonymise(ticket)
        self.assertTrue(foreign.exists())
        self.assertFalse((own | field_content).exists())

    def test_twice_is_once(self):
        ticket = self.everything()
        with self.at(self.clock + timedelta(days=30)):
            self.assertEqual(len(self.anonymise(ticket)), 2)
        at = ticket.complaint_anonymised_at
        self.assertFalse(self.anonymise(ticket))
        self.assertEqual(ticket.complaint_anonymised_at, at)
        self.assertEqual(len(self.Log.search([])), 1)

    def test_no_rule_and_no_mail_comes_of_it(self):
        ticket = self.everything()
        rules = type(self.env["base.automation"])
        with patch.object(rules, "_process") as process, self.nothing_sent():
            self.anonymise(ticket)
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.assertFalse(
            [
                call
                for call in process.call_args_list
                if call.args[1]._name == "helpdesk.ticket"
            ]
        )
        self.assertFalse(ticket.message_ids)

    def test_the_log_names_nobody(self):
        ticket = self.everything()
        with self.at(datetime(2026, 5, 4, 3, 2, 1)):
            self.anonymise(ticket.with_user(self.manager))
        entry = self.Log.search([])
        self.assertEqual(entry.action, "request")
        self.assertEqual(entry.date, datetime(2026, 5, 4, 3, 2, 1))
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.company_id, self.company_a)
        self.assertEqual(entry.complaint_count, 2)
        for one in ticket._complaint_with_merged():
            self.assertIn(one.number, entry.references)
        self.assertIn("Message", entry.details)

    # ---------------------------------------------------
    # What is left alone
    # ---------------------------------------------------

    def test_what_goes_on_is_not_anonymised(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        for phase in ("reception", "hearing", "follow_up"):
            self.bring_in(ticket, phase)
            with self.subTest(phase), self.assertRaises(UserError):
                self.anonymise(ticket)
        self.assertEqual(ticket.partner_id, self.person)

    def test_a_hold_keeps_it(self):
        ticket = self.everything()
        merged = ticket._complaint_with_merged() - ticket
        for held in (ticket, merged):
            held.with_user(self.manager).write(
                {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"}
            )
            with self.subTest(held.number), self.assertRaises(UserError):
                self.anonymise(ticket)
            held.with_user(self.manager).complaint_legal_hold = False
        self.assertTrue(self.anonymise(ticket))

    def test_a_merged_one_goes_with_the_other_only(self):
        ticket = self.everything()
        merged = ticket._complaint_with_merged() - ticket
        with self.assertRaises(UserError):
            self.anonymise(merged)
        self.assertTrue(ticket.partner_id)

    def test_it_is_not_opened_again(self):
        ticket = self.everything()
        self.anonymise(ticket)
        with self.assertRaises(UserError):
            ticket.with_user(self.handler).action_complaint_reopen()
        with self.assertRaises(UserError):
            self.move(ticket, "reception")

    def test_nobody_writes_back_whose_it_was(self):
        ticket = self.everything()
        self.anonymise(ticket)
        mine = ticket.with_user(self.manager)
        for values in (
            {"partner_id": self.person.id},
            {"partner_name": "Zebulon"},
            {"name": "Zebulon's"},
            {"complaint_findings": "It was Zebulon"},
            {"complaint_repeat_of_id": self.create_complaint().id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                mine.write(values)
        mine.write({"complaint_severity": "major", "partner_id": False})
        self.assertEqual(ticket.complaint_severity, "major")

    def test_nobody_sets_it_by_hand(self):
        ticket = self.everything()
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write(
                {"complaint_anonymised_at": datetime(2026, 1, 1)}
            )
        by_default = self.Ticket.with_user(self.handler).with_context(
            default_complaint_anonymised_at="2026-01-01 00:00:00"
        )
        with self.assertRaises(AccessError):
            by_default.create(
                {"name": "New", "description": "x", "team_id": self.team.id}
            )

    def test_an_answer_to_it_is_a_new_complaint(self):
        ticket = self.everything()
        message = ticket.message_ids.filtered("message_id")[-1:].message_id
        number = ticket.number
        self.anonymise(ticket)
        answer = self.answer(
            message, From=f"Zebulon <{MARKS[1]}@x.example>", Subject=f"Re: {number}"
        )
        self.assertNotEqual(answer, ticket)
        self.assertTrue(answer.is_complaint)


@tagged("post_install", "-at_install")
class TestErasureOfFollowUpCalls(CallsCommon):
    def test_words_are_erased_with_the_complaint_and_figures_stay(self):
        complaint = self.resolved()
        self.press(complaint, "partly", words="Anna Weber said so.")
        complaint._complaint_erase("retention")
        entry = self.register(complaint)
        self.assertEqual((entry.customer_words, entry.reason), (False, False))
        self.assertEqual((entry.result, entry.user_id), ("partly", self.handler))

"""Register of complaints: its columns, who and what is in it, and its parts."""

import csv
import io
from base64 import b64decode
from datetime import date, datetime, timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...engine import sheets
from ...wizards import complaint_register
from ..common import ComplaintCommon

# What a register must hold, in the order of the regimes.
LABELS = [
    "Reference",
    "Received",
    "Channel",
    "Language",
    "Customer",
    "Representative",
    "Relationship",
    "Product or Service",
    "Category",
    "Summary",
    "Description",
    "Desired Outcome",
    "Severity",
    "Handler",
    "Acknowledged",
    "First Reply",
    "Extensions",
    "Findings",
    "Root Cause",
    "Outcome",
    "Remedies Given",
    "Amount Given",
    "Currency",
    "Customer's Decision",
    "Resolved",
    "Closed",
    "Reopened",
    "Times Reopened",
    "Referred On",
    "Ombudsman or ADR Body",
    "Follow-up Result",
    "Customer's Rating",
]


class RegisterCommon(ComplaintCommon):
    def wizard(self, user=None, **vals):
        """Return the dialog of the manager, for March 2026 and as CSV by default."""
        return (
            self.env["complaint.register"]
            .with_user(user or self.manager)
            .create(
                {
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "file_format": "csv",
                    **vals,
                }
            )
        )

    def download(self, wizard):
        """Return (content, answers) of a download, as the browser makes it."""
        content, answers, state = b"", [], None
        while state or not answers:
            answers.append(wizard.make_part(state))
            content += b64decode(answers[-1]["data"])
            state = answers[-1]["state"]
        return content, answers

    def rows(self, wizard):
        """Return the rows of a CSV file as dicts."""
        content, _answers = self.download(wizard)
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    def references(self, wizard):
        return [row["Reference"] for row in self.rows(wizard)]


@tagged("post_install", "-at_install")
class TestComplaintRegister(RegisterCommon):
    def test_it_proposes_the_year_of_the_company_until_its_today(self):
        """In Brussels it is the next day already, while it is not in UTC."""
        with self.at(datetime(2026, 3, 2, 23, 30)):
            complaint = self.create_complaint()
            wizard = self.env["complaint.register"].with_user(self.manager)
            wizard = wizard.with_context(tz="UTC").create({"file_format": "csv"})
            self.assertEqual(wizard.date_from, date(2026, 1, 1))
            self.assertEqual(wizard.date_to, date(2026, 3, 3))
            self.assertIn(complaint.number, self.references(wizard))

    def complete_complaint(self):
        """Return a complaint that has something in every column."""
        with self.at(datetime(2026, 3, 20)):
            return self._complete_complaint()

    def _complete_complaint(self):
        body = self.env["res.partner"].create({"name": "Ombudsman"})
        lawyer = self.env["res.partner"].create({"name": "Ludo Lawyer"})
        cause = self.env["complaint.cause"].create({"name": "Wrong box"})
        ticket = self.create_complaint(
            name="Broken",
            partner_id=self.customer.id,
            channel_id=self.channel_letter.id,
            category_id=self.env["helpdesk.ticket.category"]
            .create({"name": "Parcels"})
            .id,
            complaint_received_at="2026-03-02 07:00:00",
            complaint_severity="major",
            complaint_remedy_sought="A new one",
            complaint_lang="en_US",
            complaint_outcome=False,
        )
        ticket = ticket.sudo()._complaint_as_history()
        ticket.write(
            {
                "complaint_representative_id": lawyer.id,
                "complaint_representative_relation": "lawyer",
                "complaint_acknowledged_at": "2026-03-02 08:00:00",
                "complaint_responded_at": "2026-03-02 09:00:00",
                "complaint_findings": "It was dropped.",
                "complaint_cause_id": cause.id,
                "complaint_outcome": "partly_upheld",
                "complaint_decision": "accepted",
                "complaint_resolved_at": "2026-03-09 10:00:00",
                "closed_date": "2026-03-10 10:00:00",
                "complaint_reopened_at": "2026-03-05 10:00:00",
                "complaint_reopened_count": 1,
                "complaint_referred_at": "2026-03-11 10:00:00",
                "complaint_body_id": body.id,
                "complaint_follow_up_result": "restored",
            }
        )
        for number, day in ((1, 20), (2, 25)):
            self.env["complaint.extension"].create(
                {
                    "ticket_id": ticket.id,
                    "new_deadline": datetime(2026, 3, day, 22, 59, 59),
                    "reason": f"Reason {number}",
                }
            )
        refund = self.env.ref("crm_complaints.complaint_remedy_type_refund")
        self.env["complaint.remedy"]._complaint_as_history().create(
            [
                {
                    "ticket_id": ticket.id,
                    "type_id": refund.id,
                    "description": text,
                    "amount": amount,
                    "state": state,
                }
                for text, amount, state in (
                    ("A refund", 20, "done"),
                    ("A voucher", 5.5, "done"),
                    ("A cake", 100, "accepted"),
                    ("A trip", 1000, "rejected"),
                )
            ]
        )
        return ticket

    def test_it_holds_what_a_register_must_hold(self):
        ticket = self.complete_complaint()
        with patch.object(
            type(ticket),
            "_complaint_register_product",
            lambda ticket: f"Order of {ticket.name}",
        ):
            (row,) = self.rows(self.wizard())
        self.assertEqual(list(row), LABELS)
        currency = ticket.company_id.currency_id
        self.assertEqual(
            row,
            {
                "Reference": ticket.number,
                "Received": "2026-03-02 08:00:00",
                "Channel": "Letter",
                "Language": "English (US)",
                "Customer": "Anna Weber",
                "Representative": "Ludo Lawyer",
                "Relationship": "Lawyer",
                "Product or Service": "Order of Broken",
                "Category": "Parcels",
                "Summary": "Broken",
                "Description": "The parcel was open.",
                "Desired Outcome": "A new one",
                "Severity": "Major",
                "Handler": self.handler.name,
                "Acknowledged": "2026-03-02 09:00:00",
                "First Reply": "2026-03-02 10:00:00",
                "Extensions": "2026-03-20: Reason 1\n2026-03-25: Reason 2",
                "Findings": "It was dropped.",
                "Root Cause": "Wrong box",
                "Outcome": "Partly Upheld",
                "Remedies Given": "\n".join(
                    ticket.complaint_remedy_ids[:2].mapped("text")
                ),
                "Amount Given": "25.5",
                "Currency": currency.name,
                "Customer's Decision": "Accepted",
                "Resolved": "2026-03-09 11:00:00",
                "Closed": "2026-03-10 11:00:00",
                "Reopened": "2026-03-05 11:00:00",
                "Times Reopened": "1",
                "Referred On": "2026-03-11 11:00:00",
                "Ombudsman or ADR Body": "Ombudsman",
                "Follow-up Result": "Resolved",
                "Customer's Rating": "",
            },
        )

    def test_excel_holds_the_same_with_real_dates(self):
        self.complete_complaint()
        content, (answer,) = self.download(self.wizard(file_format="xlsx"))
        self.assertTrue(answer["name"].endswith("2026-03-01 – 2026-03-31.xlsx"))
        labels, row = load_workbook(io.BytesIO(content)).active.iter_rows(
            values_only=True
        )
        (text,) = self.rows(self.wizard())
        self.assertEqual(list(labels), LABELS)
        self.assertEqual(row[1], datetime(2026, 3, 2, 8, 0))
        self.assertEqual(
            ["" if value is None else str(value) for value in row], list(text.values())
        )

    def test_labels_and_choices_are_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        field = self.env["ir.model.fields"]._get(
            "helpdesk.ticket", "complaint_severity"
        )
        field.with_context(lang="fr_FR").field_description = "Gravité"
        field.selection_ids.filtered(lambda one: one.value == "minor").with_context(
            lang="fr_FR"
        ).name = "Mineure"
        self.create_complaint()
        (row,) = self.rows(self.wizard().with_context(lang="fr_FR"))
        self.assertEqual(row["Gravité"], "Mineure")

    def test_the_period_is_that_of_the_companys_clock(self):
        # Brussels is an hour ahead of UTC in winter, two in summer
        moments = {
            "before": "2026-02-28 22:59:59",
            "first": "2026-02-28 23:00:00",
            "last": "2026-03-31 21:59:59",
            "after": "2026-03-31 22:00:00",
        }
        numbers = {}
        for key, moment in moments.items():
            ticket = self.create_complaint()
            ticket.sudo()._complaint_as_history().complaint_received_at = "2026-01-01"
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET complaint_received_at = %s WHERE id = %s",
                [moment, ticket.id],
            )
            numbers[key] = ticket.number
        self.env.invalidate_all()
        wizard = self.wizard()
        self.assertEqual(self.references(wizard), [numbers["first"], numbers["last"]])
        self.assertEqual(wizard.complaint_count, 2)

    def test_merged_ones_are_left_out_and_archived_ones_are_in(self):
        kept, merged, archived = (self.create_complaint() for _number in range(3))
        ordinary = self.create_ticket()
        merged.sudo().duplicate_id = kept
        archived.sudo().active = False
        wizard = self.wizard()
        self.assertEqual(wizard.complaint_count, 2)
        self.assertEqual(self.references(wizard), [kept.number, archived.number])
        self.assertNotIn(ordinary.number, self.references(wizard))

    def test_only_managers_download_it(self):
        wizard = self.wizard()
        for user in (self.handler, self.leader, self.user_employee, self.portal_user):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self.wizard(user)
                with self.assertRaises(AccessError):
                    wizard.with_user(user).make_part()

    def test_a_manager_downloads_their_own_request(self):
        other = self.create_user("manager_2", "Max Manager", "manager")
        with self.assertRaises(AccessError):
            self.wizard().with_user(other).make_part()

    def test_staff_complained_about_do_not_find_it(self):
        other = self.create_complaint()
        ticket = self.create_complaint()
        ticket.sudo().complaint_concerned_user_ids = self.manager
        wizard = self.wizard()
        self.assertEqual(wizard.complaint_count, 1)
        self.assertEqual(self.references(wizard), [other.number])

    def test_companies_are_those_of_the_manager(self):
        ours = self.create_complaint()
        theirs = self.create_complaint(self.handler_b, team_id=self.team_b.id)
        self.assertEqual(self.references(self.wizard()), [ours.number])
        with self.assertRaises(AccessError):
            self.wizard(company_ids=[Command.set(self.company_b.ids)])
        self.manager.company_ids += self.company_b
        wizard = self.wizard(company_ids=[Command.set(self.company_a.ids)])
        (row,) = self.rows(wizard)
        self.assertEqual(list(row), LABELS, "of one company no column names it")
        self.assertEqual(row["Reference"], ours.number)
        wizard = self.wizard()
        rows = self.rows(wizard)
        self.assertEqual(
            {row["Reference"]: row["Company"] for row in rows},
            {
                ours.number: self.company_a.display_name,
                theirs.number: self.company_b.display_name,
            },
        )
        # New York is six hours behind Brussels
        self.assertEqual(
            {row["Received"] for row in rows},
            {"2026-03-02 10:00:00", "2026-03-02 04:00:00"},
        )

    def test_parts_make_one_register(self):
        for number in range(7):
            # several at the same moment
            self.create_complaint(
                name=f"={number}",
                complaint_received_at=self.clock - timedelta(hours=number // 3),
            )
        for file_format in ("csv", "xlsx"):
            with self.subTest(file_format):
                wizard = self.wizard(file_format=file_format)
                whole, (answer,) = self.download(wizard)
                self.assertEqual((answer["done"], answer["total"]), (7, 7))
                with patch.object(complaint_register, "CHUNK", 3):
                    content, answers = self.download(wizard)
                self.assertEqual([one["done"] for one in answers], [3, 6, 7])
                self.assertEqual({one["total"] for one in answers}, {7})
                if file_format == "csv":
                    self.assertEqual(content, whole)
                    self.assertIn(b"'=3", content)
                else:
                    self.assertEqual(
                        *(
                            list(
                                load_workbook(io.BytesIO(one)).active.iter_rows(
                                    values_only=True
                                )
                            )
                            for one in (content, whole)
                        )
                    )

    def test_moments_within_one_second_have_an_order(self):
        tickets = self.Ticket.browse()
        for _number in range(4):
            tickets |= self.create_complaint()
        self.env.flush_all()
        # tickets that became complaints were received when they were created
        for ticket, part in zip(tickets, (7, 1, 5, 3), strict=True):
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET complaint_received_at = %s WHERE id = %s",
                [self.clock + timedelta(milliseconds=100 * part), ticket.id],
            )
        self.env.invalidate_all()
        with patch.object(complaint_register, "CHUNK", 1):
            found = self.references(self.wizard())
        first, second, third, fourth = tickets.mapped("number")
        self.assertEqual(found, [second, fourth, third, first])

    def test_a_part_that_would_be_full_is_not_the_last(self):
        for _number in range(4):
            self.create_complaint()
        with patch.object(complaint_register, "CHUNK", 2):
            content, answers = self.download(self.wizard(file_format="xlsx"))
        self.assertEqual([one["done"] for one in answers], [2, 4, 4])
        self.assertEqual(load_workbook(io.BytesIO(content)).active.max_row, 5)

    def test_nothing_received_is_a_file_with_labels(self):
        for file_format in ("csv", "xlsx"):
            wizard = self.wizard(
                file_format=file_format, date_from="2020-01-01", date_to="2020-01-31"
            )
            content, (answer,) = self.download(wizard)
            self.assertEqual(answer["total"], 0)
            self.assertTrue(content)
        self.assertEqual(
            load_workbook(io.BytesIO(content)).active.max_row, 1, "only the labels"
        )

    def test_queries_do_not_grow_with_the_complaints(self):
        self.complete_complaint()

        def queries():
            wizard = self.wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.make_part()
            return self.env.cr.sql_log_count - before

        queries()  # what is cached for good
        few = queries()
        for _number in range(5):
            self.complete_complaint()
        self.assertEqual(queries(), few)

    def test_the_order_is_that_of_an_index(self):
        domain = self.Ticket._complaint_register_domain(
            datetime(2026, 3, 1).date(), datetime(2026, 3, 2).date(), self.company_a
        )
        query = self.Ticket.with_context(active_test=False)._search(
            domain, order="complaint_received_at, id", limit=10
        )
        self.assertUsesIndex(query, "helpdesk_ticket_complaint_report_idx", "id")

    def test_a_sheet_that_cannot_hold_them_is_refused_before_it_begins(self):
        for _number in range(2):
            self.create_complaint()
        with patch.object(sheets, "XLSX_ROWS", 2):
            with self.assertRaisesRegex(UserError, "choose CSV"):
                self.wizard(file_format="xlsx").make_part()
            self.assertEqual(len(self.rows(self.wizard())), 2)

    def test_a_state_that_is_none_is_refused(self):
        wizard = self.wizard()
        for state in (
            {"after": None},
            {"after": ["x", 1], "file": {}, "done": 0, "total": 0},
            {"after": ["2026-03-01", "x"], "file": {}, "done": 0, "total": 0},
            {"after": ["2026-03-01", 1], "file": "x", "done": 0, "total": 0},
            "x",
            [1],
        ):
            with self.subTest(state), self.assertRaises(UserError):
                wizard.make_part(state)

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaises(ValidationError):
            self.wizard(date_from="2026-03-02", date_to="2026-03-01")

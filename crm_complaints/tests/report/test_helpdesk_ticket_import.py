"""Import: the import screen takes complaints handled elsewhere, with their dates."""

import csv
import io
from datetime import datetime

from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..common import ComplaintCommon

OPTIONS = {
    "encoding": "utf-8",
    "separator": ",",
    "quoting": '"',
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "has_headers": True,
    "keep_matches": False,
    "advanced": True,
    "limit": 2000,
    "skip": 0,
}


@tagged("post_install", "-at_install")
class TestHelpdeskTicketImport(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Import = cls.importing(cls.manager)

    @classmethod
    def importing(cls, user):
        """Return Odoo's import, as opened from the list of complaints."""
        return (
            cls.env["base_import.import"]
            .with_user(user)
            .with_context(
                tracking_disable=True, default_is_complaint=True, lang="en_US"
            )
        )

    def load(self, content, mimetype="text/csv", user=None, **options):
        """Import a file as the import screen does: preview, its suggestions, import.

        :return: (result, complaints)
        """
        options = {**OPTIONS, **options}
        importing = (self.importing(user) if user else self.Import).create(
            {
                "res_model": "helpdesk.ticket",
                "file": content,
                "file_type": mimetype,
                "file_name": "complaints",
            }
        )
        preview = importing.parse_preview(dict(options), count=10)
        self.assertFalse(preview.get("error"))
        count = len(preview["headers"])
        fields = [
            "/".join(preview["matches"][place])
            if place in preview["matches"]
            else False
            for place in range(count)
        ]
        self.unmatched = [
            header
            for header, field in zip(preview["headers"], fields, strict=True)
            if not field
        ]
        # as the screen does: what the preview found out about dates
        options.update(preview["options"])
        result = importing.execute_import(fields, preview["headers"], options)
        return result, self.Ticket.sudo().browse(result["ids"] or [])

    def load_rows(self, rows, **kwargs):
        """Import dicts of one kind."""
        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        return self.load(file.getvalue().encode(), **kwargs)

    def row(self, number=1, **values):
        return {
            "Ticket number": f"OLD/{number}",
            "Title": f"Old complaint {number}",
            "Description": "It was late.",
            "Received": "2025-02-03 08:00:00",
            **values,
        }

    # ---------------------------------------------------
    # The template
    # ---------------------------------------------------

    def test_the_template_imports_as_it_is(self):
        (template,) = self.Ticket.with_user(self.manager).get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            content = file.read()
        mails = self.env["mail.mail"].search_count([])
        result, tickets = self.load(
            content,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        self.assertFalse(result["messages"])
        self.assertFalse(self.unmatched)
        closed, resolved = tickets
        self.assertEqual(tickets.mapped("number"), ["2024-0117", "2024-0118"])
        self.assertRecordValues(
            closed,
            [
                {
                    "is_complaint": True,
                    "complaint_phase": "closed",
                    "complaint_received_at": datetime(2024, 3, 4, 10, 15),
                    "complaint_acknowledged_at": datetime(2024, 3, 4, 10, 20),
                    "complaint_responded_at": datetime(2024, 3, 5, 9, 0),
                    "complaint_decided_at": datetime(2024, 3, 8, 12, 0),
                    "complaint_resolved_at": datetime(2024, 3, 11, 16, 0),
                    "closed_date": datetime(2024, 3, 20, 9, 0),
                    "complaint_decision": "accepted",
                    "complaint_outcome": "upheld",
                    "complaint_follow_up_result": "restored",
                    "channel_id": self.channel_email.id,
                    "user_id": False,
                }
            ],
        )
        self.assertEqual(resolved.complaint_phase, "closed")
        self.assertEqual(resolved.closed_date, resolved.complaint_resolved_at)
        self.assertEqual(closed.complaint_remedy_ids.mapped("amount"), [120])
        self.assertEqual(
            resolved.complaint_remedy_ids.mapped("state"), ["done", "done"]
        )
        # judged from the dates, and nothing runs on
        for ticket in tickets:
            self.assertIn(ticket.complaint_sla_state, ("met", "missed"))
            states = set(ticket.complaint_milestone_ids.mapped("state"))
            self.assertLessEqual(states, {"met", "missed", "cancelled"})
            self.assertFalse(
                any(ticket.complaint_milestone_ids.mapped("next_event_at"))
            )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(tickets.activity_ids)

    def test_the_template_is_for_managers(self):
        self.assertFalse(self.Ticket.with_user(self.handler).get_import_templates())

    # ---------------------------------------------------
    # Columns
    # ---------------------------------------------------

    def test_dates_of_history_are_offered_to_managers_only(self):
        def offered(user):
            tree = self.importing(user).get_fields_tree("helpdesk.ticket")
            return {field["name"] for field in tree}

        history = {
            "number",
            "complaint_acknowledged_at",
            "complaint_responded_at",
            "complaint_resolved_at",
            "complaint_decision",
            "complaint_follow_up_at",
        }
        self.assertLessEqual(history, offered(self.manager))
        self.assertFalse(history & offered(self.handler))
        described = self.Ticket.with_user(self.manager).fields_get(list(history))
        self.assertTrue(all(field["readonly"] for field in described.values()))
        self.assertFalse(
            {"complaint_sla_state", "complaint_deadline", "complaint_phase"}
            & offered(self.manager),
            "they follow from the dates",
        )

    def test_one_of_two_dates_stands_for_both(self):
        rows = [
            self.row(
                1, Stage="Closed", Resolved="2025-02-05 10:00:00", **{"Closed Date": ""}
            ),
            self.row(
                2, Stage="Closed", Resolved="", **{"Closed Date": "2025-02-06 10:00:00"}
            ),
            self.row(3, Stage="Listening", Resolved="", **{"Closed Date": ""}),
        ]
        result, (resolved, closed, still_open) = self.load_rows(rows)
        self.assertFalse(result["messages"])
        self.assertEqual(resolved.closed_date, datetime(2025, 2, 5, 10))
        self.assertEqual(closed.complaint_resolved_at, datetime(2025, 2, 6, 10))
        self.assertFalse(still_open.complaint_resolved_at or still_open.closed_date)

    def test_a_channel_of_two_names_is_ours(self):
        result, ticket = self.load_rows([self.row(Channel="Phone")])
        self.assertFalse(result["messages"])
        self.assertEqual(ticket.channel_id, self.channel_phone)

    def test_nobody_is_assigned_unless_the_file_says_so(self):
        self.team.user_ids += self.manager
        _result, ticket = self.load_rows([self.row()])
        self.assertFalse(ticket.user_id)
        _result, ticket = self.load_rows(
            [self.row(2, **{"Assigned user": self.handler.name})]
        )
        self.assertEqual(ticket.user_id, self.handler)

    # ---------------------------------------------------
    # Errors
    # ---------------------------------------------------

    def errors(self, result):
        """Return {row: messages}, the first one below the labels being 0."""
        found = {}
        for message in result["messages"]:
            rows = message.get("rows", {"from": None})
            found.setdefault(rows["from"], []).append(str(message["message"]))
        return found

    def test_errors_stand_at_their_rows_and_nothing_is_imported(self):
        before = self.Ticket.search_count([])
        rows = [self.row(number) for number in range(6)]
        rows[2]["Received"] = "2027-01-01 08:00:00"
        rows[4]["Received"] = "2027-01-02 08:00:00"
        with mute_logger("odoo.sql_db"):
            result, _none = self.load_rows(rows)
        self.assertFalse(result["ids"])
        errors = self.errors(result)
        self.assertEqual(set(errors), {2, 4})
        self.assertIn("in the future", errors[2][0])
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_dates_to_come_are_errors(self):
        for label in ("Resolved", "Acknowledged", "First Reply", "Closed Date"):
            rows = [self.row(1, **{label: ""}), self.row(2, **{label: "2026-04-01"})]
            result, _none = self.load_rows(rows)
            with self.subTest(label):
                errors = self.errors(result)
                self.assertEqual(set(errors), {1})
                self.assertIn(f"“{label}”", errors[1][0])

    def test_unknown_names_are_errors_of_their_rows(self):
        rows = [
            self.row(1, **{"Root Cause": ""}),
            self.row(2, **{"Root Cause": "Nothing like it"}),
        ]
        result, _none = self.load_rows(rows)
        errors = self.errors(result)
        self.assertEqual(set(errors), {1})
        self.assertIn("Nothing like it", errors[1][0])

    # ---------------------------------------------------
    # Many rows
    # ---------------------------------------------------

    def test_rows_go_on_in_batches(self):
        rows = [self.row(number) for number in range(5)]
        result, tickets = self.load_rows(rows, limit=2)
        self.assertEqual((len(tickets), result["nextrow"]), (2, 2))
        result, tickets = self.load_rows(rows, limit=2, skip=4)
        self.assertEqual(tickets.mapped("number"), ["OLD/4"])
        self.assertFalse(result["nextrow"])

    def test_names_are_looked_up_once(self):
        names = {
            "Stage": "Closed",
            "Channel": "Phone",
            "Team": self.team.name,
            "Category": "Other",
            "Assigned user": self.handler.name,
            "Root Cause": "Outside our control",
            "Resolved": "2025-02-05 10:00:00",
        }

        def queries(first, count):
            rows = [self.row(first + number, **names) for number in range(count)]
            before = self.env.cr.sql_log_count
            result, tickets = self.load_rows(rows)
            self.assertEqual(len(tickets), count, result["messages"])
            return self.env.cr.sql_log_count - before

        queries(0, 5)  # what is cached for good
        per_row = (queries(100, 45) - queries(200, 5)) / 40
        self.assertLess(per_row, 4)

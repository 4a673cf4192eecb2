"""Event log: the course of complaints as process mining tools read it."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from .test_complaint_register import RegisterCommon

FIXED = ["Case ID", "Activity", "Timestamp", "Resource"]
ATTRIBUTES = ["Kind", "Channel", "Category", "Severity", "Team", "Outcome"]


@tagged("post_install", "-at_install")
class TestEventLog(RegisterCommon):
    def log(self, **vals):
        """Return the rows of the event log."""
        return self.rows(self.wizard(what="events", **vals))

    def course(self, ticket, *columns):
        """Return what the log says of a complaint, a list of tuples."""
        return [
            tuple(row[column] for column in columns or ("Activity", "Resource"))
            for row in self.log()
            if row["Case ID"] == ticket.number
        ]

    def do(self, hours, act):
        """Let somebody act some hours after the clock of these tests."""
        with self.at(self.clock + timedelta(hours=hours)):
            result = act()
            self.flush_tracking()
        return result

    def worked_complaint(self):
        """Return a complaint that was worked, resolved, reopened and closed."""
        ticket = self.do(0, lambda: self.create_complaint(user_id=False))
        ticket = ticket.with_user(self.leader)
        self.do(1, lambda: ticket.write({"user_id": self.handler.id}))
        ticket = ticket.with_user(self.handler)
        self.do(2, lambda: self.move(ticket, "hearing"))
        self.do(3, lambda: self.move(ticket, "follow_up"))
        self.do(30, ticket.action_complaint_reopen)
        self.do(31, lambda: self.move(ticket, "follow_up"))
        self.do(32, lambda: self.move(ticket.with_user(self.leader), "closed"))
        return ticket

    def test_it_tells_the_course_of_a_complaint(self):
        ticket = self.worked_complaint()
        hanna, lena = self.handler.name, self.leader.name
        self.assertEqual(
            self.course(ticket, "Activity", "Timestamp", "Resource"),
            [
                ("Received", "2026-03-02T09:00:00Z", "Customer"),
                ("Assigned", "2026-03-02T10:00:00Z", lena),
                ("Listening", "2026-03-02T11:00:00Z", hanna),
                ("Resolved", "2026-03-02T12:00:00Z", hanna),
                ("Reopened", "2026-03-03T15:00:00Z", hanna),
                ("Listening", "2026-03-03T15:00:00Z", hanna),
                ("Resolved", "2026-03-03T16:00:00Z", hanna),
                ("Closed", "2026-03-03T17:00:00Z", lena),
            ],
        )

    def test_whoever_took_it_when_it_was_registered_is_assigned_first(self):
        ticket = self.do(0, self.create_complaint)
        self.do(1, lambda: ticket.write({"user_id": self.leader.id}))
        self.assertEqual(
            self.course(ticket, "Activity", "Timestamp"),
            [
                ("Received", "2026-03-02T09:00:00Z"),
                ("Assigned", "2026-03-02T09:00:00Z"),
                ("Assigned", "2026-03-02T10:00:00Z"),
            ],
        )
        kept = self.do(0, self.create_complaint)
        self.assertEqual(
            self.course(kept),
            [("Received", "Customer"), ("Assigned", self.handler.name)],
        )

    def test_another_stage_of_the_phase_is_no_event(self):
        ticket = self.do(0, lambda: self.create_complaint(user_id=False))
        stage = self.create_stage("reception")
        self.do(1, lambda: ticket.write({"stage_id": stage.id}))
        self.assertEqual(self.course(ticket), [("Received", "Customer")])

    def test_dates_are_events_where_no_move_was_tracked(self):
        ticket = (
            self.Ticket.with_user(self.manager)
            ._complaint_as_history()
            .create(
                {
                    "name": "Of last week",
                    "description": "<p>Text</p>",
                    "team_id": self.team.id,
                    "stage_id": self.stages["closed"].id,
                    "complaint_received_at": "2026-03-01 08:00:00",
                    "complaint_acknowledged_at": "2026-03-01 09:00:00",
                    "complaint_responded_at": "2026-03-01 10:00:00",
                    "complaint_decided_at": "2026-03-01 11:00:00",
                    "complaint_resolved_at": "2026-03-01 12:00:00",
                    "complaint_follow_up_at": "2026-03-01 13:00:00",
                    "complaint_review_requested_at": "2026-03-01 14:00:00",
                    "complaint_escalated_at": "2026-03-01 15:00:00",
                    "complaint_referred_at": "2026-03-01 16:00:00",
                    "closed_date": "2026-03-01 17:00:00",
                    "complaint_outcome": "upheld",
                }
            )
        )
        self.flush_tracking()
        self.assertEqual(
            self.course(ticket),
            [
                ("Received", "Customer"),
                ("Acknowledged", ""),
                ("First Reply", ""),
                ("Customer's Decision", "Customer"),
                ("Resolved", ""),
                ("Follow-up Call", ""),
                ("Review Requested", "Customer"),
                ("Review Started", ""),
                ("Referred", ""),
                ("Closed", ""),
            ],
        )

    def test_parts_of_a_complaint_are_events(self):
        ticket = self.do(0, lambda: self.create_complaint(user_id=False)).sudo()
        self.env["complaint.extension"].with_user(self.handler).sudo().create(
            {
                "ticket_id": ticket.id,
                "new_deadline": datetime(2026, 3, 20),
                "reason": "The expert is ill.",
            }
        )
        remedy_type = self.env.ref("crm_complaints.complaint_remedy_type_refund")
        self.env["complaint.remedy"]._complaint_as_history().create(
            [
                {
                    "ticket_id": ticket.id,
                    "type_id": remedy_type.id,
                    "state": "proposed",
                    "offered_at": moment,
                }
                # two on one offer, and another one later
                for moment in ("2026-03-03", "2026-03-03", "2026-03-04")
            ]
        )
        self.env["complaint.follow.up.call"].create(
            {
                "ticket_id": ticket.id,
                "date": "2026-03-09",
                "user_id": self.leader.id,
                "how": "phone",
            }
        )
        self.assertEqual(
            self.course(ticket),
            [
                ("Received", "Customer"),
                ("Deadline Extended", self.handler.name),
                ("Offer Sent", ""),
                ("Offer Sent", ""),
                ("Follow-up Call", self.leader.name),
            ],
        )

    def test_every_case_begins_with_its_receipt_and_time_never_goes_back(self):
        for _number in range(3):
            self.worked_complaint()
        # entered before the date of receipt was corrected
        early = self.do(5, self.create_complaint).sudo()
        early.complaint_responded_at = early.complaint_received_at - timedelta(hours=1)
        rows = self.log()
        seen = {}
        for row in rows:
            case, moment = row["Case ID"], row["Timestamp"]
            self.assertEqual(row["Activity"] == "Received", case not in seen)
            self.assertGreaterEqual(moment, seen.get(case, ""))
            self.assertEqual(
                datetime.fromisoformat(moment).utcoffset(), timedelta(0), moment
            )
            seen[case] = moment
        self.assertEqual(len(seen), 4)
        self.assertEqual(
            [row["Case ID"] for row in rows],
            sorted((row["Case ID"] for row in rows), key=list(seen).index),
            "all of a case stands together",
        )

    def test_it_is_csv_with_these_columns_and_names_no_customer(self):
        ticket = self.create_complaint(partner_id=self.customer.id)
        wizard = self.wizard(what="events", file_format="xlsx")
        content, (answer,) = self.download(wizard)
        self.assertTrue(answer["name"].endswith(".csv"))
        self.assertEqual(list(self.log()[0]), FIXED + ATTRIBUTES)
        self.assertIn(ticket.number.encode(), content)
        self.assertNotIn(b"Weber", content)

    def test_queries_do_not_grow_with_the_complaints(self):
        self.worked_complaint()

        def queries():
            wizard = self.wizard(what="events")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.make_part()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for _number in range(5):
            self.worked_complaint()
        self.assertEqual(queries(), few)

"""Figures of the returns that come as data, compared with a naive count in Python."""

from collections import Counter
from datetime import date, timedelta
from statistics import mean, median

from odoo.tests import tagged

from ...engine.working_time import local_date, start_of_day, zone
from .return_common import ComplaintReturnCommon, utc

HOLIDAYS = {date(2026, 5, 1)}  # of A


class Naive:
    """The complaints of a company, looked at one by one, as a person would."""

    def __init__(self, tickets, company, tz, first, last):
        self.tz = zone(tz)
        self.holidays = HOLIDAYS if tz == "Europe/Brussels" else set()
        self.start = start_of_day(first, self.tz)
        self.end = start_of_day(last + timedelta(days=1), self.tz)
        self.tickets = [
            ticket
            for ticket in tickets.sudo().with_context(active_test=False).search([])
            if ticket.is_complaint
            and ticket.company_id == company
            and not ticket.duplicate_id
        ]
        self.resolved = [t for t in self.tickets if self.is_in(t.complaint_resolved_at)]
        self.upheld = [
            t
            for t in self.resolved
            if t.complaint_outcome in ("upheld", "partly_upheld")
        ]

    def is_in(self, moment):
        return bool(moment) and self.start <= moment < self.end

    def open_at(self, moment):
        def ended(ticket):
            if ticket.complaint_phase == "withdrawn":
                return ticket.closed_date
            return ticket.complaint_resolved_at

        return [
            t
            for t in self.tickets
            if t.complaint_received_at < moment and not (ended(t) and ended(t) < moment)
        ]

    def days(self, ticket):
        return [
            local_date(moment, self.tz)
            for moment in (ticket.complaint_received_at, ticket.complaint_resolved_at)
        ]

    def within_3(self, ticket):
        day, last = self.days(ticket)
        left = 3
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in self.holidays
        return last <= day

    def within_8_weeks(self, ticket):
        first, last = self.days(ticket)
        return (last - first).days <= 56

    def milestones(self, ticket):
        rows = ticket.complaint_milestone_ids
        return {row.state for row in rows if row.milestone == "resolve"}

    def fca(self):
        closed = self.resolved
        quick = [t for t in closed if self.within_3(t)]
        medium = [t for t in closed if t not in quick and self.within_8_weeks(t)]
        return {
            "open_start": self.open_at(self.start),
            "opened": self.received(),
            "closed_3_days": quick,
            "closed_8_weeks": medium,
            "closed_later": [t for t in closed if t not in quick + medium],
            "closed": closed,
            "share_3_days": 100 * len(quick) / len(closed),
            "share_8_weeks": 100 * len(medium) / len(closed),
            "upheld": self.upheld,
            "share_upheld": 100 * len(self.upheld) / len(closed),
            "open_end": self.open_at(self.end),
            "redress": sum(
                remedy.amount
                for t in self.tickets
                for remedy in t.complaint_remedy_ids
                if remedy.state == "done" and self.is_in(remedy.done_at)
            ),
        }

    def received(self):
        return [t for t in self.tickets if self.is_in(t.complaint_received_at)]

    def yearly(self):
        closed = self.resolved
        timed = [t for t in closed if self.milestones(t) & {"met", "missed"}]
        on_time = [t for t in closed if self.milestones(t) == {"met"}]
        days = [
            (t.complaint_resolved_at - t.complaint_received_at).total_seconds() / 86400
            for t in closed
        ]
        return {
            "received": self.received(),
            "resolved": closed,
            "with_deadline": timed,
            "on_time": on_time,
            "share_on_time": 100 * len(on_time) / len(timed),
            "upheld": self.upheld,
            "share_upheld": 100 * len(self.upheld) / len(closed),
            "average": mean(days),
            "median": median(days),
            "withdrawn": [
                t
                for t in self.tickets
                if t.complaint_phase == "withdrawn" and self.is_in(t.closed_date)
            ],
            "open_end": self.open_at(self.end),
            "causes": [t for t in self.upheld if t.complaint_cause_id],
        }


@tagged("post_install", "-at_install")
class TestComplaintReturnCount(ComplaintReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_random(26)

    def check(self, filing, expected):
        (xmlid,) = filing.return_id.get_external_id().values()
        lines = filing.return_id.line_ids.get_external_id().values()
        names = {line.removeprefix(f"{xmlid}_") for line in lines}
        self.assertEqual(names, set(expected))
        for name, wanted in expected.items():
            figure = self.figure(filing, name)
            with self.subTest(line=name, user=filing.env.user.name):
                self.assertTrue(figure.has_value)
                if isinstance(wanted, list):
                    self.assertGreater(len(wanted), 1)
                    self.assertEqual(figure.value, len(wanted))
                    self.assertEqual(
                        set(self.shown(figure).ids), {ticket.id for ticket in wanted}
                    )
                else:
                    self.assertAlmostEqual(figure.value, wanted, places=2)

    def test_each_figure_is_what_a_person_would_count(self):
        for user, company, tz in (
            (self.manager, self.company_a, "Europe/Brussels"),
            (self.manager_b, self.company_b, "America/New_York"),
        ):
            filing = self.open_last(self.fca, user)
            self.assertEqual(
                (filing.date_from, filing.date_to),
                (date(2026, 1, 1), date(2026, 6, 30)),
            )
            naive = Naive(self.Ticket, company, tz, filing.date_from, filing.date_to)
            self.check(filing, naive.fca())
            filing = self.open_last(self.yearly, user)
            self.assertEqual(
                (filing.date_from, filing.date_to),
                (date(2025, 1, 1), date(2025, 12, 31)),
            )
            naive = Naive(self.Ticket, company, tz, filing.date_from, filing.date_to)
            self.check(filing, naive.yearly())

    def test_each_complaint_is_in_one_band_and_what_is_left_opens_the_next_period(self):
        filing = self.open_last(self.fca)
        value = {
            name: self.figure(filing, name).value
            for name in ("closed_3_days", "closed_8_weeks", "closed_later", "closed")
        }
        total = value.pop("closed")
        self.assertEqual(sum(value.values()), total)
        before = self.filing_of(filing.action_earlier_period())
        self.assertEqual(str(before.date_to), "2025-12-31")
        self.assertEqual(
            self.figure(before, "open_end").value,
            self.figure(filing, "open_start").value,
        )

    def test_rows_below_a_line_add_up_to_it(self):
        filing = self.open_last(self.yearly)
        naive = Naive(
            self.Ticket,
            self.company_a,
            "Europe/Brussels",
            filing.date_from,
            filing.date_to,
        )
        line = self.figure(filing, "received").line_id
        rows = filing.figure_ids.filtered(lambda f: f.line_id == line and f.key)
        counts = Counter(t.category_id.name or "Not set" for t in naive.received())
        self.assertEqual({row.name: row.value for row in rows}, counts)
        for row in rows:
            self.assertEqual(len(self.shown(row)), row.value)
        # those without a category come last
        self.assertEqual(rows[-1].name, "Not set")

    def test_the_five_largest_causes_with_what_is_done_about_them(self):
        filing = self.open_last(self.yearly)
        naive = Naive(
            self.Ticket,
            self.company_a,
            "Europe/Brussels",
            filing.date_from,
            filing.date_to,
        )
        line = self.figure(filing, "causes").line_id
        rows = filing.figure_ids.filtered(lambda f: f.line_id == line and f.key)
        counts = Counter(
            t.complaint_cause_id for t in naive.upheld if t.complaint_cause_id
        )
        self.assertEqual(len(rows), 6)
        largest = sorted(counts.items(), key=lambda item: (-item[1], item[0].name))[:5]
        self.assertEqual(
            [(row.name, row.detail, row.value) for row in rows[:5]],
            [(cause.name, cause.corrective_action, n) for cause, n in largest],
        )
        self.assertEqual(rows[5].name, "All others")
        self.assertEqual(sum(rows.mapped("value")), sum(counts.values()))

    def test_queries_do_not_grow_with_the_number_of_complaints(self):
        def queries(the_return):
            filing = self.open_last(the_return)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            filing._counted()
            return self.env.cr.sql_log_count - before

        few = [queries(self.fca), queries(self.yearly)]
        self.histories(
            [
                {
                    "complaint_received_at": utc(f"{year}-03-02T10:00", "UTC"),
                    "complaint_resolved_at": utc(f"{year}-04-02T10:00", "UTC"),
                    "complaint_outcome": "upheld",
                    "category_id": self.categories[0].id,
                    "complaint_cause_id": self.causes[0].id,
                    "stage_id": self.stages["closed"].id,
                }
                for year in (2025, 2026)
                for _n in range(60)
            ]
        )
        self.assertEqual([queries(self.fca), queries(self.yearly)], few)
        # what is read for all lines, and two a line
        lines = len(self.fca.line_ids), len(self.yearly.line_ids)
        self.assertLess(few[0], 15 + 2 * lines[0])
        self.assertLess(few[1], 15 + 2 * lines[1])

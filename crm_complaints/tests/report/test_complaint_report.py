"""Complaint analysis: each figure is the one counted by hand, complaint by complaint."""

import random
from ast import literal_eval
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import fmean

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import ComplaintCommon

BANDS = {
    "reply_band": ((1, "1_hour"), (24, "2_day"), (48, "3_two_days")),
    "resolve_band": (
        (24, "1_day"),
        (168, "2_week"),
        (336, "3_two_weeks"),
        (1344, "4_eight_weeks"),
    ),
    "age_band": (
        (168, "1_week"),
        (336, "2_two_weeks"),
        (672, "3_four_weeks"),
        (1344, "4_eight_weeks"),
    ),
}
LONGEST = {"reply_band": "4_longer", "resolve_band": "5_longer", "age_band": "5_longer"}


def hours(start, stop):
    return (stop - start).total_seconds() / 3600 if start and stop else None


def band(name, value):
    if value is None:
        return False
    return next((key for most, key in BANDS[name] if value <= most), LONGEST[name])


def share(value, good, bad):
    return 100 if value in good else 0 if value in bad else None


class ReportCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["complaint.report"]
        cls.pick = random.Random(16)
        cls.now = cls.clock or datetime.now().replace(microsecond=0)
        cls.causes = cls.env["complaint.cause"].search([], limit=4)
        cls.categories = cls.env["helpdesk.ticket.category"].search([], limit=3)
        cls.complaints = cls.make_complaints(70)

    @classmethod
    def make_complaints(cls, number):
        """Return complaints of the last year, open and closed, as imported."""
        pick = cls.pick
        vals_list = []
        for _number in range(number):
            received = cls.now - timedelta(
                hours=pick.choice(
                    (1, 20, 24 * 10, 24 * 20, 24 * 40, pick.randint(1, 8000))
                )
            )
            vals = {
                "name": f"No. {_number}",
                "description": "x",
                "team_id": cls.team.id,
                "partner_id": cls.customer.id,
                "user_id": pick.choice((False, cls.handler.id, cls.leader.id)),
                "channel_id": pick.choice((cls.channel_phone.id, cls.channel_email.id)),
                "category_id": pick.choice(cls.categories.ids),
                "complaint_cause_id": pick.choice((False, *cls.causes.ids)),
                "complaint_received_at": received,
                "complaint_amount_claimed": pick.choice((0, 20, 99.5)),
                "stage_id": cls.stages["solution"].id,
            }
            later = [
                received + timedelta(hours=pick.choice((0, 1, 30, 200))) for _n in "123"
            ]
            later.append(received + timedelta(hours=pick.choice((10, 400, 2000))))
            names = (
                "complaint_acknowledged_at",
                "complaint_responded_at",
                "complaint_resolved_at",
            )
            moments = [*sorted(later)[:2], max(later)]
            vals |= {
                name: moment
                for name, moment in zip(names, moments, strict=True)
                if moment < cls.now and pick.random() < 0.8
            }
            if vals.get("complaint_resolved_at"):
                vals["stage_id"] = cls.stages[pick.choice(("follow_up", "closed"))].id
                vals["complaint_outcome"] = pick.choice(
                    ("upheld", "partly_upheld", "not_upheld")
                )
                vals["complaint_follow_up_result"] = pick.choice(
                    (False, "restored", "partly", "lost")
                )
            vals_list.append(vals)
        tickets = cls.Ticket._complaint_as_history().create(vals_list)
        remedy_type = cls.env["complaint.remedy.type"].search([], limit=1)
        cls.env["complaint.remedy"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "type_id": remedy_type.id,
                    "description": "x",
                    "amount": pick.choice((0, 5, 12.5)),
                    "cost": pick.choice((1, 3)),
                    "state": state,
                }
                for ticket in tickets
                for state in pick.sample(("draft", "rejected", "accepted", "done"), 2)
            ]
        )
        for ticket in tickets[::5]:
            earlier = ticket.search(
                [("complaint_received_at", "<", ticket.complaint_received_at)], limit=1
            )
            ticket.complaint_repeat_of_id = earlier
        return tickets

    def rows(self, tickets):
        rows = self.Report.with_user(self.manager).search(
            [("ticket_id", "in", tickets.ids)]
        )
        return {row.ticket_id: row for row in rows}


@tagged("post_install", "-at_install")
class TestComplaintReport(ReportCommon):
    def naive(self, ticket):
        """Return the figures of a complaint, worked out one by one."""
        now = datetime.now()
        received = ticket.complaint_received_at
        reply = hours(received, ticket.complaint_responded_at)
        resolve = hours(received, ticket.complaint_resolved_at)
        age = hours(received, now) if ticket.complaint_is_open else None
        given = ticket.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state == "done"
        )
        final = ticket.complaint_milestone_ids.filtered(
            lambda row: (
                row.milestone == "resolve"
                and row.cycle == ticket.complaint_reopened_count + 1
                and row.state in ("met", "missed", "breached")
            )
        )[:1]
        late = final and hours(
            final.deadline, now if final.state == "breached" else final.reached_at
        )
        return {
            "hours_to_acknowledge": hours(received, ticket.complaint_acknowledged_at),
            "hours_to_respond": reply,
            "hours_to_resolve": resolve,
            "overdue_hours": late if late and late > 0 else None,
            "on_time_share": (100 if final.state == "met" else 0) if final else None,
            "age_days": age and age / 24,
            "reply_band": band("reply_band", reply),
            "resolve_band": band("resolve_band", resolve),
            "age_band": band("age_band", age),
            "upheld_share": share(
                ticket.complaint_outcome, ("upheld", "partly_upheld"), ("not_upheld",)
            ),
            "restored_share": share(
                ticket.complaint_follow_up_result, ("restored",), ("partly", "lost")
            ),
            "repeat_share": 100 if ticket.complaint_repeat_of_id else 0,
            "amount_given": sum(given.mapped("amount")),
            "cost": sum(given.mapped("cost")),
            "amount_claimed": ticket.complaint_amount_claimed,
            "cycle": ticket.complaint_reopened_count + 1,
            "extension_count": len(ticket.complaint_extension_ids),
        }

    def test_each_figure_of_each_complaint(self):
        rows = self.rows(self.complaints)
        self.assertEqual(len(rows), len(self.complaints))
        seen = defaultdict(set)
        for ticket in self.complaints:
            for name, value in self.naive(ticket).items():
                with self.subTest(ticket=ticket.name, figure=name):
                    found = rows[ticket][name]
                    if isinstance(found, float):
                        self.assertAlmostEqual(found, value or 0, 4)
                    else:
                        self.assertEqual(found or False, value or False)
                seen[name].add(value)
        # the data are no friendly case: each figure differs
        for name in seen.keys() - {"cycle", "extension_count"}:
            self.assertGreater(len(seen[name]), 1, name)

    def test_sums_and_averages_of_groups(self):
        """Averages leave out complaints of which there is nothing to tell."""
        averages = (
            "hours_to_acknowledge",
            "hours_to_respond",
            "hours_to_resolve",
            "overdue_hours",
            "on_time_share",
            "age_days",
            "upheld_share",
            "restored_share",
            "repeat_share",
        )
        sums = ("amount_claimed", "amount_given", "cost")
        naive = {ticket: self.naive(ticket) for ticket in self.complaints}
        for by, of in (
            ("cause_id", lambda ticket: ticket.complaint_cause_id),
            ("channel_id", lambda ticket: ticket.channel_id),
            ("outcome", lambda ticket: ticket.complaint_outcome),
            ("user_id", lambda ticket: ticket.user_id),
            (
                "received_at:month",
                lambda ticket: ticket.complaint_received_at.replace(
                    day=1, hour=0, minute=0, second=0
                ),
            ),
            ("reply_band", lambda ticket: naive[ticket]["reply_band"]),
            ("age_band", lambda ticket: naive[ticket]["age_band"]),
        ):
            groups = defaultdict(list)
            for ticket in self.complaints:
                groups[of(ticket)].append(naive[ticket])
            found = self.Report.with_user(self.manager)._read_group(
                [("ticket_id", "in", self.complaints.ids)],
                [by],
                [
                    "__count",
                    *(f"{name}:avg" for name in averages),
                    *(f"{name}:sum" for name in sums),
                ],
            )
            self.assertEqual(len(found), len(groups), by)
            for key, count, *values in found:
                some = groups[key]
                self.assertEqual(count, len(some))
                for name, value in zip((*averages, *sums), values, strict=True):
                    known = [one[name] for one in some if one[name] is not None]
                    mean = fmean(known) if known else None
                    expected = sum(known) if name in sums else mean
                    with self.subTest(by=by, key=key, figure=name):
                        if expected is None:
                            self.assertFalse(value)
                        else:
                            self.assertAlmostEqual(value or 0, expected, 4)

    def test_working_hours(self):
        """Brussels works from 8 to 12 and from 13 to 17, Monday to Friday."""
        friday = datetime(2026, 2, 20, 14)  # 15:00 there
        ticket = self.Ticket._complaint_as_history().create(
            {
                "name": "x",
                "description": "x",
                "team_id": self.team.id,
                "partner_id": self.customer.id,
                "complaint_received_at": friday,
                "complaint_acknowledged_at": friday,
                "complaint_responded_at": friday + timedelta(hours=1),
                "complaint_resolved_at": datetime(2026, 2, 23, 11),  # Monday noon
                "stage_id": self.stages["closed"].id,
                "complaint_outcome": "upheld",
            }
        )
        row = self.rows(ticket)[ticket]
        self.assertEqual(row.working_hours_to_acknowledge, 0)
        self.assertEqual(row.working_hours_to_respond, 1)
        self.assertEqual(row.working_hours_to_resolve, 2 + 4)
        self.assertEqual(row.hours_to_resolve, 69)

    def test_what_was_not_reached_is_in_no_average(self):
        open_one = self.create_complaint(partner_id=self.customer.id)
        (values,) = self.Report._read_group(
            [("ticket_id", "=", open_one.id)],
            [],
            [
                "working_hours_to_respond:avg",
                "hours_to_respond:avg",
                "on_time_share:avg",
            ],
        )
        self.assertFalse(any(values))

    def test_merged_complaints_count_once_and_archived_ones_count(self):
        kept, merged, archived = (
            self.create_complaint(partner_id=self.customer.id) for _n in "123"
        )
        merged.sudo()._complaint_as_history().write({"active": False})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET duplicate_id = %s WHERE id = %s",
            [kept.id, merged.id],
        )
        archived.sudo().active = False
        self.env.flush_all()
        self.assertEqual(set(self.rows(kept | merged | archived)), {kept, archived})

    def test_reopened_complaint_is_in_its_next_cycle(self):
        ticket = self.create_complaint(partner_id=self.customer.id)
        self.bring_in(ticket, "closed")
        self.move(ticket, "hearing")
        row = self.rows(ticket)[ticket]
        self.assertEqual((row.cycle, row.reopened_count), (2, 1))

    def test_company_and_staff_complained_about(self):
        ticket = self.create_complaint(partner_id=self.customer.id)
        other = self.Ticket.create(
            {"name": "x", "description": "x", "team_id": self.team_b.id}
        )
        self.assertEqual(set(self.rows(ticket | other)), {ticket})
        ticket.sudo().complaint_concerned_user_ids = self.manager
        self.assertFalse(self.rows(ticket | other))

    def test_managers_only(self):
        for user in (self.leader, self.handler, self.user_employee, self.portal_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Report.with_user(user)._read_group([], [], ["__count"])

    def test_row_opens_its_complaint(self):
        ticket = self.complaints[0]
        row = self.rows(ticket)[ticket]
        action = row.action_complaint_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("helpdesk.ticket", ticket.id)
        )

    def test_a_period_is_found_by_its_index(self):
        self.allow_null("helpdesk_ticket")
        self.env.cr.execute(
            """
            INSERT INTO helpdesk_ticket (name, number, description, company_id,
                   is_complaint, active, complaint_received_at)
            SELECT 'Years of them', 'Y/' || n, '', %s, true, true,
                   timestamp '1990-01-01' + n * interval '1 day'
              FROM generate_series(1, 12000) n
            """,
            [self.company_a.id],
        )
        self.env.cr.execute("ANALYZE helpdesk_ticket")
        query = self.Report.with_user(self.manager)._search(
            [("received_at", ">=", "=1d -11m")]
        )
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select(SQL("count(*)"))))
        self.assertIn(
            "helpdesk_ticket_complaint_report_idx",
            "\n".join(line for (line,) in plan),
        )

    def test_figures_of_a_group_are_one_query(self):
        Report = self.Report.with_user(self.manager)
        Report._read_group([], ["cause_id"], ["__count"])
        self.env.flush_all()
        with self.assertQueryCount(1):
            Report._read_group(
                [], ["outcome"], ["on_time_share:avg", "cost:sum", "__count"]
            )


@tagged("post_install", "-at_install")
class TestMilestoneFigures(ReportCommon):
    def test_on_time_by_milestone_and_team(self):
        Milestone = self.env["complaint.milestone"]
        rows = Milestone.search([("ticket_id", "in", self.complaints.ids)])
        groups = defaultdict(list)
        for row in rows:
            groups[row.milestone, row.channel_id].append(row)
        found = Milestone.with_user(self.manager)._read_group(
            [("id", "in", rows.ids)],
            ["milestone", "channel_id"],
            ["__count", "on_time_share:avg", "overdue_hours:avg"],
        )
        self.assertEqual(len(found), len(groups))
        shares = set()
        now = datetime.now()
        for milestone, channel, count, on_time, overdue in found:
            some = groups[milestone, channel]
            self.assertEqual(count, len(some))
            judged = [
                share(row.state, ("met",), ("missed", "breached")) for row in some
            ]
            judged = [value for value in judged if value is not None]
            late = [
                hours(row.deadline, now if row.state == "breached" else row.reached_at)
                for row in some
                if row.state in ("missed", "breached")
            ]
            late = [value for value in late if value is not None]
            self.assertAlmostEqual(on_time or 0, fmean(judged) if judged else 0, 4)
            self.assertAlmostEqual(overdue or 0, fmean(late) if late else 0, 4)
            shares.add(on_time)
        self.assertGreater(len(shares), 1)
        for row in rows:
            self.assertEqual(
                row.on_time_share,
                share(row.state, ("met",), ("missed", "breached")) or 0,
            )


@tagged("post_install", "-at_install")
class TestFavourites(ComplaintCommon):
    def test_favourites_can_be_read(self):
        """Each names fields that there are, and measures that stand beside a number."""
        filters = self.env["ir.filters"].search(
            [("model_id", "in", ("complaint.report", "complaint.milestone"))]
        )
        self.assertGreaterEqual(len(filters), 8)
        for one in filters:
            context = literal_eval(one.context)
            model = self.env[one.model_id].with_user(self.manager)
            with self.subTest(one.name):
                self.assertFalse(one.user_ids)
                measures = context.get("pivot_measures", ["__count"])
                self.assertIn("__count", measures)
                model.formatted_read_group(
                    literal_eval(one.domain),
                    context.get("pivot_row_groupby", [])
                    + context.get("pivot_column_groupby", []),
                    [
                        measure if measure == "__count" else f"{measure}:{aggregator}"
                        for measure in measures
                        if (
                            aggregator := measure == "__count"
                            or model._fields[measure].aggregator
                        )
                    ],
                )

"""Regulator's returns: base of their tests, with complaints of two companies at random."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.fields import Command

from ..common import ComplaintCommon

COUNT = 120
UTC = ZoneInfo("UTC")


def utc(text, tz):
    """Return a local time as Odoo stores it: naive, UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


class ComplaintReturnCommon(ComplaintCommon):
    """It is September: the last half-year is January to June, the last year 2025."""

    clock = datetime(2026, 9, 1, 9, 0)
    # local midnights around which complaints are received and resolved
    borders = ("2025-01-01", "2026-01-01", "2026-07-01")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_b = cls.create_user(
            "manager_b", "Mona Manager", "manager", cls.company_b
        )
        cls.fca = cls.env.ref("crm_complaints.complaint_return_fca")
        cls.yearly = cls.env.ref("crm_complaints.complaint_return_yearly")
        cls.Filing = cls.env["complaint.return.filing"]
        cls.Code = cls.env["complaint.return.code"].with_user(cls.manager)

    # ---------------------------------------------------
    # Complaints
    # ---------------------------------------------------

    @classmethod
    def history(cls, team=None, **vals):
        """Return a complaint that was worked elsewhere, without a policy's milestones."""
        return cls.histories([vals], team)

    @classmethod
    def histories(cls, vals_list, team=None):
        team = team or cls.team
        tickets = (
            cls.Ticket.sudo()
            ._complaint_as_history()
            .create(
                [
                    {
                        "name": "Broken on arrival",
                        "description": "<p>The parcel was open.</p>",
                        "team_id": team.id,
                        **vals,
                    }
                    for vals in vals_list
                ]
            )
        )
        tickets.complaint_milestone_ids.unlink()
        return tickets

    @classmethod
    def resolved(cls, received, resolved, **vals):
        """Return a complaint of A that was closed; times are local ones."""
        return cls.history(
            complaint_received_at=utc(received, "Europe/Brussels"),
            complaint_resolved_at=utc(resolved, "Europe/Brussels"),
            stage_id=cls.stages["closed"].id,
            **{"complaint_outcome": "upheld", **vals},
        )

    @classmethod
    def make_random(cls, seed):
        """Make complaints of both companies, many of them at the borders of a period."""
        pick = random.Random(seed)
        cls.categories = cls.env["helpdesk.ticket.category"].create(
            [{"name": name, "company_id": False} for name in ("Room", "Bill", "Food")]
        )
        cls.causes = cls.env["complaint.cause"].create(
            [
                {"name": f"Cause {n}", "corrective_action": f"Do {n}"}
                for n in range(1, 8)
            ]
        )
        cls.remedy_type = cls.env["complaint.remedy.type"].create({"name": "Refund"})
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": cls.company_a.id,
                "date_from": utc("2026-05-01T00:00", "Europe/Brussels"),
                "date_to": utc("2026-05-01T23:59:59", "Europe/Brussels"),
                "time_type": "leave",
            }
        )
        for team, tz in (
            (cls.team, "Europe/Brussels"),
            (cls.team_b, "America/New_York"),
        ):
            tickets = cls.histories(
                [cls._random_vals(pick, tz) for _n in range(COUNT)], team
            )
            for ticket in tickets:
                cls._add_parts(pick, ticket, tz)

    @classmethod
    def _random_moment(cls, pick, tz, since=None):
        if since and pick.random() < 0.4:
            # around three working days and eight weeks
            days = pick.choice((0, 1, 2, 3, 4, 5, 6, 55, 56, 57))
            return since + timedelta(days=days, hours=pick.choice((-3, 0, 3)))
        if pick.random() < 0.4:
            midnight = utc(f"{pick.choice(cls.borders)}T00:00", tz)
            return midnight + timedelta(seconds=pick.choice((-3600, -1, 0, 1, 7200)))
        return datetime(2024, 12, 1) + timedelta(seconds=pick.randint(0, 615 * 86400))

    @classmethod
    def _random_vals(cls, pick, tz):
        received = cls._random_moment(pick, tz)
        ended = max(cls._random_moment(pick, tz, received), received)
        vals = {
            "complaint_received_at": received,
            "category_id": pick.choice((False, *cls.categories.ids)),
            "complaint_cause_id": pick.choice((False, *cls.causes.ids)),
        }
        phase = pick.choice(("solution", "withdrawn", *("follow_up", "closed") * 3))
        vals["stage_id"] = cls.stages[phase].id
        if phase == "withdrawn":
            vals |= {"closed_date": ended, "complaint_outcome": "withdrawn"}
        elif phase != "solution":
            outcomes = ("upheld", "partly_upheld", "not_upheld")
            vals |= {
                "complaint_resolved_at": ended,
                "complaint_outcome": pick.choice(outcomes),
            }
        return vals

    @classmethod
    def _add_parts(cls, pick, ticket, tz):
        ended = ticket.complaint_resolved_at or ticket.closed_date
        states = pick.choice(((), ("met",), ("missed",), ("met", "missed"), ("met",)))
        cls.env["complaint.milestone"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "milestone": pick.choice(("resolve", "resolve", "respond")),
                    "cycle": cycle,
                    "state": state,
                }
                for cycle, state in enumerate(states, 1)
            ]
        )
        cls.env["complaint.remedy"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "type_id": cls.remedy_type.id,
                    "state": pick.choice(("done", "done", "accepted", "rejected")),
                    "amount": pick.randint(1, 90000) / 100,
                    "done_at": cls._random_moment(pick, tz),
                }
                for _n in range(pick.choice((0, 0, 1, 2)) if ended else 0)
            ]
        )
        kind = pick.random()
        if kind < 0.08:
            ticket._complaint_as_history().write({"active": False})
        elif kind < 0.16:
            others = cls.Ticket.search(
                [("team_id", "=", ticket.team_id.id), ("id", "!=", ticket.id)], limit=1
            )
            ticket._write({"active": False, "duplicate_id": others.id})
            ticket.invalidate_recordset()

    # ---------------------------------------------------
    # Returns
    # ---------------------------------------------------

    def open_last(self, the_return, user=None):
        """Open a return as from the menu; return its last period."""
        action = the_return.with_user(user or self.manager).action_open_last_period()
        return self.filing_of(action, user)

    def filing_of(self, action, user=None):
        self.assertEqual(action["res_model"], "complaint.return.filing")
        return self.Filing.with_user(user or self.manager).browse(action["res_id"])

    def figure(self, filing, name, key=""):
        """Return a figure by the end of its line's XML id."""
        line = self.env.ref(
            f"{filing.return_id.get_external_id()[filing.return_id.id]}_{name}"
        )
        return filing.figure_ids.filtered(
            lambda figure: figure.line_id.id == line.id and (figure.key or "") == key
        )

    def shown(self, counted):
        """Return the complaints that a click on a figure or open point opens."""
        action = counted.action_open_complaints()
        return (
            self.env[action["res_model"]]
            .with_user(counted.env.user)
            .with_context(**action["context"])
            .search(action["domain"])
        )

    @classmethod
    def create_return(cls, *lines, **vals):
        """Return a return of A with lines, each a dict."""
        return (
            cls.env["complaint.return"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Return",
                    "company_id": cls.company_a.id,
                    "line_ids": [
                        Command.create({"name": f"Line {n}", **line})
                        for n, line in enumerate(lines, 1)
                    ],
                    **vals,
                }
            )
        )

"""complaint.cause.action: corrective actions taken on a root cause, and their effect.

The effect is computed when it is read, so that it is always up to date.
"""

from collections import Counter
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ...engine import statistics, working_time
from ..core.constants import TICKET

ACTIVITY = "crm_complaints.mail_activity_type_corrective_action"
# The longest period that is compared, before and after.
_PERIOD = timedelta(weeks=12)


class ComplaintCauseAction(models.Model):
    _name = "complaint.cause.action"
    _description = "Corrective Action"
    _complaint_privacy = "keep"
    _order = "date_done desc, id desc"

    name = fields.Char(string="Corrective Action", required=True)
    cause_id = fields.Many2one(
        comodel_name="complaint.cause",
        string="Root Cause",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="cause_id.company_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        domain=[("share", "=", False)],
        ondelete="set null",
        default=lambda self: self.env.user,
    )
    date_done = fields.Date(
        string="In Effect Since",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="The day from which it works. That day itself is not compared.",
    )
    result = fields.Selection(
        selection=[
            ("early", "Too Early to Say"),
            ("unclear", "No Clear Change"),
            ("down", "Down"),
            ("up", "Up"),
        ],
        compute="_compute_effect",
    )
    effect = fields.Char(
        compute="_compute_effect",
        help="Complaints with this root cause, or one below it, in up to 12 weeks "
        "before and after.",
    )

    @api.depends("cause_id.parent_path", "date_done")
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_effect(self):
        companies = self.env.companies
        tz_name = self.env.company._complaint_tz()
        tz = working_time.zone(tz_name)
        today = working_time.local_date(fields.Datetime.now(), tz)
        # sudo: numbers alone, which are to be the same for whoever reads them
        received = _Received(
            self.env[TICKET].sudo().with_context(active_test=False, tz=tz_name),
            companies,
            [action.date_done for action in self if action.date_done],
            tz,
        )
        for action in self:
            action.result, action.effect = action._measure(received, today)

    def _measure(self, received, today):
        """Return what came of it: a result, and a sentence that says so.

        :param _Received received: complaints around the dates of these actions
        :param date today:
        """
        done, path = self.date_done, self.cause_id.parent_path
        if not done or not path:
            return False, False
        start = max(done - _PERIOD, received.first_day or done)
        after, end = done + timedelta(1), min(done + timedelta(1) + _PERIOD, today)
        if (end - after).days < 7 * statistics.FEWEST_WEEKS:
            return "early", self.env._(
                "Too early to say: fewer than four weeks have passed."
            )
        if (done - start).days < 7 * statistics.FEWEST_WEEKS:
            return "unclear", self.env._(
                "Nothing to compare with: root causes were recorded for fewer than "
                "four weeks before."
            )
        counts = received.count(path, start, done), received.count(path, after, end)
        weeks = received.weeks(start, done), received.weeks(after, end)
        if not any(counts) or not all(weeks):
            return "unclear", self.env._(
                "Nothing to compare: no complaints before or after."
            )
        found = statistics.compare(counts[0], weeks[0], counts[1], weeks[1])
        return self._describe(counts[0] / weeks[0], counts[1] / weeks[1], found)

    def _describe(self, before, after, found):
        """Return a result and its sentence.

        :param float before: complaints per week
        :param float after: the same
        :param Comparison found:
        """
        words = {
            "before": formatLang(self.env, before, digits=1),
            "after": formatLang(self.env, after, digits=1),
            "chance": self._chance_in_words(found.chance),
        }
        if found.is_fall:
            return "down", self.env._(
                "Down from %(before)s to %(after)s a week (by %(least)s%% to "
                "%(most)s%%); chance alone: %(chance)s",
                **words,
                least=formatLang(self.env, 100 * (1 - found.highest), digits=0),
                most=formatLang(self.env, 100 * (1 - found.lowest), digits=0),
            )
        if found.is_rise and before:
            return "up", self.env._(
                "Up from %(before)s to %(after)s a week (to %(least)s to %(most)s times "
                "as many); chance alone: %(chance)s",
                **words,
                least=formatLang(self.env, found.lowest, digits=1),
                most=formatLang(self.env, found.highest, digits=1),
            )
        if found.is_rise:
            return "up", self.env._(
                "Up from none to %(after)s a week; chance alone: %(chance)s", **words
            )
        return "unclear", self.env._(
            "No clear change: %(before)s a week before, %(after)s a week after; chance "
            "alone: %(chance)s",
            **words,
        )

    def _chance_in_words(self, chance):
        if chance < 0.01:
            return self.env._("under 1%")
        return self.env._(
            "about %(percent)s%%",
            percent=formatLang(self.env, 100 * chance, digits=0),
        )


class _Received:
    """Complaints received around some dates, by root cause and day: two queries.

    :ivar first_day: the day of the first complaint with a root cause, or None
    """

    def __init__(self, tickets, companies, dates, tz):
        self.by_cause, self.all, self.pending = {}, Counter(), Counter()
        domain = tickets._complaint_counted_domain() & Domain(
            "company_id", "in", companies.ids
        )
        [[first]] = tickets._read_group(
            domain & Domain("complaint_cause_id", "!=", False),
            [],
            ["complaint_received_at:min"],
        )
        self.first_day = first and working_time.local_date(first, tz)
        if not dates:
            return
        moments = [
            (
                working_time.start_of_day(day - _PERIOD, tz),
                working_time.start_of_day(day + _PERIOD + timedelta(1), tz),
            )
            for day in sorted({*dates})
        ]
        around = Domain.OR(
            Domain("complaint_received_at", ">=", start)
            & Domain("complaint_received_at", "<", end)
            for start, end in moments
        )
        for cause, is_open, day, count in tickets._read_group(
            domain & around,
            ["complaint_cause_id", "complaint_is_open", "complaint_received_at:day"],
            ["__count"],
        ):
            day = day.date()
            self.all[day] += count
            if cause:
                self.by_cause.setdefault(cause.parent_path, Counter())[day] += count
            elif is_open:
                self.pending[day] += count

    def count(self, path, start, end):
        """Return how many had a cause, or one below it, from a day until before another.

        :param str path: of the cause
        """
        return sum(
            _between(days, start, end)
            for below, days in self.by_cause.items()
            if below.startswith(path)
        )

    def weeks(self, start, end):
        """Return the length of a period, less the share of it that is not known yet.

        Open complaints may still get this root cause. Without this, the last weeks
        would always look as if there were fewer of it.
        """
        received = _between(self.all, start, end)
        known = 1 - _between(self.pending, start, end) / received if received else 1
        return (end - start).days / 7 * known


def _between(days: Counter, start: date, end: date):
    return sum(count for day, count in days.items() if start <= day < end)

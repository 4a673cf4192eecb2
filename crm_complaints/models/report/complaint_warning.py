"""complaint.warning: early warnings of root causes, branches … above their own normal.

The last seven full days of each are compared with the weeks before them, every day.
See ``engine/statistics.py`` for the test.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import float_round, formatLang

from ...engine import plural, statistics, working_time
from ..core.constants import TICKET
from ..core.field_access import MANAGER

ACTIVITY = "crm_complaints.mail_activity_type_warning"
_WEEK = timedelta(weeks=1)
OPEN, HANDLED = "open", "handled"
# Chances below this are not told apart in words.
_SMALLEST = 1e-6


class ComplaintWarning(models.Model):
    _name = "complaint.warning"
    _description = "Early Warning"
    # a thread, since whoever gets an activity is notified on it
    _inherit = ["mail.thread", "mail.activity.mixin", "complaint.field.access"]
    _complaint_privacy = "keep"  # a place that several complaints name
    _order = "state desc, date_to desc, probability, id"
    _complaint_written_by = "code"
    _mail_post_access = "read"  # only code writes it, and leaders note what they did

    name = fields.Char(required=True, readonly=True)
    dimension = fields.Selection(
        selection="_selection_dimension",
        string="In Common",
        required=True,
        readonly=True,
        help="What the complaints have in common.",
    )
    series = fields.Char(
        string="Value",
        required=True,
        readonly=True,
        help="The id of the record, or the text, that the complaints have in common.",
    )
    date_from = fields.Date(string="First Day", required=True, readonly=True)
    date_to = fields.Date(string="Last Day", required=True, readonly=True)
    number = fields.Integer(string="Complaints", required=True, readonly=True)
    usual_number = fields.Float(
        string="A Week Before",
        digits=(16, 1),
        required=True,
        readonly=True,
        help="The number of complaints per week in the weeks before.",
    )
    weeks = fields.Float(
        string="Weeks Compared", digits=(16, 0), required=True, readonly=True
    )
    probability = fields.Float(digits=0, required=True, readonly=True)
    summary = fields.Char(compute="_compute_summary")
    chance = fields.Char(
        string="By Chance Alone",
        compute="_compute_chance",
        help="How often a week has so many complaints by chance alone.",
    )
    ticket_ids = fields.Many2many(
        comodel_name=TICKET,
        relation="complaint_warning_helpdesk_ticket_rel",
        column1="warning_id",
        column2="ticket_id",
        string="Complaints Found",
        context={"active_test": False},
        groups="base.group_system",
        readonly=True,
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        ondelete="set null",
        readonly=True,
        help="The team with most of these complaints.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        ondelete="set null",
        readonly=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    state = fields.Selection(
        selection=[(OPEN, "Open"), (HANDLED, "Handled")],
        string="Status",
        default=OPEN,
        required=True,
        readonly=True,
        tracking=True,
    )

    @api.model
    def _selection_dimension(self):
        Ticket = self.env[TICKET]
        # sudo: labels of fields
        labels = Ticket.sudo().fields_get(
            Ticket._complaint_warning_dimensions(), ["string"]
        )
        return [(name, label["string"]) for name, label in labels.items()]

    @api.depends("probability")
    @api.depends_context("lang")
    def _compute_chance(self):
        for warning in self:
            often = 1 / max(warning.probability, _SMALLEST)
            digits = len(str(round(often))) - 1
            number = formatLang(
                self.env,
                float_round(often, precision_rounding=10.0**digits),
                digits=0,
            )
            warning.chance = (
                self.env._("about once in %(number)s weeks", number=number)
                if warning.probability >= _SMALLEST
                else self.env._("less than once in %(number)s weeks", number=number)
            )

    @api.depends("name", "number", "usual_number")
    @api.depends_context("lang")
    def _compute_summary(self):
        for warning in self:
            text = (
                self.env._(
                    "%(name)s: {number, plural, one {# complaint} other "
                    "{# complaints}} in 7 days, %(before)s a week before"
                )
                if warning.usual_number
                else self.env._(
                    "%(name)s: {number, plural, one {# complaint} other "
                    "{# complaints}} in 7 days, hardly any before"
                )
            )
            warning.summary = plural.choose(
                text,
                warning.number,
                self.env.lang,
                name=warning.name,
                before=formatLang(self.env, warning.usual_number, digits=1),
            )

    def _summary(self):
        """Return the summary in the language of the person responsible."""
        return self.with_context(lang=self.user_id.lang or self.env.lang).summary

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_show(self):
        """Open those of its complaints that the user may read."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the list; who may read them is asked below
        ids = self.sudo().ticket_ids.ids
        tickets = self.env[TICKET].with_context(active_test=False)
        return tickets._complaint_list_action(
            [("id", "in", tickets.search([("id", "in", ids)]).ids)],
            name=self.name,
            context={"active_test": False, "default_is_complaint": True},
        )

    def action_handle(self):
        """Mark as handled, and its activity as done."""
        self.check_access("read")
        if not self.env.user.has_group(MANAGER) and self.filtered(
            lambda warning: warning.user_id != self.env.user
        ):
            raise UserError(
                self.env._(
                    "Only the responsible person or a helpdesk manager can mark a "
                    "warning as handled."
                )
            )
        # sudo: only this changes it; permitted above
        warnings = self.sudo().filtered(lambda warning: warning.state == OPEN)
        warnings.activity_feedback([ACTIVITY])
        warnings._set_handled()

    def _set_handled(self):
        self.filtered(lambda warning: warning.state == OPEN).state = HANDLED

    # ---------------------------------------------------
    # Finding
    # ---------------------------------------------------

    @api.model
    def _cron_complaint_warning(self):
        """Look at the last seven days of each company."""
        companies = self.env["res.company"].search([("complaint_warning", "=", True)])
        for company in companies:
            tz = working_time.zone(company._complaint_tz())
            today = working_time.local_date(fields.Datetime.now(), tz)
            self._look_at(company, today)

    @api.model
    def _look_at(self, company, today):
        """Warn of what was above its own normal in the seven days before a day.

        The number of queries does not depend on that of complaints.
        """
        tz = working_time.zone(company._complaint_tz())
        week_start = today - _WEEK
        dimensions = self.env[TICKET]._complaint_warning_dimensions()
        recent = self._recent_complaints(company, week_start, today, tz)
        chances, normal = {}, {}
        by_series = {}
        for name in dimensions:
            groups = recent.grouped(
                lambda ticket, name=name: self._key_of(ticket[name])
            )
            groups.pop("", None)
            before, weeks = self._before(company, name, week_start, tz)
            if weeks < statistics.FEWEST_WEEKS:
                continue
            for key in before.keys() | groups.keys():
                count, past = len(groups.get(key, ())), before.get(key, 0)
                # by the total, which is given in the test, so that what is left out
                # does not depend on what is tested
                if count + past < company.complaint_warning_minimum:
                    continue
                series = name, key
                by_series[series] = groups.get(key, recent.browse())
                normal[series] = past, weeks
                chances[series] = statistics.chance_of_rise(count, past, weeks)
        beyond = statistics.beyond_chance(chances, 1 / company.complaint_warning_level)
        found = [
            series
            for series in sorted(beyond, key=lambda series: dimensions.index(series[0]))
            if len(by_series[series]) >= company.complaint_warning_minimum
        ]
        if found:
            self._warn(company, found, by_series, normal, chances, today)

    @api.model
    def _counted(self, company, start, end):
        """Return the domain of the complaints received from a moment to another."""
        return self.env[TICKET]._complaint_counted_domain() & Domain(
            [
                ("company_id", "=", company.id),
                ("complaint_received_at", ">=", start),
                ("complaint_received_at", "<", end),
            ]
        )

    @api.model
    def _recent_complaints(self, company, start, end, tz):
        return (
            self.env[TICKET]
            .with_context(active_test=False)
            .search_fetch(
                self._counted(
                    company,
                    working_time.start_of_day(start, tz),
                    working_time.start_of_day(end, tz),
                ),
                [*self.env[TICKET]._complaint_warning_dimensions(), "team_id"],
                order="id",
            )
        )

    @api.model
    def _before(self, company, name, end, tz):
        """Return {key: complaints} of the weeks before, and how many weeks those are.

        Weeks before the first complaint that has a value are not counted: nobody
        recorded it then, or there were no complaints yet.

        :param str name: field by which complaints are counted
        :param date end: the day after those weeks
        """
        start = end - company.complaint_warning_weeks * _WEEK
        counts, firsts = defaultdict(int), [end]
        for value, count, first in (
            self.env[TICKET]
            .with_context(active_test=False)
            ._read_group(
                self._counted(
                    company,
                    working_time.start_of_day(start, tz),
                    working_time.start_of_day(end, tz),
                )
                & Domain(name, "!=", False),
                [name],
                ["__count", "complaint_received_at:min"],
            )
        ):
            if key := self._key_of(value):
                counts[key] += count
                firsts.append(working_time.local_date(first, tz))
        return counts, (end - min(firsts)).days / 7

    @api.model
    def _key_of(self, value):
        """Return by what complaints are counted together: an id, or a text as typed.

        People write the name of a place with and without capitals.
        """
        if isinstance(value, models.BaseModel):
            return str(value.id) if value else ""
        return " ".join(str(value or "").split()).casefold()

    # ---------------------------------------------------
    # Warning
    # ---------------------------------------------------

    @api.model
    def _warn(self, company, found, by_series, normal, chances, today):
        """Create warnings, or update those that are open.

        What an earlier warning has told already is not told again. The complaints of a
        root cause are those of a category and of a place as well. So what tells most
        comes first, and a series is left out if nothing about it is unusual without
        the complaints of those before it.

        :param list found: series above their normal, in the order of dimensions, and
            the least probable first
        :param dict by_series: {series: complaints of the last days}
        :param dict normal: {series: (complaints before, weeks)}
        :param dict chances: {series: p-value}
        :param date today:
        """
        week_start = today - _WEEK
        known = {
            (warning.dimension, warning.series): warning
            for warning in self.search(
                [
                    ("company_id", "=", company.id),
                    "|",
                    ("state", "=", OPEN),
                    ("date_to", ">=", week_start),
                ],
                order="date_to, id",
            )
        }
        told = self.browse(
            warning.id for warning in known.values() if warning.date_to >= week_start
        ).ticket_ids
        limit = max(chances[series] for series in found)
        vals_list = []
        self = self.with_context(lang=company.partner_id.lang or self.env.lang)
        for series in sorted(found, key=lambda series: series not in known):
            tickets = by_series[series]
            warning = known.get(series, self)
            if not warning:
                rest = tickets - told
                if len(rest) < company.complaint_warning_minimum:
                    continue
                if statistics.chance_of_rise(len(rest), *normal[series]) > limit:
                    continue
            told |= tickets
            if warning.state == HANDLED:
                continue
            vals = {
                "date_from": week_start,
                "date_to": today - timedelta(1),
                "number": len(tickets),
                "usual_number": normal[series][0] / normal[series][1],
                "weeks": normal[series][1],
                "probability": chances[series],
                "ticket_ids": [Command.set(tickets.ids)],
            }
            if warning:
                warning.write(vals)
                warning.activity_search([ACTIVITY]).summary = warning._summary()
            else:
                vals_list.append(vals | self._vals_of_new(company, series, tickets))
        self.create(vals_list)._plan_activities()

    @api.model
    def _vals_of_new(self, company, series, tickets):
        name, key = series
        value = tickets.with_env(self.env)[0][name]
        teams = tickets.grouped("team_id")
        team = max(teams, key=lambda team: (bool(team), len(teams[team]), -team.id))
        return {
            "name": getattr(value, "display_name", None) or " ".join(value.split()),
            "dimension": name,
            "series": key,
            "team_id": team.id,
            "user_id": self._choose_responsible(company, team, tickets).id,
            "company_id": company.id,
        }

    @api.model
    def _choose_responsible(self, company, team, tickets):
        """Return who is told: the team's leader, or else a manager of the helpdesk.

        Nobody whom one of these complaints is about.
        """
        barred = tickets._complaint_barred_users()
        leader = (team.user_id - barred).filtered("active")
        managers = self.env.ref(MANAGER).all_user_ids - barred
        return (
            leader
            or managers.filtered(
                lambda user: (
                    user.active
                    and not user._is_superuser()
                    and company in user.company_ids
                )
            ).sorted("id")[:1]
        )

    def _plan_activities(self):
        for warning in self.filtered("user_id"):
            warning.activity_schedule(
                ACTIVITY, summary=warning._summary(), user_id=warning.user_id.id
            )

    def _reassign(self):
        """Choose another person, as one of the complaints is about the present one."""
        for warning in self:
            before = warning.user_id
            warning.user_id = self._choose_responsible(
                warning.company_id, warning.team_id, warning.ticket_ids
            )
            warning.message_unsubscribe(before.partner_id.ids)
            warning.activity_search([ACTIVITY]).user_id = warning.user_id

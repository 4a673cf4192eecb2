"""complaint.policy.target: a demand of a policy, as in “Final response: 14 days”."""

from dataclasses import astuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ...engine import plural, promises, working_time

# The longest delay accepted: three years.
_LONGEST = {
    working_time.HOUR: 3 * 8784,
    working_time.DAY: 3 * 366,
    working_time.WEEK: 157,
}

MILESTONES = [
    (promises.ACKNOWLEDGE, "Acknowledgement"),
    (promises.RESPOND, "First Reply"),
    (promises.UPDATE, "Progress Update"),
    (promises.RESOLVE, "Final Response"),
    (promises.FOLLOW_UP, "Follow-up"),
]
UNITS = [
    (working_time.HOUR, "Hours"),
    (working_time.DAY, "Days"),
    (working_time.WEEK, "Weeks"),
]
START_EVENTS = [
    (promises.RECEIVED, "Date of Receipt"),
    (promises.ACKNOWLEDGED, "Acknowledgement"),
    (promises.RESOLVED, "Resolution"),
]
# The terms of a target, which a milestone copies, in the order of ``promises.Terms``.
TERMS = (
    "milestone",
    "delay",
    "delay_unit",
    "working_time",
    "start_event",
    "warn_percent",
    "pausable",
    "extension_delay",
)


def terms_of(record):
    """Return the terms of a target or a milestone."""
    return promises.Terms(*(record[name] for name in TERMS))


def values_of(terms):
    """Return terms as values for a target or a milestone."""
    return dict(zip(TERMS, astuple(terms), strict=True))


class ComplaintPolicyTarget(models.Model):
    _name = "complaint.policy.target"
    _description = "Complaint Policy Target"
    _complaint_privacy = "keep"
    _order = "sequence, id"
    _rec_name = "promise"

    policy_id = fields.Many2one(
        comodel_name="complaint.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(
        compute="_compute_sequence",
        store=True,
        help="The order in which the milestones fall due.",
    )
    milestone = fields.Selection(selection=MILESTONES, required=True, default="resolve")
    delay = fields.Float(string="Time Limit", digits=(16, 2), required=True, default=1)
    delay_unit = fields.Selection(
        selection=UNITS, string="Unit", required=True, default="day"
    )
    working_time = fields.Boolean(
        help="Only the working hours or days of the team's calendar, or else of the "
        "company's, are counted. Targets in days or weeks fall due at the end of the "
        "day.",
    )
    start_event = fields.Selection(
        selection=START_EVENTS,
        string="Counted From",
        required=True,
        compute="_compute_start_event",
        store=True,
        readonly=False,
        precompute=True,
    )
    warn_percent = fields.Integer(
        string="Warning at (%)",
        default=75,
        help="The milestone is at risk once this share of the time has passed.",
    )
    pausable = fields.Boolean(
        help="The milestone pauses in stages in which we are waiting for the "
        "customer. Use this for your own service targets only, as a regulator's "
        "deadline never pauses.",
    )
    extension_delay = fields.Float(
        string="Extended Time Limit",
        digits=(16, 2),
        help="The longest time to which the deadline may be extended by letter, in "
        "the same unit and from the same start. With zero, there is no maximum.",
    )
    promise = fields.Char(string="Target", compute="_compute_promise")

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends("milestone")
    def _compute_sequence(self):
        for target in self:
            target.sequence = promises.rank(target.milestone) if target.milestone else 0

    @api.depends("milestone")
    def _compute_start_event(self):
        for target in self:
            if target.milestone == promises.FOLLOW_UP:
                target.start_event = promises.RESOLVED
            elif (
                target.start_event in (False, promises.RESOLVED)
                or target.milestone != promises.RESOLVE
            ):
                target.start_event = promises.RECEIVED

    @api.depends("milestone", "delay", "delay_unit", "working_time", "start_event")
    @api.depends_context("lang")
    def _compute_promise(self):
        for target in self:
            target.promise = target._in_words()

    def _in_words(self):
        """Return the target in words, “Final response: 14 days”."""
        if not self.milestone or not self.delay_unit or self.delay <= 0:
            return ""
        weeks = self.env._("{weeks, plural, one {# week} other {# weeks}}")
        units = {
            ("hour", False): self.env._(
                "{hours, plural, one {# hour} other {# hours}}"
            ),
            ("hour", True): self.env._(
                "{hours, plural, one {# working hour} other {# working hours}}"
            ),
            ("day", False): self.env._("{days, plural, one {# day} other {# days}}"),
            ("day", True): self.env._(
                "{days, plural, one {# working day} other {# working days}}"
            ),
            ("week", False): weeks,
            ("week", True): weeks,
        }
        span = plural.choose(
            units[self.delay_unit, self.working_time],
            self.delay,
            self.env.lang,
            formatLang(
                self.env,
                self.delay,
                digits=len(f"{self.delay:g}".partition(".")[2]),
            ),
        )
        if self.milestone == promises.ACKNOWLEDGE:
            return self.env._("Acknowledgement: %s", span)
        if self.milestone == promises.RESPOND:
            return self.env._("First reply: %s", span)
        if self.milestone == promises.UPDATE:
            return self.env._("Progress update interval: %s", span)
        if self.milestone == promises.FOLLOW_UP:
            return self.env._("Follow-up, from the resolution: %s", span)
        if self.start_event == promises.ACKNOWLEDGED:
            return self.env._("Final response, from the acknowledgement: %s", span)
        return self.env._("Final response: %s", span)

    @api.constrains("delay", "delay_unit", "extension_delay")
    def _check_delay(self):
        for target in self:
            for delay in (target.delay, target.extension_delay or target.delay):
                if not 0 < delay <= _LONGEST[target.delay_unit]:
                    raise ValidationError(
                        self.env._(
                            "The time limit of “%(milestone)s” must be more than "
                            "zero and no longer than three years.",
                            milestone=target._label("milestone"),
                        )
                    )
                if target.delay_unit != working_time.HOUR and delay != int(delay):
                    raise ValidationError(
                        self.env._(
                            "The time limit of “%(milestone)s” must be a whole "
                            "number of days or weeks. For other times, please use "
                            "hours.",
                            milestone=target._label("milestone"),
                        )
                    )
            if target.extension_delay and target.extension_delay < target.delay:
                raise ValidationError(
                    self.env._(
                        "The extended time limit cannot be shorter than the time "
                        "limit itself. Please enter a longer time, or zero for no "
                        "maximum."
                    )
                )

    @api.constrains("warn_percent")
    def _check_warn_percent(self):
        if any(not 1 <= target.warn_percent <= 99 for target in self):
            raise ValidationError(
                self.env._(
                    "The warning must be set between 1 and 99 percent of the time "
                    "limit."
                )
            )

    @api.constrains("milestone", "start_event")
    def _check_start_event(self):
        allowed = {
            promises.RESOLVE: (promises.RECEIVED, promises.ACKNOWLEDGED),
            promises.FOLLOW_UP: (promises.RESOLVED,),
        }
        for target in self:
            if target.start_event not in allowed.get(
                target.milestone, (promises.RECEIVED,)
            ):
                raise ValidationError(
                    self.env._(
                        "“%(milestone)s” cannot be counted from “%(event)s”. Please "
                        "choose another event.",
                        milestone=target._label("milestone"),
                        event=target._label("start_event"),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        # a policy applies only once it has a target
        self.env["complaint.policy"]._conditions_changed()
        return targets

    def write(self, vals):
        result = super().write(vals)
        self.env["complaint.policy"]._conditions_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["complaint.policy"]._conditions_changed()
        return result

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(
            self[name], ""
        )

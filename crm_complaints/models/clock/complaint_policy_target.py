"""complaint.policy.target: a demand of a policy, as in “resolve within 14 days”."""

from dataclasses import astuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import promises, working_time

# The longest delay accepted: three years.
_LONGEST = {
    working_time.HOUR: 3 * 8784,
    working_time.DAY: 3 * 366,
    working_time.WEEK: 157,
}

MILESTONES = [
    (promises.ACKNOWLEDGE, "Acknowledgement"),
    (promises.RESPOND, "First answer"),
    (promises.UPDATE, "Progress report"),
    (promises.RESOLVE, "Answer"),
    (promises.FOLLOW_UP, "Follow-up"),
]
UNITS = [
    (working_time.HOUR, "hours"),
    (working_time.DAY, "days"),
    (working_time.WEEK, "weeks"),
]
START_EVENTS = [
    (promises.RECEIVED, "the receipt"),
    (promises.ACKNOWLEDGED, "the acknowledgement"),
    (promises.RESOLVED, "the resolution"),
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
    _description = "Target of a Complaint Policy"
    _complaint_privacy = "keep"
    _order = "sequence, id"
    _rec_name = "promise"

    policy_id = fields.Many2one(
        comodel_name="complaint.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(
        compute="_compute_sequence",
        store=True,
        help="Milestones in the order in which they fall due.",
    )
    milestone = fields.Selection(
        selection=MILESTONES, string="Promise", required=True, default="resolve"
    )
    delay = fields.Float(string="Within", digits=(16, 2), required=True, default=1)
    delay_unit = fields.Selection(
        selection=UNITS, string="Unit", required=True, default="day"
    )
    working_time = fields.Boolean(
        help="Count only the working hours or days of the team's calendar, "
        "or else of the company's. Targets in days or weeks fall due at "
        "the end of the day.",
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
        string="Warn at (%)",
        default=75,
        help="The milestone is at risk once this share of the time has passed.",
    )
    pausable = fields.Boolean(
        string="Pauses",
        help="The clock pauses in stages where you wait for the customer. "
        "Use it for your own service targets only: a regulator's "
        "deadline never pauses.",
    )
    extension_delay = fields.Float(
        string="Extendable To",
        digits=(16, 2),
        help="The longest time to which the deadline may be extended by "
        "letter, in the same unit and from the same start. Zero means "
        "no limit.",
    )
    promise = fields.Char(string="In Words", compute="_compute_promise")

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
        """Return the target in words, “resolve within 14 days”."""
        time = {
            ("hour", False): self.env._("%s hours"),
            ("hour", True): self.env._("%s working hours"),
            ("day", False): self.env._("%s days"),
            ("day", True): self.env._("%s working days"),
            ("week", False): self.env._("%s weeks"),
            ("week", True): self.env._("%s weeks"),
        }
        single = {
            ("hour", False): self.env._("1 hour"),
            ("hour", True): self.env._("1 working hour"),
            ("day", False): self.env._("1 day"),
            ("day", True): self.env._("1 working day"),
            ("week", False): self.env._("1 week"),
            ("week", True): self.env._("1 week"),
        }
        key = (self.delay_unit, self.working_time)
        if not self.milestone or not self.delay_unit or self.delay <= 0:
            return ""
        span = single[key] if self.delay == 1 else time[key] % f"{self.delay:g}"
        if self.milestone == promises.ACKNOWLEDGE:
            return self.env._("acknowledge within %s", span)
        if self.milestone == promises.RESPOND:
            return self.env._("answer in person within %s", span)
        if self.milestone == promises.UPDATE:
            return self.env._("report progress every %s", span)
        if self.milestone == promises.FOLLOW_UP:
            return self.env._("follow up within %s of the resolution", span)
        if self.start_event == promises.ACKNOWLEDGED:
            return self.env._("resolve within %s of the acknowledgement", span)
        return self.env._("resolve within %s", span)

    @api.constrains("delay", "delay_unit", "extension_delay")
    def _check_delay(self):
        for target in self:
            for delay in (target.delay, target.extension_delay or target.delay):
                if not 0 < delay <= _LONGEST[target.delay_unit]:
                    raise ValidationError(
                        self.env._(
                            "A promise is for more than zero time, and for three years "
                            "at most: “%(milestone)s within %(delay)s %(unit)s” is not.",
                            milestone=target._label("milestone"),
                            delay=f"{delay:g}",
                            unit=target._label("delay_unit"),
                        )
                    )
                if target.delay_unit != working_time.HOUR and delay != int(delay):
                    raise ValidationError(
                        self.env._(
                            "Days and weeks are whole: %(delay)s %(unit)s are better "
                            "said in hours.",
                            delay=f"{delay:g}",
                            unit=target._label("delay_unit"),
                        )
                    )
            if target.extension_delay and target.extension_delay < target.delay:
                raise ValidationError(
                    self.env._("An extension cannot end before the promise itself.")
                )

    @api.constrains("warn_percent")
    def _check_warn_percent(self):
        if any(not 1 <= target.warn_percent <= 99 for target in self):
            raise ValidationError(
                self.env._(
                    "Warn between 1 and 99 percent of the time: before that there is "
                    "nothing to warn of, after it is too late."
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
                        "“%(milestone)s” cannot be counted from %(event)s.",
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

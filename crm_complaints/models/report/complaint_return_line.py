"""complaint.return.line: one figure of a return, and how it is counted."""

import ast

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..core.constants import TICKET

UNITS = [
    ("hour", "Hours"),
    ("day", "Days"),
    ("working_day", "Working Days"),
    ("week", "Weeks"),
]
# what a line is broken down by -> the field of the complaint
BREAKDOWNS = {
    "outcome": "complaint_outcome",
    "channel": "channel_id",
    "category": "category_id",
    "cause": "complaint_cause_id",
}


class ComplaintReturnLine(models.Model):
    _name = "complaint.return.line"
    _description = "Line of a Regulator's Return"
    _complaint_privacy = "keep"
    _order = "return_id, sequence, id"

    return_id = fields.Many2one(
        comodel_name="complaint.return", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(help="The number or code of this line in the regulator's form.")
    name = fields.Char(string="Line", required=True, translate=True)
    definition = fields.Text(
        translate=True,
        help="What counts in this line and what does not, with the section of the "
        "source that says so.",
    )
    measure = fields.Selection(
        selection=[
            ("count", "Number of Complaints"),
            ("sum", "Sum of Amounts"),
            ("average", "Average Time"),
            ("median", "Median Time"),
            ("share", "Share of Another Line"),
        ],
        string="Kind of Figure",
        default="count",
        required=True,
        help="Times are from receipt to resolution. Those of open complaints, and of "
        "withdrawn ones, are up to the end of the time counted.",
    )
    counted_by = fields.Selection(
        selection=[
            ("received", "Received in the Period"),
            ("resolved", "Resolved in the Period"),
            ("withdrawn", "Withdrawn in the Period"),
            ("remedied", "Remedy Carried Out in the Period"),
            ("open_start", "Open at the Start of the Period"),
            ("open_end", "Open at the End of the Period"),
        ],
        string="Complaints",
        default="received",
        required=True,
        help="Which complaints belong to the period. The end of a complaint is that of "
        "its current cycle: one that was reopened counts as open until it is resolved "
        "again.",
    )
    domain = fields.Char(
        string="Condition",
        default="[]",
        help="Which of these complaints are counted. If empty, all of them.",
    )
    after_delay = fields.Integer(
        string="Longer Than",
        help="Only complaints that took longer. 0 means no such limit.",
    )
    after_unit = fields.Selection(
        selection=UNITS, string="Longer Than (Unit)", default="day", required=True
    )
    within_delay = fields.Integer(
        string="Within",
        help="Only complaints that took no longer. The day of receipt does not count, "
        "and the last day counts until it ends. 0 means no such limit.",
    )
    within_unit = fields.Selection(
        selection=UNITS, string="Within (Unit)", default="day", required=True
    )
    amount = fields.Selection(
        selection="_selection_amount",
        help="The money that is added up. Where complaints are counted by remedies "
        "carried out in the period, only those remedies are.",
    )
    time_unit = fields.Selection(selection=UNITS, default="day", required=True)
    numerator_id = fields.Many2one(
        comodel_name="complaint.return.line",
        string="Share",
        help="The line whose number is shown as a percentage of another line.",
        domain="[('return_id', '=', return_id), ('measure', '!=', 'share')]",
        ondelete="restrict",
        index="btree_not_null",
    )
    denominator_id = fields.Many2one(
        comodel_name="complaint.return.line",
        string="Of",
        help="The line that counts as 100%.",
        domain="[('return_id', '=', return_id), ('measure', '!=', 'share')]",
        ondelete="restrict",
        index="btree_not_null",
    )
    breakdown = fields.Selection(
        selection=[
            ("category", "Category"),
            ("channel", "Channel"),
            ("cause", "Root Cause"),
            ("outcome", "Outcome"),
        ],
        string="Broken Down By",
        help="Adds a row for each of them below the line.",
    )
    by_code = fields.Boolean(
        string="With the Regulator's Codes",
        help="The rows are the regulator's codes, see the codes of the return.",
    )
    row_limit = fields.Integer(
        string="Rows at Most",
        help="Only the largest rows are shown, and all others in one row. 0 shows all.",
    )

    # ---------------------------------------------------
    # Selection and constraints
    # ---------------------------------------------------

    @api.model
    def _selection_amount(self):
        return [
            ("remedies_done", self.env._("Remedies Carried Out")),
            ("remedies_accepted", self.env._("Remedies Accepted, Not Yet Carried Out")),
            *sorted(
                (
                    (name, field.get_description(self.env, ["string"])["string"])
                    for name, field in self.env[TICKET]._fields.items()
                    if field.type == "monetary" and field.store
                ),
                key=lambda option: option[1],
            ),
        ]

    @api.depends("name", "code")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(filter(None, (line.code, line.name)))

    @api.constrains("domain")
    def _check_domain(self):
        for line in self:
            line._ensure_domain_parses()

    def _ensure_domain_parses(self):
        try:
            self._parsed_domain().validate(self.env[TICKET])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The condition of the line “%(line)s” is invalid: %(reason)s",
                    line=self.name,
                    reason=error,
                )
            ) from error

    @api.constrains("measure", "numerator_id", "denominator_id", "amount")
    def _check_measure(self):
        for line in self:
            of = line.numerator_id | line.denominator_id
            if line.measure == "share" and (
                not (line.numerator_id and line.denominator_id)
                or of.return_id != line.return_id
                or "share" in of.mapped("measure")
            ):
                raise ValidationError(
                    self.env._(
                        "The share “%(line)s” needs two lines of the same return, "
                        "which are not shares themselves.",
                        line=line.name,
                    )
                )
            if line.measure == "sum" and not line.amount:
                raise ValidationError(
                    self.env._(
                        "Please choose the amounts that the line “%(line)s” adds up.",
                        line=line.name,
                    )
                )

    @api.constrains("after_delay", "within_delay", "row_limit")
    def _check_numbers(self):
        for line in self:
            if min(line.after_delay, line.within_delay, line.row_limit) < 0:
                raise ValidationError(
                    self.env._("The numbers of a line cannot be negative.")
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_domains_allowed()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "domain" in vals:
            self._ensure_domains_allowed()
        return result

    def _ensure_domains_allowed(self):
        for line in self if not self.env.su else ():
            line._ensure_domain_allowed()

    def _ensure_domain_allowed(self):
        """Refuse a condition on what its author may not read: figures would tell them.

        No constraint: Odoo checks those with the rights of the superuser.

        :raises AccessError: naming the line
        """
        try:
            self.env["complaint.policy"]._check_readable(
                self.env[TICKET], self._parsed_domain()
            )
        except AccessError as error:
            raise AccessError(
                self.env._(
                    "The condition of the line “%(line)s” uses data to which you "
                    "have no access: %(reason)s",
                    line=self.name,
                    reason=error,
                )
            ) from error

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _parsed_domain(self):
        self.ensure_one()
        text = (self.domain or "").strip()
        return Domain(ast.literal_eval(text) if text else Domain.TRUE)

    def _limits(self):
        """Return the times that it must take longer than, and be within.

        :return: two of (delay, unit) or None
        """
        return (
            self.after_delay and (self.after_delay, self.after_unit) or None,
            self.within_delay and (self.within_delay, self.within_unit) or None,
        )

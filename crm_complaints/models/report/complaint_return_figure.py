"""complaint.return.figure: a figure of a filing, kept as it was counted."""

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ...engine import plural


class ComplaintReturnFigure(models.Model):
    _name = "complaint.return.figure"
    _description = "Figure of a Return"
    _inherit = ["complaint.return.counted"]
    _complaint_privacy = "keep"
    _order = "filing_id, sequence, id"

    filing_id = fields.Many2one(
        comodel_name="complaint.return.filing",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer()
    # copied from the line, so that a figure still says what it is when that has changed
    line_id = fields.Many2one(
        comodel_name="complaint.return.line",
        ondelete="set null",
        index="btree_not_null",
    )
    key = fields.Char(string="Row", help="The row of a line that is broken down.")
    code = fields.Char()
    name = fields.Char(string="Figure", required=True)
    definition = fields.Text()
    detail = fields.Text(
        string="Corrective Action", help="What was done about this root cause."
    )
    measure = fields.Selection(
        selection=[
            ("count", "Number"),
            ("sum", "Amount"),
            ("share", "Percentage"),
            ("hour", "Hours"),
            ("day", "Days"),
            ("working_day", "Working Days"),
            ("week", "Weeks"),
        ],
        string="Unit",
        required=True,
    )
    value = fields.Float(digits=(16, 2), aggregator=None)
    complaint_count = fields.Integer(
        string="Of Complaints",
        aggregator=None,
        help="The number of complaints that the figure is taken from.",
    )
    has_value = fields.Boolean(
        help="Not set where there is nothing to measure or to divide by, or where the "
        "number of complaints is too small for a percentage.",
    )
    value_text = fields.Char(string="Value as Text", compute="_compute_value_text")
    now_text = fields.Char(
        string="Counted Today",
        compute="_compute_now",
        help="What the figure would be today, of the complaints that you may read.",
    )
    has_changed = fields.Boolean(string="Changed Since", compute="_compute_now")

    @api.depends("code", "name", "key")
    def _compute_display_name(self):
        for figure in self:
            name = " ".join(filter(None, (figure.code, figure.name)))
            # rows are indented below their line
            figure.display_name = f"\u2003{name}" if figure.key else name

    @api.depends("value", "measure", "has_value")
    @api.depends_context("lang")
    def _compute_value_text(self):
        for figure in self:
            figure.value_text = figure._format(figure.value, figure.has_value)

    @api.depends("filing_id.state")
    @api.depends_context("uid", "lang")
    def _compute_now(self):
        self.now_text = False
        self.has_changed = False
        for filing, figures in self.grouped("filing_id").items():
            if filing.state != "final":
                continue
            now = {
                (vals["line_id"], vals["key"]): vals
                for vals in filing._prepare_figures()
            }
            for figure in figures:
                vals = now.get((figure.line_id.id, figure.key or ""))
                value, has_value = (
                    (vals["value"], vals["has_value"]) if vals else (0.0, False)
                )
                figure.now_text = figure._format(value, has_value)
                figure.has_changed = has_value != figure.has_value or (
                    round(value, 2) != round(figure.value, 2)
                )

    def _format(self, value, has_value):
        """Return a value as people read it; a dash where there is none."""
        if not has_value:
            return "–"
        if self.measure == "sum":
            currency = self.filing_id.company_id.sudo().currency_id
            return format_amount(self.env, value, currency)
        if self.measure == "count":
            return formatLang(self.env, value, digits=0)
        number = formatLang(self.env, value, digits=1)
        if self.measure == "share":
            return self.env._("%(number)s%%", number=number)
        texts = {
            "hour": self.env._("{hours, plural, one {# hour} other {# hours}}"),
            "day": self.env._("{days, plural, one {# day} other {# days}}"),
            "working_day": self.env._(
                "{days, plural, one {# working day} other {# working days}}"
            ),
            "week": self.env._("{weeks, plural, one {# week} other {# weeks}}"),
        }
        # "1.0 days": a number with decimals has the form of one
        return plural.choose(texts[self.measure], f"{value:.1f}", self.env.lang, number)

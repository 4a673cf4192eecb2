"""complaint.return.filing: a return for one period, kept with the figures reported."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from .complaint_return_count import Count


class ComplaintReturn(models.Model):
    _inherit = "complaint.return"

    def action_open_last_period(self):
        """Open this return for the last full period of the current company."""
        self.ensure_one()
        filings = self.env["complaint.return.filing"]
        today = self.env.company._complaint_today()
        return filings._open_period(self, *self._period_before(today))

    def action_show_filings(self):
        """Open all periods for which this return was made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_return_filing_action"
        )
        return {**action, "domain": [("return_id", "=", self.id)]}


class ComplaintReturnFiling(models.Model):
    _name = "complaint.return.filing"
    _description = "Return for a Period"
    _inherit = ["complaint.field.access"]
    _complaint_privacy = "keep"
    _complaint_written_by = "code"
    _order = "date_to desc, id desc"
    _rec_name = "return_id"
    _check_company_auto = True

    return_id = fields.Many2one(
        comodel_name="complaint.return",
        string="Regulator's Return",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        complaint_written_by="creator",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        complaint_written_by="creator",
    )
    date_from = fields.Date(string="Period From", required=True)
    date_to = fields.Date(string="Period To", required=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("final", "Final")],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    counted_at = fields.Datetime(string="Counted On", readonly=True, copy=False)
    counted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    final_at = fields.Datetime(string="Final Since", readonly=True, copy=False)
    final_by_id = fields.Many2one(
        comodel_name="res.users", string="Made Final By", readonly=True, copy=False
    )
    code_version = fields.Char(string="Version of the Codes", readonly=True, copy=False)
    is_nil = fields.Boolean(
        string="Nil Return",
        readonly=True,
        copy=False,
        help="There was no complaint in any line of the return.",
    )
    note = fields.Text(
        string="Notes",
        copy=False,
        help="Such as when it was sent, and what the regulator answered.",
    )
    return_note = fields.Text(related="return_id.note", string="About This Return")
    is_unchecked = fields.Boolean(
        compute="_compute_is_unchecked",
        help="Nobody has compared the definitions of the return with their source yet.",
    )
    figure_ids = fields.One2many(
        comodel_name="complaint.return.figure",
        inverse_name="filing_id",
        string="Figures",
        readonly=True,
    )
    issue_ids = fields.One2many(
        comodel_name="complaint.return.issue",
        inverse_name="filing_id",
        string="Open Points",
        readonly=True,
    )
    has_changed = fields.Boolean(string="Changed Since", compute="_compute_has_changed")

    @api.depends("return_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for filing in self:
            filing.display_name = self.env._(
                "%(name)s, %(first)s – %(last)s",
                name=filing.return_id.name,
                first=format_date(self.env, filing.date_from),
                last=format_date(self.env, filing.date_to),
            )

    @api.depends("return_id.source_url", "return_id.checked_on")
    def _compute_is_unchecked(self):
        for filing in self:
            of = filing.return_id
            filing.is_unchecked = bool(of.source_url) and not of.checked_on

    @api.depends("figure_ids.has_changed")
    def _compute_has_changed(self):
        for filing in self:
            filing.has_changed = any(filing.figure_ids.mapped("has_changed"))

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for filing in self:
            if filing.date_from > filing.date_to:
                raise ValidationError(
                    self.env._("The period ends before it starts. Please correct it.")
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        filings = super().create(vals_list)
        filings._count()
        return filings

    def write(self, vals):
        if not self.env.su and vals.keys() - {"note"}:
            self._ensure_draft()
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to"}:
            self._count()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_final(self):
        self._ensure_draft()

    def _ensure_draft(self):
        if "final" in self.mapped("state"):
            raise UserError(
                self.env._(
                    "This return is final: its figures are kept as they were reported. "
                    "To correct it, make a new version."
                )
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_count(self):
        """Count the figures of drafts anew.

        :raises UserError: where one is final
        """
        self.check_access("write")
        self._ensure_draft()
        self._count()
        return True

    def action_make_final(self):
        """Keep the figures as they are shown; nothing changes them afterwards.

        :raises UserError: where a period has not ended
        """
        self.check_access("write")
        self._ensure_draft()
        for filing in self:
            if filing.date_to >= filing.company_id._complaint_today():
                raise UserError(
                    self.env._(
                        "The period has not ended yet. A return can be made final from "
                        "the day after its last one."
                    )
                )
        # sudo: only this method makes it final; access checked above
        self.sudo().write(
            {
                "state": "final",
                "final_at": fields.Datetime.now(),
                "final_by_id": self.env.uid,
            }
        )
        return True

    def action_new_version(self):
        """Open a draft for the same period, to correct what was reported.

        A draft that is there already is counted anew.
        """
        self.ensure_one()
        self.check_access("read")
        draft = self._of_period(
            self.return_id, self.company_id, self.date_from, self.date_to
        ).filtered(lambda filing: filing.state == "draft")[:1]
        draft._count()
        return (draft or self.copy())._open()

    def action_earlier_period(self):
        """Open the same return for the period before this one."""
        self.ensure_one()
        self.check_access("read")
        period = self.return_id._period_before(self.date_from)
        return self.with_company(self.company_id)._open_period(self.return_id, *period)

    def action_show_figures(self):
        """Open the figures as a list, to export them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_return_figure_action"
        )
        return {
            **action,
            "name": self.display_name,
            "domain": [("filing_id", "=", self.id)],
        }

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _open_period(self, the_return, first, last):
        """Open a return for a period of the current company; a draft is counted anew."""
        filing = self._of_period(the_return, self.env.company, first, last)[:1]
        if not filing:
            filing = self.create(
                {"return_id": the_return.id, "date_from": first, "date_to": last}
            )
        elif filing.state == "draft":
            filing._count()
        return filing._open()

    @api.model
    def _of_period(self, the_return, company, first, last):
        """Return what was made of a return for a period, the newest first."""
        return self.search(
            [
                ("return_id", "=", the_return.id),
                ("company_id", "=", company.id),
                ("date_from", "=", first),
                ("date_to", "=", last),
            ]
        )

    def _open(self):
        return {
            "name": self.display_name,
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _count(self):
        """Count figures and open points with the rights of the current user."""
        for filing in self:
            count = filing._counted()
            # sudo: figures are kept as they are counted, by nothing but this method
            filing.sudo().write(
                {
                    "figure_ids": [
                        Command.clear(),
                        *map(Command.create, filing._prepare_figures(count)),
                    ],
                    "issue_ids": [
                        Command.clear(),
                        *(
                            Command.create(
                                {
                                    "name": issue.text,
                                    "complaint_count": len(issue.ids),
                                    "counted_ids": issue.ids,
                                }
                            )
                            for issue in count.issues
                        ),
                    ],
                    "is_nil": count.is_nil,
                    "code_version": filing.return_id.code_version,
                    "counted_at": fields.Datetime.now(),
                    "counted_by_id": self.env.uid,
                }
            )

    def _counted(self):
        codes = self.env["complaint.return.code"]._valid_codes(
            self.return_id, self.return_id.code_version, self.date_to
        )
        return Count(
            self.return_id, self.company_id, self.date_from, self.date_to, codes
        )

    def _prepare_figures(self, count=None):
        """Return the values of the figures, as they are counted now."""
        count = count or self._counted()
        smallest = self.return_id.smallest_number
        prepared = []
        for sequence, figure in enumerate(count.figures):
            line = figure.line
            timed = line.measure in ("average", "median")
            too_few = line.measure == "share" and figure.base < smallest
            has_value = figure.value is not None and not too_few
            prepared.append(
                {
                    "sequence": sequence,
                    "line_id": line.id,
                    "key": figure.key,
                    "code": figure.code,
                    "name": figure.name,
                    "definition": not figure.key and line.definition,
                    "detail": line.breakdown == "cause"
                    and figure.record
                    and figure.record.corrective_action,
                    "measure": line.time_unit if timed else line.measure,
                    "value": figure.value if has_value else 0.0,
                    "has_value": has_value,
                    "complaint_count": figure.base,
                    "counted_ids": figure.ids,
                }
            )
        return prepared

    def _publication(self):
        """Return what the publication shows, as [(figure, rows below it)]."""
        sections = []
        for figure in self.figure_ids:
            if figure.key:
                sections[-1][1].append(figure)
            else:
                sections.append((figure, []))
        return sections

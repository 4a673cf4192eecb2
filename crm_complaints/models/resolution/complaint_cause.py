"""complaint.cause: tree of root causes, with their corrective actions."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ComplaintCause(models.Model):
    _name = "complaint.cause"
    _description = "Root Cause"
    _complaint_privacy = "keep"
    _parent_name = "parent_id"
    _parent_store = True
    _rec_name = "full_name"
    _rec_names_search = ["full_name", "name"]
    _order = "full_name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    # in one language, to sort by; people see the display name
    full_name = fields.Char(
        string="Root Cause", compute="_compute_full_name", recursive=True, store=True
    )
    parent_id = fields.Many2one(
        comodel_name="complaint.cause",
        string="Parent Root Cause",
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="complaint.cause",
        inverse_name="parent_id",
        string="Child Root Causes",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="If empty, it applies to the complaints of all companies.",
    )
    customer_text = fields.Text(
        string="Text for Customers",
        translate=True,
        help="One sentence in the active voice, as used in letters: “We booked your "
        "room twice.”",
    )
    corrective_action = fields.Text(
        translate=True,
        help="What is done to prevent a recurrence. It is proposed on complaints with "
        "this root cause, and letters may mention it.",
    )
    complaint_count = fields.Integer(
        string="Complaints", compute="_compute_complaint_count"
    )

    @api.depends("name", "parent_id.full_name")
    def _compute_full_name(self):
        for cause in self:
            parent = cause.parent_id
            cause.full_name = (
                f"{parent.full_name} / {cause.name}" if parent else cause.name
            )

    @api.depends("name", "parent_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cause in self:
            names, above = [], cause
            while above:
                names.insert(0, above.name or "")
                above = above.parent_id
            cause.display_name = " / ".join(names)

    def _compute_complaint_count(self):
        paths = {cause: cause.parent_path for cause in self if cause.parent_path}
        groups = self.env["helpdesk.ticket"]._read_group(
            [("complaint_cause_id", "child_of", self.ids)],
            ["complaint_cause_id"],
            ["__count"],
        )
        for cause in self:
            path = paths.get(cause)
            cause.complaint_count = sum(
                count
                for found, count in groups
                if path and (found.parent_path or "").startswith(path)
            )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A root cause cannot be below itself. Please choose another parent."
                )
            )

    def action_complaint_show(self):
        """Open the complaints with this cause, or one below it."""
        self.ensure_one()
        return self.env["helpdesk.ticket"]._complaint_list_action(
            [("complaint_cause_id", "child_of", self.ids)], name=self.display_name
        )

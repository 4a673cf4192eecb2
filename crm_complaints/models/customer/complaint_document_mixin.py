"""complaint.document.mixin: documents of customers, with complaints about them.

The addons that link to other apps add it to opportunities, orders and invoices.
"""

from odoo import api, fields, models
from odoo.fields import Domain

HANDLERS = "helpdesk_mgmt.group_helpdesk_user_own"


class ComplaintDocumentMixin(models.AbstractModel):
    _name = "complaint.document.mixin"
    _description = "Document with Complaints"
    _inherit = ["complaint.banner.mixin"]

    # The field of helpdesk.ticket that names such a document, if there is one.
    _complaint_link_field = None

    complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_complaint_count",
        groups=HANDLERS,
        help="The complaints of the customer and of everybody at the same company.",
    )
    complaint_open_count = fields.Integer(
        string="Open Complaints", compute="_compute_complaint_count", groups=HANDLERS
    )
    complaint_document_count = fields.Integer(
        string="Complaints About This Document",
        compute="_compute_complaint_document_count",
        groups=HANDLERS,
    )

    @api.depends(lambda self: self._complaint_banner_depends())
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        for document, customers in self._complaint_customers().items():
            # with the rights of the user, as on the contact
            entities = customers.commercial_partner_id
            document.complaint_count = sum(entities.mapped("complaint_count"))
            document.complaint_open_count = sum(entities.mapped("complaint_open_count"))

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_document_count(self):
        counts = {}
        Ticket = self.env["helpdesk.ticket"]
        if self.ids and self._complaint_link_field and Ticket.has_access("read"):
            counts = dict(
                Ticket._read_group(
                    self._complaint_document_domain(),
                    [self._complaint_link_field],
                    ["__count"],
                )
            )
        for document in self:
            document.complaint_document_count = counts.get(document._origin, 0)

    def action_view_complaints(self):
        """Open the complaints of the customer and of their whole company."""
        self.ensure_one()
        entities = self._complaint_customers()[self].commercial_partner_id
        return self.env["helpdesk.ticket"]._complaint_list_action(
            [("commercial_partner_id", "in", entities.ids)]
        )

    def action_view_document_complaints(self):
        """Open the complaints about this document."""
        self.ensure_one()
        return self.env["helpdesk.ticket"]._complaint_list_action(
            self._complaint_document_domain()
        )

    def action_complaint_new(self):
        """Open the page to register a complaint about this document."""
        self.ensure_one()
        self.check_access("read")
        Intake = self.env["complaint.intake"]
        Intake.check_access("create")
        action = Intake._action(Intake.browse())
        defaults = self._prepare_complaint_defaults()
        action["context"] = {
            **action["context"],
            **{f"default_{name}": value for name, value in defaults.items()},
        }
        return action

    def _prepare_complaint_defaults(self):
        """Return the defaults of a complaint about this document."""
        defaults = {"partner_id": self._complaint_customers()[self][:1].id}
        company = "company_id" in self._fields and self.company_id
        if company:
            teams = self.env["helpdesk.ticket"]._complaint_default_teams(company)
            defaults["company_id"] = company.id
            defaults["team_id"] = teams[company].id
        if self._complaint_link_field:
            defaults[self._complaint_link_field] = self.id
        return defaults

    def _complaint_document_domain(self):
        if not self._complaint_link_field:  # complaints cannot be about such a document
            return Domain.FALSE
        return Domain("is_complaint", "=", True) & Domain(
            self._complaint_link_field, "in", self.ids
        )

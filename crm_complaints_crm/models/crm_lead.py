"""crm.lead: complaints of the lead's customer."""

from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "complaint.document.mixin"]

    def _complaint_banner_depends(self):
        return [*super()._complaint_banner_depends(), "email_normalized"]

    def _complaint_customers(self):
        """Find the customer of a lead without a contact by its e-mail address."""
        customers = super()._complaint_customers()
        unknown = self.filtered(lambda lead: not lead.partner_id)
        addresses = {
            address for address in unknown.mapped("email_normalized") if address
        }
        if addresses:
            by_address = (
                self.env["res.partner"]
                .search([("email_normalized", "in", list(addresses))])
                .grouped("email_normalized")
            )
            for lead in unknown:
                customers[lead] = by_address.get(lead.email_normalized, lead.partner_id)
        return customers

"""helpdesk.ticket, contact restriction of the customer or their representative."""

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_restriction = fields.Char(
        string="Contact Restriction",
        groups="base.group_user",
        compute="_compute_complaint_restriction",
        exportable=False,
        help="Please observe this before you write or call. Complaints of "
        "this customer are registered and answered as usual.",
    )

    @api.depends("partner_id", "complaint_representative_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_complaint_restriction(self):
        # sudo: to know whom staff may contact; what is told of it is for all staff
        sides = {
            ticket: ticket.sudo().partner_id | ticket.sudo().complaint_representative_id
            for ticket in self
        }
        everybody = self.env["res.partner"].union(
            *(partners.sudo(False) for partners in sides.values())
        )
        found = everybody._complaint_restrictions()
        for ticket, partners in sides.items():
            of_ticket = (
                self.env["complaint.restriction"]
                .sudo()
                .union(
                    *(found[partner.id] for partner in partners if partner.id in found)
                )
            )
            ticket.complaint_restriction = " ".join(
                some._describe() for some in of_ticket
            )

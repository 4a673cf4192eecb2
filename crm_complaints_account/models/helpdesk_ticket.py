"""helpdesk.ticket: the invoice a complaint is about."""

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_invoice_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        groups="base.group_user",
        check_company=True,
        index="btree_not_null",
        copy=False,
        domain=[("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))],
        help="The invoice that the complaint is about.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )

    @api.model
    def _complaint_document_fields(self):
        return [*super()._complaint_document_fields(), "complaint_invoice_id"]

    @api.constrains("complaint_invoice_id", "company_id")
    def _check_complaint_invoice_id(self):
        self._check_company(["complaint_invoice_id"])

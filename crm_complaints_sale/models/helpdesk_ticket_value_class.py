"""helpdesk.ticket, value class: the customer's class for the complaint's company."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import VALUE_CLASSES


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_value_class = fields.Selection(
        selection=VALUE_CLASSES,
        string="Customer Value",
        compute="_compute_complaint_value_class",
        search="_search_complaint_value_class",
        groups="base.group_user",
        help="Class A contains the customers who account for most of the revenue, "
        "class B the next ones, and class C all others who have bought something. "
        "The class is calculated every night.",
    )

    @api.depends("partner_id.complaint_value_class", "company_id")
    def _compute_complaint_value_class(self):
        for company, tickets in self.grouped("company_id").items():
            for ticket in tickets.with_company(company):
                ticket.complaint_value_class = ticket.partner_id.complaint_value_class

    @api.model
    def _search_complaint_value_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        known = [name for name in value if name]

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, "complaint_value_class", query)
            conditions = [SQL("%s IN %s", column, tuple(known))] if known else []
            if len(known) != len(value):
                conditions.append(SQL("%s IS NULL", column))
            return SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda ticket: ticket.complaint_value_class in value,
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "complaint_value_class":
            return super()._field_to_sql(alias, field_expr, query)
        # classes differ by company, and a list may hold complaints of several
        self._check_field_access(self._fields[field_expr], "read")
        field = self.env["res.partner"]._fields[field_expr]
        return SQL(
            "(SELECT customer.complaint_value_class->>%s::varchar"
            " FROM res_partner customer WHERE customer.id = %s)",
            super()._field_to_sql(alias, "company_id", query),
            super()._field_to_sql(alias, "partner_id", query),
            to_flush=field,
        )

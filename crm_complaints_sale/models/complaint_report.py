"""complaint.report, sales: the customer's value, and whether they bought again."""

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import VALUE_CLASSES

# How long customers have to buy again: those answered more lately are not judged yet.
_DAYS = 180


class ComplaintReport(models.Model):
    _inherit = "complaint.report"
    _depends = {
        "helpdesk.ticket": ["company_id", "partner_id", "commercial_partner_id"],
        "res.partner": ["complaint_value_class", "commercial_partner_id"],
        "sale.order": ["partner_id", "company_id", "state", "date_order"],
    }

    value_class = fields.Selection(
        selection=VALUE_CLASSES, string="Customer Value", readonly=True
    )
    bought_again = fields.Float(
        string="Bought Again (%)",
        readonly=True,
        aggregator="avg",
        help="Share of complaints whose customer confirmed an order within 180 days of "
        "the final response. Complaints answered less than 180 days ago are left out.",
    )

    @api.model
    def _columns(self):
        return {
            **super()._columns(),
            # classes differ by company
            "value_class": SQL(
                "(SELECT customer.complaint_value_class->>ticket.company_id::varchar"
                " FROM res_partner customer WHERE customer.id = ticket.partner_id)"
            ),
            "bought_again": SQL(
                """
                CASE WHEN ticket.complaint_resolved_at <= %(judged)s::timestamp
                      AND ticket.commercial_partner_id IS NOT NULL
                     THEN 100.0 * EXISTS (
                          SELECT FROM sale_order o
                            JOIN res_partner p ON p.id = o.partner_id
                           WHERE p.commercial_partner_id = ticket.commercial_partner_id
                             AND o.company_id = ticket.company_id
                             AND o.state = 'sale'
                             AND o.date_order > ticket.complaint_resolved_at
                             AND o.date_order
                                 <= ticket.complaint_resolved_at + %(days)s * interval '1 day'
                          )::int
                END""",
                judged=fields.Datetime.subtract(fields.Datetime.now(), days=_DAYS),
                days=_DAYS,
            ),
        }

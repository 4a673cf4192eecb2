"""res.partner, value class: A, B or C by share of revenue (Pareto), per company."""

from odoo import api, fields, models
from odoo.tools import SQL

VALUE_CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "complaint.field.access"]

    complaint_value_class = fields.Selection(
        selection=VALUE_CLASSES,
        string="Customer Value",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Class A contains the customers who account for most of the revenue "
        "(80% by default), class B the next ones (up to 95% by default), and class C "
        "all others who have bought something. The class is calculated every night, "
        "for the customer's whole company, from the orders confirmed during the last "
        "twelve months (by default), less credit notes.",
        complaint_written_by="code",
    )

    @api.model
    def _commercial_fields(self):
        # a new contact of a customer has the customer's class at once
        return [*super()._commercial_fields(), "complaint_value_class"]

    @api.model
    def _cron_complaint_value_class(self):
        """Value class: class all customers in one query that writes changed ones only.

        In each company the customers are sorted by revenue, the largest first. Those
        are A before whom the share of class A has not been reached, so the customer
        with whom it is reached is A as well.

        :return: how many contacts changed
        """
        self.env.flush_all()
        self.env.cr.execute(self._complaint_value_query(fields.Datetime.now()))
        changed = self.env.cr.rowcount
        self.invalidate_model(["complaint_value_class"])
        return changed

    @api.model
    def _complaint_value_query(self, now):
        """Return the statement that classes all customers.

        Revenue is the untaxed total of confirmed orders, in the company's currency at
        the order's rate. Credit notes on an order's lines lower it, except for what was
        invoiced beyond the order, which was credited to be invoiced again. Down
        payments are left out of both.

        :param datetime now: the end of the period
        """
        return SQL(
            """
            WITH ordered AS (
                SELECT so.id, so.company_id, so.amount_untaxed AS untaxed,
                       coalesce(nullif(so.currency_rate, 0), 1)::numeric AS rate,
                       so.currency_id, customer.commercial_partner_id AS entity_id
                  FROM sale_order so
                  JOIN res_company company ON company.id = so.company_id
                  JOIN res_partner customer ON customer.id = so.partner_id
                 WHERE so.state = 'sale'
                   AND so.date_order <= %(now)s
                   AND so.date_order
                       > %(now)s - make_interval(months => company.complaint_value_months)
            ), invoiced AS (
                SELECT ordered.id,
                       sum(amount) FILTER (WHERE move_type = 'out_refund') AS refunded,
                       sum(amount) FILTER (WHERE move_type = 'out_invoice') AS invoiced
                  FROM ordered
                  JOIN sale_order_line line ON line.order_id = ordered.id
                                           AND line.is_downpayment IS NOT TRUE
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line item ON item.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = item.move_id
                                        AND move.state = 'posted'
            CROSS JOIN LATERAL (
                       SELECT CASE WHEN move.currency_id = ordered.currency_id
                                   THEN item.price_subtotal
                                   ELSE abs(item.balance) * ordered.rate
                              END AS amount) amounts
              GROUP BY ordered.id
            ), revenue AS (
                SELECT company_id, entity_id,
                       sum((untaxed - greatest(0, coalesce(refunded, 0)
                            - greatest(0, coalesce(invoiced, 0) - untaxed))) / rate
                       ) AS amount
                  FROM ordered
             LEFT JOIN invoiced USING (id)
              GROUP BY company_id, entity_id
            ), ranked AS (
                SELECT company_id, entity_id,
                       sum(amount) OVER (PARTITION BY company_id) AS total,
                       coalesce(sum(amount) OVER (
                           PARTITION BY company_id ORDER BY amount DESC, entity_id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       ), 0) AS before
                  FROM revenue
                 WHERE amount > 0
            ), classed AS (
                SELECT ranked.entity_id,
                       jsonb_object_agg(company.id, CASE
                           WHEN before * 100 < total * company.complaint_value_share_a
                           THEN 'a'
                           WHEN before * 100 < total * company.complaint_value_share_b
                           THEN 'b'
                           ELSE 'c' END
                       ) AS value_class
                  FROM ranked
                  JOIN res_company company ON company.id = ranked.company_id
              GROUP BY ranked.entity_id
            )
            UPDATE res_partner partner
               SET complaint_value_class = found.value_class
              FROM (SELECT p.id, classed.value_class
                      FROM res_partner p
                 LEFT JOIN classed ON classed.entity_id = p.commercial_partner_id
                     WHERE p.complaint_value_class IS NOT NULL
                        OR classed.entity_id IS NOT NULL) found
             WHERE found.id = partner.id
               AND found.value_class IS DISTINCT FROM partner.complaint_value_class
            """,
            now=now,
        )

"""res.partner, complaint history: figures of complaints of a customer's company."""

import operator as op

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import outcomes

_COMPARE = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
_COMPARE_SQL = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}
# Zero where there is nothing to count; other figures are empty then, and no comparison
# finds those customers.
COUNTS = (
    "complaint_count",
    "complaint_open_count",
    "complaint_repeat_count",
    "complaint_decided_count",
)
OTHERS = (
    "complaint_last_received_at",
    "complaint_satisfaction",
    "complaint_upheld_share",
    "complaint_trust",
)
REMEDY_FIGURES = (
    "complaint_remedy_count",
    "complaint_remedy_amount",
    "complaint_outstanding_count",
)
TICKET_FIGURES = COUNTS + OTHERS
FROM_ZERO = COUNTS + REMEDY_FIGURES
_FILE = "commercial_partner_id.complaint_entity_ids"


def _searched(name):
    return lambda self, operator, value: self._complaint_search_figure(
        name, operator, value
    )


def _is_none(field, figure):
    """Return the condition that a figure is empty or zero."""
    if field.type in ("integer", "float", "monetary"):
        return SQL("COALESCE(%s, 0) = 0", figure)
    return SQL("%s IS NULL", figure)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # All are of the whole company, of what the user may read. Lists do not add them up:
    # two contacts of one company show the same ones.
    complaint_count = fields.Integer(
        compute="_compute_complaint_figures",
        search=_searched("complaint_count"),
        aggregator=None,
        help="The complaints of this customer and of all contacts of the same company.",
    )
    complaint_open_count = fields.Integer(
        string="Open Complaints",
        compute="_compute_complaint_figures",
        search=_searched("complaint_open_count"),
        aggregator=None,
    )
    complaint_last_received_at = fields.Datetime(
        string="Last Complaint",
        compute="_compute_complaint_figures",
        search=_searched("complaint_last_received_at"),
    )
    complaint_repeat_count = fields.Integer(
        string="Repeat Complaints",
        compute="_compute_complaint_figures",
        search=_searched("complaint_repeat_count"),
        aggregator=None,
        groups="base.group_user",
        help="The number of complaints that followed an earlier complaint of the same "
        "customer.",
    )
    complaint_decided_count = fields.Integer(
        string="Decided Complaints",
        compute="_compute_complaint_figures",
        search=_searched("complaint_decided_count"),
        aggregator=None,
        groups="base.group_user",
        help="The number of complaints with an outcome.",
    )
    complaint_upheld_share = fields.Float(
        string="Upheld (%)",
        digits=(5, 1),
        compute="_compute_complaint_figures",
        search=_searched("complaint_upheld_share"),
        aggregator=None,
        groups="base.group_user",
        help="The share of decided complaints that were upheld in full or in part.",
    )
    complaint_satisfaction = fields.Float(
        string="Satisfaction",
        digits=(3, 2),
        compute="_compute_complaint_figures",
        search=_searched("complaint_satisfaction"),
        aggregator=None,
        groups="base.group_user",
        help="The customer's average rating of our solutions: 1 not "
        "satisfied, 3 partly satisfied, 5 satisfied.",
    )
    complaint_trust = fields.Selection(
        selection=lambda self: self._complaint_trust_levels(),
        string="Last Follow-up Result",
        compute="_compute_complaint_figures",
        search=_searched("complaint_trust"),
        groups="base.group_user",
        help="What the customer said in the last follow-up call.",
    )
    complaint_remedy_count = fields.Integer(
        string="Remedies Given",
        compute="_compute_complaint_remedies",
        search=_searched("complaint_remedy_count"),
        aggregator=None,
        groups="base.group_user",
        help="The number of remedies that have been carried out.",
    )
    complaint_remedy_amount = fields.Monetary(
        string="Value of Remedies",
        currency_field="complaint_currency_id",
        compute="_compute_complaint_remedies",
        search=_searched("complaint_remedy_amount"),
        aggregator=None,
        groups="base.group_user",
        help="The value of all remedies, in the currency of your company and at "
        "today's rates.",
    )
    complaint_outstanding_count = fields.Integer(
        string="Outstanding Remedies",
        compute="_compute_complaint_remedies",
        search=_searched("complaint_outstanding_count"),
        aggregator=None,
        groups="base.group_user",
        help="The number of remedies that the customer has accepted and that are not "
        "done yet.",
    )
    complaint_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_complaint_currency_id",
        groups="base.group_user",
    )
    complaint_entity_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="commercial_partner_id",
        string="Tickets of the Company",
        groups="base.group_user",
        help="The tickets of the whole company, from which the figures are calculated.",
    )
    complaint_history_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Complaints of the Company",
        compute="_compute_complaint_history_ids",
        compute_sudo=False,
        groups="base.group_user",
    )

    # ---------------------------------------------------
    # Computes and searches
    # ---------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends(
        *(
            f"{_FILE}.{name}"
            for name in (
                "is_complaint",
                "active",
                "duplicate_id",
                "complaint_is_open",
                "complaint_received_at",
                "complaint_outcome",
                "complaint_repeat_of_id",
                "complaint_follow_up_result",
                "complaint_follow_up_at",
                "complaint_reopened_at",
                "rating_last_value",
                # who may read it
                "user_id",
                "team_id",
                "complaint_concerned_user_ids",
            )
        )
    )
    def _compute_complaint_figures(self):
        self._complaint_fill_in(TICKET_FIGURES)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends(
        *(
            f"{_FILE}.{name}"
            for name in (
                "is_complaint",
                "active",
                "duplicate_id",
                "complaint_remedy_ids.state",
                "complaint_remedy_ids.amount",
                "user_id",
                "team_id",
                "complaint_concerned_user_ids",
            )
        )
    )
    def _compute_complaint_remedies(self):
        self._complaint_fill_in(REMEDY_FIGURES)

    @api.depends_context("allowed_company_ids")
    def _compute_complaint_currency_id(self):
        self.complaint_currency_id = self.env.company.currency_id

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends(f"{_FILE}.is_complaint", f"{_FILE}.active", f"{_FILE}.duplicate_id")
    def _compute_complaint_history_ids(self):
        found = {}
        Ticket = self.env["helpdesk.ticket"]
        if self.ids and Ticket.has_access("read"):
            found = dict(
                Ticket._read_group(
                    self._complaint_file_domain()
                    & Domain(
                        "commercial_partner_id", "in", self.commercial_partner_id.ids
                    ),
                    ["commercial_partner_id"],
                    ["id:recordset"],
                )
            )
        for partner in self:
            tickets = found.get(partner.commercial_partner_id._origin, Ticket)
            partner.complaint_history_ids = tickets.sorted(
                lambda ticket: (ticket.complaint_received_at, ticket.id), reverse=True
            )

    def _complaint_fill_in(self, names):
        """Fill in figures, in one query for all of these.

        :param names: those of one query, see ``_complaint_figures``
        """
        ids = self.commercial_partner_id.ids
        query, figures = self._complaint_figures(names[0]) if ids else (None, {})
        rows = {}
        if query is not None:
            query.add_where(SQL("%s IN %s", query.groupby, tuple(ids)))
            columns = SQL(", ").join(figures[name] for name in names)
            for customer_id, *values in self.env.execute_query(
                query.select(query.groupby, columns)
            ):
                rows[customer_id] = dict(zip(names, values, strict=True))
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin.id, {})
            for name in names:
                partner[name] = row.get(name) or False

    @api.model
    def _complaint_search_figure(self, name, operator, value):
        """Search customers by a figure, those without any complaint included.

        A missing figure, such as the satisfaction of somebody who was not asked, is
        found by ``= False`` only.

        :param str name: of the field
        :param str operator: "in" or a comparison
        :param value: one, or many of them for "in"
        """
        if operator not in _COMPARE and operator != "in":
            return NotImplemented
        # Odoo checks this for columns, but not for search methods
        self._check_field_access(self._fields[name], "read")
        given = tuple(one for one in value if one) if operator == "in" else ()
        if operator == "in":
            fits_none = len(given) < len(value)
        else:
            fits_none = name in FROM_ZERO and _COMPARE[operator](0, value)
        query, figures = self._complaint_figures(name)
        if query is None:
            return Domain(fits_none)
        figure = figures[name]
        if operator != "in":
            fits = SQL("%s %s %s", figure, _COMPARE_SQL[operator], value)
        else:
            fits = SQL("%s IN %s", figure, given) if given else SQL("FALSE")
            if fits_none:
                fits = SQL("(%s OR %s)", fits, _is_none(self._fields[name], figure))
        # customers without complaints are in no group: where these fit too, find those
        # that do not fit, and leave them out
        query.having = SQL("(%s) IS NOT TRUE", fits) if fits_none else fits
        customers = query.select(query.groupby)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s (%s)",
                model._field_to_sql(alias, "commercial_partner_id", query),
                SQL("NOT IN") if fits_none else SQL("IN"),
                customers,
            )
        )

    # ---------------------------------------------------
    # Figures
    # ---------------------------------------------------

    @api.model
    def _complaint_file_domain(self):
        """Return the domain of complaints that count, without merged ones."""
        return Domain(
            [
                ("is_complaint", "=", True),
                # explicit, as active_test in the context would let archived ones count
                ("active", "=", True),
                ("duplicate_id", "=", False),
                ("commercial_partner_id", "!=", False),
            ]
        )

    @api.model
    def _complaint_trust_levels(self):
        field = self.env["helpdesk.ticket"]._fields["complaint_follow_up_result"]
        return field._description_selection(self.env)

    @api.model
    def _complaint_figures(self, name):
        """Return the query that counts by customer, and what it counts.

        Limited to what the user may read, whatever the rules on complaints say.

        :param str name: of one of the figures
        :return: Query grouped by customer, and {field name: SQL}; nothing for whoever
            may not read complaints at all
        """
        Ticket = self.env["helpdesk.ticket"]
        if not Ticket.has_access("read"):
            return None, {}
        query = Ticket._search(self._complaint_file_domain())
        # sudo: the rows are limited to what the user may read; columns need no check
        table = Ticket.sudo()

        def column(name):
            return table._field_to_sql(query.table, name, query)

        query.groupby = column("commercial_partner_id")
        if name in REMEDY_FIGURES:
            return query, self._complaint_remedy_figures(query, column)
        return query, self._complaint_ticket_figures(column)

    def _complaint_ticket_figures(self, column):
        outcome = column("complaint_outcome")
        result = column("complaint_follow_up_result")
        repeated = column("complaint_repeat_of_id")
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        if hidden and not self.env.su:
            # a repeat would give away a complaint hidden from the user
            repeated = SQL(
                "CASE WHEN %s NOT IN %s THEN %s END", repeated, hidden, repeated
            )
        return {
            "complaint_count": SQL("COUNT(*)"),
            "complaint_open_count": SQL(
                "COUNT(*) FILTER (WHERE %s)", column("complaint_is_open")
            ),
            "complaint_last_received_at": SQL(
                "MAX(%s)", column("complaint_received_at")
            ),
            "complaint_repeat_count": SQL("COUNT(%s)", repeated),
            "complaint_decided_count": SQL(
                "COUNT(*) FILTER (WHERE %s IN %s)", outcome, outcomes.DECIDED
            ),
            "complaint_upheld_share": SQL(
                "ROUND(100.0 * COUNT(*) FILTER (WHERE %s IN %s)"
                " / NULLIF(COUNT(*) FILTER (WHERE %s IN %s), 0), 1)::float",
                outcome,
                outcomes.COUNTED_AS_UPHELD,
                outcome,
                outcomes.DECIDED,
            ),
            "complaint_satisfaction": SQL(
                "ROUND(AVG(NULLIF(%s, 0))::numeric, 2)::float",
                column("rating_last_value"),
            ),
            # a reopened complaint has no date of its follow-up call
            "complaint_trust": SQL(
                "(ARRAY_AGG(%s ORDER BY COALESCE(%s, %s, %s) DESC, %s DESC)"
                " FILTER (WHERE %s IS NOT NULL))[1]",
                result,
                column("complaint_follow_up_at"),
                column("complaint_reopened_at"),
                column("complaint_received_at"),
                column("id"),
                result,
            ),
        }

    def _complaint_remedy_figures(self, query, column):
        # sudo: remedies are read by whoever reads their complaint
        Remedy = self.env["complaint.remedy"].sudo()
        alias = query.make_alias(query.table, "complaint_remedy_ids")

        def remedy(name):
            return Remedy._field_to_sql(alias, name, query)

        query.add_join(
            "JOIN",
            alias,
            Remedy._table,
            SQL("%s = %s", remedy("ticket_id"), column("id")),
        )
        done = SQL("FILTER (WHERE %s = 'done')", remedy("state"))
        return {
            "complaint_remedy_count": SQL("COUNT(*) %s", done),
            "complaint_remedy_amount": SQL(
                "COALESCE(ROUND(SUM(%s * %s) %s, %s), 0)::float",
                remedy("amount"),
                self._complaint_rate(column("company_id")),
                done,
                self.env.company.currency_id.decimal_places,
            ),
            "complaint_outstanding_count": SQL(
                "COUNT(*) FILTER (WHERE %s = 'accepted')", remedy("state")
            ),
        }

    @api.model
    def _complaint_rate(self, company):
        """Return the rate from a company's currency to the current one's, as SQL.

        :param SQL company: the column with the company
        """
        here = self.env.company
        # sudo: the currencies of companies, whether or not the user works there
        others = (
            self.env["res.company"]
            .sudo()
            .search([("currency_id", "!=", here.currency_id.id)])
            if self.env.su
            else self.env.companies.sudo()
        )
        today = fields.Date.context_today(self)
        rates = [
            SQL(
                "WHEN %s THEN %s",
                other.id,
                other.currency_id._get_conversion_rate(
                    other.currency_id, here.currency_id, here, today
                ),
            )
            for other in others
            if other.currency_id != here.currency_id
        ]
        if not rates:
            return SQL("1")
        return SQL("CASE %s %s ELSE 1 END", company, SQL(" ").join(rates))

    def _compute_application_statistics_hook(self):
        data = super()._compute_application_statistics_hook()
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            return data
        for partner in self.filtered("complaint_count"):
            open_count = partner.complaint_open_count
            data[partner.id].append(
                {
                    "iconClass": "fa-bullhorn",
                    "value": partner.complaint_count,
                    "label": self.env._("Complaints (%s open)", open_count),
                    "tagClass": "o_tag_color_1" if open_count else "o_tag_color_0",
                }
            )
        return data

    # ---------------------------------------------------
    # Sorting and grouping
    # ---------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists of contacts be sorted and grouped by figures, as the user sees them."""
        if query is None or field_expr not in TICKET_FIGURES + REMEDY_FIGURES:
            return super()._field_to_sql(alias, field_expr, query)
        field = self._fields[field_expr]
        self._check_field_access(field, "read")
        is_number = field.type in ("integer", "float", "monetary")
        nothing = SQL("0") if is_number else SQL("NULL")
        names = REMEDY_FIGURES if field_expr in REMEDY_FIGURES else TICKET_FIGURES
        file_alias = query.make_alias(alias, f"file_{names[0]}")
        if file_alias not in query._joins:
            counted, figures = self._complaint_figures(field_expr)
            if counted is None:
                return SQL("%s::%s", nothing, SQL(field.column_type[1]))
            columns = SQL(", ").join(
                SQL("%s AS %s", figures[name], SQL.identifier(name)) for name in names
            )
            query.add_join(
                "LEFT JOIN",
                file_alias,
                SQL(
                    "(%s)",
                    counted.select(SQL("%s AS customer_id", counted.groupby), columns),
                ),
                SQL(
                    "%s = %s",
                    self._field_to_sql(alias, "commercial_partner_id", query),
                    SQL.identifier(file_alias, "customer_id"),
                ),
            )
        return SQL("COALESCE(%s, %s)", SQL.identifier(file_alias, field_expr), nothing)

"""res.partner: the complaints of a customer, counted for his whole company."""

import operator as op

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import phases, phone_numbers
from .customer_search import index_definition, name_index_definition, phone_domain

_COMPARE = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="partner_id",
        string="Complaints",
        domain=[("is_complaint", "=", True)],
    )
    complaint_count = fields.Integer(
        compute="_compute_complaint_counts",
        search="_search_complaint_count",
        help="Complaints of this customer and of all contacts of the same company.",
    )
    complaint_open_count = fields.Integer(
        string="Open Complaints",
        compute="_compute_complaint_counts",
        search="_search_complaint_open_count",
    )
    complaint_last_received_at = fields.Datetime(
        string="Last Complaint",
        compute="_compute_complaint_counts",
        search="_search_complaint_last_received_at",
    )
    complaint_salutation = fields.Char(
        string="Salutation in Letters",
        translate=False,
        help="How letters address this person after “Dear”, such as “Ms Weber”. "
        "Empty: by the full name.",
    )

    _complaint_phone_idx = models.Index(index_definition("phone", "phone IS NOT NULL"))

    _complaint_name_idx = models.Index(name_index_definition)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("complaint_ids.complaint_phase", "commercial_partner_id")
    def _compute_complaint_counts(self):
        rows = {}
        Ticket = self.env["helpdesk.ticket"]
        if self.ids and Ticket.has_access("read"):
            for customer, phase, count, last in Ticket._read_group(
                [
                    ("is_complaint", "=", True),
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ],
                ["commercial_partner_id", "complaint_phase"],
                ["__count", "complaint_received_at:max"],
            ):
                rows.setdefault(customer.id, []).append((phase, count, last))
        for partner in self:
            found = rows.get(partner.commercial_partner_id.id, [])
            partner.complaint_count = sum(count for _phase, count, _last in found)
            partner.complaint_open_count = sum(
                count for phase, count, _last in found if phase in phases.OPEN
            )
            partner.complaint_last_received_at = max(
                (last for _phase, _count, last in found if last), default=False
            )

    def _search_complaint_count(self, operator, value):
        return self._complaint_search_count(operator, value, Domain.TRUE)

    def _search_complaint_open_count(self, operator, value):
        return self._complaint_search_count(
            operator, value, Domain("complaint_phase", "in", phases.OPEN)
        )

    def _search_complaint_last_received_at(self, operator, value):
        if operator not in _COMPARE and operator != "in":
            return NotImplemented
        if operator == "in" and False in value:
            return self._complaint_search_count("in", [0], Domain.TRUE)
        customers = self.env["helpdesk.ticket"]._read_group(
            [("is_complaint", "=", True), ("commercial_partner_id", "!=", False)],
            ["commercial_partner_id"],
            having=[("complaint_received_at:max", operator, value)],
        )
        return Domain(
            "commercial_partner_id", "in", [customer.id for (customer,) in customers]
        )

    @api.model
    def _search_display_name(self, operator, value):
        """Find whoever calls: by his number in any spelling, or by words in any order.

        Only where the context asks for it with ``complaint_find_customer``.
        """
        text = value.strip() if isinstance(value, str) else ""
        if (
            not text
            or operator != "ilike"
            or not self.env.context.get("complaint_find_customer")
        ):
            return super()._search_display_name(operator, value)
        found = Domain("ref", "=", text)
        if phone_numbers.is_number(text):
            return found | phone_domain(self, "phone", text)
        if "@" in text:
            return found | Domain("email_normalized", "like", text.lower())
        return found | Domain.AND(
            Domain("complete_name", "ilike", word) for word in text.split()
        )

    @api.model
    def _complaint_search_count(self, operator, value, which):
        """Search customers by how many complaints they have, zero included.

        :param str operator: "in" or a comparison
        :param value: number, or numbers for "in"
        :param Domain which: what complaints count
        """
        if operator in _COMPARE:

            def matches(count):
                return _COMPARE[operator](count, value)

        elif operator == "in":

            def matches(count):
                return count in value or (not count and False in value)

        else:
            return NotImplemented
        counted = self.env["helpdesk.ticket"]._read_group(
            Domain("is_complaint", "=", True)
            & Domain("commercial_partner_id", "!=", False)
            & which,
            ["commercial_partner_id"],
            ["__count"],
        )
        # those without complaints are not among the groups: where zero matches, leave
        # out the ones that do not match
        if matches(0):
            return Domain(
                "commercial_partner_id",
                "not in",
                [customer.id for customer, count in counted if not matches(count)],
            )
        return Domain(
            "commercial_partner_id",
            "in",
            [customer.id for customer, count in counted if matches(count)],
        )

    def write(self, vals):
        before = (
            {partner: partner.lang for partner in self.sudo()}  # for comparing only
            if "lang" in vals
            else {}
        )
        result = super().write(vals)
        changed = {p: lang for p, lang in before.items() if p.lang != lang}
        if changed:
            self.env["helpdesk.ticket"]._complaint_customers_speak(changed)
        return result

    def action_view_complaints(self):
        """Open the complaints of this customer and of his whole company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_action"
        )
        action["domain"] = [
            ("is_complaint", "=", True),
            ("commercial_partner_id", "=", self.commercial_partner_id.id),
        ]
        action["context"] = {
            "default_is_complaint": True,
            "default_partner_id": self.id,
        }
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action

    def _complaint_as_body(self):
        """Return how letters name an outside body: one line each, empty ones left out.

        :return: str, empty for no contact
        """
        if not self:
            return ""
        self.ensure_one()
        address = self._display_address(without_company=True).splitlines()
        lines = (self.name, *address, self.phone, self.email, self.website)
        return "\n".join(line.strip() for line in lines if line and line.strip())

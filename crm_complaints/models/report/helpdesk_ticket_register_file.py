"""helpdesk.ticket, register: the columns of the register of complaints, as a file."""

from collections.abc import Callable
from datetime import timezone
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import plain_text, working_time


class Column(NamedTuple):
    """A column of the register.

    :ivar name: by which an addon finds it among the others
    :ivar label: in the language of the user
    :ivar value: function of a complaint; returns a text, a number, a date, a datetime
        (naive, as the clock of the company shows it), or a false value
    """

    name: str
    label: str
    value: Callable[[models.BaseModel], Any]


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _complaint_register_domain(self, date_from, date_to, companies):
        """Return the domain of the complaints that a register of a period holds.

        :param date date_from: the first day of receipt, by the clock of each company
        :param date date_to: the last day
        """
        received = Domain.FALSE
        for company in companies:
            tz = working_time.zone(company._complaint_tz())
            received |= (
                Domain("company_id", "=", company.id)
                & Domain(
                    "complaint_received_at",
                    ">=",
                    working_time.start_of_day(date_from, tz),
                )
                & Domain(
                    "complaint_received_at", "<=", working_time.end_of_day(date_to, tz)
                )
            )
        return self._complaint_counted_domain() & received

    @api.model
    def _complaint_register_chunk(self, domain, after, limit):
        """Return the complaints that follow in the order of the register.

        :param tuple after: date of receipt and id of the last one before; None to begin
        """
        if after:
            # Odoo compares moments to the second only, and some are more exact
            domain &= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "(%s, %s) > (%s, %s)",
                    model._field_to_sql(alias, "complaint_received_at", query),
                    SQL.identifier(alias, "id"),
                    *after,
                )
            )
        return self.with_context(active_test=False).search(
            domain, order="complaint_received_at, id", limit=limit
        )

    @api.model
    def _complaint_register_columns(self):
        """Hook: return the columns of the register, a list of ``Column``.

        They are asked once for each chunk of complaints. What a value reads is read for
        the whole chunk, as long as it is reached by fields.
        """
        of = self._complaint_register_field
        named = self._complaint_register_name
        local = self._complaint_register_clock()
        columns = [
            of("number", label=self.env._("Reference")),
            of("complaint_received_at"),
            of("channel_id"),
            of("complaint_lang"),
            Column(
                "partner_id",
                self.env._("Customer"),
                lambda t: t.partner_name or named(t.partner_id),
            ),
            of("complaint_representative_id"),
            of("complaint_representative_relation"),
            Column(
                "product",
                self.env._("Product or Service"),
                lambda t: t._complaint_register_product(),
            ),
            of("category_id"),
            of("name", label=self.env._("Summary")),
            Column(
                "description",
                self.env._("Description"),
                lambda t: plain_text.from_html(t.description or "").strip(),
            ),
            of("complaint_remedy_sought"),
            of("complaint_severity"),
            of("user_id", label=self.env._("Handler")),
            of("complaint_acknowledged_at"),
            of("complaint_responded_at"),
            Column(
                "extensions",
                self._complaint_register_label("complaint_extension_ids"),
                lambda t: "\n".join(
                    f"{local(t, one.new_deadline).date()}: {one.reason}"
                    for one in t.complaint_extension_ids.sorted("id")
                    if one.new_deadline
                ),
            ),
            of("complaint_findings"),
            of("complaint_cause_id"),
            of("complaint_outcome"),
            Column(
                "remedies",
                self.env._("Remedies Given"),
                lambda t: "\n".join(t._complaint_given().mapped("text")),
            ),
            Column(
                "amount",
                self.env._("Amount Given"),
                lambda t: t.complaint_amount_given or None,
            ),
            Column(
                "currency",
                self.env._("Currency"),
                lambda t: named(t.complaint_currency_id),
            ),
            of("complaint_decision"),
            of("complaint_resolved_at"),
            of("closed_date", label=self.env._("Closed")),
            of("complaint_reopened_at"),
            of("complaint_reopened_count"),
            of("complaint_referred_at"),
            of("complaint_body_id"),
            of("complaint_follow_up_result"),
            of("complaint_rating"),
        ]
        if len(self.env.companies) > 1:
            columns.append(of("company_id"))
        return columns

    def _complaint_register_product(self):
        """Hook: return the product or service that the complaint is about.

        By default, the documents that it is about.
        """
        names = (self[name] for name in self._complaint_document_fields())
        return ", ".join(filter(None, map(self._complaint_register_name, names)))

    @api.model
    def _complaint_register_field(self, name, label=""):
        """Return the column of a field: what the user reads on the complaint."""
        field = self._fields[name]
        value = {
            "many2one": lambda t: self._complaint_register_name(t[name]),
            "selection": self._complaint_register_choice(field),
            "datetime": self._complaint_register_moment(name),
        }.get(field.type, lambda t: t[name])
        return Column(name, label or self._complaint_register_label(name), value)

    @api.model
    def _complaint_register_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]

    @api.model
    def _complaint_register_choice(self, field):
        if field.type != "selection":
            return None
        labels = dict(field._description_selection(self.env))
        return lambda t: labels.get(t[field.name], t[field.name])

    @api.model
    def _complaint_register_moment(self, name):
        local = self._complaint_register_clock()
        return lambda t: local(t, t[name])

    @api.model
    def _complaint_register_clock(self):
        """Return a function of complaint and moment: what the company's clock showed."""
        zones = {}

        def local(ticket, moment):
            if not moment:
                return None
            company = ticket.company_id
            if company not in zones:
                zones[company] = working_time.zone(company._complaint_tz())
            there = moment.replace(tzinfo=timezone.utc).astimezone(zones[company])
            return there.replace(tzinfo=None)

        return local

    @api.model
    def _complaint_register_name(self, record):
        # sudo: the names of what a complaint is linked to stand on its form as well
        return record.sudo().display_name or ""

"""helpdesk.ticket, customer: domains that find the complaints of one customer."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, email_normalize_all

from ...engine import addresses as mail_addresses
from ...engine import phases, phone_numbers
from .customer_search import index_definition, phone_domain

# The address in “Anna Weber <anna@weber.example>”.
ADDRESS = r'[^\s<>,;"]+@[^\s<>,;"]+'
_ENDED_SHOWN = 5


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    _complaint_phone_idx = models.Index(index_definition("complaint_phone"))
    _complaint_email_idx = models.Index(
        f"(lower(substring(partner_email from '{ADDRESS}')))"
        " WHERE is_complaint IS TRUE AND partner_email IS NOT NULL"
    )

    @api.model
    def _complaint_of_customer_domain(self, partner, phone="", email=""):
        """Return the domain of complaints of one customer, whoever registered them.

        For a known customer: those of their whole company, and those that came from
        their number or address before they were known.

        :param partner: res.partner, or an empty one
        :param str phone: as typed; a short one is ignored
        :param str email: as typed
        """
        conditions = []
        if len(phone_numbers.core(phone)) >= phone_numbers.WHOLE:
            conditions.append(phone_domain(self, "complaint_phone", phone))
        if address := email_normalize(email, strict=False):
            conditions.append(self._complaint_address_domain(address))
        if partner:
            unknown = Domain("partner_id", "=", False)
            conditions = [
                Domain("commercial_partner_id", "=", partner.commercial_partner_id.id),
                *(unknown & condition for condition in conditions),
            ]
        return Domain("is_complaint", "=", True) & Domain.OR(conditions)

    @api.model
    def _complaint_of_person_domain(self, partner):
        """Return the domain of complaints of one person, and of nobody else.

        Those of colleagues are left out; a company has those of all its people. Those
        from before the person was known are found by address. A family may share a
        number, so it counts only where the complaint has no other name or address.

        :param partner: res.partner
        """
        own = Domain(
            "partner_id", "child_of" if partner.is_company else "=", partner.id
        )
        unknown = [
            self._complaint_address_domain(address)
            for address in email_normalize_all(partner.email or "")
        ]
        if len(phone_numbers.core(partner.phone or "")) >= phone_numbers.WHOLE:
            unknown.append(
                phone_domain(self, "complaint_phone", partner.phone)
                & Domain("partner_email", "in", (False, ""))
                & Domain("partner_name", "in", (False, "", partner.name))
            )
        return Domain("is_complaint", "=", True) & (
            own | (Domain("partner_id", "=", False) & Domain.OR(unknown))
        )

    @api.model
    def _complaint_address_domain(self, address):
        """Return the domain of tickets that came from an e-mail address.

        :param str address: bare, in lower case
        """

        def to_sql(model, alias, query):
            return SQL(
                "(%(column)s IS NOT NULL AND"
                " lower(substring(%(column)s from %(pattern)s)) = %(bare)s)",
                column=SQL.identifier(
                    alias, "partner_email", to_flush=model._fields["partner_email"]
                ),
                pattern=ADDRESS,
                bare=address,
            )

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda ticket: (
                email_normalize(ticket.partner_email, strict=False) == address
            ),
        )

    @api.model
    def _complaint_find_contact(self, emails, company, known=None):
        """Return the contact that a company's desk knows by one of these addresses.

        Never one of another company, which its handlers may not read; Odoo's gateway
        takes the first that there is. In sudo.

        :param emails: bare, in the order in which they count; empty ones are ignored
        :param company: res.company, empty for what companies share
        :param known: res.partner who come first, such as those who take part already
        """
        Partner = self.env["res.partner"]
        known = known or Partner
        ways = {email: mail_addresses.spellings(email) for email in emails if email}
        if not ways:
            return Partner
        found = Partner.search(
            Domain(
                "email_normalized",
                "in",
                [way for some in ways.values() for way in some],
            )
            & self._complaint_contact_domain(company),
            order="id",
            limit=100,
        )
        for way in (way for some in ways.values() for way in some):
            here = found.filtered(
                lambda partner, way=way: partner.email_normalized == way
            )
            if len(here) > 1:
                here = here.sorted(
                    lambda partner: (
                        partner not in known,
                        partner.partner_share,
                        not partner.user_ids,
                        partner.company_id != company,
                        not partner.company_id,
                        partner.id,
                    )
                )
            if here:
                return here[:1]
        return Partner

    @api.model
    def _complaint_contact_domain(self, company):
        """Return the domain of contacts that those who work for a company may read."""
        return Domain("company_id", "in", [False, *company.parent_ids.ids]) | Domain(
            "partner_share", "=", False
        )

    def _partner_find_from_emails(
        self, records_emails, *args, filter_found=None, **kwargs
    ):
        """Find recipients of complaints among the contacts of their company alone."""
        if not any(ticket.is_complaint for ticket in self):
            return super()._partner_find_from_emails(
                records_emails, *args, filter_found=filter_found, **kwargs
            )
        results = {}
        for company, tickets in self.grouped("company_id").items():
            # sudo: which companies are above it
            known = self._complaint_contact_domain(company.sudo())

            def may_be_read(partner, known=known):
                return partner.filtered_domain(known) and (
                    not filter_found or filter_found(partner)
                )

            results.update(
                super(HelpdeskTicket, tickets)._partner_find_from_emails(
                    {ticket: records_emails[ticket] for ticket in tickets},
                    *args,
                    filter_found=may_be_read,
                    **kwargs,
                )
            )
        return results

    @api.model
    def _complaint_unsettled_domain(self):
        """Return the domain of complaints that are open, or to be followed up."""
        return Domain("complaint_is_open", "=", True) | Domain(
            "complaint_phase", "=", phases.FOLLOW_UP
        )

    @api.model
    def _complaint_known_of(self, domain, limit=10):
        """Return the complaints to show to somebody who talks to their customer.

        :param Domain domain: of that customer
        :return: the unsettled ones, the latest first, and a few that have ended
        """
        unsettled = self._complaint_unsettled_domain()
        order = "complaint_received_at desc, id desc"
        return self.search(domain & unsettled, order=order, limit=limit) + self.search(
            domain & ~unsettled, order=order, limit=_ENDED_SHOWN
        )

"""helpdesk.ticket, addresses: greeting, addresses and tracking link of a letter."""

from odoo import api, fields, models
from odoo.tools import email_normalize, formataddr

from ...engine import phases


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_greeting_name = fields.Char(
        string="Greeting Name", compute="_compute_complaint_greeting_name"
    )
    complaint_email_to = fields.Char(
        string="Letter Recipient",
        compute="_compute_complaint_email_to",
        help="The address to which letters to the customer are sent.",
    )
    complaint_email_from = fields.Char(
        string="Letter Sender", compute="_compute_complaint_email_from"
    )

    @api.depends("partner_email", "partner_id.email")
    def _compute_complaint_email_to(self):
        for ticket in self:
            ticket.complaint_email_to = email_normalize(
                ticket.partner_email, strict=False
            ) or email_normalize(ticket.partner_id.email, strict=False)

    @api.depends("partner_id.complaint_salutation", "partner_id.name", "partner_name")
    def _compute_complaint_greeting_name(self):
        for ticket in self:
            partner = ticket.partner_id
            ticket.complaint_greeting_name = (
                partner.complaint_salutation or partner.name or ticket.partner_name
            )

    @api.depends("user_id", "team_id.alias_id", "company_id")
    def _compute_complaint_email_from(self):
        for ticket in self:
            # sudo: the team's addresses are printed on every letter
            team = ticket.team_id.sudo()
            company = ticket.company_id.sudo()
            signer = ticket._complaint_present_signer().sudo()
            address = (
                team.alias_domain_id and team.alias_email
            ) or company.partner_id.email
            ticket.complaint_email_from = (
                formataddr((signer.name or team.name or company.name, address))
                if address
                else signer.email_formatted
            )

    def _complaint_present_signer(self):
        """Return who signs what is written now: the handler or the leader, if present.

        Whoever is out of office signs nothing new; where nobody is there, the team does.
        """
        self.ensure_one()
        ticket = self.sudo()  # whether colleagues are away, whoever writes
        leader = ticket.complaint_leader_id - ticket.complaint_concerned_user_ids
        for user in (ticket.complaint_responsible_id, leader):
            if user and not user.is_out_of_office:
                return user.with_env(self.env)
        return self.env["res.users"]

    def _complaint_desk_address(self):
        """Return the bare e-mail address of the team, for the customer to write to."""
        return email_normalize(self.complaint_email_from or "")

    def _complaint_author(self, partner=None):
        """Return the author of a message: the partner signed in, or the customer.

        :param partner: res.partner of the user signed in, if any
        """
        author = partner or self.partner_id
        if author:
            # customers write without the signature that an account of theirs has
            return {"author_id": author.id, "email_add_signature": False}
        name = self.partner_name or self.env._("The customer")
        address = self.complaint_email_to or self._complaint_desk_address()
        return {
            "author_id": False,
            "email_add_signature": False,
            "email_from": formataddr((name, address)) if address else name,
        }

    def _complaint_link_ended(self):
        """Tell whether the tracking link has expired."""
        self.ensure_one()
        if not self.access_token:
            return True
        if self.complaint_phase not in phases.ENDED:
            return False
        closed = self.closed_date or self.complaint_resolved_at or self.create_date
        days = self.company_id.complaint_link_days
        return closed < fields.Datetime.subtract(fields.Datetime.now(), days=days)

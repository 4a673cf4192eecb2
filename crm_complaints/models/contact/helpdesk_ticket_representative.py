"""helpdesk.ticket, representative: who acts for the customer, and what they get."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import consteq, email_normalize

from .complaint_consent import DECIDE, READ, WRITE
from .recipients import (
    RECIPIENT,
    REPRESENTATIVE_LETTERS,
    REPRESENTATIVES,
    TO_CUSTOMER,
    TO_REPRESENTATIVE,
    TO_REPRESENTATIVE_WITHOUT_CONSENT,
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_representative_id = fields.Many2one(
        comodel_name="res.partner",
        string="Representative",
        groups="base.group_user",
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="The person or organisation that acts for the customer, such as a "
        "relative, a lawyer or a consumer association. Until the customer's consent "
        "is on file, the representative receives an acknowledgement and nothing "
        "else.",
        complaint_privacy="forget",
        complaint_merge="rule",
    )
    complaint_representative_relation = fields.Selection(
        selection=[
            ("relative", "Relative or Friend"),
            ("lawyer", "Lawyer"),
            ("association", "Consumer Association"),
            ("guardian", "Guardian"),
            ("other", "Other"),
        ],
        string="Relationship",
        groups="base.group_user",
        copy=False,
        complaint_merge="rule",
    )
    complaint_letters_to = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("representative", "Representative"),
            ("both", "Both"),
        ],
        string="Recipients of Letters",
        groups="base.group_user",
        compute="_compute_complaint_letters_to",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="This choice applies once the customer's consent is on file. Until "
        "then, letters are sent to the customer.",
        complaint_merge="rule",
    )
    complaint_consent_ids = fields.One2many(
        comodel_name="complaint.consent",
        inverse_name="ticket_id",
        string="Consent",
        groups="base.group_user",
        copy=False,
    )
    complaint_consent_id = fields.Many2one(
        comodel_name="complaint.consent",
        string="Valid Consent",
        groups="base.group_user",
        compute="_compute_complaint_consent_id",
        compute_sudo=True,
        help="The consent that is valid today for the representative.",
    )

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends("complaint_representative_id")
    def _compute_complaint_letters_to(self):
        for ticket in self:
            ticket.complaint_letters_to = bool(ticket.complaint_representative_id) and (
                ticket.complaint_letters_to or "both"
            )

    @api.depends(
        "complaint_representative_id",
        "complaint_consent_ids.partner_id",
        "complaint_consent_ids.given_on",
        "complaint_consent_ids.until",
        "complaint_consent_ids.ended_on",
    )
    def _compute_complaint_consent_id(self):
        order = (READ, WRITE, DECIDE)
        for ticket in self:
            who = ticket.complaint_representative_id
            consents = self.env["complaint.consent"]
            if who:  # most have no representative: no query for their consents
                consents = ticket.complaint_consent_ids.filtered(
                    lambda some, who=who: some.partner_id == who and some.is_valid
                )
            # the latest one; among those of one day the one with the widest scope
            ticket.complaint_consent_id = consents.sorted(
                lambda some: (some.given_on, order.index(some.scope))
            )[-1:]

    @api.constrains("complaint_representative_id", "partner_id")
    def _check_complaint_representative(self):
        for ticket in self:
            who = ticket.sudo().complaint_representative_id
            if who and who == ticket.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be both the customer and the "
                        "representative. Please choose a different contact for one "
                        "of them.",
                        name=who.display_name,
                    )
                )

    # ---------------------------------------------------
    # Who may read it
    # ---------------------------------------------------

    # A representative who gets letters is a follower, and followers could read the
    # ticket, with their whole company. Representatives use the customer page instead,
    # alone, within the scope and time of the consent. No record rule: a page of
    # helpdesk_mgmt's searches as the customer, who may not search this field.

    @api.model
    def _search(self, domain, *args, **kwargs):
        # by the groups, which are cached, as every search comes through here
        if not self.env.su and not self.env.user._is_internal():
            # sudo: only to leave these out
            acting = self.sudo().with_context(active_test=False)
            domain = Domain(domain) & Domain(
                "id", "not in", acting._search(self._complaint_acting_domain())
            )
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or self.env.user._is_internal() or not any(self._ids):
            return result
        forbidden = result[0] if result else self.browse()
        # sudo: only to find the few that have a representative
        rest = (self - forbidden).sudo().filtered("complaint_representative_id")
        barred = rest and rest.filtered_domain(self._complaint_acting_domain())
        if not barred:
            return result
        forbidden |= barred.sudo(False)
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    @api.model
    def _complaint_acting_domain(self):
        """Return the domain of complaints with a representative on the user's side."""
        side = self.env.user.commercial_partner_id.ids
        return Domain("complaint_representative_id", "child_of", side) & ~Domain(
            "partner_id", "child_of", side
        )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_before_write(self, vals):
        before = super()._complaint_before_write(vals)
        if "complaint_representative_id" in vals:
            # sudo: hidden from customers, and for comparing only
            before["representatives"] = {
                t: t.complaint_representative_id for t in self.sudo()
            }
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        acted = before.get("representatives", {})
        changed = self.sudo().browse(
            ticket.id
            for ticket, who in acted.items()
            if ticket.complaint_representative_id != who
        )
        for ticket in changed:
            # the previous representative gets nothing more
            ticket.message_unsubscribe(acted[ticket].ids)
        if changed or {"complaint_letters_to", "partner_id"} & vals.keys():
            self._complaint_subscribe_recipients()

    def _complaint_prepare_merge_vals(self, merged):
        """Whoever acts in the other one acts here, where nobody does yet."""
        values = super()._complaint_prepare_merge_vals(merged)
        who = merged.complaint_representative_id
        if who - self.partner_id and not self.complaint_representative_id:
            values.update(
                complaint_representative_id=who.id,
                complaint_representative_relation=(
                    merged.complaint_representative_relation
                ),
                complaint_letters_to=merged.complaint_letters_to,
            )
        return values

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_acts_for_another(self):
        """Make the current customer the representative; the real one is entered next.

        The tracking link they were sent as the customer ends.

        :raises UserError: where no contact is known, or there is a representative
        """
        self.check_access("write")
        for ticket in self:
            who = ticket.partner_id
            if not who:
                raise UserError(
                    self.env._(
                        "Please select the contact of the complaint first. A "
                        "representative must be a known contact."
                    )
                )
            if ticket.complaint_representative_id:
                raise UserError(
                    self.env._(
                        "%(name)s is already the representative of the customer.",
                        name=ticket.complaint_representative_id.display_name,
                    )
                )
            ticket.write(
                {
                    "partner_id": False,
                    "partner_name": False,
                    "partner_email": False,
                    "complaint_phone": False,
                    "complaint_representative_id": who.id,
                }
            )
            # sudo: users have no rights on the customer's token
            ticket.sudo()._complaint_end_links()
            ticket.message_unsubscribe(who.ids)
        return True

    # ---------------------------------------------------
    # To whom letters go
    # ---------------------------------------------------

    def _complaint_recipients(self, kind=None):
        """Return the recipients of a letter about this complaint.

        :param str kind: of ``complaint.letter``
        :return: list of ``Recipient``, never empty
        """
        self.ensure_one()
        ticket = self.sudo()  # the recipients do not depend on the user
        if not ticket.complaint_representative_id:
            return [TO_CUSTOMER]
        if kind in REPRESENTATIVE_LETTERS:
            return [TO_REPRESENTATIVE_WITHOUT_CONSENT]
        if not ticket.complaint_consent_id:
            return [TO_CUSTOMER]
        return {
            "representative": [TO_REPRESENTATIVE],
            "both": [TO_CUSTOMER, TO_REPRESENTATIVE],
        }.get(ticket.complaint_letters_to, [TO_CUSTOMER])

    def _complaint_per_recipient(self, kind=None):
        """Return this complaint for each recipient of a letter, named in the context.

        Greeting, address and link are then theirs. Render a template with it:
        ``template.with_context(ticket._complaint_recipient_context())``.

        :param str kind: of ``complaint.letter``
        :return: list of helpdesk.ticket, never empty
        """
        return [
            self.with_context(**{RECIPIENT: recipient})
            for recipient in self._complaint_recipients(kind)
        ]

    def _complaint_by_recipient(self, kind=None):
        """Return the recipients of letters about many complaints.

        :param str kind: of ``complaint.letter``
        :return: dict {``Recipient``: helpdesk.ticket}
        """
        ids = defaultdict(list)
        for ticket in self:
            for recipient in ticket._complaint_recipients(kind):
                ids[recipient].append(ticket.id)
        return {
            recipient: self.browse(some).with_prefetch(self._prefetch_ids)
            for recipient, some in ids.items()
        }

    def _complaint_written_to(self, recipient):
        """Return these with a recipient in the context; the customer is the usual one."""
        if recipient is TO_CUSTOMER and self.env.context.get(RECIPIENT) is None:
            return self
        return self.with_context(**{RECIPIENT: recipient})

    def _complaint_customer_side(self):
        """Return the customer's bare e-mail addresses, as a set.

        The customer's own, and that of a representative with consent.
        """
        self.ensure_one()
        ticket = self.sudo()  # to tell who it is, not to show it
        addresses = {
            ticket.complaint_email_to,
            ticket.complaint_consent_id.partner_id.email_normalized,
        }
        return set(filter(None, addresses))

    def _complaint_recipient_context(self):
        """Return the part of the context that names the recipient."""
        return {RECIPIENT: self.env.context.get(RECIPIENT)}

    def _complaint_recipient_partner(self):
        """Return the contact of the recipient: the customer, as a rule."""
        self.ensure_one()
        ticket = self.sudo()  # the recipient, of a letter that is being written
        if self.env.context.get(RECIPIENT) in REPRESENTATIVES:
            return ticket.complaint_representative_id
        return ticket.partner_id

    def _complaint_is_to_representative(self):
        """Tell whether the recipient is the representative."""
        return self.env.context.get(RECIPIENT) in REPRESENTATIVES

    @api.depends("complaint_representative_id.email")
    @api.depends_context(RECIPIENT)
    def _compute_complaint_email_to(self):
        if not self._complaint_is_to_representative():
            return super()._compute_complaint_email_to()
        for ticket in self:
            ticket.complaint_email_to = email_normalize(
                ticket._complaint_recipient_partner().email, strict=False
            )
        return None

    @api.depends(
        "complaint_representative_id.complaint_salutation",
        "complaint_representative_id.name",
    )
    @api.depends_context(RECIPIENT)
    def _compute_complaint_greeting_name(self):
        if not self._complaint_is_to_representative():
            return super()._compute_complaint_greeting_name()
        for ticket in self:
            who = ticket._complaint_recipient_partner()
            ticket.complaint_greeting_name = who.complaint_salutation or who.name
        return None

    def _portal_ensure_token(self):
        recipient = self.env.context.get(RECIPIENT)
        if recipient is TO_REPRESENTATIVE_WITHOUT_CONSENT:
            return ""
        token = super()._portal_ensure_token()
        if recipient is not TO_REPRESENTATIVE:
            return token
        consent = self.sudo().complaint_consent_id  # of a letter that goes to them
        return consent._ensure_token() if consent else ""

    def _complaint_end_links(self):
        super()._complaint_end_links()
        consents = self.complaint_consent_ids
        consents.filtered("access_token").write({"access_token": False})

    # ---------------------------------------------------
    # Followers, and access to the customer page
    # ---------------------------------------------------

    def _complaint_subscribe_recipients(self):
        """Update followers: of customer and representative, those who get letters."""
        for ticket in self.sudo():  # followers are set by what the user has just done
            who, customer = ticket.complaint_representative_id, ticket.partner_id
            if not who:
                continue
            reading = who.browse().union(
                *(
                    some._complaint_recipient_partner()
                    for some in ticket._complaint_per_recipient()
                )
            )
            ticket.message_unsubscribe(((who | customer) - reading).ids)
            ticket.message_subscribe(reading.ids)

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Suggest, of customer and representative, those who get letters."""
        suggested = super()._message_add_suggested_recipients(
            force_primary_email=force_primary_email
        )
        for ticket in self.sudo():  # the representative is the same for all users
            if not ticket.complaint_representative_id:
                continue
            recipients = ticket._complaint_recipients()
            data = suggested[ticket.id]
            if TO_REPRESENTATIVE in recipients:
                data["partners"] |= ticket.complaint_representative_id.sudo(False)
            if TO_CUSTOMER not in recipients:
                data["partners"] -= ticket.partner_id
                data["email_to_lst"] = [
                    address
                    for address in data["email_to_lst"]
                    if email_normalize(address) != ticket.complaint_email_to
                ]
        return suggested

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        # sudo: the representative, whatever the author may read
        ticket = self.sudo()
        who = len(ticket) == 1 and ticket.complaint_representative_id
        if not who or TO_REPRESENTATIVE in ticket._complaint_recipients():
            return recipients
        # the consent of a follower may have ended
        addressed = (msg_vals or {}).get(
            "partner_ids"
        ) or message.sudo().partner_ids.ids
        return [
            data for data in recipients if data["id"] != who.id or who.id in addressed
        ]

    def _complaint_acting(self, user, token=None):
        """Return the consent that gives somebody access to the customer page.

        :param user: res.users, the public one where nobody is signed in
        :param str token: the one in the link they came by
        :return: complaint.consent in sudo, none for all others
        """
        self.ensure_one()
        # sudo: to check access, before anything is shown
        consent = self.sudo().complaint_consent_id
        if not consent:
            return consent
        if not user._is_public() and user.partner_id == consent.partner_id:
            return consent
        has_link = (
            token
            and consent.access_token
            and not self._complaint_link_ended()
            and consteq(consent.access_token.encode(), token.encode())
        )
        return consent if has_link else consent.browse()

    @api.model
    def _complaint_acted_in(self, partner):
        """Return the complaints in which a representative may act today.

        :param partner: res.partner of the representative
        """
        consents = self.env["complaint.consent"].search(
            [
                ("partner_id", "=", partner.id),
                ("ticket_id.complaint_representative_id", "=", partner.id),
                ("is_valid", "=", True),
            ]
        )
        return consents.ticket_id.filtered(
            lambda ticket: ticket.complaint_consent_id in consents
        )

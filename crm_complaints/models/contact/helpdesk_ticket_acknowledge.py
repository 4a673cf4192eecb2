"""helpdesk.ticket, acknowledgement: each complaint is acknowledged once, on its way."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ...engine import acknowledgement
from ...engine.mail import headers as mail_headers
from ..core.helpdesk_ticket_failure import WARNING_ACTIVITY
from ..core.isolation import error_text, isolated
from .recipients import RECIPIENT, RECIPIENTS, TO_REPRESENTATIVE_WITHOUT_CONSENT

# Headers that mark an automatic answer (RFC 3834, 5), also for servers that only know
# Microsoft's header.
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-replied",
    "X-Auto-Response-Suppress": "All",
}
# A written acknowledgement goes out within two days; a call is made at once.
ACTIVITY_TYPES = {
    acknowledgement.PHONE: ("crm_complaints.mail_activity_type_call_back", 0),
    acknowledgement.LETTER: ("crm_complaints.mail_activity_type_letter", 2),
    acknowledgement.IN_PERSON: ("crm_complaints.mail_activity_type_in_person", 0),
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_acknowledged_at = fields.Datetime(
        string="Acknowledged",
        copy=False,
        tracking=True,
        readonly=True,
        complaint_written_by="code",
        complaint_merge="rule",
    )
    complaint_acknowledged_by = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("letter", "Letter"),
            ("fax", "Fax"),
            ("in_person", "In Person"),
            ("chat", "Chat"),
            ("not_applicable", "Not Applicable"),
        ],
        string="Acknowledged By",
        copy=False,
        readonly=True,
        complaint_written_by="code",
        complaint_merge="rule",
    )
    complaint_acknowledge_note = fields.Char(
        string="Reason for Missing Acknowledgement",
        groups="base.group_user",
        copy=False,
        readonly=True,
        help="The reason why the complaint has not been acknowledged.",
        complaint_written_by="code",
        complaint_privacy="forget",
        complaint_merge="rule",
    )
    complaint_acknowledge_route = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("phone", "Phone Call"),
            ("letter", "Letter"),
            ("in_person", "In Person"),
            ("not_applicable", "Not Applicable"),
        ],
        string="Acknowledgement Method",
        groups="base.group_user",
        compute="_compute_complaint_acknowledge_route",
    )

    @api.depends(
        "channel_id.complaint_acknowledge_by",
        "complaint_email_to",
        "complaint_phone",
        "partner_id.street",
        "partner_name",
        "complaint_consent_id",
        "complaint_letters_to",
        "complaint_representative_id.email",
        "complaint_representative_id.phone",
        "complaint_representative_id.street",
    )
    def _compute_complaint_acknowledge_route(self):
        for ticket in self:
            # sudo: hidden from customers, who register complaints as well
            acting = ticket.sudo().complaint_representative_id
            partners = ticket.partner_id | acting
            ticket.complaint_acknowledge_route = acknowledgement.route(
                ticket.channel_id.complaint_acknowledge_by,
                # a representative gets at least an acknowledgement
                email=ticket._complaint_acknowledgement_address(),
                phone=ticket.complaint_phone or acting.phone,
                postal=any(partners.mapped("street")),
                named=partners or ticket.partner_name,
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_acknowledge(self):
        """Acknowledge complaints, by the channel's way or the one the context names.

        An e-mail is sent; a call, a letter or a conversation is noted as done by the
        user. A complaint that is acknowledged already is left alone.

        Context ``complaint_acknowledge_by``: "email", "phone", "letter", "fax" or
        "in_person".

        :raises UserError: where the e-mail cannot be made, saying why; where the
            context names no such way
        """
        self.check_access("write")
        wanted = self.env.context.get("complaint_acknowledge_by")
        if wanted and wanted not in ("email", "phone", "letter", "fax", "in_person"):
            raise UserError(self.env._("This acknowledgement method is not available."))
        # sudo: what is noted of an acknowledgement; access checked above
        complaints = self.filtered("is_complaint").sudo()
        for ticket in complaints._complaint_not_acknowledged():
            by = wanted or ticket.complaint_acknowledge_route
            if by == acknowledgement.EMAIL:
                if not ticket._complaint_acknowledgement_address():
                    raise UserError(
                        self.env._(
                            "The customer has no e-mail address. Please enter one, "
                            "or acknowledge the complaint by phone."
                        )
                    )
                with isolated(self.env, f"No acknowledgement of {ticket}") as outcome:
                    ticket._complaint_cancel_unsent()
                    ticket._complaint_drop_acknowledging()
                    ticket._complaint_send_acknowledgement()
                if outcome.error:
                    raise UserError(
                        self.env._(
                            "The acknowledgement could not be created: %(reason)s",
                            reason=error_text(self.env, outcome.error),
                        )
                    ) from outcome.error
            else:
                ticket._complaint_cancel_unsent()
                ticket._complaint_set_acknowledged(by)
                if by != acknowledgement.NOT_APPLICABLE:
                    # done by the user, on the phone or otherwise
                    ticket._complaint_heard_from_us()
        return True

    # ---------------------------------------------------
    # Hooks
    # ---------------------------------------------------

    def _complaint_prepare_merge_vals(self, merged):
        """The first acknowledgement counts, and how it was made."""
        values = super()._complaint_prepare_merge_vals(merged)
        thanked_at = merged.complaint_acknowledged_at
        if thanked_at and (
            not self.complaint_acknowledged_at
            or thanked_at < self.complaint_acknowledged_at
        ):
            values.update(
                complaint_acknowledged_at=thanked_at,
                complaint_acknowledged_by=merged.complaint_acknowledged_by,
                complaint_acknowledge_note=False,
            )
        elif (
            self.complaint_acknowledged_by == acknowledgement.NOT_APPLICABLE
            and not merged.complaint_acknowledged_by
        ):
            values["complaint_acknowledged_by"] = False  # now we know whom to thank
        return values

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_not_acknowledged(self):
        return self.filtered(
            lambda ticket: (
                not ticket.complaint_acknowledged_at
                # an address may have been entered since
                and not (
                    ticket.complaint_acknowledged_by
                    == ticket.complaint_acknowledge_route
                    == acknowledgement.NOT_APPLICABLE
                )
            )
        )

    def _complaint_intake_facts(self):
        """Note on new complaints, such as anonymous ones, that no address is known."""
        super()._complaint_intake_facts()
        self._complaint_note_not_applicable()

    def _complaint_note_not_applicable(self):
        if self._complaint_is_history():
            return
        self._complaint_not_acknowledged().filtered(
            lambda ticket: (
                ticket.complaint_is_open
                and ticket.complaint_acknowledge_route == acknowledgement.NOT_APPLICABLE
            )
        ).complaint_acknowledged_by = acknowledgement.NOT_APPLICABLE

    def _complaint_intake_done(self):
        super()._complaint_intake_done()
        # sudo: what follows a registration, whoever registers it
        self.sudo()._complaint_acknowledge_new()

    def _complaint_put_back(self):
        super()._complaint_put_back()
        self._complaint_drop_acknowledging()

    def _complaint_phase_changed(self, moves):
        # reopened complaints that were never acknowledged
        unacknowledged = moves.reopened.filtered(
            lambda t: not t.complaint_acknowledge_note
        )
        unacknowledged._complaint_note_not_applicable()
        super()._complaint_phase_changed(moves)
        # no acknowledgement is needed once it is resolved or withdrawn
        (moves.resolved | moves.withdrawn)._complaint_drop_acknowledging()
        unacknowledged._complaint_acknowledge_new()

    @api.model
    def _complaint_clock_facts(self):
        return super()._complaint_clock_facts() | {
            "complaint_acknowledged_at",
            "complaint_acknowledged_by",
        }

    def _complaint_facts(self):
        return replace(
            super()._complaint_facts(),
            acknowledged_at=self.complaint_acknowledged_at or None,
            anonymous=self.complaint_acknowledged_by == acknowledgement.NOT_APPLICABLE,
        )

    def _complaint_acknowledge_new(self):
        """Acknowledge new complaints, or plan it; a failure undoes no registration.

        Each failure is noted on its complaint, and the team's leader is told; the
        others go on.
        """
        if self._complaint_is_history():
            return  # imported ones were acknowledged before
        todo = self._complaint_not_acknowledged().filtered(
            lambda ticket: ticket.complaint_is_open
        )
        by_route = defaultdict(self.browse)
        for ticket in todo:
            by_route[ticket.complaint_acknowledge_route] |= ticket
        for route, tickets in by_route.items():
            if route == acknowledgement.EMAIL:
                tickets._complaint_isolated(
                    lambda some: some._complaint_send_acknowledgement(automatic=True),
                    self.env._("The acknowledgement could not be created"),
                    type(self)._complaint_not_acknowledged_because,
                )
            else:
                tickets._complaint_isolated(
                    lambda some, route=route: some._complaint_plan_acknowledgement(
                        route
                    ),
                    self.env._("The acknowledgement could not be scheduled"),
                    type(self)._complaint_not_acknowledged_because,
                )

    def _complaint_not_acknowledged_because(self, summary, note):
        """Note why a complaint was not acknowledged, and tell the leader."""
        self.complaint_acknowledge_note = note
        self._complaint_tell_leader(summary, note)

    def _complaint_send_acknowledgement(self, automatic=False):
        """Create the acknowledgements by e-mail; they are sent after the commit.

        :param bool automatic: not sent by a user: leave out mails that must not be
            answered automatically, and companies that do not want it
        """
        tickets = self._complaint_to_be_answered() if automatic else self
        facts = self._complaint_incoming_mail()
        answered_id = facts and facts.message_id
        headers = dict(AUTOMATIC_HEADERS)
        if answered_id:
            headers["In-Reply-To"] = answered_id
        mails = self.env["mail.mail"].sudo()
        for (template, author, company, domain), group in tickets.grouped(
            type(self)._complaint_acknowledgement_frame
        ).items():
            values = {
                "headers": repr(headers),
                "is_notification": True,
                "auto_delete": False,
                "record_company_id": company.id,
                "record_alias_domain_id": domain.id,
            }
            if author:
                # the signer is told when it could not be delivered
                values["author_id"] = author.id
            if answered_id:
                values["references"] = answered_id
            told = self.browse()
            for recipient, some in group._complaint_to_acknowledge_to().items():
                wording = template.with_context(**{RECIPIENT: recipient})
                if recipient is TO_REPRESENTATIVE_WITHOUT_CONSENT:
                    # no tracking link without consent
                    wording = self._complaint_authority_template().with_context(
                        **{RECIPIENT: recipient, "complaint_on_paper": True}
                    )
                for is_first, part in ((True, some - told), (False, some & told)):
                    mails += wording.send_mail_batch(
                        part.ids,
                        # a failure of the second undoes no acknowledgement
                        email_values={**values, "complaint_acknowledgement": is_first},
                    )
                told |= some
        self._complaint_ensure_rendered(mails)
        self._complaint_note_recipients(mails)
        # the mail itself stands on the complaint: noting the date as well would take a
        # tenth of the registration; so what else has changed is noted before
        tickets._track_finalize()
        tickets.with_context(mail_notrack=True).write(
            {
                "complaint_acknowledged_at": fields.Datetime.now(),
                "complaint_acknowledged_by": acknowledgement.EMAIL,
                "complaint_acknowledge_note": False,
            }
        )
        mails.send_after_commit()

    def _complaint_acknowledgement_frame(self):
        """Return what all acknowledgements of one batch have in common.

        :return: template, the partner who signs, company, alias domain of the sender
        """
        # sudo: the team's template, rendered for complaints the user just made or may
        # write (checked by the action); handlers have no rights on mails
        team = self.team_id.sudo()
        Template = self.env["mail.template"].sudo()
        template = team.complaint_acknowledgement_template_id or Template.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "crm_complaints.mail_template_acknowledgement"
            )
        )
        domain = team.alias_domain_id or self.company_id.sudo().alias_domain_id
        signer = self._complaint_present_signer().partner_id
        return template, signer, self.company_id, domain

    def _complaint_to_acknowledge_to(self):
        """Return recipients of acknowledgements by mail: {``Recipient``: helpdesk.ticket}.

        The customer comes first, where they get one. A representative without consent
        on file gets one with the request for consent.
        """
        by_recipient = self._complaint_by_recipient("acknowledgement")
        # sudo: the representative is hidden from customers, who register as well
        asked = self.filtered(
            lambda t: (
                t.sudo().complaint_representative_id
                and not t.sudo().complaint_consent_id
            )
        )
        if asked:
            by_recipient[TO_REPRESENTATIVE_WITHOUT_CONSENT] = asked
        reached = {
            recipient: tickets._complaint_written_to(recipient)
            .filtered("complaint_email_to")
            .with_env(self.env)
            for recipient, tickets in by_recipient.items()
        }
        return {
            recipient: reached[recipient]
            for recipient in RECIPIENTS
            if reached.get(recipient)
        }

    def _complaint_acknowledgement_address(self):
        """Return the address for the acknowledgement, if possible the customer's."""
        self.ensure_one()
        for recipient, tickets in self._complaint_to_acknowledge_to().items():
            return tickets._complaint_written_to(recipient).complaint_email_to
        return False

    @api.model
    def _complaint_authority_template(self):
        # sudo: handlers have no rights on templates
        return self.env.ref("crm_complaints.mail_template_authority").sudo()

    def _complaint_to_be_answered(self):
        """Return those to acknowledge automatically; note on the others why not."""
        facts = self._complaint_incoming_mail()
        automatic = facts and facts.automatic
        is_own = facts and facts.kind == mail_headers.OWN
        own = self._complaint_own_addresses()
        reasons = {}
        for ticket in self:
            address = ticket._complaint_acknowledgement_address()
            if is_own or address in own:
                reasons[ticket] = self.env._(
                    "The complaint came from one of our own addresses."
                )
            elif automatic:
                reasons[ticket] = self.env._(
                    "Automatic e-mails are not acknowledged (%s).", automatic
                )
            # sudo: a setting of the company, whatever the user may read of it
            elif not ticket.company_id.sudo().complaint_acknowledge_automatically:
                reasons[ticket] = self.env._(
                    "Automatic acknowledgements are switched off. Please send the "
                    "acknowledgement yourself."
                )
        for ticket in self.filtered(lambda t: t not in reasons)._complaint_too_many():
            reasons[ticket] = self.env._(
                "%(address)s has already received %(count)s acknowledgements within "
                "an hour.",
                address=ticket._complaint_acknowledgement_address(),
                count=ticket.company_id.sudo().complaint_acknowledge_limit,
            )
            ticket._complaint_answer_withheld()
        for ticket, reason in reasons.items():
            ticket.complaint_acknowledge_note = reason
        return self.filtered(lambda ticket: ticket not in reasons)

    def _complaint_answer_withheld(self):
        """Hook: the complaint is not acknowledged, as its sender had too many."""

    def _complaint_too_many(self):
        """Return those whose customers had too many acknowledgements in an hour."""
        # sudo: a limit of the company, which users have no rights on
        Quota = self.env["complaint.quota"].sudo()
        too_many = self.browse()
        for company, tickets in self.grouped("company_id").items():
            by_address = tickets.grouped(
                lambda ticket: ticket._complaint_acknowledgement_address()
            )
            granted = Quota._claim(
                "acknowledgement",
                {address: len(group) for address, group in by_address.items()},
                company.sudo().complaint_acknowledge_limit,
            )
            for address, group in by_address.items():
                too_many |= group[granted[address] :]
        return too_many

    @api.model
    def _complaint_note_recipients(self, mails):
        """Create notifications of automatic mails, to show if each was delivered."""
        # sudo: recipients are those of the mails, not the user's choice
        self.env["mail.notification"].sudo().create(
            [
                {**values, "mail_email_address": email_normalize(mail.email_to)}
                for mail in mails
                for values in mail._get_notification_values()
            ]
        )

    @api.model
    def _complaint_ensure_rendered(self, mails):
        """Refuse an automatic mail that an editor emptied by mistake."""
        # the text, without the frame in which it is sent; of the message, since the
        # mail's own field would clean the HTML once more
        if not all(mail.subject and mail.body for mail in mails.mail_message_id):
            raise UserError(
                self.env._("The template produces an empty subject or text.")
            )

    def _complaint_own_addresses(self, addresses=None):
        """Return those of the customers' addresses that are our own.

        :param addresses: by default those the acknowledgements would go to
        """
        companies = self.company_id.sudo().mapped("email")
        own = set(filter(None, map(email_normalize, filter(None, companies))))
        if addresses is None:
            addresses = [some._complaint_acknowledgement_address() for some in self]
        addresses = set(addresses)
        # sudo: to tell whether an address is ours, not to show it
        Domain, Alias = (
            self.env["mail.alias.domain"].sudo(),
            self.env["mail.alias"].sudo(),
        )
        # by local part, so addresses of other domains are found as well
        left = Domain._find_aliases(list(addresses))
        if not left:
            return addresses & own
        aliases = Alias.search([("alias_full_name", "in", left)])
        names = {address.rpartition("@")[2] for address in left}
        domains = Domain.search([("name", "in", list(names))])
        return addresses & {
            *aliases.mapped("alias_full_name"),
            *domains.mapped("catchall_email"),
            *domains.mapped("bounce_email"),
            *domains.mapped("default_from_email"),
            *own,
        }

    def _complaint_plan_acknowledgement(self, route):
        """Plan the acknowledgement by ``route`` for the responsible person."""
        activity_type, days = ACTIVITY_TYPES[route]
        self._complaint_plan_activity(activity_type, dict.fromkeys(self.ids, days))

    def _complaint_set_acknowledged(self, by):
        """Note that these complaints have been acknowledged just now.

        :param str by: a value of ``complaint_acknowledged_by``
        """
        open_ones = self._complaint_not_acknowledged()
        if not open_ones:
            return
        open_ones.write(
            {
                "complaint_acknowledged_at": fields.Datetime.now(),
                "complaint_acknowledged_by": by,
                "complaint_acknowledge_note": False,
            }
        )
        open_ones._complaint_drop_acknowledging()

    @api.model
    def _complaint_scripts(self):
        return {
            **super()._complaint_scripts(),
            "crm_complaints.mail_activity_type_call_back": "mail_template_call_back",
            "crm_complaints.mail_activity_type_letter": "mail_template_letter",
        }

    @api.model
    def _complaint_handed_types(self):
        return [
            *super()._complaint_handed_types(),
            *(xmlid for xmlid, _days in ACTIVITY_TYPES.values()),
        ]

    def _complaint_drop_acknowledging(self):
        """Remove the activities that ask somebody to acknowledge these complaints."""
        self.activity_unlink(
            [*(xmlid for xmlid, _days in ACTIVITY_TYPES.values()), WARNING_ACTIVITY]
        )

    def _complaint_cancel_unsent(self):
        """Cancel acknowledgements that could not be sent, lest they go out later."""
        self._complaint_acknowledgement_mails().filtered(
            lambda mail: mail.state in ("outgoing", "exception")
        ).state = "cancel"

    def _complaint_acknowledgement_sent(self):
        """Note that the acknowledgement was sent, perhaps at the second attempt."""
        self._complaint_set_acknowledged(acknowledgement.EMAIL)

    def _complaint_acknowledgement_mails(self):
        """Return the acknowledgements that were made for these, the latest first."""
        # sudo: handlers have no rights on mails; these belong to the complaint
        Mail = self.env["mail.mail"].sudo()
        if not self:
            return Mail
        return Mail.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("complaint_acknowledgement", "=", True),
            ],
            order="id desc",
        )

    def _complaint_acknowledgement_failed(self, reason, summary=None):
        """Note that the acknowledgement did not arrive, and plan it for a person.

        :param str reason: what the mail server said
        :param str summary: what happened; by default, that it could not be sent
        """
        failed = self.filtered(
            lambda ticket: ticket.complaint_acknowledged_by == acknowledgement.EMAIL
        )
        summary = summary or self.env._("The acknowledgement could not be sent")
        reason = " ".join((reason or "").split())
        note = f"{summary}: {reason}" if reason else summary
        failed.write(
            {
                "complaint_acknowledged_at": False,
                "complaint_acknowledged_by": False,
                "complaint_acknowledge_note": note[:250],
            }
        )
        failed._complaint_tell_leader(summary, note)

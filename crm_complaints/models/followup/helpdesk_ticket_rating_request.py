"""helpdesk.ticket, rating requests: one mail a solution, and one reminder."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import phases
from ..clock.sweep import sweep
from ..contact.complaint_consent import DECIDE
from ..contact.helpdesk_ticket_acknowledge import AUTOMATIC_HEADERS
from ..contact.recipients import RECIPIENT, TO_CUSTOMER, TO_REPRESENTATIVE

RATING_CRON = "crm_complaints.ir_cron_complaint_rating"
RATING_TEMPLATE = "crm_complaints.mail_template_rating"
# Number of complaints handled per commit.
CHUNK = 100
# A rating request is no reply (RFC 3834, 5).
_HEADERS = {**AUTOMATIC_HEADERS, "Auto-Submitted": "auto-generated"}
_REASONS = [
    ("off", "Rating Requests Switched Off"),
    ("represented", "Representative Without Authority to Decide"),
    ("no_address", "No E-mail Address"),
    ("own_address", "Company's Own Address"),
    ("opted_out", "Customer Opted Out"),
    ("blacklisted", "E-mail Address Blacklisted"),
    ("bulk", "Bulk Complaint"),
    ("elsewhere", "Asked in Another Survey"),
    ("called", "Asked in the Follow-up"),
    ("rated", "Already Rated"),
    ("not_delivered", "First E-mail Not Delivered"),
    ("failed", "E-mail Could Not Be Created"),
]


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_rating_due_at = fields.Datetime(
        string="Rating Requested For",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="When the customer will be asked to rate the solution, or reminded.",
        complaint_written_by="code",
        complaint_privacy="forget",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_rating_asked_at = fields.Datetime(
        string="Rating Requested On",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="When the customer was asked to rate the current solution.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_rating_skipped = fields.Selection(
        selection=_REASONS,
        string="Reason for No Rating Request",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="Why the customer was not asked to rate the solution, or not reminded.",
        complaint_written_by="code",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_no_rating = fields.Boolean(
        string="Do Not Request Ratings",
        groups="base.group_user",
        copy=False,
        help="The customer does not want rating requests. This is used if the "
        "complaint has no contact.",
        complaint_merge="keep",
    )

    # ---------------------------------------------------
    # When it is due
    # ---------------------------------------------------

    def _complaint_phase_changed(self, moves):
        super()._complaint_phase_changed(moves)
        (moves.reopened | moves.withdrawn)._complaint_drop_rating()
        moves.decided._complaint_plan_rating()

    def _complaint_plan_rating(self):
        """Plan the rating request, some days after there is something to rate."""
        if not self or self._complaint_is_history():
            return
        first = None
        for due, tickets in self.grouped(type(self)._complaint_rating_day).items():
            tickets.write(
                {
                    "complaint_rating_asked_at": False,
                    "complaint_rating_skipped": not due and "off",
                    "complaint_rating_due_at": due,
                }
            )
            first = min(filter(None, (first, due)), default=None)
        if first:
            self._complaint_wake_up_rating(first)

    def _complaint_rating_day(self):
        """Return when to ask for a rating, False where the company does not ask."""
        self.ensure_one()
        company = self.company_id.sudo()  # its settings, for all users
        return company.complaint_rating_request and fields.Datetime.add(
            self._complaint_rating_from(fields.Datetime.now()),
            days=company.complaint_rating_delay,
        )

    def _complaint_rating_from(self, now):
        """Return from when on there is something to rate.

        Now, or from the day by which the last remedy that was accepted is to be done.
        """
        promised = [
            fields.Datetime.to_datetime(remedy.promised_date)
            # sudo: what was agreed on, whoever may read it
            for remedy in self.sudo().complaint_remedy_ids
            if remedy.state == "accepted" and remedy.promised_date
        ]
        return max([now, *promised])

    def _complaint_drop_rating(self):
        """Cancel the rating request, where reopened, withdrawn or rated."""
        self.filtered("complaint_rating_due_at").complaint_rating_due_at = False

    @api.model
    def _complaint_wake_up_rating(self, moment):
        self.env["complaint.milestone"]._wake_up_at(moment, RATING_CRON)

    # ---------------------------------------------------
    # The sweep
    # ---------------------------------------------------

    @api.model
    def _cron_complaint_rating(self, chunk_size=CHUNK):
        """Create all rating requests and reminders that are due.

        Odoo's mail queue sends them. They are created in the transaction that notes
        it, so never twice.

        :param int chunk_size: complaints to handle at a time
        """
        tickets = self.sudo()  # all complaints, whoever the cron runs as
        if sweep(self.env, tickets._complaint_sweep_ratings, chunk_size):
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        tickets._complaint_wake_up_rating(
            SQL(
                # those skipped as locked are due already: now
                "(SELECT CASE WHEN first IS NOT NULL THEN greatest(first, %s) END"
                " FROM (SELECT min(complaint_rating_due_at) AS first"
                " FROM helpdesk_ticket WHERE complaint_rating_due_at IS NOT NULL) AS due)",
                fields.Datetime.now(),
            )
        )

    @api.model
    def _complaint_sweep_ratings(self, limit, careful=False):
        """Send rating requests that are due; one failure does not stop the others.

        :param int limit: how many at most
        :return: how many were due
        """
        tickets = self._complaint_claim_ratings(limit)
        tickets._complaint_isolated(
            type(self)._complaint_ask_for_rating,
            self.env._("The rating request could not be sent"),
            type(self)._complaint_rating_failed,
        )
        return len(tickets)

    @api.model
    def _complaint_claim_ratings(self, limit):
        """Lock and return complaints with a rating request due; skip those locked."""
        due = self.with_context(active_test=False).search(
            [("complaint_rating_due_at", "<=", fields.Datetime.now())],
            order="complaint_rating_due_at, id",
        )
        return due.with_env(self.env).try_lock_for_update(
            allow_referencing=True, limit=limit
        )

    def _complaint_rating_failed(self, summary, note):
        self.write(
            {"complaint_rating_due_at": False, "complaint_rating_skipped": "failed"}
        )
        # a broken template must not send hundreds of mails to the leader
        self.with_context(mail_activity_quick_update=True)._complaint_something_failed(
            summary, note
        )

    def _complaint_ask_for_rating(self):
        """Send rating requests and reminders, where there is something to rate."""
        due = self.filtered(
            lambda ticket: (
                ticket.is_complaint
                and ticket.active
                and not ticket.duplicate_id
                and ticket._complaint_can_rate()
            )
        )
        (self - due)._complaint_drop_rating()
        # what was accepted after the final response
        now = fields.Datetime.now()
        waiting = due.filtered(
            lambda t: (
                not t.complaint_rating_asked_at and t._complaint_rating_from(now) > now
            )
        )
        waiting._complaint_plan_rating()
        for recipient, tickets in (
            (due - waiting).grouped(type(self)._complaint_rating_recipient).items()
        ):
            # addresses and contacts are those of the recipient
            tickets.with_context(**{RECIPIENT: recipient})._complaint_ask_recipients()

    def _complaint_rating_recipient(self):
        """Return the recipient of the rating request: one who may decide.

        :return: ``Recipient``, or None where the representative may not decide
        """
        self.ensure_one()
        recipients = self._complaint_recipients()
        if TO_CUSTOMER in recipients:
            return TO_CUSTOMER
        decides = self.complaint_consent_id.scope == DECIDE
        return TO_REPRESENTATIVE if decides else None

    def _complaint_ask_recipients(self):
        """Send rating requests to the context's recipient; note why others get none."""
        due = self
        reasons = due._complaint_not_asked_because()
        by_reason = defaultdict(self.browse)
        for ticket, reason in reasons.items():
            by_reason[reason] |= ticket
        for reason, tickets in by_reason.items():
            tickets.write(
                {"complaint_rating_due_at": False, "complaint_rating_skipped": reason}
            )
        asked = due.filtered(lambda ticket: ticket not in reasons)
        asked = asked._complaint_within_rating_quota()
        reminded = asked.filtered("complaint_rating_asked_at")
        reminded._complaint_send_rating_request(is_reminder=True)
        reminded._complaint_drop_rating()
        first = asked - reminded
        first._complaint_send_rating_request()
        now = fields.Datetime.now()
        for company, tickets in first.grouped("company_id").items():
            days = company.complaint_rating_reminder_days
            tickets.write(
                {
                    "complaint_rating_asked_at": now,
                    "complaint_rating_skipped": False,
                    "complaint_rating_due_at": bool(days)
                    and fields.Datetime.add(now, days=days),
                }
            )

    def _complaint_within_rating_quota(self):
        """Return those within the hourly limit; postpone the others by an hour."""
        later = self.browse()
        Quota = self.env["complaint.quota"]
        for company, tickets in self.grouped("company_id").items():
            by_address = tickets.grouped("complaint_email_to")
            granted = Quota._claim(
                "rating",
                {address: len(group) for address, group in by_address.items()},
                company.complaint_acknowledge_limit,
            )
            for address, group in by_address.items():
                later |= group[granted[address] :]
        later.complaint_rating_due_at = fields.Datetime.add(
            fields.Datetime.now(), hours=1
        )
        return self - later

    # ---------------------------------------------------
    # Who is not asked
    # ---------------------------------------------------

    def _complaint_not_asked_because(self):
        """Return the reasons why customers are not asked.

        :return: dict ticket -> value of ``complaint_rating_skipped``
        """
        own = self._complaint_own_addresses(
            filter(None, self.mapped("complaint_email_to"))
        )
        unwanted = self._complaint_unwanted_addresses()
        rated = self._complaint_counting_ratings()
        undelivered_ids = self._complaint_undelivered_rating_ids()
        template = self.env.ref(RATING_TEMPLATE, raise_if_not_found=False)
        nobody = self.env.context.get(RECIPIENT) is None
        reasons = {}
        for ticket in self:
            address = ticket.complaint_email_to
            found = {
                "off": not template or not ticket.company_id.complaint_rating_request,
                "represented": nobody,
                "no_address": not address,
                "own_address": address in own,
                "opted_out": ticket._complaint_wants_no_rating()
                or unwanted.get(address) == "opted_out",
                "blacklisted": unwanted.get(address) == "blacklisted",
                "bulk": bool(ticket.complaint_bulk_id),
                "elsewhere": ticket._complaint_rated_elsewhere(),
                "called": bool(ticket.complaint_follow_up_at),
                "rated": ticket.id in rated,
                "not_delivered": ticket.id in undelivered_ids,
            }
            reason = next((reason for reason, holds in found.items() if holds), None)
            if reason:
                reasons[ticket] = reason
        return reasons

    def _complaint_wants_no_rating(self):
        """Tell whether the customer of this complaint opted out of rating requests."""
        self.ensure_one()
        # sudo: the customer's own setting, whatever the user may read
        ticket = self.sudo()
        contact = ticket._complaint_recipient_partner()
        return ticket.complaint_no_rating or contact.complaint_no_rating

    def _complaint_unwanted_addresses(self):
        """Return the addresses that are opted out or blacklisted.

        :return: dict address -> "opted_out" or "blacklisted"
        """
        addresses = list(filter(None, self.mapped("complaint_email_to")))
        if not addresses:
            return {}
        blacklisted = self.env["mail.blacklist"].search([("email", "in", addresses)])
        found = dict.fromkeys(blacklisted.mapped("email"), "blacklisted")
        contacts = self.env["res.partner"].search(
            [("complaint_no_rating", "=", True), ("email_normalized", "in", addresses)]
        )
        others = self.with_context(active_test=False, **{RECIPIENT: None}).search(
            Domain("is_complaint", "=", True)
            & Domain("complaint_no_rating", "=", True)
            & Domain.OR(self._complaint_address_domain(name) for name in addresses)
        )
        asked_not = contacts.mapped("email_normalized") + others.mapped(
            "complaint_email_to"
        )
        return {**found, **dict.fromkeys(asked_not, "opted_out")}

    def _complaint_rated_elsewhere(self):
        """Tell whether helpdesk_mgmt_rating asks about this complaint, or must not.

        It does so by a template of the stage. That of the next stage counts too, lest
        customers are asked twice.
        """
        self.ensure_one()
        Stage = self.env["helpdesk.ticket.stage"]
        if "rating_mail_template_id" not in Stage._fields:
            return False
        if "rating_status" in self._fields and self.rating_status == "no_rate":
            return True
        stages = self.team_id._get_applicable_stages() | self.stage_id
        return any(
            stage.rating_mail_template_id
            for stage in stages
            if stage.complaint_phase in phases.RESOLVED
        )

    def _complaint_undelivered_rating_ids(self):
        """Return the ids of those whose first rating request did not arrive."""
        asked = self.filtered("complaint_rating_asked_at")
        if not asked:
            return set()
        failed = self.env["mail.notification"].search(
            [
                ("notification_status", "in", ("bounce", "exception")),
                ("mail_message_id.model", "=", self._name),
                ("mail_message_id.res_id", "in", asked.ids),
                ("mail_message_id.message_type", "=", "email_outgoing"),
                (
                    "mail_message_id.date",
                    ">=",
                    min(asked.mapped("complaint_rating_asked_at")),
                ),
            ]
        )
        return {
            notification.mail_message_id.res_id
            for notification in failed
            if notification.mail_message_id.date
            >= self.browse(
                notification.mail_message_id.res_id
            ).complaint_rating_asked_at
        }

    # ---------------------------------------------------
    # The mail
    # ---------------------------------------------------

    def _complaint_send_rating_request(self, is_reminder=False):
        """Create rating requests by mail; Odoo's queue sends them.

        :param bool is_reminder: the customers were asked before
        """
        if not self:
            return
        template = self.env.ref(RATING_TEMPLATE).with_context(
            complaint_rating_reminder=is_reminder,
            **{RECIPIENT: self.env.context.get(RECIPIENT)},
        )
        mails = self.env["mail.mail"]
        for (signer, company, domain), tickets in self.grouped(
            lambda ticket: ticket._complaint_acknowledgement_frame()[1:]
        ).items():
            values = {
                "headers": repr(_HEADERS),
                "is_notification": True,
                "auto_delete": False,
                "record_company_id": company.id,
                "record_alias_domain_id": domain.id,
            }
            if signer:
                # the signer is told when it could not be delivered
                values["author_id"] = signer.id
            mails += template.send_mail_batch(tickets.ids, email_values=values)
        self._complaint_ensure_rendered(mails)
        self._complaint_note_recipients(mails)

    # ---------------------------------------------------
    # Opting out
    # ---------------------------------------------------

    def _complaint_ask_no_more(self, partner=None):
        """Opt the customer out of rating requests.

        The caller has checked that it is the customer.

        :param partner: res.partner of the user signed in, if any
        """
        self.ensure_one()
        contact = partner or self.partner_id
        if contact:
            contact.sudo().complaint_no_rating = True  # sudo: the customer's own choice
        else:
            self.complaint_no_rating = True
        self._complaint_drop_rating()
        self._message_log(
            body=self.env._("The customer does not want to receive rating requests.")
        )

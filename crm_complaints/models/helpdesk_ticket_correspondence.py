"""helpdesk.ticket, correspondence: what an answer, or a mail that comes back, sets off."""

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import email_normalize, format_date

from ..engine import mail_reports, phases


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_repeat_of_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Earlier Complaint",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The one that this complaint takes up again.",
    )

    _complaint_number_idx = models.Index("(number) WHERE is_complaint")
    _complaint_acknowledged_idx = models.Index(
        "(complaint_acknowledged_at) WHERE is_complaint"
    )

    # ---------------------------------------------------
    # Who writes
    # ---------------------------------------------------

    def _complaint_relation(self, address):
        """Tell what somebody who writes has to do with this complaint.

        :param str address: bare, in lower case
        :return: "customer", "staff", "party" (we wrote to him about it, or the customer
            did), or '' for a stranger
        """
        self.ensure_one()
        if not address:
            return ""
        ticket = self.sudo()  # who takes part, whoever may read partners
        if address in (
            ticket.complaint_email_to,
            email_normalize(ticket.partner_email, strict=False),
            ticket.partner_id.email_normalized,
        ):
            return "customer"
        partners = ticket.env["res.partner"].search(
            [("email_normalized", "=", address)], limit=50
        )
        if partners.user_ids.filtered(lambda user: user._is_internal()):
            return "staff"
        ours = ticket.partner_id.commercial_partner_id
        if ours.is_company and ours in partners.commercial_partner_id:
            return "customer"
        if partners & ticket.message_partner_ids or ticket._complaint_wrote_to(address):
            return "party"
        return ""

    def _complaint_wrote_to(self, address):
        """Tell whether a message on this complaint went to an address."""
        return bool(
            self.env["mail.message"].search_count(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    # what machines and strangers write is kept as a note
                    ("subtype_id.internal", "=", False),
                    "|",
                    "|",
                    ("notification_ids.mail_email_address", "=", address),
                    ("incoming_email_cc", "ilike", address),
                    ("incoming_email_to", "ilike", address),
                ],
                limit=1,
            )
        )

    def _complaint_may_reopen(self):
        """Tell whether an answer still opens this closed complaint again."""
        days = self.company_id.complaint_reopen_days
        closed = self.closed_date or self.complaint_resolved_at or self.write_date
        return bool(days) and closed >= fields.Datetime.subtract(
            fields.Datetime.now(), days=days
        )

    # ---------------------------------------------------
    # What comes in
    # ---------------------------------------------------

    def _complaint_mail_came(self, incoming):
        """Do what a mail that now stands on these complaints sets off.

        None of it can undo that it stands there.

        :param incoming: ``engine.incoming_mail.IncomingMail``
        """
        self._complaint_isolated(
            lambda some: some._complaint_follow_mail(incoming),
            self.env._("What a mail sets off could not be done"),
            type(self)._complaint_something_failed,
        )

    def _complaint_follow_mail(self, incoming):
        for ticket in self:
            if not ticket.active:
                # nobody would see it there
                ticket.active = True
            if incoming.report:
                ticket._complaint_report_came(incoming)
            elif incoming.remark:
                ticket._complaint_ask_to_look(
                    self.env._("A mail that needs a look"), incoming.remark
                )
            elif incoming.reopens:
                ticket._complaint_reopen_by_answer()
            elif incoming.earlier_id:
                ticket._complaint_link_earlier()
            elif incoming.ticket_id and not incoming.is_note and not incoming.is_staff:
                ticket._complaint_answer_came()
            for error in incoming.failures:
                summary = self.env._("Whose mail it is could not be looked up")
                ticket._complaint_something_failed(
                    summary, f"{summary}: {self._complaint_error_text(error)}"
                )
            if incoming.left_out:
                ticket._complaint_note_left_out(incoming.left_out)

    def _complaint_answer_came(self):
        """The customer wrote again: after the resolution somebody should read it."""
        if self.complaint_phase == phases.FOLLOW_UP:
            self._complaint_ask_to_look(
                self.env._("The customer wrote again"),
                self.env._("Since the complaint was resolved. Is it still resolved?"),
            )

    def _complaint_reopen_by_answer(self):
        self._complaint_set_phase(phases.HEARING)
        self._complaint_ask_to_look(
            self.env._("Opened again by the customer's answer"),
            self.env._("He wrote after the complaint was closed. Please hear him."),
        )

    def _complaint_link_earlier(self):
        """Say on both complaints that the customer takes the earlier one up again."""
        earlier = self.complaint_repeat_of_id
        if not earlier:
            return
        closed = earlier.closed_date or earlier.complaint_resolved_at
        self._message_log(
            body=self.env._(
                "An answer to %(earlier)s, which was closed on %(date)s.",
                earlier=earlier._get_html_link(title=earlier.number),
                date=format_date(self.env, closed) if closed else "–",
            )
        )
        earlier._message_log(
            body=self.env._(
                "The customer takes it up again: %(new)s.",
                new=self._get_html_link(title=self.number),
            )
        )

    def _complaint_note_left_out(self, left_out):
        """Name the files that were too large to be kept.

        :param left_out: of ``engine.mail_parts``
        """
        lines = Markup().join(
            Markup("<li>%s</li>") % some.in_words() for some in left_out
        )
        self._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Left out of this mail. Please ask for it another way:"),
                lines,
            )
        )

    # ---------------------------------------------------
    # What comes back
    # ---------------------------------------------------

    def _complaint_report_came(self, incoming):
        """A mail server reports on a mail of ours.

        :param incoming: ``IncomingMail`` with its report
        """
        report = incoming.report
        if report.outcome != mail_reports.FAILED:
            return
        message = self.env["mail.message"].sudo().browse(incoming.reported_id or ())
        reason = " ".join(filter(None, (report.status, report.diagnostic)))
        self.env["mail.notification"].sudo().search(
            [("mail_message_id", "in", message.ids)]
        ).write(
            {
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
                "failure_reason": reason,
            }
        )
        if message in self._complaint_acknowledgement_mails().mail_message_id:
            self._complaint_acknowledgement_failed(
                reason,
                self.env._(
                    "The acknowledgement came back. Please reach the customer another "
                    "way"
                ),
            )
        else:
            address = ", ".join(report.recipients[:3])
            self._complaint_ask_to_look(
                self.env._("A mail did not arrive"),
                self.env._(
                    "To %(address)s: %(reason)s. Please reach the customer another way.",
                    address=address or self.complaint_email_to or "–",
                    reason=reason or "–",
                ),
            )

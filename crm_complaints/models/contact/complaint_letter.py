"""complaint.letter: register of letters to the customer, kept as they were sent."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import get_lang

from ...engine import dates, working_time

# kind -> its mail template
TEMPLATES = {
    "acknowledgement": "crm_complaints.mail_template_letter",
    "information": "crm_complaints.mail_template_information",
    "update": "crm_complaints.mail_template_update",
    "extension": "crm_complaints.mail_template_extension",
    "offer": "crm_complaints.mail_template_offer",
    "agreement": "crm_complaints.mail_template_agreement",
    "summary": "crm_complaints.mail_template_summary_resolution",
    "final": "crm_complaints.mail_template_final_response",
    "second_stage": "crm_complaints.mail_template_second_stage",
    "referral": "crm_complaints.mail_template_referral",
    "reopening": "crm_complaints.mail_template_reopening",
    "not_reached": "crm_complaints.mail_template_follow_up_not_reached",
    "authority": "crm_complaints.mail_template_authority",
}
KINDS = [
    ("acknowledgement", "Acknowledgement"),
    ("information", "Request for Information"),
    ("update", "Progress Update"),
    ("extension", "Extension"),
    ("offer", "Offer"),
    ("agreement", "Confirmation of the Agreement"),
    ("summary", "Summary Resolution"),
    ("final", "Final Response"),
    ("second_stage", "Review (Stage 2)"),
    ("referral", "Referral"),
    ("reopening", "Reopening"),
    ("not_reached", "Follow-up in Writing"),
    ("authority", "Authority to Act"),
]
WAYS = [("mail", "E-mail"), ("paper", "Paper")]


class ComplaintLetter(models.Model):
    _name = "complaint.letter"
    _description = "Complaint Letter"
    _inherit = ["complaint.child"]
    _order = "sent_at desc, id desc"
    _rec_name = "subject"

    kind = fields.Selection(
        selection=KINDS, string="Letter Type", required=True, readonly=True
    )
    subject = fields.Char(readonly=True, complaint_privacy="forget")
    body = fields.Html(
        string="Text",
        sanitize="email_outgoing",
        readonly=True,
        help="The text as it was sent.",
        complaint_privacy="forget",
    )
    lang = fields.Char(string="Language", readonly=True, complaint_privacy="keep")
    sent_at = fields.Datetime(string="Sent", readonly=True)
    date = fields.Date(readonly=True, help="The date stated in the letter.")
    way = fields.Selection(
        selection=WAYS, string="Delivery Method", required=True, readonly=True
    )
    recipient = fields.Char(readonly=True, complaint_privacy="forget")
    copy_of_id = fields.Many2one(
        comodel_name="complaint.letter",
        string="Original Letter",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="The letter that was sent to the customer. This copy was sent to the "
        "customer's representative.",
        complaint_told=False,
    )
    email_to = fields.Char(
        string="E-mail Address", readonly=True, complaint_privacy="forget"
    )
    address = fields.Text(
        readonly=True,
        help="The postal address as stated in the letter.",
        complaint_privacy="forget",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Signed By", ondelete="set null", readonly=True
    )
    message_id = fields.Many2one(
        comodel_name="mail.message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        complaint_privacy="forget",
        complaint_told=False,
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="PDF",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        complaint_privacy="forget",
        complaint_told=False,
    )
    not_delivered = fields.Boolean(
        compute="_compute_not_delivered",
        help="The e-mail could not be sent or was returned.",
    )
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team")

    @api.depends(
        "message_id.notification_ids.notification_status",
        "message_id.notification_ids.failure_type",
        "message_id.notification_ids.mail_mail_id.complaint_attempts",
    )
    def _compute_not_delivered(self):
        for letter in self:
            # sudo: whether a letter was delivered, for all who may read it
            notifications = letter.sudo().message_id.notification_ids
            letter.not_delivered = any(
                notification.notification_type == "email"
                and (
                    notification.notification_status in ("bounce", "exception")
                    # whoever wrote it has dismissed the failure
                    or notification.notification_status == "canceled"
                    and notification.failure_type
                    # to be tried again
                    or notification.notification_status == "ready"
                    and notification.mail_mail_id.complaint_attempts
                )
                for notification in notifications
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_print(self):
        """Print these letters, as they were sent, on the company's paper.

        Where wkhtmltopdf is not installed, the browser prints the page.
        """
        self.check_access("read")
        report = self.env.ref("crm_complaints.complaint_letter_report")
        if report.get_wkhtmltopdf_state() in ("install", "broken"):
            ids = ",".join(map(str, self.ids))
            return {
                "type": "ir.actions.act_url",
                # sudo: a report's name, which is in the address of each print
                "url": f"/report/html/{report.sudo().report_name}/{ids}",
                "target": "new",
                "close": True,
            }
        return {
            **report.report_action(self, config=False),
            "close_on_report_download": True,
        }

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _kind_label(self, kind):
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    def _pdf_name(self):
        """Return the file name of the PDF."""
        self.ensure_one()
        label = self._kind_label(self.kind)
        number = (self.ticket_id.number or "").replace("/", "-")
        return f"{number} {label} {self.date or ''}".strip() + ".pdf"

    def _keep_pdf(self, content):
        """Store a letter's PDF on the complaint, for all who may read that.

        :param bytes content: the PDF
        """
        self.ensure_one()
        # sudo: part of printing, which all who may read the letter may do; nobody
        # may write the register
        letter = self.sudo()
        letter.attachment_id = letter.env["ir.attachment"].create(
            {
                "name": letter._pdf_name(),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": "helpdesk.ticket",
                "res_id": letter.ticket_id.id,
            }
        )

    def _print_date(self):
        """Return the date of a letter, written out in its language."""
        return dates.written_out(self.date, self._print_lang())

    def _print_lang(self):
        return get_lang(self.env, self.lang).code

    def _print_direction(self):
        return get_lang(self.env, self.lang).direction or "ltr"

    def _print_address(self):
        """Return the lines of the postal address, for the window of an envelope."""
        lines = (self.address or "").splitlines()
        return Markup("<br/>").join(line for line in lines if line.strip())

    @api.model
    def _prepare_address(self, ticket):
        """Return the recipient's name and postal address, as on an envelope."""
        partner = ticket._complaint_recipient_partner()
        if not partner:
            return ticket.partner_name or ""
        partner = partner.with_context(lang=ticket._complaint_language())
        lines = [partner.name or "", *partner._display_address().splitlines()]
        if partner.country_id == ticket.company_id.sudo().country_id:
            # the name of the company's own country is left out
            lines = [line for line in lines if line != partner.country_id.name]
        # the address of a company begins with its name as well
        return "\n".join(dict.fromkeys(filter(None, map(str.strip, lines))))

    @api.model
    def _prepare_letter_vals(self, ticket, kind, subject, body, lang, way):
        """Return the values of a letter that goes out now."""
        now = fields.Datetime.now()
        return {
            "ticket_id": ticket.id,
            "kind": kind,
            "subject": subject,
            "body": body,
            "lang": lang,
            "sent_at": now,
            "date": working_time.local_date(
                now, working_time.zone(ticket.complaint_tz)
            ),
            "way": way,
            "recipient": ticket._complaint_recipient_partner().name
            or ticket.partner_name,
            "email_to": ticket.complaint_email_to if way == "mail" else False,
            "address": self._prepare_address(ticket),
            "user_id": ticket._complaint_letter_signer().id,
        }

    @api.model
    def _action_print_new(self, letters):
        """Print those of the new letters that go by post.

        :param letters: complaint.letter
        :return: action, or None where there is nothing to print
        """
        on_paper = letters.filtered(lambda letter: letter.way == "paper")
        if on_paper and on_paper.has_access("read"):
            return on_paper.action_print()
        return None

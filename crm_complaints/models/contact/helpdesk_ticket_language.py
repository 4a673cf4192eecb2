"""helpdesk.ticket, language: the one in which we write to the customer."""

from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        groups="base.group_user",
        compute="_compute_complaint_lang",
        store=True,
        readonly=False,
        tracking=True,
        help="The language of letters and of the customer page. By default, this is "
        "the customer's language.",
        complaint_privacy="keep",
        complaint_merge="keep",
    )

    complaint_many_languages = fields.Boolean(
        groups="base.group_user",
        compute="_compute_complaint_many_languages",
        help="Whether several languages are installed.",
    )

    @api.depends("partner_id", "is_complaint")
    def _compute_complaint_lang(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for ticket in self:
            # sudo: the customer's language, whatever the user may read
            lang = ticket.is_complaint and ticket.sudo().partner_id.lang
            # a language that is no longer installed must not fail a registration
            ticket.complaint_lang = lang if lang in installed else ticket.complaint_lang

    def _compute_complaint_many_languages(self):
        self.complaint_many_languages = len(self.env["res.lang"].get_installed()) > 1

    def _complaint_language(self):
        """Return the language of the letters to this customer.

        :return: str, the code of a language, or False where the company has none either
        """
        self.ensure_one()
        ticket = self.sudo()  # the language is the same for all users
        return (
            ticket.complaint_lang
            or ticket.partner_id.lang
            or ticket.company_id.partner_id.lang
        )

    @api.model
    def _complaint_customers_speak(self, before):
        """Set the customer's language on open complaints, where none was chosen.

        :param dict before: {partner: their language before the change}
        """
        # sudo: for all who may write the contact
        tickets = self.sudo().search(
            Domain("is_complaint", "=", True)
            & self._complaint_unsettled_domain()
            & Domain("partner_id", "in", [partner.id for partner in before])
        )
        follow = tickets.filtered(
            lambda ticket: ticket.complaint_lang == before[ticket.partner_id]
        )
        for lang, some in follow.grouped(lambda t: t.partner_id.lang).items():
            some.complaint_lang = lang

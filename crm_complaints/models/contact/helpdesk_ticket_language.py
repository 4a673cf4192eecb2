"""helpdesk.ticket, language: the one in which we write to the customer."""

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import language, plain_text
from ..core.isolation import isolated

# As much of a text as its language is told by.
_BEGINNING = 20_000


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

    complaint_written_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        groups="base.group_user",
        string="Language of the Text",
        compute="_compute_complaint_written_lang",
        help="The language in which the complaint seems to be written, where it is "
        "clear and not the language of our letters.",
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

    @api.depends("description", "complaint_lang", "partner_id", "company_id")
    def _compute_complaint_written_lang(self):
        for ticket in self:
            written = ticket.is_complaint and self._complaint_guess_lang(
                ticket.description, ticket.company_id
            )
            used = ticket._complaint_language() or "en"
            is_other = written and written.split("_")[0] != used.split("_")[0]
            ticket.complaint_written_lang = is_other and written

    @api.model
    def _complaint_guess_lang(self, html, company):
        """Return the installed language in which a text is written.

        :param str html: what the customer wrote
        :param company: its variant of a language goes before others
        :return: str, the code of a language, or False where it is not clear
        """
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        if len(codes) < 2 or not html:
            return False
        # sudo: the company's language is no secret
        own = company.sudo().partner_id.lang
        variants = {}
        for code in sorted(codes, key=lambda code: code != own):
            variants.setdefault(code.split("_")[0].split("@")[0], code)
        found = False
        # no mail is lost because its language cannot be told
        with isolated(self.env, "No language was told", savepoint=False):
            text = plain_text.from_html(html[:_BEGINNING])
            found = variants.get(language.guess(text, variants), False)
        return found

    def action_complaint_use_written_lang(self):
        """Write to these customers in the language of their complaint from now on."""
        self.check_access("write")
        for ticket in self.filtered("complaint_written_lang"):
            ticket.complaint_lang = ticket.complaint_written_lang

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

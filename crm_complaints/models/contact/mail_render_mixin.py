"""mail.render.mixin: a letter without a translation is written in another language, whole."""

from odoo import models

from ..core.constants import TICKET
from ..core.language import translated_into


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def _render_lang(self, res_ids, engine="inline_template"):
        langs = super()._render_lang(res_ids, engine=engine)
        if self.render_model != TICKET:
            return langs
        # composers have a template, or were written by hand in the customer's language;
        # what else is rendered, such as text messages, has none
        template = self
        if self._name != "mail.template":
            template = "template_id" in self._fields and self["template_id"]
        if not template or template._name != "mail.template":
            return langs
        # sudo: the company's language, whatever the user may read
        tickets = self.env[TICKET].sudo().browse(langs).filtered("is_complaint")
        for ticket in tickets.filtered(lambda some: langs[some.id]):
            langs[ticket.id] = translated_into(
                template,
                "body_html",
                langs[ticket.id],
                ticket.company_id.partner_id.lang,
            )
        return langs

"""mail.template: an e-mail about a complaint goes in our frame, its message stays without."""

from odoo import api, models
from odoo.tools.misc import get_lang

from .letter_layout import LAYOUT, Framed


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.model
    def _render_encapsulate(
        self, layout_xmlid, html, add_context=None, context_record=None
    ):
        if layout_xmlid == LAYOUT:
            direction = get_lang(self.env).direction
            add_context = {**(add_context or {}), "text_direction": direction}
        framed = super()._render_encapsulate(
            layout_xmlid, html, add_context=add_context, context_record=context_record
        )
        return Framed(framed, html) if layout_xmlid == LAYOUT else framed

"""mail.render.mixin: what is rendered has placeholders in its tracking links."""

from odoo import api, models

from .tracking_link import as_draft


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, *args, **kwargs):
        return super(MailRenderMixin, as_draft(self))._render_template(*args, **kwargs)

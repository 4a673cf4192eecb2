"""mail.template: compiled once, not each time; trying one out changes no ticket."""

from functools import partial

from odoo import api, models
from odoo.tools import ormcache

# In the context while such a template is rendered; an object, so it cannot come by RPC.
COMPILED_ONCE = object()


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _complaint_is_about_one(self):
        """Tell whether this is worded for complaints, by what it reads of a ticket."""
        self.ensure_one()
        parts = (self.subject, self.body_html, self.email_to, self.lang)
        return any("complaint" in (part or "") for part in parts)

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        """Try out on a ticket, which is left as it is: a link would give it a token."""
        about_tickets = self.filtered(lambda one: one.model == "helpdesk.ticket")
        if about_tickets:
            with self.env.cr.savepoint() as savepoint:
                super(MailTemplate, about_tickets)._check_can_be_rendered(
                    fnames=fnames, render_options=render_options
                )
                savepoint.rollback()
        return super(MailTemplate, self - about_tickets)._check_can_be_rendered(
            fnames=fnames, render_options=render_options
        )

    @api.model
    def _render_template_qweb(self, template_src, model, *args, **kwargs):
        if model == "helpdesk.ticket":
            self = self.with_context(complaint_template=COMPILED_ONCE)
        return super()._render_template_qweb(template_src, model, *args, **kwargs)

    def _has_unsafe_expression_template_qweb(self, source, model, fname=None):
        look = partial(
            super()._has_unsafe_expression_template_qweb, source, model, fname
        )
        if self.env.context.get("complaint_template") is COMPILED_ONCE:
            return self._complaint_is_unsafe(str(source), model, fname, look)
        return look()

    @ormcache("source", "model", "fname", cache="templates")
    def _complaint_is_unsafe(self, source, model, fname, look):
        """Tell whether not everybody may write this, by its words alone.

        :param look: function that finds out
        """
        return look()

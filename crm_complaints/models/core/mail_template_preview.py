"""mail.template.preview: a template about complaints is shown with a complaint."""

from odoo import api, models

from .constants import TICKET


class MailTemplatePreview(models.TransientModel):
    _inherit = "mail.template.preview"

    @api.depends("mail_template_id")
    def _compute_resource_ref(self):
        result = super()._compute_resource_ref()
        for preview in self:
            # sudo: as Odoo reads it, to tell for what it is written
            template = preview.mail_template_id.sudo()
            if template.model != TICKET or not template._complaint_is_about_one():
                continue
            complaints = self.env[TICKET].search(
                [("is_complaint", "=", True)], order="partner_id, id desc", limit=1
            )
            if complaints:
                preview.resource_ref = f"{TICKET},{complaints.id}"
        return result

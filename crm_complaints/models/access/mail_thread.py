"""mail.thread: nobody notifies of a complaint that they may not read."""

from odoo import models

from ..core.constants import TICKET


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_notify(self, *, model=False, res_id=False, **kwargs):
        if not self and res_id and (model or self._name) == TICKET:
            # Odoo asks nobody, and names the record to whoever is notified
            self.env[TICKET].browse(res_id).check_access("read")
        return super().message_notify(model=model, res_id=res_id, **kwargs)

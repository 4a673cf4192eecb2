"""ir.binary: files of a complaint are not served to staff complained about."""

from odoo import models
from odoo.exceptions import AccessError


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        record = super()._find_record(*args, **kwargs)
        # an access token, or a public file, would let anybody in
        if record._name == "ir.attachment" and record._complaint_hidden():
            raise AccessError(self.env._("You do not have access to this file."))
        return record

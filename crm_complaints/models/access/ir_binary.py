"""ir.binary: files of a complaint are not given to those it is about."""

from odoo import models
from odoo.exceptions import AccessError


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        record = super()._find_record(*args, **kwargs)
        # a token, or being public, lets anybody in
        if record._name == "ir.attachment" and record._complaint_hidden():
            raise AccessError(self.env._("You cannot open this file."))
        return record

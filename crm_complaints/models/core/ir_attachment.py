"""ir.attachment, disk: what could not be written is told in words, and leaves no half."""

import os
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError

from .isolation import error_text, is_disk_full


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        path = self._full_path(f"{checksum[:2]}/{checksum}")
        was_there = os.path.lexists(path)
        try:
            return super()._file_write(bin_value, checksum)
        except OSError as error:
            # Half a file would stand in the way of the whole one ever after: Odoo takes
            # it for another file with the same checksum, and refuses. A file that was
            # there before is whole, and other attachments use it.
            if not was_there:
                with suppress(OSError):
                    os.unlink(path)
            if is_disk_full(error):
                raise UserError(error_text(self.env, error)) from error
            raise

"""Files on a full disk: told in words, and whole once there is room again."""

import errno
import os
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models import ir_attachment


@tagged("post_install", "-at_install")
class TestFullDisk(TransactionCase):
    def _full(self, number):
        """Let half of a file be written, then run into an error of the system."""

        @contextmanager
        def open_full(path, mode):
            with open(path, mode) as file:

                def write_half(content):
                    file.write(content[: len(content) // 2])
                    raise OSError(number, "said by the system")

                yield SimpleNamespace(write=write_half) if mode == "wb" else file

        return patch.object(ir_attachment, "open", open_full, create=True)

    def setUp(self):
        super().setUp()
        self.content = os.urandom(1000)  # no file of it is there yet

    def _create(self):
        return self.env["ir.attachment"].create({"name": "a", "raw": self.content})

    def _test_error(self, number, error_class, text):
        with self._full(number), self.assertRaisesRegex(error_class, text):
            self._create()
        attachment = self._create()
        attachment.invalidate_recordset()
        self.assertEqual(
            attachment.raw, self.content, "nothing is left of the first try"
        )

    def test_full_disk(self):
        self._test_error(errno.ENOSPC, UserError, "The server's disk is full")

    def test_quota_that_is_used_up(self):
        self._test_error(errno.EDQUOT, UserError, "The server's disk is full")

    def test_other_error_stays_what_it_is(self):
        self._test_error(errno.EIO, OSError, "said by the system")

    def test_file_of_others_stays_where_it_cannot_be_read(self):
        """Attachments with the same content share a file."""
        attachment = self._create()
        path = attachment._full_path(attachment.store_fname)
        refused = OSError(errno.EMFILE, "Too many open files")
        # Odoo compares the content twice
        with (
            open(path, "rb") as once,
            patch.object(ir_attachment, "open", create=True) as opened,
            self.assertRaises(OSError),
        ):
            opened.side_effect = [once, refused]
            self._create()
        attachment.invalidate_recordset()
        self.assertEqual(attachment.raw, self.content)

"""Nothing personal is logged while complaints are erased."""

from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.log_common import OURS, LogMixin

from .common import EMAIL, MARKS, NAME
from .test_helpdesk_ticket_retention import RetentionCommon


@tagged("post_install", "-at_install")
class TestLogs(LogMixin, RetentionCommon):
    def test_erasure(self):
        asked, failing = self.everything(), self.everything()
        with self.logging_nothing_of(*MARKS) as lines:
            asked._complaint_erase("request")
            with patch.object(
                self.registry["helpdesk.ticket"],
                "_complaint_wipe_tickets",
                side_effect=ValueError(f"{NAME} <{EMAIL}>"),
            ):
                self.run_job(datetime(2036, 1, 1))
        self.assertEqual(self.gone((asked | failing).sudo()), asked)
        self.assertTrue([line for line in lines if OURS in line], "nothing was logged")

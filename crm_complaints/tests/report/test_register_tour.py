"""The register's dialog, played in a browser."""

from unittest.mock import patch

from odoo.tests import tagged

from ...wizards import complaint_register
from ..test_tours import TourCommon


@tagged("post_install", "-at_install")
class TestRegisterTour(TourCommon):
    clock = None  # browsers have a clock of their own

    def test_a_manager_downloads_the_register_in_parts(self):
        for _number in range(3):
            self.create_complaint(description="<p>One line.</p>")
        self.env["helpdesk.ticket"].flush_model()
        with patch.object(complaint_register, "CHUNK", 2):
            self.start_tour("/odoo", "complaint_register", login=self.manager.login)

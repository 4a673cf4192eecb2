"""Menus: each role opens all of its menus, views and filters in a browser."""

from odoo.tests import HttpCase, tagged

from .common import ComplaintCommon

_CLICK = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('crm_complaints.menu_complaint_root')"
)


@tagged("post_install", "-at_install")
class TestMenus(ComplaintCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    def test_each_role_opens_all_it_sees(self):
        self.create_complaint(partner_id=self.customer.id)
        (self.own_handler | self.leader | self.manager).tour_enabled = False
        for user in (self.own_handler, self.leader, self.manager):
            with self.subTest(user.name):
                self.browser_js(
                    "/odoo",
                    _CLICK,
                    "odoo.isReady === true",
                    login=user.login,
                    timeout=600,
                    success_signal="clickbot test succeeded",
                )

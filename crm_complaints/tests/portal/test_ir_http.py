"""Headers of pages: those that customers reach, and no others of the web site."""

from odoo.tests import BaseCase, tagged

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.web import Home

from ...controllers.portal import ComplaintPortalPages
from ...models.portal.ir_http import is_page_of_customers


class _Shop(CustomerPortal):
    """As a shop extends the portal, whose controllers Odoo makes one class of."""

    __module__ = "odoo.addons.shop.controllers"

    def shop(self):
        pass


class _Family(_Shop, ComplaintPortalPages):
    pass


@tagged("post_install", "-at_install")
class TestPagesOfCustomers(BaseCase):
    def test_pages_of_an_account_are(self):
        for name in ("home", "account", "portal_my_tickets"):
            with self.subTest(name):
                self.assertTrue(is_page_of_customers(getattr(_Family(), name)))

    def test_pages_of_a_shop_and_the_beginning_of_the_site_are_not(self):
        self.assertFalse(is_page_of_customers(_Family().shop))
        self.assertFalse(is_page_of_customers(Home().index))

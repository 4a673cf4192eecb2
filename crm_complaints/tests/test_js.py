"""Unit tests of our JavaScript, run in a browser."""

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker


@tagged("post_install", "-at_install")
class TestJavaScript(HttpCase):
    def test_unit_tests_of_this_addon(self):
        new_test_user(self.env, login="someone", groups="base.group_user")
        ours = HOOTCommon._generate_hash(self, "@crm_complaints")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={ours}",
            code="",
            ready="",
            login="someone",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

"""Accessibility: axe-core finds nothing serious on the pages of customers and staff."""

from odoo.tests import tagged

from .portal.test_customer_tours import CustomerBrowserCommon

# What Odoo's own widgets do on every screen: the rule, and their elements.
_OF_ODOO = (
    # the field of a many2one says that it is selected, which only options may
    ("aria-allowed-attr", ".o-autocomplete--input"),
    # tabs stand in a list without a role
    ("aria-required-parent", ".o_notebook .nav-link"),
    # the clock of the activities is named by its button
    ("role-img-alt", ".o-mail-ActivityButton i"),
    # the pictures of users, whose names stand beside them, have no text of their own
    ("image-alt", ".o_avatar img"),
    # the input of a select menu names a value for browsers that these do not know
    ("autocomplete-valid", ".o_select_menu input"),
    ("aria-allowed-attr", ".o_select_menu .o-dropdown"),
    # the title of an empty column is grey
    ("color-contrast", ".o_kanban_header .o_column_title"),
)


@tagged("post_install", "-at_install")
class TestAccessibility(CustomerBrowserCommon):
    maxDiff = None

    def assertNoBarriers(self, page, within="html"):
        """Assert that nobody is barred from what is on the page, or a part of it."""
        self.assertEqual(page.barriers(within, _OF_ODOO), [])

    def test_barrier_is_found(self):
        """The check itself: a field without a label is one."""
        with self.browse("/complaints/new") as page:
            self.assertNoBarriers(page)
            page.run("() => document.querySelector('label[for=phone]').remove()")
            self.assertEqual([rule for rule, *_rest in page.barriers()], ["label"])

    def test_form(self):
        with self.browse("/complaints/new") as page:
            self.assertNoBarriers(page)
            self.assertFalse(page.is_wider_than_the_screen())
            page.go("button[type=submit]")
            page.see("#errors")
            self.assertNoBarriers(page)

    def test_customer_page(self):
        for phase in ("reception", "solution", "follow_up", "withdrawn"):
            complaint = self.create_complaint(partner_id=self.customer.id).sudo()
            if phase == "solution":
                self.offer("A voucher.", "A parcel.", complaint=complaint)
            elif phase == "follow_up":
                self.resolve(complaint)
            elif phase == "withdrawn":
                complaint._complaint_withdraw("Never mind.")
            with self.subTest(phase), self.browse(self.link(complaint)) as page:
                page.run(
                    "() => document.querySelectorAll('details')"
                    ".forEach((el) => { el.open = true; })"
                )
                self.assertNoBarriers(page)
                self.assertFalse(page.is_wider_than_the_screen())

    def test_rating(self):
        self.resolve()
        token = self.complaint._rating_get_access_token()
        link = self.complaint.get_portal_url(suffix="/rating", query_string="&rating=3")
        for path in (link, f"/rate/{token}/3"):
            with self.subTest(path), self.browse(path) as page:
                page.see("#rating_3:checked + label")
                self.assertNoBarriers(page)

    def test_portal_list(self):
        with self.browse("/my/complaints", self.portal_user) as page:
            page.see(".o_complaint_card")
            self.assertNoBarriers(page, ".o_complaint_page")

    def test_pipeline(self):
        with self.browse(
            "/odoo/action-crm_complaints.complaint_action", self.handler
        ) as page:
            page.see(".o_kanban_record")
            self.assertNoBarriers(page, ".o_kanban_renderer")

    def test_complaint(self):
        path = f"/odoo/action-crm_complaints.complaint_action/{self.complaint.id}"
        with self.browse(path, self.handler) as page:
            page.see(".o_complaint_form")
            # without the chatter, which is Odoo's
            self.assertNoBarriers(page, ".o_form_sheet_bg")

    def test_intake(self):
        with self.browse(
            "/odoo/action-crm_complaints.complaint_intake_action", self.handler
        ) as page:
            page.see(".o_form_view")
            self.assertNoBarriers(page, ".o_form_view")

    def test_resumed_intake_has_the_focus_where_one_types_first(self):
        self.env["complaint.intake"].with_user(self.handler).create(
            {"description": "The soup was cold."}
        )
        with self.browse(
            "/odoo/action-crm_complaints.complaint_intake_action", self.handler
        ) as page:
            page.see("[name=partner_name] input:focus")
            self.assertEqual(
                page.value("[name=description] textarea"), "The soup was cold."
            )


@tagged("post_install", "-at_install")
class TestAccessibilityOnAPhone(TestAccessibility):
    browser_size = "390x844"
    touch_enabled = True

"""Accessibility: axe-core finds nothing serious on the pages of customers and staff."""

from datetime import timedelta

from odoo import fields
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
    # boxes to tick in lists, and the button of optional columns, have no name
    ("label", ".o_list_table .form-check-input"),
    ("button-name", ".o_optional_columns_dropdown button"),
    # tags say that they are not selected, which only options may
    ("aria-allowed-attr", ".o_tag"),
    # tabs of the settings stand in no list of tabs
    ("aria-required-parent", ".o_setting_container .tab"),
    # the arrow between two dates is an icon with a name but without a role
    ("aria-prohibited-attr", ".o_field_daterange i"),
)
# Screens of managers, one of each kind, by the actions that open them.
_SCREENS = (
    *("complaint_urgent_action", "complaint_analysis_action"),
    *("complaint_pareto_action", "complaint_register_action"),
    *("complaint_return_action", "complaint_warning_action"),
    *("complaint_policy_action", "complaint_settings_action"),
)


class AccessibilityCommon(CustomerBrowserCommon):
    maxDiff = None

    def assertNoBarriers(self, page, within="html"):
        """Assert that nobody is barred from what is on the page, or a part of it."""
        self.assertEqual(page.barriers(within, _OF_ODOO), [])


@tagged("post_install", "-at_install")
class TestAccessibility(AccessibilityCommon):
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

    def test_representative_and_wrong_link(self):
        self.complaint.complaint_representative_id = self.stranger.partner_id
        self.env["complaint.consent"].create(
            {
                "ticket_id": self.complaint.id,
                "partner_id": self.stranger.partner_id.id,
                "scope": "decide",
                "given_on": fields.Date.today(),
                "attachment_ids": [
                    (0, 0, {"name": "signed", "raw": b"I do"}),
                ],
            }
        )
        self.offer("A voucher.")
        reader = self.complaint._complaint_per_recipient()[-1]
        with self.browse(reader.get_portal_url()) as page:
            page.see("main", "You are acting for")
            self.assertNoBarriers(page)
            page.open(f"/my/complaints/{self.complaint.id}?access_token=wrong")
            self.assertNoBarriers(page)

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

    def test_screens_of_managers(self):
        self.manager.group_ids += self.env.ref("base.group_system")
        with self.browse("/odoo", self.manager) as page:
            for action in _SCREENS:
                with self.subTest(action):
                    page.open(f"/odoo/action-crm_complaints.{action}")
                    page.see(".o_action .o_content, .modal-body .o_form_view")
                    self.assertNoBarriers(page, ".o_content, .modal-content")

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
    allow_inherited_tests_method = True
    browser_size = "390x844"
    touch_enabled = True


@tagged("post_install", "-at_install")
class TestAccessibilityAtADesk(AccessibilityCommon):
    def test_dialogs(self):
        """Each of them, on a complaint in the phase that has its button."""
        solution, offered, resolved, rated = (
            self.create_complaint(
                partner_id=self.customer.id,
                user_id=self.handler.id,
                complaint_received_at=fields.Datetime.now() - timedelta(days=30),
                complaint_outcome=False,
            ).sudo()
            for _time in range(4)
        )
        self.move(solution, "solution")
        self.env["complaint.remedy"].create(
            {
                "ticket_id": solution.id,
                "type_id": self.remedy_type.id,
                "promised_date": fields.Date.today(),
            }
        )
        self.offer("A voucher.", complaint=offered)
        self.resolve(resolved | rated)
        rated._complaint_rate(3, "So so.")
        dialogs = (
            (solution, "action_complaint_propose"),
            (solution, "action_complaint_resolve"),
            (solution, "action_complaint_extend"),
            (solution, "action_complaint_merge"),
            (offered, "action_complaint_record_decision"),
            (resolved, "action_complaint_follow_up"),
            (rated, "action_complaint_answer_rating"),
        )
        base = "/odoo/action-crm_complaints.complaint_action/"
        with self.browse("/odoo", self.handler) as page:
            for complaint, button in dialogs:
                with self.subTest(button):
                    page.open(f"{base}{complaint.id}")
                    page.see(".o-mail-Chatter")  # what loads last
                    page.click(f".o_form_view button[name={button}]")
                    page.see(".modal-body .o_form_view")
                    self.assertNoBarriers(page, ".modal-content")
                    page.press("Escape", 27)
                    page.see("body:not(.modal-open)")
            page.open(f"{base.rstrip('/')}?view_type=list")
            page.click(".o_list_table thead .o_list_record_selector input")
            page.click(".o_control_panel button", "Assign to…")
            page.see(".modal-body .o_form_view")
            self.assertNoBarriers(page, ".modal-content")

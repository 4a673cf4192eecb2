"""Returns for a period: opened from the menu, kept when final, and what is missing."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .return_common import ComplaintReturnCommon, utc


@tagged("post_install", "-at_install")
class TestComplaintReturnFiling(ComplaintReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # weekdays: a Monday, answered on Thursday
        cls.ticket = cls.resolved("2026-03-02T10:00", "2026-03-05T17:00")
        cls.other_manager = cls.create_user("manager_2", "Max Manager", "manager")

    def value(self, filing, name):
        return self.figure(filing, name).value

    # ---------------------------------------------------
    # Periods
    # ---------------------------------------------------

    def test_the_last_full_period_opens_and_the_draft_is_counted_anew(self):
        filing = self.open_last(self.fca)
        self.assertEqual(self.value(filing, "closed_3_days"), 1)
        self.assertEqual(filing.counted_by_id, self.manager)
        self.ticket.complaint_received_at = utc("2026-02-27T10:00", "Europe/Brussels")
        self.assertEqual(self.open_last(self.fca), filing)
        self.assertEqual(self.value(filing, "closed_3_days"), 0)
        self.assertEqual(self.value(filing, "closed_8_weeks"), 1)

    def test_the_day_is_that_of_the_company(self):
        # in Brussels it is January already, in New York not yet
        with self.at(utc("2027-01-01T00:30", "Europe/Brussels")):
            self.assertEqual(str(self.open_last(self.fca).date_to), "2026-12-31")
            filing = self.open_last(self.fca, self.manager_b)
            self.assertEqual(str(filing.date_to), "2026-06-30")

    def test_the_reporting_year_starts_in_any_month(self):
        self.fca.first_month = "4"
        filing = self.open_last(self.fca)
        self.assertEqual(
            (filing.date_from, filing.date_to), (date(2025, 10, 1), date(2026, 3, 31))
        )

    def test_other_dates_are_counted_at_once(self):
        filing = self.open_last(self.fca)
        filing.write({"date_from": "2026-03-05", "date_to": "2026-03-05"})
        self.assertEqual(self.value(filing, "closed"), 1)
        self.assertEqual(self.value(filing, "opened"), 0)
        filing.write({"date_from": "2026-03-06", "date_to": "2026-03-06"})
        self.assertEqual(self.value(filing, "closed"), 0)
        with self.assertRaises(ValidationError):
            filing.date_from = "2026-03-07"

    def test_nil_return(self):
        filing = self.open_last(self.yearly)
        self.assertTrue(filing.is_nil)
        self.assertEqual(len(filing.figure_ids), len(self.yearly.line_ids))
        self.assertFalse(any(filing.figure_ids.mapped("value")))
        # there is nothing to divide by
        self.assertEqual(self.figure(filing, "share_upheld").value_text, "–")
        self.assertEqual(self.figure(filing, "average").value_text, "–")
        filing.action_make_final()
        html = self.render("publication", filing)
        self.assertIn("We received no complaints in this period", html)
        self.assertIn("Nil return", self.render("document", filing))
        # what is open counts as well
        self.assertFalse(self.open_last(self.fca).is_nil)

    # ---------------------------------------------------
    # What counts
    # ---------------------------------------------------

    def test_a_reopened_complaint_counts_as_received_once_and_as_open(self):
        filing = self.open_last(self.fca)
        self.assertEqual(self.value(filing, "open_end"), 0)
        self.ticket.action_complaint_reopen()
        filing = self.open_last(self.fca)
        self.assertEqual(self.value(filing, "opened"), 1)
        self.assertEqual(self.value(filing, "closed"), 0)
        self.assertEqual(self.value(filing, "open_end"), 1)
        self.move(self.ticket, "follow_up")
        self.assertEqual(self.value(self.open_last(self.fca), "open_end"), 1)

    def test_ordinary_tickets_and_merged_complaints_do_not_count(self):
        # an ordinary ticket may bear the date, such as one that was a complaint
        ordinary = self.create_ticket()
        ordinary._write({"complaint_received_at": utc("2026-03-02T10:00", "UTC")})
        merged = self.resolved("2026-03-02T10:00", "2026-03-05T17:00")
        merged._write({"duplicate_id": self.ticket.id, "active": False})
        archived = self.resolved("2026-03-02T10:00", "2026-03-05T17:00")
        archived._write({"active": False})
        self.env.invalidate_all()
        filing = self.open_last(self.fca)
        self.assertEqual(
            self.shown(self.figure(filing, "opened")), self.ticket | archived
        )

    def test_few_complaints_have_no_percentages_on_the_page(self):
        def upheld(number):
            for _n in range(number):
                self.resolved("2025-03-03T10:00", "2025-03-05T17:00")
            return self.figure(self.open_last(self.yearly), "share_upheld")

        few = upheld(9)
        self.assertEqual((few.value_text, few.value), ("–", 0))
        enough = upheld(1)
        self.assertEqual(enough.value_text, "100.0%")
        self.assertEqual(enough.complaint_count, 10)
        html = self.render("publication", enough.filing_id)
        self.assertIn("of complaints: 10", " ".join(html.split()))

    def test_what_a_line_no_longer_knows_is_named_and_the_others_are_counted(self):
        one = self.create_return(
            {"measure": "count"},
            {"measure": "sum", "amount": "complaint_amount_claimed"},
        )
        one.line_ids[0]._write({"domain": "[('x_gone', '=', 1)]"})
        one.line_ids[1]._write({"amount": "x_gone"})
        self.env.invalidate_all()
        filing = self.open_last(one)
        self.assertEqual(filing.figure_ids.mapped("value_text"), ["–", "–"])
        for n, issue in enumerate(filing.issue_ids, 1):
            self.assertIn(f"Line {n}", issue.name)
            self.assertIn("x_gone", issue.name)

    # ---------------------------------------------------
    # What is missing
    # ---------------------------------------------------

    def test_resolved_without_an_outcome(self):
        without = self.resolved(
            "2026-03-02T10:00", "2026-06-30T23:59:59", complaint_outcome=False
        )
        self.resolved("2026-03-02T10:00", "2026-07-01T00:00", complaint_outcome=False)
        filing = self.open_last(self.fca)
        self.assertEqual(
            filing.issue_ids.mapped("name"),
            ["Resolved complaints without an outcome: 1"],
        )
        self.assertEqual(self.shown(filing.issue_ids), without)

    def test_without_a_category_or_resolved_too_early(self):
        with self.at(utc("2027-02-01T10:00", "UTC")):
            early = self.resolved("2026-03-02T10:00", "2026-03-01T17:00")
            filing = self.open_last(self.yearly)
            self.assertEqual(
                filing.issue_ids.mapped("name"),
                [
                    "Complaints in “Complaints received” without “Category”: 2",
                    "Complaints resolved before they were received: 1",
                ],
            )
            self.assertEqual(self.shown(filing.issue_ids[0]), self.ticket | early)
            self.assertEqual(self.shown(filing.issue_ids[1]), early)

    # ---------------------------------------------------
    # Final
    # ---------------------------------------------------

    def test_a_final_return_is_kept_and_tells_what_has_changed(self):
        filing = self.open_last(self.fca)
        with self.at(utc("2026-09-02T10:00", "UTC")):
            filing.action_make_final()
        self.assertEqual(
            (filing.state, filing.final_by_id, filing.final_at),
            ("final", self.manager, utc("2026-09-02T10:00", "UTC")),
        )
        self.assertFalse(filing.has_changed)
        self.ticket.action_complaint_reopen()
        self.env.invalidate_all()
        self.assertEqual(self.open_last(self.fca), filing)
        closed = self.figure(filing, "closed")
        self.assertTrue(filing.has_changed)
        self.assertEqual((closed.value, closed.now_text), (1, "0"))
        self.assertTrue(closed.has_changed)
        self.assertFalse(self.figure(filing, "opened").has_changed)
        # the complaints that were counted then
        self.assertEqual(self.shown(closed), self.ticket)

    def test_nobody_changes_a_final_return(self):
        filing = self.open_last(self.fca)
        filing.action_make_final()
        for change in (
            lambda: filing.action_count(),
            lambda: filing.action_make_final(),
            lambda: filing.write({"date_to": "2026-06-29"}),
            lambda: filing.unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        for change in (
            lambda: filing.write({"state": "draft"}),
            lambda: filing.figure_ids[0].write({"value": 99}),
            lambda: filing.figure_ids.unlink(),
            lambda: filing.write({"figure_ids": [(5,)]}),
            lambda: self.Filing.with_user(self.manager).create(
                {
                    "return_id": self.fca.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-06-30",
                    "state": "final",
                }
            ),
        ):
            with self.assertRaises(UserError):
                change()
        filing.note = "Sent"
        self.assertEqual(filing.state, "final")
        self.assertEqual(self.value(filing, "closed"), 1)

    def test_a_correction_is_a_new_version(self):
        filing = self.open_last(self.fca)
        filing.action_make_final()
        self.resolved("2026-03-02T10:00", "2026-03-05T17:00")
        version = self.filing_of(filing.action_new_version())
        self.assertNotEqual(version, filing)
        self.assertEqual(version.state, "draft")
        self.assertEqual(self.value(version, "closed"), 2)
        self.assertEqual(self.value(filing, "closed"), 1)
        # one draft only, which the menu opens
        self.assertEqual(self.filing_of(filing.action_new_version()), version)
        self.assertEqual(self.open_last(self.fca), version)

    def test_no_return_is_final_before_its_period_has_ended(self):
        filing = self.open_last(self.fca)
        filing.write({"date_from": "2026-07-01", "date_to": "2026-12-31"})
        # New Year has begun in Brussels an hour before UTC
        with (
            self.at(utc("2026-12-31T23:59", "Europe/Brussels")),
            self.assertRaises(UserError),
        ):
            filing.action_make_final()
        with self.at(utc("2027-01-01T00:01", "Europe/Brussels")):
            filing.action_make_final()
        self.assertEqual(filing.state, "final")

    # ---------------------------------------------------
    # Who may
    # ---------------------------------------------------

    def test_only_managers_of_the_company(self):
        filing = self.open_last(self.fca)
        for user in (self.leader, self.handler, self.user_employee, self.portal_user):
            for record in (self.fca, filing, filing.figure_ids[0]):
                with (
                    self.subTest(user=user.name, model=record._name),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).read(["display_name"])
        for record in (filing, filing.figure_ids[0]):
            with self.assertRaises(AccessError):
                record.with_user(self.manager_b).read(["display_name"])
        with self.assertRaises(AccessError):
            filing.figure_ids[0].with_user(self.manager_b).action_open_complaints()
        own = self.create_return({"measure": "count"})
        with self.assertRaises(AccessError):
            own.with_user(self.manager_b).action_open_last_period()

    def test_staff_complained_about_neither_count_nor_see_it(self):
        self.ticket.complaint_concerned_user_ids = self.manager
        filing = self.open_last(self.fca)
        self.assertEqual(self.value(filing, "closed"), 0)
        filing = self.open_last(self.fca, self.other_manager)
        self.assertEqual(self.value(filing, "closed"), 1)
        closed = self.figure(filing, "closed")
        self.assertEqual(self.shown(closed), self.ticket)
        self.assertFalse(self.shown(closed.with_user(self.manager)))
        with self.assertRaises(AccessError):
            closed.with_user(self.manager).read(["counted_ids"])

    # ---------------------------------------------------
    # On paper, and in a file
    # ---------------------------------------------------

    def render(self, name, filing):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html(f"crm_complaints.complaint_return_{name}", filing.ids)
        )
        return html.decode()

    def test_printed_with_definitions_and_who_made_it_final(self):
        filing = self.open_last(self.fca)
        html = self.render("document", filing)
        self.assertIn("Outstanding at the start of the period", html)
        self.assertIn("by the end of the third business day", html)
        self.assertNotIn("made final by", html)
        filing.action_make_final()
        html = self.render("document", filing)
        self.assertIn("made final by", html)
        self.assertIn(self.manager.name, html)

    def test_the_page_says_what_is_done_about_causes(self):
        cause = self.env["complaint.cause"].create(
            {"name": "Cold rooms", "corrective_action": "Mend the boiler"}
        )
        self.resolved(
            "2025-03-03T10:00", "2025-03-05T17:00", complaint_cause_id=cause.id
        )
        html = self.render("publication", self.open_last(self.yearly))
        self.assertIn("Cold rooms", html)
        self.assertIn("Mend the boiler", html)

    def test_exported_with_figures_as_numbers(self):
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        figures = self.open_last(self.fca).figure_ids
        action = figures.filing_id.action_show_figures()
        shown = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(shown, figures.sudo().with_env(self.env))
        rows = figures.export_data(["name", "value", "complaint_count"])["datas"]
        self.assertEqual(rows[1], ["Opened", 1.0, 1])

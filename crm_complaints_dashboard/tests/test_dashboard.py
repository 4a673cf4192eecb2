"""Dashboard: each number is the one counted by hand, and opens its records."""

import json
from datetime import datetime, time, timedelta
from statistics import fmean

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_complaints.tests.browser import BrowserMixin
from odoo.addons.crm_complaints.tests.report.test_complaint_report import ReportCommon

DASHBOARD = "crm_complaints_dashboard.spreadsheet_dashboard_complaints"


def mean(values):
    values = [value for value in values if value is not None]
    return fmean(values) if values else None


@tagged("post_install", "-at_install")
class TestDashboard(ReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(DASHBOARD)
        cls.content = json.loads(cls.dashboard.spreadsheet_data)

    def tiles(self):
        """Return {title: number} of the tiles, without any filter."""
        data = self.content["sheets"][1]["cells"]
        found = {}
        for figure in self.content["sheets"][0]["figures"]:
            chart = figure["data"]
            if chart["type"] != "scorecard":
                continue
            formula = data[chart["keyValue"].removeprefix("Data!")]
            number, measure = formula.removeprefix("=PIVOT.VALUE(")[:-1].split(",")
            pivot = self.content["pivots"][f"pivot-{number}"]
            ((value,),) = (
                self.env[pivot["model"]]
                .with_user(self.manager)
                ._read_group(pivot["domain"], [], [measure.strip('"')])
            )
            found[chart["title"]["text"]] = value
        return found

    def test_tiles_show_what_is_counted_by_hand(self):
        now, tickets = datetime.now(), self.complaints
        open_ones = tickets.filtered("complaint_is_open")
        tonight = datetime.combine(now.date() + timedelta(days=1), time.min)
        milestones = tickets.complaint_milestone_ids.filtered(
            lambda row: row.state in ("met", "missed", "breached")
        )
        month = now.replace(day=1, hour=0, minute=0, second=0)
        year = month.replace(year=month.year - 1, month=month.month + 1)
        following = month.replace(month=month.month + 1)

        def on_time(start, end=datetime.max):
            return mean(
                100 * (row.state == "met")
                for row in milestones
                if start <= row.deadline < end
            )

        outstanding = tickets.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state == "accepted"
        )
        decided = tickets.filtered("complaint_outcome")
        followed = tickets.filtered("complaint_follow_up_result")
        expected = {
            "Open": len(open_ones),
            "Unassigned": len(open_ones.filtered(lambda ticket: not ticket.user_id)),
            "Due Today": len(
                open_ones.filtered(
                    lambda ticket: (
                        ticket.complaint_deadline
                        and now <= ticket.complaint_deadline < tonight
                    )
                )
            ),
            "Overdue": len(
                tickets.filtered(lambda row: row.complaint_sla_state == "breached")
            ),
            "Outstanding Remedies": len(outstanding),
            "Outstanding Cost": sum(outstanding.mapped("cost")),
            "On Time This Month": on_time(month, following),
            "On Time in 12 Months": on_time(year),
            "Upheld": mean(
                100 * (ticket.complaint_outcome != "not_upheld") for ticket in decided
            ),
            "Satisfied": None,
            "Trust Restored": mean(
                100 * (ticket.complaint_follow_up_result == "restored")
                for ticket in followed
            ),
            "Repeats": mean(
                100 * bool(ticket.complaint_repeat_of_id) for ticket in tickets
            ),
        }
        found = self.tiles()
        self.assertEqual(found.keys(), expected.keys())
        for title, value in expected.items():
            with self.subTest(title):
                self.assertAlmostEqual(found[title] or 0, value or 0, 4)
        for title in ("Open", "Overdue", "Outstanding Cost", "Upheld"):
            self.assertTrue(found[title], title)

    def test_pivots_and_charts_can_be_read(self):
        """Each asks for fields that there are, and each filter is about one of them."""
        sources = [
            (
                pivot["model"],
                pivot["domain"],
                [self.group(row) for row in pivot["rows"]],
                [measure["id"] for measure in pivot["measures"]],
                pivot["fieldMatching"],
            )
            for pivot in self.content["pivots"].values()
        ]
        for figure in self.content["sheets"][0]["figures"]:
            chart = figure["data"]
            if chart["type"].startswith("odoo_"):
                meta = chart["metaData"]
                measure = meta["measure"]
                if measure != "__count":
                    field = self.env[meta["resModel"]]._fields[measure]
                    measure = f"{measure}:{field.aggregator}"
                sources.append(
                    (
                        meta["resModel"],
                        chart["searchParams"]["domain"],
                        meta["groupBy"],
                        [measure],
                        chart["fieldMatching"],
                    )
                )
        filters = {one["id"] for one in self.content["globalFilters"]}
        models = set()
        for model, domain, groups, measures, matching in sources:
            models.add(model)
            Model = self.env[model].with_user(self.manager)
            Model.formatted_read_group(domain, groups, measures)
            self.assertLessEqual(matching.keys(), filters)
            for name, field in matching.items():
                with self.subTest(model=model, filter=name):
                    Model.search_count([(field["chain"], "!=", False)])
                    found = Model._fields
                    *path, last = field["chain"].split(".")
                    for step in path:
                        found = self.env[found[step].comodel_name]._fields
                    self.assertEqual(found[last].type, field["type"])
        self.assertEqual(
            models, {"complaint.report", "complaint.milestone", "complaint.remedy"}
        )

    @staticmethod
    def group(row):
        granularity = row.get("granularity")
        return row["fieldName"] + (f":{granularity}" if granularity else "")

    def test_menus_behind_charts_are_there(self):
        for xmlid in self.content["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(xmlid).action)

    def test_managers_only(self):
        self.assertTrue(self.dashboard.with_user(self.manager).name)
        for user in (self.leader, self.handler):
            with self.assertRaises(AccessError):
                self.dashboard.with_user(user).read(["name"])

    def test_invented_numbers_while_there_are_no_complaints(self):
        dashboard = self.dashboard.with_user(self.manager)
        self.assertFalse(dashboard._dashboard_is_empty())
        self.env.flush_all()
        self.env.cr.execute("UPDATE helpdesk_ticket SET is_complaint = FALSE")
        self.assertTrue(dashboard._dashboard_is_empty())
        sample = dashboard._get_sample_dashboard()
        self.assertFalse(sample["pivots"])
        count = len(self.content["sheets"][0]["figures"])
        self.assertEqual(len(sample["sheets"][0]["figures"]), count)


@tagged("post_install", "-at_install")
class TestDashboardInTheBrowser(BrowserMixin, ReportCommon, HttpCase):
    clock = None  # browsers have a clock of their own
    browser_size = "1366x900"

    def test_every_tile_opens_its_records(self):
        action = self.env.ref("crm_complaints_dashboard.complaint_dashboard_action")
        path = f"/odoo/action-{action.id}"
        content = json.loads(self.env.ref(DASHBOARD).spreadsheet_data)
        titles = ("Open", "Unassigned", "Overdue", "Outstanding Remedies", "Upheld")
        with self.browse(path, self.manager) as page:
            for title in titles:
                if title != titles[0]:
                    page.back()
                    page.see(".o-scorecard")
                self.click_tile(page, content, title)
            # the last one lists complaints, and a row opens its complaint
            page.click(".o_data_row .o_data_cell")
            page.see(".o_complaint_form")

    def click_tile(self, page, content, title):
        """Click on a tile, a picture, until its number is there to be opened."""
        tiles = [
            figure["data"]["title"]["text"]
            for figure in content["sheets"][0]["figures"]
            if figure["data"]["type"] == "scorecard"
        ]
        page.wait(
            f"list behind {title}",
            """(at) => {
                document.querySelectorAll(".o-scorecard")[at]?.click();
                return !!document.querySelector(".o_list_view .o_data_row");
            }""",
            tiles.index(title),
        )

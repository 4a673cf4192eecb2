"""Writes the files of the managers' dashboard, which are too long to be written by hand.

dashboard.py           writes crm_complaints_dashboard/data/files/*.json
dashboard.py --check   fails if they are not what it would write

Odoo shows a dashboard from a spreadsheet: figures (tiles and charts) on its first sheet,
the numbers behind them on a hidden second one. There are two: one with pivots on the
database, and one with invented numbers, which Odoo shows while there are no complaints.
"""

import json
import sys
from pathlib import Path

FILES = Path(__file__).resolve().parent.parent / "crm_complaints_dashboard/data/files"
VERSION = "18.5.10"  # of the spreadsheets of Odoo 19.0
REPORT = "complaint.report"
MILESTONE = "complaint.milestone"
REMEDY = "complaint.remedy"
PERIOD, TEAM, CHANNEL = "period", "team", "channel"
ANALYSIS = "crm_complaints.complaint_analysis_action"
OF_MILESTONES = "crm_complaints.complaint_milestone_action"
OF_REMEDIES = "crm_complaints.complaint_remedy_action"
ACTIONS = {REPORT: ANALYSIS, MILESTONE: OF_MILESTONES, REMEDY: OF_REMEDIES}
GOOD, BAD = "#00A04A", "#DC6965"
BLUE, ORANGE, RED, GREEN = "#EFF6FF", "#FFF7ED", "#FEF2F2", "#F0FDF4"
TEXT = "#434343"
TILES_IN_ROW = 4
TILE, GAP, HEIGHT = 268, 10, 96
WIDTH = TILES_IN_ROW * (TILE + GAP) - GAP
HALF = (WIDTH - GAP) // 2
CHART = 330
CAUSES, MONTHS = 10, 12

FILTERS = [
    {
        "id": PERIOD,
        "type": "date",
        "label": "Received",
        "defaultValue": "last_90_days",
    },
    {
        "id": TEAM,
        "type": "relation",
        "label": "Team",
        "modelName": "helpdesk.ticket.team",
        "defaultValueDisplayNames": [],
    },
    {
        "id": CHANNEL,
        "type": "relation",
        "label": "Channel",
        "modelName": "helpdesk.ticket.channel",
        "defaultValueDisplayNames": [],
    },
]
_LAST_12_MONTHS = ["deadline", ">=", "=1d -11m"]
_RECEIVED_IN_12_MONTHS = ["received_at", ">=", "=1d -11m"]
_JUDGED = ["state", "in", ["met", "missed", "breached"]]
_OUTSTANDING = [["state", "=", "accepted"]]

# Tiles: key, title, colour, model, domain, measure, and
# - "ever": not limited to the period, as it is about now, or shows all months
# - "before": domain of the figure it is compared with; "less" if less is better
# - "of": the number of complaints that an average is made of stands below it
# - sample: the invented number
TILES = [
    (
        "open",
        "Open",
        BLUE,
        REPORT,
        [["is_open", "=", True]],
        "__count",
        {"ever": 1},
        14,
    ),
    (
        "unassigned",
        "Unassigned",
        ORANGE,
        REPORT,
        [["is_open", "=", True], ["user_id", "=", False]],
        "__count",
        {"ever": 1},
        2,
    ),
    (
        "today",
        "Due Today",
        ORANGE,
        REPORT,
        [
            ["is_open", "=", True],
            ["deadline", ">=", "now"],
            ["deadline", "<", "today +1d"],
        ],
        "__count",
        {"ever": 1},
        3,
    ),
    (
        "overdue",
        "Overdue",
        RED,
        REPORT,
        [["sla_state", "=", "breached"]],
        "__count",
        {"ever": 1},
        1,
    ),
    (
        "outstanding",
        "Outstanding Remedies",
        ORANGE,
        REMEDY,
        _OUTSTANDING,
        "__count",
        {"ever": 1},
        4,
    ),
    (
        "outstanding_cost",
        "Outstanding Cost",
        ORANGE,
        REMEDY,
        _OUTSTANDING,
        "cost:sum",
        {"ever": 1},
        260,
    ),
    (
        "on_time",
        "On Time This Month",
        GREEN,
        MILESTONE,
        [_JUDGED, ["deadline", ">=", "=1d"], ["deadline", "<", "=1d +1m"]],
        "on_time_share:avg",
        {
            "ever": 1,
            "before": [
                _JUDGED,
                ["deadline", ">=", "=1d -1m"],
                ["deadline", "<", "=1d"],
            ],
            "since": "last month",
        },
        94.1,
    ),
    (
        "on_time_year",
        "On Time in 12 Months",
        GREEN,
        MILESTONE,
        [_JUDGED, _LAST_12_MONTHS],
        "on_time_share:avg",
        {"ever": 1, "of": 1},
        91.7,
    ),
    (
        "upheld",
        "Upheld",
        BLUE,
        REPORT,
        [["outcome", "in", ["upheld", "partly_upheld", "not_upheld"]]],
        "upheld_share:avg",
        {"of": 1},
        61.2,
    ),
    (
        "satisfied",
        "Satisfied",
        GREEN,
        REPORT,
        [["rating", "!=", False]],
        "satisfied_share:avg",
        {"of": 1},
        72.5,
    ),
    (
        "restored",
        "Trust Restored",
        GREEN,
        REPORT,
        [["follow_up_result", "!=", False]],
        "restored_share:avg",
        {"of": 1},
        78.0,
    ),
    (
        "repeat",
        "Repeats",
        RED,
        REPORT,
        [],
        "repeat_share:avg",
        {"of": 1},
        4.3,
    ),
]
# Charts, two to a row: key, title, kind, model, domain, group by, measure, axis, sample
CHARTS = [
    (
        "received",
        "Received in 12 Months, by Outcome",
        "bar",
        REPORT,
        [_RECEIVED_IN_12_MONTHS],
        ["received_at:month", "outcome"],
        "__count",
        {"ever": 1, "stacked": 1},
        [("January", 31), ("February", 28), ("March", 35), ("April", 24)],
    ),
    (
        "on_time_month",
        "On Time in 12 Months (%)",
        "line",
        MILESTONE,
        [_LAST_12_MONTHS],
        ["deadline:month"],
        "on_time_share",
        {"ever": 1},
        [("January", 88), ("February", 91), ("March", 86), ("April", 95)],
    ),
    ("reply", "", "reply", None, None, None, None, {}, None),
    (
        "reply_band",
        "Time to First Reply",
        "bar",
        REPORT,
        [["responded_at", "!=", False]],
        ["reply_band"],
        "__count",
        {},
        [("Within 1 Hour", 48), ("Within 24 Hours", 61), ("Within 2 Days", 8)],
    ),
    (
        "age",
        "Age of Open Complaints",
        "bar",
        REPORT,
        [["is_open", "=", True]],
        ["age_band"],
        "__count",
        {"ever": 1},
        [("Up to 1 Week", 9), ("1 to 2 Weeks", 4), ("2 to 4 Weeks", 1)],
    ),
    (
        "workload",
        "Open Complaints by Handler",
        "bar",
        REPORT,
        [["is_open", "=", True]],
        ["user_id"],
        "__count",
        {"ever": 1, "order": "DESC"},
        [("Anna Novak", 6), ("Ben Adeyemi", 5), ("Unassigned", 2)],
    ),
    ("pareto", "", "pareto", None, None, None, None, {}, None),
    (
        "channel",
        "Channels",
        "pie",
        REPORT,
        [],
        ["channel_id"],
        "__count",
        {},
        [("E-mail", 52), ("Phone", 27), ("Web", 15), ("Visit", 8)],
    ),
]
SAMPLE_CAUSES = [
    ("Billing", 34),
    ("Cleaning", 27),
    ("Waiting time", 16),
    ("Noise", 9),
    ("Information", 5),
]
SAMPLE_REPLIES = [("January", 9.4), ("February", 6.2), ("March", 4.8), ("April", 3.1)]
# Where the charts begin.
TOP = GAP + -(-len(TILES) // TILES_IN_ROW) * (HEIGHT + GAP)


def column(index):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]


class Dashboard:
    """The dashboard; `sample` if its numbers are invented."""

    def __init__(self, sample):
        self.sample = sample
        self.pivots = {}
        self.figures = []
        self.data = {}
        self.menus = {}
        self.row = 1  # the next free one of the sheet of data
        self.formats = {}

    def matching(self, model, ever):
        """Return which field of a model each filter is about."""
        chain = {
            REPORT: "{}",
            MILESTONE: "{}",
            REMEDY: "ticket_id.{}",
        }[model].format
        matching = {
            TEAM: {"chain": chain("team_id"), "type": "many2one"},
            CHANNEL: {"chain": chain("channel_id"), "type": "many2one"},
        }
        if not ever:
            matching[PERIOD] = {
                "chain": chain("received_at"),
                "type": "datetime",
                "offset": 0,
            }
        return matching

    def pivot(self, name, model, domain, measures, rows=(), ever=False, sort=None):
        """Add a pivot; return its number, which formulas name."""
        number = str(len(self.pivots) + 1)
        self.pivots[f"pivot-{number}"] = {
            "type": "ODOO",
            "name": name,
            "model": model,
            "domain": domain,
            "context": {},
            "measures": [
                {
                    "id": measure,
                    "fieldName": measure.split(":")[0],
                    **({"aggregator": measure.split(":")[1]} if ":" in measure else {}),
                }
                for measure in measures
            ],
            "columns": [],
            "rows": list(rows),
            "sortedColumn": sort,
            "formulaId": number,
            "actionXmlId": ACTIONS[model],
            "fieldMatching": self.matching(model, ever),
        }
        return number

    def write(self, *values):
        """Write a row of the sheet of data; return its number."""
        for index, value in enumerate(values):
            if value is not None:
                self.data[f"{column(index)}{self.row}"] = value
        self.row += 1
        return self.row - 1

    def figure(self, key, data, x, y, width, height):
        self.figures.append(
            {
                "id": f"figure-{key}",
                "tag": "chart",
                "width": width,
                "height": height,
                "col": 0,
                "row": 0,
                "offset": {"x": x, "y": y},
                "data": {**data, "chartId": f"chart-{key}"},
            }
        )

    def tile(self, key, title, color, model, domain, measure, how, sample, at):
        value, base = self.tile_formulas(title, model, domain, measure, how, sample)
        row = self.write(f'=_t("{title}")', value, base)
        data = {
            "type": "scorecard",
            "title": {"text": title, "bold": True, "color": TEXT, "fontSize": 11},
            "background": color,
            "keyValue": f"Data!B{row}",
            "humanize": False,
            "baselineColorUp": GOOD,
            "baselineColorDown": BAD,
            "baselineMode": "text",
        }
        if base is not None:
            data["baseline"] = f"Data!C{row}"
        if "before" in how:
            data["baselineMode"] = "difference"
            data["baselineDescr"] = {"text": how["since"]}
        if measure.endswith("_share:avg"):
            self.formats[f"B{row}:C{row}"] = 1
        line, place = divmod(at, TILES_IN_ROW)
        self.figure(
            key,
            data,
            place * (TILE + GAP),
            GAP + line * (HEIGHT + GAP),
            TILE,
            HEIGHT,
        )

    def tile_formulas(self, title, model, domain, measure, how, sample):
        """Return the formulas of a tile: its value, and what stands below."""
        if self.sample:
            below = {"before": "90", "of": '=_t("of 45")'}
            return str(sample), next((below[key] for key in below if key in how), None)
        ever = "ever" in how
        measures = [measure, "__count"] if "of" in how else [measure]
        number = self.pivot(title, model, domain, measures, ever=ever)
        value = f'=PIVOT.VALUE({number},"{measure}")'
        if "before" in how:
            number = self.pivot(title, model, how["before"], measures, ever=ever)
            return value, f'=PIVOT.VALUE({number},"{measure}")'
        if "of" in how:
            return value, f'=_t("n =")&" "&PIVOT.VALUE({number},"__count")'
        return value, None

    def chart(self, key, title, kind, model, domain, groups, measure, how, sample, at):
        y = TOP + at // 2 * (CHART + GAP)
        place = ((at % 2) * (HALF + GAP), y, HALF, CHART)
        if kind == "pareto":
            self.pareto(key, place)
        elif kind == "reply":
            self.replies(key, place)
        elif self.sample:
            self.sample_chart(key, title, kind, sample, place)
        else:
            legend = "top" if len(groups) > 1 or kind == "pie" else "none"
            self.figure(
                key,
                {
                    "type": f"odoo_{kind}",
                    "title": {"text": title, "bold": True, "color": TEXT},
                    "background": "#FFFFFF",
                    "legendPosition": legend,
                    "metaData": {
                        "groupBy": groups,
                        "measure": measure,
                        "order": how.get("order"),
                        "resModel": model,
                        "mode": kind,
                    },
                    "searchParams": {
                        "context": {},
                        "domain": domain,
                        "groupBy": groups,
                        "orderBy": [],
                    },
                    "dataSets": [],
                    "verticalAxisPosition": "left",
                    "stacked": "stacked" in how,
                    "actionXmlId": ACTIONS[model],
                    "fieldMatching": self.matching(model, "ever" in how),
                },
                *place,
            )

    def sample_chart(self, key, title, kind, sample, place):
        first = self.write(f'=_t("{title}")', title)
        for label, value in sample:
            last = self.write(f'=_t("{label}")', str(value))
        self.figure(
            key,
            {
                "type": kind,
                "title": {"text": title, "bold": True, "color": TEXT},
                "background": "#FFFFFF",
                "legendPosition": "top" if kind == "pie" else "none",
                "dataSetsHaveTitle": True,
                "dataSets": [{"dataRange": f"Data!B{first}:B{last}", "yAxisId": "y"}],
                "labelRange": f"Data!A{first}:A{last}",
                "aggregated": False,
                "stacked": False,
                **({} if kind == "pie" else {"axesDesign": {}}),
            },
            *place,
        )

    def table(self, titles, rows):
        """Write a table; return the ranges of its columns.

        :param rows: number of rows, and a function that returns row i, from 1
        """
        first = self.write(*titles)
        number, make = rows
        for index in range(1, number + 1):
            last = self.write(*make(index, self.row))
        return [
            f"Data!{column(index)}{first}:{column(index)}{last}"
            for index in range(len(titles))
        ]

    def replies(self, key, place):
        """How long customers wait for a first reply, and what they expect."""
        if self.sample:

            def make(index, _row):
                label, value = SAMPLE_REPLIES[index - 1]
                return f'=_t("{label}")', str(value), "1", "24"

            number = len(SAMPLE_REPLIES)
        else:
            month = {
                "fieldName": "received_at",
                "granularity": "month",
                "order": "asc",
            }
            pivot = self.pivot(
                "First reply",
                REPORT,
                [_RECEIVED_IN_12_MONTHS],
                ["hours_to_respond:avg"],
                [month],
                ever=True,
            )

            def make(index, _row):
                of = f'"#received_at:month",{index}'
                return (
                    f"=PIVOT.HEADER({pivot},{of})",
                    f'=PIVOT.VALUE({pivot},"hours_to_respond:avg",{of})',
                    "1",
                    "24",
                )

            number = MONTHS
        titles = ('=_t("Month")', '=_t("Average")', '=_t("1 hour")', '=_t("24 hours")')
        labels, *sets = self.table(titles, (number, make))
        self.figure(
            key,
            {
                "type": "line",
                "title": {
                    "text": "Hours to First Reply in 12 Months",
                    "bold": True,
                    "color": TEXT,
                },
                "background": "#FFFFFF",
                "legendPosition": "top",
                "dataSetsHaveTitle": True,
                "dataSets": [{"dataRange": range_, "yAxisId": "y"} for range_ in sets],
                "labelRange": labels,
                "labelsAsText": True,
                "stacked": False,
                "aggregated": False,
                "cumulative": False,
            },
            *place,
        )
        self.menus[f"chart-{key}"] = "crm_complaints.complaint_menu_analysis"

    def pareto(self, key, place):
        """The most frequent root causes, with their cumulated share."""
        if self.sample:
            number = len(SAMPLE_CAUSES)
            total = sum(value for _label, value in SAMPLE_CAUSES)

            def value_of(index):
                label, value = SAMPLE_CAUSES[index - 1]
                return f'=_t("{label}")', str(value)

            total_formula = str(total)
        else:
            number = CAUSES
            pivot = self.pivot(
                "Root causes",
                REPORT,
                [["cause_id", "!=", False]],
                ["__count"],
                [{"fieldName": "cause_id"}],
                sort={"measure": "__count", "order": "desc", "domain": []},
            )

            def value_of(index):
                of = f'"#cause_id",{index}'
                return (
                    f"=PIVOT.HEADER({pivot},{of})",
                    f'=PIVOT.VALUE({pivot},"__count",{of})',
                )

            total_formula = f'PIVOT.VALUE({pivot},"__count")'
        first = self.row + 1

        def make(index, row):
            label, value = value_of(index)
            share = f'=IFERROR(SUM(B${first}:B{row})/{total_formula}*100,"")'
            return label, value, share, "80"

        titles = (
            '=_t("Root Cause")',
            '=_t("Complaints")',
            '=_t("Cumulated Share (%)")',
            '=_t("80 %")',
        )
        labels, bars, shares, vital = self.table(titles, (number, make))
        self.figure(
            key,
            {
                "type": "combo",
                "title": {"text": "Root Causes (Pareto)", "bold": True, "color": TEXT},
                "background": "#FFFFFF",
                "legendPosition": "top",
                "dataSetsHaveTitle": True,
                "dataSets": [
                    {"dataRange": bars, "yAxisId": "y", "type": "bar"},
                    {"dataRange": shares, "yAxisId": "y1", "type": "line"},
                    {"dataRange": vital, "yAxisId": "y1", "type": "line"},
                ],
                "labelRange": labels,
                "aggregated": False,
                "axesDesign": {
                    "y": {"title": {"text": "Complaints"}},
                    "y1": {"title": {"text": "Cumulated Share (%)"}},
                },
                "showValues": False,
                "humanize": False,
            },
            *place,
        )
        self.menus[f"chart-{key}"] = "crm_complaints.complaint_menu_pareto"

    def build(self):
        for at, tile in enumerate(TILES):
            self.tile(*tile, at)
        for at, chart in enumerate(CHARTS):
            self.chart(*chart, at)
        height = TOP + -(-len(CHARTS) // 2) * (CHART + GAP)
        sheet = {
            "merges": [],
            "borders": {},
            "conditionalFormats": [],
            "dataValidationRules": [],
            "tables": [],
            "headerGroups": {"ROW": [], "COL": []},
            "comments": {},
            "rows": {},
            "styles": {},
        }
        return {
            "version": VERSION,
            "sheets": [
                {
                    **sheet,
                    "id": "dashboard",
                    "name": "Dashboard",
                    "colNumber": WIDTH // 96 + 1,
                    "rowNumber": height // 23 + 1,
                    "cols": {},
                    "cells": {},
                    "formats": {},
                    "figures": self.figures,
                    "areGridLinesVisible": False,
                    "isVisible": True,
                },
                {
                    **sheet,
                    "id": "data",
                    "name": "Data",
                    "colNumber": 8,
                    "rowNumber": self.row + 5,
                    "cols": {"0": {"size": 240}},
                    "cells": self.data,
                    "formats": self.formats,
                    "figures": [],
                    "areGridLinesVisible": True,
                    "isVisible": False,
                },
            ],
            "styles": {},
            "formats": {"1": '0.0"%"'},
            "borders": {},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {
                "locale": {
                    "name": "English (US)",
                    "code": "en_US",
                    "thousandsSeparator": ",",
                    "decimalSeparator": ".",
                    "dateFormat": "mm/dd/yyyy",
                    "timeFormat": "hh:mm:ss",
                    "formulaArgSeparator": ",",
                    "weekStart": 7,
                }
            },
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "customTableStyles": {},
            "globalFilters": [] if self.sample else FILTERS,
            "lists": {},
            "listNextId": 1,
            "chartOdooMenusReferences": {} if self.sample else self.menus,
        }


def main(options):
    bad = 0
    for name, sample in (
        ("complaints_dashboard", False),
        ("complaints_sample_dashboard", True),
    ):
        path = FILES / f"{name}.json"
        text = json.dumps(Dashboard(sample).build(), indent=2) + "\n"
        if "--check" not in options:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{path.name}: is not what dev/dashboard.py writes; run it again")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

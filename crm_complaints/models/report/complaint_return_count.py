"""Count: the figures of a return for one company and one period, and what is missing."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import returns
from ...engine.working_time import start_of_day, zone
from ..core.constants import TICKET
from .complaint_return_line import BREAKDOWNS

# complaints by the field in which the time counted ends
_ENDS = {"withdrawn": "closed_date"}
_TIMES = ("average", "median")
NOT_SET, OTHERS = "none", "others"


class Row(NamedTuple):
    """A complaint in a line.

    :param group: the record or key that the line is broken down by; false for none
    :param ended_at: None while it is open
    :param amount: of the money that the line adds up
    """

    id: int
    group: object
    received_at: object
    ended_at: object
    amount: float


class Figure(NamedTuple):
    """A figure of a line, or of a row below it.

    :param str key: of the row, empty for the line itself
    :param record: what the row stands for, where it is a record
    :param value: None where there is nothing to measure, or to divide by
    :param int base: the number of complaints that it is taken from
    :param list ids: of the complaints behind it
    """

    line: models.Model
    key: str
    code: str
    name: str
    record: object
    value: float | None
    base: int
    ids: list


class Issue(NamedTuple):
    """Something that is missing, and the complaints that miss it."""

    text: str
    ids: list


class Count:
    """Count: what the current user may read, in one or two queries a line.

    :ivar figures: list of Figure, in the order of the lines
    :ivar issues: list of Issue
    """

    def __init__(self, the_return, company, first, last, codes):
        """
        :param date first: of the period, in the time zone of the company
        :param date last: of the period
        :param dict codes: (kind, key) -> the regulator's code, a record
        """
        env = the_return.env
        self.env = env
        self.company = company
        self.last = last
        self.codes = codes
        # sudo: the working hours of a company are no secret
        self.calendar = company.sudo().resource_calendar_id.with_company(company)
        self.tz_name = company._complaint_tz()
        tz = zone(self.tz_name)
        self.start = start_of_day(first, tz)
        self.end = start_of_day(last + timedelta(days=1), tz)
        self.tickets = env[TICKET].with_context(active_test=False)
        self.issues = []
        self._rows = {}
        self._timetable = None
        self._impossible = set()
        by_line = {}
        lines = the_return.line_ids
        for line in lines.sorted(lambda line: line.measure == "share"):
            by_line[line] = list(self._figures(line, by_line))
        self.figures = [figure for line in lines for figure in by_line[line]]
        self._check_outcomes()
        if self._impossible:
            self._add_issue(
                env._(
                    "Complaints resolved before they were received: %(number)s",
                    number=len(self._impossible),
                ),
                self._impossible,
            )

    @property
    def is_nil(self):
        """Whether there was no complaint in any line."""
        return not any(figure.ids for figure in self.figures)

    def _add_issue(self, text, ids=()):
        self.issues.append(Issue(text, sorted(ids)))

    # ---------------------------------------------------
    # Which complaints
    # ---------------------------------------------------

    def _within(self, name):
        return Domain(name, ">=", self.start) & Domain(name, "<", self.end)

    def _open_at(self, moment):
        """Return the complaints that were received, and had not ended, by ``moment``."""
        unresolved = Domain("complaint_resolved_at", "=", False)
        return Domain("complaint_received_at", "<", moment) & (
            Domain("complaint_resolved_at", ">=", moment)
            | unresolved
            & (
                Domain("complaint_is_open", "=", True)
                # withdrawn later
                | Domain("closed_date", "=", False)
                | Domain("closed_date", ">=", moment)
            )
        )

    def _counted(self, counted_by):
        if counted_by in ("open_start", "open_end"):
            return self._open_at(self._moment(counted_by))
        if counted_by == "withdrawn":
            return Domain("complaint_phase", "=", "withdrawn") & self._within(
                "closed_date"
            )
        if counted_by == "remedied":
            return Domain("complaint_remedy_ids", "any", self._remedied())
        return self._within(f"complaint_{counted_by}_at")

    def _remedied(self):
        return Domain("state", "=", "done") & self._within("done_at")

    def _moment(self, counted_by):
        """Return the moment at which open complaints are counted, else None."""
        return {"open_start": self.start, "open_end": self.end}.get(counted_by)

    def _domain(self, counted_by, condition):
        return (
            self.tickets._complaint_counted_domain()
            & Domain("company_id", "=", self.company.id)
            & self._counted(counted_by)
            & condition
        )

    def _read(self, line):
        """Return the complaints of a line, before limits of time, as rows."""
        key = (line.counted_by, line.domain, line.breakdown, line.amount)
        if key not in self._rows:
            condition = line._parsed_domain()
            condition.validate(self.tickets)
            domain = self._domain(line.counted_by, condition)
            self._rows[key] = list(self._query(line, domain))
        return self._rows[key]

    def _query(self, line, domain):
        names = [
            "id",
            "complaint_received_at",
            _ENDS.get(line.counted_by, "complaint_resolved_at"),
        ]
        of_remedies = line.measure == "sum" and line.amount.startswith("remedies_")
        if line.measure == "sum" and not of_remedies:
            names.append(line.amount)
        group_by = [BREAKDOWNS[line.breakdown]] if line.breakdown else []
        moment = self._moment(line.counted_by)
        groups = self.tickets._read_group(
            domain, group_by, [f"{name}:array_agg" for name in names]
        )
        amounts = defaultdict(float)
        if of_remedies:
            ids = [id_ for group in groups for id_ in group[len(group_by)]]
            amounts.update(self._remedies(line, ids))
        for group in groups:
            # each is ordered by the ids of the complaints
            columns = group[len(group_by) :]
            for ticket_id, received_at, ended_at, *more in zip(*columns, strict=True):
                if ended_at and not moment and ended_at < received_at:
                    self._impossible.add(ticket_id)
                yield Row(
                    ticket_id,
                    group[0] if group_by else False,
                    received_at,
                    moment or ended_at,
                    (more[0] if more else amounts[ticket_id]) or 0.0,
                )

    def _remedies(self, line, ids):
        """Return {id of a complaint: the amount of its remedies}.

        The complaints are named by their ids. With their domain instead, PostgreSQL has
        to join the tables of complaints and of remedies twice, and without figures on
        new tables it may choose a way that takes hours.
        """
        state = "done" if line.amount == "remedies_done" else "accepted"
        remedies = Domain("state", "=", state)
        if state == "done" and line.counted_by == "remedied":
            remedies = self._remedied()
        found = (
            self.env["complaint.remedy"]
            .with_context(active_test=False)
            ._read_group(
                remedies & Domain("ticket_id", "in", ids),
                ["ticket_id"],
                ["amount:sum"],
            )
        )
        return {ticket.id: amount for ticket, amount in found}

    # ---------------------------------------------------
    # Figures
    # ---------------------------------------------------

    def _figures(self, line, by_line):
        if line.measure == "share":
            part = by_line[line.numerator_id][0]
            whole = by_line[line.denominator_id][0]
            known = part.value is not None and whole.value is not None
            value = returns.share(part.value, whole.value) if known else None
            yield self._figure(line, value, len(whole.ids), part.ids)
            return
        try:
            rows = self._timely(line, self._read(line))
        except (ValueError, SyntaxError, TypeError, KeyError, AccessError) as error:
            # a field that an addon or an administrator has removed, or one that this
            # user may not read
            self._add_issue(
                self.env._(
                    "The line “%(line)s” cannot be counted: %(reason)s",
                    line=line.display_name,
                    reason=error,
                )
            )
            yield self._figure(line, None, 0, [])
            return
        yield self._measured(line, rows)
        if line.breakdown:
            yield from self._broken_down(line, rows)

    def _timely(self, line, rows):
        after, within = line._limits()
        if not (after or within):
            return rows
        timetable = self._working_time(rows)
        return [
            row
            for row in rows
            if returns.took(row.received_at, row.ended_at, after, within, timetable)
        ]

    def _working_time(self, rows):
        if self._timetable is None and rows:
            moments = [self.start, self.end]
            for row in rows:
                moments += filter(None, (row.received_at, row.ended_at))
            self._timetable = self.calendar._complaint_timetable(
                [min(moments), max(moments)], self.tz_name
            )
        return self._timetable

    def _measured(self, line, rows, **of_row):
        base = len(rows)
        if line.measure == "count":
            value = base
        elif line.measure == "sum":
            value = sum(row.amount for row in rows)
        else:
            timetable = self._working_time(rows)
            times = [
                returns.duration(
                    row.received_at, row.ended_at, line.time_unit, timetable
                )
                for row in rows
                if row.ended_at
            ]
            base = len(times)
            measure = returns.average if line.measure == "average" else returns.middle
            value = measure(times)
        return self._figure(line, value, base, [row.id for row in rows], **of_row)

    def _figure(self, line, value, base, ids, **of_row):
        return Figure(
            **{
                "line": line,
                "key": "",
                "code": line.code or "",
                "name": line.name,
                "record": None,
                **of_row,
                "value": value,
                "base": base,
                "ids": ids,
            }
        )

    # ---------------------------------------------------
    # Rows below a line
    # ---------------------------------------------------

    def _broken_down(self, line, rows):
        groups = defaultdict(list)
        for row in rows:
            groups[row.group].append(row)
        self._check_groups(line, groups)
        if line.by_code:
            groups = self._by_code(line, groups)
        figures = [
            self._measured(line, of_group, **self._named(line, group))
            for group, of_group in groups.items()
        ]
        figures.sort(
            key=lambda figure: (
                figure.key == NOT_SET,
                figure.code if line.by_code else -(figure.value or 0),
                figure.name,
            )
        )
        if 0 < line.row_limit < len(figures):
            shown = figures[: line.row_limit]
            ids = {ticket_id for figure in shown for ticket_id in figure.ids}
            rest = [row for row in rows if row.id not in ids]
            figures = [
                *shown,
                self._measured(
                    line, rest, key=OTHERS, code="", name=self.env._("All others")
                ),
            ]
        return figures

    def _by_code(self, line, groups):
        by_code = defaultdict(list)
        for group, rows in groups.items():
            code = self._code_of(line.breakdown, group)
            # one code of several channels is one row
            by_code[code and code.code].extend(rows)
        return by_code

    def _named(self, line, group):
        """Return key, code and name of a row, and the record that it stands for."""
        if not group:
            text = self.env._("No code") if line.by_code else self.env._("Not set")
            return {"key": NOT_SET, "code": "", "name": text}
        if line.by_code:
            code = next(row for row in self.codes.values() if row.code == group)
            return {"key": group, "code": group, "name": code.wording or group}
        name = self._name_of(group)
        if isinstance(group, str):
            return {"key": group, "code": "", "name": name}
        return {"key": str(group.id), "code": "", "name": name, "record": group}

    def _name_of(self, group):
        if isinstance(group, str):
            return self._outcomes[group]
        # sudo: the name of what a complaint has, which the user may read
        return group.sudo().display_name

    @property
    def _outcomes(self):
        field = self.tickets._fields["complaint_outcome"]
        return dict(field._description_selection(self.env))

    def _code_of(self, kind, group):
        """Return the code of an outcome, channel, category or cause; None without one.

        The nearest one above it in the tree counts.
        """
        if not group or isinstance(group, str):
            return self.codes.get((kind, group))
        ids = [group.id]
        if "parent_path" in group._fields:
            # sudo: where it stands in its tree
            path = (group.sudo().parent_path or "").strip("/").split("/")
            ids = [int(part) for part in reversed(path) if part]
        return next(
            (self.codes[kind, one] for one in ids if (kind, one) in self.codes), None
        )

    # ---------------------------------------------------
    # What is missing
    # ---------------------------------------------------

    def _check_outcomes(self):
        rows = self.tickets._read_group(
            self._domain("resolved", Domain("complaint_outcome", "=", False)),
            [],
            ["id:array_agg"],
        )
        if ids := rows[0][0]:
            self._add_issue(
                self.env._(
                    "Resolved complaints without an outcome: %(number)s",
                    number=len(ids),
                ),
                ids,
            )

    def _check_groups(self, line, groups):
        """Name the complaints that have nothing to be broken down by, or no code."""
        kinds = dict(line._fields["breakdown"]._description_selection(self.env))
        kind = kinds[line.breakdown]
        for group, rows in groups.items():
            ids = [row.id for row in rows]
            if not group:
                self._add_issue(
                    self.env._(
                        "Complaints in “%(line)s” without “%(field)s”: %(number)s",
                        line=line.name,
                        field=kind,
                        number=len(ids),
                    ),
                    ids,
                )
            elif line.by_code and not self._code_of(line.breakdown, group):
                version = line.return_id.code_version
                values = {
                    "line": line.name,
                    "field": kind,
                    "name": self._name_of(group),
                    "day": format_date(self.env, self.last),
                    "version": version,
                }
                self._add_issue(
                    self.env._(
                        "%(line)s: %(field)s “%(name)s” has no code in version "
                        "%(version)s on %(day)s.",
                        **values,
                    )
                    if version
                    else self.env._(
                        "%(line)s: %(field)s “%(name)s” has no code on %(day)s.",
                        **values,
                    ),
                    ids,
                )

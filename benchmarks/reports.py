"""Years of complaints, and what is asked of them: reports and first pages.

Each question is asked as people's screens ask it, and by the best SQL written by hand
for the same figures, on the same rows.
"""

import ast
from contextlib import contextmanager

import desk
from lxml import etree

import odoo.init  # noqa: F401  # before anything else of Odoo
from odoo.fields import Command
from odoo.tools import SQL

YEARS = 4
PAGE = 80
# Of so many complaints one is open, and none older than this.
OPEN_DAYS = 30
_STEPS = ("acknowledge", "respond", "resolve", "follow_up")
_LAST_12_MONTHS = "=1d -11m"
# Months are those of the user's time zone, on both sides.
TZ = "Europe/Brussels"
_SINCE = SQL(
    f"(date_trunc('month', timezone('{TZ}', now())) - interval '11 months')"
    f" AT TIME ZONE '{TZ}' AT TIME ZONE 'UTC'"
)
_OURS = SQL("is_complaint IS TRUE AND duplicate_id IS NULL AND company_id = 1")


@contextmanager
def _without_indexes(env, table):
    """Build the indexes of a table once it is filled, which is quicker."""
    env.cr.execute(
        """SELECT pg_get_indexdef(indexrelid), indexrelid::regclass::text
             FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
            WHERE indrelid = %s::regclass AND pg_constraint.oid IS NULL""",
        [table],
    )
    indexes = env.cr.fetchall()
    for _definition, name in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL(name)))
    yield
    for definition, _name in indexes:
        env.cr.execute(SQL(definition.replace("%", "%%")))


def manager(env):
    found = env["res.users"].search([("login", "=", "mara")])
    return found or env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Mara Manager",
            "login": "mara",
            "email": "mara@staff.example.com",
            "group_ids": [
                Command.link(env.ref("helpdesk_mgmt.group_helpdesk_manager").id)
            ],
        }
    )


def fill_tickets(env, count):
    """Add plain tickets: as many, of the same width, with the same share of open ones."""
    manager(env)
    source = env["helpdesk.ticket"].create(desk.ticket_values(env, 1))
    closed = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env.flush_all()
    own = {
        "number": SQL("'R' || lpad(n::text, 8, '0')"),
        "create_date": _received(count),
        "stage_id": SQL(
            "CASE WHEN %s THEN source.stage_id ELSE %s END", _is_open(count), closed.id
        ),
        "access_token": SQL("NULL"),
        "description": SQL("repeat('What happened. ', 27)"),
    }
    _fill(env, own, source, count)


def fill(env, count):
    """Add four years of complaints with four milestones each.

    The source has one of each kind; the copies differ by their number: date, stage,
    outcome, root cause, channel, category, handler, states.
    """
    manager(env)
    policy = env.ref("crm_complaints.complaint_policy_default")
    policy.target_ids.filtered(lambda target: target.milestone not in _STEPS).unlink()
    source = env["helpdesk.ticket"].create(desk.ticket_values(env, 1))
    env["complaint.milestone"].search(
        [("ticket_id", "=", source.id), ("milestone", "not in", _STEPS)]
    ).unlink()
    env.flush_all()
    stages = {
        phase: env.ref(f"crm_complaints.helpdesk_ticket_stage_{phase}").id
        for phase in ("hearing", "closed")
    }
    is_open = _is_open(count)
    received = _received(count)
    hours = {
        step: SQL("%s * (1 + n %% %s)", least, spread)
        for step, least, spread in (
            ("acknowledge", 0.1, 5),
            ("respond", 0.5, 60),
            ("resolve", 12, 40),
        )
    }
    dates = {
        step: SQL("%s + %s * interval '1 hour'", received, after)
        for step, after in hours.items()
    }
    own = {
        "number": SQL("'R' || lpad(n::text, 8, '0')"),
        "access_token": SQL("NULL"),
        "description": SQL("repeat('What happened. ', 27)"),
        "create_date": received,
        "user_id": _one_of(env, "res.users", [("share", "=", False)]),
        "channel_id": _one_of(env, "helpdesk.ticket.channel", []),
        "category_id": _one_of(env, "helpdesk.ticket.category", []),
        "complaint_cause_id": SQL(
            "CASE WHEN n %% 10 > 0 THEN %s END", _one_of(env, "complaint.cause", [])
        ),
        "complaint_received_at": received,
        "complaint_acknowledged_at": dates["acknowledge"],
        "complaint_responded_at": dates["respond"],
        "complaint_resolved_at": SQL(
            "CASE WHEN NOT %s THEN %s END", is_open, dates["resolve"]
        ),
        "complaint_acknowledge_hours": hours["acknowledge"],
        "complaint_respond_hours": hours["respond"],
        "complaint_resolve_hours": hours["resolve"],
        "complaint_outcome": SQL(
            "CASE WHEN NOT %s THEN"
            " (ARRAY['upheld', 'partly_upheld', 'not_upheld'])[1 + n %% 3] END",
            is_open,
        ),
        "complaint_follow_up_result": SQL(
            "CASE WHEN NOT %s THEN"
            " (ARRAY['restored', 'partly', 'lost', NULL])[1 + n %% 4] END",
            is_open,
        ),
        "complaint_rating": SQL(
            "CASE WHEN NOT %s THEN (ARRAY['happy', 'unhappy', NULL])[1 + n %% 3] END",
            is_open,
        ),
        "complaint_cost": SQL("n %% 50"),
        "complaint_amount_given": SQL("n %% 100"),
        "complaint_is_open": is_open,
        "complaint_phase": SQL(
            "CASE WHEN %s THEN 'hearing' ELSE 'closed' END", is_open
        ),
        "stage_id": SQL(
            "CASE WHEN %s THEN %s ELSE %s END",
            is_open,
            stages["hearing"],
            stages["closed"],
        ),
        "complaint_sla_state": SQL(
            "CASE WHEN %s THEN CASE WHEN n %% 7 = 0 THEN 'breached' ELSE 'on_track' END"
            " WHEN n %% 10 = 0 THEN 'missed' ELSE 'met' END",
            is_open,
        ),
        "complaint_deadline": SQL(
            "CASE WHEN %s THEN %s + interval '14 days' END", is_open, received
        ),
    }
    _fill(env, own, source, count)
    state = SQL(
        "CASE WHEN source.milestone IN ('resolve', 'follow_up')"
        " AND ticket.complaint_is_open THEN 'running'"
        " WHEN ticket.id %% 10 = 0 THEN 'missed' ELSE 'met' END"
    )
    reached = SQL(
        "CASE source.milestone WHEN 'acknowledge' THEN ticket.complaint_acknowledged_at"
        " WHEN 'respond' THEN ticket.complaint_responded_at"
        " ELSE ticket.complaint_resolved_at END"
    )
    deadline = SQL("ticket.complaint_received_at + interval '14 days'")
    names, values = desk._columns(
        env,
        desk.MILESTONE,
        {
            "ticket_id": SQL("ticket.id"),
            "state": state,
            "started_at": SQL("ticket.complaint_received_at"),
            "deadline": deadline,
            "original_deadline": deadline,
            "warn_at": deadline,
            "next_event_at": SQL("NULL"),
            "reached_at": reached,
        },
    )
    with _without_indexes(env, desk.MILESTONE):
        env.cr.execute(
            SQL(
                """INSERT INTO complaint_milestone (%s)
                   SELECT %s FROM helpdesk_ticket ticket, complaint_milestone source
                    WHERE source.ticket_id = %s AND ticket.number ~ '^R[0-9]{8}$'""",
                names,
                values,
                source.id,
            )
        )


def _fill(env, own, source, count):
    with _without_indexes(env, desk.TICKET):
        desk.copy_ticket(env, source, count, own)


def _received(count):
    """Return SQL for the date of complaint n: evenly over the years, up to now."""
    return SQL(
        "date_trunc('second', now() AT TIME ZONE 'UTC'"
        " - interval '1 hour' - (n::float / %s) * interval '%s days')",
        count,
        365 * YEARS,
    )


def _is_open(count):
    return SQL("(n <= %s AND n %% 3 = 0)", count * OPEN_DAYS // (365 * YEARS))


def _one_of(env, model, domain):
    ids = env[model].search(domain).ids
    return SQL("(%s::int[])[1 + n %% %s]", ids, len(ids))


# ---------------------------------------------------
# Questions
# ---------------------------------------------------

_YEAR = [("received_at", ">=", _LAST_12_MONTHS)]
_DUE = ("deadline", ">=", _LAST_12_MONTHS)
_JUDGED = ("state", "in", ("met", "missed", "breached"))
_OPEN = ("is_open", "=", True)


def _tickets(select, *conditions, group=""):
    where = SQL(" AND ").join([_OURS, *map(SQL, conditions)])
    return SQL(
        "SELECT %s FROM helpdesk_ticket WHERE %s %s", SQL(select), where, SQL(group)
    )


_MONTH = (
    f"date_trunc('month', timezone('{TZ}', timezone('UTC', complaint_received_at)))"
)
_IN_12_MONTHS = f"complaint_received_at >= {_SINCE.code}"


def _milestones(select, group=""):
    return SQL(
        """SELECT %s FROM complaint_milestone m JOIN helpdesk_ticket t ON t.id = ticket_id
            WHERE t.is_complaint IS TRUE AND t.company_id = 1
              AND m.deadline >= %s AND state IN ('met', 'missed', 'breached') %s""",
        SQL(select),
        _SINCE,
        SQL(group),
    )


# Name -> model, domain, groupings, measures; the same by hand.
QUESTIONS = {
    "month and outcome, 12 months": (
        ("complaint.report", _YEAR, ["received_at:month", "outcome"], ["__count"]),
        _tickets(
            f"{_MONTH}, complaint_outcome, count(*)",
            _IN_12_MONTHS,
            group="GROUP BY 1, 2",
        ),
    ),
    "month and outcome, all 4 years": (
        ("complaint.report", [], ["received_at:month", "outcome"], ["__count"]),
        _tickets(f"{_MONTH}, complaint_outcome, count(*)", group="GROUP BY 1, 2"),
    ),
    "Pareto by number, 12 months": (
        (
            "complaint.report",
            [*_YEAR, ("cause_id", "!=", False)],
            ["cause_id"],
            ["__count"],
        ),
        _tickets(
            "complaint_cause_id, count(*)",
            _IN_12_MONTHS,
            "complaint_cause_id IS NOT NULL",
            group="GROUP BY 1",
        ),
    ),
    "Pareto by cost, 12 months": (
        ("complaint.report", _YEAR, ["cause_id"], ["cost:sum"]),
        _tickets(
            "complaint_cause_id, sum(complaint_cost)", _IN_12_MONTHS, group="GROUP BY 1"
        ),
    ),
    "tile: open": (
        ("complaint.report", [_OPEN], [], ["__count"]),
        _tickets("count(*)", "complaint_is_open IS TRUE"),
    ),
    "tile: unassigned": (
        ("complaint.report", [_OPEN, ("user_id", "=", False)], [], ["__count"]),
        _tickets("count(*)", "complaint_is_open IS TRUE", "user_id IS NULL"),
    ),
    "tile: due today": (
        (
            "complaint.report",
            [_OPEN, ("deadline", ">=", "now"), ("deadline", "<", "today +1d")],
            [],
            ["__count"],
        ),
        _tickets(
            "count(*)",
            "complaint_is_open IS TRUE",
            "complaint_deadline >= now() AT TIME ZONE 'UTC'",
            f"complaint_deadline < (date_trunc('day', timezone('{TZ}', now()))"
            f" + interval '1 day') AT TIME ZONE '{TZ}' AT TIME ZONE 'UTC'",
        ),
    ),
    "tile: overdue": (
        ("complaint.report", [("sla_state", "=", "breached")], [], ["__count"]),
        _tickets("count(*)", "complaint_sla_state = 'breached'"),
    ),
    "tile: on time, 12 months": (
        ("complaint.milestone", [_DUE, _JUDGED], [], ["on_time_share:avg", "__count"]),
        _milestones("avg((state = 'met')::int) * 100, count(*)"),
    ),
    "on time by milestone and month": (
        (
            "complaint.milestone",
            [_DUE, _JUDGED],
            ["milestone", "deadline:month"],
            ["on_time_share:avg", "__count"],
        ),
        _milestones(
            f"milestone, date_trunc('month', timezone('{TZ}', timezone('UTC', deadline))),"
            " avg((state = 'met')::int) * 100, count(*)",
            "GROUP BY 1, 2",
        ),
    ),
    "tile: upheld": (
        ("complaint.report", _YEAR, [], ["upheld_share:avg", "__count"]),
        _tickets(
            "avg((complaint_outcome <> 'not_upheld')::int) * 100, count(*)",
            _IN_12_MONTHS,
        ),
    ),
    "tile: satisfied": (
        ("complaint.report", _YEAR, [], ["satisfied_share:avg"]),
        _tickets("avg((complaint_rating = 'happy')::int) * 100", _IN_12_MONTHS),
    ),
    "tile: trust restored": (
        ("complaint.report", _YEAR, [], ["restored_share:avg"]),
        _tickets(
            "avg((complaint_follow_up_result = 'restored')::int) * 100", _IN_12_MONTHS
        ),
    ),
    "tile: repeats": (
        ("complaint.report", _YEAR, [], ["repeat_share:avg"]),
        _tickets("avg((complaint_repeat_of_id IS NOT NULL)::int) * 100", _IN_12_MONTHS),
    ),
    "hours to first reply by month": (
        ("complaint.report", _YEAR, ["received_at:month"], ["hours_to_respond:avg"]),
        _tickets(
            f"{_MONTH}, avg(EXTRACT(EPOCH FROM complaint_responded_at"
            " - complaint_received_at)) / 3600",
            _IN_12_MONTHS,
            group="GROUP BY 1",
        ),
    ),
    "age of open complaints": (
        ("complaint.report", [_OPEN], ["age_band"], ["__count"]),
        _tickets(
            "width_bucket(EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC'"
            " - complaint_received_at) / 86400, ARRAY[7, 14, 28, 56]), count(*)",
            "complaint_is_open IS TRUE",
            group="GROUP BY 1",
        ),
    ),
    "open complaints by handler": (
        ("complaint.report", [_OPEN], ["user_id"], ["__count"]),
        _tickets("user_id, count(*)", "complaint_is_open IS TRUE", group="GROUP BY 1"),
    ),
    "channels, 12 months": (
        ("complaint.report", _YEAR, ["channel_id"], ["__count"]),
        _tickets("channel_id, count(*)", _IN_12_MONTHS, group="GROUP BY 1"),
    ),
}


def ask(env, name):
    """Ask as the screens do."""
    (model, domain, groups, measures), _sql = QUESTIONS[name]
    return env[model]._read_group(domain, groups, measures)


def ask_by_hand(env, name):
    """Ask by SQL; numbers of the same groups, which the caller compares."""
    return env.execute_query(QUESTIONS[name][1])


def same(name, ours, theirs):
    """Tell whether two answers have the same numbers in all groups, in any order."""
    (_model, _domain, _groups, measures), _sql = QUESTIONS[name]

    def numbers(rows):
        return sorted(
            tuple(round(float(value or 0), 2) for value in row[-len(measures) :])
            for row in rows
        )

    return numbers(ours) == numbers(theirs)


def _not_closed(model):
    """Return the condition of the filter with which the pipeline opens."""
    view = model.env.ref("crm_complaints.helpdesk_ticket_view_search_complaint")
    arch = etree.fromstring(model.get_view(view.id, "search")["arch"])
    (found,) = arch.xpath("//filter[@name='pipeline']")
    return ast.literal_eval(found.get("domain"))


def first_page(env, ours, kanban):
    """Read the first page of the list, or the columns of the pipeline, as screens do."""
    model = env["helpdesk.ticket"]
    view = env.ref(
        {
            (True, True): "crm_complaints.helpdesk_ticket_view_kanban_complaint",
            (True, False): "crm_complaints.helpdesk_ticket_view_list_complaint",
            (False, True): "helpdesk_mgmt.view_helpdesk_ticket_kanban",
            (False, False): "helpdesk_mgmt.ticket_view_tree",
        }[ours, kanban]
    )
    found = model.get_view(view.id, "kanban" if kanban else "list")
    arch = etree.fromstring(found["arch"])
    wanted = {
        node.get("name"): {"fields": {"display_name": {}}}
        if model._fields[node.get("name")].relational
        else {}
        for node in arch.iter("field")
    }
    domain = [("is_complaint", "=", True)] if ours else []
    order = arch.get("default_order")
    if not kanban:
        return lambda: model.web_search_read(
            domain, wanted, limit=PAGE, order=order, count_limit=10_001
        )
    domain += _not_closed(model) if ours else [("stage_id.closed", "=", False)]
    return lambda: model.web_read_group(
        domain,
        ["stage_id"],
        order=order,
        auto_unfold=True,
        unfold_read_specification=wanted,
        unfold_read_default_limit=PAGE // 2,
    )

"""Install and uninstall hooks: columns, the e-mail address, what is left behind."""

import re

from odoo.tools import SQL

_OUR_PREFIX = re.compile(r"\A(?:is_)?complaint")

# Columns of stored computed fields: the ORM would compute them for every ticket, though
# ordinary ones need none. Made here they touch no row; all other columns the ORM makes
# quickly. A test compares this with the fields.
COMPUTED_COLUMNS = {
    "is_complaint": SQL("boolean DEFAULT false"),
    "complaint_phase": SQL("varchar"),
    "complaint_is_open": SQL("boolean"),
    "complaint_phone": SQL("varchar"),
    "complaint_lang": SQL("varchar"),
    "complaint_letters_to": SQL("varchar"),
    "complaint_corrective_action": SQL("text"),
    "complaint_body_id": SQL("int4"),
    "complaint_rating": SQL("varchar"),
    "rating_last_value": SQL("float8"),
    "complaint_acknowledge_hours": SQL("float8"),
    "complaint_respond_hours": SQL("float8"),
    "complaint_resolve_hours": SQL("float8"),
    "complaint_amount_given": SQL("numeric"),
    "complaint_cost": SQL("numeric"),
}


def pre_init_hook(env):
    """Create the columns of computed fields before the ORM does."""
    env.cr.execute(
        SQL(
            "ALTER TABLE helpdesk_ticket %s",
            SQL(", ").join(
                SQL("ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(name), definition)
                for name, definition in COMPUTED_COLUMNS.items()
            ),
        )
    )
    # the default was for the old rows; the ORM fills new ones
    env.cr.execute("ALTER TABLE helpdesk_ticket ALTER COLUMN is_complaint DROP DEFAULT")


def post_init_hook(env):
    """Give the team its e-mail address where that is free, and Odoo a language."""
    _add_armenian(env)
    team = env.ref("crm_complaints.helpdesk_ticket_team_complaints", False)
    taken = env["mail.alias"].search_count([("alias_name", "=", "complaints")])
    if team and not team.alias_name and not taken:
        team.alias_name = "complaints"


def _add_armenian(env):
    """Add Armenian, which Odoo does not have, to the languages that can be switched on."""
    langs = env["res.lang"].with_context(active_test=False)
    if not langs.search_count([("code", "=", "hy_AM")], limit=1):
        langs.create(
            {
                "name": "Armenian / Հայերեն",
                "code": "hy_AM",
                "iso_code": "hy",
                "url_code": "hy",
                "active": False,
                "date_format": "%d.%m.%Y",
                "time_format": "%H:%M:%S",
                "week_start": "1",
                "grouping": "[3,0]",
                "decimal_point": ",",
                "thousands_sep": "\N{NO-BREAK SPACE}",
            }
        )


def uninstall_hook(env):
    """Leave an ordinary helpdesk: complaints become ordinary tickets of it."""
    env.flush_all()
    _move_to_ordinary_stages(env)
    _keep_what_tickets_use(env)
    _keep_activities(env)
    # they go with their tables; one by one Odoo fails on those that are in use
    _ours(env, "complaint.%").unlink()
    env.invalidate_all()
    _drop_what_names_our_fields(env)


def _move_to_ordinary_stages(env):
    """Move complaints to stages of the helpdesk, and delete those of complaints.

    In SQL, so that nobody is written to because of a new stage.
    """
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False)
    stages = stages.search([("complaint_phase", "!=", False)])
    ordinary = env["helpdesk.ticket.stage"].search([("complaint_phase", "=", False)])
    groups = (
        env["helpdesk.ticket"]
        .with_context(active_test=False)
        ._read_group(
            [("stage_id", "in", stages.ids)],
            ["stage_id", "team_id", "company_id"],
            ["id:array_agg"],
        )
    )
    for stage, team, company, ids in groups:
        suitable = ordinary.filtered(
            lambda one, team=team, company=company: (
                (not one.team_ids or team in one.team_ids)
                and (not one.company_id or one.company_id == company)
            )
        )
        closed = not stage.complaint_is_open
        target = suitable.sorted(
            lambda one, stage=stage, closed=closed: (
                one.closed != closed,
                one.unattended != stage.unattended,
            )
        )[:1]
        if target:
            env.cr.execute(
                SQL(
                    """
                    UPDATE helpdesk_ticket
                       SET stage_id = %s, unattended = %s,
                           closed_date = COALESCE(closed_date, %s)
                     WHERE id = ANY(%s)
                    """,
                    target.id,
                    target.unattended,
                    SQL("complaint_resolved_at" if target.closed else "NULL"),
                    ids,
                )
            )
    env.invalidate_all()
    in_use = env["helpdesk.ticket"].with_context(active_test=False)
    in_use = in_use.search([("stage_id", "in", stages.ids)]).stage_id
    (stages - in_use).unlink()


def _ours(env, model, module="crm_complaints"):
    """Return the external ids of this addon's records of a model, or models.

    :param module: pattern; ``crm_complaints%`` is this addon and those that go with it
    """
    return env["ir.model.data"].search(
        [("module", "=like", module), ("model", "=like", model)]
    )


def _keep_what_tickets_use(env):
    """Leave teams, channels and categories of tickets to the helpdesk.

    Customers go on writing to the address of the team.
    """
    Ticket = env["helpdesk.ticket"].with_context(active_test=False)
    for name in ("team_id", "channel_id", "category_id"):
        data = _ours(env, Ticket._fields[name].comodel_name)
        used = Ticket._read_group([(name, "in", data.mapped("res_id"))], [name])
        used = {record.id for (record,) in used}
        data.filtered(lambda one, used=used: one.res_id in used).unlink()
    if not _ours(env, "helpdesk.ticket.team"):
        _ours(env, "mail.alias").unlink()


def _keep_activities(env):
    """Turn open activities of types that are about to be removed into to-dos."""
    types = _ours(env, "mail.activity.type").mapped("res_id")
    env.cr.execute(
        SQL(
            """
            UPDATE mail_activity
               SET activity_type_id = %s,
                   summary = COALESCE(NULLIF(mail_activity.summary, ''), type.name->>'en_US')
              FROM mail_activity_type AS type
             WHERE type.id = activity_type_id AND type.id = ANY(%s)
            """,
            env.ref("mail.mail_activity_data_todo").id,
            types,
        )
    )


def _our_fields(env):
    """Return an expression that finds the names of our fields in a text.

    Those of the small addons too, which are uninstalled with this one. Of fields that
    tickets have from elsewhere, such as those of ratings, other models may have their
    own.
    """
    fields = env["ir.model.fields"].browse(
        _ours(env, "ir.model.fields", "crm_complaints%").mapped("res_id")
    )
    names = filter(_OUR_PREFIX.search, fields.mapped("name"))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, {*names}))})\b")


def _drop_what_names_our_fields(env):
    """Switch off or delete what would fail once the fields are gone.

    Administrators' rules are switched off, saved filters are deleted.
    """
    named = _our_fields(env)
    models = _ours(env, "ir.model", "crm_complaints%").mapped("res_id")
    models = env["ir.model"].browse(models).mapped("model")
    models = {*filter(_OUR_PREFIX.search, models)}
    rules = (
        env["base.automation"]
        .with_context(active_test=False)
        .search([("model_name", "=", "helpdesk.ticket")])
    )

    def is_ours(rule):
        names = rule.trigger_field_ids.mapped("name") + [rule.trg_date_id.name or ""]
        domains = (rule.filter_domain or "", rule.filter_pre_domain or "")
        return any(map(named.search, (*names, *domains)))

    rules.filtered(is_ours).active = False
    env["ir.rule"].search([]).filtered(
        lambda rule: named.search(rule.domain_force or "")
    ).active = False
    env["ir.filters"].with_context(active_test=False).search([]).filtered(
        lambda one: (
            one.model_id in models
            or named.search(f"{one.domain} {one.context} {one.sort}")
        )
    ).unlink()

"""Install and uninstall hooks: columns, the team's e-mail address, rules."""

from odoo.tools import SQL

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
    """Switch off administrators' rules on fields that are about to be removed."""
    rules = (
        env["base.automation"]
        .with_context(active_test=False)
        .search([("model_name", "=", "helpdesk.ticket")])
    )

    def is_ours(rule):
        names = rule.trigger_field_ids.mapped("name") + [rule.trg_date_id.name or ""]
        domains = (rule.filter_domain or "", rule.filter_pre_domain or "")
        return any("complaint" in text for text in (*names, *domains))

    rules.filtered(is_ours).active = False

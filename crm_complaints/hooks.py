"""What installing and uninstalling do beside models: fast columns, the alias, rules."""

from odoo.tools import SQL

# Stored columns that this addon adds to a table that may hold years of tickets.
# Made here in one statement, without touching a row; the ORM would fill them one
# by one. A test compares the list with the fields.
TICKET_COLUMNS = {
    "is_complaint": SQL("boolean DEFAULT false"),
    "complaint_kind": SQL("varchar"),
    "complaint_phase": SQL("varchar"),
    "complaint_is_open": SQL("boolean"),
    "complaint_severity": SQL("varchar"),
    "complaint_remedy_sought": SQL("text"),
    "complaint_amount_claimed": SQL("numeric"),
    "complaint_phone": SQL("varchar"),
    "complaint_lang": SQL("varchar"),
    "complaint_representative_id": SQL("int4"),
    "complaint_representative_relation": SQL("varchar"),
    "complaint_letters_to": SQL("varchar"),
    "complaint_former_number": SQL("varchar"),
    "complaint_merged_numbers": SQL("varchar"),
    "complaint_former_team_id": SQL("int4"),
    "complaint_received_at": SQL("timestamp"),
    "complaint_letter_date": SQL("date"),
    "complaint_deadline": SQL("timestamp"),
    "complaint_next_milestone": SQL("varchar"),
    "complaint_sla_state": SQL("varchar"),
    "complaint_policy_id": SQL("int4"),
    "complaint_responded_at": SQL("timestamp"),
    "complaint_acknowledged_at": SQL("timestamp"),
    "complaint_acknowledged_by": SQL("varchar"),
    "complaint_acknowledge_note": SQL("varchar"),
    "complaint_resolved_at": SQL("timestamp"),
    "complaint_reopened_at": SQL("timestamp"),
    "complaint_reopened_count": SQL("int4 DEFAULT 0"),
    "complaint_level": SQL("varchar"),
    "complaint_second_look_at": SQL("timestamp"),
    "complaint_escalated_at": SQL("timestamp"),
    "complaint_escalated_count": SQL("int4 DEFAULT 0"),
    "complaint_reviewer_id": SQL("int4"),
    "complaint_first_outcome": SQL("varchar"),
    "complaint_first_decision": SQL("varchar"),
    "complaint_referred_at": SQL("timestamp"),
    "complaint_body_id": SQL("int4"),
    "complaint_follow_up_at": SQL("timestamp"),
    "complaint_follow_up_result": SQL("varchar"),
    "complaint_bulk_id": SQL("int4"),
    "complaint_repeat_of_id": SQL("int4"),
    "complaint_repeat_found": SQL("boolean"),
    "complaint_repeat_count": SQL("int4"),
    "complaint_incident_date": SQL("date"),
    "complaint_incident_place": SQL("varchar"),
    "complaint_evidence": SQL("text"),
    "complaint_findings": SQL("text"),
    "complaint_reason": SQL("text"),
    "complaint_cause_id": SQL("int4"),
    "complaint_corrective_action": SQL("text"),
    "complaint_outcome": SQL("varchar"),
    "complaint_decision": SQL("varchar"),
    "complaint_decided_at": SQL("timestamp"),
    "complaint_decision_words": SQL("text"),
    "complaint_answer_by": SQL("date"),
    "complaint_promise_reason": SQL("varchar"),
    "complaint_rating": SQL("varchar"),
    "complaint_rating_due_at": SQL("timestamp"),
    "complaint_rating_asked_at": SQL("timestamp"),
    "complaint_rating_skipped": SQL("varchar"),
    "complaint_no_rating": SQL("boolean"),
    "rating_last_value": SQL("float8"),
}


def pre_init_hook(env):
    """Add the ticket's columns before the ORM does, in two statements."""
    env.cr.execute(
        SQL(
            "ALTER TABLE helpdesk_ticket %s",
            SQL(", ").join(
                SQL("ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(name), definition)
                for name, definition in TICKET_COLUMNS.items()
            ),
        )
    )
    # the default has done its work on the old rows; new ones are the ORM's
    env.cr.execute(
        SQL(
            "ALTER TABLE helpdesk_ticket %s",
            SQL(", ").join(
                SQL("ALTER COLUMN %s DROP DEFAULT", SQL.identifier(name))
                for name in TICKET_COLUMNS
            ),
        )
    )


def post_init_hook(env):
    """Give the team its e-mail address where that is free."""
    team = env.ref("crm_complaints.helpdesk_ticket_team_complaints", False)
    taken = env["mail.alias"].search_count([("alias_name", "=", "complaints")])
    if team and not team.alias_name and not taken:
        team.alias_name = "complaints"


def uninstall_hook(env):
    """Switch off rules of others that hang on fields which are about to go."""
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

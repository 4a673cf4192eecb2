"""What is said of a person on a complaint, and what remains when he is forgotten.

Figures remain: dates, phases, choices, amounts, ratings, who of the staff did it. Texts
leave, and links to whatever names him. A text that nobody has decided about leaves as
well, such as a field of another addon; of our own fields a test wants a decision.
"""

# What holds words, or anything.
TEXTS = frozenset(
    {"char", "text", "html", "json", "binary", "image", "properties", "reference"}
)
LINKS = frozenset({"many2one", "many2many", "many2one_reference"})

# What figures are grouped by; nothing in there is about a customer.
FIGURES = frozenset(
    {
        "product.category",
        "product.product",
        "product.template",
        "res.company",
        "res.country",
        "res.country.state",
        "res.currency",
        "res.users",
        "uom.uom",
        "utm.campaign",
        "utm.medium",
        "utm.source",
    }
)

# Of these nothing is about a customer at all.
IMPERSONAL_MODELS = frozenset(
    {
        "complaint.cause",
        "complaint.mail.attempt",  # digests
        "complaint.policy",
        "complaint.policy.target",
        "complaint.privacy.log",  # numbers and references
        "complaint.remedy.type",
    }
)

# About a contact, not about a complaint: kept as long as contact is limited, and for the
# company's term after it.
CONTACT_MODELS = frozenset({"complaint.restriction"})

# Rows that are words from end to end, or of no use once the words have gone.
DELETED_MODELS = frozenset(
    {
        "complaint.consent",  # who acted for him, with what he signed
        "complaint.event",
        "complaint.form.key",
        "complaint.merge",
        "complaint.quota",  # of the last hour; Odoo's cleaning takes them
    }
)

# Texts and links that remain, with their reason where it is not plain.
STAYS = {
    "helpdesk.ticket": frozenset(
        {
            # references, by which the log and the outside body name it
            "number",
            "complaint_former_number",
            "complaint_merged_numbers",
            # a merged one is counted once
            "duplicate_id",
            # the outside body, a contact of the company's
            "complaint_body_id",
            "complaint_lang",
        }
    ),
    "complaint.dead.letter": frozenset({"ticket_id", "entry_id"}),
    "complaint.extension": frozenset({"ticket_id"}),
    "complaint.follow.up.call": frozenset({"ticket_id"}),
    # a digest, by which a second delivery is known; and what kind of mail it was
    "complaint.incoming.mail": frozenset({"ticket_id", "key", "reason"}),
    "complaint.letter": frozenset({"ticket_id", "lang"}),
    "complaint.milestone": frozenset({"ticket_id", "pauses"}),
    "complaint.remedy": frozenset({"ticket_id"}),
    "rating.rating": frozenset(
        {
            "res_model",
            "res_id",
            "parent_res_model",
            # the team's
            "parent_res_name",
            "parent_res_id",
            "res_model_id",
            "parent_res_model_id",
            # the member of staff
            "rated_partner_id",
        }
    ),
}

# Texts and links of ours that leave; the others of these models have been decided
# upon above. Dates and choices named here leave although they would stay.
LEAVES = {
    "helpdesk.ticket": frozenset(
        {
            "name",
            "description",
            "access_token",
            "email_cc",
            "partner_id",
            "commercial_partner_id",
            "partner_name",
            "partner_email",
            "properties",
            "complaint_acknowledge_note",
            "complaint_burst_id",
            # an allegation against a colleague is forgotten as well
            "complaint_concerned_user_ids",
            "complaint_corrective_action",
            "complaint_decision_words",
            "complaint_distinct_ids",
            "complaint_document_ids",
            "complaint_evidence",
            "complaint_findings",
            "complaint_incident_place",
            "complaint_legal_hold_reason",
            "complaint_phone",
            "complaint_promise_reason",
            "complaint_rating_due_at",  # nobody is left to be asked
            "complaint_reason",
            "complaint_remedy_sought",
            # of a customer who is known it would say who this one was
            "complaint_repeat_of_id",
            "complaint_representative_id",
        }
    ),
    "complaint.dead.letter": frozenset(
        {
            "name",
            "email_from",
            "error",
            "error_details",
            "raw",
            "delivery",
            "dismiss_reason",
        }
    ),
    "complaint.extension": frozenset({"reason", "findings", "message_id"}),
    "complaint.follow.up.call": frozenset({"words", "reason", "repeat_id"}),
    "complaint.incoming.mail": frozenset({"message_id", "email_from", "mended"}),
    "complaint.letter": frozenset(
        {
            "recipient",
            "subject",
            "body",
            "email_to",
            "address",
            "message_id",
            "attachment_id",
        }
    ),
    "complaint.remedy": frozenset({"description", "cancel_reason", "activity_id"}),
}


def is_personal(model, name, kind, comodel=None):
    """Tell whether a stored field says something of a person, and leaves with him.

    :param str model: as ``helpdesk.ticket``
    :param str name: the field's
    :param str kind: its type, as ``char``
    :param str comodel: what a link leads to
    """
    if name in STAYS.get(model, ()):
        return False
    if name in LEAVES.get(model, ()):
        return True
    if kind in LINKS:
        return not is_figure(comodel)
    return kind in TEXTS


def is_figure(comodel):
    """Tell whether a link leads to something that figures are grouped by."""
    return bool(comodel) and (
        comodel in FIGURES or comodel.startswith(("complaint.", "helpdesk.ticket."))
    )


def is_decided(model, name, kind, comodel=None):
    """Tell whether somebody has decided what becomes of a field of ours.

    What holds no words and leads to nobody needs no decision.
    """
    if model in IMPERSONAL_MODELS | DELETED_MODELS | CONTACT_MODELS:
        return True
    if name in STAYS.get(model, ()) or name in LEAVES.get(model, ()):
        return True
    if kind in LINKS:
        return is_figure(comodel)
    return kind not in TEXTS


# ---------------------------------------------------
# What a person is told of
# ---------------------------------------------------

# Not his: secrets, colleagues, what is reckoned for ourselves, and what the computer
# needs to go on.
WITHHELD = {
    "helpdesk.ticket": frozenset(
        {
            "access_token",
            "active",
            "color",
            "commercial_partner_id",
            "complaint_burst_id",
            "complaint_concerned_user_ids",
            "complaint_distinct_ids",
            "complaint_former_handler_ids",
            "complaint_former_team_id",
            "complaint_legal_hold_user_id",
            "complaint_next_milestone",
            "complaint_rating_due_at",
            "complaint_rating_skipped",
            "complaint_sla_state",
            "is_complaint",
            "kanban_state",
            "last_stage_update",
            # his ratings are told one by one
            "rating_last_value",
            "sequence",
            # the phase says it
            "stage_id",
            "unattended",
        }
    ),
    "complaint.consent": frozenset({"access_token", "user_id"}),
    "complaint.dead.letter": frozenset(
        {"delivery", "error_details", "raw", "attempts"}
    ),
    "complaint.incoming.mail": frozenset({"key"}),
    "complaint.event": frozenset({"source"}),  # a colleague, perhaps
    "complaint.letter": frozenset({"attachment_id", "copy_of_id", "message_id"}),
    "complaint.restriction": frozenset({"approved_by_id"}),
    "complaint.extension": frozenset({"message_id"}),
    "complaint.remedy": frozenset({"activity_id", "cost"}),
    "rating.rating": frozenset(
        {
            "access_token",
            "message_id",
            "parent_res_id",
            "parent_res_model",
            "parent_res_model_id",
            "parent_res_name",
            "res_id",
            "res_model",
            "res_model_id",
            "res_name",
        }
    ),
}
# Models that are withheld from end to end.
WITHHELD_MODELS = frozenset(
    {"complaint.form.key", "complaint.merge", "complaint.milestone"}
)
TECHNICAL = frozenset(
    {"id", "create_uid", "write_uid", "write_date", "ticket_id", "company_id"}
)


def is_told(model, name):
    """Tell whether a person is told of a field when he asks what is held on him."""
    return name not in TECHNICAL and name not in WITHHELD.get(model, ())

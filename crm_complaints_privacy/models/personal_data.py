"""Personal data: which fields of complaints say something of a person.

When a complaint is erased its figures remain: dates, phases, choices, amounts, ratings, who
of the staff did it. What becomes of a field stands on the field (``complaint_privacy``),
and so does whether a subject access request is told of it (``complaint_told``); a model may
say so for all of it (``_complaint_privacy``, ``_complaint_told``). Where nothing is said,
as by most addons beside ours, texts leave, and links to whatever names somebody. Of our
own fields a test wants a decision.
"""

# What holds words, or anything.
TEXTS = frozenset(
    {"char", "text", "html", "json", "binary", "image", "properties", "reference"}
)
LINKS = frozenset({"many2one", "many2many", "many2one_reference"})
# What a field says of itself, and what a model does.
KEEP, FORGET = "keep", "forget"
DELETE, CONTACT = "delete", "contact"

# What figures are grouped by; nothing in there is about a customer.
_FIGURES = frozenset(
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

# ---------------------------------------------------
# Fields of other addons, which say nothing themselves
# ---------------------------------------------------

_KEPT = {
    "helpdesk.ticket": frozenset(
        {
            # the reference, by which the log and an ombudsman name it
            "number",
            # a merged complaint is counted once
            "duplicate_id",
        }
    ),
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
_FORGOTTEN = {
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
        }
    ),
}
# Secrets, and what only the computer needs to go on.
_NOT_TOLD = {
    "helpdesk.ticket": frozenset(
        {
            "access_token",
            "active",
            "color",
            "commercial_partner_id",
            "kanban_state",
            "last_stage_update",
            # ratings are told one by one
            "rating_last_value",
            "sequence",
            # the phase says it
            "stage_id",
            "unattended",
        }
    ),
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
_TECHNICAL = frozenset(
    {"id", "create_uid", "write_uid", "write_date", "ticket_id", "company_id"}
)


def stored_fields(model):
    """Return the fields of a model that the database keeps, in columns or relations."""
    return [
        field
        for field in model._fields.values()
        if field.store and (field.column_type or field.type == "many2many")
    ]


def said_by_field(field):
    """Return what becomes of a field as it was decided, ``KEEP``, ``FORGET`` or None."""
    if said := getattr(field, "complaint_privacy", None):
        return said
    if field.name in _KEPT.get(field.model_name, ()):
        return KEEP
    if field.name in _FORGOTTEN.get(field.model_name, ()):
        return FORGET
    return None


def said_by_model(model):
    """Return what becomes of a model's rows when their complaint is erased.

    ``DELETE``: they are words from end to end, or of no use without them. ``KEEP``:
    nothing in them is about a customer. ``CONTACT``: about a contact, not a complaint,
    and erased after the retention period of their own. None: each field says so.
    """
    return getattr(model, "_complaint_privacy", None)


def is_personal(field):
    """Tell whether a stored field says something of a person, and leaves with them."""
    said = said_by_field(field)
    if said:
        return said == FORGET
    if field.type in LINKS:
        return not _is_figure(field)
    return field.type in TEXTS


def is_decided(field):
    """Tell whether somebody has decided what becomes of a field of ours.

    What holds no words and leads to nobody needs no decision.
    """
    if said_by_field(field):
        return True
    if field.type in LINKS:
        return _is_figure(field)
    return field.type not in TEXTS


def is_told(field):
    """Tell whether a subject access request is told of a field."""
    return (
        getattr(field, "complaint_told", True)
        and field.name not in _TECHNICAL
        and field.name not in _NOT_TOLD.get(field.model_name, ())
    )


def is_told_model(model):
    """Tell whether a subject access request is told of a model."""
    return getattr(model, "_complaint_told", True) and said_by_model(model) != KEEP


def _is_figure(field):
    comodel = field.comodel_name
    return bool(comodel) and (
        comodel in _FIGURES or comodel.startswith(("complaint.", "helpdesk.ticket."))
    )

"""Personal data: which fields of complaints are erased, and which are disclosed.

When a complaint is erased its figures remain: dates, phases, choices, amounts, ratings,
and the members of staff. A field declares whether it is erased (``complaint_privacy``)
and whether a subject access request discloses it (``complaint_told``); a model may do
so for all its fields (``_complaint_privacy``, ``_complaint_told``). By default, as for
most other addons, texts are erased, and links to records that name somebody. For our
own fields a test requires a decision.
"""

# Field types that may hold words.
TEXTS = frozenset(
    {"char", "text", "html", "json", "binary", "image", "properties", "reference"}
)
LINKS = frozenset({"many2one", "many2many", "many2one_reference"})
# What a field may declare, and what a model may.
KEEP, FORGET = "keep", "forget"
DELETE, CONTACT = "delete", "contact"

# Models by which figures are grouped; they hold nothing about customers.
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
# Fields of other addons, which declare nothing themselves
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
# Fields that are not disclosed: secrets, and technical ones.
_NOT_TOLD = {
    "helpdesk.ticket": frozenset(
        {
            "access_token",
            "active",
            "color",
            "commercial_partner_id",
            "kanban_state",
            "last_stage_update",
            # ratings are disclosed one by one
            "rating_last_value",
            "sequence",
            # the phase is disclosed instead
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
# The same, by the addon that adds them to tickets: technical as well, or told otherwise.
_NOT_TOLD_BESIDE = {
    "helpdesk_mgmt_activity": frozenset({"next_stage_id"}),
    "helpdesk_mgmt_rating": frozenset({"positive_rate_percentage", "rating_status"}),
}
_TECHNICAL = frozenset(
    {"id", "create_uid", "write_uid", "write_date", "ticket_id", "company_id"}
)


def stored_fields(model):
    """Return the fields of a model that are stored, in columns or relations."""
    return [
        field
        for field in model._fields.values()
        if field.store and (field.column_type or field.type == "many2many")
    ]


def said_by_field(field):
    """Return what was decided for a field: ``KEEP``, ``FORGET`` or None."""
    if said := getattr(field, "complaint_privacy", None):
        return said
    if field.name in _KEPT.get(field.model_name, ()):
        return KEEP
    if field.name in _FORGOTTEN.get(field.model_name, ()):
        return FORGET
    return None


def said_by_model(model):
    """Return what becomes of a model's rows when their complaint is erased.

    ``DELETE``: they hold words only, or are of no use without them. ``KEEP``: they hold
    nothing about a customer. ``CONTACT``: they are about a contact, not a complaint,
    and erased after a retention period of their own. None: each field decides.
    """
    return getattr(model, "_complaint_privacy", None)


def is_personal(field):
    """Tell whether a stored field holds personal data, and is erased."""
    said = said_by_field(field)
    if said:
        return said == FORGET
    if field.type in LINKS:
        return not _is_figure(field)
    return field.type in TEXTS


def is_decided(field):
    """Tell whether it was decided if a field of ours is erased.

    A field without words and without a link to a person needs no decision.
    """
    if said_by_field(field):
        return True
    if field.type in LINKS:
        return _is_figure(field)
    return field.type not in TEXTS


def is_told(field):
    """Tell whether a subject access request discloses a field."""
    return (
        getattr(field, "complaint_told", True)
        and field.name not in _TECHNICAL
        and field.name not in _NOT_TOLD.get(field.model_name, ())
        and not (
            field.model_name == "helpdesk.ticket"
            and any(field.name in names for names in _NOT_TOLD_BESIDE.values())
        )
    )


def is_told_model(model):
    """Tell whether a subject access request discloses a model."""
    return getattr(model, "_complaint_told", True) and said_by_model(model) != KEEP


def _is_figure(field):
    comodel = field.comodel_name
    return bool(comodel) and (
        comodel in _FIGURES or comodel.startswith(("complaint.", "helpdesk.ticket."))
    )

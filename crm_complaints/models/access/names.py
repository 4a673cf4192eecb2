"""What refers to complaints by model and id tells of them only who may read them.

Odoo computes the name of a record that a form refers to in sudo, for any model and id
that a client sends, and lets all employees search followers and ratings.
"""

from odoo.fields import Domain

from ..core.constants import TICKET


def readable(env):
    """Return the domain of what refers to no complaint that the user may not read.

    It is for models with ``res_model`` and ``res_id``.
    """
    Ticket = env[TICKET].with_context(active_test=False)
    complaints = Domain("is_complaint", "=", True)
    return (
        Domain("res_model", "!=", TICKET)
        # sudo: which are complaints at all
        | Domain("res_id", "not in", Ticket.sudo()._search(complaints))
        | Domain("res_id", "in", Ticket._search(complaints))
    )


def hidden_among(tickets):
    """Return the ids of those that are complaints that the user may not read.

    :param tickets: in the environment of the user
    """
    if not tickets:
        return set()
    unreadable = tickets - tickets._filtered_access("read")
    # sudo: whether they are complaints, not what they say
    return {*unreadable.sudo().exists()._complaint_ever()._ids}


def hide_names(records, name, model="res_model", res_id="res_id", *, saved=False):
    """Replace the names of complaints that the user may not read, in records not saved.

    :param str name: the field with the name
    :param str model: the field with the model of what is named
    :param str res_id: the field with its id
    :param bool saved: in saved records as well, which others may name
    """
    some = records.filtered(
        lambda one: (saved or not one.id) and one[model] == TICKET and one[res_id]
    )
    if not some:
        return
    Ticket = records.env[TICKET]
    hidden = hidden_among(Ticket.sudo(False).browse({*some.mapped(res_id)}))
    for one in some:
        if one[res_id] in hidden:
            one[name] = Ticket.browse(one[res_id])._complaint_unnamed()

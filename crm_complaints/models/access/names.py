"""Names in forms: whoever may not read a complaint is not told its name.

Odoo computes the name of a record that a form refers to by model and id in sudo, for any
model and id that a client sends. What is saved was checked when it was saved.
"""

TICKET = "helpdesk.ticket"


def hide_names(records, name, model="res_model", res_id="res_id"):
    """Replace the names of complaints that the user may not read, in records not saved.

    :param str name: the field with the name
    :param str model: the field with the model of what is named
    :param str res_id: the field with its id
    """
    new = records.filtered(lambda one: not one.id and one[model] == TICKET)
    for one in new.filtered(res_id):
        ticket = one.env[TICKET].browse(one[res_id])
        # sudo: whether it is a complaint, not what it says
        complaint = ticket.sudo().exists()._complaint_ever()
        if complaint and not complaint.sudo(False).has_access("read"):
            one[name] = ticket._complaint_unnamed()

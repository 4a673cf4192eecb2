"""Field access: the field itself says who writes it, and this mixin enforces it.

Links to complaints cannot be set by users who may not read these, and fields that they
may not read cannot be searched. That such links show no name is in ``base``.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

from .history import HISTORY

MANAGER = "helpdesk_mgmt.group_helpdesk_manager"
# Parameters of fields beside those that Odoo knows.
_PARAMETERS = frozenset(
    {
        # who writes it, where that is not everybody: "code", "manager" or "creator"
        "complaint_written_by",
        # True: filled in by helpdesk_mgmt, in the name of whoever writes the ticket; on a
        # complaint it takes no value from a client
        "complaint_filled_in",
        # True: a link to a complaint, which only those who may read that one may set
        "complaint_link",
        # what becomes of it on erasure: "keep" or "forget"; a model says so for all its
        # rows by ``_complaint_privacy``: "delete", "keep" or "contact"
        "complaint_privacy",
        # False: left out of the answer to a subject access request; a model says so by
        # ``_complaint_told``
        "complaint_told",
        # on a merge, the value of the complaint that stays: "keep" its own, "fill" it
        # where empty, the "earliest" or "highest" of both, the "union" of both, or a
        # "rule" of its own in a hook
        "complaint_merge",
    }
)


# helpdesk_mgmt's page of tickets searches by it as the customer.
_SEARCHED_BY_ALL = frozenset({"message_partner_ids"})


def _asking(field):
    """Return the search method of a field, preceded by a check of read access."""
    search = field.search
    if getattr(search, "complaint_asks", False):
        return search

    def search_by_readers(records, operator, value):
        records._check_field_access(field, "read")
        if callable(search):
            return search(records, operator, value)
        return getattr(records, search)(operator, value)

    search_by_readers.complaint_asks = True
    return search_by_readers


class ComplaintFieldAccess(models.AbstractModel):
    """Field access: a model whose fields may have ``complaint_written_by``.

    ``"code"``: nobody but our methods, in sudo. ``"manager"``: managers of the helpdesk
    as well. ``"creator"``: whoever creates the record, and nobody afterwards. Odoo asks
    for each value written, each value of a new record and each ``default_…`` in the
    context, and tells clients that such a field is readonly.
    """

    _name = "complaint.field.access"
    _description = "Field Access on Complaints"
    # Who writes stored readonly fields that have no ``complaint_written_by``.
    _complaint_written_by = None

    def _valid_field_parameter(self, field, name):
        return name in _PARAMETERS or super()._valid_field_parameter(field, name)

    @api.model
    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            operation != "write" or self._complaint_may_write(field)
        )

    @api.model
    def _complaint_may_write(self, field):
        """Tell whether the user is one of those who write a field."""
        written_by = self._complaint_writer(field)
        return (
            self.env.su
            or not written_by
            # Odoo asks the empty recordset about a record to be created
            or (written_by == "creator" and not self)
            or (
                self._complaint_is_manager()
                and (written_by == "manager" or self._complaint_is_history())
            )
        )

    @api.model
    def _complaint_writer(self, field):
        """Return who writes a field, None for everybody who may write the record."""
        return getattr(field, "complaint_written_by", None) or (
            self._complaint_written_by
            if field.readonly and field.store and field.name not in MAGIC_COLUMNS
            else None
        )

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self._complaint_may_write(field):
            self._complaint_refuse_writing(field)
        return super()._check_field_access(field, operation)

    @api.model
    def _complaint_refuse_writing(self, field):
        label = field.get_description(self.env, ["string"])["string"]
        texts = {
            "manager": self.env._("Only managers can change “%s”.", label),
            "creator": self.env._(
                "“%s” cannot be changed once it has been entered.", label
            ),
        }
        raise AccessError(
            texts.get(self._complaint_writer(field))
            or self.env._(
                "“%s” is set automatically and cannot be changed by hand.", label
            )
        )

    @api.model
    def _complaint_check_entered(self, names):
        """Refuse values that a client gives in fields that helpdesk_mgmt fills in.

        Odoo asks about them too late, when values of helpdesk_mgmt are among them.

        :param names: of the fields that the client gives a value
        """
        if self.env.su or (
            self._complaint_is_history() and self._complaint_is_manager()
        ):
            return
        for name in names:
            field = self._fields.get(name)
            if getattr(field, "complaint_filled_in", False):
                self._complaint_refuse_writing(field)

    @api.model
    def default_get(self, fields):
        """Return default values; users' own defaults only where they may write.

        Odoo checks access for those of the context, but not for those that any user may
        keep for themselves.
        """
        defaults = super().default_get(fields)
        own = self.env["ir.default"]._get_model_defaults(self._name)
        for name in own.keys() & defaults.keys():
            field = self._fields[name]
            as_user = self.sudo(False)
            if f"default_{name}" not in self.env.context and not (
                as_user._complaint_may_write(field)
                and not getattr(field, "complaint_filled_in", False)
            ):
                del defaults[name]
                if field.default:
                    value = field.convert_to_cache(field.default(self), self, False)
                    defaults[name] = field.convert_to_write(value, self)
        return defaults

    def _validate_fields(self, field_names, excluded_names=()):
        """Refuse links to complaints that the user may not read, however they were set."""
        field_names = list(field_names)
        if not self.env.su:
            for name in field_names:
                field = self._fields.get(name)
                if getattr(field, "complaint_link", False) and field.store:
                    # sudo: only where it leads; access to that is checked next
                    self.sudo()[name].sudo(False).check_access("read")
        return super()._validate_fields(field_names, excluded_names)

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def _post_model_setup__(self):
        """Refuse a search by a field to users who may not read it.

        Odoo checks that for columns, but not for search methods, and these cannot see
        from where they are called.
        """
        super()._post_model_setup__()
        for field in self._fields.values():
            if (
                field.groups
                and field.search
                and not field.store
                and field.name not in _SEARCHED_BY_ALL
            ):
                field.search = _asking(field)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Refuse to group, sum or order by a related field of others.

        Odoo asks for access to the field that it leads to only.
        """
        field = self._fields.get(field_expr.partition(".")[0])
        if field is not None and field.related and not field.store:
            self._check_field_access(field, "read")
        return super()._field_to_sql(alias, field_expr, query)

    # ---------------------------------------------------
    # Roles, and history
    # ---------------------------------------------------

    @api.model
    def _complaint_is_manager(self):
        """Tell whether the user is a helpdesk manager, or our own code in sudo."""
        return self.env.su or self.env.user.has_group(MANAGER)

    @api.model
    def _complaint_is_history(self):
        """Tell whether complaints are being imported, see ``history``."""
        return self.env.context.get("complaint_history") is HISTORY

    def _complaint_as_history(self):
        """Return these for importing complaints that were worked elsewhere."""
        return self.with_context(complaint_history=HISTORY)

    @api.model
    def load(self, fields, data):
        if self._complaint_is_manager():
            self = self._complaint_as_history()
        return super().load(fields, data)

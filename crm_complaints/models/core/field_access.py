"""Field access: the field itself says who writes it, and this mixin enforces it."""

from odoo import api, models
from odoo.exceptions import AccessError

from .history import HISTORY

MANAGER = "helpdesk_mgmt.group_helpdesk_manager"
# Parameters of fields beside those that Odoo knows.
_PARAMETERS = frozenset(
    {
        # who writes it, where that is not everybody: "code" or "manager"
        "complaint_written_by",
        # what becomes of it on erasure: "keep" or "forget"; a model says so for all its
        # rows by ``_complaint_privacy``: "delete", "keep" or "contact"
        "complaint_privacy",
        # False: left out of the answer to a subject access request; a model says so by
        # ``_complaint_told``
        "complaint_told",
        # what becomes of it when complaints are merged
        "complaint_merge",
    }
)


class ComplaintFieldAccess(models.AbstractModel):
    """Field access: a model whose fields may have ``complaint_written_by``.

    ``"code"``: nobody but our methods, in sudo. ``"manager"``: managers of the helpdesk
    as well. Odoo asks for each value written, each value of a new record and each
    ``default_…`` in the context, and tells clients that such a field is readonly.
    """

    _name = "complaint.field.access"
    _description = "Who Writes a Field of a Complaint"

    def _valid_field_parameter(self, field, name):
        return name in _PARAMETERS or super()._valid_field_parameter(field, name)

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation != "write" or self.env.su:
            return True
        written_by = getattr(field, "complaint_written_by", None)
        return not written_by or (
            self._complaint_is_manager()
            and (written_by == "manager" or self._complaint_is_history())
        )

    @api.model
    def _check_field_access(self, field, operation):
        if (
            operation == "write"
            and super()._has_field_access(field, operation)
            and not self._has_field_access(field, operation)
        ):
            label = field.get_description(self.env, ["string"])["string"]
            raise AccessError(
                self.env._("“%(field)s” may be changed by managers only.", field=label)
                if field.complaint_written_by == "manager"
                else self.env._(
                    "“%(field)s” is noted by the system, and is not changed by hand.",
                    field=label,
                )
            )
        return super()._check_field_access(field, operation)

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

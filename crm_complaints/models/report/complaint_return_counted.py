"""complaint.return.counted: base of what a filing keeps with the complaints behind it."""

from odoo import fields, models
from odoo.fields import NO_ACCESS

from ..core.constants import TICKET


class ComplaintReturnCounted(models.AbstractModel):
    _name = "complaint.return.counted"
    _description = "Counted Complaints"

    # ids, as they were counted; read in sudo, and opened with the rights of the user
    counted_ids = fields.Json(groups=NO_ACCESS, prefetch=False)

    def action_open_complaints(self):
        """Open the complaints behind this figure: exactly those that were counted.

        :return: action that opens those of them that the user may read
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: ids; the complaints are read with the rights of the user
        ids = self.sudo().counted_ids or []
        return self.env[TICKET]._complaint_list_action(
            [("id", "in", ids)],
            name=self.display_name.strip(),
            # archived ones count too
            context={"active_test": False, "create": False},
        )

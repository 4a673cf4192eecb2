"""complaint.wizard: base of the wizards on a complaint, for those who may work it."""

from odoo import api, fields, models
from odoo.models import MAGIC_COLUMNS

from .constants import TICKET


class ComplaintWizardAccess(models.AbstractModel):
    """Wizard access: a wizard names and shows only what its user may read.

    Neither a new row nor the unsaved one of an onchange may hold more: the name of a
    linked record is shown to whoever reads the row, and what is computed of it as well.
    """

    _name = "complaint.wizard.access"
    _description = "Access Check for Wizards"
    # What the user must be allowed to do with its tickets.
    _complaint_operation = "write"

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_links(self._fields)
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_links(vals)
        return result

    def _update_cache(self, values, validate=True):
        # the values of an onchange, and of ``new``
        super()._update_cache(values, validate)
        self._check_links(values)

    def _check_links(self, names):
        """Refuse tickets that the user may not work, and what they may not read.

        No constraint: Odoo checks those with the rights of the superuser.

        :param names: of the fields that were set
        """
        if self.env.su:
            return
        for name in set(names) - set(MAGIC_COLUMNS):
            field = self._fields.get(name)
            if (
                not field
                or not field.store
                or field.type not in ("many2one", "many2many")
                or (field.compute and field.readonly)
            ):
                continue
            self.mapped(name)  # computed here, if at all: with the rights of the user
            # sudo: only where it leads; access to that is checked next
            linked = self.sudo()[name]._origin.sudo(False)
            if linked:  # else Odoo asks for the rights on the model
                linked.check_access(
                    self._complaint_operation if linked._name == TICKET else "read"
                )


class ComplaintWizard(models.AbstractModel):
    _name = "complaint.wizard"
    _description = "Complaint Wizard"
    _inherit = ["complaint.wizard.access"]

    ticket_id = fields.Many2one(
        comodel_name=TICKET,
        string="Complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
    )

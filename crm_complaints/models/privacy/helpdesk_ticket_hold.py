"""helpdesk.ticket, legal hold: what a court may ask for is neither wiped nor deleted."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_BY_MANAGERS = ("complaint_legal_hold", "complaint_legal_hold_reason")
_BY_CODE = ("complaint_legal_hold_user_id", "complaint_legal_hold_at")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_legal_hold = fields.Boolean(
        string="Legal Hold",
        groups="base.group_user",
        copy=False,
        tracking=True,
        help="Nothing of this complaint is wiped or deleted while it is on.",
    )
    complaint_legal_hold_reason = fields.Char(
        string="Why Held", groups="base.group_user", copy=False
    )
    complaint_legal_hold_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Held by",
        groups="base.group_user",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    complaint_legal_hold_at = fields.Datetime(
        string="Held since", groups="base.group_user", readonly=True, copy=False
    )

    _complaint_legal_hold_idx = models.Index("(id) WHERE complaint_legal_hold IS TRUE")

    @api.constrains("complaint_legal_hold", "complaint_legal_hold_reason")
    def _check_complaint_legal_hold(self):
        for ticket in self:
            if (
                ticket.complaint_legal_hold
                and not (ticket.complaint_legal_hold_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._("Please say why %s is held.", ticket.number)
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # defaults from the context as well, which are no values here
        held = tickets.sudo().filtered(
            lambda ticket: any(ticket[name] for name in (*_BY_MANAGERS, *_BY_CODE))
        )
        if held:
            self._complaint_ensure_may_hold()
            held._complaint_stamp_hold(before=held.browse())
        return tickets

    def write(self, vals):
        if not self.env.su and any(name in vals for name in _BY_CODE):
            raise AccessError(self.env._("Who holds a complaint is not set by hand."))
        if not any(name in vals for name in _BY_MANAGERS):
            return super().write(vals)
        self._complaint_ensure_may_hold()
        tickets = self.sudo()  # to note what a permitted change brings with it
        before = tickets.filtered("complaint_legal_hold")
        result = super().write(vals)
        tickets._complaint_stamp_hold(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_held(self):
        held = self.sudo().filtered("complaint_legal_hold")  # whoever deletes it
        if held:
            raise UserError(
                self.env._(
                    "%s is held for a legal reason and cannot be deleted.",
                    ", ".join(held.mapped("number")),
                )
            )

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _complaint_ensure_may_hold(self):
        """Only managers hold complaints, and let them go.

        :raises AccessError:
        """
        if not self.env.su and not self.env.user.has_group(
            "helpdesk_mgmt.group_helpdesk_manager"
        ):
            raise AccessError(self.env._("Only managers put complaints on legal hold."))

    def _complaint_stamp_hold(self, before):
        """Note who began or ended holding these, and when.

        :param before: those of them that were held
        """
        begun = self.filtered("complaint_legal_hold") - before
        ended = before.filtered(lambda ticket: not ticket.complaint_legal_hold)
        Log = self.env["complaint.privacy.log"]
        if begun:
            begun.write(
                {
                    "complaint_legal_hold_user_id": self.env.uid,
                    "complaint_legal_hold_at": fields.Datetime.now(),
                }
            )
            Log._note("hold", begun)
        if ended:
            Log._note("release", ended)
        idle = self.filtered(lambda ticket: not ticket.complaint_legal_hold)
        for ticket in idle.filtered(
            lambda t: (
                t.complaint_legal_hold_reason
                or t.complaint_legal_hold_user_id
                or t.complaint_legal_hold_at
            )
        ):
            ticket.write(
                {
                    "complaint_legal_hold_reason": False,
                    "complaint_legal_hold_user_id": False,
                    "complaint_legal_hold_at": False,
                }
            )

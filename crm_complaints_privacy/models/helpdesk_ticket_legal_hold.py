"""Legal hold: a complaint that a court may ask for is neither erased nor deleted."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_legal_hold = fields.Boolean(
        string="Legal Hold",
        groups="base.group_user",
        copy=False,
        tracking=True,
        help="No data of this complaint are erased while it is on legal hold.",
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_legal_hold_reason = fields.Char(
        string="Reason for Legal Hold",
        groups="base.group_user",
        copy=False,
        complaint_privacy="forget",
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_legal_hold_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Legal Hold Set By",
        groups="base.group_user",
        complaint_told=False,
        ondelete="set null",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_legal_hold_at = fields.Datetime(
        string="Legal Hold Since",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
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
                    self.env._(
                        "Please enter the reason for the legal hold on %s.",
                        ticket.number,
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_created(self):
        super()._complaint_created()
        self.sudo().filtered("complaint_legal_hold")._complaint_note_legal_hold(
            before=self.browse()
        )

    def _complaint_before_write(self, vals):
        before = super()._complaint_before_write(vals)
        if not {"complaint_legal_hold", "complaint_legal_hold_reason"}.isdisjoint(vals):
            # sudo: to log a change that was permitted
            before["held"] = self.sudo().filtered("complaint_legal_hold")
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if "held" in before:
            self.sudo()._complaint_note_legal_hold(before["held"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_legal_hold(self):
        held = self.sudo().filtered("complaint_legal_hold")  # whoever deletes it
        if held:
            raise UserError(
                self.env._(
                    "%s is on legal hold and cannot be deleted.",
                    ", ".join(held.mapped("number")),
                )
            )

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_note_legal_hold(self, before):
        """Log who put these on legal hold or ended it, and when.

        :param before: those of them that were on legal hold
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

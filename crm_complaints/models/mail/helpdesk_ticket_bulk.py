"""helpdesk.ticket, bulk complaints: many of one sender within an hour, kept together."""

import logging

from psycopg2 import IntegrityError

from odoo import fields, models

from .incoming import mail_in_work

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_bulk_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="First Bulk Complaint",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The first of the bulk complaints that one sender sent within an hour.",
        complaint_written_by="code",
        complaint_link=True,
        complaint_privacy="forget",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_bulk_count = fields.Integer(
        string="Further Complaints from This Sender",
        groups="base.group_user",
        compute="_compute_complaint_bulk_count",
    )

    def _compute_complaint_bulk_count(self):
        counts = dict(
            self._read_group(
                [("complaint_bulk_id", "in", self.ids)],
                ["complaint_bulk_id"],
                ["__count"],
            )
        )
        for ticket in self:
            ticket.complaint_bulk_count = counts.get(ticket, 0)

    def action_complaint_bulk(self):
        """Show all bulk complaints to which this one belongs."""
        self.ensure_one()
        self.check_access("read")
        first = self.complaint_bulk_id or self
        return self._complaint_list_action(
            ["|", ("id", "=", first.id), ("complaint_bulk_id", "=", first.id)],
            name=self.env._("Bulk Complaints from One Sender"),
            context={"default_is_complaint": True, "create": False},
        )

    def _complaint_answer_withheld(self):
        super()._complaint_answer_withheld()
        self._complaint_join_bulk()

    def _complaint_join_bulk(self):
        """Put a complaint to the first one its sender sent lately, and tell the leader."""
        work = mail_in_work(self.env)
        if not work:
            return
        sender = next(iter(work.sender.addresses), "")
        first = (
            self.env["complaint.incoming.mail"]
            .sudo()  # the register of mail, which handlers do not read
            ._first_complaint(sender)
        )
        if not first or first == self:
            return
        is_told = self.search_count([("complaint_bulk_id", "=", first.id)], limit=1)
        self.complaint_bulk_id = first
        if is_told:
            return  # also where it has been seen to
        try:
            with self.env.cr.savepoint():
                first._complaint_ask_to_look(
                    self.env._("Bulk complaints from one sender"),
                    self.env._(
                        "%(sender)s is sending one complaint after another. All of "
                        "them are registered, but those beyond the hourly limit are "
                        "not acknowledged.",
                        sender=sender,
                    ),
                )
        except IntegrityError:
            # another worker makes the leader follow it at this moment
            _logger.info("Complaint %s: somebody else asks as well", first.id)

"""Conditions of policies: one in use is not deleted, as the policy would apply to more."""

from odoo import api, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_condition(self):
        self.env["complaint.policy"]._ensure_no_condition("team_ids", self)


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_condition(self):
        self.env["complaint.policy"]._ensure_no_condition("channel_ids", self)


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_condition(self):
        # sub-categories would go with it
        tree = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        self.env["complaint.policy"]._ensure_no_condition("category_ids", tree)


class HelpdeskTicketTag(models.Model):
    _inherit = "helpdesk.ticket.tag"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_condition(self):
        self.env["complaint.policy"]._ensure_no_condition("tag_ids", self)

"""helpdesk.ticket.team: teams that work complaints."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    is_complaint_team = fields.Boolean(
        string="Complaints Team",
        help="Its tickets are complaints and go through the phases of a complaint.",
    )
    complaint_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Complaint Working Hours",
        domain="company_id and [('company_id', 'in', (False, company_id))] or []",
        help="Deadlines are stated in the time zone of these hours. If "
        "empty, the company's working hours apply.",
    )
    complaint_follow_up_days = fields.Integer(
        string="Follow-up Call After",
        default=7,
        help="Working days between the resolution of a complaint and the "
        "follow-up call.",
    )
    complaint_follow_up_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Follow-up Calls By",
        domain=[("share", "=", False)],
        ondelete="set null",
        help="Who makes the follow-up calls. If empty, or if this person may "
        "not see the complaint, whoever is responsible for it.",
    )
    complaint_follow_up_attempts = fields.Integer(
        string="Call Attempts",
        default=2,
        help="How often to try to reach the customer before asking in writing.",
    )
    complaint_acknowledgement_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Acknowledgement",
        domain=[("model", "=", "helpdesk.ticket")],
        help="The e-mail that acknowledges a complaint. If empty, the standard one.",
    )

    @api.constrains("complaint_follow_up_days")
    def _check_complaint_follow_up_days(self):
        if any(not 0 <= team.complaint_follow_up_days <= 365 for team in self):
            raise ValidationError(self.env._("Follow up after 0 to 365 days, please."))

    @api.constrains("complaint_follow_up_attempts")
    def _check_complaint_follow_up_attempts(self):
        if any(not 1 <= team.complaint_follow_up_attempts <= 10 for team in self):
            raise ValidationError(self.env._("Try 1 to 10 times, please."))

    @api.constrains("complaint_follow_up_user_id")
    def _check_complaint_follow_up_user_id(self):
        # sudo: a colleague of another company, perhaps
        if any(self.sudo().complaint_follow_up_user_id.mapped("share")):
            raise ValidationError(
                self.env._("Follow-up calls are made by somebody of the house.")
            )

    @api.constrains("complaint_calendar_id", "company_id")
    def _check_complaint_calendar_id(self):
        """Only a team shared by all companies may use any company's working hours."""
        for team in self:
            company = team.complaint_calendar_id.company_id
            if team.company_id and company and company != team.company_id:
                raise ValidationError(
                    self.env._(
                        "The working hours “%(hours)s” belong to another company.",
                        hours=team.complaint_calendar_id.name,
                    )
                )

    @api.constrains("is_complaint_team")
    def _check_is_complaint_team(self):
        """A team with tickets keeps its kind: their stages would be wrong otherwise."""
        if self.env["helpdesk.ticket"]._complaint_is_mixed(
            "team_id", self, self.filtered("is_complaint_team")
        ):
            raise ValidationError(
                self.env._(
                    "This team has tickets already. Make a new team for complaints and "
                    "register the tickets there, one by one or from the list."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_complaints(self):
        if (
            self.env["helpdesk.ticket"]
            # sudo: complaints the administrator of teams cannot see count as well
            .sudo()
            .with_context(active_test=False)
            .search_count(
                [("team_id", "in", self.ids), ("is_complaint", "=", True)], limit=1
            )
        ):
            raise UserError(
                self.env._(
                    "This team has complaints, and without it nobody would work them. "
                    "Archive it, or move them first."
                )
            )

    def _get_applicable_stages(self):
        """Complaints teams get the stages with a phase, other teams the others."""
        stages = super()._get_applicable_stages()
        complaint = (
            self.is_complaint_team
            if self
            else bool(self.env.context.get("default_is_complaint"))
        )
        return stages.filtered(lambda stage: bool(stage.complaint_phase) == complaint)

"""helpdesk.ticket.team: teams that work complaints."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    is_complaint_team = fields.Boolean(
        string="Complaints Team",
        help="The tickets of this team are complaints and go through the phases of a "
        "complaint.",
    )
    complaint_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Complaint Working Hours",
        domain="company_id and [('company_id', 'in', (False, company_id))] or []",
        help="Deadlines are calculated with these working hours and in their time "
        "zone. If empty, the company's working hours apply.",
    )
    complaint_follow_up_days = fields.Integer(
        string="Follow-up Delay (Working Days)",
        default=7,
        help="The number of working days between the resolution of a complaint and "
        "the follow-up call.",
    )
    complaint_follow_up_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Follow-up Caller",
        domain=[("share", "=", False)],
        ondelete="set null",
        help="The person who makes the follow-up calls. If empty, or if this person "
        "may not see the complaint, the call is assigned to whoever is responsible "
        "for the complaint.",
    )
    complaint_follow_up_attempts = fields.Integer(
        string="Call Attempts",
        default=2,
        help="The number of attempts to call the customer before they are asked in "
        "writing.",
    )
    complaint_acknowledgement_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Acknowledgement Template",
        domain=[("model", "=", "helpdesk.ticket")],
        help="The template of the e-mail that acknowledges a complaint. If empty, "
        "the standard template is used.",
    )

    @api.constrains("complaint_follow_up_days")
    def _check_complaint_follow_up_days(self):
        if any(not 0 <= team.complaint_follow_up_days <= 365 for team in self):
            raise ValidationError(
                self.env._(
                    "The follow-up delay must be between 0 and 365 working days."
                )
            )

    @api.constrains("complaint_follow_up_attempts")
    def _check_complaint_follow_up_attempts(self):
        if any(not 1 <= team.complaint_follow_up_attempts <= 10 for team in self):
            raise ValidationError(
                self.env._("The number of call attempts must be between 1 and 10.")
            )

    @api.constrains("complaint_follow_up_user_id")
    def _check_complaint_follow_up_user_id(self):
        # sudo: a colleague of another company, perhaps
        if any(self.sudo().complaint_follow_up_user_id.mapped("share")):
            raise ValidationError(
                self.env._("The follow-up caller must be an internal user.")
            )

    @api.constrains("complaint_calendar_id", "company_id")
    def _check_complaint_calendar_id(self):
        """Only a team shared by all companies may use any company's working hours."""
        for team in self:
            company = team.complaint_calendar_id.company_id
            if team.company_id and company and company != team.company_id:
                raise ValidationError(
                    self.env._(
                        "The working hours “%(hours)s” belong to another company. "
                        "Please choose working hours of the team's company.",
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
                    "This team already has tickets. Create a new team for complaints "
                    "and register the tickets there, individually or from the list."
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
                    "This team has complaints and cannot be deleted. Archive the "
                    "team, or move its complaints to another team first."
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

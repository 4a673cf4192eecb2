"""digest.digest: three figures about complaints in the periodic digest."""

from odoo import fields, models
from odoo.exceptions import AccessError

_MANAGER = "helpdesk_mgmt.group_helpdesk_manager"


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_complaint_received = fields.Boolean(string="Complaints Received")
    kpi_complaint_received_value = fields.Integer(
        compute="_compute_kpi_complaint_received_value"
    )
    kpi_complaint_resolved = fields.Boolean(string="Final Responses to Complaints")
    kpi_complaint_resolved_value = fields.Integer(
        compute="_compute_kpi_complaint_resolved_value"
    )
    kpi_complaint_on_time = fields.Boolean(string="Complaint Deadlines Met (%)")
    kpi_complaint_on_time_value = fields.Integer(
        compute="_compute_kpi_complaint_on_time_value"
    )

    def _compute_kpi_complaint_received_value(self):
        self._complaint_ensure_manager()
        self._calculate_company_based_kpi(
            "complaint.report", "kpi_complaint_received_value", "received_at"
        )

    def _compute_kpi_complaint_resolved_value(self):
        self._complaint_ensure_manager()
        self._calculate_company_based_kpi(
            "complaint.report", "kpi_complaint_resolved_value", "resolved_at"
        )

    def _compute_kpi_complaint_on_time_value(self):
        self._complaint_ensure_manager()
        start, end, companies = self._get_kpi_compute_parameters()
        shares = dict(
            self.env["complaint.milestone"]._read_group(
                [
                    ("company_id", "in", companies.ids),
                    ("deadline", ">=", start),
                    ("deadline", "<", end),
                ],
                ["company_id"],
                ["on_time_share:avg"],
            )
        )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_complaint_on_time_value = round(shares.get(company) or 0)

    def _complaint_ensure_manager(self):
        """Leave the figures out of digests to people who may not see the reports."""
        if not self.env.user.has_group(_MANAGER):
            raise AccessError(
                self.env._("Only managers of the helpdesk see figures on complaints.")
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm_complaints.menu_complaint_root").id
        analysis = f"crm_complaints.complaint_analysis_action?menu_id={menu}"
        actions["kpi_complaint_received"] = analysis
        actions["kpi_complaint_resolved"] = analysis
        actions["kpi_complaint_on_time"] = (
            f"crm_complaints.complaint_milestone_action?menu_id={menu}"
        )
        return actions

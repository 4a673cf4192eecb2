"""Digest: three figures about complaints, of the period and company of the digest."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import convert_file

from odoo.addons.crm_complaints.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestDigest(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Morning",
                "company_id": cls.company_a.id,
                "kpi_complaint_received": True,
                "kpi_complaint_resolved": True,
                "kpi_complaint_on_time": True,
            }
        )

    def figures(self, user=None, days=7):
        digest = self.digest.with_user(user or self.manager).with_context(
            start_datetime=self.clock - timedelta(days=days),
            end_datetime=self.clock + timedelta(days=1),
        )
        digest = digest.with_company(self.company_a)
        digest.invalidate_recordset()
        return (
            digest.kpi_complaint_received_value,
            digest.kpi_complaint_resolved_value,
            digest.kpi_complaint_on_time_value,
        )

    def complaint(self, received, resolved=None, **vals):
        moment = self.clock - timedelta(days=received)
        answered = resolved is not None
        return self.Ticket._complaint_as_history().create(
            {
                "name": "x",
                "description": "x",
                "team_id": self.team.id,
                "partner_id": self.customer.id,
                "complaint_received_at": moment,
                "complaint_acknowledged_at": moment,
                "complaint_responded_at": moment,
                "complaint_resolved_at": answered
                and self.clock - timedelta(days=resolved),
                "complaint_outcome": answered and "upheld",
                "stage_id": self.stages["closed" if answered else "hearing"].id,
                **vals,
            }
        )

    def test_figures_of_the_period(self):
        before = self.figures()
        self.complaint(3)
        self.complaint(5, 1)
        self.complaint(40, 2)
        self.complaint(40, 30)
        self.complaint(1, team_id=self.team_b.id)
        received, resolved, _on_time = self.figures()
        self.assertEqual((received - before[0], resolved - before[1]), (2, 2))

    def test_share_of_deadlines_met(self):
        Milestone = self.env["complaint.milestone"]
        Milestone.search([]).deadline = False
        self.complaint(20, 3)
        self.complaint(20, 19)
        rows = Milestone.search(
            [
                ("company_id", "=", self.company_a.id),
                ("deadline", ">=", self.clock - timedelta(days=7)),
                ("deadline", "<", self.clock + timedelta(days=1)),
                ("state", "in", ("met", "missed", "breached")),
            ]
        )
        states = rows.mapped("state")
        self.assertGreater(len(set(states)), 1)
        share = round(100 * states.count("met") / len(states))
        self.assertEqual(self.figures()[2], share)

    def test_left_out_for_others(self):
        with self.assertRaises(AccessError):
            self.figures(self.handler)
        data = self.digest._compute_kpis(self.company_a, self.handler)
        self.assertFalse([kpi for kpi in data if "complaint" in kpi["kpi_name"]])
        data = self.digest._compute_kpis(self.company_a, self.manager)
        names = [kpi["kpi_name"] for kpi in data if "complaint" in kpi["kpi_name"]]
        self.assertEqual(len(names), 3)

    def test_installs_where_the_default_digest_was_deleted(self):
        self.env.ref("digest.digest_digest_default").unlink()
        convert_file(
            self.env,
            "crm_complaints_dashboard",
            "data/digest_data.xml",
            {},
            mode="init",
            noupdate=True,
        )
        self.assertFalse(self.env.ref("digest.digest_digest_default", False))

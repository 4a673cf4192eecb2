"""Security: the models of this addon are the managers', each in their companies."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSecurity(TransactionCase):
    def test_models_are_for_managers_and_their_companies(self):
        manager = self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        models = (
            self.env["ir.model"]
            .search([("model", "=like", "complaint.%")])
            .filtered(lambda model: model.modules == "crm_complaints_privacy")
        )
        self.assertEqual(
            sorted(models.mapped("model")),
            ["complaint.personal.data", "complaint.privacy.log"],
        )
        for model in models:
            with self.subTest(model.model):
                self.assertEqual(model.access_ids.group_id, manager)
                self.assertTrue(all(model.access_ids.mapped("group_id")))
                self.assertTrue(
                    model.rule_ids.filtered(
                        lambda rule: "company_ids" in rule.domain_force
                    )
                )

"""A lead tells those who may read it nothing of complaints that they may not read."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests import test_public_methods


@tagged("post_install", "-at_install")
class TestPublicMethods(test_public_methods.TestPublicMethods):
    allow_inherited_tests_method = True
    only = ("crm.lead",)
    least = 40
    reader_group = "sales_team.group_sale_salesman_all_leads"

    @classmethod
    def make_more(cls, records, words):
        super().make_more(records, words)
        partner = records["res.partner"]
        records["crm.lead"] = cls.env["crm.lead"].create(
            {
                "name": "Twelve chairs",
                "type": "opportunity",
                "partner_id": partner.id,
                "company_id": partner.company_id.id,
            }
        )

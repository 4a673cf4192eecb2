"""Public methods of this addon: no role gets at what it may not see by one of them."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests import test_public_methods


@tagged("post_install", "-at_install")
class TestPublicMethods(test_public_methods.TestPublicMethods):
    allow_inherited_tests_method = True
    only = ("sale.order",)
    least = 40

    @classmethod
    def make_more(cls, records, words):
        super().make_more(records, words)
        partner = records["res.partner"]
        records["sale.order"] = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": partner.company_id.id,
                "client_order_ref": words,
            }
        )
        records[test_public_methods.TICKET].complaint_order_id = records["sale.order"]

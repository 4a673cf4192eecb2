"""An invoice tells those who may read it nothing of complaints that they may not read."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests import test_public_methods


@tagged("post_install", "-at_install")
class TestPublicMethods(test_public_methods.TestPublicMethods):
    allow_inherited_tests_method = True
    only = ("account.move",)
    least = 40
    reader_group = "account.group_account_readonly"

    @classmethod
    def make_more(cls, records, words):
        super().make_more(records, words)
        partner = records["res.partner"]
        journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "SALES",
                "type": "sale",
                "company_id": partner.company_id.id,
            }
        )
        records["account.move"] = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": partner.id,
            }
        )
        records[test_public_methods.TICKET].complaint_invoice_id = records[
            "account.move"
        ]

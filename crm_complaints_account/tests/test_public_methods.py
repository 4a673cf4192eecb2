"""Public methods of this addon: no role gets at what it may not see by one of them."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests import test_public_methods


@tagged("post_install", "-at_install")
class TestPublicMethods(test_public_methods.TestPublicMethods):
    allow_inherited_tests_method = True
    only = ("account.move",)
    least = 40

    @classmethod
    def make_more(cls, records, words):
        super().make_more(records, words)
        partner = records["res.partner"]
        journal = cls.env["account.journal"].create(
            {
                "name": words,
                "code": words[:5],
                "type": "sale",
                "company_id": partner.company_id.id,
            }
        )
        records["account.move"] = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": partner.id,
                "ref": words,
            }
        )
        records[test_public_methods.TICKET].complaint_invoice_id = records[
            "account.move"
        ]

"""The privacy log tells nobody of another company what was done there, and to whom."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests import test_public_methods


@tagged("post_install", "-at_install")
class TestPublicMethods(test_public_methods.TestPublicMethods):
    allow_inherited_tests_method = True
    only = ("complaint.privacy.log", "complaint.personal.data", "privacy.lookup.wizard")
    least = 40

    @classmethod
    def make_more(cls, records, words):
        super().make_more(records, words)
        Log = cls.env["complaint.privacy.log"]
        Log._note("request", records[test_public_methods.TICKET], words)
        records["complaint.privacy.log"] = Log.search([("details", "=", words)])

"""docs/access-rights.md: who may do what with the privacy log."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.access import test_access_rights


@tagged("post_install", "-at_install")
class TestAccessRights(test_access_rights.TestAccessRights):
    allow_inherited_tests_method = True
    addon = "crm_complaints_privacy"
    further = ()

    @classmethod
    def make_rest(cls, records):
        # not those of the main addon
        ticket = records[test_access_rights.TICKET]
        Log = cls.env["complaint.privacy.log"]
        Log._note("request", ticket, "Asked for it")
        records["complaint.privacy.log"] = Log.search([], order="id desc", limit=1)

    def is_elsewhere(self, row):
        return row not in self.rows

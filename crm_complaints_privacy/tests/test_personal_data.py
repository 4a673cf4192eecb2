"""Personal data: somebody has decided about each field of ours what becomes of it."""

from odoo.tests import tagged

from ..models import erasure, personal_data
from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPersonalData(PrivacyCommon):
    def test_somebody_has_decided_about_each_field(self):
        """Whoever adds a field says whether it remains when the person is forgotten."""
        undecided = []
        for name, model in sorted(self.env.registry.items()):
            ours = name.startswith("complaint.") or name == "helpdesk.ticket"
            if not ours or model._abstract or model._transient or not model._auto:
                continue
            undecided += [
                f"{name}.{field.name}"
                for field in erasure.stored_fields(self.env[name])
                if field.name not in ("create_uid", "write_uid", *model._inherits)
                # links and texts of other addons leave, whatever they are
                and field._module in ("helpdesk_mgmt", "crm_complaints")
                and not personal_data.is_decided(
                    name, field.name, field.type, field.comodel_name
                )
            ]
        self.assertEqual(undecided, [])

    def test_each_model_about_a_customer_is_wiped_with_his_complaint(self):
        """A model that knows a complaint by another name would be left out."""
        rows = self.Ticket._complaint_row_models()
        aside = (
            *personal_data.IMPERSONAL_MODELS,
            *personal_data.CONTACT_MODELS,
            *personal_data.DELETED_MODELS,
        )
        left_out = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("complaint.")
            and not model._abstract
            and not model._transient
            and model._auto
            and name not in rows
            and name not in aside
        ]
        self.assertEqual(left_out, [])

    def test_decisions_are_about_fields_that_are_there(self):
        for decisions in (personal_data.STAYS, personal_data.LEAVES):
            for model, names in decisions.items():
                self.assertLessEqual(names, set(self.env[model]._fields), model)

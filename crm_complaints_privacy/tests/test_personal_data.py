"""Personal data: for each field of ours it was decided whether it is erased."""

from odoo.tests import TransactionCase, tagged

from ..models import personal_data

_OF_FIELDS = {None, personal_data.KEEP, personal_data.FORGET}
_OF_MODELS = {None, personal_data.KEEP, personal_data.DELETE, personal_data.CONTACT}


@tagged("post_install", "-at_install")
class TestPersonalData(TransactionCase):
    def models(self):
        """Return the models with rows about complaints, by name."""
        return {
            name: self.env[name]
            for name, model in sorted(self.env.registry.items())
            if (
                name.startswith("complaint.")
                or name in ("helpdesk.ticket", "rating.rating")
            )
            and not model._abstract
            and not model._transient
            and model._auto
        }

    def test_somebody_has_decided_about_each_field(self):
        """Whoever adds a field says whether it remains when the person is erased."""
        undecided = [
            str(field)
            for model in self.models().values()
            if not personal_data.said_by_model(model)
            for field in personal_data.stored_fields(model)
            if field.name not in ("create_uid", "write_uid", *model._inherits)
            # all links and texts of other addons are erased
            and (
                field._module == "helpdesk_mgmt"
                or (field._module or "").startswith("crm_complaints")
            )
            and not personal_data.is_decided(field)
        ]
        self.assertEqual(undecided, [])

    def test_each_model_about_a_customer_is_wiped_with_the_complaint(self):
        """A model that knows a complaint by another name would be left out."""
        wiped = self.env["helpdesk.ticket"]._complaint_row_models()
        left_out = [
            name
            for name, model in self.models().items()
            if name.startswith("complaint.")
            and name not in wiped
            and not personal_data.said_by_model(model)
        ]
        self.assertEqual(left_out, [])

    def test_decisions_are_among_those_that_there_are(self):
        for name, model in self.models().items():
            with self.subTest(name):
                self.assertIn(personal_data.said_by_model(model), _OF_MODELS)
                for field in model._fields.values():
                    said = getattr(field, "complaint_privacy", None)
                    self.assertIn(said, _OF_FIELDS, field)

    def test_decisions_about_other_addons_are_about_fields_that_are_there(self):
        for decisions in (
            personal_data._KEPT,
            personal_data._FORGOTTEN,
            personal_data._NOT_TOLD,
        ):
            for model, names in decisions.items():
                self.assertLessEqual(names, set(self.env[model]._fields), model)
        ticket_fields = set(self.env["helpdesk.ticket"]._fields)
        for addon, names in personal_data._NOT_TOLD_BESIDE.items():
            if addon in self.env.registry._init_modules:
                self.assertLessEqual(names, ticket_fields, addon)

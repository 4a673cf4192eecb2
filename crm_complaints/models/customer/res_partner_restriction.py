"""res.partner, contact restriction: how contact with a customer is limited."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_restriction_ids = fields.One2many(
        comodel_name="complaint.restriction",
        inverse_name="partner_id",
        string="Contact Restrictions",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        copy=False,
    )

    def _complaint_restrictions(self):
        """Return the contact restrictions in force today, with one query.

        One on a company holds for all its contacts. All staff are told of them,
        whatever their rights at the helpdesk.

        :return: dict id of the contact -> complaint.restriction, in sudo
        """
        partners = self | self.commercial_partner_id
        # sudo: how to contact them, see above; of the user's companies
        Restriction = self.env["complaint.restriction"].sudo()
        found = (
            Restriction.search(
                [
                    ("partner_id", "in", partners.ids),
                    ("state", "in", ["in_force"]),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
            if partners.ids
            else Restriction
        )
        by_partner = found.grouped("partner_id")
        return {
            partner.id: by_partner.get(partner, Restriction)
            | by_partner.get(partner.commercial_partner_id, Restriction)
            for partner in self
        }

    def _complaint_restriction_note(self):
        """Return today's contact restrictions in words; '' where there are none."""
        found = self.env["complaint.restriction"].sudo()
        found = found.union(*self._complaint_restrictions().values())
        return " ".join(some._describe() for some in found)

    def _complaint_banner_notes(self):
        notes = super()._complaint_banner_notes()
        for partner_id, restrictions in self._complaint_restrictions().items():
            for restriction in restrictions:
                notes.setdefault(partner_id, []).append(
                    {"text": restriction._describe(), "level": "warning"}
                )
        return notes

"""complaint.letter: kept as it was sent, but for the token of its link."""

from odoo import api, models

from .tracking_link import without_tokens


class ComplaintLetter(models.Model):
    _inherit = "complaint.letter"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "body": without_tokens(vals["body"])}
                if vals.get("body")
                else vals
                for vals in vals_list
            ]
        )

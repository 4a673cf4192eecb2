"""res.company, public pages: the company's colours and its privacy notice."""

from odoo import fields, models

from ...engine import colours

# Where the company has chosen no colour of its own.
_BRAND = "#3b5b7a"
# What text in the company's colour stands on, see complaint_pages.css.
_GROUND = "#f5f7f9"


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_privacy_notice = fields.Html(
        string="Privacy Notice",
        translate=True,
        help="The text above the Send button of the complaint form. It says what "
        "happens to the data and links to your privacy policy.",
    )

    def _complaint_page_style(self):
        """Return the company's colours as CSS variables, such that text can be read."""
        self.ensure_one()
        brand = colours.read(self.primary_color) or _BRAND
        return (
            f"--brand:{brand};--on-brand:{colours.text_on(brand)};"
            f"--brand-ink:{colours.darkened_for(_GROUND, brand)}"
        )

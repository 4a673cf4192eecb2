"""res.company: the numbers of its complaints."""

from odoo import api, fields, models
from odoo.tools import SQL

SEQUENCE_CODE = "helpdesk.ticket.complaint"


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_acknowledge_automatically = fields.Boolean(
        string="Acknowledge Complaints by E-mail at Once", default=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._complaint_create_sequences()
        return companies

    def _complaint_create_sequences(self):
        """Give each company its own sequence for complaints, such as C/2026/00042."""
        # sudo: whoever may create a company need not be able to create sequences
        Sequence = self.env["ir.sequence"].sudo()
        present = Sequence.search(
            [("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]
        ).company_id
        Sequence.create(
            [
                {
                    "name": self.env._("Complaints"),
                    "code": SEQUENCE_CODE,
                    "prefix": "C/%(year)s/",
                    "padding": 5,
                    "company_id": company.id,
                }
                for company in self - present
            ]
        )

    def _complaint_next_numbers(self, count):
        """Draw numbers for ``count`` complaints, with one query for the whole batch.

        :param int count: how many
        :return: list of ``count`` numbers, unique within the company; those of
            ordinary tickets where an administrator deleted the sequence, since a
            complaint is registered whatever is missing
        """
        self.ensure_one()
        # sudo: handlers draw numbers, they do not read sequences
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [
                    ("code", "=", SEQUENCE_CODE),
                    ("company_id", "in", [self.id, False]),
                ],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            Ticket = self.env["helpdesk.ticket"]
            return [
                Ticket._prepare_ticket_number({"company_id": self.id})
                for _index in range(count)
            ]
        if sequence.use_date_range or sequence.implementation != "standard":
            return [sequence._next() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

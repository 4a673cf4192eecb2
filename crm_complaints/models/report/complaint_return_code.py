"""complaint.return.code: what the regulator calls an outcome, channel, category or cause."""

from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# The fields that name what a code stands for: kind -> field
CODED = {
    "outcome": "outcome",
    "channel": "channel_id",
    "category": "category_id",
    "cause": "cause_id",
}


class ComplaintReturnCode(models.Model):
    _name = "complaint.return.code"
    _description = "Code of a Regulator"
    _complaint_privacy = "keep"
    _order = "return_id, version desc, kind, code, id"
    _rec_name = "code"

    return_id = fields.Many2one(
        comodel_name="complaint.return",
        string="Regulator's Return",
        required=True,
        ondelete="cascade",
        index=True,
    )
    code = fields.Char(required=True, help="As the regulator writes it.")
    wording = fields.Char(translate=True, help="What the code stands for.")
    kind = fields.Selection(
        selection=[
            ("outcome", "Outcome"),
            ("channel", "Channel"),
            ("category", "Category"),
            ("cause", "Root Cause"),
        ],
        compute="_compute_kind",
        store=True,
    )
    outcome = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["complaint_outcome"]
            ._description_selection(self.env)
        ),
        string="Coded Outcome",
    )
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        string="Coded Channel",
        ondelete="cascade",
        index="btree_not_null",
    )
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category",
        string="Coded Category",
        ondelete="cascade",
        index="btree_not_null",
        help="Categories below it have the same code, unless they have one of their "
        "own.",
    )
    cause_id = fields.Many2one(
        comodel_name="complaint.cause",
        string="Coded Root Cause",
        ondelete="cascade",
        index="btree_not_null",
        help="Root causes below it have the same code, unless they have one of their "
        "own.",
    )
    version = fields.Char(help="The version of the regulator's list of codes.")
    valid_from = fields.Date(help="If empty, it has always been valid.")
    valid_to = fields.Date(help="The last day. If empty, it is still valid.")

    @api.depends(*CODED.values())
    def _compute_kind(self):
        for row in self:
            row.kind = next((kind for kind, name in CODED.items() if row[name]), False)

    @api.constrains("code", *CODED.values())
    def _check_coded(self):
        for row in self:
            if len([name for name in CODED.values() if row[name]]) != 1:
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” must stand for one thing: an outcome, a "
                        "channel, a category or a root cause.",
                        code=row.code,
                    )
                )

    @api.constrains(
        "return_id", "version", "valid_from", "valid_to", "kind", *CODED.values()
    )
    def _check_validity(self):
        """Refuse two codes for one thing on one day."""
        rows_of = defaultdict(list)
        for row in self.search([("return_id", "in", self.return_id.ids)]):
            rows_of[row.return_id, row.version, row._coded()].append(row)
        for row in self:
            first, last = row._validity()
            if first > last:
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” is valid to a day before it is valid from.",
                        code=row.code,
                    )
                )
            for other in rows_of[row.return_id, row.version, row._coded()]:
                since, until = other._validity()
                if other != row and since <= last and first <= until:
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” and “%(other)s” are codes for the same thing, "
                            "in the same version and on the same day.",
                            code=row.code,
                            other=other.code,
                        )
                    )

    def _validity(self):
        return self.valid_from or date.min, self.valid_to or date.max

    def _coded(self):
        """Return (kind, key) of what this code stands for."""
        value = self[CODED[self.kind]] if self.kind else False
        return self.kind, getattr(value, "id", value)

    @api.model
    def _valid_codes(self, the_return, version, day):
        """Return the codes of a return on a day, as {(kind, key): code}.

        :param version: the version of the codes, all where it is empty
        """
        found = self.search(
            Domain("return_id", "=", the_return.id)
            & (Domain("version", "=", version) if version else Domain.TRUE)
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", day))
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        # of several versions, the newest
        return {row._coded(): row for row in reversed(found)}

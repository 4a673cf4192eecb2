"""complaint.privacy.log: legal holds, erasures and what was given out, without names."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintPrivacyLog(models.Model):
    _name = "complaint.privacy.log"
    _description = "Complaint Privacy Log"
    _complaint_privacy = "keep"  # numbers and references
    _order = "date desc, id desc"
    _rec_name = "action"
    _log_access = False  # nobody changes it; date and user stand below

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Done By",
        default=lambda self: self.env.user,
        ondelete="set null",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, ondelete="restrict", readonly=True
    )
    action = fields.Selection(
        selection=[
            ("export", "Personal Data Provided"),
            ("register", "Register Downloaded"),
            ("retention", "Anonymised After Retention Period"),
            ("request", "Anonymised on Request"),
            ("hold", "Legal Hold Set"),
            ("release", "Legal Hold Lifted"),
        ],
        required=True,
        readonly=True,
    )
    complaint_count = fields.Integer(string="Complaints", readonly=True)
    references = fields.Text(readonly=True, help="The numbers of the complaints.")
    details = fields.Text(string="Scope", readonly=True)

    @api.model
    def _note(self, action, tickets, details="", company=None):
        """Note what was done to complaints, one entry for each of their companies.

        :param str action: one of the selection
        :param tickets: helpdesk.ticket, before or after
        :param str details: counts in words, without names
        :param company: res.company of an entry that is about no complaint
        """
        tickets = tickets.sudo()  # the entry is the system's, whoever did it
        grouped = tickets.grouped("company_id") if tickets else {company: tickets}
        self.sudo().create(
            [
                {
                    "action": action,
                    "company_id": of_company.id if of_company else False,
                    "complaint_count": len(some),
                    "references": ", ".join(
                        sorted(filter(None, some.mapped("number")))
                    ),
                    "details": details,
                }
                for of_company, some in grouped.items()
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Entries of the privacy log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries of the privacy log cannot be deleted."))

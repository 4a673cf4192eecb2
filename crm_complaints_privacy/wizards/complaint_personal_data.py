"""complaint.personal.data: hands out the archive for a subject access request."""

from odoo import api, fields, models

from ..models.subject_access import SubjectAccessArchive


class ComplaintPersonalData(models.TransientModel):
    _name = "complaint.personal.data"
    _description = "Personal Data in Complaints"
    _inherit = ["complaint.wizard.access"]

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    with_notes = fields.Boolean(
        string="Include Internal Notes",
        help="Internal notes are messages between members of staff and the documents "
        "that support the findings. They may also concern other people, so read them "
        "before you provide them.",
    )
    complaint_count = fields.Integer(
        string="Complaints", compute="_compute_complaint_count"
    )

    @api.depends("partner_id")
    def _compute_complaint_count(self):
        for wizard in self:
            wizard.complaint_count = len(
                SubjectAccessArchive(wizard.partner_id).complaints()
            )

    def action_download(self):
        """Download the archive: a page to read, the same as JSON, and the files."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/complaints/personal-data/{self.id}",
            "target": "download",
        }

    def _hand_out(self, file):
        """Write the archive, and log that it was handed out.

        :param file: binary file open for writing
        """
        self.ensure_one()
        self.check_access("read")
        self.partner_id.check_access("read")
        archive = SubjectAccessArchive(self.partner_id, self.with_notes)
        archive.write_to(file)
        Log = self.env["complaint.privacy.log"]
        counted = self.env["helpdesk.ticket"]._complaint_counted(archive.counts)
        if self.with_notes:
            counted += "\n" + self.env._("Including internal notes")
        Log._note("export", archive.complaints(), counted, company=self.env.company)

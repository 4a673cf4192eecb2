"""ir.actions.report: the PDF of a letter is kept on its complaint."""

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def retrieve_attachment(self, record):
        if record._name == "complaint.letter":
            # Odoo asks for it before it reads anything of the record
            record.check_access("read")
            # sudo: kept for whoever may read the letter
            return record.sudo().attachment_id or None
        return super().retrieve_attachment(record)

    def _prepare_pdf_report_attachment_vals_list(self, report, streams):
        if report.report_name != "crm_complaints.complaint_letter_document":
            return super()._prepare_pdf_report_attachment_vals_list(report, streams)
        letters = self.env["complaint.letter"].browse(filter(None, streams))
        for letter in letters:
            kept = streams[letter.id]
            if kept["stream"] and not kept["attachment"]:
                letter._keep_pdf(kept["stream"].getvalue())
        return []  # stored already, by a way that needs no write access

"""complaint.register: downloads the register of complaints, or their event log.

A file is made in parts, one for each call of the browser, which puts them together. No
part takes longer or more memory because there are more complaints, a server that limits
the time of a request ends none, nothing stays on the server, and a download that breaks
off leaves no file that looks complete.
"""

from base64 import b64encode
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine import sheets

# Complaints in a part; Odoo reads so many at once.
CHUNK = 1000
EVENTS = "events"


class ComplaintRegister(models.TransientModel):
    _name = "complaint.register"
    _description = "Register of Complaints"
    _inherit = ["complaint.wizard.access"]

    what = fields.Selection(
        selection=[("register", "Register"), (EVENTS, "Event Log")],
        string="Content",
        required=True,
        default="register",
        help="The register has one row for each complaint. The event log has one row "
        "for each event in the course of a complaint, for process mining.",
    )
    date_from = fields.Date(
        string="Received From",
        required=True,
        default=lambda self: self.env.company._complaint_today().replace(
            month=1, day=1
        ),
    )
    date_to = fields.Date(
        string="Received To",
        required=True,
        default=lambda self: self.env.company._complaint_today(),
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
    )
    file_format = fields.Selection(
        selection=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")],
        string="Format",
        required=True,
        default="xlsx",
        help="The event log is always CSV.",
    )
    complaint_count = fields.Integer(
        string="Complaints", compute="_compute_complaint_count", compute_sudo=False
    )

    @api.depends("date_from", "date_to", "company_ids")
    def _compute_complaint_count(self):
        for wizard in self:
            wizard.complaint_count = (
                wizard._tickets()
                .with_context(active_test=False)
                .search_count(wizard._domain())
            )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(wizard.date_from > wizard.date_to for wizard in self):
            raise ValidationError(
                self.env._("The period ends before it begins. Please correct it.")
            )

    def _tickets(self):
        """Return helpdesk.ticket with the companies of the dialog as the current ones.

        Odoo refuses those that are not the user's.
        """
        companies = self.company_ids._origin
        return self.env["helpdesk.ticket"].with_context(
            allowed_company_ids=companies.ids or self.env.company.ids
        )

    def _domain(self):
        if not (self.date_from and self.date_to):
            return Domain.FALSE
        return self._tickets()._complaint_register_domain(
            self.date_from, self.date_to, self.company_ids._origin
        )

    def make_part(self, state=None):
        """Return the next part of the file.

        :param dict state: as returned with the part before; None for the first part
        :return: dict of ``data`` (base64), ``done`` and ``total`` (complaints), ``name``
            and ``mimetype`` of the file, and ``state``, which is None once it is complete
        :raises UserError: where an Excel sheet cannot hold so many rows
        """
        self.ensure_one()
        self.check_access("read")
        state = self._read_state(state)
        tickets = self._tickets()
        file = (sheets.Csv if self._is_csv() else sheets.Xlsx)(state["file"])
        first = state["after"] is None
        if first:
            self._begin(state["total"])
        chunk = tickets._complaint_register_chunk(self._domain(), state["after"], CHUNK)
        last = len(chunk) < CHUNK
        labels, rows = self._rows(chunk)
        data = file.part(rows, labels if first else (), last)
        done = state["done"] + len(chunk)
        return {
            "data": b64encode(data).decode(),
            "done": done,
            "total": max(state["total"], done),
            "name": self._file_name(file.extension),
            "mimetype": file.mimetype,
            "state": None
            if last
            else {
                "after": [
                    chunk[-1].complaint_received_at.isoformat(),
                    chunk[-1].id,
                ],
                "done": done,
                "total": state["total"],
                "file": file.state,
            },
        }

    def _rows(self, chunk):
        """Return the labels and the rows of complaints."""
        if self.what == EVENTS:
            return chunk._complaint_event_columns(), chunk._complaint_event_rows()
        columns = chunk._complaint_register_columns()
        return (
            [column.label for column in columns],
            [[column.value(ticket) for column in columns] for ticket in chunk],
        )

    def _is_csv(self):
        return self.what == EVENTS or self.file_format == "csv"

    def _read_state(self, state):
        """Return what the client sent, with the types that it must have.

        Other values make a file that nobody can read; they reach nothing.

        :raises UserError: where it is nothing that was sent to the client
        """
        if not state:
            return {
                "after": None,
                "done": 0,
                "total": self.complaint_count,
                "file": {},
            }
        try:
            received, ticket_id = state["after"]
            file = {key: int(state["file"][key]) for key in state["file"]}
            return {
                "after": (datetime.fromisoformat(received), int(ticket_id)),
                "done": int(state["done"]),
                "total": int(state["total"]),
                "file": file,
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The download cannot be continued. Please start it again.")
            ) from error

    def _begin(self, count):
        """Hook: a download of so many complaints begins.

        :raises UserError: where the file cannot be made
        """
        if not self._is_csv() and count >= sheets.XLSX_ROWS:
            raise UserError(
                self.env._(
                    "An Excel sheet cannot hold %(count)s complaints. Please choose "
                    "CSV, or a shorter period.",
                    count=count,
                )
            )

    def _file_name(self, extension):
        title = (
            self.env._("Event Log")
            if self.what == EVENTS
            else self.env._("Register of Complaints")
        )
        return f"{title} {self.date_from} – {self.date_to}.{extension}"

"""Subject access request (GDPR, article 15): one archive of a person's data."""

import json
import os
import re
import tempfile
import zipfile
from datetime import date, datetime

from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, html2plaintext

from odoo.addons.crm_complaints.models.core.constants import TICKET

from .personal_data import is_told, is_told_model, stored_fields

# Complaints that are in memory at a time.
_CHUNK = 20
# Fields of the contact that are disclosed.
_CONTACT = (
    "name",
    "parent_id",
    "function",
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "lang",
    "ref",
    "complaint_salutation",
)


class SubjectAccessArchive:
    """The archive for one person: a page to read, the same as JSON, and files.

    Gathered with the rights of the user, a few complaints at a time.

    :ivar counts: dict kind of record -> how many, once the archive is written
    """

    def __init__(self, partner, with_notes=False):
        """:param partner: res.partner; its environment's rights are used throughout
        :param bool with_notes: include internal notes
        """
        self.env = partner.env(
            context={
                **partner.env.context,
                "active_test": False,
                "lang": partner.lang or partner.env.lang,
            }
        )
        self.partner = partner.with_env(self.env)
        self.with_notes = with_notes
        self.counts = {}
        self._names = set()
        self._descriptions = {}

    def complaints(self):
        """Return the person's complaints that the user may read, the oldest first."""
        Ticket = self.env[TICKET]
        return Ticket.search(
            Ticket._complaint_of_person_domain(self.partner),
            order="complaint_received_at, id",
        )

    def write_to(self, file):
        """Write the archive, with little of it in memory at a time.

        :param file: binary file open for writing
        """
        complaint_ids = self.complaints().ids
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            tempfile.TemporaryFile("w+", encoding="utf-8") as machine,
            tempfile.TemporaryFile("w+", encoding="utf-8") as page,
        ):
            contact = self._fields_of(self.partner, _CONTACT)
            beside = list(self._beside(archive, complaint_ids))
            page.write(self._render("head", contact=contact))
            machine.write('{"contact": ')
            machine.write(_as_json(self._plain(self.partner, _CONTACT)))
            machine.write(',\n"complaints": [')
            for start in range(0, len(complaint_ids), _CHUNK):
                chunk = self.env[TICKET].browse(complaint_ids[start : start + _CHUNK])
                for index, ticket in enumerate(chunk, start):
                    machine.write(",\n" if index else "\n")
                    machine.write(
                        _as_json(self._write_complaint(ticket, archive, page))
                    )
                self.env.flush_all()
                self.env.invalidate_all()
            machine.write("]")
            for model, described, plain in beside:
                page.write(
                    self._render(
                        "part",
                        title=self._label(model),
                        parts=described,
                    )
                )
                machine.write(f',\n"{model}": {_as_json(plain)}')
            machine.write("}\n")
            self.counts[TICKET] = len(complaint_ids)
            for name, stream in (("overview.html", page), ("data.json", machine)):
                stream.flush()
                stream.seek(0)
                with archive.open(name, "w") as target:
                    while block := stream.read(2**16):
                        target.write(block.encode())

    # ---------------------------------------------------
    # One complaint
    # ---------------------------------------------------

    def _write_complaint(self, ticket, archive, page):
        """Write a complaint on the page; return it for JSON."""
        messages = self._messages(ticket)
        parts = list(self._parts(ticket))
        files = [
            (file.name, self._put_file(archive, ticket, file))
            for file in self._files(ticket, messages)
        ]
        page.write(
            self._render(
                "complaint",
                title=" ".join(filter(None, (ticket.number, ticket.name))),
                facts=self._described(ticket),
                messages=[self._told(message) for message in messages],
                parts=[
                    (self._label(model), [self._described(row) for row in rows])
                    for model, rows in parts
                ],
                files=files,
            )
        )
        for model, rows in (
            ("mail.message", messages),
            ("ir.attachment", files),
            *parts,
        ):
            self._count(model, rows)
        return {
            **self._plain(ticket),
            "messages": [
                {
                    **self._told(message),
                    "date": message.date,
                    "internal": _is_internal(message),
                    "files": message.attachment_ids.mapped("name"),
                }
                for message in messages
            ],
            "parts": {
                model: [self._plain(row) for row in rows] for model, rows in parts
            },
            "files": [path for _name, path in files],
        }

    def _messages(self, ticket):
        """Return the messages with a text or files, the oldest first."""
        messages = self.env["mail.message"].search(
            [("model", "=", TICKET), ("res_id", "=", ticket.id)], order="date, id"
        )
        return messages.filtered(
            lambda message: (
                (self.with_notes or not _is_internal(message))
                and (
                    html2plaintext(message.body or "").strip() or message.attachment_ids
                )
            )
        )

    def _files(self, ticket, messages):
        """Return files that the person sent or was sent; with notes, all files."""
        files = self.env["ir.attachment"].search(
            [("res_model", "=", TICKET), ("res_id", "=", ticket.id)], order="id"
        )
        if not self.with_notes:
            notes = self.env["mail.message"].search(
                [("model", "=", TICKET), ("res_id", "=", ticket.id)]
            )
            files -= ticket.complaint_document_ids | (notes - messages).attachment_ids
        # the signed consents to a representative
        signed = ticket.complaint_consent_ids.attachment_ids
        return files | signed | messages.attachment_ids

    def _parts(self, ticket):
        """Yield (model, records) of the rows and ratings that belong to a complaint."""
        for model in self.env[TICKET]._complaint_row_models():
            Model = self.env[model]
            if (
                Model._transient
                or not is_told_model(Model)
                or model in ("complaint.dead.letter", "complaint.incoming.mail")
                or not Model.has_access("read")
            ):
                continue
            records = Model.search([("ticket_id", "=", ticket.id)])
            if records:
                yield model, records
        ratings = self.env["rating.rating"].search(
            [
                ("res_model", "=", TICKET),
                ("res_id", "=", ticket.id),
                ("consumed", "=", True),
                ("partner_id", "in", [self.partner.id, False]),
            ]
        )
        if ratings:
            yield ratings._name, ratings

    # ---------------------------------------------------
    # Other records
    # ---------------------------------------------------

    def _beside(self, archive, complaint_ids):
        """Yield (model, rows for page, rows for JSON) of what else names the person.

        Such as their mails, consents to act for others, and what they wrote for those.

        :param archive: original mails are put into it
        :param complaint_ids: of the person's own complaints
        """
        for model in sorted(self.env.registry):
            found = self._named_in(model)
            if not found:
                continue
            if model == "complaint.dead.letter":
                for letter in found:
                    with archive.open(f"mails/{letter.id}.eml", "w") as target:
                        target.write(letter._raw())
                    letter.invalidate_recordset(["raw"])
            self._count(model, found)
            yield (
                model,
                [self._described(record) for record in found],
                [self._plain(record) for record in found],
            )
        messages = self.env["mail.message"].search(
            [
                ("model", "=", TICKET),
                ("res_id", "not in", complaint_ids),
                ("author_id", "=", self.partner.id),
                ("is_internal", "=", False),
            ],
            order="date, id",
        )
        if messages:
            said = [self._told(message) for message in messages]
            names = self.env["mail.message"].fields_get(
                ["date", "author_id", "subject", "body"], ["string"]
            )
            labels = [name["string"] for name in names.values()]
            yield (
                messages._name,
                [list(zip(labels, one.values(), strict=True)) for one in said],
                said,
            )

    def _named_in(self, model):
        """Return the records of one of our models that name the person.

        By contact, or by address.
        """
        Model = self.env[model]
        if (
            not model.startswith("complaint.")
            or Model._abstract
            or Model._transient
            or not Model._auto
            or not is_told_model(Model)
            or not Model.has_access("read")
        ):
            return Model
        fields = Model._fields
        if "email_from" in fields:
            addresses = email_normalize_all(self.partner.email or "")
            return Model.search(
                Domain.OR([("email_from", "ilike", one)] for one in addresses)
            ).filtered(
                lambda record: (
                    email_normalize(record.email_from, strict=False) in addresses
                )
            )
        if "partner_id" in fields and fields["partner_id"].store:
            return Model.search([("partner_id", "=", self.partner.id)])
        return Model

    # ---------------------------------------------------
    # Fields
    # ---------------------------------------------------

    def _told_fields(self, record):
        """Return the fields of a record that are disclosed, if filled in."""
        if record._name not in self._descriptions:
            readable = record.fields_get(attributes=["string", "selection"])
            if record._name == TICKET:
                for name, label in self._customers_labels().items():
                    readable[name]["string"] = label
            self._descriptions[record._name] = [
                (field, readable[field.name])
                for field in stored_fields(record)
                if field.name in readable
                and field.type not in ("binary", "image", "properties")
                and is_told(field)
                and not (
                    field.relational
                    and not self.env[field.comodel_name].has_access("read")
                )
            ]
        return [
            (field, description)
            for field, description in self._descriptions[record._name]
            if record[field.name] or field.type in ("integer", "float", "monetary")
        ]

    def _customers_labels(self):
        """Return customer-friendly labels for fields of the helpdesk."""
        return {
            "number": self.env._("Reference"),
            "name": self.env._("Summary"),
            "description": self.env._("Description in your own words"),
            "user_id": self.env._("Handler"),
            "assigned_date": self.env._("Assigned on"),
            "closed_date": self.env._("Closed on"),
            "create_date": self.env._("Registered on"),
            "partner_id": self.env._("Customer"),
            "partner_name": self.env._("Name"),
            "duplicate_id": self.env._("Merged into"),
        }

    def _fields_of(self, record, names):
        described = record.fields_get(names, attributes=["string", "selection"])
        return [
            (described[name]["string"], self._shown(record, name, described[name]))
            for name in names
            if record[name]
        ]

    def _described(self, record):
        """Return what is disclosed of a record, for the page: list of (label, text)."""
        return [
            (description["string"], text)
            for field, description in self._told_fields(record)
            if record[field.name]
            and (text := self._shown(record, field.name, description))
        ]

    def _shown(self, record, name, description):
        field = record._fields[name]
        value = record[name]
        if field.relational:
            return ", ".join(_names(value))
        if field.type == "selection":
            return dict(description.get("selection", ())).get(value, value)
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "boolean":
            return self.env._("Yes")
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M} UTC"
        return str(value)

    def _plain(self, record, names=None):
        """Return what is disclosed of a record, for JSON: dict name -> value."""
        fields = (
            [record._fields[name] for name in names]
            if names
            else [field for field, _description in self._told_fields(record)]
        )
        values = {}
        for field in fields:
            value = record[field.name]
            if field.type == "many2one":
                value = next(iter(_names(value)), None)
            elif field.relational:
                value = _names(value)
            elif field.type == "html":
                value = html2plaintext(value or "")
            elif not value and field.type not in ("integer", "float", "monetary"):
                value = field.type == "boolean" and False or None
            values[field.name] = value
        return values

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _author(self, message):
        if _is_internal(message):
            return self.env._("Internal note")
        return message.author_id.display_name or message.email_from or ""

    def _told(self, message):
        return {
            "date": f"{message.date:%Y-%m-%d %H:%M} UTC",
            "author": self._author(message),
            "subject": message.subject or "",
            "text": html2plaintext(message.body or "").strip(),
        }

    def _label(self, model):
        # sudo: the names of models
        return self.env["ir.model"].sudo()._get(model).name

    def _count(self, model, records):
        self.counts[model] = self.counts.get(model, 0) + len(records)

    def _render(self, template, **values):
        return str(
            self.env["ir.qweb"]._render(
                f"crm_complaints_privacy.subject_access_{template}",
                {
                    **values,
                    "partner": self.partner,
                    "companies": self.env.companies,
                    "with_notes": self.with_notes,
                    "today": f"{datetime.now():%Y-%m-%d}",
                },
            )
        )

    def _put_file(self, archive, ticket, attachment):
        """Put a file into the archive; return its path there."""
        path = self._free_name(f"files/{_safe(ticket.number)}/{_safe(attachment.name)}")
        # sudo: the content of a file that may be read; from disk, as it may be large
        stored = attachment.sudo().store_fname
        full = stored and attachment._full_path(stored)
        if full and os.path.isfile(full):
            archive.write(full, path)
        else:
            with archive.open(path, "w") as target:
                target.write(attachment.raw or b"")
            attachment.invalidate_recordset(["raw", "datas"])
        return path

    def _free_name(self, path):
        stem, extension = os.path.splitext(path)
        number = 1
        while path.lower() in self._names:
            number += 1
            path = f"{stem} ({number}){extension}"
        self._names.add(path.lower())
        return path


def _is_internal(message):
    return bool(message.is_internal or message.subtype_id.internal)


def _names(records):
    """Return the names of linked records, of those that the user may read."""
    return records._filtered_access("read").mapped("display_name")


def _safe(name):
    """Return a file name that is valid on every system."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "-", name or "").strip(" .")
    return name[-120:].strip(" .") or "-"


def _as_json(value):
    def as_text(some):
        if isinstance(some, datetime):
            return some.isoformat() + "Z"
        if isinstance(some, date):
            return some.isoformat()
        return str(some)

    return json.dumps(value, default=as_text, ensure_ascii=False, indent=1)

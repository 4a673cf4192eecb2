"""Files of complaints: nobody changes, moves or deletes them, in whatever way."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ...models.core.constants import TICKET
from .test_mail_message import MessagesCommon

CONTENT = ("datas", "raw", "db_datas", "store_fname", "url", "type", "mimetype")


@tagged("post_install", "-at_install")
class TestFiles(MessagesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        on_complaint = {"res_model": TICKET, "res_id": cls.complaint.id}
        handler = cls.env["ir.attachment"].with_user(cls.own_handler)
        cls.complaint.write({"complaint_representative_id": cls.customer_company.id})
        # pending, as the dialog uploads it
        signed, proof, sent = (
            handler.create({"name": f"{name}.txt", "raw": name.encode()})
            for name in ("signed", "proof", "sent")
        )
        cls.consent = (
            cls.env["complaint.consent"]
            .with_user(cls.own_handler)
            .create(
                {
                    "ticket_id": cls.complaint.id,
                    "partner_id": cls.customer_company.id,
                    "attachment_ids": [Command.set(signed.ids)],
                }
            )
        )
        cls.complaint.with_user(cls.own_handler).complaint_document_ids = proof
        cls.complaint.with_user(cls.own_handler).message_post(
            body="Enclosed",
            subtype_xmlid="mail.mt_comment",
            partner_ids=cls.customer.ids,
            attachment_ids=sent.ids,
        )
        letter = cls.complaint.with_user(cls.own_handler)._complaint_send_letter(
            "update", "News", "<p>News</p>", "en_US", "paper"
        )
        letter._keep_pdf(b"%PDF")
        cls.files = {
            "from the customer": cls.letters["comment"].attachment_ids,
            "by mail": cls.notes["mail"].attachment_ids,
            "sent": cls.letters["letter"].attachment_ids,
            "sent from elsewhere": sent,
            "signed": signed,
            "rests on": proof,
            "letter": letter.attachment_id,
            "scanned": cls.env["ir.attachment"].create(
                {"name": "scan.txt", "raw": b"scan", **on_complaint}
            ),
            "of a part": cls.env["ir.attachment"].create(
                {
                    "name": "x.txt",
                    "raw": b"x",
                    "res_model": "complaint.consent",
                    "res_id": cls.consent.id,
                }
            ),
        }
        cls.files = {kind: file.sudo() for kind, file in cls.files.items()}
        cls.env.flush_all()

    def value(self, field):
        if field.name in ("raw", "db_datas"):
            return b"forged"
        if field.name == "res_model":
            return "res.partner"
        return super().value(field)

    def test_a_file_is_not_changed_by_anybody(self):
        values = {
            field.name: self.value(field)
            for field in self.env["ir.attachment"]._fields.values()
            if (field.store or field.inverse)
            and field.name not in {*MAGIC_COLUMNS, "access_token"}
        }
        self.assertLessEqual(
            {*CONTENT, "name", "res_model", "res_id", "res_field"}, values.keys()
        )
        moves = [{"res_model": False, "res_id": False}, {"res_id": 0}]
        for role, user in self.users().items():
            for kind, file in self.files.items():
                mine = file.with_user(user).sudo(False)
                ticket = self.complaint.with_user(user).sudo(False)
                consent = self.consent.with_user(user).sudo(False)
                commands = {
                    "attachment_ids": ticket,
                    "complaint_document_ids": ticket,
                    "consent": consent,
                }
                ways = {
                    "write": lambda vals, m=mine: m.write(vals),
                    "save": lambda vals, m=mine: m.web_save(vals, {}),
                }
                for name, record in commands.items():
                    if record.has_access("write"):
                        ways[name] = lambda vals, m=mine, r=record, n=name: r.write(
                            {
                                "attachment_ids" if n == "consent" else n: [
                                    Command.update(m.id, vals)
                                ]
                            }
                        )
                for way, attempt in ways.items():
                    for vals in [{n: v} for n, v in values.items()] + moves:
                        self.assertKept(
                            file,
                            lambda a=attempt, v=vals: a(v),
                            role=role,
                            kind=kind,
                            way=way,
                            values=vals,
                        )

    def test_a_file_is_not_deleted_by_anybody(self):
        for role, user in self.users().items():
            for kind, file in self.files.items():
                mine = file.with_user(user).sudo(False)
                self.assertKept(file, mine.unlink, role=role, kind=kind, way="unlink")
                self.assertKept(
                    file,
                    lambda m=mine: m.sudo()._delete_and_notify(),
                    role=role,
                    kind=kind,
                    way="by the route",
                )
                for record, name in (
                    (self.complaint, "attachment_ids"),
                    (self.complaint, "complaint_document_ids"),
                    (self.consent, "attachment_ids"),
                    (self.letters["comment"], "attachment_ids"),
                    (self.letters["letter"], "attachment_ids"),
                    (self.notes["mail"], "attachment_ids"),
                ):
                    record = record.with_user(user).sudo(False)
                    for command in (
                        Command.delete(file.id),
                        Command.unlink(file.id),
                        Command.clear(),
                        Command.set([]),
                    ):
                        self.assertKept(
                            file,
                            lambda r=record, n=name, c=command: r.write({n: [c]}),
                            role=role,
                            kind=kind,
                            way=f"{record._name} {name} {command}",
                        )

    def test_what_was_signed_stays_with_its_consent(self):
        for user in self.users().values():
            consent = self.consent.with_user(user).sudo(False)
            for command in (Command.clear(), Command.unlink(self.files["signed"].id)):
                with self.assertRaises(AccessError):
                    consent.write({"attachment_ids": [command]})

    def test_a_file_uploaded_by_mistake_is_deleted_at_once(self):
        Attachment = self.env["ir.attachment"].with_user(self.own_handler)
        vals = {"name": "holiday.jpg", "raw": b"x"}
        on_complaint = {"res_model": TICKET, "res_id": self.complaint.id}
        Attachment.create(vals).unlink()
        file = Attachment.create({**vals, **on_complaint})
        with self.assertRaises(AccessError):
            file.write({"raw": b"forged"})
        with self.assertRaises(AccessError):
            file.with_user(self.leader).unlink()
        file.sudo()._delete_and_notify()
        self.assertFalse(file.exists())
        late = Attachment.create({**vals, **on_complaint})
        with (
            self.at(fields.Datetime.now() + timedelta(hours=2)),
            self.assertRaises(AccessError),
        ):
            late.unlink()
        # there for others to rely on
        self.complaint.with_user(self.own_handler).message_post(
            body="Look", subtype_xmlid="mail.mt_comment", attachment_ids=late.ids
        )
        with self.assertRaises(AccessError):
            late.unlink()

    def test_files_of_ordinary_tickets_are_as_before(self):
        ticket = self.create_ticket()
        file = (
            self.env["ir.attachment"]
            .with_user(self.outsider)
            .create({"name": "x", "raw": b"x", "res_model": TICKET})
        )
        file.res_id = ticket.id
        file.write({"name": "y", "raw": b"y"})
        file.with_user(self.manager).unlink()
        self.assertFalse(file.exists())

    def test_a_main_attachment_leaves_files_alone(self):
        files = self.env["ir.attachment"].union(*self.files.values())
        before = self.state(files)
        for user in self.users().values():
            for file in files:
                mine = file.with_user(user).sudo(False)
                with self.undone():
                    mine.register_as_main_attachment()
                with self.undone():
                    mine.generate_access_token()
        self.assertEqual(self.state(files), before)

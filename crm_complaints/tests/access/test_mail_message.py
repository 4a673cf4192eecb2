"""Messages about complaints: nobody changes, deletes or forges them, or reads notes."""

import json
from contextlib import contextmanager

from markupsafe import Markup
from psycopg2 import Error as PsycopgError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.core.constants import TICKET
from ..common import ComplaintCommon

SECRET = "Zanzibar"
# How an attempt may end, beside AccessError: a value may be nonsense for its field.
REFUSED = (UserError, ValueError, TypeError, KeyError, PsycopgError)
ROLES = (
    "portal_user",
    "other_portal",
    "user_employee",
    "own_handler",
    "handler",
    "leader",
    "manager",
)


class MessagesCommon(ComplaintCommon):
    """A complaint with a message of each kind; ``own_handler`` handles it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_portal = new_test_user(
            cls.env, login="other_portal", groups="base.group_portal"
        )
        cls.complaint = cls.create_complaint(
            cls.leader,
            partner_id=cls.customer.id,
            user_id=cls.own_handler.id,
        )
        # whoever is told of something may write it, for Odoo
        cls.complaint.message_subscribe(
            (cls.customer | cls.user_employee.partner_id | cls.manager.partner_id).ids
        )
        cls.sudo = cls.Ticket.browse(cls.complaint.id)
        cls.notes = {
            "note": cls.post(cls.leader, SECRET),
            "log": cls.post(None, SECRET, message_type="notification"),
            "paper": cls.post(cls.leader, SECRET, message_type="auto_comment"),
            "mail": cls.post(
                None, SECRET, message_type="email", author_id=cls.customer.id
            ),
            "tracking": cls.track(),
        }
        comment = {"subtype_xmlid": "mail.mt_comment"}
        cls.letters = {
            "comment": cls.post(None, "C", author_id=cls.customer.id, **comment),
            "email": cls.post(
                None,
                "E",
                author_id=False,
                email_from="peter@novak.example",
                message_type="email",
                **comment,
            ),
            "letter": cls.post(
                cls.own_handler, "L", partner_ids=cls.customer.ids, **comment
            ),
            "told": cls.post(
                cls.own_handler,
                "T",
                partner_ids=cls.user_employee.partner_id.ids,
                **comment,
            ),
        }
        cls.env.flush_all()

    @classmethod
    def post(cls, user, body, **kwargs):
        ticket = cls.complaint.with_user(user) if user else cls.sudo
        kwargs = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_note",
            "attachments": [("proof.txt", b"proof")],
            **kwargs,
        }
        return ticket.message_post(body=Markup("<p>%s</p>") % body, **kwargs).sudo()

    @classmethod
    def track(cls):
        cls.env.cr.precommit.run()
        before = cls.sudo.message_ids
        cls.sudo.complaint_severity = "critical"
        cls.env.cr.precommit.run()
        return cls.sudo.message_ids - before

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def users(self):
        return {role: getattr(self, role) for role in ROLES}

    def state(self, records):
        """Return all stored values of records, empty where they are gone."""
        self.env.flush_all()
        self.env.invalidate_all()
        records = records.sudo().exists()
        names = [
            field.name
            for field in records._fields.values()
            if field.store and field.name not in MAGIC_COLUMNS
        ]
        return records.read(names, load=None)

    @contextmanager
    def undone(self):
        """Undo what is done inside, which may be refused, or be nonsense."""
        with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"):
            savepoint = self.env.cr.savepoint(flush=False)
            with savepoint:
                try:
                    yield
                    self.env.flush_all()
                except REFUSED as error:
                    if not isinstance(error, AccessError):
                        self.env.clear()
                else:
                    self.env.clear()
                savepoint.rollback()
                self.env.cr.precommit.clear()

    def assertKept(self, records, attempt, **said):
        """Check that an attempt, refused or not, leaves all values as they were."""
        after = None
        with self.undone():
            attempt()
            after = self.state(records)
        if after is not None:
            with self.subTest(**said):
                self.assertEqual(after, self.state(records))

    def value(self, field):
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type in ("many2one", "many2one_reference"):
            if field.name == "res_id":
                return self.create_complaint(self.leader).id
            comodel = self.env[field.comodel_name].sudo()
            return comodel.search([], limit=1, order="id desc").id
        if field.relational:
            return [Command.clear()]
        return {
            "boolean": True,
            "integer": 7,
            "date": "2026-01-05",
            "datetime": "2026-01-05 10:00:00",
            "binary": "eA==",
        }.get(field.type, "Forged")


@tagged("post_install", "-at_install")
class TestMessages(MessagesCommon):
    def fields(self):
        return [
            field
            for field in self.env["mail.message"]._fields.values()
            if (field.store or field.inverse) and field.name not in MAGIC_COLUMNS
        ]

    # ---------------------------------------------------
    # Changing
    # ---------------------------------------------------

    def test_what_was_written_is_not_changed_by_anybody(self):
        kept = {**self.notes, **self.letters}
        for role, user in self.users().items():
            for kind, message in kept.items():
                if kind == "note" and role == "leader":
                    continue  # their own
                mine = message.with_user(user).sudo(False)
                ticket = self.complaint.with_user(user).sudo(False)
                values = {
                    field.name: self.value(field)
                    for field in self.fields()
                    if field.name != "starred_partner_ids"
                }
                ways = {
                    "write": lambda vals, m=mine: m.write(vals),
                    "save": lambda vals, m=mine: m.web_save(vals, {}),
                    "ticket": lambda vals, m=mine, t=ticket: t.write(
                        {"message_ids": [Command.update(m.id, vals)]}
                    ),
                }
                if not ticket.has_access("write"):
                    del ways["ticket"]
                for way, attempt in ways.items():
                    for name, value in values.items():
                        self.assertKept(
                            message,
                            lambda a=attempt, n=name, v=value: a({n: v}),
                            role=role,
                            kind=kind,
                            way=way,
                            field=name,
                        )

    def test_what_was_written_is_not_deleted_by_anybody(self):
        elsewhere = self.create_complaint(self.leader, user_id=self.own_handler.id)
        for role, user in self.users().items():
            for kind, message in {**self.notes, **self.letters}.items():
                if kind == "note" and role == "leader":
                    continue
                mine = message.with_user(user).sudo(False)
                ticket = self.complaint.with_user(user).sudo(False)
                other = elsewhere.with_user(user).sudo(False)
                for name in ("message_ids", "website_message_ids"):
                    for way, commands in {
                        "delete": [Command.delete(message.id)],
                        "unlink": [Command.unlink(message.id)],
                        "clear": [Command.clear()],
                        "set": [Command.set([])],
                    }.items():
                        self.assertKept(
                            message,
                            lambda t=ticket, n=name, c=commands: t.write({n: c}),
                            role=role,
                            kind=kind,
                            way=f"{way} {name}",
                        )
                    self.assertKept(
                        message,
                        lambda t=other, n=name, m=message: t.write(
                            {n: [Command.link(m.id)]}
                        ),
                        role=role,
                        kind=kind,
                        way=f"move {name}",
                    )
                self.assertKept(message, mine.unlink, role=role, kind=kind, way="gone")
                for body, files in (("Forged", None), ("", []), (None, [])):
                    self.assertKept(
                        message | message,
                        lambda t=ticket, m=message, b=body, f=files: (
                            t._message_update_content(
                                m.with_user(t.env.user).sudo(),
                                body=b,
                                attachment_ids=f,
                            )
                        ),
                        role=role,
                        kind=kind,
                        way="edit",
                    )

    def test_an_administrator_moves_nothing_onto_a_complaint(self):
        self.manager.group_ids += self.env.ref("base.group_system")
        message = self.customer.message_post(body="Elsewhere")
        mine = message.with_user(self.manager).sudo(False)
        self.assertKept(
            message,
            lambda: mine.write({"model": TICKET, "res_id": self.complaint.id}),
        )
        letter = self.letters["comment"].with_user(self.manager).sudo(False)
        for vals in ({"model": "res.partner", "res_id": 1}, {"res_id": 1}):
            self.assertKept(letter, lambda vals=vals: letter.write(vals))

    def test_a_note_of_one_s_own_is_edited_and_deleted(self):
        note = self.notes["note"].with_user(self.leader).sudo(False)
        note.write({"body": "Corrected"})
        self.assertIn("Corrected", note.body)
        self.complaint.with_user(self.leader)._message_update_content(
            note.sudo(), body="Once more", attachment_ids=[]
        )
        self.assertIn("Once more", note.body)
        self.assertFalse(note.attachment_ids)
        for vals in ({"date": "2026-01-01"}, {"author_id": self.customer.id}):
            with self.assertRaises(AccessError):
                note.write(vals)
        note.toggle_message_starred()
        self.letters["letter"].with_user(self.leader).sudo(
            False
        ).toggle_message_starred()
        note.unlink()
        self.assertFalse(note.exists())

    def test_a_note_that_went_to_the_customer_stays(self):
        note = self.post(self.leader, "Dear", partner_ids=self.customer.ids)
        with self.assertRaises(AccessError):
            note.with_user(self.leader).sudo(False).unlink()

    def test_editing_a_note_deletes_no_evidence(self):
        proof = self.letters["comment"].attachment_ids
        note = self.complaint.with_user(self.own_handler).message_post(
            body="Look", message_type="comment", attachment_ids=proof.ids
        )
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.own_handler)._message_update_content(
                note.sudo(), body="Look", attachment_ids=[]
            )
        self.assertTrue(proof.exists())

    def test_messages_of_ordinary_tickets_are_as_before(self):
        ticket = self.create_ticket()
        message = ticket.with_user(self.outsider).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        message.write({"body": "Hello again", "date": "2026-01-01 10:00:00"})
        message.unlink()
        self.assertFalse(message.exists())

    def test_customers_write_on_ordinary_tickets_as_before(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        message = ticket.with_user(self.portal_user).message_post(body="Hello")
        self.assertEqual(message.author_id, self.customer)

    def test_a_complaint_does_not_become_an_ordinary_ticket_by_its_date(self):
        complaint = self.complaint.with_user(self.own_handler)
        with self.assertRaises(UserError):
            complaint.complaint_received_at = False

    # ---------------------------------------------------
    # Forging
    # ---------------------------------------------------

    def forgeries(self, user, **vals):
        """Return {way: attempt} to create a message on the complaint with values."""
        ticket = self.complaint.with_user(user).sudo(False)
        Message = self.env["mail.message"].with_user(user).sudo(False)
        on = {"model": TICKET, "res_id": ticket.id, "body": "Forged"}
        defaults = {f"default_{name}": value for name, value in {**on, **vals}.items()}
        Composer = self.env["mail.compose.message"].with_user(user).sudo(False)

        def compose(mode):
            fields = {n: v for n, v in vals.items() if n in Composer._fields}
            Composer.create(
                {
                    "model": TICKET,
                    "res_ids": str(ticket.ids),
                    "body": "Forged",
                    "subject": "Forged",
                    "composition_mode": mode,
                    "partner_ids": self.customer.ids,
                    **fields,
                }
            )._action_send_mail()

        def send_later():
            later = self.env["mail.scheduled.message"].with_user(user).sudo(False)
            later = later.create(
                {
                    "model": TICKET,
                    "res_id": ticket.id,
                    "body": "Forged",
                    "scheduled_date": "2026-03-03",
                    "author_id": vals.get("author_id", self.customer.id),
                }
            )
            later.post_message()

        def template(**email_values):
            some = self.env["mail.template"].create(
                {
                    "name": "x",
                    "model_id": self.env["ir.model"]._get_id(TICKET),
                    "body_html": "Forged",
                    "auto_delete": False,
                }
            )
            some.with_user(user).send_mail(ticket.id, email_values=email_values)

        def foreign_template():
            some = self.env["mail.template"].create(
                {
                    "name": "x",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "body_html": "Forged",
                    "auto_delete": False,
                }
            )
            some.with_user(user).send_mail(
                user.partner_id.id, email_values={**on, **vals}
            )

        return {
            "create": lambda: Message.create({**on, **vals}),
            "save": lambda: Message.web_save({**on, **vals}, {}),
            "default": lambda: Message.with_context(**defaults).create({}),
            "ticket": lambda: ticket.write(
                {"message_ids": [Command.create({**on, **vals})]}
            ),
            "post": lambda: ticket.message_post(body="Forged", **vals),
            "notify": lambda: ticket.message_notify(
                body="Forged", partner_ids=self.customer.ids, **vals
            ),
            "context": lambda: ticket.with_context(**defaults).message_post(
                body="Forged"
            ),
            "copy": lambda: (
                self.letters["comment"]
                .with_user(user)
                .sudo(False)
                .copy({"body": "Forged", **vals})
            ),
            "compose": lambda: compose("comment"),
            "mass": lambda: compose("mass_mail"),
            "later": send_later,
            "template": lambda: template(**vals),
            "foreign template": foreign_template,
        }

    def forged(self, user, **vals):
        """Yield each way, with the messages that came of it, before it is undone."""
        Message = self.env["mail.message"].sudo()
        domain = [("model", "=", TICKET), ("res_id", "=", self.complaint.id)]
        before = Message.search(domain)
        for way, attempt in self.forgeries(user, **vals).items():
            with self.undone():
                attempt()
                self.env.flush_all()
                yield way, Message.search(domain) - before

    def test_nobody_writes_in_the_name_of_another(self):
        for role, user in self.users().items():
            victims = {
                "customer": self.customer,
                "robot": self.env.ref("base.partner_root"),
            }
            if user.share:
                victims["staff"] = self.leader.partner_id
            for victim, partner in victims.items():
                if partner == user.partner_id:
                    continue
                for vals in (
                    {"author_id": partner.id},
                    {"email_from": partner.email_formatted},
                    {
                        "author_id": partner.id,
                        "email_from": partner.email_formatted,
                        "message_type": "email",
                    },
                    {"author_id": False, "email_from": "peter@novak.example"},
                ):
                    for way, messages in self.forged(user, **vals):
                        with self.subTest(role=role, victim=victim, way=way, **vals):
                            self.assertNotIn(partner, messages.author_id)
                            self.assertNotIn("email", messages.mapped("message_type"))
                            for message in messages:
                                self.assertTrue(message.author_id)

    def test_one_writes_in_the_name_of_a_colleague_or_the_company(self):
        complaint = self.complaint.with_user(self.own_handler)
        for author in self.leader.partner_id | self.company_a.partner_id:
            message = complaint.message_post(body="x", author_id=author.id)
            self.assertEqual(message.author_id, author)

    def test_when_and_how_it_came_is_not_chosen(self):
        forged = {
            "date": "2026-01-05 10:00:00",
            "message_id": "<known@weber.example>",
            "incoming_email_to": self.customer.email,
            "incoming_email_cc": self.customer.email,
            "tracking_value_ids": [
                Command.create(
                    {
                        "field_id": self.env["ir.model.fields"]
                        ._get(TICKET, "complaint_severity")
                        .id,
                        "new_value_char": "Forged",
                    }
                )
            ],
        }
        for role, user in self.users().items():
            for name, value in forged.items():
                for way, messages in self.forged(user, **{name: value}):
                    with self.subTest(role=role, field=name, way=way):
                        if name == "tracking_value_ids":
                            self.assertFalse(messages.tracking_value_ids)
                        elif name == "date":
                            for message in messages:
                                self.assertGreater(str(message.date), "2026-02")
                        else:
                            self.assertNotIn(value, messages.mapped(name))

    def test_a_first_reply_is_not_forged_by_a_header(self):
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.own_handler.id
        )
        complaint.with_user(self.own_handler).message_post(
            body="I did not send this",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            incoming_email_to=self.customer.email,
        )
        self.assertFalse(complaint.complaint_responded_at)

    def test_customers_write_no_notes(self):
        for vals in (
            {"message_type": "notification", "subtype_id": False},
            {"subtype_id": self.env.ref("mail.mt_note").id},
            {"is_internal": True, "message_type": "auto_comment"},
        ):
            for way, messages in self.forged(self.portal_user, **vals):
                for message in messages:
                    with self.subTest(way=way, **vals):
                        self.assertEqual(message.message_type, "comment")
                        self.assertFalse(message.is_internal)
                        self.assertEqual(
                            message.subtype_id, self.env.ref("mail.mt_comment")
                        )

    def test_a_template_rewrites_no_message(self):
        message = self.letters["comment"]
        template = self.env["mail.template"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": "x",
            }
        )
        for user in (self.user_employee, self.own_handler, self.manager):
            self.assertKept(
                message,
                lambda user=user: template.with_user(user).send_mail(
                    user.partner_id.id,
                    email_values={
                        "mail_message_id": message.id,
                        "body": "Forged",
                        "author_id": self.leader.partner_id.id,
                    },
                ),
                role=user.login,
            )

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def test_customers_read_no_notes(self):
        Message = self.env["mail.message"]
        for user in (self.portal_user, self.other_portal):
            ticket = self.complaint.with_user(user).sudo(False)
            for kind, note in self.notes.items():
                mine = note.with_user(user).sudo(False)
                domain = [("id", "=", note.id)]
                for way, attempt in {
                    "read": lambda m=mine: m.read(["body"]),
                    "web_read": lambda m=mine: m.web_read({"body": {}}),
                    "search_read": lambda m=mine, d=domain: m.search_read(d, ["body"]),
                    "web_search_read": lambda m=mine, d=domain: m.web_search_read(
                        d, {"body": {}}
                    )["records"],
                    "search": lambda m=mine, d=domain: m.search(d),
                    "search_count": lambda m=mine, d=domain: m.search_count(d),
                    "group": lambda m=mine, d=domain: m.formatted_read_group(
                        d, ["author_id"], ["__count"]
                    ),
                    "name_search": lambda m=mine, d=domain: m.name_search("", d),
                    "export": lambda m=mine: m.export_data(["body"])["datas"],
                    "format": lambda m=mine: m.portal_message_format(),
                    "copy": lambda m=mine: m.copy(),
                    "star": lambda m=mine: m.toggle_message_starred(),
                    "by body": lambda m=mine: m.search([("body", "ilike", SECRET)]),
                    "access": lambda m=mine: m.has_access("read"),
                    "with access": lambda m=mine, n=note: m._get_with_access(n.id),
                    "token": lambda m=mine, n=note: m._get_with_access(
                        n.id, mode="create", token=self.sudo._portal_ensure_token()
                    ),
                    "tracking": lambda m=mine: m.read(["tracking_value_ids"]),
                    "values": lambda n=note, u=user: (
                        self.env["mail.tracking.value"]
                        .with_user(u)
                        .sudo(False)
                        .search([("mail_message_id", "=", n.id)])
                    ),
                    "ticket": lambda t=ticket, n=note: [
                        some
                        for some in t.read(["message_ids"])[0]["message_ids"]
                        if some == n.id
                    ],
                    "website": lambda t=ticket, n=note: [
                        some
                        for some in t.read(["website_message_ids"])[0][
                            "website_message_ids"
                        ]
                        if some == n.id
                    ],
                }.items():
                    with self.subTest(user=user.login, kind=kind, way=way):
                        found = None
                        with mute_logger("odoo.addons.base.models.ir_rule"):
                            try:
                                found = attempt()
                            except (AccessError, UserError):
                                found = None
                        self.assertFalse(found)
            for path in ("message_ids", "website_message_ids"):
                for domain in (
                    [(f"{path}.body", "ilike", SECRET)],
                    [(path, "any", [("body", "ilike", SECRET)])],
                ):
                    with self.subTest(user=user.login, domain=domain):
                        self.assertFalse(ticket.search(domain))
        mine = self.letters["letter"].with_user(self.portal_user).sudo(False)
        self.assertIn("L", mine.read(["body"])[0]["body"])
        ticket = self.complaint.with_user(self.portal_user)
        self.assertTrue(ticket.search([("message_ids.body", "ilike", "L")]))
        self.assertIn(mine, Message.with_user(self.portal_user).search([]))


@tagged("post_install", "-at_install")
class TestMessageRoutes(MessagesCommon, HttpCase):
    clock = None  # the server has a clock of its own

    def call(self, route, user, **params):
        if user:
            user.sudo().password = user.login
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            return self.url_open(
                route,
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            ).text

    def visitors(self):
        """Return (user, parameters of access) of everybody outside."""
        token = self.sudo._portal_ensure_token()
        return [
            (self.portal_user, {}),
            (self.other_portal, {}),
            (None, {"token": token}),
            (
                None,
                {"hash": self.sudo._sign_token(self.customer.id)}
                | {"pid": self.customer.id},
            ),
            (self.portal_user, {"token": token}),
        ]

    def test_no_route_shows_a_note_to_somebody_outside(self):
        thread = {"thread_model": TICKET, "thread_id": self.complaint.id}
        note = self.notes["log"]
        asked = ["activities", "attachments", "followers", "scheduledMessages"]
        asked += ["suggestedRecipients", "display_name", "contact_fields"]
        self.sudo.activity_schedule(
            "mail.mail_activity_data_todo", summary=SECRET, user_id=self.leader.id
        )
        note.attachment_ids.name = f"{SECRET}.txt"
        for user, access in self.visitors():
            for route, params in (
                ("/mail/thread/messages", thread),
                (
                    "/mail/thread/messages",
                    {**thread, "fetch_params": {"search_term": SECRET}},
                ),
                ("/mail/chatter_fetch", {**thread, **access}),
                (
                    "/mail/chatter_fetch",
                    {**thread, **access, "fetch_params": {"search_term": SECRET}},
                ),
                ("/portal/chatter_init", {**thread, **access}),
                ("/mail/history/messages", {}),
                ("/mail/inbox/messages", {}),
                (
                    "/mail/data",
                    {
                        "fetch_params": [
                            [
                                "mail.thread",
                                {
                                    **thread,
                                    "request_list": asked,
                                    "access_params": access,
                                },
                            ]
                        ]
                    },
                ),
                (
                    "/mail/message/reaction",
                    {"message_id": note.id, "content": "x", "action": "add", **access},
                ),
                (
                    "/mail/message/update_content",
                    {
                        "message_id": note.id,
                        "update_data": {"body": "x", "attachment_ids": []},
                        **access,
                    },
                ),
                ("/mail/message/translate", {"message_id": note.id}),
                ("/mail/link_preview", {"message_id": note.id}),
            ):
                with self.subTest(user=user and user.login, route=route, **access):
                    answer = self.call(route, user, **params)
                    self.assertNotIn(SECRET, answer)
        self.assertFalse(note.reaction_ids)

    def test_no_route_changes_what_was_written(self):
        kept = [*self.letters.values(), self.notes["log"], self.notes["mail"]]
        insiders = [(self.own_handler, {}), (self.manager, {}), (self.leader, {})]
        for message in kept:
            files = message.attachment_ids
            before = self.state(message), self.state(files)
            for user, access in [*self.visitors(), *insiders]:
                for route, params in (
                    (
                        "/mail/message/update_content",
                        {
                            "message_id": message.id,
                            "update_data": {"body": "Forged", "attachment_ids": []},
                            **access,
                        },
                    ),
                    (
                        "/mail/update_is_internal",
                        {"message_id": message.id, "is_internal": True},
                    ),
                    (
                        "/mail/attachment/delete",
                        {
                            "attachment_id": files[:1].id,
                            "access_token": files[:1]._get_ownership_token(),
                        },
                    ),
                ):
                    with self.subTest(user=user and user.login, route=route, **access):
                        self.call(route, user, **params)
                        after = self.state(message), self.state(files)
                        self.assertEqual(after, before)

    def test_what_customers_post_is_a_comment_of_their_own(self):
        self.env["ir.attachment"].create({"name": SECRET, "raw": b"x"})
        for user, access in self.visitors():
            if user == self.other_portal:
                continue
            with self.subTest(user=user and user.login, **access):
                before = self.sudo.message_ids
                self.call(
                    "/mail/message/post",
                    user,
                    thread_model=TICKET,
                    thread_id=self.complaint.id,
                    post_data={
                        "body": "Hello",
                        "message_type": "notification",
                        "subtype_xmlid": "mail.mt_note",
                        "author_id": self.leader.partner_id.id,
                        "email_from": self.leader.email_formatted,
                    },
                    context={
                        "default_author_id": self.leader.partner_id.id,
                        "default_date": "2026-01-01 10:00:00",
                        "default_attachment_ids": self.env["ir.attachment"]
                        .search([], limit=1)
                        .ids,
                    },
                    **access,
                )
                self.env.invalidate_all()
                message = (self.sudo.message_ids - before)[-1:]
                self.assertEqual(message.author_id, self.customer)
                self.assertEqual(message.message_type, "comment")
                self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
                self.assertFalse(message.attachment_ids)

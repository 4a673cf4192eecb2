"""Field access: every role tries every way to write each restricted field."""

import ast
import base64
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import ComplaintCommon

MIXIN = "complaint.field.access"
ADDON = Path(__file__).parents[2]
ROLES = (
    "own_handler",
    "team_handler",
    "handler",
    "leader",
    "manager",
    "portal_user",
    "user_employee",
    "handler_b",
)
# What a client could send in the context instead of an object of ours.
JSON_VALUES = (True, 1, "history", [1], {"a": 1})
CHANGES = ("write", "create")
# What no text for users may contain.
TECHNICAL = ("helpdesk_mgmt", "helpdesk.ticket", "complaint.", "complaint_", "group_")


class _RolledBack(Exception):
    """Raised to undo what an attempt has done."""


@tagged("post_install", "-at_install")
class TestFieldAccess(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_complaint(
            cls.leader, partner_id=cls.customer.id, user_id=cls.own_handler.id
        ).sudo(False)
        sudo = cls.ticket.sudo()
        sudo._complaint_as_history().stage_id = cls.stages["solution"]
        letter = cls.env["ir.attachment"].create({"name": "signed.pdf", "raw": b"x"})
        # how to make a record of each model that somebody may write
        cls.records = {
            "complaint.consent": {
                "ticket_id": sudo.id,
                "partner_id": cls.customer_company.id,
                "attachment_ids": [Command.set(letter.ids)],
            },
            "complaint.dead.letter": {
                "name": "Unreadable",
                "raw": base64.b64encode(b"raw"),
                "company_id": cls.company_a.id,
                "team_id": cls.team.id,
            },
            "complaint.event": {
                "ticket_id": sudo.id,
                "name": "It fell",
                "date": "2026-02-27",
            },
            "complaint.remedy": {
                "ticket_id": sudo.id,
                "type_id": cls.env["complaint.remedy.type"].search([], limit=1).id,
            },
            "complaint.return.filing": {
                "return_id": cls.env.ref("crm_complaints.complaint_return_fca").id,
                "company_id": cls.company_a.id,
                "date_from": "2025-07-01",
                "date_to": "2025-12-31",
            },
            "complaint.restriction": {
                "partner_id": cls.customer.id,
                "company_id": cls.company_a.id,
                "reason": "He shouted.",
                "measure": "writing",
                "until": "2026-06-01",
                "review_date": "2026-05-01",
            },
            "mail.mail": {"subject": "Hello"},
            "rating.rating": {
                "res_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "res_id": cls.customer.id,
            },
            "res.partner": {"name": "Somebody"},
        }

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def setUp(self):
        super().setUp()
        self.made = {}

    def models(self):
        """Return the models with field access."""
        return [
            self.env[name]
            for name in sorted(self.registry.descendants([MIXIN], "_inherit"))
            if not (self.env[name]._abstract or self.env[name]._transient)
        ]

    def guarded(self, model):
        """Return the restricted fields of a model, with who may write them."""
        writers = {
            field: model._complaint_writer(field) for field in model._fields.values()
        }
        return {field: writer for field, writer in writers.items() if writer}

    def record(self, model):
        if model._name == self.ticket._name:
            return self.ticket
        if model._name not in self.records:
            return model
        if model._name not in self.made:
            record = model.sudo().create(self.records[model._name])
            self.made[model._name] = record.sudo(False)
            self.env.flush_all()
        return self.made[model._name]

    def value(self, field):
        """Return a valid value of a field, and the same as text of an import."""
        if field.type == "selection":
            keys = field.get_values(self.env)
            return keys[-1], keys[-1]
        if field.relational:
            linked = self.env[field.comodel_name].sudo()
            some = linked.with_context(active_test=False).search([], limit=1).id
            one = some or 1
            return (one if field.type == "many2one" else [Command.link(one)]), some
        return {
            "boolean": (True, "True"),
            "integer": (7, "7"),
            "float": (3.5, "3.5"),
            "monetary": (3.5, "3.5"),
            "date": ("2026-01-05", "2026-01-05"),
            "datetime": ("2026-01-05 10:00:00", "2026-01-05 10:00:00"),
            "json": ({"a": 1}, '{"a": 1}'),
            "binary": (base64.b64encode(b"x"), "eA=="),
        }.get(field.type, ("Forged", "Forged"))

    def refusal(self, attempt, is_allowed):
        """Return the message with which an attempt is refused, empty where it is not.

        What is allowed is undone. Other errors, such as a missing value, must not be
        reported as missing rights.
        """
        try:
            if is_allowed:
                with self.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
                    attempt()
                    raise _RolledBack
            result = attempt()
            if isinstance(result, dict) and not result["ids"]:
                return "; ".join(m["message"] for m in result["messages"])
        except AccessError as error:
            return str(error)
        except Exception:
            if not is_allowed:
                raise
        finally:
            if is_allowed:
                self.env.invalidate_all(flush=False)
        return ""

    def ways(self, record, field):
        """Return {way: attempt} to write a field of a record, and of a new one."""
        model, name = record.browse(), field.name
        value, text = self.value(field)
        column = f"{name}/.id" if field.relational else name
        ways = {
            "write": lambda: record.write({name: value}),
            "create": lambda: model.create({name: value}),
            "default": lambda: model.with_context(**{f"default_{name}": value}).create(
                {}
            ),
            "copy": lambda: record.copy({name: value}),
            "load": lambda: model.load([column], [[str(text)]]),
        }
        if field.type == "one2many" or not text:
            del ways["load"]  # needs whole rows of other models, and existing records
        if not record:
            del ways["write"], ways["copy"]
        return ways

    def is_allowed(self, role, writer, way):
        if writer == "creator":
            return way != "write"
        if role != "manager":
            return False
        return writer == "manager" or way == "load"

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    def test_a_role_writes_what_a_field_lets_it_write(self):
        tried = 0
        for model in self.models():
            fields = self.guarded(model)
            for role in ROLES:
                user = getattr(self, role)
                mine = model.with_user(user)
                can_write, can_create = map(mine.has_access, CHANGES)
                if not (can_write or can_create):
                    continue
                record = self.record(model).with_user(user)
                self.assertTrue(record, f"{model._name}: say how to make one")
                for field, writer in fields.items():
                    if not field.store:
                        continue
                    for way, attempt in self.ways(record, field).items():
                        if not (can_write if way == "write" else can_create):
                            continue
                        tried += 1
                        is_allowed = self.is_allowed(role, writer, way)
                        with self.subTest(field=str(field), role=role, way=way):
                            refusal = self.refusal(attempt, is_allowed)
                            self.check_refusal(refusal, record, field, way, is_allowed)
        self.assertGreater(tried, 1000)

    def test_ones_own_defaults_write_no_more_than_oneself(self):
        """Any user may keep defaults for themselves, which Odoo does not check."""
        Default = self.env["ir.default"]
        fact = "complaint_responded_at"
        Default.with_user(self.own_handler).set(
            self.ticket._name, fact, "2026-01-05 10:00:00", user_id=True
        )
        values = {"name": "x", "description": "x", "team_id": self.team.id}
        Mine = self.Ticket.with_user(self.own_handler)
        self.assertFalse(Mine.create(values).sudo()[fact])
        self.assertFalse(Mine.sudo().create(values)[fact])
        for model in self.models():
            fields = [
                field
                for field in model._fields.values()
                if field.store
                and (
                    model._complaint_writer(field)
                    or getattr(field, "complaint_filled_in", False)
                )
            ]
            own = {field.name: self.value(field)[0] for field in fields}
            for role in ROLES:
                mine = model.with_user(getattr(self, role))
                plain = mine.default_get(list(own))
                with patch.object(
                    type(Default), "_get_model_defaults", lambda *args, o=own: dict(o)
                ):
                    defaults = mine.default_get(list(own))
                for field in fields:
                    if not self.is_allowed(role, model._complaint_writer(field), ""):
                        with self.subTest(field=str(field), role=role):
                            self.assertEqual(
                                defaults.get(field.name), plain.get(field.name)
                            )

    def test_what_helpdesk_fills_in_is_not_given_to_a_complaint(self):
        """Not by a client, whereas moving, closing and assigning fill it in."""
        Ticket = self.ticket.browse()
        filled = [
            field
            for field in Ticket._fields.values()
            if getattr(field, "complaint_filled_in", False)
        ]
        self.assertLessEqual(
            {"number", "closed_date", "assigned_date", "duplicate_id"},
            {field.name for field in filled},
        )
        other = self.create_complaint(self.leader, user_id=self.own_handler.id)
        for role in ("own_handler", "manager"):
            mine = self.ticket.with_user(getattr(self, role))
            for field in filled:
                value, text = self.value(field)
                if field.relational:
                    value = text = other.id
                ways = self.ways_of_a_client(mine, field, value, text)
                if role == "manager":
                    del ways["load"]  # history
                for way, attempt in ways.items():
                    with (
                        self.subTest(field=field.name, role=role, way=way),
                        self.assertRaises(UserError),
                    ):
                        result = attempt()
                        if way == "load" and not result["ids"]:
                            raise UserError(result["messages"][0]["message"])
        mine = other.with_user(self.own_handler)
        self.assertNotEqual(mine.copy().number, mine.number)
        self.assertTrue(mine.assigned_date)
        mine.write({"stage_id": self.stages["closed"].id})
        self.assertTrue(mine.closed_date)

    def ways_of_a_client(self, mine, field, value, text):
        Mine, name = mine.browse(), field.name
        column = f"{name}/.id" if field.relational else name
        given = {name: value}
        values = {"name": "Again", "description": "x", "team_id": self.team.id}
        return {
            "write": lambda: mine.write(dict(given)),
            "write with a stage": lambda: mine.write(
                {"stage_id": self.stages["hearing"].id, **given}
            ),
            "create": lambda: Mine.create({**values, **given}),
            "save": lambda: Mine.web_save({**values, **given}, {}),
            "default": lambda: Mine.with_context(**{f"default_{name}": value}).create(
                values
            ),
            "copy": lambda: mine.copy(dict(given)),
            "command": lambda: mine.write(
                {"duplicate_ids": [Command.update(mine.id, dict(given))]}
            ),
            "load": lambda: Mine.load(
                ["name", "description", "team_id/.id", column],
                [["Again", "x", str(self.team.id), str(text)]],
            ),
        }

    def test_ordinary_tickets_keep_what_they_are_given_until_they_are_complaints(self):
        other = self.create_ticket()
        given = {
            "number": "Mine",
            "closed_date": datetime(2026, 1, 5, 10),
            "assigned_date": datetime(2026, 1, 5, 10),
            "last_stage_update": datetime(2026, 1, 5, 10),
        }
        ticket = self.create_ticket(**given, duplicate_id=other.id)
        self.assertEqual(ticket.read(given)[0], {"id": ticket.id, **given})
        ticket.write({**given, "number": "Again"})
        self.assertEqual(ticket.number, "Again")
        ticket.sudo().team_id = self.team
        self.assertTrue(ticket.sudo().is_complaint)
        self.assertFalse(ticket.sudo().closed_date)
        self.assertFalse(ticket.sudo().duplicate_id)

    def check_refusal(self, refusal, record, field, way, is_allowed):
        label = f"“{field.get_description(record.env, ['string'])['string']}”"
        if is_allowed:
            self.assertNotIn(label, refusal)
            return
        self.assertTrue(refusal, "nobody minds")
        if way in ("write", "copy") and not record.has_access("write"):
            return  # refused for the whole record, as Odoo says it
        if not record._has_field_access(field, "read"):
            return  # hidden from them: as Odoo says it
        self.assertIn(label, refusal)
        for word in TECHNICAL:
            self.assertNotIn(word, refusal)

    def test_a_client_is_told_what_is_readonly(self):
        for model in self.models():
            for role in ROLES:
                mine = model.with_user(getattr(self, role))
                if not mine.has_access("read"):
                    continue
                described = mine.fields_get(attributes=["readonly"])
                for field, writer in self.guarded(model).items():
                    if field.name not in described or not field.store:
                        continue
                    with self.subTest(model=model._name, field=field.name, role=role):
                        self.assertEqual(
                            described[field.name]["readonly"],
                            field.readonly
                            or not self.is_allowed(role, writer, "create"),
                        )

    def test_a_readonly_field_of_ours_says_who_writes_it(self):
        for model in self.models():
            if not any(map(model.with_user(self.manager).has_access, CHANGES)):
                continue
            for field in model._fields.values():
                if (
                    (field._module or "").startswith("crm_complaints")
                    and field.store
                    and field.readonly
                    and field.name not in MAGIC_COLUMNS
                ):
                    with self.subTest(field=str(field)):
                        self.assertTrue(
                            model._complaint_writer(field)
                            or getattr(field, "complaint_filled_in", False)
                        )

    def test_a_field_of_ours_on_a_ticket_says_what_becomes_of_it(self):
        for field in self.ticket._fields.values():
            if (
                field.store
                and field.type != "one2many"
                and (
                    field.name == "is_complaint" or field.name.startswith("complaint_")
                )
            ):
                with self.subTest(field=field.name):
                    self.assertIn(
                        getattr(field, "complaint_merge", None),
                        ("keep", "fill", "earliest", "highest", "union", "rule"),
                    )

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def test_a_field_is_searched_by_its_readers_alone(self):
        tried = 0
        for model in self.models():
            for field in model._fields.values():
                if not (field.groups and field.search) or field.store:
                    continue
                if field.name == "message_partner_ids":
                    continue  # of mail: helpdesk_mgmt's page searches by it
                for role in ROLES:
                    mine = model.with_user(getattr(self, role))
                    if not mine.has_access("read") or mine._has_field_access(
                        field, "read"
                    ):
                        continue
                    for searched, path in self.paths_to(mine, field):
                        tried += 1
                        with (
                            self.subTest(field=str(field), role=role, path=path),
                            self.assertRaises(AccessError),
                        ):
                            searched.search([(path, "in", [self.value(field)[1]])])
        self.assertTrue(tried)

    def test_a_related_field_is_grouped_by_its_readers_alone(self):
        tried = 0
        for model in self.models():
            for field in model._fields.values():
                if not (field.related and field.groups) or field.store:
                    continue
                for role in ROLES:
                    mine = model.with_user(getattr(self, role))
                    if not mine.has_access("read") or mine._has_field_access(
                        field, "read"
                    ):
                        continue
                    tried += 1
                    name = field.name
                    for attempt in (
                        lambda mine=mine, name=name: mine.formatted_read_group(
                            [], [name], ["__count"]
                        ),
                        lambda mine=mine, name=name: mine.formatted_read_group(
                            [], [], [f"{name}:max"]
                        ),
                        lambda mine=mine, name=name: mine.search([], order=name),
                    ):
                        with self.subTest(field=str(field), role=role):
                            # Odoo's plain error: what cannot be grouped or summed at all
                            try:
                                attempt()
                            except (AccessError, ValueError):
                                continue
                            self.fail("nobody minds")
        self.assertTrue(tried)

    def test_customers_find_neither_guides_nor_notes(self):
        self.ticket.sudo().message_post(
            body="Zanzibar", subtype_xmlid="mail.mt_note", message_type="comment"
        )
        mine = self.Ticket.with_user(self.portal_user)
        self.assertTrue(mine.search([("id", "=", self.ticket.id)]))
        for name in ("message_ids", "website_message_ids"):
            for domain in (
                [(f"{name}.body", "ilike", "Zanzibar")],
                [(name, "any", [("body", "ilike", "Zanzibar")])],
            ):
                self.assertFalse(mine.search(domain))
                self.assertTrue(self.Ticket.with_user(self.leader).search(domain))
        for attempt in (
            lambda: mine.formatted_read_group([], ["stage_id.description"], []),
            lambda: mine.search([("stage_id.description", "ilike", "a")]),
            lambda: mine.env["helpdesk.ticket.stage"].search_read([], ["description"]),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def paths_to(self, model, field):
        """Return the searches, by each path, that would tell a field's value."""
        yield model, field.name
        for name in self.registry:
            other = model.env[name]
            if other._abstract or not other._auto or not other.has_access("read"):
                continue
            for link in other._fields.values():
                if (
                    link.comodel_name == model._name
                    and link.store
                    and not link.bypass_search_access
                    and other._has_field_access(link, "read")
                ):
                    yield other, f"{link.name}.{field.name}"

    def links(self):
        """Return the links to complaints of each model with field access."""
        for model in self.models():
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and field.comodel_name == self.ticket._name
                ):
                    yield model, field

    def test_a_link_is_set_by_readers_of_the_complaint_alone(self):
        hidden = self.create_complaint(self.leader, user_id=self.handler.id).sudo()
        hidden._complaint_as_history().stage_id = self.stages["solution"]
        hidden.message_unsubscribe(self.own_handler.partner_id.ids)
        for model, field in self.links():
            with self.subTest(field=str(field)):
                self.assertTrue(getattr(field, "complaint_link", False))
                record = self.record(model)
                if not record:
                    continue
                record.flush_recordset()
                record._write({field.name: hidden.id})  # past all hooks
                record.invalidate_recordset()
                with self.assertRaises(AccessError):
                    record.with_user(self.own_handler)._validate_fields([field.name])
                record.with_user(self.leader)._validate_fields([field.name])
                self.env.invalidate_all()
        ordinary = self.create_ticket()
        with self.assertRaises(AccessError):
            ordinary.with_user(self.outsider).duplicate_id = self.create_complaint(
                self.handler_b, team_id=self.team_b.id
            )

    def test_a_link_names_a_complaint_to_its_readers_alone(self):
        hidden = self.create_complaint(
            self.leader, name="Not for everybody", user_id=self.handler.id
        ).sudo()
        links = {
            field.name
            for field in self.ticket._fields.values()
            if field.comodel_name == self.ticket._name
            and field.store
            and field.type == "many2one"
        }
        self.assertLessEqual(
            {"duplicate_id", "complaint_bulk_id", "complaint_repeat_of_id"}, links
        )
        ticket = self.ticket.sudo()
        for name in links:
            self.assertTrue(getattr(ticket._fields[name], "complaint_link", False))
            ticket[name] = hidden
        for user, is_named in (
            (self.own_handler, False),
            (self.handler, True),
            (self.leader, True),
        ):
            mine = self.ticket.with_user(user)
            for name in links:
                field = mine._fields[name]
                if not mine._has_field_access(field, "read"):
                    continue
                self.env.invalidate_all()
                names = (
                    mine.read([name])[0][name][1],
                    mine.web_read({name: {"fields": {"display_name": {}}}})[0][name][
                        "display_name"
                    ],
                    mine.formatted_read_group([("id", "=", mine.id)], [name])[0][name][
                        1
                    ],
                )
                with self.subTest(user=user.name, field=name):
                    for text in names:
                        self.assertEqual(hidden.number in text, is_named, text)
                        self.assertEqual(hidden.name in text, is_named, text)

    # ---------------------------------------------------
    # The context
    # ---------------------------------------------------

    def context_keys(self):
        """Return the keys of the context that our code reads."""
        read, constants = set(), {}
        for path in ADDON.parent.glob("crm_complaints*/**/*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(
                            attr="get", value=ast.Attribute(attr="context")
                        ),
                        args=[key, *_],
                    ):
                        read.add(ast.unparse(key))
                    case ast.Assign(
                        targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))
                    ):
                        constants[name] = repr(text)
        keys = {ast.literal_eval(constants.get(key, key)) for key in read if key}
        return {key for key in keys if key.startswith("complaint_")}

    def test_a_forged_context_opens_nothing(self):
        keys = self.context_keys()
        self.assertLessEqual(
            {"complaint_history", "complaint_batch", "complaint_deferred_ids"}, keys
        )
        plain = self.registered({})
        for value in JSON_VALUES:
            with self.subTest(value=value):
                self.check_context(dict.fromkeys(keys, value), plain)

    def registered(self, context):
        """Return the result of registering a complaint with this context."""
        # another customer each time, as there are limits per hour
        name = f"customer{self.Ticket.sudo().search_count([])}"
        customer = self.env["res.partner"].create(
            {"name": name, "email": f"{name}@weber.example"}
        )
        values = {
            "name": "Again",
            "description": "x",
            "team_id": self.team.id,
            "partner_id": customer.id,
            "channel_id": self.channel_email.id,
        }
        Ticket = self.Ticket.with_user(self.handler)
        Ticket.create(values)
        ticket = Ticket.with_context(**context).create(values)
        milestones = ticket.complaint_milestone_ids
        return {
            "promises": milestones.sorted("milestone").mapped(
                lambda promise: (promise.milestone, promise.state)
            ),
            "thanked": ticket.complaint_acknowledged_by,
            "repeats": ticket.complaint_repeat_count > 0,
        }

    def check_context(self, context, plain):
        self.assertEqual(self.registered(context), plain)
        ticket = self.ticket.with_user(self.handler).with_context(**context)
        with self.assertRaises(AccessError):
            ticket.complaint_responded_at = "2026-01-05 10:00:00"
        with self.assertRaises(AccessError):
            ticket.create({"name": "x", "complaint_resolved_at": "2026-01-05 10:00:00"})
        loaded = ticket.load(["name", "complaint_resolved_at"], [["x", "2026-01-05"]])
        self.assertFalse(loaded["ids"])
        follow_up = {"stage_id": self.stages["follow_up"].id}
        undecided = self.create_complaint(complaint_outcome=False)
        with self.assertRaises(UserError):
            undecided.with_context(**context).write(follow_up)
        remedy = self.record(self.env["complaint.remedy"]).sudo()
        remedy.state = "accepted"
        with self.assertRaises(UserError):
            ticket.write({"stage_id": self.stages["closed"].id})
        self.assertEqual(remedy.state, "accepted")

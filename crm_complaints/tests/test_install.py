"""Installation on a helpdesk in use: fast, however many tickets there are."""

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, convert_file, mute_logger, sql

from ..hooks import COMPUTED_COLUMNS, post_init_hook, pre_init_hook, uninstall_hook
from .common import ComplaintCommon

ADDON = "crm_complaints"
TABLE = "helpdesk_ticket"

# of rating.mixin
RATING_FIELDS = ("rating_last_value",)


@tagged("post_install", "-at_install")
class TestInstall(ComplaintCommon):
    def added_fields(self):
        """Return the ticket's fields that have a column because of this addon alone.

        Those of a mixin count for the addon that inherits it first, here this one.
        """
        return {
            name: field
            for name, field in self.Ticket._fields.items()
            if (field._modules == (ADDON,) or name in RATING_FIELDS)
            and field.store
            and field.column_type
        }

    def regtype(self, definition):
        (row,) = self.env.execute_query(SQL("SELECT to_regtype(%s)", definition))
        self.assertTrue(row[0], definition)
        return row[0]

    # ---------------------------------------------------
    # Uninstalling; really done by make lifecycle
    # ---------------------------------------------------

    def test_uninstalling_switches_rules_on_our_fields_off(self):
        """The fields they watch are gone then, and they would fail on every ticket."""
        ours = self.env.ref("crm_complaints.base_automation_breached").copy()
        model = self.env.ref("helpdesk_mgmt.model_helpdesk_ticket")
        other = self.env["base.automation"].create(
            {
                "name": "Of somebody else",
                "model_id": model.id,
                "trigger": "on_archive",
            }
        )
        on_ours, on_others = self.env["ir.rule"].create(
            [
                {"name": "Some", "model_id": model.id, "domain_force": "[]"},
                {"name": "Some", "model_id": model.id, "domain_force": "[]"},
            ]
        )
        # as if another addon had a field of that name
        for rule, name in ((on_ours, "is_complaint"), (on_others, "complaint_owner")):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE ir_rule SET domain_force = %s WHERE id = %s",
                [f"[('{name}', '=', False)]", rule.id],
            )
        self.env.invalidate_all()
        uninstall_hook(self.env)
        self.assertFalse(ours.active)
        self.assertFalse(on_ours.active)
        self.assertTrue(other.active)
        self.assertTrue(on_others.active)

    def test_uninstalling_deletes_saved_filters_on_our_fields(self):
        ours, *others = self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "helpdesk.ticket", "domain": domain}
                for name, domain in (
                    ("Open", "[('complaint_is_open', '=', True)]"),
                    ("Mine", "[('user_id', '=', uid)]"),
                    ("Words", "[('name', 'ilike', 'complaint')]"),
                    ("Of another addon", "[('complaint_owner', '=', uid)]"),
                )
            ]
        )
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        for other in others:
            self.assertTrue(other.exists(), other.name)

    def test_uninstalling_moves_complaints_to_stages_of_the_helpdesk(self):
        own = self.create_stage("solution")
        complaints = {phase: self.create_complaint() for phase in self.stages}
        for phase, complaint in complaints.items():
            self.bring_in(complaint, phase)
        apart = self.create_complaint(stage_id=own.id)
        apart.active = False
        reserved = self.create_stage(None, sequence=0)
        reserved.team_ids = self.ordinary_team
        uninstall_hook(self.env)
        self.assertFalse(own.search([("complaint_phase", "!=", False)]))
        self.assertFalse(own.exists())
        for phase, complaint in {**complaints, "solution of ours": apart}.items():
            with self.subTest(phase):
                ended = phase in ("follow_up", "closed", "withdrawn")
                self.assertEqual(complaint.stage_id.closed, ended)
                self.assertEqual(complaint.unattended, complaint.stage_id.unattended)
                self.assertNotEqual(complaint.stage_id, reserved, "of another team")
        self.assertTrue(complaints["reception"].unattended)
        self.assertFalse(complaints["hearing"].unattended)

    def test_uninstalling_leaves_what_tickets_use(self):
        """Odoo then deletes what still has an external id of this addon."""
        team = self.env.ref(f"{ADDON}.helpdesk_ticket_team_complaints")
        channel, unused = self.channel_fax, self.channel_chat
        self.create_complaint(team_id=team.id, channel_id=channel.id)
        self.Ticket.search([("channel_id", "=", unused.id)]).channel_id = False
        uninstall_hook(self.env)
        self.assertFalse(team.get_external_id()[team.id])
        self.assertFalse(channel.get_external_id()[channel.id])
        self.assertTrue(unused.get_external_id()[unused.id])

    def test_uninstalling_turns_activities_into_to_dos(self):
        complaint = self.create_complaint()
        call_back = self.env.ref(f"{ADDON}.mail_activity_type_call_back")
        activity = complaint.activity_schedule(
            activity_type_id=call_back.id, user_id=self.handler.id
        )
        activity.summary = False
        uninstall_hook(self.env)
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertEqual(activity.activity_type_id, todo)
        self.assertEqual(activity.summary, call_back.name)

    # ---------------------------------------------------
    # Columns
    # ---------------------------------------------------

    def test_columns_that_would_be_reckoned_are_made_before_the_orm_comes(self):
        computed = {
            name for name, field in self.added_fields().items() if field.compute
        }
        self.assertEqual(sorted(COMPUTED_COLUMNS), sorted(computed))

    def test_columns_have_the_types_of_the_fields(self):
        for name, column in COMPUTED_COLUMNS.items():
            with self.subTest(name):
                made = column.code.split(" DEFAULT ")[0]
                expected = self.Ticket._fields[name].column_type[0]
                self.assertEqual(self.regtype(made), self.regtype(expected))

    def drop_columns(self):
        """Drop the columns of this addon from the ticket's table."""
        self.env.flush_all()
        self.env.invalidate_all()
        for name in self.added_fields():
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP COLUMN %s",
                    SQL.identifier(TABLE),
                    SQL.identifier(name),
                )
            )

    def rows(self):
        """Return the physical place of each row, which an update would change."""
        return self.env.execute_query(
            SQL("SELECT id, ctid, xmin FROM %s ORDER BY id", SQL.identifier(TABLE))
        )

    def install_columns(self):
        """Do what installing does to the ticket's table; return the queries."""
        queries = []
        execute = Cursor.execute

        def listed(cursor, query, *args, **kwargs):
            queries.append(query.code if isinstance(query, SQL) else query)
            return execute(cursor, query, *args, **kwargs)

        with (
            patch.object(Cursor, "execute", listed),
            mute_logger("odoo.schema", "odoo.registry"),
        ):
            pre_init_hook(self.env)
            self.registry.init_models(
                self.env.cr, ["helpdesk.ticket"], {"module": ADDON}
            )
        return queries

    def test_tickets_that_are_there_are_not_touched(self):
        counts = []
        for more in (1, 1, 40):  # the first run fills caches
            self.Ticket.create(
                [
                    {
                        "name": f"Old {index}",
                        "description": "Text",
                        "team_id": self.ordinary_team.id,
                        "partner_id": self.customer.id,
                    }
                    for index in range(more)
                ]
            )
            self.drop_columns()
            before = self.rows()
            queries = self.install_columns()
            self.assertGreaterEqual(len(before), more)
            self.assertEqual(self.rows(), before)
            touching = [
                query
                for query in queries
                if query.lstrip().upper().startswith("UPDATE") and TABLE in query
            ]
            self.assertFalse(touching)
            counts.append(len(queries))
        self.assertEqual(counts[1], counts[2])

    def test_trying_out_letters_changes_no_ticket(self):
        """Odoo tries each template out on a ticket, when it is installed or edited."""
        self.create_ticket(priority="3")
        template = self.env.ref(f"{ADDON}.mail_template_acknowledgement")
        self.Ticket.search([]).access_token = False
        self.env.flush_all()
        before = self.rows()
        made = template.copy({"name": "Another"})
        made.subject = "{{ object.number }}"
        self.env.flush_all()
        self.assertEqual(self.rows(), before)
        self.assertEqual(made.subject, "{{ object.number }}")
        with (
            mute_logger("odoo.addons.mail.models.mail_template"),
            self.assertRaises(ValidationError),
        ):
            made.body_html = '<p t-out="object.no_such_field"/>'

    def test_tickets_that_are_there_stay_ordinary(self):
        ticket = self.create_ticket()
        # installing does not look at complaints
        self.drop_columns()
        self.install_columns()
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL(", ").join(map(SQL.identifier, self.added_fields())),
                SQL.identifier(TABLE),
                ticket.id,
            )
        )
        (row,) = self.env.cr.dictfetchall()
        self.assertIs(row.pop("is_complaint"), False)
        self.assertEqual(set(row.values()), {None})
        found = self.Ticket.search(
            [("is_complaint", "=", False), ("id", "=", ticket.id)]
        )
        self.assertEqual(found, ticket)

    def test_columns_are_as_the_orm_leaves_them(self):
        def columns():
            names = tuple(self.added_fields())
            return self.env.execute_query(
                SQL(
                    "SELECT column_name, udt_name, column_default, is_nullable "
                    "FROM information_schema.columns "
                    "WHERE table_name = %s AND column_name IN %s ORDER BY 1",
                    TABLE,
                    names,
                )
            )

        def constraints_and_indexes():
            return self.env.execute_query(
                SQL(
                    "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass "
                    "UNION ALL SELECT indexname FROM pg_indexes WHERE tablename = %s "
                    "ORDER BY 1",
                    TABLE,
                    TABLE,
                )
            )

        def by_the_orm():
            with mute_logger("odoo.schema", "odoo.registry"):
                self.registry.init_models(
                    self.env.cr, ["helpdesk.ticket"], {"module": ADDON}
                )

        self.drop_columns()
        by_the_orm()
        alone = columns(), constraints_and_indexes()
        self.drop_columns()
        self.install_columns()
        self.assertEqual((columns(), constraints_and_indexes()), alone)

    def test_installing_again_over_left_columns_does_no_harm(self):
        ticket = self.create_complaint()
        number = ticket.number
        self.env.flush_all()
        pre_init_hook(self.env)
        self.env.invalidate_all()
        self.assertTrue(ticket.is_complaint)
        self.assertEqual(ticket.number, number)
        for name in self.added_fields():
            self.assertTrue(sql.column_exists(self.env.cr, TABLE, name))

    # ---------------------------------------------------
    # Numbers and the address
    # ---------------------------------------------------

    def sequences(self, company):
        return self.env["ir.sequence"].search(
            [
                ("code", "=", "helpdesk.ticket.complaint"),
                ("company_id", "=", company.id),
            ]
        )

    def load_sequences(self):
        convert_file(self.env, ADDON, "data/ir_sequence_data.xml", {}, mode="init")

    def test_every_company_has_numbers_archived_ones_as_well(self):
        archived = self.env["res.company"].create({"name": "Given up"})
        archived.active = False
        companies = self.company_a | self.company_b | archived
        for company in companies:
            self.sequences(company).unlink()
        self.load_sequences()
        self.load_sequences()  # companies that have some keep them
        for company in companies:
            self.assertEqual(len(self.sequences(company)), 1, company.name)

    def desk(self):
        """Return the team that comes as data, as it is just before the hook."""
        team = self.env.ref(f"{ADDON}.helpdesk_ticket_team_complaints")
        team.alias_name = False
        return team

    def test_team_takes_the_address_where_it_is_free(self):
        team = self.desk()
        post_init_hook(self.env)
        self.assertEqual(team.alias_name, "complaints")

    def test_address_that_is_taken_stays_with_its_owner(self):
        team = self.desk()
        self.ordinary_team.alias_name = "complaints"
        post_init_hook(self.env)
        self.assertFalse(team.alias_name)
        self.assertEqual(self.ordinary_team.alias_name, "complaints")

    def test_address_that_was_set_stays(self):
        team = self.desk()
        team.alias_name = "klachten"
        post_init_hook(self.env)
        self.assertEqual(team.alias_name, "klachten")

    def test_team_that_was_deleted_is_no_error(self):
        self.desk().unlink()
        post_init_hook(self.env)
        self.assertFalse(
            self.env["mail.alias"].search([("alias_name", "=", "complaints")])
        )

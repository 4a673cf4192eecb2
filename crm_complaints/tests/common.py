"""Common test data: two companies, their complaints teams, users by role."""

from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCommon

CHANNELS = (
    "phone",
    "email",
    "web",
    "visit",
    "letter",
    "fax",
    "chat",
    "messenger",
    "social",
)


class ComplaintCommon(MailCommon):
    """Company A works in Brussels, company B in New York; the clock stands still.

    Set up as OdooBot; what is tested is done by one of these users:

    ==================  ==========================================================
    ``leader``          leads A's complaints team; sees all tickets
    ``handler``         handles complaints in A's team; sees all tickets
    ``team_handler``    the same, sees their teams' tickets only
    ``own_handler``     the same, sees their own and their teams' unassigned ones only
    ``outsider``        works ordinary tickets of A, in no complaints team
    ``manager``         sets the helpdesk up, in A
    ``user_employee``   of A, without any right on the helpdesk
    ``portal_user``     customer (``customer`` is their contact)
    ``handler_b``       handles complaints in company B
    ==================  ==========================================================
    """

    # A Monday; None leaves the clock running (which tours need).
    clock = datetime(2026, 3, 2, 9, 0)

    @classmethod
    def setUpClass(cls):
        if cls.clock:
            cls.frozen = cls.startClassPatcher(freeze_time(cls.clock))
        super().setUpClass()
        if cls.clock:
            # create_date is the time of the transaction
            cls.startClassPatcher(patch.object(cls.env.cr, "now", datetime.now))
        cls.env.user.tz = False
        cls.Ticket = cls.env["helpdesk.ticket"]
        cls._set_up_companies()
        cls._set_up_users()
        cls._set_up_teams()
        cls._set_up_customers()
        for name in CHANNELS:
            channel = cls.env.ref(f"crm_complaints.helpdesk_ticket_channel_{name}")
            setattr(cls, f"channel_{name}", channel)
        # phase -> the stage that comes as data
        cls.stages = {
            phase: stage
            for phase, _label in cls.env["helpdesk.ticket.stage"]
            ._fields["complaint_phase"]
            .selection
            # the phase of another addon has none
            if (
                stage := cls.env.ref(
                    f"crm_complaints.helpdesk_ticket_stage_{phase}",
                    raise_if_not_found=False,
                )
            )
        }

    @classmethod
    def _activate_multi_company(cls):
        """Make the companies of MailCommon, without its users: nobody here needs them.

        They took a third of the time of setting up, for each class anew.
        """
        cls._mc_enabled = True
        cls.company_2, cls.company_3 = cls.env["res.company"].create(
            [
                {"name": "Company 2", "email": "company_2@test.example.com"},
                {"name": "Company 3", "email": "company_3@test.example.com"},
            ]
        )
        cls.user_admin.company_ids += cls.company_2

    @classmethod
    def _set_up_companies(cls):
        cls.company_a = cls.company_admin
        cls.company_b = cls.company_2
        Calendar = cls.env["resource.calendar"]
        for company, tz in (
            (cls.company_a, "Europe/Brussels"),
            (cls.company_b, "America/New_York"),
        ):
            company.resource_calendar_id = Calendar.create(
                {"name": f"Hours of {tz}", "tz": tz, "company_id": company.id}
            )

    @classmethod
    def _set_up_users(cls):
        # in one call, as creating users takes longest
        staff = (
            ("leader", "Lena Leader", "user"),
            ("handler", "Hanna Handler", "user"),
            ("team_handler", "Tim Team", "user_team"),
            ("own_handler", "Otto Own", "user_own"),
            ("outsider", "Olga Outside", "user"),
            ("manager", "Mara Manager", "manager"),
            ("handler_b", "Bruno Handler", "user", cls.company_b),
        )
        users = cls._create_users([cls._prepare_user_vals(*one) for one in staff])
        for (login, *_rest), user in zip(staff, users, strict=True):
            setattr(cls, login, user)

    @classmethod
    def _set_up_teams(cls):
        Team = cls.env["helpdesk.ticket.team"]
        cls.team = Team.create(
            {
                "name": "Complaints A",
                "company_id": cls.company_a.id,
                "is_complaint_team": True,
                "user_id": cls.leader.id,
                "user_ids": [
                    Command.set(
                        (
                            cls.leader
                            | cls.handler
                            | cls.team_handler
                            | cls.own_handler
                        ).ids
                    )
                ],
                "alias_name": "complaints-a",
                "alias_domain_id": cls.mail_alias_domain.id,
            }
        )
        cls.team_b = Team.create(
            {
                "name": "Complaints B",
                "company_id": cls.company_b.id,
                "is_complaint_team": True,
                "user_id": cls.handler_b.id,
                "user_ids": [Command.set(cls.handler_b.ids)],
                "alias_name": "complaints-b",
                "alias_domain_id": cls.mail_alias_domain_c2.id,
            }
        )
        cls.ordinary_team = Team.create(
            {
                "name": "Support A",
                "company_id": cls.company_a.id,
                "user_id": cls.outsider.id,
                "user_ids": [Command.set(cls.outsider.ids)],
            }
        )

    @classmethod
    def _set_up_customers(cls):
        Partner = cls.env["res.partner"]
        cls.customer_company = Partner.create(
            {"name": "Weber Ltd", "is_company": True, "email": "office@weber.example"}
        )
        cls.customer = Partner.create(
            {
                "name": "Anna Weber",
                "parent_id": cls.customer_company.id,
                "email": "anna@weber.example",
                "phone": "+32 2 555 01 01",
                "street": "Main Street 1",
            }
        )
        cls.portal_user = new_test_user(
            cls.env,
            login="portal_customer",
            groups="base.group_portal",
            partner_id=cls.customer.id,
            email=cls.customer.email,
            name=cls.customer.name,
            context={"no_reset_password": True, "mail_create_nolog": True},
        )

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    @classmethod
    def create_user(cls, login, name, role, companies=None):
        """Return a member of staff with a role of helpdesk_mgmt, such as "user_team".

        :param companies: their companies, the first one the current one; A by default
        """
        return cls._create_users([cls._prepare_user_vals(login, name, role, companies)])

    @classmethod
    def _prepare_user_vals(cls, login, name, role, companies=None):
        companies = companies or cls.company_a
        return {
            "login": login,
            "password": f"{login:x<8}",  # as new_test_user does
            "name": name,
            "email": f"{login}@staff.example.com",
            "group_ids": cls.env.ref(f"helpdesk_mgmt.group_helpdesk_{role}").ids,
            "company_id": companies[0].id,
            "company_ids": companies.ids,
            "notification_type": "inbox",
            "tz": "UTC",
        }

    @classmethod
    def _create_users(cls, vals_list):
        context = {"no_reset_password": True, "mail_create_nolog": True}
        return cls.env["res.users"].with_context(**context).create(vals_list)

    @classmethod
    def create_complaint(cls, user=None, **vals):
        """Return a complaint in A's team, made by ``user`` (the handler).

        Its outcome is set, so that it can be resolved.
        """
        return cls.Ticket.with_user(user or cls.handler).create(
            {
                "name": "Broken on arrival",
                "description": "<p>The parcel was open.</p>",
                "team_id": cls.team.id,
                "complaint_outcome": "upheld",
                **vals,
            }
        )

    @classmethod
    def create_ticket(cls, user=None, **vals):
        """Return an ordinary ticket in A's ordinary team, made by ``user``."""
        return cls.Ticket.with_user(user or cls.outsider).create(
            {
                "name": "How do I change my password?",
                "description": "<p>I cannot find it.</p>",
                "team_id": cls.ordinary_team.id,
                **vals,
            }
        )

    @classmethod
    def create_stage(cls, phase, **vals):
        """Return a further stage for ``phase`` (None: an ordinary one), of no team."""
        return cls.env["helpdesk.ticket.stage"].create(
            {
                "name": f"Another {phase}",
                "complaint_phase": phase,
                "company_id": False,
                "sequence": 150,
                **vals,
            }
        )

    def move(self, tickets, phase):
        """Move complaints to the column of ``phase``, as a user does in the kanban.

        Those without an outcome are upheld first.
        """
        if phase in ("follow_up", "closed"):
            undecided = tickets.filtered(lambda ticket: not ticket.complaint_outcome)
            undecided.complaint_outcome = "upheld"
        tickets.write({"stage_id": self.stages[phase].id})

    def bring_in(self, tickets, phase):
        """Put complaints into ``phase``, from any other, as importing history does."""
        self.move(tickets._complaint_as_history(), phase)

    def allow_null(self, table):
        """Let rows be inserted by SQL that leave out the columns of other addons."""
        self.env.cr.execute(
            """
            SELECT attname FROM pg_attribute
             WHERE attrelid = %s::regclass AND attnotnull AND attnum > 0
               AND NOT attisdropped AND attname != 'id'
            """,
            [table],
        )
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL",
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )

    def assertUsesIndex(self, query, index, what="*"):
        """Assert that a search uses an index once there are years of tickets.

        The table is filled, as on the few rows of a test the planner needs no index.

        :param query: what ``_search`` returns
        """
        self.allow_null("helpdesk_ticket")
        self.env.cr.execute(
            """
            INSERT INTO helpdesk_ticket (name, number, description, company_id,
                   is_complaint, active, partner_id, commercial_partner_id,
                   complaint_phone, partner_email)
            SELECT 'Years of them', 'Y/' || row, '', %(company)s, row %% 4 = 0, true,
                   %(partner)s, %(partner)s,
                   '+32 2 ' || 4000000 + row, 'y' || row || '@years.example'
              FROM generate_series(1, 8000) row
            """,
            {"company": self.company_a.id, "partner": self.company_a.partner_id.id},
        )
        self.assertPlanned(query, index, what)

    def assertPlanned(self, query, index, what="*"):
        """Assert that a search in a filled table uses an index."""
        table = SQL.identifier(query.table)
        # rows just inserted are pending in a GIN index, which makes it look costly
        self.env.cr.execute(
            SQL(
                """
                SELECT gin_clean_pending_list(indexrelid)
                  FROM pg_index
                  JOIN pg_class ON pg_class.oid = indexrelid
                  JOIN pg_am ON pg_am.oid = relam
                 WHERE indrelid = %s::regclass AND amname = 'gin'
                """,
                query.table,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select(SQL(what))))
        self.assertIn(index, "\n".join(line for (line,) in plan))

    @contextmanager
    def at(self, moment):
        """Let it be ``moment`` (naive, UTC) inside the block."""
        before = datetime.now()
        self.frozen.move_to(moment)
        try:
            yield
        finally:
            self.frozen.move_to(before)

"""Performance: queries per further complaint, and none for ordinary tickets."""

import re
from functools import partial
from unittest.mock import patch

from odoo.tests import tagged

from ...models.core.helpdesk_ticket import HelpdeskTicket
from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestPerformance(ComplaintCommon):
    """Bounds are per further record: fixed costs of other addons do not count."""

    def count(self, function, records):
        """Return how many queries ``function(records)`` takes, writing included."""
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function(records)
        # what is done before a commit, such as the messages of tracked fields
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def cost(self, function, make, few=2, many=22):
        """Return the queries that each further record takes."""
        self.count(function, make(few))  # caches of views, templates, rights
        low = self.count(function, make(few))
        # twice, as a cache may be filled again, which is no further record's query
        high = min(self.count(function, make(many)) for _time in range(2))
        return (high - low) / (many - few)

    def values(self, count, **vals):
        return [
            {
                "name": f"T{i}",
                "description": "D",
                "team_id": self.team.id,
                "complaint_outcome": "upheld",
                **vals,
            }
            for i in range(count)
        ]

    def create_by_handler(self, vals_list):
        return self.Ticket.with_user(self.handler).create(vals_list)

    def complaints(self, count, **vals):
        return self.create_by_handler(self.values(count, **vals))

    def ordinary(self, count, **vals):
        vals = {"team_id": self.ordinary_team.id, **vals}
        return self.Ticket.with_user(self.outsider).create(self.values(count, **vals))

    def test_creating(self):
        """A complaint costs about what an ordinary ticket does, its e-mail included."""
        # the rule for repeat complaints is no part of registering
        self.env.ref("crm_complaints.base_automation_repeat").active = False
        ordinary = self.cost(
            self.Ticket.with_user(self.outsider).create,
            lambda count: self.values(count, team_id=self.ordinary_team.id),
        )
        for name, vals, bound in (
            ("nobody to answer", {}, -1),
            (
                "call back",
                {"channel_id": self.channel_phone.id, "partner_id": self.customer.id},
                0,
            ),
            (
                "e-mail",
                {"channel_id": self.channel_email.id, "partner_id": self.customer.id},
                1,
            ),
        ):
            with self.subTest(name):
                cost = self.cost(
                    self.create_by_handler,
                    lambda count, vals=vals: self.values(count, **vals),
                )
                self.assertLessEqual(cost, ordinary + bound)

    def test_an_ordinary_ticket_reads_nothing_of_ours_and_no_currency(self):
        """So that it costs what it costs without the addon (`make bench`)."""
        values = self.values(1, team_id=self.ordinary_team.id)
        Ticket = self.Ticket.with_user(self.outsider)
        Ticket.create(values)  # the caches
        self.env.flush_all()
        self.env.invalidate_all()
        queries = []
        execute = type(self.env.cr).execute

        def noting(cursor, query, *args, **kwargs):
            queries.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", noting):
            Ticket.create(values)
            self.env.flush_all()
        self.assertTrue(queries)
        read = [
            query
            for query in queries
            if re.search(r'FROM "?(complaint_|res_currency)', query)
        ]
        self.assertEqual(read, [])

    def test_registering(self):
        cost = self.cost(lambda t: t.action_complaint_register(), self.ordinary)
        self.assertLessEqual(cost, 6)

    def test_moving(self):
        for phase in ("hearing", "follow_up", "closed"):
            with self.subTest(phase):
                cost = self.cost(
                    lambda t, phase=phase: self.move(t, phase), self.complaints
                )
                self.assertLessEqual(cost, 4)

    def test_reopening(self):
        cost = self.cost(
            lambda t: t.action_complaint_reopen(),
            lambda count: self.complaints(count, stage_id=self.stages["closed"].id),
        )
        self.assertLessEqual(cost, 4)

    def test_reading_a_list_takes_the_same_queries_for_any_length(self):
        views = self.env["ir.ui.view"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("type", "in", ("list", "kanban")),
                ("name", "ilike", "complaint"),
            ]
        )
        self.assertTrue(views)
        self.complaints(22, partner_id=self.customer.id)
        Ticket = self.Ticket.with_user(self.handler)
        for view in views:
            arch = Ticket.get_view(view.id, view.type)
            fields = arch["models"]["helpdesk.ticket"]
            specification = {
                name: {"fields": {"display_name": {}}}
                if Ticket._fields[name].relational
                else {}
                for name in fields
            }

            def read(limit, specification=specification):
                Ticket.web_search_read(
                    [("team_id", "=", self.team.id)], specification, limit=limit
                )

            with self.subTest(view.name):
                self.count(read, 3)
                # earlier complaints may be in the longer list, and not in the short one
                self.assertLessEqual(self.count(read, 22), self.count(read, 3))

    def test_columns_of_the_kanban_take_the_same_queries_for_any_size(self):
        def read(_records):
            self.Ticket.with_user(self.handler).with_context(
                default_is_complaint=True, read_group_expand=True
            ).web_read_group([("is_complaint", "=", True)], ["stage_id"], ["__count"])

        counts = []
        for more in (3, 20):
            self.complaints(more)
            self.count(read, None)  # creating may have emptied a cache
            counts.append(self.count(read, None))
        self.assertEqual(counts[0], counts[1])

    def test_ordinary_tickets_pay_nothing(self):  # pylint: disable=missing-return
        """Queries that this addon adds to writing an ordinary ticket's stage."""
        stages = [self.create_stage(None, name=name) for name in ("One", "Two")]
        tickets = self.ordinary(22)
        override = HelpdeskTicket.write

        def theirs(records, vals):
            return super(HelpdeskTicket, records).write(vals)

        def move(stage):
            return self.count(lambda t: t.write({"stage_id": stage.id}), tickets)

        move(stages[0])
        with_us = move(stages[1])
        with patch.object(HelpdeskTicket, "write", theirs):
            without = move(stages[0])
        self.assertIs(HelpdeskTicket.write, override)
        self.assertLessEqual(with_us, without + 2)

    def test_nobody_is_asked_how_new_tickets_were_rated(self):
        for make in (self.complaints, self.ordinary):
            with (
                self.subTest(make.__name__),
                patch.object(
                    self.registry["helpdesk.ticket"], "_compute_rating_last_value"
                ) as compute,
            ):
                tickets = make(3)
                self.env.flush_all()
                compute.assert_not_called()
            self.env.invalidate_all()
            self.assertEqual(set(tickets.sudo().mapped("rating_last_value")), {0})

    def test_nobody_is_asked_how_a_ticket_was_rated_that_is_handed_on(self):
        tickets = self.ordinary(3)
        self.env.flush_all()
        with patch.object(
            self.registry["helpdesk.ticket"], "_compute_rating_last_value"
        ) as compute:
            tickets.user_id = self.leader
            self.env.flush_all()
            compute.assert_not_called()

    def test_who_may_read_a_field_is_told_without_reading_the_user(self):
        field = self.Ticket._fields["access_token"]
        for user in (self.env.user, self.outsider, self.portal_user):
            for su in (False, True):
                Ticket = self.Ticket.with_user(user).sudo(su)
                with self.subTest(user=user.login, su=su):
                    ask = partial(Ticket._has_field_access, field, "read")
                    self.assertEqual(ask(), su or user == self.env.user)
                    self.assertEqual(self.count(lambda _none, ask=ask: ask(), None), 0)

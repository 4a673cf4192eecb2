"""res.partner: number of complaints, counted for the whole commercial entity."""

import random
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ...engine import phases
from ..common import ComplaintCommon

COUNTS = ("complaint_count", "complaint_open_count")


@tagged("post_install", "-at_install")
class TestPartnerComplaints(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_team = cls.team.copy(
            {
                "name": "Second desk of A",
                "alias_name": False,
                "user_id": cls.outsider.id,
                "user_ids": [Command.set(cls.outsider.ids)],
            }
        )
        cls.manager.company_ids = [Command.link(cls.company_b.id)]
        cls._set_up_history()

    @classmethod
    def _set_up_history(cls):
        """Companies with contacts and lone people, with complaints at random."""
        chance = random.Random(20260302)
        Partner = cls.env["res.partner"].with_context(mail_create_nolog=True)
        companies = Partner.create(
            [{"name": f"Company {n}", "is_company": True} for n in range(12)]
        )
        people = Partner.create(
            [
                {
                    "name": f"Person {n}",
                    "parent_id": chance.choice([False, *companies.ids]),
                }
                for n in range(60)
            ]
        )
        assistants = Partner.create(
            [
                {"name": f"Assistant {n}", "parent_id": chance.choice(people).id}
                for n in range(8)
            ]
        )
        cls.partners = companies | people | assistants
        # some never complain, others often
        complaining = chance.sample(cls.partners, 30) * 3
        tickets = cls.Ticket._complaint_as_history().with_context(
            mail_create_nolog=True
        )
        tickets.create(
            [
                {
                    "name": f"Matter {n}",
                    "description": "<p>Text</p>",
                    "partner_id": chance.choice(complaining).id,
                    "team_id": team.id,
                    "stage_id": cls.stages[chance.choice(phases.ALL)].id,
                    "complaint_received_at": cls.clock
                    - timedelta(hours=chance.randrange(5)),
                    "active": chance.random() > 0.1,
                }
                for n, team in enumerate(
                    chance.choices([cls.team, cls.second_team, cls.team_b], k=90)
                )
            ]
        )
        # ordinary tickets of the same people do not count
        tickets.create(
            [
                {
                    "name": f"Question {n}",
                    "description": "<p>Text</p>",
                    "partner_id": chance.choice(cls.partners).id,
                    "team_id": cls.ordinary_team.id,
                }
                for n in range(20)
            ]
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def views(self):
        """Yield (description, environment) of each user with different access."""
        env = self.env(su=False)
        yield "all of A", env(user=self.handler)
        yield "their teams'", env(user=self.team_handler)
        yield "all of B", env(user=self.handler_b)
        both = {"allowed_company_ids": (self.company_a | self.company_b).ids}
        yield "both companies", env(user=self.manager, context=both)
        only_b = {"allowed_company_ids": self.company_b.ids}
        yield "one of two companies", env(user=self.manager, context=only_b)

    def naive(self, env):
        """Return {partner id: (count, open, last received)}, one by one."""
        complaints = env["helpdesk.ticket"].search([("is_complaint", "=", True)])
        result = {}
        for partner in self.partners:
            own = [
                complaint
                for complaint in complaints
                if complaint.partner_id.sudo().commercial_partner_id
                == partner.commercial_partner_id
                and partner.commercial_partner_id
            ]
            result[partner.id] = (
                len(own),
                len([c for c in own if c.complaint_phase in phases.OPEN]),
                max((c.complaint_received_at for c in own), default=False),
            )
        return result

    def counted(self, env):
        return {
            partner.id: (
                partner.complaint_count,
                partner.complaint_open_count,
                partner.complaint_last_received_at,
            )
            for partner in self.partners.with_env(env)
        }

    # ---------------------------------------------------
    # Counting
    # ---------------------------------------------------

    def test_counts_are_those_a_person_would_count(self):
        found = set()
        for name, env in self.views():
            with self.subTest(who=name):
                counted = self.counted(env)
                self.assertEqual(counted, self.naive(env))
                self.assertTrue(any(count for count, _open, _last in counted.values()))
                found.add(tuple(sorted(counted.items())))
        self.assertEqual(len(found), 4, "who sees B alone sees the same, twice")

    def test_whole_company_counts_wherever_one_looks(self):
        head = self.customer_company
        colleague = self.env["res.partner"].create(
            {"name": "Carl Weber", "parent_id": head.id}
        )
        self.create_complaint(partner_id=self.customer.id)
        self.create_complaint(partner_id=head.id)
        for partner in (head | self.customer | colleague).with_user(self.handler):
            self.assertEqual(partner.complaint_count, 2, partner.name)

    def test_counts_follow_what_happens_in_one_transaction(self):
        customer = self.customer.with_user(self.handler)
        self.assertEqual(
            (customer.complaint_count, customer.complaint_open_count), (0, 0)
        )
        self.assertFalse(customer.complaint_last_received_at)
        complaint = self.create_complaint(partner_id=customer.id)
        self.assertEqual(
            (customer.complaint_count, customer.complaint_open_count), (1, 1)
        )
        self.assertEqual(customer.complaint_last_received_at, self.clock)
        for phase, expected in (
            ("agreement", 1),
            ("follow_up", 0),
            ("hearing", 1),
            ("withdrawn", 0),
        ):
            self.move(complaint, phase)
            self.assertEqual(customer.complaint_open_count, expected, phase)
            self.assertEqual(customer.complaint_count, 1)

    def test_ordinary_tickets_do_not_count(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        customer = self.customer.with_user(self.leader)
        self.assertEqual(customer.complaint_count, 0)
        ticket.with_user(self.leader).action_complaint_register()
        self.env.invalidate_all()
        self.assertEqual(customer.complaint_count, 1)

    def test_complaint_about_a_colleague_does_not_show_in_their_counts(self):
        self.create_complaint(
            partner_id=self.customer.id,
            user_id=self.handler.id,
            complaint_concerned_user_ids=[Command.link(self.leader.id)],
        )
        self.assertEqual(self.customer.with_user(self.handler).complaint_count, 1)
        self.assertEqual(self.customer.with_user(self.leader).complaint_count, 0)

    def test_colleague_without_the_helpdesk_sees_customers_without_counts(self):
        self.create_complaint(partner_id=self.customer.id)
        customer = self.customer.with_user(self.user_employee)
        self.assertEqual(
            customer.read([*COUNTS, "complaint_last_received_at"]),
            [
                {
                    "id": customer.id,
                    "complaint_count": 0,
                    "complaint_open_count": 0,
                    "complaint_last_received_at": False,
                }
            ],
        )

    def test_customer_that_is_not_saved_yet_has_none(self):
        new = self.env["res.partner"].with_user(self.handler).new({"name": "New"})
        self.assertEqual((new.complaint_count, new.complaint_open_count), (0, 0))
        self.assertFalse(new.complaint_last_received_at)

    def test_page_of_customers_costs_no_more_than_one_of_them(self):
        env = self.env(user=self.handler, su=False)
        fields = [*COUNTS, "complaint_last_received_at"]

        def queries(partners):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.with_env(env).read(fields)
            return self.cr.sql_log_count - before

        self.assertEqual(len(self.partners), 80)
        queries(self.partners)  # what is read once a process
        few = queries(self.partners[:2])
        self.assertEqual(queries(self.partners), few)
        self.assertLessEqual(few, 6)

    # ---------------------------------------------------
    # Searching
    # ---------------------------------------------------

    def assertSearches(self, env, domain, expected):
        found = env["res.partner"].search(
            [("id", "in", self.partners.ids), *domain], order="id"
        )
        names = self.partners.browse(sorted(expected)).mapped("name")
        self.assertEqual(found.mapped("name"), names, domain)

    def test_search_finds_those_whose_count_it_is(self):
        operators = {
            "=": lambda count, value: count == value,
            "!=": lambda count, value: count != value,
            ">": lambda count, value: count > value,
            "<": lambda count, value: count < value,
            ">=": lambda count, value: count >= value,
            "<=": lambda count, value: count <= value,
            "in": lambda count, value: count in value,
            "not in": lambda count, value: count not in value,
        }
        for name, env in self.views():
            naive = self.naive(env)
            for position, field in enumerate(COUNTS):
                for operator, test in operators.items():
                    for value in (
                        [[0], [1, 3], [0, 2], []]
                        if "in" in operator
                        else [0, 1, 2, 5, 99, -1]
                    ):
                        with self.subTest(
                            who=name, field=field, operator=operator, value=value
                        ):
                            self.assertSearches(
                                env,
                                [(field, operator, value)],
                                {
                                    partner
                                    for partner, counts in naive.items()
                                    if test(counts[position], value)
                                },
                            )

    def test_search_for_a_false_count_finds_those_without(self):
        env = self.env(user=self.handler, su=False)
        naive = self.naive(env)
        without = {partner for partner, counts in naive.items() if not counts[0]}
        self.assertSearches(env, [("complaint_count", "=", False)], without)
        self.assertSearches(
            env, [("complaint_count", "!=", False)], set(naive) - without
        )

    def test_search_by_the_date_of_the_last_complaint(self):
        operators = {
            "=": lambda last, value: last == value,
            "!=": lambda last, value: last != value,
            ">": lambda last, value: last and last > value,
            "<": lambda last, value: last and last < value,
            ">=": lambda last, value: last and last >= value,
            "<=": lambda last, value: last and last <= value,
        }
        for name, env in self.views():
            naive = self.naive(env)
            for operator, test in operators.items():
                for hours in (0, 2, 4, 30):
                    value = self.clock - timedelta(hours=hours)
                    expected = {
                        partner
                        for partner, counts in naive.items()
                        if test(counts[2], value)
                    }
                    for asked in (value, str(value)):
                        with self.subTest(who=name, operator=operator, value=asked):
                            self.assertSearches(
                                env,
                                [("complaint_last_received_at", operator, asked)],
                                expected,
                            )

    def test_search_by_whether_there_was_a_complaint_at_all(self):
        for name, env in self.views():
            naive = self.naive(env)
            without = {partner for partner, counts in naive.items() if not counts[2]}
            field = "complaint_last_received_at"
            with self.subTest(who=name):
                self.assertSearches(env, [(field, "=", False)], without)
                self.assertSearches(env, [(field, "!=", False)], set(naive) - without)

    # ---------------------------------------------------
    # The button
    # ---------------------------------------------------

    def test_button_opens_what_it_counts(self):
        for name, env in self.views():
            with self.subTest(who=name):
                for partner in self.partners.with_env(env)[:20]:
                    action = partner.action_view_complaints()
                    self.assertEqual(
                        env["helpdesk.ticket"].search_count(action["domain"]),
                        partner.complaint_count,
                    )

    def test_complaint_made_from_there_is_the_customer_s(self):
        action = self.customer.with_user(self.handler).action_view_complaints()
        self.assertEqual(action["context"]["default_partner_id"], self.customer.id)
        complaint = (
            self.Ticket.with_user(self.handler)
            .with_context(**action["context"])
            .create({"name": "From there", "description": "<p>Text</p>"})
        )
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.partner_id, self.customer)

    # ---------------------------------------------------
    # Speed
    # ---------------------------------------------------

    def test_index_serves_the_count(self):
        """A sequential scan over years of tickets would open every customer slowly."""
        asked = self.Ticket.sudo()._search(
            [
                ("is_complaint", "=", True),
                ("commercial_partner_id", "=", self.customer_company.id),
            ]
        )
        self.assertUsesIndex(
            asked, "helpdesk_ticket_complaint_commercial_partner_idx", "COUNT(*)"
        )

    def test_salutation_is_how_letters_address_them(self):
        self.customer.complaint_salutation = "Ms Weber"
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(complaint.complaint_greeting_name, "Ms Weber")
        self.customer.complaint_salutation = False
        self.assertEqual(complaint.complaint_greeting_name, "Anna Weber")
        stranger = self.create_complaint(partner_name="Peter Novak")
        self.assertEqual(stranger.complaint_greeting_name, "Peter Novak")

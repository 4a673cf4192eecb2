"""Complaint history: each figure is what the user would count by hand."""

import random
from collections import defaultdict
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine import outcomes, phases
from ...models.customer.res_partner_history import REMEDY_FIGURES, TICKET_FIGURES
from ..common import ComplaintCommon

FIGURES = TICKET_FIGURES + REMEDY_FIGURES
NO_NULLS = frozenset(FIGURES) - {
    "complaint_last_received_at",
    "complaint_satisfaction",
    "complaint_upheld_share",
    "complaint_trust",
}
SHARE = "complaint_upheld_share"
RESULTS = ("restored", "partly", "lost")
STATES = ("draft", "proposed", "accepted", "rejected", "done", "cancelled")
OPERATORS = {
    "=": lambda figure, value: figure == value,
    "!=": lambda figure, value: figure != value,
    ">": lambda figure, value: figure > value,
    "<": lambda figure, value: figure < value,
    ">=": lambda figure, value: figure >= value,
    "<=": lambda figure, value: figure <= value,
}


class PartnerFileCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dollar, euro = cls.env.ref("base.USD"), cls.env.ref("base.EUR")
        (dollar | euro).active = True
        here = cls.company_a.currency_id
        cls.company_b.currency_id = euro if here == dollar else dollar
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.company_b.currency_id.id,
                "company_id": cls.company_a.id,
                "name": cls.clock.date(),
                "rate": 1.25,
            }
        )
        (cls.company_a | cls.company_b).complaint_hear_first = False
        cls.remedy_type = cls.env["complaint.remedy.type"].search([], limit=1)

    def given(self, complaint, state="done", amount=0):
        """Return a remedy in ``state``."""
        return self.env["complaint.remedy"].create(
            {
                "ticket_id": complaint.id,
                "type_id": self.remedy_type.id,
                "state": state,
                "amount": amount,
            }
        )


@tagged("post_install", "-at_install")
class TestPartnerFigures(PartnerFileCommon):
    """On random histories: contacts of companies, two teams of one company, another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_team = cls.team.copy(
            {
                "name": "Second desk of A",
                "alias_name": False,
                "user_ids": [Command.set(cls.outsider.ids)],
            }
        )
        cls.manager.company_ids = [Command.link(cls.company_b.id)]
        Partner = cls.env["res.partner"].with_context(mail_create_nolog=True)
        companies = Partner.create(
            [{"name": f"Company {n}", "is_company": True} for n in range(8)]
        )
        people = Partner.create(
            [
                {"name": f"Person {n}", "parent_id": companies[n % 11 : n % 11 + 1].id}
                for n in range(40)
            ]
        )
        cls.partners = companies | people
        tickets = cls.Ticket._complaint_as_history().with_context(
            mail_create_nolog=True
        )
        cls.complaints = tickets.create(
            [
                {
                    "name": f"Matter {n}",
                    "description": "<p>Text</p>",
                    "partner_id": cls.partners[n % len(cls.partners)].id,
                    "team_id": (cls.team, cls.second_team, cls.team_b)[n % 3].id,
                }
                for n in range(90)
            ]
        )
        cls.remedies = cls.env["complaint.remedy"].create(
            [
                {"ticket_id": complaint.id, "type_id": cls.remedy_type.id}
                for complaint in cls.complaints[::2]
            ]
        )
        cls.env.flush_all()

    def shuffle(self, seed):
        """Give the complaints another history, at random."""
        chance = random.Random(seed)
        teams = [self.team, self.second_team, self.team_b]
        often = chance.sample(self.partners, 20)

        def maybe(values, share=0.6):
            return chance.choice(values) if chance.random() < share else None

        self.env.flush_all()
        for complaint in self.complaints:
            partner = chance.choice(often)
            team = chance.choice(teams)
            phase = chance.choice(phases.ALL)
            users = self.team.user_ids if team == self.team else team.user_ids
            self.set_sql(
                complaint,
                partner_id=partner.id,
                commercial_partner_id=partner.commercial_partner_id.id,
                team_id=team.id,
                company_id=team.company_id.id,
                user_id=maybe(users.ids),
                stage_id=self.stages[phase].id,
                complaint_phase=phase,
                complaint_is_open=phase in phases.OPEN,
                complaint_received_at=self.clock
                - timedelta(hours=chance.randrange(2000)),
                complaint_outcome=maybe((*outcomes.DECIDED, outcomes.WITHDRAWN)),
                rating_last_value=maybe((1, 3, 5)) or 0,
                complaint_follow_up_result=maybe(RESULTS),
                complaint_follow_up_at=maybe(
                    [self.clock - timedelta(hours=n) for n in range(5)]
                ),
                complaint_reopened_at=maybe(
                    [self.clock - timedelta(minutes=n) for n in range(400)], 0.2
                ),
                complaint_repeat_of_id=maybe(self.complaints.ids, 0.3),
                active=chance.random() > 0.1,
                duplicate_id=maybe(self.complaints.ids, 0.1),
            )
        for remedy in self.remedies:
            self.set_sql(
                remedy,
                ticket_id=chance.choice(self.complaints).id,
                state=chance.choice(STATES),
                amount=chance.choice((0, 10, 19.99, 250)),
            )
        self.env.invalidate_all()
        # by the ORM, as it is cached which complaints are hidden from whom
        for complaint in chance.sample(self.complaints, 6):
            complaint.with_context(
                active_test=False
            ).complaint_concerned_user_ids = self.leader
        self.addCleanup(self.env.registry.clear_cache)

    def set_sql(self, record, **values):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(record._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
                record.id,
            )
        )

    def views(self):
        """Yield (name, environment) of each view that counts differently."""
        env = self.env(su=False)
        yield "all of A", env(user=self.handler)
        yield "but those about them", env(user=self.leader)
        yield "their team's", env(user=self.team_handler)
        yield "their own", env(user=self.own_handler)
        both = {"allowed_company_ids": (self.company_a | self.company_b).ids}
        yield "both companies", env(user=self.manager, context=both)
        turned = {"allowed_company_ids": (self.company_b | self.company_a).ids}
        yield "both, in the other's money", env(user=self.manager, context=turned)
        yield "everything", self.env(context={"active_test": False})

    def naive(self, env):
        """Return {partner: {figure: value}}, counted one by one."""
        complaints = (
            env["helpdesk.ticket"]
            .with_context(active_test=True)
            .search([("is_complaint", "=", True)])
        )
        hidden = () if env.su else env["res.users"]._complaint_hidden_ids(env.uid)
        by_customer = defaultdict(list)
        for complaint in complaints.sudo():
            if not complaint.duplicate_id:
                by_customer[complaint.partner_id.commercial_partner_id.id].append(
                    complaint
                )
        return {
            partner: self.naive_figures(
                by_customer[partner.commercial_partner_id.id], hidden, env.company
            )
            for partner in self.partners
        }

    def naive_figures(self, own, hidden, company):
        decided = [c for c in own if c.complaint_outcome in outcomes.DECIDED]
        upheld = [c for c in own if c.complaint_outcome in ("upheld", "partly_upheld")]
        ratings = [c.rating_last_value for c in own if c.rating_last_value]
        asked = sorted(
            (c for c in own if c.complaint_follow_up_result),
            key=lambda c: (
                c.complaint_follow_up_at
                or c.complaint_reopened_at
                or c.complaint_received_at,
                c.id,
            ),
        )
        remedies = [remedy for c in own for remedy in c.complaint_remedy_ids]
        done = [remedy for remedy in remedies if remedy.state == "done"]
        return {
            "complaint_count": len(own),
            "complaint_open_count": len(
                [c for c in own if c.complaint_phase in phases.OPEN]
            ),
            "complaint_last_received_at": max(
                (c.complaint_received_at for c in own), default=False
            ),
            "complaint_repeat_count": len(
                [
                    c
                    for c in own
                    if c.complaint_repeat_of_id
                    and c.complaint_repeat_of_id.id not in hidden
                ]
            ),
            "complaint_decided_count": len(decided),
            "complaint_upheld_share": round(100 * len(upheld) / len(decided), 1)
            if decided
            else 0,
            "complaint_satisfaction": round(sum(ratings) / len(ratings), 2)
            if ratings
            else 0,
            "complaint_trust": asked[-1].complaint_follow_up_result if asked else False,
            "complaint_remedy_count": len(done),
            "complaint_remedy_amount": round(
                sum(
                    remedy.complaint_currency_id._convert(
                        remedy.amount,
                        company.currency_id,
                        company,
                        self.clock.date(),
                        round=False,
                    )
                    for remedy in done
                ),
                2,
            ),
            "complaint_outstanding_count": len(
                [remedy for remedy in remedies if remedy.state == "accepted"]
            ),
        }

    def test_figures_are_those_a_person_would_count(self):
        seen = set()
        for seed in range(12):
            self.shuffle(seed)
            for name, env in self.views():
                expected = self.naive(env)
                with self.subTest(seed=seed, who=name):
                    for partner in self.partners:
                        figures = partner.with_env(env)
                        for figure in FIGURES:
                            value = figures[figure]
                            wanted = expected[partner][figure]
                            if isinstance(wanted, float):
                                self.assertAlmostEqual(value, wanted, 1, figure)
                            else:
                                self.assertEqual(value, wanted, figure)
                            seen.add((name, figure, bool(value)))
        for name, _env in self.views():
            for figure in FIGURES:
                self.assertIn((name, figure, True), seen, "some have it")
                self.assertIn((name, figure, False), seen, "and some have not")

    def test_search_finds_those_who_show_it(self):
        self.shuffle(1)
        for name, env in self.views():
            shown = {
                figure: {
                    partner.id: partner[figure]
                    for partner in self.partners.with_env(env)
                }
                for figure in FIGURES
            }
            decided = {
                partner.id: bool(partner.complaint_decided_count)
                for partner in self.partners.with_env(env)
            }
            for figure, values in shown.items():
                field = env["res.partner"]._fields[figure]
                known = sorted({value for value in values.values() if value})
                for operator, compare in OPERATORS.items():
                    if field.type == "selection" and operator not in ("=", "!="):
                        continue
                    for value in [*known[:: len(known) // 3 or 1], False]:
                        if not value and operator not in ("=", "!="):
                            if figure not in NO_NULLS:
                                continue
                            value = 0
                        expected = {
                            partner_id
                            for partner_id, one in values.items()
                            # a missing figure has no order
                            if (
                                one
                                or operator in ("=", "!=")
                                or figure in NO_NULLS
                                or (figure == SHARE and decided[partner_id])
                            )
                            and compare(one, value)
                        }
                        with self.subTest(
                            who=name, figure=figure, operator=operator, value=value
                        ):
                            found = env["res.partner"].search(
                                [
                                    ("id", "in", self.partners.ids),
                                    (figure, operator, value),
                                ]
                            )
                            self.assertEqual(set(found.ids), expected)

    def test_groups_hold_those_who_show_it(self):
        self.shuffle(2)
        mine = [("id", "in", self.partners.ids)]
        for name, env in self.views():
            Partner = env["res.partner"]
            for figure in FIGURES:
                field = Partner._fields[figure]
                if field.type == "datetime":
                    continue  # see the next test
                shown = defaultdict(set)
                for partner in self.partners.with_env(env):
                    shown[partner[figure]].add(partner.id)
                with self.subTest(who=name, figure=figure):
                    groups = dict(Partner._read_group(mine, [figure], ["id:array_agg"]))
                    self.assertEqual(
                        {value or False: set(ids) for value, ids in groups.items()},
                        {value or False: ids for value, ids in shown.items()},
                    )
                    for group in Partner.formatted_read_group(
                        mine, [figure], ["__count"]
                    ):
                        found = Partner.search([*mine, *group["__extra_domain"]])
                        self.assertEqual(len(found), group["__count"])

    def test_groups_by_month_of_the_last_complaint(self):
        self.shuffle(3)
        Partner = self.env["res.partner"].with_user(self.handler)
        mine = [("id", "in", self.partners.ids)]
        shown = defaultdict(int)
        for partner in self.partners.with_user(self.handler):
            last = partner.complaint_last_received_at
            shown[last and (last.year, last.month)] += 1
        groups = Partner._read_group(
            mine, ["complaint_last_received_at:month"], ["__count"]
        )
        self.assertEqual(
            {month and (month.year, month.month): count for month, count in groups},
            shown,
        )

    def test_lists_are_sorted_by_what_is_shown(self):
        self.shuffle(4)
        for name, env in self.views():
            for figure in FIGURES:
                with self.subTest(who=name, figure=figure):
                    found = env["res.partner"].search(
                        [("id", "in", self.partners.ids)],
                        order=f"{figure} desc nulls last, id",
                    )
                    values = [partner[figure] for partner in found]
                    known = [value for value in values if value]
                    self.assertEqual(values[: len(known)], known)
                    if figure != "complaint_trust":
                        self.assertEqual(known, sorted(known, reverse=True))

    def test_figures_can_be_grouped_and_sorted_by_in_the_client(self):
        description = (
            self.env["res.partner"]
            .with_user(self.handler)
            .fields_get(FIGURES, ["groupable", "sortable", "searchable", "aggregator"])
        )
        for figure in FIGURES:
            with self.subTest(figure):
                self.assertTrue(description[figure]["groupable"])
                self.assertTrue(description[figure]["sortable"])
                self.assertTrue(description[figure]["searchable"])
                # two contacts of one company show the same complaint, so no sums
                self.assertFalse(description[figure].get("aggregator"))

    def test_page_of_customers_takes_two_queries_more_than_their_names(self):
        self.shuffle(5)
        env = self.env(user=self.handler, su=False)
        partners = self.partners.with_env(env)

        def queries(names):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.read(names)
            return self.cr.sql_log_count - before

        queries(["name", *FIGURES])  # fills caches
        # an amount is read with its currency
        others = ["name", "complaint_currency_id"]
        before = queries(others)
        self.assertLessEqual(queries([*others, *TICKET_FIGURES]), before + 1)
        self.assertLessEqual(queries([*others, *FIGURES]), before + 2)


@tagged("post_install", "-at_install")
class TestPartnerFile(PartnerFileCommon):
    def setUp(self):
        super().setUp()
        self.colleague = self.env["res.partner"].create(
            {"name": "Carl Weber", "parent_id": self.customer_company.id}
        )
        # the figures are the same on each contact
        self.seen = (self.customer_company | self.customer | self.colleague).with_user(
            self.handler
        )

    def assertFile(self, **figures):
        for partner in self.seen:
            self.assertEqual(
                {name: partner[f"complaint_{name}"] for name in figures},
                figures,
                partner.name,
            )

    # ---------------------------------------------------
    # In one transaction
    # ---------------------------------------------------

    def test_file_follows_what_happens(self):
        self.assertFile(count=0, open_count=0, trust=False, satisfaction=0)
        complaint = self.create_complaint(
            partner_id=self.customer.id, complaint_outcome=False
        )
        self.assertFile(
            count=1, open_count=1, decided_count=0, last_received_at=self.clock
        )
        complaint.complaint_outcome = "not_upheld"
        self.assertFile(decided_count=1, upheld_share=0)
        complaint.complaint_outcome = "partly_upheld"
        self.assertFile(decided_count=1, upheld_share=100)
        self.move(complaint, "follow_up")
        self.assertFile(count=1, open_count=0)
        complaint.sudo()._complaint_rate(3, "So so")
        self.assertFile(satisfaction=3)
        complaint.with_user(self.handler)._complaint_record_follow_up("restored")
        self.assertFile(trust="restored")
        self.move(complaint, "hearing")
        self.assertFile(open_count=1)
        complaint.active = False
        self.assertFile(count=0, open_count=0, trust=False)
        complaint.active = True
        self.assertFile(count=1)

    def test_file_follows_the_customer(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        other = self.env["res.partner"].create({"name": "Somebody else"})
        elsewhere = other.with_user(self.handler)
        self.assertFile(count=1)
        self.assertEqual(elsewhere.complaint_count, 0)
        complaint.partner_id = other
        self.assertFile(count=0)
        self.assertEqual(elsewhere.complaint_count, 1)
        other.parent_id = self.customer_company
        self.assertFile(count=1)

    def test_file_follows_remedies(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertFile(remedy_count=0, remedy_amount=0, outstanding_count=0)
        remedy = self.given(complaint, "accepted", 25.5)
        self.assertFile(remedy_count=0, remedy_amount=0, outstanding_count=1)
        remedy._done()
        self.assertFile(remedy_count=1, remedy_amount=25.5, outstanding_count=0)
        remedy.sudo().amount = 30
        self.assertFile(remedy_count=1, remedy_amount=30)

    def test_merged_complaints_count_once(self):
        first = self.create_complaint(partner_id=self.customer.id)
        second = self.create_complaint(partner_id=self.customer.id)
        self.assertFile(count=2, repeat_count=1)
        second.sudo().duplicate_id = first
        self.assertFile(count=1, open_count=1, repeat_count=0)
        second.sudo().duplicate_id = False
        self.assertFile(count=2, repeat_count=1)

    def test_opened_again_the_trust_is_what_they_said_last(self):
        first = self.create_complaint(partner_id=self.customer.id)
        self.move(first, "follow_up")
        first._complaint_record_follow_up("lost", reopen=True)
        self.assertFile(trust="lost", open_count=1)

    # ---------------------------------------------------
    # Access rights
    # ---------------------------------------------------

    def test_complaint_about_a_colleague_is_in_no_figure_of_theirs(self):
        complaint = self.create_complaint(
            partner_id=self.customer.id, user_id=self.handler.id
        )
        self.given(complaint, amount=10)
        repeat = self.create_complaint(partner_id=self.customer.id)
        leader = self.customer.with_user(self.leader)
        self.assertEqual(
            (leader.complaint_count, leader.complaint_repeat_count), (2, 1)
        )
        complaint.complaint_concerned_user_ids = self.leader
        self.assertEqual(
            (leader.complaint_count, leader.complaint_repeat_count), (1, 0)
        )
        self.assertEqual(leader.complaint_remedy_count, 0)
        self.assertEqual(leader.complaint_history_ids, repeat)
        self.assertFile(count=2, repeat_count=1, remedy_count=1)

    def test_list_in_the_file_is_the_company_s_latest_first(self):
        first = self.create_complaint(partner_id=self.customer.id)
        second = self.create_complaint(partner_id=self.customer_company.id)
        self.create_ticket(partner_id=self.customer.id)
        self.env.invalidate_all()
        for partner in self.seen:
            self.assertEqual(partner.complaint_history_ids, second | first)

    def test_colleagues_without_the_helpdesk_see_an_empty_file(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.given(complaint, amount=10)
        Partner = self.env["res.partner"].with_user(self.user_employee)
        customer = Partner.browse(self.customer.id)
        for figure in FIGURES:
            with self.subTest(figure):
                self.assertFalse(customer[figure])
                mine = [("id", "=", customer.id)]
                self.assertFalse(Partner.search([*mine, (figure, "!=", False)]))
                self.assertTrue(Partner.search([*mine, (figure, "=", False)]))
                granularity = ":month" if "last" in figure else ""
                groups = Partner._read_group(mine, [figure + granularity], ["__count"])
                self.assertEqual([bool(value) for value, _count in groups], [False])
        self.assertFalse(customer.complaint_history_ids)

    def test_customers_read_nothing_that_we_think_of_them(self):
        self.create_complaint(partner_id=self.customer.id)
        customer = self.customer.with_user(self.portal_user)
        for name in (*FIGURES[2:], "complaint_history_ids", "complaint_entity_ids"):
            if name == "complaint_last_received_at":
                continue
            with self.subTest(name), self.assertRaises(AccessError):
                customer.read([name])
        with self.assertRaises(AccessError):
            customer.search([("complaint_trust", "=", "lost")])
        with self.assertRaises(AccessError):
            customer.search([], order="complaint_satisfaction")

    # ---------------------------------------------------
    # In the list of contacts
    # ---------------------------------------------------

    def test_contacts_show_how_many_complaints_there_are(self):
        self.create_complaint(partner_id=self.customer.id)
        ended = self.create_complaint(partner_id=self.customer.id)
        self.move(ended, "withdrawn")

        def shown(user):
            partner = self.customer.with_user(user)
            partner.invalidate_recordset()
            found = partner.application_statistics or []
            return [one for one in found if one["iconClass"] == "fa-bullhorn"]

        (statistic,) = shown(self.handler)
        self.assertEqual(statistic["value"], 2)
        self.assertIn("1 open", statistic["label"])
        self.assertFalse(shown(self.user_employee))

    def test_filters_and_groups_of_contacts_are_for_the_helpdesk(self):
        view = self.env.ref("base.view_res_partner_filter")
        for user, expected in ((self.handler, True), (self.user_employee, False)):
            arch = self.env["res.partner"].with_user(user).get_view(view.id, "search")
            for name in ("complaint_lost", "group_complaint_trust"):
                self.assertEqual(f'name="{name}"' in arch["arch"], expected)

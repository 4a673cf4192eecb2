"""Repeat complaints: earlier complaints of the customer are found at registration."""

import random
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import email_normalize, mute_logger

from ...engine import phone_numbers
from ...models.customer.helpdesk_ticket_repeat import HelpdeskTicket
from ..common import ComplaintCommon
from ..mail.common import ComplaintMailCommon

ADDRESS = "peter@novak.example"
PHONE = "+32 2 777 88 99"


class RepeatCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("crm_complaints.base_automation_repeat")
        cls.categories = cls.env["helpdesk.ticket.category"].create(
            [{"name": name} for name in ("Delivery", "Invoice")]
        )

    def days_ago(self, days, user=None, **vals):
        """Return a complaint received so many days ago."""
        return self.create_complaint(
            user, complaint_received_at=self.clock - timedelta(days=days), **vals
        )

    def assertRepeats(self, complaint, earlier, count=1):
        complaint = complaint.sudo()
        self.assertEqual(complaint.complaint_repeat_of_id, earlier)
        self.assertEqual(complaint.complaint_repeat_count, count)

    def assertNoRepeat(self, complaint):
        self.assertRepeats(complaint, self.Ticket, 0)


@tagged("post_install", "-at_install")
class TestRepeats(RepeatCommon):
    # ---------------------------------------------------
    # Who is the same customer
    # ---------------------------------------------------

    def test_any_contact_of_the_company_is_the_same_customer(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer_company.id)
        self.assertRepeats(again, first)
        self.assertTrue(again.complaint_repeat_found)

    def test_somebody_else_s_complaint_is_none(self):
        self.days_ago(5, partner_id=self.customer.id)
        other = self.env["res.partner"].create({"name": "Peter Novak"})
        self.assertNoRepeat(self.create_complaint(partner_id=other.id))
        self.assertNoRepeat(self.create_complaint(partner_name="Anna Weber"))

    def test_same_address_is_the_same_customer(self):
        first = self.days_ago(5, partner_email=f"Peter <{ADDRESS.upper()}>")
        self.assertRepeats(self.create_complaint(partner_email=ADDRESS), first)
        self.assertNoRepeat(self.create_complaint(partner_email=f"x{ADDRESS}"))

    def test_same_number_is_the_same_customer(self):
        first = self.days_ago(5, complaint_phone="02 777.88.99")
        self.assertRepeats(self.create_complaint(complaint_phone=PHONE), first)
        for other in ("+32 2 777 88 9", "8899", "+32 2 777 88 90"):
            self.assertNoRepeat(self.create_complaint(complaint_phone=other))

    def test_one_who_is_known_now_was_not_known_then(self):
        first = self.days_ago(5, partner_email=self.customer.email)
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)

    def test_one_who_is_not_known_now_was_known_then(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(complaint_phone=self.customer.phone)
        self.assertRepeats(again, first)

    def test_two_known_customers_may_share_a_number(self):
        """Neighbours may share the number of their building's reception."""
        other = self.env["res.partner"].create(
            {"name": "Neighbour", "phone": self.customer.phone}
        )
        self.days_ago(5, partner_id=self.customer.id)
        self.assertNoRepeat(self.create_complaint(partner_id=other.id))

    def test_other_company_s_complaint_is_none(self):
        self.days_ago(
            5, self.handler_b, partner_id=self.customer.id, team_id=self.team_b.id
        )
        self.assertNoRepeat(self.create_complaint(partner_id=self.customer.id))

    # ---------------------------------------------------
    # Which one
    # ---------------------------------------------------

    def test_same_category_goes_before_a_later_one(self):
        delivery, invoice = self.categories
        vals = {"partner_id": self.customer.id}
        first = self.days_ago(9, category_id=delivery.id, **vals)
        last = self.days_ago(2, category_id=invoice.id, **vals)
        again = self.create_complaint(category_id=delivery.id, **vals)
        self.assertRepeats(again, first, 2)
        self.assertRepeats(self.create_complaint(**vals), again, 3)
        self.assertRepeats(last, first, 1)

    def test_one_that_came_in_later_is_no_earlier_one(self):
        late = self.create_complaint(partner_id=self.customer.id)
        letter = self.days_ago(3, partner_id=self.customer.id)
        self.assertNoRepeat(letter)
        self.assertNoRepeat(late)

    def test_one_that_is_older_than_the_company_looks_back_is_none(self):
        first = self.days_ago(10, partner_id=self.customer.id)
        self.company_a.complaint_repeat_days = 10
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)
        self.company_a.complaint_repeat_days = 0
        self.assertNoRepeat(self.create_complaint(partner_id=self.customer.id))
        for days in (-1, 4000):
            with self.assertRaises(ValidationError):
                self.company_a.complaint_repeat_days = days

    def test_neither_ordinary_nor_merged_nor_archived_ones_count(self):
        self.create_ticket(partner_id=self.customer.id)
        self.days_ago(4, partner_id=self.customer.id).active = False
        survivor = self.days_ago(30, partner_email=ADDRESS)
        merged = self.days_ago(3, partner_id=self.customer.id)
        merged.sudo().duplicate_id = survivor
        self.assertNoRepeat(self.create_complaint(partner_id=self.customer.id))

    def test_many_in_one_go_are_one(self):
        first = self.days_ago(3, partner_id=self.customer.id)
        of_many = self.days_ago(2, partner_id=self.customer.id)
        of_many.sudo().complaint_bulk_id = first
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)

    def test_what_somebody_said_stays(self):
        old = self.days_ago(300, partner_email=ADDRESS)
        self.days_ago(2, partner_id=self.customer.id)
        vals = self._vals(partner_id=self.customer.id, complaint_repeat_of_id=old.id)
        again = self.Ticket.create(vals)
        self.assertRepeats(again, old)
        self.assertFalse(again.complaint_repeat_found)

    def _vals(self, **vals):
        return {
            "name": "Again",
            "description": "<p>Text</p>",
            "team_id": self.team.id,
            **vals,
        }

    # ---------------------------------------------------
    # Many at once
    # ---------------------------------------------------

    def test_batch_is_what_a_person_would_find_one_by_one(self):
        chance = random.Random(20260302)
        Partner = self.env["res.partner"]
        company = Partner.create({"name": "Big Ltd", "is_company": True})
        partners = company | Partner.create(
            [
                {"name": f"P{n}", "parent_id": company.id if n % 2 else False}
                for n in range(6)
            ]
        )
        addresses = [f"a{n}@novak.example" for n in range(4)] + [False] * 3
        phones = ["+32 2 777 88 90", "02 777 88 90", "02/777.88.91", False, False]

        def values(count):
            return [
                self._vals(
                    name=f"{n}",
                    partner_id=chance.choice([False, *partners.ids]),
                    partner_email=chance.choice(addresses),
                    complaint_phone=chance.choice(phones),
                    category_id=chance.choice([False, *self.categories.ids]),
                    complaint_received_at=self.clock
                    - timedelta(days=chance.randrange(12), hours=chance.randrange(3)),
                )
                for n in range(count)
            ]

        self.company_a.complaint_repeat_days = 6
        old = self.Ticket.create(values(30))
        new = self.Ticket.create(values(60))
        everything = old | new
        for complaint in new:
            earlier_id, count = self.naive(complaint, everything)
            with self.subTest(complaint.name):
                self.assertEqual(complaint.complaint_repeat_of_id.id, earlier_id)
                self.assertEqual(complaint.complaint_repeat_count, count)
        counts = new.mapped("complaint_repeat_count")
        self.assertIn(0, counts)
        self.assertGreater(max(counts), 5)

    def naive(self, one, complaints):
        """Return (id of the earlier one, how many there were), one by one."""

        def is_same(other):
            if one.partner_id and other.partner_id:
                return (
                    one.partner_id.commercial_partner_id
                    == other.partner_id.commercial_partner_id
                )
            address = email_normalize(one.partner_email)
            return (address and address == email_normalize(other.partner_email)) or (
                phone_numbers.same(one.complaint_phone, other.complaint_phone)
            )

        since = one.complaint_received_at - timedelta(days=6)
        earlier = complaints.filtered(
            lambda other: (
                since <= other.complaint_received_at
                and (other.complaint_received_at, other.id)
                < (one.complaint_received_at, one.id)
                and is_same(other)
            )
        )
        alike = earlier.filtered(
            lambda other: other.category_id and other.category_id == one.category_id
        )
        latest = (alike or earlier).sorted(lambda t: (t.complaint_received_at, t.id))
        return latest[-1:].id, len(earlier)

    def test_looking_back_takes_one_query_for_any_number(self):
        self.create_complaint(partner_id=self.customer.id)
        self.rule.active = False
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": f"+32 2 600 {n:04}"} for n in range(40)]
        )
        for count in (1, 40):
            new = self.Ticket.create(
                [self._vals(partner_id=partner.id) for partner in partners[:count]]
            )
            self.env.cr.flush()
            with self.assertQueryCount(1):
                new._complaint_look_back()

    def test_each_way_of_looking_goes_by_its_index(self):
        again = self.create_complaint(
            partner_email=ADDRESS, complaint_phone=PHONE, partner_id=self.customer.id
        )
        asked = []

        def execute_query(env, query):
            asked.append(query)
            return []

        with patch.object(type(self.env), "execute_query", execute_query):
            again._complaint_find_earlier()
        (query,) = asked
        asking = type(
            "", (), {"table": "helpdesk_ticket", "select": lambda *_: query}
        )()
        self.assertUsesIndex(asking, "helpdesk_ticket_complaint_email_idx")
        if self.env.registry.has_trigram:
            self.assertPlanned(asking, "helpdesk_ticket_complaint_phone_idx")
        with self.assertRaises(AssertionError):
            self.assertPlanned(asking, "Seq Scan on helpdesk_ticket")

    # ---------------------------------------------------
    # What it triggers
    # ---------------------------------------------------

    def test_second_complaint_is_no_minor_matter(self):
        self.assertEqual(
            self.days_ago(5, partner_id=self.customer.id).complaint_severity, "minor"
        )
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(again.complaint_severity, "major")
        third = self.create_complaint(
            partner_id=self.customer.id, complaint_severity="critical"
        )
        self.assertEqual(third.complaint_severity, "critical")

    def test_said_repeat_is_no_minor_matter_either(self):
        old = self.days_ago(300, partner_email=ADDRESS)
        again = self.Ticket.create(self._vals(complaint_repeat_of_id=old.id))
        self.assertEqual(again.complaint_severity, "major")

    def test_promise_goes_by_the_severity_of_a_repeat(self):
        policy = self.env["complaint.policy"].create(
            {
                "name": "Not minor",
                "severity": "major",
                "sequence": -1,
                "target_ids": [
                    Command.create(
                        {"milestone": "resolve", "delay": 1, "delay_unit": "day"}
                    )
                ],
            }
        )
        self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(again.sudo().complaint_policy_id, policy)
        self.assertEqual(
            again.sudo().complaint_milestone_ids.mapped("milestone"), ["resolve"]
        )

    def test_rule_can_be_switched_off(self):
        self.rule.active = False
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)
        self.assertEqual(again.complaint_severity, "minor")

    def test_history_that_is_brought_in_sets_nothing_off(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        imported = self.Ticket._complaint_as_history().create(
            self._vals(partner_id=self.customer.id)
        )
        self.assertRepeats(imported, first)
        self.assertEqual(imported.complaint_severity, "minor")

    def test_history_may_be_brought_in_in_any_order(self):
        Ticket = self.Ticket._complaint_as_history()
        said = self.days_ago(3, partner_id=self.customer.id)
        somebody = self.days_ago(300, partner_id=self.customer.id)
        said._complaint_link_to_earlier(somebody)
        latest, middle, first = (
            Ticket.create(
                {
                    **self._vals(partner_id=self.customer.id),
                    "complaint_received_at": self.clock - timedelta(days=days),
                }
            )
            for days in (1, 10, 20)
        )
        self.assertNoRepeat(first)
        self.assertRepeats(middle, first)
        self.assertRepeats(latest, said, 3)
        self.assertRepeats(said, somebody, 2)
        self.assertEqual(latest.complaint_severity, "minor", "no rule is set off")

    def test_rule_that_fails_costs_neither_the_complaint_nor_the_link(self):
        self.rule.action_server_ids.write({"state": "code", "code": "1 / 0"})
        first = self.days_ago(5, partner_id=self.customer.id)
        with mute_logger("odoo.addons.base.models.ir_actions"):
            again = self.create_complaint(partner_id=self.customer.id)
        self.assertIn("Repeat Complaint", again.activity_ids.mapped("summary")[0])
        self.assertRepeats(again, first)
        self.assertIn(again.complaint_sla_state, ("on_track", "at_risk"))

    def test_complaint_stands_where_looking_back_fails(self):
        def fail(_tickets):
            self.env.cr.execute("SELECT 1 / 0")

        self.days_ago(5, partner_id=self.customer.id)
        logger = "odoo.sql_db"
        with (
            patch.object(HelpdeskTicket, "_complaint_find_earlier", fail),
            self.assertLogs(logger),
        ):
            again = self.create_complaint(partner_id=self.customer.id)
        self.assertNoRepeat(again)
        self.assertEqual(again.complaint_sla_state, "on_track", "its clock runs")
        self.assertIn(
            "earlier complaints failed", again.activity_ids.mapped("summary")[0]
        )

    def test_sound_clock_is_not_blamed_nor_is_looking_back(self):
        def fail(*_args, **_kwargs):
            raise ValueError("no clock")

        first = self.days_ago(5, partner_id=self.customer.id)
        with patch.object(type(self.Ticket), "_complaint_settle", fail):
            again = self.create_complaint(partner_id=self.customer.id)
        summaries = " ".join(again.activity_ids.mapped("summary"))
        self.assertIn("deadlines could not be set", summaries)
        self.assertNotIn("earlier complaints failed", summaries)
        self.assertTrue(first.exists())

    def followed_up(self, **vals):
        """Return an answered complaint that waits for its follow-up call."""
        first = self.days_ago(5, partner_id=self.customer.id, **vals)
        self.move(first, "follow_up")
        return first

    def test_repeat_tells_that_the_first_solution_has_not_worked(self):
        first = self.followed_up()
        again = self.create_complaint(partner_id=self.customer_company.id)
        self.assertRepeats(again, first)
        self.assertEqual(first.complaint_phase, "closed")
        self.assertEqual(first.complaint_follow_up_result, "lost")

    def test_repeat_about_something_else_tells_nothing_of_it(self):
        delivery, invoice = self.categories
        first = self.followed_up(category_id=delivery.id)
        vals = {"partner_id": self.customer.id}
        self.create_complaint(category_id=invoice.id, **vals)
        self.assertEqual(first.complaint_phase, "follow_up")
        imported = self.Ticket._complaint_as_history()
        history = imported.create(self._vals(category_id=delivery.id, **vals))
        self.assertRepeats(history, first, 2)
        self.assertEqual(first.complaint_phase, "follow_up")
        history.active = False
        self.create_complaint(category_id=delivery.id, **vals)
        self.assertEqual(first.complaint_phase, "closed")

    def test_repeat_found_later_tells_it_as_well(self):
        first = self.followed_up()
        again = self.create_complaint()
        again.with_user(self.handler).partner_id = self.customer
        self.assertEqual(first.complaint_phase, "closed")

    def test_repeat_stands_where_the_first_cannot_be_closed(self):
        def fail(*_args):
            raise ValueError("locked")

        first = self.followed_up()
        with patch.object(type(self.Ticket), "_complaint_close_as_repeated", fail):
            again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)
        self.assertEqual(first.complaint_phase, "follow_up")
        self.assertIn(
            "complained again", " ".join(first.activity_ids.mapped("summary"))
        )

    # ---------------------------------------------------
    # Later changes
    # ---------------------------------------------------

    def test_one_who_turns_out_to_be_a_customer_complained_before(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_name="A. Weber")
        self.assertNoRepeat(again)
        again.with_user(self.handler).partner_id = self.customer
        self.assertRepeats(again, first)
        self.assertEqual(again.complaint_severity, "major")
        again.with_user(self.handler).partner_id = self.env["res.partner"].create(
            {"name": "Somebody else"}
        )
        again.with_user(self.handler).write(
            {"partner_email": False, "complaint_phone": False}
        )
        self.assertNoRepeat(again)

    def test_address_that_is_noted_later_tells_as_well(self):
        first = self.days_ago(5, partner_email=ADDRESS)
        again = self.create_complaint()
        again.with_user(self.handler).partner_email = ADDRESS
        self.assertRepeats(again, first)

    def test_complaint_that_has_ended_is_left_as_it_is(self):
        self.days_ago(5, partner_id=self.customer.id)
        ended = self.create_complaint()
        self.move(ended, "follow_up")
        ended.partner_id = self.customer
        self.assertNoRepeat(ended)

    def test_what_is_merged_was_no_repeat(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)
        first.sudo().duplicate_id = again
        self.assertNoRepeat(again)
        first.sudo().duplicate_id = False
        self.assertRepeats(again, first)

    def test_what_was_found_may_still_be_the_same_matter(self):
        first = self.days_ago(1, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        self.assertRepeats(again, first)
        self.assertEqual(again.complaint_similar_id, first)

    # ---------------------------------------------------
    # Access rights
    # ---------------------------------------------------

    def test_handler_sees_it_on_the_complaint(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        seen = again.with_user(self.handler)
        self.assertEqual(seen.complaint_earlier_id, first)
        self.assertEqual(seen.complaint_earlier_count, 1)
        action = seen.action_complaint_earlier()
        self.assertEqual(self.Ticket.search(action["domain"]), first | again)

    def test_link_names_nothing_that_its_reader_may_not_see(self):
        first = self.days_ago(5, partner_id=self.customer.id, user_id=self.handler.id)
        again = self.create_complaint(
            partner_id=self.customer.id, user_id=self.own_handler.id
        )
        seen = again.with_user(self.own_handler)
        self.assertFalse(seen.complaint_earlier_id)
        self.assertEqual(seen.complaint_earlier_count, 1, "they complained before")
        for name in ("complaint_repeat_of_id",):
            with self.assertRaises(AccessError):
                seen.read([name])
            with self.assertRaises(AccessError):
                self.Ticket.with_user(self.own_handler).search([(name, "=", first.id)])
        self.assertEqual(
            self.Ticket.search(seen.action_complaint_earlier()["domain"]), again
        )

    def test_whoever_a_complaint_is_about_never_learns_of_it_by_the_next_one(self):
        first = self.days_ago(5, partner_id=self.customer.id)
        again = self.create_complaint(partner_id=self.customer.id)
        Ticket = self.Ticket.with_user(self.leader)
        before = [("complaint_earlier_count", ">", 0)]
        self.assertIn(again, Ticket.search(before))
        first.complaint_concerned_user_ids = self.leader
        self.env.invalidate_all()
        seen = again.with_user(self.leader)
        self.assertFalse(seen.complaint_earlier_id)
        self.assertEqual(seen.complaint_earlier_count, 0)
        self.assertNotIn(again, Ticket.search(before))
        self.assertIn(again, Ticket.search([("complaint_earlier_count", "=", 0)]))
        for name in ("complaint_repeat_of_id", "complaint_repeat_count"):
            with self.assertRaises(AccessError):
                seen.read([name])
            with self.assertRaises(AccessError):
                Ticket.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                Ticket.formatted_read_group([], [name], ["__count"])
        third = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(third.complaint_earlier_count, 2)
        seen = third.with_user(self.leader)
        self.assertEqual(seen.complaint_earlier_count, 1)
        self.assertIn(third, Ticket.search(before))
        self.assertEqual(
            third.with_user(self.handler).complaint_earlier_count, 2, "others see both"
        )

    def test_search_finds_what_is_shown(self):
        for days in (8, 7, 6):
            self.days_ago(days, partner_id=self.customer.id)
        self.days_ago(5, partner_email=ADDRESS)
        complaints = self.Ticket.search([("is_complaint", "=", True)])
        for user in (self.handler, self.leader):
            seen = complaints.with_user(user)._filtered_access("read")
            for operator, value in (("=", 0), (">", 0), (">=", 2), ("!=", 1), ("<", 2)):
                compare = {
                    "=": lambda a, b: a == b,
                    ">": lambda a, b: a > b,
                    ">=": lambda a, b: a >= b,
                    "!=": lambda a, b: a != b,
                    "<": lambda a, b: a < b,
                }[operator]
                expected = seen.filtered(
                    lambda t, compare=compare, value=value: compare(
                        t.complaint_earlier_count, value
                    )
                )
                with self.subTest(user=user.name, operator=operator, value=value):
                    found = seen.search(
                        [
                            ("is_complaint", "=", True),
                            ("complaint_earlier_count", operator, value),
                        ]
                    )
                    self.assertEqual(set(found.ids), set(expected.ids))
            complaints[0].complaint_concerned_user_ids = self.leader

    def test_customers_do_not_read_what_we_counted(self):
        again = self.create_complaint(partner_id=self.customer.id)
        Ticket = self.Ticket.with_user(self.portal_user)
        self.assertTrue(Ticket.search([("id", "=", again.id)]))
        for name in (
            "complaint_repeat_of_id",
            "complaint_repeat_count",
            "complaint_earlier_id",
            "complaint_earlier_count",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                Ticket.browse(again.id).read([name])
        for name in ("complaint_repeat_count", "complaint_earlier_count"):
            with self.subTest(name), self.assertRaises(AccessError):
                Ticket.search([(name, ">", 0)])

    def test_nobody_sets_it_by_hand(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        for name in ("complaint_repeat_count", "complaint_repeat_found"):
            with self.assertRaises(AccessError):
                complaint.with_user(self.leader).write({name: 7})
            forging = self.Ticket.with_user(self.handler)
            with self.assertRaises(AccessError):
                forging.with_context(**{f"default_{name}": 7}).create(self._vals())
            with self.assertRaises(AccessError):
                forging.create(self._vals(**{name: 7}))


@tagged("post_install", "-at_install")
class TestRepeatsByMail(RepeatCommon, ComplaintMailCommon):
    def test_next_mail_of_somebody_is_a_repeat(self):
        first = self.days_ago(5, partner_email=ADDRESS)
        again = self.receive(Subject="Again")
        self.assertRepeats(again, first)
        self.assertEqual(again.complaint_severity, "major")

    def test_robot_never_complains_again(self):
        first = self.days_ago(5, partner_email=ADDRESS)
        robot = self.receive(Subject="Away", Auto_Submitted="auto-replied")
        self.assertNoRepeat(robot)
        self.assertRepeats(self.receive(Subject="It broke again"), first)

    def test_many_in_one_go_are_no_repeats_of_one_another(self):
        self.company_a.complaint_acknowledge_limit = 2
        mails = [self.receive(Subject=f"Number {n}") for n in range(5)]
        self.assertEqual(
            [bool(mail.complaint_repeat_of_id) for mail in mails],
            [False, True, False, False, False],
        )
        self.assertEqual(mails[-1].complaint_severity, "minor")

    def test_mail_costs_one_query_more(self):
        def cost():
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.receive(From=f"{cost.__name__}{before}@novak.example")
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        cost()  # caches of templates, rights, aliases
        with patch.object(
            HelpdeskTicket, "_complaint_look_back", lambda _tickets: None
        ):
            without = cost()
        self.assertLessEqual(cost(), without + 1)

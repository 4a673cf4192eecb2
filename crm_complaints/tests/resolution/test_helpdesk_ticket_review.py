"""Review: another person decides again; after that, an ombudsman or ADR body."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..clock.common import ComplaintClockCommon

SECOND_LOOK = "crm_complaints.mail_activity_type_second_look"


class SecondStageCommon(ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_policy = cls.create_policy(
            "Second look", [("resolve", 2, "day")], sequence=0, level="second"
        )
        cls.body = cls.env["res.partner"].create(
            {
                "name": "Ombudsman of Parcels",
                "is_company": True,
                "street": "Fair Street 7",
                "zip": "1000",
                "city": "Brussels",
                "phone": "+32 2 555 99 99",
                "email": "help@ombudsman.example",
                "website": "https://ombudsman.example",
            }
        )

    def answered(self, **vals):
        """Return a complaint that the handler has resolved, as not upheld."""
        ticket = self.create_complaint(
            self.leader,
            user_id=self.handler.id,
            partner_id=self.customer.id,
            **vals,
        )
        ticket.complaint_outcome = "not_upheld"
        self.move(ticket, "follow_up")
        return ticket

    def rejected(self):
        """Return an open complaint with an offer that was rejected."""
        ticket = self.create_complaint(
            self.leader,
            user_id=self.handler.id,
            partner_id=self.customer.id,
            complaint_outcome=False,
        )
        self.move(ticket, "solution")
        self.offer(ticket)
        ticket._complaint_reject("Too little")
        return ticket

    def offer(self, ticket):
        kind = self.env["complaint.remedy.type"].search(
            [("immediate", "=", True)], limit=1
        )
        self.env["complaint.remedy"].with_user(ticket.env.user).create(
            {"ticket_id": ticket.id, "type_id": kind.id, "description": "An apology"}
        )
        ticket._complaint_propose()


@tagged("post_install", "-at_install")
class TestSecondStage(SecondStageCommon):
    # ---------------------------------------------------
    # The customer asks for a review
    # ---------------------------------------------------

    def test_asking_opens_it_again_and_takes_it_from_its_handler(self):
        ticket = self.answered()
        with self.at(self.clock + timedelta(hours=2)):
            ticket.sudo()._complaint_request_review("You did not read my letter.")
        self.assertEqual(ticket.complaint_phase, "solution")
        self.assertEqual(ticket.complaint_reopened_count, 1)
        self.assertEqual(ticket.complaint_level, "second")
        self.assertFalse(ticket.user_id)
        self.assertIn(self.handler, ticket.complaint_former_handler_ids)
        self.assertEqual(
            ticket.complaint_review_requested_at, self.clock + timedelta(hours=2)
        )
        self.assertTrue(ticket.complaint_review_open)
        activity = self.activities_of(ticket, SECOND_LOOK)
        self.assertEqual(activity.user_id, self.leader)
        self.assertIn("You did not read my letter.", activity.note)
        self.assertIn(
            "You did not read my letter.", "".join(ticket.message_ids.mapped("body"))
        )
        self.assertIn(self.customer, ticket.message_ids.author_id)

    def test_no_reasons_are_demanded_and_words_are_no_html(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        other = self.answered()
        other._complaint_request_review("<b>No</b>")
        self.assertIn("&lt;b&gt;", "".join(other.message_ids.mapped("body")))
        self.assertTrue(ticket.complaint_review_open)

    def test_asking_again_changes_nothing(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        count = len(ticket.message_ids)
        with self.at(self.clock + timedelta(hours=2)):
            ticket._complaint_request_review()
            self.assertEqual(len(ticket.message_ids), count)
            ticket._complaint_request_review("And hurry")
        self.assertIn("And hurry", "".join(ticket.message_ids.mapped("body")))
        self.assertEqual(ticket.complaint_review_requested_at, self.clock)
        self.assertEqual(ticket.complaint_reopened_count, 1)
        self.assertEqual(len(self.activities_of(ticket, SECOND_LOOK)), 1)

    def test_asking_while_an_offer_waits_rejects_the_offer(self):
        ticket = self.create_complaint(self.leader, user_id=self.handler.id)
        self.move(ticket, "solution")
        self.offer(ticket)
        ticket._complaint_request_review()
        self.assertEqual(ticket.complaint_decision, "rejected")
        self.assertEqual(ticket.complaint_remedy_ids.state, "rejected")
        self.assertTrue(ticket.complaint_review_open)

    def test_asking_is_for_what_was_answered(self):
        fresh = self.create_complaint(self.leader, user_id=self.handler.id)
        withdrawn = self.create_complaint(self.leader)
        withdrawn.action_complaint_withdraw()
        second = self.answered()
        second._complaint_escalate(self.team_handler)
        for ticket in (fresh, withdrawn, second):
            before = ticket.sudo().read()
            with self.assertRaises(UserError):
                ticket._complaint_request_review()
            self.assertEqual(ticket.sudo().read(), before)

    def test_an_answer_given_before_it_was_opened_again_counts(self):
        ticket = self.answered()
        ticket.action_complaint_reopen()
        ticket._complaint_request_review()
        self.assertTrue(ticket.complaint_review_open)

    def test_referred_they_may_ask_once_more(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        ticket._complaint_refer(self.body)
        with self.at(self.clock + timedelta(days=1)):
            ticket._complaint_request_review()
            self.assertTrue(ticket.complaint_review_open)
            self.assertFalse(ticket.user_id)
            with self.assertRaises(UserError):
                ticket._complaint_escalate(self.team_handler)
            ticket._complaint_escalate(self.own_handler)
        self.assertEqual(ticket.user_id, self.own_handler)

    def test_nobody_is_chosen_for_what_is_taken_back(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        ticket.action_complaint_withdraw()
        self.assertFalse(self.activities_of(ticket, SECOND_LOOK))
        self.assertFalse(ticket.complaint_review_open)

    # ---------------------------------------------------
    # Escalating for review
    # ---------------------------------------------------

    def test_escalating_hands_it_over_to_decide_anew(self):
        for make, first in (
            (self.answered, ("not_upheld", False)),
            (self.rejected, (False, "rejected")),
        ):
            ticket = make()
            with self.subTest(ticket.complaint_phase):
                ticket._complaint_escalate(self.team_handler)
                self.assertEqual(ticket.complaint_level, "second")
                self.assertEqual(ticket.user_id, self.team_handler)
                self.assertEqual(ticket.complaint_reviewer_id, self.team_handler)
                self.assertEqual(ticket.complaint_phase, "solution")
                self.assertIn(self.handler, ticket.complaint_former_handler_ids)
                self.assertNotIn(self.team_handler, ticket.complaint_former_handler_ids)
                self.assertFalse(ticket.complaint_outcome)
                self.assertFalse(ticket.complaint_decision)
                self.assertEqual(
                    (ticket.complaint_first_outcome, ticket.complaint_first_decision),
                    first,
                )

    def test_what_was_asked_for_is_done_by_choosing(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        with self.at(self.clock + timedelta(hours=1)):
            ticket._complaint_escalate(self.team_handler)
        self.assertFalse(self.activities_of(ticket, SECOND_LOOK))
        self.assertFalse(ticket.complaint_review_open)
        self.assertEqual(ticket.complaint_review_requested_at, self.clock)

    def test_it_is_for_what_was_answered_once(self):
        fresh = self.create_complaint(self.leader, user_id=self.handler.id)
        withdrawn = self.create_complaint(self.leader)
        withdrawn.action_complaint_withdraw()
        waiting = self.create_complaint(self.leader, user_id=self.handler.id)
        self.move(waiting, "solution")
        self.offer(waiting)
        second = self.answered()
        second._complaint_escalate(self.team_handler)
        for ticket in (fresh, withdrawn, waiting, second):
            for method, arguments in (
                ("_complaint_escalate", [self.own_handler]),
                ("action_complaint_escalate", []),
            ):
                with self.subTest(method), self.assertRaises(UserError):
                    getattr(ticket, method)(*arguments)

    def test_reviewers_had_no_part_in_it_and_may_work_it(self):
        ticket = self.answered()
        ticket.user_id = self.leader
        ticket.complaint_concerned_user_ids = self.own_handler
        candidates = ticket.complaint_reviewer_candidate_ids
        self.assertLessEqual(self.team_handler | self.manager, candidates)
        for user in (
            self.handler,  # before
            self.leader,  # now
            self.own_handler,  # complained about
            self.user_employee,  # without rights
            self.portal_user,
            self.handler_b,  # of another company
            self.env["res.users"],
        ):
            with self.subTest(user.name):
                self.assertFalse(user & candidates)
                with self.assertRaises(UserError):
                    ticket._complaint_escalate(user)
        self.assertFalse(ticket.complaint_level)
        self.team_handler.active = False
        with self.assertRaises(UserError):
            ticket._complaint_escalate(self.team_handler)

    def test_reviewers_barred_by_a_rule_of_the_administrator(self):
        self.env["ir.rule"].create(
            {
                "name": "Not Tim",
                "model_id": self.ticket_model.id,
                "domain_force": f"[] if user.id != {self.team_handler.id} else "
                "[('id', '=', 0)]",
            }
        )
        with self.assertRaises(UserError):
            self.answered()._complaint_escalate(self.team_handler)

    def test_whoever_took_it_after_the_customer_asked_may_be_the_one(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        ticket.user_id = self.team_handler
        ticket._complaint_escalate(self.team_handler)
        self.assertEqual(ticket.complaint_reviewer_id, self.team_handler)

    def test_only_who_may_write_it_hands_it_over(self):
        ticket = self.answered()
        for user in (self.user_employee, self.handler_b, self.portal_user):
            for method, argument in (
                ("_complaint_escalate", self.team_handler),
                ("_complaint_refer", self.body),
            ):
                with self.subTest(user.name), self.assertRaises(AccessError):
                    getattr(ticket.with_user(user), method)(argument)

    def test_everybody_who_handled_it_is_remembered(self):
        ticket = self.create_complaint(self.leader, user_id=self.own_handler.id)
        self.assertFalse(ticket.complaint_former_handler_ids)
        ticket.user_id = self.handler
        ticket.user_id = False
        ticket.user_id = self.leader
        self.move(ticket, "hearing")
        self.assertEqual(
            ticket.complaint_former_handler_ids,
            self.own_handler | self.handler | self.leader,
        )
        # a change to a team without its handler unassigns it
        other = self.team.copy({"name": "Second line", "user_ids": False})
        tickets = self.create_complaints(2, user_id=self.handler.id)
        tickets.write({"team_id": other.id})
        self.assertFalse(tickets.user_id)
        for ticket in tickets:
            self.assertEqual(ticket.complaint_former_handler_ids, self.handler)

    def test_handlers_of_ordinary_tickets_are_not_remembered(self):
        ticket = self.create_ticket(user_id=self.outsider.id)
        ticket.user_id = False
        self.assertFalse(ticket.complaint_former_handler_ids)

    def test_former_handlers_do_not_get_it_back(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        for user in (self.leader, self.handler, self.manager):
            with self.subTest(user.name), self.assertRaises(ValidationError):
                ticket.with_user(user).user_id = self.handler
        with self.assertRaises(ValidationError):
            ticket.with_user(self.handler).assign_to_me()
        ticket.user_id = self.own_handler
        self.assertIn(self.team_handler, ticket.complaint_former_handler_ids)
        with self.assertRaises(ValidationError):
            ticket.user_id = self.team_handler

    def test_the_reviewer_moves_it_on(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        ticket = ticket.with_user(self.team_handler)
        self.move(ticket, "agreement")
        ticket.complaint_outcome = "upheld"
        ticket.action_complaint_resolve()
        ticket.user_id = self.team_handler
        self.assertEqual(ticket.complaint_outcome, "upheld")
        self.assertEqual(ticket.complaint_first_outcome, "not_upheld")
        self.assertNotIn(self.team_handler, ticket.complaint_former_handler_ids)

    def test_who_handled_a_duplicate_had_a_part_in_it(self):
        ticket = self.rejected()
        other = self.create_complaint(
            self.leader, user_id=self.own_handler.id, partner_id=self.customer.id
        )
        other.user_id = self.team_handler
        self.env["complaint.merge"].with_user(self.leader)._merge(ticket, other)
        self.assertLessEqual(
            self.own_handler | self.team_handler, ticket.complaint_former_handler_ids
        )
        with self.assertRaises(UserError):
            ticket._complaint_escalate(self.team_handler)

    def test_concerned_reviewers_lose_it(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        ticket.complaint_concerned_user_ids = self.team_handler
        self.assertFalse(ticket.user_id)

    def test_nobody_makes_themselves_the_reviewer_by_hand(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        for vals in (
            {"complaint_level": "first"},
            {"complaint_former_handler_ids": [Command.clear()]},
            {"complaint_reviewer_id": self.handler.id},
            {"complaint_escalated_count": 0},
            {"complaint_review_cycle": 7},
            {"complaint_escalated_at": False},
            {"complaint_review_requested_at": False},
            {"complaint_referred_at": False},
            {"complaint_first_outcome": "upheld"},
            {"complaint_first_decision": "accepted"},
        ):
            (name,) = vals
            with self.subTest(name):
                for user in (self.handler, self.manager):
                    with self.assertRaises(AccessError):
                        ticket.with_user(user).write(vals)
                with self.assertRaises(AccessError):
                    self.create_complaint(**vals)
                with self.assertRaises(AccessError):
                    self.Ticket.with_user(self.handler).with_context(
                        **{f"default_{name}": vals[name]}
                    ).create({"name": "X", "description": "Y"})

    def test_copies_begin_at_the_first_level(self):
        ticket = self.answered()
        ticket._complaint_escalate(self.team_handler)
        copy = ticket.copy()
        self.assertFalse(copy.complaint_level)
        self.assertFalse(copy.complaint_former_handler_ids)

    def test_it_stays_a_complaint(self):
        ticket = self.rejected()
        ticket._complaint_escalate(self.team_handler)
        with self.assertRaises(UserError):
            ticket.action_complaint_unregister()

    # ---------------------------------------------------
    # The clock
    # ---------------------------------------------------

    def resolves(self, ticket):
        return [
            (row.cycle, row.state, row.started_at, row.delay_unit)
            for row in self.resolve_milestone(ticket).sorted("cycle")
        ]

    def test_promised_anew_the_first_promises_stay_on_record(self):
        later = self.clock + timedelta(hours=3)
        for make, first in ((self.answered, "met"), (self.rejected, "cancelled")):
            ticket = make()
            with self.subTest(first), self.at(later):
                ticket._complaint_escalate(self.team_handler)
                self.assertEqual(
                    self.resolves(ticket),
                    [
                        (1, first, self.clock, "hour"),
                        (2, "running", later, "day"),
                    ],
                )
                self.assertEqual(ticket.complaint_policy_id, self.second_policy)
                self.assertEqual(ticket.complaint_sla_state, "on_track")

    def test_late_before_stays_missed(self):
        ticket = self.rejected()
        self.sweep(self.late_at)
        with self.at(self.late_at + timedelta(hours=1)):
            ticket._complaint_escalate(self.team_handler)
        self.assertEqual(
            [row[1] for row in self.resolves(ticket)], ["missed", "running"]
        )

    def test_asked_for_and_given_later(self):
        """The wait counts from the request, not from the choice of a reviewer."""
        asked = self.clock + timedelta(hours=1)
        given = self.clock + timedelta(hours=2)
        ticket = self.answered()
        with self.at(asked):
            ticket._complaint_request_review()
        with self.at(given):
            ticket._complaint_escalate(self.team_handler)
        self.assertEqual(
            self.resolves(ticket),
            [
                (1, "met", self.clock, "hour"),
                (2, "running", asked, "day"),
            ],
        )
        ticket = self.rejected()
        with self.at(asked):
            ticket._complaint_request_review()
        self.assertEqual(ticket.complaint_policy_id, self.second_policy)
        with self.at(given):
            ticket._complaint_escalate(self.team_handler)
        self.assertEqual(
            self.resolves(ticket),
            [
                (1, "cancelled", self.clock, "hour"),
                (2, "running", asked, "day"),
            ],
        )

    def promises(self, ticket):
        """Return {promise: (state, start, days)} of the last cycle."""
        rows = ticket.complaint_milestone_ids
        rows = rows.filtered(lambda row: row.cycle == max(rows.mapped("cycle")))
        return {
            row.milestone: (row.state, row.started_at, row.delay)
            for row in rows
            if not row.dropped
        }

    def test_a_request_is_acknowledged_by_the_letter_that_names_the_reviewer(self):
        """Housing Ombudsman, Complaint Handling Code 6.11 and 6.14."""
        housing = self.env.ref(
            "crm_complaints.complaint_policy_housing_ombudsman_second"
        )
        housing.write({"active": True, "sequence": -1})
        asked = self.clock + timedelta(hours=1)
        for days, state in ((2, "met"), (12, "missed")):
            for make in (self.answered, self.rejected):
                ticket = make()
                given = self.clock + timedelta(days=days)
                with self.subTest(state, make=make.__name__):
                    with self.at(asked):
                        ticket._complaint_request_review()
                    self.assertEqual(ticket.complaint_policy_id, housing)
                    self.assertEqual(
                        self.promises(ticket),
                        {
                            "acknowledge": ("running", asked, 5),
                            "resolve": ("waiting", False, 20),
                        },
                    )
                    self.assertEqual(ticket.complaint_next_milestone, "acknowledge")
                    self.assertFalse(ticket.complaint_promised_at)
                    with self.at(given):
                        _policy, due = ticket._complaint_review_terms()
                        ticket._complaint_escalate(self.team_handler)
                        self.assertEqual(ticket.complaint_promised_at, due)
                    self.assertEqual(
                        self.promises(ticket),
                        {
                            "acknowledge": (state, asked, 5),
                            "resolve": ("running", given, 20),
                        },
                    )

    def test_a_letter_promises_from_the_request_on(self):
        ticket = self.answered()
        ticket._complaint_request_review()
        promised = ticket.complaint_promised_at
        with self.at(self.clock + timedelta(days=1)):
            self.assertEqual(ticket._complaint_review_terms()[1], promised)
            ticket._complaint_escalate(self.team_handler)
            self.assertEqual(ticket.complaint_promised_at, promised)

    def test_nothing_is_acknowledged_twice_by_a_policy_for_all_levels(self):
        self.second_policy.level = False
        self.second_policy.target_ids = [
            Command.create(
                {"milestone": "acknowledge", "delay": 1, "delay_unit": "day"}
            )
        ]
        ticket = self.rejected()
        ticket._complaint_request_review()
        self.assertNotIn("acknowledge", self.promises(ticket))

    def test_opened_again_at_the_second_level(self):
        ticket = self.rejected()
        ticket._complaint_escalate(self.team_handler)
        ticket.complaint_outcome = "not_upheld"
        self.move(ticket, "closed")
        again = self.clock + timedelta(hours=2)
        with self.at(again):
            ticket.action_complaint_reopen()
        self.assertEqual(self.resolves(ticket)[-1], (3, "running", again, "day"))
        self.assertEqual(ticket.complaint_level, "second")

    def test_policies_of_a_level(self):
        self.second_policy.level = "first"
        ticket = self.answered()
        self.assertEqual(ticket.complaint_policy_id, self.second_policy)
        ticket._complaint_escalate(self.team_handler)
        self.assertEqual(ticket.complaint_policy_id, self.policy)

    # ---------------------------------------------------
    # The ombudsman or ADR body
    # ---------------------------------------------------

    def test_the_body_comes_from_the_policy_until_it_is_referred(self):
        self.policy.body_id = self.body
        other = self.body.copy({"name": "Tribunal"})
        ticket = self.answered()
        self.assertEqual(ticket.complaint_body_id, self.body)
        ticket._complaint_refer(other)
        ticket.complaint_severity = "critical"
        self.policy.active = False
        ticket.complaint_severity = "major"
        self.assertEqual(ticket.complaint_body_id, other)

    def test_referring_is_noted_and_changes_nothing_else(self):
        ticket = self.answered()
        before = (ticket.complaint_phase, ticket.user_id, ticket.complaint_level)
        ticket._complaint_refer(self.body)
        self.assertEqual(ticket.complaint_referred_at, self.clock)
        self.assertEqual(ticket.complaint_body_id, self.body)
        self.assertEqual(
            (ticket.complaint_phase, ticket.user_id, ticket.complaint_level), before
        )
        self.assertIn(self.body.name, ticket.message_ids[0].body)

    def test_referring_takes_a_body_and_a_complaint(self):
        ticket = self.answered()
        withdrawn = self.create_complaint(self.leader)
        withdrawn.action_complaint_withdraw()
        with self.assertRaises(UserError):
            ticket._complaint_refer(self.env["res.partner"])
        with self.assertRaises(UserError):
            withdrawn._complaint_refer(self.body)
        with self.assertRaises(UserError):
            withdrawn.action_complaint_refer()

    def test_letters_say_its_address_line_by_line(self):
        ticket = self.answered()
        self.assertFalse(ticket.complaint_body_address)
        ticket.complaint_body_id = self.body
        self.assertEqual(
            ticket.complaint_body_address,
            "Ombudsman of Parcels\nFair Street 7\nBrussels  1000\n"
            "+32 2 555 99 99\nhelp@ombudsman.example\nhttps://ombudsman.example",
        )

    def test_letters_are_opened_with_their_kind(self):
        ticket = self.answered()
        for action, kind in (
            (ticket.action_complaint_escalate(), "second_stage"),
            (ticket.action_complaint_refer(), "referral"),
        ):
            self.assertEqual(action["res_model"], "complaint.letter.compose")
            self.assertEqual(action["context"]["default_kind"], kind)

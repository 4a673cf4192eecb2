"""Agreement: remedies, the customer's decision, and the outcome."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import ComplaintCommon

FORM = "crm_complaints.helpdesk_ticket_view_form_complaint"
TYPE = "crm_complaints.complaint_remedy_type_"
PROMISE = "crm_complaints.mail_activity_type_promise"
LOOK = "crm_complaints.mail_activity_type_look"


class AgreementCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.clock.date()

    def complaint(self, phase="solution", **vals):
        return self.create_complaint(
            stage_id=self.stages[phase].id,
            partner_id=self.customer.id,
            user_id=self.handler.id,
            **{"complaint_outcome": False, **vals},
        )

    def remedy(self, ticket, kind="refund", **vals):
        """Create a remedy of a standard type, to be done within a week."""
        kind = self.env.ref(TYPE + kind)
        if not kind.immediate:
            vals.setdefault("promised_date", self.today + timedelta(days=7))
        return (
            self.env["complaint.remedy"]
            .with_user(ticket.env.user)
            .create({"ticket_id": ticket.id, "type_id": kind.id, **vals})
        )

    def offered(self, *kinds, alternative=False, **vals):
        """Return a complaint with an offer of ``kinds`` that is not decided yet."""
        ticket = self.complaint(**vals)
        for kind in kinds or ("refund",):
            self.remedy(ticket, kind, alternative=alternative)
        ticket._complaint_propose(self.today + timedelta(days=5))
        return ticket

    def planned(self, ticket, xmlid=PROMISE):
        return ticket.sudo().activity_search([xmlid])

    @contextmanager
    def refused(self, words):
        """Assert that a UserError is raised that matches ``words``."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def states(self, ticket):
        return {r.type_id.name: r.state for r in ticket.complaint_remedy_ids}


@tagged("post_install", "-at_install")
class TestOffer(AgreementCommon):
    def test_words_come_from_the_kind_until_somebody_writes_their_own(self):
        ticket = self.complaint()
        with Form(ticket, view=FORM) as form, form.complaint_remedy_ids.new() as line:
            line.type_id = self.env.ref(TYPE + "refund")
            self.assertEqual(line.description, "We pay your money back.")
            line.type_id = self.env.ref(TYPE + "repair")
            self.assertEqual(line.description, "We put it right, free of charge.")
            line.description = "We come on Friday and mend it."
            line.type_id = self.env.ref(TYPE + "replacement")
            self.assertEqual(line.description, "We come on Friday and mend it.")

    def test_words_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        kind = self.env.ref(TYPE + "refund")
        kind.with_context(lang="fr_FR").customer_text = "Nous vous remboursons."
        self.customer.lang = "fr_FR"
        self.assertEqual(
            self.remedy(self.complaint()).description, "Nous vous remboursons."
        )

    def test_offered_as_it_is(self):
        ticket = self.offered("apology", "refund")
        self.assertEqual(
            self.states(ticket), {"Apology": "proposed", "Refund": "proposed"}
        )
        self.assertEqual(ticket.complaint_decision, "pending")
        self.assertEqual(ticket.complaint_answer_by, date(2026, 3, 7))
        remedy = ticket.complaint_remedy_ids[1]
        self.assertEqual(remedy.offered_at, self.clock)
        for vals in (
            {"amount": 1},
            {"description": "Less"},
            {"type_id": self.env.ref(TYPE + "gesture").id},
            {"alternative": True},
            {"ticket_id": self.complaint().id},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                remedy.write(vals)
        with self.assertRaises(UserError):
            remedy.unlink()
        # unchanged values, as forms may send them
        remedy.write({"amount": 0.0, "type_id": remedy.type_id.id})
        remedy.write({"cost": 12, "user_id": self.leader.id})

    def test_course_is_not_set_by_hand(self):
        ticket = self.complaint()
        remedy = self.remedy(ticket)
        self.assertEqual(remedy.state, "draft")
        for name, value in (
            ("state", "accepted"),
            ("offered_at", self.clock),
            ("decided_at", self.clock),
            ("done_at", self.clock),
            ("cancel_reason", "Just so"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                remedy.write({name: value})
            with self.subTest(name), self.assertRaises(AccessError):
                self.remedy(ticket, **{name: value})
            forging = remedy.with_context(**{f"default_{name}": value})
            with self.subTest(name), self.assertRaises(AccessError):
                forging.create({"ticket_id": ticket.id, "type_id": remedy.type_id.id})
        with self.assertRaises(UserError):
            remedy.action_done()
        with self.assertRaises(UserError):
            remedy.action_withdraw_offer()

    def test_says_what_is_missing(self):
        ticket = self.complaint()
        with self.refused("add at least one remedy"):
            ticket._complaint_propose()
        remedy = self.remedy(ticket, promised_date=False)
        with self.refused("due date.*money back"):
            ticket._complaint_propose()
        remedy.promised_date = self.today - timedelta(days=1)
        with self.refused("has passed.*money back"):
            ticket._complaint_propose()
        remedy.promised_date = self.today
        ticket._complaint_propose()
        self.assertEqual(remedy.state, "proposed")

    def test_apology_alone_is_an_offer(self):
        ticket = self.offered("apology")
        ticket._complaint_accept()
        self.assertEqual(ticket.complaint_remedy_ids.state, "done")
        self.assertFalse(self.planned(ticket))

    def test_taken_back_to_be_changed(self):
        ticket = self.offered()
        remedy = ticket.complaint_remedy_ids
        remedy.action_withdraw_offer()
        self.assertEqual(remedy.state, "draft")
        self.assertFalse(ticket.complaint_decision)
        remedy.amount = 50
        with self.assertRaises(UserError):
            ticket._complaint_accept()

    def test_what_was_offered_to_stays_a_complaint(self):
        ticket = self.offered()
        with self.refused("cannot be turned back into an ordinary ticket"):
            ticket.action_complaint_unregister()
        ticket = self.complaint()
        self.remedy(ticket)
        ticket.action_complaint_unregister()
        self.assertFalse(ticket.is_complaint)

    def test_carried_out_by_nobody_outside(self):
        remedy = self.remedy(self.complaint())
        with self.assertRaises(ValidationError):
            remedy.user_id = self.portal_user

    def test_not_less_than_nothing(self):
        ticket = self.complaint()
        for name in ("amount", "cost"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.remedy(ticket, **{name: -1})

    def test_not_on_a_complaint_of_others(self):
        theirs = self.create_complaint(
            self.handler_b,
            team_id=self.team_b.id,
            stage_id=self.stages["solution"].id,
        )
        Remedy = self.env["complaint.remedy"].with_user(self.handler)
        vals = {"type_id": self.env.ref(TYPE + "refund").id}
        with self.assertRaises(AccessError):
            Remedy.create({"ticket_id": theirs.id, **vals})
        mine = self.remedy(self.complaint())
        with self.assertRaises(AccessError):
            mine.ticket_id = theirs
        theirs_too = Remedy.sudo().create({"ticket_id": theirs.id, **vals})
        self.assertFalse(Remedy.search([("id", "=", theirs_too.id)]))
        for user in (self.handler, self.portal_user, self.user_employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                theirs_too.with_user(user).read(["cost"])


@tagged("post_install", "-at_install")
class TestDecision(AgreementCommon):
    def test_accepted_is_promised(self):
        ticket = self.offered("apology", "refund")
        ticket._complaint_accept(words="Fine with me")
        self.assertEqual(self.states(ticket), {"Apology": "done", "Refund": "accepted"})
        self.assertEqual(ticket.complaint_decision, "accepted")
        self.assertEqual(ticket.complaint_decided_at, self.clock)
        self.assertEqual(ticket.complaint_decision_words, "Fine with me")
        self.assertEqual(ticket.complaint_phase, "agreement")
        activity = self.planned(ticket)
        self.assertEqual(activity.user_id, self.handler)
        self.assertEqual(activity.date_deadline, self.today + timedelta(days=7))

    def test_carried_out_by_whoever_is_named(self):
        ticket = self.complaint()
        self.remedy(ticket, user_id=self.leader.id)
        ticket._complaint_propose()
        ticket._complaint_accept()
        self.assertEqual(self.planned(ticket).user_id, self.leader)

    def test_carried_out_by_the_responsible_where_the_other_has_gone(self):
        ticket = self.offered()
        ticket.sudo().complaint_remedy_ids.user_id = self.leader
        self.leader.active = False
        ticket._complaint_accept()
        self.assertEqual(self.planned(ticket).user_id, self.handler)

    def test_choice(self):
        ticket = self.offered("refund", "replacement", alternative=True)
        apology = self.env.ref(TYPE + "apology")
        ticket.complaint_remedy_ids.sudo().create(
            {"ticket_id": ticket.id, "type_id": apology.id, "state": "proposed"}
        )
        refund, replacement = ticket.complaint_remedy_ids[:2]
        with self.refused("choose one"):
            ticket._complaint_accept()
        with self.refused("choose one"):
            ticket._complaint_accept(refund | replacement)
        ticket._complaint_accept(replacement)
        self.assertEqual(
            self.states(ticket),
            {"Refund": "rejected", "Replacement": "accepted", "Apology": "done"},
        )

    def test_not_what_is_not_on_offer(self):
        ticket, other = self.offered(), self.offered()
        with self.refused("has changed"):
            ticket._complaint_accept(other.complaint_remedy_ids)
        draft = self.remedy(ticket, "repair")
        with self.refused("has changed"):
            ticket._complaint_accept(draft)
        self.assertEqual(ticket.complaint_decision, "pending")

    def test_once(self):
        ticket = self.offered()
        ticket._complaint_accept()
        with self.refused("no offer"):
            ticket._complaint_accept()
        with self.refused("no offer"):
            ticket._complaint_reject()
        self.assertEqual(len(self.planned(ticket)), 1)

    def test_rejected_goes_back_to_the_solution(self):
        ticket = self.offered()
        self.move(ticket, "agreement")
        ticket._complaint_reject("Not enough")
        self.assertEqual(ticket.complaint_phase, "solution")
        self.assertEqual(ticket.complaint_decision, "rejected")
        self.assertEqual(ticket.complaint_remedy_ids.state, "rejected")
        better = self.remedy(ticket, "compensation")
        ticket._complaint_propose()
        self.assertEqual(ticket.complaint_decision, "pending")
        self.assertFalse(ticket.complaint_decision_words)
        ticket._complaint_accept()
        self.assertEqual(better.state, "accepted")

    def test_the_customer_themselves(self):
        ticket = self.offered()
        ticket.sudo()._complaint_accept(words="<b>Yes</b>", by_customer=True)
        message = ticket.message_ids.filtered(
            lambda m: (
                m.author_id == self.customer and m.message_type != "user_notification"
            )
        )
        self.assertIn("&lt;b&gt;Yes&lt;/b&gt;", message.body)
        self.assertFalse(message.subtype_id.internal)
        self.assertEqual(self.planned(ticket, LOOK).user_id, self.handler)
        # it was the customer who spoke, not we
        self.assertFalse(ticket.complaint_responded_at)

    def test_stands_whatever_stages_are_left(self):
        self.stages["agreement"].active = False
        ticket = self.offered()
        ticket._complaint_accept()
        self.assertEqual(ticket.complaint_decision, "accepted")
        self.assertEqual(ticket.complaint_phase, "solution")

    def test_choice_left_by_the_answer_opens_nothing_again(self):
        for decide in ("_complaint_accept", "_complaint_reject"):
            with self.subTest(decide):
                ticket = self.offered(complaint_outcome="upheld")
                self.move(ticket, "follow_up")
                getattr(ticket, decide)()
                self.assertEqual(ticket.complaint_phase, "follow_up")
                self.assertFalse(ticket.complaint_reopened_count)

    def test_recorded_by_phone(self):
        ticket = self.offered("refund", "replacement", alternative=True)
        action = ticket.action_complaint_record_decision()
        Wizard = self.env[action["res_model"]].with_user(self.handler)
        with Form(Wizard.with_context(**action["context"])) as form:
            form.words = "The new one, please"
            wizard = form.save()
        with self.refused("option that the customer has chosen"):
            wizard.action_accept()
        wizard.remedy_id = ticket.complaint_remedy_ids[1]
        wizard.action_accept()
        self.assertEqual(
            self.states(ticket), {"Refund": "rejected", "Replacement": "accepted"}
        )
        self.assertEqual(ticket.complaint_decision_words, "The new one, please")
        noted = ticket.message_ids.filtered(lambda m: "The new one" in (m.body or ""))
        self.assertTrue(noted.subtype_id.internal)

    def test_not_set_by_hand(self):
        ticket = self.offered()
        for name, value in (
            ("complaint_decision", "accepted"),
            ("complaint_decided_at", self.clock),
            ("complaint_decision_words", "Fine"),
            ("complaint_answer_by", self.today),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    ticket.write({name: value})
                with self.assertRaises(AccessError):
                    self.complaint(**{name: value})
                context = {f"default_{name}": value}
                with self.assertRaises(AccessError):
                    ticket.with_context(**context).copy()

    def test_recorded_by_those_who_may_work_it(self):
        ticket = self.offered()
        vals = {"ticket_id": ticket.id}
        for user in (self.handler_b, self.own_handler, self.portal_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["complaint.decision"].with_user(user).create(vals)
        wizard = self.env["complaint.decision"].with_user(self.handler).create(vals)
        wizard.action_reject()
        self.assertEqual(ticket.complaint_decision, "rejected")


@tagged("post_install", "-at_install")
class TestPromises(AgreementCommon):
    def promised(self):
        ticket = self.offered(complaint_outcome="upheld")
        ticket._complaint_accept()
        return ticket, ticket.complaint_remedy_ids

    def test_done_by_its_button(self):
        ticket, remedy = self.promised()
        remedy.action_done()
        self.assertEqual(remedy.state, "done")
        self.assertEqual(remedy.done_at, self.clock)
        self.assertFalse(self.planned(ticket))

    def test_done_by_its_activity(self):
        ticket, remedy = self.promised()
        self.planned(ticket).with_user(self.handler).action_feedback("Paid today")
        self.assertEqual(remedy.state, "done")
        self.assertIn("Paid today", "".join(ticket.message_ids.mapped("body")))

    def test_activity_that_is_dropped_does_not_keep_the_promise(self):
        ticket, remedy = self.promised()
        self.planned(ticket).unlink()
        self.assertEqual(remedy.state, "accepted")

    def test_kept_by_those_who_may_work_it(self):
        promised, offered = self.offered(), self.offered()
        promised._complaint_accept()
        self.env["ir.rule"].create(
            {
                "name": "They may read them",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "domain_force": [("user_id", "!=", self.handler.id)],
                "perm_read": False,
            }
        )
        for remedy, act in (
            (promised.complaint_remedy_ids, "action_done"),
            (offered.complaint_remedy_ids, "action_withdraw_offer"),
        ):
            remedy = remedy.with_user(self.handler)
            self.assertTrue(remedy.has_access("read"))
            with self.subTest(act), self.assertRaises(AccessError):
                getattr(remedy, act)()

    def test_late(self):
        _ticket, remedy = self.promised()
        search = self.env["complaint.remedy"].with_user(self.handler).search
        self.assertFalse(remedy.late)
        with self.at(self.clock + timedelta(days=8)):
            remedy.invalidate_recordset()
            self.assertTrue(remedy.late)
            self.assertEqual(search([("late", "=", True)]), remedy)
            remedy.action_done()
            self.assertFalse(search([("late", "=", True)]))

    def test_handed_over_with_the_complaint(self):
        ticket, _remedy = self.promised()
        ticket.user_id = self.leader
        self.assertEqual(self.planned(ticket).user_id, self.leader)

    def test_not_closed_over_an_open_promise(self):
        ticket, remedy = self.promised()
        self.move(ticket, "follow_up")
        with self.refused("We pay your money back"):
            self.move(ticket, "closed")
        ticket.complaint_close_reason = "He has moved abroad and wants nothing"
        self.move(ticket, "closed")
        self.assertEqual(remedy.state, "cancelled")
        self.assertEqual(remedy.cancel_reason, "He has moved abroad and wants nothing")
        self.assertFalse(self.planned(ticket))

    def test_asked_for_the_reason_where_the_follow_up_closes_it(self):
        ticket, remedy = self.promised()
        self.move(ticket, "follow_up")
        Wizard = self.env["complaint.follow.up"].with_user(self.handler)
        wizard = Wizard.create({"ticket_id": ticket.id, "words": "All is well"})
        self.assertEqual(wizard.remedy_ids, remedy)
        self.assertTrue(wizard.is_promise_open)
        with self.refused("money back"):
            wizard.action_restored()
        self.assertEqual(ticket.complaint_phase, "follow_up")
        wizard.promise_reason = "He gave it to charity"
        wizard.action_restored()
        self.assertEqual(ticket.complaint_phase, "closed")
        self.assertEqual(remedy.cancel_reason, "He gave it to charity")

    def test_open_promises_stay_where_it_is_opened_again(self):
        ticket, remedy = self.promised()
        self.move(ticket, "follow_up")
        Wizard = self.env["complaint.follow.up"].with_user(self.handler)
        Wizard.create({"ticket_id": ticket.id, "words": "Still broken"}).action_lost()
        self.assertEqual(remedy.state, "accepted")

    def test_kept_promises_let_it_be_closed(self):
        ticket, remedy = self.promised()
        remedy.action_done()
        self.move(ticket, "closed")
        self.assertEqual(ticket.complaint_phase, "closed")

    def test_reason_does_not_outlive_a_reopening(self):
        ticket, _remedy = self.promised()
        ticket.complaint_close_reason = "Once"
        self.move(ticket, "closed")
        ticket.action_complaint_reopen()
        self.assertFalse(ticket.complaint_close_reason)

    def test_nothing_stays_on_offer_when_it_ends(self):
        for phase in ("closed", "withdrawn"):
            with self.subTest(phase):
                ticket = self.offered(complaint_outcome="upheld")
                self.move(ticket, phase)
                self.assertEqual(ticket.complaint_remedy_ids.state, "cancelled")
                with self.assertRaises(UserError):
                    ticket._complaint_accept()
                # no decision is pending, so they may ask for a review
                self.assertFalse(ticket.complaint_decision)
                self.assertFalse(ticket.complaint_answer_by)
                if phase == "withdrawn":
                    ticket.action_complaint_reopen()
                ticket._complaint_request_review()
                self.assertEqual(ticket.complaint_phase, "solution")

    def test_offer_that_our_answer_promised_is_not_asked_about(self):
        ticket = self.offered(complaint_outcome="upheld")
        ticket._complaint_resolve_by_letter()
        self.assertEqual(ticket.complaint_remedy_ids.state, "accepted")
        self.assertFalse(ticket.complaint_decision)


@tagged("post_install", "-at_install")
class TestOutcome(AgreementCommon):
    def test_none_no_resolution(self):
        ticket = self.complaint("agreement")
        for phase in ("follow_up", "closed"):
            with self.subTest(phase), self.refused("the outcome"):
                ticket.stage_id = self.stages[phase]
        several = ticket | self.complaint("agreement", complaint_outcome="upheld")
        with self.refused(ticket.number):
            several.action_complaint_resolve()

    def test_asked_for(self):
        ticket = self.complaint("agreement")
        action = ticket.action_complaint_resolve()
        Wizard = self.env[action["res_model"]].with_user(self.handler)
        with Form(Wizard.with_context(**action["context"])) as form:
            form.outcome = "partly_upheld"
            form.reason = "The second bill was right"
        form.record.action_resolve()
        self.assertEqual(ticket.complaint_phase, "follow_up")
        self.assertEqual(ticket.complaint_outcome, "partly_upheld")
        self.assertEqual(ticket.complaint_reason, "The second bill was right")

    def test_withdrawn_is_the_customers(self):
        ticket = self.complaint()
        with self.refused("use the button “Withdraw”"):
            ticket.complaint_outcome = "withdrawn"
        ticket.action_complaint_withdraw()
        self.assertEqual(ticket.complaint_outcome, "withdrawn")
        ticket.action_complaint_reopen()
        self.assertFalse(ticket.complaint_outcome)
        with self.refused("outcome"):
            ticket.stage_id = self.stages["follow_up"]

    def test_stands_once_it_is_closed(self):
        ticket = self.complaint(complaint_outcome="not_upheld")
        self.move(ticket, "closed")
        with self.refused("reopen it"):
            ticket.complaint_outcome = "upheld"
        ticket.complaint_outcome = "not_upheld"  # unchanged, as forms may send it
        with self.refused("reopen it"):
            ticket.complaint_outcome = False
        with self.refused("Only an open complaint"):
            ticket.stage_id = self.stages["withdrawn"]
        ticket.action_complaint_reopen()
        ticket.complaint_outcome = "upheld"

    def test_answered_with_an_outcome(self):
        ticket = self.complaint(complaint_outcome="not_upheld")
        self.move(ticket, "follow_up")
        ticket.complaint_outcome = "partly_upheld"  # corrected
        with self.refused("reopen it"):
            ticket.complaint_outcome = False

    def test_withdrawn_is_not_answered_on_the_way(self):
        ticket = self.complaint()
        ticket.action_complaint_withdraw()
        for phase in ("follow_up", "closed"):
            with self.subTest(phase), self.refused("outcome"):
                ticket.stage_id = self.stages[phase]

    def test_goodwill_does_not_change_it(self):
        ticket = self.complaint(complaint_outcome="not_upheld")
        self.remedy(ticket, "gesture", amount=30)
        ticket._complaint_propose()
        ticket._complaint_accept()
        ticket.action_complaint_resolve()
        self.assertEqual(ticket.complaint_outcome, "not_upheld")

    def test_partly_counts_as_upheld(self):
        for outcome in ("upheld", "partly_upheld", "not_upheld"):
            self.complaint(complaint_outcome=outcome)
        self.assertEqual(
            self.customer.with_user(self.handler).complaint_upheld_share, 66.7
        )

    def test_hidden_from_customers(self):
        ticket = self.complaint(complaint_outcome="upheld").with_user(self.portal_user)
        for name in (
            "complaint_outcome",
            "complaint_findings",
            "complaint_cause_id",
            "complaint_remedy_ids",
            "complaint_event_ids",
            "complaint_document_ids",
            "complaint_corrective_action",
            "complaint_next_step",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                ticket.read([name])

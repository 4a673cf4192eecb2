"""Follow-up calls: who makes them, what if nobody answers, and the register."""

from datetime import date, datetime

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .test_helpdesk_ticket_follow_up import FollowUpCommon

LATER = datetime(2026, 3, 11, 10, 0)  # the Wednesday on which the call is due


class CallsCommon(FollowUpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Call = cls.env["complaint.follow.up.call"]

    def wizard(self, complaint, user=None, **vals):
        """Return the wizard as a user opens it from the complaint."""
        user = user or self.handler
        action = complaint.with_user(user).action_complaint_follow_up()
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(vals)
        )

    def press(self, complaint, answer, user=None, **vals):
        return getattr(self.wizard(complaint, user, **vals), f"action_{answer}")()

    def promised(self, complaint):
        """Return a remedy that the customer has accepted."""
        return self.env["complaint.remedy"].create(
            {
                "ticket_id": complaint.id,
                "type_id": self.env.ref(
                    "crm_complaints.complaint_remedy_type_refund"
                ).id,
                "description": "The price",
                "state": "accepted",
            }
        )

    def register(self, complaint):
        """Return the register of a complaint, the first call first."""
        return self.Call.search([("ticket_id", "=", complaint.id)], order="id")


@tagged("post_install", "-at_install")
class TestFollowUpCaller(CallsCommon):
    def test_team_names_who_calls(self):
        self.team.complaint_follow_up_user_id = self.team_handler
        call = self.calls(self.resolved())
        self.assertEqual(call.user_id, self.team_handler)
        self.assertIn("I am Tim Team", " ".join(call.note.split()))

    def test_responsible_person_calls_where_the_named_one_may_not_work_it(self):
        archived = self.create_user("archived", "Ada Archived", "user")
        archived.active = False
        for named in (
            archived,
            self.user_employee,
            self.handler_b,
            self.own_handler,  # may only work their own complaints: this is Hanna's
        ):
            with self.subTest(named.name):
                self.team.complaint_follow_up_user_id = named
                call = self.calls(self.resolved())
                self.assertEqual(call.user_id, self.handler)
                self.assertIn("I am Hanna Handler", " ".join(call.note.split()))

    def test_colleague_it_is_about_does_not_call(self):
        self.team.complaint_follow_up_user_id = self.leader
        complaint = self.resolved(
            complaint_concerned_user_ids=[Command.link(self.leader.id)]
        )
        self.assertEqual(self.calls(complaint).user_id, self.handler)
        other = self.resolved()
        self.assertEqual(self.calls(other).user_id, self.leader)
        other.complaint_concerned_user_ids = self.leader
        self.assertEqual(self.calls(other).user_id, self.handler)

    def test_named_caller_keeps_the_call_whoever_takes_the_complaint(self):
        self.team.complaint_follow_up_user_id = self.leader
        complaint = self.resolved(user_id=False)
        self.assertEqual(complaint.complaint_responsible_id, self.leader)
        complaint.user_id = self.handler
        self.assertEqual(self.calls(complaint).user_id, self.leader)

    def test_caller_and_whoever_resolves_need_not_be_of_the_same_companies(self):
        both = self.create_user(
            "both", "Bea Both", "user", self.company_b | self.company_a
        )
        self.team.complaint_follow_up_user_id = self.leader
        complaint = self.create_complaint(user_id=self.handler.id)
        complaint.with_user(both).with_context(
            allowed_company_ids=both.company_ids.ids
        ).action_complaint_resolve()
        self.assertEqual(self.calls(complaint).user_id, self.leader)
        self.team.complaint_follow_up_user_id = both
        self.assertEqual(self.calls(self.resolved()).user_id, both)

    def test_script_names_whoever_opened_it(self):
        wizard = self.wizard(self.resolved(), self.leader)
        self.assertIn("I am Lena Leader", html2plaintext(wizard.script))

    def test_only_staff_calls_and_within_reason(self):
        with self.assertRaises(ValidationError):
            self.team.complaint_follow_up_user_id = self.portal_user
        for attempts in (0, -1, 11):
            with self.assertRaises(ValidationError):
                self.team.complaint_follow_up_attempts = attempts

    def test_batch_is_planned_for_in_as_many_queries_as_one(self):
        self.team.complaint_follow_up_user_id = self.leader
        counted = []
        for number in (1, 6):
            complaints = self.Ticket.union(*(self.resolved() for _i in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            complaints._complaint_follow_up_callers()
            complaints._complaint_days_until_call()
            counted.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counted)


@tagged("post_install", "-at_install")
class TestFollowUpToday(CallsCommon):
    def ask(self, complaints, note="He is not satisfied."):
        complaints._complaint_follow_up_today("Not Satisfied", note)

    def test_planned_call_is_due_today(self):
        complaint = self.resolved()
        planned = self.calls(complaint)
        self.ask(complaint, note="5 < 6")
        self.assertEqual(self.calls(complaint), planned)
        self.assertEqual(planned.date_deadline, date(2026, 3, 2))
        self.assertEqual(planned.summary, "Not Satisfied")
        self.assertTrue(planned.note.startswith("<p>5 &lt; 6</p>"))
        self.assertIn("Did the solution give the result you wanted?", planned.note)

    def test_today_is_the_team_s(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 3, 23, 30)):
            self.ask(complaint)
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 4))

    def test_call_is_planned_where_there_is_none(self):
        complaint = self.resolved()
        self.calls(complaint).unlink()
        self.ask(complaint)
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 2))
        self.assertEqual(self.calls(complaint).user_id, self.handler)

    def test_nothing_is_asked_twice_or_while_it_is_open(self):
        answered = self.resolved()
        self.press(answered, "restored")
        open_one = self.create_complaint()
        self.ask(answered | open_one)
        self.ask(self.Ticket)
        self.assertFalse(self.calls(answered) | self.calls(open_one))

    def test_complaint_that_was_merged_is_not_asked_about(self):
        complaint = self.resolved()
        self.calls(complaint).unlink()
        complaint.sudo().duplicate_id = self.create_complaint()
        self.ask(complaint)
        self.assertFalse(self.calls(complaint))

    def test_customer_may_set_it_off(self):
        complaint = self.resolved()
        self.ask(complaint.with_user(self.portal_user))
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 2))

    def test_said_twice_it_stands_there_once(self):
        complaint = self.resolved()
        self.ask(complaint)
        self.ask(complaint)
        self.assertEqual(self.calls(complaint).note.count("He is not satisfied."), 1)


@tagged("post_install", "-at_install")
class TestFollowUpNotReached(CallsCommon):
    def test_it_is_tried_again_on_the_next_working_day(self):
        for moment, day in (
            (LATER, date(2026, 3, 12)),
            (datetime(2026, 3, 13, 10, 0), date(2026, 3, 16)),  # a Friday
        ):
            with self.subTest(day=day), self.at(moment):
                complaint = self.resolved()
                planned = self.calls(complaint)
                self.press(complaint, "not_reached", words="Voicemail.")
                self.assertEqual(self.calls(complaint), planned, "the same call")
                self.assertEqual(planned.date_deadline, day)
                self.assertEqual(complaint.complaint_phase, "follow_up")
                self.assertFalse(complaint.complaint_follow_up_at)
                self.assertFalse(complaint.complaint_follow_up_result)
                entry = self.register(complaint)
                self.assertFalse(entry.reached)
                self.assertFalse(entry.result)
                self.assertEqual(entry.followed, "again")
                self.assertEqual(entry.next_call_on, day)
                self.assertEqual(entry.customer_words, "Voicemail.")
                self.assertEqual(entry.user_id, self.handler)

    def test_who_was_not_reached_has_not_heard_from_us(self):
        complaint = self.resolved()
        before = complaint.complaint_responded_at
        with self.at(LATER):
            self.press(complaint, "not_reached")
        self.assertEqual(complaint.complaint_responded_at, before)
        self.assertFalse(
            complaint.message_ids.filtered("mail_activity_type_id"), "no call was done"
        )

    def test_after_as_many_attempts_as_the_team_wants_they_are_asked_in_writing(self):
        for attempts in (1, 2, 4):
            with self.subTest(attempts=attempts):
                self.team.complaint_follow_up_attempts = attempts
                complaint = self.resolved()
                for _number in range(attempts - 1):
                    with self.assertRaises(UserError):
                        self.press(complaint, "write")
                    self.press(complaint, "not_reached")
                wizard = self.wizard(complaint)
                self.assertEqual(wizard.step, "write")
                self.assertEqual(wizard.attempt, attempts)
                with self.assertRaises(UserError):
                    wizard.action_not_reached()
                wizard.action_write()
                self.assertEqual(len(self.register(complaint)), attempts)
                self.assertEqual(
                    self.register(complaint).mapped("attempt_number"),
                    list(range(1, attempts + 1)),
                )

    def asked_in_writing(self, **vals):
        self.team.complaint_follow_up_attempts = 1
        complaint = self.resolved(**vals)
        with self.at(LATER):
            self.press(complaint, "write", user=self.leader)
        return complaint

    def test_letter_asks_in_the_name_of_who_called(self):
        self.leader.partner_id.phone = "+32 2 555 00 09"
        complaint = self.resolved()
        self.team.complaint_follow_up_attempts = 1
        self._init_mail_mock()
        with self.at(LATER):
            self.press(complaint, "write", user=self.leader)
            self.flush_tracking()
        [mail] = [
            mail for mail in self._mails if "anna@weber.example" in mail["email_to"][0]
        ]
        text = " ".join(html2plaintext(mail["body"]).split())
        for words in (
            "Thank you again for your complaint of 2 March 2026.",
            "I tried to call: did the solution give the result you wanted?",
            "+32 2 555 00 09",
            "Lena Leader",
        ):
            self.assertIn(words, text)
        letter = complaint.complaint_letter_ids
        self.assertEqual(letter.kind, "not_reached")
        self.assertEqual(letter.user_id, self.leader)
        self.assertEqual(self.register(complaint).letter_id, letter)

    def test_letter_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_complaints.mail_template_follow_up_not_reached")
        template.with_context(lang="fr_FR").body_html = "<p>Merci encore.</p>"
        self.customer.lang = "fr_FR"
        letter = self.asked_in_writing().complaint_letter_ids
        self.assertEqual(letter.lang, "fr_FR")
        self.assertIn("Merci encore.", letter.body)

    def test_whoever_acts_for_them_is_asked_in_writing_as_well(self):
        daughter = self.env["res.partner"].create(
            {"name": "Clara Weber", "email": "clara@daughter.example"}
        )
        complaint = self.resolved(complaint_representative_id=daughter.id)
        self.env["complaint.consent"].create(
            {
                "ticket_id": complaint.id,
                "partner_id": daughter.id,
                "given_on": date(2026, 2, 27),
                "attachment_ids": [
                    Command.create({"name": "consent.pdf", "raw": b"I agree."})
                ],
            }
        )
        self.team.complaint_follow_up_attempts = 1
        self.press(complaint, "write")
        self.assertEqual(
            set(complaint.complaint_letter_ids.mapped("email_to")),
            {"anna@weber.example", "clara@daughter.example"},
        )
        self.assertEqual(len(self.register(complaint)), 1)

    def test_asked_in_writing_it_waits_as_long_as_after_the_answer(self):
        complaint = self.asked_in_writing()
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(complaint.complaint_follow_up_at, LATER, "asked in time")
        self.assertFalse(complaint.complaint_follow_up_result)
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 20))
        self.assertEqual(self.register(complaint).followed, "written")

    def test_promise_to_follow_up_is_kept_by_asking(self):
        complaint = self.asked_in_writing()
        [promise] = complaint.complaint_milestone_ids.filtered(
            lambda m: m.milestone == "follow_up"
        )
        self.assertEqual((promise.state, promise.reached_at), ("met", LATER))
        with self.at(datetime(2026, 5, 1, 9, 0)):
            self.press(complaint, "restored", how="email")
        self.assertEqual((promise.state, promise.reached_at), ("met", LATER))
        self.assertEqual(complaint.complaint_follow_up_at, LATER)
        self.assertEqual(complaint.complaint_follow_up_result, "restored")
        self.assertEqual(complaint.complaint_phase, "closed")

    def test_without_an_answer_it_is_closed_as_what_it_is(self):
        complaint = self.asked_in_writing()
        wizard = self.wizard(complaint)
        self.assertEqual(wizard.step, "close")
        for action in ("not_reached", "write", "tell"):
            with self.assertRaises(UserError):
                getattr(wizard, f"action_{action}")()
        with self.at(datetime(2026, 3, 20, 9, 0)):
            wizard.action_close()
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertFalse(complaint.complaint_follow_up_result)
        self.assertFalse(self.calls(complaint))
        self.assertEqual(
            self.register(complaint).mapped("followed"), ["written", "closed"]
        )
        self.assertIn("closed without a result", self.history(complaint))

    def test_nothing_is_closed_unanswered_before_they_were_asked_in_writing(self):
        complaint = self.resolved()
        with self.assertRaises(UserError):
            self.press(complaint, "close")
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertFalse(self.register(complaint))

    def test_promise_not_kept_is_not_closed_over(self):
        complaint = self.asked_in_writing()
        self.promised(complaint)
        with self.assertRaises(UserError):
            self.press(complaint, "close")
        self.press(complaint, "close", promise_reason="Moved away")
        self.assertEqual(complaint.complaint_phase, "closed")

    def test_without_a_phone_they_are_asked_in_writing_at_once(self):
        complaint = self.resolved(
            partner_id=False, partner_email="peter@novak.example", complaint_phone=False
        )
        wizard = self.wizard(complaint)
        self.assertEqual((wizard.step, wizard.how), ("write", "email"))
        wizard.action_write()
        body = html2plaintext(complaint.complaint_letter_ids.body)
        self.assertIn("May I ask: did the solution give", " ".join(body.split()))
        self.assertNotIn("I tried to call", body)

    def test_without_an_email_a_letter_is_printed(self):
        self.customer.email = False
        complaint = self.resolved()
        self.team.complaint_follow_up_attempts = 1
        self.assertFalse(complaint.complaint_responded_at)
        action = self.press(complaint, "write")
        self.assertTrue(complaint.complaint_responded_at, "they hear from us")
        letter = complaint.complaint_letter_ids
        self.assertEqual(letter.way, "paper")
        self.assertIn(action["type"], ("ir.actions.report", "ir.actions.act_url"))
        self.assertEqual(self.register(complaint).followed, "written")

    def test_where_there_is_no_way_the_leader_is_asked(self):
        self.customer.write({"email": False, "street": False})
        complaint = self.resolved()
        self.team.complaint_follow_up_attempts = 1
        with self.assertRaises(UserError):
            self.press(complaint, "write")
        self.press(complaint, "tell")
        [asked] = self.activities(complaint, "look")
        self.assertEqual(asked.user_id, self.leader)
        self.assertEqual(self.register(complaint).followed, "told")
        self.assertFalse(complaint.complaint_follow_up_at, "they were not asked")
        self.assertEqual(self.wizard(complaint).step, "close")

    def test_nobody_is_asked_how_to_reach_somebody_unknown(self):
        complaint = self.resolved(partner_id=False)
        self.assertEqual(self.wizard(complaint).step, "close")
        self.press(complaint, "close")
        self.assertEqual(complaint.complaint_phase, "closed")

    def test_answer_to_it_is_something_to_record_today(self):
        complaint = self.asked_in_writing()
        sent = complaint.complaint_letter_ids.message_id
        with self.at(datetime(2026, 3, 13, 9, 0)):
            self.answer(
                sent.message_id, From="Anna Weber <anna@weber.example>", body="Yes!"
            )
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 13))
        self.assertIn("reply", self.calls(complaint).summary)
        self.assertFalse(self.activities(complaint, "look"), "one thing to do")
        self.assertEqual(complaint.complaint_phase, "follow_up")

    def test_other_answers_are_looked_at_as_always(self):
        complaint = self.resolved()
        self.press(complaint, "not_reached")
        complaint._complaint_answer_came()
        self.assertTrue(self.activities(complaint, "look"))
        self.assertEqual(self.calls(complaint).date_deadline, date(2026, 3, 3))

    def test_attempts_count_anew_with_the_next_resolution(self):
        complaint = self.resolved()
        self.press(complaint, "not_reached")
        complaint.action_complaint_reopen()
        complaint.action_complaint_resolve()
        wizard = self.wizard(complaint)
        self.assertEqual((wizard.step, wizard.attempt), ("again", 1))
        self.assertEqual(len(wizard.call_ids), 1, "what was before stays in sight")

    def test_broken_letter_costs_nothing_that_was_typed(self):
        self.team.complaint_follow_up_attempts = 1
        complaint = self.resolved()
        template = self.env.ref("crm_complaints.mail_template_follow_up_not_reached")
        self.edit_template(template, body_html="")
        wizard = self.wizard(complaint, words="Voicemail.")
        with self.assertRaises(UserError):
            wizard.action_write()
        self.assertFalse(self.register(complaint))
        self.assertEqual(wizard.words, "Voicemail.")
        self.assertEqual(complaint.complaint_phase, "follow_up")

    def test_own_handler_can_record_all_of_it(self):
        complaint = self.resolved(user_id=self.own_handler.id)
        for answer in ("not_reached", "write", "close"):
            self.press(complaint, answer, user=self.own_handler)
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(self.register(complaint).user_id, self.own_handler)


@tagged("post_install", "-at_install")
class TestFollowUpLost(CallsCommon):
    def test_it_is_not_opened_again_without_a_reason(self):
        for answer in ("lost", "partly_reopen", "lost_review"):
            with self.subTest(answer):
                complaint = self.resolved()
                wizard = self.wizard(complaint, words="  ")
                with self.assertRaises(UserError):
                    getattr(wizard, f"action_{answer}")()
                self.assertEqual(complaint.complaint_phase, "follow_up")
                self.assertFalse(self.register(complaint))
                self.assertTrue(self.calls(complaint))

    def test_reason_is_kept_apart_from_the_words(self):
        complaint = self.resolved()
        self.press(complaint, "lost", words="Hm.", reason="The refund is missing.")
        entry = self.register(complaint)
        self.assertEqual(
            (entry.customer_words, entry.reason, entry.result, entry.followed),
            ("Hm.", "The refund is missing.", "lost", "reopened"),
        )
        self.assertIn("The refund is missing.", self.history(complaint))

    def test_customer_s_words_are_reason_enough(self):
        complaint = self.resolved()
        self.press(complaint, "lost", words="It broke again.")
        self.assertEqual(self.register(complaint).reason, "It broke again.")
        self.assertEqual(self.history(complaint).count("It broke again."), 1)

    def test_letter_of_the_reopening_is_offered_and_not_sent(self):
        for answer in ("lost", "partly_reopen"):
            complaint = self.resolved()
            action = self.press(complaint, answer, words="It broke again.")
            self.assertEqual(action["res_model"], "complaint.letter.compose")
            self.assertEqual(action["context"]["default_kind"], "reopening")
            self.assertEqual(action["context"]["default_ticket_id"], complaint.id)
            self.assertFalse(complaint.complaint_letter_ids)

    def test_no_letter_is_offered_to_nobody(self):
        complaint = self.resolved(partner_id=False, complaint_phone="+32 2 555 99 99")
        action = self.press(complaint, "lost", words="It broke again.")
        self.assertEqual(action["type"], "ir.actions.client")

    def test_another_person_looks_at_it(self):
        complaint = self.resolved()
        self.press(complaint, "lost_review", words="I want somebody else.")
        self.assertEqual(complaint.complaint_phase, "solution")
        self.assertTrue(complaint.complaint_review_open)
        self.assertFalse(complaint.user_id)
        self.assertEqual(complaint.complaint_follow_up_result, "lost")
        self.assertEqual(self.register(complaint).followed, "second_look")
        self.assertFalse(self.calls(complaint))
        self.assertIn("I want somebody else.", self.history(complaint))

    def test_second_look_is_not_had_twice(self):
        complaint = self.resolved()
        complaint.with_user(self.leader).sudo()._complaint_escalate(self.team_handler)
        complaint.sudo().complaint_outcome = "not_upheld"
        complaint.sudo().action_complaint_resolve()
        wizard = self.wizard(complaint, self.team_handler, words="Still not.")
        self.assertFalse(wizard.review_possible)
        with self.assertRaises(UserError):
            wizard.action_lost_review()
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertFalse(self.register(complaint))


@tagged("post_install", "-at_install")
class TestFollowUpRepeated(CallsCommon):
    def repeated(self, **vals):
        """Return a complaint in follow-up, and the repeat complaint.

        That one has no customer, so that it is not found automatically.
        """
        first = self.resolved(**vals)
        repeat = self.create_complaint(name="Again")
        with self.at(LATER):
            first._complaint_close_as_repeated(repeat)
        return first, repeat

    def test_first_one_is_closed_as_not_successful(self):
        first, repeat = self.repeated()
        self.assertEqual(first.complaint_phase, "closed")
        self.assertEqual(first.complaint_follow_up_result, "lost")
        self.assertEqual(first.complaint_follow_up_at, LATER)
        self.assertEqual(first.complaint_reopened_count, 0)
        self.assertFalse(self.calls(first))
        entry = self.register(first)
        self.assertEqual((entry.how, entry.result), ("repeat", "lost"))
        self.assertEqual(entry.repeat_id, repeat)
        self.assertFalse(entry.user_id, "nobody asked")
        self.assertEqual(entry.with_user(self.handler).repeat_number, repeat.number)

    def test_it_is_no_attempt_to_reach_them(self):
        wizard = self.wizard(self.repeated()[0])
        self.assertEqual((wizard.step, wizard.attempt), ("again", 1))

    def test_whoever_registers_it_needs_no_rights_on_the_first(self):
        first = self.resolved()
        repeat = self.create_complaint()
        first.with_user(self.portal_user)._complaint_close_as_repeated(repeat)
        self.assertEqual(first.complaint_phase, "closed")

    def test_what_is_not_in_follow_up_stays_as_it_is(self):
        repeat = self.create_complaint()
        for phase in ("hearing", "closed", "withdrawn"):
            first = self.create_complaint(partner_id=self.customer.id)
            self.move(first, phase)
            first._complaint_close_as_repeated(repeat)
            self.assertEqual(first.complaint_phase, phase)
            self.assertFalse(first.complaint_follow_up_result)
            self.assertFalse(self.register(first))

    def test_complaint_is_no_repeat_of_itself(self):
        first = self.resolved()
        first._complaint_close_as_repeated(first)
        self.assertEqual(first.complaint_phase, "follow_up")

    def test_what_was_promised_is_promised_still(self):
        first = self.resolved()
        remedy = self.promised(first)
        first._complaint_close_as_repeated(self.create_complaint())
        self.assertEqual(first.complaint_phase, "closed")
        self.assertEqual(remedy.state, "accepted")

    def test_nobody_closes_over_a_promise_by_a_word_in_the_context(self):
        first = self.resolved()
        self.promised(first)
        with self.assertRaises(UserError):
            self.move(
                first.with_context(complaint_remedies_stand="REMEDIES_STAND"), "closed"
            )

    def test_colleague_does_not_learn_of_a_complaint_about_themselves(self):
        first, repeat = self.repeated()
        repeat.complaint_concerned_user_ids = self.team_handler
        entry = self.register(first).with_user(self.team_handler)
        self.assertEqual(entry.how, "repeat")
        self.assertFalse(entry.repeat_number)
        with self.assertRaises(AccessError):
            entry.read(["repeat_id"])
        self.assertNotIn(repeat.number, self.history(first))


@tagged("post_install", "-at_install")
class TestFollowUpSince(CallsCommon):
    def since(self, complaint, user=None):
        """Return the wizard's text on contacts since the resolution."""
        wizard = self.wizard(complaint, user)
        self.assertEqual(bool(wizard.since), wizard.is_heard_since)
        return " ".join(html2plaintext(wizard.since or "").split())

    def test_nothing_came(self):
        with self.at(datetime(2026, 3, 1, 9, 0)):
            self.create_complaint(partner_id=self.customer.id, name="Long ago")
        self.create_complaint(partner_name="Somebody Else", name="Another one's")
        self.assertEqual(self.since(self.resolved()), "")

    def test_further_complaints_of_their_company_and_number_are_named(self):
        colleague = self.env["res.partner"].create(
            {"name": "Carl Weber", "parent_id": self.customer_company.id}
        )
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 5, 9, 0)):
            others = [
                self.create_complaint(partner_id=colleague.id),
                self.create_complaint(complaint_phone="0032 2 555 01 01"),
                self.create_complaint(partner_email="Anna <anna@weber.example>"),
            ]
            text = self.since(complaint)
        for other in others:
            self.assertIn(other.number, text)
        self.assertIn("03/05/2026", text)

    def test_questions_to_other_teams_count_as_well(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 5, 9, 0)):
            ticket = self.create_ticket(partner_id=self.customer.id)
            self.assertIn(ticket.name, self.since(complaint))

    def test_what_they_wrote_on_this_one_is_quoted(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 5, 9, 0)):
            self.receive(
                From="Anna Weber <anna@weber.example>",
                Subject=f"Re: {complaint.number}",
                In_Reply_To=complaint._complaint_send_letter(
                    "update", "News", "<p>News</p>", "en_US", "mail"
                ).message_id.message_id,
                body="It is broken <again>.",
            )
            self.assertIn("It is broken <again>.", self.since(complaint))

    def test_our_own_messages_and_notes_do_not_count(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 5, 9, 0)):
            complaint.message_post(
                body="To you", subtype_xmlid="mail.mt_comment", message_type="comment"
            )
            complaint.message_post(
                body="Heard it",
                author_id=self.customer.id,
                subtype_xmlid="mail.mt_note",
                message_type="comment",
            )
            self.assertEqual(self.since(complaint), "")

    def test_what_a_colleague_may_not_read_they_are_not_told(self):
        complaint = self.resolved(user_id=self.team_handler.id)
        with self.at(datetime(2026, 3, 5, 9, 0)):
            other = self.create_complaint(
                partner_id=self.customer.id,
                complaint_concerned_user_ids=[Command.link(self.team_handler.id)],
            )
            self.assertEqual(self.since(complaint, self.team_handler), "")
            self.assertIn(other.number, self.since(complaint))

    def test_merged_ones_are_no_further_complaints(self):
        complaint = self.resolved()
        with self.at(datetime(2026, 3, 5, 9, 0)):
            keep, merged = (
                self.create_complaint(partner_id=self.customer.id, name=name)
                for name in ("Keep", "Merged")
            )
            self.env["complaint.merge"]._merge(keep, merged)
            text = self.since(complaint)
        self.assertIn(keep.number, text)
        self.assertNotIn(merged.number, text)


@tagged("post_install", "-at_install")
class TestFollowUpRegister(CallsCommon):
    def test_what_was_asked_moves_with_a_complaint_that_is_merged(self):
        keep = self.create_complaint(
            partner_id=self.customer.id, user_id=self.handler.id
        )
        complaint = self.resolved()
        self.press(complaint, "lost", words="It broke again")
        self.env["complaint.merge"].with_user(self.handler)._merge(
            keep.with_user(self.handler), complaint.with_user(self.handler)
        )
        self.assertEqual(
            self.register(keep).mapped("customer_words"), ["It broke again"]
        )
        self.assertFalse(self.register(complaint))

    def test_every_call_of_every_resolution_stays(self):
        complaint = self.resolved()
        self.press(complaint, "not_reached")
        self.press(complaint, "lost", words="Broken again.", how="in_person")
        complaint.sudo().action_complaint_resolve()
        self.press(complaint, "restored", words="Thank you.")
        calls = self.register(complaint)
        self.assertEqual(
            [
                (c.cycle, c.attempt_number, c.how, c.reached, c.result, c.followed)
                for c in calls
            ],
            [
                (1, 1, "phone", False, False, "again"),
                (1, 2, "in_person", True, "lost", "reopened"),
                (2, 1, "phone", True, "restored", "closed"),
            ],
        )
        self.assertEqual(complaint.complaint_follow_up_call_ids, calls[::-1])

    def test_closed_one_that_is_asked_about_stays_closed(self):
        complaint = self.create_complaint(user_id=self.handler.id)
        self.move(complaint, "closed")
        self.press(complaint, "partly")
        self.assertEqual(self.register(complaint).followed, "none")

    def test_nobody_edits_the_register(self):
        complaint = self.resolved()
        self.press(complaint, "restored")
        entry = self.register(complaint)
        for user in (self.handler, self.leader, self.manager):
            calls = entry.with_user(user)
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    calls.write({"result": "lost"})
                with self.assertRaises(AccessError):
                    calls.unlink()
                with self.assertRaises(AccessError):
                    calls.create({"ticket_id": complaint.id, "how": "phone"})

    def test_it_is_read_by_those_who_may_read_the_complaint(self):
        complaint = self.resolved(
            complaint_concerned_user_ids=[Command.link(self.leader.id)]
        )
        self.press(complaint, "restored")
        entry = self.register(complaint)
        self.assertEqual(entry.with_user(self.handler).result, "restored")
        for user in (
            self.leader,
            self.own_handler,
            self.handler_b,
            self.user_employee,
            self.portal_user,
        ):
            with self.subTest(user.name), self.assertRaises(AccessError):
                entry.with_user(user).read(["result"])

    def test_only_ways_of_asking_can_be_chosen(self):
        complaint = self.resolved()
        with self.assertRaises(ValueError):
            self.wizard(complaint, how="repeat")

    def test_what_keeps_a_promise_open_is_asked_beside_the_promise(self):
        # it must not be below the fold, out of sight of the buttons
        arch = etree.fromstring(self.env["complaint.follow.up"].get_view()["arch"])
        names = arch.xpath("//sheet//field[not(ancestor::field)]/@name")
        self.assertLess(names.index("remedy_ids"), names.index("promise_reason"))
        self.assertLess(names.index("promise_reason"), names.index("words"))

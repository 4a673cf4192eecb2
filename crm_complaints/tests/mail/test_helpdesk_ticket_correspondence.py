"""Answers by mail: each stands on its complaint, and nobody writes into another's."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintMailCommon

ANNA = "Anna Weber <anna@weber.example>"


class ThreadsCommon(ComplaintMailCommon):
    """A complaint of Anna's, acknowledged; Hanna handles it."""

    def setUp(self):
        super().setUp()
        self.complaint = self.receive(From=ANNA, Message_Id="<first@weber.example>")
        self.complaint.user_id = self.handler
        self.acknowledged = self.the_acknowledgement()["Message-Id"]

    def letter(self, complaint=None, body="We are on it."):
        """Let the handler write to the customer; return the message."""
        complaint = complaint or self.complaint
        return complaint.with_user(self.handler).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=complaint.partner_id.ids,
        )

    def internal_note(self):
        return self.complaint.with_user(self.handler).message_post(
            body="Between us.", message_type="comment", subtype_xmlid="mail.mt_note"
        )

    def looks(self, complaint=None):
        """Return what somebody is asked to look at."""
        return self.activities(complaint or self.complaint, "look")

    def state(self, complaint=None):
        """Return what a mail that sets nothing off leaves as it is."""
        complaint = complaint or self.complaint
        return (
            complaint.stage_id,
            complaint.complaint_reopened_count,
            complaint.complaint_acknowledged_at,
            complaint.complaint_first_personal_at
            if "complaint_first_personal_at" in complaint._fields
            else None,
            complaint.message_partner_ids,
            complaint.user_id,
        )

    def closed(self, phase="closed"):
        """Close the complaint today."""
        self.bring_in(self.complaint, phase)
        self.complaint.activity_ids.unlink()
        return self.complaint


@tagged("post_install", "-at_install")
class TestAnswers(ThreadsCommon):
    def assertAnswered(self, ticket, complaint=None):
        """Fail unless the last mail is the customer's answer, and nothing else."""
        complaint = complaint or self.complaint
        self.assertEqual(ticket, complaint)
        message = self.newest(complaint)
        self.assertIn("One more thing.", message.body)
        self.assertComment(message)
        self.assertEqual(self.entry().outcome, "answer")
        self.assertEqual(self.entry().ticket_id, complaint)
        self.assertFalse(self.looks(complaint))
        self.assertEqual(len(self.acknowledgements()), 1, "no second one")

    # ---------------------------------------------------
    # By what it cites
    # ---------------------------------------------------

    def test_answer_to_any_message_of_the_thread_is_a_comment_on_its_complaint(self):
        letter = self.letter().message_id
        state = self.state()
        for cited in (self.acknowledged, letter, "<first@weber.example>"):
            for header in ("In_Reply_To", "References"):
                with self.subTest(cited=cited, header=header), self.no_new_ticket():
                    ticket = self.receive(
                        From=ANNA, body="One more thing.", **{header: cited}
                    )
                    self.assertAnswered(ticket)
                    self.assertEqual(self.newest(ticket).author_id, self.customer)
        self.assertEqual(self.state(), state)

    def test_answer_is_read_by_the_customer_and_told_to_the_handler(self):
        self.answer(self.acknowledged, From=ANNA)
        message = self.newest(self.complaint)
        self.assertIn(self.handler.partner_id, message.notified_partner_ids)
        self.assertTrue(message.with_user(self.portal_user).has_access("read"))

    def test_answer_is_found_far_back_among_the_references(self):
        others = " ".join(f"<{number}@elsewhere.example>" for number in range(30))
        ticket = self.receive(
            From=ANNA,
            body="One more thing.",
            References=f"{self.acknowledged} {others}",
        )
        self.assertAnswered(ticket)

    def test_answer_to_the_general_address_finds_its_complaint(self):
        for to in (
            self.mail_alias_domain.catchall_email,
            f"{self.mail_alias_domain.catchall_email}, {self.team.alias_email}",
            self.mail_alias_domain_c2.catchall_email,
        ):
            with self.subTest(to=to), self.no_new_ticket():
                self.assertAnswered(self.answer(self.acknowledged, From=ANNA, To=to))

    def test_answer_to_an_internal_note_is_no_internal_note(self):
        note = self.internal_note()
        self.assertAnswered(self.answer(note.message_id, From=ANNA))
        message = self.newest(self.complaint)
        self.assertTrue(message.with_user(self.portal_user).has_access("read"))

    # ---------------------------------------------------
    # By our reference
    # ---------------------------------------------------

    def test_our_reference_in_the_subject_is_enough_for_the_complainant(self):
        number = self.complaint.number
        self.complaint.complaint_former_number = "HT00815"
        for subject in (
            number,
            f"Re: [{number}]",
            f"AW: Ihr Zeichen: {number}.",
            f"Re: Broken on arrival ({number})",
            f"my complaint no.{number}: still broken",
            f"“{number}”",
            f"„{number}“",
            f"»{number}«!",
            f"*{number}*",
            f"{number}…",
            f"|{number}|",
            f"{number}，still broken",
            f"re: complaint {number.lower()}",
            "Re: HT00815",
            "[HT00815] - it is broken",
            "[#HT00815]",
        ):
            with self.subTest(subject=subject), self.no_new_ticket():
                self.assertAnswered(
                    self.receive(From=ANNA, Subject=subject, body="One more thing.")
                )
                self.newest(self.complaint).unlink()
                self.entry().unlink()  # else they are too many within an hour

    def test_reference_that_is_part_of_another_is_none(self):
        for subject in (f"{self.complaint.number}7", f"X{self.complaint.number}"):
            with self.subTest(subject=subject):
                self.assertNotEqual(
                    self.receive(From=ANNA, Subject=subject), self.complaint
                )

    def test_colleague_of_the_complainant_s_company_may_answer(self):
        Partner = self.env["res.partner"]
        Partner.create(
            {
                "name": "Boris",
                "parent_id": self.customer_company.id,
                "email": "boris@weber.example",
            }
        )
        for sender in ("boris@weber.example", "office@weber.example"):
            with self.subTest(sender=sender), self.no_new_ticket():
                subject = f"Re: [{self.complaint.number}]"
                for headers in (
                    {"Subject": subject},
                    {"In_Reply_To": self.acknowledged},
                ):
                    ticket = self.receive(
                        From=sender, body="One more thing.", **headers
                    )
                    self.assertAnswered(ticket)

    def test_people_without_a_company_are_no_colleagues_of_each_other(self):
        husband = self.env["res.partner"].create(
            {"name": "Carl", "email": "carl@novak.example"}
        )
        self.env["res.partner"].create(
            {"name": "Dora", "email": "dora@novak.example", "parent_id": husband.id}
        )
        self.complaint.partner_id = husband
        self.assertFalse(self.complaint._complaint_relation("dora@novak.example"))
        self.complaint.write({"partner_id": False})
        ticket = self.receive(
            From="boris@novak.example", Subject=f"Re: {self.complaint.number}"
        )
        self.assertNotEqual(ticket, self.complaint)

    def test_complainant_without_a_contact_is_known_by_their_address(self):
        complaint = self.receive()
        for sender in ("peter@novak.example", "Petr <PETER@Novak.example>"):
            with self.subTest(sender=sender), self.no_new_ticket():
                self.assertEqual(
                    self.receive(From=sender, Subject=complaint.number), complaint
                )

    # ---------------------------------------------------
    # Whom the customer put in copy
    # ---------------------------------------------------

    def test_whom_the_customer_put_in_copy_may_answer(self):
        """At the first mail, or later; a contact of ours or not."""
        friend = "friend@weber.example"
        self.answer(self.acknowledged, From=ANNA, Cc=f"A Friend <{friend}>")
        self.assertAnswered(self.answer(self.acknowledged, From=friend))
        complaint = self.receive(
            Cc="Aunt <AUNT@novak.example>", Message_Id="<with-copy@novak.example>"
        )
        with self.no_new_ticket():
            ticket = self.answer("<with-copy@novak.example>", From="aunt@novak.example")
        self.assertEqual(ticket, complaint)
        self.assertComment(self.newest(complaint))

    def test_copy_of_a_mail_to_two_desks_counts_at_both(self):
        self.receive(
            To=f"{self.team.alias_email}, {self.team_b.alias_email}",
            Cc="aunt@novak.example",
            Subject="To both",
        )
        for complaint in self.Ticket.search([("name", "=", "To both")]):
            with self.subTest(team=complaint.team_id.name):
                self.assertEqual(
                    complaint._complaint_relation("aunt@novak.example"), "party"
                )

    def test_whom_we_wrote_to_may_answer(self):
        expert = self.env["res.partner"].create(
            {"name": "Expert", "email": "expert@lab.example"}
        )
        letter = self.complaint.with_user(self.handler).message_post(
            body="What do you think?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=expert.ids,
        )
        with self.no_new_ticket():
            ticket = self.answer(letter.message_id, From="expert@lab.example")
        self.assertAnswered(ticket)

    def test_whom_only_a_stranger_put_in_copy_is_a_stranger(self):
        self.answer(
            self.acknowledged, From="eve@evil.example", Cc="mallory@evil.example"
        )
        self.assertFalse(self.complaint._complaint_relation("mallory@evil.example"))

    # ---------------------------------------------------
    # Staff
    # ---------------------------------------------------

    def test_colleague_answers_by_mail_and_that_is_a_personal_answer(self):
        for sender in (self.handler, self.user_employee):
            with self.subTest(sender=sender.name), self.no_new_ticket():
                ticket = self.answer(
                    self.acknowledged,
                    From=sender.email_formatted,
                    To=f"{self.team.alias_email}, anna@weber.example",
                )
                self.assertAnswered(ticket)
                self.assertEqual(self.newest(ticket).author_id, sender.partner_id)

    def test_colleague_s_answer_to_a_note_stays_between_us(self):
        note = self.internal_note()
        self.answer(note.message_id, From=self.leader.email_formatted)
        message = self.newest(self.complaint)
        self.assertNote(message)
        self.assertFalse(message.with_user(self.portal_user).has_access("read"))

    def test_colleague_s_answer_never_opens_a_closed_complaint(self):
        for phase in ("closed", "withdrawn", "follow_up"):
            with self.subTest(phase=phase), self.no_new_ticket():
                self.closed(phase)
                self.answer(self.acknowledged, From=self.handler.email_formatted)
                self.assertEqual(self.complaint.complaint_phase, phase)
                self.assertComment(self.newest(self.complaint))
                self.assertFalse(self.looks())
        with self.at(self.clock + timedelta(days=100)), self.no_new_ticket():
            self.answer(self.acknowledged, From=self.handler.email_formatted)

    # ---------------------------------------------------
    # Other threads, other addresses
    # ---------------------------------------------------

    def test_answer_to_another_document_that_is_sent_to_the_desk_is_a_complaint(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        for thread in (ticket, self.customer):
            with self.subTest(thread=thread._name):
                message = thread.message_post(
                    body="Hello",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                count = len(thread.message_ids)
                complaint = self.answer(message.message_id, From=ANNA)
                self.assertTrue(complaint.is_complaint)
                self.assertNotEqual(complaint, self.complaint)
                self.assertAcknowledged(complaint)
                self.assertEqual(len(thread.message_ids), count)
                self.assertFalse(self.newest(complaint).parent_id)

    def _alias(self, model="res.partner", **values):
        return self.env["mail.alias"].create(
            {
                "alias_name": "contacts",
                "alias_domain_id": self.mail_alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id(model),
                **values,
            }
        )

    def test_mail_to_the_desk_and_to_another_address_of_ours_goes_to_both(self):
        alias = self._alias()
        complaint = self.receive(
            To=f"{self.team.alias_email}, {alias.alias_full_name}", Subject="To both"
        )
        self.assertTrue(complaint.is_complaint)
        self.assertAcknowledged(complaint)
        other = self.env["res.partner"].search([("name", "=", "To both")])
        self.assertEqual(len(other), 1)
        self.assertIn("The parcel was open.", self.newest(other).body)

    def test_mail_to_the_desk_and_to_an_ordinary_team_goes_to_both(self):
        self.ordinary_team.write(
            {"alias_name": "support-a", "alias_domain_id": self.mail_alias_domain.id}
        )
        self.receive(
            To=f"support-a@{self.mail_alias_domain.name}, {self.team.alias_email}",
            Subject="To both",
        )
        tickets = self.Ticket.search([("name", "=", "To both")])
        self.assertEqual(tickets.team_id, self.team | self.ordinary_team)
        self.assertEqual(len(tickets), 2)
        self.assertEqual(len(tickets.filtered("is_complaint")), 1)

    def test_answer_that_is_sent_to_another_address_as_well_goes_to_both(self):
        """As with Odoo alone, where a thread is passed on to another address."""
        alias = self._alias()
        note = self.internal_note().message_id
        for number, (sender, cited) in enumerate(
            (
                (ANNA, self.acknowledged),
                ("eve@evil.example", self.acknowledged),
                (ANNA, note),
                (self.leader.email_formatted, note),
            )
        ):
            with self.subTest(sender=sender, cited=cited), self.no_new_ticket():
                subject = f"Passed on {number}"
                ticket = self.answer(
                    cited,
                    From=sender,
                    To=f"{self.team.alias_email}, {alias.alias_full_name}",
                    Subject=subject,
                )
                self.assertEqual(ticket, self.complaint)
                other = self.env["res.partner"].search([("name", "=", subject)])
                self.assertEqual(len(other), 1)
                message = self.newest(other)
                self.assertFalse(message.is_internal)
                self.assertNotIn("no part in this complaint", message.body)
                self.assertFalse(message.parent_id)
                self.assertEqual(
                    self.newest(self.complaint).is_internal, sender != ANNA
                )

    def test_answer_that_is_sent_to_an_ordinary_team_as_well_is_no_further_ticket(self):
        self.ordinary_team.write(
            {"alias_name": "support-a", "alias_domain_id": self.mail_alias_domain.id}
        )
        with self.no_new_ticket():
            ticket = self.answer(
                self.acknowledged,
                From=ANNA,
                To=f"{self.team.alias_email}, support-a@{self.mail_alias_domain.name}",
            )
        self.assertAnswered(ticket)

    def test_restricted_address_still_takes_complaints_in(self):
        for contact in ("partners", "followers", "employees"):
            selection = self.env["mail.alias"]._fields["alias_contact"]
            if contact not in dict(selection._description_selection(self.env)):
                continue
            with self.subTest(contact=contact):
                self.team.alias_contact = contact
                complaint = self.receive(From=f"{contact}@novak.example")
                self.assertTrue(complaint.is_complaint)
                self.assertAcknowledged(complaint)
                self.assertEqual(len(self.sent_to(f"{contact}@novak.example")), 1)

    def test_restricted_desk_beside_another_address_sends_nothing_back(self):
        alias = self._alias()
        self.team.alias_contact = "followers"
        complaint = self.receive(
            To=f"{self.team.alias_email}, {alias.alias_full_name}", Subject="To both"
        )
        self.assertTrue(complaint.is_complaint)
        self.assertTrue(self.env["res.partner"].search([("name", "=", "To both")]))
        self.assertEqual(
            self.sent_to("peter@novak.example"), self.acknowledgements()[1:]
        )


@tagged("post_install", "-at_install")
class TestStrangers(ThreadsCommon):
    """Who had no part in a complaint does not write into it unseen."""

    def assertKeptUnseen(self, ticket, sender, complaint=None):
        complaint = complaint or self.complaint
        self.assertEqual(ticket, complaint)
        message = self.newest(complaint)
        self.assertNote(message)
        self.assertIn("no part in this complaint", message.body)
        self.assertIn(sender, message.body)
        self.assertFalse(message.with_user(self.portal_user).has_access("read"))
        with self.assertRaises(AccessError):
            message.with_user(self.portal_user).read(["body"])
        self.assertEqual(self.entry().outcome, "note")
        look = self.looks(complaint)
        self.assertEqual(len(look), 1, "one activity, however many mails")
        self.assertEqual(look.user_id, complaint.complaint_responsible_id)
        self.assertIn(sender, look.note)

    def test_stranger_who_cites_a_message_is_noted_for_staff_alone(self):
        self.letter()
        state = self.state()
        self.env["res.partner"].create({"name": "Eve", "email": "eve@evil.example"})
        for cited in (self.acknowledged, "<first@weber.example>"):
            with (
                self.subTest(cited=cited),
                self.nothing_sent(),
                self.no_new_ticket(),
            ):
                ticket = self.answer(
                    cited,
                    From="Eve <eve@evil.example>",
                    Cc="anna@weber.example, office@weber.example",
                )
                self.assertKeptUnseen(ticket, "eve@evil.example")
                self.assertEqual(self.state(), state)

    def test_stranger_is_noted_whoever_they_say_they_are(self):
        """The address counts, and nothing that only looks like it."""
        for sender, address in (
            ('"anna@weber.example" <eve@evil.example>', "eve@evil.example"),
            ("anna@weber.example <eve@evil.example>", "eve@evil.example"),
            ("Anna Weber <nna@weber.example>", "nna@weber.example"),
            ("Anna Weber <anna@weber.example.evil.example>", "evil.example"),
            ("Anna Weber <%@weber.example>", "%@weber.example"),
            (f'"{self.team.alias_email}" <eve@evil.example>', "eve@evil.example"),
            ('"Weber (anna@weber.example)" <eve@evil.example>', "eve@evil.example"),
            ("eve@evil.example (anna@weber.example)", "eve@evil.example"),
            ("Anna Weber <an_a@weber.example>", "an_a@weber.example"),
        ):
            # the customer's copy to their own address is what an address is compared with
            self.answer(self.acknowledged, From=ANNA, Cc="anna@weber.example")
            with self.subTest(sender=sender), self.nothing_sent():
                ticket = self.answer(self.acknowledged, From=sender)
                self.assertKeptUnseen(ticket, address)
                self.looks().unlink()

    def test_mail_without_a_sender_that_cites_a_message_is_noted(self):
        with self.nothing_sent():
            ticket = self.answer(self.acknowledged, From=None)
            self.assertKeptUnseen(ticket, "unknown sender")

    def test_number_alone_lets_no_stranger_in(self):
        message = self.newest(self.complaint)
        self.complaint.complaint_former_number = "HT00815"
        for subject in (f"Re: [{self.complaint.number}]", "Re: HT00815"):
            with self.subTest(subject=subject):
                ticket = self.receive(Subject=subject)
                self.assertNotEqual(ticket, self.complaint)
                self.assertTrue(ticket.is_complaint)
                self.assertAcknowledged(ticket)
                # it may continue an earlier one of their own
                self.assertNotEqual(ticket.complaint_repeat_of_id, self.complaint)
                self.assertEqual(self.newest(self.complaint), message)
                self.assertFalse(self.looks())

    def test_number_alone_is_for_the_complainant_and_not_for_all_who_take_part(self):
        """A colleague's own complaint, or an expert's, may well name another one."""
        expert = self.env["res.partner"].create(
            {"name": "Expert", "email": "expert@lab.example"}
        )
        self.complaint.message_subscribe(expert.ids)
        for sender in (self.leader.partner_id, expert):
            with self.subTest(sender=sender.name):
                self.assertTrue(
                    self.complaint._complaint_relation(sender.email_normalized)
                )
                ticket = self.receive(
                    From=sender.email_formatted, Subject=f"Re: {self.complaint.number}"
                )
                self.assertNotEqual(ticket, self.complaint)
                self.assertAcknowledged(ticket)

    def test_stranger_opens_no_closed_complaint(self):
        for phase in ("follow_up", "closed", "withdrawn"):
            self.closed(phase)
            state = self.state()
            for days in (1, 100):
                with (
                    self.subTest(phase=phase, days=days),
                    self.at(self.clock + timedelta(days=days)),
                    self.nothing_sent(),
                    self.no_new_ticket(),
                ):
                    ticket = self.answer(self.acknowledged, From="eve@evil.example")
                    self.assertKeptUnseen(ticket, "eve@evil.example")
                    self.assertEqual(self.state(), state)

    def test_stranger_gets_no_out_of_office_note_and_no_one_else_either(self):
        """It would stand on the complaint, with their words, for the customer to read."""
        self.handler.write(
            {
                "out_of_office_from": self.clock - timedelta(days=1),
                "out_of_office_to": self.clock + timedelta(days=5),
                "out_of_office_message": "<p>I am away.</p>",
            }
        )
        with self.nothing_sent():
            self.answer(self.acknowledged, From="eve@evil.example")
        self.assertFalse(
            self.complaint.message_ids.filtered(
                lambda message: message.message_type == "out_of_office"
            )
        )

    def test_leader_is_asked_where_nobody_handles_it(self):
        self.complaint.user_id = False
        self.answer(self.acknowledged, From="eve@evil.example")
        self.assertEqual(self.looks().user_id, self.leader)

    def test_former_colleague_is_a_stranger(self):
        self.user_employee.active = False
        ticket = self.answer(
            self.acknowledged, From=self.user_employee.partner_id.email_formatted
        )
        self.assertKeptUnseen(ticket, self.user_employee.partner_id.email_normalized)


@tagged("post_install", "-at_install")
class TestAnswersAfterTheEnd(ThreadsCommon):
    days = 14

    def setUp(self):
        super().setUp()
        self.company_a.complaint_reopen_days = self.days

    def assertReopened(self, ticket):
        self.assertEqual(ticket, self.complaint)
        self.assertEqual(ticket.complaint_phase, "hearing")
        self.assertEqual(ticket.complaint_reopened_count, 1)
        self.assertComment(self.newest(ticket))
        look = self.looks(ticket)
        self.assertEqual(len(look), 1)
        self.assertEqual(look.user_id, self.handler)
        self.assertEqual(self.entry().outcome, "answer")
        self.assertEqual(len(self.acknowledgements()), 1, "no second one")

    def assertTakenUpAnew(self, ticket, phase="closed"):
        old = self.complaint
        self.assertNotEqual(ticket, old)
        self.assertTrue(ticket.is_complaint)
        self.assertEqual(ticket.complaint_phase, "reception")
        self.assertEqual(ticket.complaint_repeat_of_id, old)
        self.assertEqual(ticket.team_id, old.team_id)
        self.assertAcknowledged(ticket)
        self.assertEqual(len(self.acknowledgements()), 2)
        self.assertEqual(self.entry().outcome, "complaint")
        self.assertEqual(old.complaint_phase, phase)
        self.assertFalse(old.complaint_reopened_count)
        for here, there in ((ticket, old), (old, ticket)):
            links = here.message_ids.filtered(
                lambda message, there=there: (
                    f'data-oe-id="{there.id}"' in (message.body or "")
                )
            )
            self.assertEqual(len(links), 1, "it says so, with a link")
            self.assertIn(there.number, links.body)
            self.assertTrue(links.subtype_id.internal)

    def test_closed_complaint_is_opened_again_within_the_days(self):
        for phase in ("closed", "withdrawn"):
            for headers in (
                {"In_Reply_To": self.acknowledged},
                {"Subject": f"Re: [{self.complaint.number}]"},
            ):
                with self.subTest(phase=phase, headers=headers), self.no_new_ticket():
                    # nothing that the one before did in what is the future now
                    self.complaint.write(
                        {"complaint_reopened_count": 0, "complaint_reopened_at": False}
                    )
                    self.closed(phase)
                    with self.at(self.clock + timedelta(days=self.days)):
                        self.assertReopened(self.receive(From=ANNA, **headers))

    def test_after_the_days_it_is_a_new_complaint_that_takes_up_the_old_one(self):
        self.closed()
        with self.at(self.clock + timedelta(days=self.days, seconds=1)):
            self.assertTakenUpAnew(self.answer(self.acknowledged, From=ANNA))

    def test_after_the_days_a_withdrawn_one_is_taken_up_anew_as_well(self):
        self.closed("withdrawn")
        with self.at(self.clock + timedelta(days=self.days + 1)):
            self.assertTakenUpAnew(
                self.receive(From=ANNA, Subject=f"Re: [{self.complaint.number}]"),
                "withdrawn",
            )

    def test_after_the_days_an_answer_to_the_general_address_is_for_the_same_desk(self):
        self.closed()
        with self.at(self.clock + timedelta(days=self.days + 1)):
            self.assertTakenUpAnew(
                self.answer(
                    self.acknowledged,
                    From=ANNA,
                    To=self.mail_alias_domain.catchall_email,
                )
            )

    def test_days_count_from_the_end_and_not_from_the_resolution(self):
        self.move(self.complaint, "follow_up")
        with self.at(self.clock + timedelta(days=10)):
            self.closed()
        with self.at(self.clock + timedelta(days=20)):
            self.assertReopened(self.answer(self.acknowledged, From=ANNA))

    def test_no_days_means_always_a_new_one(self):
        self.company_a.complaint_reopen_days = 0
        self.closed()
        self.assertTakenUpAnew(self.answer(self.acknowledged, From=ANNA))

    def test_answer_to_the_new_one_stays_with_it(self):
        self.company_a.complaint_reopen_days = 0
        self.closed()
        new = self.answer(self.acknowledged, From=ANNA)
        again = self.answer(
            self.acknowledgements()[1]["Message-Id"],
            From=ANNA,
            References=f"{self.acknowledged} {self.acknowledgements()[1]['Message-Id']}",
        )
        self.assertEqual(again, new)

    def test_answer_after_the_resolution_asks_whether_it_is_resolved(self):
        self.closed("follow_up")
        with self.no_new_ticket():
            ticket = self.answer(self.acknowledged, From=ANNA)
        self.assertEqual(ticket, self.complaint)
        self.assertEqual(ticket.complaint_phase, "follow_up")
        self.assertFalse(ticket.complaint_reopened_count)
        self.assertComment(self.newest(ticket))
        self.assertEqual(len(self.looks()), 1)
        self.assertEqual(self.looks().user_id, self.handler)

    def test_answer_to_an_open_one_asks_for_nothing(self):
        self.answer(self.acknowledged, From=ANNA)
        self.assertFalse(self.looks())

    def test_answer_ends_the_wait_for_it(self):
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Asked", "complaint_phase": "hearing", "complaint_pause": True}
        )
        self.complaint.stage_id = stage
        self.answer(self.acknowledged, From=ANNA)
        self.assertTrue(self.complaint.complaint_answered_at)
        self.assertEqual(self.complaint.stage_id, stage)
        self.assertEqual(self.looks().user_id, self.handler)

    def test_answer_to_somebody_who_is_away_reaches_somebody_who_is_there(self):
        away = {"out_of_office_from": "2020-01-01"}
        for phase in (None, "follow_up", "closed"):
            self.leader.out_of_office_from = False
            for absent, present in (
                (self.handler, self.leader),
                (self.leader, self.team_handler),
            ):
                absent.write(away)
                if phase:
                    self.closed(phase)
                self.looks().unlink()
                with self.subTest(phase=phase, present=present.name):
                    self.answer(self.acknowledged, From=ANNA)
                    self.assertEqual(self.looks().user_id, present)
        (self.env["res.users"].search([("share", "=", False)])).write(away)
        self.looks().unlink()
        self.answer(self.acknowledged, From=ANNA)
        # the complaint is open again by now, and its handler is told as usual
        self.assertFalse(self.looks())

    def test_answer_brings_an_archived_complaint_back(self):
        for headers in (
            {"In_Reply_To": self.acknowledged},
            {"Subject": f"Re: [{self.complaint.number}]"},
        ):
            with self.subTest(headers=headers), self.no_new_ticket():
                self.complaint.active = False
                self.assertEqual(self.receive(From=ANNA, **headers), self.complaint)
                self.assertTrue(self.complaint.active)

    # ---------------------------------------------------
    # Merged
    # ---------------------------------------------------

    def test_answer_to_a_merged_complaint_goes_to_the_one_that_stands(self):
        """Over several steps too, and whether it is cited or named."""
        between, standing = (self.receive(From=ANNA) for _ in range(2))
        self.complaint.duplicate_id = between
        between.duplicate_id = standing
        self.closed()
        for headers in (
            {"In_Reply_To": self.acknowledged},
            {"Subject": self.complaint.number},
        ):
            with self.subTest(headers=headers), self.no_new_ticket():
                self.assertEqual(self.receive(From=ANNA, **headers), standing)
                self.assertComment(self.newest(standing))
        self.assertEqual(self.complaint.complaint_phase, "closed")
        self.assertFalse(self.looks(standing))

    def test_merged_in_a_circle_ends(self):
        other = self.receive(From=ANNA)
        self.complaint.duplicate_id = other
        other.duplicate_id = self.complaint
        with self.no_new_ticket():
            ticket = self.answer(self.acknowledged, From=ANNA)
        self.assertIn(ticket, self.complaint | other)
        self.complaint.duplicate_id = self.complaint
        with self.no_new_ticket():
            self.assertEqual(self.answer(self.acknowledged, From=ANNA), self.complaint)

    def test_complaint_merged_into_another_person_s_shows_them_nothing(self):
        """Anna's words are none of Peter's business: somebody has to look."""
        peter_s = self.receive()
        self.complaint.duplicate_id = peter_s
        with self.nothing_sent():
            ticket = self.answer(self.acknowledged, From=ANNA)
        self.assertEqual(ticket, peter_s)
        self.assertNote(self.newest(peter_s))
        self.assertEqual(len(self.looks(peter_s)), 1)

    def test_complaint_merged_into_an_ordinary_ticket_keeps_its_answers(self):
        self.complaint.duplicate_id = self.create_ticket()
        self.assertEqual(self.answer(self.acknowledged, From=ANNA), self.complaint)


@tagged("post_install", "-at_install")
class TestManyAnswers(ThreadsCommon):
    """Who answers more than twenty times an hour is a machine, whatever it says."""

    def test_more_than_twenty_answers_an_hour_are_kept_and_told_once(self):
        for _number in range(20):
            self.answer(self.acknowledged, From=ANNA)
            message = self.newest(self.complaint)
            self.assertComment(message)
        self.assertFalse(self.looks())
        for _number in range(5):
            with self.nothing_sent(), self.no_new_ticket():
                self.answer(self.acknowledged, From=ANNA)
            message = self.newest(self.complaint)
            self.assertNote(message)
            self.assertFalse(message.notified_partner_ids, "nobody hears of each")
            self.assertIn("more than 20 e-mails", message.body)
        self.assertEqual(len(self.looks()), 1)
        self.assertEqual(self.looks().user_id, self.handler)
        # others are heard
        self.answer(self.acknowledged, From="office@weber.example")
        self.assertComment(self.newest(self.complaint))
        # and so is she, an hour later
        with self.at(datetime(2026, 3, 2, 10, 0, 1)):
            self.answer(self.acknowledged, From=ANNA)
            self.assertComment(self.newest(self.complaint))

    def test_flood_opens_no_closed_complaint(self):
        for _number in range(20):
            self.answer(self.acknowledged, From=ANNA)
        self.closed()
        state = self.state()
        with self.nothing_sent(), self.no_new_ticket():
            self.answer(self.acknowledged, From=ANNA)
        self.assertEqual(self.state(), state)

    def test_answers_to_other_complaints_do_not_count(self):
        other = self.receive()
        for _number in range(21):
            self.receive(Subject=f"Re: {other.number}")
        mine = self.receive()
        self.receive(Subject=f"Re: {mine.number}")
        self.assertComment(self.newest(mine))

"""Contact restriction: shown wherever staff meet the customer; registration goes on."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..mail.common import ComplaintMailCommon


@tagged("post_install", "-at_install")
class TestRestrictions(ComplaintMailCommon):
    def restrict(self, partner=None, user=None, **vals):
        return (
            self.env["complaint.restriction"]
            .with_user(user or self.manager)
            .create(
                {
                    "partner_id": (partner or self.customer).id,
                    "company_id": self.company_a.id,
                    "reason": "Thirty calls a day in February",
                    "measure": "writing",
                    "since": date(2026, 3, 2),
                    "until": date(2026, 6, 1),
                    "review_date": date(2026, 4, 15),
                    **vals,
                }
            )
        )

    # ---------------------------------------------------
    # Registration goes on
    # ---------------------------------------------------

    def test_what_they_complain_of_by_mail_is_registered_and_acknowledged(self):
        self.restrict()
        complaint = self.receive(self.mail(From="Anna Weber <anna@weber.example>"))
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.complaint_acknowledged_by, "email")
        self.assertTrue(complaint.complaint_promised_at)

    def test_what_they_complain_of_by_phone_is_registered(self):
        for measure in ("writing", "answered"):
            with self.subTest(measure):
                self.restrict(measure=measure)
                intake = (
                    self.env["complaint.intake"]
                    .with_user(self.handler)
                    .create(
                        {
                            "partner_id": self.customer.id,
                            "description": "It is broken again.",
                        }
                    )
                )
                self.assertIn("Anna Weber", intake.restriction)
                intake.action_register()
                ticket = self.Ticket.browse(intake.ticket_res_id)
                self.assertTrue(ticket.number)
                self.assertEqual(ticket.complaint_acknowledged_by, "phone")

    # ---------------------------------------------------
    # Where it is seen
    # ---------------------------------------------------

    def test_it_is_told_where_they_are_met(self):
        self.restrict()
        complaint = self.create_complaint(
            partner_id=self.customer.id, user_id=self.handler.id
        ).with_user(self.handler)
        told = "Until 1 June 2026, contact with Anna Weber is in writing only."
        self.assertEqual(complaint.complaint_restriction, told)
        letter = self.env["complaint.letter.compose"].with_user(self.handler)
        self.assertEqual(letter.create({"ticket_id": complaint.id}).restriction, told)
        call = self.env["complaint.follow.up"].with_user(self.handler)
        self.move(complaint, "follow_up")
        self.assertEqual(call.create({"ticket_id": complaint.id}).restriction, told)
        for user in (self.handler, self.user_employee):
            notes = self.customer.with_user(user)._complaint_banner_notes()
            self.assertEqual(notes[self.customer.id][0]["text"], told)

    def test_each_measure_in_words(self):
        for vals, words in (
            (
                {"measure": "person", "contact_user_id": self.leader.id},
                "only Lena Leader is in contact with Anna Weber",
            ),
            ({"measure": "times", "times": "Tuesdays at ten"}, "(Tuesdays at ten)"),
            ({"measure": "answered"}, "Anna Weber receives no further replies"),
        ):
            with self.subTest(words):
                restriction = self.restrict(**vals)
                self.assertIn(words, self.customer._complaint_restriction_note())
                restriction.action_end()
                self.assertFalse(self.customer._complaint_restriction_note())

    def test_of_a_company_it_holds_for_all_its_people(self):
        self.restrict(self.customer_company)
        colleague = self.env["res.partner"].create(
            {"name": "Bert Weber", "parent_id": self.customer_company.id}
        )
        stranger = self.env["res.partner"].create({"name": "Peter Novak"})
        partners = self.customer | colleague | stranger
        found = partners._complaint_restrictions()
        self.assertTrue(found[self.customer.id] and found[colleague.id])
        self.assertFalse(found[stranger.id])

    def test_of_one_person_it_is_nobody_else_s(self):
        self.restrict()
        found = (self.customer | self.customer_company)._complaint_restrictions()
        self.assertTrue(found[self.customer.id])
        self.assertFalse(found[self.customer_company.id])

    def test_one_query_for_many(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(30)]
        )
        self.restrict(partners[0])
        partners.mapped("commercial_partner_id")
        self.env.flush_all()
        partners._complaint_restrictions()
        with self.assertQueryCount(1):
            partners._complaint_restrictions()

    # ---------------------------------------------------
    # When it applies
    # ---------------------------------------------------

    def test_it_begins_and_ends_by_itself(self):
        restriction = self.restrict(
            since=date(2026, 3, 4),
            until=date(2026, 3, 10),
            review_date=date(2026, 3, 6),
        )
        Restriction = self.env["complaint.restriction"]
        for moment, state in (
            ("2026-03-03 12:00:00", "planned"),
            ("2026-03-04 12:00:00", "in_force"),
            ("2026-03-10 12:00:00", "in_force"),
            ("2026-03-11 12:00:00", "ended"),
        ):
            with self.subTest(moment), self.at(moment):
                self.env.invalidate_all()
                self.assertEqual(restriction.state, state)
                found = Restriction.search([("state", "in", [state])])
                self.assertEqual(found, restriction)
                self.assertEqual(
                    bool(self.customer._complaint_restriction_note()),
                    state == "in_force",
                )

    def test_who_approved_it_looks_at_it_again(self):
        restriction = self.restrict()
        review = restriction.activity_ids
        self.assertEqual(review.user_id, self.manager)
        self.assertEqual(review.date_deadline, date(2026, 4, 15))
        restriction.write({"review_date": date(2026, 5, 1)})
        self.assertEqual(restriction.activity_ids.date_deadline, date(2026, 5, 1))
        restriction.action_end()
        self.assertFalse(restriction.activity_ids)
        self.assertEqual(restriction.state, "ended")

    def test_dates_that_make_sense(self):
        for vals in (
            {"until": date(2026, 3, 1)},
            {"review_date": date(2026, 6, 2)},
            {"review_date": date(2026, 3, 1)},
            {"measure": "person"},
            {"measure": "times", "times": " "},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.restrict(**vals)

    # ---------------------------------------------------
    # Access rights
    # ---------------------------------------------------

    def test_managers_alone_restrict(self):
        for user in (self.leader, self.handler, self.user_employee, self.portal_user):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.restrict(user=user)
        restriction = self.restrict()
        self.assertEqual(restriction.approved_by_id, self.manager)
        self.assertTrue(restriction.with_user(self.handler).has_access("read"))
        self.assertFalse(restriction.with_user(self.handler).has_access("write"))
        self.assertFalse(restriction.with_user(self.user_employee).has_access("read"))
        self.assertFalse(restriction.with_user(self.handler_b).has_access("read"))
        with self.assertRaises(AccessError):
            restriction.unlink()

    def test_nobody_approves_for_another_or_changes_whom_it_is_about(self):
        with self.assertRaises(AccessError):
            self.restrict(approved_by_id=self.leader.id)
        restriction = self.restrict()
        self.assertEqual(restriction.approved_by_id, self.manager)
        for vals in (
            {"approved_by_id": self.leader.id},
            {"partner_id": self.customer_company.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                restriction.write(vals)

    def test_a_colleague_is_no_customer(self):
        with self.assertRaises(ValidationError):
            self.restrict(self.handler.partner_id)

    def test_another_company_s_is_not_ours(self):
        self.restrict()
        partner = self.customer.with_user(self.handler_b)
        self.assertFalse(partner._complaint_restriction_note())

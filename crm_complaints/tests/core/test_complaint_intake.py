"""Intake: registering a complaint from a call, a visit or a letter."""

import base64
from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..mail.common import ComplaintMailCommon

SPELLINGS = (
    "+32 2 555 01 01",
    "0032 (0)2/555.01.01",
    "(+32) 25550101",
    "02 555 01 01",
    "025550101",
    "02-555-01",
)


class IntakeCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Intake = cls.env["complaint.intake"].with_user(cls.handler)

    def intake(self, user=None, **vals):
        """Return the wizard as typed, saved before a button is used."""
        return self.Intake.with_user(user or self.handler).create(
            {"name": "Cold coffee", "description": "It was cold,\ntwice.", **vals}
        )

    def register(self, user=None, **vals):
        intake = self.intake(user, **vals)
        intake.action_register()
        return self.Ticket.browse(intake.ticket_res_id)

    def known(self, user=None, **vals):
        return self.Intake.with_user(user or self.handler).new(vals).known

    def found(self, text, user=None):
        return self.Intake.with_user(user or self.handler).find_customer(text)

    def found_ids(self, text, user=None):
        return [option["partner_id"] for option in self.found(text, user)]


@tagged("post_install", "-at_install")
class TestIntakeWho(IntakeCommon):
    """Callers are found while typing, with their complaints."""

    def test_found_by_every_spelling_of_their_number(self):
        for stored in ("+32 2 555 01 01", "02/555.01.01", "0032(0)25550101"):
            self.customer.phone = stored
            for typed in SPELLINGS:
                with self.subTest(stored=stored, typed=typed):
                    self.assertEqual(self.found_ids(typed), self.customer.ids)

    def test_found_by_words_of_their_name_in_any_order(self):
        for typed in (
            "anna weber",
            "Weber, Anna".replace(",", ""),
            "web",
            "anna@weber",
        ):
            with self.subTest(typed):
                self.assertIn(self.customer.id, self.found_ids(typed))
        self.assertFalse(self.found("Anna Nobody"))

    def test_contacts_are_searched_so_in_this_context_only(self):
        Partner = self.env["res.partner"].with_user(self.handler)
        finding = Partner.with_context(complaint_find_customer=True)
        number = "0032 (0)2/555.01.01"
        self.assertEqual(
            [partner_id for partner_id, _name in finding.name_search(number)],
            self.customer.ids,
        )
        self.assertFalse(Partner.name_search(number))

    def test_found_by_the_reference_they_read_out(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        (option,) = self.found(complaint.number.lower())
        self.assertEqual(option["partner_id"], self.customer.id)
        self.assertEqual(option["about"], complaint.id)

    def test_found_though_they_are_no_contact_of_ours(self):
        for name in ("One", "Two"):
            self.create_complaint(
                name=name, partner_name="Karl Muster", complaint_phone="+32 2 555 77 88"
            )
        for typed in ("muster", "02 5557788"):
            with self.subTest(typed):
                (option,) = self.found(typed)
                self.assertEqual(option["name"], "Karl Muster")
                self.assertEqual(option["phone"], "+32 2 555 77 88")
                self.assertFalse(option["partner_id"])

    def test_too_few_letters_find_nobody(self):
        self.assertFalse(self.found("an"))
        self.assertFalse(self.found(None))
        self.assertFalse(self.found(["anna"]))

    def test_choosing_them_fills_in_how_they_are_reached(self):
        with Form(
            self.Intake.with_context(default_partner_id=self.customer.id)
        ) as form:
            self.assertEqual(form.partner_name, "Anna Weber")
            self.assertEqual(form.phone, "+32 2 555 01 01")
            self.assertEqual(form.email, "anna@weber.example")
            form.partner_id = self.customer_company
            self.assertEqual(form.partner_name, "Weber Ltd")
            self.assertFalse(form.phone, "not that one's number")

    def test_the_number_they_call_from_stays_as_typed(self):
        intake = self.Intake.new({"phone": "0475 12 34 56", "email": "a@home.example"})
        intake.partner_id = self.customer
        self.assertEqual(intake.partner_name, "Anna Weber")
        self.assertEqual(intake.phone, "0475 12 34 56")
        self.assertEqual(intake.email, "a@home.example")

    def test_complaints_of_their_whole_company_are_in_sight(self):
        closed = self.create_complaint(
            name="Old",
            partner_id=self.customer_company.id,
            stage_id=self.stages["closed"].id,
        )
        complaint = self.create_complaint(
            name="New", partner_id=self.customer_company.id, user_id=self.handler.id
        )
        # before they were known to us
        unknown = self.create_complaint(
            name="Unknown", partner_email="Anna <ANNA@weber.example>"
        )
        self.create_complaint(name="Somebody else's")
        # who shares a line with them
        self.create_complaint(
            name="A neighbour's",
            partner_id=self.env["res.partner"]
            .create({"name": "Neighbour", "phone": self.customer.phone})
            .id,
        )
        known = self.known(partner_id=self.customer.id, phone=self.customer.phone)
        self.assertEqual(
            [row["id"] for row in known], [unknown.id, complaint.id, closed.id]
        )
        row = known[1]
        self.assertEqual(row["number"], complaint.number)
        self.assertEqual(row["handler"], "Hanna Handler")
        self.assertEqual(row["phase"], self.stages["reception"].name)
        self.assertEqual(row["promised"], "Mar 16, 2026")
        self.assertTrue(row["open"])
        self.assertFalse(known[2]["open"])

    def test_complaints_of_a_stranger_are_found_by_their_number(self):
        complaint = self.create_complaint(
            partner_name="Karl", complaint_phone="+32 2 555 77 88"
        )
        with Form(self.Intake) as form:
            form.phone = "02/555.77.88"
            self.assertEqual([row["id"] for row in form.known], complaint.ids)
            form.phone = "02/555"
            self.assertFalse(form.known)

    def test_search_goes_by_an_index(self):
        if not self.env.registry.has_trigram:
            self.skipTest("a database without trigrams")
        self.allow_null("res_partner")
        self.env.cr.execute(
            """INSERT INTO res_partner (name, complete_name, active, type, phone)
               SELECT 'P', 'P', true, 'contact', '+32 2 ' || 4000000 + row
                 FROM generate_series(1, 20000) row"""
        )
        Partner = self.env["res.partner"].with_context(complaint_find_customer=True)
        for typed, index in (
            ("02 555 01 01", "complaint_phone_idx"),
            ("anna weber", "complaint_name_idx"),
        ):
            query = Partner._search([("display_name", "ilike", typed)])
            with self.subTest(index):
                self.assertPlanned(query, index)
        Ticket = self.env["helpdesk.ticket"]
        nobody = self.env["res.partner"]
        for index, query in (
            (
                "complaint_phone_idx",
                Ticket._search(
                    Ticket._complaint_of_customer_domain(nobody, phone="02 555 01 01")
                ),
            ),
            (
                "complaint_email_idx",
                Ticket._search(
                    Ticket._complaint_of_customer_domain(nobody, email="a@b.example")
                ),
            ),
        ):
            with self.subTest(index):
                self.assertUsesIndex(query, index)


@tagged("post_install", "-at_install")
class TestIntakeRegister(IntakeCommon):
    """What was said becomes a complaint, with a reference to read out."""

    def test_what_was_noted_is_on_the_complaint(self):
        with Form(
            self.Intake.with_context(default_partner_id=self.customer.id)
        ) as form:
            form.description = "It was cold,\ntwice."
            form.name = "Cold coffee"
            form.complaint_incident_date = date(2026, 3, 1)
            form.complaint_incident_place = "Breakfast room"
            form.complaint_remedy_sought = "A hot one"
            form.complaint_severity = "major"
            form.complaint_kind = "claim"
            form.complaint_amount_claimed = 4.5
        intake = form.record
        intake.action_register()
        complaint = self.Ticket.browse(intake.ticket_res_id)

        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.create_uid, self.handler)
        self.assertEqual(complaint.user_id, self.handler)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.channel_id, self.channel_phone)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.name, "Cold coffee")
        self.assertIn(
            "It was cold,<br>twice.", complaint.description.replace("<br/>", "<br>")
        )
        self.assertEqual(complaint.complaint_incident_date, date(2026, 3, 1))
        self.assertEqual(complaint.complaint_incident_place, "Breakfast room")
        self.assertEqual(complaint.complaint_remedy_sought, "A hot one")
        self.assertEqual(complaint.complaint_severity, "major")
        self.assertEqual(complaint.complaint_kind, "claim")
        self.assertEqual(complaint.complaint_amount_claimed, 4.5)
        self.assertEqual(complaint.complaint_received_at, self.clock)
        self.assertEqual(intake.state, "done")
        self.assertEqual(intake.number, complaint.number)
        self.assertEqual(intake.promised, "Monday, March 16, 2026")
        for words in (complaint.number, "16 March 2026"):
            self.assertIn(words, intake.closing)

    def test_the_conversation_is_the_acknowledgement(self):
        for channel, by in (
            (self.channel_phone, "phone"),
            (self.channel_visit, "in_person"),
        ):
            with self.subTest(by):
                complaint = self.register(
                    channel_id=channel.id, partner_id=self.customer.id
                )
                self.assertAcknowledged(complaint, by)
                self.assertEqual(complaint.complaint_responded_at, self.clock)
                self.assertFalse(complaint.activity_ids)
                states = {
                    row.milestone: row.state
                    for row in complaint.complaint_milestone_ids
                }
                self.assertEqual(states["acknowledge"], "met")
                self.assertFalse(complaint._complaint_acknowledgement_mails())

    def test_without_the_thanks_a_call_back_is_planned(self):
        complaint = self.register(partner_id=self.customer.id, thanked=False)
        self.assertNotAcknowledged(complaint)
        self.assertFalse(complaint.complaint_responded_at)
        self.assertEqual(len(self.activities(complaint, "call_back")), 1)

    def test_a_letter_may_have_come_in_yesterday(self):
        complaint = self.register(
            channel_id=self.channel_letter.id,
            partner_id=self.customer.id,
            received_on=date(2026, 3, 1),
            letter_date=date(2026, 2, 26),
        )
        # noon in Brussels
        self.assertEqual(complaint.complaint_received_at, datetime(2026, 3, 1, 11))
        self.assertEqual(complaint.complaint_letter_date, date(2026, 2, 26))
        self.assertNotAcknowledged(complaint)
        letter = self.activities(complaint, "letter")
        self.assertIn("your letter of 26 February 2026", " ".join(letter.note.split()))

    def test_todays_letter_came_in_now(self):
        for day in (False, date(2026, 3, 2)):
            complaint = self.register(channel_id=self.channel_fax.id, received_on=day)
            self.assertEqual(complaint.complaint_received_at, self.clock)

    def test_nobody_thanked_on_paper_yet(self):
        intake = self.intake(channel_id=self.channel_letter.id, thanked=True)
        intake.action_register()
        complaint = self.Ticket.browse(intake.ticket_res_id)
        self.assertFalse(complaint.complaint_acknowledged_at)
        self.assertFalse(complaint.complaint_responded_at)

    def test_no_letter_comes_in_tomorrow(self):
        intake = self.intake(
            channel_id=self.channel_letter.id, received_on=date(2026, 3, 3)
        )
        with self.assertRaises(UserError):
            intake.action_register()
        self.assertEqual(intake.state, "open")

    def test_he_may_complain_without_a_name(self):
        complaint = self.register(
            anonymous=True, partner_name="Karl", create_contact=True, thanked=False
        )
        self.assertFalse(complaint.partner_id)
        self.assertFalse(complaint.partner_name)
        self.assertEqual(complaint.complaint_acknowledged_by, "not_applicable")
        self.assertFalse(complaint.activity_ids)
        self.assertFalse(self.env["res.partner"].search_count([("name", "=", "Karl")]))

    def test_a_contact_is_made_where_wanted_and_allowed(self):
        said = {
            "partner_name": "Karl Muster",
            "phone": "02 555 77 88",
            "email": "k@m.example",
        }
        complaint = self.register(**said)
        self.assertFalse(complaint.partner_id)
        self.assertEqual(complaint.partner_name, "Karl Muster")
        self.assertEqual(complaint.complaint_phone, "02 555 77 88")
        self.assertEqual(complaint.complaint_email_to, "k@m.example")

        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            self.register(create_contact=True, **said)
        self.assertFalse(self.Intake.new({}).can_create_contact)

        self.handler.group_ids += self.env.ref("base.group_partner_manager")
        self.assertTrue(self.Intake.new({}).can_create_contact)
        partner = self.register(create_contact=True, **said).partner_id
        self.assertEqual(partner.name, "Karl Muster")
        self.assertEqual(partner.phone, "02 555 77 88")
        self.assertEqual(partner.email, "k@m.example")

    def test_a_few_words_are_enough(self):
        complaint = self.register(name=False, description="It was cold")
        self.assertEqual(complaint.name, "It was cold")
        long = self.register(name=False, description="word " * 40)
        self.assertLess(len(long.name), 65)
        self.assertIn(
            "It was cold",
            self.register(name="It was cold", description=False).description,
        )

    def test_nothing_said_is_nothing_registered(self):
        before = self.Ticket.search_count([])
        intake = self.intake(name=" ", description=False, partner_name="Karl")
        with self.assertRaises(UserError):
            intake.action_register()
        self.assertEqual(self.Ticket.search_count([]), before)
        self.assertEqual(intake.partner_name, "Karl", "nothing typed is lost")

    def test_clicking_twice_registers_once(self):
        intake = self.intake()
        intake.action_register()
        before = self.Ticket.search_count([])
        intake.action_register()
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_no_amount_without_a_claim(self):
        complaint = self.register(complaint_amount_claimed=20)
        self.assertFalse(complaint.complaint_amount_claimed)

    def test_scans_go_onto_the_complaint(self):
        scan = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create({"name": "letter.pdf", "datas": base64.b64encode(b"x")})
        )
        complaint = self.register(attachment_ids=[Command.set(scan.ids)])
        self.assertEqual(scan.res_model, "helpdesk.ticket")
        self.assertEqual(scan.res_id, complaint.id)

    def test_files_of_others_stay_where_they_are(self):
        theirs = self.create_complaint(self.handler_b, team_id=self.team_b.id)
        scan = self.env["ir.attachment"].create(
            {"name": "x", "res_model": theirs._name, "res_id": theirs.id}
        )
        with self.assertRaises(AccessError):
            self.register(attachment_ids=[Command.set(scan.ids)])
        self.assertEqual(scan.res_id, theirs.id)

    def test_colleagues_it_is_about_do_not_see_it(self):
        complaint = self.register(
            self.leader, concerned_user_ids=[Command.set(self.handler.ids)]
        )
        self.assertFalse(complaint.with_user(self.handler).has_access("read"))

    def test_nobody_takes_a_complaint_about_themselves(self):
        intake = self.intake(concerned_user_ids=[Command.set(self.handler.ids)])
        with self.assertRaises(UserError):
            intake.action_register()

    def test_every_role_takes_complaints(self):
        self.team.user_ids += self.manager
        for user in (self.own_handler, self.team_handler, self.handler, self.manager):
            with self.subTest(user.name):
                intake = self.intake(user)
                intake.action_register()
                self.assertTrue(intake.number)
                action = intake.action_open_complaint()
                self.assertEqual(action["res_id"], intake.ticket_res_id)

    def test_the_other_company_takes_its_own(self):
        complaint = self.register(self.handler_b)
        self.assertEqual(complaint.company_id, self.company_b)
        self.assertEqual(complaint.team_id, self.team_b)


@tagged("post_install", "-at_install")
class TestIntakeEarlier(IntakeCommon):
    """“Add to This Complaint”: the call is added to an earlier complaint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id,
            user_id=cls.team_handler.id,
            channel_id=cls.channel_phone.id,
        )
        cls.complaint.message_unsubscribe(cls.customer.ids)

    def add(self, **vals):
        intake = self.intake(
            partner_id=self.customer.id, about_res_id=self.complaint.id, **vals
        )
        count = self.Ticket.search_count([])
        intake.action_register()
        return intake, self.Ticket.search_count([]) - count

    def test_what_they_say_is_added(self):
        intake, made = self.add(
            complaint_incident_place="Room 4", complaint_remedy_sought="<b>Tea</b>"
        )
        self.assertFalse(made)
        self.assertEqual(intake.state, "added")
        self.assertEqual(intake.number, self.complaint.number)
        self.assertEqual(intake.ticket_res_id, self.complaint.id)
        message = self.complaint.message_ids.filtered(lambda m: "twice" in m.body)
        for words in ("From Anna Weber (Phone)", "twice", "Room 4", "&lt;b&gt;Tea"):
            self.assertIn(words, message.body)
        self.assertTrue(message.subtype_id.internal)
        self.assertEqual(message.author_id, self.handler.partner_id)
        look = self.activities(self.complaint, "look")
        self.assertEqual(look.user_id, self.team_handler)

    def test_he_has_heard_from_us(self):
        self.assertNotAcknowledged(self.complaint)
        self.add()
        self.assertAcknowledged(self.complaint, "phone")
        self.assertTrue(self.complaint.complaint_responded_at)

    def test_his_own_handler_needs_no_reminder(self):
        self.complaint.user_id = self.handler
        self.add()
        self.assertFalse(self.activities(self.complaint, "look"))

    def test_scans_go_with_it(self):
        scan = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create({"name": "photo.jpg", "datas": base64.b64encode(b"x")})
        )
        self.add(attachment_ids=[Command.set(scan.ids)])
        self.assertEqual(self.complaint.message_ids.attachment_ids, scan)
        self.assertEqual(scan.res_id, self.complaint.id)

    def test_one_closed_lately_is_opened_again(self):
        self.move(self.complaint, "withdrawn")
        _intake, made = self.add()
        self.assertFalse(made)
        self.assertEqual(self.complaint.complaint_phase, "hearing")
        self.assertEqual(
            self.activities(self.complaint, "look").user_id, self.team_handler
        )

    def test_one_closed_long_ago_is_taken_up_by_a_new_one(self):
        self.move(self.complaint, "withdrawn")
        days = self.company_a.complaint_reopen_days + 1
        closed_at = fields.Datetime.now() - timedelta(days=days)
        self.complaint.sudo().closed_date = closed_at
        intake, made = self.add()
        self.assertEqual(made, 1)
        self.assertEqual(intake.state, "done")
        new = self.Ticket.browse(intake.ticket_res_id)
        self.assertEqual(new.complaint_repeat_of_id, self.complaint)
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")
        self.assertIn(new.number, self.complaint.message_ids[0].body)

    def test_nothing_is_added_to_what_one_may_not_see(self):
        theirs = self.create_complaint(self.handler_b, team_id=self.team_b.id)
        hidden = self.create_complaint(
            self.leader, complaint_concerned_user_ids=[Command.set(self.handler.ids)]
        )
        gone = self.create_complaint()
        gone.sudo().unlink()
        ordinary = self.create_ticket()
        for ticket in (theirs, hidden, gone, ordinary):
            self.complaint = ticket
            with self.assertRaises(AccessError):
                self.add()


@tagged("post_install", "-at_install")
class TestIntakeSecurity(IntakeCommon):
    def test_concerned_staff_see_no_trace(self):
        complaint = self.create_complaint(
            self.leader,
            user_id=False,
            name="Rude",
            partner_id=self.customer.id,
            complaint_concerned_user_ids=[Command.set(self.handler.ids)],
        )
        unknown = self.create_complaint(
            self.leader,
            user_id=False,
            partner_name="Karl Muster",
            complaint_phone="+32 2 555 77 88",
            complaint_concerned_user_ids=[Command.set(self.handler.ids)],
        )
        self.env.invalidate_all()
        for option in self.found("anna weber"):
            self.assertEqual(option["open"], 0)
        for text in (complaint.number, unknown.number, "muster", "02 555 77 88"):
            with self.subTest(text):
                self.assertFalse(self.found(text))
                self.assertTrue(self.found(text, self.leader))
        self.assertFalse(self.known(partner_id=self.customer.id))
        self.assertFalse(self.known(phone="+32 2 555 77 88"))
        self.assertTrue(self.known(self.leader, partner_id=self.customer.id))

    def test_each_company_finds_its_own(self):
        complaint = self.create_complaint(
            partner_id=self.customer.id, partner_email="k@m.example"
        )
        self.assertFalse(self.found(complaint.number, self.handler_b))
        self.assertTrue(self.found("anna weber", self.handler))
        for option in self.found("anna weber", self.handler_b):
            self.assertEqual(option["open"], 0)
        self.assertFalse(self.known(self.handler_b, partner_id=self.customer.id))

    def test_whoever_sees_their_own_only_finds_their_own(self):
        self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.handler.id
        )
        self.assertFalse(self.known(self.own_handler, partner_id=self.customer.id))

    def test_nobody_else_takes_complaints_or_searches_customers(self):
        mine = self.intake()
        for user in (self.portal_user, self.user_employee):
            Intake = self.Intake.with_user(user)
            for attempt in (
                lambda Intake=Intake: Intake.find_customer("anna weber"),
                lambda Intake=Intake: Intake.action_take(),
                lambda Intake=Intake: Intake.create({"name": "X"}),
                lambda user=user: mine.with_user(user).action_register(),
                lambda user=user: mine.with_user(user).read(["name"]),
            ):
                with self.subTest(user.name), self.assertRaises(AccessError):
                    attempt()

    def test_what_one_types_is_ones_own(self):
        mine = self.intake()
        theirs = mine.with_user(self.leader)
        for attempt in (
            lambda: theirs.read(["name"]),
            theirs.action_register,
            theirs.action_start_afresh,
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertNotEqual(
            self.Intake.with_user(self.leader).action_take()["res_id"], mine.id
        )


@tagged("post_install", "-at_install")
class TestIntakePage(IntakeCommon):
    def test_what_was_left_unfinished_is_there_again(self):
        self.assertFalse(self.Intake.action_take()["res_id"])
        intake = self.intake()
        action = self.Intake.action_take()
        self.assertEqual(action["res_id"], intake.id)
        self.assertTrue(action["context"]["complaint_resumed"])
        intake.action_register()
        self.assertFalse(self.Intake.action_take()["res_id"])

    def test_starting_afresh_forgets_it(self):
        intake = self.intake()
        action = intake.action_start_afresh()
        self.assertFalse(action["res_id"])
        self.assertFalse(intake.exists())

    def test_the_next_call_has_a_fresh_page(self):
        intake = self.intake()
        intake.action_register()
        self.assertFalse(intake.action_next()["res_id"])

    def script(self, **vals):
        return " ".join((self.Intake.new(vals).script or "").split())

    def test_the_script_goes_by_the_channel(self):
        phone = self.script()
        self.assertIn("I am Hanna Handler", phone)
        self.assertIn("Who am I talking to?", phone)
        self.assertIn("thank you for calling", phone)
        self.assertIn("quiet corner", self.script(channel_id=self.channel_visit.id))
        for channel in (self.channel_letter, self.channel_fax):
            self.assertIn(
                "Which date does the letter bear", self.script(channel_id=channel.id)
            )

    def test_the_script_calls_them_by_their_name(self):
        self.customer.complaint_salutation = "Ms Weber"
        self.assertIn("Good day, Ms Weber", self.script(partner_id=self.customer.id))

    def test_the_script_in_the_houses_own_words(self):
        template = self.env.ref("crm_complaints.mail_template_intake_phone")
        template.body_html = "<p>Ahoy, <t t-out='object.company_id.name'/></p>"
        self.assertIn("Ahoy, YourTestCompany", self.script())

    def test_a_broken_script_costs_the_script_only(self):
        template = self.env.ref("crm_complaints.mail_template_intake_phone")
        closing = self.env.ref("crm_complaints.mail_template_intake_close")
        self.env.flush_all()
        for broken in (template, closing):
            self.env.cr.execute(
                """UPDATE mail_template SET body_html =
                   jsonb_build_object('en_US', '<t t-out="1/0"/>') WHERE id = %s""",
                [broken.id],
            )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.assertFalse(self.script())
            intake = self.intake()
            intake.action_register()
        self.assertTrue(intake.number)
        self.assertFalse(intake.closing)

"""Banner: all staff see that a customer has an open complaint, and no more."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestBanner(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages["hearing"].write(
            {"complaint_say": "Say: hearing", "complaint_avoid": "Avoid: hearing"}
        )

    def complaint(self, **vals):
        return self.create_complaint(
            self.leader,
            **{
                "partner_id": self.customer.id,
                "user_id": self.handler.id,
                "name": "Secret subject",
                **vals,
            },
        )

    def banner(self, user=None, record=None, **context):
        self.env.invalidate_all()
        record = record or self.customer
        return (
            record.with_user(user or self.user_employee)
            .with_context(**context)
            .complaint_banner
        )

    def lines(self, *args, **kwargs):
        return (self.banner(*args, **kwargs) or {"lines": []})["lines"]

    def follow_up(self, complaint, result):
        self.move(complaint, "follow_up")
        complaint._complaint_record_follow_up(result)

    # ---------------------------------------------------
    # When it is shown
    # ---------------------------------------------------

    def test_nothing_where_there_is_no_complaint(self):
        self.create_ticket(partner_id=self.customer.id)
        self.assertFalse(self.banner())

    def test_from_the_registration_until_trust_is_restored(self):
        complaint = self.complaint()
        for phase, state in (
            ("reception", "open"),
            ("hearing", "open"),
            ("calming", "open"),
            ("solution", "open"),
            ("agreement", "open"),
            ("follow_up", "answered"),
        ):
            self.move(complaint, phase)
            with self.subTest(phase):
                [line] = self.lines()
                self.assertEqual(line["state"], state)
                self.assertEqual(line["phase"], self.stages[phase].name)
                self.assertFalse(line["lost"])
        for result in ("restored", "partly"):
            self.bring_in(complaint, "follow_up")
            complaint._complaint_record_follow_up(result)
            self.assertFalse(self.banner(), result)

    def test_withdrawn_or_merged_complaints_are_settled(self):
        self.move(self.complaint(), "withdrawn")
        self.complaint().active = False
        self.assertFalse(self.banner(active_test=False))

    def test_lost_trust_stays_until_it_is_regained(self):
        complaint = self.complaint()
        with self.at(datetime(2026, 3, 9, 12)):
            self.follow_up(complaint, "lost")
        self.assertEqual(complaint.complaint_phase, "closed")
        [line] = self.lines()
        self.assertEqual(line["state"], "lost")
        self.assertTrue(line["lost"])
        self.assertIn("Mar 9, 2026", line["since"])
        self.assertEqual(line["handler"], "Hanna Handler")

        with self.at(datetime(2026, 3, 20, 12)):
            later = self.complaint()
            states = [(row["state"], row["lost"]) for row in self.lines()]
            self.assertEqual(states, [("open", False), ("lost", True)])
            self.follow_up(later, "restored")
        self.assertFalse(self.banner())

    def test_it_is_the_last_answer_that_counts(self):
        first, second = self.complaint(), self.complaint()
        with self.at(datetime(2026, 3, 9, 12)):
            self.follow_up(second, "restored")
        with self.at(datetime(2026, 3, 10, 12)):
            self.follow_up(first, "lost")
        [line] = self.lines(self.leader)
        self.assertEqual(line["id"], first.id)

    def test_opened_again_over_lost_trust_is_one_line(self):
        complaint = self.complaint()
        self.move(complaint, "follow_up")
        complaint._complaint_record_follow_up("lost", reopen=True)
        [line] = self.lines()
        self.assertEqual((line["state"], line["lost"]), ("open", True))
        self.assertEqual(line["say"], "Say: hearing")
        # withdrawn after that: trust stays lost
        self.move(complaint, "withdrawn")
        [line] = self.lines()
        self.assertEqual((line["state"], line["lost"]), ("lost", True))

    def test_taken_back_over_lost_trust_counts_by_when_it_was_lost(self):
        """Reopening clears the date of the follow-up result, not the result."""
        restored, lost = self.complaint(), self.complaint()
        with self.at(datetime(2026, 3, 9, 12)):
            self.follow_up(restored, "restored")
        with self.at(datetime(2026, 3, 10, 12)):
            self.move(lost, "follow_up")
            lost._complaint_record_follow_up("lost", reopen=True)
            self.move(lost, "withdrawn")
        [line] = self.lines(self.leader)
        self.assertEqual((line["id"], line["state"]), (lost.id, "lost"))

    def test_counted_for_the_whole_company_of_the_customer(self):
        self.complaint(partner_id=self.customer_company.id)
        colleague = self.customer.copy({"parent_id": self.customer_company.id})
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        for partner in (self.customer, self.customer_company, colleague):
            self.assertEqual(len(self.lines(record=partner)), 1, partner.name)
        self.assertFalse(self.banner(record=stranger))

    def test_many_are_told_of_by_their_number(self):
        for hour in range(5):
            self.complaint(
                name=f"Number {hour}",
                complaint_received_at=self.clock - timedelta(hours=hour),
            )
        banner = self.banner(self.leader)
        self.assertEqual(banner["more"], 2)
        self.assertEqual(
            [line["reference"].split(" ", 1)[1] for line in banner["lines"]],
            ["Number 0", "Number 1", "Number 2"],
        )

    # ---------------------------------------------------
    # What it says
    # ---------------------------------------------------

    def test_says_with_whom_since_when_what_to_say_and_what_to_avoid(self):
        complaint = self.complaint(complaint_received_at=datetime(2026, 2, 27, 23, 30))
        self.move(complaint, "hearing")
        self.user_employee.tz = "Europe/Brussels"  # where it is the next day
        [line] = self.lines(tz="Europe/Brussels")
        self.assertEqual(
            line,
            {
                "state": "open",
                "lost": False,
                "phase": "Listening",
                "handler": "Hanna Handler",
                "handler_is_me": False,
                "taken": True,
                "since": "Feb 28, 2026",
                "say": "Say: hearing",
                "avoid": "Avoid: hearing",
                "id": 0,
                "reference": "",
            },
        )
        self.assertTrue(self.lines(self.handler)[0]["handler_is_me"])

    def test_names_the_leader_while_nobody_has_taken_it(self):
        self.complaint(user_id=False)
        [line] = self.lines()
        self.assertEqual((line["handler"], line["taken"]), ("Lena Leader", False))

    def test_texts_come_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.stages["hearing"].with_context(lang="fr_FR").complaint_say = "Dites"
        self.move(self.complaint(), "hearing")
        self.assertEqual(self.lines(lang="fr_FR")[0]["say"], "Dites")
        # within the same transaction as well
        english = self.customer.with_user(self.user_employee).complaint_banner
        self.assertEqual(english["lines"][0]["say"], "Say: hearing")

    def test_stages_come_with_words_for_all_phases(self):
        for phase, stage in self.stages.items():
            with self.subTest(phase):
                self.assertTrue(stage.complaint_say)
                self.assertTrue(stage.complaint_avoid)

    def test_stage_of_ones_own_has_its_own_words(self):
        stage = self.create_stage("hearing", complaint_say="Wait for Monday")
        complaint = self.complaint()
        complaint.stage_id = stage
        [line] = self.lines()
        self.assertEqual(line["phase"], "Another hearing")
        self.assertEqual((line["say"], line["avoid"]), ("Wait for Monday", ""))

    def test_says_it_once_where_several_are_in_one_phase(self):
        complaints = [self.complaint() for _index in range(3)]
        self.move(complaints[0] | complaints[2], "hearing")
        self.follow_up(self.complaint(), "lost")
        lines = self.lines(self.leader)
        self.assertEqual(
            [(line["phase"], bool(line["say"]), bool(line["avoid"])) for line in lines],
            [
                ("Listening", True, True),
                ("Reception", True, True),
                ("Listening", False, False),
                ("Closed", False, False),
            ],
        )

    def test_notes_of_others_stand_below(self):
        def notes(partners):
            return {p.id: [{"text": f"On {p.name}", "level": "info"}] for p in partners}

        self.patch(type(self.env["res.partner"]), "_complaint_banner_notes", notes)
        banner = self.banner()
        self.assertEqual(banner["lines"], [])
        self.assertEqual([n["text"] for n in banner["notes"]], ["On Anna Weber"])

    # ---------------------------------------------------
    # Who sees it
    # ---------------------------------------------------

    def test_leads_there_whoever_may_read_it(self):
        complaint = self.complaint()
        for user in (self.handler, self.leader, self.team_handler, self.manager):
            with self.subTest(user.name):
                [line] = self.lines(user)
                self.assertEqual(line["id"], complaint.id)
                self.assertIn("Secret subject", line["reference"])
        for user in (self.user_employee, self.own_handler):
            with self.subTest(user.name):
                [line] = self.lines(user)
                self.assertFalse(line["id"])
                self.assertNotIn("Secret", str(line))
                self.assertNotIn(complaint.number, str(line))
                self.assertEqual(line["handler"], "Hanna Handler")

    def test_concerned_staff_learns_nothing(self):
        complaint = self.complaint(user_id=False)
        complaint.complaint_concerned_user_ids = self.team_handler | self.user_employee
        for user in (self.team_handler, self.user_employee):
            self.assertFalse(self.banner(user), user.name)
        self.assertTrue(self.banner(self.handler))
        self.follow_up(complaint, "lost")
        for user in (self.team_handler, self.user_employee):
            self.assertFalse(self.banner(user), user.name)
        # nor how many more there are
        others = [self.complaint() for _index in range(4)]
        self.assertEqual(self.banner(self.team_handler)["more"], len(others) - 3)

    def test_other_companies_see_nothing_of_it(self):
        theirs = self.create_complaint(
            self.handler_b, team_id=self.team_b.id, partner_id=self.customer.id
        )
        self.assertFalse(self.banner())
        self.assertEqual(self.lines(self.handler_b)[0]["id"], theirs.id)
        both = self.manager
        both.company_ids += self.company_b
        companies = [self.company_a.id, self.company_b.id]
        self.assertFalse(self.banner(both, allowed_company_ids=companies[:1]))
        self.assertTrue(self.banner(both, allowed_company_ids=companies))

    def test_customers_may_not_even_ask(self):
        self.complaint()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.portal_user).read(["complaint_banner"])
        for name in ("complaint_say", "complaint_avoid"):
            with self.assertRaises(AccessError):
                self.stages["hearing"].with_user(self.portal_user).read([name])

    # ---------------------------------------------------
    # Where it is shown
    # ---------------------------------------------------

    def test_on_ordinary_tickets_of_the_customer(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        complaint = self.complaint()
        self.assertEqual(len(self.lines(self.outsider, ticket)), 1)
        self.assertFalse(self.banner(self.leader, complaint))

    def test_there_as_soon_as_the_customer_is_chosen(self):
        self.complaint()
        new = self.Ticket.with_user(self.outsider).new({})
        self.assertFalse(new.complaint_banner)
        new.partner_id = self.customer
        self.assertTrue(new.complaint_banner)

    def test_contact_that_is_not_saved_yet_has_none(self):
        self.assertFalse(self.env["res.partner"].new({"name": "X"}).complaint_banner)

    # ---------------------------------------------------
    # Speed
    # ---------------------------------------------------

    def test_many_customers_cost_the_queries_of_one(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(20)]
        )
        for partner in partners:
            complaint = self.complaint(partner_id=partner.id, user_id=self.leader.id)
            if partner.id % 2:
                self.follow_up(complaint, "lost")

        def queries(few):
            self.env.invalidate_all()
            few = few.with_user(self.handler)
            few.mapped("commercial_partner_id")  # read with the page anyway
            before = self.env.cr.sql_log_count
            few.mapped("complaint_banner")
            return self.env.cr.sql_log_count - before

        queries(partners)  # fills caches
        self.assertEqual(queries(partners), queries(partners[:2]))
        # one of them is for contact restrictions
        self.assertLessEqual(queries(partners), 10)

    def test_is_found_in_one_query(self):
        self.complaint()
        partners = self.customer | self.customer_company
        partners.mapped("commercial_partner_id")
        partners._complaint_banner_ids()
        with self.assertQueryCount(1):
            partners._complaint_banner_ids()

    def test_index_serves_the_banner(self):
        asked = self.Ticket.sudo()._search(
            [
                ("is_complaint", "=", True),
                ("active", "=", True),
                ("commercial_partner_id", "in", self.customer_company.ids),
            ]
        )
        self.assertUsesIndex(asked, "helpdesk_ticket_complaint_commercial_partner_idx")

    def test_lists_do_not_ask_for_it(self):
        for model in ("res.partner", "helpdesk.ticket"):
            for view in ("list", "kanban"):
                arch = self.env[model].get_view(view_type=view)["arch"]
                self.assertNotIn("complaint_banner", arch)
        arch = self.env["res.partner"].get_view(view_type="form")["arch"]
        self.assertIn("complaint_banner", arch)

    def test_stage_form_offers_the_words(self):
        arch = self.env["helpdesk.ticket.stage"].get_view(view_type="form")["arch"]
        self.assertIn("complaint_say", arch)
        self.assertIn("complaint_avoid", arch)

"""Anonymising: after its term nothing says any more who complained; figures remain."""

from datetime import datetime, timedelta
from inspect import getmembers
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from ...engine import personal_data
from ...models.privacy import forgetting
from .common import MARKS, PrivacyCommon

# What is counted, grouped or told the outside body later.
FIGURES = (
    "number",
    "is_complaint",
    "active",
    "complaint_kind",
    "complaint_phase",
    "complaint_severity",
    "complaint_received_at",
    "complaint_acknowledged_at",
    "complaint_acknowledged_by",
    "complaint_responded_at",
    "complaint_resolved_at",
    "closed_date",
    "complaint_sla_state",
    "complaint_outcome",
    "complaint_amount_claimed",
    "complaint_policy_id",
    "complaint_cause_id",
    "category_id",
    "channel_id",
    "stage_id",
    "team_id",
    "user_id",
    "company_id",
    "duplicate_id",
    "rating_last_value",
)


@tagged("post_install", "-at_install")
class TestAnonymise(PrivacyCommon):
    def anonymise(self, tickets, action="request"):
        return tickets._complaint_anonymise(action)

    def facts(self, tickets):
        self.env.invalidate_all()
        return [
            (
                {name: ticket[name] for name in FIGURES},
                [
                    (row.milestone, row.state, row.deadline, row.reached_at)
                    for row in ticket.complaint_milestone_ids
                ],
                [
                    (r.type_id, r.amount, r.state, r.offered_at)
                    for r in ticket.complaint_remedy_ids
                ],
                [(r.kind, r.sent_at, r.way) for r in ticket.complaint_letter_ids],
                ticket.rating_ids.mapped("rating"),
            )
            for ticket in tickets.sudo().with_context(active_test=False)
        ]

    # ---------------------------------------------------
    # What goes, and what remains
    # ---------------------------------------------------

    def test_nothing_in_the_database_says_who_it_was(self):
        ticket = self.everything()
        before = dict.fromkeys(table for table, _column in self.said_of(*MARKS))
        # else it would prove nothing
        for table in (
            "helpdesk_ticket",
            "mail_message",
            "ir_attachment",
            "mail_activity",
            "mail_scheduled_message",
            "rating_rating",
            "complaint_letter",
            "complaint_event",
            "complaint_follow_up_call",
            "complaint_remedy",
            "complaint_dead_letter",
            "complaint_incoming_mail",
        ):
            self.assertIn(table, before)
        self.anonymise(ticket)
        self.assertEqual(self.said_of(*MARKS), [])

    def test_the_figures_remain(self):
        ticket = self.everything()
        tickets = ticket._complaint_with_merged()
        self.assertEqual(len(tickets), 2)
        # it would go with its message
        ticket.sudo().rating_ids.message_id = ticket.sudo().message_ids[0]
        before = self.facts(tickets)
        self.anonymise(ticket)
        self.assertEqual(self.facts(tickets), before)

    def test_nothing_leads_back_to_the_customer(self):
        ticket = self.everything()
        later = self.create_complaint(partner_id=self.person.id)
        later.sudo().complaint_repeat_of_id = ticket
        call = self.env["complaint.follow.up.call"].create(
            {"ticket_id": later.id, "how": "repeat", "repeat_id": ticket.id}
        )
        self.anonymise(ticket)
        self.assertFalse(call.repeat_id)
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.commercial_partner_id)
        self.assertFalse(ticket.access_token)
        self.assertFalse(ticket.message_follower_ids)
        self.assertFalse(ticket.complaint_representative_id)
        self.assertFalse(ticket.complaint_consent_ids)
        self.assertFalse(later.complaint_repeat_of_id)
        self.assertEqual(later.partner_id, self.person)
        self.assertTrue(self.person.exists())

    def test_what_a_customer_with_an_account_wrote_is_nobodys(self):
        self.person = self.customer
        ticket = self.everything()
        forgotten = ticket.sudo()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_uid = %s WHERE id = %s",
            [self.portal_user.id, ticket.id],
        )
        self.env.invalidate_all()
        self.anonymise(ticket)
        self.assertNotEqual(forgotten.create_uid, self.portal_user)

    def test_files_of_other_documents_stay(self):
        ticket = self.everything()
        foreign = self.env["ir.attachment"].create(
            {
                "name": "terms.pdf",
                "raw": b"terms",
                "res_model": "res.partner",
                "res_id": self.person.id,
            }
        )
        own = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertTrue(own)
        field_content = self.env["ir.attachment"].create(
            {
                "name": "picture",
                "raw": b"a face",
                "res_model": ticket._name,
                "res_id": ticket.id,
                "res_field": "description",
            }
        )
        ticket.complaint_document_ids += foreign
        ticket.message_post(body="The terms", attachment_ids=foreign.ids)
        foreign.write({"res_model": "res.partner", "res_id": self.person.id})
        self.anonymise(ticket)
        self.assertTrue(foreign.exists())
        self.assertFalse((own | field_content).exists())

    def test_twice_is_once(self):
        ticket = self.everything()
        with self.at(self.clock + timedelta(days=30)):
            self.assertEqual(len(self.anonymise(ticket)), 2)
        at = ticket.complaint_anonymised_at
        self.assertFalse(self.anonymise(ticket))
        self.assertEqual(ticket.complaint_anonymised_at, at)
        self.assertEqual(len(self.Log.search([])), 1)

    def test_no_rule_and_no_mail_comes_of_it(self):
        ticket = self.everything()
        rules = type(self.env["base.automation"])
        with patch.object(rules, "_process") as process, self.nothing_sent():
            self.anonymise(ticket)
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.assertFalse(
            [
                call
                for call in process.call_args_list
                if call.args[1]._name == "helpdesk.ticket"
            ]
        )
        self.assertFalse(ticket.message_ids)

    def test_the_log_names_nobody(self):
        ticket = self.everything()
        with self.at(datetime(2026, 5, 4, 3, 2, 1)):
            self.anonymise(ticket.with_user(self.manager))
        entry = self.Log.search([])
        self.assertEqual(entry.action, "request")
        self.assertEqual(entry.date, datetime(2026, 5, 4, 3, 2, 1))
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.company_id, self.company_a)
        self.assertEqual(entry.complaint_count, 2)
        for one in ticket._complaint_with_merged():
            self.assertIn(one.number, entry.references)
        self.assertIn("Message", entry.details)

    # ---------------------------------------------------
    # What is left alone
    # ---------------------------------------------------

    def test_what_goes_on_is_not_anonymised(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        for phase in ("reception", "hearing", "follow_up"):
            self.bring_in(ticket, phase)
            with self.subTest(phase), self.assertRaises(UserError):
                self.anonymise(ticket)
        self.assertEqual(ticket.partner_id, self.person)

    def test_a_hold_keeps_it(self):
        ticket = self.everything()
        merged = ticket._complaint_with_merged() - ticket
        for held in (ticket, merged):
            held.with_user(self.manager).write(
                {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"}
            )
            with self.subTest(held.number), self.assertRaises(UserError):
                self.anonymise(ticket)
            held.with_user(self.manager).complaint_legal_hold = False
        self.assertTrue(self.anonymise(ticket))

    def test_a_merged_one_goes_with_the_other_only(self):
        ticket = self.everything()
        merged = ticket._complaint_with_merged() - ticket
        with self.assertRaises(UserError):
            self.anonymise(merged)
        self.assertTrue(ticket.partner_id)

    def test_it_is_not_opened_again(self):
        ticket = self.everything()
        self.anonymise(ticket)
        with self.assertRaises(UserError):
            ticket.with_user(self.handler).action_complaint_reopen()
        with self.assertRaises(UserError):
            self.move(ticket, "reception")

    def test_nobody_writes_back_whose_it_was(self):
        ticket = self.everything()
        self.anonymise(ticket)
        mine = ticket.with_user(self.manager)
        for values in (
            {"partner_id": self.person.id},
            {"partner_name": "Zebulon"},
            {"name": "Zebulon's"},
            {"complaint_findings": "It was Zebulon"},
            {"complaint_repeat_of_id": self.create_complaint().id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                mine.write(values)
        mine.write({"complaint_severity": "major", "partner_id": False})
        self.assertEqual(ticket.complaint_severity, "major")

    def test_nobody_sets_it_by_hand(self):
        ticket = self.everything()
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write(
                {"complaint_anonymised_at": datetime(2026, 1, 1)}
            )
        by_default = self.Ticket.with_user(self.handler).with_context(
            default_complaint_anonymised_at="2026-01-01 00:00:00"
        )
        with self.assertRaises(AccessError):
            by_default.create(
                {"name": "New", "description": "x", "team_id": self.team.id}
            )

    def test_an_answer_to_it_is_a_new_complaint(self):
        ticket = self.everything()
        message = ticket.message_ids.filtered("message_id")[-1:].message_id
        number = ticket.number
        self.anonymise(ticket)
        answer = self.answer(
            message, From=f"Zebulon <{MARKS[1]}@x.example>", Subject=f"Re: {number}"
        )
        self.assertNotEqual(answer, ticket)
        self.assertTrue(answer.is_complaint)

    # ---------------------------------------------------
    # Decisions about fields
    # ---------------------------------------------------

    def test_somebody_has_decided_about_each_field(self):
        """Whoever adds a field says whether it remains when the person is forgotten."""
        undecided = []
        for name, model in sorted(self.env.registry.items()):
            ours = name.startswith("complaint.") or name == "helpdesk.ticket"
            if not ours or model._abstract or model._transient or not model._auto:
                continue
            undecided += [
                f"{name}.{field.name}"
                for field in forgetting.stored_fields(self.env[name])
                if field.name not in ("create_uid", "write_uid", *model._inherits)
                # links and texts of other addons leave, whatever they are
                and field._module in ("helpdesk_mgmt", "crm_complaints")
                and not personal_data.is_decided(
                    name, field.name, field.type, field.comodel_name
                )
            ]
        self.assertEqual(undecided, [])

    def test_each_model_about_a_customer_is_wiped_with_his_complaint(self):
        """A model that knows a complaint by another name would be left out."""
        rows = self.Ticket._complaint_row_models()
        aside = (
            *personal_data.NOT_ABOUT_HIM,
            *personal_data.OF_CONTACTS,
            *personal_data.WHOLE,
        )
        left_out = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("complaint.")
            and not model._abstract
            and not model._transient
            and model._auto
            and name not in rows
            and name not in aside
        ]
        self.assertEqual(left_out, [])

    def test_decisions_are_about_fields_that_are_there(self):
        for decisions in (personal_data.STAYS, personal_data.LEAVES):
            for model, names in decisions.items():
                self.assertLessEqual(names, set(self.env[model]._fields), model)


@tagged("post_install", "-at_install")
class TestLegalHold(PrivacyCommon):
    def hold(self, ticket, user=None):
        ticket.with_user(user or self.manager).write(
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court 7/26"}
        )

    def test_a_manager_holds_and_lets_go(self):
        ticket = self.create_complaint()
        self.hold(ticket)
        self.assertEqual(ticket.complaint_legal_hold_user_id, self.manager)
        self.assertEqual(ticket.complaint_legal_hold_at, self.clock)
        ticket.with_user(self.manager).complaint_legal_hold = False
        self.assertFalse(ticket.complaint_legal_hold_reason)
        self.assertFalse(ticket.complaint_legal_hold_user_id)
        self.assertEqual(self.Log.search([]).mapped("action"), ["release", "hold"])
        self.assertEqual(self.Log.search([]).user_id, self.manager)

    def test_nobody_else_does(self):
        ticket = self.create_complaint()
        with self.assertRaises(AccessError):
            self.hold(ticket, self.leader)
        self.hold(ticket)
        with self.assertRaises(AccessError):
            ticket.with_user(self.leader).complaint_legal_hold = False
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).complaint_legal_hold_user_id = self.leader
        values = {"name": "New", "description": "x", "team_id": self.team.id}
        for sent in (
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Mine"},
            {"complaint_legal_hold_user_id": self.manager.id},
        ):
            with self.subTest("value"), self.assertRaises(AccessError):
                self.Ticket.with_user(self.leader).create({**values, **sent})
            context = {f"default_{name}": value for name, value in sent.items()}
            with self.subTest("default"), self.assertRaises(AccessError):
                self.Ticket.with_user(self.leader).with_context(**context).create(
                    values
                )

    def test_it_has_a_reason(self):
        ticket = self.create_complaint()
        for reason in (False, " "):
            with self.assertRaises(UserError):
                ticket.with_user(self.manager).write(
                    {
                        "complaint_legal_hold": True,
                        "complaint_legal_hold_reason": reason,
                    }
                )

    def test_what_is_held_is_not_deleted(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        self.hold(ticket)
        with self.assertRaises(UserError):
            ticket.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            self.person.unlink()
        ticket.with_user(self.manager).complaint_legal_hold = False
        self.person.unlink()
        ticket.with_user(self.manager).unlink()
        self.assertFalse(ticket.exists())

    def test_the_log_names_no_complaint_to_whom_it_is_about(self):
        other = self.create_user("other_manager", "Otto Other", "manager")
        hidden = self.create_complaint()
        hidden.sudo().complaint_concerned_user_ids = other
        for ticket in (hidden, self.create_complaint()):
            self.hold(ticket)
        self.assertEqual(self.Log.with_user(self.manager).search_count([]), 2)
        entries = self.Log.with_user(other).search([])
        self.assertEqual(len(entries), 1)
        self.assertNotIn(hidden.number, entries.references)
        with self.assertRaises(AccessError):
            (self.Log.search([]) - entries.sudo()).with_user(other).read(["date"])

    def test_nobody_touches_the_log(self):
        self.hold(self.create_complaint())
        entry = self.Log.search([])
        for env in (self.env, self.env(user=self.manager)):
            with self.assertRaises(UserError):
                entry.with_env(env).write({"details": "Nothing happened"})
            with self.assertRaises(UserError):
                entry.with_env(env).unlink()
        with self.assertRaises(AccessError):
            self.Log.with_user(self.manager).create({"action": "export"})
        self.assertEqual(self.Log.with_user(self.manager).search([]), entry)
        with self.assertRaises(AccessError):
            self.Log.with_user(self.leader).search([])
        manager_b = self.create_user("b", "Mona", "manager", self.company_b)
        self.assertFalse(self.Log.with_user(manager_b).search([]))


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.complaint_retention_months = 36
        cls.company_b.complaint_retention_months = 12

    def ended(self, at, phase="closed", team=None, **vals):
        """Return a complaint that ended at a moment."""
        user = self.handler_b if team == self.team_b else self.handler
        ticket = self.create_complaint(
            user,
            team_id=(team or self.team).id,
            **{"partner_id": self.person.id, "name": "Old", **vals},
        )
        self.bring_in(ticket, phase)
        self.env.flush_all()
        ticket.closed_date = at
        self.env.flush_all()
        return ticket

    def run_job(self, moment, chunk_size=50):
        with (
            self.at(moment),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
            ) as progress,
        ):
            self.Ticket._cron_complaint_retention(chunk_size)
            self.env.flush_all()
        self.env.invalidate_all()
        return progress

    def gone(self, tickets):
        return tickets.filtered("complaint_anonymised_at")

    def test_it_goes_after_its_months_and_not_a_day_earlier(self):
        ticket = self.ended(datetime(2026, 1, 31, 12, 0))
        second = timedelta(seconds=1)
        self.run_job(datetime(2029, 1, 31, 12, 0))
        self.assertFalse(self.gone(ticket))
        self.run_job(datetime(2029, 1, 31, 12, 0) + second)
        self.assertEqual(self.gone(ticket), ticket)
        self.assertEqual(
            ticket.complaint_anonymised_at, datetime(2029, 1, 31, 12, 0) + second
        )

    def test_each_company_has_its_own_term(self):
        in_a = self.ended(datetime(2026, 1, 1))
        in_b = self.ended(datetime(2026, 1, 1), team=self.team_b)
        self.run_job(datetime(2027, 2, 1))
        tickets = (in_a | in_b).sudo()
        self.assertEqual(self.gone(tickets), in_b)
        self.assertEqual(self.Log.search([]).company_id, self.company_b)
        self.assertEqual(self.Log.search([]).action, "retention")

    def test_zero_keeps_for_ever(self):
        (self.company_a | self.company_b).complaint_retention_months = 0
        ticket = self.ended(datetime(2026, 1, 1))
        self.run_job(datetime(2096, 1, 1))
        self.assertFalse(self.gone(ticket))

    def test_open_held_and_followed_up_ones_stay(self):
        held = self.ended(datetime(2026, 1, 1))
        held.with_user(self.manager).write(
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"}
        )
        tickets = held
        for phase in ("reception", "hearing", "calming", "agreement", "follow_up"):
            tickets |= self.ended(datetime(2026, 1, 1), phase=phase)
        # of another customer: it would be a repeat, and close what is followed up
        withdrawn = self.ended(
            datetime(2026, 1, 1), phase="withdrawn", partner_id=self.customer.id
        )
        ordinary = self.create_ticket(partner_id=self.person.id)
        self.bring_in(ordinary.browse(), "closed")
        ordinary.closed_date = datetime(2026, 1, 1)
        self.run_job(datetime(2040, 1, 1))
        self.assertEqual(self.gone(tickets | withdrawn | ordinary), withdrawn)
        failed = "crm_complaints.mail_activity_type_failure"
        self.assertFalse(held.sudo().activity_search([failed]), "no failure at all")

    def test_it_goes_on_chunk_by_chunk(self):
        tickets = self.Ticket.union(
            *(self.ended(datetime(2026, 1, day)) for day in range(1, 6))
        )
        progress = self.run_job(datetime(2040, 1, 1), chunk_size=2)
        self.assertEqual(self.gone(tickets), tickets)
        done = [call.args[0] for call in progress.call_args_list]
        self.assertEqual(done, [2, 2, 1, 0])
        self.assertEqual(sum(self.Log.search([]).mapped("complaint_count")), 5)
        self.run_job(datetime(2041, 1, 1))
        self.assertEqual(len(self.Log.search([])), 3, "nothing is done twice")

    def test_one_that_fails_costs_itself_alone(self):
        tickets = self.Ticket.union(
            *(
                self.ended(datetime(2026, 1, day), name=name)
                for day, name in enumerate(("One", "Poison", "Three"), 1)
            )
        )
        poison = tickets[1]
        wipe = type(self.Ticket)._complaint_wipe_tickets

        def failing(some):
            if poison in some:
                raise ValueError("Boom")
            return wipe(some)

        with patch.object(type(self.Ticket), "_complaint_wipe_tickets", failing):
            self.run_job(datetime(2040, 1, 1))
        self.assertEqual(self.gone(tickets), tickets - poison)
        self.assertEqual(poison.name, "Poison")
        self.assertIn("anonymised", poison.sudo().activity_ids.mapped("summary")[-1])
        self.run_job(datetime(2040, 1, 2))
        self.assertEqual(self.gone(tickets), tickets)

    def test_mails_that_stand_on_no_complaint_are_forgotten_too(self):
        Letter = self.env["complaint.dead.letter"]
        Entry = self.env["complaint.incoming.mail"]
        values = {
            "company_id": self.company_a.id,
            "email_from": "zebulon@quackenbush.example",
        }
        entries = Entry.create(
            [
                {**values, "key": key, "taken_at": datetime(2026, 1, 1)}
                for key in ("old", "waiting")
            ]
            + [{**values, "key": "new", "taken_at": datetime(2039, 12, 1)}]
        )
        letter = {
            **values,
            "name": "Quackenbush",
            "raw": b"UXVhY2tlbmJ1c2g=",
            "received_at": datetime(2026, 1, 1),
        }
        dismissed = Letter.create({**letter, "state": "dismissed"})
        waiting = Letter.create({**letter, "entry_id": entries[1].id})
        self.run_job(datetime(2040, 1, 1))
        self.assertFalse(dismissed.exists())
        self.assertEqual(waiting.email_from, values["email_from"])
        self.assertEqual(
            entries.mapped(lambda entry: bool(entry.email_from)), [False, True, True]
        )
        self.assertEqual(entries.exists(), entries, "the figures remain")

    def test_limits_to_contact_go_as_long_after_their_end(self):
        Restriction = self.env["complaint.restriction"].with_user(self.manager)
        values = {
            "reason": "Quackenbush shouted",
            "measure": "writing",
            "since": "2026-03-02",
            "review_date": "2026-03-20",
            "until": "2026-03-31",
        }
        gone = Restriction.create({**values, "partner_id": self.person.id})
        goes_on = Restriction.create(
            {**values, "partner_id": self.person.id, "until": "2026-04-30"}
        )
        held = Restriction.create({**values, "partner_id": self.customer.id})
        self.ended(datetime(2038, 1, 1), partner_id=self.customer.id).with_user(
            self.manager
        ).write({"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"})
        self.run_job(datetime(2029, 3, 31, 12, 0))
        self.assertTrue(gone.exists())
        with self.at(datetime(2029, 4, 1, 12, 0)):
            # Odoo's cleaning asks for no hold, and notes nothing
            for _name, clean in getmembers(type(held), is_autovacuum):
                clean(held.sudo().browse())
        self.assertEqual((gone | goes_on | held).exists(), gone | goes_on | held)
        self.run_job(datetime(2029, 4, 1, 12, 0))
        self.assertFalse(gone.exists())
        self.assertEqual((goes_on | held).exists(), goes_on | held)
        self.assertEqual(self.said_of("shouted", aside=("complaint_restriction",)), [])

    def test_nightly_queries_do_not_grow_with_the_batch(self):
        counts = []
        for number in (2, 12):
            for _index in range(number):
                self.ended(datetime(2026, 1, 1))
            self.env.flush_all()
            with self.at(datetime(2040, 1, 1)):
                before = self.env.cr.sql_log_count
                self.Ticket.sudo()._complaint_forget_ended(50, [])
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 10)

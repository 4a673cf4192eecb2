"""Retention: each company's complaints are erased after its own period, by night."""

from datetime import datetime, timedelta
from inspect import getmembers
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from .common import PrivacyCommon


class RetentionCommon(PrivacyCommon):
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
        ticket.sudo().closed_date = at
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


@tagged("post_install", "-at_install")
class TestRetention(RetentionCommon):
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
        # of another customer: as a repeat it would close the one in follow-up
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
                {**values, "key": key, "received_at": datetime(2026, 1, 1)}
                for key in ("old", "waiting")
            ]
            + [{**values, "key": "new", "received_at": datetime(2039, 12, 1)}]
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
            # Odoo's vacuum heeds no legal hold, and logs nothing
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
                self.Ticket.sudo()._complaint_erase_ended(50, [])
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 10)

"""Sweep: time moves milestones, to the second and many at once."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintClockCommon


@tagged("post_install", "-at_install")
class TestSweep(ComplaintClockCommon):
    def state(self, complaint):
        complaint.invalidate_recordset(["complaint_sla_state"])
        self.assertEqual(
            len(complaint.complaint_milestone_ids), 1, "one promise, one clock"
        )
        return (
            complaint.complaint_sla_state,
            complaint.complaint_milestone_ids.state,
        )

    # ---------------------------------------------------
    # To the second
    # ---------------------------------------------------

    def test_a_promise_is_at_risk_from_the_second_it_warns_at(self):
        complaint = self.create_complaint()
        second = timedelta(seconds=1)
        self.assertEqual(self.sweep(self.warned_at - second), 0)
        self.assertEqual(self.state(complaint), ("on_track", "running"))
        self.assertEqual(self.sweep(self.warned_at), 1)
        self.assertEqual(self.state(complaint), ("at_risk", "at_risk"))

    def test_a_promise_is_late_from_the_second_after_its_deadline(self):
        complaint = self.create_complaint()
        self.sweep(self.warned_at)
        self.assertEqual(self.sweep(self.deadline), 0)
        self.assertEqual(self.state(complaint), ("at_risk", "at_risk"))
        self.assertEqual(self.sweep(self.late_at), 1)
        self.assertEqual(self.state(complaint), ("breached", "breached"))
        self.assertEqual(complaint.complaint_milestone_ids.breached_at, self.late_at)

    def test_a_clock_that_stood_still_catches_up_with_the_right_date(self):
        complaint = self.create_complaint()
        self.assertEqual(self.sweep(self.late_at + timedelta(days=3)), 1)
        self.assertEqual(self.state(complaint), ("breached", "breached"))
        self.assertEqual(complaint.complaint_milestone_ids.breached_at, self.late_at)

    def test_what_is_late_is_not_looked_at_again(self):
        complaint = self.create_complaint()
        self.sweep(self.late_at)
        self.assertFalse(complaint.complaint_milestone_ids.next_event_at)
        self.assertEqual(self.sweep(self.late_at + timedelta(days=30)), 0)

    def test_the_database_says_what_the_records_say(self):
        complaint = self.create_complaint()
        self.sweep(self.late_at)
        row = complaint.complaint_milestone_ids
        names = ["state", "next_event_at", "breached_at", "write_uid", "write_date"]
        in_cache = row.read(names)
        self.env.invalidate_all()
        self.assertEqual(row.read(names), in_cache)
        self.assertEqual(row.state, "breached")

    # ---------------------------------------------------
    # Only what is due
    # ---------------------------------------------------

    def test_only_what_is_due_is_touched(self):
        due = self.create_complaint()
        with self.at(self.clock + timedelta(hours=1)):
            later = self.create_complaint()
        ordinary = self.create_ticket()
        self.env.invalidate_all()
        # sudo: beside other addons, links that handlers may not read
        before = (later | ordinary).sudo().read()
        rows_before = later.complaint_milestone_ids.read()
        self.assertEqual(self.sweep(self.warned_at), 1)
        self.env.invalidate_all()
        self.assertEqual((later | ordinary).sudo().read(), before)
        self.assertEqual(later.complaint_milestone_ids.read(), rows_before)
        self.assertEqual(due.complaint_sla_state, "at_risk")

    def test_withdrawn_archived_resolved_and_put_back_ones_are_left_alone(self):
        withdrawn, archived, resolved, put_back = self.create_complaints(4)
        withdrawn.action_complaint_withdraw()
        archived.action_archive()
        resolved.action_complaint_resolve()
        put_back.is_complaint = False
        self.assertEqual(self.sweep(self.late_at + timedelta(days=1)), 0)
        for complaint in (withdrawn, archived, put_back):
            self.assertEqual(complaint.complaint_milestone_ids.state, "cancelled")
            self.assertEqual(complaint.complaint_sla_state, "none")
        self.assertEqual(resolved.complaint_milestone_ids.state, "met")

    def test_what_comes_back_from_the_archive_is_as_late_as_it_is(self):
        complaint = self.create_complaint()
        complaint.action_archive()
        with self.at(self.late_at + timedelta(days=1)):
            complaint.action_unarchive()
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(complaint.complaint_milestone_ids.breached_at, self.late_at)

    def test_a_promise_that_pauses_does_not_run_out(self):
        self.create_policy(
            "Pauses", [("resolve", 4, "hour", {"pausable": True})], sequence=0
        )
        waiting = self.create_stage("hearing", complaint_pause=True, sequence=151)
        complaint = self.create_complaint()
        complaint.stage_id = waiting
        self.assertEqual(self.sweep(self.late_at), 0)
        self.assertEqual(self.state(complaint), ("paused", "paused"))

    # ---------------------------------------------------
    # Two milestones of one complaint
    # ---------------------------------------------------

    def two_promises(self):
        self.create_policy(
            "Two", [("acknowledge", 4, "hour"), ("resolve", 4, "hour")], sequence=0
        )
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.assertEqual(len(complaint.complaint_milestone_ids), 2)
        return complaint

    def assertLateOnce(self, complaint, limit):
        self.assertEqual(self.sweep(self.warned_at, limit), 2)
        self.assertEqual(complaint.complaint_sla_state, "at_risk")
        self.assertEqual(self.sweep(self.late_at, limit), 2)
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(
            set(complaint.complaint_milestone_ids.mapped("state")), {"breached"}
        )
        self.assertEqual(len(self.at_risk_activities(complaint)), 1)
        self.assertEqual(len(self.late_activities(complaint)), 1)

    def test_two_due_at_once_set_a_rule_off_once(self):
        self.assertLateOnce(self.two_promises(), limit=500)

    def test_two_due_in_two_chunks_set_a_rule_off_once(self):
        self.assertLateOnce(self.two_promises(), limit=1)

    def test_the_worst_of_two_promises_counts(self):
        self.create_policy(
            "Two", [("acknowledge", 1, "hour"), ("resolve", 4, "day")], sequence=0
        )
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        at = self.clock + timedelta(hours=2)
        self.assertEqual(self.sweep(at), 1)
        self.assertEqual(complaint.complaint_sla_state, "breached")
        self.assertEqual(complaint.complaint_next_milestone, "acknowledge")
        self.assertEqual(complaint.complaint_deadline, self.clock + timedelta(hours=1))
        with self.at(at):
            complaint.action_complaint_acknowledge()
        self.assertEqual(complaint.complaint_sla_state, "on_track")
        self.assertEqual(complaint.complaint_next_milestone, "resolve")


@tagged("post_install", "-at_install")
class TestChunks(ComplaintClockCommon):
    def run_cron(self, moment, chunk_size, seconds=60.0):
        """Return (done, remaining) as reported after each chunk."""
        reported = []

        def _commit_progress(cron, done=0, *, remaining=None, deactivate=False):
            reported.append((done, remaining))
            return seconds

        with (
            self.at(moment),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", _commit_progress
            ),
        ):
            self.Milestone._cron_clock(chunk_size)
        return reported

    def test_each_chunk_is_committed_with_what_is_left(self):
        complaints = self.create_complaints(5)
        self.assertEqual(
            self.run_cron(self.warned_at, 2), [(2, 2), (2, 2), (1, 0), (0, 0)]
        )
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})

    def test_the_longest_due_come_first(self):
        later = self.create_complaint()
        with self.at(self.clock + timedelta(minutes=1)):
            earlier = self.create_complaint(
                complaint_received_at=self.clock - timedelta(minutes=5)
            )
        with self.at(self.warned_at):
            self.assertEqual(self.Milestone._sweep(1), 1)
        self.assertEqual(earlier.complaint_sla_state, "at_risk")
        self.assertEqual(later.complaint_sla_state, "on_track")

    def test_a_run_without_time_left_stops_after_its_chunk(self):
        """Odoo runs it again as soon as it can, since something is left."""
        complaints = self.create_complaints(5)
        self.assertEqual(self.run_cron(self.warned_at, 2, seconds=0), [(2, 2)])
        states = complaints.mapped("complaint_sla_state")
        self.assertEqual(sorted(states), ["at_risk"] * 2 + ["on_track"] * 3)
        self.assertEqual(
            sum(done for done, _left in self.run_cron(self.warned_at, 2)), 3
        )

    # ---------------------------------------------------
    # Costs
    # ---------------------------------------------------

    def queries(self, function):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_nothing_due_costs_next_to_nothing(self):
        self.create_complaints(3)
        self.run_cron(self.clock, 500)  # wakes up for the next one
        self.assertLessEqual(self.queries(lambda: self.run_cron(self.clock, 500)), 3)

    def test_a_chunk_costs_the_same_whatever_its_size(self):
        self.ticket_rules().active = False
        counts = []
        for size in (2, 42):
            complaints = self.create_complaints(size)
            with self.at(self.warned_at):
                counts.append(self.queries(lambda: self.Milestone._sweep(500)))
            self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})
        self.assertLessEqual(counts[1], 12)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_a_further_complaint_costs_few_queries_with_the_rules_that_come(self):
        counts = []
        for size in (20, 60):
            self.create_complaints(size)
            with self.at(self.late_at):
                counts.append(self.queries(lambda: self.Milestone._sweep(500)))
        self.assertLessEqual((counts[1] - counts[0]) / 40, 6)


@tagged("post_install", "-at_install")
class TestCron(ComplaintClockCommon):
    """The cron itself, as its own user, with commits that the test can take back."""

    def run_cron(self, moment=None):
        with self.at(moment or self.warned_at), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def test_the_cron_moves_what_is_due(self):
        complaints = self.create_complaints(3)
        self.run_cron()
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})
        self.assertEqual(len(self.at_risk_activities(complaints)), 3)

    def test_a_complaint_that_cannot_be_written_stops_no_other(self):
        """Another addon may refuse the clock's write on one of them."""
        poison = self.create_complaint(name="Poison")
        others = self.create_complaints(3)
        Ticket = type(self.Ticket)
        original = Ticket.write

        def write(tickets, vals):
            if "complaint_sla_state" in vals and "Poison" in tickets.mapped("name"):
                raise ValueError("Not this one")
            return original(tickets, vals)

        with patch.object(Ticket, "write", write):
            self.run_cron()
        self.assertEqual(set(others.mapped("complaint_sla_state")), {"at_risk"})
        self.assertIn("at_risk", poison.sudo().complaint_milestone_ids.mapped("state"))
        self.assertEqual(len(self.failure_warnings(poison)), 1)
        self.assertIn("Not this one", poison.message_ids[:1].body)

    def test_what_was_locked_is_taken_up_at_the_next_minute(self):
        self.create_complaint()
        with self.at(self.warned_at):
            self.cron.nextcall = self.warned_at + timedelta(minutes=10)
            # it is due, and locked by somebody
            self.Milestone._wake_up_for_next()
            triggers = self.env["ir.cron.trigger"].search(
                [
                    ("cron_id", "=", self.cron.id),
                    ("call_at", ">", self.warned_at),
                ]
            )
        self.assertEqual(
            triggers.mapped("call_at"), [self.warned_at + timedelta(minutes=1)]
        )

    def test_running_it_again_does_nothing_twice(self):
        complaints = self.create_complaints(3)
        for _time in range(2):
            self.run_cron()
        self.assertEqual(len(self.at_risk_activities(complaints)), 3)

    def test_each_chunk_stands_when_a_later_one_fails(self):
        complaints = self.create_complaints(4)
        original = type(self.Milestone)._sweep
        chunks = []

        def _sweep(milestones, limit, careful=False):
            done = original(milestones, limit, careful)
            chunks.append(done)
            if len(chunks) > 1:
                raise ValueError("Killed")
            return done

        with (
            self.at(self.warned_at),
            self.enter_registry_test_mode(),
            patch.object(type(self.Milestone), "_sweep", _sweep),
            self.assertRaisesRegex(ValueError, "Killed"),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["complaint.milestone"]._cron_clock(2)
        states = complaints.mapped("complaint_sla_state")
        self.assertEqual(sorted(states), ["at_risk"] * 2 + ["on_track"] * 2)
        self.run_cron()
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})
        self.assertEqual(len(self.at_risk_activities(complaints)), 4)

    # ---------------------------------------------------
    # Somebody saves a complaint meanwhile
    # ---------------------------------------------------

    def sweep_disturbed(self, times):
        """Let a user write during the first ``times`` chunks, so that they conflict."""
        original = type(self.Milestone)._sweep
        calls = []

        def _sweep(milestones, limit, careful=False):
            done = original(milestones, limit, careful)
            calls.append(done)
            if len(calls) <= times:
                raise psycopg2.errors.SerializationFailure("could not serialize")
            return done

        with (
            self.at(self.warned_at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(type(self.Milestone), "_sweep", _sweep),
        ):
            try:
                self.env(cr=cr)["complaint.milestone"]._cron_clock()
            finally:
                calls_made = len(calls)
        return calls_made

    def test_a_chunk_that_somebody_got_in_the_way_of_is_taken_again(self):
        complaints = self.create_complaints(2)
        # disturbed twice, done, and nothing left
        self.assertEqual(self.sweep_disturbed(2), 4)
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})
        self.assertEqual(len(self.at_risk_activities(complaints)), 2)

    def test_after_several_attempts_it_gives_up_and_says_so(self):
        complaints = self.create_complaints(2)
        with self.assertRaises(psycopg2.errors.SerializationFailure):
            self.sweep_disturbed(100)
        self.env.invalidate_all()
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"on_track"})
        self.assertFalse(self.at_risk_activities(complaints))

    def test_a_rule_that_is_disturbed_is_no_rule_that_failed(self):
        complaint = self.create_complaint()
        original = type(self.rule_at_risk)._complaint_process_batch
        calls = []

        def disturbed(rule, records, process, domain_post=None):
            calls.append(records)
            if len(calls) == 1:
                raise psycopg2.errors.SerializationFailure("could not serialize")
            return original(rule, records, process, domain_post)

        with (
            self.at(self.warned_at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(
                type(self.rule_at_risk), "_complaint_process_batch", disturbed
            ),
        ):
            self.env(cr=cr)["complaint.milestone"]._cron_clock()
        self.assertEqual(complaint.complaint_sla_state, "at_risk")
        self.assertEqual(len(self.at_risk_activities(complaint)), 1)
        self.assertFalse(self.failure_warnings(complaint))

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_a_rule_that_fails_does_not_fail_the_cron(self):
        poison = self.create_complaint(name="Poison")
        other = self.create_complaint()
        rule = self.create_failing_rule()
        self.run_cron()
        self.assertEqual(poison.complaint_sla_state, "at_risk")
        self.assertEqual(other.complaint_sla_state, "at_risk")
        self.assertEqual(other.complaint_remedy_sought, "Marked by the rule")
        self.assertRuleFailedOn(poison, rule)


@tagged("post_install", "-at_install")
class TestWakingUp(ComplaintClockCommon):
    """The cron wakes in the minute after something is due, and for nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)]).unlink()
        cls.cron.nextcall = cls.clock + timedelta(days=300)

    def calls(self):
        return (
            self.env["ir.cron.trigger"]
            .search([("cron_id", "=", self.cron.id)])
            .sorted("call_at")
            .mapped("call_at")
        )

    def test_a_new_complaint_has_the_cron_woken_for_its_first_event(self):
        self.create_complaint()
        self.assertEqual(self.calls(), [self.warned_at + timedelta(minutes=1)])

    def test_waking_is_never_before_the_event(self):
        """Odoo's triggers are precise to the minute."""
        with self.at(self.clock + timedelta(seconds=59)):
            self.create_complaint()
        (call,) = self.calls()
        due = self.warned_at + timedelta(seconds=59)
        self.assertGreaterEqual(call, due)
        self.assertLess(call - due, timedelta(minutes=1))
        self.assertFalse(call.second)

    def test_many_complaints_wake_it_once(self):
        self.create_complaints(20)
        self.create_complaints(20)
        with self.at(self.clock + timedelta(minutes=10)):
            self.create_complaint()
        self.assertEqual(len(self.calls()), 1)

    def test_an_earlier_event_wakes_it_earlier(self):
        self.create_complaint()
        self.create_policy("Quicker", [("resolve", 1, "hour")], sequence=0)
        self.create_complaint()
        quicker = self.clock + timedelta(minutes=46)
        self.assertEqual(self.calls(), [quicker, self.warned_at + timedelta(minutes=1)])

    def test_it_is_not_woken_where_its_interval_comes_first(self):
        self.cron.nextcall = self.clock + timedelta(minutes=10)
        self.create_complaint()
        self.assertFalse(self.calls())

    def test_a_run_that_is_overdue_does_not_count_as_one_to_come(self):
        self.cron.nextcall = self.clock - timedelta(minutes=10)
        self.create_complaint()
        self.assertEqual(len(self.calls()), 1)

    def test_after_a_run_it_is_woken_for_what_comes_next(self):
        self.create_complaint()
        with (
            self.at(self.warned_at + timedelta(minutes=1)),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
            ),
        ):
            self.Milestone._cron_clock()
            self.assertEqual(
                self.calls()[-1],
                self.deadline + timedelta(minutes=1),
                "one second after the deadline, in the minute that follows",
            )
            self.Milestone._cron_clock()
        self.assertEqual(len(self.calls()), 2)

    def test_with_nothing_to_come_it_is_not_woken(self):
        self.create_complaint().action_complaint_withdraw()
        before = self.calls()
        with (
            self.at(self.late_at),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
            ),
        ):
            self.Milestone._cron_clock()
        self.assertEqual(self.calls(), before)

    def test_without_the_cron_complaints_are_taken_in_all_the_same(self):
        self.cron.unlink()
        complaint = self.create_complaint()
        self.assertEqual(complaint.complaint_sla_state, "on_track")

    def test_a_handler_needs_no_right_on_crons(self):
        self.assertFalse(self.cron.with_user(self.own_handler).has_access("read"))
        self.create_complaint(self.own_handler)
        self.assertEqual(len(self.calls()), 1)

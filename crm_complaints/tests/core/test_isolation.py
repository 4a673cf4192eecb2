"""Isolation: an error in a block undoes that block, and nothing else."""

import ast
import logging
from pathlib import Path

from psycopg2 import Error as PostgresError
from psycopg2.errors import DiskFull

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.core.isolation import (
    RETRIED,
    AtOnce,
    at_once,
    error_text,
    isolated,
)
from ..common import ComplaintCommon

ADDONS = Path(__file__).parents[3]
# The only functions that catch every error and raise none again. The engine knows
# neither Odoo nor transactions; a sweep commits, so it has no savepoint to return to.
CATCH_ALL = {
    ("crm_complaints/models/core/isolation.py", "isolated"),
    ("crm_complaints/engine/mail/source.py", "tolerant"),
    ("crm_complaints/models/clock/sweep.py", "sweep"),
}
# The functions that retry after a conflict; all others let it through ``isolated``.
RETRYING = {
    "crm_complaints/models/core/isolation.py",
    "crm_complaints/models/clock/sweep.py",
    "crm_complaints/models/mail/complaint_gateway.py",
}


class Boom(Exception):
    pass


@tagged("post_install", "-at_install")
class TestIsolated(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Before"})

    def setUp(self):
        super().setUp()
        self.env.cr.flush()

    def stored_name(self):
        self.env.cr.execute(
            "SELECT name FROM res_partner WHERE id = %s", [self.partner.id]
        )
        return self.env.cr.fetchone()[0]

    def test_a_block_that_succeeds_is_written(self):
        for flush in (True, False):
            with isolated(self.env, "Nothing", flush=flush) as outcome:
                self.partner.name = f"Written {flush}"
            self.assertIsNone(outcome.error)
            self.assertEqual(self.stored_name(), f"Written {flush}")

    def test_what_was_pending_stands_and_what_the_block_did_does_not(self):
        for flush in (True, False):
            with self.subTest(flush=flush):
                self.partner.name = f"Pending {flush}"
                with isolated(self.env, "A block", flush=flush) as outcome:
                    self.partner.name = "In the block"
                    self.partner.flush_recordset()
                    self.partner.comment = "Not even written"
                    child = self.partner.create({"name": "Of the block"})
                    raise Boom
                self.assertIsInstance(outcome.error, Boom)
                # as the cache says, and as the database does
                self.assertEqual(self.partner.name, f"Pending {flush}")
                self.assertFalse(self.partner.comment)
                self.assertFalse(child.exists())
                self.env.flush_all()
                self.assertEqual(self.stored_name(), f"Pending {flush}")

    @mute_logger("odoo.sql_db")
    def test_an_error_of_the_database_leaves_a_transaction_that_goes_on(self):
        for flush in (True, False):
            with isolated(self.env, "A block", flush=flush) as outcome:
                self.env.cr.execute("SELECT 1 / 0")
            self.assertIsInstance(outcome.error, PostgresError)
            self.assertEqual(self.stored_name(), "Before")

    def test_what_fails_when_the_block_is_written_is_isolated_too(self):
        def fail():
            raise Boom

        with isolated(self.env, "A block") as outcome:
            self.partner.name = "In the block"
            self.env.cr.precommit.add(fail)
        self.assertIsInstance(outcome.error, Boom)
        self.assertEqual(self.partner.name, "Before")

    def test_what_fails_of_what_was_pending_is_raised(self):
        def fail():
            raise Boom

        entered = []
        with self.assertRaises(Boom):
            self.env.cr.precommit.add(fail)
            with isolated(self.env, "A block"):
                entered.append(True)
        self.assertFalse(entered)

    def test_who_got_in_the_way_is_told_to_whoever_takes_it_again(self):
        for error in RETRIED:
            for mode in ({}, {"flush": False}, {"savepoint": False}):
                with (
                    self.subTest(error.__name__, **mode),
                    self.assertRaises(error),
                    isolated(self.env, "Outer"),
                    isolated(self.env, "A block", **mode),
                ):
                    raise error

    def test_one_inside_the_other(self):
        with isolated(self.env, "Outer") as outer:
            self.partner.name = "Outer"
            with isolated(self.env, "Inner") as inner:
                self.partner.name = "Inner"
                raise Boom
            self.assertEqual(self.partner.name, "Outer")
        self.assertIsNone(outer.error)
        self.assertIsInstance(inner.error, Boom)
        self.assertEqual(self.stored_name(), "Outer")
        with isolated(self.env, "Outer") as outer:
            with isolated(self.env, "Inner") as inner:
                self.partner.name = "Inner"
            self.assertIsNone(inner.error)
            raise Boom
        self.assertEqual(self.partner.name, "Outer")

    def test_before_a_commit_other_hooks_neither_run_nor_are_forgotten(self):
        run = []
        self.env.cr.precommit.add(lambda: run.append(True))
        with isolated(self.env, "A block", flush=False):
            raise Boom
        with isolated(self.env, "A block", flush=False):
            self.partner.name = "In the block"
        self.assertFalse(run)
        self.env.cr.precommit.run()
        self.assertTrue(run)

    @mute_logger("odoo.sql_db")
    def test_reading_without_a_savepoint(self):
        self.partner.name = "Pending"
        with (
            self.assertQueryCount(0),
            isolated(self.env, "A block", savepoint=False) as outcome,
        ):
            raise Boom
        self.assertIsInstance(outcome.error, Boom)
        self.assertEqual(self.partner.name, "Pending")
        with isolated(self.env, "Whose savepoint it is") as outcome:
            with isolated(self.env, "A block", savepoint=False):
                self.env.cr.execute("SELECT 1 / 0")
            self.fail("the transaction is of no use any more")
        self.assertIsInstance(outcome.error, PostgresError)

    def test_the_log_says_what_failed(self):
        logger = "odoo.addons.crm_complaints.models.core.isolation"
        words = "words of " + "a customer"
        for level in (logging.INFO, logging.ERROR):
            with (
                self.assertLogs(logger, level) as logs,
                isolated(self.env, "The thing", log_level=level),
            ):
                raise Boom(words)
            self.assertIn("The thing (Boom)", logs.output[0])
            # where it failed only if nobody is told otherwise
            self.assertEqual(__file__ in logs.output[0], level == logging.ERROR)
            self.assertFalse(logs.records[0].exc_info)
            self.assertNotIn(words, logs.output[0])

    def test_one_line_that_tells_people_what_went_wrong(self):
        full = "The server's disk is full. Please inform your administrator."
        for error, text in (
            (ValueError("Not a date"), "Not a date"),
            (ValueError("First\nSecond"), "First"),
            (ValueError(), "ValueError"),
            (
                ValueError("Rendering\n<t/>\nAttributeError: no &#39;x&#39;\n  more"),
                "AttributeError: no 'x'",
            ),
            (ValueError("x" * 999), "x" * 250),
            (OSError(13, "Permission denied"), "Permission denied"),
            (OSError(28, "No space left on device"), full),
            (DiskFull("could not extend file"), full),
        ):
            with self.subTest(text):
                self.assertEqual(error_text(self.env, error), text)


@tagged("post_install", "-at_install")
class TestIsolatedComplaints(ComplaintCommon):
    def test_all_at_once_or_each_by_itself(self):
        complaints = self.create_complaint()
        complaints |= self.create_complaint(name="Poison")
        complaints |= self.create_complaint()
        calls, reported = [], []

        def act(some):
            calls.append(len(some))
            some.write({"complaint_remedy_sought": "Done"})
            if "Poison" in some.mapped("name"):
                raise Boom("of this one")

        def report(complaint, summary, note):
            reported.append((complaint.name, summary, note))

        complaints._complaint_isolated(act, "It failed", report)
        self.assertEqual(calls, [3, 1, 1, 1])
        self.assertEqual(reported, [("Poison", "It failed", "It failed: of this one")])
        done = complaints.filtered("complaint_remedy_sought")
        self.assertEqual(len(done), 2)
        self.assertNotIn("Poison", done.mapped("name"))
        calls.clear()
        done._complaint_isolated(act, "It failed", report)
        self.assertEqual(calls, [2])

    def test_an_error_of_a_part_ends_what_is_done_at_once(self):
        complaint = self.create_complaint().with_context(complaint_at_once=AtOnce())
        reported = []

        def fail():
            def act(_complaint):
                raise Boom

            complaint._complaint_isolated(
                act, "It failed", lambda *_args: reported.append(True)
            )

        with self.assertRaises(Boom), at_once(complaint.env):
            with isolated(complaint.env, "A rule, which is undone by itself"):
                fail()
            self.assertEqual(len(reported), 1)
            fail()
        self.assertEqual(len(reported), 1)
        fail()
        self.assertEqual(len(reported), 2, "what comes later is isolated again")


@tagged("post_install", "-at_install")
class TestNothingElseIsCaught(TransactionCase):
    """Catching every error hides new ones, so it is done in one place."""

    def functions(self):
        """Return (path, function) for each function and method of our addons."""
        for path in sorted(ADDONS.glob("crm_complaints*/**/*.py")):
            name = path.relative_to(ADDONS).as_posix()
            if "/tests/" not in name:
                for node in ast.walk(ast.parse(path.read_bytes())):
                    if isinstance(node, ast.FunctionDef):
                        yield name, node

    def names(self, node):
        return {
            getattr(some, "id", None) or getattr(some, "attr", None)
            for some in ast.walk(node)
        }

    def catches_all(self, node):
        """Tell whether this catches every error, and raises none of them."""
        everything = {"Exception", "BaseException"}
        if isinstance(node, ast.ExceptHandler):
            last = node.body[-1]
            return (node.type is None or everything & self.names(node.type)) and not (
                isinstance(last, ast.Raise) and last.exc is None
            )
        return (
            isinstance(node, ast.Call)
            and "suppress" in self.names(node.func)
            and any(everything & self.names(arg) for arg in node.args)
        )

    def test_every_error_is_caught_where_it_is_isolated(self):
        found = {
            (path, function.name)
            for path, function in self.functions()
            if any(map(self.catches_all, ast.walk(function)))
        }
        self.assertEqual(found, CATCH_ALL)

    def test_a_transaction_is_taken_again_where_it_began(self):
        names = {"RETRIED", "PG_CONCURRENCY_EXCEPTIONS_TO_RETRY", "ConcurrencyError"}
        found = {
            path for path, function in self.functions() if names & self.names(function)
        }
        self.assertEqual(found, RETRYING)

    def test_nothing_is_returned_from_a_block_before_it_is_written(self):
        for path, function in self.functions():
            for node in ast.walk(function):
                if isinstance(node, ast.With) and any(
                    "isolated" in self.names(item.context_expr.func)
                    for item in node.items
                    if isinstance(item.context_expr, ast.Call)
                ):
                    with self.subTest(path, line=node.lineno):
                        self.assertFalse(
                            [
                                some
                                for some in ast.walk(node)
                                if isinstance(some, ast.Return | ast.Yield)
                            ]
                        )

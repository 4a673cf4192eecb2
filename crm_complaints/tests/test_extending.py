"""docs/extending.md: its examples are loaded as written there, and used."""

import ast
import importlib
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from lxml import etree

from odoo import addons
from odoo.exceptions import AccessError
from odoo.models import MetaModel
from odoo.tests import tagged
from odoo.tools import convert_file

from .portal.common import ComplaintPortalCommon

DOCUMENT = Path(__file__).parents[2] / "docs" / "extending.md"
# The path of a file, then its content.
_FILE = re.compile(
    r"^`(\w+)/([\w./]+)`\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE
)


class ExampleCommon(ComplaintPortalCommon):
    """With an addon of docs/extending.md, for as long as the tests of the class run."""

    example = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not DOCUMENT.is_file():
            cls.skipTest(cls, "the documentation is not beside this addon")
        cls.files = {
            path: text
            for addon, path, text in _FILE.findall(DOCUMENT.read_text("utf-8"))
            if addon == cls.example
        }
        cls._write_example()
        cls._load_example_models()
        cls.manifest = ast.literal_eval(cls.files["__manifest__.py"])
        for path in cls.manifest["data"]:
            convert_file(cls.env, cls.example, path, {}, mode="init")

    @classmethod
    def _write_example(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for path, text in cls.files.items():
            file = folder / cls.example / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        paths = [*addons.__path__, str(folder)]
        cls.startClassPatcher(patch.object(addons, "__path__", paths))

    @classmethod
    def _load_example_models(cls):
        """Extend the registry as installing does; the test case resets it afterwards."""
        before = {name: model._base_classes__ for name, model in cls.registry.items()}

        def forget():
            for name, classes in before.items():
                cls.registry[name]._base_classes__ = classes
            MetaModel._module_to_models__.pop(cls.example, None)
            for name in [*sys.modules]:
                if name.startswith(f"odoo.addons.{cls.example}"):
                    del sys.modules[name]

        cls.addClassCleanup(forget)
        cls.env.flush_all()
        importlib.import_module(f"odoo.addons.{cls.example}")
        names = cls.registry.load(SimpleNamespace(name=cls.example))
        cls.registry._setup_models__(cls.cr, names)
        # its columns go with the test's transaction
        cls.registry.init_models(cls.cr, names, {"module": cls.example})


@tagged("post_install", "-at_install")
class TestSeventhPhase(ExampleCommon):
    example = "crm_complaints_investigation"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages["investigation"] = cls.env.ref(
            f"{cls.example}.helpdesk_ticket_stage_investigation"
        )

    def investigate(self):
        """Walk the complaint to the investigation, by the button."""
        for phase in ("reception", "hearing", "calming"):
            self.assertEqual(self.complaint.complaint_phase, phase)
            self.complaint.with_user(self.handler).action_complaint_next_phase()
        self.assertEqual(self.complaint.complaint_phase, "investigation")

    def filtered(self, name):
        """Return the complaints that a filter of the list finds."""
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_search_complaint")
        arch = etree.fromstring(view.get_combined_arch())
        [domain] = arch.xpath(f"//filter[@name='{name}']/@domain")
        Ticket = self.Ticket.with_user(self.handler)
        return Ticket.search(ast.literal_eval(domain))

    def resolving(self):
        """Return the states of the final response milestones, by their cycle."""
        rows = self.complaint.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "resolve"
        )
        return rows.sorted("cycle").mapped("state")

    def assertOpen(self, expected=True):
        complaint = self.complaint
        self.assertIs(complaint.complaint_is_open, expected)
        found = self.Ticket.search([("complaint_is_open", "=", True)])
        self.assertEqual(complaint in found, expected)
        self.customer.invalidate_recordset()
        counted = self.customer.with_user(self.handler).complaint_open_count
        self.assertEqual(counted, int(expected))

    def test_example_names_all_its_files(self):
        self.assertEqual(
            {*self.manifest["data"]},
            {path for path in self.files if re.match("(data|views)/", path)},
        )
        self.assertIn("crm_complaints", self.manifest["depends"])

    def test_the_test_of_the_example_passes(self):
        tests = importlib.import_module(
            f"odoo.addons.{self.example}.tests.test_investigation"
        )
        tests.TestInvestigation.test_a_complaint_goes_through_it(self)

    def test_its_place_in_the_selection_is_its_place_in_the_work(self):
        open_phases = self.env["helpdesk.ticket.stage"]._complaint_open_phases()
        self.assertEqual(
            open_phases,
            (
                "reception",
                "hearing",
                "calming",
                "investigation",
                "solution",
                "agreement",
            ),
        )
        for phase, stage in self.stages.items():
            self.assertEqual(stage.complaint_is_open, phase in open_phases)

    def test_complaint_goes_through_it_to_the_answer(self):
        complaint = self.complaint
        self.investigate()
        self.assertOpen()
        self.assertEqual(self.resolving(), ["running"])
        self.assertEqual(complaint.complaint_sla_state, "on_track")
        self.assertEqual(
            complaint.with_user(self.handler).complaint_next_step,
            "Once you know what happened, prepare a resolution.",
        )
        complaint.with_user(self.handler).action_complaint_next_phase()
        self.assertEqual(complaint.complaint_phase, "solution")
        self.offer("A voucher.")
        complaint._complaint_accept()
        self.assertEqual(complaint.complaint_phase, "agreement")
        self.resolve()
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertOpen(False)
        self.assertEqual(self.resolving(), ["met"])

    def test_answer_out_of_it_is_a_resolution_and_moving_into_it_a_reopening(self):
        complaint = self.complaint
        self.investigate()
        for count, end in enumerate(("follow_up", "closed", "withdrawn"), 1):
            if end == "withdrawn":
                complaint.with_user(self.handler).action_complaint_withdraw()
            else:
                self.move(complaint, end)
            self.assertOpen(False)
            self.assertEqual(bool(complaint.complaint_resolved_at), end != "withdrawn")
            self.move(complaint, "investigation")
            self.assertOpen()
            self.assertFalse(complaint.complaint_resolved_at)
            self.assertEqual(complaint.complaint_reopened_count, count)
            self.assertEqual(self.resolving()[-1], "running")
        self.assertEqual(self.resolving(), ["met", "met", "cancelled", "running"])

    def draft_remedy(self):
        self.env["complaint.remedy"].create(
            {
                "ticket_id": self.complaint.id,
                "type_id": self.remedy_type.id,
                "promised_date": "2026-03-20",
            }
        )

    def test_offer_made_in_it_goes_on_to_the_solution(self):
        self.investigate()
        self.draft_remedy()
        self.complaint._complaint_propose()
        self.assertEqual(self.complaint.complaint_phase, "solution")
        self.assertIn(self.complaint, self.filtered("offered"))

    def test_while_nothing_is_decided_it_can_be_put_back(self):
        self.investigate()
        self.complaint.with_user(self.handler).action_complaint_unregister()
        self.assertFalse(self.complaint.is_complaint)
        self.assertFalse(self.complaint.complaint_is_open)

    def test_customers_page_tells_of_it_as_of_the_phase_before(self):
        self.as_user(self.portal_user)
        self.move(self.complaint, "calming")
        before = self.read_text(self.get(self.path()))
        self.move(self.complaint, "investigation")
        page = self.get(self.path())
        self.assertEqual(self.read_text(page), before)
        self.assertIn("We are finding out what happened", before)
        self.act("withdraw", page, words="No more")
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")

    def test_pipeline_shows_its_column_and_the_form_its_button(self):
        Ticket = self.Ticket.with_user(self.handler)
        groups = Ticket.with_context(
            read_group_expand=True, default_is_complaint=True
        ).formatted_read_group([("is_complaint", "=", True)], ["stage_id"])
        shown = self.env["helpdesk.ticket.stage"].browse(
            [group["stage_id"][0] for group in groups]
        )
        phases = shown._fields["complaint_phase"].get_values(self.env)
        self.assertEqual(shown.mapped("complaint_phase"), phases)
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint")
        arch = etree.fromstring(Ticket.get_view(view.id, "form")["arch"])
        buttons = {
            button.get("invisible").split(" or ")[0]: button.get("string")
            for button in arch.xpath("//button[@name='action_complaint_next_phase']")
        }
        self.assertEqual(buttons["complaint_phase != 'calming'"], "Start Investigation")
        self.assertEqual(
            buttons["complaint_phase != 'investigation'"], "Prepare a Resolution"
        )

    def test_letter_written_in_it_answers_the_complaint(self):
        self.investigate()
        self.draft_remedy()
        Compose = self.env["complaint.letter.compose"].with_user(self.handler)
        Compose.create(
            {
                "ticket_id": self.complaint.id,
                "kind": "final",
                "matter": "The parcel came open",
                "evidence": "the bill",
                "findings": "Our box was too thin.",
                "outcome": "upheld",
                "cause": "We packed it badly.",
                "impact": "the evening this cost you",
                "change": "check each box",
            }
        ).action_send()
        self.assertEqual(self.complaint.complaint_phase, "follow_up")

    def test_colleagues_are_told_of_it_as_of_any_open_complaint(self):
        self.investigate()
        [line] = self.customer.with_user(self.user_employee).complaint_banner["lines"]
        self.assertEqual(line["state"], "open")
        self.assertEqual(line["avoid"], "Guessing at the cause.")


@tagged("post_install", "-at_install")
class TestVisit(ExampleCommon):
    example = "crm_complaints_visit"

    def setUp(self):
        super().setUp()
        self.new = self.create_complaint(partner_id=self.customer.id)
        self.visit = self.new.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "visit"
        )

    def test_milestone_is_met_by_its_fact(self):
        self.assertEqual(self.visit.state, "running")
        self.assertEqual(self.new.complaint_next_milestone, "visit")
        self.new.with_user(self.handler).action_complaint_visited()
        self.assertEqual(self.new.complaint_next_milestone, "resolve")
        self.assertEqual(self.visit.state, "met")
        self.assertEqual(self.visit.reached_at, self.clock)

    def test_milestone_passes_as_any_other(self):
        with self.at(self.visit.deadline + timedelta(seconds=1)):
            self.env["complaint.milestone"]._sweep(100)
        self.assertEqual(self.visit.state, "breached")
        self.assertEqual(self.new.complaint_sla_state, "breached")

    def test_reopening_begins_it_anew(self):
        self.new.with_user(self.handler).action_complaint_visited()
        self.move(self.new._complaint_as_history(), "closed")
        self.move(self.new, "hearing")
        self.assertFalse(self.new.complaint_visited_at)
        rows = self.new.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "visit"
        )
        self.assertEqual(rows.sorted("cycle").mapped("state"), ["met", "running"])

    def test_fields_are_written_by_whom_they_say(self):
        for user in (self.handler, self.manager):
            with self.assertRaises(AccessError):
                self.new.with_user(user).complaint_visited_at = self.clock
        with self.assertRaises(AccessError):
            self.new.with_user(self.handler).complaint_visit_note = "Nobody in"
        self.new.with_user(self.manager).complaint_visit_note = "Nobody in"
        described = self.Ticket.with_user(self.handler).fields_get(
            ["complaint_visit_note"]
        )
        self.assertTrue(described["complaint_visit_note"]["readonly"])

    def test_complaint_from_the_kiosk_is_called_back(self):
        kiosk = self.env.ref(f"{self.example}.channel_kiosk")
        complaint = self.Ticket.with_user(self.handler)._complaint_create_plainly(
            {
                "name": "The lift stands still",
                "description": "<p>Since yesterday.</p>",
                "is_complaint": True,
                "channel_id": kiosk.id,
                "partner_name": "Ida Keller",
                "complaint_phone": "+32 2 555 01 02",
            }
        )
        self.assertEqual(complaint.complaint_acknowledge_route, "phone")
        call_back = self.env.ref("crm_complaints.mail_activity_type_call_back")
        self.assertIn(call_back, complaint.sudo().activity_ids.activity_type_id)

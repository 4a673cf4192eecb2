"""Duplicates: two complaints of a customer about one matter are found and merged."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..mail.common import ComplaintMailCommon

TEXT = "<p>The towels in room 214 were not changed for four days.</p>"


class DuplicateCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.towels(name="Towels not changed", user_id=cls.handler.id)
        cls.second = cls.towels(
            name="Dirty towels",
            description="<p>Towels in my room not changed for days now!</p>",
            complaint_received_at=cls.clock,
        )

    @classmethod
    def towels(cls, user=None, **vals):
        """Return a complaint by Anna about towels, received two days ago."""
        return cls.create_complaint(
            user,
            **{
                "description": TEXT,
                "partner_id": cls.customer.id,
                "complaint_received_at": cls.clock - timedelta(days=2),
                "channel_id": cls.channel_phone.id,
                **vals,
            },
        )

    def similar(self, ticket, user=None):
        ticket = ticket.with_user(user or self.handler)
        ticket.invalidate_recordset()
        return ticket.complaint_similar_id


@tagged("post_install", "-at_install")
class TestSimilar(DuplicateCommon):
    def test_the_same_matter_of_the_same_customer(self):
        self.assertEqual(self.similar(self.second), self.first)
        self.assertEqual(self.similar(self.first), self.second)
        self.assertTrue(self.second.complaint_similar_is_open)

    def test_of_a_colleague_at_the_same_company(self):
        self.second.partner_id = self.customer_company
        self.assertEqual(self.similar(self.second), self.first)

    def test_of_somebody_else(self):
        self.second.write(
            {"partner_id": self.env["res.partner"].create({"name": "X"}).id}
        )
        self.second.write({"partner_email": False, "complaint_phone": False})
        self.assertFalse(self.similar(self.second))

    def test_of_a_stranger_by_their_address_or_number(self):
        for vals in (
            {"partner_email": "Anna <ANNA@weber.example>"},
            {"complaint_phone": "02/555.01.01"},
        ):
            with self.subTest(**vals):
                stranger = self.towels(
                    partner_id=False, name="Towels, dirty towels", **vals
                )
                self.assertIn(self.similar(stranger), self.first | self.second)
                stranger.active = False

    def test_strangers_are_told_apart(self):
        one = self.towels(partner_id=False, partner_email="k@m.example")
        other = self.towels(partner_id=False, partner_email="p@n.example")
        self.assertFalse(self.similar(one))
        self.assertFalse(self.similar(other))
        nobody = self.towels(partner_id=False)
        self.assertFalse(self.similar(nobody))

    def test_another_matter(self):
        self.second.write(
            {"name": "Closing fee", "description": "<p>Charged 40 euro.</p>"}
        )
        self.assertFalse(self.similar(self.second))
        self.assertFalse(self.similar(self.first))

    def test_one_that_came_in_lately_and_has_ended(self):
        self.move(self.first.sudo(), "withdrawn")
        self.assertEqual(self.similar(self.second), self.first)
        self.assertFalse(self.second.complaint_similar_is_open)
        self.first.complaint_received_at = self.clock - timedelta(days=91)
        self.assertFalse(self.similar(self.second))

    def test_one_that_came_in_long_afterwards_and_has_ended(self):
        self.first.complaint_received_at = self.clock - timedelta(days=100)
        self.move(self.second.sudo(), "withdrawn")
        self.assertFalse(self.similar(self.first))

    def test_one_that_is_open_however_old(self):
        self.first.complaint_received_at = self.clock - timedelta(days=200)
        self.assertEqual(self.similar(self.second), self.first)

    def test_an_open_one_comes_first(self):
        ended = self.towels(name="Dirty towels")
        ended.description = self.second.description
        self.move(ended.sudo(), "withdrawn")
        self.assertEqual(self.similar(self.second), self.first)

    def test_nothing_is_asked_of_what_has_ended(self):
        self.move(self.second.sudo(), "withdrawn")
        self.assertFalse(self.similar(self.second))

    def test_not_the_same_is_remembered_on_both(self):
        self.second.action_complaint_not_same()
        self.assertFalse(self.similar(self.second))
        self.assertFalse(self.similar(self.first))
        third = self.towels(name="Towels not changed")
        self.assertTrue(self.similar(third), "only of these two")

    def test_what_was_answered_is_taken_up_again(self):
        self.move(self.first.sudo(), "withdrawn")
        self.second.action_complaint_link_earlier()
        self.assertEqual(self.second.complaint_repeat_of_id, self.first)
        self.assertIn(self.second.number, self.first.message_ids[0].body)
        self.assertFalse(self.similar(self.second))

    def test_what_is_open_is_not_taken_up_again(self):
        self.second.action_complaint_link_earlier()
        self.assertFalse(self.second._complaint_said_to_repeat(self.first))

    def test_concerned_staff_see_no_trace(self):
        self.first.sudo().write(
            {
                "user_id": self.leader.id,
                "complaint_concerned_user_ids": [Command.link(self.handler.id)],
            }
        )
        self.assertFalse(self.similar(self.second))
        self.assertEqual(self.similar(self.second, self.leader), self.first)

    def test_each_sees_what_is_theirs_to_see(self):
        self.second.user_id = self.own_handler
        self.first.message_unsubscribe(self.own_handler.partner_id.ids)
        self.assertFalse(self.similar(self.second, self.own_handler))
        self.second.user_id = self.handler
        self.first.sudo().unlink()
        self.towels(self.handler_b, team_id=self.team_b.id)
        self.assertFalse(self.similar(self.second))

    def test_it_may_be_asked_while_typing(self):
        with Form(
            self.second, "crm_complaints.helpdesk_ticket_view_form_complaint"
        ) as form:
            form.name = "Towels not changed"
            self.assertEqual(form.complaint_similar_id, self.first)

    def test_many_cost_no_more_queries_than_a_few(self):
        def count(tickets):
            tickets = tickets.with_user(self.handler)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = tickets._complaint_similar()
            return self.cr.sql_log_count - before, found

        count(self.second)  # fills caches
        few, _found = count(self.first | self.second)
        more = self.Ticket.union(
            *(self.towels(name=f"Towels {i}") for i in range(10)),
            *(
                self.towels(
                    name=f"Bread {i}",
                    partner_id=False,
                    complaint_phone=f"02 555 77 {i:02}",
                )
                for i in range(10)
            ),
        )
        many, found = count(more)
        self.assertLessEqual(many, few + 2)
        self.assertEqual(len(found), 10)

    def test_only_those_who_may_work_it_decide(self):
        self.second.message_subscribe(self.user_employee.partner_id.ids)
        for name in (
            "action_complaint_not_same",
            "action_complaint_link_earlier",
            "action_complaint_merge",
            "action_complaint_unmerge",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.second.with_user(self.user_employee), name)()


@tagged("post_install", "-at_install")
class TestMerge(DuplicateCommon):
    def merge(self, keep=None, others=None, user=None):
        self.env["complaint.merge"].with_user(user or self.handler)._merge(
            (keep or self.first).with_user(user or self.handler),
            (others or self.second).with_user(user or self.handler),
        )
        self.env.invalidate_all()

    def undo(self, merged=None, user=None):
        (merged or self.second).with_user(
            user or self.handler
        ).action_complaint_unmerge()
        self.env.invalidate_all()

    def file_on(self, ticket, name="photo.jpg"):
        return self.env["ir.attachment"].create(
            {"name": name, "res_model": ticket._name, "res_id": ticket.id}
        )

    def test_messages_files_and_activities_stand_on_the_one_that_stays(self):
        message = self.second.message_post(body="I looked at the room.")
        scan = self.file_on(self.second)
        todo = self.second.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.leader.id
        )
        self.merge()
        self.assertIn(message, self.first.message_ids)
        self.assertEqual(scan.res_id, self.first.id)
        self.assertEqual(todo.res_id, self.first.id)
        self.assertEqual(todo.user_id, self.leader)
        note = self.first.message_ids[0]
        self.assertIn(self.second.number, note.body)
        self.assertIn("Towels in my room", note.body)
        self.assertTrue(
            note.is_internal or not note.subtype_id or note.subtype_id.internal
        )

    def test_the_merged_one_leaves_the_pipeline_and_every_figure(self):
        before = self.customer.complaint_count
        self.merge()
        self.assertFalse(self.second.active)
        self.assertEqual(self.second.duplicate_id, self.first)
        self.assertNotEqual(self.second.complaint_phase, "withdrawn")
        self.assertNotEqual(self.second.complaint_outcome, "withdrawn")
        self.assertFalse(self.second.activity_ids)
        self.assertFalse(
            self.second.complaint_milestone_ids.filtered(
                lambda row: row.state != "cancelled"
            )
        )
        self.assertEqual(self.customer.complaint_count, before - 1)

    def test_the_first_receipt_stays(self):
        """The earlier date counts, whichever remains; milestones run from it."""
        received = self.first.complaint_received_at
        self.merge(self.second, self.first)
        self.assertEqual(self.second.complaint_received_at, received)
        resolve = self.second.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "resolve"
        )
        self.assertEqual(resolve.started_at, received)

    def test_the_first_thanks_and_the_first_answer_count(self):
        early, late = self.clock - timedelta(hours=9), self.clock - timedelta(hours=3)
        self.first.sudo().write(
            {
                "complaint_acknowledged_at": late,
                "complaint_acknowledged_by": "phone",
                "complaint_responded_at": late,
            }
        )
        self.second.sudo().write(
            {
                "complaint_acknowledged_at": early,
                "complaint_acknowledged_by": "letter",
                "complaint_responded_at": early,
            }
        )
        self.merge()
        self.assertEqual(self.first.complaint_acknowledged_at, early)
        self.assertEqual(self.first.complaint_acknowledged_by, "letter")
        self.assertEqual(self.first.complaint_responded_at, early)
        self.undo()
        self.assertEqual(self.first.complaint_acknowledged_at, late)
        self.assertEqual(self.first.complaint_acknowledged_by, "phone")
        self.assertEqual(self.first.complaint_responded_at, late)

    def test_nobody_is_thanked_twice(self):
        self.assertEqual(len(self.activities(self.first, "call_back")), 1)
        self.merge()
        self.assertEqual(len(self.activities(self.first, "call_back")), 1)
        self.undo()
        self.assertEqual(len(self.activities(self.first, "call_back")), 1)
        self.assertEqual(len(self.activities(self.second, "call_back")), 1)

    def test_whoever_was_thanked_needs_no_call(self):
        self.second.with_context(
            complaint_acknowledge_by="phone"
        ).action_complaint_acknowledge()
        self.merge()
        self.assertAcknowledged(self.first, "phone")
        self.assertFalse(self.activities(self.first, "call_back"))
        self.undo()
        self.assertNotAcknowledged(self.first)
        self.assertEqual(len(self.activities(self.first, "call_back")), 1)

    def test_the_one_that_stays_learns_what_it_lacks(self):
        self.first.write({"partner_id": False, "partner_name": False})
        self.first.write({"partner_email": False, "complaint_phone": False})
        self.second.write(
            {
                "complaint_remedy_sought": "Fresh ones",
                "complaint_severity": "critical",
                "complaint_kind": "claim",
                "complaint_amount_claimed": 20,
            }
        )
        self.merge()
        for name, value in (
            ("partner_id", self.customer),
            ("complaint_remedy_sought", "Fresh ones"),
            ("complaint_severity", "critical"),
            ("complaint_kind", "claim"),
            ("complaint_amount_claimed", 20),
        ):
            self.assertEqual(self.first[name], value, name)
        self.assertEqual(self.first.complaint_email_to, self.customer.email)
        self.undo()
        self.assertFalse(self.first.partner_id)
        self.assertFalse(self.first.complaint_remedy_sought)
        self.assertEqual(self.first.complaint_severity, "minor")
        self.assertEqual(self.first.complaint_kind, "complaint")

    def test_both_references_find_it(self):
        number = self.second.number
        self.merge()
        Ticket = self.Ticket.with_user(self.handler)
        self.assertEqual(
            [some for some, _name in Ticket.name_search(number)], self.first.ids
        )
        found = (
            self.env["complaint.intake"].with_user(self.handler).find_customer(number)
        )
        self.assertEqual(found[0]["about"], self.first.id)
        self.undo()
        self.assertEqual(
            [some for some, _name in Ticket.name_search(number)], self.second.ids
        )

    def test_a_reference_leads_nobody_to_what_they_may_not_see(self):
        number = self.second.number
        self.second.user_id = self.own_handler
        self.merge()
        self.first.message_unsubscribe(self.own_handler.partner_id.ids)
        Intake = self.env["complaint.intake"].with_user(self.own_handler)
        self.assertFalse(Intake.find_customer(number))

    def test_answers_to_either_come_to_the_one_that_stays(self):
        sent = self.second.message_post(
            body="We look into it.",
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.merge()
        for headers in (
            {"In_Reply_To": sent.message_id},
            {"Subject": f"About {self.second.number}"},
            {"Subject": f"About {self.first.number}"},
        ):
            with self.subTest(headers), self.no_new_ticket():
                self.assertEqual(
                    self.receive(From="Anna <anna@weber.example>", **headers),
                    self.first,
                )
        self.assertFalse(self.second.active)

    def test_what_is_written_on_the_merged_one_stands_there_as_well(self):
        later = (
            self.env["mail.scheduled.message"]
            .with_user(self.handler)
            .create(
                {
                    "model": self.second._name,
                    "res_id": self.second.id,
                    "author_id": self.handler.partner_id.id,
                    "body": "Written before, sent after",
                    "partner_ids": [Command.set(self.customer.ids)],
                    "scheduled_date": self.clock + timedelta(hours=1),
                }
            )
        )
        self.merge()
        message = self.second.message_post(body="On the old page")
        self.assertEqual(message.res_id, self.first.id)
        self.assertFalse(self.first.complaint_responded_at)
        later.post_message()
        self.assertIn("Written before", self.first.message_ids[0].body)
        self.assertTrue(self.first.complaint_responded_at)

    def test_parts_of_it_move_as_well(self):
        self.move(self.first | self.second, "calming")
        remedy = self.env["complaint.remedy"].create(
            {
                "ticket_id": self.second.id,
                "type_id": self.env["complaint.remedy.type"].search([], limit=1).id,
            }
        )
        event = self.env["complaint.event"].create(
            {"ticket_id": self.second.id, "name": "Called the reception"}
        )
        letter = self.env["complaint.letter"].create(
            {"ticket_id": self.second.id, "kind": "update", "way": "paper"}
        )
        self.merge()
        self.assertEqual(letter.ticket_id, self.first)
        self.assertEqual(remedy.ticket_id, self.first)
        self.assertEqual(event.ticket_id, self.first)
        self.undo()
        self.assertEqual(remedy.ticket_id, self.second)
        self.assertEqual(event.ticket_id, self.second)

    def test_three_become_one(self):
        third = self.towels()
        numbers = {self.second.number, third.number}
        self.merge(others=self.second | third)
        self.assertEqual(self.second.duplicate_id, self.first)
        self.assertEqual(third.duplicate_id, self.first)
        self.assertEqual(set(self.first.complaint_merged_numbers.split(", ")), numbers)
        self.undo(self.first)  # the last merge first
        self.assertTrue(third.active)
        self.assertEqual(self.first.complaint_merged_numbers, self.second.number)

    def test_what_was_merged_is_not_merged_again(self):
        third = self.towels()
        self.merge()
        for keep, other in (
            (third, self.second),
            (self.second, third),
            (self.second, self.first),
            (self.first, self.second),
        ):
            with self.subTest(keep=keep.id), self.assertRaises(UserError):
                self.merge(keep, other)

    def test_one_after_the_other(self):
        """All references lead to the last complaint; merges are undone from there."""
        third = self.towels()
        number = self.second.number
        message = self.second.message_post(body="From the second")
        self.merge()
        self.merge(third, self.first)
        self.assertIn(message, third.message_ids)
        self.assertEqual(self.second._complaint_survivor(), third)
        self.assertIn(number, third.complaint_merged_numbers)
        with self.assertRaises(UserError):
            self.undo()
        self.undo(self.first)
        self.assertFalse(third.complaint_merged_numbers)
        self.assertEqual(self.first.complaint_merged_numbers, number)
        self.undo()
        self.assertIn(message, self.second.message_ids)

    def test_not_with_itself_nor_with_nothing(self):
        with self.assertRaises(UserError):
            self.merge(self.first, self.first)
        with self.assertRaises(UserError):
            self.merge(self.Ticket, self.first)

    def test_what_has_ended_is_opened_again_first(self):
        self.move(self.first.sudo(), "withdrawn")
        for keep, other in ((self.first, self.second), (self.second, self.first)):
            with self.assertRaisesRegex(UserError, "is not open"):
                self.merge(keep, other)

    def test_ordinary_tickets_are_not_merged_into_complaints(self):
        ticket = self.create_ticket(self.handler)
        with self.assertRaises(UserError):
            self.merge(others=ticket)

    def test_what_was_offered_stays(self):
        self.second.sudo().complaint_decision = "pending"
        with self.assertRaises(UserError):
            self.merge()
        self.merge(self.second, self.first)
        self.assertEqual(self.second.complaint_decision, "pending")

    def test_nobody_gets_to_read_what_another_customer_wrote(self):
        other = self.env["res.partner"].create(
            {"name": "Peter", "email": "p@n.example"}
        )
        self.second.write({"partner_id": other.id, "partner_email": other.email})
        self.second.complaint_phone = False
        with self.assertRaisesRegex(UserError, "different customers"):
            self.merge()

    def test_of_two_companies(self):
        both = self.create_user(
            "both", "Of Both", "user", self.company_a | self.company_b
        )
        theirs = self.create_complaint(
            self.handler_b, team_id=self.team_b.id, partner_id=self.customer.id
        )
        both_env = (
            self.env["complaint.merge"]
            .with_user(both)
            .with_context(allowed_company_ids=(self.company_a | self.company_b).ids)
        )
        with self.assertRaises(UserError):
            both_env._merge(
                self.first.with_env(both_env.env), theirs.with_env(both_env.env)
            )

    def test_both_have_to_be_ones_to_work(self):
        self.second.user_id = self.own_handler
        for user in (
            self.own_handler,
            self.user_employee,
            self.portal_user,
            self.handler_b,
        ):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.merge(user=user)
        with self.assertRaises(AccessError):
            self.merge(self.second, self.first, user=self.own_handler)
        self.merge()
        self.first.message_unsubscribe(self.own_handler.partner_id.ids)
        merge = self.first.complaint_merge_ids
        for user in (self.own_handler, self.user_employee, self.portal_user):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    merge.with_user(user).action_undo()
                with self.assertRaises(AccessError):
                    self.undo(user=user)

    def test_colleagues_it_is_about_see_neither_afterwards(self):
        for one, other in ((self.first, self.second), (self.second, self.first)):
            with self.subTest(one=one.id):
                one.sudo().write(
                    {
                        "user_id": self.handler.id,
                        "complaint_concerned_user_ids": [
                            Command.set(self.team_handler.ids)
                        ],
                    }
                )
                other.sudo().write(
                    {
                        "user_id": self.team_handler.id,
                        "complaint_concerned_user_ids": [Command.clear()],
                    }
                )
                self.merge()
                for ticket in (one, other):
                    self.assertFalse(
                        ticket.with_user(self.team_handler).has_access("read")
                    )
                    self.assertNotEqual(ticket.user_id, self.team_handler)
                self.undo()
                self.assertFalse(one.with_user(self.team_handler).has_access("read"))
                self.assertEqual(other.user_id, self.team_handler)
                self.assertTrue(other.with_user(self.team_handler).has_access("read"))
                history = "".join(other.message_ids.mapped("body"))
                history += str(
                    other.sudo().message_ids.tracking_value_ids.mapped("new_value_char")
                )
                self.assertNotIn(one.number, history, "no trace of it")
                self.assertFalse(
                    self.env["complaint.merge"].with_user(self.team_handler).search([])
                )

    # ---------------------------------------------------
    # Afterwards
    # ---------------------------------------------------

    def test_a_merged_one_is_not_opened_again(self):
        self.merge()
        second = self.second.with_user(self.handler)
        for attempt in (
            lambda: second.write({"active": True}),
            lambda: second.action_unarchive(),
            lambda: self.move(second, "hearing"),
            second.action_complaint_next_phase,
            lambda: second.write({"duplicate_id": False}),
        ):
            with self.assertRaises(UserError):
                attempt()
        with self.assertRaisesRegex(UserError, self.first.number):
            self.move(second, "hearing")

    def test_there_is_one_way_to_do_it(self):
        action = self.second.action_open_duplicate_wizard()
        self.assertEqual(action["res_model"], "complaint.merge.wizard")
        self.assertEqual(
            action["context"]["default_ticket_ids"], (self.second | self.first).ids
        )
        with self.assertRaises(UserError):
            self.second.duplicate_id = self.first
        self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.handler).create(
            {"ticket_id": self.second.id, "duplicate_of_id": self.first.id}
        ).action_confirm()
        self.assertTrue(self.first.complaint_merge_ids)

    def test_ordinary_tickets_are_marked_as_before(self):
        one, other = self.create_ticket(), self.create_ticket()
        stage = self.create_stage(None, name="Double")
        self.env["helpdesk.ticket.duplicate.wizard"].create(
            {
                "ticket_id": one.id,
                "duplicate_of_id": other.id,
                "target_stage_id": stage.id,
            }
        ).action_confirm()
        self.assertEqual(one.duplicate_id, other)
        self.assertEqual(one.stage_id, stage)

    def test_deleting_either_leaves_the_other(self):
        self.merge()
        self.second.sudo().unlink()
        self.assertTrue(self.first.exists())
        self.assertFalse(self.first.complaint_merge_ids)
        third = self.towels()
        self.merge(others=third)
        self.first.sudo().unlink()
        self.assertTrue(third.exists())
        self.assertFalse(third.complaint_unmergeable_id)
        with self.assertRaises(UserError):
            self.undo(third)

    # ---------------------------------------------------
    # Undoing
    # ---------------------------------------------------

    def facts(self, ticket):
        names = (
            "active",
            "duplicate_id",
            "stage_id",
            "user_id",
            "number",
            "partner_id",
            "complaint_received_at",
            "complaint_acknowledged_at",
            "complaint_responded_at",
            "complaint_severity",
            "complaint_deadline",
            "complaint_sla_state",
            "complaint_merged_numbers",
            "complaint_concerned_user_ids",
            "message_partner_ids",
            "attachment_ids",
        )
        ticket.invalidate_recordset()
        return {
            **{name: ticket[name] for name in names},
            "activities": sorted(
                (a.activity_type_id.id, a.user_id.id, a.summary, str(a.date_deadline))
                for a in ticket.activity_ids
            ),
            "milestones": sorted(
                (row.milestone, row.state, row.deadline)
                for row in ticket.complaint_milestone_ids
            ),
        }

    def test_undone_each_has_what_it_had(self):
        self.move(self.second.sudo(), "hearing")
        self.second.message_subscribe(self.user_employee.partner_id.ids)
        message = self.second.message_post(body="I looked at the room.")
        scan = self.file_on(self.second)
        for keep, other in ((self.first, self.second), (self.second, self.first)):
            with self.subTest(keep=keep.id):
                before = self.facts(self.first), self.facts(self.second)
                self.merge(keep, other)
                self.assertNotEqual(self.facts(other), before)
                self.undo(other)
                self.assertEqual(self.facts(self.first), before[0])
                self.assertEqual(self.facts(self.second), before[1])
                self.assertIn(message, self.second.message_ids)
                self.assertEqual(scan.res_id, self.second.id)

    def test_what_came_in_since_stays_with_the_one_that_stayed(self):
        self.second.complaint_severity = "critical"
        self.merge()
        self.assertEqual(self.first.complaint_severity, "critical")
        message = self.first.message_post(body="Since then")
        scan = self.file_on(self.first, "since.jpg")
        self.first.complaint_severity = "major"
        self.undo()
        self.assertIn(message, self.first.message_ids)
        self.assertEqual(scan.res_id, self.first.id)
        self.assertEqual(self.first.complaint_severity, "major")

    def test_what_was_put_elsewhere_since_stays_there(self):
        scan = self.file_on(self.second)
        elsewhere = self.create_complaint()
        self.merge()
        scan.res_id = elsewhere.id
        self.undo()
        self.assertEqual(scan.res_id, elsewhere.id)

    def test_a_day_later_it_is_too_late(self):
        self.merge()
        self.assertEqual(self.second.complaint_unmergeable_id, self.second)
        self.assertEqual(self.first.complaint_unmergeable_id, self.second)
        with self.at(self.clock + timedelta(hours=23, minutes=59)):
            self.env.invalidate_all()
            self.assertTrue(self.second.complaint_unmergeable_id)
        with self.at(self.clock + timedelta(days=1)):
            self.env.invalidate_all()
            self.assertFalse(self.second.complaint_unmergeable_id)
            self.assertFalse(self.first.complaint_unmergeable_id)
            with self.assertRaises(UserError):
                self.undo()

    def test_undone_they_are_two_matters(self):
        self.merge()
        self.undo()
        self.assertFalse(self.similar(self.second))
        with self.assertRaises(UserError):
            self.undo()

    def test_snapshots_are_nobodys_to_read_or_write(self):
        self.merge()
        merge = self.env["complaint.merge"].with_user(self.handler).search([])
        self.assertEqual(merge.merged_id, self.second)
        for attempt in (
            lambda: merge.read(["snapshot"]),
            lambda: merge.write({"merged_at": "2030-01-01"}),
            lambda: merge.unlink(),
            lambda: merge.create(
                {"ticket_id": self.first.id, "merged_id": self.second.id}
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()


@tagged("post_install", "-at_install")
class TestMergeWizard(DuplicateCommon):
    def wizard(self, tickets=None, user=None, **vals):
        tickets = tickets if tickets is not None else self.first | self.second
        return (
            self.env["complaint.merge.wizard"]
            .with_user(user or self.handler)
            .create({"ticket_ids": [Command.set(tickets.ids)], **vals})
        )

    def test_the_one_received_first_stays(self):
        wizard = self.wizard()
        self.assertEqual(wizard.keep_id, self.first)
        for words in ("Towels not changed", "Dirty towels", "Towels in my room"):
            self.assertIn(words, wizard.comparison)
        action = wizard.action_merge()
        self.assertEqual(action["res_id"], self.first.id)
        self.assertEqual(self.second.duplicate_id, self.first)

    def test_the_other_one_may_stay(self):
        self.wizard(keep_id=self.second.id).action_merge()
        self.assertEqual(self.first.duplicate_id, self.second)

    def test_one_with_an_offer_stays(self):
        self.second.sudo().complaint_decision = "pending"
        self.assertEqual(self.wizard().keep_id, self.second)

    def test_one_with_a_solution_stays(self):
        self.move(self.second.sudo(), "calming")
        self.second.sudo().complaint_cause_id = self.env["complaint.cause"].search(
            [], limit=1
        )
        wizard = self.wizard()
        self.assertEqual(wizard.keep_id, self.second)
        self.assertFalse(wizard.obstacle)
        wizard.keep_id = self.first
        self.assertIn("as the complaint to keep", wizard.obstacle)

    def test_one_with_a_second_look_stays(self):
        second = self.second.sudo()
        self.move(second, "solution")
        second.complaint_outcome = "not_upheld"
        self.move(second, "follow_up")
        second._complaint_request_review()
        wizard = self.wizard(user=self.leader)
        wizard.keep_id = self.first
        self.assertIn("has requested a review", wizard.obstacle)
        wizard.keep_id = second
        self.assertFalse(wizard.obstacle)

    def test_it_says_what_stands_in_the_way(self):
        self.move(self.second.sudo(), "withdrawn")
        wizard = self.wizard()
        self.assertIn("is not open", wizard.obstacle)
        with self.assertRaises(UserError):
            wizard.action_merge()

    def test_others_may_be_chosen(self):
        action = self.create_complaint().action_complaint_merge()
        with Form(
            self.env["complaint.merge.wizard"]
            .with_user(self.handler)
            .with_context(**action["context"])
        ) as form:
            self.assertEqual(len(form.ticket_ids), 1)
            form.ticket_ids.add(self.first)
        self.assertEqual(len(form.record.ticket_ids), 2)

    def test_nobody_sees_by_it_what_they_may_not_work(self):
        self.first.sudo().write(
            {
                "user_id": self.leader.id,
                "complaint_concerned_user_ids": [Command.set(self.handler.ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.wizard()
        with self.assertRaises(AccessError):
            self.wizard(self.second, keep_id=self.first.id)
        wizard = self.wizard(self.second)
        with self.assertRaises(AccessError):
            wizard.write({"keep_id": self.first.id})
        Wizard = self.env["complaint.merge.wizard"].with_user(self.handler)
        spec = {"keep_id": {"fields": {"display_name": {}}}, "comparison": {}}
        with self.assertRaises(AccessError):
            Wizard.with_context(default_ticket_ids=self.first.ids).onchange(
                {}, [], spec
            )
        result = Wizard.with_context(default_keep_id=self.first.id).onchange(
            {}, [], spec
        )
        self.assertFalse(result["value"]["keep_id"])

    def test_ones_own(self):
        wizard = self.wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.leader).action_merge()
        for user in (self.portal_user, self.user_employee):
            with self.assertRaises(AccessError):
                self.wizard(user=user)

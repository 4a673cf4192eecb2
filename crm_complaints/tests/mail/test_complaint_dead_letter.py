"""Failed e-mails: what cannot be processed is kept as it came, and seen to."""

import base64
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.mail.models.mail_alias import MailAlias

from ...models.mail.incoming import Delivery
from ..fault_common import DATABASE, KINDS, PYTHON, FaultMixin
from .common import ComplaintMailCommon

BODY = "The parcel was open."
# What fails while a mail is read, or wherever it goes.
PARSE = ("mail.thread", "message_parse")
CREATE = ("helpdesk.ticket", "create")
PHOTO = ("photo.png", "image/png", b"\x89PNG not really one")


class DeadLetterCommon(FaultMixin, ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Letter = cls.env["complaint.dead.letter"]
        cls.Entry = cls.env["complaint.incoming.mail"]
        cls.other_leader = cls.create_user("other_leader", "Vera Other", "user")
        cls.other_team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Complaints A, VIP",
                "company_id": cls.company_a.id,
                "is_complaint_team": True,
                "user_id": cls.other_leader.id,
                "user_ids": [Command.set(cls.other_leader.ids)],
            }
        )
        cls.manager_b = cls.create_user(
            "manager_b", "Mona Manager", "manager", cls.company_b
        )

    def dead_letter(self, *methods, raw=None, kind="python", **kwargs):
        """Let a mail come in that cannot be read; return the letter it becomes."""
        before = self.Letter.search([])
        with self.failing(*methods or [PARSE], kind=kind) as called:
            self.receive(raw, **kwargs)
        self.assertTrue(called)
        letter = self.Letter.search([]) - before
        self.assertEqual(len(letter), 1, "one mail, one letter")
        return letter

    def letter_activities(self, letter):
        return letter.sudo().activity_ids

    def complaints(self):
        return self.Ticket.with_context(active_test=False).search([])


@tagged("post_install", "-at_install")
class TestDeadLetterKept(DeadLetterCommon):
    """What fails before there is a complaint leaves the mail, and nothing else."""

    def test_mail_that_cannot_be_read_is_kept_as_it_came(self):
        before = self.complaints()
        for kind in KINDS:
            for name in ("message_parse", "_message_parse_extract_payload"):
                with self.subTest(name=name, kind=kind):
                    # odd bytes and line ends, which reading it would change
                    raw = self.mail().replace(b"\n", b"\r\n") + b"\xff\0\r\n \n"
                    letter = self.dead_letter(("mail.thread", name), raw=raw, kind=kind)
                    self.assertEqual(base64.b64decode(letter.raw), raw)
                    self.assertEqual(letter.raw_size, len(raw))
                    self.assertEqual(letter.state, "open")
                    self.assertEqual(letter.attempts, 1)
                    self.assertEqual(letter.name, "Broken on arrival")
                    self.assertEqual(
                        letter.email_from, "Peter Novak <peter@novak.example>"
                    )
                    self.assertEqual(letter.received_at, self.clock)
                    words = PYTHON if kind == "python" else DATABASE
                    self.assertIn(words, letter.failure)
                    self.assertIn(BODY, html2plaintext(letter.preview))
                    self.assertFalse(letter.ticket_id)
        self.assertEqual(self.complaints(), before, "not half a complaint")
        self.assertFalse(self.acknowledgements())

    def test_what_is_said_of_the_error_does_not_repeat_the_mail(self):
        letter = self.dead_letter(body="My secret")
        self.assertIn("message_parse", letter.error_details)
        self.assertNotIn("My secret", letter.error_details)

    def test_details_are_for_administrators(self):
        letter = self.dead_letter()
        for user in (self.leader, self.manager):
            for name in ("error_details", "delivery"):
                with self.subTest(user=user.name, name=name):
                    self.assertTrue(letter.with_user(user).failure)
                    with self.assertRaises(AccessError):
                        letter.with_user(user).read([name])
        self.manager.group_ids += self.env.ref("base.group_system")
        self.assertTrue(letter.with_user(self.manager).error_details)

    def test_leader_of_the_desk_is_told(self):
        for team in (self.team, self.team_b):
            with self.subTest(team=team.name):
                letter = self.dead_letter(To=team.alias_email)
                self.assertEqual(letter.team_id, team)
                self.assertEqual(letter.company_id, team.company_id)
                activity = self.letter_activities(letter)
                self.assertEqual(activity.user_id, team.user_id)
                self.assertEqual(
                    activity.activity_type_id,
                    self.env.ref("crm_complaints.mail_activity_type_dead_letter"),
                )

    def test_entry_says_that_it_is_a_dead_letter(self):
        letter = self.dead_letter()
        entry = letter.entry_id
        self.assertEqual(entry.outcome, "dead")
        self.assertEqual(entry.team_id, self.team)
        self.assertEqual(entry.company_id, self.company_a)
        self.assertFalse(entry.ticket_id)
        self.assertFalse(entry.copies)

    def test_nobody_s_mail_is_bounced_and_the_address_stays_valid(self):
        self.team.alias_id.alias_status = "valid"
        for method in (PARSE, CREATE, ("helpdesk.ticket", "message_new")):
            with (
                self.subTest(method=method),
                patch.object(MailAlias, "_alias_bounce_incoming_email") as bounce,
                self.failing(method),
            ):
                self.receive()
                bounce.assert_not_called()
        self.assertEqual(self.team.alias_id.alias_status, "valid")
        self.assertFalse(self.sent_to("peter@novak.example")[3:])

    def test_what_cannot_be_registered_at_all_is_a_dead_letter(self):
        before = self.complaints()
        for kind in KINDS:
            with self.subTest(kind=kind):
                letter = self.dead_letter(CREATE, kind=kind)
                self.assertFalse(letter.ticket_id)
                self.assertEqual(self.complaints(), before)

    def test_same_mail_again_makes_no_second_one(self):
        raw = self.mail()
        letter = self.dead_letter(raw=raw)
        letters = self.Letter.search([])
        for failing in (True, False):
            with self.subTest(failing=failing):
                if failing:
                    with self.failing(PARSE):
                        self.receive(raw)
                else:
                    self.assertFalse(self.receive(raw))
                self.assertEqual(self.Letter.search([]), letters)
        self.assertEqual(letter.entry_id.copies, 2)
        self.assertEqual(letter.attempts, 1)

    def test_kept_though_the_leader_cannot_be_told(self):
        for kind in KINDS:
            for method in (
                ("mail.activity", "create"),
                ("complaint.dead.letter", "activity_schedule"),
            ):
                with self.subTest(kind=kind, method=method):
                    letter = self.dead_letter(PARSE, method, kind=kind)
                    self.assertFalse(letter.activity_ids)
                    self.assertTrue(letter.raw)

    def test_kept_though_attachments_cannot_be_stored(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                raw = self.mail(attachments=[PHOTO])
                letter = self.dead_letter(
                    PARSE, ("ir.attachment", "create"), raw=raw, kind=kind
                )
                self.assertEqual(base64.b64decode(letter.raw), raw)

    def test_team_without_a_leader(self):
        """A manager of that company is asked, rather than nobody."""
        self.team.user_id = False
        letter = self.dead_letter()
        asked = self.letter_activities(letter).user_id
        self.assertEqual(len(asked), 1)
        self.assertTrue(asked.has_group("helpdesk_mgmt.group_helpdesk_manager"))
        self.assertIn(self.company_a, asked.company_ids)
        self.assertNotEqual(asked, self.manager_b)

    def test_answer_that_cannot_be_read_is_kept(self):
        complaint = self.receive()
        message_id = self.the_acknowledgement()["Message-Id"]
        letter = self.dead_letter(In_Reply_To=message_id)
        with self.failing():
            letter.with_user(self.leader).action_retry()
        self.assertEqual(letter.ticket_id, complaint)
        self.assertEqual(letter.state, "done")
        self.assertEqual(len(self.acknowledgements()), 1)


@tagged("post_install", "-at_install")
class TestPartlyTakenIn(DeadLetterCommon):
    """What fails while the mail is posted leaves a complaint with its text."""

    def partly(self, *methods, kind="python", **kwargs):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            letter = self.dead_letter(*methods, kind=kind, **kwargs)
        complaint = letter.ticket_id
        self.assertTrue(complaint)
        return letter, complaint

    def test_complaint_stands_and_the_mail_is_kept_beside_it(self):
        for name in ("message_new", "message_post", "_message_route_process"):
            for kind in KINDS:
                with self.subTest(name=name, kind=kind):
                    number = len(self.acknowledgements())
                    sender = f"{name}-{kind}@novak.example"
                    raw = self.mail(attachments=[PHOTO], From=sender)
                    model = "mail.thread" if name[0] == "_" else "helpdesk.ticket"
                    if name == "_message_route_process":
                        model, name = "helpdesk.ticket", "message_subscribe"
                    letter, complaint = self.partly((model, name), raw=raw, kind=kind)
                    self.assertEqual(base64.b64decode(letter.raw), raw)
                    self.assertEqual(letter.state, "open")
                    self.assertEqual(letter.team_id, self.team)
                    self.assertEqual(letter.entry_id.outcome, "dead")
                    self.assertEqual(letter.entry_id.ticket_id, complaint)
                    self.assertEqual(
                        self.letter_activities(letter).user_id, self.leader
                    )
                    self.assertTrue(complaint.is_complaint)
                    self.assertEqual(complaint.name, "Broken on arrival")
                    self.assertEqual(complaint.partner_email, sender)
                    self.assertIn(BODY, html2plaintext(complaint.description))
                    self.assertAcknowledged(complaint)
                    self.assertEqual(len(self.acknowledgements()), number + 1)

    def test_retry_completes_the_same_complaint(self):
        letter, complaint = self.partly(
            ("helpdesk.ticket", "message_post"),
            raw=self.mail(attachments=[PHOTO], Message_Id="<whole@novak.example>"),
        )
        self.assertEqual(complaint.attachment_ids.mapped("raw"), [PHOTO[2]])
        before = self.complaints()
        action = letter.with_user(self.leader).action_retry()
        self.assertEqual(action["res_id"], complaint.id)
        self.assertEqual(letter.state, "done")
        self.assertEqual(letter.ticket_id, complaint)
        self.assertFalse(self.letter_activities(letter))
        self.assertEqual(complaint.attachment_ids.mapped("raw"), [PHOTO[2]])
        self.assertIn(
            "<whole@novak.example>", complaint.message_ids.mapped("message_id")
        )
        self.assertEqual(self.complaints(), before, "no second complaint")
        self.the_acknowledgement()

    def test_retry_completes_a_complaint_that_was_closed_meanwhile(self):
        """It is the same mail, and no answer that opens it again."""
        self.company_a.complaint_reopen_days = 0
        letter, complaint = self.partly(("helpdesk.ticket", "message_post"))
        self.move(complaint, "closed")
        before = self.complaints()
        letter.with_user(self.leader).action_retry()
        self.assertEqual(letter.ticket_id, complaint)
        self.assertEqual(complaint.complaint_phase, "closed")
        self.assertEqual(self.complaints(), before)

    def test_registering_what_can_be_read_keeps_the_complaint_there_is(self):
        letter, complaint = self.partly(("helpdesk.ticket", "message_post"))
        before = self.complaints()
        letter.with_user(self.leader).action_register()
        self.assertEqual(letter.ticket_id, complaint)
        self.assertEqual(letter.state, "done")
        self.assertEqual(self.complaints(), before)

    def test_mail_to_two_desks_is_completed_at_both(self):
        """Each has its complaint; what a retry brings is for each of them."""
        raw = self.mail(
            To=f"{self.team.alias_email}, {self.team_b.alias_email}",
            Subject="To both of you",
            attachments=[PHOTO],
        )
        letter, complaint = self.partly(("helpdesk.ticket", "message_post"), raw=raw)
        complaints = self.Ticket.search([("name", "=", "To both of you")])
        self.assertEqual(complaints.team_id, self.team | self.team_b)
        letter.action_retry()
        self.assertEqual(
            self.Ticket.search([("name", "=", "To both of you")]), complaints
        )
        self.assertTrue(complaint.attachment_ids)


@tagged("post_install", "-at_install")
class TestDeadLetterSeenTo(DeadLetterCommon):
    # ---------------------------------------------------
    # Retried
    # ---------------------------------------------------

    def test_retry_takes_it_in(self):
        letter = self.dead_letter(
            raw=self.mail(attachments=[PHOTO], Message_Id="<first@novak.example>")
        )
        action = letter.with_user(self.leader).action_retry()
        complaint = letter.ticket_id
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        self.assertEqual(action["res_id"], complaint.id)
        self.assertEqual(letter.state, "done")
        self.assertFalse(self.letter_activities(letter))
        self.assertEqual(complaint.team_id, self.team)
        self.assertFalse(complaint.user_id, "not the leader who retried it")
        self.assertIn(BODY, html2plaintext(complaint.description))
        self.assertEqual(complaint.attachment_ids.mapped("name"), ["photo.png"])
        self.assertIn(
            "<first@novak.example>", complaint.message_ids.mapped("message_id")
        )
        self.assertAcknowledged(complaint)
        answer = self.the_acknowledgement()
        self.assertEqual(answer["In-Reply-To"], "<first@novak.example>")
        entry = letter.entry_id
        self.assertEqual(entry.outcome, "complaint")
        self.assertEqual(entry.ticket_id, complaint)

    def test_complaint_was_received_when_the_mail_came(self):
        letter = self.dead_letter(Date="Mon, 2 Mar 2026 08:00:00 +0000")
        with self.at(self.clock.replace(day=4)):
            letter.action_retry()
        self.assertEqual(letter.ticket_id.complaint_received_at.day, 2)

    def test_retry_that_fails_again(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                letter = self.dead_letter()
                details = letter.error_details
                before = self.complaints()
                with self.failing(CREATE, kind=kind):
                    action = letter.with_user(self.leader).action_retry()
                self.assertEqual(action["params"]["type"], "warning")
                self.assertEqual(letter.state, "open")
                self.assertEqual(letter.attempts, 2)
                words = PYTHON if kind == "python" else DATABASE
                self.assertIn(words, letter.failure)
                self.assertNotEqual(letter.error_details, details)
                self.assertEqual(len(self.letter_activities(letter)), 1)
                self.assertEqual(self.complaints(), before)
                self.assertFalse(self.acknowledgements())

    def test_retry_of_many_where_one_still_fails(self):
        letters = self.Letter.union(
            *(self.dead_letter(Subject=f"Letter {number}") for number in range(3))
        ).sorted("id")
        bad = letters[1]
        parse = self.registry["mail.thread"].message_parse

        def message_parse(thread, message, **kwargs):
            if message["Subject"] == bad.name:
                thread.env.cr.execute("SELECT 1 / 0")
            return parse(thread, message, **kwargs)

        with (
            patch.object(self.registry["mail.thread"], "message_parse", message_parse),
            mute_logger("odoo.sql_db"),
        ):
            action = letters.with_user(self.leader).action_retry()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(letters.mapped("state"), ["done", "open", "done"])
        self.assertEqual(letters.mapped("attempts"), [1, 2, 1])
        self.assertEqual(
            (letters - bad).ticket_id.mapped("name"), ["Letter 0", "Letter 2"]
        )
        self.assertEqual(len(self.acknowledgements()), 2)
        self.assertTrue(self.letter_activities(bad))
        self.assertFalse(self.letter_activities(letters - bad))

    def test_retry_of_many(self):
        letters = self.dead_letter() | self.dead_letter()
        action = letters.with_user(self.leader).action_retry()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(set(letters.mapped("state")), {"done"})

    def test_somebody_in_the_way_is_no_attempt(self):
        """Odoo calls the action again; what stood in the way is gone by then."""
        letter = self.dead_letter()
        with (
            patch.object(
                self.registry["helpdesk.ticket"],
                "create",
                side_effect=SerializationFailure("could not serialize access"),
            ),
            self.assertRaises(SerializationFailure),
        ):
            letter.with_user(self.leader).action_retry()
        self.assertEqual(letter.attempts, 1)

    def test_retry_of_a_mail_to_two_desks_makes_a_complaint_at_each(self):
        letter = self.dead_letter(
            To=f"{self.team.alias_email}, {self.team_b.alias_email}",
            Subject="To both of you",
        )
        letter.action_retry()
        complaints = self.Ticket.search([("name", "=", "To both of you")])
        self.assertEqual(complaints.team_id, self.team | self.team_b)

    def test_retry_for_the_team_it_was_given_to(self):
        letter = self.dead_letter()
        letter.with_user(self.manager).team_id = self.other_team
        letter.with_user(self.other_leader).action_retry()
        self.assertEqual(letter.ticket_id.team_id, self.other_team)

    def test_retry_though_the_address_is_gone(self):
        letter = self.dead_letter()
        self.team.alias_name = "complaints-elsewhere"
        letter.with_user(self.leader).action_retry()
        self.assertEqual(letter.ticket_id.team_id, self.team)

    # ---------------------------------------------------
    # Registered, dismissed
    # ---------------------------------------------------

    def test_what_can_be_read_is_registered(self):
        raw = self.mail(Message_Id="<first@novak.example>")
        letter = self.dead_letter(raw=raw)
        with self.failing(PARSE):  # as often as it is tried
            action = letter.with_user(self.leader).action_register()
        complaint = letter.ticket_id
        self.assertEqual(action["res_id"], complaint.id)
        self.assertEqual(letter.state, "done")
        self.assertFalse(self.letter_activities(letter))
        self.assertEqual(complaint.name, "Broken on arrival")
        self.assertEqual(complaint.partner_name, "Peter Novak")
        self.assertEqual(complaint.partner_email, "peter@novak.example")
        self.assertEqual(complaint.channel_id, self.channel_email)
        self.assertIn(BODY, html2plaintext(complaint.description))
        self.assertEqual(complaint.attachment_ids.raw, raw)
        self.assertAcknowledged(complaint)
        self.the_acknowledgement()
        self.assertEqual(letter.entry_id.ticket_id, complaint)
        self.assertEqual(letter.entry_id.outcome, "complaint")

    def test_registered_answer_goes_nowhere_twice(self):
        letter = self.dead_letter()
        letter.with_user(self.leader).action_register()
        number = len(self.complaints())
        with self.assertRaises(UserError):
            letter.with_user(self.leader).action_register()
        self.assertEqual(len(self.complaints()), number)

    def test_nothing_is_registered_without_a_team(self):
        letter = self.dead_letter()
        letter.team_id = False
        with self.assertRaises(UserError):
            letter.with_user(self.manager).action_register()
        self.assertEqual(letter.state, "open")

    def dismiss(self, letters, reason, user=None):
        action = letters.with_user(user or self.leader).action_dismiss()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.leader)
            .with_context(**action["context"])
            .create({"reason": reason})
            .action_dismiss()
        )

    def test_dismissed_with_a_reason(self):
        letters = self.dead_letter() | self.dead_letter()
        self.dismiss(letters, "  Advertising ")
        self.assertEqual(letters.mapped("state"), ["dismissed"] * 2)
        self.assertEqual(letters.mapped("dismiss_reason"), ["Advertising"] * 2)
        self.assertFalse(self.letter_activities(letters))
        self.assertTrue(all(letters.mapped("raw")), "kept all the same")
        self.assertFalse(self.complaints())

    def test_not_dismissed_without_a_reason(self):
        letter = self.dead_letter()
        for reason in (" ", "\n\t"):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                self.dismiss(letter, reason)
        self.assertEqual(letter.state, "open")
        self.assertTrue(self.letter_activities(letter))

    def test_what_has_been_seen_to_is_left_alone(self):
        for settle in (
            lambda letter: letter.with_user(self.leader).action_retry(),
            lambda letter: letter.with_user(self.leader).action_register(),
            lambda letter: self.dismiss(letter, "Advertising"),
        ):
            letter = self.dead_letter()
            settle(letter)
            state, number = letter.state, len(self.complaints())
            for action in ("action_retry", "action_register", "action_dismiss"):
                with self.subTest(state=state, action=action):
                    with self.assertRaises(UserError):
                        getattr(letter.with_user(self.leader), action)()
                    with self.assertRaises(UserError):
                        self.dismiss(letter, "Again")
            self.assertEqual(letter.state, state)
            self.assertEqual(len(self.complaints()), number)

    def test_leader_marks_the_activity_done(self):
        letter = self.dead_letter()
        activity = self.letter_activities(letter).with_user(self.leader)
        activity.action_feedback("I asked them to send it again.")
        self.assertFalse(self.letter_activities(letter))
        self.assertEqual(letter.state, "open")


@tagged("post_install", "-at_install")
class TestDeadLetterAccess(DeadLetterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        raw = cls.mail("My secret")
        cls.letter = cls.Letter.create(
            {
                "name": "Broken on arrival",
                "email_from": "peter@novak.example",
                "received_at": cls.clock,
                "failure": "Unreadable",
                "raw": base64.b64encode(raw),
                "raw_size": len(raw),
                "team_id": cls.team.id,
                "company_id": cls.company_a.id,
                "delivery": Delivery().as_json(),
            }
        )
        cls.allowed = cls.leader | cls.manager
        cls.barred = (
            cls.other_leader
            | cls.handler
            | cls.team_handler
            | cls.own_handler
            | cls.outsider
            | cls.user_employee
            | cls.portal_user
            | cls.manager_b
            | cls.handler_b
        )

    def test_leader_and_managers_see_it(self):
        for user in self.allowed:
            with self.subTest(user.name):
                letter = self.letter.with_user(user)
                self.assertEqual(letter.search([]), self.letter)
                self.assertTrue(letter.read(["name", "raw", "preview", "failure"]))

    def test_nobody_else_sees_it(self):
        for user in self.barred:
            with self.subTest(user.name):
                letter = self.letter.with_user(user)
                if letter.browse().has_access("read"):
                    self.assertFalse(letter.search([]))
                with self.assertRaises(AccessError):
                    letter.read(["name"])

    def test_nobody_else_sees_to_it(self):
        for user in self.barred:
            letter = self.letter.with_user(user)
            for action in (
                "action_retry",
                "action_register",
                "action_dismiss",
                "action_open_complaint",
            ):
                with (
                    self.subTest(user.name, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(letter, action)()
            with (
                self.subTest(user.name, action="wizard"),
                self.assertRaises(AccessError),
            ):
                self.env["complaint.dead.letter.dismiss"].with_user(user).create(
                    {"letter_ids": [Command.set(letter.ids)], "reason": "Mine"}
                ).action_dismiss()
        self.assertEqual(self.letter.state, "open")
        self.assertFalse(self.complaints())

    def test_nobody_writes_what_came_in(self):
        values = {
            "raw": base64.b64encode(b"Subject: Other\n\n"),
            "state": "done",
            "ticket_id": self.create_complaint().id,
            "failure": "None",
            "name": "Other",
            "attempts": 0,
            "received_at": "2026-01-01 00:00:00",
            "company_id": self.company_b.id,
            "dismiss_reason": "None",
            "delivery": {},
        }
        for user in self.allowed | self.barred:
            letter = self.letter.with_user(user)
            for name, value in values.items():
                with self.subTest(user.name, name=name):
                    with self.assertRaises(AccessError):
                        letter.write({name: value})
                    with self.assertRaises(AccessError):
                        letter.web_save({name: value}, {"name": {}})
            with self.subTest(user.name, method="create"):
                with self.assertRaises(AccessError):
                    letter.create(
                        {"raw": values["raw"], "company_id": user.company_id.id}
                    )
                with self.assertRaises(AccessError):
                    letter.copy()
            with (
                self.subTest(user.name, method="unlink"),
                self.assertRaises(AccessError),
            ):
                letter.unlink()
        self.assertTrue(self.letter.exists())

    def test_managers_alone_give_it_to_another_team(self):
        for user in (self.leader, self.handler, self.other_leader):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.letter.with_user(user).team_id = self.other_team
        self.letter.with_user(self.manager).team_id = self.other_team
        self.assertEqual(self.letter_activities(self.letter).user_id, self.other_leader)
        self.assertTrue(self.letter.with_user(self.other_leader).name)
        with self.assertRaises(AccessError):
            self.letter.with_user(self.leader).read(["name"])

    def test_letter_given_to_another_company_s_team_is_that_company_s(self):
        self.letter.team_id = self.team_b
        self.assertEqual(self.letter.company_id, self.company_b)
        self.assertTrue(self.letter.with_user(self.manager_b).name)

    def test_entries_and_attempts_are_not_written_by_hand(self):
        entry = self.dead_letter().entry_id
        attempt = self.env["complaint.mail.attempt"].search([], limit=1)
        for user in self.allowed | self.barred:
            for record, values in (
                (entry, {"outcome": "complaint"}),
                (attempt, {"attempts": 0}),
            ):
                with self.subTest(user.name, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()

    def test_superuser_may_delete(self):
        self.letter.sudo().unlink()
        self.assertFalse(self.letter.exists())


@tagged("post_install", "-at_install")
class TestDeadLetterOverHttp(DeadLetterCommon, HttpCase):
    clock = None  # sessions have a clock of their own

    def call(self, method, *args, model="complaint.dead.letter"):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": {}},
        )

    def test_mail_is_saved_as_it_came(self):
        raw = self.mail().replace(b"\n", b"\r\n") + b"\xff\0\r\n \n"
        letter = self.dead_letter(raw=raw)
        url = letter.with_user(self.leader).action_download()["url"]
        for user in (self.leader, self.manager):
            with self.subTest(user.name):
                self.authenticate(user.login, user.login)
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.content, raw)
                self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_nobody_else_saves_it(self):
        letter = self.dead_letter(body="My secret")
        url = letter.action_download()["url"]
        for user in (
            None,
            self.handler,
            self.other_leader,
            self.user_employee,
            self.portal_user,
            self.manager_b,
        ):
            with self.subTest(user and user.name), mute_logger("odoo.http"):
                self.authenticate(user and user.login, user and user.login)
                answer = self.url_open(url)
                self.assertIn(answer.status_code, (403, 404))
                self.assertNotIn(b"My secret", answer.content)

    def test_over_rpc_nothing_is_forged(self):
        letter = self.dead_letter()
        for user in (self.leader, self.manager):
            self.authenticate(user.login, user.login)
            for method, args in (
                ("create", [[{"name": "Forged", "raw": "eA==", "company_id": 1}]]),
                ("write", [letter.ids, {"state": "done"}]),
                ("write", [letter.ids, {"raw": "eA=="}]),
                ("web_save", [letter.ids, {"ticket_id": 1}, {}]),
                ("unlink", [letter.ids]),
                ("_settle", [letter.ids, "done"]),
                ("_keep", [[], "x", {}, "x", False]),
                ("_retry", [letter.ids]),
            ):
                with (
                    self.subTest(user.name, method=method),
                    mute_logger("odoo.http"),
                    self.assertRaisesRegex(Exception, "."),
                ):
                    self.call(method, *args)
        self.assertEqual(letter.state, "open")

    def test_leader_takes_it_in_over_rpc(self):
        letter = self.dead_letter()
        self.authenticate(self.leader.login, self.leader.login)
        action = self.call("action_retry", letter.ids)
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        letter.invalidate_recordset()
        self.assertEqual(letter.state, "done")

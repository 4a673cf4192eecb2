"""Storms of mail: all is registered, little is answered, and no two machines go on."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ...models.contact import complaint_quota
from .common import ComplaintMailCommon

ROBOT = "robot@novak.example"


class StormsCommon(ComplaintMailCommon):
    limit = 3

    def setUp(self):
        super().setUp()
        self.company_a.complaint_acknowledge_limit = self.limit

    def storm(self, number, **kwargs):
        """Let a robot send mails that show no sign of one; return the complaints."""
        complaints = self.Ticket
        for count in range(number):
            complaints += self.receive(
                **{"From": f"Robot <{ROBOT}>", "Subject": f"Alarm {count}", **kwargs}
            )
        self.env.cr.precommit.run()
        return complaints

    def assertBulk(self, complaints, number=None):
        """Fail unless the first of them, and no more, were answered."""
        number = self.limit if number is None else number
        answered, others = complaints[:number], complaints[number:]
        first = complaints[0]
        self.assertTrue(all(complaints.mapped("is_complaint")))
        self.assertEqual(set(complaints.mapped("complaint_phase")), {"reception"})
        for complaint in answered:
            self.assertAcknowledged(complaint)
            self.assertFalse(complaint.complaint_bulk_id)
        for complaint in others:
            self.assertNotAcknowledged(complaint)
            self.assertIn(
                f"{self.limit} acknowledgements within an hour",
                complaint.complaint_acknowledge_note,
            )
            self.assertEqual(complaint.complaint_bulk_id, first)
        self.assertEqual(first.complaint_bulk_count, len(others))
        activities = complaints.sudo().activity_ids
        self.assertEqual(len(activities), 1, "one for all of them")
        self.assertEqual(activities.res_id, first.id)
        self.assertEqual(activities.user_id, self.leader)
        self.assertIn(ROBOT, activities.note)


@tagged("post_install", "-at_install")
class TestStorms(StormsCommon):
    def test_robot_without_any_sign_is_answered_so_often_and_no_more(self):
        complaints = self.storm(self.limit + 5)
        self.assertEqual(len(complaints), self.limit + 5, "each is registered")
        self.assertBulk(complaints)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit, "and nothing else")
        entries = self.env["complaint.incoming.mail"].search([])
        self.assertEqual(set(entries.mapped("outcome")), {"complaint"})

    def test_robot_is_answered_again_an_hour_later(self):
        self.storm(self.limit + 1)
        with self.at(self.clock + timedelta(minutes=59)):
            self.assertNotAcknowledged(self.storm(1))
        with self.at(self.clock + timedelta(minutes=60, seconds=1)):
            self.storm(self.limit + 1)
            self.assertEqual(len(self.sent_to(ROBOT)), 2 * self.limit)

    def test_hour_is_counted_from_each_answer(self):
        self.storm(2)
        with self.at(self.clock + timedelta(minutes=40)):
            self.storm(2)
            self.assertEqual(len(self.sent_to(ROBOT)), 3)
        with self.at(self.clock + timedelta(minutes=61)):
            self.storm(4)
            self.assertEqual(len(self.sent_to(ROBOT)), 5, "two are an hour old")

    def test_storm_that_lasts_for_hours_stays_one_bulk(self):
        first = self.storm(self.limit + 1)[0]
        for minutes in (50, 100, 150):
            with self.at(self.clock + timedelta(minutes=minutes)):
                complaints = self.storm(self.limit + 1)
            self.assertEqual(complaints[-1].complaint_bulk_id, first)
        looks = self.env["mail.activity"].search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("crm_complaints.mail_activity_type_look").id,
                ),
            ]
        )
        self.assertEqual(len(looks), 1)

    def test_leader_who_has_seen_to_it_is_not_told_again(self):
        first = self.storm(self.limit + 1)[0]
        first.activity_ids.with_user(self.leader).action_done()
        self.storm(2)
        self.assertFalse(first.activity_ids)
        self.assertEqual(first.complaint_bulk_count, 3)

    def test_storm_does_not_wake_odoo_s_own_brake(self):
        """It drops mails, and answers each with another mail."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "2")
        complaints = self.storm(8)
        self.assertEqual(len(complaints), 8)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit)

    def test_one_sender_s_storm_is_no_other_s(self):
        self.storm(self.limit + 2)
        other = self.receive()
        self.assertAcknowledged(other)
        self.assertFalse(other.complaint_bulk_id)
        others = self.storm(self.limit + 1, From="second@novak.example")
        self.assertEqual(others[-1].complaint_bulk_id, others[0])

    def test_limit_is_the_address_s_however_it_is_written(self):
        complaints = self.Ticket
        for sender in (
            ROBOT,
            f"Robot <{ROBOT}>",
            f"ROBOT <{ROBOT.upper()}>",
            f'"another@novak.example" <{ROBOT}>',
            "=?utf-8?q?R=C3=B6bot?= <Robot@Novak.example>",
        ):
            complaints += self.storm(1, From=sender)
        self.assertEqual(len(self.acknowledgements()), self.limit)
        self.assertBulk(complaints)

    def test_limit_is_the_same_at_all_desks(self):
        self.company_b.complaint_acknowledge_limit = self.limit
        self.storm(2)
        self.storm(3, To=self.team_b.alias_email)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit)

    def test_stage_s_own_mail_is_no_way_round_the_limit(self):
        self.stages["reception"].mail_template_id = self.env.ref(
            "helpdesk_mgmt.changed_stage_template"
        )
        for automatically in (True, False):
            with self.subTest(automatically=automatically):
                self.company_a.complaint_acknowledge_automatically = automatically
                robot = f"robot-{automatically}@novak.example".lower()
                self.storm(self.limit + 4, From=robot)
                self.assertEqual(
                    len(self.sent_to(robot)),
                    self.limit * (2 if automatically else 1),
                    "as often as it is answered",
                )

    def test_stage_s_own_mail_still_answers_people(self):
        self.stages["reception"].mail_template_id = self.env.ref(
            "helpdesk_mgmt.changed_stage_template"
        )
        self.storm(1, From="peter@novak.example")
        self.assertEqual(len(self.sent_to("peter@novak.example")), 2)

    def test_person_may_answer_what_the_limit_left(self):
        complaint = self.storm(self.limit + 1)[-1]
        complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit + 1)

    def test_action_shows_the_whole_bulk(self):
        complaints = self.storm(self.limit + 2)
        expected = complaints[0] + complaints[self.limit :]
        for complaint in expected:
            action = complaint.with_user(self.handler).action_complaint_bulk()
            self.assertEqual(
                set(self.Ticket.search(action["domain"]).ids), set(expected.ids)
            )

    def test_complaints_made_in_one_go_share_the_limit(self):
        complaints = self.Ticket.with_user(self.handler).create(
            [
                {
                    "name": f"From {address}",
                    "description": "<p>Broken</p>",
                    "team_id": self.team.id,
                    "channel_id": self.channel_email.id,
                    "partner_email": address,
                }
                for address in (
                    *(ROBOT, ROBOT.upper(), f"R <{ROBOT}>") * 2,
                    "peter@novak.example",
                )
            ]
        )
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit)
        self.assertEqual(len(self.sent_to("peter@novak.example")), 1)
        acknowledged = complaints.filtered("complaint_acknowledged_at")
        self.assertEqual(len(acknowledged), self.limit + 1)
        for complaint in complaints - acknowledged:
            self.assertNotAcknowledged(complaint)
            self.assertTrue(complaint.complaint_acknowledge_note)
        self.storm(1)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit)

    def test_each_address_has_what_its_limit_leaves(self):
        Quota = self.env["complaint.quota"]

        def claim(purpose="acknowledgement", limit=3, **wanted):
            return Quota._claim(purpose, wanted, limit)

        self.assertEqual(claim(anna=2, bo=5), {"anna": 2, "bo": 3})
        # known and new ones at once
        self.assertEqual(claim(anna=2, bo=1, cy=1), {"anna": 1, "bo": 0, "cy": 1})
        self.assertEqual(claim(anna=1, cy=3), {"anna": 0, "cy": 2})
        self.assertEqual(claim("form", anna=1), {"anna": 1})
        self.assertEqual(claim(limit=0, dan=1), {"dan": 0})
        with self.at(self.clock + timedelta(minutes=61)):
            self.assertEqual(claim(anna=4, dan=1), {"anna": 3, "dan": 1})
            self.assertEqual(claim(anna=1), {"anna": 0})

    def test_claims_of_what_is_rolled_back_do_not_count(self):
        Quota = self.env["complaint.quota"]
        self.assertEqual(Quota._claim("form", {"anna": 1}, 3), {"anna": 1})
        wanted = {"anna": 2, "bo": 1}
        for _attempt in range(5):
            with patch.object(complaint_quota, "when_rolled_back") as hook:
                self.assertEqual(Quota._claim("form", wanted, 3), wanted)
            (_env, undo) = hook.call_args.args
            undo()
        self.assertEqual(Quota._claim("form", {"anna": 3}, 3), {"anna": 2})

    def test_hundreds_of_mails_from_one_sender_are_all_registered(self):
        complaints = self.storm(120, body="!")
        self.assertEqual(len(complaints), 120)
        self.assertBulk(complaints)
        self.assertEqual(len(self.sent_to(ROBOT)), self.limit)


@tagged("post_install", "-at_install")
class TestMachinesTalking(StormsCommon):
    """A ticket system that answers each of our acknowledgements."""

    def talk(self, sender=ROBOT, **answering):
        """Let it answer everything it gets; return how often it wrote, and our mails.

        :param answering: header -> function of our mail
        """
        self.receive(From=sender)
        written, read = 1, 0
        while read < len(self._mails):
            mail = self._mails[read]["EmailMessage"]
            read += 1
            if ROBOT not in mail["To"]:
                continue
            self.assertLess(written, 50, "they talk for ever")
            headers = {name: make(mail) for name, make in answering.items()}
            self.receive(
                **{
                    "From": f"Service <{ROBOT}>",
                    "Subject": f"[Ticket {written}] We got your mail",
                    "body": "Thank you for your mail.",
                    **headers,
                }
            )
            written += 1
        return written, len(self.sent_to(ROBOT))

    def test_thread_is_kept(self):
        talk = self.talk(In_Reply_To=lambda mail: mail["Message-Id"])
        self.assertEqual(talk, (2, 1))

    def test_subject_is_kept(self):
        talk = self.talk(Subject=lambda mail: f"[Ticket#4711] Re: {mail['Subject']}")
        self.assertEqual(talk, (2, 1))

    def test_it_says_that_it_is_a_machine(self):
        talk = self.talk(Auto_Submitted=lambda mail: "auto-replied")
        self.assertEqual(talk, (2, 1))

    def test_nothing_is_kept(self):
        talk = self.talk()
        self.assertEqual(talk, (self.limit + 1, self.limit))

    def test_thread_is_kept_of_a_closed_complaint(self):
        """Its answers open a complaint again, or begin the next one, but not for ever."""
        self.company_a.complaint_reopen_days = 0

        def close(_mail):
            self.move(
                self.Ticket.search([("complaint_phase", "=", "reception")]), "closed"
            )

        written, answered = self.talk(
            X_Closed=close, In_Reply_To=lambda mail: mail["Message-Id"]
        )
        self.assertEqual((written, answered), (self.limit + 1, self.limit))

"""What became of a message about a complaint is noted by the system alone."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.core.constants import TICKET
from .test_mail_message import MessagesCommon

STAFF = ("user_employee", "own_handler", "handler", "leader", "manager")


@tagged("post_install", "-at_install")
class TestNotifications(MessagesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.letters["letter"]
        cls.arrived = cls.letter.notification_ids
        cls.mine = cls.letters["comment"].notification_ids.filtered(
            lambda one: one.res_partner_id == cls.own_handler.partner_id
        )
        cls.env.flush_all()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_forges_what_became_of_a_message(self):
        """Each field, of each notification, by each role; none is made or deleted."""
        Notification = self.env["mail.notification"]
        every = self.complaint.sudo().message_ids.notification_ids
        self.assertTrue(self.arrived and self.mine)
        self.assertLessEqual(self.arrived | self.mine, every)
        names = [
            field.name
            for field in Notification._fields.values()
            if field.store
            and not field.readonly
            and field.name not in ("id", "is_read", "read_date")
        ]
        self.assertLessEqual({"notification_status", "mail_email_address"}, {*names})
        for role, user in self.users().items():
            for one in every:
                as_user = one.with_user(user)
                for name in names:
                    self.assertKept(
                        every,
                        lambda one=as_user, name=name: one.write(
                            {name: self.value(one._fields[name])}
                        ),
                        role=role,
                        field=name,
                    )
                self.assertKept(every, as_user.unlink, role=role)
                bounced = [Command.update(one.id, {"notification_status": "bounce"})]
                message = one.mail_message_id.with_user(user)
                self.assertKept(
                    every,
                    lambda message=message, bounced=bounced: message.write(
                        {"notification_ids": bounced}
                    ),
                    role=role,
                )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_makes_up_a_notification(self):
        for role in STAFF:
            user = getattr(self, role)
            Notification = self.env["mail.notification"].with_user(user)
            for message in self.complaint.sudo().message_ids:
                for vals in (
                    {"res_partner_id": user.partner_id.id},
                    {"res_partner_id": self.portal_user.partner_id.id},
                    {"mail_email_address": "sam@elsewhere.example"},
                    {"mail_mail_id": message.mail_ids[:1].id},
                ):
                    with self.subTest(role, vals=vals), self.assertRaises(AccessError):
                        Notification.with_context(
                            complaint_mails_made=True, default_is_read=True
                        ).create(
                            {
                                "mail_message_id": message.id,
                                "notification_type": "email",
                                "notification_status": "bounce",
                                **vals,
                            }
                        )
        other = self.create_ticket(self.outsider)
        message = other.message_post(body="Hello", message_type="comment")
        self.assertTrue(
            self.env["mail.notification"]
            .with_user(self.outsider)
            .create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": self.outsider.partner_id.id,
                }
            )
        )

    def test_what_one_reads_is_noted_and_many_mails_are_sent(self):
        message = self.mine.mail_message_id.with_user(self.own_handler)
        message.set_message_done()
        self.assertTrue(self.mine.is_read)
        self.mine.with_user(self.own_handler).write({"is_read": False})
        before = self.complaint.sudo().message_ids
        with self.mock_mail_gateway():
            self.env["mail.compose.message"].with_user(self.own_handler).with_context(
                default_model=TICKET, default_res_ids=self.complaint.ids
            ).create(
                {
                    "composition_mode": "mass_mail",
                    "subject": "News",
                    "body": "<p>News</p>",
                    "auto_delete": False,
                }
            )._action_send_mail()
        sent = self.complaint.sudo().message_ids - before
        self.assertTrue(sent.notification_ids)

    def test_a_failure_that_is_dismissed_is_one_of_the_letter_still(self):
        complaint = self.complaint.with_user(self.own_handler)
        with self.mock_mail_gateway():
            letter = complaint._complaint_send_letters(
                "update", lambda some, way: ("News", "<p>News</p>", "en_US"), "mail"
            )
        notification = letter.sudo().message_id.notification_ids.filtered(
            lambda one: one.res_partner_id == self.customer
        )
        self.assertFalse(letter.not_delivered)
        notification.write(
            {"notification_status": "bounce", "failure_type": "mail_bounce"}
        )
        self.assertTrue(letter.not_delivered)
        self.env.flush_all()
        complaint.notify_cancel_by_type("email")
        self.assertEqual(notification.notification_status, "canceled")
        self.assertTrue(letter.not_delivered)

    def test_a_message_that_waits_is_changed_by_its_author_alone(self):
        waiting = (
            self.env["mail.scheduled.message"]
            .with_user(self.own_handler)
            .create(
                {
                    "model": TICKET,
                    "res_id": self.complaint.id,
                    "author_id": self.customer.id,
                    "subject": "Later",
                    "body": "Hello",
                    "scheduled_date": "2026-03-03 09:00:00",
                }
            )
        )
        others = waiting.with_user(self.leader)
        for name, field in waiting._fields.items():
            if not field.store or name in ("id", "model", "res_id"):
                continue
            with self.subTest(name), self.assertRaises(AccessError):
                others.write({name: self.value(field)})
        waiting.write({"body": "Good day"})
        waiting.post_message()
        message = self.complaint.sudo().message_ids[0]
        self.assertIn("Good day", message.body)
        self.assertEqual(message.author_id, self.own_handler.partner_id)

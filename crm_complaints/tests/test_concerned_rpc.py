"""Concerned staff over RPC: whatever they ask, they do not find what is about them."""

import json
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ComplaintCommon

SECRET = "Zanzibar"
TICKET = "helpdesk.ticket"


class ConcernedCase(ComplaintCommon, HttpCase):
    """A handler has worked a complaint that turns out to be about him."""

    clock = None  # the server has a clock of its own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.concerned = cls.create_user("concerned", "Carl Concerned", "manager")
        for user in cls.concerned | cls.leader:
            user.password = user.login
        (cls.concerned | cls.leader).group_ids += cls.env.ref(
            "base.group_allow_export"
        )
        cls.team.user_ids += cls.concerned
        cls.partner = cls.concerned.partner_id
        cls.complaint = cls.create_complaint(
            cls.leader,
            name=f"{SECRET}, and worse",
            user_id=cls.concerned.id,
            partner_id=cls.customer.id,
            channel_id=cls.channel_phone.id,
        )
        cls.hidden = cls.complaint.with_user(cls.concerned)
        cls.hidden.message_post(
            body=f"He wrote of {SECRET}", subtype_xmlid="mail.mt_comment"
        )
        cls.told = cls.complaint.message_post(
            body=f"Look at {SECRET}", partner_ids=cls.partner.ids
        )
        cls.told.starred_partner_ids = cls.partner

    def about(self, users=None):
        self.complaint.complaint_concerned_user_ids = [
            Command.set((users or self.concerned).ids)
        ]
        self.env.flush_all()
        self.env.invalidate_all()

    # ---------------------------------------------------
    # Asking the server
    # ---------------------------------------------------

    def log_in(self, user):
        if self.session is None or self.session.uid != user.id:
            self.authenticate(user.login, user.login)

    def ask(self, model, method, *args, user=None, **kwargs):
        """Return the server's answer to a user, as text; the error where it is one."""
        self.log_in(user or self.concerned)
        self.env.flush_all()
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def finds(self, records, names, group=None, user=None):
        """Return the ways in which a user gets at any of these records.

        :param names: fields to read
        :param str group: field to group by
        """
        model, ids = records._name, records.ids
        self.assertTrue(ids)
        domain = [["id", "in", ids]]
        group = group or "create_uid"
        spec = {name: {} for name in names}
        asked = {
            "search": ([domain], {}),
            "search_count": ([domain], {}),
            "search_read": ([domain, names], {}),
            "web_search_read": ([domain, spec], {}),
            "formatted_read_group": ([domain, [group], ["__count"]], {}),
            "web_read_group": ([domain, [group], ["__count"]], {}),
            "name_search": (["", domain], {}),
            "read": ([ids, names], {}),
            "web_read": ([ids, spec], {}),
            "export_data": ([ids, names], {}),
        }
        found = []
        for method, (args, kwargs) in asked.items():
            answer = self.ask(model, method, *args, user=user, **kwargs)
            if "error" in answer:
                self.assertIn(
                    answer["error"]["data"]["name"],
                    ("odoo.exceptions.AccessError",),
                    answer["error"]["data"]["debug"],
                )
                continue
            result = answer["result"]
            if isinstance(result, dict):
                result = result.get("length", len(result.get("datas", ())))
            if result:
                found.append(method)
        return found

    def assertHides(self, records, names, group=None):
        """Check that they are found until the complaint is about the user, and after."""
        self.assertTrue(self.finds(records, names, group), "to begin with")
        self.about()
        self.assertEqual(self.finds(records, names, group), [])
        self.assertTrue(self.finds(records, names, group, self.leader), "by others")
        self.complaint.complaint_concerned_user_ids = False
        self.assertTrue(self.finds(records, names, group), "in the end")


@tagged("post_install", "-at_install")
class TestConcernedRPC(ConcernedCase):
    def test_the_complaint(self):
        self.assertHides(self.complaint, ["name", "number"], "team_id")

    def test_messages(self):
        messages = self.complaint.message_ids
        self.assertIn(self.partner, messages.author_id)
        self.assertHides(messages, ["body", "subject"], "author_id")

    def test_each_message(self):
        """What he wrote himself, and what he was told of, each by a rule of its own."""
        self.about()
        for message in self.complaint.message_ids:
            with self.subTest(message.body):
                self.assertEqual(self.finds(message, ["body"]), [])

    def test_later_messages_written_in_his_name(self):
        self.about()
        message = self.complaint.sudo().message_post(
            body=f"{SECRET} by mail", author_id=self.partner.id, message_type="email"
        )
        self.assertEqual(self.finds(message, ["body"]), [])

    def test_notifications(self):
        notifications = self.env["mail.notification"].search(
            [("mail_message_id", "in", self.complaint.message_ids.ids)]
        )
        others = notifications.filtered(lambda n: n.res_partner_id != self.partner)
        self.assertTrue(others)
        self.assertHides(others, ["res_partner_id"], "notification_status")

    def test_followers(self):
        followers = self.complaint.message_follower_ids.filtered(
            lambda follower: follower.partner_id != self.partner
        )
        self.assertHides(followers, ["partner_id"], "partner_id")

    def test_activities(self):
        todo = "mail.mail_activity_data_todo"
        activities = (
            # for himself and for a colleague, planned by him; and by a colleague
            self.hidden.activity_schedule(todo, user_id=self.concerned.id)
            | self.hidden.activity_schedule(todo, user_id=self.leader.id)
            | self.complaint.activity_schedule(todo, user_id=self.concerned.id)
        )
        self.assertHides(activities, ["summary", "user_id"], "user_id")

    def test_activities_that_are_done(self):
        activity = self.hidden.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.concerned.id
        )
        activity.action_feedback("Said sorry")
        self.assertFalse(activity.active)
        self.about()
        self.assertEqual(self.finds(activity, ["summary"]), [])
        answer = self.ask("mail.activity", "search", [["active", "=", False]])
        self.assertNotIn(activity.id, answer["result"])

    def test_scheduled_messages(self):
        message = (
            self.env["mail.scheduled.message"]
            .with_user(self.concerned)
            .create(
                {
                    "model": TICKET,
                    "res_id": self.complaint.id,
                    "subject": SECRET,
                    "body": SECRET,
                    "author_id": self.partner.id,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        self.assertHides(message, ["subject"], "author_id")

    def test_attachments(self):
        Attachment = self.env["ir.attachment"].with_user(self.concerned)
        place = {"res_model": TICKET, "res_id": self.complaint.id}
        attachments = Attachment.create(
            [
                {"name": f"{SECRET}.txt", "raw": b"Mine", **place},
                {"name": f"{SECRET}.png", "raw": b"All", "public": True, **place},
            ]
        )
        attachments |= self.env["ir.attachment"].create(
            {"name": SECRET, "raw": b"Theirs", **place}
        )
        self.assertHides(attachments, ["name", "raw"], "mimetype")

    def test_documents_he_added(self):
        """A file is the complaint's, whether or not it knows by itself."""
        document = (
            self.env["ir.attachment"]
            .with_user(self.concerned)
            .create({"name": SECRET, "raw": b"Seen", "res_model": TICKET, "res_id": 0})
        )
        self.hidden.complaint_document_ids = document
        self.assertHides(document, ["name"], "mimetype")

    def test_contents_by_their_address(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": SECRET,
                "raw": b"Theirs",
                "res_model": TICKET,
                "res_id": self.complaint.id,
            }
        )
        (token,) = attachment.generate_access_token()
        self.log_in(self.concerned)
        addresses = (
            f"/web/content/{attachment.id}",
            f"/web/content/{attachment.id}?access_token={token}",
        )
        for address in addresses:
            self.assertEqual(self.url_open(address).content, b"Theirs")
        self.about()
        for address in addresses:
            self.assertNotIn(b"Theirs", self.url_open(address).content)

    def test_ratings(self):
        rating = (
            self.env["rating.rating"]
            .sudo()
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(TICKET),
                    "res_id": self.complaint.id,
                    "rating": 1,
                    "feedback": SECRET,
                    "consumed": True,
                    "rated_partner_id": self.partner.id,
                    "partner_id": self.customer.id,
                }
            )
        )
        self.assertHides(rating, ["feedback", "rating"], "rated_partner_id")

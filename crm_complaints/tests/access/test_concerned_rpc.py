"""Staff complained about, over RPC: no request shows them the complaint."""

import json
from base64 import b64encode
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.core.constants import TICKET
from ..common import ComplaintCommon

SECRET = "Zanzibar"


class ConcernedCase(ComplaintCommon, HttpCase):
    """A handler has worked a complaint that turns out to be about them."""

    clock = None  # the server has a clock of its own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.concerned = cls.create_user("concerned", "Carl Concerned", "manager")
        for user in cls.concerned | cls.leader:
            user.password = user.login
        (cls.concerned | cls.leader).group_ids += cls.env.ref("base.group_allow_export")
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
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        # the server logs a refusal as a warning
        with mute_logger("odoo.http", "odoo.sql_db"):
            return self.call(f"/web/dataset/call_kw/{model}/{method}", **params)

    def call(self, route, **params):
        return self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()

    def finds(self, records, names, group=None, user=None):
        """Return the ways in which a user reaches any of these records.

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
        if not records._rec_name:
            del asked["name_search"]
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
        """Check that the user finds them, but not once the complaint is about them."""
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
        """Messages they wrote and were notified of, which other rules open to them."""
        self.about()
        for message in self.complaint.message_ids:
            with self.subTest(message.body):
                self.assertEqual(self.finds(message, ["body"]), [])

    def test_later_messages_written_in_their_name(self):
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
            # for the handler and for a colleague, planned by the handler; and by a colleague
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
            .with_user(self.leader)
            .create(
                {
                    "model": TICKET,
                    "res_id": self.complaint.id,
                    "subject": SECRET,
                    "body": SECRET,
                    "author_id": self.leader.partner_id.id,
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

    def test_documents_they_added(self):
        """A file of the complaint, though its own fields do not name it."""
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

    def test_files_they_brought_are_not_theirs_to_delete(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.concerned)
            .create(
                {
                    "name": SECRET,
                    "raw": b"Mine",
                    "res_model": TICKET,
                    "res_id": self.complaint.id,
                }
            )
        )
        token = attachment._get_ownership_token()
        self.about()
        self.log_in(self.concerned)
        with mute_logger("odoo.http"):
            self.call(
                "/mail/attachment/delete",
                attachment_id=attachment.id,
                access_token=token,
            )
        self.assertTrue(attachment.exists())

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


@tagged("post_install", "-at_install")
class TestConcernedAround(ConcernedCase):
    """Other records that lead to a hidden complaint."""

    def setUp(self):
        # after the rollback: rules made here patched the models
        self.addCleanup(self._patch_models_for_rules)
        super().setUp()

    def _patch_models_for_rules(self):
        self.env["base.automation"]._unregister_hook()
        self.env["base.automation"]._register_hook()

    def assertSilent(self, answer):
        self.assertNotIn(SECRET, json.dumps(answer))
        self.assertNotIn(self.complaint.number, json.dumps(answer))

    def other(self, **vals):
        """Return a complaint that they may see."""
        return self.create_complaint(self.leader, name="Visible", **vals)

    def linked(self):
        """Return a complaint that they may see and that leads to the hidden one."""
        other = self.other(partner_id=self.customer.id)
        other.sudo().write(
            {
                "duplicate_id": self.complaint.id,
                "complaint_repeat_of_id": self.complaint.id,
                "complaint_bulk_id": self.complaint.id,
            }
        )
        return other

    # ---------------------------------------------------
    # Links
    # ---------------------------------------------------

    def test_its_name_is_not_read_through_others(self):
        other = self.linked()
        links = ("duplicate_id", "complaint_bulk_id")
        spec = {name: {"fields": {"display_name": {}}} for name in links}
        asked = [
            ("read", [other.ids, links], {}),
            ("web_read", [other.ids, spec], {}),
            ("web_search_read", [[["id", "=", other.id]], spec], {}),
            ("search_read", [[["id", "=", other.id]], links], {}),
            ("export_data", [other.ids, links], {}),
            *(
                (
                    "formatted_read_group",
                    [[["id", "=", other.id]], [name], ["__count"]],
                    {},
                )
                for name in links
            ),
        ]
        for method, args, kwargs in asked:
            answer = self.ask(TICKET, method, *args, **kwargs)
            self.assertIn(self.complaint.number, json.dumps(answer), method)
        self.about()
        for method, args, kwargs in asked:
            with self.subTest(method, args=args):
                answer = self.ask(TICKET, method, *args, **kwargs)
                # Odoo exports no links to what one may not read
                self.assertIn("error" if method == "export_data" else "result", answer)
                self.assertSilent(answer)
                answer = self.ask(TICKET, method, *args, user=self.leader, **kwargs)
                self.assertIn(self.complaint.number, json.dumps(answer))

    def test_deeper_reading_through_others_is_refused_or_empty(self):
        other = self.linked()
        self.about()
        for method, args in (
            ("web_read", [other.ids, {"duplicate_id": {"fields": {"name": {}}}}]),
            ("export_data", [other.ids, ["duplicate_id/name"]]),
            ("mapped", [other.ids, "duplicate_id.name"]),
            (
                "formatted_read_group",
                [[["id", "=", other.id]], ["duplicate_id.name"], ["__count"]],
            ),
            (
                "formatted_read_group",
                [[["id", "=", other.id]], ["duplicate_id.number"], ["__count"]],
            ),
        ):
            with self.subTest(method):
                self.assertSilent(self.ask(TICKET, method, *args))

    def test_others_are_not_found_by_what_it_says(self):
        other = self.linked()
        conditions = (
            ["duplicate_id.name", "ilike", SECRET],
            ["duplicate_id", "ilike", SECRET],
            ["duplicate_id.number", "=", self.complaint.number],
            ["complaint_repeat_of_id.name", "ilike", SECRET],
            ["complaint_bulk_id.user_id", "=", self.concerned.id],
            ["duplicate_id.message_ids.body", "ilike", SECRET],
            ["duplicate_id.complaint_concerned_user_ids", "in", self.concerned.ids],
            ["duplicate_id", "any", [["name", "ilike", SECRET]]],
        )
        self.complaint.user_id = self.concerned
        found = [
            bool(self.ask(TICKET, "search", [condition])["result"])
            for condition in conditions
        ]
        # who it is about is asked by nobody, what came before by those who read all
        self.assertEqual(found.count(True), len(conditions) - 2, found)
        self.about()
        for condition in conditions:
            with self.subTest(condition):
                answer = self.ask(TICKET, "search", [condition])
                self.assertNotIn(other.id, answer.get("result", []))
                answer = self.ask(TICKET, "filtered_domain", other.ids, [condition])
                self.assertFalse(answer.get("result"))

    def test_not_found_by_being_on_the_list(self):
        self.about()
        for operator in ("in", "not in"):
            answer = self.ask(
                TICKET,
                "search",
                [["complaint_concerned_user_ids", operator, self.concerned.ids]],
            )
            self.assertNotIn(self.complaint.id, answer["result"])

    def test_not_counted_for_the_customer(self):
        fields_ = [
            "complaint_ids",
            "complaint_count",
            "complaint_open_count",
            "complaint_last_received_at",
            "helpdesk_ticket_ids",
            "helpdesk_ticket_count",
        ]

        def read():
            return self.ask("res.partner", "read", self.customer.ids, fields_)[
                "result"
            ][0]

        self.assertEqual(read()["complaint_count"], 1)
        self.about()
        row = read()
        self.assertEqual(row["complaint_count"], 0)
        self.assertEqual(row["complaint_open_count"], 0)
        self.assertEqual(row["complaint_ids"], [])
        self.assertFalse(row["complaint_last_received_at"])
        self.assertNotIn(self.complaint.id, row["helpdesk_ticket_ids"])
        self.assertFalse(row["helpdesk_ticket_count"])
        answer = self.ask("res.partner", "search", [["complaint_count", ">", 0]])
        self.assertNotIn(self.customer.id, answer["result"])
        for model, path in (
            ("res.partner", "complaint_ids.name"),
            ("helpdesk.ticket.team", "ticket_ids.name"),
            ("res.users", "partner_id.complaint_ids.name"),
        ):
            answer = self.ask(model, "search", [[path, "ilike", SECRET]])
            self.assertFalse(answer["result"], model)

    def test_not_counted_in_the_pipeline_and_for_the_team(self):
        def counts():
            self.env.invalidate_all()
            rows = self.ask(
                TICKET,
                "web_read_group",
                [["is_complaint", "=", True], ["team_id", "=", self.team.id]],
                ["stage_id"],
                ["__count"],
            )["result"]["groups"]
            bar = self.ask(
                TICKET,
                "read_progress_bar",
                [["team_id", "=", self.team.id]],
                "stage_id",
                {"field": "complaint_sla_state", "colors": {"on_track": "success"}},
            )["result"]
            team = self.ask(
                "helpdesk.ticket.team",
                "read",
                self.team.ids,
                [
                    "todo_ticket_count",
                    "todo_ticket_count_unassigned",
                    "todo_ticket_count_unattended",
                    "todo_ticket_count_high_priority",
                ],
            )["result"][0]
            return (
                sum(row["__count"] for row in rows),
                sum(sum(states.values()) for states in bar.values()),
                team["todo_ticket_count"],
            )

        before = counts()
        self.about()
        self.assertEqual(counts(), tuple(count - 1 for count in before))

    # ---------------------------------------------------
    # Parts of the complaint
    # ---------------------------------------------------

    def test_its_parts(self):
        place = {"ticket_id": self.complaint.id}
        parts = [
            (self.complaint.sudo().complaint_milestone_ids.sudo(False), ["deadline"]),
            (
                self.env["complaint.extension"].create({"reason": SECRET, **place}),
                ["reason"],
            ),
            (
                self.env["complaint.event"].create({"name": SECRET, **place}),
                ["name"],
            ),
            (
                self.env["complaint.dead.letter"].create(
                    {
                        "raw": b64encode(b"Subject: Zanzibar"),
                        "name": SECRET,
                        "team_id": self.team.id,
                        "company_id": self.company_a.id,
                        **place,
                    }
                ),
                ["name"],
            ),
            (
                self.env["complaint.incoming.mail"].create(
                    {
                        "key": "0" * 64,
                        "received_at": fields.Datetime.now(),
                        "company_id": self.company_a.id,
                        "email_from": SECRET,
                        **place,
                    }
                ),
                ["email_from"],
            ),
        ]
        for records, names in parts:
            with self.subTest(records._name):
                self.assertTrue(self.finds(records, names, "ticket_id"), "at first")
        self.about()
        for records, names in parts:
            with self.subTest(records._name):
                self.assertEqual(self.finds(records, names, "ticket_id"), [])

    # ---------------------------------------------------
    # Inbox and counters
    # ---------------------------------------------------

    def mail_data(self, *names):
        self.log_in(self.concerned)
        self.env.flush_all()
        return self.call("/mail/data", fetch_params=list(names))

    def test_counters_and_inbox(self):
        def counters():
            answer = self.mail_data("init_messaging")
            store = answer["result"]["Store"]
            store = store[0] if isinstance(store, list) else store
            return (store["inbox"]["counter"], store["starred"]["counter"])

        inbox, starred = counters()
        self.assertTrue(inbox)
        self.assertEqual(starred, 1)
        self.about()
        self.assertEqual(counters(), (0, 0))
        for route in ("/mail/inbox/messages", "/mail/starred/messages"):
            self.assertSilent(self.call(route))

    def test_failed_mails_are_not_shown_to_their_author(self):
        message = self.hidden.message_ids.filtered(
            lambda m: m.author_id == self.partner
        )[:1]
        self.about()
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.customer.id,
                "notification_type": "email",
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
            }
        )
        with self.assertBusNothingFor(self.concerned):
            message.sudo()._notify_message_notification_update()
        self.assertSilent(self.mail_data("failures"))

    def assertBusNothingFor(self, user):
        case = self

        class Nothing:
            def __enter__(self):
                case.env.cr.precommit.run()
                case.env["bus.bus"].search([]).unlink()

            def __exit__(self, *_error):
                case.env.cr.precommit.run()
                rows = case.env["bus.bus"].search([])
                channels = [row.channel for row in rows]
                case.assertFalse(
                    [c for c in channels if f'"res.partner",{user.partner_id.id}' in c]
                    + [c for c in channels if f'"res.users",{user.id}' in c],
                    channels,
                )

        return Nothing()

    def test_activities_in_the_menu(self):
        self.hidden.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.concerned.id
        )
        self.env["mail.activity"].search(
            [("user_id", "=", self.concerned.id), ("res_id", "!=", self.complaint.id)]
        ).unlink()
        self.about()
        # an activity that is theirs nevertheless
        activity = self.complaint.sudo().activity_ids[0]
        self.env.cr.execute(
            "UPDATE mail_activity SET user_id = %s WHERE id = %s",
            (self.concerned.id, activity.id),
        )
        self.env.invalidate_all()
        answer = self.mail_data("systray_get_activities")
        self.assertSilent(answer)
        groups = answer["result"]["Store"]
        groups = groups[0] if isinstance(groups, list) else groups
        self.assertFalse(
            [g for g in groups["activityGroups"] if g["total_count"]], groups
        )

    # ---------------------------------------------------
    # What is planned, sent and posted later
    # ---------------------------------------------------

    def test_no_activity_is_theirs_later(self):
        self.about()
        todo = "mail.mail_activity_data_todo"
        ticket = self.complaint
        planned = ticket.activity_schedule(todo, user_id=self.concerned.id)
        self.assertEqual(planned.user_id, self.leader)
        self.env.flush_all()
        planned |= (
            self.env["mail.activity"]
            .with_user(self.leader)
            .create(
                {
                    "activity_type_id": self.env.ref(todo).id,
                    "res_model_id": self.env["ir.model"]._get_id(TICKET),
                    "res_id": ticket.id,
                    "user_id": self.concerned.id,
                }
            )
        )
        planned[0].user_id = self.concerned
        planned[1].write({"user_id": self.concerned.id, "summary": "Now you"})
        self.assertEqual(planned.user_id, self.leader)
        self.assertNotIn(self.partner, ticket.message_partner_ids)
        elsewhere = self.other().activity_schedule(todo, user_id=self.concerned.id)
        self.assertEqual(elsewhere.user_id, self.concerned)

    def test_nothing_is_mailed_to_them_by_rules(self):
        template = self.env["mail.template"].create(
            {
                "name": "Tell Carl",
                "model_id": self.env["ir.model"]._get_id(TICKET),
                "subject": SECRET,
                "body_html": SECRET,
                "use_default_to": False,
                "partner_to": f"{self.partner.id},{self.customer.id}",
                "email_to": f"Carl <{self.concerned.email}>, other@example.com",
            }
        )
        mail = self.env["mail.mail"].browse(template.send_mail(self.complaint.id))
        self.assertIn(self.partner, mail.recipient_ids)
        self.about()
        mail = self.env["mail.mail"].browse(template.send_mail(self.complaint.id))
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertNotIn(self.concerned.email, mail.email_to)
        self.assertIn("other@example.com", mail.email_to)
        template.write({"partner_to": f"{self.partner.id}", "email_to": False})
        mail = self.env["mail.mail"].browse(template.send_mail(self.complaint.id))
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(mail.state, "cancel")
        elsewhere = self.env["mail.mail"].browse(template.send_mail(self.other().id))
        self.assertEqual(elsewhere.recipient_ids, self.partner)

    def test_rules_that_name_them(self):
        """An administrator's rule gives everything critical to one colleague."""
        template = self.env["mail.template"].create(
            {
                "name": "Tell Carl",
                "model_id": self.env["ir.model"]._get_id(TICKET),
                "subject": SECRET,
                "body_html": SECRET,
                "use_default_to": False,
                "partner_to": f"{self.partner.id}",
            }
        )
        todo = self.env.ref("mail.mail_activity_data_todo")
        actions = (
            {
                "state": "next_activity",
                "activity_type_id": todo.id,
                "activity_user_type": "specific",
                "activity_user_id": self.concerned.id,
                "activity_summary": "See to it",
            },
            {
                "state": "followers",
                "followers_type": "specific",
                "partner_ids": [Command.set(self.partner.ids)],
            },
            {
                "state": "mail_post",
                "mail_post_method": "email",
                "template_id": template.id,
            },
            {
                "state": "mail_post",
                "mail_post_method": "comment",
                "template_id": template.id,
            },
        )
        model = self.env["ir.model"]._get(TICKET)
        self.env["base.automation"].create(
            {
                "name": "What is critical is Carl's",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    Command.set(
                        self.env["ir.model.fields"]
                        ._get(TICKET, "complaint_severity")
                        .ids
                    )
                ],
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "It",
                            "model_id": model.id,
                            "usage": "base_automation",
                            **action,
                        }
                    )
                    for action in actions
                ],
            }
        )
        other = self.other(user_id=False)
        self.complaint.user_id = False
        self.about()
        for ticket, told in ((other, True), (self.complaint, False)):
            ticket.complaint_severity = "critical"
            self.env.flush_all()
            with self.subTest(told=told):
                activity = ticket.activity_ids.filtered(
                    lambda a: a.summary == "See to it"
                )
                self.assertEqual(
                    activity.user_id, self.concerned if told else self.leader
                )
                self.assertEqual(self.partner in ticket.message_partner_ids, told)
                messages = ticket.message_ids
                self.assertEqual(self.partner in messages.notified_partner_ids, told)
                mails = self.env["mail.mail"].search(
                    [("model", "=", TICKET), ("res_id", "=", ticket.id)]
                )
                self.assertEqual(self.partner in mails.recipient_ids, told)

    def test_mentions_neither_tell_nor_subscribe(self):
        self.about()
        self.log_in(self.leader)
        answer = self.call(
            "/mail/message/post",
            thread_model=TICKET,
            thread_id=self.complaint.id,
            post_data={
                "body": f"@Carl, {SECRET}",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_note",
                "partner_ids": self.partner.ids,
            },
        )
        self.assertIn("result", answer)
        message = self.complaint.message_ids[0]
        self.assertIn("@Carl", message.body)
        self.assertFalse(message.partner_ids & self.partner)
        self.assertFalse(message.notified_partner_ids & self.partner)
        self.assertNotIn(self.partner, self.complaint.message_partner_ids)
        self.complaint.message_notify(
            body=SECRET, partner_ids=self.partner.ids, subject=SECRET
        )
        self.assertEqual(self.finds(self.complaint.message_ids[0], ["body"]), [])
        self.assertFalse(
            self.env["mail.notification"].search(
                [
                    ("mail_message_id", "in", self.complaint.message_ids.ids),
                    ("res_partner_id", "=", self.partner.id),
                ]
            )
        )

    def test_what_they_wanted_to_send_is_not_sent(self):
        self.env["mail.scheduled.message"].with_user(self.concerned).create(
            {
                "model": TICKET,
                "res_id": self.complaint.id,
                "body": "It was not me.",
                "author_id": self.partner.id,
                "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.about()
        self.assertFalse(
            self.env["mail.scheduled.message"].search(
                [("res_id", "=", self.complaint.id)]
            )
        )
        self.assertIn("It was not me.", self.complaint.message_ids[0].body)
        self.assertFalse(self.complaint.message_ids[0].notified_partner_ids)

    def test_promises_are_kept_by_somebody_else(self):
        kind = self.env["complaint.remedy.type"].search([], limit=1)
        self.move(self.complaint, "solution")
        remedy = self.env["complaint.remedy"].create(
            {
                "ticket_id": self.complaint.id,
                "type_id": kind.id,
                "description": SECRET,
                "user_id": self.concerned.id,
            }
        )
        self.about()
        self.assertEqual(remedy.user_id, self.leader)
        self.assertEqual(self.finds(remedy, ["description"]), [])

    # ---------------------------------------------------
    # Pages
    # ---------------------------------------------------

    def test_links_with_a_token_do_not_let_them_in(self):
        token = self.complaint._portal_ensure_token()
        Ticket = self.Ticket.with_user(self.concerned)
        reach = Ticket._get_thread_with_access
        self.assertTrue(reach(self.complaint.id, token=token))
        self.about()
        self.assertFalse(reach(self.complaint.id, token=token))
        self.log_in(self.concerned)
        for url in (
            f"/my/ticket/{self.complaint.id}?access_token={token}",
            f"/mail/view?model={TICKET}&res_id={self.complaint.id}&access_token={token}",
        ):
            self.assertNotIn(SECRET, self.url_open(url).text)
        for route, params in (
            (
                "/mail/thread/messages",
                {"thread_model": TICKET, "thread_id": self.complaint.id},
            ),
            (
                "/mail/chatter_fetch",
                {
                    "thread_model": TICKET,
                    "thread_id": self.complaint.id,
                    "token": token,
                },
            ),
        ):
            with self.subTest(route), mute_logger("odoo.http"):
                self.assertSilent(self.call(route, **params))
        # nor once they have signed out; the link of the next letter works
        self.authenticate(None, None)
        page = self.url_open(f"/my/ticket/{self.complaint.id}?access_token={token}")
        self.assertNotIn(SECRET, page.text)
        token = self.complaint.sudo()._portal_ensure_token()
        page = self.url_open(f"/my/ticket/{self.complaint.id}?access_token={token}")
        self.assertIn(SECRET, page.text)

    def test_its_wizards_tell_them_nothing(self):
        self.move(self.complaint, "follow_up")
        wizards = [
            name
            for name in self.env.registry
            if self.env[name]._transient and "ticket_id" in self.env[name]._fields
            if self.env[name]._fields["ticket_id"].comodel_name == TICKET
            if self.env[name].with_user(self.concerned).has_access("create")
        ]
        self.assertIn("complaint.follow.up", wizards)
        rows = {}
        for name in wizards:
            answer = self.ask(name, "create", [{"ticket_id": self.complaint.id}])
            rows[name] = answer.get("result")
        self.assertTrue(rows["complaint.follow.up"])
        self.about()
        values = {"ticket_id": self.complaint.id}
        context = {f"default_{name}": value for name, value in values.items()}
        for name in wizards:
            Wizard = self.env[name].with_user(self.concerned)
            names = [
                field.name
                for field in Wizard._fields.values()
                if Wizard._has_field_access(field, "read")
            ]
            spec = {field: {} for field in names}
            asked = [
                ("onchange", [[], values, ["ticket_id"], spec], {}),
                ("onchange", [[], {}, [], spec], {"context": context}),
                ("create", [[values]], {}),
                ("default_get", [names], {"context": context}),
            ]
            if rows[name]:
                asked += [
                    ("read", [rows[name], names], {}),
                    ("web_read", [rows[name], spec], {}),
                    ("onchange", [rows[name], values, ["ticket_id"], spec], {}),
                ]
            for method, args, kwargs in asked:
                with self.subTest(name, method=method):
                    answer = self.ask(name, method, *args, **kwargs)
                    answer.get("error", {}).get("data", {}).pop("debug", None)
                    self.assertSilent(answer)
                    self.assertNotIn(self.customer.name, json.dumps(answer))

    def test_letters_cannot_be_rendered_on_it(self):
        template = self.env.ref("crm_complaints.mail_template_acknowledgement")
        self.about()
        for name, values in (
            (
                "mail.compose.message",
                {
                    "model": TICKET,
                    "res_ids": str(self.complaint.ids),
                    "template_id": template.id,
                    "composition_mode": "comment",
                },
            ),
            (
                "mail.template.preview",
                {
                    "mail_template_id": template.id,
                    "resource_ref": f"{TICKET},{self.complaint.id}",
                },
            ),
        ):
            with self.subTest(name):
                spec = {
                    field: {}
                    for field in ("body", "body_html", "subject")
                    if field in self.env[name]._fields
                }
                self.assertSilent(self.ask(name, "web_save", [], values, spec))
                self.assertSilent(
                    self.ask(name, "onchange", [], values, list(values), spec)
                )

    def test_over_json_2_as_well(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.concerned)
            ._generate("rpc", "Script", fields.Datetime.now() + timedelta(days=1))
        )

        def ask(model, method, **params):
            self.env.flush_all()
            with mute_logger("odoo.http"):
                return self.url_open(
                    f"/json/2/{model}/{method}",
                    data=json.dumps(params),
                    headers={
                        "Content-Type": "application/json",
                        "Authorization": f"Bearer {key}",
                    },
                ).json()

        domain = [["model", "=", TICKET], ["res_id", "=", self.complaint.id]]
        asked = (
            ("mail.message", "search_read", {"domain": domain, "fields": ["body"]}),
            ("mail.message", "read", {"ids": self.complaint.message_ids.ids}),
            (TICKET, "search_read", {"domain": [["name", "ilike", SECRET]]}),
            (TICKET, "read", {"ids": self.complaint.ids}),
            (
                TICKET,
                "web_read",
                {"ids": self.complaint.ids, "specification": {"name": {}}},
            ),
        )
        for model, method, params in asked[:2]:
            self.assertIn(SECRET, json.dumps(ask(model, method, **params)))
        self.about()
        for model, method, params in asked:
            with self.subTest(model, method=method):
                answer = ask(model, method, **params)
                self.assertNotIn(SECRET, json.dumps(answer))
                self.assertTrue(answer == [] or "AccessError" in answer["name"])

    # ---------------------------------------------------
    # Everybody else
    # ---------------------------------------------------

    def test_administrators_are_not_kept_out(self):
        """They could grant themselves any right; somebody has to correct mistakes."""
        self.concerned.group_ids += self.env.ref("base.group_system")
        self.about()
        self.assertTrue(self.finds(self.complaint, ["name"]))
        self.assertTrue(self.finds(self.complaint.message_ids[0], ["body"]))

    def test_whoever_is_on_no_list_costs_no_query(self):
        """Rules of mail are evaluated for every message that anybody reads."""
        self.about()
        Message = self.env["mail.message"].with_user(self.leader)
        activities = self.env["mail.activity"].with_user(self.leader)
        messages = self.other().message_ids

        def ask():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Message.search([("id", "in", messages.ids)]).read(["body"])
            activities.search([("res_model", "=", TICKET)])
            return self.env.cr.sql_log_count - before

        ask()
        ours = ask()
        self.env["ir.rule"].search([("name", "like", "not for those")]).active = False
        ask()
        self.assertEqual(ours, ask())

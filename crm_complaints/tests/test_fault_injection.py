"""Fault injection: a complaint is registered, whatever else fails.

Each part that a registration triggers is made to raise in turn: by mail, at the portal,
by the public form and by a handler. What was typed is kept every time, and where
anything was lost somebody is told.
"""

from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import STORED_SESSION_BYTES, Request
from odoo.tests import HttpCase, tagged
from odoo.tools import html2plaintext, mute_logger

from ..controllers import complaints_new
from .fault_common import DATABASE, KINDS, PYTHON, FaultMixin, InjectedFault
from .mail.common import ComplaintMailCommon

TEXT = "The parcel was open, and what was in it is in pieces."
WAYS = ("mail", "portal", "form", "user")
PHOTO = ("photo.png", b"\x89PNG not really one", "image/png")
FAILURE_LOGGERS = (
    "odoo.addons.base_automation.models.base_automation",
    "odoo.addons.mail.models.mail_render_mixin",
)


class FaultCommon(FaultMixin, ComplaintMailCommon, HttpCase):
    clock = None  # sessions have a clock of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["ir.model"]._get("helpdesk.ticket")
        company = cls.company_a
        company.helpdesk_mgmt_portal_select_team = True
        company.complaint_acknowledge_limit = 1000
        (cls.team | cls.ordinary_team).show_in_portal = True
        cls.portal_user.company_ids = [Command.set(company.ids)]
        cls.portal_user.company_id = company
        cls.env.ref("base.public_user").write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        company.complaint_form_limit = 1000
        cls.subjects = 0

    def setUp(self):
        # after the rollback, as rules created here patched the models
        self.addCleanup(self.env["base.automation"]._unregister_hook)
        super().setUp()

    # ---------------------------------------------------
    # The channels
    # ---------------------------------------------------

    def by_mail(self, subject, **kwargs):
        """Let a known customer write to A's desk, with a photograph."""
        name, content, mimetype = PHOTO
        self.env["mail.thread"].message_process(
            None,
            self.mail(
                TEXT,
                attachments=[(name, mimetype, content)],
                From=self.customer.email_formatted,
                Subject=subject,
                **kwargs,
            ),
        )

    def by_portal(self, subject, team=None):
        """Let the same customer fill the form of the portal in."""
        self.authenticate(self.portal_user.login, self.portal_user.login)
        answer = self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": Request.csrf_token(self),
                "subject": subject,
                "description": TEXT,
                "team": (team or self.team).id,
                "category": "",
            },
            files=[("attachment", PHOTO)],
            allow_redirects=False,
        )
        if answer.status_code >= 400:
            raise InjectedFault(f"{answer.status_code}")
        self.assertIn("/my/ticket/", answer.headers["Location"])

    def by_form(self, subject):
        """Let the same customer, not signed in, fill the public form in."""
        self.authenticate(None, None)
        with patch.object(complaints_new, "QUICKEST", 0):
            answer = self.url_open(
                "/complaints/new",
                data={
                    "csrf_token": Request.csrf_token(self),
                    "form_key": self.env["complaint.form.key"]._sign(
                        self.session.sid[:STORED_SESSION_BYTES]
                    ),
                    "story": f"{subject}\n{TEXT}",
                    "email": self.customer.email,
                },
                files=[("attachment", PHOTO)],
                allow_redirects=False,
            )
        if answer.status_code >= 400:
            raise InjectedFault(f"{answer.status_code}")
        self.assertIn("/complaints/sent", answer.headers["Location"])

    def by_user(self, subject, team=None, **values):
        """Let a handler save the form of a new complaint."""
        user = self.handler if not team else self.outsider
        self.Ticket.with_user(user).web_save(
            {
                "name": subject,
                "description": f"<p>{TEXT}</p>",
                "team_id": (team or self.team).id,
                "partner_id": self.customer.id,
                **values,
            },
            {"number": {}},
        )

    def registered(self, way, **kwargs):
        """Let a complaint come in, up to the commit; return it if it is there then."""
        type(self).subjects += 1
        subject = f"Broken on arrival ({self.subjects})"
        getattr(self, f"by_{way}")(subject, **kwargs)
        # tracking happens just before the commit
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        # the form has no subject: the summary is how the description begins
        return self.Ticket.search([("name", "=like", f"{subject}%")])

    # ---------------------------------------------------
    # What remains
    # ---------------------------------------------------

    def told(self, complaint):
        """Return what people read of the failure: notes, activities, failed e-mails."""
        letters = self.env["complaint.dead.letter"].search(
            [("ticket_id", "=", complaint.id), ("state", "=", "open")]
        )
        return "\n".join(
            [
                *complaint.message_ids.mapped(lambda m: html2plaintext(m.body)),
                *complaint.activity_ids.mapped(
                    lambda a: html2plaintext(f"{a.summary} {a.note}")
                ),
                complaint.complaint_acknowledge_note or "",
                *letters.mapped("failure"),
            ]
        )

    def assertStands(self, complaint, files=None):
        self.assertEqual(len(complaint), 1, "registered, once")
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.complaint_phase, "reception")
        self.assertRegex(complaint.number, "^C/")
        self.assertIn(TEXT, " ".join(html2plaintext(complaint.description).split()))
        if files:
            attachment = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "=", complaint.id),
                    ("name", "=", PHOTO[0]),
                ]
            )
            self.assertEqual(attachment.mapped("raw"), [PHOTO[1]], "with its file")

    def _test_fault(
        self,
        *methods,
        ways=WAYS,
        lost=WAYS,
        files=True,
        prepare=None,
        **kwargs,
    ):
        """Let methods fail on each channel, with either kind of error.

        :param ways: channels on which the method is called
        :param lost: those on which something is lost, so that somebody is told
        :param bool files: whether the customer's file is kept all the same
        """
        for way in ways:
            for kind in KINDS:
                with self.subTest(way=way, kind=kind):
                    with (
                        mute_logger(*FAILURE_LOGGERS),
                        self.failing(*methods, kind=kind) as called,
                        # an error that surfaces does not spoil other subtests
                        self.env.cr.savepoint(flush=False),
                    ):
                        complaint = self.registered(way, **kwargs.get(way, {}))
                    self.assertTrue(called, "else nothing is tested")
                    self.assertStands(complaint, files and way != "user")
                    if way in lost:
                        words = PYTHON if kind == "python" else DATABASE
                        self.assertIn(words, self.told(complaint))


@tagged("post_install", "-at_install")
class TestFaultInjection(FaultCommon):
    def test_nothing_fails(self):
        """The basis of other tests: without a fault, complaint and file are there."""
        for way in WAYS:
            with self.subTest(way=way):
                complaint = self.registered(way)
                self.assertStands(complaint, files=way != "user")
                self.assertFalse(self.failures(complaint))
                self.assertEqual(complaint.partner_id, self.customer)

    def failures(self, complaint):
        return self.activities(complaint, "failure") | self.warnings(complaint)

    # ---------------------------------------------------
    # The clock
    # ---------------------------------------------------

    def test_policy_matching(self):
        self._test_fault(("complaint.policy", "_match"))

    def test_settling_the_clock(self):
        self._test_fault(("helpdesk.ticket", "_complaint_settle_milestones"))

    def test_storing_milestones(self):
        self._test_fault(("complaint.milestone", "_store"))

    def test_waking_the_clock_up(self):
        self._test_fault(("complaint.milestone", "_wake_up_at"))

    # ---------------------------------------------------
    # The acknowledgement
    # ---------------------------------------------------

    def test_rendering_the_acknowledgement(self):
        self._test_fault(
            ("mail.template", "_generate_template"),
            user={"channel_id": self.channel_email.id},
        )

    def test_making_the_mail(self):
        self._test_fault(
            ("mail.mail", "create"), user={"channel_id": self.channel_email.id}
        )

    def test_noting_whom_the_mail_goes_to(self):
        self._test_fault(
            ("mail.notification", "create"),
            ways=("mail", "user"),
            user={"channel_id": self.channel_email.id},
        )

    def test_counting_acknowledgements(self):
        self._test_fault(
            ("complaint.quota", "_claim"),
            user={"channel_id": self.channel_email.id},
        )

    def test_planning_the_call_back(self):
        self._test_fault(
            ("helpdesk.ticket", "_complaint_plan_activity"),
            ways=("user",),
            user={"channel_id": self.channel_phone.id},
        )

    def test_template_is_missing(self):
        self.env.ref("crm_complaints.mail_template_acknowledgement").unlink()
        for way, values in (
            ("mail", {}),
            ("portal", {}),
            ("form", {}),
            ("user", {"channel_id": self.channel_email.id}),
        ):
            with self.subTest(way=way):
                complaint = self.registered(way, **values)
                self.assertStands(complaint, files=way != "user")
                self.assertNotAcknowledged(complaint)
                self.assertEqual(self.warnings(complaint).user_id, self.leader)

    # ---------------------------------------------------
    # Activities
    # ---------------------------------------------------

    def test_activity_of_a_call_back(self):
        """The activity that would tell of it fails as well, so a note tells of it."""
        self._test_fault(
            ("mail.activity", "create"),
            ways=("user",),
            user={"channel_id": self.channel_phone.id},
        )

    def test_activity_that_tells_the_leader(self):
        """First something fails, then the activity that tells of it."""
        for first in (
            ("complaint.policy", "_match"),
            ("complaint.milestone", "_store"),
            ("mail.mail", "create"),
        ):
            with self.subTest(first=first):
                self._test_fault(
                    first,
                    ("mail.activity", "create"),
                    user={"channel_id": self.channel_email.id},
                )

    # ---------------------------------------------------
    # Looking partners up
    # ---------------------------------------------------

    def test_looking_partners_up(self):
        for method, files in (
            (("mail.thread", "_partner_find_from_emails_single"), True),
            (("mail.thread", "_partner_find_from_emails"), False),
            (("mail.thread", "_mail_find_partner_from_emails"), False),
            (("res.partner", "_find_or_create_from_emails"), False),
            (("res.partner", "search"), True),
        ):
            with self.subTest(method=method):
                self._test_fault(method, ways=("mail",), files=files)
        self._test_fault(("helpdesk.ticket", "_complaint_find_contact"), ways=("form",))

    # ---------------------------------------------------
    # What comes with it
    # ---------------------------------------------------

    def test_attachment(self):
        self._test_fault(
            ("ir.attachment", "create"),
            ways=("mail", "portal", "form"),
            lost=("mail", "portal"),
            files=False,
        )

    def test_following(self):
        """A mail is then registered without its file, which the failed e-mail keeps."""
        for method in (
            ("mail.thread", "message_subscribe"),
            ("mail.thread", "_message_auto_subscribe"),
            ("mail.followers", "_insert_followers"),
        ):
            with self.subTest(method=method):
                self._test_fault(method, ways=("mail",), files=False)
                self._test_fault(method, ways=("portal",))

    def test_creation_message(self):
        self._test_fault(("helpdesk.ticket", "_creation_message"), ways=("portal",))

    def test_posting_the_mail(self):
        self._test_fault(("mail.thread", "message_post"), ways=("mail",), files=False)

    def test_notifying_of_the_mail(self):
        self._test_fault(("mail.thread", "_notify_thread"), ways=("mail",), files=False)

    # ---------------------------------------------------
    # Tracking
    # ---------------------------------------------------

    def use_stage_mail(self):
        """Let each new complaint send a mail of its stage as well."""
        self.stages["reception"].mail_template_id = self.env["mail.template"].create(
            {
                "name": "Of the stage",
                "model_id": self.model.id,
                "subject": "Stage",
                "body_html": "<p>Stage</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )

    def test_noting_what_changed(self):
        """Only changes are tracked, so a registration alone tracks nothing."""
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.env.cr.flush()
        for kind in KINDS:
            with (
                self.subTest(kind=kind),
                self.failing(
                    ("helpdesk.ticket", "_message_track"), kind=kind
                ) as called,
            ):
                complaint.with_user(self.handler).user_id = (
                    self.leader if kind == "python" else self.handler
                )
                self.env.flush_all()
                self.env.cr.flush()
                self.assertTrue(called)
                words = PYTHON if kind == "python" else DATABASE
                self.assertIn(words, self.told(complaint))

    def test_what_changed_is_noted_beside_other_hooks(self):
        """Other hooks that wait for the commit, such as notifications of browsers."""
        complaint = self.create_complaint(user_id=self.handler.id)
        self.env.cr.flush()
        # a field without effect on the clock, which would track it at once
        complaint.complaint_amount_claimed = 20
        self.env.cr.precommit.add(lambda: None)
        self.env.flush_all()
        self.env.cr.flush()
        self.assertIn(
            20,
            complaint.message_ids.sudo().tracking_value_ids.mapped("new_value_float"),
        )

    def test_choosing_the_mail_of_a_stage(self):
        self.use_stage_mail()
        self._test_fault(("helpdesk.ticket", "_track_template"))

    def test_sending_the_mail_of_a_stage(self):
        self.use_stage_mail()
        self._test_fault(("mail.thread", "message_mail_with_source"))

    def test_posting_the_message_of_a_stage(self):
        template = self.env.ref("crm_complaints.mail_template_extension")

        def _track_template(ticket, changes):
            return {"stage_id": (template, {"composition_mode": "comment"})}

        with patch.object(
            self.registry["helpdesk.ticket"], "_track_template", _track_template
        ):
            self._test_fault(("mail.thread", "message_post_with_source"))

    # ---------------------------------------------------
    # Automation rules
    # ---------------------------------------------------

    @contextmanager
    def rule(self, code, **values):
        """Have an administrator's rule on every ticket in the block."""
        rule = self.env["base.automation"].create(
            {
                "name": "Of the administrator",
                "model_id": self.model.id,
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Of the administrator",
                            "model_id": self.model.id,
                            "state": "code",
                            "code": code,
                            "usage": "base_automation",
                        }
                    )
                ],
                **values,
            }
        )
        try:
            yield rule
        finally:
            self.env.invalidate_all()
            rule.unlink()

    def test_rule(self):
        for code, error in (
            ("1 / 0", "division by zero"),
            ("env.cr.execute('SELECT 1 / 0')", "division by zero"),
            ("record.write({'name': 'Half done'}); int('x')", "invalid literal"),
            ("raise UserError('Name the customer')", "Name the customer"),
        ):
            for way in WAYS:
                shown = "UserError" in code and way == "user"
                with self.subTest(code=code, way=way), self.rule(code):
                    with (
                        mute_logger("odoo.sql_db", *FAILURE_LOGGERS),
                        self.assertRaisesRegex(UserError, error)
                        if shown
                        else nullcontext(),
                        self.env.cr.savepoint(flush=False),
                    ):
                        complaint = self.registered(way)
                    if shown:
                        continue  # told the user, whose form keeps what they typed
                    self.assertStands(complaint, files=way != "user")
                    self.assertIn("Of the administrator", self.told(complaint))
                    self.assertIn(error, self.told(complaint))
                    self.assertEqual(
                        self.activities(complaint, "failure").user_id, self.leader
                    )

    def test_condition_of_a_rule(self):
        for field in ("filter_domain", "filter_pre_domain"):
            for condition in (
                '[("no_such_field", "=", 1)]',
                "[('name', '=', no_such_name)]",
                "[('id', '=', 'ü",
            ):
                with self.rule("pass") as rule:
                    rule.flush_recordset()
                    # past the checks of the form, as with a deleted field
                    self.env.cr.execute(
                        f"UPDATE base_automation SET {field} = %s WHERE id = %s",
                        [condition, rule.id],
                    )
                    rule.invalidate_recordset(flush=False)
                    for way in WAYS:
                        with (
                            self.subTest(field=field, condition=condition, way=way),
                            mute_logger("odoo.sql_db", *FAILURE_LOGGERS),
                            self.env.cr.savepoint(flush=False),
                        ):
                            complaint = self.registered(way)
                            self.assertStands(complaint, files=way != "user")
                            if field == "filter_domain":
                                self.assertIn(rule.name, self.told(complaint))

    def test_rule_that_fails_and_cannot_be_told_of(self):
        """Where no activity can be planned, the note on the complaint tells of it."""
        with self.rule("int('Of the rule')"):
            for way in WAYS:
                for kind in KINDS:
                    with (
                        self.subTest(way=way, kind=kind),
                        mute_logger(*FAILURE_LOGGERS),
                        self.failing(("mail.activity", "create"), kind=kind) as called,
                        self.env.cr.savepoint(flush=False),
                    ):
                        complaint = self.registered(way)
                        self.assertTrue(called)
                        self.assertStands(complaint, files=way != "user")
                        self.assertIn("Of the rule", self.told(complaint))

    # ---------------------------------------------------
    # Ordinary tickets
    # ---------------------------------------------------

    def test_ordinary_ticket_fails_as_without_us(self):
        """The error surfaces, as this addon changes nothing for ordinary tickets."""
        self.ordinary_team.write(
            {"alias_name": "support-a", "alias_domain_id": self.mail_alias_domain.id}
        )
        ways = {
            "mail": {"To": "support-a@test.mycompany.com"},
            "portal": {"team": self.ordinary_team},
            "user": {"team": self.ordinary_team},
        }
        for method, which in (
            (("mail.thread", "message_subscribe"), ("mail", "portal")),
            (("ir.attachment", "create"), ("mail", "portal")),
            (("helpdesk.ticket", "_track_template"), ("mail", "portal", "user")),
        ):
            for way in which:
                with (
                    self.subTest(method=method, way=way),
                    self.assertRaises(InjectedFault),
                    self.env.cr.savepoint(),
                    mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http"),
                    self.failing(method) as called,
                ):
                    self.registered(way, **ways[way])
                self.assertTrue(called)
        for way, values in ways.items():
            with (
                self.subTest(way=way),
                self.rule("1 / 0"),
                self.assertRaises(
                    InjectedFault if way == "portal" else ZeroDivisionError
                ),
                self.env.cr.savepoint(),
                mute_logger(
                    "odoo.http",
                    "odoo.addons.http_routing.models.ir_http",
                    *FAILURE_LOGGERS,
                ),
            ):
                self.registered(way, **values)

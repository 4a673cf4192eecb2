"""Complaints by mail from end to end: real servers, with nothing of Odoo's mail mocked."""

import imaplib
import poplib
from unittest.mock import Mock, patch

from psycopg2.errors import SerializationFailure

from odoo.tests import BaseCase, tagged
from odoo.tests.test_cursor import TestCursor
from odoo.tools import mute_logger
from odoo.tools.misc import Callbacks

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.models import mail_mail

from .common import ComplaintMailCommon
from .servers import HOST, PASSWORD, SEEN, USER, Mailbox, SmtpServer, message_ids

ANNA = "anna@weber.example"


class _Production:
    """Stands for ``odoo.modules`` where mails are sent: no test is running."""

    class module:
        current_test = None


@tagged("post_install", "-at_install")
class TestMailServers(ComplaintMailCommon):
    """What goes through Odoo's fetcher and its mail server, as in production.

    Only what a test cannot do is left out: committing. The cursors behave as if they
    did, and the journal tells when, and how many complaints there were then.
    """

    def set_up_gateway(self):
        self.journal = []
        self.mailbox = Mailbox(self.journal)
        self.smtp = SmtpServer(self.journal)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {
                "name": "Loopback",
                "smtp_host": HOST,
                "smtp_port": self.enterContext(self.smtp.listening()),
                "smtp_encryption": "none",
                "from_filter": f"{self.mail_alias_domain.name},"
                f"{self.mail_alias_domain_c2.name}",
            }
        )
        # Odoo's own tests of sending lift its brake in this way, too
        self.patch(IrMail_Server, "_disable_send", lambda *args: False)
        # else a mail goes before what it tells is committed
        self.patch(mail_mail, "modules", _Production)
        # what the database says, once each, to committing another complaint
        self.commit_errors = []
        self.patch(TestCursor, "commit", self._commit())

    def _commit(self):
        """Return what commits as a real cursor does, and notes it in the journal."""
        commit = TestCursor.commit

        def _commit(cursor):
            cursor.flush()
            callbacks, cursor.postcommit = cursor.postcommit, Callbacks()
            cursor._cursor.execute(
                "SELECT COUNT(*) FROM helpdesk_ticket WHERE team_id = %s",
                [self.team.id],
            )
            committed = ("committed", cursor._cursor.fetchone()[0])
            if committed[1] and committed not in self.journal and self.commit_errors:
                raise self.commit_errors.pop(0)
            commit(cursor)
            cursor.postcommit = callbacks
            self.journal.append(committed)
            callbacks.run()

        return _commit

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def server(self, server_type, port):
        return self.env["fetchmail.server"].create(
            {
                "name": "Loopback",
                "server_type": server_type,
                "server": HOST,
                "port": port,
                "user": USER,
                "password": PASSWORD,
            }
        )

    def fetch(self, server_type="imap"):
        """Let Odoo fetch the mail; return the complaints there are then."""
        serve = {"imap": self.mailbox.imap, "pop": self.mailbox.pop}[server_type]
        with serve() as port:
            server = self.server(server_type, port)
            server.button_confirm_login()
            with self.enter_registry_test_mode(), self.registry.cursor() as cursor:
                server.with_env(self.env(cr=cursor)).fetch_mail()
        self.assertFalse(server.error_message)
        return self.Ticket.search([("team_id", "=", self.team.id)], order="id")

    def acknowledgements(self):
        return [mail for mail in self.smtp.mails if mail["Auto-Submitted"]]

    def happened(self, *actions):
        """Return the entries of the journal on these actions."""
        return [entry for entry in self.journal if entry[0] in actions]

    def mail_from_anna(self, **kwargs):
        return self.mail(**{"From": f"Anna Weber <{ANNA}>", **kwargs})

    def answer_to(self, mail, body):
        """Return what a mail program sends when somebody answers ``mail``."""
        own_id = message_ids(mail, "Message-ID")
        return self.mail(
            body,
            From=str(mail["To"]),
            To=str(mail["Reply-To"]),
            Subject=f"Re: {mail['Subject']}",
            In_Reply_To=own_id[0],
            References=" ".join(message_ids(mail, "References") + own_id),
        )

    def translate_acknowledgement(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_complaints.mail_template_acknowledgement")
        template = template.with_context(lang="fr_FR")
        template.subject = "Réclamation {{ object.number }}"
        template.body_html = (
            '<p>Merci. Réponse avant le <t t-out="format_datetime('
            "object.complaint_promised_at, tz=object.complaint_tz,"
            " dt_format='d MMMM y')\"/></p>"
        )

    def assertAcknowledgesMail(self, answer, complaint, message_id):
        """Fail unless ``answer`` is an automatic answer as RFC 3834 wants it."""
        self.assertEqual(answer["X-Envelope-To"], ANNA)
        self.assertEqual(answer["Auto-Submitted"], "auto-replied")
        self.assertEqual(answer["X-Auto-Response-Suppress"], "All")
        self.assertEqual(message_ids(answer, "In-Reply-To"), [message_id])
        self.assertEqual(message_ids(answer, "References"), [message_id])
        self.assertEqual(
            [address.addr_spec for address in answer["Reply-To"].addresses],
            [self.team.alias_email],
        )
        self.assertIn(complaint.number, answer["Subject"])

    # ---------------------------------------------------
    # There and back
    # ---------------------------------------------------

    def _test_mail_comes_back_as_acknowledgement(self, server_type):
        self.mailbox.put(self.mail_from_anna(Message_Id="<first@weber.example>"))
        complaint = self.fetch(server_type)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertAcknowledged(complaint)
        answer = self.the_acknowledgement()
        self.assertEqual(self.smtp.to(ANNA), [answer])
        self.assertAcknowledgesMail(answer, complaint, "<first@weber.example>")
        self.assertIn("Dear Anna Weber,", self.text_of(answer))

    def test_mail_from_imap_comes_back_as_acknowledgement(self):
        self._test_mail_comes_back_as_acknowledgement("imap")

    def test_mail_from_pop_comes_back_as_acknowledgement(self):
        self._test_mail_comes_back_as_acknowledgement("pop")

    def _test_acknowledged_in_the_customer_s_language(self, server_type):
        self.translate_acknowledgement()
        self.customer.lang = "fr_FR"
        self.mailbox.put(self.mail_from_anna())
        complaint = self.fetch(server_type)
        answer = self.the_acknowledgement()
        self.assertEqual(answer["Subject"], f"Réclamation {complaint.number}")
        self.assertIn("Réponse avant le 16 mars 2026", self.text_of(answer))

    def test_mail_from_imap_is_acknowledged_in_the_customer_s_language(self):
        self._test_acknowledged_in_the_customer_s_language("imap")

    def test_mail_from_pop_is_acknowledged_in_the_customer_s_language(self):
        self._test_acknowledged_in_the_customer_s_language("pop")

    def test_answer_to_the_acknowledgement_goes_to_its_complaint(self):
        self.mailbox.put(self.mail_from_anna())
        complaint = self.fetch()
        answer = self.answer_to(self.the_acknowledgement(), "One more thing.")
        self.mailbox.put(answer)
        self.assertEqual(self.fetch(), complaint, "no further one")
        self.assertIn("One more thing.", complaint.message_ids[0].body)
        self.assertEqual(complaint.message_ids[0].author_id, self.customer)
        self.the_acknowledgement()
        self.assertEqual(len(self.smtp.to(ANNA)), 1)

    # ---------------------------------------------------
    # First registered, then told, then taken from the mailbox
    # ---------------------------------------------------

    def _test_order(self, server_type, taken):
        self.mailbox.put(self.mail_from_anna())
        self.fetch(server_type)
        registered = self.journal.index(("committed", 1))
        told = self.journal.index(("sent", ANNA))
        done = self.journal.index((taken, 1))
        self.assertLess(registered, told, "what could be rolled back is not told")
        self.assertLess(registered, done, "what could be rolled back is kept")

    def test_imap_mail_is_marked_as_read_after_it_was_registered(self):
        self._test_order("imap", "seen")

    def test_pop_mail_is_deleted_after_it_was_registered(self):
        self._test_order("pop", "deleted")

    def test_imap_mail_stays_and_is_not_fetched_again(self):
        self.mailbox.put(self.mail_from_anna())
        complaint = self.fetch()
        self.assertEqual(len(self.mailbox.messages), 1)
        self.assertFalse(self.mailbox.unseen())
        self.assertEqual(self.fetch(), complaint)
        self.assertEqual(self.happened("seen"), [("seen", 1)], "taken once")
        self.the_acknowledgement()

    def test_pop_mail_is_gone_and_is_not_fetched_again(self):
        self.mailbox.put(self.mail_from_anna())
        complaint = self.fetch("pop")
        self.assertFalse(self.mailbox.messages)
        self.assertEqual(self.fetch("pop"), complaint)
        self.the_acknowledgement()

    def _test_commit_fails(self, server_type):
        self.commit_errors = [SerializationFailure("could not serialize access")]
        self.mailbox.put(self.mail_from_anna())
        # where it is not tried again at once, the mail is to be there still
        complaint = self.fetch(server_type) or self.fetch(server_type)
        self.assertFalse(self.commit_errors)
        self.assertEqual(len(complaint), 1, "the mail is not lost")
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.smtp.to(ANNA)), 1)

    def test_imap_mail_that_could_not_be_committed_is_not_lost(self):
        self._test_commit_fails("imap")

    def test_pop_mail_that_could_not_be_committed_is_not_lost(self):
        self._test_commit_fails("pop")

    def _test_not_even_kept(self, server_type):
        """Where a mail can be neither processed nor kept, the mailbox has it still."""
        self.mailbox.put(self.mail_from_anna(), self.mail(Subject="The next one"))
        parse = self.registry["mail.thread"].message_parse

        def message_parse(thread, message, **kwargs):
            if ANNA in message["From"]:
                raise ValueError("Unreadable")
            return parse(thread, message, **kwargs)

        with (
            patch.object(self.registry["mail.thread"], "message_parse", message_parse),
            patch.object(
                self.registry["complaint.dead.letter"],
                "create",
                side_effect=OSError("No space left on device"),
            ),
        ):
            complaint = self.fetch(server_type)
        self.assertEqual(complaint.name, "The next one", "it holds nobody up")
        left = self.mailbox.unseen() if server_type == "imap" else self.mailbox.messages
        self.assertEqual(len(left), 1)
        complaints = self.fetch(server_type)
        self.assertEqual(len(complaints), 2)
        self.assertEqual(complaints[1].partner_id, self.customer)
        self.assertEqual(len(self.smtp.to(ANNA)), 1)
        self.assertFalse(self.mailbox.unseen())

    def test_imap_mail_that_cannot_be_kept_stays_unread(self):
        self._test_not_even_kept("imap")

    def test_pop_mail_that_cannot_be_kept_stays_in_the_mailbox(self):
        self._test_not_even_kept("pop")

    def test_imap_mail_stays_unread_if_the_worker_is_killed_when_it_has_it(self):
        self.mailbox.put(self.mail_from_anna())
        with self.mailbox.imap() as port:
            connection = self.server("imap", port)._connect__()
            connection.check_unread_messages()
            # killed before it sends another command
            self.patch(connection, "store", Mock(side_effect=SystemExit))
            with self.assertRaises(SystemExit):
                next(connection.retrieve_unread_messages())
            connection.shutdown()
        self.assertTrue(self.mailbox.unseen())

    # ---------------------------------------------------
    # Many at once
    # ---------------------------------------------------

    def _test_many_at_once(self, server_type):
        """A machine's answer and a mail in no known charset hold nobody else up."""
        people = [f"customer{number}@novak.example" for number in range(18)]
        mails = [self.mail(From=address, Subject=address) for address in people]
        mails[5:5] = [
            self.mail(Auto_Submitted="auto-replied", Subject="Out of the office"),
            self.mail(Subject="Klingon").replace(b'"utf-8"', b'"x-unknown-klingon"'),
        ]
        self.assertIn(b"x-unknown-klingon", mails[6])
        self.assertEqual(len(mails), 20)
        self.mailbox.put(*mails)
        complaints = self.fetch(server_type)
        names = complaints.mapped("name")
        self.assertEqual([name for name in names if name in people], people)
        for address in people:
            self.assertEqual(len(self.smtp.to(address)), 1, address)
        automatic = complaints.filtered(lambda c: c.name == "Out of the office")
        self.assertEqual(len(automatic), 1)
        self.assertNotAcknowledged(automatic)
        self.assertEqual(len(complaints.filtered(lambda c: c.name == "Klingon")), 1)
        self.assertEqual(len(complaints), len(mails))
        self.assertFalse(self.mailbox.unseen())

    def test_many_mails_from_imap_at_once(self):
        self._test_many_at_once("imap")

    def test_many_mails_from_pop_at_once(self):
        self._test_many_at_once("pop")

    # ---------------------------------------------------
    # When it cannot be sent
    # ---------------------------------------------------

    def test_complaint_stands_where_the_customer_s_server_refuses_the_answer(self):
        self.smtp.unknown.add(ANNA)
        self.mailbox.put(self.mail_from_anna())
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            complaint = self.fetch()
        self.assertFalse(self.smtp.to(ANNA))
        self.assertNotAcknowledged(complaint)
        self.assertIn("no such mailbox", complaint.complaint_acknowledge_note)
        self.assertEqual(self.warnings(complaint).user_id, self.leader)


@tagged("post_install", "-at_install")
class TestMailbox(BaseCase):
    """The mailbox keeps to the rules on which what is tested with it rests."""

    def setUp(self):
        super().setUp()
        self.mailbox = Mailbox()
        self.mailbox.put(b"Subject: One\n\n.dot\n", b"Subject: Two\r\n\r\nM\xfcll\r\n")

    def test_imap_client_reads_marks_and_deletes(self):
        with (
            self.mailbox.imap() as port,
            imaplib.IMAP4(HOST, port, timeout=30) as client,
        ):
            client.login(USER, PASSWORD)
            self.assertEqual(client.select(), ("OK", [b"2"]))
            self.assertEqual(client.search(None, "(UNSEEN)")[1], [b"1 2"])
            found = client.fetch(b"2", "(RFC822)")[1]
            self.assertEqual(found[0][1], b"Subject: Two\r\n\r\nM\xfcll\r\n")
            self.assertEqual(client.search(None, "(UNSEEN)")[1], [b"1"])
            client.store(b"2", "-FLAGS", SEEN)
            self.assertEqual(client.search(None, "(UNSEEN)")[1], [b"1 2"])
            client.store(b"1:2", "+FLAGS", r"(\Seen \Deleted)")
            self.assertEqual(client.expunge()[1], [b"1", b"1"])
        self.assertEqual(self.mailbox.messages, [])

    def test_pop_client_deletes_when_it_says_goodbye(self):
        with self.mailbox.pop() as port:
            for goodbye, left in ((poplib.POP3.close, 2), (poplib.POP3.quit, 1)):
                client = poplib.POP3(HOST, port, timeout=30)
                client.user(USER)
                client.pass_(PASSWORD)
                self.assertEqual(client.stat()[0], 2)
                self.assertEqual(client.retr(1)[1], [b"Subject: One", b"", b".dot"])
                client.dele(1)
                self.assertRaises(poplib.error_proto, client.retr, 1)
                goodbye(client)
                self.assertEqual(len(self.mailbox.messages), left)

    def test_wrong_password_is_refused(self):
        with self.mailbox.imap() as port, imaplib.IMAP4(HOST, port) as client:
            self.assertRaises(imaplib.IMAP4.error, client.login, USER, "wrong")

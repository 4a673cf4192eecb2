"""What of a mail's content reaches a complaint: words, pictures and files, and no more."""

import base64
import email
from email import policy
from email.message import EmailMessage
from itertools import count

from hypothesis import given

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..engine import broken_mails
from ..engine.common import property_of
from ..engine.mail_trees import mails
from ..engine.mails import BODY, RECEIPT, tnef
from ..engine.test_mail_layout import words_in
from .common import ComplaintMailCommon

MEGABYTE = 2**20
_numbers = count(1)
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDAT"
    b"x\x9cc\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
HISTORY = """The parcel was open, again.

--
Peter Novak
Novak Ltd, Prague

On Mon, 2 Mar 2026 at 08:00, Shop <shop@us.example> wrote:
> Your order is on its way.
"""
# Which Odoo does not know for one.
GERMAN_HISTORY = """Die Tüte war offen.

Von: Shop <shop@us.example>
Gesendet: Montag, 2. März 2026 08:00
An: Peter Novak <peter@novak.example>
Betreff: Ihre Bestellung

Ihre Bestellung ist unterwegs.
"""
HOSTILE = """<p>The parcel was <b>open</b>.</p><script>steal()</script>
<img src="https://spy.example/photo.png" alt="The parcel" width="300">
<form action="https://spy.example/"><input name="password"><button>Go</button></form>
<a href="javascript:steal()">more</a><p onclick="steal()">Bye</p>"""


@tagged("post_install", "-at_install")
class TestMailContent(ComplaintMailCommon):
    def text(self, html):
        return " ".join(html2plaintext(html).split())

    def files(self, complaint):
        """Return the files of a complaint, as name -> content."""
        return {file.name: file.raw for file in complaint.attachment_ids}

    def html_mail(self, html, picture=None):
        """Return a mail with that text, and a picture that stands in it."""
        mail = EmailMessage()
        mail["Message-Id"] = "<html@novak.example>"
        mail["From"] = "Peter Novak <peter@novak.example>"
        mail["To"] = self.team.alias_email
        mail["Subject"] = "Broken on arrival"
        mail.set_content(html, subtype="html")
        if picture:
            mail.add_related(picture, "image", "png", cid="<photo@novak.example>")
        return mail.as_bytes()

    # ---------------------------------------------------
    # Words
    # ---------------------------------------------------

    def test_quotes_and_signature_are_folded_away_and_not_in_the_description(self):
        complaint = self.receive(body=HISTORY, Subject="Re: Your order")
        self.assertEqual(
            self.text(complaint.description), "The parcel was open, again."
        )
        (message,) = complaint.message_ids.filtered(lambda m: "again" in m.body)
        for words in ("Novak Ltd", "on its way"):
            self.assertIn(words, message.body, "nothing is lost")
        self.assertIn("data-o-mail-quote", message.body)

    def test_history_under_an_answer_is_folded_away(self):
        complaint = self.receive()
        self.answer(self.the_acknowledgement()["Message-Id"], body=GERMAN_HISTORY)
        body = self.newest(complaint).body
        quoted = body.index("data-o-mail-quote")
        self.assertLess(body.index("offen"), quoted)
        self.assertLess(quoted, body.index("unterwegs"))
        self.assertEqual(self.text(complaint.description), "The parcel was open.")

    def test_nothing_of_a_mail_acts_or_is_loaded(self):
        complaint = self.receive(self.html_mail(HOSTILE))
        (message,) = complaint.message_ids.filtered(lambda m: "Bye" in m.body)
        for html in (complaint.description, message.body):
            for evil in ("steal", "<script", "<form", "<input", "<button", "<img"):
                self.assertNotIn(evil, html)
            self.assertIn("<b>open</b>", html)
            self.assertIn('href="https://spy.example/photo.png"', html, "to be opened")

    def test_picture_that_comes_along_is_shown(self):
        html = '<p>See:</p><img src="cid:photo@novak.example">'
        complaint = self.receive(self.html_mail(html, picture=PNG))
        (picture,) = complaint.attachment_ids
        self.assertEqual(picture.raw, PNG)
        self.assertIn(f'src="/web/image/{picture.id}', complaint.description)

    def test_deep_html_is_shown_whole(self):
        for depth in (300, 3_000):
            html = "<p>FIRST</p>" + "<blockquote>" * depth + "DEEP WORDS"
            html += "</blockquote>" * depth + "<p>LAST</p>"
            complaint = self.receive(
                self.html_mail(html).replace(b"<html@", b"<%d@" % depth)
            )
            message = self.newest(complaint)
            for shown in (complaint.description, message.body):
                for words in ("FIRST", "DEEP WORDS", "LAST"):
                    self.assertIn(words, shown)

    def test_large_picture_in_the_html_becomes_a_file(self):
        data = base64.b64encode(PNG + bytes(3 * MEGABYTE)).decode()
        html = f'<p>See:</p><img src="data:image/png;base64,{data}"><p>AFTER</p>'
        complaint = self.receive(self.html_mail(html))
        (picture,) = complaint.attachment_ids
        self.assertEqual(picture.raw[:100], PNG + bytes(100 - len(PNG)))
        self.assertIn(f'src="/web/image/{picture.id}', complaint.description)
        self.assertIn("AFTER", complaint.description)
        self.assertIn("AFTER", self.newest(complaint).body)

    def test_words_beside_a_mail_in_the_mail_are_shown(self):
        inner = EmailMessage()
        inner["Subject"] = "My heating"
        inner.set_content("INNER plain")
        inner.add_alternative("<p>INNER HTML</p>", subtype="html")
        mail = email.message_from_bytes(self.mail("OUTER words"), policy=policy.SMTP)
        mail.add_attachment(inner)
        complaint = self.receive(mail.as_bytes())
        self.assertEqual(self.text(complaint.description), "OUTER words")
        self.assertNotIn("INNER", self.newest(complaint).body)
        (kept,) = complaint.attachment_ids
        self.assertEqual(kept.name, "My heating.eml")
        self.assertIn(b"INNER HTML", kept.raw)

    def test_sealed_words_are_shown_as_not_verified(self):
        head = self.mail().partition(b"Content-Type")[0].decode()
        text = broken_mails.smime(broken_mails.plain("The parcel was open."))
        complaint = self.receive(f"{head}{text}".encode())
        self.assertEqual(self.text(complaint.description), "The parcel was open.")
        body = self.newest(complaint).body
        self.assertIn("The parcel was open.", body)
        self.assertIn("The signature was not verified.", body)
        self.assertEqual(complaint.attachment_ids.name, "smime.p7m")

    def test_encrypted_mail_says_so(self):
        head = self.mail().partition(b"Content-Type")[0].decode()
        text = broken_mails.smime("", kind_of="2a864886f70d010703")
        complaint = self.receive(f"{head}{text}".encode())
        for shown in (complaint.description, self.newest(complaint).body):
            self.assertIn("This e-mail is encrypted", shown)
        self.assertEqual(complaint.attachment_ids.name, "smime.p7m")

    def test_invitation_alone_is_read_out_and_kept(self):
        head = self.mail().partition(b"Content-Type")[0].decode()
        text = f"Content-Type: text/calendar\n\n{broken_mails.INVITATION}"
        complaint = self.receive(f"{head}{text}".encode())
        shown = self.text(complaint.description)
        for words in ("Talk, please", "2026-12-01 09:00", "Room 5", "broken door"):
            self.assertIn(words, shown)
        self.assertNotIn("VCALENDAR", shown)
        self.assertIn(b"BEGIN:VEVENT", self.files(complaint)["invite.ics"])

    @property_of(15)
    @given(mails(depth=2))
    def test_each_word_of_any_mail_is_shown_or_lies_in_a_file(self, made):
        raw = made.raw.replace(b"desk@us.example", self.team.alias_email.encode())
        raw = raw.replace(b"<a@example", b"<%d@example" % next(_numbers))
        complaint = self.receive(raw)
        self.assertTrue(complaint.is_complaint)
        body = self.text(self.newest(complaint).body)
        shown = self.text(complaint.description)
        contents = " ".join(words_in(file.raw) for file in complaint.attachment_ids)
        at = 0
        for word in made.shown:
            self.assertIn(word, body)
            at = shown.find(word, at)
            self.assertGreaterEqual(at, 0, (word, shown))
        for word in made.kept:
            if word.startswith("mark"):
                self.assertIn(word, body + contents)

    # ---------------------------------------------------
    # Files
    # ---------------------------------------------------

    def test_an_empty_file_is_named(self):
        complaint = self.receive(
            attachments=[
                ("empty.pdf", "application/pdf", b""),
                ("bill.pdf", "application/pdf", b"%PDF"),
            ]
        )
        self.assertEqual(list(self.files(complaint)), ["bill.pdf"])
        (note,) = complaint.message_ids.filtered(
            lambda m: "empty.pdf" in (m.body or "")
        )
        self.assertIn("empty.pdf (empty file)", note.body)
        self.assertTrue(note.subtype_id.internal)

    def test_original_is_kept_as_it_came(self):
        raw = self.mail("OUTER", attachments=[("a.pdf", "application/pdf", b"%PDF")])
        ticket_id = self.env["mail.thread"].message_process(
            None, raw, save_original=True
        )
        files = self.files(self.Ticket.browse(ticket_id))
        self.assertEqual(files["original_email.eml"], raw)

    def test_winmail_is_unpacked(self):
        attachments = [("winmail.dat", "application/ms-tnef", tnef(BODY, RECEIPT))]
        complaint = self.receive(attachments=attachments)
        self.assertEqual(
            self.files(complaint), {"Kassenbon März.pdf": b"%PDF-1.4 receipt"}
        )

    def test_winmail_that_cannot_be_unpacked_is_kept(self):
        attachments = [("winmail.dat", "application/ms-tnef", b"no such thing")]
        complaint = self.receive(attachments=attachments)
        self.assertEqual(self.files(complaint), {"winmail.dat": b"no such thing"})

    def test_invitation_is_kept_as_a_file(self):
        invitation = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
        complaint = self.receive(attachments=[(None, "text/calendar", invitation)])
        self.assertEqual(list(self.files(complaint)), ["invite.ics"])
        self.assertEqual(self.text(complaint.description), "The parcel was open.")

    def test_odd_names_can_be_read_and_saved(self):
        odd = ("../../etc/passwd", "C:\\bill.pdf", "bill\u202efdp.exe", None, "x" * 300)
        complaint = self.receive(
            attachments=[
                (name, "application/pdf", f"%PDF {number}".encode())
                for number, name in enumerate(odd)
            ]
        )
        files = self.files(complaint)
        self.assertEqual(
            set(files.values()), {f"%PDF {n}".encode() for n in range(len(odd))}
        )
        for name in files:
            self.assertRegex(name, r"\A[^/\\\u202e]{1,200}\Z")

    def test_file_that_is_too_large_is_left_out_and_named(self):
        self.company_a.complaint_attachment_limit = 1
        complaint = self.receive(
            attachments=[
                ("film.mp4", "video/mp4", b"f" * (2 * MEGABYTE)),
                ("photo.png", "image/png", PNG),
            ]
        )
        self.assertEqual(list(self.files(complaint)), ["photo.png"])
        self.assertAcknowledged(complaint)
        notes = complaint.message_ids.filtered(lambda m: "film.mp4" in (m.body or ""))
        self.assertEqual(len(notes), 1)
        self.assertIn("film.mp4 (2 MB)", notes.body)
        self.assertTrue(notes.subtype_id.internal)

    def test_large_file_is_kept_within_the_setting(self):
        self.assertEqual(self.company_a.complaint_attachment_limit, 25)
        film = b"f" * (25 * MEGABYTE)
        complaint = self.receive(attachments=[("film.mp4", "video/mp4", film)])
        files = self.files(complaint)
        self.assertEqual(list(files), ["film.mp4"])
        self.assertTrue(files["film.mp4"] == film, "unchanged")  # too long to be shown

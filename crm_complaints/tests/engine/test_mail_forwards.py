"""Forwarded mail: whose words a colleague passes on, by all programs and languages."""

import base64
import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.forwards import originals
from .common import PROPERTY
from .mails import parsed
from .test_mail_senders import HOUSE, OWN, customers

# Prefix of the subject; From, sent, to and subject as Outlook has them; a marker.
LANGUAGES = {
    "en": ("FW", "From", "Sent", "To", "Subject", "Forwarded Message"),
    "de": ("WG", "Von", "Gesendet", "An", "Betreff", "Weitergeleitete Nachricht"),
    "fr": ("TR", "De", "Envoyé", "À", "Objet", "Message transféré"),
    "es": ("RV", "De", "Enviado el", "Para", "Asunto", "Mensaje reenviado"),
    "it": ("I", "Da", "Inviato", "A", "Oggetto", "Messaggio inoltrato"),
    "pt": ("ENC", "De", "Enviado", "Para", "Assunto", "Mensagem encaminhada"),
    "nl": ("FW", "Van", "Verzonden", "Aan", "Onderwerp", "Doorgestuurd bericht"),
    "pl": ("PD", "Od", "Wysłano", "Do", "Temat", "Przekazana wiadomość"),
    "ru": ("FW", "От", "Отправлено", "Кому", "Тема", "Пересылаемое сообщение"),
    "sv": ("VB", "Från", "Skickat", "Till", "Ämne", "Vidarebefordrat meddelande"),
    "tr": ("İLT", "Kimden", "Gönderildi", "Kime", "Konu", "İletilen mesaj"),
    "el": ("ΠΡΘ", "Από", "Στάλθηκε", "Προς", "Θέμα", "Προωθημένο μήνυμα"),
    "hy": ("FW", "Ուղարկող", "Ուղարկվել է", "Ում", "Թեմա", "Վերահասցեագրված նամակ"),
    "ar": ("FW", "من", "تم الإرسال", "إلى", "الموضوع", "رسالة معاد توجيهها"),
    "he": ("FW", "מאת", "נשלח", "אל", "נושא", "הודעה מועברת"),
    "vi": ("FW", "Từ", "Đã gửi", "Đến", "Chủ đề", "Thư được chuyển tiếp"),
    "ja": ("FW", "差出人", "送信日時", "宛先", "件名", "転送されたメッセージ"),
    "zh": ("转发", "发件人", "发送时间", "收件人", "主题", "转发的邮件"),
    # none of these words is known
    "sw": ("FW", "Kutoka", "Iliyotumwa", "Kwa", "Mada", "Ujumbe uliosambazwa"),
}
ANNA = "Anna <anna@desk.example>"
DATE = "27. 11. 2026 09:12"
WORDS = "Your fitter left my kitchen a mess."


def outlook(name, address, labels):
    _prefix, sender, sent, to, subject, _marker = labels
    return (
        f"Please see to it.\n\n{sender}: {name} <{address}>\n{sent}: {DATE}\n"
        f"{to}: {ANNA}\n{subject}: Kitchen\n\n{WORDS}\n"
    )


def old_outlook(name, address, labels):
    _prefix, sender, sent, to, subject, marker = labels
    return (
        f"-----{marker}-----\n{sender}: {name} [mailto:{address}]\n{sent}: {DATE}\n"
        f"{to}: Anna\n{subject}: Kitchen\n\n{WORDS}\n"
    )


def gmail(name, address, labels):
    return (
        f"\n---------- {labels[5]} ---------\n{labels[1]}: {name} <{address}>\n"
        f"Date: {DATE}\nSubject: Kitchen\nTo: <anna@desk.example>\n\n{WORDS}\n"
    )


def apple(name, address, labels):
    _prefix, sender, sent, to, subject, marker = labels
    return (
        f"{marker}:\n\n> {sender}: {name} <{address}>\n> {subject}: Kitchen\n"
        f"> {sent}: {DATE}\n> {to}: anna@desk.example\n> \n> {WORDS}\n"
    )


def thunderbird(name, address, labels):
    _prefix, sender, sent, to, subject, marker = labels
    return (
        f"\n-------- {marker} --------\n{subject}: \tKitchen\n{sent}: \t{DATE}\n"
        f"{sender}: \t{name} <{address}>\n{to}: \tanna@desk.example\n\n\n{WORDS}\n"
    )


def as_html(text):
    lines = text.replace("&", "&amp;").replace("<", "&lt;").split("\n")
    return "<html><body><div>" + "<br>\n".join(lines) + "</div></body></html>"


programs = st.sampled_from([outlook, old_outlook, gmail, apple, thunderbird])


def mail(subject, body, kind="plain"):
    return parsed(
        f"From: {ANNA}\nTo: complaints@desk.example\nSubject: {subject}\n"
        f"MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{body}\n".encode()
    )


class TestForwards(unittest.TestCase):
    def originals(self, *args):
        return originals(mail(*args), OWN, HOUSE)

    @PROPERTY
    @given(st.sampled_from(sorted(LANGUAGES)), programs, customers, st.booleans())
    def test_author_is_told_in_any_language(self, language, program, customer, is_html):
        labels = LANGUAGES[language]
        body = program(*customer, labels)
        found = self.originals(
            f"{labels[0]}: Kitchen",
            as_html(body) if is_html else body,
            "html" if is_html else "plain",
        )
        self.assertEqual((found[0].name, found[0].address), customer)
        self.assertIn("left my kitchen", found[0].words)
        self.assertNotIn("see to it", found[0].words)

    @PROPERTY
    @given(customers, st.sampled_from(["rfc822", "eml", "base64"]))
    def test_author_of_an_attached_mail_is_told(self, customer, way):
        name, address = customer
        inner = (
            f'From: "{name}" <{address}>\nTo: {ANNA}\nSubject: Kitchen\n'
            "Content-Type: text/plain; charset=utf-8\n\n" + WORDS
        ).encode()
        head = b"Content-Type: message/rfc822\n\n"
        if way != "rfc822":
            head = b'Content-Type: application/octet-stream; name="a mail.eml"\n'
            head += b"Content-Transfer-Encoding: base64\n\n"
            inner = base64.encodebytes(inner)
        found = originals(
            parsed(
                f"From: {ANNA}\nSubject: A customer's\nMIME-Version: 1.0\n".encode()
                + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                + b"Content-Type: text/plain\n\nPlease see.\n--b\n"
                + head
                + inner
                + b"\n--b--\n"
            ),
            OWN,
            HOUSE,
        )
        self.assertEqual((found[0].name, found[0].address), customer)
        self.assertIn("left my kitchen", found[0].words)

    def test_author_is_who_wrote_it_first(self):
        forward = gmail("Tom", "tom@desk.example", LANGUAGES["en"]) + gmail(
            "Vera Klein", "vera@kunde.example", LANGUAGES["de"]
        )
        found = self.originals("Fwd: Fwd: Kitchen", forward)
        self.assertEqual(
            [some.address for some in found], ["tom@desk.example", "vera@kunde.example"]
        )

    def test_author_stands_in_the_words_above_a_quote(self):
        for line in (
            "On Fri, Nov 27, 2026 at 9:12 AM Vera Klein <vera@kunde.example> wrote:",
            "Am 27.11.2026 um 09:12 schrieb Vera Klein <vera@kunde.example>:",
            "Le ven. 27 nov. 2026 à 09:12, Vera Klein <vera@kunde.example> a écrit :",
            '27.11.2026, 09:12, "Vera Klein" <vera@kunde.example>:',
        ):
            with self.subTest(line):
                (found,) = self.originals("Fwd: Kitchen", f"See.\n\n{line}\n> A mess.")
                self.assertEqual(found.address, "vera@kunde.example")
                self.assertEqual(found.name, "Vera Klein")

    def test_somebody_without_an_address_cannot_be_told(self):
        block = "Sent: Friday, November 27, 2026 9:12 AM\nTo: Anna\nSubject: Kitchen\n\nBad."
        (found,) = self.originals("FW: Kitchen", f"From: Vera Klein\n{block}")
        self.assertEqual((found.name, found.address), ("Vera Klein", ""))
        (found,) = self.originals("Fwd: Kitchen", "A lady rang me.")
        self.assertEqual(found.address, "")
        # they answered her, with the desk in copy: whose complaint is that?
        (found,) = self.originals(
            "Re: Kitchen", f"I am sorry.\n\nFrom: Vera <vera@kunde.example>\n{block}"
        )
        self.assertEqual(found.address, "")

    def test_what_a_colleague_writes_is_nobody_else_s(self):
        for body in (
            "My chair is broken.",
            "From: my desk\nto the door: 3 m. Date: today.",
            "Mail me: anna@desk.example\nPhone: 123\nRoom: 7",
            "Dear all:\nThe chairs: broken.\nThe desks: too.\nThe lamps: 4 of them.",
        ):
            self.assertIsNone(self.originals("My chair", body), body)

    def test_labels_in_the_text_below_are_words_of_the_author(self):
        words = "Order: 4711\nProblem: it broke"
        head = "From: Vera <vera@kunde.example>\nSent: Friday\nTo: us\nSubject: Kitchen"
        (found,) = self.originals("Fwd: Kitchen", f"FYI\n\n{head}\n\n{words}")
        self.assertEqual((found.address, found.words), ("vera@kunde.example", words))

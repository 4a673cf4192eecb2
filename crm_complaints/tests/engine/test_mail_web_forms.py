"""Forms on web sites: the customer is who the text of a form's mail says filled it in."""

import unittest
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.forwards import originals
from ...engine.mail.headers import AUTOMATIC, HUMAN, OWN
from ...engine.mail.incoming import IncomingMail
from ...engine.mail.web_forms import filled_in
from .common import PROPERTY
from .mails import message
from .test_mail_senders import customers

DESK = "complaints@desk.example"
NO_REPLY = "Shop <noreply@shop.example>"
NOW = datetime(2026, 11, 29, 12)
NAMED = "Name: Jane Miller\nE-mail: jane@home.example\nMessage: It broke."
TABLE = """<table><tr><td><strong>Name</strong></td></tr>
<tr><td>&nbsp;</td><td>Jane Miller</td></tr>
<tr><td><strong>Email</strong></td></tr>
<tr><td>&nbsp;</td><td><a href="mailto:jane@home.example">jane@home.example</a></td></tr>
</table>"""
# The labels of name, address and text, in each language.
LABELS = (
    ("Name", "Email", "Message"),
    ("Your name", "Your e-mail", "Comments"),
    ("Full name", "E-mail address (required)", "Your message"),
    ("Name", "From", "Message"),
    ("Ihr Name", "E-Mail-Adresse", "Ihre Nachricht"),
    ("Name", "Ihre E-Mail", "Nachricht"),
    ("Name", "Von", "Nachricht"),
    ("Nom", "Votre adresse e-mail", "Message"),
    ("Nom", "Courriel", "Commentaire"),
    ("Nom", "De", "Message"),
    ("Nombre", "Correo electrónico", "Mensaje"),
    ("Su nombre", "Su e-mail", "Comentario"),
    ("Nombre", "De", "Mensaje"),
    ("Имя", "Электронная почта", "Сообщение"),
    ("Ваше имя", "Ваш e-mail", "Комментарий"),
    ("ФИО", "От", "Сообщение"),
    ("Nome", "Indirizzo e-mail", "Messaggio"),
    ("Naam", "Uw e-mailadres", "Bericht"),
)


def read(sender, text, kind="text/plain", **headers):
    """Return a mail that came to our desk, as it is read there."""
    head = {"From": sender, "To": DESK, "Subject": "Contact", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
    lines += ["MIME-Version: 1.0", f"Content-Type: {kind}; charset=utf-8", "", text]
    raw = "\n".join(lines).encode()
    return IncomingMail.from_bytes(raw, NOW, [DESK], ["@desk.example"])


class TestWebForms(unittest.TestCase):
    def assertFrom(self, address, sender, text, kind=HUMAN, **kwargs):
        mail = read(sender, text, **kwargs)
        self.assertEqual(mail.sender.address, address, mail.sender)
        self.assertEqual(mail.facts.kind, kind, mail.facts)
        return mail.sender

    @PROPERTY
    @given(
        st.sampled_from(LABELS),
        customers,
        st.sampled_from(
            ["{}: {}", "*{}:* {}", "{} : {}", "{}\t{}", "{}:\n{}\n", "{} = {}"]
        ),
        st.sampled_from(
            [
                NO_REPLY,
                "noreply@desk.example",
                DESK,
                "Contact form <form@desk.example>",
                "info@desk.example",
                "WordPress <wordpress@shop.example>",
            ]
        ),
    )
    def test_who_filled_it_in_is_the_customer(self, labels, customer, line, sender):
        name, address = customer
        form = zip(labels, (name, address, "It broke."), strict=True)
        text = "\n".join(line.format(*pair) for pair in form)
        mail = read(sender, text)
        says_from = labels[1] in ("From", "Von", "De", "От")
        if says_from and "\t" in line:
            return  # the header of a mail has a colon
        if says_from and sender in (DESK, "info@desk.example"):
            # it may be a mail that a colleague passes on
            self.assertNotEqual(mail.sender.address, address)
            return
        self.assertEqual((mail.sender.name, mail.sender.address), (name, address))
        self.assertEqual((mail.facts.kind, mail.sender.is_relayed), (HUMAN, True))

    def test_line_with_the_address_is_enough_for_a_form_of_ours(self):
        text = "Email: jane@home.example\n\nMy parcel was open."
        for sender in ("no-reply@desk.example", DESK, "kontaktformular@desk.example"):
            self.assertFrom("jane@home.example", sender, text)

    def test_robot_of_others_may_name_anybody_and_stays_a_robot(self):
        text = "Delivered.\nE-mail: jane@home.example"
        self.assertFrom("jane@home.example", NO_REPLY, text, AUTOMATIC)
        self.assertFrom(
            *("jane@home.example", NO_REPLY, NAMED, AUTOMATIC),
            Auto_Submitted="auto-generated",
        )

    def test_table_is_read(self):
        row = "<table><tr><th>E-Mail</th><td>jane@home.example</td></tr></table>"
        for text in (TABLE, row):
            mail = read("wordpress@desk.example", text, "text/html")
            self.assertEqual(mail.sender.address, "jane@home.example")

    def test_of_several_people_none_is_taken_and_all_are_named(self):
        both = "Email: jane@home.example\nYour e-mail: tom@home.example"
        for sender, kind in ((NO_REPLY, AUTOMATIC), (DESK, OWN)):
            found = self.assertFrom("", sender, both, kind)
            self.assertTrue(found.is_untold)
            self.assertEqual(found.named, ("jane@home.example", "tom@home.example"))
        twice = "Email: jane@home.example\nConfirm e-mail: jane@home.example"
        self.assertFrom("jane@home.example", "noreply@desk.example", twice)

    def test_addresses_of_ours_and_of_the_sender_are_no_customer_s(self):
        for text in (
            f"E-mail: {DESK}",
            "E-Mail: sales@desk.example",
            "Kind regards\nShop Ltd\nTel: 1\nE-mail: info@shop.example",
            "From: Shop <wordpress@other.example>\nSubject: Contact",
            "E-mail: no-reply@other.example",
        ):
            found = self.assertFrom("", NO_REPLY, text, AUTOMATIC)
            self.assertEqual(found.named, ())
            self.assertFrom("jane@home.example", NO_REPLY, f"{text}\n{NAMED}")
        # of such a provider everybody has one
        self.assertFrom(
            *("jane@gmail.com", "noreply@gmail.com"),
            "Name: Jane\nE-mail: jane@gmail.com",
        )

    def test_people_are_who_they_are_whatever_their_text_says(self):
        for sender in (
            "tom@home.example",
            "hanna@desk.example",
            "support@firm.example",
        ):
            self.assertFrom(sender, sender, NAMED)
        # what they write of somebody, without a form
        text = "A lady called.\nE-mail: jane@home.example"
        self.assertFrom("info@desk.example", "info@desk.example", text)
        self.assertFrom(
            *("info@desk.example", "info@desk.example", NAMED), Subject="Fwd: Contact"
        )

    def test_header_goes_before_the_text(self):
        self.assertFrom(
            *("tom@home.example", NO_REPLY, NAMED), Reply_To="tom@home.example"
        )

    def test_answer_and_history_are_no_form(self):
        for header in ("In_Reply_To", "References"):
            self.assertFrom("", NO_REPLY, NAMED, AUTOMATIC, **{header: "<a@b>"})
        history = (
            "--- Original Message ---\nFrom: Jane <jane@home.example>\nSent: Monday\n"
            "To: us\nSubject: x"
        )
        self.assertFrom(DESK, DESK, history, OWN)
        self.assertFrom("", NO_REPLY, "> E-mail: jane@home.example", AUTOMATIC)

    def test_form_that_a_colleague_passes_on_is_of_who_filled_it_in(self):
        text = (
            "Please see.\n\n---------- Forwarded message ---------\n"
            "From: WordPress <wordpress@shop.example>\n"
            "Date: Fri, Nov 27, 2026 at 9:12 AM\nSubject: Contact\n"
            f"To: <hanna@desk.example>\n\n{NAMED}"
        )
        mail = read("hanna@desk.example", text, Subject="Fwd: Contact")
        (found,) = originals(mail.message, mail.own, mail.house)
        self.assertEqual(found.name, "Jane Miller")
        self.assertEqual(found.address, "jane@home.example")
        self.assertEqual(found.words, NAMED)

    @PROPERTY
    @given(
        st.lists(
            st.sampled_from(
                [*LABELS[0], ":", "=", "\n", "\t", "@", "a@b.example", "<", "*", ">"]
            )
            | st.text(max_size=9)
        )
    )
    def test_any_text_is_read_without_raising(self, pieces):
        mail = message(From=NO_REPLY)
        mail.set_payload("".join(pieces).encode("utf-8", "replace").decode())
        for name, address in filled_in(mail).people:
            self.assertIn("@", address)
            self.assertNotIn("\n", name + address)

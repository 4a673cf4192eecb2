"""E-mail addresses: one mailbox in all spellings, and what was typed wrongly."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine.addresses import PROVIDERS, ascii_domain, mailbox, spellings, typed
from .common import PROPERTY

letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
locals_ = st.lists(letters, min_size=1, max_size=3).map(".".join)
domains = st.builds(
    "{}.{}".format, letters, st.sampled_from(["de", "example", "co.uk"])
)
addresses = st.builds("{}@{}".format, locals_, domains)


class TestMailbox(unittest.TestCase):
    def test_internationalised_domain_travels_as_punycode(self):
        self.assertEqual(
            ascii_domain("kaethe@büro-müller.example"),
            "kaethe@xn--bro-mller-q9ae.example",
        )
        for address in (
            "a@b.example",
            "no address",
            "a@-ü-.example",
            "",
            "ä@b.example",
        ):
            self.assertEqual(ascii_domain(address), address)

    def test_mailbox_is_the_same_in_all_spellings(self):
        for address in (
            "kaethe@büro-müller.example",
            "Kaethe+Shop@BÜRO-müller.example",
            "kaethe@xn--bro-mller-q9ae.example",
            " kaethe+@büro-müller.example. ",
        ):
            self.assertEqual(mailbox(address), "kaethe@xn--bro-mller-q9ae.example")
        self.assertNotEqual(mailbox("kaethe@b.example"), mailbox("kaethe.m@b.example"))
        self.assertEqual(mailbox("+49@b.example"), "+49@b.example")
        self.assertEqual(mailbox(""), "")

    def test_own_spelling_comes_first(self):
        self.assertEqual(
            spellings("Jane+x@b.example"), ["jane+x@b.example", "jane@b.example"]
        )

    @PROPERTY
    @given(st.text(max_size=40))
    def test_nothing_raises(self, text):
        self.assertIsInstance(mailbox(text), str)
        self.assertIsInstance(ascii_domain(text), str)
        given_, meant = typed(text)
        self.assertNotIn(" ", given_ + meant)


class TestTyped(unittest.TestCase):
    def test_right_address_is_taken_as_it_is(self):
        for address in (
            "jane@kunde.example",
            "JANE@KUNDE.EXAMPLE",
            "jane+shop@gmail.com",
            "käthe@büro-müller.example",
            "j@x.co",
            "o'neil@firm.co.uk",
            "jane@mail.com",
            "jane@gmx.de",
            "jane@gmail.de",
            "a@hey.com",
            "jane@live.de",
            "jane@yahoo.co",
        ):
            self.assertEqual(typed(address), (address, ""), address)

    def test_what_stands_around_an_address_is_no_error(self):
        for text in (
            "Jane Doe <jane@kunde.example>",
            "mailto:jane@kunde.example",
            "jane@kunde.example;",
            "<jane@kunde.example>",
            " jane@kunde.example ",
            '"jane@kunde.example"',
            "jane＠kunde．example",
        ):
            self.assertEqual(typed(text), ("jane@kunde.example", ""), text)

    def test_slip_is_asked_about(self):
        for text, meant in (
            ("jane@kunde,example", "jane@kunde.example"),
            ("jane@kunde.example.", "jane@kunde.example"),
            ("jane @kunde.example", "jane@kunde.example"),
            ("jane@ kunde.example", "jane@kunde.example"),
            ("jane@@kunde.example", "jane@kunde.example"),
            ("jane@kunde..example", "jane@kunde.example"),
            ("jane@kunde;example", "jane@kunde.example"),
            ("jane@kunde@example", "jane@kunde.example"),
            ("jane(at)kunde.example", "jane@kunde.example"),
            ("jane.@kunde.example", "jane@kunde.example"),
            ("jane@kunde.example, john@kunde.example", "jane@kunde.example"),
            ("jane@gmial.com", "jane@gmail.com"),
            ("jane@gmai.com", "jane@gmail.com"),
            ("jane@gmailcom", "jane@gmail.com"),
            ("jane@gmail", "jane@gmail.com"),
            ("jane@gmail.con", "jane@gmail.com"),
            ("janegmail.com", "jane@gmail.com"),
            ("jane@hotnail.com", "jane@hotmail.com"),
            ("jane@outlok.com", "jane@outlook.com"),
            ("jane@firm.con", "jane@firm.com"),
        ):
            self.assertEqual(typed(text)[1], meant, text)

    def test_what_is_none_and_resembles_none_is_refused(self):
        for text in (
            "jane",
            "@kunde.example",
            "jane@",
            "jane@kunde",
            "???",
            "",
            "a@b@c",
        ):
            self.assertEqual(typed(text), ("", ""), text)

    @PROPERTY
    @given(addresses)
    def test_address_is_never_refused(self, address):
        self.assertEqual(typed(address)[0], address)

    @PROPERTY
    @given(locals_, st.sampled_from(PROVIDERS))
    def test_providers_are_not_asked_about(self, local, provider):
        address = f"{local}@{provider}"
        self.assertEqual(typed(address), (address, ""))

    @PROPERTY
    @given(addresses, st.sampled_from([",", ";", "..", " .", ". "]))
    def test_broken_dot_is_asked_about(self, address, dot):
        local, _at, domain = address.partition("@")
        broken = f"{local}@{domain.replace('.', dot)}"
        self.assertEqual(typed(broken), ("", address))

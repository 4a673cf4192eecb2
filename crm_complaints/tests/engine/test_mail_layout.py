"""A mail's layout: each of its words is shown or lies in a file, and each once."""

import base64
import email
import unittest
from datetime import datetime
from email import policy

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from ...engine.mail import body as mail_body
from ...engine.mail import iso2022
from ...engine.mail.cms import ENCRYPTED, SIGNED, opened
from ...engine.mail.incoming import IncomingMail
from ...engine.mail.layout import lay_out, seals_of
from ...engine.mail.parts import prepare
from . import broken_mails
from .broken_mails import SHOWN
from .common import PROPERTY
from .mail_trees import mails, sealed, vendor_japanese

# What is in a code page of Microsoft's has a place in the sets that mail has, too.
MICROSOFTS = [
    letter
    for letter in map(chr, range(0x20, 0x10000))
    if letter.encode("cp932", "ignore").decode("cp932") == letter
    and not letter.encode("cp932")[0] >= 0xF0
]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
NOW = datetime(2026, 3, 2)
LIMIT = 25_000_000


def written(text):
    """Return a mail with that text, from its type on."""
    return (
        ("From: anna@example.org\nSubject: Bread\n" + text)
        .replace("\n", "\r\n")
        .encode("latin-1" if "\x1b" in text else "utf-8")
    )


def odoo_reads(message):
    """Return the body and the files of a mail, as Odoo's mail.thread reads them."""
    body, files = "", []
    alternative = mixed = has_html = False

    def append(text, is_plain):
        if is_plain:
            text = "<pre>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</pre>"
        return f"{body}\n{text}\n"

    if message.get_content_maintype() == "text":
        text = message.get_content()
        plain = message.get_content_type() == "text/plain"
        return (append(text, True) if plain else text), files
    for part in message.walk():
        kind = part.get_content_type()
        alternative = alternative or kind == "multipart/alternative"
        mixed = mixed or kind == "multipart/mixed"
        if part.get_content_maintype() == "multipart":
            continue
        name = part.get_filename()
        if kind.startswith("text/") and not part.get_param("charset"):
            part.set_charset("utf-8")
        content = part.get_content()
        disposition = part.get("content-disposition", "").strip()
        if name or disposition.startswith("attachment"):
            files.append((name or "attachment", content))
        elif kind == "text/plain" and not (alternative and body):
            body = append(content, True)
        elif kind == "text/html":
            replaces = alternative and not (has_html and mixed)
            body = content if replaces else append(content, False)
            has_html = has_html or bool(content)
        else:
            files.append(("attachment", content))
    return body, files


def words_in(content):
    """Return all words of a file, of a mail those of its parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, bytes):
        content = content.as_bytes()
    text = [content.decode("utf-8", "replace")]
    if sealed_content := opened(content)[1]:
        text.append(words_in(sealed_content))
    inside = email.message_from_bytes(content, policy=policy.SMTP)
    for part in inside.walk():
        if not part.is_multipart():
            raw = part.get_payload(decode=True) or b""
            codec = part.get_content_charset() or "utf-8"
            codec = codec if codec in ("utf-16", "utf-7") else "utf-8"
            text.append(raw.decode(codec, "replace"))
            if raw != content and (sealed_content := opened(raw)[1]):
                text.append(words_in(sealed_content))
    return " ".join(text)


def seen(html):
    """Return the words of HTML, those that are folded away left out."""
    if not html.strip():
        return ""
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    for folded in tree.xpath("//*[@data-o-mail-quote]"):
        folded.drop_tree()
    for block in tree.iter("p", "br", "div", "pre", "td"):
        block.tail = f"\n{block.tail or ''}"
    return tree.text_content()


class LayoutCase(unittest.TestCase):
    maxDiff = None

    def taken_in(self, raw):
        """Return body, shown words, own words and files of a mail."""
        mail = IncomingMail.from_bytes(raw, NOW)
        self.assertEqual(prepare(mail.message, LIMIT), [])
        lay_out(mail.message, "Picture")
        body, files = odoo_reads(mail.message)
        body = mail_body.harmless(body)
        folded = mail_body.folded(body, "Bread")
        own = mail_body.own_words(body, "Bread")
        return body, seen(folded), seen(own), files


class TestEveryWord(LayoutCase):
    @PROPERTY
    @given(mails())
    def test_each_word_is_shown_or_kept_and_the_own_ones_in_order(self, made):
        body, shown, own, files = self.taken_in(made.raw)
        everything = " ".join(
            [seen(body), *(words_in(content) for _n, content in files)]
        )
        for word in (*made.shown, *made.kept):
            if word.startswith("mark"):
                self.assertIn(word, everything)
        for text in (shown, own):
            at = 0
            for word in made.shown:
                found = text.find(word, at)
                self.assertGreaterEqual(found, 0, (word, text))
                at = found
        names = [name for name, _content in files]
        self.assertEqual(len(names), len(set(names)))


class TestBrokenMails(LayoutCase):
    def test_words_are_shown_however_a_program_writes_them(self):
        for name, (text, words) in SHOWN.items():
            with self.subTest(name):
                _body, shown, own, _files = self.taken_in(written(text))
                for text in (shown, own):
                    at = 0
                    for word in words:
                        at = text.find(word, at)
                        self.assertGreaterEqual(at, 0, (word, text[:1000]))

    def test_subject_with_characters_of_the_vendors(self):
        for subject in (
            vendor_japanese("①㈱髙 Bread"),
            b"=?iso-2022-jp?B?"
            + base64.b64encode(vendor_japanese("①㈱髙 Bread"))
            + b"?=",
        ):
            mail = IncomingMail.from_bytes(b"Subject: " + subject + b"\n\nText", NOW)
            self.assertEqual(mail.message["Subject"], "①㈱髙 Bread")


class TestFiles(LayoutCase):
    def files(self, text):
        return dict(self.taken_in(written(text))[3])

    def test_mail_in_the_mail_is_one_file(self):
        inner = broken_mails.box(
            broken_mails.plain("INNER"), broken_mails.html("INNER"), boundary="c"
        )
        text = broken_mails.box(broken_mails.plain("OUTER"), broken_mails.mail(inner))
        body, _shown, _own, files = self.taken_in(written(text))
        self.assertNotIn("INNER", body)
        ((name, content),) = files
        self.assertEqual(name, "In May.eml")
        self.assertIn("INNER", words_in(content))

    def test_files_of_a_mail_in_the_mail_are_files_as_well(self):
        inner = broken_mails.box(
            broken_mails.plain("INNER"),
            broken_mails.file("%PDF", name="a.pdf"),
            boundary="c",
        )
        text = broken_mails.box(broken_mails.plain("OUTER"), broken_mails.mail(inner))
        self.assertEqual(set(self.files(text)), {"In May.eml", "a.pdf"})

    def test_form_that_says_the_same_is_no_file(self):
        plain = broken_mails.plain(
            "Dear Sirs,\nthe bread [image: bread.png] was\nmouldy, "
            "see <https://a.example/b?c=d>\nGrüße 日本\n語"
        )
        html = broken_mails.html(
            "<style>p {}</style><p>Dear Sirs,<br>the bread was <b>m</b>ouldy, see "
            "<a href='https://a.example/other'>this</a> Gr&uuml;&szlig;e 日本語"
        )
        text = broken_mails.box(plain, html, kind="alternative")
        self.assertEqual(self.files(text), {})

    def test_form_that_says_more_is_a_file(self):
        text = broken_mails.box(
            broken_mails.plain("The bread was not mouldy."),
            broken_mails.html("<p>The bread was mouldy.</p>"),
            kind="alternative",
        )
        self.assertIn("not", self.files(text)["text.txt"])

    def test_pictures_in_the_html_become_files_once(self):
        data = base64.b64encode(PNG * 20).decode()
        shown = f"<img src='data:image/png;base64,{data}'>"
        for html, names, sources in (
            (shown * 2 + "<p>one", ["image.png"], 2),
            (
                f"<div style=\"background:url('data:image/gif;base64,{data}')\">one",
                ["image.gif"],
                0,
            ),
            (
                f"<a href='data:application/pdf;base64,{data}'>one</a>",
                ["file.pdf"],
                0,
            ),
            (
                f"<img alt=two src=data:image/svg+xml;base64,{data} >one",
                ["image.svg"],
                0,
            ),
            ("<img src='data:image/png;base64,aaaa'>one", [], 0),
        ):
            with self.subTest(html[:40]):
                body, shown, _own, files = self.taken_in(
                    written(broken_mails.html(html))
                )
                self.assertIn("one", shown)
                self.assertEqual([name for name, _content in files], names)
                self.assertEqual(body.count('src="cid:'), sources)
                for _name, content in files:
                    self.assertEqual(content, PNG * 20)

    def test_sealed_file_stays_beside_what_it_seals(self):
        files = self.files(broken_mails.smime(broken_mails.plain("one")))
        self.assertEqual(list(files), ["smime.p7m"])
        # a document that is signed is no mail
        document = broken_mails.smime("%PDF-1.4").replace("smime.p7m", "bill.pdf.p7m")
        body, _shown, _own, files = self.taken_in(written(document))
        self.assertNotIn("%PDF", body)
        self.assertEqual([name for name, _content in files], ["bill.pdf.p7m"])

    def test_what_is_sealed_is_told(self):
        encrypted = broken_mails.box(
            "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
            "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n",
            kind="encrypted",
        )
        sealed = broken_mails.smime(
            broken_mails.smime(broken_mails.plain("x"), kind_of="2a864886f70d010703")
        )
        for text, seal in (
            (broken_mails.plain("one"), ""),
            (broken_mails.smime(broken_mails.plain("one")), SIGNED),
            (encrypted, ENCRYPTED),
            (sealed, ENCRYPTED),
            (broken_mails.plain("-----BEGIN PGP MESSAGE-----\n\nhQEM"), ENCRYPTED),
        ):
            mail = IncomingMail.from_bytes(written(text), NOW)
            prepare(mail.message, LIMIT)
            self.assertEqual(seals_of(mail.message), seal)

    @PROPERTY
    @given(st.data())
    def test_broken_seals_are_read_without_raising(self, data):
        raw = bytearray(sealed(b"Content-Type: text/plain\r\n\r\none" * 9, True))
        for _time in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at] = data.draw(st.integers(0, 255))
        opened(bytes(raw))
        opened(data.draw(st.binary(max_size=100)))


class TestCharsets(unittest.TestCase):
    @PROPERTY
    @given(st.lists(st.sampled_from(MICROSOFTS), max_size=30).map("".join))
    def test_all_of_microsofts_japanese_is_read(self, text):
        self.assertEqual(iso2022.decoded(vendor_japanese(text)), text)

    @PROPERTY
    @given(st.binary(max_size=60))
    def test_any_bytes_become_text_that_can_be_stored(self, content):
        text = iso2022.decoded(b"\x1b$B" + content)
        self.assertNotIn("\x1b", text)
        text.encode()

"""A mail's layout: each of its words is shown or lies in a file, and each once."""

import email
import unittest
from datetime import datetime
from email import policy

from hypothesis import given
from lxml import html as lxml_html

from ...engine.mail import body as mail_body
from ...engine.mail.cms import opened
from ...engine.mail.incoming import IncomingMail
from ...engine.mail.layout import lay_out
from ...engine.mail.parts import prepare
from .common import PROPERTY
from .mail_trees import mails

NOW = datetime(2026, 3, 2)
LIMIT = 25_000_000


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
    inside = email.message_from_bytes(content, policy=policy.SMTP)
    for part in inside.walk():
        if not part.is_multipart():
            raw = part.get_payload(decode=True) or b""
            codec = part.get_content_charset() or "utf-8"
            codec = codec if codec in ("utf-16", "utf-7") else "utf-8"
            text.append(raw.decode(codec, "replace"))
            if part.get_filename() == "smime.p7m":
                text.append(words_in(opened(raw)[1]))
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

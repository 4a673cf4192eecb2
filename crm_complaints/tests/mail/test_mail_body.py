"""A mail's text as Odoo reads and stores it: the engine's work survives the sanitiser."""

from lxml import html

from odoo.tests import BaseCase, tagged
from odoo.tools.mail import html_sanitize

from ...engine.mail.body import harmless
from ..engine.test_mail_body import EVIL, PICTURES, TestOwnWords, acts


def read(mail):
    """Return HTML as Odoo reads it from a mail: without classes, with marks of its own."""
    return str(html_sanitize(mail, sanitize_tags=False, strip_classes=True))


def stored(body):
    """Return HTML as mail.message and helpdesk.ticket store it."""
    return str(html_sanitize(body, sanitize_attributes=True, sanitize_style=True))


@tagged("post_install", "-at_install")
class TestHarmlessStored(BaseCase):
    def test_nothing_is_loaded_and_nothing_acts(self):
        for evil in EVIL:
            with self.subTest(evil=evil):
                body = stored(harmless(evil))
                self.assertFalse(acts(body), body)

    def test_pictures_that_the_mail_brings_along_stay(self):
        for source in PICTURES:
            with self.subTest(source=source):
                body = stored(
                    harmless(f'<p><img src=" {source}" alt="a" width="300"></p>')
                )
                kept = html.fromstring(body).find(".//img")
                self.assertEqual(kept.get("src"), source)
                self.assertEqual(kept.get("width"), "300")


@tagged("post_install", "-at_install")
class TestOwnWordsStored(TestOwnWords, BaseCase):
    """The tests of the engine once more, between Odoo's reading and storing."""

    allow_inherited_tests_method = True

    def as_read(self, mail):
        return read(mail)

    def as_stored(self, body):
        return stored(body)

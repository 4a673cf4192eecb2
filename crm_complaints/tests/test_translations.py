"""Translations: whole, in step with the texts, and right in letters and on pages.

Of all our addons, as their files lie beside one another.
"""

import io
import re
from functools import cache
from pathlib import Path

import polib
from babel import Locale
from lxml import etree

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools.translate import TRANSLATED_ATTRS, trans_export

from .contact.letters import (
    EXTENDED,
    SPOKEN,
    TAKING,
    TYPED,
    WRITTEN,
    ComplaintLettersCommon,
)

_ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {
    "ar": "ar_001",
    "de": "de_DE",
    "es": "es_ES",
    "fr": "fr_FR",
    "hy": "hy_AM",
    "ru": "ru_RU",
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")
_PLURAL = re.compile(r"\{(\w+), plural,((?: *\w+ \{[^{}]*\})+) *\}")
_FORM = re.compile(r"\b(\w+) \{([^{}]*)\}")


@cache
def catalogues():
    """Return (addon, language, texts, translation) of all translations."""
    found = []
    for path in sorted(_ROOT.glob("crm_complaints*/i18n/*.pot")):
        texts = polib.pofile(str(path))
        for language in LANGUAGES:
            translation = polib.pofile(str(path.with_name(f"{language}.po")))
            found.append((path.stem, language, texts, translation))
    return found


def markup(text):
    """Return the tags of a text that have a meaning, with their attributes."""
    tree = etree.fromstring(f"<x>{text.replace('&nbsp;', '&#160;')}</x>")
    found = []
    for element in tree.iterdescendants():
        kept = {k: v for k, v in element.attrib.items() if k not in TRANSLATED_ATTRS}
        # a translation may mark the direction of a number
        if element.tag == "bdi" or not isinstance(element.tag, str):
            continue
        if kept or element.tag == "t":
            found.append((element.tag, *sorted(kept.items())))
    return sorted(found)


@tagged("standard", "at_install")
class TestCatalogues(BaseCase):
    """What can be said of the files alone."""

    def test_each_addon_has_all_languages(self):
        ours = _ROOT.glob("crm_complaints*/__manifest__.py")
        self.assertEqual(
            {addon for addon, *_rest in catalogues()},
            {path.parent.name for path in ours},
        )

    def test_each_text_is_translated_and_none_is_left_over(self):
        for addon, language, texts, translation in catalogues():
            with self.subTest(addon=addon, language=language):
                self.assertEqual(
                    {entry.msgid for entry in translation},
                    {entry.msgid for entry in texts},
                    "run make translations",
                )
                self.assertEqual(
                    [
                        entry.msgid
                        for entry in translation
                        if not entry.msgstr or entry.fuzzy or entry.obsolete
                    ],
                    [],
                )

    def test_each_translation_names_its_language(self):
        for addon, language, _texts, translation in catalogues():
            with self.subTest(addon=addon, language=language):
                self.assertEqual(translation.metadata["Language"], language)

    def test_what_is_filled_in_stays(self):
        for addon, language, _texts, translation in catalogues():
            with self.subTest(addon=addon, language=language):
                for entry in translation:
                    if not entry.msgid.startswith("<div"):
                        self.assertEqual(
                            set(_PLACEHOLDER.findall(entry.msgstr)),
                            set(_PLACEHOLDER.findall(entry.msgid)),
                            entry.msgid,
                        )

    def test_markup_stays(self):
        for addon, language, _texts, translation in catalogues():
            with self.subTest(addon=addon, language=language):
                for entry in translation:
                    if re.search(r"<[a-z/]", entry.msgid):
                        self.assertEqual(
                            markup(entry.msgstr), markup(entry.msgid), entry.msgid
                        )
                    else:
                        self.assertNotRegex(entry.msgstr, r"<[a-z/]", entry.msgid)

    def test_each_plural_has_the_forms_of_its_language(self):
        for addon, language, _texts, translation in catalogues():
            with self.subTest(addon=addon, language=language):
                rule = Locale(language).plural_form
                # those of whole numbers, and the one that must be there
                wanted = {rule(number) for number in range(200)} | {"other"}
                for entry in translation:
                    blocks = _PLURAL.findall(entry.msgid)
                    said = _PLURAL.findall(entry.msgstr)
                    self.assertEqual(
                        [name for name, _forms in said],
                        [name for name, _forms in blocks],
                        entry.msgid,
                    )
                    for _name, forms in said:
                        found = dict(_FORM.findall(forms))
                        self.assertLessEqual(wanted, found.keys(), entry.msgstr)
                        self.assertTrue(all(found.values()), entry.msgstr)

    def test_one_text_has_one_translation_in_all_addons(self):
        known = {}
        for _addon, language, _texts, translation in catalogues():
            for entry in translation:
                said = known.setdefault((language, entry.msgid), entry.msgstr)
                self.assertEqual(said, entry.msgstr)


@tagged("post_install", "-at_install", "-standard", "complaint_demo")
class TestTextsForTranslators(TransactionCase):
    """Demo texts are among them, so it runs where the demo data are."""

    def test_they_are_those_of_the_addons(self):
        for path in sorted(_ROOT.glob("crm_complaints*/i18n/*.pot")):
            buffer = io.BytesIO()
            trans_export(None, [path.stem], buffer, "po", self.env)
            found = polib.pofile(buffer.getvalue().decode())
            with self.subTest(path.stem):
                self.assertEqual(
                    {entry.msgid for entry in polib.pofile(str(path))},
                    {entry.msgid for entry in found},
                    "run make translations",
                )


@tagged("post_install", "-at_install")
class TestLettersInAllLanguages(ComplaintLettersCommon):
    """Each letter is in its language as a whole, whoever words it."""

    # names and addresses that stay as they are
    OURS = re.compile(r"[A-Za-z]*(?:@|://|\.example|\.com)\S*|[A-Z]+-?\d+")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(
            ["crm_complaints"], list(LANGUAGES.values())
        )
        # what people typed, and their names, are in no language
        names = (
            *cls.env["res.users"].search([]).mapped("name"),
            *cls.env["res.partner"].search([]).mapped("name"),
            *cls.env["helpdesk.ticket.team"].search([]).mapped("name"),
        )
        cls.names_of_people = {word for name in names for word in name.split()}

    def rendered(self, lang):
        """Yield (template, text) of all letters in a language, about each complaint."""
        for template in (*WRITTEN, *SPOKEN):
            for complaint in self.complaints.values():
                complaint = complaint.with_context(lang=lang)
                html, text = self.with_lang(lang, template, complaint)
                yield template, html, text

    def with_lang(self, lang, template, complaint):
        env = self.env
        self.env = env(context={**env.context, "lang": lang})
        try:
            return self.render(template, complaint)
        finally:
            self.env = env

    def test_no_letter_is_half_translated(self):
        english = {
            template: {
                sentence
                for complaint in self.complaints.values()
                for sentence in self.sentences(self.render(template, complaint)[1])
            }
            for template in (*WRITTEN, *SPOKEN)
        }
        known = self.words_typed()
        for language, lang in LANGUAGES.items():
            for template, html, text in self.rendered(lang):
                with self.subTest(template, language=language):
                    self.assertNotRegex(text, r"[{}]|object\.|\bt-(?:out|if|call)|%\(")
                    self.assertNotIn("<t ", html)
                    left = english[template] & set(self.sentences(text))
                    self.assertFalse({s for s in left if self.words(s) - known})

    @staticmethod
    def sentences(text):
        return [part.strip() for part in re.split(r"(?<=[.?!:։])\s+", text)]

    def test_letters_in_other_scripts_have_latin_letters_in_names_only(self):
        known = self.words_typed()
        for language in ("ru", "hy", "ar"):
            for template, _html, text in self.rendered(LANGUAGES[language]):
                text = self.OURS.sub(" ", text)
                with self.subTest(template, language=language):
                    self.assertFalse(self.words(text) - known)

    @staticmethod
    def words(text):
        return set(re.findall(r"[A-Za-z]{3,}", text))

    def words_typed(self):
        """Return names, and what our set-up typed into the complaints and letters."""
        return self.names_of_people | self.words(
            " ".join(
                map(
                    str,
                    (
                        *(TYPED, EXTENDED),
                        *(
                            f"{complaint.name} {complaint.partner_name}"
                            for complaint in self.complaints.values()
                        ),
                        self.company_a.name,
                        *self.env["res.users"].search([]).mapped("partner_id.function"),
                    ),
                )
            )
        )

    def test_guides_and_scripts_are_translated(self):
        for language, lang in LANGUAGES.items():
            stages = self.env["helpdesk.ticket.stage"].search(
                [("complaint_phase", "!=", False)]
            )
            for stage in stages:
                for name in ("description", "complaint_avoid", "complaint_say"):
                    english = stage.with_context(lang="en_US")[name]
                    if english:
                        with self.subTest(stage.complaint_phase, language=language):
                            self.assertNotEqual(
                                stage.with_context(lang=lang)[name], english
                            )

    def test_scripts_of_the_intake_are_translated(self):
        Intake = self.env["complaint.intake"].with_user(self.handler)
        for language, lang in LANGUAGES.items():
            self.assertEqual(len(TAKING), 3)
            for channel in (
                self.channel_phone,
                self.channel_visit,
                self.channel_letter,
            ):
                intake = Intake.with_context(lang=lang).new({"channel_id": channel.id})
                with self.subTest(channel.name, language=language):
                    self.assertNotRegex(
                        intake.script, r"(?i)\b(thank you|good day|please|who writes)\b"
                    )

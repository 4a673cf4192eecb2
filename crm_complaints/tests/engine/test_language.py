"""Language of a text: told where it is clear, and left open where it is not."""

import unittest

from ...engine import language

KNOWN = ("en", "de", "fr", "es", "ru", "hy", "ar")
WRITTEN = {
    "en": "The heating did not work for three nights, and nobody did anything about it.",
    "de": "Die Heizung lief drei Nächte nicht, und niemand hat etwas getan.",
    "fr": "Le chauffage n'a pas fonctionné pendant trois nuits et personne n'a réagi.",
    "es": "La calefacción no funcionó durante tres noches y nadie hizo nada.",
    "ru": "Три ночи не работало отопление, и никто ничего не сделал.",
    "hy": "Ջեռուցումը երեք գիշեր չի աշխատել, և ոչ ոք ոչինչ չի արել։",
    "ar": "لم تعمل التدفئة ثلاث ليال ولم يفعل أحد شيئا",
}


class TestLanguage(unittest.TestCase):
    def test_a_sentence_tells_its_language(self):
        for code, text in WRITTEN.items():
            with self.subTest(code=code):
                self.assertEqual(language.guess(text, KNOWN), code)

    def test_only_known_languages_are_told(self):
        for code, text in WRITTEN.items():
            with self.subTest(code=code):
                others = [known for known in KNOWN if known != code]
                self.assertEqual(language.guess(text, others), "")
        self.assertEqual(
            language.guess("Ik wil mijn geld terug, en wel nu.", KNOWN), ""
        )
        self.assertEqual(language.guess(WRITTEN["en"], ()), "")
        self.assertEqual(language.guess(WRITTEN["en"], ("xx",)), "")

    def test_a_short_text_is_the_related_language_that_is_known(self):
        self.assertEqual(language.guess("Верните деньги.", KNOWN), "ru")

    def test_what_holds_no_words_tells_nothing(self):
        for text in (
            "",
            "OK",
            "214",
            "anna.weber@example.com",
            "https://example.com/de/",
        ):
            with self.subTest(text=text):
                self.assertEqual(language.guess(text * 20, KNOWN), "")

    def test_links_and_references_do_not_hide_the_words(self):
        links = "https://www.example.com/en/complaint/order/status " * 10
        text = f"{links} {WRITTEN['ru']} order_number@example.com"
        self.assertEqual(language.guess(text, KNOWN), "ru")

    def test_only_the_beginning_is_read(self):
        text = f"{WRITTEN['fr']} " * 40 + f"{WRITTEN['ru']} " * 400
        self.assertEqual(language.guess(text, KNOWN), "fr")

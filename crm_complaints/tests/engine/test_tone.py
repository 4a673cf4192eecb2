"""Tone in the engine: hints on the wording of letters."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine import tone
from .common import PROPERTY


class TestCalm(unittest.TestCase):
    def test_what_is_shouted_is_said_calmly(self):
        for text, calm in (
            ("", ""),
            ("Broken on arrival", "Broken on arrival"),
            ("The parcel was open.", "The parcel was open."),
            ("MY PARCEL IS BROKEN", "My parcel is broken"),
            (
                "MY PARCEL IS BROKEN!!! I WANT MY MONEY!",
                "My parcel is broken. I want my money",
            ),
            ("Broken on arrival!!", "Broken on arrival"),
            ("Broken! Again", "Broken. Again"),
            ("ORDER AB123 NEVER CAME", "Order AB123 never came"),
            ("“WHERE IS IT?” ASKED I", "“Where is it?” asked I"),
            ("МОЯ ПОСЫЛКА ОТКРЫТА", "Моя посылка открыта"),
            ("Bill of ACME Ltd", "Bill of ACME Ltd"),
            ("IKEA", "IKEA"),
            ("12345", "12345"),
        ):
            with self.subTest(text):
                self.assertEqual(tone.calm(text), calm)


class TestTone(unittest.TestCase):
    def assertFound(self, text, *expected, **kwargs):
        """Assert that exactly these (rule, words) are found in a text."""
        findings = tone.check_words(text, **kwargs)
        with self.subTest(text):
            self.assertEqual([(f.rule, f.words) for f in findings], list(expected))
            for finding in findings:
                end = finding.start + len(finding.words)
                self.assertEqual(text[finding.start : end], finding.words)

    def test_a_warm_plain_text_is_left_alone(self):
        self.assertFound(
            "Thank you for waiting. We sent the wrong parcel, and I am sorry. By 16 "
            "March 2026 you will have the right one. In case you need it before, "
            "please call me."
        )
        for nothing in ("", None, "  ", "\n\n", "..."):
            self.assertEqual(tone.check_words(nothing), [])

    def test_words_that_keep_a_person_at_a_distance(self):
        for text, rule, words in (
            ("Every Customer matters", tone.PERSON, "Customer"),
            ("other guests slept", tone.PERSON, "guests"),
            ("the complainant says", tone.PERSON, "complainant"),
            ("your ticket is open", tone.OFFICE, "ticket"),
            ("in your case", tone.OFFICE, "case"),
            ("within the SLA", tone.OFFICE, "SLA"),
            ("our policies say", tone.OFFICE, "policies"),
            ("the procedure is", tone.OFFICE, "procedure"),
            ("Unfortunately it broke", tone.EMPTY, "Unfortunately"),
            ("we regretted it", tone.EMPTY, "regretted"),
            ("the inconvenience caused", tone.EMPTY, "inconvenience"),
            ("Rest assured", tone.EMPTY, "Rest assured"),
            ("I am sorry if it hurt", tone.DOUBT, "sorry if"),
            ("We apologise if it hurt", tone.DOUBT, "apologise if"),
            ("sorry that you feel so", tone.DOUBT, "sorry that you feel"),
            ("sorry you had to complain", tone.DOUBT, "sorry you had to complain"),
            ("mistakes were made", tone.PASSIVE, "mistakes were made"),
            ("your letter was overlooked", tone.PASSIVE, "was overlooked"),
            ("we answer soon", tone.NO_DATE, "soon"),
            ("as soon as possible", tone.NO_DATE, "as soon as possible"),
            ("in due course", tone.NO_DATE, "in due course"),
            ("a noreply address", tone.NO_REPLY, "noreply"),
        ):
            self.assertFound(text, (rule, words))

    def test_words_that_only_look_like_them(self):
        for text in (
            "the customary way",
            "in case you need it",
            "in any case we pay",
            "a suitcase",
            "sooner than you think",
            "the casing broke",
        ):
            self.assertFound(text)

    def test_what_people_are_called_is_nobodys_choice_of_words(self):
        self.assertFound("Thank you, Mr Guest.", names=["Guest"])
        self.assertFound("Ask (Case) about it.", names=["(Case)", "", None])
        self.assertFound("MEGA STORE sent it.", names=["MEGA STORE"])
        self.assertFound(
            "Mr Guest was a guest.", (tone.PERSON, "guest"), names=["Guest"]
        )

    def test_an_apology_is_not_taken_back(self):
        self.assertFound("I am sorry, but it was late.", (tone.BUT, "but"))
        self.assertFound("I am sorry. However, it was late.", (tone.BUT, "However"))
        self.assertFound("We apologise, although we ran.", (tone.BUT, "although"))
        self.assertFound("I am sorry. We ran. But we fell.")
        self.assertFound("We ran but fell. I am sorry.")
        self.assertFound("Sorry, and sorry again, but no.", (tone.BUT, "but"))

    def test_long_sentences(self):
        self.assertFound(" ".join(["word"] * 25) + ".")
        long = "Word" + " word" * 25
        self.assertFound(f"Short one. {long}. Short.", (tone.LONG_SENTENCE, f"{long}."))

    def test_sentences_long_on_average(self):
        text = " ".join(["Word"] + ["word"] * 15) + "."
        self.assertFound(f"{text} {text}")
        self.assertFound(f"{text} {text} {text}", (tone.LONG_ON_AVERAGE, text))

    def test_shouting(self):
        self.assertFound("We did it!!", (tone.EXCLAMATION, "!!"))
        self.assertFound("It is FREE OF charge.", (tone.CAPITALS, "FREE OF"))
        self.assertFound("We NEVER do.", (tone.CAPITALS, "NEVER"))
        for text in ("Your VAT number, please", "by DHL", "C/2026/00042", "I am"):
            self.assertFound(text)

    # ---------------------------------------------------
    # Whole letters
    # ---------------------------------------------------

    def letter(self, text, **kwargs):
        return [f.rule for f in tone.check_letter(text, **kwargs)]

    def test_thanks_in_the_first_sentence(self):
        self.assertEqual(self.letter("Dear Anna,\nThank you for it. We go on."), [])
        self.assertEqual(self.letter("Good day, thanks for it."), [])
        self.assertEqual(self.letter("We go on. Thank you."), [tone.THANKS])
        self.assertEqual(self.letter(""), [])

    def test_greeting_by_name(self):
        letter = "Dear Anna Weber, thank you for it."
        self.assertEqual(self.letter(letter, name="Anna Weber"), [])
        self.assertEqual(self.letter(letter, name="Peter"), [tone.GREETING])
        self.assertEqual(
            self.letter("Good day, thank you.", name="Anna"), [tone.GREETING]
        )
        self.assertEqual(self.letter("Good day, thank you."), [])

    def test_findings_come_by_their_place(self):
        findings = tone.check_letter("Mistakes were made! We answer soon.", name="Anna")
        self.assertEqual(
            [f.rule for f in findings],
            [tone.THANKS, tone.GREETING, tone.PASSIVE, tone.EXCLAMATION, tone.NO_DATE],
        )

    # ---------------------------------------------------
    # Whatever is typed
    # ---------------------------------------------------

    words = st.sampled_from(
        [
            "sorry",
            "but",
            ".",
            "!",
            "SORRY",
            "\n\n",
            "Dear Anna,",
            "soon",
            "é",
            "“",
            ": ",
        ]
    )
    texts = st.one_of(st.text(), st.lists(words).map(" ".join))

    @PROPERTY
    @given(text=texts, names=st.lists(st.text(max_size=5), max_size=3), name=st.text())
    def test_nothing_that_is_typed_makes_it_fail(self, text, names, name):
        for finding in tone.check_letter(text, name=name, names=names):
            self.assertIn(finding.rule, tone.RULES)
            self.assertGreaterEqual(finding.start, 0)
            self.assertLessEqual(finding.start + len(finding.words), len(text) + 1)

    @PROPERTY
    @given(text=texts)
    def test_words_stand_where_a_finding_says(self, text):
        for finding in tone.check_words(text):
            end = finding.start + len(finding.words)
            if finding.rule != tone.CAPITALS:  # any number of blanks between them
                self.assertEqual(text[finding.start : end], finding.words)

    @PROPERTY
    @given(text=texts)
    def test_sentences_lose_no_word(self, text):
        kept = " ".join(sentence for _start, sentence in tone.sentences(text))
        greeting = tone._GREETING.match(text)
        rest = text[greeting.end() if greeting else 0 :]
        for word in rest.split():
            self.assertIn(word.strip(tone._TRIMMED + "”’')"), kept)

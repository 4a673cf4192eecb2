"""Tone: hints on the wording of English letters to customers, as far as rules see it.

Plain text in, findings out. No finding blocks a letter.
"""

import re
from dataclasses import dataclass

# Rules, by what they look for.
PERSON = "person"  # 2. customers have a name
OFFICE = "office"  # 3. how we work is not the customer's concern
EMPTY = "empty"  # 4. words that only sound polite
DOUBT = "doubt"  # 5. an apology that doubts the trouble
BUT = "but"  # 5. an apology taken back
PASSIVE = "passive"  # 6. nobody did it
NO_DATE = "no_date"  # 7. a date instead
NO_REPLY = "no_reply"  # 8. replies reach us
LONG_SENTENCE = "long_sentence"  # 9.
LONG_ON_AVERAGE = "long_on_average"  # 9.
EXCLAMATION = "exclamation"  # 13.
CAPITALS = "capitals"  # 13.
THANKS = "thanks"  # 1. in the first sentence
GREETING = "greeting"  # 2. by name
RULES = (
    PERSON,
    OFFICE,
    EMPTY,
    DOUBT,
    BUT,
    PASSIVE,
    NO_DATE,
    NO_REPLY,
    LONG_SENTENCE,
    LONG_ON_AVERAGE,
    EXCLAMATION,
    CAPITALS,
    THANKS,
    GREETING,
)
LONGEST_SENTENCE = 25  # words
LONGEST_AVERAGE = 15
# the average of fewer sentences means nothing
_SENTENCES_FOR_AVERAGE = 3
# a shorter title in capitals may be a name
_FEW_LETTERS = 6

_WORDS = {
    rule: re.compile(rf"(?i)\b(?:{'|'.join(words)})\b")
    for rule, words in {
        PERSON: ("customers?", "guests?", "complainants?"),
        OFFICE: (
            "tickets?",
            r"(?<!in )(?<!in any )(?<!in that )cases?",
            "SLAs?",
            "polic(?:y|ies)",
            "procedures?",
        ),
        EMPTY: (
            "unfortunately",
            r"regret\w*",
            r"inconvenience\w*",
            "rest assured",
        ),
        DOUBT: (
            "sorry if",
            r"(?:sorry|apologi[sz]e) (?:that )?you feel",
            r"sorry (?:that )?you (?:had|have had) to complain",
            r"apologi[sz]e if",
        ),
        PASSIVE: (
            r"(?:mistakes?|errors?|faults?|oversights?) "
            r"(?:were|was|have been|has been|had been) (?:made|committed)",
            r"(?:were|was|have been|has been|had been) "
            r"(?:overlooked|forgotten|mishandled|mislaid|neglected)",
        ),
        NO_DATE: (
            "as soon as possible",
            "soon",
            "shortly",
            "asap",
            "in due course",
            "in the near future",
        ),
        NO_REPLY: ("no-?reply",),
    }.items()
}
_APOLOGY = re.compile(r"(?i)\b(?:sorry|apologi[sz]e|apolog(?:y|ies))\b")
_BUT = re.compile(r"(?i)\b(?:but|however|although|though)\b")
_THANKS = re.compile(r"(?i)\bthank(?:s| you)\b")
_GREETING = re.compile(r"\s*(?:Dear [^,\n]*|Good day),")
# the end of a sentence, looking ahead at what may begin the next one
_END = re.compile(r"(?<=[.?!:;])[”\"’')]?\s+(?=[“\"‘'(]?[^\W_a-z]|[•*-])|\n\s*\n\s*")
_TRIMMED = " \t\r\n“”\"'*•-"


@dataclass(frozen=True)
class Finding:
    """Finding: words that sound wrong, and where they are."""

    rule: str
    words: str
    start: int  # in the text that was checked


def sentences(text):
    """Return the sentences of a text as (start, sentence), without its greeting."""
    greeting = _GREETING.match(text)
    start = greeting.end() if greeting else 0
    found = []
    for end in (*_END.finditer(text, start), None):
        part = text[start : end.start() if end else len(text)]
        stripped = part.lstrip(_TRIMMED)
        if stripped:
            offset = len(part) - len(stripped)
            found.append((start + offset, stripped.rstrip(_TRIMMED)))
        start = end.end() if end else start
    return found


def check_words(text, names=()):
    """Check the words of a part of a letter, such as one that a person has typed.

    :param str text: plain text
    :param names: of people and things; they are left out of the check
    :return: list of Finding, in order of place
    """
    text = _without(text or "", names)
    parts = sentences(text)
    found = [
        Finding(rule, match.group(), match.start())
        for rule, pattern in _WORDS.items()
        for match in pattern.finditer(text)
    ]
    found += _apologies_taken_back(text, parts)
    found += _long_sentences(parts)
    found += [
        Finding(EXCLAMATION, match.group(), match.start())
        for match in re.finditer("!+", text)
    ]
    found += _shouted(text)
    return sorted(found, key=lambda finding: (finding.start, finding.rule))


def check_letter(text, name="", names=()):
    """Check a whole letter.

    :param str text: plain text, from the greeting on
    :param str name: of the recipient, where it is known
    :param names: see ``check_words``
    :return: list of Finding, in order of place
    """
    text = text or ""
    found = check_words(text, names)
    greeting = _GREETING.match(text)
    if name and not (greeting and name in greeting.group()):
        words = greeting.group().strip() if greeting else text[:40]
        found.insert(0, Finding(GREETING, words, 0))
    first = next(iter(sentences(text)), None)
    if first and not _THANKS.search(first[1]):
        found.insert(0, Finding(THANKS, first[1], first[0]))
    return sorted(found, key=lambda finding: finding.start)


def _without(text, names):
    """Return the text with names blanked out, and everything still in its place."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(
            re.escape(name), lambda match: re.sub(r"\w", "x", match.group()), text
        )
    return text


def _apologies_taken_back(text, parts):
    found = []
    for index, (start, sentence) in enumerate(parts):
        apology = _APOLOGY.search(sentence)
        if not apology:
            continue
        last, words = parts[min(index + 1, len(parts) - 1)]
        match = _BUT.search(text, start + apology.end(), last + len(words))
        if match:
            found.append(Finding(BUT, match.group(), match.start()))
    # one word may take back two apologies
    return list(dict.fromkeys(found))


def _long_sentences(parts):
    lengths = [len(sentence.split()) for _start, sentence in parts]
    found = [
        Finding(LONG_SENTENCE, sentence, start)
        for (start, sentence), length in zip(parts, lengths, strict=True)
        if length > LONGEST_SENTENCE
    ]
    if (
        len(parts) >= _SENTENCES_FOR_AVERAGE
        and sum(lengths) > len(parts) * LONGEST_AVERAGE
    ):
        found.append(Finding(LONG_ON_AVERAGE, parts[0][1], parts[0][0]))
    return found


def _shouted(text):
    """Return runs of capitals; a short single one may be an abbreviation."""
    found = []
    for match in re.finditer(r"\b[^\W\d_]{2,}(?:[ ]+[^\W\d_]{2,})*\b", text):
        run, start = [], 0
        for word in (*re.finditer(r"\S+", match.group()), None):
            if word and word.group().isupper():
                if not run:
                    start = match.start() + word.start()
                run.append(word.group())
                continue
            if len(run) > 1 or (run and len(run[0]) > 4):
                found.append(Finding(CAPITALS, " ".join(run), start))
            run = []
    return found


def calm(text):
    """Return a title that somebody shouted, with capitals or exclamation marks, calmly.

    Where more than half of it is in capitals, they are kept at the beginning of sentences
    and in words with digits only.
    """
    text = re.sub(r"\s{0,3}(?<!!)!+(?=\s+\S)", ".", (text or "").strip()).rstrip("! ")
    letters = [letter for letter in text if letter.isalpha()]
    shouted = sum(map(str.isupper, letters))
    if len(letters) < _FEW_LETTERS or shouted * 2 <= len(letters):
        return text
    lowered = re.sub(
        r"\S+",
        lambda word: (
            word[0]
            if word[0] == "I" or any(map(str.isdigit, word[0]))
            else word[0].lower()
        ),
        text,
    )
    return re.sub(
        r"(^\W*|[.?]\s+)(\w)", lambda start: start[1] + start[2].upper(), lowered
    )

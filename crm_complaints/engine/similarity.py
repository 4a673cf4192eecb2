"""Similarity: how alike two complaints are, by their words, in any language."""

import re
import unicodedata

# Shorter words are mere connecting words; longer ones are inflected at their end.
_SHORTEST = 4
_STEM = 6
_WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
# What mail programs put in front of a subject.
_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|tr|rv|antw)\s*:\s*)+", re.IGNORECASE)
# From this likeness on somebody should compare the two, by whether categories agree.
SAME_CATEGORY = 0.3
NO_CATEGORY = 0.45
OTHER_CATEGORY = 0.7
# Added where both name the same order, bill or room.
_SAME_MARK = 0.3


def words(text):
    """Return the stems of the words that say what a text is about, as a set."""
    text = unicodedata.normalize("NFKD", _PREFIX.sub("", text or "")).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    found = set()
    for word in _WORD.findall(text):
        if _is_mark(word):
            found.add(word)
            continue
        for part in re.split(r"[-/.]", word):
            # Chinese or Japanese characters mean more each
            if len(part) >= _SHORTEST or (
                part and not part.isascii() and len(part) > 1
            ):
                found.add(part[:_STEM])
    return found


def marks(stems):
    """Return those of ``words`` that are numbers: of orders, bills or rooms."""
    return {stem for stem in stems if _is_mark(stem)}


def _is_mark(word):
    return sum(char.isdigit() for char in word) >= 3


def dice(one, other):
    """Return how much two sets have in common, 0 to 1; 0 where one is empty."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def likeness(subject, text, other_subject, other_text):
    """Return how alike two complaints are, from 0 to 1.

    The subject of one may be the first sentence of the other.
    """
    subjects = words(subject), words(other_subject)
    wholes = subjects[0] | words(text), subjects[1] | words(other_text)
    best = max(
        # subjects of one word, “Complaint” or “Hello”, say little
        dice(*subjects) if min(map(len, subjects)) > 1 else 0,
        dice(*wholes),
    )
    if marks(wholes[0]) & marks(wholes[1]):
        best += _SAME_MARK
    return min(best, 1.0)


def is_alike(degree, category, other_category):
    """Tell whether somebody should check whether two complaints are one.

    :param float degree: what ``likeness`` returns
    :param category: of the first, falsy where none is set
    """
    if not category or not other_category:
        return degree >= NO_CATEGORY
    return degree >= (SAME_CATEGORY if category == other_category else OTHER_CATEGORY)

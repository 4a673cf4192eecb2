"""Forms of a text: whether it says something, and whether another one says the same."""

import re
import unicodedata
from html import unescape

# What is in an element of these nobody sees.
_UNSEEN = re.compile(r"<!--|<(style|script|title)\b", re.I)
_ENDS = {
    name: re.compile(rf"</{name}\s*>", re.I) for name in ("style", "script", "title")
}
_ENDS[None] = re.compile("-->")
_TAG = re.compile(r"<[^<>]*>")
# Anything but spaces and characters that take no room.
_SEEN = re.compile(
    "[^\\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_PICTURE = re.compile(
    r"<img\b[^<>]{0,2000}?\bsrc\s{0,5}=\s{0,5}[\"']?\s{0,5}cid:", re.I
)
_WORD = re.compile(r"\w+")
# What stands in a plain text for links and pictures.
_INSTEAD = re.compile(
    r"(?:https?|mailto|cid)[:][^\s<>\[\]]+|\[(?:image|cid)\b[^\[\]]{0,200}\]", re.I
)
# What is beyond is not compared, and counts as something else.
_LONGEST = 400_000
_MOST_UNKNOWN = 200
# Shorter words of Latin letters stand in others.
_SHORT = 4


def seen(html):
    """Return HTML without what nobody sees of it, such as comments and style sheets."""
    kept, at, endless = [], 0, set()
    for found in _UNSEEN.finditer(html):
        name = found[1] and found[1].lower()
        if found.start() < at or name in endless:
            continue
        end = _ENDS[name].search(html, found.end())
        if not end:
            endless.add(name)
            continue
        kept.append(html[at : found.start()])
        at = end.end()
    return "".join([*kept, html[at:]])


def says_something(text, subtype="plain"):
    """Tell whether there is a character in a text that anybody can see."""
    if subtype == "html":
        text = unescape(_TAG.sub(" ", seen(text)))
    return bool(_SEEN.search(text))


def has_picture(html):
    """Tell whether HTML shows a picture that came along."""
    return bool(_PICTURE.search(html))


class Form:
    """The words of texts that together are one form of what a mail says.

    :ivar set words: as they are compared, what stands for pictures left out
    :ivar bool is_long: there are more than are compared
    """

    def __init__(self, texts):
        """Read the words.

        :param texts: pairs of subtype and text
        """
        self.words, self._others, self._joined, self.is_long = set(), set(), [], False
        for subtype, text in texts:
            self.is_long = self.is_long or len(text) > _LONGEST
            text = text[:_LONGEST]
            if subtype == "html":
                text = seen(text)
                whole = _words_in_order(unescape(text))  # where links lead as well
                self._others.update(whole)
                self._joined += whole
                joined = _words_in_order(unescape(_TAG.sub("", text)))
                text = unescape(_TAG.sub(" ", text))
            else:
                joined = _words_in_order(text)
                self._others |= set(joined)
                text = _INSTEAD.sub(" ", text)
            self.words |= _words(text)
            self._joined += joined
        self._others.update(self._joined)
        self._joined = "".join(self._joined)

    def missing(self, other):
        """Return how many words of another form this one has not."""
        if other.is_long:
            return len(other.words)
        unknown = [word for word in other.words if word not in self._others]
        return sum(
            (word.isascii() and len(word) < _SHORT) or word not in self._joined
            for word in unknown[:_MOST_UNKNOWN]
        ) + len(unknown[_MOST_UNKNOWN:])


def _words_in_order(text):
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _words(text):
    return set(_words_in_order(text))

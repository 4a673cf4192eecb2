"""Language of a text: which of some languages it is written in, where that is clear."""

import math
import re
from functools import lru_cache

# What is written in no language: addresses, links, numbers, references.
_NO_WORD = re.compile(r"[@/\\_\d]")
# As much of a text as is looked at; more makes nothing clearer.
_LONGEST = 2_000
_CLEAR = 0.9
_NEAR = 0.5
# So many letters say nothing yet: "OK", "Hi Tom".
_FEWEST = 10


@lru_cache(maxsize=1)
def _identifier():
    """Load the model at its first use, which takes about a second and 90 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def guess(text, known):
    """Return the language of a text, one of those known, or "" where that is not clear.

    It is clear where one of the known languages is nine times as likely as all other
    known ones together, and at least half as likely as any unknown one. So a short text
    that could be Russian or Bulgarian is Russian where only Russian is known, and an
    Italian one is not Spanish.

    :param str text: plain text
    :param known: ISO 639 codes of languages with two letters
    """
    words = " ".join(
        word for word in text[:_LONGEST].split() if not _NO_WORD.search(word)
    )
    if sum(map(str.isalpha, words)) < _FEWEST:
        return ""
    likely = dict(_identifier().rank(words))
    ours = {code: likely[code] for code in known if code in likely}
    best = max(ours, key=ours.get, default="")
    is_clear = (
        best
        and ours[best] >= _CLEAR * math.fsum(ours.values())
        and ours[best] >= _NEAR * max(likely.values())
    )
    return best if is_clear else ""

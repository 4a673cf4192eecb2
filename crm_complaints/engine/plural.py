"""Plural: the form of a text that goes with a number, in any language.

The notation is the one of ICU's messages, so that one text holds all forms:
``{days, plural, one {# day} other {# days}}``. A language has as many forms as CLDR's
plural rules give it: one in Japanese, two in English, four in Russian, six in Arabic.
"""

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError

_BLOCK = re.compile(r"\{\w+, plural,((?: *\w+ \{[^{}]*\})+) *\}")
_FORM = re.compile(r"\b(\w+) \{([^{}]*)\}")


def choose(text, number, lang, shown=None, **words):
    """Return a text in the form that goes with a number.

    :param str text: with one block of plural forms, which has the form `other` at least
    :param number: int or float that decides, or str where digits after the point count:
        English has "1 day" and "1.0 days"
    :param lang: str, the code of a language as Odoo has it, such as "pt_BR"
    :param shown: str, the number as people read it; by default, its digits
    :param words: values for the placeholders of the text, such as `%(name)s`
    """
    number = Decimal(number if isinstance(number, str) else f"{number:.12g}")
    form = locale(lang).plural_form(number)

    def pick(block):
        forms = dict(_FORM.findall(block[1]))
        return forms.get(form, forms["other"])

    chosen = _BLOCK.sub(pick, text).replace("#", "%(__number)s")
    return chosen % {**words, "__number": f"{number:f}" if shown is None else shown}


def locale(lang):
    """Return the rules of a language, or those of English where nobody knows it.

    :param str lang: its code as Odoo has it; false for English
    """
    try:
        return Locale.parse((lang or "en").partition("@")[0])
    except (UnknownLocaleError, ValueError):
        return Locale("en")

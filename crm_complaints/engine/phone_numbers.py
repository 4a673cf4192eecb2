"""Phone numbers as people write them: which digits find the one they mean."""

import re
import unicodedata

# A zero in brackets is dialled at home only. PostgreSQL reads the expression as well:
# the indexes of numbers are made with it.
NOT_DIALLED = r"\(0\)|[^0-9]"
_NOT_DIALLED = re.compile(NOT_DIALLED)
_NUMBER = re.compile(r"[\d\s()+./\-\u2010-\u2015]+")
# Fewer find half the town.
LEAST = 4
# As many are a whole number, short ones of a village included.
WHOLE = 6


def digits(text):
    """Return what is dialled, as a string of the digits 0 to 9."""
    return _NOT_DIALLED.sub("", _ascii_digits(text or ""))


def is_number(text):
    """Tell whether somebody who types ``text`` means a phone number, or its beginning."""
    text = _ascii_digits(text or "")
    return bool(_NUMBER.fullmatch(text)) and len(digits(text)) >= LEAST


def core(text, country_codes=()):
    """Return the digits that every spelling of a number has in common.

    :param str text: "+32 2 555 01 01", "0032 (0)2/555.01.01", "02 555 01 01"
    :param country_codes: strings such as "32"; of several that fit the longest counts
    :return: "25550101"; what is typed so far where it is not complete yet
    """
    text = _ascii_digits(text or "").strip()
    dialled = digits(text)
    if text.lstrip("( ").startswith("+") or dialled.startswith("00"):
        dialled = dialled.lstrip("0")
        code = max(
            (code for code in country_codes if dialled.startswith(code)),
            key=len,
            default="",
        )
        dialled = dialled[len(code) :]
    return dialled.lstrip("0")


def same(one, other, country_codes=()):
    """Tell whether two spellings may be of one whole number."""
    first, second = core(one, country_codes), core(other, country_codes)
    shorter, longer = sorted((first, second), key=len)
    # an extension may follow, a code go before
    return len(shorter) >= WHOLE and shorter in longer


def _ascii_digits(text):
    # Arabic, Persian and full-width digits mean the same
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text
    )

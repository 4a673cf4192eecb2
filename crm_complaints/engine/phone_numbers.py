"""Phone numbers as people write them, and the digits by which they are found."""

import re
import unicodedata

# "(0)" is dialled only within a country. PostgreSQL uses the expression as well: the
# indexes of phone numbers are made with it.
NOT_DIALLED = r"\(0\)|[^0-9]"
_NOT_DIALLED = re.compile(NOT_DIALLED)
# ITU-T E.164: no country code begins with another one.
_COUNTRY_CODE = re.compile(
    r"^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})"
)
_NUMBER = re.compile(r"[\d\s()+./\-\u2010-\u2015]+")
# A search for fewer digits would find too many numbers.
LEAST = 4
# So many make a whole number, even a short one of a village.
WHOLE = 6


def digits(text):
    """Return the digits that are dialled, as a string of 0 to 9."""
    return _NOT_DIALLED.sub("", _ascii_digits(text or ""))


def is_number(text):
    """Tell whether ``text``, as typed, is a phone number or the beginning of one."""
    text = _ascii_digits(text or "")
    return bool(_NUMBER.fullmatch(text)) and len(digits(text)) >= LEAST


def core(text):
    """Return the digits that every spelling of a number has in common.

    :param str text: "+32 2 555 01 01", "0032 (0)2/555.01.01", "02 555 01 01"
    :return: "25550101"; what is typed so far where it is not complete yet
    """
    text = _ascii_digits(text or "").strip()
    dialled = digits(text)
    if text.lstrip("( ").startswith("+") or dialled.startswith("00"):
        dialled = _COUNTRY_CODE.sub("", dialled.lstrip("0"))
    return dialled.lstrip("0")


def same(one, other):
    """Tell whether two spellings may be of one whole number."""
    shorter, longer = sorted((core(one), core(other)), key=len)
    # an extension may follow, an area code go before
    return len(shorter) >= WHOLE and shorter in longer


def _ascii_digits(text):
    # Arabic, Persian and full-width digits mean the same
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text
    )

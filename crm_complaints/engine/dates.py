"""Dates written out, as letters name them, in the language of the letter.

CLDR has the forms, but for some the one that letters use: "1er mars" in French, in
Armenian the year before the month, in Russian the word for year written out, as its
abbreviation would end a sentence with two full stops. English dates have the day first.
"""

from babel import dates

from .plural import locale

_DAYS = {
    "en": "d MMMM y",
    "hy": "y\N{NO-BREAK SPACE}'թ'. MMMM d",
    "ru": "d MMMM y 'года'",
}
_SHORT_DAYS = {"en": "d MMM"}
_FIRST = {"fr": "d'er' MMMM y"}


def written_out(day, lang):
    """Return a date as in "2 March 2026".

    :param datetime.date day:
    :param str lang: the code of a language as Odoo has it, such as "pt_BR"
    """
    found = locale(lang)
    form = _DAYS.get(found.language, "long")
    if day.day == 1:
        form = _FIRST.get(found.language, form)
    return dates.format_date(day, form, locale=found)


def with_time(moment, lang):
    """Return a moment as in "2 March 2026, 14:30"; arguments as for `written_out`."""
    time = dates.format_time(moment, "short", locale=locale(lang))
    return f"{written_out(moment.date(), lang)}, {time}"


def short(day, lang):
    """Return a date of this year as in "2 Mar"; arguments as for `written_out`."""
    found = locale(lang)
    form = _SHORT_DAYS.get(found.language)
    if form:
        return dates.format_date(day, form, locale=found)
    return dates.format_skeleton("MMMd", day, locale=found)

"""Language of a text: the one into which it is translated, so that none is mixed."""

# The language in which Odoo keeps the text that is translated.
_SOURCE = "en_US"


def translated_into(record, name, *langs):
    """Return the first of these languages in which a text is there, else its own.

    Odoo takes the English text where there is no translation, but writes dates, and
    the texts of its own modules, in the language it was asked for.

    :param record: whose text it is
    :param str name: of a translated field
    :param langs: codes of languages, the preferred one first; false ones are left out
    :return: the code of a language
    """
    if langs[0] == _SOURCE:
        return _SOURCE
    # sudo: only into which languages it is translated
    known = record._fields[name]._get_stored_translations(record.sudo()) or {}
    return next((lang for lang in langs if lang in known), _SOURCE)

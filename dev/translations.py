"""Writes the texts of our addons for translators, and takes them into all translations.

translations.py ODOO_OPTION…

The database has all addons with their demo data. For each addon, i18n/ADDON.pot lists
its texts, and each i18n/LANGUAGE.po keeps the translations of texts that are still
there; new texts stand in it without a translation. All are sorted and wrapped as OCA's
checks want them. A file is written only if it changes.
"""

import io
import sys
from pathlib import Path

import polib

import odoo.init  # noqa: F401  # before anything else of Odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.translate import trans_export

ROOT = Path(__file__).resolve().parent.parent
# What an export says of itself, not of the texts.
_OF_THE_EXPORT = ("POT-Creation-Date", "PO-Revision-Date")


def export(env, addon):
    """Return the texts of an addon as a polib file."""
    buffer = io.BytesIO()
    trans_export(None, [addon], buffer, "po", env)
    texts = polib.pofile(buffer.getvalue().decode())
    for name in _OF_THE_EXPORT:
        texts.metadata.pop(name, None)
    texts.sort(key=lambda entry: entry.msgid)
    return texts


def merge(old, texts):
    """Return a translation of these texts, with what is known of it.

    :param old: the translation so far
    """
    new = polib.POFile()
    new.header, new.metadata = old.header, old.metadata
    known = {entry.msgid: entry.msgstr for entry in old if not entry.obsolete}
    for entry in texts:
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    return new


def write(path, content):
    """Write a file if it changes; return whether it did."""
    text = str(content)
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return True


def main(options):
    config.parse_config(options)
    addons = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
    with Registry(config["db_name"][0]).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for addon in addons:
            folder = ROOT / addon / "i18n"
            texts = export(env, addon)
            write(folder / f"{addon}.pot", texts)
            for path in sorted(folder.glob("*.po")):
                translation = merge(polib.pofile(str(path)), texts)
                write(path, translation)
                missing = len(translation.untranslated_entries())
                if missing:
                    print(f"{path.relative_to(ROOT)}: {missing} texts to translate")


if __name__ == "__main__":
    main(sys.argv[1:])

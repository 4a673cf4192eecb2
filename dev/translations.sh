#!/usr/bin/env bash
# Writes the texts for translators, i18n/*.pot, and takes new texts into all translations, i18n/*.po.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin translations
log=$run/odoo.log
database=crm_complaints_translations_$$
echo "$database" >"$run/databases"
prepare odoo postgres
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off
odoo_command "$run/odoo" "$database"

say "Translations: installing all addons with demo data …"
"$python" dev/database.py create "$database" "crm_complaints $root unfinished"
start "${odoo[@]}" --no-http --stop-after-init --init "$(addons | paste -sd,)" --with-demo >"$log" 2>&1
wait "${started[-1]}" || die "the addons could not be installed: see $log"
umask 022 # as files of the checkout are
start "$python" dev/translations.py "${odoo[@]:3}" --no-http 2>>"$log"
wait "${started[-1]}" || die "the texts could not be written: see $log"
say "Translations: written to i18n/ of each addon."

#!/usr/bin/env bash
# Checks the code: ruff for Python, pylint-odoo and OCA's checks for Odoo's rules, and the layout of XML.
for part in common prepare; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
stop_at_the_end
prepare odoo
mapfile -t addons < <(addons)
status=0

# check TITLE COMMAND…: shows the output only if the command fails.
check() {
    local output
    if output=$("${@:2}" 2>&1); then
        say "$1: passed"
    else
        say "$1:" && say "$output"
        status=1
    fi
}
bin=$environment/bin
check "ruff check" "$bin/ruff" check --quiet --output-format concise .
check "ruff format" "$bin/ruff" format --check --quiet --output-format concise .
check "XML format" "$python" dev/xml_format.py .
check "words" "$python" dev/words.py .
check "READMEs" "$python" dev/readme.py --check
check "dashboard" "$python" dev/dashboard.py --check
if [ ${#addons[@]} -gt 0 ]; then
    # A model with many subjects has a file for each of them.
    not_ours=consider-merging-classes-inherited
    check "pylint-odoo" "$bin/pylint" --disable="$not_ours" --ignore-paths='.*/tests/.*' "${addons[@]}"
    # Tests are checked by Odoo's rules only, because wrong calls fail when they run. Messages that they post are not
    # translated, which pylint-odoo knows for tests/ but not for its subfolders.
    check "pylint-odoo, tests" "$bin/pylint" --disable=all --enable=odoolint \
        --disable="$not_ours,translation-required" "${addons[@]/%//tests}"
    check "OCA's checks" "$bin/oca-checks-odoo-module" "${addons[@]}"
    check "texts" "$bin/oca-checks-po" */i18n/*.pot
    # A translation that equals its text, such as ID, is one: the check of the format would empty it.
    check "translations" "$bin/oca-checks-po" --disable=po-pretty-format */i18n/*.po
fi
exit "$status"

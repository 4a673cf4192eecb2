#!/usr/bin/env bash
# Checks the code: ruff for Python, pylint-odoo and OCA's checks for Odoo's rules, and how XML is set out.
for part in common prepare; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
stop_at_the_end
prepare odoo
mapfile -t addons < <(addons)
status=0

# check TITLE COMMAND…: silent when all is well.
check() {
    local output
    if output=$("${@:2}" 2>&1); then
        say "$1: well"
    else
        say "$1:" && say "$output"
        status=1
    fi
}
bin=$environment/bin
check "ruff check" "$bin/ruff" check --quiet --output-format concise .
check "ruff format" "$bin/ruff" format --check --quiet --output-format concise .
check "XML format" "$python" dev/xml_format.py .
if [ ${#addons[@]} -gt 0 ]; then
    # One README for all is at the top; a model that has many subjects has a file for each; hooks return nothing.
    # Hooks return nothing, and neither does what extends them.
    not_ours=missing-readme,consider-merging-classes-inherited,missing-return
    check "pylint-odoo" "$bin/pylint" --disable="$not_ours" --ignore-paths='.*/tests/.*' "${addons[@]}"
    # Odoo's rules alone for tests: what they call wrongly fails as they run. What they post is not
    # translated: pylint-odoo knows that of tests/ alone, not of its folders.
    check "pylint-odoo, tests" "$bin/pylint" --disable=all --enable=odoolint \
        --disable="$not_ours,translation-required" "${addons[@]/%//tests}"
    check "OCA's checks" "$bin/oca-checks-odoo-module" \
        --disable=xml-header-wrong,xml-field-numeric-without-eval,xml-field-bool-without-eval "${addons[@]}"
fi
exit "$status"

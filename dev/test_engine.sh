#!/usr/bin/env bash
# Runs the tests of the engine, which need neither Odoo nor a database.
for part in common prepare; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
stop_at_the_end
prepare
"$python" dev/test_engine.py "$@"

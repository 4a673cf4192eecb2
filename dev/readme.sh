#!/usr/bin/env bash
# Writes README.rst and static/description/index.html of each addon from its fragments, readme/*.md.
for part in common prepare; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
stop_at_the_end
prepare
umask 022 # as files of the checkout are
"$python" dev/readme.py

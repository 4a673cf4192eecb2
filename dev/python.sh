#!/usr/bin/env bash
# Creates the Python environment: the pinned packages of requirements/, and Odoo by a .pth file.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

python=$(find_python) || die "no Python 3.11 to 3.13 with its venv module was found: install one, or name it with PYTHON=…"
environment=$(find_environment "$python")
[ -e "$environment/complete" ] && exit
lock "$cache/python.lock"
[ -e "$environment/complete" ] && exit

say "Python environment: installing $(cat requirements/*.txt | grep -c ==) packages …"
log=$state/python.log
rm -rf "$environment"
"$python" -m venv "$environment" >"$log" 2>&1 || die "the environment could not be created with $python: see $log"
# All packages are listed and none is built here, so the installed versions are the tested ones. pip unpacks them
# beside the environment, as /tmp may be small.
TMPDIR=$environment "$environment/bin/python" -m pip install --no-compile --no-deps --only-binary=:all: --no-input \
    -r requirements/odoo.txt -r requirements/addons.txt -r requirements/dev.txt -r requirements/bench.txt >"$log" 2>&1 || {
    grep -E '^(ERROR|OSError|WARNING: Retrying)' "$log" | tail -n 3 >&2
    die "the Python packages could not be installed: check the network and the disk, and see $log"
}
echo "$odoo_tree" >"$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo19.pth"
touch "$environment/complete"
say "Python environment: ready."

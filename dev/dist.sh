#!/usr/bin/env bash
# Builds a wheel of each addon in dist/. With CHECK, installs them in a new Python environment, where there are no other
# addons than those of Odoo and of packages, and runs some of their tests in a new database.
for part in common prepare postgres; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

begin dist tools clean
database=crm_complaints_dist_$$
echo "$database" >"$run/databases"
prepare ${CHECK:+odoo postgres}
pip=(-m pip --quiet --no-input)

log=$run/build.log
"$python" "${pip[@]}" install --no-compile --no-deps --only-binary=:all: --target "$run/tools" \
    -r requirements/dist/tools.txt >"$log" 2>&1 || die "the tools could not be installed: check the network, and see $log"
rm -rf dist
(
    umask 022 # as files of the checkout are
    # The version is that of the manifest, without the number of commits since.
    export PYTHONPATH=$run/tools WHOOL_POST_VERSION_STRATEGY_OVERRIDE=none
    mapfile -t folders < <(addons)
    "$python" "${pip[@]}" wheel --no-deps --no-build-isolation --wheel-dir dist "${folders[@]/#/./}"
) >"$log" 2>&1 || die "the wheels could not be built: see $log"
say "Wheels:" dist/*.whl
[ -n "${CHECK:-}" ] || exit 0

say "Check: installing the wheels in a new environment …"
log=$run/install.log
"$(find_python)" -m venv "$run/clean" >"$log" 2>&1 || die "the environment could not be created: see $log"
clean=$run/clean/bin/python
packages=$("$clean" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$odoo_tree" >"$packages/odoo19.pth"
# All packages are listed, those that only the tests need as well (dev.txt).
"$clean" "${pip[@]}" install --no-compile --no-deps --only-binary=:all: \
    -r requirements/odoo.txt -r requirements/addons.txt -r requirements/dev.txt dist/*.whl >>"$log" 2>&1 ||
    die "the wheels could not be installed: see $log"
# Odoo itself lists more packages than it needs here.
if "$clean" -m pip check | grep '^odoo-addon-'; then die "a wheel needs what is not in requirements/"; fi

log=$run/odoo.log
start_postgres "$run/postgres" -c fsync=off -c full_page_writes=off -c synchronous_commit=off
python=$clean root=$packages/odoo/addons odoo_command "$run/odoo" "$database"
"$python" dev/database.py create "$database" "crm_complaints $root unfinished"
say "Check: installing all addons in a new database, and running some of their tests …"
start "${odoo[@]}" --stop-after-init --max-cron-threads 0 --http-port 0 --init "$(addons | paste -sd,)" \
    --test-tags "${TAGS:-/crm_complaints:TestInstall,/crm_complaints/tests/core/test_complaint_wizard.py}" >"$log" 2>&1
wait "${started[-1]}" || die "the check failed: see $log"
grep -oE '0 failed, 0 error\(s\) of [1-9][0-9]* tests' "$log" || die "no test was run, or one failed: see $log"

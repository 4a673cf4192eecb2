# Installs what is missing, for run.sh, test.sh and lint.sh; sourced, never run.
# shellcheck shell=bash

# The folder of PostgreSQL's programs: of the version that created the cluster, or else the newest installed.
postgres_bin() {
    local made_by=${1:-}/PG_VERSION
    if [ -e "$made_by" ] && [ -x "/usr/lib/postgresql/$(cat "$made_by")/bin/postgres" ]; then
        echo "/usr/lib/postgresql/$(cat "$made_by")/bin"
    else
        {
            command -v postgres && readlink -f "$(command -v postgres)"
            printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V
        } | while read -r program; do if [ -x "${program%/*}/initdb" ]; then echo "${program%/*}"; fi; done | tail -n 1
    fi
}

find_chromium() {
    command -v google-chrome chromium chromium-browser google-chrome-stable | head -n 1
}

# prepare [odoo] [postgres] [chromium]: installs these and the Python environment, and sets python.
prepare() {
    local packages=() job
    if ! find_python >/dev/null; then packages+=(python3-venv); fi
    if [[ " $* " == *" postgres "* && -z ${PGHOST:-} && -z $(postgres_bin) ]]; then packages+=(postgresql); fi
    if [[ " $* " == *" chromium "* && -z $(find_chromium) ]]; then packages+=(chromium); fi
    if [ ${#packages[@]} -gt 0 ]; then need_packages "${packages[@]}"; fi

    if [[ " $* " == *" odoo "* ]]; then start dev/odoo.sh; fi
    start dev/python.sh
    for job in "${started[@]}"; do
        wait "$job" || exit 1
    done
    started=()
    environment=$(find_environment "$(find_python)")
    python=$environment/bin/python
}

# odoo_command FOLDER DATABASE [ADDONS_PATH]: sets the array odoo to the options that all our ways of starting Odoo
# share.
odoo_command() {
    local path=$root${3:+,$3}
    mkdir -p "$1/data"
    if [ -e "$odoo_tree/odoo-bin" ]; then path=$odoo_tree/addons,$path; fi # a git checkout of Odoo
    # A separate file, so that the user's ~/.odoorc is not used. Nothing is reported to Odoo S.A.
    printf '[options]\npublisher_warranty_url =\nlist_db = False\n' >"$1/odoo.conf"
    odoo=("$python" -m odoo --config "$1/odoo.conf" --data-dir "$1/data" --addons-path "$path"
        --database "$2" --db-filter "^$2\$" --http-interface 127.0.0.1)
}

# Settings and helpers shared by the scripts beside it; sourced, never run.
# shellcheck shell=bash
set -euo pipefail
umask 077

say() { printf '%s\n' "$*"; }
die() {
    printf 'crm_complaints: %s\n' "$*" >&2
    exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
PORT=${PORT:-8069}
export LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1
export no_proxy="${no_proxy:+$no_proxy,}127.0.0.1,localhost"
export NO_PROXY=$no_proxy
unset PYTHONPATH PYTHONHOME

# Downloads are shared by all checkouts of this user; what belongs to one checkout is in $state.
if [ -n "${CRM_COMPLAINTS_CACHE:-}" ]; then
    cache=$CRM_COMPLAINTS_CACHE
elif [ "$(id -u)" = 0 ]; then
    cache=/var/cache/crm_complaints # PostgreSQL's own user must reach it
else
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/crm_complaints
fi
mkdir -p "$cache" 2>/dev/null || die "cannot write to $cache: set CRM_COMPLAINTS_CACHE to a folder that you can write to"
cache=$(cd "$cache" && pwd -P)
export PYTHONPYCACHEPREFIX=$cache/pycache RUFF_CACHE_DIR=$cache/ruff # out of the checkout
state=$cache/checkouts/${root##*/}-$(printf %s "$root" | sha256sum | cut -c1-8)
mkdir -p "$state"
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$cache" "$cache/checkouts" "$state"
fi

# Where Odoo is: the folder that holds the Python package "odoo".
if [ -n "${ODOO_SRC:-}" ]; then
    odoo_tree=$(cd "$ODOO_SRC" 2>/dev/null && pwd -P) || die "ODOO_SRC=$ODOO_SRC is not a folder"
    if [ -d "$odoo_tree/usr/lib/python3/dist-packages/odoo" ]; then
        odoo_tree=$odoo_tree/usr/lib/python3/dist-packages
    fi
else
    odoo_folder=$cache/odoo-19.0 # Debian's
    if [ -n "${ODOO_ARCHIVE:-}" ]; then
        [[ ${ODOO_SHA256:-} =~ ^[0-9a-f]{64}$ ]] ||
            die "ODOO_ARCHIVE needs ODOO_SHA256, the SHA-256 that the archive must have (sha256sum prints it)"
        odoo_folder=$cache/odoo-${ODOO_SHA256:0:12}
    fi
    odoo_tree=$odoo_folder/usr/lib/python3/dist-packages
fi

# Our addons: every folder of the checkout with a manifest.
addons() {
    local manifest
    for manifest in */__manifest__.py; do
        [ -e "$manifest" ] && dirname "$manifest"
    done
}

# The Python to build the environment with: $PYTHON, else the first that Odoo 19 runs on.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11}; do
        case $("$candidate" -c 'import sys, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) in
        3.11 | 3.12 | 3.13) command -v "$candidate" && return ;;
        esac
    done
    return 1
}

# The environment's folder, by what decides its content; python.sh fills it.
find_environment() {
    printf '%s/python-%s' "$cache" "$({
        cat requirements/*.txt && echo "$odoo_tree" && "$1" -c 'import sys; print(sys.version, sys.base_prefix)'
    } | sha256sum | cut -c1-12)"
}

# make_scratch FOLDER: a folder of this run only for sockets and temporary files, with a short path, as sockets
# want it. FOLDER keeps a link to it, so that one left over by a killed run goes with the next.
make_scratch() {
    case $(readlink "$1/scratch") in
    /tmp/crm_complaints.*) rm -rf "$(readlink "$1/scratch")" ;;
    esac
    scratch=$(mktemp -d /tmp/crm_complaints.XXXXXX)
    ln -sfn "$scratch" "$1/scratch"
    if [ "$(id -u)" = 0 ]; then chmod 711 "$scratch"; fi
    mkdir "$scratch/tmp"
    export TMPDIR=$scratch/tmp
}

# start COMMAND…: runs it in the background in a group of its own; it is told to stop should this script die.
started=()
start() {
    setsid setpriv --pdeathsig TERM "$@" </dev/null &
    started+=("$!")
}

# stop PID: ends what was started, first kindly, and whatever it left behind.
stop() {
    kill -TERM -- "-$1" 2>/dev/null || true
    for _ in {1..150}; do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Ends what was started, the last first; the scripts do this whichever way they end.
stop_all() {
    local i
    trap '' INT TERM HUP
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        stop "${started[i]}"
    done
    started=()
    if [ -n "${scratch:-}" ]; then rm -rf "$scratch"; fi
}
stop_at_the_end() {
    trap stop_all EXIT
    trap 'exit 129' HUP
    trap 'say "Stopping …"; exit 130' INT
    trap 'say "Stopping …"; exit 143' TERM
}

# begin NAME [OTHER…]: begins `make NAME`, one at a time in this checkout. Sets run to its folder, which is emptied;
# server to the PostgreSQL of somebody else, if PGHOST names one; and scratch. The databases that $run/databases lists,
# the folders of the private PostgreSQL and of Odoo in $run, and OTHER there, are removed at the end.
begin() {
    run=$state/$1
    removed=(postgres odoo "${@:2}")
    mkdir -p "$run"
    if [ "$(id -u)" = 0 ]; then chmod 711 "$run"; fi
    try_lock "$run/lock" || die "make $1 is already running in this checkout: wait until it ends"
    server=${PGHOST:-}
    stop_at_the_end
    trap end EXIT
    make_scratch "$run"
    find "$run" -mindepth 1 -maxdepth 1 ! -name lock ! -name scratch -exec rm -rf {} +
}
end() {
    stop_all
    if [ -n "$server" ] && [ -e "$run/databases" ] && [ -x "${python:-}" ]; then # nobody else drops them
        while read -r name; do "$python" dev/database.py drop "$name"; done <"$run/databases"
    fi
    rm -rf "${removed[@]/#/$run/}"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

# lock FILE: held until this script and all it started have ended. try_lock does not wait for another.
try_lock() {
    exec 9>"$1"
    flock -n 9
}
lock() {
    try_lock "$1" && return
    say "Waiting for another make to finish …"
    flock 9
}

# need_packages PACKAGE…: installs Debian packages.
need_packages() {
    command -v apt-get >/dev/null ||
        die "this machine has no apt-get: install the equivalents of Debian's packages '$*' yourself"
    say "Installing Debian packages: $* …"
    (
        lock "$cache/apt.lock"
        as_root apt-get -qq update 9>&- &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
                install -y --no-install-recommends "$@" 9>&-
    ) </dev/null >"$state/apt.log" 2>&1 && return
    tail -n 3 "$state/apt.log" >&2
    die "the Debian packages could not be installed: run 'apt-get install $*' as root and try again"
}

#!/usr/bin/env bash
# Gets Odoo 19.0: checks the tree named by ODOO_SRC, or unpacks ODOO_ARCHIVE or Debian's package into the cache.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What our tests were run with. It is not required: Debian's unstable suite has the newest version only.
tested=19.0.0+dfsg-1 tested_sha256=9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf
own="set ODOO_SRC to an Odoo 19.0 source tree, or ODOO_ARCHIVE and ODOO_SHA256 to an archive of one (docs/odoo.md)"

# check_release NAME TREE: ends unless this is Odoo 19.0.
check_release() {
    local release=$2/odoo/release.py
    [ -f "$release" ] || die "$1 does not contain odoo/release.py: set it to Odoo 19.0"
    grep -qE '^version_info = \(19, 0,' "$release" ||
        die "$1 is Odoo $(sed -nE "s/^version_info = \(([^,]*), ([^,]*),.*/\1.\2/p" "$release"), not 19.0"
}

# read_debian: reads Debian's lists and sets the array apt. The archive is the one that this machine's own apt uses.
read_debian() {
    local tool archive signed="signed-by=/usr/share/keyrings/debian-archive-keyring.gpg"
    for tool in apt-get dpkg; do
        command -v "$tool" >/dev/null || die "Odoo cannot be fetched without $tool: $own"
    done
    archive=$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p)
    if [ -z "$archive" ]; then # apt has no lists yet, so only the addresses that it would read are known
        archive=$(apt-get --print-uris update 2>/dev/null | sed -nE "/security/d; s,^'(.*)/dists/.*,\1,p" | sed -n 1p)
    fi
    [ -n "$archive" ] || die "apt knows no Debian archive that has Odoo: $own"
    mkdir -p "$work"/{lists,cache/archives}/partial
    printf "deb [$signed] $archive %s main\n" sid trixie >"$work/sources.list"
    apt=(apt-get -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root
        -o Acquire::Languages=none -o Acquire::Retries=3
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false)
    say "Odoo 19.0: reading Debian's archive …"
    if ! "${apt[@]}" -qq update >"$log" 2>&1 || grep -q '^[EW]: Failed' "$log"; then
        tail -n 3 "$log" >&2
        die "Debian's archive could not be read: check the network, or $own"
    fi
}

# fetch_debian PACKAGE…: fetches and unpacks them; apt checks what it fetches against the signed index.
fetch_debian() {
    local deb
    mkdir -p "$work/debs"
    (cd "$work/debs" && "${apt[@]}" -qq download "$@") >"$log" 2>&1 || {
        tail -n 3 "$log" >&2
        die "Odoo could not be fetched: check the network and try again, or $own"
    }
    say "Odoo 19.0: unpacking …"
    for deb in "$work"/debs/*.deb; do unpack "$deb"; done
}

unpack() {
    case $1 in
    *.deb) dpkg -x "$1" "$work/root" ;;
    *.zip) "$(find_python)" -m zipfile -e "$1" "$work/root" ;;
    *) tar -xf "$1" -C "$work/root" --no-same-owner ;;
    esac || die "$1 could not be unpacked: check whether it is complete, and whether the disk is full"
}

# fetch_archive: unpacks ODOO_ARCHIVE, in the layout of Debian's package whatever its own is.
fetch_archive() {
    local file=$ODOO_ARCHIVE sum release
    case $file in
    http://* | https://*)
        say "Odoo 19.0: fetching $file …"
        file=$work/${file##*/}
        "$(find_python)" -c 'import sys, urllib.request as u; u.urlretrieve(*sys.argv[1:])' "$ODOO_ARCHIVE" "$file" \
            >"$log" 2>&1 || die "ODOO_ARCHIVE=$ODOO_ARCHIVE could not be fetched: $(tail -n 1 "$log")"
        ;;
    *) [ -f "$file" ] || die "ODOO_ARCHIVE=$file is neither a file nor an address" ;;
    esac
    sum=$(sha256sum <"$file")
    [ "${sum%% *}" = "$ODOO_SHA256" ] || die "the SHA-256 of $ODOO_ARCHIVE is ${sum%% *}, not ODOO_SHA256=$ODOO_SHA256"
    say "Odoo 19.0: unpacking $file …"
    unpack "$file"
    [ -d "$tree" ] && return
    mv "$work/root" "$work/unpacked"
    release=$(find "$work/unpacked" -path '*/odoo/release.py' | sed -n 1p)
    [ -n "$release" ] || die "ODOO_ARCHIVE=$ODOO_ARCHIVE does not contain odoo/release.py: set it to Odoo 19.0"
    mkdir -p "${tree%/*}"
    mv -T "${release%/odoo/release.py}" "$tree"
}

if [ -n "${ODOO_SRC:-}" ]; then
    check_release "ODOO_SRC=$ODOO_SRC" "$odoo_tree"
    exit
fi
[ -e "$odoo_folder" ] && exit
lock "$cache/odoo.lock"
[ -e "$odoo_folder" ] && exit

rm -rf "$cache"/odoo-new.* # left by an interrupted run
work=$(mktemp -d "$cache/odoo-new.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$state/odoo.log
tree=$work/root/usr/lib/python3/dist-packages
mkdir "$work/root"
# Other packages have what Debian takes out of Odoo. Trixie's do not change any more, and have Font Awesome 4.7.
parts=({libjs-jquery,libjs-underscore,libjs-jquery-form}/trixie
    fonts-{roboto-unhinted,montserrat,inconsolata,font-awesome}/trixie)

if [ -n "${ODOO_ARCHIVE:-}" ]; then
    fetch_archive
    if [ -L "$tree/odoo/addons/web/static/lib/jquery/jquery.js" ]; then # it is Debian's
        read_debian
        fetch_debian "${parts[@]}"
    fi
    check_release "ODOO_ARCHIVE=$ODOO_ARCHIVE" "$tree"
    version="19.0 of $ODOO_ARCHIVE"
else
    read_debian
    version=$("${apt[@]/#apt-get/apt-cache}" policy odoo-19 | sed -n 's/ *Candidate: //p')
    case $version in
    "$tested") ;;
    19.0.*) say "Note: Debian has $version by now; our tests were run with $tested. Should something differ, $own." ;;
    *) die "Debian's archive no longer has Odoo 19.0: $own. Tested: Debian's odoo-19 $tested, SHA-256 $tested_sha256" ;;
    esac
    say "Odoo 19.0: fetching $version and the files that its pages need (130 MB) …"
    fetch_debian odoo-19 "${parts[@]}"
    check_release "Debian's package odoo-19 $version" "$tree"
fi

# Debian leaves this file out; without it every page of the back end logs an error.
if [ -d "$tree/odoo/addons/mail/static" ]; then
    mkdir -p "$tree/odoo/addons/mail/static/lib/selfie_segmentation"
    touch "$tree/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
fi
echo "$version" >"$work/root/version"
sync -f "$work/root" 2>/dev/null || true
mv -T "$work/root" "$odoo_folder"
say "Odoo $version: ready."

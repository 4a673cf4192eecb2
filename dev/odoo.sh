#!/usr/bin/env bash
# Gets Odoo 19.0: checks the tree named by ODOO_SRC, or unpacks Debian's package into the cache.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ -n "${ODOO_SRC:-}" ]; then
    [ -f "$odoo_tree/odoo/release.py" ] || die "ODOO_SRC=$ODOO_SRC does not contain odoo/release.py: set it to an Odoo 19.0 source tree"
    grep -qE '^version_info = \(19, 0,' "$odoo_tree/odoo/release.py" ||
        die "ODOO_SRC=$ODOO_SRC is Odoo $(sed -nE 's/^version_info = \(([^,]*), ([^,]*),.*/\1.\2/p' "$odoo_tree/odoo/release.py"), not 19.0"
    exit
fi

target=$cache/odoo-19.0
[ -e "$target" ] && exit
for tool in apt-get dpkg; do
    command -v "$tool" >/dev/null || die "Odoo cannot be fetched without $tool: set ODOO_SRC to an Odoo 19.0 source tree"
done
lock "$cache/odoo.lock"
[ -e "$target" ] && exit

rm -rf "$cache"/odoo-new.* # left by an interrupted run
work=$(mktemp -d "$cache/odoo-new.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$state/odoo.log

# The archive is the one that this machine's own apt uses. Odoo is in sid only. Odoo's pages need Font
# Awesome 4.7, which trixie has.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p)
if [ -z "$archive" ]; then # apt has no lists yet, so only the addresses that it would read are known
    archive=$(apt-get --print-uris update 2>/dev/null | sed -nE "/security/d; s,^'(.*)/dists/.*,\1,p" | sed -n 1p)
fi
[ -n "$archive" ] || die "apt knows no Debian archive that has Odoo: set ODOO_SRC to an Odoo 19.0 source tree"
signed="signed-by=/usr/share/keyrings/debian-archive-keyring.gpg"
mkdir -p "$work"/{lists,cache/archives,debs}/partial "$work/root"
printf "deb [$signed] $archive %s main\n" sid trixie >"$work/sources.list"
apt=(apt-get -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Acquire::Retries=3
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false)

say "Odoo 19.0: reading Debian's archive …"
if ! "${apt[@]}" -qq update >"$log" 2>&1 || grep -q '^[EW]: Failed' "$log"; then
    tail -n 3 "$log" >&2
    die "Debian's archive could not be read: check the network, or set ODOO_SRC to an Odoo 19.0 source tree"
fi
version=$("${apt[@]/#apt-get/apt-cache}" policy odoo-19 | sed -n 's/ *Candidate: //p')
case $version in
19.0.*) ;;
*) die "Debian's archive no longer has Odoo 19.0: set ODOO_SRC to an Odoo 19.0 source tree" ;;
esac

say "Odoo 19.0: fetching $version and the files that its pages need (130 MB) …"
(
    cd "$work/debs"
    # apt checks what it fetches against the signed index.
    "${apt[@]}" -qq download odoo-19 libjs-jquery libjs-underscore libjs-jquery-form \
        fonts-roboto-unhinted fonts-montserrat fonts-inconsolata fonts-font-awesome/trixie
) >"$log" 2>&1 || {
    tail -n 3 "$log" >&2
    die "Odoo could not be fetched: check the network and try again"
}
say "Odoo 19.0: unpacking …"
for deb in "$work"/debs/*.deb; do
    dpkg -x "$deb" "$work/root" || die "$deb could not be unpacked: check whether the disk is full"
done

# Debian leaves this file out; without it every page of the back end logs an error.
mkdir -p "$work/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation"
touch "$work/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
echo "$version" >"$work/root/version"
sync -f "$work/root" 2>/dev/null || true
mv -T "$work/root" "$target"
say "Odoo $version: ready."

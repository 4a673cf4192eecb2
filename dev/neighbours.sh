# Installs OCA's addons that are tested beside ours, in a folder of their own; sourced, never run.
# shellcheck shell=bash

# prepare_neighbours: sets neighbours_path to the addons path of that folder.
prepare_neighbours() {
    local list=requirements/neighbours/addons.txt folder log=$state/neighbours.log
    folder=$environment-$(sha256sum "$list" | cut -c1-8)
    neighbours_path=$folder/odoo/addons
    if [ -e "$folder/complete" ]; then return; fi
    (
        lock "$cache/python.lock"
        [ -e "$folder/complete" ] && exit
        say "Neighbours: installing $(grep -c == "$list") addons of OCA …"
        rm -rf "$folder"
        "$python" -m pip install --no-compile --no-deps --only-binary=:all: --no-input --target "$folder" \
            -r "$list" >"$log" 2>&1 && touch "$folder/complete"
    ) || die "OCA's addons could not be installed: check the network, and see $log"
}

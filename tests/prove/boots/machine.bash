# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# To be sourced first by scripts that run a copy of the Debian in $1. Restarts the script in mount, network and process
# namespaces of its own, which end with it. $root is the copy, an overlay in memory, with this project's programs and two
# texts of rules. Needs root; $BUILD has the programs.
set -euo pipefail
[ "${FW_BOOT-}" = inside ] || FW_BOOT=inside exec unshare -n -m -p --fork --kill-child --mount-proc "$0" "$@"
unset FW_BOOT
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
share=$here/../../../share
work=$(mktemp -d)
at_end=()
finish() {
	local command
	for command in "${at_end[@]}"; do $command; done
	umount -R "$work/disk" 2>/dev/null || true
	rm -rf --one-file-system "$work"
}
trap finish EXIT
mkdir "$work/disk"
mount -t tmpfs tmpfs "$work/disk"
mkdir "$work/disk/"{up,work,root}
mount -t overlay overlay -o "lowerdir=$(realpath "$1"),upperdir=$work/disk/up,workdir=$work/disk/work" "$work/disk/root"
root=$work/disk/root units=$work/disk/root/etc/systemd/system

cp "$BUILD"/fw-load "$BUILD"/fw-save "$root/usr/sbin/"
printf '%s\n' '*filter' ':INPUT DROP' ':FORWARD DROP' '-A INPUT -i lo -j ACCEPT' \
	'-A INPUT -p tcp --dport 22 -m comment --comment ours -j ACCEPT' COMMIT >"$root/root/ours.rules"
printf '%s\n' '*filter' ':INPUT ACCEPT' '-A INPUT -m comment --comment theirs -j ACCEPT' COMMIT >"$root/root/theirs.rules"

inside() { # inside COMMAND...: runs it in the copy, in a network namespace of its own, with an empty /run
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/run"
	# shellcheck disable=SC2016
	unshare -n chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c 'ip link set lo up; exec "$@"' sh "$@"
	umount "$root/run" "$root/proc"
	umount -R -l "$root/dev"
}

loaded() { # loaded [FILE]: makes FILE of the copy, or its ours.rules, the last load before the boot
	inside fw-load -q --replace "${1-/root/ours.rules}"
}

program() { # program PATH: makes an executable file of standard input
	mkdir -p "$(dirname "$root/$1")"
	cat >"$root/$1"
	chmod 755 "$root/$1"
}

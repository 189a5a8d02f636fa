# SPDX-License-Identifier: GPL-2.0-or-later
# A small disk without root and without a mount: small-disk.c comes between a program and the kernel.
# shellcheck shell=bash

small_disk() { # small_disk DIR SIZE [FILES]: DIR has room for SIZE (like 10M) and so many files; SIZE 0: it is read-only
	export SMALL_DISK
	SMALL_DISK=$(realpath "$1")
	disk_library=$BATS_TEST_TMPDIR/small-disk.so
	[ -e "$disk_library" ] ||
		"${CC:-cc}" -D_GNU_SOURCE -O1 -fPIC -shared -o "$disk_library" "$BATS_TEST_DIRNAME/lib/small-disk.c" -ldl
	disk_size "${@:2}"
}

disk_size() { # disk_size SIZE [FILES]: another size from now on, also for programs that run
	echo "$(numfmt --from=iec "$1") ${2-}" >"$SMALL_DISK.new"
	mv "$SMALL_DISK.new" "$SMALL_DISK.size"
}

on_disk() { # on_disk COMMAND...: to this command the disk is small
	# Sanitizers want to be the first library, and need not be.
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$disk_library "$@"
}

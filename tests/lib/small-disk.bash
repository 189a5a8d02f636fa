# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# A small disk without root and without a mount: small-disk.c intercepts a program's calls.
# shellcheck shell=bash

small_disk() { # small_disk DIR SIZE [FILES]: limits DIR to SIZE (like 10M) and FILES files; SIZE 0 makes it read-only
	export SMALL_DISK
	SMALL_DISK=$(realpath "$1")
	disk_library=$BATS_TEST_TMPDIR/small-disk.so
	[ -e "$disk_library" ] ||
		"${CC:-cc}" -D_GNU_SOURCE -O1 -fPIC -shared -o "$disk_library" "$BATS_TEST_DIRNAME/lib/small-disk.c" -ldl
	disk_size "${@:2}"
}

disk_size() { # disk_size SIZE [FILES]: changes the limits, for running programs too
	echo "$(numfmt --from=iec "$1") ${2-}" >"$SMALL_DISK.new"
	mv "$SMALL_DISK.new" "$SMALL_DISK.size"
}

on_disk() { # on_disk COMMAND...: runs it with the limits
	# Sanitizers demand to be the first library unless told otherwise.
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$disk_library "$@"
}

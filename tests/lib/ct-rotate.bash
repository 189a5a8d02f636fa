# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# For the tests of ct-rotate: $dir, a directory for logs, and $scratch beside it; on the tmpfs of scripts/netns-run if
# there is one. Tests are skipped where / does not belong to root, since ct-rotate rightly refuses every log there.
# shellcheck shell=bash

. "${BASH_SOURCE[0]%/*}/needs.bash"

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/clock.bash"
. "$BATS_TEST_DIRNAME/lib/anyone.bash"

rotate_setup() {
	local place=${TMPDIR:-/tmp}
	[ "$(stat -c %u /)" -eq 0 ] || skip "rotates logs: / does not belong to root in this user namespace"
	! in_netns || place=/run
	umask 022
	TZ=$(noon)
	export TZ LC_ALL=C
	scratch=$(mktemp -d "${1:-$place}/ct-rotate.XXXXXX")
	dir=$scratch/logs
	mkdir -m 700 "$dir"
	from_lock=
	if [[ $BUILD == *-san ]]; then
		from_lock=-m
		# The leak checker uses ptrace too, and only one tracer is possible at a time.
		no_leaks=ASAN_OPTIONS=detect_leaks=0
		step=7
	fi
}

rotate_teardown() {
	[ -z "${writer-}" ] || kill "$writer" 2>/dev/null || true
	[ -z "${scratch-}" ] || rm -rf -- "$scratch"
}

rotate() { # rotate OPTIONS... LOG: rotates with -f and must succeed
	"$BUILD/ct-rotate" -f "$@"
}

tree() { # tree DIR: lists the files in a directory, without ct-rotate's locks
	find "$1" -mindepth 1 ! -name '.*.lock' -printf '%P\n' | sort
}

# SPDX-License-Identifier: GPL-2.0-or-later
# For the tests of ct-rotate: $dir, a directory of our own for logs, and $scratch beside it; on the tmpfs of
# scripts/netns-run where there is one. Where / does not belong to root as seen from here, ct-rotate rightly
# refuses every log.
# shellcheck shell=bash

. "${BASH_SOURCE[0]%/*}/needs.bash"

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/clock.bash"
. "$BATS_TEST_DIRNAME/lib/anyone.bash"

rotate_setup() {
	local place=${TMPDIR:-/tmp}
	[ "$(stat -c %u /)" -eq 0 ] || skip "rotates logs: this user namespace has no root who could own /"
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
		# Leaks are found by ptrace too, and only one can trace at a time.
		no_leaks=ASAN_OPTIONS=detect_leaks=0
		step=7
	fi
}

rotate_teardown() {
	[ -z "${writer-}" ] || kill "$writer" 2>/dev/null || true
	[ -z "${scratch-}" ] || rm -rf -- "$scratch"
}

rotate() { # rotate OPTIONS... LOG: by force, must work
	"$BUILD/ct-rotate" -f "$@"
}

# What lies in a directory, without our locks.
tree() { # tree DIR
	find "$1" -mindepth 1 ! -name '.*.lock' -printf '%P\n' | sort
}

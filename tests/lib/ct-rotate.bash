# SPDX-License-Identifier: GPL-2.0-or-later
# For the tests of ct-rotate: $dir, a directory of our own for logs on the tmpfs that the test runner gives, and
# $scratch beside it. Where / does not belong to root as seen from here, every log is refused, and rightly.

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/clock.bash"
. "$BATS_TEST_DIRNAME/lib/anyone.bash"

rotate_setup() {
	[ "$(stat -c %u /)" -eq 0 ] || skip "the owner of / is not root here (a user namespace)"
	umask 022
	TZ=$(noon)
	export TZ LC_ALL=C
	scratch=$(mktemp -d "${1:-/run}/ct-rotate.XXXXXX")
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
	[ -z "${mounted-}" ] || umount "$mounted"
	[ -z "${scratch-}" ] || rm -rf -- "$scratch"
}

rotate() { # rotate OPTIONS... LOG: by force, must work
	"$BUILD/ct-rotate" -f "$@"
}

# What lies in a directory, without our locks.
tree() { # tree DIR
	find "$1" -mindepth 1 ! -name '.*.lock' -printf '%P\n' | sort
}

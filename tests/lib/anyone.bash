# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# shellcheck shell=bash
# For tests that run a program as another user. The checkout may be in a folder that only its owner can enter, as /root.

. "${BASH_SOURCE[0]%/*}/needs.bash"

anyone() { # anyone PROGRAM: prints a path of the program under which every user may run it
	local dir=/run
	if ! has_users || setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$BUILD/$1"; then
		echo "$BUILD/$1"
		return
	fi
	in_netns || { dir=$BATS_FILE_TMPDIR && chmod a+x "$BATS_RUN_TMPDIR" "${dir%/*}" "$dir"; } # /run is the machine's
	[ -e "$dir/${1##*/}" ] || install -m 755 "$BUILD/$1" "$dir/${1##*/}"
	echo "$dir/${1##*/}"
}

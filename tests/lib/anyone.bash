# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests that run a program as another user. The checkout may lie where only its owner gets to, as /root.

anyone() { # anyone PROGRAM: prints the path of a copy that every user may run
	[ -e "/run/${1##*/}" ] || install -m 755 "$BUILD/$1" "/run/${1##*/}"
	echo "/run/${1##*/}"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Waiting for what happens in its own time.

wait_for() { # wait_for COMMAND...: until it succeeds, 20 seconds at most
	local try
	for ((try = 0; try < 1000; try++)); do
		"$@" && return
		sleep 0.02
	done
	echo "waited for $* in vain"
	return 1
}

lines_of() { # lines_of FILE N: it has N lines or more
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

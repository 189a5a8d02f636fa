# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# shellcheck shell=bash
# Waiting for a condition, never for a time. The limit only ends a test that has failed: it is far longer than any busy
# machine needs.

wait_for() { # wait_for COMMAND...: repeats it until it succeeds, for at least two minutes
	local try
	for ((try = 0; try < 2400; try++)); do
		"$@" && return
		sleep 0.05
	done
	echo "waited for $* in vain"
	return 1
}

lines_of() { # lines_of FILE N: the file has N lines or more
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

is_over() { # is_over PID: the process has ended
	! kill -0 "$1" 2>/dev/null
}

is_locked() { # is_locked FILE: a process holds its lock
	! flock -n "$1" true
}

has_open() { # has_open PID FILE: the process has the file open, as one that waits for its lock does
	stat -Lc %d:%i "/proc/$1/fd/"* 2>/dev/null | grep -qx "$(stat -c %d:%i "$2")"
}

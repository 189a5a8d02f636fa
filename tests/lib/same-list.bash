# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Compares the listing of ct-stat with that of conntrack(8), line by line. The caller sets $tmp.
# shellcheck shell=bash disable=SC2154

# Timeouts run down between two listings: `rest` hides them, `timeouts` prints them.
rest() { sed -E 's/^((ipv[46] +[0-9]+ )?[a-z0-9]+ +[0-9]+ )[0-9]+ /\1T /' "$1"; }
timeouts() { sed -E 's/^(ipv[46] +[0-9]+ )?[a-z0-9]+ +[0-9]+ ([0-9]+) .*/\2/' "$1"; }

same_list() { # same_list CONNTRACK-OPTIONS -- CT-STAT-OPTIONS
	local theirs=()
	while [ "$1" != -- ]; do theirs+=("$1") && shift; done
	shift
	conntrack -L "${theirs[@]}" 2>/dev/null >"$tmp/theirs"
	ct-stat --list "$@" >"$tmp/ours"
	[ -s "$tmp/ours" ]
	cmp <(rest "$tmp/theirs") <(rest "$tmp/ours") || diff <(rest "$tmp/theirs") <(rest "$tmp/ours") | head -5
	paste <(timeouts "$tmp/theirs") <(timeouts "$tmp/ours") | awk '$1 < $2 || $1 - $2 > 600 { exit 1 }'
	cmp <(rest "$tmp/theirs") <(rest "$tmp/ours")
}

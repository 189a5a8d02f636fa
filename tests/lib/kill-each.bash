#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kill-each "KILL-AT OPTIONS" AT_LEAST OPTIONS... - kill a run of ct-rotate at each of its system calls in turn, in $dir: at
# each point all lines must be there once or more, and exactly once after one more run. AT_LEAST: so many calls are
# expected. $scratch is for our files, $archives where archives go, $threads 2 makes a log of two compression blocks.
# $step above 1 leaves calls out, for builds with sanitizers; $no_leaks is for env.
# A script of its own because bats looks at every command of a test, which takes longer than the command.
set -euo pipefail
: "${BUILD:?}" "${dir:?}" "${scratch:?}" "${archives:=$dir}"

# One log with two archives behind it, all lines numbered.
prepare() { # prepare OPTIONS...
	local part
	mkdir -p -m 700 "$archives"
	for part in "1 300" "301 600" "601 900"; do
		# shellcheck disable=SC2086
		seq $part >"$dir/log"
		[ "$part" = "601 900" ] || "$BUILD/ct-rotate" -f "$@" "$dir/log"
	done
	seq 1 900 >"$scratch/all"
	if [ "${threads-1}" -gt 1 ]; then
		"$BUILD/tests/make-log" 4500 | tee -a "$scratch/all" >>"$dir/log"
	fi
	sort "$scratch/all" >"$scratch/expected"
	cp -a "$dir" "$scratch/template"
}

lines() { # all lines of log and archives
	local file plain=("$dir/log") packed=()
	for file in "$archives"/log[-.]*; do
		case $file in
		*'*') ;;
		*.gz) packed+=("$file") ;;
		*) plain+=("$file") ;;
		esac
	done
	cat "${plain[@]}"
	[ ${#packed[@]} -eq 0 ] || gzip -dc "${packed[@]}"
}

check_step() { # check_step N OPTIONS...: after the kill at call N
	local n=$1
	shift
	[ -e "$dir/log" ] || { echo "call $n: the log is missing"; return 1; }
	lines | sort -u | cmp - "$scratch/expected" || { echo "call $n: lines are missing"; return 1; }
	# The one that was killed may take a moment to let go of its lock.
	"$BUILD/ct-rotate" -f --wait=100 --rotate 9 "$@" "$dir/log" 2>"$scratch/err" || { echo "call $n: the next run failed with status $?"; return 1; }
	lines | sort | cmp - "$scratch/expected" || { echo "call $n: not each line once"; return 1; }
	for left in "$dir"/.*.tmp "$archives"/.*.tmp "$archives"/*.bad; do
		[ ! -e "$left" ] || { echo "call $n: $left is left over"; return 1; }
	done
}

run_one() { # run_one N OPTIONS...: 0 killed, 1 it came to its end
	local n=$1 state=0
	shift
	rm -rf -- "$dir"
	cp -a "$scratch/template" "$dir"
	# shellcheck disable=SC2086
	env ${no_leaks-} "$BUILD/tests/kill-at" $how "$n" "$BUILD/ct-rotate" -f --rotate 9 "$@" "$dir/log" >"$scratch/out" 2>&1 || state=$?
	return "$state"
}

how=$1 at_least=$2
shift 2
prepare "$@"
n=1 state=0
while run_one "$n" "$@" || { state=$?; false; }; do
	check_step "$n" "$@" || { cat "$scratch/err"; ls -lA "$dir" "$archives"; exit 1; }
	n=$((n + ${step-1}))
done
echo "killed up to call $((n - ${step-1})), then: $(cat "$scratch/out")"
[ "$state" -ne 77 ] || exit 77
[ "$state" -eq 1 ] && [ "$n" -gt "$at_least" ] && [ "$(tail -n 1 "$scratch/out")" = 0 ]

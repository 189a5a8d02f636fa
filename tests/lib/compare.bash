#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# compare FILE - run logrotate and ct-rotate on the same trees and configurations, those of FILE. Prints the name of each
# situation with "same" or "differs", and the differences on standard error. Compares names, inflated contents, modes,
# owners, the output of scripts, and whether the status is 0. With $no_users, leaves out situations about other users.
set -u
: "${BUILD:?}" "${scratch:?}"
. "${BASH_SOURCE[0]%/*}/clock.bash"
TZ=$(noon)
export TZ LC_ALL=C

# expand: splits a block on one line into one directive per line. Three more words are for this script: times,
# drop-newest and as-it-comes.
expand() {
	sed -E '/^LOGS.*\{ .*\}$|^"LOGS.*\{ .*\}$/{s/ \{ /&\n/; s/ *;? *\}$/\n}/; s/; /\n/g}'
}

# number_names DIR: renames ct-rotate's archives from dates to numbers, newest first, without the one that stands for LAST
number_names() {
	local number=0 name
	[ ! -e "$1/.marker" ] || rm -f "$1/$(cat "$1/.marker")" "$1/.marker"
	for name in $(cd "$1" && ls -r | grep -E -- '-[0-9]{8}T[0-9]{6}Z'); do
		number=$((number + 1))
		mv "$1/$name" "$1/${name%-*}.$number${name##*Z}"
	done
}

snapshot() { # snapshot DIR TIMES: prints the files with their contents, and with TIMES their modification times
	local name
	(cd "$1" && find . -mindepth 1 ! -name '.*.lock' | sort | while IFS= read -r name; do
		stat -c "%n %F %a %u:%g" "$name" | sed 's/regular empty file/regular file/'
		[ -z "$2" ] || [ "$name" = ./log ] || stat -c "%n %Y" "$name"
		case $name in
		*.gz) gzip -dc "$name" 2>&1 ;;
		*.xz) xz -dc "$name" 2>&1 ;;
		*.zst) zstd -qdc "$name" 2>&1 ;;
		*) [ ! -f "$name" ] || cat "$name" ;;
		esac
	done) | sed "s,$1,LOGS,g"
}

run_both() { # run_both RUNS FORCE
	local i force=$2
	for ((i = 1; i <= $1; i++)); do
		logrotate $force -s "$scratch/state" "$scratch/a.conf" >"$scratch/a.out" 2>&1
		a_status=$?
		"$BUILD/ct-rotate" $force --settle 200ms -c "$scratch/b.conf" >"$scratch/b.out" 2>&1
		b_status=$?
		[ "$i" -eq "$1" ] || for side in a b; do echo "more $i" >>"$scratch/$side/log"; done
	done
}

situation() { # situation NAME [-l LAST] [-n] [-r RUNS] PREPARATION; the configuration on standard input
	local name=$1 last= force=-f runs=1 times= naming=nodateext side
	shift
	while [[ $1 == -? ]]; do
		case $1 in
		-l) last=$2 force= naming=dateext; shift 2 ;;
		-n) force=; shift ;;
		-r) runs=$2; shift 2 ;;
		esac
	done
	rm -rf -- "$scratch"/{a,b,*.conf,state}
	expand >"$scratch/conf"
	if [ -n "${no_users-}" ] && { [[ $1 == *chown* ]] || grep -qE 'root root|daemon' "$scratch/conf"; }; then
		echo "left out: $name"
		return
	fi
	! grep -q times "$scratch/conf" || times=1
	for side in a b; do
		mkdir -m 700 "$scratch/$side"
		(cd "$scratch/$side" && eval "$1")
		{
			[ "$naming" = nodateext ] && echo nodateext
			grep -qE 'create|as-it-comes|copytruncate' "$scratch/conf" || echo create
			sed "s,LOGS,$scratch/$side,g; /^ *times$/d; /^ *drop-newest$/d; /^ *as-it-comes$/d" "$scratch/conf"
		} >"$scratch/$side.conf"
	done
	if [ -n "$last" ]; then
		printf 'logrotate state -- version 2\n"%s" %s\n' "$scratch/a/log" "$(date -d "$last" +%Y-%-m-%-d-%-H:%-M:%-S)" >"$scratch/state"
		date -u -d "$last" +log-%Y%m%dT%H%M%SZ >"$scratch/b/.marker"
		: >"$scratch/b/$(cat "$scratch/b/.marker")"
	fi
	run_both "$runs" "$force"
	number_names "$scratch/b"
	if grep -q drop-newest "$scratch/conf"; then # its name is the time of this run
		for side in a b; do (cd "$scratch/$side" && mv "$(ls -r | grep log- | head -n 1)" newest); done
	fi
	snapshot "$scratch/a" "$times" >"$scratch/a.tree"
	snapshot "$scratch/b" "$times" >"$scratch/b.tree"
	[ "$a_status" -eq 0 ] && echo "status 0" >>"$scratch/a.tree" || echo "status not 0" >>"$scratch/a.tree"
	[ "$b_status" -eq 0 ] && echo "status 0" >>"$scratch/b.tree" || echo "status not 0" >>"$scratch/b.tree"
	if cmp -s "$scratch/a.tree" "$scratch/b.tree"; then
		echo "same: $name"
	else
		echo "differs: $name"
		{ echo "--- $name (logrotate -, ct-rotate +)"; diff -a -u "$scratch/a.tree" "$scratch/b.tree" | tail -n +3; cat "$scratch/a.out" "$scratch/b.out"; } >&2
	fi
}

# shellcheck source=/dev/null
. "$1"

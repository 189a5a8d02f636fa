#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The same trees and files given to Debian's logrotate and to ct-rotate: the same contents afterwards, but for
# the deliberate differences of data/ct-rotate/differences.

# In no user namespace: ct-rotate asks who owns /, and it is a stranger there.
bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() {
	rotate_setup
	chmod 711 "$scratch"
}
teardown() { rotate_teardown; }

@test "logrotate and ct-rotate leave the same, in 64 situations and more, except where it is said" {
	needs logrotate
	[ "$(id -u)" -eq 0 ] || skip "runs logrotate as cron does: not root here"
	data=$BATS_TEST_DIRNAME/data/ct-rotate
	has users && has processes && no_users= || no_users=1
	BUILD=$BUILD no_users=$no_users scratch=$scratch bash "$BATS_TEST_DIRNAME/lib/compare.bash" "$data/situations.bash" >"$scratch/result" 2>"$scratch/diffs"
	grep -v '^#' "$data/differences" | sed 's/: .*//' | sort >"$scratch/expected"
	sed -n 's/^differs: //p' "$scratch/result" | sort >"$scratch/got"
	cat "$scratch/diffs"
	diff -u "$scratch/expected" "$scratch/got"
	[ "$(grep -c '^same: \|^left out: ' "$scratch/result")" -ge 64 ]
	[ "$(grep -c '^left out: ' "$scratch/result")" -eq $((${no_users:-0} * 4)) ]
}

# What the trap of the tutorial's file does with logrotate, and not here.
@test "killed while compressing: logrotate loses lines at the next run, ct-rotate does not" {
	needs logrotate
	seq 100000 >"$dir/log"
	printf '%s {\n rotate 5\n compress\n nodateext\n create\n}\n' "$dir/log" >"$scratch/conf"
	seq 100000 >"$dir/log.1" # as after a kill between its gzip's first byte and its last
	gzip <"$dir/log.1" | head -c 1000 >"$dir/log.1.gz"
	: >"$dir/log"
	cp -a "$dir" "$scratch/copy"
	logrotate -f -s "$scratch/state" "$scratch/conf"
	lost=$(cat "$dir"/log.1 "$dir"/log.2 2>/dev/null | wc -l)
	lost=$((lost + $(zcat "$dir"/*.gz 2>/dev/null | wc -l)))
	rm -r "$dir"
	mv "$scratch/copy" "$dir"
	rotate --naming number -c "$scratch/conf"
	zcat "$dir"/log.*.gz | cmp - <(seq 100000)
	echo "logrotate: $lost of 100000 lines left"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What stands in the place of a file that ct-stat reads: it never waits for ever, and never replaces what is not its own.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
	mkdir -p "$tmp/proc/sys/net/netfilter" "$tmp/proc/sys/kernel" "$tmp/proc/net/stat"
	echo 10 >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	echo 100 >"$tmp/proc/sys/net/netfilter/nf_conntrack_max"
	printf 'entries drop early_drop insert_failed\n%08x 00000000 00000000 00000000\n' 10 >"$tmp/proc/net/stat/nf_conntrack"
}

alarm() { timeout 20 ct-stat --proc "$tmp/proc" -w 80 -c 90 "$@"; }

@test "a state file that is no regular file is told, and stays what it is" {
	mkfifo "$tmp/fifo"
	mkdir "$tmp/directory"
	ln -s fifo "$tmp/link"
	kinds='fifo link directory'
	if mknod "$tmp/null" c 1 3 2>"$tmp/why"; then kinds+=' null'; fi # not everybody may make a device
	for kind in $kinds; do
		run -3 alarm --state "$tmp/$kind"
		[[ $output == "CT-STAT UNKNOWN: 10 of 100 entries (10.0 %): $tmp/$kind: "* ]]
		[[ $output == *": not a regular file"* || $output == *": Is a directory"* ]]
	done
	[ -p "$tmp/fifo" ] && [ -d "$tmp/directory" ] && [ -L "$tmp/link" ]
	[[ $kinds != *null* ]] || [ -c "$tmp/null" ]
	echo 95 >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	run -2 alarm --state "$tmp/fifo" # and it hides no alarm
}

@test "a file of another kind in the place of the state file is told, and never overwritten" {
	echo 'root:x:0:0:root:/root:/bin/sh' >"$tmp/passwd"
	cp "$tmp/passwd" "$tmp/before"
	for n in 1 2; do
		run -3 alarm --state "$tmp/passwd"
		[[ $output == *"$tmp/passwd: not a state file of ct-stat"* ]]
	done
	cmp "$tmp/passwd" "$tmp/before"
	: >"$tmp/empty" # an empty file may be one that a full disk left
	run -3 alarm --state "$tmp/empty"
	run -0 alarm --state "$tmp/empty"
}

@test "a FIFO or a directory in the place of any file below --proc is an unknown number" {
	for file in sys/net/netfilter/nf_conntrack_count sys/net/netfilter/nf_conntrack_max net/stat/nf_conntrack; do
		for kind in mkfifo mkdir; do
			cp -r "$tmp/proc" "$tmp/odd"
			rm "$tmp/odd/$file"
			$kind "$tmp/odd/$file"
			run timeout 20 ct-stat --proc "$tmp/odd" -w 80 -c 90 --state "$tmp/state"
			# without the count, that of the statistics is used
			[ "$status" -eq 3 ] || [ "$file $status" = "sys/net/netfilter/nf_conntrack_count 0" ]
			rm -r "$tmp/odd" "$tmp/state"
		done
	done
	for file in uptime sys/kernel/boot_id sys/kernel/hostname sys/net/netfilter/nf_conntrack_buckets; do
		rm -f "$tmp/proc/$file"
		mkfifo "$tmp/proc/$file"
	done
	run -0 alarm --state "$tmp/state"
}

@test "--merge reads pipes, and does not wait for a FIFO that nobody writes" {
	mkfifo "$tmp/fifo"
	run -3 timeout 20 ct-stat --merge "$tmp/fifo"
	[[ $output == *"contains no report"* ]]
	run -3 timeout 20 ct-stat --merge "$tmp"
	run -3 timeout 20 ct-stat --merge /dev/null
	ct-stat --proc "$tmp/proc" --json >"$tmp/report"
	run -0 timeout 20 ct-stat --merge <(sleep 0.5; cat "$tmp/report")
	run -0 timeout 20 ct-stat --merge - <"$tmp/report"
}

@test "a FIFO or a directory in /run/netns is told, and the other namespaces are measured" {
	needs netlink
	mkdir -p /run/netns/adirectory
	[ -p /run/netns/afifo ] || mkfifo /run/netns/afifo
	ip netns add sane
	run -3 --separate-stderr timeout 20 ct-stat --netns all --tsv --no-header
	rm -r /run/netns/afifo /run/netns/adirectory
	ip netns delete sane
	[[ $stderr == *"netns afifo: "* && $stderr == *"netns adirectory: "* ]]
	grep -qP '\tsane\tOK\t0\t' <<<"$output"
}

@test "-w above -c is refused" {
	while read -r warn crit; do
		run -3 alarm -w "$warn" -c "$crit" --state "$tmp/state"
		[[ $output == *"the limit of -w is above that of -c"* ]]
	done <<-'M'
		90 80
		80.001 80
		100% 0
		200 199
		11 10
		101 100
	M
	run -3 ct-stat --warn 95 --crit=90
	run -0 alarm -w 80 -c 80 --state "$tmp/state"
	run -0 alarm -w 150 -c 200 --state "$tmp/state"
}

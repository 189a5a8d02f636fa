#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What fw-load and the programs that it starts cannot do; build/tests/break-out tries to do it.

load lib/load

setup() {
	load_setup
	place=$tmp/place
	mkdir "$place"
	cp "$BUILD/tests/break-out" "$place/break-out"
	victims
}

teardown() { load_teardown; }

victims() { # makes the files that a break-out would change
	rm -rf "$place"/{made,folder,link,device}
	echo precious >"$place/victim"
	: >"$place/goner"
}

did() { for what; do [[ " $output " == *" $what=done "* || " $output" == *" $what=done" ]] || { echo "not done: $what: $output"; return 1; }; done; }

did_not() { for what; do [[ "$output" == *"$what="* && "$output" != *"$what=done"* ]] || { echo "done: $what: $output"; return 1; }; done; }

load='make write cut remove folder link device execute resolve resolve6 tcp module mount trace signal chroot'
all="$load namespace mode limit"
rare='user ring newmode otherset attributes' # not every machine lets root do these

landlock() { # landlock VERSION: skips the test unless the kernel has this version
	local has
	has=$("$BUILD/tests/break-out" --landlock)
	[ "$has" -ge "$1" ] || skip "this kernel has Landlock $has, not $1"
}

@test "control: without confinement every break-out succeeds" {
	needs root
	run -1 in_ns "$place/break-out"
	did $all
}

@test "a program that fw-load or fw-save starts cannot break out" {
	needs root
	landlock 6
	cp "$place/break-out" "$place/iptables-nft-restore"
	cp "$place/break-out" "$place/ip6tables-nft-restore"
	b=nft
	PATH=$place:$PATH run -1 put "$gateway"
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
	# The same program in place of a saver and of ipset.
	rm "$place"/*-restore
	cp "$place/break-out" "$place/iptables-nft-save"
	in_ns iptables-nft -A INPUT -i lo -j ACCEPT
	PATH=$place:$PATH run -3 save
	did_not $all $rare
	PATH=$place:$PATH run -3 put --no-rehearse "$gateway"
	did_not $all $rare
	rm "$place"/*-save
	cp "$place/break-out" "$place/ipset"
	PATH=$place:$PATH run -1 in_ns "$BUILD/tests/door" $b set-restore x "$place/victim"
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
}

@test "fw-load itself cannot break out once it has confined itself" {
	needs root
	landlock 6
	mkdir "$tmp/state"
	run -1 in_ns "$place/break-out" --as-load "$tmp/state"
	# Namespaces are allowed, since rehearsals need them.
	did namespace
	did_not $load ring
	[ "$(cat "$place/victim")" = precious ]
}

@test "a process that reads rules cannot break out" {
	needs root
	landlock 6
	run -1 in_ns "$place/break-out" --as-reader
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
}

@test "fw-load can change files in its state, but not run them" {
	needs root
	mkdir "$place/state"
	echo precious >"$place/state/victim"
	: >"$place/state/goner"
	cp "$place/break-out" "$place/state/"
	run -1 in_ns "$place/state/break-out" --as-load "$place/state"
	did make write cut remove folder link
	did_not device execute
}

@test "case T6: -M PROGRAM never runs a program, even if the rule reaches iptables-legacy-restore" {
	needs tracing
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
	landlock 1
	printf '#!/bin/sh\n: >>%s/ran\n' "$tmp" >"$tmp/program" # a confined program may not truncate
	chmod 755 "$tmp/program"
	printf '*filter\n-A INPUT -M %s -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n' "$tmp/program" >"$tmp/text"
	hidden=(strace -f -qq -o /dev/null -P /proc/net/ip_tables_names -e inject=newfstatat,lstat,stat:error=ENOENT)
	in_ns "${hidden[@]}" iptables-legacy-restore <"$tmp/text" || true
	[ -e "$tmp/ran" ] # control: unconfined, iptables-legacy-restore runs the program
	rm "$tmp/ran"
	run in_ns "${hidden[@]}" "$BUILD/tests/door" legacy restore 4 "$tmp/text"
	[ ! -e "$tmp/ran" ]
	run in_ns "${hidden[@]}" "$BUILD/tests/no-landlock" 38 "$BUILD/tests/door" legacy restore 4 "$tmp/text"
	[ -e "$tmp/ran" ] # control: without Landlock the program runs
}

@test "without Landlock, fw-load works, keeps the other limits, and -v says so" {
	b=nft
	cp "$place/break-out" "$place/iptables-nft-restore"
	for error in 38 95 1; do # ENOSYS; EOPNOTSUPP, where it is switched off; EPERM, as in some containers
		for b in $backends; do
			fresh
			run -0 put "$gateway"
			[[ $output != *Landlock* ]]
			live >"$tmp/before"
			fresh
			run -0 in_ns "$BUILD/tests/no-landlock" $error fw-load -v -b $b -s "$state" "$gateway"
			[[ $output == *"Landlock does not confine files: "* ]]
			live | diff "$tmp/before" -
			run -0 in_ns "$BUILD/tests/no-landlock" $error fw-load -b $b -s "$state" "$gateway"
			[[ $output != *Landlock* ]]
		done
		b=nft
		fresh
		PATH=$place:$PATH run -1 in_ns "$BUILD/tests/no-landlock" $error fw-load -b $b -s "$state" "$gateway"
		did_not resolve resolve6 tcp device chroot
		victims
	done
}

@test "loads rules with a read-only /proc" {
	needs mounts
	for b in $backends; do
		fresh
		in_ns unshare -m sh -c 'mount -o remount,bind,ro /proc && exec fw-load -b "$1" -s "$2" "$3"' sh $b "$state" "$gateway"
		in_ns iptables-$b -C INPUT -i lo -j ACCEPT
	done
}

@test "does not start a program that another user owns or can write to" {
	needs root
	b=nft
	put "$gateway"
	cp /usr/sbin/iptables-nft-save "$place/iptables-nft-save"
	PATH=$place:$PATH run -0 save
	for how in 'chmod 775' 'chmod 757' 'chown 12345'; do
		chmod 755 "$place/iptables-nft-save"
		$how "$place/iptables-nft-save"
		PATH=$place:$PATH run -3 save
		[[ $output == *"iptables-nft-save was not started: another user owns it or can write to it"* ]]
	done
}

@test "a wrapper script runs with the capabilities of the program that it wraps" {
	needs root
	b=nft
	cat >"$place/iptables-nft-restore" <<-END
		#!/bin/sh
		grep CapEff /proc/self/status >"$tmp/capabilities"
		exec /usr/sbin/iptables-nft-restore "\$@"
	END
	chmod 755 "$place/iptables-nft-restore"
	PATH=$place:$PATH run -0 put -v "$gateway"
	[[ $output == *"$place/iptables-nft-restore is a script"* ]]
	[ "$(tr -d '[:space:]' <"$tmp/capabilities")" = CapEff:0000000000003000 ]
}

@test "other programs in the same shell pipe are not confined" {
	for b in $backends; do
		fresh
		in_ns sh -c "cat '$gateway' | fw-load -v -b $b -s '$state' 2>&1 | tee '$tmp/said'; : >'$tmp/after'"
		[ -e "$tmp/after" ]
		grep -q rehearsing "$tmp/said"
	done
}

@test "a program that --check starts for an ordinary user cannot break out" {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rn true 2>/dev/null || skip "ordinary users cannot make namespaces here"
	needs users
	landlock 6
	b=nft
	place=/run/place$RANDOM$RANDOM # a place that the user can enter
	mkdir "$place"
	cp "$BUILD/tests/break-out" "$place/iptables-nft-restore"
	chmod 755 "$place/iptables-nft-restore" # in a build under umask 077 only its owner may run it
	victims
	chown -R 65534 "$place"
	chown 0 "$place/iptables-nft-restore"
	program=$(anyone fw-load)
	PATH=$place:$PATH run -1 in_ns setpriv --reuid=65534 --regid=65534 --clear-groups "$program" -b nft --check - <"$gateway"
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
}

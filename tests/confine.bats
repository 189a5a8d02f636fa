#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What fw-load and the programs that it starts may not do. build/tests/break-out tries it.

load lib/load

setup() {
	load_setup
	place=$tmp/place
	mkdir "$place"
	cp "$BUILD/tests/break-out" "$place/break-out"
	victims
}

teardown() { load_teardown; }

victims() { # what a break-out would change
	rm -rf "$place"/{made,folder,link,device}
	echo precious >"$place/victim"
	: >"$place/goner"
}

did() { for what; do [[ " $output " == *" $what=done "* || " $output" == *" $what=done" ]] || { echo "not done: $what: $output"; return 1; }; done; }

did_not() { for what; do [[ "$output" == *"$what="* && "$output" != *"$what=done"* ]] || { echo "done: $what: $output"; return 1; }; done; }

load='make write cut remove folder link device execute resolve resolve6 tcp module mount trace signal chroot'
all="$load namespace mode limit"
rare='user ring' # not every machine lets root do these

landlock() { # landlock VERSION: or the test is skipped
	local has
	has=$("$BUILD/tests/break-out" --landlock)
	[ "$has" -ge "$1" ] || skip "this kernel has Landlock $has, not $1"
}

@test "unconfined, the break-outs succeed" {
	needs root
	run -1 in_ns "$place/break-out"
	did $all
}

@test "a program that fw-load starts breaks out in no way" {
	needs root
	landlock 6
	cp "$place/break-out" "$place/iptables-nft-restore"
	cp "$place/break-out" "$place/ip6tables-nft-restore"
	b=nft
	PATH=$place:$PATH run -1 put "$gateway"
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
	# The same program in place of a saver and of ipset: it need not be a restore.
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

@test "fw-load itself, once it knows what it will do, breaks out in no way" {
	needs root
	landlock 6
	mkdir "$tmp/state"
	run -1 in_ns "$place/break-out" --as-load "$tmp/state"
	# It makes namespaces for its rehearsals.
	did namespace
	did_not $load ring
	[ "$(cat "$place/victim")" = precious ]
}

@test "a process that reads rules breaks out in no way" {
	needs root
	landlock 6
	run -1 in_ns "$place/break-out" --as-reader
	did_not $all $rare
	[ "$(cat "$place/victim")" = precious ]
}

@test "fw-load writes to its state" {
	needs root
	mkdir "$place/state"
	echo precious >"$place/state/victim"
	: >"$place/state/goner"
	cp "$place/break-out" "$place/state/"
	run -1 in_ns "$place/state/break-out" --as-load "$place/state"
	did make write cut remove folder link
	did_not device execute
}

@test "case T6 -M PROGRAM never runs a program even if it reaches iptables-legacy-restore" {
	needs tracing
	[[ $BUILD != *-san ]] || skip "strace and the leak checker do not go together"
	landlock 1
	printf '#!/bin/sh\n: >%s/ran\n' "$tmp" >"$tmp/program"
	chmod 755 "$tmp/program"
	printf '*filter\n-A INPUT -M %s -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n' "$tmp/program" >"$tmp/text"
	hidden=(strace -f -qq -o /dev/null -P /proc/net/ip_tables_names -e inject=newfstatat,lstat,stat:error=ENOENT)
	in_ns "${hidden[@]}" iptables-legacy-restore <"$tmp/text" || true
	[ -e "$tmp/ran" ] # by itself it does
	rm "$tmp/ran"
	run in_ns "${hidden[@]}" "$BUILD/tests/door" legacy restore 4 "$tmp/text"
	[ ! -e "$tmp/ran" ]
	run in_ns "${hidden[@]}" "$BUILD/tests/no-landlock" 38 "$BUILD/tests/door" legacy restore 4 "$tmp/text"
	[ -e "$tmp/ran" ] # it was Landlock
}

@test "without Landlock the other bounds hold, the work is done, and -v says so" {
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

@test "with a read-only /proc the rules are loaded" {
	needs mounts
	for b in $backends; do
		fresh
		in_ns unshare -m sh -c 'mount -o remount,bind,ro /proc && exec fw-load -b "$1" -s "$2" "$3"' sh $b "$state" "$gateway"
		in_ns iptables-$b -C INPUT -i lo -j ACCEPT
	done
}

@test "a program that others own or can write to is not started" {
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

@test "a script in front of a program may do its work, with the capabilities of the program alone" {
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

@test "what a shell starts beside fw-load is not confined" {
	for b in $backends; do
		fresh
		in_ns sh -c "cat '$gateway' | fw-load -v -b $b -s '$state' 2>&1 | tee '$tmp/said'; : >'$tmp/after'"
		[ -e "$tmp/after" ]
		grep -q rehearsing "$tmp/said"
	done
}

@test "what --check of an ordinary user starts breaks out in no way" {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rn true 2>/dev/null || skip "users may not make namespaces here"
	needs users
	landlock 6
	b=nft
	place=/run/place$RANDOM$RANDOM # where that user gets to
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

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load when its own state is damaged, foreign, full or old, and what --boot does then. faults.md lists the cases.

in_turn=1 # the state is the same for both backends
load lib/load

setup() {
	load_setup
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -i lo -j ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' COMMIT >"$tmp/one"
	sed 's/^COMMIT/-A INPUT -p tcp --dport 443 -j ACCEPT\nCOMMIT/' "$tmp/one" >"$tmp/two"
}
teardown() { load_teardown; }

boot() { put --boot --safe-rules "$tmp/none" "$@"; }

# The situation after a boot: no rules, and nothing in the state's run folder.
reboot() {
	ip netns delete "$ns"
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	rm -rf "$state/run"
}

closed() { in_ns iptables-$b -S | grep -qx -- '-P INPUT DROP' && in_ns ip6tables-$b -S | grep -qx -- '-P INPUT DROP'; }
open_port() { in_ns iptables-$b -S INPUT | grep -q -- "--dport $1 "; }

@test "case T10: refuses a rule whose extension is not installed, and names the extension" {
	command -v unshare >/dev/null || skip "unshare is not installed"
	lib=$(pkg-config --variable=xtlibdir xtables 2>/dev/null) || skip "the directory of the extensions is not known"
	[ -e "$lib/libxt_connmark.so" ] || skip "no connmark extension here"
	printf '%s\n' '*filter' '-A INPUT -m connmark --mark 1 -j ACCEPT' COMMIT >"$tmp/mark"
	mkdir "$tmp/lib"
	cp -a "$lib"/. "$tmp/lib/"
	rm "$tmp/lib/libxt_connmark.so"
	for b in $backends; do
		fresh
		put "$tmp/one"
		live >"$tmp/before"
		run -1 in_ns env XTABLES_LIBDIR="$tmp/lib" fw-load -b $b -s "$state" "$tmp/mark"
		[[ $output == *"mark:2:"*connmark* ]]
		live | diff "$tmp/before" -
	done
}

@test "loads the safe rules at boot when others can write to the state, and says so" {
	b=nft
	printf '%s\n' '*filter' ':INPUT ACCEPT' '-A INPUT -p tcp --dport 23 -j ACCEPT' COMMIT >"$tmp/open"
	put "$tmp/open"
	put "$tmp/one"
	reboot
	chmod 777 "$state"
	ln -sfn generations/000001.gz "$state/good"
	run -12 boot
	[[ $output == *"lets other users write it"* ]]
	closed
	chmod 700 "$state"
}

@test "boots from a state whose run folder is sticky like /tmp" {
	b=nft
	put "$tmp/one"
	live >"$tmp/before"
	reboot
	mkdir -m 1777 "$state/run"
	boot
	live | diff "$tmp/before" -
}

@test "--boot as an ordinary user prints only that root is needed" {
	needs users
	b=nft
	run -3 in_ns setpriv --reuid 65534 --regid 65534 --clear-groups "$(anyone fw-load)" -b nft -s "$state" --boot
	[[ $output == *"only root may do this"*"nothing is changed"* ]]
	[ "$(grep -c . <<<"$output")" = 1 ]
}

@test "case T22: loads the safe rules when the journal of a load to undo is damaged, status 10, and keeps the journal" {
	for b in $backends; do
		for damage in cut flip unreadable; do
			fresh
			put "$tmp/one"
			put --confirm 3600 "$tmp/two" 3>&- &
			for ((i = 0; i < 400; i++)); do open_port 443 2>/dev/null && [ -e "$state/run/journal" ] && break; sleep 0.05; done
			for pid in $(ip netns pids "$ns"); do kill -9 "$pid" 2>/dev/null || true; done
			wait
			case $damage in
			cut) truncate -s -20 "$state/run/journal" ;;
			flip) sed -i '0,/443/s//444/' "$state/run/journal" ;;
			unreadable) rm "$state/run/journal"; mkdir "$state/run/journal" ;;
			esac
			run put --safe-rules "$tmp/none" "$tmp/one"
			[ "$status" = 10 ] || { echo "$damage: $status $output"; false; }
			closed
			[ -e "$state/run/journal.bad" ]
			run -0 put "$tmp/one"
		done
	done
}

@test "case T31: refuses a module name that is a path" {
	b=nft
	for module in ../x x/y; do
		{ echo "#@ module $module"; cat "$tmp/one"; } >"$tmp/text"
		run -1 put "$tmp/text"
		[ -z "$(live)" ]
	done
}

@test "case T33: --boot on a running host replaces a damaged good generation by the previous one, status 12" {
	for b in $backends; do
		fresh
		put "$tmp/one"
		put "$tmp/two"
		printf XX | dd of="$state/generations/000002.gz" bs=1 seek=30 conv=notrunc status=none
		run -12 boot
		[[ $output == *"damaged"* ]]
		run ! open_port 443
		open_port 22
		# Without an intact generation, rules that close the host stay in force.
		fresh
		sed 's/^:INPUT DROP/&\n:FORWARD DROP/' "$tmp/two" >"$tmp/closed"
		put "$tmp/closed"
		printf XX | dd of="$state/generations/000001.gz" bs=1 seek=30 conv=notrunc status=none
		run -12 boot
		[[ $output == *"the rules in force stay"* ]]
		open_port 443
	done
}

@test "case T34: --boot loads the good generation when the disk of the run folder is full" {
	for b in $backends; do
		fresh
		put "$tmp/two"
		reboot
		mkdir "$state/run"
		mount -t tmpfs -o size=16k,mode=700 tmpfs "$state/run"
		head -c 65536 /dev/zero >"$state/run/fill" 2>/dev/null || true
		run boot
		umount "$state/run"
		[ "$status" = 0 ]
		open_port 443
	done
}

# A process of its own takes the time limit.
boot_in_time() { in_ns timeout 60 fw-load -b "$b" -s "$state" --boot --safe-rules "$tmp/none"; }

@test "case T35: refuses files of the state that are not regular files of root's alone" {
	for b in $backends; do
		for kind in fifo link folder device other open; do
			fresh
			put "$tmp/one"
			put "$tmp/two"
			reboot
			file=$state/generations/000002.gz
			cp "$file" "$tmp/copy"
			case $kind in
			fifo) rm "$file"; mkfifo "$file" ;;
			link) rm "$file"; ln -s "$tmp/copy" "$file" ;;
			folder) rm "$file"; mkdir "$file" ;;
			device) rm "$file"; mknod "$file" c 1 5 2>/dev/null || continue ;;
			other) chown 65534 "$file" 2>/dev/null || continue ;;
			open) chmod 666 "$file" ;;
			esac
			run -12 boot_in_time # 124: a FIFO made it wait
			[[ $output == *"damaged: 000002.gz"* ]] || { echo "$kind: $output"; false; }
			open_port 22
			run ! open_port 443
		done
	done
}

@test "case T36: --boot goes on while another program holds the lock of iptables, and says so" {
	b=legacy
	put "$tmp/two"
	reboot
	(exec 3>&- 9>"$XTABLES_LOCKFILE"; flock -x 9; exec sleep 3600) &
	for ((i = 0; i < 200; i++)); do flock -n "$XTABLES_LOCKFILE" true || break; sleep 0.05; done
	run boot -w 1
	kill $!
	[ "$status" = 0 ]
	[[ $output == *"the lock of iptables"*"continuing without it"* ]]
	open_port 443
}

@test "case T37: the first --boot without a state loads the safe rules on an open host, and keeps another firewall" {
	for b in $backends; do
		fresh
		run -12 boot
		closed
		fresh
		for p in iptables ip6tables; do
			in_ns $p-$b -A INPUT -p tcp --dport 2222 -j ACCEPT
			in_ns $p-$b -A INPUT -j DROP
		done
		live >"$tmp/before"
		run -12 boot
		[[ $output == *"the rules in force stay"* ]]
		live | diff "$tmp/before" -
		# A state that once had generations gets the safe rules.
		fresh
		put "$tmp/two"
		rm "$state/good"
		reboot
		run -12 boot
		closed
	done
}

@test "case T39: after --boot is killed at any of many calls, the next --boot loads everything" {
	[[ $BUILD != *-san ]] || skip "the leak checker would report the killed process"
	for b in $backends; do
		fresh
		put "$tmp/two"
		live >"$tmp/new"
		for n in 40 90 140 190 240 290 340 390 440 490; do
			reboot
			run in_ns "$BUILD/tests/kill-at" "$n" fw-load -q -b $b -s "$state" --safe-rules "$tmp/none" --boot
			run -0 boot
			live | diff "$tmp/new" -
		done
	done
}

# old_state: makes the state that fw-load 0.1 leaves after two loads, in format 1
old_state() {
	mkdir -p "$state/generations"
	chmod 700 "$state" "$state/generations"
	for n in 1 2; do
		text=$tmp/one
		[ $n = 1 ] || text=$tmp/two
		{ echo "# loaded 2026-11-20T00:00:00Z by root with fw-load from $text, backend $b, families 3, kernel 6.1"; cat "$text"; } | seal | gzip >"$state/generations/00000$n.gz"
		sed 's/^:INPUT DROP/:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]/; s/-p tcp --dport/-p tcp -m tcp --dport/' "$text" | seal | gzip >"$state/generations/00000$n.v4.gz"
		cp "$state/generations/00000$n.v4.gz" "$state/generations/00000$n.v6.gz"
	done
	ln -s generations/000002.gz "$state/good"
	ln -s generations/000001.gz "$state/previous"
}

@test "case T44: boots, rolls back, loads over and prunes the state of an older fw-load" {
	for b in $backends; do
		fresh
		old_state
		run -0 boot
		open_port 443
		[[ $(put --status) == *"good 000002"*"previous 000001"* ]]
		put --rollback
		run ! open_port 443
		sed 's/443/8443/' "$tmp/two" | put
		open_port 8443
		[ "$(cat "$state/format")" = 2 ]
		[[ $(put --status) == *"good 000003"*"previous 000001"* ]]
		put --rollback 2
		open_port 443
		for i in $(seq 1001 1022); do sed "s/443/$i/" "$tmp/two" | put -q; done
		[ ! -e "$state/generations/000001.v4.gz" ]
	done
}

@test "loads the same text again after a name in /etc was given another number" {
	b=nft
	mkdir "$tmp/iproute2"
	printf '7 lan\n' >"$tmp/iproute2/group"
	mount --bind "$tmp/iproute2" /etc/iproute2 2>/dev/null || skip "mounts over /etc/iproute2: not allowed, or there is none"
	printf '*filter\n:INPUT DROP\n-A INPUT -m devgroup --src-group lan -j ACCEPT\nCOMMIT\n' >"$tmp/names"
	put "$tmp/names"
	in_ns iptables-nft -C INPUT -m devgroup --src-group 7 -j ACCEPT
	printf '5 lan\n7 wan\n' >"$tmp/iproute2/group"
	put "$tmp/names"
	umount /etc/iproute2
	in_ns iptables-nft -C INPUT -m devgroup --src-group 5 -j ACCEPT
}

@test "a rule that stays keeps its counters when a rule before it changes, though nobody else changed the rules" {
	for b in $backends; do
		fresh
		for port in 1 2; do
			printf '%s\n' '*filter' ':INPUT ACCEPT' "-A INPUT -p tcp -m tcp --dport $port -j DROP" '-A INPUT -i lo -m comment --comment keep' COMMIT >"$tmp/$port"
		done
		put "$tmp/1"
		in_ns bash -c 'echo >/dev/udp/127.0.0.1/9'
		put "$tmp/2"
		in_ns "iptables-$b-save" -c | grep -q '^\[[1-9][0-9]*:[0-9]*\] -A INPUT .*keep'
	done
}

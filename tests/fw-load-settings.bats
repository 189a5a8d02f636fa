#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load: kernel settings through loads, rollbacks and undone loads, and other programs beside it. faults.md lists the
# cases.

in_turn=1 # fw-load.bats, -text and -merge cover the differences between backends
load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# text FILE LINE...: writes a text whose directives are these lines
text() {
	local file=$1
	shift
	{ printf '%s\n' "$@"; printf '%s\n' '*filter' ':INPUT ACCEPT' ':FORWARD DROP' "-A INPUT -p udp --dport $((${#file} * 10 + ${#1})) -j ACCEPT" COMMIT; } >"$tmp/$file"
}

setting() { in_ns cat "/proc/sys/${1//.//}"; }
set_to() { in_ns sh -c "echo $2 >/proc/sys/${1//.//}"; }
forward=net.ipv4.ip_forward

@test "case T21: undoing closes what the load opened before it restores the rules, and opens last what the load closed" {
	b=nft
	text one
	put "$tmp/one"
	set_to $forward 1
	set_to net.ipv4.conf.all.proxy_arp 0
	text two "#@ sysctl $forward=0" '#@ sysctl net.ipv4.conf.all.proxy_arp=1'
	mkdir "$tmp/bin"
	# Each restore notes the two settings; the last one is that of undoing.
	cat >"$tmp/bin/iptables-nft-restore" <<-END
		#!/bin/sh
		case \$* in *--noflush*) echo \$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/proxy_arp) >>$tmp/seen ;; esac
		exec /usr/sbin/iptables-nft-restore "\$@"
	END
	chmod 755 "$tmp/bin/iptables-nft-restore"
	PATH=$tmp/bin:$PATH run -9 put --confirm 1 "$tmp/two"
	[ "$(cat "$tmp/seen")" = "0 0
0 0" ]
	[ "$(setting $forward)" = 1 ]
	[ "$(setting net.ipv4.conf.all.proxy_arp)" = 0 ]
}

@test "case T23: undoing a load keeps a setting that was changed by hand since" {
	for b in $backends; do
		fresh
		text one
		put "$tmp/one"
		set_to net.ipv4.conf.all.rp_filter 0
		text two '#@ sysctl net.ipv4.conf.all.rp_filter=1'
		put_waiting --confirm 3 "$tmp/two"
		[ "$(setting net.ipv4.conf.all.rp_filter)" = 1 ]
		set_to net.ipv4.conf.all.rp_filter 2
		wait
		[ "$(setting net.ipv4.conf.all.rp_filter)" = 2 ]
	done
}

@test "case T24: forwarding follows the text and each rollback, and is off with a text that does not set it" {
	for b in $backends; do
		fresh
		set_to $forward 0
		text with "#@ sysctl $forward=1"
		text without
		put "$tmp/with"
		[ "$(setting $forward)" = 1 ]
		[[ $(put -n "$tmp/without") == *"set $forward=0"* ]]
		put "$tmp/without"
		[ "$(setting $forward)" = 0 ]
		[[ $(put -n --rollback) == *"set $forward=1"* ]]
		put --rollback
		[ "$(setting $forward)" = 1 ]
		put --rollback
		[ "$(setting $forward)" = 0 ]
	done
}

@test "case T25: a setting goes back to its value of this boot, not of an earlier one" {
	b=nft
	set_to net.ipv4.conf.all.rp_filter 1
	text with '#@ sysctl net.ipv4.conf.all.rp_filter=2'
	text without
	put "$tmp/with"
	ip netns delete "$ns"
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	rm -rf "$state/run"
	set_to net.ipv4.conf.all.rp_filter 0
	put --boot
	[ "$(setting net.ipv4.conf.all.rp_filter)" = 2 ]
	put "$tmp/without"
	[ "$(setting net.ipv4.conf.all.rp_filter)" = 0 ]
}

@test "settings that the kernel changes along with others end up as the text says" {
	b=nft
	# net.ipv4.ip_forward=0 makes the kernel set accept_redirects=1 (inet_forward_change in its devinet.c).
	for order in 1 2; do
		fresh
		set_to $forward 1
		set_to net.ipv4.conf.all.accept_redirects 0
		[ $order = 2 ] || text both "#@ sysctl $forward=0" '#@ sysctl net.ipv4.conf.all.accept_redirects=0'
		[ $order = 1 ] || text both '#@ sysctl net.ipv4.conf.all.accept_redirects=0' "#@ sysctl $forward=0"
		put "$tmp/both"
		[ "$(setting $forward) $(setting net.ipv4.conf.all.accept_redirects)" = '0 0' ]
	done
}

# The kernel's settings, apart from counters and those of the whole machine.
all_settings() {
	in_ns grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6 | grep -v 'nf_conntrack_count\|/neigh/\|_mem:' | sort
}

@test "undoing, a text without it and --rollback restore the settings that the kernel changed along with one of ours" {
	for b in $backends; do
		fresh
		in_ns ip link add e1 type veth peer name e2
		# A host that forwards on one interface alone and ignores redirects.
		set_to $forward 0
		set_to net.ipv4.conf.e1.forwarding 1
		set_to net.ipv4.conf.all.accept_redirects 0
		set_to net.ipv6.conf.all.forwarding 1
		set_to net.ipv6.conf.e2.forwarding 0
		set_to net.ipv6.conf.e2.ignore_routes_with_linkdown 1
		all_settings >"$tmp/before"
		text without
		text with "#@ sysctl $forward=1" '#@ sysctl net.ipv6.conf.all.forwarding=0' '#@ sysctl net.ipv6.conf.all.ignore_routes_with_linkdown=1'
		put "$tmp/without"
		run -9 put -q --confirm 1 "$tmp/with"
		all_settings | diff "$tmp/before" -
		put "$tmp/with"
		[ "$(setting $forward) $(setting net.ipv4.conf.e2.forwarding) $(setting net.ipv6.conf.e1.forwarding)" = '1 1 0' ]
		all_settings >"$tmp/between"
		put "$tmp/without"
		all_settings | diff "$tmp/before" -
		put --rollback
		all_settings | diff "$tmp/between" -
		put --rollback
		all_settings | diff "$tmp/before" -
	done
}

@test "-n refuses a setting that the kernel does not have, like a load" {
	b=nft
	text none '#@ sysctl net.ipv4.nosuch=1'
	run -4 put -n "$tmp/none"
	run -4 put "$tmp/none"
	put -n --assume-empty "$tmp/none"
}

@test "sets settings that depend on each other in either order, and takes them back" {
	b=nft
	text without
	text ports '#@ sysctl net.ipv4.ip_local_port_range=50000 60000' '#@ sysctl net.ipv4.ip_unprivileged_port_start=40000'
	text high '#@ sysctl net.ipv4.ipfrag_high_thresh=2000' '#@ sysctl net.ipv4.ipfrag_low_thresh=1000'
	text low_ '#@ sysctl net.ipv4.ipfrag_low_thresh=1000' '#@ sysctl net.ipv4.ipfrag_high_thresh=2000'
	put "$tmp/without"
	all_settings >"$tmp/before"
	for one in ports high low_; do
		put "$tmp/$one"
		put "$tmp/without"
		all_settings | diff "$tmp/before" -
		run -9 put -q --confirm 1 "$tmp/$one"
		all_settings | diff "$tmp/before" -
		put --rollback
		put --rollback
		all_settings | diff "$tmp/before" -
	done
}

@test "refuses a value that the kernel changes, and restores the old one" {
	b=nft
	key=net.ipv4.icmp_ratelimit # in milliseconds, which the kernel rounds to ticks
	was=$(setting $key)
	set_to $key 1001
	[ "$(setting $key)" != 1001 ] || skip "this kernel has a tick every millisecond"
	set_to $key "$was"
	text rounded "#@ sysctl $key=1001"
	run -4 put "$tmp/rounded"
	[[ $output == *"$key=1001: the kernel stores another value"* ]]
	[ "$(setting $key)" = "$was" ]
}

@test "case T26: -4 and -6 leave settings of the other family and of both families unchanged, and say so" {
	for b in $backends; do
		fresh
		text all "#@ sysctl $forward=1" '#@ sysctl net.ipv6.conf.all.forwarding=1' '#@ sysctl net.core.somaxconn=1234'
		set_to $forward 0
		set_to net.ipv6.conf.all.forwarding 0
		was=$(setting net.core.somaxconn)
		run -0 put -4 "$tmp/all"
		[[ $output == *"net.ipv6.conf.all.forwarding"*"is not changed"* && $output == *"somaxconn is not changed"* ]]
		[ "$(setting $forward)" = 1 ]
		[ "$(setting net.ipv6.conf.all.forwarding)" = 0 ]
		[ "$(setting net.core.somaxconn)" = "$was" ]
		set_to $forward 0
		run -0 put -6 "$tmp/all"
		[ "$(setting net.ipv6.conf.all.forwarding)" = 1 ]
		run -0 put "$tmp/all"
		[ "$(setting net.core.somaxconn)" = 1234 ]
	done
}

@test "case T17: keeps every rule that another program adds to INPUT while loads change INPUT" {
	b=nft
	for k in 1 2; do
		{ printf '%s\n' '*filter' ':INPUT DROP [0:0]'; for ((i = 1; i <= 20; i++)); do echo "-A INPUT -p tcp -m tcp --dport $((k * 1000 + i)) -j ACCEPT"; done; echo COMMIT; } >"$tmp/text$k"
	done
	put -q "$tmp/text1"
	: >"$tmp/bans"
	in_ns bash -c 'for ((i = 0; i < 200; i++)); do a=10.77.0.$i; iptables-nft -I INPUT -s $a -j DROP && echo $a >>"$0"; done' "$tmp/bans" &
	bans=$!
	for ((n = 0; n < 500; n++)); do
		run put -q "$tmp/text$((n % 2 + 1))"
		[ "$status" = 0 ] || [ "$status" = 8 ]
		kill -0 $bans 2>/dev/null || break
	done
	wait $bans
	in_ns iptables-nft-save -t filter >"$tmp/now"
	[ "$(wc -l <"$tmp/bans")" = 200 ]
	sed 's,.*,-A INPUT -s &/32 -j DROP,' "$tmp/bans" | sort | diff - <(grep 10.77.0 "$tmp/now" | sort)
	[ "$(grep -c 'dport [12]0' "$tmp/now")" = 20 ]
}

@test "case T20: undoing a load lets no packet through that neither the old nor the new state forwards" {
	b=nft
	ip netns add near
	ip netns add far
	for side in near far; do
		ip -n "$ns" link add $side type veth peer name e0 netns $side
		ip -n "$ns" link set $side up
		ip -n $side link set lo up
		ip -n $side link set e0 up
	done
	ip -n "$ns" address add 192.0.2.1/24 dev near
	ip -n "$ns" address add 198.51.100.1/24 dev far
	ip -n near address add 192.0.2.2/24 dev e0
	ip -n far address add 198.51.100.2/24 dev e0
	ip -n near route add default via 192.0.2.1
	ip -n far route add default via 198.51.100.1
	ip netns exec far iptables-legacy -A INPUT -p udp --dport 9
	printf '%s\n' '*filter' ':FORWARD DROP' COMMIT >"$tmp/old"
	printf '%s\n' "#@ sysctl $forward=0" '*filter' ':FORWARD ACCEPT' COMMIT >"$tmp/new"
	set_to $forward 1
	put "$tmp/old"
	ip netns exec near bash -c 'while :; do echo x >/dev/udp/198.51.100.2/9; done' 2>/dev/null &
	sender=$!
	for ((n = 0; n < ${FW_UNDOINGS:-3}; n++)); do
		run -9 put -q --confirm 1 "$tmp/new"
		kill -0 $sender
	done
	kill $sender
	wait $sender || true
	[ "$(ip netns exec far iptables-legacy -nvxL INPUT | awk '/dpt:9/ { print $1 }')" = 0 ]
	[ "$(setting $forward)" = 1 ]
	# Control: the counter sees forwarded packets.
	in_ns iptables-nft -P FORWARD ACCEPT
	ip netns exec near bash -c 'echo x >/dev/udp/198.51.100.2/9; echo x >/dev/udp/198.51.100.2/9'
	for ((i = 0; i < 100; i++)); do
		[ "$(ip netns exec far iptables-legacy -nvxL INPUT | awk '/dpt:9/ { print $1 }')" -gt 0 ] && break
		sleep 0.1
	done
	[ "$i" -lt 100 ]
}

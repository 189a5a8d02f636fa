#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load --boot loads the last good rules, or else older ones, or else safe ones; it never leaves an open host.

in_turn=1 # the state is the same for both backends
load lib/load

setup() {
	load_setup
	sed 's/443/8443/' "$gateway" >"$tmp/next" 2>/dev/null || true
}
teardown() { load_teardown; }

# The situation after a boot: no rules, and no files of the previous boot in run/.
reboot() {
	ip netns delete "$ns"
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	rm -rf "$state/run"
}

boot() { put --boot --safe-rules "$tmp/safe.rules" "$@"; }

is_closed() {
	in_ns iptables-$b -S | grep -qx -- '-P INPUT DROP' && in_ns ip6tables-$b -S | grep -qx -- '-P INPUT DROP' &&
		in_ns iptables-$b -S | grep -qx -- '-P FORWARD DROP'
}

@test "puts the good generation in force, and changes nothing the second time" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		reboot
		# No rules are in force yet, so the saver runs only once, after the commit.
		mkdir -p "$tmp/bin"
		printf '#!/bin/sh\necho >>"%s"\nexec /usr/sbin/iptables-%s-save "$@"\n' "$tmp/saves-$b" $b >"$tmp/bin/iptables-$b-save"
		chmod 755 "$tmp/bin/iptables-$b-save"
		PATH=$tmp/bin:$PATH boot
		[ "$(wc -l <"$tmp/saves-$b")" = 1 ]
		live | diff "$tmp/before" -
		run -0 boot
		live | diff "$tmp/before" -
	done
}

@test "drops an unconfirmed load" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		put --confirm 3600 "$tmp/next" 3>&- &
		wait_for in_ns iptables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null
		[ -e "$state/run/journal" ]
		kill -9 $(ip netns pids "$ns")
		reboot
		run -0 boot
		[[ $output == *"000002 was not confirmed"* ]]
		live | diff "$tmp/before" -
		[ "$(ls "$state/generations")" = 000001.gz ]
	done
}

@test "case 29: loads the previous generation when the good one is truncated, changed or garbage, status 12" {
	for b in $backends; do
		for damage in truncate garbage change; do
			fresh
			put "$gateway"
			live >"$tmp/before"
			put "$tmp/next"
			file=$state/generations/000002.gz
			cp "$file" "$tmp/whole.gz"
			case $damage in
			truncate) head -c 100 "$tmp/whole.gz" >"$file" ;;
			garbage) head -c 300 /dev/urandom >"$file" ;;
			change) zcat "$tmp/whole.gz" | sed 's/8443/9443/' | gzip >"$file" ;;
			esac
			reboot
			run -12 boot
			[[ $output == *"000002 in "*"is damaged: 000002.gz"* ]]
			live | diff "$tmp/before" -
			# From now on the previous generation is the good one.
			reboot
			run -0 boot
		done
	done
}

@test "case 30: without a generation, loads the file of safe rules or else the compiled-in ones, status 12" {
	for b in $backends; do
		fresh
		run -12 boot
		is_closed
		in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
		in_ns ip6tables-$b -C INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT
		reboot
		printf '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -p tcp --dport 2222 -j ACCEPT\nCOMMIT\n' >"$tmp/safe.rules"
		run -12 boot
		is_closed
		in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 2222 -j ACCEPT
		echo garbage >"$tmp/safe.rules"
		reboot
		run -12 boot
		in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
		rm "$tmp/safe.rules"
	done
}

@test "case 30: loads the compiled-in safe rules when every generation is damaged and the file is missing, status 12" {
	for b in $backends; do
		fresh
		put "$gateway"
		put "$tmp/next"
		for part in "$state"/generations/*.gz; do echo garbage >"$part"; done
		reboot
		run -12 boot
		[[ $output == *"damaged: 000002.gz"*"damaged: 000001.gz"*"in force now: the compiled-in safe rules"* ]]
		is_closed
		in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
		in_ns ip6tables-$b -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
	done
}

@test "loads older rules when the good ones are refused, and at least the policy DROP when safe rules are refused too" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		put "$tmp/next"
		# A restore that refuses a text that matches the pattern in $tmp/refuse.
		cat >"$tmp/bin/ip6tables-$b-restore" <<-END
			#!/bin/sh
			case \$1 in -V) exec /usr/sbin/ip6tables-$b-restore -V ;; esac
			cat >"$tmp/given"
			! grep -qE "\$(cat "$tmp/refuse")" "$tmp/given" || { echo "ip6tables-restore: line 1 failed" >&2; exit 1; }
			exec /usr/sbin/ip6tables-$b-restore "\$@" <"$tmp/given"
		END
		chmod 755 "$tmp/bin/ip6tables-$b-restore"
		echo 8443 >"$tmp/refuse"
		reboot
		PATH=$tmp/bin:$PATH run -12 boot
		live | diff "$tmp/before" -
		echo '443|dport 22' >"$tmp/refuse"
		reboot
		PATH=$tmp/bin:$PATH run -12 boot
		is_closed
		[ "$(in_ns ip6tables-$b -S INPUT | wc -l)" = 1 ]
	done
}

@test "case 11: puts the safe rules in force when a commit fails and cannot be undone, status 10" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		cat >"$tmp/bin/ip6tables-$b-restore" <<-END
			#!/bin/sh
			case \$* in
			*--noflush*) sed '/^.*-[AI] /d' | /usr/sbin/ip6tables-$b-restore "\$@"; echo "ip6tables-restore: line 3 failed" >&2; exit 1 ;;
			*) exec /usr/sbin/ip6tables-$b-restore "\$@" ;;
			esac
		END
		chmod 755 "$tmp/bin/ip6tables-$b-restore"
		PATH=$tmp/bin:$PATH run -10 put --safe-rules /nonexistent "$tmp/next"
		[[ $output == *"in force now: the compiled-in safe rules"* ]]
		is_closed
		in_ns ip6tables-$b -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
	done
}

@test "does not use a file of safe rules with a table other than filter, and says so" {
	b=nft
	printf '%s\n' '*filter' ':INPUT DROP' COMMIT '*nat' '-A POSTROUTING -j MASQUERADE' COMMIT >"$tmp/safe.rules"
	run -12 boot
	[[ $output == *"it contains table nat, but safe rules may only use filter"*"in force now: the compiled-in safe rules"* ]]
	in_ns iptables-nft -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
	[ "$(in_ns iptables-nft -t nat -S | grep -c MASQUERADE)" = 0 ]
}

@test "warns with status 12 about another program's rule that accepts everything, also through jumps" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -A INPUT -j ACCEPT
		run -12 put --boot
		in_ns iptables-$b -D INPUT -i lo -j ACCEPT
		run -12 put --boot
		in_ns iptables-$b -C INPUT -i lo -j ACCEPT
		in_ns iptables-$b -D INPUT -j ACCEPT
		put --boot
		in_ns iptables-$b -A INPUT -m comment --comment "any -s 1.2.3.4" -m comment --comment two -j ACCEPT
		run -12 put --boot
		in_ns iptables-$b -D INPUT -m comment --comment "any -s 1.2.3.4" -m comment --comment two -j ACCEPT
		put --boot
		for chain in one two; do in_ns iptables-$b -N $chain; done
		in_ns iptables-$b -A one -g two
		in_ns iptables-$b -A two -j ACCEPT
		in_ns iptables-$b -I INPUT -j one
		run -12 put --boot
	done
}

@test "the first --boot after a boot removes another loader's rules, whatever fw-load ran before" {
	for b in $backends; do
		for before in '--confirm-now' '--rollback' '--status' "-n $gateway"; do
			fresh
			put "$gateway"
			reboot
			in_ns iptables-$b -A INPUT -j ACCEPT
			# shellcheck disable=SC2086
			run put $before
			put -q --boot
			run ! in_ns iptables-$b -C INPUT -j ACCEPT
		done
		in_ns iptables-$b -A INPUT -s 192.0.2.1 -j ACCEPT
		put -q --boot
		in_ns iptables-$b -C INPUT -s 192.0.2.1 -j ACCEPT
	done
}

@test "leaves out a setting of a missing interface, loads the rules, status 12" {
	for b in $backends; do
		fresh
		in_ns ip link add e1 type veth peer name e2
		{ echo '#@ sysctl net.ipv4.conf.e1.rp_filter=1'; cat "$gateway"; } >"$tmp/with"
		put "$tmp/with"
		reboot
		run -12 put --boot
		[[ $output == *"net.ipv4.conf.e1.rp_filter does not exist: skipped"* ]]
		in_ns iptables-$b -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
	done
}

@test "loads the previous generation even if the state is read-only" {
	b=nft
	put "$gateway"
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next"
	reboot
	truncate -s 50 "$state/generations/000002.gz"
	mount --bind "$state" "$state"
	mkdir -p "$state/run" && mount -t tmpfs -o mode=700 tmpfs "$state/run"
	mount -o remount,ro,bind "$state"
	run -12 boot
	umount "$state/run" "$state"
	[[ $output == *"the previous generation 000001 is in force"* ]]
	in_ns iptables-nft -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
}

@test "the next run does not undo a boot whose record could not be written" {
	for b in $backends; do
		fresh
		{ echo '#@ sysctl net.ipv4.tcp_syncookies=2'; cat "$gateway"; } >"$tmp/with"
		put "$tmp/with"
		live >"$tmp/before"
		reboot
		mkdir -m 700 -p "$state/run/sysctls"
		boot
		live | diff "$tmp/before" -
		put --status
		live | diff "$tmp/before" -
	done
}

@test "case 28: T34: loads the good rules even if the state cannot be written, with a warning" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		reboot
		mount --bind "$state" "$state"
		mount -o remount,ro,bind "$state"
		run boot
		umount "$state"
		[ "$status" = 0 ]
		[[ $output == *"warning"* ]]
		live | diff "$tmp/before" -
	done
}

@test "case 27: a load onto a full disk changes nothing, status 3, and the good generation still boots" {
	for b in $backends; do
		fresh
		mkdir "$state"
		mount -t tmpfs -o size=64k,mode=700 tmpfs "$state"
		put "$gateway"
		live >"$tmp/before"
		head -c 65536 /dev/zero >"$state/fill" 2>/dev/null || true
		run -3 put "$tmp/next"
		[[ $output == *"No space left"* ]]
		live | diff "$tmp/before" -
		rm "$state/fill"
		[[ $(put --status) == *"good 000001"* ]]
		reboot
		run -0 boot
		live | diff "$tmp/before" -
		umount "$state"
	done
}

@test "loads keep the newest 20 generations, each with its notes" {
	b=legacy
	for ((i = 1; i <= 23; i++)); do
		sed "s/443/$((1000 + i))/" "$gateway" | put
	done
	[ "$(find "$state/generations" -name '??????.gz' | wc -l)" = 20 ]
	[ ! -e "$state/generations/000001.gz" ]
	for note in 'from <stdin>' 'backend legacy' 'families 3' 'who '; do
		zcat "$state/generations/000023.gz" | grep -q "^$note"
	done
	save --show 23 >"$tmp/again"
	fw-load --check -b legacy "$tmp/again"
}

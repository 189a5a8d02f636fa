#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Sets of addresses: those that the text fills, and open ones that other programs fill.

load lib/load
in_turn=1

setup() {
	load_setup
	in_ns ipset create probe hash:ip || skip "this kernel has no ipset"
	in_ns ipset destroy probe
}
teardown() { load_teardown; }

# text FILE DIRECTIVE...: writes a text with these directives and a rule that matches the set `bans'
text() {
	{
		printf '#@ %s\n' "${@:2}"
		printf '*filter\n:INPUT ACCEPT [0:0]\n-4 -A INPUT -m set --match-set bans src -j DROP\nCOMMIT\n'
	} >"$1"
}

members() { in_ns ipset save "$1" | sed -n "s/^add $1 //p" | sort | tr '\n' ';'; }

@test "case T27: makes a missing open set, and uses an existing one as it is" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set-open bans hash:net timeout 600'
		put "$tmp/a"
		[[ $(in_ns ipset save bans) == "create bans hash:net "*"timeout 600"* ]]
		in_ns ipset add bans 192.0.2.0/24
		put "$tmp/a"
		[[ $(members bans) == "192.0.2.0/24 timeout"* ]]
		[[ $(put --status) == *"good 000001"* ]]
		# The program that fills the set decides its size and timeout.
		text "$tmp/b" 'set-open bans hash:net timeout 0 maxelem 1000'
		run -0 put "$tmp/b"
		[[ $(members bans) == "192.0.2.0/24 timeout"* ]]
		# Without a type, any type will do.
		text "$tmp/c" 'set-open bans'
		put "$tmp/c"
		text "$tmp/c" 'set-open bans inet'
		put "$tmp/c"
		[[ $(members bans) == "192.0.2.0/24 timeout"* ]]
	done
}

@test "case T27: refuses an open set that exists with another type or other options, at its line" {
	for b in $backends; do
		fresh
		in_ns ipset create bans hash:net timeout 600
		for words in 'hash:ip timeout 600' 'hash:net' 'hash:net timeout 0 counters' 'hash:net inet6 timeout 0' 'hash:net comment timeout 9'; do
			text "$tmp/a" "set-open bans $words"
			for how in '' --no-rehearse; do
				# shellcheck disable=SC2086
				run -1 put $how "$tmp/a"
				[[ $output == *"/a:1: error: set bans exists as \`hash:net family inet"* ]] || { echo "$words: $output"; false; }
			done
		done
		[ -z "$(live | grep -- -A)" ]
	done
}

@test "case T27: reloads keep members that packets or other programs put into an open set" {
	for b in $backends; do
		fresh
		{
			printf '#@ set-open bans hash:ip timeout 600\n*filter\n:INPUT ACCEPT [0:0]\n'
			printf -- '-4 -A INPUT -p udp -m udp --dport 9 -j SET --add-set bans src\nCOMMIT\n'
		} >"$tmp/a"
		put "$tmp/a"
		in_ns bash -c 'echo x >/dev/udp/127.0.0.1/9'
		in_ns ipset test bans 127.0.0.1
		for n in 1 2 3 4; do
			sed "s/--dport 9 /--dport 9$((n % 2)) /" "$tmp/a" | put
			in_ns ipset test bans 127.0.0.1
			in_ns ipset add bans "192.0.2.$n"
		done
		[ "$(members bans | tr ';' '\n' | wc -l)" = 5 ]
		# A set without members in the text is for others to fill, even if declared with `#@ set'.
		sed 's/set-open/set/' "$tmp/a" >"$tmp/b"
		put "$tmp/b"
		sed 's/ timeout 600//; s/bans/static/' "$tmp/b" >"$tmp/c"
		put "$tmp/c"
		in_ns ipset add static 192.0.2.77
		put "$tmp/c"
		in_ns ipset test static 192.0.2.77
	done
}

@test "case T28: makes an open set that is missing at boot, and puts the good generation in force" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set-open bans hash:net timeout 600'
		put "$tmp/a"
		in_ns ipset add bans 192.0.2.0/24
		before=$ns
		fresh_boot
		run -0 put --boot
		[[ $(in_ns ipset save bans) == "create bans hash:net "*"timeout 600"* && -z $(members bans) ]]
		in_ns "iptables-$b" -C INPUT -m set --match-set bans src -j DROP
		[ "$ns" != "$before" ]
	done
}

# The same state after a boot: an empty kernel, and nothing in the state's run folder.
fresh_boot() {
	local old=$state
	fresh
	state=$old
	rm -rf "$state/run"
}

@test "makes at boot a set that the rules match and the text does not declare" {
	for b in $backends; do
		fresh
		in_ns ipset create bans hash:net timeout 600 comment maxelem 5000
		text "$tmp/a" 'keep f2b-*'
		put "$tmp/a"
		run -0 put -n "$tmp/a"
		[ -z "$output" ]
		fresh_boot
		run -0 put --boot
		[[ $(in_ns ipset save bans) == "create bans hash:net family inet "*"maxelem 5000 timeout 600"*comment* ]]
		# The program that fills the set finds it as it would make it.
		in_ns ipset create bans hash:net timeout 600 comment maxelem 5000 -exist
	done
}

# load_waiting TEXT: loads it in the background, to wait for confirmation; sets $! to the load and said to its messages
load_waiting() {
	said=$tmp/said-$ns-$RANDOM
	put --confirm 8 "$1" 2>"$said" &
	wait_for grep -q 'is in force for' "$said"
}

undone() { # undone PID: waits for the load, which must end unconfirmed
	local status=0
	wait "$1" || status=$?
	[ $status = 9 ]
}

@test "case T28: undoing a load removes an open set that it made, unless others use it" {
	text "$tmp/a" 'set-open bans hash:net'
	printf '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' >"$tmp/none"
	for b in $backends; do
		names=() pids=() words=()
		for what in nobody member list; do
			fresh
			put "$tmp/none"
			load_waiting "$tmp/a"
			names+=("$ns") pids+=($!) words+=("$said")
			case $what in
			member) in_ns ipset add bans 192.0.2.7 ;;
			list) in_ns ipset create lists list:set && in_ns ipset add lists bans ;;
			esac
		done
		for n in 0 1 2; do
			undone "${pids[n]}"
			ns=${names[n]}
			[ -z "$(live | grep -- -A)" ]
		done
		[ -z "$(ns=${names[0]} in_ns ipset list -n)" ]
		[ "$(ns=${names[1]} members bans)" = '192.0.2.7;' ]
		grep -q 'set bans, created by the load, stays: other programs added members to it' "${words[1]}"
		[ "$(ns=${names[2]} in_ns ipset list -n | tr '\n' ' ')" = 'bans lists ' ]
		grep -q 'set bans, created by the load, stays: rules or sets of other programs refer to it' "${words[2]}"
	done
}

@test "case T29: refuses a set of the text that others filled, status 6; --replace makes it as the text says" {
	for b in $backends; do
		fresh
		in_ns ipset create bans hash:net
		in_ns ipset add bans 203.0.113.0/24
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24' 'member 198.51.100.7'
		for how in '' --adopt --no-rehearse; do
			# shellcheck disable=SC2086
			run -6 put $how "$tmp/a"
			[[ $output == *"/a:1: error: set bans has members that fw-load did not add, first: 203.0.113.0/24; use \`#@ set-open'"* ]]
			[ "$(members bans)" = '203.0.113.0/24;' ]
		done
		put --replace "$tmp/a"
		[ "$(members bans)" = '192.0.2.0/24;198.51.100.7;' ]
		# Others add and remove members after the load.
		in_ns ipset add bans 203.0.113.9
		run -6 put "$tmp/a"
		[[ $output == *"first: 203.0.113.9;"* ]]
		in_ns ipset del bans 203.0.113.9
		in_ns ipset del bans 198.51.100.7
		run -6 put "$tmp/a"
		[[ $output == *"set bans lost members since it was loaded"* ]]
		[ "$(members bans)" = '192.0.2.0/24;' ]
		run -0 put -n --replace "$tmp/a"
		[[ $output == *"replace set bans"* ]]
		put --replace "$tmp/a"
		run -0 put -n "$tmp/a"
		[ -z "$output" ]
		# Changes in the text need no --replace.
		sed -i 's/192.0.2.0/192.0.3.0/' "$tmp/a"
		put "$tmp/a"
		[ "$(members bans)" = '192.0.3.0/24;198.51.100.7;' ]
		# Members that are no longer in the text are removed, even the last ones.
		text "$tmp/a" 'set bans hash:net inet'
		put "$tmp/a"
		[ -z "$(members bans)" ]
	done
}

@test "a set of the text is the same however its members are written" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set bans hash:net' 'member 10.0.0.0-10.0.0.255' 'member 192.0.2.1/32' 'member 172.16.9.9/12' 'member 192.0.2.1'
		run -1 put "$tmp/a"
		sed -i '/192.0.2.1$/d' "$tmp/a"
		for how in '' --no-rehearse; do
			# shellcheck disable=SC2086
			put $how "$tmp/a"
			run -0 put -n "$tmp/a"
			[ -z "$output" ]
		done
		[[ $(put --status) == *"good 000001"* ]]
		text "$tmp/b" 'set bans hash:net' 'member 192.0.2.2'
		put "$tmp/b"
		put "$tmp/a"
		[ "$(members bans)" = '10.0.0.0/24;172.16.0.0/12;192.0.2.1;' ]
	done
}

@test "the order of a list of sets counts" {
	for b in $backends; do
		fresh
		in_ns ipset create one hash:ip
		in_ns ipset create two hash:ip
		text "$tmp/a" 'set bans list:set' 'member two' 'member one'
		put "$tmp/a"
		[ "$(in_ns ipset save bans | sed -n 's/^add bans //p' | tr '\n' ' ')" = 'two one ' ]
		run -0 put -n "$tmp/a"
		[ -z "$output" ]
		text "$tmp/b" 'set bans list:set' 'member one' 'member two'
		put "$tmp/b"
		[ "$(in_ns ipset save bans | sed -n 's/^add bans //p' | tr '\n' ' ')" = 'one two ' ]
	done
}

@test "case T30: refuses an impossible set or member at its line" {
	for b in $backends; do
		fresh
		while IFS='|' read -r line words directives; do
			IFS=';' read -ra list <<<"$directives"
			text "$tmp/a" "${list[@]}"
			run -1 put "$tmp/a"
			[[ $output == *"/a:$line:"*"$words"* ]] || { echo "$directives: $output"; false; }
			[ -z "$(in_ns ipset list -n)" ]
		done <<-'END'
			1|reserved for fw-load|set fw-load-new hash:net
			1|reserved for fw-load|set-open fw-load-beside hash:net
			1|`#@ set-open', without members|set bans hash:net timeout 60;member 192.0.2.1
			1|`#@ set-open', without members|set bans hash:net timeout 0;member 192.0.2.1;member 192.0.2.2 timeout 9
			2|another program fills an open set|set-open bans hash:net;member 192.0.2.1
			1|begins with `-'|set bans hash:net -exist
			1|begins with `-'|set-open bans -exist hash:net
			2|begins with `-'|set bans hash:net;member 192.0.2.1 -exist
			2|begins with `-'|set bans hash:net comment;member 192.0.2.1 comment "a" -file /etc/hostname
			2|not an address of the set's family|set bans hash:net;member localhost
		3|not an address of the set's family|set bans hash:net;member 192.0.2.1;member 10/8
		2|not an address of the set's family|set bans hash:net;member 2001:db8::1
		2|not an address of the set's family|set bans hash:net inet6;member 192.0.2.1
		2|not an address of the set's family|set bans hash:ip,port,ip;member 192.0.2.1,tcp:80,example.org
		2|not an address of the set's family|set bans bitmap:ip range 10.0.0.0/24;member 10.0.0.1-router
		4|has this member already|set bans hash:net;member 192.0.2.1;keep x;member 192.0.2.1
		4|32|set bans hash:net;member 192.0.2.1;keep x;member 192.0.2.1/33
		2|out of range|set bans hash:net;member 192.0.2.1/33
		1|unknown|set bans hash:nett
		1|expected a set, for example|set bans inet
		1|expected a set, for example|set bans iphash
		1|not an address of the set's family|set bans bitmap:ip range localhost/24
		1|not an address of the set's family|set bans bitmap:ip from localhost to 127.0.0.9
		1|not an address of the set's family|set bans bitmap:ip network localhost/24
		1|not an address of the set's family|set bans hash:ip bitmask localhost
		1|expected an open set, for example|set-open bans iphash
		2|not an address of the set's family|set bans hash:net family ipv6;member 192.0.2.1
			1|expected an open set, for example|set-open bans inet timeout 7
			1|expected an open set, for example|set-open bans family ipx
			2|already declared with another type|set bans hash:net;set-open bans hash:net
			3|already declared with another type|set bans hash:net;member 192.0.2.1;set bans hash:net;member 192.0.2.2
		END
		# Permanent members in a set with timeouts, and a dash in a comment, are allowed.
		text "$tmp/a" 'set bans hash:net timeout 0 comment' 'member 192.0.2.1' 'member 192.0.2.2 comment "a -b" timeout 0'
		put "$tmp/a"
		text "$tmp/a" 'set bans hash:net' 'member 192.0.2.1-192.0.2.9' 'set p hash:ip,port,net inet6' 'member 2001:db8::1,tcp:80,2001:db8:1::/48' \
			'set m bitmap:ip range 10.0.0.0/24' 'member 10.0.0.4-10.0.0.9' 'set six hash:net maxelem 9 family ipv6' 'member 2001:db8::/32'
		put --replace "$tmp/a"
		save -q --check
	done
}

@test "undoing a load restores options of sets and members, and keeps what others did" {
	for b in $backends; do
		names=() pids=() results=()
		while IFS='|' read -r before after others result; do
			fresh
			IFS=';' read -ra list <<<"$before"
			text "$tmp/a" "${list[@]}"
			put "$tmp/a"
			IFS=';' read -ra list <<<"$after"
			text "$tmp/b" "${list[@]}"
			load_waiting "$tmp/b"
			names+=("$ns") pids+=($!) results+=("$result")
			[ -z "$others" ] || eval "in_ns ipset $others"
		done <<-'END'
			set bans hash:net;member 10.0.0.0/8 nomatch|set bans hash:net;member 10.0.0.0/8||10.0.0.0/8 nomatch;hash:net family inet;
			set bans hash:net;member 10.0.0.0/8|set bans hash:net;member 10.0.0.0/8 nomatch|add bans 192.0.2.1|10.0.0.0/8;192.0.2.1;hash:net family inet;
			set bans hash:net comment;member 10.0.0.0/8 comment "a b"|set bans hash:net comment;member 10.0.0.0/8 comment "c"||10.0.0.0/8 comment "a b";hash:net family inet;
			set bans hash:net;member 10.0.0.0-10.0.1.255;member 192.0.2.1|set bans hash:net;member 10.0.0.0/24;member 192.0.2.1|del bans 192.0.2.1|10.0.0.0/23;hash:net family inet;
			set bans hash:net;member 192.0.2.1|set bans hash:net counters comment;member 192.0.2.1;member 192.0.2.2|add bans 192.0.2.3 comment mine|192.0.2.1;192.0.2.3;hash:net family inet;
				set bans hash:net;member 192.0.2.1;member 192.0.2.2|set bans hash:net comment;member 192.0.2.1;member 192.0.2.2|del bans 192.0.2.2|192.0.2.1;hash:net family inet;
			set bans hash:net timeout 0 comment;member 192.0.2.1|set bans hash:net timeout 0 comment;member 192.0.2.1;member 192.0.2.3|add bans 192.0.2.3 comment mine -exist|192.0.2.1 timeout 0;192.0.2.3 timeout 0 comment "mine";hash:net family inet;
			set bans hash:net comment maxelem 1000;member 192.0.2.1|set bans hash:net comment maxelem 2000;member 192.0.2.1|add bans 192.0.2.3 comment "seen by a nomatch b"|192.0.2.1;192.0.2.3 comment "seen by a nomatch b";hash:net family inet;
		set bans hash:net counters;member 192.0.2.1|set bans hash:net;member 192.0.2.9|add bans 192.0.2.3|192.0.2.1;192.0.2.3;hash:net family inet;
		END
		for n in "${!pids[@]}"; do
			undone "${pids[n]}"
			ns=${names[n]}
			[ "$(in_ns ipset save bans | sed 's/ hashsize.*initval [^ ]*//; s/ packets 0 bytes 0//; s/^[a-z]* bans //' | sort | tr '\n' ';')" = "${results[n]}" ] ||
				{ in_ns ipset save bans; echo "not ${results[n]}"; false; }
			[ "$(in_ns ipset list -n)" = bans ]
		done
	done
}

@test "keeps a member that another program adds while a set is swapped, status 8" {
	for b in $backends; do
		fresh
		mkdir -p "$tmp/bin"
		# Another program adds a member between the check and the swap.
		cat >"$tmp/bin/ipset" <<-'END'
			#!/bin/sh
			[ "$1" = restore ] || exec /usr/sbin/ipset "$@"
			cat >"$0.lines"
			! grep -q '^swap' "$0.lines" || [ -e "$0.once" ] || { : >"$0.once"; /usr/sbin/ipset add bans 203.0.113.9; }
			exec /usr/sbin/ipset restore <"$0.lines"
		END
		chmod 755 "$tmp/bin/ipset"
		rm -f "$tmp/bin/ipset.once"
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24'
		put "$tmp/a"
		sed -i 's/192.0.2.0/198.51.100.0/' "$tmp/a"
		PATH=$tmp/bin:$PATH run -8 put "$tmp/a"
		[[ $output == *"another program changed set bans during the load"* ]]
		[ "$(members bans)" = '192.0.2.0/24;203.0.113.9;' ]
		[ "$(in_ns ipset list -n)" = bans ]
	done
}

@test "the next run waits for the ipset of a killed load, and then restores the members" {
	for b in $backends; do
		fresh
		mkdir -p "$tmp/bin"
		cat >"$tmp/bin/ipset" <<-'END'
			#!/bin/sh
			[ "$1" = restore ] || exec /usr/sbin/ipset "$@"
			cat >"$0.lines"
			! grep -q '^swap' "$0.lines" || { echo $PPID >"$0.parent"; until [ -e "$0.go" ]; do sleep 0.05; done; }
			exec /usr/sbin/ipset restore <"$0.lines"
		END
		chmod 755 "$tmp/bin/ipset"
		rm -f "$tmp/bin"/ipset.*
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24'
		put "$tmp/a"
		sed 's/192.0.2.0/198.51.100.0/' "$tmp/a" >"$tmp/b"
		PATH=$tmp/bin:$PATH put "$tmp/b" 3>&- &
		wait_for [ -s "$tmp/bin/ipset.parent" ]
		kill -KILL "$(cat "$tmp/bin/ipset.parent")"
		wait $! || true
		run -7 put --status -w 1
		: >"$tmp/bin/ipset.go"
		run -0 put --status
		[ "$(members bans)" = '192.0.2.0/24;' ]
		[ "$(in_ns ipset list -n)" = bans ]
		run -0 save -q --check
	done
}

@test "a warm boot keeps members that others added to a set, adds missing ones, and says so, status 12" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24' 'member 198.51.100.7'
		put "$tmp/a"
		run -0 put --boot
		in_ns ipset add bans 203.0.113.9
		in_ns ipset del bans 198.51.100.7
		run -12 put --boot
		[[ $output == *"the members of set bans differ from those of the good generation: they stay"* ]]
		[ "$(members bans)" = '192.0.2.0/24;198.51.100.7;203.0.113.9;' ]
		in_ns "iptables-$b" -C INPUT -m set --match-set bans src -j DROP
	done
}

@test "a warm boot adds missing members to a set with other options, and keeps the options" {
	for b in $backends; do
		for words in 'timeout 600' comment counters; do
			fresh
			text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24'
			put "$tmp/a"
			in_ns "iptables-$b" -F INPUT
			in_ns ipset destroy bans
			# shellcheck disable=SC2086
			in_ns ipset create bans hash:net $words
			in_ns ipset add bans 203.0.113.9
			run -12 put --boot
			in_ns ipset test bans 192.0.2.9
			in_ns ipset test bans 203.0.113.9
			[[ $(in_ns ipset save bans) == *" ${words% *}"* ]]
			in_ns "iptables-$b" -C INPUT -m set --match-set bans src -j DROP
		done
	done
}

@test "-n changes no set, and with --assume-empty plans to make each" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24'
		in_ns ipset create fw-load-trial hash:ip
		in_ns ipset create bans hash:ip
		for how in '-n' '-n --no-rehearse' '-n --assume-empty'; do
			# shellcheck disable=SC2086
			put $how "$tmp/a" >/dev/null 2>&1 || true
			[ "$(in_ns ipset list -n | sort | tr '\n' ' ')" = 'bans fw-load-trial ' ]
		done
		run -0 put -n --assume-empty "$tmp/a"
		[[ $output == *"create set bans"* ]]
	done
}

@test "notices an ipset that succeeds and does nothing" {
	for b in $backends; do
		fresh
		mkdir -p "$tmp/bin"
		# An ipset that reads its input, succeeds and does nothing.
		printf '#!/bin/sh\ncase $1 in restore) cat >/dev/null; exit 0 ;; esac\nexec /usr/sbin/ipset "$@"\n' >"$tmp/bin/ipset"
		chmod 755 "$tmp/bin/ipset"
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24'
		printf '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' | put
		PATH=$tmp/bin:$PATH run -3 put --no-rehearse "$tmp/a"
		text "$tmp/a" 'set-open bans hash:net inet'
		PATH=$tmp/bin:$PATH run -11 put --no-rehearse "$tmp/a"
		[[ $output == *"set bans does not contain what was added"* ]]
	done
}

@test "fw-save --check and --diff report missing sets and other members" {
	for b in $backends; do
		fresh
		text "$tmp/a" 'set bans hash:net inet' 'member 192.0.2.0/24' 'set-open open hash:ip'
		put "$tmp/a"
		save -q --check
		in_ns ipset add open 192.0.2.1
		save -q --check
		in_ns ipset add bans 203.0.113.9
		in_ns ipset del bans 192.0.2.0/24
		in_ns ipset destroy open
		run -1 save -q --check
		[[ $output == *$'set bans:\n- 192.0.2.0/24\n+ 203.0.113.9\nset open:\n- hash:ip'* ]]
		run -1 save -q --diff running good
		[[ $output == *$'set bans:\n- 203.0.113.9\n+ 192.0.2.0/24'* ]]
		sed 's/member 192.0.2.0/member 192.0.9.0/; 1i #@ sysctl net.ipv4.ip_forward=1' "$tmp/a" | put --replace
		run -1 save -q --diff 1 2
		[[ $output == *"+ sysctl net.ipv4.ip_forward=1"* && $output == *"- member bans 192.0.2.0/24"* && $output == *"+ member bans 192.0.9.0/24"* ]]
		run -0 save -q --diff 2 2
		[ -z "$output" ]
	done
}

# given [OPTIONS [OPTIONS]]: the set `bans' is loaded with these options and a member; $tmp/b is a text with the second
# options, or the same, and another member
given() {
	fresh
	in_ns ipset destroy
	text "$tmp/a" "set bans hash:ip timeout 0 ${1-}" 'member 192.0.2.1'
	text "$tmp/b" "set bans hash:ip timeout 0 ${2-${1-}}" 'member 192.0.2.2'
	put "$tmp/a"
}

@test "undoing a load brings no member back that has run out meanwhile, and gives no other more time" {
	for b in $backends; do
		given
		in_ns ipset add bans 198.51.100.1 timeout 4
		in_ns ipset add bans 198.51.100.2 timeout 3000
		run -9 put --replace --confirm 5 "$tmp/b"
		[[ $(members bans) == "192.0.2.1 timeout 0;198.51.100.2 timeout 29"??";" ]]
	done
}

@test "--replace of a set with members of others whose time runs on is no conflict" {
	for b in $backends; do
		given
		# So many that the seconds of some change between any two looks.
		for n in $(seq 12); do
			in_ns ipset add bans "198.51.100.$n" timeout 500
			sleep 0.08
		done
		put --replace "$tmp/b"
		[ "$(members bans)" = '192.0.2.2 timeout 0;' ]
	done
}

@test "undoing a load that changed a set's options leaves others' members their time and comment" {
	for b in $backends; do
		given 'comment maxelem 100' 'comment maxelem 200'
		put_waiting --confirm 3 "$tmp/b"
		in_ns ipset add bans 198.51.100.1 timeout 3000 comment 'ban of sshd'
		status=0
		wait "$load" || status=$?
		[ "$status" = 9 ]
		[[ $(members bans) == '192.0.2.1 timeout 0;198.51.100.1 timeout 29'??' comment "ban of sshd";' ]]
	done
}

@test "fw-save leaves out a member that expires, so that fw-load takes the stream" {
	for b in $backends; do
		given
		in_ns ipset add bans 198.51.100.1 timeout 600
		save -q >"$tmp/saved"
		grep -qx '#@ member 192.0.2.1 timeout 0' "$tmp/saved"
		run ! grep -q 198.51.100.1 "$tmp/saved"
		put --check "$tmp/saved"
	done
}

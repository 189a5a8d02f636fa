#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load --boot, and undoing a load, beside rules that nft made in iptables' own tables: our rules replace them, and the
# host is never open meanwhile.

load lib/load

setup() {
	load_setup
	command -v nft >/dev/null || skip "nft is not installed"
	b=nft
	put "$gateway"
	live >"$tmp/before"
	rules >"$tmp/rules"
	mkdir "$tmp/bin"
	# Restores that note the rules in force before our rules are committed: none of them may be open.
	for n in iptables ip6tables; do
		printf '#!/bin/sh\ncase $1 in -V) ;; *) nft list ruleset >>"%s" ;; esac\nexec /usr/sbin/%s-nft-restore "$@"\n' \
			"$tmp/meanwhile" $n >"$tmp/bin/$n-nft-restore"
	done
	chmod 755 "$tmp/bin"/*
}
teardown() { load_teardown; }

boot() {
	rm -f "$tmp/meanwhile"
	run "$1" env PATH="$tmp/bin:$PATH" ip netns exec "$ns" "$BUILD/fw-load" -b nft -s "$state" --boot
}

# The situation after a boot: no rules, and nothing in the state's run folder.
reboot() {
	in_ns nft flush ruleset
	rm -rf "$state/run"
}

# rules: prints rules and policies, without empty tables
rules() { live | grep -E '^\*|^-A|^:.* DROP' | sed -z 's/\*[a-z]*\n\(\*\)/\1/g; s/\*[a-z]*\n$//'; }

# good_is_in_force WORDS: all rules of the good generation are in force, and the message has these words
good_is_in_force() {
	[[ $output == *"$1"* ]] || { echo "no \"$1\" in: $output"; return 1; }
	rules | diff "$tmp/rules" - || { echo "$output"; return 1; }
	save --check 2>/dev/null
	[[ $(in_ns nft list tables) == *"table ip mine"* ]]
	if [ -e "$tmp/meanwhile" ]; then
		! grep -E 'hook (input|forward) priority filter; policy accept' "$tmp/meanwhile" || { cat "$tmp/meanwhile"; return 1; }
	fi
}

# each_native: for each line of WORDS|COMMANDS, --boot replaces what these commands of nft make, with these words in the
# message
each_native() {
	while IFS='|' read -r words commands; do
		for when in first warm; do
			[ $when = warm ] || reboot
			in_ns nft add table ip mine
			in_ns nft -f - <<<"${commands//; /$'\n'}" || { echo "nft refuses: $commands"; return 1; }
			boot -0
			good_is_in_force "$words" || { echo "$when: $commands"; return 1; }
			boot -0
			[[ $output != *"made with nft"* ]]
		done
	done
}

@test "--boot replaces nft's rules in iptables' tables by the good generation" {
	each_native <<-'END'
		chain INPUT, rule|add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy accept; }; add rule ip filter INPUT tcp dport { 80, 81 } accept
		chain INPUT, rule|add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy accept; }; insert rule ip filter INPUT ct state new accept
		chain FORWARD, rule|add table ip6 filter; add chain ip6 filter FORWARD { type filter hook forward priority 0; policy drop; }; insert rule ip6 filter FORWARD tcp flags != syn counter accept
		chain PREROUTING, rule 1 |add table ip raw; add chain ip raw PREROUTING { type filter hook prerouting priority -300; }; add rule ip raw PREROUTING meta mark set 1
		chain own, rule 1 |add table ip filter; add chain ip filter own; add rule ip filter own ip saddr { 192.0.2.1 } drop
	END
}

@test "--boot replaces dormant tables, nft's own base chains, and chains at another hook or priority" {
	each_native <<-'END'
		table filter: it is dormant|add table ip filter { flags dormant; }
		chain early: it is a base chain|add table ip filter; add chain ip filter early { type filter hook input priority -10; policy accept; }; add rule ip filter early accept
		chain early: it is a base chain|add table ip filter; add chain ip filter early { type filter hook input priority -10; policy drop; }
		chain input: it is a base chain|flush ruleset; add table ip mine; add table ip filter; add chain ip filter input { type filter hook input priority 0; policy accept; }; add rule ip filter input ct state new accept
		chain INPUT: its hook, priority or type differs|flush ruleset; add table ip mine; add table ip filter; add chain ip filter INPUT { type filter hook input priority 7; policy accept; }
		chain INPUT: its hook, priority or type differs|flush ruleset; add table ip mine; add table ip filter; add chain ip filter INPUT { type filter hook forward priority 0; policy accept; }; add rule ip filter INPUT tcp dport { 1, 2 } accept
		chain INPUT: it has no hook|flush ruleset; add table ip mine; add table ip filter; add chain ip filter INPUT
		chain INPUT: it has no hook|flush ruleset; add table ip mine; add table ip filter; add chain ip filter INPUT; add chain ip filter FORWARD { type filter hook forward priority 0; }; add rule ip filter FORWARD counter jump INPUT
		chain a-name-of-more-than-28-letters: its name|add table ip filter; add chain ip filter a-name-of-more-than-28-letters; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }; add rule ip filter FORWARD counter jump a-name-of-more-than-28-letters
		chain early: it is a base chain|add table ip mangle; add chain ip mangle early { type filter hook input priority -10; policy drop; }
		table nat: it is dormant|add table ip nat; add chain ip nat PREROUTING { type nat hook prerouting priority -100; }; add rule ip nat PREROUTING tcp dport 80 counter redirect; add table ip nat { flags dormant; }
	END
}

@test "--boot beside nft's rules keeps other rules at a restart, and removes them at the first boot" {
	in_ns nft add table ip mine
	in_ns iptables-nft -N f2b
	in_ns iptables-nft -A f2b -s 192.0.2.66 -j DROP
	in_ns iptables-nft -I INPUT -j f2b
	live >"$tmp/before"
	in_ns nft insert rule ip filter INPUT ct state new accept
	in_ns nft add chain ip filter early '{ type filter hook input priority -10; }'
	boot -0
	live | diff "$tmp/before" -
	in_ns nft insert rule ip filter INPUT ct state new accept
	rm -rf "$state/run"
	boot -0
	rules | diff "$tmp/rules" -
}

@test "--boot at a restart keeps other programs' chains beside chains of nft that something jumps to" {
	in_ns iptables-nft -N f2b
	in_ns iptables-nft -A f2b -s 192.0.2.66 -j DROP
	in_ns iptables-nft -I INPUT -j f2b
	live >"$tmp/before"
	while read -r commands; do
		in_ns nft -f - <<<"${commands//; /$'\n'}" || { echo "nft refuses: $commands"; false; }
		boot -0
		[[ $output == *"it is removed for the rules"* && $output != *"emptied"* ]] || { echo "$commands: $output"; false; }
		live | diff "$tmp/before" - || { echo "$commands: $output"; false; }
	done <<-'END'
		add chain ip filter a-name-of-more-than-28-letters; add rule ip filter INPUT counter jump a-name-of-more-than-28-letters
		add chain ip filter a-name-of-more-than-28-letters; add rule ip filter f2b ip saddr 192.0.2.1 counter goto a-name-of-more-than-28-letters
		add chain ip filter a-name-of-more-than-28-letters; add chain ip filter z-name-of-more-than-28-letters; add rule ip filter z-name-of-more-than-28-letters counter jump a-name-of-more-than-28-letters; add rule ip filter FORWARD jump z-name-of-more-than-28-letters
		add chain ip filter a-name-of-more-than-28-letters; add chain ip filter z-name-of-more-than-28-letters; add rule ip filter a-name-of-more-than-28-letters counter jump z-name-of-more-than-28-letters; add rule ip filter FORWARD counter jump a-name-of-more-than-28-letters
		add chain ip filter a-name-of-more-than-28-letters; add rule ip filter INPUT tcp dport vmap { 1 : jump a-name-of-more-than-28-letters, 2 : drop }
		add chain ip filter a-name-of-more-than-28-letters; add map ip filter vm { type inet_service : verdict; elements = { 1 : jump a-name-of-more-than-28-letters }; }; add rule ip filter INPUT tcp dport vmap @vm
		add rule ip filter INPUT tcp dport 1 jump { counter accept; }
		add rule ip filter INPUT jump { tcp dport { 1, 2 } drop; }; add rule ip filter f2b ct state new drop
		add chain ip filter early { type filter hook input priority -10; }; add rule ip filter early counter jump f2b
	END
}

@test "--boot keeps chains that are kept by name beside nft's rules" {
	printf '#@ keep f2b*\n' | cat - "$gateway" >"$tmp/keeps"
	put "$tmp/keeps"
	in_ns iptables-nft -N f2b-ssh
	in_ns iptables-nft -A f2b-ssh -s 192.0.2.66 -j DROP
	in_ns nft insert rule ip filter INPUT ct state new accept
	rm -rf "$state/run"
	boot -0
	[[ $output == *"chain INPUT, rule 1 (handle "* ]]
	in_ns iptables-nft -C f2b-ssh -s 192.0.2.66 -j DROP
	[[ $(in_ns nft list chain ip filter INPUT) != *"ct state new accept"* ]]
}

@test "--boot names a table that belongs to a process, loads the other family, status 12" {
	reboot
	mkfifo "$tmp/words"
	in_ns nft -i <"$tmp/words" >/dev/null 2>&1 3>&- &
	owner=$!
	exec 7>"$tmp/words"
	echo 'add table ip filter { flags owner; }; add chain ip filter INPUT { type filter hook input priority 0; policy drop; }' >&7
	wait_for in_ns nft list chain ip filter INPUT
	boot -12
	exec 7>&-
	wait "$owner" || true
	[[ $output == *"IPv4, table filter: it belongs to a process"*"IPv4: "*"cannot be removed"* ]]
	in_ns ip6tables-nft-save | sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/' >"$tmp/v6"
	sed -n "$(grep -n '^\*' "$tmp/v6" | head -n 1 | cut -d: -f1),\$p" "$tmp/v6" | diff - <(tail -n "$(wc -l <"$tmp/v6")" "$tmp/before")
}

# unreadable FILE: while FILE exists, each reading of the rules sees a commit by nft in the midst of it
unreadable() {
	cat >"$tmp/bin/iptables-nft-save" <<-END
		#!/bin/sh
		/usr/sbin/iptables-nft-save "\$@"
		status=\$?
		if [ -e "$1" ]; then
			nft 'add table ip filter; add set ip filter busy { type ipv4_addr; }'
			nft 'delete set ip filter busy'
		fi
		exit \$status
	END
	chmod 755 "$tmp/bin/iptables-nft-save"
}

@test "--boot puts the good generation in force although others commit without a pause, at once if no rules are in force" {
	unreadable "$tmp/busy"
	for when in first warm; do
		touch "$tmp/busy"
		[ $when = warm ] || reboot
		in_ns iptables-nft -A INPUT -s 192.0.2.1 -j ACCEPT
		boot -12
		[[ $output == *"cannot be read"*"replace those in force"*"could not be read back"* ]]
		rm "$tmp/busy"
		rules | diff "$tmp/rules" -
		boot -0
	done
}

@test "--boot keeps rules that were accepted although others then commit without a pause, status 12" {
	unreadable "$tmp/busy"
	printf '#!/bin/sh\n/usr/sbin/iptables-nft-restore "$@" || exit\ncase $1 in -V) ;; *) touch "%s" ;; esac\n' "$tmp/busy" \
		>"$tmp/bin/iptables-nft-restore"
	reboot
	boot -12
	[[ $output == *"accepted, but could not be read back"* && $output != *"replace those in force"* ]]
	rm "$tmp/busy"
	rules | diff "$tmp/rules" -
}

@test "undoing a load beside a new rule of nft restores the rules before the load, not the safe ones" {
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put_waiting --confirm 5 "$tmp/next"
	in_ns nft insert rule ip filter INPUT ct state new accept
	status=0
	wait "$load" || status=$?
	[ "$status" = 9 ]
	live | diff "$tmp/before" -
}

# undone_beside COMMANDS OLD NEW: loads NEW after OLD, lets nft run COMMANDS, and waits until the load is undone; its
# messages are in $tmp/said
undone_beside() {
	put "$2"
	put_waiting --confirm 3 "$3"
	in_ns nft -f - <<<"${1//; /$'\n'}" || { echo "nft refuses: $1"; return 1; }
	status=0
	wait "$load" || status=$?
	[ "$status" = 9 ] || { echo "status $status: $(cat "$tmp/said")"; return 1; }
}

@test "undoing a load leaves what nft made where the load changed nothing" {
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	while IFS='|' read -r words commands; do
		undone_beside "$commands" "$gateway" "$tmp/next" || { echo "$commands"; false; }
		! grep 'it is removed' "$tmp/said" || { echo "$commands"; false; }
		in_ns nft list ruleset | grep -F -- "$words" || { in_ns nft list ruleset; echo "$commands"; false; }
		run ! grep -q 8443 <(in_ns nft list ruleset)
		in_ns nft flush ruleset
		put --replace "$gateway"
		live | diff "$tmp/before" -
	done <<-'END'
		dport { 80, 443 }|add chain ip filter OUTPUT { type filter hook output priority 0; }; add rule ip filter OUTPUT tcp dport { 80, 443 } drop
		dport vmap|add chain ip filter own; add rule ip filter own tcp dport vmap { 80 : drop }
		jump a-name-of-more-than-28-letters|add chain ip filter a-name-of-more-than-28-letters; add chain ip filter own; add rule ip filter own counter jump a-name-of-more-than-28-letters
		udp dport 53 drop|add chain ip filter mine { type filter hook input priority 10; }; add rule ip filter mine udp dport 53 drop
		ct state new|add table ip raw; add chain ip raw PREROUTING { type filter hook prerouting priority -300; }; add rule ip raw PREROUTING ct state new drop
		meta mark set|add table ip mangle; add chain ip mangle OUTPUT { type route hook output priority -150; }; add rule ip mangle OUTPUT meta mark set 1
		flags dormant|add table ip security { flags dormant; }
		ct state new|add table ip6 raw; add chain ip6 raw PREROUTING { type filter hook prerouting priority -300; }; add rule ip6 raw PREROUTING ct state new drop
	END
}

@test "undoing a load removes only those things of nft that are in chains that the load changed, and names them" {
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	undone_beside "insert rule ip filter INPUT ct state new accept; add chain ip filter mine { type filter hook input priority 10; }; add rule ip filter mine udp dport 53 drop" \
		"$gateway" "$tmp/next"
	grep 'table filter, chain INPUT, rule 1 (handle .*it is removed' "$tmp/said"
	run ! grep 'chain mine' "$tmp/said"
	[[ $(in_ns nft list chain ip filter mine) == *"udp dport 53 drop"* ]]
	in_ns nft delete chain ip filter mine
	live | diff "$tmp/before" -
}

@test "undoing a load restores the other family beside a table of nft that it cannot change" {
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	mkfifo "$tmp/words"
	in_ns nft -i <"$tmp/words" >/dev/null 2>&1 3>&- &
	owner=$!
	exec 7>"$tmp/words"
	put_waiting --confirm 4 "$tmp/next" 7>&-
	in_ns nft delete table ip6 filter
	echo 'add table ip6 filter { flags owner; }' >&7
	wait_for in_ns nft list table ip6 filter
	status=0
	wait "$load" || status=$?
	in_ns iptables-nft-save >"$tmp/v4"
	exec 7>&-
	wait "$owner" || true
	[ "$status" = 10 ] || { cat "$tmp/said"; false; }
	grep -q 'IPv6: .*cannot be removed' "$tmp/said"
	sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/' "$tmp/v4" | diff - <(head -n "$(grep -vc '^#' "$tmp/v4")" "$tmp/before")
}

@test "--boot without a generation replaces nft's rules in table filter by the safe rules, status 12" {
	while read -r commands; do
		reboot
		rm -r "$state"
		in_ns nft -f - <<<"${commands//; /$'\n'}"
		boot -12
		[[ $output == *"IPv4, table filter"*"in force now: the compiled-in safe rules"* ]]
		in_ns iptables-nft -C INPUT -p tcp -m tcp --dport 22 -j ACCEPT
		in_ns iptables-nft -S INPUT | grep -qx -- '-P INPUT DROP'
		save --all >/dev/null 2>&1
	done <<-'END'
		add table ip filter { flags dormant; }
		add table ip filter; add chain ip filter early { type filter hook input priority -5; policy accept; }; add chain ip filter INPUT { type filter hook input priority 7; }
		add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy drop; }; add rule ip filter INPUT tcp dport { 22, 80 } accept
	END
}

@test "--boot with a damaged good generation replaces nft's rules by the previous one, status 12" {
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next"
	echo garbage >"$state/generations/000002.gz"
	in_ns nft insert rule ip filter INPUT ct state new accept
	boot -12
	[[ $output == *"it is removed for the rules"* ]]
	rules | diff "$tmp/rules" -
}

@test "--boot replaces hundreds and thousands of nft's rules" {
	for count in 450 3000; do
		in_ns nft add table ip mine
		for i in $(seq "$count"); do echo "add rule ip filter INPUT tcp dport { $i, $((i + 1)) } accept"; done | in_ns nft -f -
		in_ns iptables-nft -N f2b
		boot -0
		[[ $output == *"and $((count - 5)) more"* ]]
		in_ns iptables-nft -X f2b
		good_is_in_force "made with nft"
	done
}

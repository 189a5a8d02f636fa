#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load: modules, kernel settings, sets; --check, --no-rehearse; progress on a terminal.

in_turn=1 # fw-load.bats, -text and -merge cover the differences between backends
load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

sysctl_of() { in_ns cat "/proc/sys/$1"; }

@test "case 36: sets settings that open the host after the rules, others before, and none when the rules are refused" {
	for b in $backends; do
		fresh
		in_ns sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects'
		{
			echo '#@ sysctl net.ipv4.ip_forward=1'
			echo '#@ sysctl net.ipv4.conf.all.accept_redirects=0'
			cat "$gateway"
		} >"$tmp/with"
		run -0 put -n "$tmp/with"
		steps=$(grep -nE 'set net|IPv4:' <<<"$output" | sed 's/.*\(redirects\|IPv4:\|forward\).*/\1/' | tr '\n' ' ')
		[ "$steps" = "redirects IPv4: forward " ]
		put "$tmp/with"
		[ "$(sysctl_of net/ipv4/ip_forward)" = 1 ]
		[ "$(sysctl_of net/ipv4/conf/all/accept_redirects)" = 0 ]
		run -0 put -n "$tmp/with"
		[[ $output != *"set net"* ]]
		fresh
		in_ns sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects'
		sed 's/-j MASQUERADE/-j DNAT --to 10.0.0.1/' "$tmp/with" >"$tmp/bad"
		run -1 put "$tmp/bad"
		[ "$(sysctl_of net/ipv4/ip_forward)" = 0 ]
		[ "$(sysctl_of net/ipv4/conf/all/accept_redirects)" = 1 ]
	done
}

@test "a failed commit undoes the settings made before it" {
	mkdir "$tmp/bin"
	b=nft
	in_ns sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects; echo 0 >/proc/sys/net/ipv4/ip_forward'
	printf '#!/bin/sh\ncase $* in *--noflush*) exit 1 ;; esac\nexec /usr/sbin/iptables-nft-restore "$@"\n' >"$tmp/bin/iptables-nft-restore"
	chmod 755 "$tmp/bin/iptables-nft-restore"
	{
		echo '#@ sysctl net.ipv4.ip_forward=1'
		echo '#@ sysctl net.ipv4.conf.all.accept_redirects=0'
		cat "$gateway"
	} >"$tmp/with"
	PATH=$tmp/bin:$PATH run -11 put "$tmp/with"
	[ "$(sysctl_of net/ipv4/conf/all/accept_redirects)" = 1 ]
	[ "$(sysctl_of net/ipv4/ip_forward)" = 0 ]
}

@test "a restore that reads none of its input is a failed commit" {
	mkdir "$tmp/bin"
	b=nft
	printf '#!/bin/sh\ncase $* in *--noflush*) exit 1 ;; esac\nexec /usr/sbin/iptables-nft-restore "$@"\n' >"$tmp/bin/iptables-nft-restore"
	chmod 755 "$tmp/bin/iptables-nft-restore"
	# More than a pipe holds.
	{
		printf '*filter\n:INPUT DROP [0:0]\n'
		seq -f "-A INPUT -p tcp -m comment --comment $(printf '%0200d' 0) -m tcp --dport %.0f -j ACCEPT" 8000
		echo COMMIT
	} >"$tmp/large"
	PATH=$tmp/bin:$PATH run -11 put --no-rehearse "$tmp/large"
	[ -z "$(live | grep -- -A)" ]
}

@test "refuses a setting that the kernel does not have or rejects, status 4; one outside net. is bad input" {
	for b in $backends; do
		fresh
		for bad in net.ipv4.no_such_setting=1 net.ipv4.ip_default_ttl=9999; do
			{ echo "#@ sysctl $bad"; cat "$gateway"; } >"$tmp/bad"
			run -4 put "$tmp/bad"
			[ -z "$(live | grep -- -A)" ]
		done
		for bad in kernel.panic=1 net.ipv4.ip_forward net/../kernel/panic=1; do
			{ echo "#@ sysctl $bad"; cat "$gateway"; } >"$tmp/bad"
			run -1 put "$tmp/bad"
		done
	done
}

@test "undoing an unconfirmed load restores its settings" {
	b=legacy
	put "$gateway"
	in_ns sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
	{ echo '#@ sysctl net.ipv4.ip_forward=1'; sed 's/443/8443/' "$gateway"; } >"$tmp/with"
	run -9 put --confirm 1 "$tmp/with"
	[ "$(sysctl_of net/ipv4/ip_forward)" = 0 ]
}

@test "an unknown module is status 4; with module? it is a warning" {
	for b in $backends; do
		fresh
		{ echo '#@ module? no_such_module'; cat "$gateway"; } >"$tmp/optional"
		run -0 put "$tmp/optional"
		[[ $output == *"module no_such_module"* ]]
		if [ -e "/lib/modules/$(uname -r)/modules.dep.bin" ]; then
			{ echo '#@ module no_such_module'; cat "$gateway"; } >"$tmp/needed"
			run -4 put "$tmp/needed"
		fi
	done
}

@test "makes sets before the rules, replaces them as a whole, and restores them when the rules fail" {
	for b in $backends; do
		fresh
		in_ns ipset create probe hash:ip || skip "this kernel has no ipset"
		in_ns ipset destroy probe
		{
			echo '#@ set blocked hash:net inet'
			echo '#@ member 192.0.2.0/24'
			echo '#@ member 198.51.100.7'
			printf '*filter\n:INPUT DROP [0:0]\n-4 -A INPUT -m set --match-set blocked src -j DROP\nCOMMIT\n'
		} >"$tmp/with"
		put "$tmp/with"
		in_ns ipset test blocked 192.0.2.9
		run ! in_ns ipset test blocked 203.0.113.1
		sed 's/198.51.100.7/203.0.113.0\/24/' "$tmp/with" >"$tmp/next"
		put "$tmp/next"
		in_ns ipset test blocked 203.0.113.1
		run ! in_ns ipset test blocked 198.51.100.7
		[ "$(in_ns ipset list -n | wc -l)" = 1 ]
		# Other members, and rules whose commit fails.
		mkdir -p "$tmp/bin"
		printf '#!/bin/sh\ncase $* in *--noflush*) exit 1 ;; esac\nexec /usr/sbin/iptables-%s-restore "$@"\n' $b >"$tmp/bin/iptables-$b-restore"
		chmod 755 "$tmp/bin/iptables-$b-restore"
		sed 's/-j DROP/-j ACCEPT/' "$tmp/with" >"$tmp/third"
		PATH=$tmp/bin:$PATH run -11 put "$tmp/third"
		in_ns ipset test blocked 203.0.113.1
		run ! in_ns ipset test blocked 198.51.100.7
		rm "$tmp/bin/iptables-$b-restore"
		sed 's/192.0.2.0/192.0.2.0\/40/' "$tmp/with" >"$tmp/bad"
		run -1 put "$tmp/bad"
		[[ $output == *"/bad:2: error: set blocked: "* || $output == *"/bad:2:"*"not an address"* ]]
	done
}

@test "a text whose set is already in force changes nothing and makes no generation" {
	for b in $backends; do
		fresh
		in_ns ipset create probe hash:ip || skip "this kernel has no ipset"
		in_ns ipset destroy probe
		printf '#@ set blocked hash:net inet\n#@ member 192.0.2.0/24\n#@ member 198.51.100.7\n*filter\n-4 -A INPUT -m set --match-set blocked src -j DROP\nCOMMIT\n' >"$tmp/with"
		put "$tmp/with"
		run -0 put -n "$tmp/with"
		[ -z "$output" ]
		put "$tmp/with"
		[[ $(put --status) == *"good 000001"* ]]
		# After a change by hand, --replace restores the set, and then nothing is left to do.
		in_ns ipset del blocked 198.51.100.7
		run -0 put -n --replace "$tmp/with"
		[[ $output == *"replace set blocked"* ]]
		put --replace "$tmp/with"
		in_ns ipset test blocked 198.51.100.7
		run -0 put -n "$tmp/with"
		[ -z "$output" ]
	done
}

@test "undoing an unconfirmed load restores its sets and their members" {
	b=nft
	in_ns ipset create probe hash:ip || skip "this kernel has no ipset"
	in_ns ipset destroy probe
	printf '#@ set blocked hash:net inet\n#@ member 192.0.2.0/24\n*filter\n-4 -A INPUT -m set --match-set blocked src -j DROP\nCOMMIT\n' >"$tmp/with"
	put "$tmp/with"
	sed 's/192.0.2.0/203.0.113.0/; s/^\*filter/#@ set other hash:ip inet\n&/' "$tmp/with" >"$tmp/next"
	run -9 put --confirm 1 "$tmp/next"
	in_ns ipset test blocked 192.0.2.9
	run ! in_ns ipset test blocked 203.0.113.9
	[ "$(in_ns ipset list -n)" = blocked ]
}

@test "refuses to load without root, and does not load into a private namespace instead" {
	for b in $backends; do
		run -3 setpriv --reuid 65534 --regid 65534 --clear-groups env XTABLES_LOCKFILE=/dev/null \
			"$(anyone fw-load)" -b $b -s /run/fw-load-nobody - <"$gateway"
		[[ $output == *"namespace for the rehearsal"* || $output == *"fw-load-nobody"* ]]
	done
}

@test "rehearses rules about a set that exists outside the text, and refuses a set that does not exist" {
	for b in $backends; do
		fresh
		# Names that \`ipset restore\` cannot read must not keep other sets out of the rehearsal.
		in_ns ipset create 'a b' hash:ip || skip "this kernel has no ipset"
		in_ns ipset create 'odd"name' hash:ip
		in_ns ipset create theirs hash:ip
		printf '*filter\n-4 -A INPUT -m set --match-set theirs src -j DROP\nCOMMIT\n' | put
		in_ns ipset destroy theirs || true
		printf '*filter\n-4 -A INPUT -m set --match-set nobodys src -j DROP\nCOMMIT\n' >"$tmp/bad"
		run -1 put "$tmp/bad"
		[[ $output == *"bad:2: error:"*nobodys* ]]
	done
}

@test "case 41: --check rehearses, changes nothing and needs no root" {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rn true 2>/dev/null || skip "ordinary users cannot make namespaces here"
	printf '*filter\n:INPUT DROP [0:0]\n-4 -A INPUT -s 192.0.2.1 -j ACCEPT\n-A INPUT -j MASQUERADE\nCOMMIT\n' >"$tmp/bad"
	cp "$gateway" "$tmp/good"
	for b in $backends; do
		fresh
		put --check "$gateway"
		[ -z "$(live)" ]
		[ ! -e "$state" ]
		run -1 put --check "$tmp/bad"
		[[ $output == *"bad:4: error:"* ]]
		cat "$tmp/good" | setpriv --reuid 65534 --regid 65534 --clear-groups "$(anyone fw-load)" --check -b $b
		run -1 setpriv --reuid 65534 --regid 65534 --clear-groups "$(anyone fw-load)" --check -b $b - <"$tmp/bad"
		[[ $output == *"<stdin>:4: error:"* ]]
	done
}

@test "--no-rehearse loads the same rules as a rehearsed load, and keeps other programs' rules" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/rehearsed"
		fresh
		put --no-rehearse "$gateway"
		live | diff "$tmp/rehearsed" -
		in_ns iptables-$b -I INPUT -s 192.0.2.1 -j DROP
		sed 's/443/8443/' "$gateway" | put --no-rehearse
		[ "$(in_ns iptables-$b -S INPUT | grep -cE '443|192.0.2.1')" = 2 ]
		# The generation holds the rules as iptables writes them, so nothing is left to do.
		run -0 --separate-stderr put -n <<<"$(sed 's/443/8443/' "$gateway")"
		[ -z "$output" ]
		printf '*filter\n:INPUT DROP [0:0]\n-4 -A INPUT -s 192.0.2.1 -j ACCEPT\n-A INPUT -j MASQUERADE\nCOMMIT\n' >"$tmp/bad"
		live >"$tmp/before"
		run -11 put --no-rehearse "$tmp/bad"
		live | diff "$tmp/before" -
	done
}

# Savers that add a line to $tmp/saved each time they run.
count_savers() {
	local program
	mkdir -p "$tmp/bin"
	for program in iptables-nft-save ip6tables-nft-save; do
		printf '#!/bin/sh\necho >>"%s"\nexec /usr/sbin/%s "$@"\n' "$tmp/saved" $program >"$tmp/bin/$program"
		chmod 755 "$tmp/bin/$program"
	done
}

saved() { # saved N COMMAND...: the command runs savers exactly N times
	local want=$1
	shift
	: >"$tmp/saved"
	PATH=$tmp/bin:$PATH "$@"
	[ "$(wc -l <"$tmp/saved")" = "$want" ] || { echo "$(wc -l <"$tmp/saved") savers, not $want"; return 1; }
}

@test "reads the rules in force again only if another program has committed to nf_tables since the last load" {
	b=nft
	count_savers
	# At the end of a chain, so that no rule behind it is written again and needs its counters.
	sed '/^COMMIT/,$!b; 0,/^COMMIT/s/^COMMIT/-A INPUT -p tcp -m tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT\n&/' "$gateway" >"$tmp/next"
	put "$gateway"
	saved 2 put --no-rehearse "$tmp/next"
	in_ns iptables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
	saved 0 put --no-rehearse "$tmp/next"
	# Another program's rule stays, so the rules in force are not the load's alone any more.
	in_ns ip6tables-nft -I INPUT -s 2001:db8::66 -j DROP
	saved 4 put --no-rehearse "$gateway"
	in_ns ip6tables-nft -C INPUT -s 2001:db8::66 -j DROP
	saved 4 put --no-rehearse "$tmp/next"
	in_ns ip6tables-nft -D INPUT -s 2001:db8::66 -j DROP
	saved 4 put --no-rehearse "$gateway"
	saved 2 put --no-rehearse "$tmp/next"
	# A commit that does not concern iptables counts too, since its content is not known.
	in_ns nft add table inet other
	saved 4 put --no-rehearse "$gateway"
	# A rule of ours that was removed comes back.
	in_ns iptables-nft -D INPUT -i lo -j ACCEPT
	put --no-rehearse "$gateway"
	in_ns iptables-nft -C INPUT -i lo -j ACCEPT
	# After a load is undone, the rules in force must be read again.
	run -9 put --confirm 1 "$tmp/next"
	saved 4 put --no-rehearse "$tmp/next"
	saved 2 put --no-rehearse -4 "$gateway"
}

@test "does not take the rules in force for a generation that only has the same number" {
	b=nft
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$gateway"
	# A copy of another state's generations, as from a backup, beside this state's record of the rules in force.
	kept=$ns here=$state
	fresh
	put "$tmp/next"
	rm -r "$here/generations"
	cp -a "$state/generations" "$here"
	ns=$kept state=$here
	put --no-rehearse "$tmp/next"
	in_ns iptables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
}

@test "--no-rehearse does not take another namespace's rules for those in force" {
	b=nft
	put "$gateway"
	kept=$state at=$(generation)
	fresh
	state=$kept
	# As many commits in this namespace as in the other, none of them ours.
	while [ "$(generation)" -lt "$at" ]; do in_ns nft add table ip "t$(generation)"; done
	[ "$(generation)" = "$at" ]
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put --no-rehearse "$tmp/next"
	in_ns iptables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
	in_ns iptables-nft -C INPUT -i lo -j ACCEPT
	in_ns ip6tables-nft -C INPUT -p ipv6-icmp -j ACCEPT
}

@test "--no-rehearse: undoing a load keeps what other programs did meanwhile" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		# IPv6 is refused after IPv4 is committed; meanwhile another program adds a ban.
		cat >"$tmp/bin/ip6tables-$b-restore" <<-END
			#!/bin/sh
			case \$* in
			*--noflush*) ;;
			*) exec /usr/sbin/ip6tables-$b-restore "\$@" ;;
			esac
			cat >"$tmp/given"
			grep -qE -- '-[AI] .*8443' "$tmp/given" || exec /usr/sbin/ip6tables-$b-restore "\$@" <"$tmp/given"
			until iptables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT; do sleep 0.05; done
			[ -e "$tmp/refused-$b" ] || iptables-$b -I INPUT -s 203.0.113.78 -j DROP
			: >"$tmp/refused-$b"
			echo "ip6tables-restore: line 4 failed" >&2
			exit 1
		END
		chmod 755 "$tmp/bin/ip6tables-$b-restore"
		# A spelling that iptables does not write back.
		sed 's/--dport 443/--destination-port 8443/' "$gateway" >"$tmp/next"
		PATH=$tmp/bin:$PATH run -11 put --no-rehearse "$tmp/next"
		in_ns iptables-$b -C INPUT -s 203.0.113.78 -j DROP
		diff "$tmp/before" <(live | grep -v 203.0.113)
		rm -r "$tmp/bin/ip6tables-$b-restore"
	done
}

@test "--no-rehearse keeps the counters of policies" {
	b=nft
	printf '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n' >"$tmp/one"
	sed 's/22/23/' "$tmp/one" >"$tmp/two"
	put "$tmp/one"
	packets 5
	put --no-rehearse "$tmp/two"
	in_ns iptables-nft-save -c | grep -F ':INPUT ACCEPT [5:165]'
}

is_pending() { put --status | grep -q pending; }

@test "--no-rehearse: a confirmed load boots with the rules of both families" {
	for b in $backends; do
		fresh
		put "$gateway"
		sed 's/443/8443/' "$gateway" >"$tmp/next"
		put --no-rehearse --confirm 600 "$tmp/next" 3>&- &
		wait_for is_pending
		wait_for put --confirm-now
		wait
		reboot_here
		put --boot
		in_ns iptables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
		in_ns ip6tables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
	done
}

# The situation after a boot: no rules, and nothing in the state's run folder.
reboot_here() {
	ip netns delete "$ns"
	ip netns add "$ns"
	rm -rf "$state/run"
}

@test "shows its progress on a terminal when a load takes longer than a second" {
	b=nft
	mkdir "$tmp/bin"
	# A restore that is silent, and one that keeps printing.
	for busy in '' 'echo busy >&2'; do
		printf '#!/bin/sh\nfor i in 1 2 3 4 5 6; do sleep 0.3; %s\ndone\nexec /usr/sbin/iptables-nft-restore "$@"\n' "$busy" >"$tmp/bin/iptables-nft-restore"
		chmod 755 "$tmp/bin/iptables-nft-restore"
		fresh
		PATH=$tmp/bin:$PATH python3 - ip netns exec "$ns" fw-load -b nft -s "$state" "$gateway" >"$tmp/said" <<-'END'
			import os, pty, sys
			sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], stdin_read=lambda fd: b"")))
		END
		grep -q 'fw-load: rehearsing, [1-9][0-9]* s' "$tmp/said"
		grep -q 'fw-load: committing IPv4, [1-9][0-9]* s' "$tmp/said"
		# The progress line is cleared at the end.
		[[ $(tail -c 4 "$tmp/said") == *$'\r\e[K'* ]]
	done
	rm "$tmp/bin/iptables-nft-restore"
	put "$gateway" 2>"$tmp/quiet"
	[ ! -s "$tmp/quiet" ]
}

@test "the examples of the manual page work" {
	grep -q '^\.Dl fw-load --confirm 60 new.rules' ../man/fw-load.8
	cp "$gateway" "$tmp/new.rules"
	cd "$tmp"
	printf 'zone wan = eth0\nallow ssh\n' >gateway.conf
	b=auto
	export PATH
	# Each example is a line of its own and runs in order; the confirmation comes from a second shell.
	grep '^\.Dl' "$BATS_TEST_DIRNAME/../man/fw-load.8" | sed 's/^\.Dl //' >examples
	while read -r example; do
		case $example in
		*--confirm-now*) continue ;;
		*"--confirm 60"*) # with an hour instead, since a minute may be too short under load
			in_ns sh -c "$(sed "s,fw-load,& -s '$state',; s,--confirm 60 ,--confirm 3600 ," <<<"$example")" 3>&- &
			loading=$!
			wait_for in_ns fw-load -s "$state" --confirm-now 2>/dev/null
			wait $loading
			;;
		*) in_ns sh -c "$(sed "s,fw-load,& -s '$state'," <<<"$example")" ;;
		esac
	done <examples
	[ "$(wc -l <examples)" -ge 6 ]
}

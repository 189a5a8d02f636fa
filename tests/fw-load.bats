#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load puts the whole text in force for both families, or changes nothing.

load lib/load

# The helper is called put, because bats has a command `load` for libraries.
setup() { load_setup; }
teardown() { load_teardown; }

@test "case 39: puts the rules of both families in force, and the same text again keeps all counters" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
		in_ns ip6tables-$b -C INPUT -p ipv6-icmp -j ACCEPT
		in_ns ip6tables-$b -t nat -C POSTROUTING -s 2001:db8:1::/64 -o eth0 -j MASQUERADE
		live >"$tmp/before"
		grep -q ':FORWARD DROP' "$tmp/before"
		run -0 put -n "$gateway"
		[ -z "$output" ]
		packets 2
		in_ns iptables-$b-save -c | grep -v '^#' >"$tmp/counted"
		run -0 put "$gateway"
		in_ns iptables-$b-save -c | grep -v '^#' | diff "$tmp/counted" -
	done
}

@test "case 39: the same text again commits nothing to nf_tables" {
	b=nft
	put "$gateway"
	before=$(generation)
	put "$gateway"
	[ "$(generation)" = "$before" ]
	printf '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' | put --replace
	[ "$(generation)" != "$before" ]
}

@test "case 1: refuses empty input, and keeps the rules" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		run -1 put </dev/null
		[[ $output == *"[empty]" ]]
		run -1 put <<<"# only a comment"
		live | diff "$tmp/before" -
	done
}

# tests/unit/text.c cuts at each byte; this test at every 11th and at the last ones.
@test "case 2: refuses a stream that is cut short, and keeps the rules" {
	b=nft
	seal <"$gateway" >"$tmp/whole"
	printf '*filter\n:INPUT DROP [0:0]\n-4 -A INPUT -s 192.0.2.1 -j ACCEPT\nCOMMIT\n' | put
	live >"$tmp/before"
	size=$(stat -c %s "$tmp/whole")
	# One shell in the namespace, because entering it a thousand times takes longer than the loads.
	in_ns bash -c 'for ((cut = 0; cut < $1; cut += cut + 4 < $1 ? 11 : 1)); do
		head -c $cut "$2" | fw-load -b nft -s "$3" 2>/dev/null
		[ $? -eq 1 ] || { echo "cut at $cut"; exit 1; }
	done' loop "$size" "$tmp/whole" "$state"
	live | diff "$tmp/before" -
	put "$tmp/whole"
}

@test "case 3: refuses a stream with a flipped byte, and keeps the rules" {
	b=nft
	seal <"$gateway" >"$tmp/whole"
	printf '*filter\n:INPUT DROP [0:0]\nCOMMIT\n' | put
	live >"$tmp/before"
	in_ns python3 - "$tmp/whole" "$state" <<-'END'
		import subprocess, sys
		whole = open(sys.argv[1], "rb").read()
		for at in [*range(0, len(whole), 11), *range(len(whole) - 4, len(whole))]:
		    text = bytearray(whole)
		    text[at] ^= 1
		    run = subprocess.run(["fw-load", "-b", "nft", "-s", sys.argv[2]], input=text, capture_output=True)
		    assert run.returncode == 1, (at, run)
	END
	live | diff "$tmp/before" -
	sed 's/443/444/' "$tmp/whole" >"$tmp/changed"
	run -1 put "$tmp/changed"
	[[ $output == *"[checksum]"* ]]
}

@test "case 7: a bad second table leaves both families unchanged; a plain restore does not" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		printf '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\n-A POSTROUTING -o eth0 -j NOSUCH\nCOMMIT\n' >"$tmp/bad"
		run -1 put --replace "$tmp/bad"
		[[ $output == *"bad:5:"*"error:"*NOSUCH* ]]
		live | diff "$tmp/before" -
		run ! in_ns iptables-$b-restore "$tmp/bad"
		run ! diff "$tmp/before" <(live)
	done
}

@test "case 9: a rule that is bad for IPv6 alone leaves IPv4 unchanged" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		printf '*filter\n:INPUT ACCEPT [0:0]\n-4 -A INPUT -s 192.0.2.1 -j DROP\n-6 -A INPUT -s 192.0.2.1 -j DROP\nCOMMIT\n' >"$tmp/bad"
		run -1 put --replace "$tmp/bad"
		[[ $output == *"bad:4:"*"error:"* ]]
		[[ $output != *"bad:3:"* ]]
		live | diff "$tmp/before" -
	done
}

@test "case 8: refuses what only the kernel would refuse, with its line and the profile's, and changes nothing" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		for bad in '-A INPUT -j MASQUERADE' '-A INPUT -m owner --uid-owner 0 -j ACCEPT' \
			'-A PREROUTING -p tcp --tcp-flags SYN SYN -j TCPMSS --clamp-mss-to-pmtu' '-A OUTPUT -j REJECT'; do
			table=filter
			[[ $bad == *TCPMSS* || $bad == *REJECT* ]] && table=mangle
			{
				printf '*%s\n' $table
				printf -- '-A OUTPUT -d 192.0.2.%d -j ACCEPT\n' {1..20} | sed 's/^/-4 /'
				printf '#@ line 7 "edge.conf"\n%s\n#@ line 9 "edge.conf"\n' "$bad"
				printf -- '-4 -A OUTPUT -d 192.0.2.%d -j ACCEPT\n' {1..20}
				printf 'COMMIT\n'
			} >"$tmp/bad"
			run -1 put --replace "$tmp/bad"
			[[ $output == *"bad:23: error:"*"(made by edge.conf:7)"* ]]
			live | diff "$tmp/before" -
		done
		printf '*filter\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\nCOMMIT\n' >"$tmp/bad"
		run -1 put --replace "$tmp/bad"
		[[ $output == *"bad:6: error:"* ]]
		printf '*filter\n-A INPUT -s 192.0.2.1\n-A INPUT -j NOSUCH\n-A INPUT -s 192.0.2.2\nCOMMIT\n' >"$tmp/bad"
		run -1 put --replace -4 "$tmp/bad"
		[[ $output == *"bad:3:"*"error:"*NOSUCH* ]]
		live | diff "$tmp/before" -
	done
}

@test "-n prints the steps and carries out none" {
	for b in $backends; do
		fresh
		run -0 put -n "$gateway"
		[[ $output == *"IPv4: change filter, nat, with iptables-$b-restore"* ]]
		[[ $output == *"IPv6: change filter, nat, with ip6tables-$b-restore"* ]]
		[ -z "$(live)" ]
	done
}

@test "-4, or text of iptables-save, loads one family alone" {
	for b in $backends; do
		fresh
		put -4 "$gateway"
		[ -z "$(in_ns ip6tables-$b-save)" ]
		in_ns iptables-$b-save >"$tmp/v4"
		fresh
		put "$tmp/v4"
		[ -z "$(in_ns ip6tables-$b-save)" ]
		in_ns iptables-$b -C INPUT -j denied
	done
}

@test "case 10: restores both families when the commit of IPv6 fails after that of IPv4, status 11" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		# Only the commit adds port 444 with --noflush: the rehearsal flushes, and undoing does not add the port.
		cat >"$tmp/bin/ip6tables-$b-restore" <<-END
			#!/bin/sh
			cat >"$tmp/given"
			case \$* in
			*--noflush*) ! grep -qE -- '-[AI] .* 444 ' "$tmp/given" || { echo "ip6tables-restore: line 4 failed" >&2; exit 1; } ;;
			esac
			exec /usr/sbin/ip6tables-$b-restore "\$@" <"$tmp/given"
		END
		chmod 755 "$tmp/bin/ip6tables-$b-restore"
		sed 's/443/444/' "$gateway" >"$tmp/next"
		PATH=$tmp/bin:$PATH run -11 put "$tmp/next"
		live | diff "$tmp/before" -
		[[ $output == *"the rules are as before"* ]]
		# Now the restore fails between two tables: fw-load commits the rest in a second try.
		sed -i "s,{ echo.*,{ sed /COMMIT/q $tmp/given | /usr/sbin/ip6tables-$b-restore \"\$@\"; exit 1; } ;;," "$tmp/bin/ip6tables-$b-restore"
		sed 's/443/444/; s/eth0/eth9/' "$gateway" >"$tmp/next"
		PATH=$tmp/bin:$PATH run put "$tmp/next"
		[ "$status" = 0 ]
		for t in iptables-$b ip6tables-$b; do
			in_ns $t -S INPUT | grep -q ' 444 '
			in_ns $t -t nat -S POSTROUTING | grep -q -- '-o eth9 '
		done
	done
}

@test "case 25: refuses to load beside rules of the other backend, status 5" {
	for b in $backends; do
		fresh
		other=nft
		[ "$b" = legacy ] || other=legacy
		in_ns iptables-$other -A INPUT -s 192.0.2.1 -j DROP
		run -5 put --replace "$gateway"
		[[ $output == *"iptables-$other-restore"* ]]
		[ -z "$(in_ns iptables-$b-save | grep -- -A)" ]
	done
}

@test "case 26: refuses to load beside nft's own rules in a table of iptables, status 5" {
	b=nft
	put "$gateway"
	for rule in 'meta hour 12 counter accept' 'ct state { new, established } counter accept'; do
		in_ns nft add rule ip filter INPUT $rule
		in_ns nft list ruleset >"$tmp/before" 2>/dev/null
		run -5 put --replace "$gateway"
		[[ $output == *"made with nft"* ]]
		in_ns nft list ruleset 2>/dev/null | diff "$tmp/before" -
	done
}

@test "case 21: waits for the lock of iptables-legacy, but not for ever" {
	b=legacy
	hold "$XTABLES_LOCKFILE"
	run -7 put -w 1 "$gateway"
	# Control: a plain restore waits for ever.
	run in_ns timeout 1 iptables-legacy-restore "$gateway"
	[ "$status" -eq 124 ] || [ "$status" -eq 4 ] # iptables waits before 1.8.10, and fails at once since
	let_go
	[ -z "$(live)" ]
	put -w 1 "$gateway"
}

@test "misuse is status 2; a missing file and lost output are status 3" {
	b=nft
	run -3 put /nonexistent
	b=other
	run -2 put "$gateway"
	b=nft
	run -2 put --no-such-option
	run -2 put one two
	run -0 fw-load --help
	[[ $output == usage:* ]]
	run -0 fw-load --version
	run -3 bash -c 'fw-load --help >/dev/full'
	run -3 bash -c "ip netns exec $ns fw-load -b nft -s '$state' -n '$gateway' >/dev/full"
}

@test "a closed standard output is an error if output is lost, and no file takes its descriptor" {
	b=nft
	run -3 bash -c "ip netns exec $ns fw-load -b nft -s '$state' -n '$gateway' >&-"
	[[ $output == *"standard output: Bad file descriptor"* ]]
	# A load prints nothing, so it loses nothing.
	run -0 bash -c "ip netns exec $ns fw-load -b nft -s '$state' '$gateway' >&-"
	[ -z "$output" ]
	run -3 bash -c "ip netns exec $ns fw-load -b nft -s '$state' --status >&-"
	[ ! -s "$state/run/lock" ]
	run -0 bash -c "ip netns exec $ns fw-load -v -b nft -s '$state' --replace - <'$gateway' 2>&- >&-"
	[ ! -s "$state/run/lock" ]
	run -3 bash -c "ip netns exec $ns fw-load -b nft -s '$state' - <&-"
	[[ $output == *"<stdin>: Bad file descriptor"* ]]
	put "$gateway"
}

@test "loads 10,000 rules, and names the line of a bad one at their end" {
	for b in $backends; do
		fresh
		python3 -c '
print("*filter\n:INPUT DROP [0:0]")
for i in range(5000): print("-4 -A INPUT -s 10.%d.%d.0/24 -j ACCEPT" % (i >> 8, i & 255))
for i in range(5000): print("-6 -A INPUT -s 2001:db8:%x::/48 -j ACCEPT" % i)
print("COMMIT")' >"$tmp/many"
		put "$tmp/many"
		[ "$(in_ns iptables-$b-save | grep -c -- -A)" -eq 5000 ]
		sed 's/^COMMIT/-A INPUT -j MASQUERADE\n&/' "$tmp/many" >"$tmp/bad"
		run -1 put -4 "$tmp/bad"
		[[ $output == *"bad:10003: error:"* ]]
	done
}

@test "case 4: keeps the rules when the program that writes the stream dies half way" {
	b=nft
	put "$gateway"
	live >"$tmp/before"
	seal <"$gateway" >"$tmp/whole"
	for lines in 1 5 14 19; do
		run -1 bash -c "(head -n $lines '$tmp/whole'; exit 1) | ip netns exec $ns fw-load -b nft -s '$state'"
	done
	live | diff "$tmp/before" -
}

@test "case 5, 6: refuses a cut COMMIT, CRLF, NUL, a long line, 300 words and a repeated table, with the line" {
	for b in $backends; do
		fresh
		printf '*filter\n:INPUT DROP [0:0]\nCOMM' >"$tmp/newline"
		printf '*filter\r\n:INPUT DROP [0:0]\r\nCOMMIT\r\n' >"$tmp/crlf"
		printf '*filter\n:INPUT DROP\0 [0:0]\nCOMMIT\n' >"$tmp/nul"
		{ printf '*filter\n-A INPUT '; head -c 20000 /dev/zero | tr '\0' x; printf '\nCOMMIT\n'; } >"$tmp/long"
		{ printf '*filter\n-A INPUT'; printf ' -m tcp%.0s' {1..150}; printf '\nCOMMIT\n'; } >"$tmp/words"
		printf '*filter\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:OUTPUT DROP [0:0]\nCOMMIT\n' >"$tmp/twice"
		for bad in newline:3 crlf:1 nul:2 long:2 words:2 twice:4; do
			run -1 put "$tmp/${bad%:*}"
			[[ $output == *"${bad%:*}:${bad#*:}:"*"error"* ]]
		done
		[[ $output == *"line 1 already has it"* ]]
		[ -z "$(live)" ]
	done
}

@test "undoes a load with status 8 when another program changes our rules at each commit, but not when it does once" {
	b=nft
	put "$gateway"
	live >"$tmp/before"
	mkdir "$tmp/bin"
	cat >"$tmp/bin/ip6tables-nft-restore" <<-'END'
		#!/bin/sh
		/usr/sbin/ip6tables-nft-restore "$@" || exit
		case $* in *--noflush*) /usr/sbin/ip6tables-nft -D INPUT -i lo -j ACCEPT ;; esac
	END
	chmod 755 "$tmp/bin/ip6tables-nft-restore"
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	# The program interferes with undoing too, so the safe rules are put in force.
	PATH=$tmp/bin:$PATH run put --safe-rules /nonexistent "$tmp/next"
	[ "$status" = 10 ]
	# A program that stops when the load has given up: undoing succeeds.
	sed -i 's,) /usr,) echo >>"$0.done"; [ $(wc -l <"$0.done") -gt $(cat "$0.times") ] || /usr,' "$tmp/bin/ip6tables-nft-restore"
	fresh
	put "$gateway"
	echo 5 >"$tmp/bin/ip6tables-nft-restore.times"
	PATH=$tmp/bin:$PATH run -8 put "$tmp/next"
	[[ $output == *"this rule is missing"* ]]
	live | diff "$tmp/before" -
	# A single interference is no reason to give up.
	rm "$tmp/bin/ip6tables-nft-restore.done"
	echo 1 >"$tmp/bin/ip6tables-nft-restore.times"
	PATH=$tmp/bin:$PATH run -0 put "$tmp/next"
	in_ns ip6tables-nft -C INPUT -i lo -j ACCEPT
	in_ns ip6tables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
}

@test "legacy: adds the reason from the kernel's log to a refusal" {
	b=legacy
	dd if=/dev/kmsg of=/dev/null iflag=nonblock bs=8192 count=1 2>/dev/null || skip "the kernel's log cannot be read"
	# The kernel limits the rate of its log, so the message may be missing while other tests fill the log.
	for ((i = 0; i < 120; i++)); do
		run -1 put -4 <<<$'*filter\n-A INPUT -s 192.0.2.1\n-A INPUT -j MASQUERADE\nCOMMIT'
		[[ $output != *"only valid in nat table"* ]] || return 0
		sleep 1
	done
	false
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Rules and objects that nft made in iptables' own tables, which iptables-nft-save prints wrongly or not at all.

load lib/load

setup() {
	load_setup
	command -v nft >/dev/null || skip "nft is not installed"
	b=nft
	put "$gateway"
}
teardown() { load_teardown; }

# refused WORDS: fw-load and fw-save refuse, change nothing, and their messages have these words
refused() {
	live >"$tmp/before" 2>&1 || true
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	for how in '' --adopt --no-rehearse; do
		# shellcheck disable=SC2086
		run -5 put $how "$tmp/next"
		[[ $output == *"$1"* ]] || { echo "$output"; return 1; }
	done
	run -3 save --all
	[[ $output == *"$1"* && $output != *'*filter'* ]] || { echo "$output"; return 1; }
	run -3 save --check
	{ live 2>&1 || true; } | diff "$tmp/before" -
}

@test "case T12: names a rule of nft that iptables cannot express; fw-load status 5, fw-save status 3" {
	in_ns nft 'add set ip filter ports { type inet_service; elements = { 80, 443 }; }; add set ip filter s { type ipv4_addr; }'
	in_ns nft 'add map ip filter vm { type ipv4_addr : verdict; }'
	last=$(in_ns iptables-nft -S INPUT | grep -c '^-A')
	count=0
	while read -r rule; do
		for counter in '' counter; do
			in_ns nft add rule ip filter INPUT "${rule/ COUNTER/ $counter}" || { echo "nft refuses $rule"; continue 2; }
			place="IPv4, table filter, chain INPUT, rule $((last + 1)) (handle "
			[ "$count" -gt 0 ] || refused "$place"
			run -5 put "$tmp/next"
			[[ $output == *"$place"* ]] || { echo "$rule: $output"; false; }
			run -3 save --all
			[[ $output == *"$place"* ]] || { echo "$rule: $output"; false; }
			in_ns nft delete rule ip filter INPUT handle "$(in_ns nft -a list chain ip filter INPUT | grep -o 'handle [0-9]*$' | tail -n 1 | cut -d' ' -f2)"
			count=$((count + 1))
		done
	done <<-'END'
		tcp dport { 80, 443 } COUNTER accept
		ip saddr @s COUNTER accept
		ip saddr vmap @vm
		ip saddr 192.0.2.1-192.0.2.9 COUNTER accept
		iifname { "lo", "eth0" } COUNTER accept
		ct state new COUNTER accept
		tcp dport & 1 == 1 COUNTER accept
		icmp code 3 COUNTER drop
		meta skuid 0 COUNTER accept
		limit rate over 5/second COUNTER drop
		meta mark set 1
		tcp dport 5 tcp dport 6 COUNTER accept
		ip saddr 10.0.0.0/8 ip saddr 10.1.0.0/16 COUNTER drop
		meta mark | 0x1 == 0x3 COUNTER accept
		tcp dport > 65535 COUNTER accept
		tcp dport >= 0 COUNTER accept
		tcp flags & (syn|ecn) == syn COUNTER accept
		meta l4proto 0 COUNTER accept
		ip saddr & 255.255.255.0 == 192.0.2.1 COUNTER accept
		iifname "lo+" COUNTER accept
		iifname "lo -j DROP" COUNTER accept
		oifname "lo" COUNTER accept
		limit rate 999/second COUNTER accept
		limit rate 20000/second COUNTER accept
		limit rate 5/second burst 20000 packets COUNTER accept
		limit rate 5/second iifname "lo" COUNTER accept
		tcp dport 22 limit rate 5/second tcp flags & syn == syn COUNTER accept
	END
	[ "$count" -ge 44 ]
	# Control: without such rules the load succeeds.
	in_ns nft delete set ip filter ports
	put "$tmp/next"
}

@test "accepts a rule of nft that equals one of iptables" {
	in_ns nft add rule ip filter INPUT tcp dport 8080 counter accept
	in_ns nft add rule ip filter INPUT ip saddr 192.0.2.0/24 iifname '"et*"' counter drop
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next" 2>/dev/null
	in_ns iptables-nft -C INPUT -p tcp --dport 8080 -j ACCEPT
	[[ $(save --all) == *"-A INPUT -s 192.0.2.0/24 -i et+ -j DROP"* ]]
}

@test "case T14: refuses dormant tables, foreign base chains and chains at another hook or priority, status 5, fw-save 3" {
	in_ns nft add table ip filter '{ flags dormant; }'
	refused "table filter: it is dormant"
	in_ns nft flush ruleset
	put "$gateway"
	in_ns nft add chain ip6 filter odd '{ type filter hook input priority -5; }'
	refused "IPv6, table filter, chain odd: it is a base chain that iptables does not have"
	for spec in '{ type filter hook input priority 7; policy drop; }' '{ type filter hook forward priority 0; }' ''; do
		fresh
		in_ns nft add table ip filter
		# shellcheck disable=SC2086
		in_ns nft add chain ip filter INPUT $spec
		run -5 put --adopt "$gateway"
		[[ $output == *"IPv4, table filter, chain INPUT: "* ]] || { echo "$output"; false; }
	done
}

@test "ignores nft's own tables" {
	in_ns nft add table ip mine
	in_ns nft add chain ip mine c '{ type filter hook input priority -5; }'
	in_ns nft add rule ip mine c tcp dport '{ 80, 443 }' accept
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next"
	save >/dev/null
	[[ $(in_ns nft list ruleset) == *"table ip mine"* ]]
}

@test "refuses comments with control characters and impossible chain names, and prints them escaped, status 5" {
	printf 'add rule ip filter INPUT counter drop comment "a\n-A INPUT -j ACCEPT"\n' | in_ns nft -f -
	refused "(a comment with a control character)"
	for name in 'a\nb' 'a b' 'e\u001bx' -x '!x' 'a\"b' ACCEPT PREROUTING a-name-of-more-than-28-letters; do
		in_ns nft flush ruleset
		put "$gateway" 2>/dev/null
		in_ns nft -j -f - <<<'{"nftables":[{"add":{"chain":{"family":"ip","table":"filter","name":"'"$name"'"}}}]}'
		refused "IPv4, table filter, chain "
		[[ $output != *$'\e'* ]]
	done
	in_ns nft flush ruleset
	put "$gateway" 2>/dev/null
	in_ns nft -j -f - <<<'{"nftables":[{"add":{"chain":{"family":"ip","table":"filter","name":"e\u001b\nx"}}}]}'
	refused 'chain e\x1b\x0ax: '
}

@test "keeps nft's comment on a rule that iptables can express" {
	in_ns nft 'add rule ip filter INPUT tcp dport 8080 counter accept comment "a \"b"' 2>/dev/null ||
		in_ns nft add rule ip filter INPUT tcp dport 8080 counter accept comment '"a b"'
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next" 2>/dev/null
	[[ $(save --all 2>/dev/null) == *'--dport 8080 -m comment --comment "a '* ]]
}

@test "warns once about nft's sets, maps and objects that no rule uses, and goes on" {
	in_ns nft add set ip filter unused '{ type ipv4_addr; }'
	in_ns nft add map ip6 filter vm '{ type ipv6_addr : verdict; }'
	in_ns nft add counter ip filter cnt
	in_ns nft add set ip mine s '{ type ipv4_addr; }' 2>/dev/null || in_ns nft 'add table ip mine; add set ip mine s { type ipv4_addr; }'
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	run -0 put "$tmp/next"
	[[ $output == *"IPv4: made with nft, used by no rule, and not saved: set unused of table filter, object cnt of table filter"* ]]
	[[ $output == *"IPv6: made with nft, used by no rule, and not saved: set vm of table filter"* ]]
	[ "$(grep -c 'used by no rule' <<<"$output")" = 2 ]
	run -0 save --all
	[ "$(grep -c 'used by no rule' <<<"$output")" = 2 ]
	run -0 save --check
}

@test "fw-save writes nothing in any mode beside a rule of nft, status 3" {
	echo old >"$tmp/file"
	in_ns nft insert rule ip6 filter INPUT tcp dport '{ 22 }' counter accept
	in_ns nft insert rule ip6 filter INPUT tcp dport '{ 22, 23 }' counter accept
	for how in '' --all -c -6 "-o $tmp/file" "--layout debian --root $tmp" "--layout rhel --root $tmp" --check; do
		# shellcheck disable=SC2086
		run -3 save $how
		[[ $output == *"IPv6, table filter, chain INPUT, rule 1 (handle "* ]] || { echo "$how: $output"; false; }
	done
	[ "$(cat "$tmp/file")" = old ]
	[ "$(find "$tmp" -newer "$tmp/file" -name '*rules*' | wc -l)" = 0 ]
	run -0 save -4
}

@test "starts an interrupted dump again, but not for ever" {
	cat >"$tmp/interrupt.c" <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <linux/netlink.h>
		#include <stdlib.h>
		#include <sys/socket.h>
		static int left = -1;
		ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
		{
			ssize_t (*real)(int, struct msghdr *, int) = (ssize_t (*)(int, struct msghdr *, int))dlsym(RTLD_NEXT, "recvmsg");
			ssize_t len = real(fd, msg, flags);
			struct nlmsghdr *first = msg->msg_iov[0].iov_base;
			if (left < 0)
				left = atoi(getenv("INTERRUPTIONS"));
			if (len >= (ssize_t)sizeof(*first) && first->nlmsg_type == (10 << 8 | 6) && left > 0) {
				first->nlmsg_flags |= NLM_F_DUMP_INTR;
				left--;
			}
			return len;
		}
	END
	[[ $BUILD != *-san ]] || skip "a sanitizer must be the first library"
	cc -shared -fPIC -o "$tmp/interrupt.so" "$tmp/interrupt.c" -ldl
	mkdir "$tmp/bin" # the savers themselves are not interrupted
	for n in iptables ip6tables; do printf '#!/bin/sh\nunset LD_PRELOAD\nexec /usr/sbin/%s-nft-save "$@"\n' $n >"$tmp/bin/$n-nft-save"; done
	chmod 755 "$tmp/bin"/*
	for count in 1 4; do
		run -0 in_ns env PATH="$tmp/bin:$PATH" LD_PRELOAD="$tmp/interrupt.so" INTERRUPTIONS=$count fw-save -b nft -s "$state" --all
	done
	run -3 in_ns env PATH="$tmp/bin:$PATH" LD_PRELOAD="$tmp/interrupt.so" INTERRUPTIONS=1000000 fw-save -b nft -s "$state" --all
	[[ $output == *"the rules changed during each of"* ]]
}

@test "ignores 200 tables of nft's own" {
	for i in $(seq 200); do
		echo "add table ip t$i; add chain ip t$i c { type filter hook input priority $i; }; add rule ip t$i c tcp dport { 80, 443 } accept"
	done | in_ns nft -f -
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	run -0 put "$tmp/next"
	run -0 save --check
	[ "$(in_ns nft list tables ip | grep -c ' t[0-9]')" = 200 ]
}

@test "does not rewrite a rule of nft that appears while iptables-save reads, status 5" {
	# A rule before all others makes the load remove the rest of the chain and add it again.
	sed '0,/^-A INPUT/s//-A INPUT -p 47 -j ACCEPT\n&/' "$gateway" >"$tmp/next"
	mkdir "$tmp/bin"
	for n in iptables ip6tables; do printf '#!/bin/sh\nexec /usr/sbin/%s-nft-restore "$@"\n' $n >"$tmp/bin/$n-nft-restore"; done
	printf '#!/bin/sh\nexec /usr/sbin/ip6tables-nft-save "$@"\n' >"$tmp/bin/ip6tables-nft-save"
	cat >"$tmp/bin/iptables-nft-save" <<-END
		#!/bin/sh
		if [ ! -e "$tmp/once" ]; then
			: >"$tmp/once"
			sleep .5 # until fw-load has looked for what nft made
			nft "add rule ip filter INPUT tcp dport { 80, 443 } counter accept"
		fi
		exec /usr/sbin/iptables-nft-save "\$@"
	END
	chmod 755 "$tmp/bin"/*
	rm "$state/run/mark" # or the load would not read the rules
	run -5 in_ns env PATH="$tmp/bin:$PATH" fw-load -b nft -s "$state" --no-rehearse "$tmp/next"
	[ -e "$tmp/once" ]
	[[ $output == *"chain INPUT, rule "*"made with nft"* ]]
	[[ $(in_ns nft list chain ip filter INPUT) == *"tcp dport { 80, 443 } counter packets 0 bytes 0 accept"* ]]
}

# The rule of nft and the rule of the text look the same in iptables-save.
@test "does not take a rule of nft that is removed while iptables-save reads for one of iptables" {
	{ printf '%s\n' '*filter' ':INPUT DROP' ':own -'; seq -f '-A FORWARD -p tcp -m tcp --dport %.0f -j DROP' 1 5000
		printf '%s\n' '-A own -p tcp -j DROP' COMMIT; } >"$tmp/text"
	put --replace "$tmp/text"
	in_ns nft 'flush chain ip filter own; add rule ip filter own tcp dport { 80, 443 } counter drop'
	mkdir "$tmp/bin"
	for n in iptables-nft-restore ip6tables-nft-restore ip6tables-nft-save; do printf '#!/bin/sh\nexec /usr/sbin/%s "$@"\n' $n >"$tmp/bin/$n"; done
	# The process that looks for what nft made stops before it has come to that chain.
	cat >"$tmp/bin/iptables-nft-save" <<-END
		#!/bin/sh
		[ ! -e "$tmp/read" ] || exec /usr/sbin/iptables-nft-save "\$@"
		kill -STOP \$PPID
		/usr/sbin/iptables-nft-save "\$@" >"$tmp/read"
		nft flush chain ip filter own
		kill -CONT \$PPID
		exec cat "$tmp/read"
	END
	chmod 755 "$tmp/bin"/*
	in_ns env PATH="$tmp/bin:$PATH" fw-load -b nft -s "$state" --no-rehearse "$tmp/text"
	grep -q '^-A own -p tcp -j DROP' "$tmp/read" || grep -q '^\[.*-A own -p tcp -j DROP' "$tmp/read"
	in_ns iptables-nft -C own -p tcp -j DROP
}

@test "fw-save: does not show a rule of nft that is removed as soon as it has been found" {
	in_ns nft 'add chain ip filter own; add rule ip filter own tcp dport { 80, 443 } counter accept'
	in_ns bash -c 'while [ ! -e "$0" ] && [ -d "${0%/*}" ]; do nft "flush chain ip filter own"; nft "add rule ip filter own tcp dport { 80, 443 } counter accept"; sleep 0.02; done' "$tmp/stop" 3>&- &
	for i in $(seq 25); do
		save -4 -a -q >"$tmp/saved" 2>/dev/null || continue
		run ! grep -q '^-A own' "$tmp/saved"
	done
	: >"$tmp/stop"
	wait
}

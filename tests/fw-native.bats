#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules and objects that nft made in iptables' own tables: iptables-nft-save tells them wrongly or not at all.

load lib/load

setup() {
	load_setup
	command -v nft >/dev/null || skip "nft is not installed"
	b=nft
	put "$gateway"
}
teardown() { load_teardown; }

# refused WORDS: nothing is loaded or saved, and the message has these words
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

@test "case T12 a rule that nft made and iptables cannot tell: status 5, fw-save 3, and its place is named" {
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
	END
	[ "$count" -ge 18 ]
	# Without them all goes on.
	in_ns nft delete set ip filter ports
	put "$tmp/next"
}

@test "a rule of nft that is iptables' own, word for word, is no stranger" {
	in_ns nft add rule ip filter INPUT tcp dport 8080 counter accept
	in_ns nft add rule ip filter INPUT ip saddr 192.0.2.0/24 iifname '"et*"' counter drop
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next" 2>/dev/null
	in_ns iptables-nft -C INPUT -p tcp --dport 8080 -j ACCEPT
	[[ $(save --all) == *"-A INPUT -s 192.0.2.0/24 -i et+ -j DROP"* ]]
}

@test "case T14 a dormant table, an odd base chain, a chain at another hook or priority, or without one: status 5, fw-save 3" {
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

@test "tables of nft's own are nobody's business" {
	in_ns nft add table ip mine
	in_ns nft add chain ip mine c '{ type filter hook input priority -5; }'
	in_ns nft add rule ip mine c tcp dport '{ 80, 443 }' accept
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	put "$tmp/next"
	save >/dev/null
	[[ $(in_ns nft list ruleset) == *"table ip mine"* ]]
}

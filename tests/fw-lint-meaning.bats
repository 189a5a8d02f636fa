#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors

bats_require_minimum_version 1.5.0

load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# rules4 TABLE LINE...: writes a file of one table for IPv4
rules4() {
	{ echo "*$1"; shift; printf '%s\n' "$@" COMMIT; } >"$tmp/rules.v4"
}

# found [ID]: prints line and id of each finding, or of those with this id
found() {
	fw-lint -q --format=gcc "$tmp/rules.v4" >"$tmp/findings" 2>&1
	[ $? -le 1 ] || { echo "died;"; return 0; }
	sed -n 's/^[^:]*:\([0-9]*\):.*\[\([a-z0-9-]*\)\]$/\1 \2/p' "$tmp/findings" | grep -v extension-notice |
		grep "${1:-.}" | tr '\n' ';'
}

# says ID LINE...: fw-lint reports this finding for these lines in filter
says() {
	local id=$1
	shift
	rules4 filter "$@"
	[[ $(found) == *" $id;"* ]] || { echo "$id is missing in: $(found)" >&2; return 1; }
}

# silent ID LINE...: fw-lint does not report it
silent() {
	local id=$1
	shift
	rules4 filter "$@"
	[[ $(found) != *" $id;"* && $(found) != died* ]] || { echo "$id is wrong in: $(found)" >&2; return 1; }
}

@test "finds the tutorial's four dead rules, each with the rule that shadows it, and no other" {
	run -0 fw-lint -q --each --format=gcc data/fw-lint-meaning/tutorial.v4.rules
	grep '\[dead-rule\]' <<<"$output" | sed 's/.*rules:\([0-9]*\):.*: line \([0-9]*\) .*/\1 by \2/' >"$tmp/dead"
	diff - "$tmp/dead" <<-'END'
		22 by 17
		23 by 17
		24 by 18
		27 by 16
	END
	[ "$(grep -c 'warning:.*\[limit-after-accept\]' <<<"$output")" -eq 3 ]
	[[ $output == *":28:1: "*"[open-forward]"* ]]
	[[ $output == *":34:1: "*"[log-no-limit]"* ]]
	[[ $output == *":10:1: note: "*"[ipv6-absent]"* ]]
}

@test "dead-rule: shadowed by one rule, by several together, after a jump, or by what the calling rules exclude" {
	says dead-rule '-A INPUT -p tcp -j ACCEPT' '-A INPUT -p tcp --dport 22 -j DROP'
	says dead-rule '-A INPUT -p tcp --dport 1:1023 -j DROP' '-A INPUT -p tcp --dport 1024: -j DROP' '-A INPUT -p tcp --dport 0 -j DROP' \
		'-A INPUT -m conntrack --ctstate NEW -p tcp -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"lines 2, 3 and 4 together match every packet that this rule matches (DROP)"* ]]
	says dead-rule ':x -' '-A INPUT -j x' '-A INPUT -s 192.0.2.1 -j DROP' '-A x -j ACCEPT'
	says dead-rule ':x -' '-A INPUT -p tcp -j x' '-A x -p udp -j ACCEPT' '-A x -j DROP'
	says dead-rule ':x -' '-A INPUT -s 192.0.2.0/24 -j x' '-A x -s 198.51.100.1 -j ACCEPT' '-A x -j DROP'
	says dead-rule ':x -' '-A INPUT -g x' '-A INPUT -j DROP' '-A x -p tcp -j ACCEPT'
	says dead-rule '-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j DROP' '-A INPUT -p tcp -m mac --mac-source 02:00:00:00:00:01 -j ACCEPT'
	says dead-rule '-A OUTPUT -m owner --uid-owner 5 -j DROP' '-A OUTPUT -m owner ! --uid-owner 5 -j DROP' '-A OUTPUT -p tcp -j ACCEPT'
	says dead-rule '-A INPUT -m iprange --src-range 192.0.2.0-192.0.2.255 -j DROP' '-A INPUT -s 192.0.2.7 -j ACCEPT'
}

@test "dead-rule: silent in the known cases that only look dead" {
	silent dead-rule '-A INPUT ! -s 192.0.2.1 -j ACCEPT' '-A INPUT -s 192.0.2.1 -j DROP'
	silent dead-rule '-A INPUT -p tcp --tcp-flags SYN,ACK SYN -j ACCEPT' '-A INPUT -p tcp --tcp-flags SYN,RST SYN -j DROP'
	silent dead-rule '-A INPUT -i eth0 -j ACCEPT' '-A INPUT -i eth1 -j DROP' '-A INPUT -i eth+ -j DROP'
	silent dead-rule '-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT' '-A INPUT -p tcp -m multiport --dports 80,443 -j DROP'
	silent dead-rule '-A INPUT -p tcp -m multiport --ports 80 -j ACCEPT' '-A INPUT -p tcp --dport 81 -j DROP'
	silent dead-rule '-A INPUT -m limit --limit 1/s -j ACCEPT' '-A INPUT -m limit --limit 1/s -j ACCEPT' '-A INPUT -j DROP'
	silent dead-rule '-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j DROP' '-A INPUT -m mac ! --mac-source 02:00:00:00:00:01 -j DROP' '-A INPUT -j ACCEPT'
	silent dead-rule '-A INPUT -p tcp -m tcp --dport 0:65535 -j DROP' '-A INPUT -p tcp -f -j ACCEPT'
	silent dead-rule ':x -' '-A INPUT -m limit --limit 1/s -j x' '-A INPUT -j DROP' '-A x -j ACCEPT'
	silent dead-rule ':x -' '-A INPUT -j x' '-A INPUT -j DROP' '-A x -p tcp -j ACCEPT' '-A x -j RETURN'
	silent dead-rule '-A INPUT -j LOG' '-A INPUT -p tcp -j ACCEPT'
	silent dead-rule '-A INPUT -m mark --mark 1/3 -j DROP' '-A INPUT -m mark --mark 2/3 -j DROP' '-A INPUT -m mark --mark 6/7 -j DROP' '-A INPUT -m mark --mark 0 -j ACCEPT'
	silent dead-rule '-A INPUT -m connmark --mark 0 -j DROP' '-A INPUT -m connmark ! --mark 0 -j DROP' '-A INPUT -j ACCEPT'
}

@test "dead-rule: found after chains that each call the next one twice, with 2^30 paths" {
	rules4 filter ':INPUT ACCEPT [0:0]' "$(seq -f ':c%.0f - [0:0]' 0 30)" '-A INPUT -j c0' \
		"$(seq 0 29 | awk '{ print "-A c" $1 " -j c" $1 + 1 "\n-A c" $1 " -p tcp -j c" $1 + 1 }')" \
		'-A c30 -s 10.0.0.0/8 -j DROP' '-A INPUT -s 10.1.1.1 -j ACCEPT' '-A INPUT -s 11.1.1.1 -j ACCEPT'
	[ "$(found dead-rule)" = "96 dead-rule;" ]
}

@test "dead-rule: found where the limit on a RETURN cannot matter, because no packet reaches that rule" {
	says dead-rule ':x -' ':y -' '-A INPUT -g x' '-A x -m addrtype --src-type LOCAL -j ACCEPT' '-A x -j y' '-A x -p tcp -j DROP' \
		'-A y -m addrtype --src-type LOCAL -m limit --limit 1/s -j RETURN' '-A y -j DROP'
	silent dead-rule ':x -' ':y -' '-A INPUT -g x' '-A x -m addrtype --src-type LOCAL -j ACCEPT' '-A x -j y' '-A x -p tcp -j DROP' \
		'-A y -m addrtype --dst-type LOCAL -m limit --limit 1/s -j RETURN' '-A y -j DROP'
}

@test "dead-rule: 10,000 random packets reach none of the tutorial's dead rules" {
	run -0 "$BUILD/tests/unit/dead" data/fw-lint-meaning/tutorial.v4.rules
	[[ $output == *"4 dead rules, 4 of them asked with 10000 packets each"* ]]
}

@test "does not assume that a mark stays the same when rules of the table change it" {
	rules4 mangle '-A PREROUTING -m mark --mark 0 -j MARK --set-mark 1' '-A PREROUTING -m mark --mark 0 -j ACCEPT' \
		'-A PREROUTING -m mark ! --mark 0 -j ACCEPT' '-A PREROUTING -p tcp -j ACCEPT'
	[ -z "$(found)" ]
}

@test "impossible-match: matches that contradict their chain or each other" {
	says impossible-match ':x -' '-A INPUT -j x' '-A x -o eth0 -j ACCEPT'
	says impossible-match ':x -' '-A OUTPUT -j x' '-A x -i eth0 -j ACCEPT'
	says impossible-match '-A INPUT -p tcp -m tcp --tcp-flags SYN ACK -j ACCEPT'
	says impossible-match '-A INPUT -m conntrack --ctstate NEW --ctdir REPLY -j ACCEPT'
	silent impossible-match ':x -' '-A INPUT -j x' '-A FORWARD -j x' '-A x -o eth0 -j ACCEPT'
	silent impossible-match ':x -' ':y -' '-A INPUT -j x' '-A OUTPUT -j y' '-A x ! -o eth0 -j ACCEPT' '-A y ! -i eth0 -j ACCEPT'
	rules4 nat '-A PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT'
	[ "$(found)" = "2 impossible-match;" ]
}

@test "unreachable-chain: a chain without a way to it; duplicate-rule: the same rule twice" {
	says unreachable-chain ':x -' '-A x -j DROP'
	says unreachable-chain ':x -' ':y -' '-A x -j y' '-A y -j DROP'
	silent unreachable-chain ':x -' '-A INPUT -j x' '-A x -j DROP'
	silent unreachable-chain ':x -'
	says duplicate-rule '-A INPUT -p tcp -j LOG' '-A INPUT -p tcp -j LOG'
	silent duplicate-rule '-A INPUT -p tcp -j LOG' '-A INPUT -p udp -j LOG'
	silent duplicate-rule '-A INPUT -p tcp' '-A INPUT -p tcp'
}

@test "dead-rule: compares IPv6 addresses over 128 bits" {
	printf '*filter\n-A INPUT -s 2001:db8::/32 -j ACCEPT\n-A INPUT -s 2001:db8:1::/48 -p tcp -j DROP\n-A INPUT -s 2001:db9::/32 -j DROP\nCOMMIT\n' >"$tmp/rules.v6"
	run -0 fw-lint -q --format=gcc "$tmp/rules.v6"
	[[ $output == *"rules.v6:3:1: warning: unreachable: line 2"* ]]
	[[ $output != *":4:"* ]]
}

@test "dead-rule: reports a line for both families only if it is dead in both" {
	printf '*filter\n-4 -A INPUT -j DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n' >"$tmp/r"
	run -0 fw-lint -q --checks=dead-rule "$tmp/r"
	[[ $output != *dead-rule* ]]
	run -0 fw-lint -q --checks=dead-rule -4 "$tmp/r"
	[[ $output == *dead-rule* ]]
	printf '*filter\n-A INPUT -j DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n' >"$tmp/r"
	run -0 fw-lint -q --checks=dead-rule "$tmp/r"
	[ "$(grep -c dead-rule <<<"$output")" -eq 1 ]
}

@test "no-established: counts only rules that cover the replies to this host; one direction is enough" {
	says no-established ':INPUT DROP' ':OUTPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A OUTPUT -p udp --dport 53 -j ACCEPT'
	silent no-established ':INPUT DROP' ':OUTPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT'
	silent no-established ':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED --ctdir REPLY -j ACCEPT'
}

@test "dead-rule: -f with connection tracking is a warning; set counters and SNPT leave later rules alive" {
	rules4 filter '-A INPUT -m conntrack --ctstate INVALID -j DROP' '-A INPUT -f -j DROP'
	run -0 fw-lint -q "$tmp/rules.v4"
	[[ $output == *":3:1: warning: "*"reassembles fragments"*"[dead-rule]"* ]]
	silent dead-rule '-A INPUT -m set --match-set s src --packets-gt 9 -j ACCEPT' '-A INPUT -m set --match-set s src --packets-gt 9 -j DROP'
	says dead-rule '-A INPUT -m set --match-set s src -j ACCEPT' '-A INPUT -m set --match-set s src -j DROP'
	printf '*mangle\n-A POSTROUTING -s fd00::/64 -j RETURN\n-A POSTROUTING -j SNPT --src-pfx 2001:db8::/64 --dst-pfx fd00::/64\n-A POSTROUTING -s fd00::/64 -j MARK --set-mark 1\nCOMMIT\n' >"$tmp/r.v6"
	run -0 fw-lint -q --checks=dead-rule "$tmp/r.v6"
	[[ $output == *": 0 errors, 0 warnings, 0 notes;"* ]]
}

@test "log-no-limit: found for all packets, and finishes on chains with many paths" {
	says log-no-limit ':INPUT ACCEPT' ':L - [0:0]' '-A INPUT -j L' '-A L -j LOG'
	rules4 filter ':OUTPUT ACCEPT' "$(seq -f ':c%.0f - [0:0]' 0 14)" '-A OUTPUT -j c0' \
		"$(seq 0 13 | awk '{ for (p = 1; p < 5; p++) print "-A c" $1 " -p tcp --dport " p " -j c" $1 + 1 }')" '-A c14 -j LOG'
	run -0 timeout 600 fw-lint -q "$tmp/rules.v4"
}

@test "no-established: gives an example packet" {
	says no-established ':INPUT DROP' '-A INPUT -i lo -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"for example in wan0 tcp 198.51.100.7:40000 -> 203.0.113.5:32769 established"* ]]
	says no-established ':FORWARD DROP' '-A FORWARD -p tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'
	silent no-established ':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT'
	silent no-established ':INPUT DROP' '-A INPUT -p tcp --sport 443 -m state --state ESTABLISHED -j ACCEPT'
	silent no-established ':INPUT DROP' ':OUTPUT DROP' '-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT'
	silent no-established ':FORWARD DROP' '-A FORWARD -p tcp --dport 80 -j ACCEPT'
	silent no-established ':INPUT ACCEPT'
}

@test "lockout-admin: no one can open the port that --admin names" {
	says lockout-admin ':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	says lockout-admin ':INPUT DROP' '-A INPUT -s 192.0.2.1 -p tcp -m multiport --dports 80,443 -j ACCEPT'
	silent lockout-admin ':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' '-A INPUT -i lo -j ACCEPT'
	silent lockout-admin ':INPUT DROP' '-A INPUT -p udp -j ACCEPT' '-A INPUT -i lo -p tcp --dport 80 -j ACCEPT'
	silent lockout-admin ':INPUT DROP' '-A INPUT -p tcp --dport 22 -s 192.0.2.1 -j ACCEPT'
	silent lockout-admin ':INPUT DROP' '-A INPUT -m limit --limit 1/s -j ACCEPT'
	silent lockout-admin ':INPUT DROP' '-A INPUT -i wg0 -j ACCEPT'
	silent lockout-admin ':INPUT ACCEPT'
	rules4 filter ':INPUT DROP' '-A INPUT -p tcp --dport 2222 -j ACCEPT'
	run -0 fw-lint -q --checks=lockout-admin --admin=2222 "$tmp/rules.v4"
	[[ $output == *": 0 errors, 0 warnings, 0 notes;"* ]]
	run -0 fw-lint -q --checks=lockout-admin --admin=none "$tmp/rules.v4"
	[[ $output == *": 0 errors, 0 warnings, 0 notes;"* ]]
	run -0 fw-lint -q --checks=lockout-admin --admin 23 "$tmp/rules.v4"
	[[ $output == *"nobody can connect to tcp port 23"* ]]
	run -2 fw-lint -q --admin=ssh "$tmp/rules.v4"
}

@test "icmpv6-nd-blocked: one finding for each message of neighbour discovery that is dropped" {
	printf '*filter\n:INPUT DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n' >"$tmp/rules.v6"
	run -0 fw-lint -q --format=gcc "$tmp/rules.v6"
	[ "$(grep -c icmpv6-nd-blocked <<<"$output")" -eq 3 ]
	# Neighbour discovery is neither RELATED nor ESTABLISHED; an ICMPv6 error is RELATED.
	printf '*filter\n:INPUT DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n' >"$tmp/rules.v6"
	run -0 fw-lint -q --format=gcc "$tmp/rules.v6"
	[ "$(grep -c icmpv6-nd-blocked <<<"$output")" -eq 2 ]
	printf '*filter\n:INPUT DROP\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -p icmpv6 -j ACCEPT\nCOMMIT\n' >"$tmp/rules.v6"
	run -0 fw-lint -q --format=gcc "$tmp/rules.v6"
	[[ $output != *icmpv6-nd-blocked* ]]
}

@test "dnat-no-forward: gives the packet as FORWARD sees it" {
	local nat='*nat\n-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 192.168.1.100:80\nCOMMIT\n'
	printf "$nat*filter\n:FORWARD DROP\n-A FORWARD -d 192.168.1.100 -p tcp --dport 8080 -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) == *"2 dnat-no-forward;"* ]]
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"tcp 198.51.100.7:40000 -> 192.168.1.100:80 new dnat"* ]]
	printf "$nat*filter\n:FORWARD DROP\n-A FORWARD -d 192.168.1.100 -p tcp --dport 80 -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *dnat-no-forward* ]]
	printf "$nat*filter\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *dnat-no-forward* ]]
	printf "$nat" >"$tmp/rules.v4"
	[ -z "$(found)" ]
}

@test "nat-no-forwarding: forwarding is off in the text; masquerade-unbounded: no output interface or source" {
	rules4 nat '-A POSTROUTING -j MASQUERADE'
	[ "$(found)" = "2 masquerade-unbounded;" ]
	rules4 nat '#@ sysctl net.ipv4.ip_forward=0' '-A POSTROUTING -o eth0 -j MASQUERADE'
	[ "$(found)" = "3 nat-no-forwarding;" ]
	rules4 nat '#@ sysctl net.ipv4.ip_forward=1' '-A POSTROUTING -o eth0 -j MASQUERADE' '-A POSTROUTING -s 10.0.0.0/8 ! -d 10.0.0.0/8 -j MASQUERADE'
	[ -z "$(found)" ]
}

@test "open-forward, log-no-limit and log-prefix-cut: found and silent where they should be" {
	says open-forward '-A FORWARD -s 192.168.1.0/24 -j ACCEPT'
	silent open-forward '-A FORWARD -i eth1 -s 192.168.1.0/24 -j ACCEPT' '-A FORWARD ! -s 192.168.1.0/24 -i eth0 -j ACCEPT'
	says log-no-limit '-A INPUT -p tcp --dport 22 -j LOG'
	says log-no-limit ':x -' '-A INPUT -j x' '-A x -p tcp -j LOG'
	silent log-no-limit ':x -' '-A INPUT -m limit --limit 1/s -j x' '-A x -p tcp -j LOG'
	silent log-no-limit '-A INPUT -p tcp --dport 22 -m limit --limit 1/s -j LOG' '-A OUTPUT -p tcp -j LOG' '-A INPUT -i lo -p tcp -j LOG' \
		'-A INPUT -m conntrack --ctstate ESTABLISHED -j LOG'
	says log-prefix-cut '-A INPUT -m limit --limit 1/s -j LOG --log-prefix "123456789012345678901234567890"'
	silent log-prefix-cut '-A INPUT -m limit --limit 1/s -j LOG --log-prefix "12345678901234567890123456789"'
}

@test "ipv6-absent: a text for IPv4 alone that closes the host" {
	says ipv6-absent ':INPUT DROP' '-A INPUT -p tcp -j ACCEPT'
	silent ipv6-absent ':INPUT ACCEPT'
	printf '*filter\n:INPUT DROP\n-A INPUT -j ACCEPT\nCOMMIT\n' >"$tmp/r"
	run fw-lint -q "$tmp/r"
	[[ $output != *ipv6-absent* ]]
}

@test "expect: silent when proved, refuted with a packet" {
	says expect '#@ expect deny tcp 22' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	run -1 fw-lint -q "$tmp/rules.v4"
	[[ $output == *"broken promise (IPv4): in any0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new may be accepted"* ]]
	says expect ':INPUT DROP' '#@ expect allow tcp 22 from 192.0.2.1' '-A INPUT -s 192.0.2.2 -p tcp --dport 22 -j ACCEPT'
	says expect '#@ expect deny tcp 80-90 from 192.0.2.0/24 to 10.0.0.0/8 out eth1' '-A FORWARD -d 10.1.0.0/16 -p tcp --dport 85 -j ACCEPT' '-A FORWARD -j DROP'
	silent expect ':INPUT DROP' '#@ expect deny tcp 22' '#@ expect allow tcp 22 from 192.0.2.1' '-A INPUT -s 192.0.2.1 -i eth0 -p tcp --dport 22 -j ACCEPT' '-A INPUT -i lo -j ACCEPT'
	silent expect '#@ expect deny tcp 22 from 2001:db8::1' '-A INPUT -p tcp --dport 22 -j ACCEPT'
}

@test "expect allow: packets of the host itself over lo do not keep the promise" {
	printf '*filter\n:INPUT DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n' >"$tmp/rules.v4"
	{ cat "$tmp/rules.v4"; echo '#@ expect allow tcp 22'; } >"$tmp/kept.v4"
	run -0 fw-lint -q --format=gcc --checks=expect "$tmp/kept.v4"
	[[ $output == *": 0 errors, 0 warnings, 0 notes;"* ]]
	{ cat "$tmp/rules.v4"; echo '#@ expect allow tcp 25'; } >"$tmp/broken.v4"
	run -1 fw-lint -q --format=gcc --checks=expect "$tmp/broken.v4"
	[[ $output == *"is dropped, whatever else it contains [expect]"* ]]
}

@test "expect allow: every value of a field that it names must be accepted, and some value of each other field" {
	says expect ':INPUT DROP' '#@ expect allow tcp 22 from 10.0.0.0/8' '-A INPUT -s 10.0.0.0/9 -p tcp --dport 22 -j ACCEPT'
	run -1 fw-lint -q --checks=expect "$tmp/rules.v4"
	[[ $output == *"tcp 10.128.0.1:40000 -> "*":22 new is dropped"* ]]
	silent expect ':INPUT DROP' '#@ expect allow tcp 22' '-A INPUT -s 10.0.0.0/8 -i eth0 -p tcp --dport 22 --sport 1024: -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect allow tcp 22 from 10.0.0.0/8' '-A INPUT -s 10.0.0.0/9 -i eth0 -p tcp --dport 22 -j ACCEPT' \
		'-A INPUT -s 10.128.0.0/9 -i eth1 -p tcp --dport 22 -m limit --limit 1/s -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect allow tcp 80-90' '-A INPUT -p tcp --dport 80:89 -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect allow from 192.0.2.1' '-A INPUT -s 192.0.2.1 -p tcp -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect allow from 192.0.2.1 in eth+' '-A INPUT -i eth+ -s 192.0.2.1 -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect allow from 192.0.2.1 in eth+' '-A INPUT -i eth0 -s 192.0.2.1 -j ACCEPT'
}

@test "expect: understands icmp, other protocols, not, and from self" {
	says expect '#@ expect deny icmp from 192.0.2.1' '-A INPUT -p icmp --icmp-type 8 -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect deny icmp from 192.0.2.1' '-A INPUT -p icmp ! -s 192.0.2.0/24 -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect allow proto 47 from 192.0.2.1' '-A INPUT -p gre -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect allow proto 50 from 192.0.2.1' '-A INPUT -p gre -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect deny tcp 22 from not 10.0.0.0/8' '-A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect deny tcp 22 from not 10.0.0.0/8' '-A INPUT -s 11.0.0.0/8 -p tcp --dport 22 -j ACCEPT'
	silent expect ':INPUT DROP' '#@ expect deny tcp 22 in not eth1' '-A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect deny tcp 22 in not eth1' '-A INPUT -i eth2 -p tcp --dport 22 -j ACCEPT'
	says expect ':OUTPUT ACCEPT' '#@ expect deny tcp 25 from self' '-A OUTPUT -p tcp --dport 24 -j DROP'
	silent expect ':OUTPUT ACCEPT' '#@ expect deny tcp 25 from self' '-A OUTPUT ! -o lo -p tcp --dport 25 -j DROP'
	says expect ':OUTPUT ACCEPT' '#@ expect allow tcp 25 from self to 10.1.1.1' '-A OUTPUT -d 10.0.0.0/8 ! -o lo -j DROP'
}

@test "expect: covers untracked packets, rewritten destinations, any TCP flags and any interface" {
	says expect ':INPUT DROP' '#@ expect deny tcp 23 in +' '-A INPUT -p tcp --dport 23 -j ACCEPT'
	says expect ':INPUT DROP' '#@ expect deny tcp 23' '-A INPUT -p tcp --tcp-flags ALL SYN -j DROP' '-A INPUT -p tcp --dport 23 --syn -j ACCEPT'
	local raw='*raw' notrack='-A PREROUTING -p tcp --dport 23 -j CT --notrack' untracked='-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT'
	printf '%s\n' "$raw" "$notrack" COMMIT '*filter' ':INPUT DROP' '#@ expect deny tcp 23' "$untracked" COMMIT >"$tmp/rules.v4"
	[[ $(found expect) == "6 expect;" ]]
	sed -i 's/expect deny/expect allow/' "$tmp/rules.v4"
	[ -z "$(found expect)" ]
	printf '%s\n' '*nat' '-A PREROUTING -i eth0 -p tcp --dport 3389 -j DNAT --to-destination 10.0.0.5' COMMIT '*filter' ':INPUT DROP' ':FORWARD DROP' \
		'#@ expect deny tcp 3389 to 10.0.0.5' '#@ expect deny tcp 3389 to 10.0.0.6' '-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT' COMMIT >"$tmp/rules.v4"
	[ "$(found expect)" = "7 expect;" ]
	sed -i 's/expect deny/expect allow/' "$tmp/rules.v4"
	[ "$(found expect)" = "8 expect;" ]
}

@test "expect: an unreadable promise is an error at the wrong word" {
	for bad in 'maybe tcp 22:11' 'allow tcp http:21' 'deny tcp 22 from example.org:28' 'deny tcp 90-80:20' 'deny from 10.0.0.0/33:21' 'deny tcp 22 to:23'; do
		rules4 filter "#@ expect ${bad%:*}"
		run -1 fw-lint -q --format=gcc --checks=expect "$tmp/rules.v4"
		[[ $output == *"v4:2:${bad##*:}: error: invalid promise: "* ]] || { echo "$bad: $output"; false; }
	done
}

@test "contradiction: overlapping ports with opposite verdicts, with a packet that the first rule decides" {
	says contradiction '-A INPUT -p tcp --dport 1000:2000 -j ACCEPT' '-A INPUT -p tcp --dport 1500:2500 -j DROP'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"line 2 comes first and decides otherwise for some of the same packets: for example in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:1500 new"* ]]
	says contradiction '-A INPUT -p tcp -m multiport --dports 22,80,443 -j ACCEPT' '-A INPUT -p tcp -m multiport --dports 80,8080 -j REJECT'
	silent contradiction '-A INPUT -p tcp --dport 1500 -j ACCEPT' '-A INPUT -p tcp --dport 1000:2000 -j DROP'
	silent contradiction '-A INPUT -p tcp --dport 1000:2000 -j ACCEPT' '-A INPUT -p udp --dport 1500:2500 -j DROP'
	silent contradiction '-A INPUT -p tcp --dport 1000:2000 -j ACCEPT' '-A INPUT -p tcp --dport 1500:2500 -j ACCEPT'
	silent contradiction '-A INPUT -s 192.0.2.1 -j DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	silent contradiction '-A INPUT -m limit --limit 1/s -p tcp --dport 1:9 -j ACCEPT' '-A INPUT -m limit --limit 1/s -p tcp --dport 5:20 -j DROP'
	printf '*filter\n-A INPUT -p tcp --dport 1000:2000 -j ACCEPT\n-A INPUT -p tcp --dport 1500:2500 -j DROP\nCOMMIT\n' >"$tmp/r"
	run fw-lint -q --format=gcc "$tmp/r"
	[ "$(grep -c contradiction <<<"$output")" -eq 1 ]
}

@test "bad-negation: two negated rules in a row that together match everything" {
	says bad-negation '-A INPUT ! -s 192.0.2.1 -j DROP' '-A INPUT ! -s 192.0.2.2 -j DROP'
	says bad-negation '-A INPUT -p tcp --dport 22 ! -i eth0 -j DROP' '-A INPUT -p tcp --dport 22 ! -i eth1 -j DROP'
	silent bad-negation '-A INPUT ! -s 192.0.2.0/24 -j DROP' '-A INPUT ! -s 192.0.2.1 -j DROP'
	silent bad-negation '-A INPUT ! -s 192.0.2.1 -p tcp -j DROP' '-A INPUT ! -s 192.0.2.2 -p udp -j DROP'
	silent bad-negation '-A INPUT ! -s 192.0.2.1 -j DROP' '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT ! -s 192.0.2.2 -j DROP'
	silent bad-negation '-A INPUT ! -s 192.0.2.1 -j DROP' '-A INPUT ! -d 192.0.2.2 -j DROP'
}

@test "merge-multiport: consecutive rules that differ in the port alone; use-ipset: in the source alone" {
	says merge-multiport '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 80:90 -j ACCEPT' '-A INPUT -p tcp --dport 443 -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"to line 4) differ only in the port: use -m multiport --dports 22,80:90,443"* ]]
	silent merge-multiport '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	silent merge-multiport '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p udp --dport 80 -j ACCEPT' '-A INPUT -p tcp --dport 443 -j ACCEPT'
	silent merge-multiport '-A INPUT -p tcp --dport 22 -m limit --limit 1/s -j ACCEPT' '-A INPUT -p tcp --dport 80 -m limit --limit 1/s -j ACCEPT' \
		'-A INPUT -p tcp --dport 443 -m limit --limit 1/s -j ACCEPT'
	silent merge-multiport '-A INPUT -p tcp --dport 22 -m comment --comment a -j ACCEPT' '-A INPUT -p tcp --dport 80 -m comment --comment b -j ACCEPT' \
		'-A INPUT -p tcp --dport 443 -m comment --comment c -j ACCEPT'
	mapfile -t many < <(for n in {1..50}; do echo "-A INPUT -s 192.0.2.$n -j DROP"; done)
	says use-ipset "${many[@]}"
	[ "$(found use-ipset)" = "2 use-ipset;" ]
	silent use-ipset "${many[@]:1}"
}

@test "lo-missing: INPUT drops the host's own packets; policy-accept-open: the policy accepts what no rule names" {
	says lo-missing ':INPUT DROP' '-A INPUT -p tcp --dport 22 -i eth0 -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"packets from this host to itself are dropped: for example in lo udp 127.0.0.1:40000 -> 127.0.0.1:"*" new"* ]]
	says lo-missing ':INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
	silent lo-missing ':INPUT DROP' '-A INPUT -i lo -j ACCEPT'
	silent lo-missing ':INPUT DROP' '-A INPUT -s 127.0.0.0/8 -j ACCEPT'
	says lo-missing ':INPUT DROP' '-A INPUT -s 192.0.2.0/24 -j ACCEPT'
	silent lo-missing ':INPUT DROP' '-A INPUT -p udp -j ACCEPT'
	silent lo-missing ':INPUT ACCEPT' '-A INPUT -i eth0 -j DROP'
	says policy-accept-open ':INPUT ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	says policy-accept-open ':x -' '-A INPUT -j x' '-A x -p tcp --dport 22 -j ACCEPT'
	silent policy-accept-open ':INPUT ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -j DROP'
	silent policy-accept-open ':INPUT ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -i eth0 -j REJECT'
	silent policy-accept-open ':INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	silent policy-accept-open ':INPUT ACCEPT' '-A INPUT -i lo -j ACCEPT'
	rules4 filter ':INPUT ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	printf '%s\n' '*raw' '-A PREROUTING -s 192.0.2.0/24 -j DROP' COMMIT >>"$tmp/rules.v4"
	[[ $(found) != *policy-accept-open* ]]
	silent policy-accept-open ':INPUT ACCEPT' '-A INPUT -p tcp --dport 22 -j LOG'
}

@test "forward-no-dnat: a rule for rewritten packets where no rule rewrites any" {
	local filter='*filter\n-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT\n'
	printf "*nat\nCOMMIT\n$filter" >"$tmp/rules.v4"
	[[ $(found) == *"4 forward-no-dnat;"* ]]
	printf "*nat\n-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1\nCOMMIT\n$filter" >"$tmp/rules.v4"
	[[ $(found) != *forward-no-dnat* ]]
	printf "$filter" >"$tmp/rules.v4"
	[[ $(found) != *forward-no-dnat* ]]
	printf "*nat\nCOMMIT\n*filter\n-A FORWARD -m conntrack --ctstate NEW,DNAT -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *forward-no-dnat* ]]
}

@test "ct-helper-missing: a service whose data connections are dropped" {
	local base=(':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT' '-A INPUT -i lo -j ACCEPT')
	local ftp='-A INPUT -p tcp --dport 21 -m conntrack --ctstate NEW -j ACCEPT'
	says ct-helper-missing "${base[@]}" "$ftp"
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"ftp is accepted"*"-j CT --helper ftp"*"for example in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:32769 new"* ]]
	says ct-helper-missing "${base[@]}" '-A INPUT -p udp --dport 5060 -j ACCEPT'
	says ct-helper-missing "${base[@]}" '-A INPUT -p tcp -m multiport --dports 22,1723 -j ACCEPT'
	silent ct-helper-missing "${base[@]}" '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p udp --dport 69 -j ACCEPT'
	silent ct-helper-missing "${base[@]}" "$ftp" '-A INPUT -p tcp --dport 40000:50000 -j ACCEPT'
	silent ct-helper-missing "${base[@]}" '-A INPUT -p tcp --dport 20:30 -j ACCEPT'
	silent ct-helper-missing "${base[@]}" '-A INPUT -p tcp --dport 1723 -j ACCEPT' '-A INPUT -p gre -j ACCEPT'
	silent ct-helper-missing ':INPUT DROP' "$ftp"
	printf '*raw\n-A PREROUTING -p tcp --dport 21 -j CT --helper ftp\nCOMMIT\n' >"$tmp/raw"
	rules4 filter "${base[@]}" "$ftp"
	cat "$tmp/raw" >>"$tmp/rules.v4"
	[[ $(found) != *ct-helper-missing* ]]
	rules4 filter '#@ module nf_conntrack_ftp' "${base[@]}"
	[[ $(found) == *"2 ct-helper-missing;"* ]]
	cat "$tmp/raw" >>"$tmp/rules.v4"
	[[ $(found) != *ct-helper-missing* ]]
}

@test "conntrack-notrack: untracked packets and rules that ask for a state" {
	local raw='*raw\n-A PREROUTING -p udp --dport 53 -j CT --notrack\nCOMMIT\n*filter\n:INPUT DROP\n-A INPUT -i lo -j ACCEPT\n'
	printf "$raw-A INPUT -p udp --dport 53 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) == *"2 conntrack-notrack;"* ]]
	printf "${raw/ -p/ -i lo -p}-A INPUT -p udp --dport 53 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *conntrack-notrack* ]] # untracked only on lo, which is accepted
	printf "${raw/ -p/ ! -i lo -p}-A INPUT -p udp --dport 53 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) == *"2 conntrack-notrack;"* ]]
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"it drops in eth0 udp 198.51.100.7:"*" -> 203.0.113.5:53 untracked"* ]]
	printf "${raw/ -p/ ! -i lo -p}-A INPUT -p udp --dport 53 -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *conntrack-notrack* ]]
	printf "${raw/ -p/ ! -i lo -p}-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT\n-A INPUT -m conntrack --ctstate NEW -p udp --dport 53 -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *conntrack-notrack* ]]
	printf "${raw/ -p/ ! -i lo -p}-A INPUT -p tcp -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n" >"$tmp/rules.v4"
	[[ $(found) != *conntrack-notrack* ]] # dropped even with a state
}

@test "invalid-late: a rule before the one that drops INVALID accepts such packets" {
	says invalid-late '-A INPUT -p tcp --dport 80 -j ACCEPT' '-A INPUT -m conntrack --ctstate INVALID -j DROP'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"line 2 accepts some INVALID packets first: for example in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:80 invalid"* ]]
	silent invalid-late '-A INPUT -m conntrack --ctstate INVALID -j DROP' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	silent invalid-late '-A INPUT -p tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT' '-A INPUT -m conntrack --ctstate INVALID -j DROP'
	silent invalid-late '-A INPUT -i lo -j ACCEPT' '-A INPUT -p icmp -j ACCEPT' '-A INPUT -m conntrack --ctstate INVALID -j DROP'
}

# both_say ID LINE..., both_silent ID LINE...: like says and silent, for a text of both families
both_say() {
	local id=$1
	shift
	printf '%s\n' '*filter' "$@" COMMIT >"$tmp/rules.both"
	run fw-lint -q --format=gcc "$tmp/rules.both"
	[[ $output == *"[$id]"* ]] || { echo "$id is missing in: $output" >&2; return 1; }
}

both_silent() {
	both_say "$@" && { echo "$1 is wrong in: $output" >&2; return 1; }
	[[ $output != *" error: "* ]]
}

@test "ipv6-open: IPv6 accepts what IPv4 drops, with a packet" {
	local base=(':INPUT DROP' '-A INPUT -i lo -j ACCEPT')
	both_say ipv6-open "${base[@]}" '-4 -A INPUT -s 192.0.2.1 -p tcp --dport 22 -j ACCEPT' '-6 -A INPUT -p tcp --dport 22 -j ACCEPT'
	[[ $output == *":5:1: warning: open over IPv6 but closed over IPv4: tcp 22: for example in any0 tcp [2001:db8::9]:40000 -> [2001:db8::5]:22 new [ipv6-open]"* ]]
	both_say ipv6-open "${base[@]}" '-6 -A INPUT -p tcp --dport 20:30 -j ACCEPT' '-4 -A INPUT -p tcp --dport 25 -j ACCEPT'
	[[ $output == *"tcp 20-24, 26-30:"* ]]
	both_say ipv6-open ':INPUT ACCEPT' '-4 -A INPUT -p tcp --dport 22 -j ACCEPT' '-4 -A INPUT -j DROP'
	[[ $output == *":2:1: warning: "*"tcp 1-21, 23-65535, udp 1-65535: for example "*"]:1 new [ipv6-open]"* ]]
	both_say ipv6-open ':INPUT ACCEPT' '-4 -A INPUT -j DROP' '-6 -A INPUT -m rt --rt-type 0 -j DROP' # rules that drop single bad packets close nothing
	both_silent ipv6-open "${base[@]}" '#@ lint-off ipv6-open "only there"' '-6 -A INPUT -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-A INPUT -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-4 -A INPUT -p tcp --dport 22 -j ACCEPT' '-6 -A INPUT -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-6 -A INPUT -d fe80::/10 -p udp --dport 546 -j ACCEPT' '-6 -A INPUT -s fe80::/10 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-6 -A INPUT -s 2001:db8:a::/48 -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-4 -A INPUT -i eth0 -p tcp --dport 22 -j ACCEPT' '-6 -A INPUT -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-6 -A INPUT -m set --match-set admins src -p tcp --dport 22 -j ACCEPT'
	both_silent ipv6-open "${base[@]}" '-6 -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' '-6 -A INPUT -p udp --sport 53 -j ACCEPT'
}

@test "ipv6-open: rules for single ports below a policy ACCEPT, and thousands of ports" {
	both_say ipv6-open ':INPUT ACCEPT' '-4 -A INPUT -p tcp -m multiport --dports 3306,6379 -j DROP'
	[[ $output == *":2:1: warning: open over IPv6 but closed over IPv4: tcp 3306, 6379: "* ]]
	both_silent ipv6-open ':INPUT ACCEPT' '-A INPUT -p tcp -m multiport --dports 3306,6379 -j DROP'
	both_say ipv6-open ':INPUT DROP' '-6 -A INPUT -p tcp --dport 22 -j ACCEPT' \
		"$(for ((port = 1001; port < 6000; port += 2)); do echo "-4 -A INPUT -s 192.0.2.1 -p tcp --dport $port -j ACCEPT"; done)"
	# A port that INPUT opens to replies from port 53 alone is closed to whoever asks.
	both_say ipv6-open ':INPUT DROP' '-4 -A INPUT -p udp --sport 53 -j ACCEPT' '-6 -A INPUT -p udp --dport 5353 -j ACCEPT'
}

@test "ipv6-open: silent for a port that IPv4 redirects to an open one" {
	{
		printf '%s\n' '*nat' '-4 -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80' COMMIT
		printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -i lo -j ACCEPT' '-A INPUT -p tcp --dport 80 -j ACCEPT' \
			'-6 -A INPUT -p tcp --dport 8080 -j ACCEPT' COMMIT
	} >"$tmp/rules.both"
	run fw-lint -q --format=gcc "$tmp/rules.both"
	[[ $output != *ipv6-open* ]]
	sed -i 's/dport 8080 -j REDIRECT/dport 8081 -j REDIRECT/' "$tmp/rules.both"
	run fw-lint -q --format=gcc "$tmp/rules.both"
	[[ $output == *ipv6-open* ]]
}

# docker LINE...: writes a text with a port that Docker publishes, and these lines in filter
docker() {
	printf '%s\n' '*nat' ':DOCKER -' '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER' '-A DOCKER -i docker0 -j RETURN' \
		'-A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.4:3000' COMMIT '*filter' \
		"$@" COMMIT >"$tmp/rules.v4"
}

@test "docker-bypass: a published port that INPUT drops and FORWARD accepts" {
	local accept='-A FORWARD -d 172.17.0.4 ! -i docker0 -o docker0 -p tcp --dport 3000 -j ACCEPT'
	docker ':INPUT DROP' ':FORWARD DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' "$accept"
	[[ $(found) == *"5 docker-bypass;"* ]]
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *"FORWARD, which accepts in "*" out docker0 tcp 198.51.100.7:40000 -> 172.17.0.4:3000 new dnat"* ]]
	docker ':INPUT DROP' ':FORWARD DROP' '-A INPUT -p tcp --dport 8080 -j ACCEPT' "$accept"
	[[ $(found) != *docker-bypass* ]]
	docker ':INPUT DROP' ':FORWARD DROP' "$accept"
	printf '%s\n' '*mangle' '-A PREROUTING -i eth0 -p tcp --dport 8080 -j DROP' COMMIT >>"$tmp/rules.v4"
	[[ $(found) != *docker-bypass* ]]
	docker ':INPUT ACCEPT' ':FORWARD DROP' "$accept"
	[[ $(found) != *docker-bypass* ]]
	docker ':INPUT DROP' ':FORWARD DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	[[ $(found) != *docker-bypass* ]]
	docker ':INPUT DROP' ':FORWARD DROP' ':DOCKER-USER -' '-A FORWARD -j DOCKER-USER' '-A DOCKER-USER -i eth0 ! -s 192.0.2.0/24 -j DROP' "$accept"
	[[ $(found) != *docker-bypass* ]]
	docker ':INPUT DROP' ':FORWARD DROP' "$accept"
	sed -i 's/DOCKER/PUBLISH/' "$tmp/rules.v4" # a port forward that is not Docker's is intended
	[[ $(found) != *docker-bypass* ]]
}

# live: prints line and id of each finding of fw-lint --live
live() {
	fw-lint -q --live --format=gcc "$tmp/rules.v4" 2>&1 | sed -n 's/^\(.*v4:\([0-9]*\):\([0-9]*:\)\{0,1\} \)\{0,1\}.*\[\([a-z0-9-]*\)\]$/\2 \4/p' | tr '\n' ';'
}

@test "nat-no-forwarding --live: the kernel does not forward, and the text does not change that" {
	needs rules
	local rule='-A POSTROUTING -s 192.168.1.0/24 -o eth0 -j MASQUERADE'
	rules4 nat "$rule"
	sysctl -qw net.ipv4.ip_forward=0
	[ "$(live)" = "2 nat-no-forwarding;" ]
	[ -z "$(found)" ]
	sysctl -qw net.ipv4.ip_forward=1
	[ -z "$(live)" ]
	sysctl -qw net.ipv4.ip_forward=0
	rules4 nat '#@ sysctl net.ipv4.ip_forward=1' "$rule"
	[ -z "$(live)" ]
	rules4 nat '#@ sysctl net/ipv4/ip_forward = 0' "$rule"
	[ "$(found)" = "3 nat-no-forwarding;" ]
	rules4 nat '-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080'
	[ -z "$(live)" ]
	rules4 nat '-A POSTROUTING -o wg0 -j MASQUERADE' # may be meant for the host's own packets
	[ -z "$(live)" ]
	printf '%s\n' '*filter' '-A FORWARD -i eth1 -j ACCEPT' COMMIT >>"$tmp/rules.v4"
	[[ $(live) == *"2 nat-no-forwarding;"* ]]
}

@test "conntrack-capacity: too few buckets, or --live a table that is nearly full" {
	needs rules
	silent conntrack-capacity '#@ sysctl net.netfilter.nf_conntrack_max=262144' '#@ sysctl net.netfilter.nf_conntrack_buckets=65536' \
		'-A INPUT -m conntrack --ctstate NEW -j ACCEPT'
	says conntrack-capacity '#@ sysctl net.netfilter.nf_conntrack_max=1000000' '#@ sysctl net.netfilter.nf_conntrack_buckets=65536' \
		'-A INPUT -m conntrack --ctstate NEW -j ACCEPT'
	silent conntrack-capacity '#@ sysctl net.netfilter.nf_conntrack_max=1000000' '#@ sysctl net.netfilter.nf_conntrack_buckets=65536' \
		'-A INPUT -p tcp -j ACCEPT'
	rules4 filter '-A INPUT -m conntrack --ctstate NEW -j ACCEPT'
	[[ $(live) != *conntrack-capacity* ]]
	[ -e /proc/sys/net/netfilter/nf_conntrack_count ] || skip "no connection tracking here"
	echo 900 >"$tmp/count" && echo 1000 >"$tmp/max" && echo 432000 >"$tmp/stay"
	mount --bind "$tmp/count" /proc/sys/net/netfilter/nf_conntrack_count
	mount --bind "$tmp/max" /proc/sys/net/netfilter/nf_conntrack_max
	mount --bind "$tmp/stay" /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established
	run fw-lint -q --live "$tmp/rules.v4"
	[[ $output == *"900 of 1000 entries used"*"[conntrack-capacity]"* ]]
	[[ $output == *"stay for 5 days"*"[conntrack-capacity]"* ]]
	echo 800 >"$tmp/count"
	[[ $(live) != *conntrack-capacity* ]]
	umount /proc/sys/net/netfilter/nf_conntrack_{count,max,tcp_timeout_established}
}

@test "wildcard-iface --live: an interface name that only begins the names of others" {
	needs rules
	ip link add wild0 type veth peer name peer0
	rules4 filter '-A INPUT -i wild -j DROP' '-A INPUT -i wild+ -j DROP' '-A INPUT -i wild0 -j DROP' '-A INPUT -i other9 -j DROP'
	[[ $(live) == *"2 wildcard-iface;"* ]]
	[ "$(live | tr ';' '\n' | grep -c wildcard-iface)" -eq 1 ]
	[[ $(found) != *wildcard-iface* ]]
	ip link del wild0
}

@test "redundant-rule: a later rule or the policy gives the same verdict" {
	says redundant-rule '-A INPUT -s 192.0.2.1 -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -j DROP'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *":2:1: note: redundant: packets that reach this rule are accepted by line 3 anyway [redundant-rule]"* ]]
	says redundant-rule ':FORWARD ACCEPT' '-A FORWARD -s 192.0.2.1 -j ACCEPT' '-A FORWARD -s 192.0.2.2 -j ACCEPT' '-A FORWARD -p tcp --dport 25 -s 198.51.100.1 -j DROP' \
		'-A FORWARD -s 192.0.2.3 -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *":3:1: note: redundant: packets that reach this and 2 more rules of FORWARD (to line 6) are accepted by the policy anyway"* ]]
	says redundant-rule ':INPUT DROP' '-A INPUT -s 192.0.2.1 -j DROP' '-A INPUT -s 198.51.100.1 -j ACCEPT'
	silent redundant-rule ':INPUT DROP' '-A INPUT -s 192.0.2.1 -j DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT'
	silent redundant-rule '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT -m limit --limit 1/s -j LOG' '-A INPUT -j ACCEPT'
	silent redundant-rule '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT -m limit --limit 1/s -j ACCEPT' '-A INPUT -j DROP'
	silent redundant-rule ':INPUT DROP' '-A INPUT -s 192.0.2.1 -j DROP' '-A INPUT -j REJECT'
	silent redundant-rule ':INPUT DROP' '-A INPUT -j DROP'
	# An earlier rule decides a part the same way, which is said, or the other way, which is another fault.
	says redundant-rule '-A INPUT -p tcp --dport 80 -j ACCEPT' '-A INPUT -s 192.0.2.7 -p tcp -m multiport --dports 80,443 -j ACCEPT' \
		'-A INPUT -p tcp -j ACCEPT' '-A INPUT -j DROP'
	grep -q ':3:1: note: redundant: packets that reach this rule are accepted by line 4 anyway (line 2 already accepts some of what it names) ' "$tmp/findings"
	silent redundant-rule ':INPUT DROP' '-A INPUT -p tcp --dport 80 -j ACCEPT' '-A INPUT -s 192.0.2.7 -p tcp -m multiport --dports 80,443 -j DROP'
	silent redundant-rule ':INPUT DROP' '-A INPUT -p tcp --dport 80 -j REJECT' '-A INPUT -s 192.0.2.7 -p tcp -j DROP'
	says redundant-rule ':INPUT DROP' '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' '-A INPUT -s 192.0.2.7 -j DROP'
	says redundant-rule ':INPUT DROP' '-A INPUT -p icmp -j ACCEPT' '-A INPUT -s 192.0.2.7 -j DROP'
	grep -q '(line 3 already accepts some of what it names)' "$tmp/findings"
	silent redundant-rule '-A OUTPUT -o lo -j ACCEPT' '-A INPUT -i lo -j ACCEPT' '-A INPUT -s 10.0.0.0/8 -j ACCEPT' '-A INPUT -p tcp -j DROP'
	silent redundant-rule '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' '-A INPUT -p tcp -j ACCEPT' '-A INPUT -j DROP'
	silent redundant-rule ':x -' '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT -j x' '-A x -p tcp -j DROP'
	silent redundant-rule '-A INPUT -s 192.0.2.1 -m limit --limit 1/s -j ACCEPT' '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT -j DROP'
	silent redundant-rule '-A INPUT -s 192.0.2.1 -j ACCEPT' '-A INPUT -s 192.0.2.0/24' '-A INPUT -p tcp -j ACCEPT' '-A INPUT -j DROP'
}

@test "order-cost: a rule that matches most packets after rules that match few" {
	local base=(':INPUT DROP [10:600]') known='[90000:5400000] -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
	local few=('[10:600] -A INPUT -p tcp --dport 22 -j ACCEPT' '[10:600] -A INPUT -p tcp --dport 80 -j ACCEPT')
	says order-cost "${base[@]}" "${few[@]}" "$known"
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *":5:1: note: packets pass 3.0 rules of INPUT on average; 1.0 if this rule came before line 3;"* ]]
	silent order-cost "${base[@]}" "$known" "${few[@]}"
	silent order-cost ":INPUT DROP [90000:5400000]"
	silent order-cost "${base[@]}" "${few[@]}" "${known/90000/900}"                                      # too few to tell
	silent order-cost "${base[@]}" '[10:600] -A INPUT -s 192.0.2.1 -j DROP' '[10:600] -A INPUT -j LOG' "$known" # not the same without it
	silent order-cost "${base[@]}" "${few[@]}" "${known#* }"
	says order-cost "${base[@]}" '[10:600] -A INPUT -p tcp --dport 22 -j DROP' '[10:600] -A INPUT -p tcp --dport 80 -j DROP' \
		'[90000:5400000] -A INPUT -p udp --dport 53 -j ACCEPT'
}

# proven ID FAMILY LINE...: the finding is there, and the verdict about its example is not given by raw, mangle or nat
proven() {
	local id=$1 family=$2 example
	shift 2
	printf '%s\n' "$@" COMMIT >"$tmp/rules"
	fw-lint -q "-$family" --format=gcc "$tmp/rules" >"$tmp/findings" 2>&1 || true
	example=$(sed -n "s/.* for example \\(.*\\) \\[$id\\]\$/\\1/p" "$tmp/findings" | head -n 1)
	[ -n "$example" ] || { echo "no example of $id in: $(cat "$tmp/findings")"; return 1; }
	# What DNAT has rewritten cannot be sent so: its source is what raw and mangle see.
	example=$(sed -E 's/-> [^ ]+ new dnat/-> 203.0.113.5:8443 new/' <<<"$example")
	fw-trace "-$family" -j -R "$tmp/rules" "$example" >"$tmp/traced"
	! grep -oE '"verdict":.*' "$tmp/traced" | grep -E '"table":"(raw|mangle|nat)"' || { echo "$id: $example"; return 1; }
}

@test "the example of a finding comes through raw and mangle" {
	local dnat=('*nat' '-A PREROUTING -i eth1 -p tcp --dport 8443 -j DNAT --to-destination 192.168.10.64:443' COMMIT '*filter' ':FORWARD DROP')
	local bogons=('-A PREROUTING -s 198.51.100.0/24 -j DROP' '-A PREROUTING -s 203.0.113.0/24 -j DROP' '-A PREROUTING -s 192.0.2.0/24 -j DROP')
	local lockout=('*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 80 -j ACCEPT')
	proven dnat-no-forward 4 '*raw' "${bogons[0]}" COMMIT "${dnat[@]}"
	proven dnat-no-forward 4 '*raw' "${bogons[@]}" '-A PREROUTING -s 10.0.0.0/8 -j DROP' '-A PREROUTING -s 0.0.0.0/8 -j DROP' COMMIT "${dnat[@]}"
	proven dnat-no-forward 4 '*mangle' ':bogons -' '-A PREROUTING -j bogons' "${bogons[@]/PREROUTING/bogons}" COMMIT "${dnat[@]}"
	proven lockout-admin 4 '*raw' "${bogons[@]}" COMMIT "${lockout[@]}"
	proven lockout-admin 4 '*mangle' "${bogons[@]/PREROUTING/INPUT}" COMMIT "${lockout[@]}"
	proven lockout-admin 4 '*mangle' ':PREROUTING DROP' '-A PREROUTING -s 100.64.1.0/24 -j ACCEPT' COMMIT "${lockout[@]}"
	proven lockout-admin 6 '*raw' '-A PREROUTING -s 2001:db8::/32 -j DROP' '-A PREROUTING -s fc00::/7 -j DROP' COMMIT "${lockout[@]}"
	proven contradiction 4 '*raw' "${bogons[@]}" COMMIT '*filter' '-A INPUT -p tcp --dport 100:200 -j ACCEPT' '-A INPUT -p tcp --dport 150:300 -j DROP'
	proven no-established 4 '*raw' "${bogons[@]}" COMMIT '*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT'
}

@test "a finding of which no example comes through raw is not given" {
	rules4 raw '-A PREROUTING ! -i lo -j DROP' COMMIT '*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	[[ $(found) != *lockout-admin* ]]
	rules4 raw '-A PREROUTING -i eth1 -j DROP' COMMIT '*nat' '-A PREROUTING -i eth1 -p tcp --dport 8443 -j DNAT --to-destination 192.168.10.64:443' COMMIT '*filter' ':FORWARD DROP'
	[[ $(found) != *dnat-no-forward* ]]
	# A promise is neither broken nor proven.
	rules4 raw '-A PREROUTING -p tcp --dport 22 -j DROP' COMMIT '*filter' '#@ expect deny tcp 22' '-A INPUT -p tcp -j ACCEPT'
	[[ $(found) != *" expect;"* ]]
}

@test "a match whose answer is certain decides: --set of recent always matches" {
	says dead-rule '-A INPUT -p udp --dport 8881 -m recent --name K --set -j DROP' '-A INPUT -p udp --dport 8881 -j ACCEPT'
	silent dead-rule '-A INPUT -p udp --dport 8881 -m recent --name K --rcheck -j DROP' '-A INPUT -p udp --dport 8881 -j ACCEPT'
	says impossible-match '-A INPUT -p udp --dport 8881 -m recent --name K ! --set -j DROP'
	grep -q 'never matches: -m recent can never match here' "$tmp/findings"
	says dead-rule '-A INPUT -p tcp -m statistic --mode nth --every 1 --packet 0 -j DROP' '-A INPUT -p tcp -j ACCEPT'
	says impossible-match '-A INPUT -p tcp -m quota --quota 0 -j ACCEPT'
	# It is no limit.
	says log-no-limit '-A INPUT -p tcp --dport 22 -m recent --name K --set -j LOG'
	says limit-after-accept '-A INPUT -p tcp -j ACCEPT' '-A INPUT -p tcp -m recent --name K --set'
}

@test "a rule that fills a list is needed, whatever its verdict" {
	local set='-m recent --name K --set -j ACCEPT'
	silent redundant-rule ':INPUT DROP' "-A INPUT -s 192.0.2.1 -p tcp $set" '-A INPUT -p tcp -j ACCEPT'
	silent redundant-rule ':INPUT DROP' '-A INPUT -s 192.0.2.1 -j ACCEPT' "-A INPUT $set"
	silent merge-multiport "-A INPUT -p tcp --dport 1 $set" "-A INPUT -p tcp --dport 2 ${set/K/L}" "-A INPUT -p tcp --dport 3 ${set/K/M}"
	silent duplicate-rule '-A INPUT -m recent --name K --set -j MARK --set-mark 1' '-A INPUT -m recent --name K --set -j MARK --set-mark 1'
}

@test "recent-unset: a list that no rule fills; recent-unread: a list that no rule checks" {
	local ask='-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP'
	says recent-unset "$ask"
	silent recent-unset "$ask" '-A INPUT -p tcp --dport 22 -m recent --set --name ssh'
	says recent-unset "$ask" '-A INPUT -p tcp --dport 22 -m recent --set --name other'
	silent recent-unset '-A INPUT -p tcp -m recent ! --rcheck --name ssh -j DROP'
	says recent-unread '-A INPUT -p tcp --dport 22 -m recent --set --name ssh'
	silent recent-unread '-A INPUT -p tcp --dport 22 -m recent --set --name ssh' "$ask"
}

@test "log-prefix-no-space: a log prefix that does not end with a space or a colon" {
	says log-prefix-no-space '-A INPUT -m limit --limit 1/s -j LOG --log-prefix denied'
	silent log-prefix-no-space '-A INPUT -m limit --limit 1/s -j LOG --log-prefix "denied "' '-A INPUT -m limit --limit 1/s -j LOG --log-prefix denied:' \
		'-A INPUT -m limit --limit 1/s -j LOG' '-A INPUT -m limit --limit 1/s -j NFLOG --nflog-prefix denied'
}

@test "host-bits: an address with bits outside its mask, a mask with gaps" {
	says host-bits '-A INPUT -s 10.0.0.5/24 -j ACCEPT'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *":2:13: note: host bits set: the kernel reads this as 10.0.0.0/24, not as 10.0.0.5"* ]]
	says host-bits '-A INPUT -d 10.0.0.0/8,192.0.2.1/255.255.255.0 -j ACCEPT'
	[ "$(found host-bits)" = "2 host-bits;" ]
	says host-bits '-A INPUT -s 10.0.0.1/255.0.0.255 -j ACCEPT'
	silent host-bits '-A INPUT -s 10.0.0.0/24 -j ACCEPT' '-A INPUT -s 10.0.0.5 -j ACCEPT' '-A INPUT -s 10.0.0.5/32 -j ACCEPT' \
		'-A INPUT -s 10.0.0.0/255.0.0.0 -j ACCEPT' '-A INPUT -s 0.0.0.0/0 -j ACCEPT' '-A INPUT -m comment --comment "-s 10.0.0.5/24" -j ACCEPT'
	printf '*filter\n-A INPUT -s 2001:db8::5/64 -j ACCEPT\n-A INPUT -s 2001:db8::/64 -j ACCEPT\nCOMMIT\n' >"$tmp/rules.v6"
	run fw-lint -q --format=gcc --checks=host-bits "$tmp/rules.v6"
	[[ $output == *":2:13: note: host bits set: the kernel reads this as 2001:db8::/64, not as 2001:db8::5 [host-bits]"* ]]
	[ "$(grep -c note: <<<"$output")" -eq 1 ]
}

@test "stale-tool-chain: the same jump to another program's chain twice" {
	local jump='-A INPUT -p tcp --dport 22 -j f2b-sshd'
	says stale-tool-chain ':f2b-sshd -' "$jump" '-A INPUT -p tcp --dport 80 -j ACCEPT' "$jump" '-A f2b-sshd -s 192.0.2.1 -j DROP'
	run fw-lint -q "$tmp/rules.v4"
	[[ $output == *":5:1: warning: f2b-sshd is already called by line 3"* ]]
	silent stale-tool-chain ':f2b-sshd -' "$jump" '-A INPUT -p tcp --dport 80 -j ACCEPT' "${jump/22/25}" '-A f2b-sshd -s 192.0.2.1 -j DROP'
	silent stale-tool-chain ':mine -' "${jump/f2b-sshd/mine}" '-A INPUT -p tcp --dport 80 -j ACCEPT' "${jump/f2b-sshd/mine}" '-A mine -s 192.0.2.1 -j DROP'
}

@test "the tutorial gives exactly these findings" {
	run -0 fw-lint -q --each --format=gcc data/fw-lint-meaning/tutorial.v4.rules
	sed 's/.*rules:\([0-9]*\):1: \([a-z]*\): .*\[\(.*\)\]$/\1 \2 \3/' <<<"$output" | grep -v ' rules read' >"$tmp/all"
	diff - "$tmp/all" <<-'END'
		10 note ipv6-absent
		17 note merge-multiport
		22 warning dead-rule
		22 warning limit-after-accept
		23 warning dead-rule
		23 warning limit-after-accept
		24 warning dead-rule
		24 warning limit-after-accept
		27 warning dead-rule
		28 warning open-forward
		34 warning log-no-limit
		39 warning ct-helper-missing
	END
}

# half_dead SHAPE: 20,000 rules; every second one is dead, for a reason that is not in its own chain
half_dead() {
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' ':K - [0:0]' ':C - [0:0]'
	case $1 in
	two) printf '%s\n' '-A INPUT -p tcp --dport 1:30000 -j DROP' '-A INPUT -p tcp --dport 30001:60000 -j DROP' ;;
	called) printf '%s\n' '-A INPUT -j K' '-A K -p udp -j RETURN' '-A K -j DROP' ;;
	esac
	echo '-A INPUT -j C'
	awk 'BEGIN {
		for (i = 0; i < 10000; i++) {
			net = sprintf("10.%d.%d.7", i / 250, i % 250)
			printf "-A C -s %s -p tcp --dport 20000:40000 -j ACCEPT\n-A C -s %s -p udp --dport %d -j ACCEPT\n", net, net, i + 1
		}
		print "COMMIT"
	}'
}

@test "thousands of dead rules are found by looking up, not by comparing each with each" {
	for shape in two called; do
		half_dead "$shape" >"$tmp/r"
		run timeout 120 fw-lint -4 -q --each --checks=dead-rule,undecided --format=json "$tmp/r"
		[ "$(grep -c dead-rule <<<"$output")" -eq 10000 ]
	done
}

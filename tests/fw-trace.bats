#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors

bats_require_minimum_version 1.5.0
load lib/needs
load lib/extension

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	tutorial=data/fw-lint-meaning/tutorial.v4.rules
}

@test "follows the tutorial's port forward through DNAT and FORWARD, and the reply" {
	run -0 fw-trace --reply 'in eth0 out eth1 tcp 198.51.100.7:40000 -> 203.0.113.5:8080 new' <$tutorial
	[[ $output == *"now: in eth0 tcp 198.51.100.7:40000 -> 192.168.1.100:80 new dnat"* ]]
	[[ $output == *"ACCEPT by line 29: -A FORWARD -p tcp -d 192.168.1.100 --dport 80"* ]]
	[[ $output == *"in eth1 out eth0 tcp 192.168.1.100:80 -> 198.51.100.7:40000 established reply dnat"* ]]
	[[ ${lines[-1]} == "ACCEPT by line 16: "* ]]
}

@test "says of each rule on the way why it does not match" {
	run -0 fw-trace 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:443 new' <$tutorial
	[[ $output == *"13: -A INPUT -i lo -j ACCEPT  no: the input interface is eth0"* ]]
	[[ $output == *"17: "*"no: the destination port is 443"* ]]
}

@test "marks a rule that may match, and the verdict that depends on it" {
	printf '*filter\n:INPUT ACCEPT\n:x -\n-A INPUT -m limit --limit 1/s -j x\n-A x -j DROP\nCOMMIT\n' >"$tmp/r"
	run -0 fw-trace -R "$tmp/r" 'in eth0 udp 192.0.2.1:1 -> 192.0.2.2:2'
	[[ $output == *"4: -A INPUT -m limit --limit 1/s -j x  MAY MATCH: -m limit"* ]]
	[[ ${lines[-1]} == "ACCEPT by the policy of filter INPUT, unless line 4 matches" ]]
	run -0 fw-trace -R "$tmp/r" 'in eth0 udp 192.0.2.1 -> 192.0.2.2'
	printf '*filter\n-A INPUT -p udp --dport 5 -j DROP\nCOMMIT\n' >"$tmp/r"
	run -0 fw-trace -R "$tmp/r" 'in eth0 udp 192.0.2.1 -> 192.0.2.2'
	[[ $output == *"MAY MATCH: the destination port is unknown"* ]]
}

@test "a unicast packet for this host has a local address in PREROUTING and INPUT; of others that is unknown" {
	printf '%s\n' '*nat' '-A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT' COMMIT '*filter' ':INPUT DROP' ':FORWARD DROP' \
		'-A INPUT -m addrtype ! --dst-type LOCAL -j DROP' '-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT' \
		'-A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT' COMMIT >"$tmp/r"
	local at
	for at in 192.0.2.2:2 '[2001:db8::2]:2'; do
		run -0 fw-trace -R "$tmp/r" "in eth0 udp ${at/2:2/1:1} -> $at"
		[[ $output == *"2: -A PREROUTING "*"MATCH"* && $output != *"MAY MATCH"* ]]
		[[ ${lines[-1]} == "ACCEPT by line 8: "* && ${lines[-1]} != *unless* ]]
		run -0 fw-trace -R "$tmp/r" "in eth0 out eth1 udp ${at/2:2/1:1} -> $at"
		[[ $output == *"2: -A PREROUTING "*"MAY MATCH: -m addrtype"* ]]
		[[ ${lines[-1]} == "DROP by the policy of filter FORWARD, unless line "* ]]
	done
	for at in 224.0.0.251:5353 '[ff02::fb]:5353'; do
		run -0 fw-trace -R "$tmp/r" "in eth0 udp $([[ $at == *::* ]] && echo '[fe80::1]:5' || echo 192.0.2.1:5) -> $at"
		[[ $output == *"7: "*"MAY MATCH: -m addrtype"* ]]
	done
}

@test "the example of the manual page is what the program prints" {
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' ':FORWARD DROP [0:0]' ':OUTPUT ACCEPT [0:0]' \
		'-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' \
		'-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT' COMMIT >"$tmp/my.rules"
	sed -n '/^\.Bd/,/^\.Ed/p' ../man/fw-trace.8 | grep -v '^\.' | sed "s/\\\\(aq/'/g" >"$tmp/page"
	command=$(sed -n 's/^\$ //p' "$tmp/page")
	[[ $command == "fw-trace -R my.rules "* ]]
	(cd "$tmp" && eval "$command") >"$tmp/out"
	sed 1d "$tmp/page" | diff -u - "$tmp/out"
}

@test "--json prints one object with the steps" {
	fw-trace --json 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new' <$tutorial >"$tmp/out"
	python3 - "$tmp/out" <<-'END'
		import json, sys
		found = json.load(open(sys.argv[1]))
		assert found["verdict"] == "ACCEPT" and found["line"] == 17 and found["chain"] == "INPUT", found
		assert [s["step"] for s in found["steps"] if s["line"] == 17] == ["match"], found
	END
}

@test "--from-log says which rule decides each logged packet, and skips other lines" {
	cat >"$tmp/log" <<-'END'
		Nov 23 10:00:00 fw kernel: SSH-NEW IN=eth0 OUT= MAC=00:11 SRC=198.51.100.7 DST=203.0.113.5 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=4711 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0
		Nov 23 10:00:00 fw sshd[1]: Accepted password for root
		Nov 23 10:00:01 fw kernel: denied: IN=eth0 OUT=eth1 SRC=198.51.100.7 DST=192.168.1.7 LEN=84 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=ICMP TYPE=8 CODE=0 ID=1 SEQ=1
	END
	run -0 fw-trace -R $tutorial --from-log "$tmp/log"
	[ ${#lines[@]} -eq 2 ]
	[[ ${lines[0]} == *":4711 -> 203.0.113.5:22 new length 60 ttl 64: ACCEPT by line 17: "* ]]
	[[ ${lines[1]} == *"type 8/0 new length 84 ttl 63: DROP by the policy of filter FORWARD"* ]]
}

@test "--packets prints one line per packet, with the same verdicts as one by one" {
	for port in 22 25 53 80; do echo "in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:$port new"; done >"$tmp/p"
	fw-trace -R $tutorial -p "$tmp/p" | sed 's/.*new: //' >"$tmp/many"
	while read -r packet; do fw-trace -R $tutorial "$packet" | tail -1; done <"$tmp/p" >"$tmp/one"
	diff "$tmp/one" "$tmp/many"
	[ "$(wc -l <"$tmp/one")" -eq 4 ]
}

@test "an unreadable packet is status 1, with the place and the reason; a missing one is misuse" {
	run -1 fw-trace 'in eth0 tcp 1.2.3.4:x -> 5.6.7.8' <$tutorial
	[[ $output == *"packet:1:13: error: a port is a number up to 65535 [packet]"* ]]
	run -1 fw-trace 'tcp 1.2.3.4 -> 5.6.7.8' <$tutorial
	run -1 fw-trace 'in eth0 tcp 1.2.3.4 -> 2001:db8::1' <$tutorial
	run -2 fw-trace <$tutorial
	run -0 fw-trace --help
}

@test "unless names a rule in a chain that only may be called, and one that hangs on a mark that only may be set" {
	trace() { printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]' "$@" COMMIT | fw-trace -j 'in eth0 udp 198.51.100.7:40000 -> 203.0.113.5:90'; }
	maybe='-m limit --limit 1/sec'
	run -0 trace ':a - [0:0]' "-A INPUT $maybe -j a" "-A a $maybe -j DROP"
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":5}'* ]]
	run -0 trace ':a - [0:0]' ':b - [0:0]' "-A INPUT $maybe -j a" "-A a $maybe -g b" "-A b $maybe -j DROP"
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":7}'* ]]
	run -0 trace ':a - [0:0]' "-A INPUT $maybe -j a" "-A a $maybe -j ACCEPT"
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":0}'* ]]
	mangle=('*mangle' ':PREROUTING ACCEPT [0:0]' ':m - [0:0]')
	run -0 trace '-A INPUT -m mark --mark 1 -j DROP' COMMIT "${mangle[@]}" "-A PREROUTING $maybe -j MARK --set-mark 1"
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":3}'* ]]
	run -0 trace '-A INPUT -m mark --mark 2 -j DROP' COMMIT "${mangle[@]}" "-A PREROUTING $maybe -j m" '-A m -j MARK --set-mark 2'
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":3}'* ]]
	run -0 trace '-A INPUT -m conntrack --ctstate UNTRACKED -j DROP' COMMIT '*raw' ':PREROUTING ACCEPT [0:0]' "-A PREROUTING $maybe -j CT --notrack"
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":3}'* ]]
	run -0 trace '-A INPUT -m mark --mark 1 -j DROP' COMMIT "${mangle[@]}" "-A PREROUTING $maybe -j MARK --set-mark 1" '-A PREROUTING -j MARK --set-mark 0'
	[[ $output == *'"verdict":"ACCEPT"'*'"unless":0}'* ]]
}

@test "prints a packet as it reads it" {
	rules=$(printf '%s\n' '*filter' ':INPUT DROP [0:0]' ':FORWARD DROP [0:0]' COMMIT)
	while read -r packet; do
		run -0 fw-trace "$packet" <<<"$rules"
		[ "${lines[0]}" = "$packet" ] || { echo "$packet becomes ${lines[0]}"; false; }
	done <<-'END'
		in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new
		in eth0 out eth1 udp 198.51.100.7:1 -> 203.0.113.5:2 established reply length 100 ttl 3 tos 0x10
		in eth0 sctp 198.51.100.7:1 -> 203.0.113.5:2 new mark 0x5 ctmark 0x6 pkttype 1
		in eth0 icmpv6 2001:db8::1 -> 2001:db8::2 type 128/0 new
		in eth0 tcp *:1 -> 203.0.113.5:2 new flags fin,ack fragment
		in eth0 99 198.51.100.7 -> 203.0.113.5 untracked
	END
	for name in icmp6 ipv6-icmp; do
		run -0 fw-trace "in eth0 $name 2001:db8::1 -> 2001:db8::2 type 128 new" <<<"$rules"
		[[ ${lines[0]} == "in eth0 icmpv6 2001:db8::1 -> 2001:db8::2 type 128/0 new" ]]
	done
}

@test "fails with status 3 when its output cannot be written" {
	fw-trace -R $tutorial 'in eth0 tcp 1.2.3.4 -> 5.6.7.8' >/dev/full || status=$?
	[ "$status" -eq 3 ]
}

@test "traces IPv6, and a table without rules or policies" {
	run -0 fw-trace 'in eth0 out eth1 udp [2001:db8::9]:5 -> [2001:db8:1::1]:53' <data/ruleset/dual.rules
	[ "${lines[-1]}" = 'DROP by the policy of filter FORWARD' ]
	run -0 fw-trace 'in eth0 udp 192.0.2.1 -> 192.0.2.2' < <(printf '*filter\nCOMMIT\n')
	[ "${lines[-1]}" = 'ACCEPT by the policy of filter INPUT' ]
}

@test "unless names a rule that could decide differently, not one that decides the same" {
	printf '*filter\n:INPUT DROP\n-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 -j DROP\n-A INPUT -p tcp --dport 22 -m limit --limit 1/s -j ACCEPT\nCOMMIT\n' >"$tmp/r.v4"
	run -0 fw-trace -R "$tmp/r.v4" 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new'
	[[ ${lines[-1]} == DROP*"unless line 4"* ]]
}

@test "REJECT is a verdict of its own, in unless too" {
	printf '*filter\n:INPUT ACCEPT\n-A INPUT -p tcp -m limit --limit 5/sec -j REJECT\n-A INPUT -p tcp -j DROP\n-A INPUT -p udp -m limit --limit 5/sec -j DROP\n-A INPUT -p udp -j REJECT\nCOMMIT\n' >"$tmp/r.v4"
	run -0 fw-trace -j -R "$tmp/r.v4" 'in eth0 tcp 192.0.2.9:1000 -> 192.0.2.1:80'
	[[ $output == *'"verdict":"DROP","line":4,'*'"unless":3}' ]]
	run -0 fw-trace -j -R "$tmp/r.v4" 'in eth0 udp 192.0.2.9:1000 -> 192.0.2.1:80'
	[[ $output == *'"verdict":"REJECT","line":6,'*'"unless":5}' ]]
	run -0 fw-trace -R "$tmp/r.v4" 'in eth0 udp 192.0.2.9:1000 -> 192.0.2.1:80'
	[[ ${lines[-1]} == "REJECT by line 6: "*"unless line 5 matches" ]]
	printf '*filter\n:INPUT ACCEPT\n-A INPUT -p tcp -m limit --limit 5/sec -j REJECT\n-A INPUT -p tcp -j REJECT --reject-with tcp-reset\nCOMMIT\n' >"$tmp/r.v4"
	run -0 fw-trace -j -R "$tmp/r.v4" 'in eth0 tcp 192.0.2.9:1000 -> 192.0.2.1:80'
	[[ $output == *'"verdict":"REJECT","line":4,'*'"unless":0}' ]]
}

@test "a packet whose port alone DNAT changes still goes to INPUT" {
	printf '*nat\n-A PREROUTING -p tcp --dport 9000 -j DNAT --to-destination 203.0.113.5:9001\nCOMMIT\n*filter\n:INPUT DROP\n-A INPUT -p tcp --dport 9001 -j ACCEPT\nCOMMIT\n' >"$tmp/r.v4"
	run -0 fw-trace -R "$tmp/r.v4" 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:9000 new'
	[[ $output == *"ACCEPT by line 6"* ]]
}

@test "fw-trace and fw-lint finish on 41 chains that each call the next one twice" {
	{
		printf '*filter\n:INPUT ACCEPT [0:0]\n'
		seq -f ':c%.0f - [0:0]' 0 40
		echo '-A INPUT -j c0'
		seq 0 39 | awk '{ print "-A c" $1 " -j c" $1 + 1 "\n-A c" $1 " -p tcp -j c" $1 + 1 }'
		echo COMMIT
	} >"$tmp/twice.v4"
	run -0 timeout 600 fw-trace -R "$tmp/twice.v4" -p - <<<'in eth0 tcp 192.0.2.1 -> 192.0.2.2:22'
	[[ $output == *": LOOP: the trace does not end"* ]]
	run -0 timeout 600 fw-lint -q --checks=all "$tmp/twice.v4"
}

@test "the kernel's counters agree with fw-trace for random rules and real packets, both families and backends" {
	needs packets
	for backend in legacy nft; do
		for family in 4 6; do
			unshare -m -n ../scripts/netns-run python3 prove/kernel.py --trace "$BUILD/fw-trace" --rulesets 5 \
				--seed 5000 --family $family --backend $backend
		done
	done
}

# certain FAMILY: a text with each use of data/certain-matches, in $tmp/certain
certain() {
	{
		printf '*filter\n'
		grep -v '^#' data/certain-matches | awk -F';' '{ print "-A INPUT -i lo -p " $1 " " $2 }'
		printf 'COMMIT\n'
	} >"$tmp/certain"
	expected=$(grep -v '^#' data/certain-matches | sed 's/.*;always$/1/; s/.*;never$/0/')
}

# counted: of each rule of INPUT in the output of iptables-save -c, how many packets
counted() {
	sed -n 's/^\[\([0-9]*\):.*-A INPUT.*/\1/p'
}

@test "matches whose answer is certain: always or never" {
	certain
	for family in 4 6; do
		[ $family = 4 ] && from=127.0.0.1:40000 to=127.0.0.1:7 || from=[::1]:40000 to=[::1]:7
		for proto in udp sctp dccp; do
			echo "in lo $proto $from -> $to new"
		done >"$tmp/packets"
		[ $family = 4 ] && host=127.0.0.1 || host=::1
		for proto in 50 108; do
			echo "in lo $proto $host -> $host new"
		done >>"$tmp/packets"
		fw-trace -$family -c -R "$tmp/certain" -p "$tmp/packets" | counted >"$tmp/told"
		diff -u - "$tmp/told" <<<"$expected"
	done
}

@test "matches whose answer is certain: the kernel counts what is said" {
	needs rules
	certain
	for program in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
		"$program-restore" "$tmp/certain"
		family=4
		[[ $program != ip6* ]] || family=6
		python3 lib/send-protocols.py $family
		"$program-save" -c -t filter | counted >"$tmp/told"
		printf '*filter\nCOMMIT\n' | "$program-restore"
		diff -u - "$tmp/told" <<<"$expected"
	done
}

@test "an extension that crashes, hangs or ends the process is an error at its rule" {
	local packet='in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new'
	extension divides 'volatile int zero = 0; exit(2 / zero)' ''
	run -1 fw-trace -R "$tmp/text" "$packet"
	[ "$output" = "$tmp/text:4: error: an extension of iptables crashes at this rule: signal 8 (Floating point exception) [syntax]" ]
	extension ends 'exit(0)' ''
	run -1 fw-trace "$packet" <"$tmp/text"
	[ "$output" = "<stdin>:4: error: the process that reads the rules ends at this rule with status 0 [syntax]" ]
	extension hangs 'for (;;) pause()' ''
	run -1 fw-trace -R "$tmp/text" "$packet"
	[ "$output" = "$tmp/text:4: error: an extension of iptables hangs at this rule: no progress for 10 seconds [syntax]" ]
	extension bitter '' 'volatile int zero = 0; exit(2 / zero)'
	run -0 fw-trace -R "$tmp/text" "$packet"
	run -1 fw-trace -c -R "$tmp/text" "$packet"
	[ "$output" = "$tmp/text:4: error: an extension of iptables crashes at this rule: signal 8 (Floating point exception) [syntax]" ]
}

# A child that waits for its input does not hang.
@test "waits for rules that come slowly from a pipe" {
	run -0 fw-trace 'in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new' < <(printf '*filter\n:INPUT DROP [0:0]\n'; sleep 16; echo COMMIT)
	[[ $output == *DROP* ]]
}

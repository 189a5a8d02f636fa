#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What fw-lint makes of many findings: one for each cause, the worst first, and a line that counts them.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# lint OPTION... -- LINE...: what fw-lint says of these lines in table filter, in $output
lint() {
	local options=()
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	shift
	printf '%s\n' '*filter' "$@" COMMIT >"$tmp/r"
	run fw-lint -4 -q "${options[@]}" "$tmp/r"
}

@test "unreachable rules of one cause are one finding, where the cause stands" {
	lint --checks=dead-rule -- ':INPUT DROP' ':a -' ':b -' '-A INPUT -i lo -j ACCEPT' '-A INPUT -j a' '-A INPUT -j b' \
		'-A a -p tcp -m multiport --dports 22,80 -j ACCEPT' '-A a -j DROP' '-A b -p udp --dport 67 -j ACCEPT' '-A b -p udp --dport 68 -j ACCEPT' \
		'-A b -p tcp --dport 443 -j ACCEPT'
	[[ ${lines[0]} == *":9:1: warning: line 9 makes 4 later rules unreachable: lines 7, 10, 11 and 12 [dead-rule]" ]]
	[[ $output == *": 0 errors, 1 warning, 0 notes; 8 rules read, 4 findings folded into 1" ]]
	lint --checks=dead-rule --format=json -- ':INPUT DROP' '-A INPUT -p tcp -j DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	[[ $output == *'"line":3,'*'"related":[4,5],'* ]]
	lint --checks=dead-rule --format=sarif -- ':INPUT DROP' '-A INPUT -p tcp -j DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	[ "$(grep -o '"relatedLocations":.*' <<<"$output" | grep -o '"startLine":[45]' | wc -l)" -eq 2 ]
}

@test "half of 11,764 rules unreachable by one: at most 20 lines, which name it and count the others" {
	awk 'BEGIN {
		print "*filter\n:INPUT DROP [0:0]\n:geo - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp --dport 22 -j geo"
		for (i = 0; i < 5881; i++) print "-A geo -s 11." int(i / 256) "." i % 256 ".0/24 -j ACCEPT"
		print "-A geo -j DROP"
		for (i = 0; i < 5880; i++) print "-A geo -s 12." int(i / 256) "." i % 256 ".0/24 -j ACCEPT"
		print "COMMIT"
	}' >"$tmp/r"
	run -0 fw-lint -q -4 "$tmp/r"
	[ "${#lines[@]}" -le 20 ]
	[[ $output == *":5887:1: warning: line 5887 makes 5880 later rules unreachable: lines 5888, 5889, 5890 and 5877 more [dead-rule]"* ]]
}

@test "a rule that is unreachable itself is not named as the cause" {
	lint --checks=dead-rule --each -- '-A INPUT -p tcp -j ACCEPT' '-A INPUT -p tcp --dport 1:99 -j DROP' '-A INPUT -p tcp --dport 22 -j DROP'
	[[ $output == *":4:1: warning: unreachable: line 2 matches"* ]]
	[[ $output != *"line 3"* ]]
}

@test "causes that work together are named together" {
	lint --checks=dead-rule -- '-A INPUT -p tcp --dport 1:50 -j ACCEPT' '-A INPUT -p tcp --dport 51:99 -j ACCEPT' '-A INPUT -p tcp --dport 40:60 -j DROP' \
		'-A INPUT -p tcp --dport 45:55 -j DROP'
	[[ ${lines[0]} == *":2:1: warning: lines 2 and 3 together make 2 later rules unreachable: lines 4 and 5 [dead-rule]" ]]
}

@test "#@ lint-off works at the unreachable rule and at the cause" {
	lint --checks=dead-rule -- '-A INPUT -p tcp -j ACCEPT' '#@ lint-off dead-rule "kept for later"' '-A INPUT -p tcp --dport 22 -j DROP' '-A INPUT -p tcp --dport 80 -j DROP'
	[[ ${lines[0]} == *":5:1: warning: unreachable: line 2 matches"* ]]
	lint --checks=dead-rule -- '#@ lint-off dead-rule "kept for later"' '-A INPUT -p tcp -j ACCEPT' '-A INPUT -p tcp --dport 22 -j DROP' '-A INPUT -p tcp --dport 80 -j DROP'
	[[ ${lines[0]} == *": 0 errors, 0 warnings, 0 notes;"* ]]
}

@test "findings that say the same of several lines are one; other words and other reasons are not" {
	lint -- '-A INPUT -p tcp --dort 22 -j DROP' '-A INPUT -p tcp --dort 23 -j DROP' '-A INPUT -p tcp --dort 24 -j DROP' '-A INPUT -p tcp --spott 24 -j DROP'
	[ "$(grep -c 'error:' <<<"$output")" -eq 2 ]
	[[ $output == *':2:17: error: unknown option "--dort"; did you mean --dport? (and 2 more, to line 4) [syntax]'* ]]
	lint --checks=log-no-limit -- ':FORWARD DROP' '-A FORWARD -p tcp --dport 22 -j LOG' '-A FORWARD -p tcp --dport 23 -j LOG' '-A FORWARD -s 192.0.2.9 -j LOG'
	[[ $output == *":3:1: warning: anyone can fill the log"*" (and 2 more, to line 5) [log-no-limit]"* ]]
	lint --checks=log-no-limit --each -- ':FORWARD DROP' '-A FORWARD -p tcp --dport 22 -j LOG' '-A FORWARD -p tcp --dport 23 -j LOG' '-A FORWARD -s 192.0.2.9 -j LOG'
	[ "$(grep -c 'warning:' <<<"$output")" -eq 3 ]
}

@test "what is no iptables-restore text is said once, with what it looks like" {
	local -A texts=([$'Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\nACCEPT     all  --  anywhere  anywhere']='iptables -L'
		[$'-P INPUT ACCEPT\n-A INPUT -j DROP\n-A INPUT -j DROP']='iptables -S'
		[$'#!/bin/sh\niptables -F\niptables -A INPUT -j DROP\n']='a script'
		[$'iptables -A INPUT -j DROP\niptables -A INPUT -j DROP\niptables -A INPUT -j DROP']='commands for a shell'
		[$'table ip filter {\n\tchain INPUT {\n\t}\n}']='nft list ruleset'
		[$'<?xml version="1.0"?>\n<zone>\n</zone>']='firewalld'
		[$'<!DOCTYPE html>\n<p>a</p>\n<p>b</p>']='HTML')
	for text in "${!texts[@]}"; do
		run -1 fw-lint -q <<<"$text"
		[ "$(grep -c 'error:' <<<"$output")" -eq 1 ]
		[[ ${lines[0]} == *"this is no iptables-restore text: "*"${texts[$text]}"*"[structure]" ]] || { echo "$output"; false; }
	done
	run -1 fw-lint -q <<<$'-A INPUT -j DROP\n-A INPUT -j ACCEPT'
	[[ $output == *"is the line with *filter, *nat, ... missing?"* ]]
}

@test "text: errors, warnings, notes; gcc: by line" {
	local text=('-A INPUT -s 10.0.0.5/24 -p tcp -j ACCEPT' '-A INPUT -s 10.0.0.0/24 -p tcp --dport 22 -j DROP' '-A INPUT -j NOPE')
	lint --checks=host-bits,dead-rule,undefined-chain -- "${text[@]}"
	[ "$(sed -n 's/^[^ ]*r:\([0-9]\):.* \(error\|warning\|note\): .*/\1\2/p' <<<"$output" | tr '\n' ' ')" = '4error 3warning 2note ' ]
	lint --checks=host-bits,dead-rule,undefined-chain --format=gcc -- "${text[@]}"
	[ "$(sed -n 's/^[^ ]*r:\([0-9]\):.*/\1/p' <<<"$output" | tr -d '\n')" = 234 ]
}

@test "--max limits each level, and never hides one of the first 20 errors" {
	lint --max=2 --checks=undefined-chain,host-bits -- $(: ) '-A INPUT -s 10.0.0.5/24 -d 10.1.0.9/24 -j DROP' '-A INPUT -s 10.0.3.5/23 -j DROP' \
		"$(for i in $(seq 23); do echo "-A INPUT -j NOPE$i"; done)"
	[ "$(grep -c 'error:' <<<"$output")" -eq 20 ]
	[[ $output == *"3 more errors; see --max"* ]]
	[[ $output == *": 23 errors, "* ]]
	run -2 fw-lint --max=many
}

@test "-W makes what it names an error, and no-ID keeps a warning one" {
	local text=('-A INPUT -s 10.0.0.5/24 -p tcp -j ACCEPT' '-A INPUT -s 10.0.0.0/24 -p tcp --dport 22 -j DROP')
	lint --checks=host-bits,dead-rule -- "${text[@]}"
	[ "$status" -eq 0 ]
	lint -W error --checks=host-bits,dead-rule -- "${text[@]}"
	[ "$status" -eq 1 ]
	[[ $output == *"error: unreachable"*"note: host bits"* ]]
	lint -W error,no-dead-rule --checks=host-bits,dead-rule -- "${text[@]}"
	[ "$status" -eq 0 ]
	lint -W host-bits --checks=host-bits,dead-rule -- "${text[@]}"
	[ "$status" -eq 1 ]
	[[ $output == *"error: host bits"*"warning: unreachable"* ]]
	run -2 fw-lint -W nonsense
}

@test "findings in chains of ufw are one note; those in the chains that it leaves to the user are not" {
	local ufw=(':ufw-before-input -' ':ufw-after-input -' ':ufw-user-input -' ':ufw-logging-deny -' '-A INPUT -j ufw-before-input' '-A INPUT -j ufw-user-input'
		'-A INPUT -j ufw-after-input')
	lint --checks=meaning,-lockout-admin -W error,no-no-established,no-lo-missing -- "${ufw[@]}" '-A ufw-before-input -p tcp -j ACCEPT' '-A ufw-before-input -p tcp --dport 22 -j DROP' \
		'-A ufw-logging-deny -j LOG'
	[[ $output == *"note: 2 findings in chains of ufw, which writes them itself (--each shows them) [generated]"* ]]
	lint --checks=dead-rule,generated -- "${ufw[@]}" '-A ufw-user-input -p tcp -j ACCEPT' '-A ufw-user-input -p tcp --dport 22 -j DROP'
	[[ $output == *"warning: unreachable: line 9 matches"* ]]
	lint --checks=dead-rule,generated -- ':ufw-mine -' '-A INPUT -j ufw-mine' '-A ufw-mine -p tcp -j ACCEPT' '-A ufw-mine -p tcp --dport 22 -j DROP'
	[[ $output == *"warning: unreachable: line 4 matches"* ]]
}

# data/others has what the kernel held after the real dockerd had written its rules. The head of each file says which
# version did it, and after which commands.
@test "-W error passes what Docker writes" {
	local file
	for file in data/others/*.rules; do
		run -0 fw-lint -q -W error "$file"
		[[ $output == *": 0 errors, 0 warnings, "* ]] || { echo "$output"; return 1; }
	done
}

@test "-W error passes what ufw writes when it is enabled" {
	needs rules
	[ "$(id -u)" = 0 ] && [ -x /lib/ufw/ufw-init ] || skip "ufw is not installed, or this is not root"
	cp -r /etc/ufw "$tmp/ufw"
	sed -i 's/^ENABLED=.*/ENABLED=yes/' "$tmp/ufw/ufw.conf"
	unshare -mn sh -e -c 'mount --make-rprivate /; mount --bind "$0/ufw" /etc/ufw; ip link set lo up
		/lib/ufw/ufw-init start; iptables-save >"$0/v4"; ip6tables-save >"$0/v6"' "$tmp" >"$tmp/out" 2>&1 || { cat "$tmp/out"; false; }
	for family in 4 6; do
		grep -q 'ufw' "$tmp/v$family"
		run -0 fw-lint -q -W error "-$family" "$tmp/v$family"
		[[ $output == *": 0 errors, 0 warnings, "* ]] || { echo "$output"; return 1; }
	done
	[[ $output == *"findings in chains of ufw, which writes them itself"* ]]
}

@test "a rule that cannot be read does not hide the others, and is taken for one that may do anything" {
	lint -- '-A INPUT -s 192.0.2.1 -j DROP' '-A INPUT -s 192.0.2.1 -p tcp --dport 80 -j ACCEPT' '-A OUTPUT -p tcp --dort 80 -j ACCEPT'
	[[ $output == *"warning: unreachable: line 2 matches every packet"*"; 1 rule could not be read: what it does is unknown" ]]
	# It may drop everything, or nothing: what comes after it is neither dead nor needed.
	lint --checks=syntax,meaning -- '-A INPUT -s no-such.example -j DROP' '-A INPUT -p tcp --dport 80 -j ACCEPT'
	[[ $output != *"dead-rule"* ]]
	[[ $output == *"[syntax]"* ]]
	lint --checks=syntax,unreachable-chain -- ':web -' '-A INPUT -p tcp --dort 80 -j web' '-A web -j ACCEPT'
	[[ $output != *"unreachable-chain"* ]]
	# Nor does it open or close anything for certain.
	lint -- ':INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -s no-such.example -j ACCEPT'
	[[ $output == *"[syntax]"* && $output != *"-open]"* ]]
	printf '*filter\n-A INPUT -p tcp -j DROP\n-A INPUT -p tcp --dport 80 -j ACCEPT' >"$tmp/cut"
	run -1 fw-lint -4 -q "$tmp/cut"
	[[ $output == *"[truncated]"*"[dead-rule]"* ]]
	lint -- 'nonsense' '-A INPUT -p tcp -j DROP'
	[[ $output == *"; meaning checks not run" ]]
}

@test "no message of any program shows hidden characters of its input" {
	local bad=$'\e]0;x\a' c1=$'\302\233' turn=$'\342\200\256' zero=$'\342\200\213' mark=$'\357\273\277'
	for word in "$bad" "$c1" "$turn" "$zero" "$mark"; do
		printf '%s\n' '*filter' ':INPUT DROP [0:0]' "-A INPUT -m comment --comment a${word}b -j NOPE$word" COMMIT >"$tmp/rules"
		printf '%s\n' "allow tcp a${word}b" >"$tmp/profile"
		printf '%s\n' "/var/log/x$word { nonsense$word }" >"$tmp/rotate"
		for command in "fw-lint -q $tmp/rules" "fw-trace -4 $tmp/rules" "fw-diff -4 $tmp/rules $tmp/rules" "fw-gen $tmp/profile" "fw-load --check $tmp/rules" "ct-rotate -n -c $tmp/rotate"; do
			$command </dev/null >"$tmp/said" 2>&1 || true
			[ -s "$tmp/said" ]
			run ! grep -qF -- "$word" "$tmp/said"
		done
		for program in fw-lint fw-trace fw-diff fw-gen fw-load fw-save ct-stat ct-rotate; do
			"$program" "--no-such$word" </dev/null >"$tmp/said" 2>&1 || true
			run ! grep -qF -- "$word" "$tmp/said"
			"$program" one "two$word" "three$word" </dev/null >"$tmp/said" 2>&1 || true
			run ! grep -qF -- "$word" "$tmp/said"
		done
	done
}

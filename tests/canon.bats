#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Rules as the model writes them (helper `canon`), compared with the kernel, and with extensions that misbehave.

bats_require_minimum_version 1.5.0
load lib/load
load lib/extension

setup() {
	load_setup
	PATH=$BUILD/tests:$PATH
}

teardown() { load_teardown; }

# tool BACKEND FAMILY: prints the name of iptables' programs without -restore and -save
tool() { [ "$2" = 4 ] && echo "iptables-$1" || echo "ip6tables-$1"; }

# rules_of FAMILY: prints each chain of a saver's text as the model writes it, sorted by name
rules_of() {
	cat >"$tmp/saved"
	{
		awk '/^\*/ { table = $1 } /^:/ { print table, $1, $2 }' "$tmp/saved"
		for table in filter mangle nat raw security; do
			awk -v table="*$table" '/^\*/ { on = $1 == table } on' "$tmp/saved" >"$tmp/one"
			[ ! -s "$tmp/one" ] || canon saved "$1" "$tmp/one" | sed "s/^/*$table /"
		done
	} | sort -s -k1,3
}

# load_as_written FILE: loads the text as the model writes it, for each family and backend, and finds it in force as written
load_as_written() {
	local family b program
	for family in ${families:-4 6}; do
		canon declared "$family" "$1" >"$tmp/written"
		rules_of "$family" <"$tmp/written" >"$tmp/want"
		canon declared "$family" "$tmp/written" | cmp - "$tmp/written"
		for b in $backends; do
			program=$(tool "$b" "$family")
			fresh
			in_ns "$program-restore" "$tmp/written"
			# A table that the kernel does not show counts as empty.
			in_ns "$program-save" | rules_of "$family" | diff "$tmp/want" -
		done
	done
}

@test "the project's rulesets are in force as the model writes them" {
	turn=0
	for profile in ../rulesets/*.conf; do
		fw-gen "$profile" >"$tmp/text"
		# Each with one backend, in turn; with FW_FULL=1 with both.
		turn=$((turn + 1))
		[ -n "${FW_FULL-}" ] || { [ $((turn % 2)) = 0 ] && backends=nft || backends=legacy; }
		load_as_written "$tmp/text"
	done
}

@test "the rulesets of FW_CORPUS are in force as the model writes them" {
	[ -d "${FW_CORPUS:-}" ] || skip "FW_CORPUS names no folder with *.v4.rules"
	families=4
	for text in "$FW_CORPUS"/*.v4.rules; do
		load_as_written "$text"
	done
}

@test "random rulesets are in force as the model writes them" {
	for seed in 1 2 3 4 5 6; do
		families=$((seed % 2 ? 4 : 6))
		canon random $families $seed >"$tmp/text"
		load_as_written "$tmp/text"
	done
}

@test "refuses a rule that iptables-save would widen, or else writes it exactly; a rule with a real port is loaded" {
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp ! --dport : -j ACCEPT\nCOMMIT\n' >"$tmp/text"
	run canon declared 46 "$tmp/text"
	if [ "$status" -eq 0 ]; then # libxtables 1.8.11 and later write the rule exactly, and iptables-nft loads it
		[[ $output == *"! --dport 0:65535 -j ACCEPT"* ]]
		load_as_written "$tmp/text"
	else
		[ "$status" -eq 1 ]
		[[ $output == *"text:3: error: iptables would write this rule back as \`-A INPUT -p tcp -m tcp -j ACCEPT', which is another rule"* ]]
		[ ${#lines[@]} -eq 1 ]
	fi
	sed 's/ :/ 22/' "$tmp/text" >"$tmp/good"
	load_as_written "$tmp/good"
}

@test "refuses a host name even if /etc/hosts has it" {
	printf '*filter\n-4 -A INPUT -s friend.example -j ACCEPT\n-A INPUT -d friend.example\nCOMMIT\n' >"$tmp/text"
	printf '192.0.2.99 friend.example\n' >"$tmp/hosts"
	mount --bind "$tmp/hosts" /etc/hosts
	run -1 canon declared 46 "$tmp/text"
	umount /etc/hosts
	[[ ${lines[0]} == *"text:2:16: error: host/network \`friend.example' not found; host names are not looked up: write the address"* ]]
	[[ ${lines[1]} == *"text:3:13: error: "* ]]
	[ ${#lines[@]} -eq 2 ]
}

@test "opens no socket for a host name" {
	command -v strace >/dev/null || skip "strace is not installed"
	printf '*filter\n-A INPUT -s friend.example -j ACCEPT\nCOMMIT\n' >"$tmp/text"
	run -1 strace -f -qq -e trace=socket,connect -o "$tmp/calls" "$BUILD/tests/canon" declared 46 "$tmp/text"
	[ "$(grep -c '"friend.example"\|AF_INET' "$tmp/calls")" -eq 0 ]
	strace -f -qq -e trace=process -o "$tmp/calls" "$BUILD/tests/canon" declared 46 "$tmp/text" || true
	grep -q 'clone\|fork' "$tmp/calls" # control: strace sees calls of child processes
}

@test "writes the same with closed standard descriptors" {
	printf '*filter\n-A INPUT -p tcp --dport 22 -m comment --comment "a b" -j ACCEPT\nCOMMIT\n' >"$tmp/text"
	canon declared 4 "$tmp/text" >"$tmp/want"
	canon declared 4 "$tmp/text" <&- 2>&- | cmp - "$tmp/want"
}

@test "names the line of an extension that crashes, in reading or in writing" {
	extension dies 'run_out_of_time()' ''
	run -1 canon declared 46 "$tmp/text"
	[[ $output == *"text:4: error: an extension of iptables crashes at this rule: signal 9 (Killed) [syntax]" ]]
	[ ${#lines[@]} -eq 1 ]
	run -3 canon saved 4 "$tmp/text"
	[[ $output == "iptables-save:4: error: IPv4: an extension of iptables crashes at this rule: signal 9 (Killed) [system]" ]]
	extension bitter '' 'run_out_of_time()'
	run -1 canon declared 4 "$tmp/text"
	[[ $output == *"text:4: error: an extension of iptables crashes at this rule: signal 9 (Killed) [syntax]" ]]
}

@test "names the line of an extension that ends the process, whatever the status" {
	for code in 0 1; do
		extension ends$code "exit($code)" ''
		run -1 canon declared 4 "$tmp/text"
		[[ $output == *"text:4: error: the process that reads the rules ends at this rule with status $code [syntax]" ]]
		extension leaves$code '' "exit($code)"
		run -1 canon declared 4 "$tmp/text"
		[[ $output == *"text:4: error: the process that reads the rules ends at this rule with status $code [syntax]" ]]
	done
}

@test "kills an extension that hangs, and names its line" {
	extension hangs 'for (;;) pause()' ''
	run -1 canon declared 4 "$tmp/text"
	[[ $output == *"text:4: error: an extension of iptables hangs at this rule: no progress for 30 seconds [syntax]" ]]
}

@test "refuses a rule whose extension prints it differently, but keeps the line of a saver's text" {
	extension prints '' 'printf(" --does\n-A INPUT -j ACCEPT")'
	run -1 canon declared 4 "$tmp/text"
	[[ $output == *"text:4: error: iptables would write this rule back as \`-A INPUT -m prints --does"* ]]
	[ "$(canon saved 4 "$tmp/text")" = "$(grep '^-A' "$tmp/text")" ]
	extension quiet '' ''
	run -0 canon declared 4 "$tmp/text"
	extension nul '' 'fwrite("\0", 1, 1, stdout)'
	run -3 canon declared 4 "$tmp/text"
	[[ $output == *"an extension of iptables printed a NUL byte"* ]]
	extension shouts 'puts("out"); fputs("a word of warning\n", stderr)' 'printf(" --does"); fputs("noise", stderr)'
	run -0 --separate-stderr canon declared 4 "$tmp/text"
	[ "${lines[5]}" = "-A INPUT -m shouts --does" ]
	[ "$(grep -c 'text:4: warning: a word of warning \[extension-notice\]' <<<"$stderr")" -eq 1 ]
	[[ $stderr != *noise* ]]
}

@test "refuses a rule whose extension is missing, by name, but keeps the line of a saver's text" {
	extension quiet '' ''
	rm "$libdir/libxt_comment.so"
	printf '*filter\n-A INPUT -m comment --comment "a  b" -p 6\n-A INPUT -p 6\nCOMMIT\n' >"$tmp/text"
	run -1 canon declared 46 "$tmp/text"
	[[ $output == *"text:2:13: error: unknown match \`comment': no such extension is installed"* ]]
	run -0 canon saved 4 "$tmp/text"
	[ "$output" = '-A INPUT -m comment --comment "a  b" -p 6'$'\n''-A INPUT -p tcp' ]
}

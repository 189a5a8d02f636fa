#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fw-save and fw-load over each ruleset that there is.

load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# Every ruleset that is here, as text in $tmp/rulesets. The corpus is not part of the project: where it lies beside it,
# it counts too.
rulesets() {
	local file
	mkdir -p "$tmp/rulesets"
	cp data/ruleset/*.rules data/fw-load/*.rules "$tmp/rulesets"
	for file in ../../shared/corpus/*.rules; do
		[ ! -e "$file" ] || cp "$file" "$tmp/rulesets"
	done
	for file in ../rulesets/*.conf; do
		fw-gen "$file" >"$tmp/rulesets/$(basename "$file" .conf).rules" || { echo "fw-gen refuses $file" >&2; return 1; }
	done
	[ "$(ls "$tmp/rulesets" | wc -l)" -ge 14 ]
}

# load_anyhow FILE: in force, through fw-load, or where it refuses the text through iptables-restore itself.
load_anyhow() {
	put --replace "$1" 2>"$tmp/err" && return
	in_ns "iptables-$b-restore" "$1" 2>>"$tmp/err"
}

# The rules of both families with their counts: equal only when nobody wrote them again without these.
counted() {
	in_ns "iptables-$b-save" -c | sed '/^#/d'
	in_ns "ip6tables-$b-save" -c | sed '/^#/d'
}

# In front of all other rules, so that each ruleset has a count that is not 0.
count_something() {
	in_ns "iptables-$b" -I OUTPUT -o lo -p udp --dport 5000 -j ACCEPT
	in_ns "iptables-$b" -I INPUT -i lo -p udp --dport 5000 -j ACCEPT
	packets 3
	counted | grep -q '^\[3:99\] -A INPUT'
}

# unchanged WHAT: the rules are as they were, counts included, and nf_tables had no commit
unchanged() {
	counted | diff "$tmp/before" - || { echo "$b $file: $1: rules or counts differ"; return 1; }
	[ "$b" = legacy ] || [ "$(generation)" = "$before" ] || { echo "$file: $1: a commit"; return 1; }
}

# Each ruleset with one kind of iptables, in turn; FW_FULL=1: with both.
@test "fw-save | fw-load changes nothing, for every ruleset, both backends, with and without counters" {
	local count file before loaded refused turn
	rulesets
	for b in nft legacy; do
		count=0 refused='' turn=0
		for file in "$tmp"/rulesets/*; do
			turn=$((turn + 1))
			case $b$((turn % 2))${FW_FULL-} in nft0 | legacy1) continue ;; esac
			fresh
			in_ns ipset create bad4 hash:ip
			in_ns ipset create bad6 hash:ip family inet6
			load_anyhow "$file" || { refused="$refused $(basename "$file")"; continue; }
			count_something
			loaded=$(counted | grep -c -- ' -A ')
			counted >"$tmp/before"
			before=$(generation)
			save --all >"$tmp/saved"
			save --all -c >"$tmp/counted"
			# A line for both families stands once.
			[ $(($(grep -c -- '^-A ' "$tmp/saved") * 2 + $(grep -cE -- '^-[46] -A ' "$tmp/saved"))) -eq "$loaded" ]
			[ "$loaded" -ge 3 ]
			save --all | put --replace
			unchanged "fw-save | fw-load"
			save --all -c | put --replace --counters
			unchanged "fw-save -c | fw-load --counters"
			# What the next load would do is nothing, too, where nothing was ever loaded.
			run -0 put -s "$tmp/nowhere" --replace -n "$tmp/saved"
			[[ $output != *"change "* ]]
			save --all -4 | in_ns "iptables-$b-restore" --test
			save --all -6 | in_ns "ip6tables-$b-restore" --test
			count=$((count + 1))
		done
		echo "$b: $count rulesets; refused:$refused"
		[ -z "$refused" ]
	done
}

@test "a ruleset that is changed a little is seen to be changed" {
	local file=none before
	for b in $backends; do
		fresh
		put --replace data/fw-load/gateway.rules
		count_something
		counted >"$tmp/before"
		before=$(generation)
		save --all >"$tmp/saved"
		sed 's/--dport 443/--dport 444/' "$tmp/saved" | grep -v '^#@' | put --replace
		run ! unchanged "another port"
	done
}

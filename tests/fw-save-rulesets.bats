#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Runs fw-save and fw-load over every ruleset of the project and the samples.

load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# rulesets: collects all rulesets in $tmp/rulesets, with those of a corpus beside the project if there is one
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

# load_anyhow FILE: loads it with fw-load, or if that refuses the text, with iptables-restore
load_anyhow() {
	put --replace "$1" 2>"$tmp/err" && return
	in_ns "iptables-$b-restore" "$1" 2>>"$tmp/err"
}

# counted: prints the rules of both families with their counters
counted() {
	in_ns "iptables-$b-save" -c | sed '/^#/d'
	in_ns "ip6tables-$b-save" -c | sed '/^#/d'
}

# count_something: adds rules before all others and sends packets, so that each ruleset has a counter that is not 0
count_something() {
	in_ns "iptables-$b" -I OUTPUT -o lo -p udp --dport 5000 -j ACCEPT
	in_ns "iptables-$b" -I INPUT -i lo -p udp --dport 5000 -j ACCEPT
	packets 3
	counted | grep -q '^\[3:99\] -A INPUT'
}

# unchanged WHAT: rules and counters are unchanged, and nothing was committed to nf_tables
unchanged() {
	counted | diff "$tmp/before" - || { echo "$b $file: $1: rules or counts differ"; return 1; }
	[ "$b" = legacy ] || [ "$(generation)" = "$before" ] || { echo "$file: $1: a commit"; return 1; }
}

# Each ruleset with one backend, in turn; with FW_FULL=1 with both.
@test "loading the output of fw-save changes nothing, for every ruleset, with and without counters" {
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
			# A rule of both families is written once.
			[ $(($(grep -c -- '^-A ' "$tmp/saved") * 2 + $(grep -cE -- '^-[46] -A ' "$tmp/saved"))) -eq "$loaded" ]
			[ "$loaded" -ge 3 ]
			save --all | put --replace
			unchanged "fw-save | fw-load"
			save --all -c | put --replace --counters
			unchanged "fw-save -c | fw-load --counters"
			# A state without generations plans no changes either.
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

@test "a small change is noticed by the check of these tests" {
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

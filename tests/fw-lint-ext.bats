#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Runs every sample of tests/ext through fw-lint and through the installed iptables.

bats_require_minimum_version 1.5.0
load lib/needs

setup_file() {
	cd "$BATS_TEST_DIRNAME" || return
	export samples=$BATS_FILE_TMPDIR/samples
	mkdir "$samples"
	! has rules || make_sets
	# family.verdict.table.chain: RULE;PRINTED, one a line
	{ of_this_release 4 ext/*.t; of_rows; } | awk -F';' -v out="$samples" '
		/^@ / { split($0, at, " "); next }
		{
			for (i = 1; i <= length(at[4]); i++)
				print $1 ";" ($2 == "=" ? $1 : $2) > (out "/" substr(at[4], i, 1) "." $3 "." at[2] "." at[3])
		}'
}

# of_this_release FIELD FILE...: the samples that are for the installed release of iptables, by the field number FIELD
of_this_release() {
	awk -F';' -v field="$1" -v installed="$(pkg-config --modversion xtables)" '
		function number(version) { split(version, part, "."); return 10000 * part[1] + 100 * part[2] + part[3] }
		/^#/ || /^$/ { next }
		split($field, when, " ") == 2 && (number(installed) < number(when[2])) != (when[1] == "before") { next }
		{ print }' "${@:2}"
}

# of_rows: the samples in the rows of common/model/kinds_*.c, in the form of ext/*.t, apart from those that are not installed
of_rows() {
	local dir name rule4 rule6
	dir=$(pkg-config --variable=xtlibdir xtables)
	"$BUILD/tests/kinds" | while IFS=';' read -r name rule4 rule6; do
		compgen -G "$dir/lib*_$name.so" >/dev/null || continue
		[ "$rule6" != = ] || rule6=$rule4
		[ "$rule4" = - ] || printf '@ mangle FORWARD 4\n%s;-;OK\n' "$rule4"
		[ "$rule6" = - ] || printf '@ mangle FORWARD 6\n%s;-;OK\n' "$rule6"
	done
}

make_sets() {
	ipset create hosts hash:ip
	ipset create hosts6 hash:ip family inet6
	ipset create pairs hash:ip,port
}

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# read_group GROUP: sets family, table, chain and legacy, the name of iptables' programs without -restore and -save
read_group() {
	IFS=. read -r family _ table chain <<<"${1##*/}"
	legacy=iptables-legacy
	[ "$family" = 4 ] || legacy=ip6tables-legacy
}

# text_of_rules: wraps rules from standard input, one a line, into a text that restore reads
text_of_rules() {
	printf '*%s\n:user - [0:0]\n' "$table"
	sed "s/^/-A $chain /"
	printf 'COMMIT\n'
}

# text_of RULE: wraps one rule into a text that restore reads
text_of() {
	printf '*%s\n:user - [0:0]\n-A %s %s\nCOMMIT\n' "$table" "$chain" "$1"
}

rules() { cut -d';' -f1 "$1"; }

@test "every installed extension has samples" {
	"$BUILD/tests/kinds" | grep -v ';-;-$' | cut -d';' -f1 >"$tmp/rows"
	dir=$(pkg-config --variable=xtlibdir xtables)
	for path in "$dir"/lib{xt,ipt,ip6t}_*.so; do
		name=${path##*/lib*_}
		name=${name%.so}
		[ "$name" != standard ] || continue
		grep -qx "$name" "$tmp/rows" || [ -e "ext/match-$name.t" ] || [ -e "ext/target-$name.t" ] || { echo "none of $name"; false; }
	done
}

@test "fw-lint accepts every OK sample" {
	for group in "$samples"/*.OK.*; do
		read_group "$group"
		rules "$group" | text_of_rules >"$tmp/text"
		fw-lint -q -"$family" --checks=syntax "$tmp/text" 2>"$tmp/said" || { cat "$tmp/said"; false; }
	done
}

@test "fw-lint refuses every FAIL sample, all of them in one text" {
	for group in "$samples"/*.FAIL.*; do
		read_group "$group"
		rules "$group" | text_of_rules >"$tmp/text"
		run -1 --separate-stderr fw-lint -q --each --max=0 -"$family" --checks=syntax "$tmp/text"
		grep -oE '^[^ ]*:[0-9]+:[0-9]+: error' <<<"$stderr" | cut -d: -f2 | sort -nu >"$tmp/refused"
		seq 3 $(($(wc -l <"$group") + 2)) | diff - "$tmp/refused"
	done
}

@test "fw-lint gives a sample alone the same status: every 24th, with FW_FULL=1 each" {
	for group in "$samples"/*; do
		read_group "$group"
		wanted=0
		[[ $group != *.FAIL.* ]] || wanted=1
		while IFS= read -r rule; do
			text_of "$rule" >"$tmp/text"
			got=0
			fw-lint -q -"$family" --checks=syntax "$tmp/text" 2>/dev/null || got=$?
			[ $got -eq $wanted ] || { echo "status $got, IPv$family $table $chain: $rule"; false; }
		done < <(rules "$group" | awk -v step="${FW_FULL:-24}" 'step == 1 || NR % step == 1')
	done
}

@test "iptables-legacy-restore --test agrees: every OK sample, every 8th FAIL, with FW_FULL=1 each" {
	needs rules
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	for group in "$samples"/*; do
		read_group "$group"
		if [[ $group == *.OK.* ]]; then
			rules "$group" | text_of_rules >"$tmp/text"
			"$legacy-restore" --test "$tmp/text" >/dev/null 2>"$tmp/said" || { cat "$tmp/said"; false; }
			continue
		fi
		while IFS= read -r rule; do
			text_of "$rule" >"$tmp/text"
			! "$legacy-restore" --test "$tmp/text" >/dev/null 2>&1 || { echo "IPv$family accepts: $rule"; false; }
		done < <(rules "$group" | awk -v step="${FW_FULL:-8}" 'step == 1 || NR % step == 1')
	done
}

@test "iptables-legacy-save prints a loaded sample as the model prints it" {
	needs rules
	for group in "$samples"/*.OK.*; do
		read_group "$group"
		grep -v ';-$' "$group" >"$tmp/group" || continue
		rules "$tmp/group" | text_of_rules >"$tmp/text"
		cut -d';' -f2 "$tmp/group" | sed "s/^/-A $chain /; s/ \$//" >"$tmp/wanted"
		"$BUILD/tests/reprint" "$family" "$tmp/text" 2>/dev/null | sed -n "s/^\[[0-9:]*\] -A $chain/-A $chain/p" >"$tmp/printed"
		diff "$tmp/wanted" "$tmp/printed"
		"$legacy-restore" "$tmp/text" >/dev/null 2>"$tmp/said" || { cat "$tmp/said"; false; }
		"$legacy-save" -t "$table" | grep "^-A $chain" >"$tmp/saved"
		printf '*%s\nCOMMIT\n' "$table" | "$legacy-restore"
		diff "$tmp/wanted" "$tmp/saved"
	done
}

# each_text COMMAND...: the command accepts each text of several commands that is OK, and refuses each that is FAIL
each_text() {
	local text verdict got
	while IFS=';' read -r text verdict _; do
		sed 's/ | /\n/g' <<<"$text" >"$tmp/text"
		got=OK
		"$@" "$tmp/text" >/dev/null 2>&1 || got=FAIL
		[ "$got" = "$verdict" ] || { echo "wanted $verdict, got $got: $text"; return 1; }
	done < <(of_this_release 3 ext/commands/*.t)
}

@test "fw-lint accepts or refuses each text of several commands as its sample says" {
	each_text fw-lint -q -4 --checks=syntax
}

@test "iptables-legacy-restore --test agrees about texts of several commands" {
	needs rules
	each_text iptables-legacy-restore --test
}

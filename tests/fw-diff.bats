#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-diff; tests/unit/diff.c compares random rulesets and edits with the tracer.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	base >"$tmp/old"
}

base() {
	cat <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 203.0.113.5/32 -p tcp -m tcp --dport 8443 -j DNAT --to-destination 192.168.7.10:443
-A POSTROUTING -s 192.168.7.0/24 -o wan0 -j MASQUERADE
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:guard - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s 198.51.100.0/24 -j DROP
-A INPUT -j guard
-A INPUT -p tcp -m tcp --dport 22 -m limit --limit 3/min -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -j ACCEPT
-A INPUT -p tcp -j REJECT --reject-with tcp-reset
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -d 192.168.7.10/32 -p tcp -m tcp --dport 443 -j ACCEPT
-A guard -p tcp -m tcp --tcp-flags SYN,ACK,FIN,RST SYN -m connlimit --connlimit-above 20 -j DROP
-A guard -j RETURN
COMMIT
END
}

# edit SED...: writes the new rules
edit() { sed "$@" "$tmp/old" >"$tmp/new"; run ! cmp -s "$tmp/old" "$tmp/new"; }

compare() { run "-$1" --separate-stderr fw-diff -4 "${@:2}" "$tmp/old" "$tmp/new"; }

# verdict SIDE PACKET: prints what fw-trace says, as fw-diff says it
verdict() {
	fw-trace -j -R "$tmp/$1" "$2" | sed -n 's/.*"verdict":"\([A-Z]*\)","line":\([0-9]*\).*/\1 \2/p' |
		sed 's/ACCEPT/accepted/; s/DROP/dropped/; s/REJECT/rejected/'
}

# trace_witnesses: fw-trace gives each packet of the output the two fates that are printed, or something depends on an answer
trace_witnesses() {
	local line was='' now='' count=0
	while IFS= read -r line; do
		case $line in
		*'  was '*) was=${line#*was } ;;
		*'  now '*) now=${line#*now } ;;
		*'  if '* | *'  unless '*) was='' ;;
		*'  such as: '*)
			[ -n "$was" ] || continue
			told old "$was" "${line#*such as: }"
			told new "$now" "${line#*such as: }"
			count=$((count + 1))
			;;
		esac
	done <<<"$output"
	[ "$count" -ge "$1" ]
}

# told SIDE TEXT PACKET
told() {
	local got want=${2%% *} line=0
	[[ $2 != *" line "* ]] || { line=${2#* line }; line=${line%%[!0-9]*}; }
	got=$(verdict "$1" "$3")
	[ "$got" = "$want $line" ] || { echo "$1: $3: $got, not $want $line"; return 1; }
}

@test "the example of the manual page is what the program prints" {
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' '-A INPUT -i lo -j ACCEPT' '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT' \
		'-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -j ACCEPT' COMMIT >"$tmp/my.rules"
	sed 's/ -s 192.0.2.0.24//' "$tmp/my.rules" >"$tmp/new.rules"
	cd "$tmp"
	run -1 fw-diff -4 my.rules new.rules
	sed -n '/^\$ fw-diff/,/^\.Ed/{ /^\$/d; /^\./d; p; }' "$BATS_TEST_DIRNAME/../man/fw-diff.8" | diff - <(echo "$output")
}

# The first line of an edit names the rules that it changes.
@test "real edits: fw-diff says what data/fw-diff/*.ok says, in at most 15 lines" {
	local edit rules count=0
	for edit in data/fw-diff/*.sed; do
		rules=$(sed -n '1s/^# \([a-z0-9]*\.rules\):.*/\1/p' "$edit")
		sed -f "$edit" "data/fw-diff/$rules" >"$tmp/new"
		run ! cmp -s "data/fw-diff/$rules" "$tmp/new"
		run fw-diff "data/fw-diff/$rules" "$tmp/new"
		diff -u "${edit%.sed}.ok" - <<<"$output"$'\n'"status $status"
		[ "${#lines[@]}" -le 15 ]
		count=$((count + 1))
	done
	[ "$count" -ge 12 ]
}

@test "a block moved below two accepts: says who may connect now, and that a limit matters" {
	awk '/-s 198.51.100.0/ { keep = $0; next } { print } /--dports 80,443/ { print keep }' "$tmp/old" >"$tmp/new"
	compare 1
	[[ $output == *"> new line 17, moved from old line 14: -A INPUT -s 198.51.100.0/24 -j DROP"* ]]
	[[ $output == *"newly accepted: tcp to this host, port 22, 80, 443, from 198.51.100.0/24, in any but lo"* ]]
	[[ $output == *"was dropped by old line 14: "*"now accepted by new line 1"* ]]
	[ "${#lines[@]}" -le 15 ]
}

@test "a lost source address: from where a port is open now" {
	edit 's/ -s 192.0.2.0.24//'
	compare 1
	[[ $output == *"newly accepted: tcp to this host, port 5432, from any but 192.0.2.0/24, 198.51.100.0/24, in any but lo"* ]]
	trace_witnesses 1
}

@test "a mistyped mask of IPv6: the prefix and what was allowed in it before" {
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' '-A INPUT -s 2001:db8:5::/48 -p tcp --dport 5432 -j ACCEPT' COMMIT >"$tmp/old"
	edit 's,/48,/4,'
	run -1 fw-diff -6 "$tmp/old" "$tmp/new"
	[[ $output == *"IPv6, filter INPUT:"*"port 5432, from 2000::/4 but 2001:db8:5::/48"* ]]
	trace_witnesses 1
}

@test "another target of DNAT without its rule in FORWARD: newly refused, and what is translated otherwise" {
	sed -i '/^-A FORWARD -d/a -A FORWARD -s 192.168.7.0/24 -o wan0 -j ACCEPT' "$tmp/old"
	edit 's/192.168.7.10:443/192.168.7.11:443/'
	compare 1
	[[ $output == *"newly refused: tcp through this host, port 8443, to 203.0.113.5, out any but wan0, new"* ]]
	[[ $output == *"and: tcp through this host, port 8443, from any but 192.168.7.0/24, to 203.0.113.5, new"* ]]
	[[ $output == *"translated otherwise: tcp through this host, port 8443, from 192.168.7.0/24, to 203.0.113.5, out wan0"* ]]
	[[ $output == *"translated by old line 4: "*"translated by new line 4: "* && $output != *"line 5"* ]]
	trace_witnesses 2
	[ "${#lines[@]}" -le 15 ]
}

@test "the policy of a chain: what its rules leave over" {
	edit 's/:INPUT DROP/:INPUT ACCEPT/'
	compare 1
	[[ $output == *"- policy DROP"*"+ policy ACCEPT"*"newly accepted: any but tcp to this host, from any but 198.51.100.0/24"* ]]
	trace_witnesses 1
}

@test "the rule for established connections deleted: few lines" {
	edit '/-A INPUT.*ESTABLISHED/d'
	compare 1
	[[ $output == *"newly refused: "*"established"* ]]
	trace_witnesses 1
	[ "${#lines[@]}" -le 9 ]
}

@test "another kind of REJECT is a difference of its own" {
	edit 's/tcp-reset/icmp-port-unreachable/'
	compare 1
	[[ $output == *"refused as before, but in another way: tcp to this host"* && $output != *"newly"* ]]
	trace_witnesses 1
}

@test "a mark is followed from mangle to the rule that asks for it" {
	printf '%s\n' '*mangle' '-A PREROUTING -p tcp --dport 8000:8999 -j MARK --set-mark 7' COMMIT '*filter' ':INPUT DROP' \
		'-A INPUT -m mark --mark 7 -j ACCEPT' COMMIT >"$tmp/old"
	edit 's/8999/8099/'
	compare 1
	[[ $output == *"newly refused: tcp to this host, port 8100-8999"* ]]
	trace_witnesses 1
}

@test "packets that are not tracked miss the rules for states, but on lo" {
	printf '%s\n' '*raw' '-A PREROUTING -p udp --dport 53 -j ACCEPT' COMMIT '*filter' ':INPUT DROP' \
		'-A INPUT -m conntrack --ctstate NEW -j ACCEPT' COMMIT >"$tmp/old"
	edit 's/53 -j ACCEPT/53 -j CT --notrack/'
	compare 1
	[[ $output == *"newly refused: udp to this host, port 53, in any but lo, new"* ]]
	trace_witnesses 1
}

@test "a changed chain that is called from two places, and from one hook more: packets of all of them" {
	printf '%s\n' '*filter' ':INPUT DROP' ':FORWARD DROP' ':a -' ':b -' '-A INPUT -p tcp --dport 22 -j a' '-A INPUT -p tcp --dport 80 -j b' \
		'-A FORWARD -p udp --dport 53 -j b' '-A b -j a' '-A a -s 192.0.2.0/24 -j ACCEPT' COMMIT >"$tmp/old"
	edit 's,192.0.2.0/24,192.0.2.0/25,'
	compare 1
	[[ $output == *"tcp to this host, port 22, 80, from 192.0.2.128/25"* ]]
	[[ $output == *"udp through this host, port 53, from 192.0.2.128/25"* ]]
	trace_witnesses 1
}

@test "fault 3: a table that is gone: what it did; one that is missing accepts everything" {
	printf '%s\n' '*filter' ':INPUT ACCEPT' COMMIT '*mangle' ':INPUT ACCEPT' COMMIT >"$tmp/new"
	printf '%s\n' '*filter' ':INPUT ACCEPT' COMMIT >"$tmp/none"
	run -0 fw-diff -4 "$tmp/none" "$tmp/new"
	sed -i 's/^:INPUT ACCEPT/:INPUT DROP/' "$tmp/new"
	run -1 fw-diff -4 "$tmp/none" "$tmp/new"
	[[ $output == *"newly refused: anything to this host"* ]]
	sed '/^\*nat/,/^COMMIT/d' "$tmp/old" >"$tmp/new"
	compare 1
	[[ $output == *"IPv4, nat PREROUTING:"*"- old line 4: "* ]]
	trace_witnesses 1
}

@test "the same meaning: a chain renamed, rules split and reordered, comments" {
	edit 's/guard/limits/'
	compare 0
	[ "$output" = $'IPv4: chain guard of table filter is called limits now\nIPv4: same meaning' ]
	awk '/--dports 80,443/ { print "-A INPUT -p tcp --dport 443 -j ACCEPT"; print "-A INPUT -p tcp --dport 80 -j ACCEPT -m comment --comment web"; next }
		/-s 192.0.2.0/ { print "-A INPUT -s 192.0.2.128/25 -p tcp --dport 5432 -j ACCEPT"; print "-A INPUT -s 192.0.2.0/25 -p tcp --dport 5432 -j ACCEPT"; next }
		{ print }' "$tmp/old" >"$tmp/new"
	compare 0
	[ "$output" = "IPv4: same meaning" ]
	run -0 fw-diff -4 "$tmp/old" "$tmp/old"
	run -0 fw-diff -q -4 "$tmp/old" "$tmp/new"
	[ -z "$output" ]
}

@test "hundreds of chains renamed at once: those with the same rules are paired in order, one that was edited too is found" {
	{
		printf '%s\n' '*filter' ':INPUT DROP' ':FORWARD DROP'
		for chain in {1..700}; do echo ":net$chain -"; done
		for chain in {1..700}; do echo "-A FORWARD -d 10.0.$((chain / 250)).$((chain % 250)) -j net$chain"; done
		for chain in {1..700}; do
			printf -- "-A net$chain %s\n" "-s 172.16.0.$((chain % 50)) -j ACCEPT" "-s 172.17.0.$((chain % 50)) -j ACCEPT" '-j RETURN'
		done
		echo COMMIT
	} >"$tmp/old"
	edit 's/net/site/'
	compare 0
	[[ $output == *"IPv4: and 695 more chains have another name; see --all"*"IPv4: same meaning" && ${#lines[@]} -eq 7 ]]
	edit 's/net/site/; s,-A site77 -s 172.17.0.27,-A site77 -s 172.17.0.99,'
	compare 1
	[[ $output == *"newly accepted: anything through this host, from 172.17.0.99, to 10.0.0.77"* ]]
	[[ $output == *"newly refused: anything through this host, from 172.17.0.27, to 10.0.0.77"* ]]
	[ "${#lines[@]}" -le 20 ]
	compare 1 --all
	[[ $output == *"chain net700 of table filter is called site700 now"* ]]
}

@test "a limit: changed it is named and nothing else; moved past others or with a twin in front it is no difference of its own" {
	edit 's,3/min,10/min,'
	compare 1
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == "IPv4: a limit changed" && ${lines[2]} == *"new line 16: "*"10/min"* ]]
	awk '/limit 3/ { keep = $0; next } { print } /--dports 80,443/ { print keep }' "$tmp/old" >"$tmp/new"
	compare 0
	awk '/-A INPUT -p tcp -m tcp --dport 22/ { print "-A INPUT -p icmp -m limit --limit 3/min -j ACCEPT" } { print }' "$tmp/old" >"$tmp/new"
	compare 1
	[[ $output == *"newly accepted: icmp to this host"*"if new line 16 matches"* && $output != *"port 22"* ]]
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT' COMMIT >"$tmp/old"
	edit '3i -A INPUT -s 192.0.2.0/24 -m limit --limit 3/min -j DROP'
	compare 1
	[[ $output == *"newly refused: tcp to this host, port 22, from 192.0.2.0/24"*"was accepted by old line 3: "*"now dropped by new line 3: "* ]]
	[[ $output == *"if old line 3 matches and new line 3 matches"* && $output != *"newly accepted"* ]]
}

@test "one edit among thousands of rules: at most 15 lines, whatever the edit" {
	{
		printf '%s\n' '*filter' ':INPUT DROP' ':FORWARD DROP'
		for chain in {1..60}; do echo ":c$chain -"; done
		echo '-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT'
		for chain in {1..60}; do echo "-A FORWARD -i eth1.$chain -j c$chain"; done
		for rule in {1..3000}; do
			echo "-A c$((rule % 60 + 1)) -s 10.$((rule % 7)).$((rule / 16)).$((rule % 251))/32 -p tcp --dport $((rule % 40 + 1)) -j $( ((rule % 3)) && echo ACCEPT || echo DROP)"
		done
		echo COMMIT
	} >"$tmp/old"
	for edit in 500d 900s/32/8/ '1200s/ACCEPT/DROP/' '1201s/DROP/ACCEPT/' '1000i -A c3 -s 10.0.0.0/8 -j DROP' '1000i -A c3 -j ACCEPT' 70d 66d; do
		edit "$edit"
		run fw-diff -4 "$tmp/old" "$tmp/new"
		[ "$status" -le 1 ]
		[ "${#lines[@]}" -le 15 ]
		[ "$status" -eq 0 ] || trace_witnesses 1
	done
}

@test "fault 2: a family that only one text has accepts everything in the other; -4 and -6 choose" {
	printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]' '-A INPUT -p tcp -j ACCEPT' COMMIT >"$tmp/rules.v6"
	printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]' COMMIT >"$tmp/rules.v4"
	run -0 fw-diff "$tmp/rules.v4" "$tmp/rules.v6"
	[ "$(grep -c 'has no rules, which is to accept everything' <<<"$output")" -eq 2 ]
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' COMMIT >"$tmp/rules.v4"
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' COMMIT >"$tmp/both"
	run -1 fw-diff "$tmp/rules.v4" "$tmp/both"
	[[ $output == *"IPv4: same meaning"*"IPv6: "*"rules.v4 has no rules, which is to accept everything"*"IPv6, filter INPUT:"* ]]
	run -0 fw-diff -4 "$tmp/rules.v4" "$tmp/both"
	run -1 fw-diff - "$tmp/both" <<<$'# Generated by ip6tables-save v1.8.9\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT'
	[[ $output == *"IPv4: <stdin> has no rules"* ]]
}

# shellcheck disable=SC2030 # bats makes subshells of tests
@test "-s: one line for each family; --all: every packet is described" {
	edit 's/ -s 192.0.2.0.24//; s/192.168.7.10:443/192.168.7.11:443/'
	compare 1 -s
	[[ $output == "IPv4: packets newly accepted by 1 change; packets newly refused by 1 change; packets translated otherwise by 1 change" ]]
	compare 1 --all
	[[ $output != *"--all"* ]]
	trace_witnesses 3
}

# json: reads the output with Python, and runs the statements of its input; `regions` and `rest` have the objects
json() {
	# shellcheck disable=SC2031 # run sets it
	printf '%s\n' "$output" >"$tmp/json"
	python3 -c "import json, sys
objects = [json.loads(line) for line in open(sys.argv[1])]
regions, rest = objects[:-1], objects[-1]
assert rest['regions'] == len(regions)
for r in regions:
    assert set(r) >= {'family', 'class', 'fields', 'but', 'when', 'witness', 'certain', 'weight'}, r
    assert not r['certain'] or set(r) >= {'old', 'new'}, r
$(cat)" "$tmp/json"
}

@test "--json: every line is an object, also for the pairs of data/fw-diff; the witness is what fw-trace reads" {
	local edit rules option
	for edit in data/fw-diff/*.sed; do
		rules=data/fw-diff/$(sed -n '1s/^# \([a-z0-9]*\.rules\):.*/\1/p' "$edit")
		sed -f "$edit" "$rules" >"$tmp/new"
		for option in '' --all; do
			# shellcheck disable=SC2086 # no word if it is empty
			run fw-diff -j $option "$rules" "$tmp/new"
			[ "$status" -le 1 ]
			json <<<"assert rest['complete'] or '$option' == ''
for r in regions: print(r['witness'], r['old']['end'], r['new']['end'], r['when'] == [], sep='|')" >"$tmp/witnesses"
			while IFS='|' read -r packet was now sure; do
				[ "$sure" = True ] || continue
				[ "$(verdict_of "$rules" "$packet")" = "$was" ]
				[ "$(verdict_of "$tmp/new" "$packet")" = "$now" ]
			done <"$tmp/witnesses"
		done
	done
}

# verdict_of FILE PACKET
verdict_of() {
	fw-trace -j -R "$1" "$2" | sed -n 's/.*"verdict":"\([A-Z]*\)".*/\1/p' | sed 's/ACCEPT/accepted/; s/DROP/dropped/; s/REJECT/rejected/'
}

@test "--json: fields, conditions, deciders, limits, names and families" {
	awk '/-s 198.51.100.0/ { keep = $0; next } { print } /--dports 80,443/ { print keep }' "$tmp/old" >"$tmp/new"
	sed -i 's/guard/limits/; s,dport 5432 -j,dport 5432 -m comment --comment "it \\"is\\"" -j,' "$tmp/new"
	compare 1 -j
	json <<'END'
[r] = regions
assert r['family'] == 4 and r['class'] == 'newly accepted' and r['table'] == 'filter' and r['chain'] == 'INPUT', r
assert r['fields'] == {'proto': ['tcp'], 'dport': [[22, 22], [80, 80], [443, 443]], 'src': ['198.51.100.0/24'], 'in': {'not': ['lo']},
                       'state': ['new', 'invalid']}, r['fields']
assert r['old']['end'] == 'dropped' and r['old']['line'] == 14 and r['old']['rule'] == '-A INPUT -s 198.51.100.0/24 -j DROP'
assert r['new']['end'] == 'accepted' and r['new']['line'] in (15, 16) and r['new']['others'] == 1
assert all(c['is'] in (True, False) for c in r['when'])
assert r['weight'] == 41.6
assert rest == {'complete': True, 'regions': 1, 'limits': [], 'renamed': [['guard', 'limits']], 'absent': [], 'sets': []}, rest
END
	edit 's,3/min,10/min,'
	compare 1 -j
	json <<<"assert not regions and rest['complete'] and '3/min' in rest['limits'][0]['old']['rule'] and '10/min' in rest['limits'][0]['new']['rule']"
	edit 's/^-A INPUT -j guard/-A INPUT -p udp -m limit --limit 9\/sec -j ACCEPT\n&/'
	compare 1 -j
	json <<<"assert [c['match'] for c in regions[0]['when']] == ['limit --limit 9/sec'] and regions[0]['when'][0]['is']"
	printf '%s\n' '*filter' ':INPUT DROP [0:0]' COMMIT >"$tmp/rules.v4"
	run -1 fw-diff -j "$tmp/rules.v4" - <<<$'*filter\n:INPUT DROP [0:0]\nCOMMIT'
	json <<<"assert [r['family'] for r in regions] == [6] and rest['absent'] == [{'family': 6, 'side': 'old'}]"
	run -1 fw-diff -jq "$tmp/rules.v4" - <<<$'*filter\nCOMMIT'
	[ -z "$output" ]
}

@test "--json: what was not compared is not complete, and what cannot be read gives no object" {
	printf '%s\n' '*filter' ':a -' ':b -' '-A INPUT -j a' '-A a -j b' '-A b -j a' '-A INPUT -p tcp -j DROP' COMMIT >"$tmp/old"
	edit 's/-p tcp/-p udp/'
	compare 4 -j
	json <<<"assert not rest['complete']"
	run -3 --separate-stderr fw-diff -j "$tmp/old" "$tmp/none"
	[ -z "$output" ]
	run -2 fw-diff -js "$tmp/old" "$tmp/new"
}

@test "--text: canonical lines by chain, also comments and order; says where the meaning is the same" {
	edit 's/guard/limits/; s/dport 5432 -j ACCEPT/dport 5432 -j ACCEPT -m comment --comment db/; s/-A INPUT -p tcp -m multiport/-A INPUT -m multiport -p tcp/'
	compare 0 --text
	[ "$output" = 'IPv4, filter INPUT:
  - old line 18: -A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -j ACCEPT
  + new line 18: -A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -m comment --comment db -j ACCEPT
IPv4, filter limits:
  - chain guard
  + chain limits
IPv4: these differ in text only: same meaning' ]
	awk '/limit 3/ { keep = $0; next } { print } /--dports 80,443/ { print keep }' "$tmp/old" >"$tmp/new"
	compare 0 --text
	[[ $output == *"  > new line 17, moved from old line 16: -A INPUT -p tcp -m tcp --dport 22 "*"same meaning" ]]
	edit 's,3/min,120/min,; s/:INPUT DROP/:INPUT ACCEPT/; /-A FORWARD -d/d; s/^-A guard -j RETURN/&\n-A guard -j DROP/'
	compare 1 --text
	[ "$output" = 'IPv4, filter INPUT:
  - policy DROP
  + policy ACCEPT
  - old line 16: -A INPUT -p tcp -m tcp --dport 22 -m limit --limit 3/min -j ACCEPT
  + new line 16: -A INPUT -p tcp -m tcp --dport 22 -m limit --limit 2/sec -j ACCEPT
IPv4, filter FORWARD:
  - old line 21: -A FORWARD -d 192.168.7.10/32 -p tcp -m tcp --dport 443 -j ACCEPT
IPv4, filter guard:
  + new line 23: -A guard -j DROP' ]
	sed 's/^-A/[3:4] -A/' "$tmp/old" >"$tmp/new"
	compare 0 --text
	[ "$output" = "IPv4: same text" ]
	sed '/^\*nat/,/^COMMIT/d' "$tmp/old" >"$tmp/new"
	compare 1 --text
	[[ $output == "IPv4, nat PREROUTING:"*"  - old line 4: "*"IPv4, nat POSTROUTING:"*"  - old line 5: "* ]]
	run -2 fw-diff --text --json "$tmp/old" "$tmp/new"
}

@test "--text: a rule that changes more than its packet is undecided, and never the same" {
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -j TEE --gateway 192.0.2.1' COMMIT >"$tmp/old"
	printf '%s\n' '*filter' ':INPUT DROP' COMMIT >"$tmp/new"
	compare 4 --text
	[[ $output == *"- old line 3: -A INPUT -j TEE --gateway 192.0.2.1"*"it is undecided whether packets fare alike" ]]
}

# The faults of a comparison, each with what must come of it.

@test "fault 1: a text that is empty, cut off or cannot be read is status 3, named, and never a difference" {
	cp "$tmp/old" "$tmp/new"
	fw-gen - <<<$'zone lan dev eth0\nallow ssh from lan' >"$tmp/sealed" 2>/dev/null || fw-gen ../rulesets/web.conf >"$tmp/sealed"
	head -n 12 "$tmp/sealed" >"$tmp/bad"
	run -3 --separate-stderr fw-diff "$tmp/bad" "$tmp/sealed"
	# shellcheck disable=SC2154 # set by run
	[[ -z $output && $stderr == *"$tmp/bad"* ]]
	for text in '' '*filter' $'*filter\n-A INPUT -j NOPE\nCOMMIT'; do
		printf '%s\n' "$text" >"$tmp/bad"
		run -3 --separate-stderr fw-diff -4 "$tmp/old" "$tmp/bad"
		# shellcheck disable=SC2154 # set by run
		[[ -z $output && $stderr == *"$tmp/bad"* ]]
		run -3 fw-diff -4 "$tmp/bad" "$tmp/old"
	done
	run -3 fw-diff -4 "$tmp/old" "$tmp/none"
	run -3 fw-diff -4 --state="$tmp" "$tmp/old" good
	[[ $output == *"there is no generation good in $tmp"* ]]
	# shellcheck disable=SC2016 # it is the inner shell's
	run -3 sh -c 'fw-diff -4 "$1" "$1" >/dev/full' - "$tmp/old"
}

@test "wrong use is status 2" {
	run -2 fw-diff "$tmp/old"
	run -2 fw-diff - -
	run -2 fw-diff "$tmp/old" "$tmp/old" "$tmp/old"
	run -2 fw-diff --backend=none "$tmp/old" "$tmp/old"
}

@test "fault 4: chains that call each other, or too often to follow, leave it undecided: status 4" {
	printf '%s\n' '*filter' ':a -' ':b -' '-A INPUT -j a' '-A a -j b' '-A b -j a' '-A INPUT -p tcp -j DROP' COMMIT >"$tmp/old"
	edit 's/-p tcp/-p udp/'
	compare 4
	[[ $output == *"undecided"* ]]
	{
		printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]'
		for chain in {0..40}; do echo ":c$chain - [0:0]"; done
		echo '-A INPUT -j c0'
		for chain in {0..39}; do printf '%s\n' "-A c$chain -j c$((chain + 1))" "-A c$chain -p tcp -j c$((chain + 1))"; done
		printf '%s\n' '-A c40 -p tcp --dport 22 -j DROP' COMMIT
	} >"$tmp/old"
	edit 's/--dport 22/--dport 23/'
	run timeout 300 fw-diff -4 "$tmp/old" "$tmp/new"
	[ "$status" = 1 ] || [ "$status" = 4 ]
	[[ $output != *"same meaning"* ]]
}

@test "fault 5: without memory it is status 3 or the right answer, and never the same" {
	edit 's/ -s 192.0.2.0.24//'
	for kilobytes in {7000..11000..250} 16000 32000 128000; do # 127: the program cannot even start
		run bash -c "ulimit -v $kilobytes; fw-diff -4 \"\$@\"; s=\$?; exit \$((s == 127 ? 3 : s))" - "$tmp/old" "$tmp/new"
		case $status in
		1) [[ $output == *"newly accepted: tcp to this host, port 5432"* ]] ;;
		3 | 4) [[ $output != *"same meaning"* && $output != *"newly"* ]] ;;
		*) false ;;
		esac
	done
	[ "$status" -eq 1 ]
}

@test "fault 6: more unknown matches than a box can hold: the rule may match, and is named" {
	local many
	many=$(printf -- '-m set --match-set %s src ' a b c d e f g h i)
	printf '%s\n' '*filter' ':INPUT DROP' "-A INPUT -p tcp $many-j ACCEPT" COMMIT >"$tmp/old"
	edit 's/-p tcp/-p udp/'
	compare 1
	[[ $output == *"newly accepted: udp to this host"*"newly refused: tcp to this host"* && $output == *"if "* ]]
	cp "$tmp/old" "$tmp/new"
	compare 0
}

@test "fault 7: other members of a set that both texts declare are a difference; against the rules in force it is said that names are compared" {
	printf '%s\n' '#@ set blocked hash:net inet' '#@ member 192.0.2.0/24' '#@ member 198.51.100.7' '*filter' ':INPUT ACCEPT' \
		'-A INPUT -m set --match-set blocked src -j DROP' COMMIT >"$tmp/old"
	edit 's,192.0.2.0/24,192.0.2.0/25,'
	compare 1
	[[ $output == $'set blocked: other members\n  - 192.0.2.0/24\n  + 192.0.2.0/25\n'*"same meaning"* ]]
	compare 1 -j
	json <<<"assert not regions and rest['sets'] == [{'name': 'blocked', 'added': ['192.0.2.0/25'], 'removed': ['192.0.2.0/24']}], rest"
	awk '/member 192/ { keep = $0; next } { print } /member 198/ { print keep }' "$tmp/old" >"$tmp/new"
	compare 0
	edit 's/^#@ set /#@ set-open /; /^#@ member/d'
	compare 0
	needs rules
	ipset create blocked hash:net
	grep -v '^#@' "$tmp/old" | iptables-restore
	run -0 fw-diff -4 "$tmp/old" live
	[[ $output == *"sets are compared by name: what they contain in force is not read"* ]]
	iptables -F INPUT
	ipset destroy blocked
}

@test "fault 8: names of hosts are refused; interfaces that are not here are only names" {
	edit 's,-s 192.0.2.0/24,-s db.example.org,'
	run -3 --separate-stderr fw-diff -4 "$tmp/old" "$tmp/new"
	[[ $stderr == *"$tmp/new:18:"*"db.example.org"* && -z $output ]]
	edit 's/-o wan0/-o nosuch7/'
	compare 1
	[[ $output == *"out nosuch7"* ]]
}

@test "fault 9: a packet has no mark when it arrives, as the manual says" {
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -m mark --mark 7 -j ACCEPT' COMMIT >"$tmp/old"
	edit 's/--mark 7/--mark 8/'
	compare 0
	edit 's/--mark 7/--mark 0/'
	compare 1
	grep -q '^Packets arrive without a mark' ../man/fw-diff.8
}

@test "fault 10: rules in force that change while they are read are read again, and it fails if that does not end" {
	needs rules
	mkdir "$tmp/bin"
	iptables-nft -t filter -P INPUT ACCEPT
	for limit in 3 1000; do
		# Another program commits while iptables-nft-save runs, until it did so often enough.
		cat >"$tmp/bin/iptables-nft-save" <<-END
			#!/bin/sh
			"$(command -v iptables-nft-save)" "\$@"
			status=\$?
			echo x >>"$tmp/count"
			[ "\$(wc -l <"$tmp/count")" -ge $limit ] || "$(command -v iptables-nft)" -t filter -A INPUT -p tcp --dport 1 -j ACCEPT
			exit \$status
		END
		chmod +x "$tmp/bin/iptables-nft-save"
		rm -f "$tmp/count"
		PATH=$tmp/bin:$PATH run --separate-stderr fw-diff -4 --backend=nft live "$tmp/old"
		if [ "$limit" -eq 3 ]; then
			[ "$status" -eq 1 ]
		else
			[ "$status" -eq 3 ]
			[[ -z $output && $stderr == *"changed during each of"* ]]
		fi
	done
	iptables-nft -t filter -F INPUT
}

@test "another target or match that nobody knows is named where a difference hangs on it" {
	edit 's/^-A INPUT -j guard/-A INPUT -p udp -m u32 --u32 0=1 -j ACCEPT\n&/'
	compare 1
	[[ $output == *"newly accepted: udp to this host"*"if "*"new line 15"* ]]
}

@test "kept loads and the rules in force can be compared" {
	needs rules
	grep -v connlimit "$tmp/old" >"$tmp/first"
	sed 's/ -s 192.0.2.0.24//' "$tmp/first" >"$tmp/second"
	run -0 fw-load -4 -s "$tmp/state" "$tmp/first"
	run -0 fw-load -4 -s "$tmp/state" "$tmp/second"
	run -1 fw-diff -4 --state="$tmp/state" previous good
	[[ $output == *"newly accepted: tcp to this host, port 5432"* ]]
	run -0 fw-diff -4 --state="$tmp/state" good live
	run -0 fw-diff -4 --state="$tmp/state" live "$tmp/second"
	run -1 fw-diff -4 --state="$tmp/state" 1 live
}

@test "the kernel treats witnesses as fw-diff says, and packets near them as before: both families, forwarded and translated" {
	needs packets
	for family in 4 6; do
		unshare -m -n ../scripts/netns-run python3 prove/diff_kernel.py --diff "$BUILD/fw-diff" --pairs 12 --want 5 --seed 1000 --family $family
	done
}

@test "the options of helper and connlabel, which libxtables does not count, are compared" {
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -m helper --helper ftp -j ACCEPT' COMMIT >"$tmp/old"
	edit 's/ftp/sip/'
	run fw-diff "$tmp/old" "$tmp/new"
	[ "$status" = 1 ] || [ "$status" = 4 ]
	[[ $output != *"same meaning"* ]]
}

@test "a changed rule that acts on more than its packet is undecided, not the same" {
	for rule in '-A INPUT -p tcp --dport 7000 -m recent --name k --set' '-A INPUT -j TEE --gateway 192.0.2.1'; do
		printf '%s\n' '*filter' ':INPUT DROP' "$rule" COMMIT >"$tmp/old"
		printf '%s\n' '*filter' ':INPUT DROP' COMMIT >"$tmp/new"
		run -4 fw-diff -4 "$tmp/old" "$tmp/new"
		[[ $output == *"acts on more than the packet"* && $output != *"same meaning"* ]]
	done
	printf '%s\n' '*raw' '-A PREROUTING -p tcp --dport 21 -j CT --helper ftp' COMMIT >"$tmp/old"
	printf '%s\n' '*raw' COMMIT >"$tmp/new"
	run -4 fw-diff "$tmp/old" "$tmp/new"
}

@test "-4 does not take a file of IPv6 for one of IPv4" {
	printf '%s\n' '*filter' ':INPUT DROP' COMMIT >"$tmp/rules.v4"
	cp "$tmp/rules.v4" "$tmp/rules.v6"
	run -1 fw-diff -4 "$tmp/rules.v4" "$tmp/rules.v6"
	[[ $output == *"has no rules, which is to accept everything"* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The entries of the table: --top, --list, filters, samples. All are compared with what conntrack(8) prints, counted by awk.

bats_require_minimum_version 1.5.0
load lib/needs

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/same-list.bash"

setup_file() {
	has netlink || return 0
	export PATH=$BUILD:$BUILD/tests:$PATH
	echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct
	ctfill 20000 >"$BATS_FILE_TMPDIR/made"
	quiet conntrack -I -p udp -s fd00:1::1 -d fd00:1::2 --sport 1000 --dport 53 -t 36000 -u SEEN_REPLY -w 7
	quiet conntrack -I -p tcp -s 10.9.0.1 -d 10.9.0.2 --sport 1000 --dport 80 -t 36000 --state ESTABLISHED -u SEEN_REPLY,ASSURED -w 9 -m 4294967295
	quiet conntrack -I -p gre -s 10.9.0.1 -d 10.9.0.2 --srckey 5 --dstkey 6 -t 36000
	quiet conntrack -I -p 50 -s 10.9.0.1 -d 10.9.0.2 -t 36000
	quiet conntrack -I -p udplite -s 10.9.0.1 -d 10.9.0.2 --sport 7 --dport 8 -t 36000
	quiet conntrack -I -p tcp -s 10.9.0.1 -d 10.9.0.2 --sport 1001 --dport 80 -t 36000 --state SYN_SENT --src-nat 192.0.2.1
	quiet conntrack -I -p tcp -s 10.9.0.1 -d 10.9.0.3 --sport 1001 --dport 80 -t 36000 --state SYN_SENT --dst-nat 192.0.2.1
	iptables -t raw -A OUTPUT -o lo -p tcp --dport 21 -j CT --helper ftp
	iptables -A OUTPUT -m conntrack --ctstate NEW
	for state in established fin_wait close_wait last_ack time_wait close; do
		echo 36000 >/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_$state
	done
	serve tcp:21 >"$BATS_FILE_TMPDIR/serve" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/serve.pid"
	wait_for grep -q ready "$BATS_FILE_TMPDIR/serve"
	sleep 3600 3<>/dev/tcp/127.0.0.1/21 >/dev/null 2>&1 & # a connection that stays open, tracked with a helper
	echo $! >>"$BATS_FILE_TMPDIR/serve.pid"
	wait_for tracked_helper
}

# The server closes its side at once; no packet comes after the answer to that, and the entry stays as it is.
tracked_helper() { conntrack -L 2>/dev/null | grep -q 'CLOSE_WAIT .*helper=ftp'; }

teardown_file() {
	in_netns || return 0
	xargs kill <"$BATS_FILE_TMPDIR/serve.pid" || true
}

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
}

quiet() { "$@" >/dev/null 2>&1; }

# truth KEY <LISTING: counts the extended lines of conntrack by a key, as sorted lines "value<TAB>count"
truth() {
	awk -v key="$1" '
	{
		delete f; state = "none"; status = "REPLIED"; assured = 0; unreplied = 0; n = 0
		for (i = 5; i <= NF; i++) {
			if ($i == "[ASSURED]") assured = 1
			else if ($i == "[UNREPLIED]") unreplied = 1
			else if (split($i, kv, "=") == 2) { if (kv[1] in f) kv[1] = "r" kv[1]; f[kv[1]] = kv[2] }
			else if (i == 6) state = $i
		}
		v["proto"] = $3 == "unknown" ? $4 : $3
		v["family"] = $1; v["state"] = state
		v["status"] = unreplied ? (assured ? "UNREPLIED,ASSURED" : "UNREPLIED") : assured ? "ASSURED" : "REPLIED"
		v["src"] = f["src"]; v["dst"] = f["dst"]
		v["sport"] = "sport" in f ? f["sport"] : "none"
		v["dport"] = "dport" in f ? f["dport"] : "none"
		v["zone"] = "zone" in f ? f["zone"] : 0
		v["mark"] = f["mark"]
		v["helper"] = "helper" in f ? f["helper"] : "none"
		snat = f["src"] != f["rdst"] || f["sport"] != f["rdport"] && "sport" in f
		dnat = f["dst"] != f["rsrc"] || f["dport"] != f["rsport"] && "sport" in f
		v["nat"] = snat && dnat ? "SNAT,DNAT" : snat ? "SNAT" : dnat ? "DNAT" : "none"
		split(f["src"], a, "."); v["src/24"] = $1 == "ipv4" ? a[1] "." a[2] "." a[3] ".0/24" : "v6"
		count[v[key]]++
	}
	END { for (x in count) print x "\t" count[x] }' | sort
}

# counted KEY [OPTION...]: the same counts, by ct-stat
counted() {
	local key=$1
	shift
	ct-stat --top "$key" -n 0 --json "$@" | jq -r ".top[\"$key\"][] | \"\(.value)\t\(.flows)\"" | sort
}

@test "each count of --top equals that in the listing of conntrack" {
	needs netlink
	conntrack -L -o extended 2>/dev/null >"$tmp/list"
	for key in proto state src dst sport dport zone mark family nat status helper; do
		truth "$key" <"$tmp/list" >"$tmp/truth"
		counted "$key" >"$tmp/counted"
		diff -u "$tmp/truth" "$tmp/counted"
	done
	grep -q ftp <(counted helper)
	grep -q SNAT <(counted nat)
}

@test "--top and --json count the entries that ctfill made" {
	needs netlink
	ct-stat --top proto,status,mark -n 0 --json -s 10.0.0.0/12 >"$tmp/v4"
	[ "$(jq .family.ipv4 "$BATS_FILE_TMPDIR/made")" = "$(jq .flows "$tmp/v4" | awk '{ print $1 - 6 }')" ]
	[ "$(jq .count <(ct-stat --json))" = "$(conntrack -C)" ]
}

@test "--top master counts entries by the service of the connection that expected them" {
	needs netlink
	ip netns add family
	ip netns exec family ctfill -m 100 300 >"$tmp/made"
	ip netns exec family conntrack -L 2>/dev/null >"$tmp/list"
	# connection 0: from the first source and the first port
	service=$(awk '/ src=10[.]0[.]0[.]0 .* sport=1024 / { match($0, /dport=[0-9]+/); print $1 "/" substr($0, RSTART + 6, RLENGTH - 6) }' "$tmp/list")
	[ "$(jq .children "$tmp/made")" -gt 50 ]
	ct-stat --netns family --top master -n 0 --json >"$tmp/j"
	[ "$(jq -r --arg s "$service" '.top.master[] | select(.value == $s) | .flows' "$tmp/j")" -eq "$(jq .children "$tmp/made")" ]
	[ "$(jq -r '[.top.master[].flows] | add' "$tmp/j")" -eq 300 ]
	ip netns delete family
}

@test "--top src/24 counts networks" {
	needs netlink
	conntrack -L -o extended 2>/dev/null | truth src/24 | grep -v v6 >"$tmp/truth"
	counted src/24 -4 >"$tmp/counted"
	diff -u "$tmp/truth" "$tmp/counted"
	[ "$(ct-stat --top src/0 -4 --json | jq -r '.top["src/0"][0].value')" = 0.0.0.0/0 ]
	[ "$(ct-stat --top src/32/16 -6 --json | jq -r '.top["src/32/16"][0].value')" = fd00::/16 ]
}

@test "--list prints the lines of conntrack -L, in the same order, for each filter" {
	needs netlink
	same_list --
	same_list -o extended -- -o extended
	same_list -o extended,id -- -o extended,id
	same_list -p udp -- -p udp
	same_list -p tcp --state TIME_WAIT -- -p tcp --state TIME_WAIT
	same_list -p tcp --state TIME_WAIT -- --tcp-state time_wait
	same_list --src-nat -- --status src_nat
	same_list --dst-nat -- --status DST_NAT
	same_list -u SEEN_REPLY,ASSURED -- --status seen_reply,assured
	same_list -f ipv6 -- -6
	same_list -f ipv4 -p tcp --dport 443 -- -4 -p tcp --dport 443
	same_list -p udp --sport 1025 -- -p udp --sport 1025
	same_list -s 10.0.0.0 -- -s 10.0.0.0
	same_list -s 10.0.1.0/24 -- -s 10.0.1.0/24
	same_list -d 203.0.113.3 -- --dst 203.0.113.3
	same_list -f ipv6 -s fd00:: -- -s fd00::
	same_list --mark 3 -- --mark 3
	same_list --mark 0x1/0x5 -- -m 0x1/0x5
	same_list --zone 9 -- --zone 9
	same_list -u ASSURED -- --assured
	same_list -p icmp -- -p icmp
	same_list -p gre -- -p gre
	same_list -p 50 -- -p 50
}

@test "--expect prints the lines of conntrack -L expect" {
	needs netlink
	ip netns add expect
	ip -n expect link set lo up
	for iptables in iptables ip6tables; do
		ip netns exec expect $iptables -t raw -A OUTPUT -p tcp --dport 21 -j CT --helper ftp
		ip netns exec expect $iptables -A OUTPUT -m conntrack --ctstate NEW
	done
	ct-stat --netns expect --expect >"$tmp/none"
	[ ! -s "$tmp/none" ]
	# Connections that stay open. The helper looks at lines after the first.
	ip netns exec expect python3 -c '
import socket, time
held = []
for family, address, line in (socket.AF_INET, "127.0.0.1", b"PORT 127,0,0,1,100,10"), (socket.AF_INET6, "::1", b"EPRT |2|::1|5001|"):
    server = socket.create_server((address, 21), family=family)
    client = socket.create_connection((address, 21))
    peer = server.accept()[0]
    for text in b"USER someone", line:
        client.sendall(text + b"\r\n")
        peer.recv(100)
    held += [server, client, peer]
time.sleep(600)' 3>&- &
	expected() { [ "$(ct-stat --netns expect --expect | wc -l)" -eq 2 ]; }
	wait_for expected
	for family in 4 6; do
		same() { # the timeout runs down between the two
			ip netns exec expect conntrack -L expect -f ipv$family 2>/dev/null >"$tmp/theirs"
			ct-stat --netns expect --expect -$family | diff "$tmp/theirs" -
		}
		wait_for same
		[ "$(wc -l <"$tmp/theirs")" -eq 1 ]
	done
	ct-stat --netns expect --expect --json >"$tmp/json"
	jq -e -s 'map(select(.family == "ipv6"))[0] | .proto == "tcp" and .src == "::1" and .dport == 5001 and .mask.dport == 65535 and
		.master.dport == 21 and .helper == "ftp" and .flags == [] and .timeout > 0' "$tmp/json"
	run -2 --separate-stderr ct-stat --expect -s 10.0.0.1
	[[ $stderr == *"--src is only valid with --top, --list, --events and --watch"* ]]
	run -2 --separate-stderr ct-stat --expect --list
	run -3 bash -c 'ct-stat --netns expect --expect >/dev/full'
	ip netns pids expect | xargs kill
	ip netns delete expect
}

@test "prints timestamps and counters of real traffic like conntrack" {
	needs netlink
	ip netns add stamps
	ip -n stamps link set lo up
	ip netns exec stamps bash -euc '
		echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct
		echo 1 >/proc/sys/net/netfilter/nf_conntrack_timestamp
		echo 3600 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
		iptables -A OUTPUT -m conntrack --ctstate NEW
		echo question >/dev/udp/127.0.0.1/9'
	both() { # the two listings, which are equal if they were made in the same second
		ip netns exec stamps conntrack -L 2>/dev/null >"$tmp/theirs"
		ct-stat --netns stamps --list >"$tmp/ours"
		cmp -s "$tmp/theirs" "$tmp/ours"
	}
	wait_for both
	grep -q 'packets=1 .*delta-time=' "$tmp/ours"
	[ "$(ct-stat --netns stamps --top proto --by packets --json | jq '.top.proto[0].packets')" -eq 1 ]
}

@test "a filter counts the entries that match it in the whole listing" {
	needs netlink
	ct-stat --list -o extended >"$tmp/all"
	[ "$(ct-stat --top proto --json -p udp | jq .flows)" -eq "$(awk '$3 == "udp"' "$tmp/all" | wc -l)" ]
	[ "$(ct-stat --top proto --json --unreplied | jq .flows)" -eq "$(grep -c UNREPLIED "$tmp/all")" ]
	[ "$(ct-stat --top proto --json --assured | jq .flows)" -eq "$(grep -c ASSURED "$tmp/all")" ]
	[ "$(ct-stat --top proto --json --dport 443 | jq .flows)" -eq "$(grep -c '^[^[]* dport=443 ' "$tmp/all")" ]
	[ "$(ct-stat --top proto --json --zone 0 | jq .flows)" -eq "$(grep -vc ' zone=' "$tmp/all")" ]
	[ "$(ct-stat --top proto --json -6 -p tcp --state SYN_SENT | jq .flows)" -eq "$(awk '$1 == "ipv6" && $6 == "SYN_SENT"' "$tmp/all" | wc -l)" ]
	[ "$(ct-stat --top proto --json -d 10.9.0.0/30 | jq .flows)" -eq "$(grep -c '^[^[]*dst=10\.9\.0\.[0-3] .*' "$tmp/all")" ]
}

@test "--zone finds the entries that have the zone in the original direction, as --top counts them" {
	needs netlink
	ip netns add zones
	n=0
	in_zones() { ip netns exec zones "$@"; }
	for family in 192.0.2. 2001:db8::; do
		for way in '-w 110' '--orig-zone 110' '--reply-zone 110' '--orig-zone 7' ''; do
			n=$((n + 1))
			# shellcheck disable=SC2086
			quiet in_zones conntrack -I -p udp -s "$family$n" -d "${family}99" --sport $n --dport 53 -t 3600 $way
		done
	done
	[ "$(in_zones conntrack -C)" -eq 10 ]
	for zone in 0 7 110; do
		counted=$(ct-stat --netns zones --top zone --json | jq ".top.zone[] | select(.value == \"$zone\") | .flows")
		[ "$(ct-stat --netns zones --list --zone $zone | wc -l)" -eq "$counted" ]
		[ "$(ct-stat --netns zones --top proto --zone $zone --json | jq .flows)" -eq "$counted" ]
	done
	[ "$(ct-stat --netns zones --list --zone 110 | wc -l)" -eq 4 ]
	[ "$(ct-stat --netns zones --list --zone 110 -6 | wc -l)" -eq 2 ]
	ip netns delete zones
}

@test "-n and --min limit the rows, and (others) counts the rest" {
	needs netlink
	run -0 ct-stat --top src -n 3
	[ "${#lines[@]}" -eq 5 ]
	[[ ${lines[4]} == "(others:"* ]]
	[ "$(awk 'NR > 1 { n += $2 } END { print n }' <<<"$output")" -eq "$(conntrack -C)" ]
	[ "$(ct-stat --top src -n 0 --min 100 --json | jq '.top.src | length')" -eq 1 ]
}

@test "--top --tsv prints a line for each value" {
	needs netlink
	run -0 ct-stat --top proto,src/24 --tsv --by packets -n 2
	[ "${lines[0]}" = $'key\tvalue\tflows\tpackets\tbytes\tpercent' ]
	[ "${#lines[@]}" -eq 5 ]
	[ "$(cut -f 1,2,3 <<<"${lines[1]}")" = "$(ct-stat --top proto --by packets --json | jq -r '.top.proto[0] | "proto\t\(.value)\t\(.flows)"')" ]
	run -0 ct-stat --top proto --tsv --no-header --sample 500
	[ "$(awk -F'\t' '{ print NF }' <<<"$output" | sort -u)" = 5 ]
}

@test "--list --json prints one object per line" {
	needs netlink
	ct-stat --list --json >"$tmp/json"
	[ "$(jq -s length "$tmp/json")" -eq "$(conntrack -C)" ]
	[ "$(jq -r 'select(.zone == 7) | .src' "$tmp/json")" = fd00:1::1 ]
	[ "$(jq -r 'select(.mark == 4294967295) | .state' "$tmp/json")" = ESTABLISHED ]
	[ "$(jq -r 'select(.helper == "ftp") | .dport' "$tmp/json")" = 21 ]
}

@test "--by bytes counts traffic, and fails if no entry has counters" {
	needs netlink
	run -0 ct-stat --top proto --by bytes
	[[ ${lines[0]} == *bytes* ]]
	ip netns add plain
	ip netns exec plain ctfill 100 >/dev/null
	run -3 --separate-stderr ct-stat --netns plain --top proto --by bytes
	[ -z "$output" ]
	[[ $stderr == *nf_conntrack_acct* ]]
}

@test "--sample states its error, and keeps within it in 20 namespaces" {
	needs netlink
	local within=0 all=0 exact sample good count
	for i in $(seq 20); do
		ip netns add "s$i"
		ip netns exec "s$i" ctfill 8000 >/dev/null
		exact=$(ct-stat --netns "s$i" --top proto,state --json)
		sample=$(ct-stat --netns "s$i" --top proto,state --sample 1000 --json)
		read -r good count < <(jq -nr --argjson exact "$exact" --argjson sample "$sample" '
			[$exact.top.proto[], $exact.top.state[]] as $true |
			[($sample.top.proto[], $sample.top.state[]) | . as $told |
				($true | map(select(.value == $told.value))[0].percent) |
				. >= $told.percent - $told.error and . <= $told.percent + $told.error] |
			"\(map(select(.)) | length) \(length)"')
		within=$((within + good)) all=$((all + count))
		ip netns delete "s$i"
	done
	echo "$within of $all"
	[ "$all" -ge 180 ]
	# 95 in 100 are promised. The sample is random, and the ten values of a namespace miss together: 80 in 100 is
	# seven standard deviations away, and a bound of half the right width would contain 68.
	[ "$within" -ge $((all * 80 / 100)) ]
	[ "$within" -lt "$all" ]              # a bound that always holds is too wide
}

@test "--sample of the whole table is exact" {
	needs netlink
	run -0 ct-stat --top proto --sample 1000000 --json
	[ "$(jq .sample <<<"$output")" = null ]
	[ "$(jq .flows <<<"$output")" -eq "$(conntrack -C)" ]
}

@test "counts an entry that stays once, while the table changes" {
	needs netlink
	ip netns add churn
	ip netns exec churn ctfill 20000 >/dev/null
	ip netns exec churn ctfill -t 1 -f 20000 60000 >/dev/null &
	for _ in $(seq 15); do
		ct-stat --netns churn --top timeout --json >"$tmp/j"
		# the kernel starts a bucket again if the entry at which it stopped is gone, so it sends a few entries twice
		jq -e '[.top.timeout[] | select(.value == "<1d") | .flows] | add | . >= 20000 and . <= 20020' "$tmp/j"
		jq -e '.flows <= 80000 and .count_after >= 20000' "$tmp/j"
	done
	wait $!
}

@test "rejects invalid keys, filters and combinations" {
	run -2 ct-stat --top proto,nonsense
	run -2 ct-stat --top src/33
	run -2 ct-stat --list -s 10.0.0.1 -6
	run -2 ct-stat --list -s 10.0.0.1/33
	run -2 ct-stat --list --state NOSUCH
	run -2 ct-stat -p udp
	run -2 ct-stat --list --top proto
	run -3 ct-stat --list --warn 80
}

@test "lost output is an error" {
	needs netlink
	run -3 bash -c 'ct-stat --list >/dev/full'
	run -3 bash -c 'ct-stat --top proto >/dev/full'
	run -3 bash -c 'ct-stat --json >/dev/full'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Each filter of conntrack(8) beside its equal of ct-stat, on a table with NAT, zones, labels, IPv6 and seven protocols.

bats_require_minimum_version 1.5.0
load lib/needs

. "$BATS_TEST_DIRNAME/lib/same-list.bash"

# entries: prints the options of conntrack that make more than 300 entries
entries() {
	local i port state
	for i in {1..20}; do
		port=80
		for state in SYN_SENT ESTABLISHED TIME_WAIT; do
			echo "-I -p tcp -s 10.0.$i.1 -d 10.1.0.$((i % 7 + 1)) --sport $((1000 + i)) --dport $((port++)) --state $state -u $([ $state = SYN_SENT ] && echo UNSET || echo SEEN_REPLY,ASSURED) -m $i"
		done
		echo "-I -p udp -s 10.0.$i.1 -d 10.1.0.9 --sport $((2000 + i)) --dport 53 -u $([ $((i % 2)) = 0 ] && echo SEEN_REPLY || echo SEEN_REPLY,FIXED_TIMEOUT)"
		echo "-I -p tcp -s 10.0.$i.2 -d 10.1.0.3 --sport $((3000 + i)) --dport 80 --state SYN_SENT --src-nat 192.0.2.$((i % 3 + 1))"
		echo "-I -p udp -s 10.0.$i.2 -d 10.1.0.4 --sport $((3000 + i)) --dport 80 --dst-nat 192.0.2.$((i % 3 + 1))"
		echo "-I -p tcp -s fd00::$i -d fd00:1::$((i % 7 + 1)) --sport $((4000 + i)) --dport 443 --state ESTABLISHED -u SEEN_REPLY"
		echo "-I -p udp -s fd00::$i -d fd00:1::9 --sport $((4000 + i)) --dport 53"
		echo "-I -p icmp -s 10.0.$i.1 -d 10.1.0.1 --icmp-type $([ $((i % 2)) = 0 ] && echo 8 || echo 13) --icmp-code 0 --icmp-id $((i % 4))"
		echo "-I -p icmpv6 -s fd00::$i -d fd00:1::1 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id $((i % 4))"
	done
	for i in {1..10}; do
		echo "-I -p tcp -s 10.0.$i.3 -d 10.1.0.5 --sport $((3000 + i)) --dport 80 --state SYN_SENT --src-nat 192.0.2.1 --dst-nat 192.0.2.2"
		echo "-I -p udp -s 10.0.$i.4 -d 10.1.1.$i --sport $((3000 + i)) --dport 80 --src-nat 192.0.2.$((i % 2 + 1)):$((7000 + i % 3))"
		echo "-I -p udp -s 10.0.$i.5 -d 10.1.0.6 --sport $((3000 + i)) --dport 80 --src-nat 10.0.$i.5:$((7100 + i))"
		echo "-I -p tcp -s 10.0.$i.6 -d 10.1.0.6 --sport $((3000 + i)) --dport 80 --state SYN_SENT --dst-nat 192.0.2.3:8080"
		echo "-I -p tcp -s 10.0.$i.7 -d 10.1.0.7 --sport $((3000 + i)) --dport 80 --state SYN_SENT -r 192.0.2.$i -q 192.0.2.99 --reply-port-src 8080 --reply-port-dst 999"
		echo "-I -p tcp -s fd00::$i -d fd00:1::8 --sport $((3000 + i)) --dport 80 --state SYN_SENT --src-nat fd00:9::1" # one address: conntrack 1.4.7 does not compare it
		echo "-I -p udp -s 10.0.$i.8 -d 10.1.0.8 --sport 1 --dport 2 -w 5"
		echo "-I -p udp -s 10.0.$i.8 -d 10.1.0.8 --sport 1 --dport 2 --orig-zone 6"
		echo "-I -p udp -s fd00::$i -d fd00:1::8 --sport 1 --dport 2 --reply-zone 7"
		echo "-I -p udp -s 10.0.$i.9 -d 10.1.0.8 --sport 1 --dport 2 --label-add $([ $((i % 2)) = 0 ] && echo one || echo one,last)"
		echo "-I -p sctp -s 10.0.$i.9 -d 10.1.0.8 --sport 1 --dport 2 --state ESTABLISHED -u SEEN_REPLY,ASSURED --orig-vtag 5 --reply-vtag 6"
		echo "-I -p gre -s 10.0.$i.9 -d 10.1.0.8 --srckey $i --dstkey $((i % 3))"
	done
	echo "-I -p 50 -s 10.0.1.9 -d 10.1.0.8"
	echo "-I -p udplite -s 10.0.1.9 -d 10.1.0.8 --sport 1 --dport 2"
	echo "-I -p tcp -s 10.0.1.9 -d 10.1.0.8 --sport 77 --dport 80 --state LISTEN"
}

setup_file() {
	has netlink && has mounts || return 0
	export PATH=$BUILD:$BUILD/tests:$PATH
	mount -t tmpfs tmpfs /etc/xtables 2>/dev/null || return 0
	printf '%s\n' '# names' '0 zero' '1 one' '127 last' >/etc/xtables/connlabel.conf
	sysctl -qw net.netfilter.nf_conntrack_events=1 # or entries have events only if they are made while somebody listens
	iptables -A OUTPUT -m connlabel --label one # the kernel keeps labels if a rule asks for them
	entries >"$BATS_FILE_TMPDIR/entries"
	local -a words
	while read -ra words; do # version 1.4.7 fails on a whole file of them
		conntrack "${words[@]}" -t 36000 >/dev/null 2>"$BATS_FILE_TMPDIR/err" ||
			echo "${words[*]}: $(<"$BATS_FILE_TMPDIR/err")"
	done <"$BATS_FILE_TMPDIR/entries" >"$BATS_FILE_TMPDIR/failed"
}

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# all_made: the table is as this file wants it
all_made() {
	needs netlink mounts
	[ -s /etc/xtables/connlabel.conf ] || skip "names labels: no directory /etc/xtables here"
	cat "$BATS_FILE_TMPDIR/failed"
	[ ! -s "$BATS_FILE_TMPDIR/failed" ]
	[ "$(conntrack -C)" -ge 300 ]
}

@test "each filter of conntrack -L has its equal, with the same lines" {
	all_made
	local all some theirs ours
	all=$(conntrack -C)
	while IFS='|' read -r theirs ours; do
		# shellcheck disable=SC2086
		same_list $theirs -- $ours || { echo "conntrack -L $theirs differs from ct-stat --list $ours"; return 1; }
		some=$(wc -l <"$tmp/ours")
		[ "$some" -gt 0 ] && [ "$some" -lt "$all" ] || { echo "$ours: $some of $all"; return 1; }
	done <<-'EOF'
		-s 10.0.3.1 | -s 10.0.3.1
		--orig-src 10.0.3.1 | --src 10.0.3.1
		-s 10.0.3.0/24 | -s 10.0.3.0/24
		-s 10.0.3.9/30 | -s 10.0.3.9/30
		-s fd00::3 | -s fd00::3
		-s fd00::/125 | -s fd00::/125
		-s 10.0.3.1 --mask-src 255.255.0.255 | -s 10.0.3.1 --mask-src 255.255.0.255
		-s 10.0.3.1 --mask-src 255.255.0.255 | -s 10.0.3.1/255.255.0.255
		-s fd00::3 --mask-src ffff::1 | -s fd00::3 --mask-src ffff::1
		-d 10.1.0.3 | -d 10.1.0.3
		--orig-dst 10.1.0.3 | --dst 10.1.0.3
		-d 10.1.0.3/31 | -d 10.1.0.3/31
		-d 10.1.0.3 --mask-dst 0.0.0.3 | -d 10.1.0.3 --mask-dst 0.0.0.3
		-d 10.1.0.3 --mask-dst 255.0.0.1 | --mask-dst 255.0.0.1 -d 10.1.0.3
		-d fd00:1::1 --mask-dst ffff:ffff::3 | -d fd00:1::1/ffff:ffff::3
		-r 192.0.2.2 | --reply-src 192.0.2.2
		--reply-src 192.0.2.2 | --reply-src 192.0.2.2/32
		-q 192.0.2.2 | --reply-dst 192.0.2.2
		--reply-dst fd00::2 | --reply-dst fd00::2
		-p tcp | -p tcp
		-p udp | -p 17
		-p 6 -f ipv6 | -p TCP -6
		-p icmp | -p icmp
		-p icmpv6 | -p icmpv6
		-p gre | -p gre
		-p sctp | -p sctp
		-p udplite | -p udplite
		-p esp | -p 50
		-f ipv4 | -4
		-f ipv6 | -6
		-m 5 | -m 5
		--mark 5 | --mark 0x5
		-m 4/12 | -m 4/12
		-l one | -l one
		--label one,last | --label one,last
		-l one -l last | -l one -l last
		-l one -l last | -l 1 -l 127
		-u ASSURED | --status assured
		-u ASSURED | --assured
		-u SEEN_REPLY | --status SEEN_REPLY
		-u SEEN_REPLY,FIXED_TIMEOUT | --status seen_reply,fixed_timeout
		-u UNREPLIED | --status unreplied
		-u UNREPLIED | --unreplied
		-u !ASSURED | --status !assured
		-n | --src-nat
		--src-nat | --status src_nat
		--src-nat 192.0.2.1 | --src-nat=192.0.2.1
		--src-nat 192.0.2.1 | --src-nat 192.0.2.1
		--src-nat 192.0.2.1:7001 | --src-nat=192.0.2.1:7001
		--src-nat fd00:9::1 | --src-nat=fd00:9::1
		-g | --dst-nat
		--dst-nat 192.0.2.3 | --dst-nat=192.0.2.3
		--dst-nat 192.0.2.3:8080 | --dst-nat 192.0.2.3:8080
		-n -g | --src-nat --dst-nat
		--src-nat 192.0.2.1 --dst-nat 192.0.2.2 | --src-nat=192.0.2.1 --dst-nat=192.0.2.2
		-j | --any-nat
		--any-nat 192.0.2.2 | --any-nat=192.0.2.2
		--any-nat 192.0.2.3:8080 | --any-nat=192.0.2.3:8080
		-n -p udp -s 10.0.3.4 | --src-nat -p udp -s 10.0.3.4
		-w 5 | --zone 5
		-w 5 | --zone 5 --orig-zone 0 --reply-zone 0
		--orig-zone 6 | --orig-zone 6
		--orig-zone 0 | --orig-zone 0
		--reply-zone 7 | --reply-zone 7
		--reply-zone 0 | --reply-zone 0
		-p tcp --sport 1003 | -p tcp --sport 1003
		-p tcp --orig-port-src 1003 | -p tcp --sport 1003
		-p udp --dport 53 | -p udp --dport 53
		-p udp --orig-port-dst 53 | -p udp --dport 53
		-p sctp --sport 1 | -p sctp --sport 1
		-p udplite --dport 2 | -p udplite --dport 2
		-p tcp --reply-port-src 8080 | -p tcp --reply-port-src 8080
		-p tcp --reply-port-dst 999 | -p tcp --reply-port-dst 999
		-p udp --reply-port-dst 7001 | -p udp --reply-port-dst 7001
		-p sctp --reply-port-src 2 | -p sctp --reply-port-src 2
		-p tcp --state TIME_WAIT | -p tcp --tcp-state TIME_WAIT
		-p tcp --state LISTEN | -p tcp --tcp-state LISTEN
		-p tcp --state ESTABLISHED -f ipv6 | -p tcp --state established -6
		-p sctp --state ESTABLISHED | -p sctp --tcp-state ESTABLISHED
		-p icmp --icmp-type 8 | -p icmp --icmp-type 8
		-p icmp --icmp-type 8 | -4 --icmp-type 8
		-p icmp --icmp-code 0 | -p icmp --icmp-code 0
		-p icmp --icmp-id 3 | -p icmp --icmp-id 3
		-p icmp --icmp-type 13 --icmp-id 1 | --icmp-type 13 --icmp-id 1
		-p icmpv6 --icmpv6-type 128 | --icmp-type 128
		-p icmpv6 --icmpv6-code 0 | -6 --icmp-code 0
		-p icmpv6 --icmpv6-id 2 | -p icmpv6 --icmp-id 2
	EOF
}

@test "a filter that matches nothing lists nothing, as with conntrack" {
	all_made
	while IFS='|' read -r theirs ours; do
		# shellcheck disable=SC2086
		[ -z "$(conntrack -L $theirs 2>/dev/null)" ]
		# shellcheck disable=SC2086
		run -0 --separate-stderr ct-stat --list $ours
		[ -z "$output$stderr" ]
	done <<-'EOF'
		--src-nat 192.0.2.1:3001 | --src-nat=192.0.2.1:3001
		--src-nat 10.0.1.5 | --src-nat=10.0.1.5
		--src-nat 10.0.1.5:7101 | --src-nat=10.0.1.5:7101
		--dst-nat 192.0.2.1:80 | --dst-nat=192.0.2.1:80
		-w 9 | --zone 9
		--orig-zone 5 | --orig-zone 5
		-l zero | -l zero
		-p icmp --icmp-type 8 --icmp-id 1 | --icmp-type 8 --icmp-id 1
		-u EXPECTED | --status expected
		-u OFFLOAD | --status offload
		-u HW_OFFLOAD | --status hw_offload
		-p tcp --state NONE | -p tcp --tcp-state NONE
	EOF
}

@test "-o labels and -o save print what conntrack prints" {
	all_made
	same_list -o labels -- -o labels
	same_list -o labels,id,extended -p udp -- -o labels,id -o extended -p udp
	for filter in '' '-6' '-p icmpv6' '--src-nat' '--label one'; do
		# shellcheck disable=SC2086
		conntrack -L ${filter/-6/-f ipv6} -o save 2>/dev/null | sed 's/ -t [0-9]*//' >"$tmp/theirs"
		# shellcheck disable=SC2086
		ct-stat --list $filter -o save | sed 's/ -t [0-9]*//' | diff "$tmp/theirs" -
		[ -s "$tmp/theirs" ]
	done
	ct-stat --list --json -o labels | jq -e -s 'map(select(.labels == ["one", "last"])) | length == 5'
}

@test "-o save,mark prints options with which conntrack makes the same entries again" {
	all_made
	local -a words
	ct-stat --list -o save,mark >"$tmp/saved"
	ip netns add again
	ip netns exec again iptables -A OUTPUT -m conntrack --ctstate NEW
	while read -ra words; do
		ip netns exec again conntrack "${words[@]}" >/dev/null 2>"$tmp/err" || { echo "${words[*]}"; cat "$tmp/err"; false; }
	done <"$tmp/saved"
	ct-stat --netns again --list -o save,mark | sed 's/ -t [0-9]*//' | sort >"$tmp/second"
	sed 's/ -t [0-9]*//' "$tmp/saved" | sort | diff - "$tmp/second"
	ip netns delete again
	[ "$(grep -c -- ' -m 5$' "$tmp/saved")" -eq 3 ]
}

@test "without a file of labels, they have numbers" {
	all_made
	mv /etc/xtables/connlabel.conf "$tmp/names"
	ct-stat --list -o labels -p udp >"$tmp/out" 2>"$tmp/err"
	ct-stat --list --label 127 >"$tmp/last"
	run -2 --separate-stderr ct-stat --list --label one
	mv "$tmp/names" /etc/xtables/connlabel.conf
	grep -q 'warning: /etc/xtables/connlabel.conf: No such file or directory: labels have numbers only' "$tmp/err"
	[ "$(grep -c ' labels=1,127$' "$tmp/out")" -eq 5 ]
	[ "$(grep -c ' labels=1,127$' "$tmp/last")" -eq 5 ]
	[[ $stderr == *"--label needs names from /etc/xtables/connlabel.conf: No such file or directory or numbers up to 127, not one"* ]]
}

# Version 1.4.7 of conntrack takes these, and then lists every entry of GRE, or of this kind of NAT.
@test "keys of GRE and IPv6 addresses of NAT are compared, unlike in conntrack" {
	all_made
	[ "$(ct-stat --list --src-nat=fd00:9::1 | wc -l)" -eq 10 ]
	[ "$(ct-stat --list --src-nat=fd00:9::/32 | wc -l)" -eq 10 ]
	[ -z "$(ct-stat --list --src-nat=fd00:9::2)" ]
	[ -z "$(ct-stat --list '--src-nat=[fd00:9::1]:80')" ]
	ct-stat --list -p gre >"$tmp/gre"
	[ "$(wc -l <"$tmp/gre")" -eq 10 ]
	diff <(rest <(grep ' srckey=0x5 .* src=' "$tmp/gre")) <(rest <(ct-stat --list --srckey 5))
	diff <(rest <(grep ' dstkey=0x2 .* src=' "$tmp/gre")) <(rest <(ct-stat --list --dstkey 0x2))
	diff <(rest <(grep ' src=.* srckey=0x1 ' "$tmp/gre")) <(rest <(ct-stat --list --reply-key-src 1))
	diff <(rest <(grep ' src=.* dstkey=0x7 mark' "$tmp/gre")) <(rest <(ct-stat --list --reply-key-dst 7))
}

@test "the other modes know these filters too" {
	all_made
	[ "$(ct-stat --top proto --src-nat=192.0.2.1 --json | jq .flows)" -eq "$(ct-stat --list --src-nat=192.0.2.1 | wc -l)" ]
	[ "$(ct-stat --top zone --orig-zone 6 --json | jq .flows)" -eq 10 ]
	ct-stat --events --label one --only update >"$tmp/events" 3>&- &
	reader=$!
	until awk '$2 == 12 && $4 != "00000000" { n++ } END { exit !n }' /proc/net/netlink; do sleep 0.1; done
	conntrack -U -p udp -s 10.0.2.5 --mark 9 >/dev/null 2>&1
	conntrack -U -p udp -s 10.0.2.9 --mark 9 >/dev/null 2>&1
	for _ in {1..200}; do [ ! -s "$tmp/events" ] || break; sleep 0.1; done # what comes first is read first
	kill "$reader"
	wait "$reader"
	[ "$(wc -l <"$tmp/events")" -eq 1 ]
	grep -q 'src=10.0.2.9 .* labels=one' "$tmp/events"
	conntrack -U -p udp -s 10.0.2.9 --mark 0 >/dev/null 2>&1
	conntrack -U -p udp -s 10.0.2.5 --mark 0 >/dev/null 2>&1
}

@test "refuses bad values and combinations of filters, and names the option" {
	while IFS='|' read -r options message; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr ct-stat --list $options
		[ -z "$output" ]
		[[ $stderr == *"$message"* ]] || { echo "$options: $stderr"; return 1; }
	done <<-'EOF'
		--reply-src host|--reply-src needs an address or a network such as 10.0.0.0/8 or fd00::/8, not host
		--reply-dst 10.0.0.0/33|--reply-dst needs an address or a network
		-s 10.0.0.1/255.0.0|-s needs an address or a network
		-s 10.0.0.1/ffff::|-s needs an address or a network
		-s 10.0.0.1 --mask-src 10.0.0.0/8|--mask-src needs a mask such as 255.255.0.0 or ffff::, not 10.0.0.0/8
		-s 10.0.0.1 --mask-src 8|--mask-src needs a mask
		--mask-src 255.0.0.0|--mask-src needs -s with an address of the same family
		-d fd00::1 --mask-dst 255.0.0.0|--mask-dst needs -d with an address of the same family
		--reply-port-src 65536|--reply-port-src needs a port number, not 65536
		--reply-port-dst http|--reply-port-dst needs a port number, not http
		--src-nat=|--src-nat needs an address, or an address and a port such as 192.0.2.1:80 or [2001:db8::1]:80, not
		--dst-nat=192.0.2.1:|--dst-nat needs an address
		--any-nat=[fd00::1|--any-nat needs an address
		--src-nat host|unexpected operand host
		--any-nat --src-nat|--any-nat excludes --src-nat and --dst-nat
		--dst-nat --any-nat=192.0.2.1|--any-nat excludes --src-nat and --dst-nat
		--src-nat=192.0.2.1 -6|no entry is both IPv4 and IPv6
		--reply-src fd00::1 -s 10.0.0.1|no entry is both IPv4 and IPv6
		--icmp-type 256|--icmp-type needs a number up to 255, not 256
		--icmp-code x|--icmp-code needs a number up to 255, not x
		--icmp-id 65536|--icmp-id needs a number up to 65535, not 65536
		--orig-zone -1|--orig-zone needs a number up to 65535, not -1
		--reply-zone 65536|--reply-zone needs a number up to 65535, not 65536
		--srckey 0x10000|--srckey needs a number up to 65535, decimal or with 0x, not 0x10000
		--dstkey ten|--dstkey needs a number up to 65535, decimal or with 0x, not ten
		--reply-key-src -5|--reply-key-src needs a number
		--reply-key-dst 5x|--reply-key-dst needs a number
		--label nosuch|or numbers up to 127, not nosuch
		--label 128|or numbers up to 127, not 128
		--label 1,|or numbers up to 127, not 1,
		--status !|--status needs words such as assured,src_nat, not !
		--status assured --status !assured|no entry has a flag of --status and lacks it
		--unreplied --status seen_reply|no entry has a flag of --status and lacks it
		-o save,id|-o save can only be combined with mark
		-o mark|-o mark is only valid with save
		-o save --json|use one of --json and -o save
		-o xml|-o does not know the word "xml"
	EOF
	run -2 --separate-stderr ct-stat --reply-src 10.0.0.1
	[[ $stderr == *"--reply-src is only valid with --top, --list, --events and --watch"* ]]
}

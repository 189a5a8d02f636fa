#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests every promise ("expect") of each ruleset with one packet in each family and backend, sent as a router would
# send it. If conntrack knows the connection afterwards, the packet has passed all rules; if not, it was dropped.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

interfaces=(eth0 eth1 eth2 wg0 ppp0 br-lan br-guest cni0 docker0)

# The firewall has every interface that a ruleset names. All of them lead to the namespace "world".
setup_file() {
	has packets || return 0
	local dev
	ip netns add fw
	ip netns add world
	ip -n fw link set lo up
	in_ns fw sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	for dev in "${interfaces[@]}"; do
		ip -n fw link add "$dev" type veth peer name "$dev" netns world
		ip -n world link set "$dev" up
		net_address fw "$dev"
	done
	ip -n fw address add 192.0.2.254/32 dev lo
	ip -n fw address add 2001:db8:254::1/128 dev lo
}

teardown_file() {
	has packets || return 0
	ip netns delete fw
	ip netns delete world
}

setup() {
	needs packets
	cd "$BATS_TEST_DIRNAME/../rulesets" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	unload nft
	unload legacy
	for family in -4 -6; do ip -n fw $family route flush table main; done
}

route() { # route INTERFACE NETWORK...: where the networks of a ruleset are
	local dev=$1 net
	shift
	for net; do
		case $net in
		*:*) ip -n fw -6 route add "$net" dev "$dev" ;;
		*) ip -n fw route add "$net" dev "$dev" ;;
		esac
	done
}

# Counts each packet as it arrives, before any rule.
declare -gA sent
count_packets() {
	sent=([ipv4]=0 [ipv6]=0)
	in_ns fw "iptables-$backend" -t raw -I PREROUTING ! -p icmp
	in_ns fw "ip6tables-$backend" -t raw -I PREROUTING ! -p ipv6-icmp
}

came() { # came ipv4|ipv6: as many came in as were sent
	local program=iptables
	[ "$1" = ipv4 ] || program=ip6tables
	[ "$(in_ns fw "$program-$backend" -t raw -nvxL PREROUTING 1 | awk '{ print $1 }')" -ge "${sent[$1]}" ]
}

# pass PROTOCOL INTERFACE SOURCE DESTINATION PORT: whether the packet came through
pass() {
	local mac family=ipv4
	[[ $3 != *:* ]] || family=ipv6
	mac=$(ip -n fw -o link show "$2" | sed 's/.*ether \([^ ]*\).*/\1/')
	in_ns fw conntrack -F 2>/dev/null
	in_ns world "$BUILD/tests/inject" "$2" "$mac" "$1" "$3" "$4" "$5" || return 2
	sent[$family]=$((sent[$family] + 1))
	wait_for came $family || return 2
	for _ in 1 2 3 4 5; do # it is on its way through the rules
		in_ns fw conntrack -L -f "$family" -p "$1" -s "${3%/*}" 2>/dev/null | grep -q "dport=$5 " && return 0
		sleep 0.02
	done
	return 1
}

first() { # first ADDRESS|NETWORK: an address of it
	local net=${1%/*}
	case $1 in
	*:*/*) echo "${net%::}::99" ;;
	*/*) echo "${net%.*}.99" ;;
	*) echo "$1" ;;
	esac
}

# promise FAMILY WORDS...: one `#@ expect`, tried with a packet
promise() {
	local family=$1 want=$2 proto=$3 port=$4 from= to= in= out= got=deny
	shift 4
	while [ $# -gt 0 ]; do
		case $1 in
		from) from=$(first "$2") ;;
		to) to=$(first "$2") ;;
		in) in=$2 ;;
		out) out=$2 ;;
		chain) out=docker0 ;;
		esac
		shift 2
	done
	[[ $family == 4 || "$from$to" != *.* ]] && [[ $family == 6 || "$from$to" != *:* ]] || return 0
	# An interface that does not exist here belongs to a zone with other interfaces.
	[ -z "$in" ] || [[ " ${interfaces[*]} " == *" $in "* ]] || return 0
	[ -z "$out" ] || [[ " ${interfaces[*]} " == *" $out "* ]] || return 0
	if [ "$family" = 4 ]; then
		[ -z "$in" ] || [ -n "$from" ] || from=$(ip -n fw route show dev "$in" | sed -n 's/^default/203.0.113.0/; 1s,^\([0-9]*\.[0-9]*\.[0-9]*\)\..*,\1.99,p')
		[ -z "$out" ] || [ -n "$to" ] || to=$(ip -n fw route show dev "$out" | sed -n 's/^default/203.0.113.0/; 1s,^\([0-9]*\.[0-9]*\.[0-9]*\)\..*,\1.98,p')
		from=${from:-203.0.113.77} to=${to:-192.0.2.254}
	else
		[ -z "$in" ] || [ -n "$from" ] || from=$(ip -n fw -6 route show dev "$in" | grep -v '^fe80' | sed -n 's,^default,2001:db8:77::/64,; 1s,^\([0-9a-f:]*\)::/.*,\1::99,p')
		[ -z "$out" ] || [ -n "$to" ] || to=$(ip -n fw -6 route show dev "$out" | grep -v '^fe80' | sed -n 's,^default,2001:db8:77::/64,; 1s,^\([0-9a-f:]*\)::/.*,\1::98,p')
		from=${from:-2001:db8:77::77} to=${to:-2001:db8:254::1}
	fi
	in=${in:-$(ip -n fw route get "$from" | sed -n 's/.* dev \([^ ]*\).*/\1/p')}
	! pass "$proto" "$in" "$from" "$to" "$port" || got=allow
	count=$((count + 1))
	[ "$got" = "$want" ] || { echo "$backend: $want $proto $port from $from in $in to $to: $got" && return 1; }
}

# keep_promises FILE WANTED: tests all promises of the file; with both backends, at least WANTED packets in all
keep_promises() {
	local line family
	count=0
	fw-gen "$1" >"$tmp/rules"
	all() {
		count_packets
		# Nothing listens here, and a reset would make conntrack forget the connection: drop resets.
		for program in "iptables-$backend" "ip6tables-$backend"; do
			in_ns fw "$program" -t raw -I OUTPUT -p tcp --tcp-flags RST RST -j DROP
		done
		# The rule that Docker itself adds after DOCKER-USER.
		[ "$1" != docker.conf ] || for program in "iptables-$backend" "ip6tables-$backend"; do
			in_ns fw "$program" -I FORWARD 2 -o docker0 -j ACCEPT
		done
		while read -r _ _ line; do
			for family in 4 6; do
				# shellcheck disable=SC2086
				promise "$family" $line
			done
		done < <(grep '^#@ expect' "$tmp/rules")
	}
	with_both all "$1"
	echo "# $count packets"
	[ -n "${FW_BACKENDS-}" ] || set -- "$1" $(($2 / 2)) # with one kind
	[ "$count" -ge "$2" ]
}

@test "tutorial" {
	route eth0 default ::/0
	route eth1 192.168.1.0/24 2001:db8:1::/64
	keep_promises tutorial.conf 4
}

@test "web" {
	route eth0 default ::/0
	keep_promises web.conf 6
}

@test "dmz" {
	route eth0 default ::/0
	route eth1 10.0.0.0/24 fd00:0:0:1::/64
	route eth2 10.0.9.0/24 2001:db8:9::/64
	keep_promises dmz.conf 12
}

@test "mail" {
	route eth0 default ::/0
	keep_promises mail.conf 10
}

@test "workstation" {
	route eth0 192.168.178.0/24
	route eth1 default ::/0
	keep_promises workstation.conf 4
}

@test "docker" {
	route eth0 default ::/0
	route docker0 172.17.0.0/16 fd17::/64
	keep_promises docker.conf 8
}

@test "wireguard" {
	route eth0 default ::/0
	route eth1 10.0.0.0/24 2001:db8:1::/64
	route wg0 10.66.0.0/24 fd66::/64
	keep_promises wireguard.conf 8
}

@test "database" {
	route eth0 10.20.0.0/24 2001:db8:20::/64 default ::/0
	keep_promises database.conf 8
}

@test "kubernetes" {
	route eth0 default ::/0
	route eth1 10.30.0.0/24 2001:db8:30::/64
	route cni0 10.244.0.0/24 fd44::/64
	keep_promises kubernetes.conf 8
}

@test "router" {
	route ppp0 default ::/0
	route br-lan 192.168.1.0/24 2001:db8:aaaa::/64
	route br-guest 192.168.77.0/24 2001:db8:bbbb::/64
	keep_promises router.conf 16
}

@test "bastion" {
	route eth0 default ::/0
	route eth1 10.40.0.0/24 2001:db8:40::/64
	keep_promises bastion.conf 6
}

@test "multiwan" {
	route eth0 default ::/0
	route eth1 192.168.1.0/24 2001:db8:1::/64
	route eth2 198.18.0.0/24 2001:db8:22::/64
	keep_promises multiwan.conf 18
}

@test "ipsec-gateway: keeps its promises, and lets nothing for or of the branch through in clear" {
	route eth0 default ::/0
	route eth1 10.1.0.0/24 2001:db8:1::/64
	keep_promises ipsec-gateway.conf 18
	check() {
		count_packets
		pass tcp eth1 10.1.0.99 198.51.100.77 443
		pass tcp eth1 2001:db8:1::99 2001:db8:77::77 443
		run -1 pass tcp eth1 10.1.0.99 10.2.0.99 443
		run -1 pass tcp eth1 2001:db8:1::99 2001:db8:2::99 443
		run -1 pass tcp eth0 10.2.0.99 10.1.0.99 443
		run -1 pass tcp eth0 2001:db8:2::99 2001:db8:1::99 443
	}
	with_both check
}

@test "vpn-only: keeps its promises, and sends nothing beside the tunnel but its packets and those for its own network" {
	route eth0 192.168.178.0/24 fd00:178::/64 203.0.113.5/32 2001:db8:5::5/128
	route wg0 default ::/0
	keep_promises vpn-only.conf 12
	local far=(198.51.100.77 2001:db8:77::77) near=(192.168.178.9 fd00:178::9) provider=(203.0.113.5 2001:db8:5::5) address
	# neighbour INTERFACE ADDRESS...: nobody has to answer there
	neighbour() {
		local dev=$1 address
		shift
		for address; do ip -n fw neigh replace "$address" dev "$dev" lladdr "$(ip -n world -o link show "$dev" | sed 's/.*ether \([^ ]*\).*/\1/')"; done
	}
	sent_by() { # sent_by INTERFACE tcp|udp ADDRESS PORT: whether the packet leaves there
		local program=iptables got=no
		[[ $3 != *:* ]] || program=ip6tables
		in_ns world $program-nft -t raw -F PREROUTING
		in_ns world $program-nft -t raw -A PREROUTING -i "$1" -d "$3" -p "$2" --dport "$4"
		in_ns fw "$BUILD/tests/knock" -t 300 "$2" "$3" "$4" >"$tmp/word" || true
		[ "$(in_ns world $program-nft -t raw -nvxL PREROUTING | awk '$1 ~ /^[0-9]+$/ { print $1 }')" = 0 ] || got=yes
		in_ns world $program-nft -t raw -F PREROUTING
		[ "$got" = yes ]
	}
	neighbour eth0 "${far[@]}" "${near[@]}" "${provider[@]}"
	neighbour wg0 "${far[@]}"
	check() {
		for address in "${far[@]}"; do
			ip -n fw route replace "$address" dev wg0
			sent_by wg0 tcp "$address" 443
			ip -n fw route replace "$address" dev eth0
			run -1 sent_by eth0 tcp "$address" 443
			run -1 sent_by eth0 udp "$address" 51820
		done
		for address in "${near[@]}"; do sent_by eth0 tcp "$address" 631; done
		for address in "${provider[@]}"; do
			sent_by eth0 udp "$address" 51820
			run -1 sent_by eth0 tcp "$address" 443
		done
	}
	with_both check
}

@test "ipv6-servers" {
	route eth0 default ::/0
	route eth1 2001:db8:80::/64 10.80.0.0/24
	route eth2 2001:db8:ad::/64
	keep_promises ipv6-servers.conf 18
}

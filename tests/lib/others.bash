# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# shellcheck shell=bash
# Real programs that write rules, for tests of fw-load beside them: in the namespace $ns, with the iptables of backend $b
# and with files of the test. Load it after lib/load.

# others_setup: makes a folder for each backend whose `iptables', `iptables-save' and so on are of that backend, so that
# the system's alternatives stay unchanged
others_setup() {
	local kind family end
	needs users
	for kind in nft legacy; do
		mkdir -p "$tmp/$kind"
		for family in iptables ip6tables; do
			for end in '' -save -restore; do
				ln -s "$(command -v "xtables-$kind-multi")" "$tmp/$kind/$family$end"
			done
		done
	done
	# Both texts have rules about forwarded packets, the last of which matches all packets.
	sed '/^-A INPUT -j denied/a -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\
-A FORWARD -i eth1 -p tcp --dport 443 -j ACCEPT\
-A FORWARD -j denied' "$gateway" >"$tmp/first"
	gateway=$tmp/first
	sed 's/443/8443/; s/denied/refused/' "$gateway" >"$tmp/next"
}

# beside COMMAND...: runs it in the namespace, with the iptables of backend $b and the same lock as fw-load
beside() { in_ns env PATH="$tmp/$b:$PATH" "$@"; }

# loading ARGUMENT...: loads two texts in turn in the background, with these arguments for fw-load, until loading_ends
loading() {
	rm -f "$tmp/stop"
	in_ns bash -c '
		for ((n = 0; ; n++)); do
			[ ! -e "$1/stop" ] || { echo $n; exit; }
			((n % 2)) && text=$4 || text=$1/next
			fw-load -q -b "$2" -s "$3" "${@:5}" "$text" || { status=$?; echo "load $n: status $status"; exit $status; }
		done' loading "$tmp" "$b" "$state" "$gateway" "$@" >"$tmp/loads" 2>&1 3>&- &
	loads=$!
}

loading_ends() {
	touch "$tmp/stop"
	wait $loads || { cat "$tmp/loads"; return 1; }
	echo "# $b: $(cat "$tmp/loads") loads beside ${1-}" >&3
}

# our_rules_are_whole [PATTERN]: all rules of the last load are in force, and fw-save leaves out others' rules (PATTERN)
our_rules_are_whole() {
	run -0 save -q --check --own
	run -0 save -q
	run ! grep -E "${1:-f2b-|203\.0\.113|DOCKER|docker0|KUBE-|wg-quick}" < <(sed '/^#@ keep/d' <<<"$output")
}

# fail2ban_setup [JAIL...]: configures three jails with three kinds of action, or only some of them, that ban the
# addresses named by lines of $f2b/watched
fail2ban_setup() {
	local jail
	jails=("$@")
	[ $# -gt 0 ] || jails=(ports all set)
	needs fail2ban-server ipset
	f2b=/run/f2b-$ns
	mkdir -p "$f2b/filter.d"
	ln -s /etc/fail2ban/action.d "$f2b/action.d"
	: >"$f2b/watched"
	cat >"$f2b/fail2ban.conf" <<-END
		[DEFAULT]
		loglevel = INFO
		logtarget = $f2b/log
		syslogsocket = auto
		socket = $f2b/socket
		pidfile = $f2b/pid
		dbfile = $f2b/bans.sqlite3
		dbpurgeage = 1d
		dbmaxmatches = 1
		[Definition]
		[Thread]
	END
	cat >"$f2b/jail.conf" <<-END
		[DEFAULT]
		backend = polling
		usedns = no
		ignoreself = false
		maxretry = 1
		findtime = 1d
		bantime = 1d
		logpath = $f2b/watched
		[ports]
		filter = ports
		action = iptables-multiport[name=ports, port="22,2222", protocol=tcp]
		[all]
		filter = all
		action = iptables-allports[name=all, protocol=tcp]
		[set]
		filter = set
		action = iptables-ipset-proto6[name=set, port="25", protocol=tcp]
	END
	for jail in "${jails[@]}"; do
		printf '[%s]\nenabled = true\n' "$jail" >>"$f2b/jail.local"
		printf '[Definition]\nfailregex = ^%s: <HOST>$\ndatepattern = {NONE}\n' "$jail" >"$f2b/filter.d/$jail.conf"
	done
}

fail2ban_client() { in_ns fail2ban-client -c "$f2b" -s "$f2b/socket" "$@" >/dev/null; }

fail2ban_start() {
	: >"$f2b/out"
	beside fail2ban-server -f -c "$f2b" -s "$f2b/socket" -p "$f2b/pid" start >>"$f2b/out" 2>&1 3>&- &
	fail2ban=$!
	wait_for grep -q 'Server ready' "$f2b/out" # all jails have started; asking for one earlier would log an error
}

fail2ban_stop() {
	fail2ban_client stop
	wait $fail2ban
}

# ban JAIL ADDRESS...: adds a line for each address to the watched log
ban() { printf "$1: %s\n" "${@:2}" >>"$f2b/watched"; }

# account JAIL 4|6: prints the addresses that the jail has banned according to fail2ban's log, the newest first
account() {
	tac "$f2b/log" | awk -v jail="[$1]" -v six="$2" '
		index($0, jail) && $(NF - 1) == "Unban" { gone[$NF] = 1 }
		index($0, jail " Flush") { exit }
		index($0, jail) && $(NF - 1) == "Ban" { if (!gone[$NF]) { if ((index($NF, ":") > 0) == (six == 6)) print $NF } ; delete gone[$NF] }'
}

# in_force JAIL 4|6: prints the addresses that rules or a set ban now, in order of the rules, or sorted for a set
in_force() {
	local program=iptables set=f2b-$1
	[ "$2" = 4 ] || program=ip6tables set=f2b-${1}6
	case $1 in
	set) in_ns ipset save "$set" 2>/dev/null | awk '/^add/ { print $3 }' | sort ;;
	*) in_ns "$program-$b" -S "f2b-$1" 2>/dev/null | awk '/ -s / { sub("/.*", "", $4); print $4 }' ;;
	esac
}

bans_are() { # bans_are [N]: the bans in force are those of fail2ban's log, N in all
	local jail family n=0 order
	for jail in "${jails[@]}"; do
		[ "$jail" = set ] && order=sort || order=cat
		for family in 4 6; do
			account "$jail" $family | $order >"$tmp/account"
			in_force "$jail" $family | diff "$tmp/account" - || return
			n=$((n + $(wc -l <"$tmp/account")))
		done
	done
	[ -z "${1-}" ] || [ "$n" -eq "$1" ]
}

no_errors() { # fail2ban's log has no errors
	! grep -E -A 3 'ERROR|CRITICAL' "$f2b/log"
}

# docker_setup: prepares a dockerd with files, an image and a cgroup of the test; sets containers to 1 if it can run one
docker_setup() {
	needs dockerd containerd runc docker
	docker=/run/docker-$ns
	mkdir -p "$docker/image/bin"
	containers=1
	if ! cp "$(command -v busybox)" "$docker/image/bin/busybox" || ! chroot "$docker/image" /bin/busybox true; then
		echo "# no containers: apt-get install busybox-static" >&3
		containers=
	fi
}

docker() { DOCKER_CONFIG=$docker/client command docker -H "unix://$docker/socket" "$@" >>"$docker/out" 2>&1; }

docker_start() {
	# ip netns exec mounts a new /sys, which has no cgroups.
	# shellcheck disable=SC2016
	beside sh -c 'mount -t cgroup2 none /sys/fs/cgroup; exec dockerd --data-root "$1/data" --exec-root "$1/exec" -p "$1/pid" \
		-H "unix://$1/socket" -s vfs --cgroup-parent /fw-tools-test --experimental --ip6tables --ipv6 --fixed-cidr-v6 2001:db8:d::/64' \
		dockerd "$docker" >>"$docker/log" 2>&1 3>&- &
	dockerd=$!
	wait_for docker version
	docker image inspect small || tar -C "$docker/image" -c . | docker import - small
}

docker_stop() {
	kill "$(cat "$docker/pid")" # $dockerd is the shell that waits for it
	wait $dockerd || true
}

docker_end() {
	docker ps -aq
	docker rm -f web dns || true
	docker_stop
	in_ns sh -c 'mount -t cgroup2 none /sys/fs/cgroup && rmdir /sys/fs/cgroup/fw-tools-test' 2>/dev/null || true
}

# run_container NAME DOCKER-OPTION...: starts a container that answers on port 80
run_container() {
	[ -n "$containers" ] || return 0
	docker run -d --name "$1" --stop-signal KILL "${@:2}" small /bin/busybox httpd -f -p 80
}

# docker_rules [-c]: prints Docker's rules and chains of both families in order, with -c the counters too
docker_rules() {
	local program table
	for program in iptables ip6tables; do
		for table in filter nat; do
			echo "$program $table"
			in_ns "$program-$b-save" "$@" -t $table | sed '/^:/s/ .*//' | grep -E 'DOCKER|docker0|br-one|172\.1[78]|2001:db8:d:' || true
		done
	done
}

# wg_setup nft|iptables: configures a tunnel of wg-quick in user space that all traffic uses. wg-quick puts its own rules
# into a table of nft if it finds nft, else into iptables' tables; the configuration adds and removes more rules.
wg_setup() {
	local tool
	needs wg wg-quick wireguard-go
	[ -c /dev/net/tun ] || skip "makes a tunnel in user space: no /dev/net/tun here"
	wg=/run/wg-$ns
	mkdir -p "$wg/bin"
	cp "$(command -v wg-quick)" "$wg/bin" # a copy, because wg-quick looks for programs in its own folder first
	ln -s "$(command -v sysctl)" "$(command -v ip)" "$(command -v wireguard-go)" "$wg/bin"
	[ "$1" = iptables ] || ln -s "$(command -v nft)" "$wg/bin"
	for tool in "$tmp/$b"/*; do ln -s "$tool" "$wg/bin"; done
	cat >"$wg/wg0.conf" <<-END
		[Interface]
		PrivateKey = $(wg genkey)
		Address = 10.9.0.1/24, 2001:db8:9::1/64
		ListenPort = 51820
		PostUp = iptables -w -A FORWARD -i %i -j ACCEPT; iptables -w -t nat -A POSTROUTING -o wan0 -j MASQUERADE
		PostUp = ip6tables -w -I FORWARD 1 -i %i -j ACCEPT; iptables -w -I INPUT -p udp --dport 51820 -j ACCEPT
		PostDown = iptables -w -D FORWARD -i %i -j ACCEPT; iptables -w -t nat -D POSTROUTING -o wan0 -j MASQUERADE
		PostDown = ip6tables -w -D FORWARD -i %i -j ACCEPT; iptables -w -D INPUT -p udp --dport 51820 -j ACCEPT
		[Peer]
		PublicKey = $(wg genkey | wg pubkey)
		AllowedIPs = 0.0.0.0/0, ::/0
	END
	chmod 600 "$wg/wg0.conf"
}

wg_quick() { # wg_quick up|down
	in_ns env PATH="$wg/bin:/usr/bin:/bin" "$wg/bin/wg-quick" "$1" "$wg/wg0.conf" >>"$wg/out" 2>&1 3>&- || { cat "$wg/out"; return 1; }
	# wireguard-go ends by itself, a moment later.
	[ "$1" = up ] || wait_for test ! -e /run/wireguard/wg0.sock
}

# wg_rules [-c]: prints wg-quick's rules and those of the configuration in order, and its tables of nft
wg_rules() {
	local program table
	for program in iptables ip6tables; do
		for table in raw mangle nat filter; do
			echo "$program $table"
			in_ns "$program-$b-save" "$@" -t $table | grep -E 'wg0|51820|0xca6c|wan0' || true
		done
	done
	in_ns nft list tables | grep wg-quick | while read -r _ table; do in_ns nft list table $table; done
}

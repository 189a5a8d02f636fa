#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The files in share/ for other programs, checked with those programs' own tools, and the examples of the manual.

bats_require_minimum_version 1.5.0
load lib/needs

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/anyone.bash"

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	cd "$BATS_TEST_DIRNAME/.." || return
	tmp=$BATS_TEST_TMPDIR
}

# Prints the commands of the manual's EXAMPLES, as a shell would read them.
examples() { sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAGNOSTICS/s/^\.Dl //p' man/ct-stat.8 | sed 's/\\-/-/g'; }

@test "every example of the manual works" {
	needs netlink mounts
	ctfill 500 >/dev/null
	mkdir -p "$tmp/etc" "$tmp/log" "$tmp/prom" "$tmp/bin"
	# directories for the collector and the logs, and a machine without other files there
	mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/prometheus/node-exporter
	mount -t tmpfs tmpfs /etc/sysctl.d
	mount -t tmpfs tmpfs /var/log
	count=0
	while IFS= read -r line; do
		count=$((count + 1))
		case $line in
		'*/5 * * * * root '*) # the fields of crontab(5), then the user, then the command
			line=${line#'*/5 * * * * root '}
			run -0 sh -c "$line"
			[ -z "$output" ]
			[ -s /var/lib/fw-tools/ct-stat.state ]
			continue
			;;
		systemctl*) # its unit is checked below
			[ -e "share/systemd/${line##* }" ]
			continue
			;;
		*ssh*) # two machines, both of which are this one
			printf '#!/bin/sh\nshift\nexec "$@"\n' >"$tmp/bin/ssh" && chmod +x "$tmp/bin/ssh"
			printf 'one\ntwo\n' >"$tmp/hosts"
			run -0 bash -o pipefail -c "cd '$tmp' && PATH='$tmp/bin':\$PATH && $line"
			[[ ${lines[1]} == "OK "*" 500 "* && ${lines[2]} == "OK "*" 500 "* ]]
			printf '#!/bin/sh\n[ "$1" = one ] && shift && exec "$@"\n' >"$tmp/bin/ssh" # two is down
			run -3 --separate-stderr bash -c "cd '$tmp' && PATH='$tmp/bin':\$PATH && $line"
			[[ $stderr == *"two.json: error: contains no report"* && ${#lines[@]} -eq 2 ]]
			continue
			;;
		*--events*) # it does not end by itself
			bash -c "exec ${line%%|*}" >"$tmp/events" 3>&- &
			reader=$!
			wait_for grep -q ' 12 .* 00000005 ' /proc/net/netlink # it listens to new and destroyed entries
			ctfill -f 500 3 >/dev/null
			wait_for lines_of "$tmp/events" 3
			kill "$reader"
			wait "$reader"
			[ "$(grep -c '"type":"new"' "$tmp/events")" -eq 3 ]
			continue
			;;
		esac
		echo "$line"
		run -0 bash -o pipefail -c "$line"
	done < <(examples)
	[ "$count" -ge 12 ]
	grep -q '^ct_stat_entries 500$' /var/lib/prometheus/node-exporter/ct-stat.prom
	grep -q '^net.netfilter' /etc/sysctl.d/99-conntrack.conf
	umount /var/lib /etc/sysctl.d /var/log
}

@test "mandoc finds no fault in the manual" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	mandoc -T lint -W warning man/ct-stat.8
}

@test "the manual lists the report's fields as in the code" {
	# When this fails: build/tests/report-fields <man/ct-stat.8 >new && mv new man/ct-stat.8
	report-fields <man/ct-stat.8 | diff -u man/ct-stat.8 -
	[ "$(grep -c '^\.It Li .* Pq' man/ct-stat.8)" -eq "$(ct-stat --absent-ok --json | jq length)" ]
}

@test "the command of the service works as its user" {
	needs netlink users
	line=$(sed -n 's,^ExecStart=@SBINDIR@/,,p' share/systemd/ct-stat.service)
	PATH=$(dirname "$(anyone ct-stat)"):$PATH
	mount -t tmpfs -o mode=755 tmpfs /var/lib
	mkdir -m 700 /var/lib/ct-stat && chown 65534 /var/lib/ct-stat
	run -0 setpriv --reuid=65534 --clear-groups --bounding-set=-all,+net_admin --inh-caps=+net_admin --ambient-caps=+net_admin sh -c "$line"
	[ -z "$output" ]
	grep -q '^end$' /var/lib/ct-stat/state
	umount /var/lib
}

@test "cron.d: the line runs every five minutes as root, and prints nothing" {
	line=$(grep '^\*' share/cron.d/ct-stat)
	[[ $line == '*/5 * * * * root ct-stat '* ]]
	run -0 sh -c "${line#* root } --state '$tmp/state'"
	[ -z "$output" ]
	[ -s "$tmp/state" ]
}

@test "prometheus: the rules are valid, and alert when they should" {
	command -v promtool >/dev/null || skip "promtool is not installed"
	promtool check rules share/prometheus/ct-stat.rules.yml
	promtool test rules share/prometheus/ct-stat.test.yml
	for name in $(grep -o 'ct_stat_[a-z_]*' share/prometheus/ct-stat.rules.yml | sort -u); do
		ct-stat --prom | grep -q "^$name "
	done
}

@test "nagios: the command works with its arguments" {
	line=$(sed -n 's/^[[:space:]]*command_line[[:space:]]*//p' share/nagios/ct-stat.cfg | sed "s,@SBINDIR@/,,; s,[$]ARG1[$],80,; s,[$]ARG2[$],90,; s,/var/lib/nagios,'$tmp',")
	run -0 sh -c "$line"
	[[ $output == "CT-STAT OK - "*" | count="* ]]
}

@test "node-problem-detector: the arguments work, and the first line is short enough" {
	readarray -t args < <(jq -r '.rules[0].args[]' share/node-problem-detector/ct-stat.json | sed "s,/var/lib/node-problem-detector,$tmp,")
	run -0 ct-stat "${args[@]}"
	[ -z "$output" ]
	mkdir -p "$tmp/proc/sys/net/netfilter"
	echo 95 >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	echo 100 >"$tmp/proc/sys/net/netfilter/nf_conntrack_max"
	run -1 ct-stat "${args[@]}" --crit-drop 0 --warn-early-drop 0 --proc "$tmp/proc"
	[ "${#lines[0]}" -le 80 ]
}

@test "sysctl.d: the settings exist, and --advise agrees with their values" {
	grep -oE '^net\.netfilter\.[a-z_]+ = [0-9]+$' share/sysctl.d/50-conntrack.conf >"$tmp/lines"
	[ "$(wc -l <"$tmp/lines")" -eq "$(grep -c '^[^#]' share/sysctl.d/50-conntrack.conf)" ]
	while IFS=' =' read -r key value; do
		[ -e "/proc/sys/${key//.//}" ]
		[ ! -w "/proc/sys/${key//.//}" ] || case $key in *_max | *_buckets) ;; *) echo "$value" >"/proc/sys/${key//.//}" ;; esac
	done <"$tmp/lines"
	run -0 ct-stat --advise
	[[ ! $output =~ established|time-wait|udp ]]
}

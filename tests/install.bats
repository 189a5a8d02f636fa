# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
bats_require_minimum_version 1.5.0

setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.."
	tmp=$(mktemp -d)
	tree="$tmp/a tree"
	umask 022
	export LC_ALL=C
	unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs the tests
}

teardown() {
	chmod -R u+w "$tmp"
	rm -rf "$tmp"
}

# Installs the programs in $BUILD; nothing is built here.
makes() { # makes TARGET [VARIABLE=VALUE...]
	make -s B="$(realpath --relative-base=. "$BUILD")" "$@" # make can name no folder with a blank
}

listing() { # listing DIR: prints everything in the folder with type and mode
	(cd "$1" && find . -mindepth 1 -printf '%p %y %m\n' | sort)
}

# Every directory set, none to its default.
elsewhere=(SBINDIR=/x/sbin MANDIR=/x/man DATADIR=/x/data BASHCOMPDIR=/x/bash ZSHCOMPDIR=/x/zsh FISHCOMPDIR=/x/fish
	UNITDIR=/x/lib/systemd/system OPENRCDIR=/x/init.d CRONDIR=/x/cron.d RSYSLOGDIR=/x/rsyslog.d NAGIOSDIR=/x/nagios
	PROMETHEUSDIR=/x/prometheus NPDDIR=/x/npd NFPERSISTENTDIR=/x/plugins.d MODULESLOADDIR=/x/modules-load.d SYSCTLDIR=/x/sysctl.d
	MANIFEST=/x/manifest)

@test "installed files name their own prefix and no other" {
	makes install PREFIX=/usr DESTDIR="$tree"
	run ! grep -rE '/usr/local|@[A-Z]+@' "$tree"
	run ! grep -rF "$PWD/" "$tree"
	run ! grep -rF "$tree" "$tree"
	grep -q '^ExecStart=/usr/sbin/fw-load --boot$' "$tree/usr/share/fw-tools/systemd/fw-load.service"
	grep -q '^.Pa /usr/share/fw-tools/rulesets' "$tree/usr/share/man/man5/fw-profile.5"
	grep -q '^.Ql systemctl enable /usr/share/fw-tools/systemd/fw-load.service' "$tree/usr/share/man/man8/fw-load.8"
	[ -e "$tree/usr/share/fw-tools/rulesets/web.conf" ]

	makes install PREFIX=/opt/fw DESTDIR="$tmp/other"
	grep -q 'binary="/opt/fw/sbin/ct-rotate ' "$tmp/other/opt/fw/share/fw-tools/rsyslog/30-firewall.conf"
	run ! grep -rE '/usr/local|@[A-Z]+@' "$tmp/other"
}

@test "programs and scripts are executable and other files are not, whatever the umask" {
	umask 077
	makes install PREFIX=/usr DESTDIR="$tree"
	run -0 listing "$tree"
	echo "$output" | grep -vE ' (f 644|d 755)$' >"$tmp/special"
	cat "$tmp/special"
	[ "$(grep -c '^./usr/sbin/[a-z-]* f 755$' "$tmp/special")" -eq "$(find "$tree/usr/sbin" -type f | wc -l)" ]
	grep -qx './usr/share/fw-tools/openrc/fw-load f 755' "$tmp/special"
	grep -qx './usr/share/fw-tools/netfilter-persistent/15-fw-tools f 755' "$tmp/special"
	[ "$(grep -vc '^./usr/sbin/' "$tmp/special")" -eq 2 ]
}

@test "installs each kind of file into its own directory, without a copy in DATADIR, and enables nothing" {
	makes install DESTDIR="$tree" "${elsewhere[@]}"
	for file in sbin/fw-load man/man8/fw-load.8 bash/fw-load zsh/_fw-load fish/fw-load.fish lib/systemd/system/fw-load.service \
		init.d/fw-load cron.d/ct-stat rsyslog.d/30-firewall.conf nagios/ct-stat.cfg prometheus/ct-stat.rules.yml npd/ct-stat.json \
		plugins.d/15-fw-tools modules-load.d/nf_conntrack.conf sysctl.d/50-conntrack.conf manifest; do
		[ -s "$tree/x/$file" ] || { echo "$file is missing"; false; }
	done
	run -0 ls "$tree/x/data"
	[ "$output" = rulesets ]
	run -0 ls "$tree"
	[ "$output" = x ]
	run -0 find "$tree" -type l -o -name '*.wants'
	[ -z "$output" ]
}

@test "leaves out the files of a directory that is set to nothing" {
	makes install DESTDIR="$tree" "${elsewhere[@]}" UNITDIR= BASHCOMPDIR= MANIFEST=
	run -0 find "$tree" -name '*.service' -o -path '*/bash/*' -o -name manifest
	[ -z "$output" ]
}

@test "uninstall leaves the tree as it was before install" {
	mkdir -p "$tree/usr/sbin" "$tree/x/lib" "$tree/usr/share/man" "$tree/etc"
	echo ours >"$tree/usr/sbin/other"
	listing "$tree" >"$tmp/before"
	makes install PREFIX=/usr DESTDIR="$tree"
	makes uninstall PREFIX=/usr DESTDIR="$tree"
	listing "$tree" | diff "$tmp/before" -

	makes install DESTDIR="$tree" "${elsewhere[@]}"
	makes uninstall DESTDIR="$tree" "${elsewhere[@]}"
	listing "$tree" | diff "$tmp/before" -

	makes install PREFIX=/usr DESTDIR="$tmp/new"
	makes uninstall PREFIX=/usr DESTDIR="$tmp/new"
	[ ! -e "$tmp/new" ]
}

@test "uninstall removes the files of two installs, and keeps those of others" {
	mkdir "$tree"
	makes install PREFIX=/usr DESTDIR="$tree"
	makes install PREFIX=/usr DESTDIR="$tree" UNITDIR=/usr/lib/systemd/system
	echo theirs >"$tree/usr/share/fw-tools/rulesets/own.conf"
	makes uninstall PREFIX=/usr DESTDIR="$tree"
	run -0 find "$tree" -type f
	[ "$output" = "$tree/usr/share/fw-tools/rulesets/own.conf" ]
	run -0 find "$tree" -type d -empty
	[ -z "$output" ]
}

@test "uninstall fails without a manifest, and says so" {
	mkdir "$tree"
	run ! makes uninstall PREFIX=/usr DESTDIR="$tree"
	[[ $output == *"/usr/share/fw-tools/manifest: no such list"* ]]
}

@test "refuses a directory that units could not name, before it installs anything" {
	for prefix in 'relative/usr' '/opt/fw tools' '/opt/a,b' "/opt/it's"; do
		run ! makes install PREFIX="$prefix" DESTDIR="$tree"
		[[ $output == *"SBINDIR=$prefix/sbin: "* ]]
	done
	[ ! -e "$tree" ]
}

@test "install builds the programs, but not the test helpers" {
	run -0 make -n B="$tmp/nothing-built" install DESTDIR="$tree"
	[[ $output == *"-o $tmp/nothing-built/fw-load "* ]]
	[[ $output != *"$tmp/nothing-built/tests/"* && $output != *-lpthread* ]]
	[ ! -e "$tree" ]
}

@test "every installed unit passes systemd-analyze verify, and its manual pages exist" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
	command -v man >/dev/null || skip "man is not installed"
	makes install PREFIX=/usr DESTDIR="$tree" UNITDIR=/usr/lib/systemd/system
	mapfile -t units < <(cd "$tree/usr/lib/systemd/system" && ls)
	[ "${#units[@]}" -ge 9 ]
	cp /lib/systemd/system/*.target "$tree/usr/lib/systemd/system/"
	export MANPATH="$tree/usr/share/man"
	run -0 systemd-analyze --root="$tree" verify "${units[@]}"
	[ -z "$output" ]
	rm "$tree/usr/sbin/ct-rotate" # control: the check can fail
	run ! systemd-analyze --root="$tree" verify ct-rotate.service
	[[ $output == *"/usr/sbin/ct-rotate is not executable"* ]]
}

@test "rsyslogd accepts the installed snippet" {
	command -v rsyslogd >/dev/null || skip "rsyslogd is not installed"
	makes install PREFIX=/usr DESTDIR="$tree"
	rsyslogd -N1 -f "$tree/usr/share/fw-tools/rsyslog/30-firewall.conf"
}

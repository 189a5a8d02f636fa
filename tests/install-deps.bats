# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
bats_require_minimum_version 1.5.0

# Fake package managers, in a PATH without the system's: each knows what is "installed", and notes its arguments.
setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	script=$BATS_TEST_DIRNAME/../scripts/install-deps
	tmp=$(mktemp -d)
	for tool in sh awk grep cat; do ln -s "$(command -v $tool)" "$tmp/$tool"; done
	touch "$tmp/installed"
	stub id 'echo "${FAKE_UID-0}"'
}

teardown() { rm -rf "$tmp"; }

stub() { printf '#!/bin/sh\n%s\n' "$2" >"$tmp/$1" && chmod +x "$tmp/$1"; }

with_apt() {
	stub apt-get "echo apt-get \$* >>$tmp/told"
	stub dpkg-query "for last; do :; done; grep -qx \"\$last\" $tmp/installed && echo 'install ok installed'"
}

deps() { PATH=$tmp run "$@" "$tmp/sh" "$script" "${what-build}"; }

@test "apt installs exactly the missing packages" {
	with_apt
	deps -0
	grep -qx 'apt-get update -q' "$tmp/told"
	grep -qx 'apt-get install .* libmnl-dev .*' "$tmp/told"
	run ! grep -q bats "$tmp/told"
	sed -n 's/^apt-get install.*--no-install-recommends //p' "$tmp/told" | tr ' ' '\n' | grep -v kmod >"$tmp/installed"
	rm "$tmp/told"
	deps -0
	[ "$(tail -n 1 "$tmp/told")" = "apt-get install -q -y --no-install-recommends libkmod-dev kmod" ]
	printf 'kmod\nlibkmod-dev\n' >>"$tmp/installed"
	rm "$tmp/told"
	deps -0
	[ ! -e "$tmp/told" ] && [ -z "$output" ]
	what=test deps -0
	grep -q ' bats ' "$tmp/told"
}

@test "an ordinary user is told the command" {
	with_apt
	export FAKE_UID=1000
	deps -1
	[[ $output == "install-deps: as root: apt-get install gcc make "* ]]
	[ ! -e "$tmp/told" ]
}

@test "dnf and apk get their own package names, with a warning that these were not tried" {
	stub rpm 'exit 1'
	stub dnf "echo dnf \$* >>$tmp/told"
	deps -0
	[[ $output == *"dnf were not tried"* ]]
	grep -q '^dnf install -y .* iptables-devel .* kmod-devel libmnl-devel ' "$tmp/told"
	rm "$tmp/dnf" "$tmp/told"
	stub apk "[ \$1 = info ] && exit 1; echo apk \$* >>$tmp/told"
	deps -0
	[[ $output == *"apk were not tried"* ]]
	grep -q '^apk add gcc make musl-dev linux-headers .* bash ' "$tmp/told"
	run ! grep -qw -e - "$tmp/told"
}

@test "succeeds without a package manager, and says so" {
	deps -0
	[[ $output == *"neither apt, dnf nor apk"* ]]
}

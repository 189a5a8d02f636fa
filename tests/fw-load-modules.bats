#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load: `#@ module` with a tree of modules of our own, indexed by depmod. -n lists what libkmod would load;
# tests/prove/fw-load-boot.bats shows that a kernel loads modules.

in_turn=1 # fw-load.bats, -text and -merge cover the differences between backends
load lib/load

setup() {
	load_setup
	command -v depmod >/dev/null || skip "depmod is not installed"
	b=nft
	release=$(uname -r)
	tree=$tmp/lib/modules/$release
	mkdir -p "$tree/kernel" "$tmp/modprobe.d"
	unshare -m mount -t overlay overlay -o "lowerdir=$tmp/lib:/usr/lib" /usr/lib || skip "no overlay file system here"
	# Three modules that depend on each other, as objects without code: names in .modinfo, exported and needed symbols.
	make_module nf_fake_core '' nf_fake_core_register
	make_module nf_fake_mid '' nf_fake_mid_register nf_fake_core_register
	make_module nf_fake_top 'alias=ip_fake_top' '' nf_fake_mid_register nf_fake_core_register
	make_module nf_fake_other 'alias=ip_fake_other' ''
	echo kernel/nf_fake_builtin.ko >"$tree/modules.builtin"
	: >"$tree/modules.order"
	depmod -b "$tmp" "$release" 2>/dev/null
}

teardown() { load_teardown; }

make_module() { # make_module NAME MODINFO EXPORTED-SYMBOL NEEDED-SYMBOL...
	local name=$1 info=$2 given=$3 symbol
	shift 3
	{
		echo "__attribute__((section(\".modinfo\"), used)) static const char info[] = \"license=GPL\\0$info\";"
		[ -z "$given" ] || echo "__attribute__((section(\"__ksymtab_strings\"), used)) static const char given[] = \"$given\";"
		for symbol; do echo "extern int $symbol; int *${symbol}_here = &$symbol;"; done
	} >"$tmp/$name.c"
	cc -c -o "$tree/kernel/$name.ko" "$tmp/$name.c"
}

# with_tree COMMAND...: runs it in the namespace, where the tree and its modprobe.d replace the machine's
with_tree() {
	in_ns unshare -m sh -ec '
		mount -t overlay overlay -o "lowerdir=$1:/usr/lib" /usr/lib
		mount --bind "$2" /etc/modprobe.d
		shift 2
		exec "$@"' tree "$tmp/lib" "$tmp/modprobe.d" "$@"
}

# with_modules NAME...: prints the gateway's rules, with a directive for each module
with_modules() {
	printf '#@ module %s\n' "$@"
	cat "$gateway"
}

plan() { with_modules "$@" | with_tree fw-load -b nft -s "$state" -n; }

@test "-n lists the modules that a module needs, in the order of loading" {
	run -0 plan nf_fake_top nf_fake_other
	[ "${lines[0]}" = "load module nf_fake_top: nf_fake_core nf_fake_mid nf_fake_top" ]
	[ "${lines[1]}" = "load module nf_fake_other: nf_fake_other" ]
	[[ ${lines[2]} == record* ]]
	# Control: modprobe's own order.
	run -0 with_tree modprobe --show-depends nf_fake_top
	[ "$(grep -o 'nf_fake_[a-z]*' <<<"$output" | xargs)" = "nf_fake_core nf_fake_mid nf_fake_top" ]
}

@test "finds a module by its alias, and by its name with - for _" {
	run -0 plan ip_fake_top
	[ "${lines[0]}" = "load module ip_fake_top: nf_fake_core nf_fake_mid nf_fake_top" ]
	run -0 plan nf_fake-mid
	[ "${lines[0]}" = "load module nf_fake-mid: nf_fake_core nf_fake_mid" ]
	echo 'alias of_the_machine nf_fake_other' >"$tmp/modprobe.d/a.conf"
	run -0 plan of_the_machine
	[ "${lines[0]}" = "load module of_the_machine: nf_fake_other" ]
}

@test "a module that is built into the kernel counts as loaded" {
	run -0 plan nf_fake_builtin
	[[ ${lines[0]} == record* ]]
	with_modules nf_fake_builtin | with_tree fw-load -b nft -s "$state"
	run -0 plan nf_fake_builtin
	[ -z "$output" ]
}

@test "a module that is in no index is status 4 and changes nothing; with module? it is a warning" {
	run -4 plan no_such_module
	[[ $output == *"module no_such_module is not known to this kernel"* ]]
	run -4 with_tree fw-load -b nft -s "$state" <<<"$(with_modules no_such_module)"
	[ -z "$(live)" ]
	run -0 with_tree fw-load -b nft -s "$state" <<<"$(with_modules no_such_module | sed 's/#@ module/&?/')"
	[[ $output == *"warning: module no_such_module is not known"* ]]
	[ -n "$(live)" ]
}

@test "a blacklisted module is status 4, also through an alias or a dependency" {
	echo 'blacklist nf_fake_core' >"$tmp/modprobe.d/a.conf"
	for name in nf_fake_core nf_fake_mid ip_fake_top; do
		run -4 plan $name
		[[ $output == *"module $name is blacklisted in modprobe.d"* ]]
		run -4 with_tree fw-load -b nft -s "$state" <<<"$(with_modules $name)"
		[ -z "$(live)" ]
	done
	run -0 plan nf_fake_other
	# Control: modprobe ignores the blacklist for names.
	with_tree modprobe --show-depends nf_fake_core
}

@test "never runs the command of an install line, for a module or a dependency, status 4" {
	printf 'install nf_fake_core /bin/touch "%s"\ninstall nf_fake_other /bin/touch "%s"; true\n' "$tmp/it-ran" "$tmp/it-ran" >"$tmp/modprobe.d/a.conf"
	for name in nf_fake_core nf_fake_top ip_fake_other; do
		run -4 plan $name
		[[ $output == *"module $name has an \`install\` command"* ]]
		run -4 with_tree fw-load -b nft -s "$state" <<<"$(with_modules $name)"
		[ ! -e "$tmp/it-ran" ]
		[ -z "$(live)" ]
	done
	# Control: modprobe runs it.
	with_tree modprobe nf_fake_core
	[ -e "$tmp/it-ran" ]
}

@test "case T31: a module that is not about packet filters is status 4, also through an alias" {
	make_module fake_rds '' ''
	depmod -b "$tmp" "$release" 2>/dev/null
	echo 'alias xt_fake fake_rds' >"$tmp/modprobe.d/a.conf"
	for name in fake_rds xt_fake; do
		run -4 plan $name
		[[ $output == *"module $name is not a module of the packet filter"* ]]
		run -4 with_tree fw-load -b nft -s "$state" <<<"$(with_modules $name)"
		[ -z "$(live)" ]
	done
	# Control: modprobe would load it.
	with_tree modprobe --show-depends xt_fake
}

@test "a module name that is a path or a pattern is bad input, status 1" {
	for name in ../x ./nf_fake_top /nf_fake_top.ko 'nf_*' "$(printf 'x%.0s' {1..64})"; do
		run -1 plan "$name"
		[[ $output == *"a module name may only contain letters"* ]]
	done
}

@test "looks up all modules before it loads the first" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
	run -4 with_tree strace -f -qq -e trace=finit_module,init_module -o "$tmp/calls" \
		fw-load -b nft -s "$state" <<<"$(with_modules nf_fake_other no_such_module)"
	[ ! -s "$tmp/calls" ] || ! grep -q init_module "$tmp/calls"
}

@test "case 34: loads the safe rules at boot when a module is gone, status 12" {
	with_modules nf_fake_builtin | with_tree fw-load -b nft -s "$state"
	: >"$tree/modules.builtin"
	depmod -b "$tmp" "$release" 2>/dev/null
	ip netns delete "$ns"
	ip netns add "$ns"
	run -12 with_tree fw-load -b nft -s "$state" --boot --safe-rules /nonexistent
	[[ $output == *"module nf_fake_builtin is not known"*"in force now: the compiled-in safe rules"* ]]
	in_ns iptables-nft -S | grep -qx -- '-P INPUT DROP'
	in_ns ip6tables-nft -S | grep -qx -- '-P INPUT DROP'
}

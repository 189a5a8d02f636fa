# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
bats_require_minimum_version 1.5.0

setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.."
	tmp=$(mktemp -d)
	export LC_ALL=C
	unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS SAN
}

teardown() { rm -rf "$tmp"; }

commands() { # commands TARGET [VARIABLE=VALUE...]: prints the commands that make would run
	make -n B="$tmp/b" "$tmp/b/$1" "${@:2}"
}

@test "the programs are hardened" {
	[[ $BUILD != *-san ]] || skip "a build with sanitizers is not hardened"
	command -v readelf >/dev/null || skip "readelf is not installed"
	scripts/check-hardening "$BUILD"/fw-* "$BUILD"/ct-*
}

@test "check-hardening names each protection that a program lacks" {
	command -v readelf >/dev/null || skip "readelf is not installed"
	case $(cc -dumpmachine) in x86_64-*) ;; *) skip "the compiler is not for x86-64" ;; esac
	printf '%s\n' '#include <string.h>' 'int main(int argc, char **argv) { char b[64]; strcpy(b, argv[argc - 1]); return b[0]; }' >"$tmp/a.c"
	all=(-O2 -g -fPIE -pie -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -Wl,-z,relro,-z,now
		-Wl,-z,noexecstack -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
	[[ $(cc -v 2>&1) == *"gcc version"* ]] || skip "cc is not gcc"
	cc "${all[@]}" -o "$tmp/a" "$tmp/a.c"
	run -0 scripts/check-hardening "$tmp/a"
	[ -z "$output" ]
	while IFS=: read -r flags fault; do
		# shellcheck disable=SC2086
		cc "${all[@]}" $flags -o "$tmp/a" "$tmp/a.c"
		run -1 scripts/check-hardening "$tmp/a"
		[[ $output == "$tmp/a: "*"$fault"* ]] || { echo "$flags: $output"; false; }
	done <<-'EOF'
		-fno-pie -no-pie:is not position-independent
		-Wl,-z,norelro:has no read-only relocations
		-Wl,-z,lazy:is not bound at once
		-Wl,-z,execstack:has an executable stack
		-fno-stack-protector:has no stack protector
		-U_FORTIFY_SOURCE:has no checked functions
		-fno-stack-clash-protection:has code without stack clash protection
		-fcf-protection=none:has code without CET
	EOF
}

@test "CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS of the command line are added to the Makefile's" {
	line=$(commands cmd/cli.o CPPFLAGS=-DTHEIRS CFLAGS=-O3 | grep -e ' -c ')
	[[ $line == *" -Icommon "*" -DTHEIRS "*" -O2 "*" -O3 "* ]]
	line=$(commands fw-gen CFLAGS=-O3 LDFLAGS=-Wl,-O2 LDLIBS=-lm | grep -e "-o $tmp/b/fw-gen ")
	[[ $line == *" -pie "*" -Wl,-O2 "*"-lxtables"*" -lm" ]]
	make -s B="$tmp/b" CPPFLAGS=-DTHEIRS CFLAGS='-O1 -Werror' "$tmp/b/cmd/cli.o"
	[ -s "$tmp/b/cmd/cli.o" ]
}

@test "CPPFLAGS and CFLAGS of the environment are added to the Makefile's" {
	line=$(CPPFLAGS=-DTHEIRS CFLAGS=-O3 commands cmd/cli.o | grep -e ' -c ')
	[[ $line == *" -Icommon "*" -DTHEIRS "*" -O2 "*" -O3 "* ]]
}

@test "_FORTIFY_SOURCE is 3 by default; a distribution's level is kept without a warning" {
	[[ $(commands cmd/cli.o) == *" -D_FORTIFY_SOURCE=3 "* ]]
	for level in 2 3; do
		for flags in CPPFLAGS=-D_FORTIFY_SOURCE=$level CFLAGS="-O2 -Wp,-D_FORTIFY_SOURCE=$level"; do
			line=$(commands cmd/cli.o "$flags")
			[ "$(grep -o '_FORTIFY_SOURCE' <<<"$line" | wc -l)" -eq 1 ]
			[[ $line == *"_FORTIFY_SOURCE=$level "* ]]
		done
	done
	run -0 make -s B="$tmp/b" CPPFLAGS='-D_FORTIFY_SOURCE=3 -Werror' "$tmp/b/cmd/cli.o"
	[ -z "$output" ]
	rm "$tmp/b/cmd/cli.o"
	run -0 make -s B="$tmp/b" CFLAGS='-O2 -D_FORTIFY_SOURCE=3 -Werror' "$tmp/b/cmd/cli.o"
	[ -z "$output" ]
}

@test "probe-flags leaves out flags that the compiler rejects" {
	cat >"$tmp/cc" <<-'EOF'
		#!/bin/sh
		case " $* " in *' -fcf-protection='* | *' -fstack-clash-protection '*) exit 1 ;; esac
		exec cc "$@"
	EOF
	chmod +x "$tmp/cc"
	run -0 scripts/probe-flags "$tmp/cc" -O1
	[[ $output == *" -pie "* && $output == *" -fstack-protector-strong "* ]]
	[[ $output != *-fcf-protection* && $output != *-fstack-clash-protection* ]]
	run -0 scripts/probe-flags "$tmp/no-compiler" ''
	[ -z "$output" ]
}

# ct-rotate has few parts; the Makefile's rules and flags are those of every program.
@test "a build gives the same program in two folders, one of them with a blank and through a symbolic link" {
	mkdir "$tmp/one" "$tmp/an other folder"
	ln -s "an other folder" "$tmp/link"
	parts=(common/{base,diag,addr,text,rotate}/*.c)
	for folder in one "an other folder"; do
		cp -r --parents Makefile scripts/probe-flags scripts/make-completion cmd common "$tmp/$folder"
	done
	for folder in one link; do
		(cd "$tmp/$folder" && make -s LIBOBJ="$(printf 'build/%s.o ' "${parts[@]%.c}")" build/ct-rotate)
	done
	cmp "$tmp/one/build/ct-rotate" "$tmp/an other folder/build/ct-rotate"
	run ! grep -F "$tmp" "$tmp/one/build/ct-rotate"
}

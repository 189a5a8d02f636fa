# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
bats_require_minimum_version 1.5.0

setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.."
	tmp=$(mktemp -d)
	export LC_ALL=C TERM=dumb HOME=$tmp
	tools=(fw-gen fw-lint fw-load fw-save fw-trace fw-diff ct-stat ct-rotate)
}

teardown() { rm -rf "$tmp"; }

make_all() { scripts/make-completion "$tmp" "${tools[@]}"; }

options_of() { # options_of TOOL: prints the long options that its --help lists
	"$BUILD/$1" --help | grep -oE '^ +(-[A-Za-z0-9], )?--[a-z0-9-]+' | grep -oE -- '--.*' | sort -u
}

@test "the files for bash, zsh and fish have each option of each program" {
	make_all
	for tool in "${tools[@]}"; do
		options_of "$tool" >"$tmp/want"
		[ "$(wc -l <"$tmp/want")" -ge 8 ]
		sed -n 's/.*compgen -W "\([^"]*\)".*/\1/p' "$tmp/bash/$tool" | tr ' ' '\n' | grep '^--' | sort | diff "$tmp/want" -
		grep -oE '^	'\''\*('\''\{-.[+]?,)?--[a-z0-9-]+' "$tmp/zsh/_$tool" | grep -oE -- '--.*' | sort | diff "$tmp/want" -
		sed -n 's/.* -l \([a-z0-9-]*\).*/--\1/p' "$tmp/fish/$tool.fish" | sort | diff "$tmp/want" -
	done
}

@test "every awk makes the same files" {
	make_all
	(cd "$tmp" && sha256sum {bash,zsh,fish}/*) >"$tmp/sums"
	mkdir "$tmp/bin"
	count=0
	for awk in mawk gawk original-awk 'busybox awk'; do
		command -v "${awk%% *}" >/dev/null || continue
		printf '#!/bin/sh\nexec %s "$@"\n' "$awk" >"$tmp/bin/awk"
		chmod +x "$tmp/bin/awk"
		PATH=$tmp/bin:$PATH make_all
		(cd "$tmp" && sha256sum --quiet -c sums)
		count=$((count + 1))
	done
	[ "$count" -ge 1 ]
}

@test "make-completion refuses a program without a usage text" {
	run ! scripts/make-completion "$tmp" no-such-tool
	[[ $output == *"no-such-tool has no usage text"* ]]
}

@test "bash completes options, and files where an option takes one" {
	make_all
	touch "$tmp/only-file"
	printf '%s\n' 'fw-load() { echo "got: $*"; }' 'ct-rotate() { echo "got: $*"; }' "source $tmp/bash/fw-load" "source $tmp/bash/ct-rotate" \
		"cd $tmp" $'fw-load --backe\tnft --no-re\t --safe-rules only\t --safe-rules=only\t -b onl\t onl\t' \
		$'ct-rotate --cop\t--import\tonl\t' >"$tmp/keys"
	run bash --norc --noprofile -i <"$tmp/keys"
	echo "$output"
	[[ $output == *"got: --backend nft --no-rehearse --safe-rules only-file --safe-rules=only-file -b onl only-file"* ]]
	[[ $output == *"got: --copytruncate --import-logrotate only-file"* ]]
}

@test "zsh completes options" {
	command -v zsh >/dev/null || skip "zsh is not installed"
	make_all
	cat >"$tmp/drive" <<'EOF'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u; bindkey '^I' complete-word; fw-load() { echo got: \$* }"
zpty -w -n shell $'fw-load --no-re\t--backe\tnft -b legacy --statu\t\nexit\n'
while zpty -r shell line; do print -r -- "$line"; done
EOF
	run timeout 500 zsh -f "$tmp/drive" "$tmp/zsh"
	echo "$output"
	[[ $output == *"got: --no-rehearse --backend=nft -b legacy --status"* ]]
}

@test "fish completes options, with their descriptions" {
	command -v fish >/dev/null || skip "fish is not installed"
	make_all
	touch "$tmp/only-file"
	run -0 fish --no-config -c "cd $tmp; source fish/fw-load.fish; complete -C'fw-load --backe'; complete -C'fw-load -b onl'; complete -C'fw-load --safe-rules onl'"
	[ "${lines[0]}" = $'--backend\tnft, legacy or auto (that of the system\'s iptables)' ]
	[ "${lines[1]}" = only-file ]
	[ "${#lines[@]}" -eq 2 ]
}

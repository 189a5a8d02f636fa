#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# compare-dropins CONF DIR ROUNDS - run logrotate and ct-rotate with a configuration and a directory of drop-ins, which
# CONF includes as /etc/logrotate.d, for some forced rounds. Prints how the trees, the output of scripts or the status
# differ; status 0 if they do not. The paths of the logs are moved below two directories, and each script
# only notes its name and $1. Users that this machine does not have become root. Needs root, $BUILD and $scratch.
set -u
: "${BUILD:?}" "${scratch:?}"
conf=$1 drop_ins=$2 rounds=$3

# own FILE ROOT: prints the configuration with the paths below ROOT, and with harmless scripts
own() {
	awk -v root="$2" -v drop_ins="$2.d" '
	script && $1 != "endscript" { next }
	script { printf "set -f\necho %s $1 >>%s/said # words, because logrotate keeps the ends of lines\n", script, root; script = "" }
	$1 ~ /^(prerotate|postrotate|firstaction|lastaction|preremove)$/ { script = $1 }
	$1 == "include" { print "include " drop_ins; next }
	$1 == "olddir" && $2 ~ /^\// { sub(/\//, root "/") }
	/^[ \t]*["\/]/ && $1 !~ /^[a-z]/ {
		gsub(/"\//, "\"" root "/")
		gsub(/(^|[ \t])\//, " " root "/")
	}
	$1 == "su" { $2 = $3 = "daemon" }
	$1 == "create" || $1 == "createolddir" {
		for (i = 2; i <= NF; i++)
			if ($i ~ /^[a-z_-]/ && i + 1 >= NF - (NF > 3)) $i = "root"
	}
	{ print }' "$1"
}

# patterns FILE: prints the paths of a configuration that own has printed, a line each
patterns() {
	awk '/^[ \t]*["\/]/ { sub(/\{.*/, ""); n = split($0, word, /[ \t]+/); for (i = 1; i <= n; i++) { gsub(/"/, "", word[i]); if (word[i] ~ /^\//) print word[i] } }' "$1"
}

make_logs() { # make_logs FILE: creates a log for each path, and the directories of the configuration
	local path dir
	while IFS= read -r path; do
		path=${path//\*/one}
		path=${path//\?/x}
		mkdir -p "${path%/*}"
		seq 20 >"$path"
		if grep -q '^[[:space:]]*su ' "$1"; then chown -R daemon:daemon "${path%/*}"; fi
	done < <(patterns "$1")
	while read -r _ dir _; do
		[[ $dir != /* ]] || mkdir -p "$dir"
	done < <(grep -E '^[[:space:]]*olddir ' "$1")
}

snapshot() { # snapshot ROOT
	(cd "$1" && find . -mindepth 1 ! -name '.*.lock' | sort | while IFS= read -r name; do
		stat -c '%n %F %a %U:%G' "$name" | sed 's/regular empty file/regular file/'
		case $name in
		*.gz) gzip -dc "$name" ;;
		*.xz) xz -dc "$name" ;;
		*.zst) zstd -qdc "$name" ;;
		*) [ ! -f "$name" ] || cat "$name" ;;
		esac
	done | sed "s,$1,ROOT,g")
}

umask 022
for side in a b; do
	root=$scratch/$side
	mkdir -m 755 "$root" "$root.d"
	{ echo nodateext; own "$conf" "$root"; } >"$root.conf" # the default of ct-rotate is names by date
	make_logs "$root.conf"
	for file in "$drop_ins"/*; do
		own "$file" "$root" >"$root.d/${file##*/}"
		make_logs "$root.d/${file##*/}"
	done
	find "$root" -type f ! -name said >"$root.logs"
done
for ((round = 1; round <= rounds; round++)); do
	logrotate -f -s "$scratch/state" "$scratch/a.conf" >"$scratch/a.out" 2>&1
	echo "status $?" >"$scratch/a.status"
	"$BUILD/ct-rotate" -f --settle 200ms -c "$scratch/b.conf" >"$scratch/b.out" 2>&1
	echo "status $?" >"$scratch/b.status"
	for side in a b; do
		{ snapshot "$scratch/$side"; cat "$scratch/$side.status"; } >"$scratch/$side.tree"
		while IFS= read -r log; do echo "after $round" >>"$log"; done <"$scratch/$side.logs"
	done
	diff -u "$scratch/a.tree" "$scratch/b.tree" || { echo "round $round"; cat "$scratch/a.out" "$scratch/b.out"; exit 1; }
done
echo "$(wc -l <"$scratch/a.logs") logs, $(grep -c 'regular file' "$scratch/a.tree") files: the same"

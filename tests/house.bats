# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Each rule that scripts/check-layers and scripts/check-shape hold the code to: a small tree that breaks it is refused.
bats_require_minimum_version 1.5.0

setup() {
	[[ $BUILD != *-san ]] || skip "tests none of the programs: the plain build runs it"
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/scripts" "$tree/common/base" "$tree/common/text" "$tree/cmd"
	cp "$BATS_TEST_DIRNAME"/../scripts/check-{layers,shape} "$tree/scripts"
	excuse layers ''
	excuse shape ''
	printf '#include "base/a.h"\nint a_one(void)\n{\n\treturn 1;\n}\n' >"$tree/common/base/a.c"
	printf 'struct a {\n\tint one;\n};\nint a_one(void);\n' >"$tree/common/base/a.h"
	printf '#include "base/a.h"\n#include "base/b.h"\n' >"$tree/common/base/b.c"
	printf 'struct b {\n\tint one;\n};\n' >"$tree/common/base/b.h"
	printf '#include "base/a.h"\n' >"$tree/common/text/t.c"
}

lines() { # lines COUNT [TEXT]: TEXT so often
	for ((i = 0; i < $1; i++)); do printf "${2-\\tcall();\\n}"; done
}

refuses() { # refuses CHECK WORDS: that is all it says
	run -1 "$tree/scripts/check-$1"
	[[ $output == *"$2"* ]]
}

excuse() { # excuse CHECK LINE: as the only exception; without LINE there is none
	sed -i "/<<'END'/,/^END/{/^END/!{/<<'END'/!d}}" "$tree/scripts/check-$1"
	[ -z "$2" ] || sed -i "/^END/i $2" "$tree/scripts/check-$1"
}

@test "a small tree passes both checks" {
	run -0 "$tree/scripts/check-layers"
	[ -z "$output" ]
	run -0 "$tree/scripts/check-shape"
	[ -z "$output" ]
}

@test "check-layers refuses a header of a higher layer" {
	printf '#include "text/t.h"\n' >>"$tree/common/base/a.c"
	refuses layers "common/base includes text/:"
}

@test "check-layers refuses a folder without a place in the order" {
	mkdir "$tree/common/cellar"
	touch "$tree/common/cellar/a.c"
	refuses layers "common/cellar: a layer without a place in the order"
}

@test "check-layers refuses a library that prints" {
	printf 'void a(void)\n{\n\tputs("a");\n}\n' >>"$tree/common/base/a.c"
	refuses layers "common/ exits or prints"
}

@test "check-layers refuses modules that include each other in a circle" {
	printf '#include "base/c.h"\n' >>"$tree/common/base/a.c"
	printf '#include "base/b.h"\n' >"$tree/common/base/c.h"
	refuses layers "common/base: include each other in a circle: a b c"
}

@test "check-layers accepts a circle whose modules are all listed with a reason" {
	printf '#include "base/b.h"\n' >>"$tree/common/base/a.c"
	excuse layers 'common/base: a b: they cannot be parted'
	run -0 "$tree/scripts/check-layers"
	excuse layers 'common/base: a b: '
	refuses layers "circle: a b"
	excuse layers 'common/base: a c: another circle'
	refuses layers "circle: a b"
}

@test "check-layers refuses an excuse for a circle that there is not" {
	excuse layers 'common/base: a b: they cannot be parted'
	refuses layers "common/base: excused, but not (any more) a circle: a b"
}

@test "check-shape refuses an excuse for what is within its limit" {
	excuse shape 'fields a: one for each letter'
	refuses shape "excused, but within its limit: fields a"
}

@test "check-shape refuses a type name that stands twice" {
	printf 'enum a {\n\tONE,\n};\n' >>"$tree/common/base/b.h"
	refuses shape "common/base/b.h:4: enum a is also in common/base/a.h:1"
}

@test "check-shape refuses a file of more than 600 lines" {
	lines 595 'int x;\n' >>"$tree/common/base/a.c"
	run -0 "$tree/scripts/check-shape"
	lines 1 'int x;\n' >>"$tree/common/base/a.c"
	refuses shape "common/base/a.c: common/base/a.c has 601 lines, at most 600"
}

@test "check-shape refuses a function of more than 45 lines" {
	{ printf 'static int long_one(int a,\n\t\t    int b)\n{\n'; lines 45; printf '}\n'; } >>"$tree/common/base/a.c"
	run -0 "$tree/scripts/check-shape"
	{ printf 'static int longer_one(void)\n{\n'; lines 46; printf '}\n'; } >>"$tree/common/base/a.c"
	refuses shape "longer_one has 46 lines of function, at most 45"
}

@test "check-shape refuses a main of more than 40 lines" {
	{ printf 'int main(void)\n{\n'; lines 41; printf '}\n'; } >"$tree/cmd/fw-a.c"
	refuses shape "cmd/fw-a.c has 41 lines of main, at most 40"
}

@test "check-shape refuses a struct of more than 16 fields" {
	{ printf 'struct wide {\n'; lines 4 '\tint a, b, c; /* a; b */\n'; lines 3 '\tint (*call)(int a,\n\t\t\tint b);\n'
		printf '\tint last; /* of several\n\t\tlines; */\n};\n'; } >"$tree/common/base/b.h"
	run -0 "$tree/scripts/check-shape"
	{ printf 'struct wider {\n'; lines 17 '\tint a;\n'; printf '};\n'; } >"$tree/common/base/b.h"
	refuses shape "wider has 17 fields, at most 16"
}

@test "check-shape accepts a wide struct that is listed with a reason" {
	{ printf 'struct wide {\n'; lines 17 '\tint a;\n'; printf '};\n'; } >"$tree/common/base/b.h"
	excuse shape 'fields wide: one for each letter'
	run -0 "$tree/scripts/check-shape"
	excuse shape 'fields wide: '
	refuses shape "wide has 17 fields, at most 16"
}

@test "check-shape refuses blanks at the end of a line and in place of tabs" {
	printf 'int x; \n' >>"$tree/common/base/a.c"
	refuses shape "common/base/a.c:6: the line ends with a blank"
	printf 'int x(void)\n{\n    return 1;\n}\n' >"$tree/common/base/a.c"
	refuses shape "common/base/a.c:3: indented with blanks, not with tabs"
}

@test "check-shape refuses a licence line without a copyright line" {
	{ printf '/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Copyright (C) 2026 somebody */\n'; lines 4 '\n'; } >"$tree/common/base/b.h"
	run -0 "$tree/scripts/check-shape"
	sed -i 2d "$tree/common/base/b.h"
	refuses shape "common/base/b.h: no copyright line below the licence line"
}

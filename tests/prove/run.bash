#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# run.bash BUILD [RULESETS] [SEED] - compare fw-trace with the kernel for both families and both backends, each in a
# namespace of its own. The default of 250 rulesets each makes 100,000 packets in all.
set -u
CDPATH='' cd -- "$(dirname -- "$0")/../.." || exit 3
build=$(realpath "${1:?usage: run.bash BUILD [RULESETS] [SEED]}")
status=0
for backend in legacy nft; do
	for family in 4 6; do
		scripts/netns-run python3 tests/prove/kernel.py --trace "$build/fw-trace" --rulesets "${2:-250}" \
			--seed "${3:-1}" --family $family --backend $backend 2> >(grep -v '^# Warning' >&2) || status=1
	done
done
exit $status

# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# shellcheck shell=bash

# noon: prints a time zone in which it is noon now, so that no local day or week ends while a test runs.
noon() {
	local west=$(($(date +%s) % 86400 - 43200)) sign=''
	((west >= 0)) || { sign=- west=$((-west)); }
	printf '<noon>%s%d:%02d:%02d\n' "$sign" $((west / 3600)) $((west / 60 % 60)) $((west % 60))
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sixteen jumps in a row.
{
	echo '*filter'
	for i in {1..16}; do echo ":c$i - [0:0]"; done
	echo '-A INPUT -j c1'
	for i in {1..15}; do echo "-A c$i -j c$((i + 1))"; done
	echo COMMIT
} | fw-lint -q -4

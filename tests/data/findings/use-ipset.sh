#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
{
	echo '*filter'
	for i in {1..50}; do echo "-A INPUT -s 192.0.2.$i -j DROP"; done
	echo COMMIT
} | fw-lint -q -4

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/options.h"
#include "base/base.h"

#include <stddef.h>

const struct option base_options[] = {
	{ "append", required_argument, NULL, 'A' },
	{ "delete", required_argument, NULL, 'D' },
	{ "check", required_argument, NULL, 'C' },
	{ "insert", required_argument, NULL, 'I' },
	{ "replace", required_argument, NULL, 'R' },
	{ "list", optional_argument, NULL, 'L' },
	{ "list-rules", optional_argument, NULL, 'S' },
	{ "flush", optional_argument, NULL, 'F' },
	{ "zero", optional_argument, NULL, 'Z' },
	{ "new-chain", required_argument, NULL, 'N' },
	{ "delete-chain", optional_argument, NULL, 'X' },
	{ "rename-chain", required_argument, NULL, 'E' },
	{ "policy", required_argument, NULL, 'P' },
	{ "source", required_argument, NULL, 's' },
	{ "destination", required_argument, NULL, 'd' },
	{ "src", required_argument, NULL, 's' },
	{ "dst", required_argument, NULL, 'd' },
	{ "protocol", required_argument, NULL, 'p' },
	{ "in-interface", required_argument, NULL, 'i' },
	{ "out-interface", required_argument, NULL, 'o' },
	{ "jump", required_argument, NULL, 'j' },
	{ "goto", required_argument, NULL, 'g' },
	{ "match", required_argument, NULL, 'm' },
	{ "fragments", no_argument, NULL, 'f' },
	{ "set-counters", required_argument, NULL, 'c' },
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "table", required_argument, NULL, 't' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "exact", no_argument, NULL, 'x' },
	{ "wait", optional_argument, NULL, 'w' },
	{ "wait-interval", optional_argument, NULL, 'W' },
	{ "line-numbers", no_argument, NULL, '0' },
	{ "modprobe", required_argument, NULL, 'M' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", optional_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

const unsigned base_option_count = ARRAY_LEN(base_options) - 1;

const char *base_option_name(int c)
{
	for (unsigned i = 0; i < base_option_count; i++)
		if (base_options[i].val == c)
			return base_options[i].name;
	return "?";
}

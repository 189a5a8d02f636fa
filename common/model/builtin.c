/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/builtin.h"

#include <string.h>

const char *const table_names[] = { "filter", "nat", "mangle", "raw", "security" };
const size_t table_count = ARRAY_LEN(table_names);

const char *const verdict_names[] = { "ACCEPT", "DROP", "QUEUE", "RETURN" };
const size_t verdict_count = ARRAY_LEN(verdict_names);

static const unsigned hooks_of_table[] = {
	HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT,
	HOOK_PREROUTING | HOOK_INPUT | HOOK_OUTPUT | HOOK_POSTROUTING,
	HOOK_PREROUTING | HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT | HOOK_POSTROUTING,
	HOOK_PREROUTING | HOOK_OUTPUT,
	HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT,
};

const char *hook_name(unsigned number)
{
	static const char *const names[HOOK_COUNT] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

	return names[number];
}

unsigned table_hooks(const char *table)
{
	for (size_t i = 0; i < table_count; i++)
		if (strcmp(table, table_names[i]) == 0)
			return hooks_of_table[i];
	return 0;
}

unsigned builtin_hook(const char *table, const char *chain)
{
	unsigned hooks = table_hooks(table);

	for (unsigned i = 0; i < HOOK_COUNT; i++)
		if ((hooks & 1U << i) != 0 && strcmp(chain, hook_name(i)) == 0)
			return 1U << i;
	return 0;
}

bool is_verdict(const char *name)
{
	for (size_t i = 0; i < verdict_count; i++)
		if (strcmp(name, verdict_names[i]) == 0)
			return true;
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The tables of the kernel and their built-in chains (net/ipv4/netfilter/iptable_*.c). The same for
 * both families since nat came to IPv6 (3.7) and INPUT to nat (2.6.36).
 */
#ifndef FW_MODEL_BUILTIN_H
#define FW_MODEL_BUILTIN_H

#include "base/base.h"

/* Hooks, as bits, in the order a packet may pass them. */
enum hook {
	HOOK_PREROUTING = 1 << 0,
	HOOK_INPUT = 1 << 1,
	HOOK_FORWARD = 1 << 2,
	HOOK_OUTPUT = 1 << 3,
	HOOK_POSTROUTING = 1 << 4,
};
#define HOOK_COUNT 5

/* Tables, as bits in the order of table_names. */
enum table_bit {
	TABLE_BIT_FILTER = 1 << 0,
	TABLE_BIT_NAT = 1 << 1,
	TABLE_BIT_MANGLE = 1 << 2,
	TABLE_BIT_RAW = 1 << 3,
	TABLE_BIT_SECURITY = 1 << 4,
};

/* The name of the hook with this number (0 to HOOK_COUNT - 1), which is also its built-in chain's. */
const char *hook_name(unsigned number);

/* The hooks that the table has chains for; 0: no such table. */
unsigned table_hooks(const char *table);

/* The hook of a built-in chain of the table; 0: the table has no such built-in chain. */
unsigned builtin_hook(const char *table, const char *chain);

/* ACCEPT, DROP, QUEUE, RETURN: a jump to these names neither a chain nor an extension. */
bool is_verdict(const char *name);

/* The names of the tables and of the verdicts, for messages and suggestions. */
extern const char *const table_names[];
extern const size_t table_count;
extern const char *const verdict_names[];
extern const size_t verdict_count;

#endif

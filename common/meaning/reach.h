/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Which rules no packet can get to, exactly: a packet that gets there proves a rule alive, earlier
 * rules that together take all that it matches prove it dead, and where neither is found within the
 * budget it is undecided, which is never taken for dead.
 */
#ifndef FW_MEANING_REACH_H
#define FW_MEANING_REACH_H

#include "meaning/program.h"

enum fate {
	FATE_ALIVE,
	FATE_DEAD,        /* earlier rules take all of it */
	FATE_NEVER,       /* it matches no packet that this chain can see */
	FATE_UNREACHABLE, /* no hook leads to its chain */
	FATE_OUTSIDE,     /* dead by what its chain's callers let through, and the rules in front */
	FATE_UNDECIDED,
};

#define REACH_KILLERS 16

struct reach_rule {
	enum fate fate;
	unsigned killer_count; /* all that it takes together; may be more than are kept */
	const struct program_rule *killers[REACH_KILLERS];
};

struct reach {
	struct program *program;
	struct reach_rule *rules; /* by serial */
	bool no_memory;
};

/* Decides every rule. NULL when memory ran out. */
must_check struct reach *reach_new(struct program *program);
void reach_free(struct reach *reach);

/* Does a packet that surely matches leave the chain by this rule: verdicts, RETURN, goto? */
bool rule_ends_chain(const struct program_rule *rule);

#endif

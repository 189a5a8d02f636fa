/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One family's ruleset made ready for questions: each rule with its conditions, its boxes and what
 * it does with a packet that matches, each chain with its callers, and one space for all of them.
 */
#ifndef FW_MEANING_PROGRAM_H
#define FW_MEANING_PROGRAM_H

#include "meaning/box.h"
#include "meaning/world.h"
#include "model/builtin.h"
#include "model/kinds.h"

struct program_chain;

struct program_rule {
	const struct rule *rule;
	const struct program_rule *twin; /* of the program that this one is like, with the same conditions; NULL: none */
	const struct cond *conds;
	unsigned cond_count;
	enum rule_effect effect;
	bool fresh;        /* within its boxes it may match or not: limits, unknown kinds, too many boxes */
	bool writes;       /* a match of it leaves something that other rules can ask for */
	unsigned first_box; /* in program->boxes */
	unsigned box_count; /* 0: matches nothing */
	struct program_chain *to; /* JUMP, GOTO */
	struct program_chain *chain; /* that holds it */
	unsigned index;     /* in the chain, from 0 */
	unsigned serial;    /* in the program, from 0, in the order of chains and rules */
};

struct program_call {
	struct program_rule *rule; /* a JUMP or GOTO to the chain */
};

struct program_table;

struct program_chain {
	const struct chain *chain;
	struct program_table *table;
	struct program_rule *rules; /* an array in the arena */
	unsigned count;
	VEC(struct program_rule *) callers;
	unsigned hooks;     /* of enum hook: from which it can be reached along jumps */
	bool looped;        /* on a cycle, or behind one: nothing is said of it */
	bool leaves;        /* by RETURN or -g: its later rules need not see the packets that get this far */
	unsigned order;     /* callers come before those that they call, where there is no loop */
	struct index *index; /* of its rules, made when first needed */
	unsigned long long asked; /* for which packet `returns` was found out last: witness.c */
	bool returns;
};

struct program_table {
	const struct table *table;
	struct program_chain *chains;
	unsigned count;
	struct program_chain **sorted; /* by order */
	unsigned changes; /* of enum changes: what rules of this table may change on a packet's way through it */
};

struct twins;

struct program {
	const struct ruleset *ruleset; /* borrowed */
	struct world *world; /* borrowed, unless owns_world */
	struct arena arena;
	struct program_table *tables;
	unsigned table_count;
	struct program_rule **rules; /* by serial */
	unsigned rule_count;
	struct boxes boxes;
	const struct twins *twins;  /* while the program is read */
	const struct program *like; /* has the twins of its rules; NULL: they have none */
	unsigned long long packets; /* that were tried: witness.c */
	bool tracked;  /* some rule uses connection tracking: packets are put together from their fragments first */
	bool owns_world;
	bool no_memory;
};

/*
 * The same in two steps, for programs that share a world: program_read notes the conditions, and program_box makes
 * the boxes once the world is sealed. NULL or false when memory ran out.
 */
must_check struct program *program_read(struct world *world, const struct ruleset *ruleset);
must_check bool program_box(struct program *program);

/* program_read of a ruleset that is much like that of the other program, which must live as long, and get its boxes first. */
must_check struct program *program_read_like(struct program *other, const struct ruleset *ruleset);

/*
 * Compiles a program with a world of its own. `note`, which may be NULL, adds to the space the values that questions will be about.
 * NULL when memory ran out.
 */
must_check struct program *program_new(const struct ruleset *ruleset, void (*note)(void *ctx, struct space *space),
				       void *ctx);
void program_free(struct program *program);

struct program_table *program_find_table(const struct program *program, const char *name);
/* The built-in chain of a hook; NULL: the table is not there. */
struct program_chain *program_hook(const struct program *program, const char *table, enum hook hook);
/* DROP of a chain that has a policy, else false: ACCEPT is what the kernel starts with. */
bool chain_policy_drops(const struct program_chain *chain);

/* What packets can be at this hook of this table: interfaces, states. */
struct box program_entry(const struct program *program, const struct program_table *table, enum hook hook);

/* The box of conditions given one by one; false: nothing satisfies them, or they are more than one box. */
bool program_narrow(const struct program *program, struct box *box, enum field field, field_value lo, field_value hi);

/* What the rule's target is called: "DROP", "SNAT", the chain's name, "" for none. */
const char *rule_target_name(const struct rule *rule);

/* The number of the rule's line in the text, from 1. */
unsigned rule_line(const struct program *program, const struct rule *rule);

#endif

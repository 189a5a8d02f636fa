/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What a rule's matches ask of a packet: a list of conditions that must all hold. The class of a match is in
 * its row (model/kinds_match.c). A match that is not modelled stays as an unknown, a boolean: if the match is
 * a function of the packet (CLASS_PURE), all rules with the same words share one; if it has state or chance
 * (CLASS_FRESH), each use has its own. A match without a row is CLASS_FRESH, and nothing is ever concluded
 * from such a match. Uses of a match that have one answer for every packet are in match_certain.c.
 */
#ifndef FW_MEANING_MATCHSET_H
#define FW_MEANING_MATCHSET_H

#include "base/arena.h"
#include "base/vec.h"
#include "meaning/field.h"
#include "model/kinds.h"
#include "model/ruleset.h"

enum cond_kind {
	COND_RANGES,  /* the field, or the other one, is within the ranges */
	COND_MASKED,  /* field & mask == value, or not so if negative: where that is no short list of ranges */
	COND_UNKNOWN, /* the boolean `var` is true, or false if negative */
};

struct cond {
	enum cond_kind kind;
	enum field field;
	enum field other; /* FIELD_COUNT: none */
	bool negative;
	const struct range *ranges; /* sorted, disjoint; in the arena */
	unsigned range_count;
	field_value mask, value;
	unsigned var;     /* index + 1 of the boolean; 0: one of its own at this use */
	unsigned depends; /* of enum changes */
	const struct extension *match; /* where it comes from; NULL: the rule's own options */
};

/* A boolean that several rules share. */
struct variable {
	const struct extension *match; /* the first that has it; NULL: a mask */
	struct cond mask;
};

struct matchset {
	enum family family;
	struct arena *arena; /* borrowed: conditions live there */
	VEC(struct variable) vars;
	VEC(unsigned) buckets; /* open hash of vars: index + 1 */
	/* of the rule that was read last */
	VEC(struct cond) conds;
	bool no_memory;
};

/* Replaces conds by those of the rule. False when memory ran out. */
must_check bool matchset_read(struct matchset *set, const struct rule *rule);

/* Appends one condition of a field's range to conds, or its complement. */
void matchset_range(struct matchset *set, enum field field, field_value lo, field_value hi, bool invert,
		    const struct extension *match);

void matchset_free(struct matchset *set);

/* Is it one whose answer changes from packet to packet with the same header: limit, recent, quota ...? */
bool match_is_counted(const struct extension *match);
/* Does it keep any packet from matching? `-m recent --set' is counted, and does not. */
bool match_limits(const struct extension *match);

/* true and false where the values tell; false for unknowns. Used for concrete packets. */
bool cond_holds(const struct cond *cond, const field_value values[static FIELD_COUNT]);

#endif

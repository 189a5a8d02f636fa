/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The rules of one chain, found by a packet: segment trees over the numbers of one field, nested by
 * field, so that a packet meets few rules that do not match it however many there are.
 */
#ifndef FW_MEANING_INDEX_H
#define FW_MEANING_INDEX_H

#include "meaning/program.h"

struct index;

/* Of all rules, or of the wanted ones. NULL when memory ran out. The boxes must stay. */
struct index *index_new(const struct box *boxes, const struct program_rule *rules, unsigned count,
			bool (*wanted)(const struct program_rule *rule));
void index_free(struct index *index);

#define INDEX_NONE UINT32_MAX

/*
 * The first rule at or behind `from` with a box that has the point, by its index in the chain;
 * INDEX_NONE: none. Booleans are not looked at.
 */
uint32_t index_next(const struct index *index, const uint32_t point[static FIELD_COUNT], uint32_t from);

/* The same in a chain of the program, whose index is made when it is first asked. */
uint32_t chain_next(struct program *program, struct program_chain *chain, const uint32_t point[static FIELD_COUNT], uint32_t from);

/*
 * The rules in front of `before` with a box that shares a point with this one, in order, each once, booleans left out
 * of account. False: no memory.
 */
struct rule_list {
	uint32_t *item;
	size_t len, cap;
};
must_check bool chain_meets(struct program *program, struct program_chain *chain, const struct box *box, uint32_t before,
			    struct rule_list *out);

#endif

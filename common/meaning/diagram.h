/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reduced ordered binary decision diagrams over the numbers of a space, bit by bit, and its booleans.
 * Nodes are never given back before the end; their number has a limit, after which everything is
 * DIAGRAM_LOST and stays so. No rules are known here.
 */
#ifndef FW_MEANING_DIAGRAM_H
#define FW_MEANING_DIAGRAM_H

#include "meaning/box.h"

typedef uint32_t diagram; /* a set: a node of the manager */

#define DIAGRAM_EMPTY 0U
#define DIAGRAM_FULL  1U

struct diagrams;

/* For at most `limit` nodes. NULL when memory ran out. */
must_check struct diagrams *diagrams_new(const struct space *space, size_t limit);
void diagrams_free(struct diagrams *all);

/* The limit was reached, or memory ran out: no answer since then means anything. */
bool diagrams_lost(const struct diagrams *all);

diagram diagram_box(struct diagrams *all, const struct box *box);
diagram diagram_and(struct diagrams *all, diagram a, diagram b);
diagram diagram_or(struct diagrams *all, diagram a, diagram b);
diagram diagram_minus(struct diagrams *all, diagram a, diagram b);

/* All points that agree with one of the set in these fields (bits by enum field): the others, and the booleans, are let go. */
diagram diagram_over(struct diagrams *all, diagram set, unsigned fields);

/*
 * All points that there are: a field's numbers need not fill its bits. What comes in from outside is
 * to be cut down to these, or points that do not exist are left over.
 */
diagram diagram_valid(struct diagrams *all);

/* A point of a set that is not empty, as near to the wanted one as may be, as a box of one point with its booleans. */
struct box diagram_some(const struct diagrams *all, diagram set, const uint32_t wanted[static FIELD_COUNT]);

/* What is left of a set at this point: a set of booleans alone. */
diagram diagram_at(const struct diagrams *all, diagram set, const uint32_t point[static FIELD_COUNT]);

/*
 * Takes the first boolean off a set of booleans that is neither empty nor full: its number, or minus it where it is
 * false; true only if it must be. *set is what is left then.
 */
int32_t diagram_literal(const struct diagrams *all, diagram *set);

/* Is a number within a set of this field alone? */
bool diagram_has_number(const struct diagrams *all, diagram set, enum field field, uint32_t number);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The different texts of many rules, numbered from 0 in the order in which they came: to ask in one step
 * whether a rule stands in another list, and how often.
 */
#ifndef FW_RULETEXT_PIECEMAP_H
#define FW_RULETEXT_PIECEMAP_H

#include "ruletext/rules.h"

#define PIECEMAP_NONE SIZE_MAX

/* Zeroed: empty. The texts are borrowed. */
struct piecemap {
	VEC(struct piece) texts; /* by number */
	unsigned *slots;         /* owned; number + 1 by hash; 0: free */
	size_t slot_count;       /* a power of two */
};

/* Makes room for so many different texts. False when memory ran out. */
must_check bool piecemap_reserve(struct piecemap *map, size_t count);

/* The number of a text, a new one if it was not known. Grows. PIECEMAP_NONE when memory ran out. */
size_t piecemap_add(struct piecemap *map, const struct piece *text);

/* PIECEMAP_NONE: not known. */
size_t piecemap_find(const struct piecemap *map, const struct piece *text);

void piecemap_free(struct piecemap *map);

#endif

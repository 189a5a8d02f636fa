/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table of texts. Each different text has a number, from 0 in the order in which they came, by which
 * the caller keeps what belongs to it in an array of his own.
 */
#ifndef FW_BASE_TEXTMAP_H
#define FW_BASE_TEXTMAP_H

#include "base/piece.h"
#include "base/vec.h"

#define TEXTMAP_NONE SIZE_MAX

/* Zeroed: empty. The texts are borrowed. */
struct textmap {
	VEC(struct piece) texts; /* by number */
	unsigned *slots;         /* owned; number + 1 by hash; 0: free */
	size_t slot_count;       /* a power of two */
};

/* Makes room for so many different texts. False when memory ran out. */
must_check bool textmap_reserve(struct textmap *map, size_t count);

/* The number of a text, a new one if it was not known. Grows. TEXTMAP_NONE when memory ran out. */
must_check size_t textmap_add(struct textmap *map, const struct piece *text);

/* TEXTMAP_NONE: not known. */
size_t textmap_find(const struct textmap *map, const struct piece *text);

void textmap_free(struct textmap *map);

#endif

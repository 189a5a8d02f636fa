/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A hash table of texts. It numbers different texts from 0, in the order in which they were added. The caller keeps
 * the values in an array, by these numbers.
 */
#ifndef FW_BASE_TEXTMAP_H
#define FW_BASE_TEXTMAP_H

#include "base/piece.h"
#include "base/vec.h"

#define TEXTMAP_NONE SIZE_MAX

/* A zeroed struct is empty. The texts are borrowed. */
struct textmap {
	VEC(struct piece) texts; /* by number */
	unsigned *slots;         /* owned; by hash: the number of the text + 1; 0: free */
	size_t slot_count;       /* a power of two */
};

/* Makes room for `count` different texts. False: no memory. */
must_check bool textmap_reserve(struct textmap *map, size_t count);

/* The number of a text, which is added if it is new. TEXTMAP_NONE: no memory. */
must_check size_t textmap_add(struct textmap *map, const struct piece *text);

/* The number of a text. TEXTMAP_NONE: it was not added. */
size_t textmap_find(const struct textmap *map, const struct piece *text);

void textmap_free(struct textmap *map);

#endif

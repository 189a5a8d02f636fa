/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is freed all at once: the objects of a ruleset live and die together. A zeroed struct
 * is an empty arena. Not for things that are replaced one by one: nothing is given back before the end.
 */
#ifndef FW_BASE_ARENA_H
#define FW_BASE_ARENA_H

#include "base/base.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* owned, newest first */
	size_t left;                /* bytes free at the end of the newest block */
	size_t used;                /* bytes handed out in all */
};

/* Zeroed memory, aligned for any object; NULL when memory ran out. Valid until arena_free. */
must_check void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of len bytes of text, which may hold no NUL. */
must_check char *arena_text(struct arena *arena, const char *text, size_t len);

/* All that was handed out is gone; one block is kept for what comes next. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Memory that is freed all at once, for objects that live equally long. A zeroed struct is an empty arena. Not for
 * objects that are replaced one by one: no memory is freed before the end.
 */
#ifndef FW_BASE_ARENA_H
#define FW_BASE_ARENA_H

#include "base/base.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* owned, newest first */
	size_t left;                /* bytes free at the end of the newest block */
	size_t used;                /* bytes allocated in all */
};

/* Zeroed memory, aligned for any object, valid until arena_reset or arena_free. NULL: no memory. */
must_check void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of len bytes of text, which must not contain a NUL. NULL: no memory. */
must_check char *arena_text(struct arena *arena, const char *text, size_t len);

/* Frees everything that was allocated, but keeps one block for the next allocations. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif

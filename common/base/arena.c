/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Large enough that few allocations open a new block, small enough for a program that makes only a few. */
#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of bytes[] */
	alignas(max_align_t) char bytes[];
};

static bool arena_open_block(struct arena *arena, size_t size)
{
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (block == NULL)
		return false;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->left = size;
	return true;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t align = alignof(max_align_t);
	size_t rounded;
	char *at;

	if (size > SIZE_MAX / 2)
		return NULL;
	rounded = (size + align - 1) / align * align;
	if (rounded > arena->left && !arena_open_block(arena, rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE))
		return NULL;
	at = arena->blocks->bytes + (arena->blocks->size - arena->left);
	arena->left -= rounded;
	arena->used += rounded;
	return at;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy != NULL && len > 0)
		memcpy(copy, text, len);
	return copy;
}

/* Frees the blocks that are newer than `keep`; NULL: all. */
static void free_blocks(struct arena *arena, const struct arena_block *keep)
{
	while (arena->blocks != keep) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *oldest = arena->blocks;

	if (oldest == NULL)
		return;
	while (oldest->next != NULL)
		oldest = oldest->next;
	if (oldest != arena->blocks)
		arena->left = 0; /* the oldest block is not the newest, so it is in use up to its end */
	free_blocks(arena, oldest);
	memset(oldest->bytes, 0, oldest->size - arena->left);
	arena->left = oldest->size;
	arena->used = 0;
}

void arena_free(struct arena *arena)
{
	free_blocks(arena, NULL);
	arena->left = 0;
	arena->used = 0;
}

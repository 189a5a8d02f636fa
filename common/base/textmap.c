/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/textmap.h"

#include <stdlib.h>
#include <string.h>

/* Eight bytes at a time: the texts are long and differ in few bytes. */
static size_t text_hash(const struct piece *text)
{
	uint64_t hash = text->len, word;
	unsigned at = 0;

	for (; at + sizeof(word) <= text->len; at += sizeof(word)) {
		memcpy(&word, text->text + at, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
		hash ^= hash >> 32;
	}
	for (word = 0; at < text->len; at++)
		word = word << 8 | (unsigned char)text->text[at];
	hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
	return (size_t)(hash ^ hash >> 32);
}

/* The slot of a text: its own, or the free one where it belongs. */
static unsigned *find_slot(const struct textmap *map, const struct piece *text)
{
	size_t at = text_hash(text) & (map->slot_count - 1);

	while (map->slots[at] != 0 && !piece_equal(&map->texts.item[map->slots[at] - 1], text))
		at = (at + 1) & (map->slot_count - 1);
	return &map->slots[at];
}

bool textmap_reserve(struct textmap *map, size_t count)
{
	unsigned *before = map->slots;
	size_t slots = map->slot_count == 0 ? 16 : map->slot_count;

	while (slots < 2 * count)
		slots *= 2;
	if (slots == map->slot_count)
		return true;
	map->slots = calloc(slots, sizeof(*map->slots));
	if (map->slots == NULL || !vec_reserve(&map->texts, count)) {
		free(map->slots);
		map->slots = before;
		return false;
	}
	free(before);
	map->slot_count = slots;
	for (size_t i = 0; i < map->texts.len; i++)
		*find_slot(map, &map->texts.item[i]) = (unsigned)i + 1;
	return true;
}

size_t textmap_add(struct textmap *map, const struct piece *text)
{
	unsigned *slot;

	if (!textmap_reserve(map, map->texts.len + 1))
		return TEXTMAP_NONE;
	slot = find_slot(map, text);
	if (*slot == 0) {
		if (!vec_push(&map->texts, *text))
			return TEXTMAP_NONE;
		*slot = (unsigned)map->texts.len;
	}
	return *slot - 1;
}

size_t textmap_find(const struct textmap *map, const struct piece *text)
{
	return map->slot_count == 0 ? TEXTMAP_NONE : (size_t)*find_slot(map, text) - 1;
}

void textmap_free(struct textmap *map)
{
	vec_free(&map->texts);
	free(map->slots);
	map->slots = NULL;
	map->slot_count = 0;
}

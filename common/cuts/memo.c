/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/memo.h"
#include "base/hash.h"
#include "cuts/fortune.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 16, MOST = SLOTS / 4 * 3 };

struct memo_entry {
	struct memo_key key;
	struct fortune fortune;
	bool used;
};

static void add_end(uint32_t **at, const struct space *space, const struct connection *connection, const struct endpoint *end,
		    const struct way *way)
{
	field_value addr = value_of_addr(end->addr, connection->family), interface = value_of_name(way->interface);

	*(*at)++ = space_number(space, FIELD_SRC, addr);
	*(*at)++ = space_number(space, FIELD_DST, addr);
	*(*at)++ = space_number(space, FIELD_SPORT, end->port);
	*(*at)++ = space_number(space, FIELD_DPORT, end->port);
	*(*at)++ = way->known ? 2 + space_number(space, FIELD_IN, interface) : way->local;
	*(*at)++ = way->local ? UINT32_MAX : way->known ? space_number(space, FIELD_OUT, interface) : 0;
}

struct memo_key memo_key_of(const struct space *space, const struct connection *connection, const struct way *from,
			    const struct way *server)
{
	struct memo_key key = { { connection->proto, connection->mark, connection->tracked + 2U * connection->expected } };
	uint32_t *at = key.number + 3;

	add_end(&at, space, connection, &connection->from, from);
	add_end(&at, space, connection, &connection->server, server);
	return key;
}

static struct memo_entry *find_slot(const struct memo *memo, const struct memo_key *key)
{
	size_t at = hash32_add(HASH32_START, key, sizeof(*key)) & (SLOTS - 1);

	while (memo->slots[at].used && memcmp(&memo->slots[at].key, key, sizeof(*key)) != 0)
		at = (at + 1) & (SLOTS - 1);
	return &memo->slots[at];
}

const struct fortune *memo_find(const struct memo *memo, const struct memo_key *key)
{
	const struct memo_entry *entry = memo->slots != NULL ? find_slot(memo, key) : NULL;

	return entry != NULL && entry->used ? &entry->fortune : NULL;
}

void memo_note(struct memo *memo, const struct memo_key *key, const struct fortune *fortune)
{
	struct memo_entry *entry;

	if (memo->slots == NULL)
		memo->slots = calloc(SLOTS, sizeof(*memo->slots));
	if (memo->slots == NULL || memo->used >= MOST)
		return;
	entry = find_slot(memo, key);
	*entry = (struct memo_entry){ *key, *fortune, true };
	memo->used++;
}

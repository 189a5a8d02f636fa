/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What became of connections that were judged already. Those that no rule can tell apart are judged once: a server's
 * two hundred thousand clients are a few hundred kinds.
 */
#ifndef FW_CUTS_MEMO_H
#define FW_CUTS_MEMO_H

#include "cuts/connection.h"
#include "cuts/kernel.h"
#include "meaning/space.h"

enum { MEMO_NUMBERS = 15 };

/* All that rules can see of a connection that is not translated. */
struct memo_key {
	uint32_t number[MEMO_NUMBERS];
};

struct memo_entry;

struct memo {
	struct memo_entry *slots; /* owned; an open hash; NULL: no memory, or nothing noted yet */
	size_t used;
};

struct memo_key memo_key_of(const struct space *space, const struct connection *connection, const struct way *from,
			    const struct way *server);

/* NULL: not known. The answer is valid until the next memo_note. */
const struct fortune *memo_find(const struct memo *memo, const struct memo_key *key);

/* Once it is full, nothing more is noted. */
void memo_note(struct memo *memo, const struct memo_key *key, const struct fortune *fortune);

#endif

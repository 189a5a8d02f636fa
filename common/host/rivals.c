/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/rivals.h"

enum { GIVE_UP_COMMITS = 20, GIVE_UP_MS = 2500 };

void rivals_begin(struct rivals *rivals)
{
	rivals->counts = rivals->nftgen != NULL && nftgen_ask(rivals->nftgen, &rivals->began) == 0;
}

enum spawn_pace rivals_watch(void *arg, long long elapsed)
{
	struct rivals *rivals = arg;
	uint32_t now;

	if (!rivals->counts || nftgen_ask(rivals->nftgen, &now) != 0 || now == rivals->began)
		return SPAWN_GO_ON;
	return elapsed >= GIVE_UP_MS && now - rivals->began >= GIVE_UP_COMMITS ? SPAWN_GIVE_UP : SPAWN_HURRY;
}

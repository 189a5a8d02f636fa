/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Watches for other programs that commit to nf_tables while a program of iptables works. Each such commit makes it
 * start again, without limit (__nft_build_cache in nft-cache.c, ERESTART in nft.c of iptables). After the first one it
 * gets the highest priority; after 20, and at least 2.5 seconds, it is killed.
 */
#ifndef FW_HOST_RIVALS_H
#define FW_HOST_RIVALS_H

#include "host/nftgen.h"
#include "host/spawn.h"

struct rivals {
	struct nftgen *nftgen; /* borrowed; NULL: does not watch */
	uint32_t began;        /* nf_tables' generation when the program started ... */
	bool counts;           /* ... if it is known */
};

/* Call this before each program. */
void rivals_begin(struct rivals *rivals);

/* For the watch of a struct spawn. */
enum spawn_pace rivals_watch(void *rivals, long long elapsed);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs that commit to nf_tables while one of iptables' programs works. It then begins anew, without end
 * (__nft_build_cache in nft-cache.c, ERESTART in nft.c of iptables): overtaken once, it gets the highest priority;
 * overtaken 20 times, and no sooner than after 2.5 seconds, it is killed.
 */
#ifndef FW_HOST_RIVALS_H
#define FW_HOST_RIVALS_H

#include "host/nftgen.h"
#include "host/spawn.h"

struct rivals {
	struct nftgen *nftgen; /* borrowed; NULL: nobody is watched */
	uint32_t began;        /* nf_tables' generation when the program was started ... */
	bool counts;           /* ... if that is known */
};

/* In front of each program. */
void rivals_begin(struct rivals *rivals);

/* For a spawn's watch. */
enum spawn_pace rivals_watch(void *rivals, long long elapsed);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What targets change in a packet that goes on. */
#ifndef FW_MEANING_REWRITE_H
#define FW_MEANING_REWRITE_H

#include "meaning/packet.h"
#include "meaning/program.h"

/* The addresses and ports that a NAT target gives; what it leaves alone has no flag. */
struct nat_range {
	bool destination;  /* else the source */
	bool has_addr, has_port;
	bool local;        /* REDIRECT: this host's own address, not known here */
	bool netmap;       /* only the bits of a prefix are replaced; lo and hi are its ends */
	bool shifted;      /* the port moves with the old one */
	struct range addr, port;
};

/* The hook tells what NETMAP rewrites. False: no NAT target. */
bool nat_range_of(const struct rule *rule, enum family family, unsigned hook, struct nat_range *range);

/* Rewrites by a NAT rule; what depends on chance or on the host is unknown afterwards. */
void rewrite_nat(struct packet *packet, const struct rule *rule, unsigned hook);

/* What MARK, CONNMARK, CT, TTL ... do. */
void rewrite_other(struct packet *packet, const struct rule *rule);

#endif

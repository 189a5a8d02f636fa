/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
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
must_check bool nat_range_of(const struct rule *rule, enum family family, unsigned hook, struct nat_range *range);

/* Rewrites by a NAT rule; what depends on chance or on the host is unknown afterwards. */
void rewrite_nat(struct packet *packet, const struct rule *rule, unsigned hook);

/* What a target other than NAT does with a packet: it writes values, and the values of some fields are lost. */
struct target_writer {
	const char *name; /* of its row in model/kinds_target.c */
	void (*write)(struct packet *packet, const struct extension *target); /* NULL: writes nothing that is known */
	unsigned forgets; /* fields that are unknown afterwards, as bits of enum field */
};

extern const struct target_writer target_writers[];
extern const size_t target_writer_count;

/* What MARK, CONNMARK, CT, TTL ... do. */
void rewrite_other(struct packet *packet, const struct rule *rule);

#endif

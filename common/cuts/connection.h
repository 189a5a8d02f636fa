/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A connection that is alive, with the addresses that rules see. */
#ifndef FW_CUTS_CONNECTION_H
#define FW_CUTS_CONNECTION_H

#include "base/base.h"
#include "base/vec.h"
#include "text/family.h"

struct endpoint {
	unsigned char addr[16]; /* network order; an IPv4 address is followed by zeros */
	uint16_t port;          /* 0: the protocol has no ports */
};

/* Whose connection it is. */
enum owner { OWNER_OTHER, OWNER_PERHAPS, OWNER_SESSION };

/*
 * Without NAT, server is `to` and back is `from`. With NAT, the first packet came as from -> to, and it is server that
 * answers, to back.
 */
struct connection {
	struct endpoint from, to, server, back;
	uint32_t mark;
	enum family family;
	uint8_t proto;
	bool expected; /* another connection announced it, as FTP does: its first packet was RELATED, not NEW */
	bool tracked; /* false: a TCP socket of this host that connection tracking does not know */
	enum owner owner;
};

typedef VEC(struct connection) connections;

/* Is its destination, or its source, translated? */
bool connection_has_dnat(const struct connection *connection);
bool connection_has_snat(const struct connection *connection);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif

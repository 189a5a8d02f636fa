/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The dimensions of a packet. Every one is a number, so that one algebra serves all: addresses of
 * both families are 128 bits, an interface is its name padded with zeros and read as one big-endian
 * number, by which `eth+` is a range and no interface is 0.
 */
#ifndef FW_MEANING_FIELD_H
#define FW_MEANING_FIELD_H

#include "base/base.h"
#include "text/family.h"

#include <net/if.h>
#include <netinet/in.h>

__extension__ typedef unsigned __int128 field_value;

/* Their order is that of the decision diagram's variables: addresses first is 12 times smaller than ports first. */
enum field {
	FIELD_SRC,
	FIELD_DST,
	FIELD_DPORT,
	FIELD_SPORT,
	FIELD_PROTO,
	FIELD_IN,
	FIELD_OUT,
	FIELD_CT, /* state, direction and rewriting of the connection: see ct_value */
	FIELD_ICMP, /* type * 256 + code, of the family's own ICMP */
	FIELD_FLAGS, /* byte 13 of the TCP header */
	FIELD_FRAGMENT, /* 1: not the first fragment */
	FIELD_MARK,
	FIELD_CTMARK,
	FIELD_PKTTYPE, /* PACKET_HOST ... of linux/if_packet.h */
	FIELD_LENGTH, /* of the IP packet, in bytes */
	FIELD_TTL,
	FIELD_TOS,
	FIELD_COUNT
};

struct range {
	field_value lo, hi; /* both within */
};

enum ct_state { CT_RELATED, CT_ESTABLISHED, CT_NEW, CT_INVALID, CT_UNTRACKED, CT_STATE_COUNT };

/* One value of FIELD_CT. INVALID and UNTRACKED packets have no connection, hence no direction and no rewriting. */
unsigned ct_value(enum ct_state state, bool reply, bool snat, bool dnat);
enum ct_state ct_state_of(unsigned value);
bool ct_is_reply(unsigned value);
bool ct_has_snat(unsigned value);
bool ct_has_dnat(unsigned value);
bool ct_possible(unsigned value); /* NEW is never a reply */
#define CT_VALUE_COUNT (CT_STATE_COUNT * 8U)

const char *ct_state_name(enum ct_state state);
const char *field_name(enum field field);

/* The largest value. */
field_value field_max(enum field field, enum family family);

/*
 * Few values without an order of their own (protocol, state, flags ...), at most 256: they are put
 * into classes by the sets that the rules test them with.
 */
bool field_is_small(enum field field);

field_value value_of_name(const char *name); /* of an interface */
void name_of_value(field_value value, char name[static IFNAMSIZ]);
field_value value_of_addr(const void *addr, enum family family); /* network order */
/* An address as people write it. */
must_check bool value_of_text(const char *text, enum family family, field_value *value);
void addr_of_value(field_value value, enum family family, unsigned char addr[static 16]);

/* Appends the value as people write it. */
struct strbuf;
void field_text(struct strbuf *out, enum field field, field_value value, enum family family);

#endif

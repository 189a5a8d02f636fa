/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One packet, as fields that are known or not, and its text:
 *
 *	in eth0 tcp 198.51.100.7:40000 -> 203.0.113.5:22 new
 *	in eth0 out eth1 udp [2001:db8::9]:5000 -> [2001:db8:1::1]:53 established reply
 *	out lo icmp 127.0.0.1 -> 127.0.0.1 type 8 new
 *
 * `in` alone is a packet for this host, `out` alone one from it, both one that is forwarded.
 */
#ifndef FW_MEANING_PACKET_H
#define FW_MEANING_PACKET_H

#include "base/strbuf.h"
#include "meaning/field.h"

struct packet {
	enum family family;
	field_value value[FIELD_COUNT];
	unsigned known;  /* bits of enum field: the others may be anything */
	bool forwarded;  /* it goes on to another host */
};

/*
 * Reads one packet. False: *fault says what is wrong, about `at` bytes into the text. What the text
 * does not say is unknown, but for: state new, and of a TCP packet the flags that go with its state,
 * no mark, no fragment, addressed to this host's link address.
 */
must_check bool packet_parse(struct packet *packet, const char *text, size_t len, const char **fault, size_t *at);

/* Appends the packet as packet_parse reads it, as short as it may be; packet_whole_text also length, ttl and tos, if known. */
void packet_whole_text(struct strbuf *out, const struct packet *packet);
void packet_text(struct strbuf *out, const struct packet *packet);

/* A field is set, and known from now on. */
void packet_set(struct packet *packet, enum field field, field_value value);
bool packet_knows(const struct packet *packet, enum field field);

/* Has this protocol ports? */
bool proto_has_ports(unsigned proto);

#endif

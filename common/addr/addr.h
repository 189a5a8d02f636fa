/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Addresses, networks and ranges of both families, and sets of them. Each of them is stored as a range. A
 * normal set holds the fewest ranges, in order, and no two of its ranges overlap or are adjacent.
 */
#ifndef FW_ADDR_ADDR_H
#define FW_ADDR_ADDR_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "text/family.h"

/* Room for any address as text. */
#define ADDR_TEXT_MAX 46

/*
 * The first len bytes of the text are an address of this family, which has 4 or 16 bytes in network order; the rest of
 * bytes[] becomes 0. Names are never looked up.
 */
must_check bool addr_read(const char *text, size_t len, enum family family, unsigned char bytes[static 16]);

/* An address of 4 or 16 bytes as text, as inet_ntop writes it. Returns out. */
const char *addr_text(const unsigned char *bytes, enum family family, char out[static ADDR_TEXT_MAX]);

/* 128 bits; an IPv4 address is in the low 32 bits. */
typedef unsigned __int128 addr_bits;

struct addr_range {
	enum family family; /* FAMILY_IPV4 or FAMILY_IPV6 */
	addr_bits first, last;
};

/* Why a text is not an address. */
enum addr_fault { ADDR_FINE, ADDR_NONE, ADDR_PREFIX, ADDR_ORDER };

/*
 * Parses "192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9" or "2001:db8::/32". Host bits are cleared, as
 * iptables does. Host names are never looked up.
 */
must_check enum addr_fault addr_parse(const char *text, struct addr_range *out);

/* Bits of an address of this family: 32 or 128. */
unsigned addr_width(enum family family);

/* The prefix length if the range is one network, else -1. */
int addr_prefix(const struct addr_range *range);

bool addr_contains(const struct addr_range *outer, const struct addr_range *inner);

/*
 * Prints "192.0.2.0/24". A single address is printed without a prefix, and a range that is not a network as
 * "FIRST-LAST".
 */
void addr_print(struct strbuf *out, const struct addr_range *range);

/* The address `first` alone. */
void addr_print_first(struct strbuf *out, const struct addr_range *range);

struct addr_set {
	VEC(struct addr_range) ranges; /* owned */
};

/* False when memory ran out. */
must_check bool addr_set_add(struct addr_set *set, const struct addr_range *range);

/* Makes the set normal: sorts the ranges, IPv4 first, and joins those that overlap or are adjacent. */
void addr_set_normalise(struct addr_set *set);

/*
 * Appends the fewest networks that make up the range. A range that needs more than `most` networks is appended
 * as it is, for the iprange match. Returns false when memory ran out.
 */
must_check bool addr_set_split(struct addr_set *out, const struct addr_range *range, unsigned most);

/* Takes the addresses of `holes` out of the set. Both are normal, and the result is too. False when memory ran out. */
must_check bool addr_set_subtract(struct addr_set *set, const struct addr_set *holes);

/* Writes all ranges of a normal set as networks, for an ipset. Replaces the contents of *out. */
must_check bool addr_set_networks(const struct addr_set *set, struct addr_set *out);

bool addr_set_covers(const struct addr_set *normal, const struct addr_range *range);
size_t addr_set_count(const struct addr_set *set, enum family family);
void addr_set_free(struct addr_set *set);

#endif

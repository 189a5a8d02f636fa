/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, networks and ranges of both families, and sets of them. A range is the one form that
 * all of them have; a set, once normal, holds the fewest ranges, sorted, none touching another.
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

/* 128 bits; an IPv4 address stands in the low 32. */
typedef unsigned __int128 addr_bits;

struct addr_range {
	enum family family; /* one of the two */
	addr_bits first, last;
};

/* Why a text is no address. */
enum addr_fault { ADDR_FINE, ADDR_NONE, ADDR_PREFIX, ADDR_ORDER };

/*
 * "192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9", "2001:db8::/32". Bits behind the prefix are
 * cleared, as iptables does. Names are never looked up.
 */
must_check enum addr_fault addr_parse(const char *text, struct addr_range *out);

/* Bits of an address of this family: 32 or 128. */
unsigned addr_width(enum family family);

/* The prefix length where the range is one network, else -1. */
int addr_prefix(const struct addr_range *range);

bool addr_contains(const struct addr_range *outer, const struct addr_range *inner);

/* "192.0.2.0/24"; a single address has no prefix; what is no network is "FIRST-LAST". */
void addr_print(struct strbuf *out, const struct addr_range *range);

/* The address `first` alone. */
void addr_print_first(struct strbuf *out, const struct addr_range *range);

struct addr_set {
	VEC(struct addr_range) ranges; /* owned */
};

/* False when memory ran out. */
must_check bool addr_set_add(struct addr_set *set, const struct addr_range *range);

/* Sorts, drops what is covered, joins what touches. IPv4 comes first. */
void addr_set_normalise(struct addr_set *set);

/*
 * Appends the fewest networks that make up a range; what takes more than `most` networks stays one
 * range (for the iprange match). False when memory ran out.
 */
must_check bool addr_set_split(struct addr_set *out, const struct addr_range *range, unsigned most);

/* The normal set, whole, as networks only: for an ipset. Replaces *out. */
must_check bool addr_set_networks(const struct addr_set *set, struct addr_set *out);

bool addr_set_covers(const struct addr_set *normal, const struct addr_range *range);
size_t addr_set_count(const struct addr_set *set, enum family family);
void addr_set_free(struct addr_set *set);

#endif

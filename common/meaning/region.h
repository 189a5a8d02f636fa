/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A set of packets in words: regions, in each of which every field has a set of values of its own, as large as they can
 * be. Regions of one set may overlap, and together they are all of it.
 */
#ifndef FW_MEANING_REGION_H
#define FW_MEANING_REGION_H

#include "base/strbuf.h"
#include "meaning/diagram.h"
#include "meaning/program.h"

struct region_space {
	const struct program *program; /* borrowed; any one of its world */
	struct diagrams *diagrams;     /* borrowed */
	diagram care;                  /* packets that there can be: of others a region may have any */
};

struct packet_region {
	diagram set;                /* within the wanted packets, but for those that there cannot be */
	diagram field[FIELD_COUNT]; /* values of this field alone */
};

/* Some of the packets of a set that is not empty, as usual as they can be: new, tcp, between addresses for documentation. */
diagram region_usual(const struct region_space *at, diagram set);

/* A large region of the wanted packets, without booleans. It has a usual packet of `from`, some of the wanted ones. */
struct packet_region region_of(const struct region_space *at, diagram wanted, diagram from);

/* The smallest region that has all of the wanted packets, and maybe others. */
struct packet_region region_around(const struct region_space *at, diagram wanted);

/* Appends it, such as "tcp to this host, port 22, from 198.51.100.0/24, new". */
void region_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region);

/* The values that the field has in the region. False: any that there can be, so nothing need be said. */
struct value_set;
bool region_values(const struct region_space *at, const struct packet_region *region, enum field field, struct value_set *values);

/* The same of FIELD_IN or FIELD_OUT, of the packets that have such an interface. False: none has, or any will do. */
bool region_interfaces(const struct region_space *at, const struct packet_region *region, enum field field, struct value_set *values);

/* Can the rules tell no two values of the field in the region apart? */
bool region_is_number(const struct region_space *at, const struct packet_region *region, enum field field);

/* Which ways do packets of the region go: to this host, through it, from it? Bits of enum region_way. */
enum region_way { WAY_TO = 1, WAY_THROUGH = 2, WAY_FROM = 4 };
unsigned region_ways(const struct region_space *at, const struct packet_region *region);

/* region_cover.c: a set of packets as regions, of which none lies in the union of the others. */
struct region_list {
	struct packet_region *item; /* owned */
	size_t len, cap;
	diagram rest; /* what no region has, because there were too many or memory ran out */
};

/* At most `max` regions of the wanted packets, the most usual first. region_list_free must follow. */
struct region_list regions_find(const struct region_space *at, diagram wanted, size_t max);
void region_list_free(struct region_list *list);

/* Regions that together are what is left of `around` without the wanted packets: at most `max`. */
struct region_list regions_missing(const struct region_space *at, const struct packet_region *around, diagram wanted, size_t max);

/* region_words.c: appends the values of a field, such as "any but 10.0.0.0/8, 192.168.0.0/16". */
struct value_set {
	const struct region_space *at;
	enum field field;
	diagram has;  /* of this field alone, not empty */
	diagram can;  /* all values that there can be */
};
void value_set_text(struct strbuf *out, const struct value_set *values);

/* Appends them in JSON: a list of words, or of ranges of numbers, each a list of the lowest and the highest. */
void value_set_json(struct strbuf *out, const struct value_set *values);

/* The number of values, as a logarithm to base 2. */
double value_set_bits(const struct value_set *values);

#endif

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

/* A large region of the wanted packets, which are some; without booleans. It has a usual packet of them. */
struct packet_region region_of(const struct region_space *at, diagram wanted);

/* Appends it, such as "tcp to this host, port 22, from 198.51.100.0/24, new". */
void region_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region);

/* region_words.c: appends the values of a field, such as "any but 10.0.0.0/8, 192.168.0.0/16". */
struct value_set {
	const struct region_space *at;
	enum field field;
	diagram has;  /* of this field alone, not empty */
	diagram can;  /* all values that there can be */
};
void value_set_text(struct strbuf *out, const struct value_set *values);

#endif

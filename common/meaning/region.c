/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/region.h"
#include "meaning/packet.h"
#include "meaning/witness.h"

/*
 * Fields that nobody asks of come first: they are mostly open. Then the orders that are tried. The protocol comes again
 * at the end: once ports are open, protocols without ports may be in as well.
 */
#define FIRST FIELD_TOS, FIELD_TTL, FIELD_LENGTH, FIELD_PKTTYPE, FIELD_CTMARK, FIELD_MARK, FIELD_FRAGMENT, FIELD_FLAGS, FIELD_ICMP, FIELD_SPORT

static const enum field orders[][FIELD_COUNT + 1] = {
	{ FIRST, FIELD_CT, FIELD_PROTO, FIELD_DPORT, FIELD_IN, FIELD_OUT, FIELD_DST, FIELD_SRC, FIELD_PROTO },
	{ FIRST, FIELD_OUT, FIELD_IN, FIELD_SRC, FIELD_DST, FIELD_CT, FIELD_PROTO, FIELD_DPORT, FIELD_PROTO },
	{ FIRST, FIELD_SRC, FIELD_DST, FIELD_CT, FIELD_DPORT, FIELD_PROTO, FIELD_OUT, FIELD_IN, FIELD_PROTO },
};

static diagram point_of(const struct region_space *at, enum field field, uint32_t number)
{
	struct box box = box_all(&at->program->world->space);

	box.dim[field] = (struct span){ number, number };
	return diagram_box(at->diagrams, &box);
}

static diagram all_but(const struct region_space *at, const struct packet_region *region, enum field field)
{
	diagram set = DIAGRAM_FULL;

	for (unsigned f = FIELD_COUNT; f-- > 0;)
		if (f != (unsigned)field)
			set = diagram_and(at->diagrams, set, region->field[f]);
	return set;
}

static diagram region_set(const struct region_space *at, const struct packet_region *region)
{
	return diagram_and(at->diagrams, all_but(at, region, FIELD_COUNT), at->care);
}

/* Field by field: all values with which every packet is wanted, or cannot be. */
static struct packet_region widen(const struct region_space *at, diagram wanted, const struct box *point, const enum field order[FIELD_COUNT + 1])
{
	diagram allowed = diagram_or(at->diagrams, wanted, diagram_minus(at->diagrams, DIAGRAM_FULL, at->care));
	struct packet_region region = { .set = DIAGRAM_EMPTY };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		region.field[f] = point_of(at, (enum field)f, point->dim[f].lo);
	for (unsigned i = 0; i <= FIELD_COUNT; i++) {
		diagram bad = diagram_minus(at->diagrams, all_but(at, &region, order[i]), allowed);

		region.field[order[i]] = diagram_minus(at->diagrams, DIAGRAM_FULL, diagram_over(at->diagrams, bad, 1U << order[i]));
		if (order[i] == FIELD_PROTO) /* no protocol that the other fields leave nothing of */
			region.field[FIELD_PROTO] = diagram_over(at->diagrams, region_set(at, &region), 1U << FIELD_PROTO);
	}
	region.set = region_set(at, &region);
	return region;
}

static unsigned count_numbers(const struct region_space *at, enum field field, diagram set)
{
	unsigned count = 0;

	for (uint32_t n = 0; n < at->program->world->space.field[field].count; n++)
		count += diagram_has_number(at->diagrams, set, field, n);
	return count;
}

bool region_is_number(const struct region_space *at, const struct packet_region *region, enum field field)
{
	return count_numbers(at, field, region->field[field]) == 1;
}

/* A rough size, as a logarithm, with fewer fields to name counting for more. */
static unsigned weight(const struct region_space *at, const struct packet_region *region)
{
	unsigned sum = 0;

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		unsigned all = at->program->world->space.field[f].count, count = count_numbers(at, (enum field)f, region->field[f]);

		sum += count == all ? 64 : 32 - (unsigned)__builtin_clz(count + 1);
	}
	return sum;
}

/* Fields with the values that are taken where they can be, the best first. */
static const struct {
	enum field field;
	field_value value[4];
} usual_values[] = {
	{ FIELD_CT, { CT_NEW * 8, CT_ESTABLISHED * 8, CT_RELATED * 8, CT_INVALID * 8 } },
	{ FIELD_PROTO, { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6 } },
	{ FIELD_FRAGMENT, { 0 } }, { FIELD_CTMARK, { 0 } }, { FIELD_PKTTYPE, { 0 } }, { FIELD_TOS, { 0 } },
	{ FIELD_LENGTH, { 60 } }, { FIELD_TTL, { 60 } }, { FIELD_SPORT, { 40000 } },
};

static diagram value_set(const struct region_space *at, enum field field, field_value value)
{
	return point_of(at, field, space_number(&at->program->world->space, field, value));
}

diagram region_usual(const struct region_space *at, diagram set)
{
	struct diagrams *all = at->diagrams;
	diagram part = diagram_minus(all, set, value_set(at, FIELD_IN, value_of_name("lo")));

	set = part != DIAGRAM_EMPTY ? part : set;
	part = diagram_minus(all, set, point_of(at, FIELD_IN, 0));
	set = part != DIAGRAM_EMPTY ? part : set;
	for (size_t i = 0; i < ARRAY_LEN(usual_values); i++) {
		unsigned tries = usual_values[i].value[0] == 0 ? 1 : ARRAY_LEN(usual_values[i].value);

		for (unsigned v = 0; v < tries; v++) {
			part = diagram_and(all, set, value_set(at, usual_values[i].field, usual_values[i].value[v]));
			if (part == DIAGRAM_EMPTY)
				continue;
			set = part;
			break;
		}
	}
	part = diagram_and(all, set, value_set(at, FIELD_CT, CT_NEW * 8));
	part = diagram_and(all, set, value_set(at, FIELD_FLAGS, part != DIAGRAM_EMPTY ? 0x02 : 0x10)); /* syn, or ack */
	return part != DIAGRAM_EMPTY ? part : set;
}

struct packet_region region_of(const struct region_space *at, diagram wanted, diagram from)
{
	struct box all = box_all(&at->program->world->space), point;
	uint32_t usual[FIELD_COUNT];
	struct packet_region best = { .set = DIAGRAM_EMPTY };
	unsigned most = 0;

	box_usual(at->program, &all, usual);
	point = diagram_some(at->diagrams, region_usual(at, from), usual);
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct packet_region region = widen(at, wanted, &point, orders[i]);
		unsigned size = diagrams_lost(at->diagrams) ? 0 : weight(at, &region);

		if (i == 0 || size > most) {
			best = region;
			most = size;
		}
	}
	return best;
}

struct packet_region region_around(const struct region_space *at, diagram wanted)
{
	struct packet_region region = { .set = DIAGRAM_EMPTY };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		region.field[f] = diagram_over(at->diagrams, wanted, 1U << f);
	region.set = region_set(at, &region);
	return region;
}

/* --- in words ----------------------------------------------------------------------------------------- */

/* Protocols of the region that have what this field holds. */
static diagram with_field(const struct region_space *at, enum field field)
{
	diagram set = DIAGRAM_EMPTY;

	for (unsigned proto = 0; proto < 256; proto++) {
		bool has = field == FIELD_FLAGS ? proto == IPPROTO_TCP
			   : field == FIELD_ICMP ? proto == (at->program->world->space.family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)
			   : field == FIELD_DPORT || field == FIELD_SPORT ? proto_has_ports(proto) : true;

		if (has)
			set = diagram_or(at->diagrams, set, value_set(at, FIELD_PROTO, proto));
	}
	return set;
}

bool region_values(const struct region_space *at, const struct packet_region *region, enum field field, struct value_set *values)
{
	diagram with = with_field(at, field);

	*values = (struct value_set){ .at = at, .field = field };
	values->has = diagram_over(at->diagrams, diagram_and(at->diagrams, region->set, with), 1U << field);
	values->can = diagram_over(at->diagrams, diagram_and(at->diagrams, at->care, with), 1U << field);
	return values->has != DIAGRAM_EMPTY && values->has != values->can;
}

static bool has_value(const struct region_space *at, const struct packet_region *region, enum field field, bool none)
{
	diagram values = diagram_over(at->diagrams, region->set, 1U << field);

	for (uint32_t n = none ? 0 : 1; n < (none ? 1 : at->program->world->space.field[field].count); n++)
		if (diagram_has_number(at->diagrams, values, field, n))
			return true;
	return false;
}

unsigned region_ways(const struct region_space *at, const struct packet_region *region)
{
	bool in = has_value(at, region, FIELD_IN, false), here = has_value(at, region, FIELD_OUT, true);
	bool on = has_value(at, region, FIELD_OUT, false);

	return (in && here ? WAY_TO : 0U) | (in && on ? WAY_THROUGH : 0U) | (on && has_value(at, region, FIELD_IN, true) ? WAY_FROM : 0U);
}

/* Nothing, if they go all ways that there can be. */
static void way_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region)
{
	static const char *const words[] = { "to", "through", "from" };
	unsigned ways = region_ways(at, region), can = region_ways(at, &(struct packet_region){ .set = at->care });
	const char *before = " ";

	if (ways == can)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if ((ways & 1U << i) == 0)
			continue;
		strbuf_printf(out, "%s%s", before, words[i]);
		before = " or ";
	}
	strbuf_puts(out, " this host");
}

static void part_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region, enum field field, const char *word)
{
	struct value_set values;

	if (!region_values(at, region, field, &values))
		return;
	strbuf_printf(out, ", %s", word);
	value_set_text(out, &values);
}

bool region_interfaces(const struct region_space *at, const struct packet_region *region, enum field field, struct value_set *values)
{
	diagram none = point_of(at, field, 0);

	(void)region_values(at, region, field, values);
	values->has = diagram_minus(at->diagrams, diagram_over(at->diagrams, region->set, 1U << field), none);
	values->can = diagram_minus(at->diagrams, diagram_over(at->diagrams, at->care, 1U << field), none);
	return values->has != DIAGRAM_EMPTY && diagram_minus(at->diagrams, values->can, values->has) != DIAGRAM_EMPTY;
}

static void interface_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region, enum field field, const char *word)
{
	struct value_set values;

	if (!region_interfaces(at, region, field, &values))
		return;
	strbuf_printf(out, ", %s", word);
	value_set_text(out, &values);
}

void region_text(struct strbuf *out, const struct region_space *at, const struct packet_region *region)
{
	struct value_set protocols;
	diagram icmp = with_field(at, FIELD_ICMP);

	if (region_values(at, region, FIELD_PROTO, &protocols) && protocols.has == diagram_over(at->diagrams, with_field(at, FIELD_DPORT), 1U << FIELD_PROTO))
		strbuf_puts(out, "any protocol with ports");
	else if (protocols.has != protocols.can)
		value_set_text(out, &protocols);
	else
		strbuf_puts(out, "anything");
	way_text(out, at, region);
	part_text(out, at, region, FIELD_DPORT, "port ");
	part_text(out, at, region, FIELD_ICMP, protocols.has == icmp ? "type " : "icmp type ");
	part_text(out, at, region, FIELD_SRC, "from ");
	part_text(out, at, region, FIELD_DST, "to ");
	interface_text(out, at, region, FIELD_IN, "in ");
	interface_text(out, at, region, FIELD_OUT, "out ");
	part_text(out, at, region, FIELD_CT, "");
	part_text(out, at, region, FIELD_SPORT, "source port ");
	part_text(out, at, region, FIELD_FLAGS, "flags ");
	part_text(out, at, region, FIELD_FRAGMENT, "");
	part_text(out, at, region, FIELD_CTMARK, "connection mark ");
	part_text(out, at, region, FIELD_PKTTYPE, "packet type ");
	part_text(out, at, region, FIELD_LENGTH, "length ");
	part_text(out, at, region, FIELD_TTL, "ttl ");
	part_text(out, at, region, FIELD_TOS, "tos ");
}

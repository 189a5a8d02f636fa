/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The values of one field, in words. */
#include "meaning/region.h"
#include "base/escape.h"

#include <linux/if_packet.h>
#include <string.h>

/* So many values are named, then "and N more". */
#define NAMED_MAX 6

struct ranges {
	struct range *item;
	size_t len, cap;
};

static void add_range(struct ranges *ranges, field_value lo, field_value hi)
{
	struct range *last = ranges->len > 0 ? &ranges->item[ranges->len - 1] : NULL;

	if (last != NULL && last->hi + 1 == lo)
		last->hi = hi;
	else
		(void)!vec_push(ranges, (struct range){ lo, hi }); /* without memory, fewer are named */
}

/* The values of a set, ascending. */
static struct ranges ranges_of(const struct value_set *values, diagram set)
{
	const struct space *space = &values->at->program->world->space;
	const struct space_field *field = &space->field[values->field];
	struct ranges ranges = { 0 };

	if (field_is_small(values->field)) {
		for (unsigned v = 0; v <= (unsigned)field_max(values->field, space->family); v++)
			if (field->class_of[v] != UINT16_MAX &&
			    diagram_has_number(values->at->diagrams, set, values->field, field->class_of[v]))
				add_range(&ranges, v, v);
		return ranges;
	}
	for (uint32_t n = 0; n < field->count; n++)
		if (diagram_has_number(values->at->diagrams, set, values->field, n))
			add_range(&ranges, field->starts.item[n],
				  n + 1 < field->count ? field->starts.item[n + 1] - 1 : field_max(values->field, space->family));
	return ranges;
}

/* --- prefixes ------------------------------------------------------------------------------------------ */

struct prefix_text {
	struct strbuf *out; /* NULL: they are only counted */
	enum family family;
	size_t count;
};

static void add_prefix(struct prefix_text *text, field_value addr, unsigned len, unsigned bits)
{
	if (text->out != NULL && text->count < NAMED_MAX) {
		strbuf_puts(text->out, text->count > 0 ? ", " : "");
		field_text(text->out, FIELD_SRC, addr, text->family);
		if (len < bits)
			strbuf_printf(text->out, "/%u", len);
	}
	text->count++;
}

/* The prefixes that together are the ranges. Returns how many. */
static size_t prefixes(struct strbuf *out, const struct ranges *ranges, enum family family)
{
	struct prefix_text text = { out, family, 0 };
	unsigned bits = family == FAMILY_IPV6 ? 128 : 32;

	for (size_t i = 0; i < ranges->len; i++) {
		field_value at = ranges->item[i].lo, hi = ranges->item[i].hi;

		for (;;) {
			unsigned free = 0;

			while (free < bits && (at & (field_value)1 << free) == 0 &&
			       (free + 1 == 128 ? ~(field_value)0 : ((field_value)1 << (free + 1)) - 1) <= hi - at)
				free++;
			add_prefix(&text, at, bits - free, bits);
			if (free == 128 || hi - at < (field_value)1 << free)
				break;
			at += (field_value)1 << free;
		}
	}
	return text.count;
}

/* --- names --------------------------------------------------------------------------------------------- */

/* Names that no rule tells apart from each other: between two in the order of their bytes. */
static void other_names(struct strbuf *out, const char *first, char last[static IFNAMSIZ])
{
	size_t len = strnlen(last, IFNAMSIZ);

	while (len > 0 && (unsigned char)last[len - 1] == 0xff)
		len--;
	strbuf_puts(out, "names");
	if (first[0] != '\0') {
		strbuf_puts(out, " from ");
		strbuf_escape(out, first, strlen(first));
	}
	if (len > 0) {
		strbuf_puts(out, " to ");
		strbuf_escape(out, last, len);
	}
}

static void interface_range(struct strbuf *out, struct range range)
{
	char first[IFNAMSIZ], last[IFNAMSIZ];
	size_t len;

	name_of_value(range.lo, first);
	name_of_value(range.hi, last);
	len = strlen(first);
	if (range.lo == range.hi)
		strbuf_puts(out, first);
	else if (len > 0 && range.hi - range.lo == ((field_value)1 << 8 * (IFNAMSIZ - len)) - 1)
		strbuf_printf(out, "%s+", first);
	else
		other_names(out, first, last);
}

static void icmp_range(struct strbuf *out, struct range range)
{
	unsigned lo = (unsigned)range.lo, hi = (unsigned)range.hi;

	if (lo == hi)
		strbuf_printf(out, "%u/%u", lo >> 8, lo & 0xff);
	else if ((lo & 0xff) == 0 && (hi & 0xff) == 0xff && lo >> 8 == hi >> 8)
		strbuf_printf(out, "%u", lo >> 8);
	else if ((lo & 0xff) == 0 && (hi & 0xff) == 0xff)
		strbuf_printf(out, "%u-%u", lo >> 8, hi >> 8);
	else
		strbuf_printf(out, "%u/%u-%u/%u", lo >> 8, lo & 0xff, hi >> 8, hi & 0xff);
}

static const char *proto_name(unsigned proto)
{
	static const struct {
		unsigned number;
		const char *name;
	} names[] = {
		{ IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" }, { IPPROTO_ICMP, "icmp" }, { IPPROTO_ICMPV6, "icmpv6" },
		{ IPPROTO_SCTP, "sctp" }, { IPPROTO_DCCP, "dccp" }, { IPPROTO_UDPLITE, "udplite" }, { IPPROTO_ESP, "esp" },
		{ IPPROTO_GRE, "gre" }, { IPPROTO_AH, "ah" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].number == proto)
			return names[i].name;
	return NULL;
}

static void value_text(struct strbuf *out, const struct value_set *values, field_value value)
{
	static const char *const types[] = { [PACKET_HOST] = "unicast", [PACKET_BROADCAST] = "broadcast", [PACKET_MULTICAST] = "multicast" };

	if (values->field == FIELD_PROTO && proto_name((unsigned)value) != NULL)
		strbuf_puts(out, proto_name((unsigned)value));
	else if (values->field == FIELD_PROTO)
		strbuf_printf(out, "protocol %u", (unsigned)value);
	else if (values->field == FIELD_FRAGMENT)
		strbuf_puts(out, value == 0 ? "no later fragments" : "later fragments only");
	else if (values->field == FIELD_PKTTYPE && value < ARRAY_LEN(types))
		strbuf_puts(out, types[value]);
	else
		field_text(out, values->field, value, values->at->program->world->space.family);
}

static void range_text(struct strbuf *out, const struct value_set *values, struct range range)
{
	if (values->field == FIELD_IN || values->field == FIELD_OUT) {
		interface_range(out, range);
	} else if (values->field == FIELD_ICMP) {
		icmp_range(out, range);
	} else {
		value_text(out, values, range.lo);
		if (range.lo != range.hi)
			strbuf_putc(out, '-');
		if (range.lo != range.hi)
			value_text(out, values, range.hi);
	}
}

static bool is_addr(enum field field)
{
	return field == FIELD_SRC || field == FIELD_DST;
}

/* Small fields are listed value by value: neighbours there have nothing in common. */
static size_t list_values(struct strbuf *out, const struct value_set *values, const struct ranges *ranges)
{
	size_t count = 0;

	if (is_addr(values->field))
		return prefixes(out, ranges, values->at->program->world->space.family);
	for (size_t i = 0; i < ranges->len; i++) {
		bool single = field_is_small(values->field) && values->field != FIELD_TOS;
		struct range range = ranges->item[i];

		for (field_value v = range.lo; v <= range.hi; v = single ? v + 1 : range.hi + 1) {
			if (out != NULL && count < NAMED_MAX) {
				strbuf_puts(out, count > 0 ? ", " : "");
				range_text(out, values, single ? (struct range){ v, v } : range);
			}
			count++;
			if (!single)
				break;
		}
	}
	return count;
}

/* --- states and flags ---------------------------------------------------------------------------------- */

/* A state with all that it can have is named by its name alone. Appends to out, if it is not NULL. Returns how many. */
static size_t list_states(struct strbuf *out, const struct value_set *values, diagram set)
{
	const struct space_field *field = &values->at->program->world->space.field[FIELD_CT];
	struct diagrams *all = values->at->diagrams;
	size_t count = 0;

	for (unsigned state = 0; state < CT_STATE_COUNT; state++) {
		unsigned has = 0, can = 0;

		for (unsigned v = state * 8; v < state * 8 + 8; v++) {
			can += ct_possible(v) && diagram_has_number(all, values->can, FIELD_CT, field->class_of[v]);
			has += ct_possible(v) && diagram_has_number(all, set, FIELD_CT, field->class_of[v]);
		}
		for (unsigned v = state * 8; v < state * 8 + 8 && has > 0; v++) {
			if (!ct_possible(v) || (has == can && v > state * 8) ||
			    (has < can && !diagram_has_number(all, set, FIELD_CT, field->class_of[v])))
				continue;
			if (out != NULL && count < NAMED_MAX)
				strbuf_puts(out, count > 0 ? ", " : "");
			if (out != NULL && count < NAMED_MAX && has == can)
				strbuf_puts(out, ct_state_name((enum ct_state)state));
			else if (out != NULL && count < NAMED_MAX)
				field_text(out, FIELD_CT, v, FAMILY_IPV4);
			count++;
		}
	}
	return count;
}

/* A set of flags by a mask: all with these set and those clear. False: it is no such set. */
static bool flags_mask(const struct ranges *ranges, unsigned *set, unsigned *clear)
{
	unsigned count = 0;

	*set = *clear = 0xff;
	for (size_t i = 0; i < ranges->len; i++) {
		for (field_value v = ranges->item[i].lo; v <= ranges->item[i].hi; v++, count++) {
			*set &= (unsigned)v;
			*clear &= ~(unsigned)v;
		}
	}
	return count > 0 && count == 1U << (8 - __builtin_popcount(*set | *clear));
}

static bool flags_text(struct strbuf *out, const struct ranges *ranges, const char *word)
{
	unsigned set, clear;

	if (!flags_mask(ranges, &set, &clear))
		return false;
	strbuf_puts(out, word);
	if (set == 0x02 && clear == 0x15) { /* --syn */
		strbuf_puts(out, "syn alone");
		return true;
	}
	if (set != 0)
		field_text(out, FIELD_FLAGS, set, FAMILY_IPV4);
	strbuf_puts(out, set != 0 && clear != 0 ? " without " : set != 0 ? "" : "without ");
	if (clear != 0)
		field_text(out, FIELD_FLAGS, clear, FAMILY_IPV4);
	return true;
}

/* --- all of it ----------------------------------------------------------------------------------------- */

static void more_text(struct strbuf *out, size_t count)
{
	if (count > NAMED_MAX)
		strbuf_printf(out, " and %zu more", count - NAMED_MAX);
}

/* The smallest prefix around all ranges, and its length. */
static struct range around(const struct ranges *ranges, unsigned *len)
{
	field_value lo = ranges->item[0].lo, hi = ranges->item[ranges->len - 1].hi, mask = 0;
	unsigned free = 0;

	while ((lo | mask) != (hi | mask)) {
		mask = mask << 1 | 1;
		free++;
	}
	*len = free;
	return (struct range){ lo & ~mask, lo | mask };
}

/* What of a prefix is not in the ranges. */
static struct ranges gaps(const struct range *prefix, const struct ranges *ranges)
{
	struct ranges out = { 0 };
	field_value next = prefix->lo;

	for (size_t i = 0; i < ranges->len; i++) {
		if (ranges->item[i].lo > next)
			add_range(&out, next, ranges->item[i].lo - 1);
		next = ranges->item[i].hi + 1;
	}
	if (ranges->item[ranges->len - 1].hi < prefix->hi)
		add_range(&out, next, prefix->hi);
	return out;
}

/* "10.0.0.0/8 but 10.1.0.0/16". False: that is no shorter than `limit` prefixes. */
static bool but_text(struct strbuf *out, const struct value_set *values, const struct ranges *ranges, size_t limit)
{
	enum family family = values->at->program->world->space.family;
	unsigned host, bits = family == FAMILY_IPV6 ? 128 : 32;
	struct range prefix;
	struct ranges missing;
	bool shorter;

	if (!is_addr(values->field) || ranges->len == 0)
		return false;
	prefix = around(ranges, &host);
	missing = gaps(&prefix, ranges);
	shorter = missing.len > 0 && host < bits && 1 + prefixes(NULL, &missing, family) < limit;
	if (shorter) {
		field_text(out, values->field, prefix.lo, family);
		strbuf_printf(out, "/%u but ", bits - host);
		more_text(out, prefixes(out, &missing, family));
	}
	vec_free(&missing);
	return shorter;
}

static size_t list(struct strbuf *out, const struct value_set *values, diagram set, const struct ranges *ranges)
{
	return values->field == FIELD_CT ? list_states(out, values, set) : list_values(out, values, ranges);
}

void value_set_text(struct strbuf *out, const struct value_set *values)
{
	diagram others = diagram_minus(values->at->diagrams, values->can, values->has);
	struct ranges has = ranges_of(values, values->has), not = ranges_of(values, others);
	size_t count = list(NULL, values, values->has, &has), missing = list(NULL, values, others, &not);
	bool but = missing > 0 && missing < count, done = false;

	if (values->field == FIELD_FLAGS)
		done = flags_text(out, &has, "") || flags_text(out, &not, "other than ");
	done = done || but_text(out, values, &has, but ? missing : count);
	if (!done) {
		strbuf_puts(out, but ? "any but " : "");
		more_text(out, list(out, values, but ? others : values->has, but ? &not : &has));
	}
	vec_free(&has);
	vec_free(&not);
}

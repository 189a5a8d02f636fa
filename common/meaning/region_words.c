/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The values of one field, in words. */
#include "meaning/region.h"
#include "base/escape.h"
#include "base/json.h"

#include <linux/if_packet.h>
#include <math.h>
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

/* --- a list of values, as it is written ------------------------------------------------------------------ */

struct value_listing {
	struct strbuf *out; /* NULL: the values are only counted */
	size_t max;         /* no more are written */
	bool json;          /* in quotes */
	size_t count;       /* so far */
	struct strbuf item; /* owned: the value that is being written */
};

/* Where to write a value; item_end must follow. */
static struct strbuf *item_begin(struct value_listing *list)
{
	strbuf_reset(&list->item);
	return &list->item;
}

static void item_end(struct value_listing *list)
{
	if (list->out != NULL && list->count < list->max) {
		strbuf_puts(list->out, list->count == 0 ? "" : list->json ? "," : ", ");
		if (list->json)
			json_string(list->out, strbuf_text(&list->item), list->item.len);
		else
			strbuf_escape(list->out, strbuf_text(&list->item), list->item.len);
	}
	list->count++;
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

static void add_prefix(struct value_listing *list, field_value addr, unsigned len, enum family family)
{
	struct strbuf *item = item_begin(list);

	field_text(item, FIELD_SRC, addr, family);
	if (len < (family == FAMILY_IPV6 ? 128U : 32U))
		strbuf_printf(item, "/%u", len);
	item_end(list);
}

/* The prefixes that together are the ranges. */
static void list_prefixes(struct value_listing *list, const struct ranges *ranges, enum family family)
{
	unsigned bits = family == FAMILY_IPV6 ? 128 : 32;

	for (size_t i = 0; i < ranges->len; i++) {
		field_value at = ranges->item[i].lo, hi = ranges->item[i].hi;

		for (;;) {
			unsigned free = 0;

			while (free < bits && (at & (field_value)1 << free) == 0 &&
			       (free + 1 == 128 ? ~(field_value)0 : ((field_value)1 << (free + 1)) - 1) <= hi - at)
				free++;
			add_prefix(list, at, bits - free, family);
			if (free == 128 || hi - at < (field_value)1 << free)
				break;
			at += (field_value)1 << free;
		}
	}
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
static void list_values(struct value_listing *list, const struct value_set *values, const struct ranges *ranges)
{
	bool single = field_is_small(values->field) && values->field != FIELD_TOS;

	if (is_addr(values->field)) {
		list_prefixes(list, ranges, values->at->program->world->space.family);
		return;
	}
	for (size_t i = 0; i < ranges->len; i++) {
		struct range range = ranges->item[i];

		for (field_value v = range.lo; v <= range.hi; v = single ? v + 1 : range.hi + 1) {
			range_text(item_begin(list), values, single ? (struct range){ v, v } : range);
			item_end(list);
			if (!single)
				break;
		}
	}
}

/* --- states and flags ---------------------------------------------------------------------------------- */

/* A state with all that it can have is named by its name alone. */
static void list_states(struct value_listing *list, const struct value_set *values, diagram set)
{
	const struct space_field *field = &values->at->program->world->space.field[FIELD_CT];
	struct diagrams *all = values->at->diagrams;

	for (unsigned state = 0; state < CT_STATE_COUNT; state++) {
		unsigned has = 0, can = 0;

		for (unsigned v = state * 8; v < state * 8 + 8; v++) {
			can += ct_possible(v) && diagram_has_number(all, values->can, FIELD_CT, field->class_of[v]);
			has += ct_possible(v) && diagram_has_number(all, set, FIELD_CT, field->class_of[v]);
		}
		for (unsigned v = state * 8; v < state * 8 + 8 && has > 0; v++) {
			struct strbuf *item = item_begin(list);

			if (!ct_possible(v) || (has == can && v > state * 8) ||
			    (has < can && !diagram_has_number(all, set, FIELD_CT, field->class_of[v])))
				continue;
			if (has == can)
				strbuf_puts(item, ct_state_name((enum ct_state)state));
			else
				field_text(item, FIELD_CT, v, FAMILY_IPV4);
			item_end(list);
		}
	}
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

/* Appends the values to out, at most `max`, or in JSON. Returns how many there are. */
static size_t list(struct strbuf *out, bool json, const struct value_set *values, diagram set, const struct ranges *ranges)
{
	struct value_listing list = { .out = out, .max = json ? SIZE_MAX : NAMED_MAX, .json = json };

	if (values->field == FIELD_CT)
		list_states(&list, values, set);
	else
		list_values(&list, values, ranges);
	strbuf_free(&list.item);
	if (out != NULL && list.count > list.max)
		strbuf_printf(out, " and %zu more", list.count - list.max);
	return list.count;
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
	shorter = missing.len > 0 && host < bits && 1 + list(NULL, false, values, DIAGRAM_EMPTY, &missing) < limit;
	if (shorter) {
		field_text(out, values->field, prefix.lo, family);
		strbuf_printf(out, "/%u but ", bits - host);
		(void)list(out, false, values, DIAGRAM_EMPTY, &missing);
	}
	vec_free(&missing);
	return shorter;
}

void value_set_text(struct strbuf *out, const struct value_set *values)
{
	diagram others = diagram_minus(values->at->diagrams, values->can, values->has);
	struct ranges has = ranges_of(values, values->has), not = ranges_of(values, others);
	size_t count = list(NULL, false, values, values->has, &has), missing = list(NULL, false, values, others, &not);
	bool but = missing > 0 && missing < count, done = false;

	if (values->field == FIELD_FLAGS)
		done = flags_text(out, &has, "") || flags_text(out, &not, "other than ");
	done = done || but_text(out, values, &has, but ? missing : count);
	if (!done) {
		strbuf_puts(out, but ? "any but " : "");
		(void)list(out, false, values, but ? others : values->has, but ? &not : &has);
	}
	vec_free(&has);
	vec_free(&not);
}

/* --- for programs -------------------------------------------------------------------------------------- */

static bool is_numeric(enum field field)
{
	return field == FIELD_SPORT || field == FIELD_DPORT || field == FIELD_LENGTH || field == FIELD_TTL || field == FIELD_TOS ||
	       field == FIELD_MARK || field == FIELD_CTMARK;
}

void value_set_json(struct strbuf *out, const struct value_set *values)
{
	struct ranges has = ranges_of(values, values->has);

	strbuf_putc(out, '[');
	for (size_t i = 0; i < has.len && is_numeric(values->field); i++)
		strbuf_printf(out, "%s[%lu,%lu]", i > 0 ? "," : "", (unsigned long)has.item[i].lo, (unsigned long)has.item[i].hi);
	if (!is_numeric(values->field))
		(void)list(out, true, values, values->has, &has);
	strbuf_putc(out, ']');
	vec_free(&has);
}

double value_set_bits(const struct value_set *values)
{
	struct ranges has = ranges_of(values, values->has);
	double sum = 0;

	for (size_t i = 0; i < has.len; i++)
		sum += (double)(has.item[i].hi - has.item[i].lo) + 1;
	vec_free(&has);
	return log2(sum);
}

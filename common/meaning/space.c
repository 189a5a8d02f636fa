/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/space.h"

#include <ctype.h>
#include <linux/icmp.h>
#include <string.h>

#define NEVER UINT16_MAX

static unsigned value_count(const struct space *space, enum field field)
{
	return (unsigned)field_max(field, space->family) + 1;
}

void space_begin(struct space *space, enum family family)
{
	*space = (struct space){ .family = family };
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct space_field *field = &space->field[f];

		if (!field_is_small((enum field)f)) {
			space->no_memory |= !vec_push(&field->starts, 0);
			continue;
		}
		field->count = 1;
		for (unsigned v = 0; v < 256; v++)
			field->class_of[v] = v >= value_count(space, (enum field)f) || (f == FIELD_CT && !ct_possible(v))
						     ? NEVER : 0;
	}
}

/* Splits every class that the set cuts in two; the parts become neighbours. */
static void refine(struct space *space, enum field field, const bool member[256])
{
	struct space_field *at = &space->field[field];
	uint16_t number[256][2] = { { 0 } };
	bool used[256][2] = { { false } };
	uint16_t next = 0;

	for (unsigned v = 0; v < 256; v++)
		if (at->class_of[v] != NEVER)
			used[at->class_of[v]][member[v]] = true;
	for (unsigned c = 0; c < at->count; c++)
		for (unsigned in = 0; in < 2; in++)
			if (used[c][in])
				number[c][in] = next++;
	for (unsigned v = 0; v < 256; v++)
		if (at->class_of[v] != NEVER)
			at->class_of[v] = number[at->class_of[v]][member[v]];
	at->count = next;
}

static void members(const struct cond *cond, bool member[256])
{
	memset(member, 0, 256 * sizeof(*member));
	for (unsigned i = 0; i < cond->range_count; i++)
		for (unsigned v = (unsigned)cond->ranges[i].lo; v <= (unsigned)cond->ranges[i].hi && v < 256; v++)
			member[v] = true;
}

/* The same few sets come again and again. A wrong "seen" would lose exactness: so the hash is 64 bits wide over all. */
static bool seen_before(struct space *space, enum field field, const struct cond *cond)
{
	uint64_t hash = 14695981039346656037u ^ (uint64_t)field;

	for (unsigned i = 0; i < cond->range_count; i++) {
		hash = (hash ^ (uint64_t)cond->ranges[i].lo) * 1099511628211u;
		hash = (hash ^ (uint64_t)cond->ranges[i].hi) * 1099511628211u;
	}
	for (size_t i = 0; i < space->seen.len; i++)
		if (space->seen.item[i] == hash)
			return true;
	space->no_memory |= !vec_push(&space->seen, hash);
	return false;
}

static void note_start(struct space *space, enum field field, field_value value)
{
	space->no_memory |= !vec_push(&space->field[field].starts, value);
}

static void note_field(struct space *space, enum field field, const struct cond *cond)
{
	bool member[256];

	if (field_is_small(field)) {
		if (seen_before(space, field, cond))
			return;
		members(cond, member);
		refine(space, field, member);
		return;
	}
	for (unsigned i = 0; i < cond->range_count; i++) {
		note_start(space, field, cond->ranges[i].lo);
		if (cond->ranges[i].hi < field_max(field, space->family))
			note_start(space, field, cond->ranges[i].hi + 1);
	}
}

void space_note(struct space *space, const struct cond *cond)
{
	if (cond->kind != COND_RANGES)
		return;
	note_field(space, cond->field, cond);
	if (cond->other != FIELD_COUNT)
		note_field(space, cond->other, cond);
}

void space_note_value(struct space *space, enum field field, field_value value)
{
	struct range range = { value, value };
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };

	space_note(space, &cond);
}

static int compare_values(const void *a, const void *b)
{
	const field_value *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool space_seal(struct space *space)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct space_field *field = &space->field[f];
		size_t kept = 0;

		if (field_is_small((enum field)f) || field->starts.len == 0)
			continue;
		qsort(field->starts.item, field->starts.len, sizeof(*field->starts.item), compare_values);
		for (size_t i = 0; i < field->starts.len; i++)
			if (kept == 0 || field->starts.item[i] != field->starts.item[kept - 1])
				field->starts.item[kept++] = field->starts.item[i];
		field->starts.len = kept;
		field->count = (uint32_t)kept;
	}
	return !space->no_memory;
}

void space_free(struct space *space)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		vec_free(&space->field[f].starts);
	vec_free(&space->seen);
}

uint32_t space_number(const struct space *space, enum field field, field_value value)
{
	const struct space_field *at = &space->field[field];
	size_t lo = 0, hi = at->starts.len;

	if (field_is_small(field))
		return at->class_of[value & 0xff] == NEVER ? 0 : at->class_of[value & 0xff];
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (at->starts.item[mid] <= value)
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

static unsigned small_spans(const struct space_field *at, const struct cond *cond, struct span *spans, unsigned max)
{
	bool member[256], inside[256] = { false };
	unsigned count = 0;

	members(cond, member);
	for (unsigned v = 0; v < 256; v++)
		if (member[v] && at->class_of[v] != NEVER)
			inside[at->class_of[v]] = true;
	for (uint32_t c = 0; c < at->count; c++) {
		if (!inside[c])
			continue;
		if (c == 0 || !inside[c - 1]) {
			if (count < max)
				spans[count].lo = c;
			count++;
		}
		if (count <= max)
			spans[count - 1].hi = c;
	}
	return count;
}

unsigned space_spans(const struct space *space, enum field field, const struct cond *cond, struct span *spans,
		     unsigned max)
{
	if (field_is_small(field))
		return small_spans(&space->field[field], cond, spans, max);
	for (unsigned i = 0; i < cond->range_count && i < max; i++)
		spans[i] = (struct span){ space_number(space, field, cond->ranges[i].lo),
					  space_number(space, field, cond->ranges[i].hi) };
	return cond->range_count;
}

/* --- values that read well ---------------------------------------------------------------------- */

static bool printable_name(field_value value)
{
	char name[IFNAMSIZ];
	size_t len;

	name_of_value(value, name);
	len = strlen(name);
	if (value_of_name(name) != value)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && strchr("-_.@", name[i]) == NULL)
			return false;
	return true;
}

/* A name between the two: one of the usual ones, else the first with one or two more letters. */
static field_value sample_name(field_value lo, field_value hi)
{
	static const char *const usual[] = { "eth0", "eth1", "eth9", "wan0", "ppp0", "tun0", "wlan0", "any0" };
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char name[IFNAMSIZ];
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (value_of_name(usual[i]) >= lo && value_of_name(usual[i]) <= hi)
			return value_of_name(usual[i]);
	if (printable_name(lo) && lo != 0)
		return lo;
	for (field_value base = lo, n = 0; n < 2; n++, base = hi) {
		for (len = IFNAMSIZ - 1; len-- > 0;) {
			name_of_value(base, name);
			for (size_t i = 0; i < sizeof(letters) - 1; i++) {
				memset(name + len, 0, sizeof(name) - len);
				name[len] = letters[i];
				if (value_of_name(name) >= lo && value_of_name(name) <= hi && printable_name(value_of_name(name)))
					return value_of_name(name);
			}
		}
	}
	return lo;
}

/* Of the networks for documentation, another one for each end. */
static field_value sample_addr(field_value lo, field_value hi, enum field field, enum family family)
{
	static const unsigned usual4[] = { 0xc6336407, 0xcb007105, 0xc0000201 }; /* 198.51.100.7, 203.0.113.5, 192.0.2.1 */
	field_value doc6 = ((field_value)0x20010db8 << 96) | (field == FIELD_SRC ? 9 : 5);

	for (size_t i = 0; i < ARRAY_LEN(usual4) && family == FAMILY_IPV4; i++) {
		unsigned usual = usual4[(i + (field == FIELD_DST)) % ARRAY_LEN(usual4)];

		if (usual >= lo && usual <= hi)
			return usual;
	}
	if (family == FAMILY_IPV6 && doc6 >= lo && doc6 <= hi)
		return doc6;
	return hi > lo && (lo & 0xff) == 0 ? lo + 1 : lo; /* not the network's own address */
}

static field_value sample_small(const struct space_field *at, enum field field, uint32_t number)
{
	static const uint8_t usual[FIELD_COUNT][4] = {
		[FIELD_PROTO] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6 },
		[FIELD_FLAGS] = { 0x02, 0x10, 0x12, 0x18 }, /* syn; ack; syn,ack; psh,ack */
		[FIELD_CT] = { CT_NEW * 8, CT_ESTABLISHED * 8, CT_ESTABLISHED * 8, CT_RELATED * 8 },
	};

	for (unsigned i = 0; i < 4; i++)
		if (at->class_of[usual[field][i]] == number)
			return usual[field][i];
	for (unsigned v = 0; v < 256; v++)
		if (at->class_of[v] == number)
			return v;
	return 0;
}

field_value space_sample(const struct space *space, enum field field, uint32_t number)
{
	const struct space_field *at = &space->field[field];
	field_value lo, hi;

	if (field_is_small(field))
		return sample_small(at, field, number);
	lo = at->starts.item[number];
	hi = number + 1 < at->count ? at->starts.item[number + 1] - 1 : field_max(field, space->family);
	switch (field) {
	case FIELD_IN: case FIELD_OUT:
		return lo == hi ? lo : sample_name(lo, hi);
	case FIELD_SRC: case FIELD_DST:
		return sample_addr(lo, hi, field, space->family);
	case FIELD_SPORT:
		return lo <= 40000 && hi >= 40000 ? 40000 : lo == 0 && hi > 0 ? hi : lo;
	case FIELD_DPORT:
		return lo == 0 && hi > 0 ? hi : lo;
	case FIELD_LENGTH: case FIELD_TTL:
		return lo <= 60 && hi >= 60 ? 60 : lo;
	case FIELD_ICMP:
		return space->family == FAMILY_IPV4 && lo <= ICMP_ECHO << 8 && hi >= ICMP_ECHO << 8 ? ICMP_ECHO << 8 : lo;
	default:
		return lo;
	}
}

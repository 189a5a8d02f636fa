/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "addr/addr.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

unsigned addr_width(enum family family)
{
	return family == FAMILY_IPV4 ? 32 : 128;
}

/* The address of the family whose bits are all set. */
static addr_bits addr_ones(enum family family)
{
	return family == FAMILY_IPV4 ? (addr_bits)UINT32_MAX : ~(addr_bits)0;
}

static int addr_af(enum family family)
{
	return family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
}

bool addr_read(const char *text, size_t len, enum family family, unsigned char bytes[static 16])
{
	char copy[ADDR_TEXT_MAX];

	memset(bytes, 0, 16);
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(addr_af(family), copy, bytes) == 1;
}

const char *addr_text(const unsigned char *bytes, enum family family, char out[static ADDR_TEXT_MAX])
{
	return inet_ntop(addr_af(family), bytes, out, ADDR_TEXT_MAX);
}

static bool address_parse(const char *text, size_t len, enum family *family, addr_bits *bits)
{
	unsigned char bytes[16];

	*family = memchr(text, ':', len) != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	if (!addr_read(text, len, *family, bytes))
		return false;
	*bits = 0;
	for (unsigned i = 0; i < addr_width(*family) / 8; i++)
		*bits = *bits << 8 | bytes[i];
	return true;
}

enum addr_fault addr_parse(const char *text, struct addr_range *out)
{
	size_t at = strcspn(text, "/-");
	enum family other;
	uint64_t prefix;

	if (!address_parse(text, at, &out->family, &out->first))
		return ADDR_NONE;
	out->last = out->first;
	if (text[at] == '\0')
		return ADDR_FINE;
	if (text[at] == '-') {
		if (!address_parse(text + at + 1, strlen(text + at + 1), &other, &out->last) || other != out->family)
			return ADDR_NONE;
		return out->first <= out->last ? ADDR_FINE : ADDR_ORDER;
	}
	if (strlen(text + at + 1) > 3 || !number_read(text + at + 1, addr_width(out->family), &prefix))
		return ADDR_PREFIX;
	addr_bits host = prefix == 0 ? addr_ones(out->family)
				     : addr_ones(out->family) &
					       (((addr_bits)1 << (addr_width(out->family) - prefix)) - 1);
	out->first &= ~host;
	out->last = out->first | host;
	return ADDR_FINE;
}

int addr_prefix(const struct addr_range *range)
{
	addr_bits host = range->last - range->first;
	int prefix = (int)addr_width(range->family);

	if ((host & (host + 1)) != 0 || (range->first & host) != 0)
		return -1;
	for (; host != 0; host >>= 1)
		prefix--;
	return prefix;
}

bool addr_contains(const struct addr_range *outer, const struct addr_range *inner)
{
	return outer->family == inner->family && outer->first <= inner->first && inner->last <= outer->last;
}

static void bits_print(struct strbuf *out, enum family family, addr_bits bits)
{
	unsigned char bytes[16];
	char text[ADDR_TEXT_MAX];

	for (unsigned i = addr_width(family) / 8; i > 0; i--, bits >>= 8)
		bytes[i - 1] = (unsigned char)bits;
	strbuf_puts(out, addr_text(bytes, family, text));
}

void addr_print_first(struct strbuf *out, const struct addr_range *range)
{
	bits_print(out, range->family, range->first);
}

void addr_print(struct strbuf *out, const struct addr_range *range)
{
	int prefix = addr_prefix(range);

	addr_print_first(out, range);
	if (prefix >= 0 && (unsigned)prefix < addr_width(range->family))
		strbuf_printf(out, "/%d", prefix);
	if (prefix < 0) {
		strbuf_putc(out, '-');
		bits_print(out, range->family, range->last);
	}
}

bool addr_set_add(struct addr_set *set, const struct addr_range *range)
{
	return vec_push(&set->ranges, *range);
}

static int range_compare(const void *left, const void *right)
{
	const struct addr_range *a = left, *b = right;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->last > b->last ? -1 : a->last < b->last;
}

void addr_set_normalise(struct addr_set *set)
{
	size_t kept = 0;
	struct addr_range *item = set->ranges.item;

	if (set->ranges.len < 2)
		return;
	qsort(item, set->ranges.len, sizeof(*item), range_compare);
	for (size_t i = 1; i < set->ranges.len; i++) {
		struct addr_range *last = &item[kept];
		bool touches = last->last >= addr_ones(last->family) || item[i].first <= last->last + 1;

		if (item[i].family != last->family || !touches)
			item[++kept] = item[i];
		else if (item[i].last > last->last)
			last->last = item[i].last;
	}
	set->ranges.len = kept + 1;
}

/* Returns the largest network that starts at the first address of `left` and lies within it. */
static struct addr_range network_first(const struct addr_range *left)
{
	addr_bits host = 0;

	while (host < addr_ones(left->family)) {
		addr_bits wider = host << 1 | 1;

		if ((left->first & wider) != 0 || wider > left->last - left->first)
			break;
		host = wider;
	}
	return (struct addr_range){ left->family, left->first, left->first + host };
}

bool addr_set_split(struct addr_set *out, const struct addr_range *range, unsigned most)
{
	struct addr_range left = *range;
	size_t before = out->ranges.len;

	for (;;) {
		struct addr_range net = network_first(&left);

		if (out->ranges.len - before >= most) {
			out->ranges.len = before;
			return addr_set_add(out, range);
		}
		if (!addr_set_add(out, &net))
			return false;
		if (net.last == left.last)
			return true;
		left.first = net.last + 1;
	}
}

bool addr_set_networks(const struct addr_set *set, struct addr_set *out)
{
	out->ranges.len = 0;
	for (size_t i = 0; i < set->ranges.len; i++)
		if (!addr_set_split(out, &set->ranges.item[i], 2 * 128))
			return false;
	return true;
}

bool addr_set_subtract(struct addr_set *set, const struct addr_set *holes)
{
	struct addr_set left = { .ranges = { 0 } };
	size_t hole = 0;

	for (size_t i = 0; i < set->ranges.len; i++) {
		struct addr_range rest = set->ranges.item[i];
		bool some = true;

		/* A hole that ends before this range ends before all later ones. */
		while (hole < holes->ranges.len && (holes->ranges.item[hole].family < rest.family ||
						    (holes->ranges.item[hole].family == rest.family &&
						     holes->ranges.item[hole].last < rest.first)))
			hole++;
		for (size_t h = hole; some && h < holes->ranges.len && holes->ranges.item[h].family == rest.family &&
				      holes->ranges.item[h].first <= rest.last;
		     h++) {
			const struct addr_range *cut = &holes->ranges.item[h];
			struct addr_range before = { rest.family, rest.first, cut->first - 1 };

			if (cut->first > rest.first && !addr_set_add(&left, &before)) {
				addr_set_free(&left);
				return false;
			}
			some = cut->last < rest.last;
			if (some)
				rest.first = cut->last + 1;
		}
		if (some && !addr_set_add(&left, &rest)) {
			addr_set_free(&left);
			return false;
		}
	}
	addr_set_free(set);
	*set = left;
	return true;
}

bool addr_set_covers(const struct addr_set *normal, const struct addr_range *range)
{
	for (size_t i = 0; i < normal->ranges.len; i++)
		if (addr_contains(&normal->ranges.item[i], range))
			return true;
	return false;
}

size_t addr_set_count(const struct addr_set *set, enum family family)
{
	size_t count = 0;

	for (size_t i = 0; i < set->ranges.len; i++)
		count += set->ranges.item[i].family == family;
	return count;
}

void addr_set_free(struct addr_set *set)
{
	vec_free(&set->ranges);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/box.h"

#include <string.h>

struct box box_all(const struct space *space)
{
	struct box box = { .literal_count = 0 };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		box.dim[f] = (struct span){ 0, space->field[f].count - 1 };
	return box;
}

bool box_require(struct box *box, int32_t literal, bool *full)
{
	uint32_t at = 0;

	while (at < box->literal_count && abs(box->literal[at]) < abs(literal))
		at++;
	if (at < box->literal_count && abs(box->literal[at]) == abs(literal))
		return box->literal[at] == literal;
	if (box->literal_count == BOX_LITERALS) {
		*full = true;
		return false;
	}
	memmove(&box->literal[at + 1], &box->literal[at], (box->literal_count - at) * sizeof(literal));
	box->literal[at] = literal;
	box->literal_count++;
	return true;
}

static bool has_literal(const struct box *box, int32_t literal)
{
	for (uint32_t i = 0; i < box->literal_count; i++)
		if (box->literal[i] == literal)
			return true;
	return false;
}

bool box_covers(const struct box *outer, const struct box *inner)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (outer->dim[f].lo > inner->dim[f].lo || outer->dim[f].hi < inner->dim[f].hi)
			return false;
	for (uint32_t i = 0; i < outer->literal_count; i++)
		if (!has_literal(inner, outer->literal[i]))
			return false;
	return true;
}

bool box_overlap(const struct box *a, const struct box *b)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (a->dim[f].lo > b->dim[f].hi || a->dim[f].hi < b->dim[f].lo)
			return false;
	for (uint32_t i = 0; i < a->literal_count; i++)
		if (has_literal(b, -a->literal[i]))
			return false;
	return true;
}

bool box_meet(const struct box *a, const struct box *b, struct box *out)
{
	bool full = false;

	*out = *a;
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (b->dim[f].lo > out->dim[f].lo)
			out->dim[f].lo = b->dim[f].lo;
		if (b->dim[f].hi < out->dim[f].hi)
			out->dim[f].hi = b->dim[f].hi;
		if (out->dim[f].lo > out->dim[f].hi)
			return false;
	}
	for (uint32_t i = 0; i < b->literal_count; i++)
		if (!box_require(out, b->literal[i], &full) && !full)
			return false;
	return true;
}

/* Base 2, exact for powers of two, straight lines between them. */
static double rough_log(uint32_t n)
{
	unsigned bits = 31 - (unsigned)__builtin_clz(n);

	return bits + (double)(n - (1U << bits)) / (1U << bits);
}

double box_size(const struct box *box)
{
	double size = -(double)box->literal_count;

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (box->dim[f].hi > box->dim[f].lo)
			size += rough_log(box->dim[f].hi - box->dim[f].lo + 1);
	return size;
}

bool box_subtract(const struct box *whole, const struct box *hole, struct boxes *out)
{
	struct box rest = *whole;

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct box part = rest;

		if (hole->dim[f].lo > rest.dim[f].lo) {
			part.dim[f].hi = hole->dim[f].lo - 1;
			if (!vec_push(out, part))
				return false;
			rest.dim[f].lo = hole->dim[f].lo;
		}
		part = rest;
		if (hole->dim[f].hi < rest.dim[f].hi) {
			part.dim[f].lo = hole->dim[f].hi + 1;
			if (!vec_push(out, part))
				return false;
			rest.dim[f].hi = hole->dim[f].hi;
		}
	}
	for (uint32_t i = 0; i < hole->literal_count; i++) {
		struct box part = rest;
		bool full = false;

		if (has_literal(&rest, hole->literal[i]))
			continue;
		/* With no room for the literal the part is left larger than it is: never too small. */
		box_require(&part, -hole->literal[i], &full);
		if (!vec_push(out, part))
			return false;
		if (!box_require(&rest, hole->literal[i], &full))
			return true;
	}
	return true;
}

void box_corner(const struct box *box, unsigned which, uint32_t point[static FIELD_COUNT])
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		uint32_t width = box->dim[f].hi - box->dim[f].lo;
		uint32_t mix = (which * 2654435761u + f * 40503u) >> 7;

		if (which < 2)
			point[f] = which == 0 ? box->dim[f].lo : box->dim[f].hi;
		else
			point[f] = box->dim[f].lo + (width == 0 ? 0 : which % 3 == 0 ? mix % 2 * width : mix % (width + 1));
	}
}

bool box_has_point(const struct box *box, const uint32_t point[static FIELD_COUNT])
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (point[f] < box->dim[f].lo || point[f] > box->dim[f].hi)
			return false;
	return true;
}

/* --- covered by a union --------------------------------------------------------------------------- */

/* The overlap of the hole with the largest, in *best. Returns its size in proportion to the whole. */
static double largest_overlap(const struct box *whole, const struct box *const holes[], size_t count, size_t *best)
{
	double largest = -1e9;

	for (size_t i = 0; i < count; i++) {
		struct box meet;
		double size;

		if (!box_meet(whole, holes[i], &meet))
			continue;
		size = box_size(&meet);
		if (size > largest) {
			largest = size;
			*best = i;
		}
	}
	return largest - box_size(whole);
}

static int compare_starts(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The field with the most borders inside the whole, and the median of them. False: there is none, or no memory. */
static bool median_cut(const struct box *whole, const struct box *const holes[], size_t count, unsigned *field,
		       uint32_t *cut)
{
	uint32_t *borders = malloc(2 * count * sizeof(*borders));
	size_t most = 0;

	if (borders == NULL)
		return false;
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		size_t n = 0;

		for (size_t i = 0; i < count; i++) {
			if (holes[i]->dim[f].lo > whole->dim[f].lo)
				borders[n++] = holes[i]->dim[f].lo;
			if (holes[i]->dim[f].hi < whole->dim[f].hi)
				borders[n++] = holes[i]->dim[f].hi + 1;
		}
		if (n <= most)
			continue;
		most = n;
		qsort(borders, n, sizeof(*borders), compare_starts);
		*field = f;
		*cut = borders[n / 2];
	}
	free(borders);
	return most > 0;
}

static enum cover cover(const struct box *whole, const struct box *const holes[], size_t count, struct box *left,
			unsigned long *budget);

static enum cover cover_parts(const struct boxes *parts, const struct box *const holes[], size_t count,
			      struct box *left, unsigned long *budget)
{
	enum cover all = COVER_YES;

	for (size_t i = 0; i < parts->len && all == COVER_YES; i++)
		all = cover(&parts->item[i], holes, count, left, budget);
	return all;
}

/* The holes that meet the whole; *single when one of them covers it. */
static size_t select_holes(const struct box *whole, const struct box *const holes[], size_t count,
			   const struct box *out[], bool *single)
{
	size_t kept = 0;

	*single = false;
	for (size_t i = 0; i < count && !*single; i++) {
		if (!box_overlap(whole, holes[i]))
			continue;
		*single = box_covers(holes[i], whole);
		out[kept++] = holes[i];
	}
	return kept;
}

static enum cover cut_or_subtract(const struct box *whole, const struct box *const holes[], size_t count,
				  struct box *left, unsigned long *budget)
{
	struct boxes parts = { 0 };
	enum cover result = COVER_UNDECIDED;
	size_t best = 0;
	unsigned field = 0;
	uint32_t cut = 0;
	bool made;

	if (largest_overlap(whole, holes, count, &best) < -3.0 && count > 24 &&
	    median_cut(whole, holes, count, &field, &cut)) {
		struct box half = *whole;

		half.dim[field].hi = cut - 1;
		made = vec_push(&parts, half);
		half = *whole;
		half.dim[field].lo = cut;
		made = made && vec_push(&parts, half);
	} else {
		made = box_subtract(whole, holes[best], &parts);
	}
	if (made)
		result = cover_parts(&parts, holes, count, left, budget);
	vec_free(&parts);
	return result;
}

static enum cover cover(const struct box *whole, const struct box *const holes[], size_t count, struct box *left,
			unsigned long *budget)
{
	const struct box **near;
	enum cover result = COVER_UNDECIDED;
	bool single;
	size_t kept;

	if (*budget < count + 1)
		return COVER_UNDECIDED;
	*budget -= count + 1;
	near = malloc((count + 1) * sizeof(*near));
	if (near == NULL)
		return COVER_UNDECIDED;
	kept = select_holes(whole, holes, count, near, &single);
	if (single) {
		result = COVER_YES;
	} else if (kept == 0) {
		*left = *whole;
		result = COVER_NO;
	} else {
		result = cut_or_subtract(whole, near, kept, left, budget);
	}
	free(near);
	return result;
}

enum cover boxes_cover(const struct box *whole, const struct box *const holes[], size_t count, struct box *left,
		       unsigned long *budget)
{
	return cover(whole, holes, count, left, budget);
}

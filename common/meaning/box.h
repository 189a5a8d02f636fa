/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Boxes: a span in each field of a space, and the booleans that must be true or false. A rule is a
 * few of them. Each field can be cut, none has a gap.
 */
#ifndef FW_MEANING_BOX_H
#define FW_MEANING_BOX_H

#include "meaning/space.h"

#define BOX_LITERALS 7

struct box {
	struct span dim[FIELD_COUNT];
	int32_t literal[BOX_LITERALS]; /* var, or minus it where it must be false; ascending by var */
	uint32_t literal_count;
};

struct boxes {
	struct box *item;
	size_t len, cap;
};

/* Everything that the space has, without a literal. */
struct box box_all(const struct space *space);

/* Adds a literal. False: the opposite is there already, nothing is left; or (*full) no room for it. */
bool box_require(struct box *box, int32_t literal, bool *full);

bool box_covers(const struct box *outer, const struct box *inner);
must_check bool box_meet(const struct box *a, const struct box *b, struct box *out); /* false: nothing in common */
bool box_overlap(const struct box *a, const struct box *b);

/* A rough size, as a logarithm of base 2: for choices, not for truth. */
double box_size(const struct box *box);

/* Appends the parts of `whole` outside of `hole`, which overlap each other nowhere. False: no memory. */
must_check bool box_subtract(const struct box *whole, const struct box *hole, struct boxes *out);

/* A corner of the box as a packet's numbers; `which` chooses among them. */
void box_corner(const struct box *box, unsigned which, uint32_t point[static FIELD_COUNT]);

bool box_has_point(const struct box *box, const uint32_t point[static FIELD_COUNT]);

enum cover { COVER_NO, COVER_YES, COVER_UNDECIDED };

/*
 * Do the holes together cover the whole? NO: *left is a part that they leave. `budget` counts down
 * with the work done; at 0 the answer is UNDECIDED (also when memory ran out).
 */
enum cover boxes_cover(const struct box *whole, const struct box *const holes[], size_t count, struct box *left,
		       unsigned long *budget);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The values that the rules of one family can tell apart, numbered: all addresses between two
 * neighbouring borders are one number, and so are all protocols that no rule separates. An algebra
 * over these numbers is as exact as one over the values, and as small for IPv6 as for IPv4.
 *
 * Conditions are noted first, then the space is sealed, then it translates.
 */
#ifndef FW_MEANING_SPACE_H
#define FW_MEANING_SPACE_H

#include "meaning/matchset.h"

struct span {
	uint32_t lo, hi; /* both within; numbers of the space */
};

struct space_field {
	VEC(field_value) starts; /* large fields: the first value of each number, ascending */
	uint16_t class_of[256];  /* small ones: the number of each value; UINT16_MAX: never occurs */
	uint32_t count;          /* of numbers */
};

struct space {
	enum family family;
	struct space_field field[FIELD_COUNT];
	VEC(uint64_t) seen; /* sets of small fields that were noted already, by hash */
	bool no_memory;
};

void space_begin(struct space *space, enum family family);
void space_note(struct space *space, const struct cond *cond);
/* A single value that questions will be asked about. */
void space_note_value(struct space *space, enum field field, field_value value);
must_check bool space_seal(struct space *space);
void space_free(struct space *space);

uint32_t space_number(const struct space *space, enum field field, field_value value);

/*
 * The numbers of the condition's ranges as spans, at most max of them. Returns how many there are,
 * which may be more than max: then nothing is to be relied on.
 */
unsigned space_spans(const struct space *space, enum field field, const struct cond *cond, struct span *spans,
		     unsigned max);

/* A value of this number, one that reads well where there is a choice. */
field_value space_sample(const struct space *space, enum field field, uint32_t number);

#endif

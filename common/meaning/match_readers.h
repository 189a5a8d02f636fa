/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* How matches become conditions: what matchset.c and the readers of the kernel's structures share. */
#ifndef FW_MEANING_MATCH_READERS_H
#define FW_MEANING_MATCH_READERS_H

#include "meaning/matchset.h"

/* What a row of model/kinds_match.c cannot hold: the functions that know the kernel's structures. */
struct match_reader {
	const char *name; /* the row's */
	bool (*read)(struct matchset *set, const struct extension *match); /* false: this use is CLASS_PURE after all */
	bool (*negated)(unsigned char *data); /* takes a negation of the whole out of the data; NULL: none to take out */
};

extern const struct match_reader match_readers[];
extern const size_t match_reader_count;

/* Some uses of a match have one answer for every packet, whatever the class of the row: `-m recent --set'. */
enum certainty { CERTAIN_OPEN, CERTAIN_ALWAYS, CERTAIN_NEVER };

struct match_certainty {
	const char *name; /* the row's */
	enum certainty (*of)(const struct extension *match);
};

extern const struct match_certainty match_certainties[];
extern const size_t match_certainty_count;

enum certainty match_certainty_of(const struct extension *match);

/* NULL: the match has no such functions. */
const struct match_reader *match_reader_find(const char *name);

void matchset_push(struct matchset *set, const struct cond *cond);

/* The condition that `holds` is true for the field's value; small fields only. */
void matchset_small(struct matchset *set, enum field field, bool (*holds)(const void *ctx, unsigned value),
		    const void *ctx, const struct extension *match);

/* Ranges given in any order, or their complement. */
void matchset_ranges(struct matchset *set, enum field field, enum field other, struct range *ranges, unsigned count,
		     bool invert, const struct extension *match);

/* field & mask == value: as a range where the mask is a prefix, else masked. */
void matchset_masked(struct matchset *set, enum field field, field_value mask, field_value value, bool invert,
		     const struct extension *match);

/* The unknown of a whole match. */
void matchset_unknown(struct matchset *set, const struct extension *match, enum match_class class, unsigned depends,
		      bool (*negated)(unsigned char *data));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How matches become conditions: what matchset.c and the readers of the kernel's structures share. */
#ifndef FW_MEANING_MATCHSET_KINDS_H
#define FW_MEANING_MATCHSET_KINDS_H

#include "meaning/matchset.h"

enum match_class {
	CLASS_FRESH,   /* unknown with state or chance, or of a kind that nobody described: the safe class */
	CLASS_PURE,    /* unknown, but the same answer for the same packet within a table */
	CLASS_EXACT,   /* its reader gives conditions */
	CLASS_NEUTRAL, /* always matches */
};

struct match_kind {
	const char *name; /* what the kernel calls it */
	int revision;     /* -1: any */
	enum match_class class;
	bool counted;     /* limits how many packets match */
	unsigned depends; /* PURE: of enum changes */
	bool (*read)(struct matchset *set, const struct extension *match); /* EXACT; false: this use is PURE after all */
	bool (*negated)(unsigned char *data); /* takes a negation of the whole out of the data; NULL: none to take out */
};

const struct match_kind *match_kind_of(const struct extension *match);

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

extern const struct match_kind match_kinds[];
extern const size_t match_kind_count;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What --watch shows: the numbers now, how fast they change, and the number of entries over time. */
#ifndef FW_CONNTRACK_PICTURE_H
#define FW_CONNTRACK_PICTURE_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/breakdown.h"
#include "conntrack/source.h"

#define PICTURE_HISTORY 60

struct picture {
	struct snapshot now; /* owned */
	uint64_t measured;   /* when `now` was taken, in the caller's milliseconds; 0: not yet */
	uint64_t elapsed;    /* milliseconds since the snapshot before; 0: there is none */
	int64_t change;	     /* of the number of entries in that time */
	uint64_t growth[COUNTER_COUNT];
	uint64_t history[PICTURE_HISTORY]; /* a ring of the last numbers of entries */
	size_t seen;			   /* how many were ever put into it */
	int top_error;			   /* why there is no list, as -errno; 0: there is one */
};

/* What the keys 1 to 9 count by. */
extern const char *const picture_keys[];
extern const size_t picture_key_count;

/* Takes a new snapshot and compares it with the last one. False: connection tracking is not active. */
must_check bool picture_measure(struct picture *picture, uint64_t milliseconds);
void picture_free(struct picture *picture);

/* One line, for output that is not a terminal. */
void picture_line(struct strbuf *out, const struct picture *picture);

/*
 * A whole terminal of so many rows and columns, with the escape sequences that draw it over the last picture.
 */
void picture_draw(struct strbuf *out, const struct picture *picture, const struct breakdown *top, bool paused,
		  unsigned rows, unsigned columns);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Connections that become worse, put together by service, reason and network, as lines for people. */
#ifndef FW_CUTS_LIST_H
#define FW_CUTS_LIST_H

#include "base/strbuf.h"
#include "cuts/judge.h"

/* The worst first. */
enum cut_kind {
	CUT_NOW,
	CUT_OTHER_FIRST, /* cut if the other side is the first to send */
	CUT_HOST_FIRST,  /* cut if this host is the first to send */
	CUT_MAYBE,
	CUT_CLOSED,      /* goes on, but cannot be opened again */
	CUT_NONE,
};

/* Where a connection begins and ends. */
enum course { COURSE_IN, COURSE_OUT, COURSE_THROUGH, COURSE_WITHIN };

struct hit {
	const struct connection *connection; /* borrowed */
	enum cut_kind kind;
	enum course course;
	struct ruling verdict; /* by the new rules */
};

typedef VEC(struct hit) hits;

/* A line: a user's own connection, or all that have the same service, kind and reason. */
struct hit_row {
	enum cut_kind kind;
	enum owner owner;
	size_t count;
};

/* Appends the place of the rule, or its text. */
struct hit_places {
	void (*place)(void *ctx, struct strbuf *out, const struct program_rule *rule);
	void *ctx;
};

/* Sorts the hits, and calls `see` for each row with its text. */
void hits_list(hits *all, const struct hit_places *places, void (*see)(void *ctx, const struct hit_row *row, const char *text),
	       void *ctx);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What is asked about a change of rules, and the numbers of the answer. */
#ifndef FW_CUTS_REQUEST_H
#define FW_CUTS_REQUEST_H

#include "cuts/session.h"
#include "ruletext/rules.h"

struct cuts_request {
	const struct text_rules *const *old, *const *new; /* FAMILIES of each: in force, and to be; NULL: the family does not change */
	const struct stream *input;    /* with the lines of the rules of `new`; NULL: unknown */
	const struct session *session;
	const char *proc; /* where proc is mounted */
	bool all;         /* write all lines, and not the first ones alone */
};

/* The numbers of connections at the moment of the look. */
struct cuts_count {
	size_t all;    /* that live */
	size_t judged; /* of these, so many were led through the rules: all, unless there are very many */
	size_t cut;    /* their next packet is dropped, in one direction or both */
	size_t maybe;  /* that hang on a limit, a set, or who speaks first */
	size_t closed; /* that go on, but cannot be opened again */
};

#endif

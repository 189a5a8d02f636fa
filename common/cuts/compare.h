/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* One family's connections under its old and its new rules: what a child process does. */
#ifndef FW_CUTS_COMPARE_H
#define FW_CUTS_COMPARE_H

#include "base/worker.h"
#include "cuts/live.h"
#include "cuts/request.h"

struct comparing {
	const struct cuts_request *request; /* borrowed */
	const struct live_table *live;      /* borrowed */
	int family;
};

/* The kinds of messages that the child sends: rows with their text, and in the end one summary. */
enum { MESSAGE_ROW, MESSAGE_SUMMARY };

struct compare_summary {
	struct cuts_count count;
	int family;
	bool own_cut, failed;
};

/* A worker's function; ctx is a struct comparing. */
void compare_family(void *ctx, struct outbox *out);

#endif

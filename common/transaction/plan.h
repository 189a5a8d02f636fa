/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done, as a list of steps, each with its undoing: a dry run prints the list that a
 * real run executes.
 */
#ifndef FW_TRANSACTION_PLAN_H
#define FW_TRANSACTION_PLAN_H

#include "base/base.h"
#include "base/vec.h"

#include <stdio.h>

struct step {
	char *text;              /* owned; what it does, for people */
	bool (*run)(void *arg);  /* false after a report */
	bool (*undo)(void *arg); /* also of a step that failed half way; NULL: nothing to undo */
	void *arg;               /* borrowed */
};

/* Zeroed: no steps. */
struct plan {
	VEC(struct step) steps;
};

enum plan_result {
	PLAN_DONE,
	PLAN_UNDONE, /* a step failed; all before it, and itself, are undone */
	PLAN_BROKEN, /* a step failed, and an undoing too */
};

/* Appends a step; false: no memory. */
must_check bool plan_add(struct plan *plan, bool (*run)(void *), bool (*undo)(void *), void *arg,
			 const char *format, ...) printf_like(5, 6);

void plan_print(const struct plan *plan, FILE *out);

/* In order; on failure undoes in reverse order, all of it even if one undoing fails. */
must_check enum plan_result plan_run(const struct plan *plan);

void plan_free(struct plan *plan);

#endif

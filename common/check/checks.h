/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The table of checks: checks.def, which explains the rows. */
#ifndef FW_CHECK_CHECKS_H
#define FW_CHECK_CHECKS_H

#include "check/choice.h"
#include "model/ruleset.h"

struct meaning;

struct check {
	const char *name;
	void (*on_rules)(const struct ruleset *ruleset, struct diag_log *log);
	void (*on_meaning)(const struct meaning *m); /* both NULL: a reader */
	const enum diag_id *gives;                   /* ends with DIAG_COUNT */
};

extern const struct check checks[];
extern const size_t check_count;

/* Is any of its findings wanted? */
bool check_is_wanted(const struct check *check, const struct check_choice *choice);

/* Runs the checks on rules whose findings are of this group, if they are wanted. */
void checks_on_rules(enum diag_group group, const struct ruleset *ruleset, const struct check_choice *choice, struct diag_log *log);
/* Runs the checks on the meaning, if they are wanted. */
void checks_on_meaning(const struct meaning *m, const struct check_choice *choice);

/* The functions of the rows. */
#define READER(function, ...)
#define CHECK_RULES(function, ...) void function(const struct ruleset *ruleset, struct diag_log *log);
#define CHECK_MEANING(function, ...) void function(const struct meaning *m);
#include "check/checks.def"
#undef READER
#undef CHECK_RULES
#undef CHECK_MEANING

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/checks.h"

#define IDS(...) (const enum diag_id[]){ __VA_ARGS__, DIAG_COUNT }

const struct check checks[] = {
#define READER(function, ...) { .name = #function, .gives = IDS(__VA_ARGS__) },
#define CHECK_RULES(function, ...) { .name = #function, .on_rules = function, .gives = IDS(__VA_ARGS__) },
#define CHECK_MEANING(function, ...) { .name = #function, .on_meaning = function, .gives = IDS(__VA_ARGS__) },
#include "check/checks.def"
};

const size_t check_count = ARRAY_LEN(checks);

bool check_is_wanted(const struct check *check, const struct check_choice *choice)
{
	for (const enum diag_id *id = check->gives; *id != DIAG_COUNT; id++)
		if (choice->chosen[*id])
			return true;
	return false;
}

void checks_on_rules(enum diag_group group, const struct ruleset *ruleset, const struct check_choice *choice, struct diag_log *log)
{
	for (size_t i = 0; i < check_count; i++)
		if (checks[i].on_rules != NULL && diag_kinds[checks[i].gives[0]].group == group && check_is_wanted(&checks[i], choice))
			checks[i].on_rules(ruleset, log);
}

void checks_on_meaning(const struct meaning *m, const struct check_choice *choice)
{
	for (size_t i = 0; i < check_count; i++)
		if (checks[i].on_meaning != NULL && check_is_wanted(&checks[i], choice))
			checks[i].on_meaning(m);
}

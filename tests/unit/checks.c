/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The table of checks against that of findings. */
#include "check/checks.h"
#include "diag/catalogue.h"
#include "tap.h"

static bool is_given(enum diag_id id)
{
	for (size_t i = 0; i < check_count; i++)
		for (const enum diag_id *given = checks[i].gives; *given != DIAG_COUNT; given++)
			if (*given == id)
				return true;
	return false;
}

/* A check runs with those of the group of its findings. */
static bool is_of_one_group(const struct check *check)
{
	for (const enum diag_id *given = check->gives; *given != DIAG_COUNT; given++) {
		if (check->on_meaning != NULL && diag_kinds[*given].group != GROUP_MEANING)
			return false;
		if (check->on_rules != NULL && diag_kinds[*given].group != diag_kinds[check->gives[0]].group)
			return false;
	}
	return true;
}

int main(void)
{
	unsigned without = 0;

	for (int id = 0; id < DIAG_COUNT; id++)
		if (diag_is_lint((enum diag_id)id) && !is_given((enum diag_id)id)) {
			printf("# no check gives %s\n", diag_kinds[id].name);
			without++;
		}
	CHECK(without == 0, "each finding of fw-lint is given by a check");
	for (size_t i = 0; i < check_count; i++)
		CHECK(is_of_one_group(&checks[i]), checks[i].name);
	return tap_done();
}

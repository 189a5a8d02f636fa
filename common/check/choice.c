/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/choice.h"
#include "diag/catalogue.h"

#include <string.h>

struct check_choice check_choose_all(void)
{
	struct check_choice choice = { .asked = false };

	for (size_t i = 0; i < DIAG_COUNT; i++)
		choice.chosen[i] = true;
	return choice;
}

static bool item_is(const char *item, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(item, name, len) == 0;
}

static bool choose_item(struct check_choice *choice, const char *item, size_t len, bool wanted)
{
	bool known = item_is(item, len, "all");

	for (int id = 0; id < DIAG_COUNT; id++) {
		if (!diag_is_lint((enum diag_id)id))
			continue;
		if (!item_is(item, len, "all") && !item_is(item, len, diag_group_name(diag_kinds[id].group)) &&
		    !item_is(item, len, diag_kinds[id].name))
			continue;
		choice->chosen[id] = wanted;
		known = true;
	}
	return known;
}

static bool raise_item(struct check_options *options, const char *item, size_t len)
{
	bool no = len > 3 && memcmp(item, "no-", 3) == 0, known = false;

	for (int id = 0; id < DIAG_COUNT; id++) {
		const char *group = diag_group_name(diag_kinds[id].group);

		if (!diag_is_lint((enum diag_id)id))
			continue;
		if (item_is(item, len, diag_kinds[id].name) || item_is(item, len, group)) {
			options->raised[id] = 1;
			known = true;
		} else if (no && (item_is(item + 3, len - 3, diag_kinds[id].name) || item_is(item + 3, len - 3, group))) {
			options->raised[id] = -1;
			known = true;
		}
	}
	return known;
}

const char *check_raise(struct check_options *options, const char *list)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (item_is(list, len, "error"))
			options->warnings_are_errors = true;
		else if (!raise_item(options, list, len))
			return list;
		list += list[len] == ',' ? len + 1 : len;
	}
	return NULL;
}

bool check_wants(const struct check_choice *choice, enum diag_group group)
{
	for (int id = 0; id < DIAG_COUNT; id++)
		if (diag_kinds[id].group == group && choice->chosen[id])
			return true;
	return false;
}

/* What makes the text another one than its writer meant is never left out. */
static void choose_integrity(struct check_choice *choice)
{
	for (int id = 0; id < DIAG_COUNT; id++)
		if (diag_kinds[id].group == GROUP_STREAM)
			choice->chosen[id] = true;
	choice->chosen[DIAG_SYSTEM] = choice->chosen[DIAG_MEMORY] = true;
}

const char *check_choose(struct check_choice *choice, const char *list)
{
	*choice = check_choose_all();
	if (list[0] != '-')
		memset(choice, 0, sizeof(*choice));
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		bool wanted = list[0] != '-';

		if (!choose_item(choice, list + !wanted, len - !wanted, wanted))
			return list;
		list += list[len] == ',' ? len + 1 : len;
	}
	choose_integrity(choice);
	choice->asked = true;
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rows of model/kinds.h, and the tables of functions that go with them. A row that lacks something is named. */
#include "check/kernel_check.h"
#include "check/kernel_helper.h"
#include "meaning/match_readers.h"
#include "meaning/rewrite.h"
#include "model/builtin.h"
#include "model/kinds.h"
#include "tap.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* What matches and targets have in common. */
struct row {
	const char *name, *before; /* before: the row above; NULL: this is the first */
	bool target;
	const struct kernel_demands *kernel;
	const char *sample, *sample6;
};

static size_t row_count(void)
{
	return match_kind_count + target_kind_count;
}

static struct row row_at(size_t index)
{
	size_t t = index - match_kind_count;

	if (index < match_kind_count) {
		const struct match_kind *at = &match_kinds[index];

		return (struct row){ at->name,    index > 0 ? at[-1].name : NULL, false, &at->kernel,
				     at->sample, at->sample6 };
	}
	return (struct row){ target_kinds[t].name,    t > 0 ? target_kinds[t - 1].name : NULL, true,
			     &target_kinds[t].kernel, target_kinds[t].sample,                  target_kinds[t].sample6 };
}

static bool is_ordered(const struct row *row)
{
	return row->before == NULL || strcmp(row->before, row->name) < 0;
}

static bool is_found(const struct row *row)
{
	return row->target ? target_kind_find(row->name) != NULL : match_kind_find(row->name) != NULL;
}

static bool has_bits_that_exist(const struct row *row)
{
	unsigned all_hooks = (1U << HOOK_COUNT) - 1, all_tables = (1U << table_count) - 1;

	return (row->kernel->hooks & ~all_hooks) == 0 && (row->kernel->tables & ~all_tables) == 0;
}

static bool has_replacement(const struct row *row)
{
	return (row->kernel->removed == NULL) == (row->kernel->instead == NULL);
}

static bool is_reachable(const struct row *row)
{
	unsigned hooks = 0;

	for (unsigned t = 0; t < table_count; t++)
		if (row->kernel->tables == 0 || (row->kernel->tables & 1U << t) != 0)
			hooks |= table_hooks(table_names[t]);
	return (row->kernel->hooks & ~hooks) == 0;
}

/* The word `name` behind the option. */
static bool names_itself(const char *sample, const struct row *row)
{
	const char *at = sample != NULL ? strstr(sample, row->target ? "-j " : "-m ") : NULL;
	size_t len = strlen(row->name);

	for (; at != NULL; at = strstr(at + 3, row->target ? "-j " : "-m "))
		if (strncmp(at + 3, row->name, len) == 0 && (at[3 + len] == ' ' || at[3 + len] == '\0'))
			return true;
	return false;
}

static bool has_sample(const struct row *row)
{
	if (row->kernel->families == FAMILY_NONE)
		return row->sample == NULL && row->sample6 == NULL;
	if (row->sample6 != NULL && (row->kernel->families != FAMILY_BOTH || !names_itself(row->sample6, row)))
		return false;
	return names_itself(row->sample, row);
}

static void check_rows(bool (*holds)(const struct row *row), const char *what)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < row_count(); i++) {
		struct row row = row_at(i);

		if (holds(&row))
			continue;
		printf("# %s\n", row.name);
		wrong++;
	}
	CHECK(wrong == 0, what);
}

static void test_rows(void)
{
	check_rows(is_ordered, "rows are in the order of strcmp(), each name once");
	check_rows(is_found, "each row is found by its name");
	check_rows(has_bits_that_exist, "rows name tables and hooks that exist");
	check_rows(has_replacement, "a row that was removed from the kernel says what to write instead");
	check_rows(is_reachable, "the tables of a row have the hooks of the row");
	check_rows(has_sample, "a row whose demands are known has a sample with its own name, and only such a row");
}

static void test_readers(void)
{
	unsigned missing = 0, idle = 0;

	for (size_t i = 0; i < match_kind_count; i++) {
		const struct match_reader *reader = match_reader_find(match_kinds[i].name);
		bool reads = reader != NULL && reader->read != NULL;

		if (reads == (match_kinds[i].class == CLASS_EXACT))
			continue;
		printf("# %s\n", match_kinds[i].name);
		missing++;
	}
	for (size_t i = 0; i < match_reader_count; i++)
		if (match_kind_find(match_readers[i].name) == NULL) {
			printf("# %s\n", match_readers[i].name);
			idle++;
		}
	for (size_t i = 0; i < match_certainty_count; i++)
		if (match_kind_find(match_certainties[i].name) == NULL) {
			printf("# %s\n", match_certainties[i].name);
			idle++;
		}
	CHECK(missing == 0, "each exact match has a function in match_readers.c, and no other has");
	CHECK(idle == 0, "each function in match_readers.c and match_certain.c belongs to a row");
}

static const struct target_writer *writer_of(const char *name)
{
	for (size_t i = 0; i < target_writer_count; i++)
		if (strcmp(target_writers[i].name, name) == 0)
			return &target_writers[i];
	return NULL;
}

static void test_writers(void)
{
	unsigned wrong = 0, idle = 0;

	for (size_t i = 0; i < target_kind_count; i++) {
		bool writes = target_kinds[i].effect == EFFECT_NONE && target_kinds[i].changes != 0;

		if (writes == (writer_of(target_kinds[i].name) != NULL))
			continue;
		printf("# %s\n", target_kinds[i].name);
		wrong++;
	}
	for (size_t i = 0; i < target_writer_count; i++)
		if (target_kind_find(target_writers[i].name) == NULL) {
			printf("# %s\n", target_writers[i].name);
			idle++;
		}
	CHECK(wrong == 0, "each target that changes a packet which goes on has an entry in rewrite.c, and no other has");
	CHECK(idle == 0, "each entry in rewrite.c belongs to a row");
}

static void test_data_checks(void)
{
	unsigned idle = 0;

	for (size_t i = 0; i < kernel_data_check_count; i++)
		if (kernel_demands_of(kernel_data_checks[i].name, kernel_data_checks[i].target) == NULL) {
			printf("# %s\n", kernel_data_checks[i].name);
			idle++;
		}
	CHECK(idle == 0, "each check of options belongs to a row");
}

static void test_order(void)
{
	static const char *const names[] = { "filter", "nat", "mangle", "raw", "security" };
	static const unsigned bits[] = { TABLE_BIT_FILTER, TABLE_BIT_NAT, TABLE_BIT_MANGLE, TABLE_BIT_RAW, TABLE_BIT_SECURITY };
	bool same = table_count == ARRAY_LEN(names);

	for (size_t i = 0; same && i < table_count; i++)
		same = strcmp(table_names[i], names[i]) == 0 && bits[i] == 1U << i;
	CHECK(same, "a table's bit is its place in table_names");
}

static void test_names(void)
{
	CHECK(target_kind_find("tcp") == NULL && kernel_demands_of("tcp", true) == NULL, "a match is no target");
	CHECK(match_kind_find("nonsense") == NULL && kernel_demands_of("nonsense", false) == NULL, "a name without a row is unknown");
	CHECK(match_kind_find("l2tp") != NULL && kernel_demands_of("l2tp", false) == NULL, "a row may lack the kernel's demands");
	CHECK(kernel_helper_find("nonsense") == NULL, "a helper that the kernel lacks is unknown");
	CHECK(kernel_helper_find("ftp")->protocols[0] == IPPROTO_TCP, "ftp goes over TCP");
	CHECK(kernel_helper_find("irc")->families == FAMILY_IPV4, "irc is for IPv4 alone");
}

int main(void)
{
	test_rows();
	test_readers();
	test_writers();
	test_data_checks();
	test_order();
	test_names();
	return tap_done();
}

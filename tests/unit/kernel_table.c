/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/kernel_table.h"
#include "model/builtin.h"
#include "tap.h"

#include <netinet/in.h>
#include <string.h>

static void test_entries(void)
{
	unsigned all_hooks = (1U << HOOK_COUNT) - 1, all_tables = (1U << table_count) - 1;
	bool found = true, families = true, bits = true, removed = true, reachable = true;

	for (size_t i = 0; i < kernel_table_count; i++) {
		const struct kernel_extension *at = &kernel_table[i];
		unsigned hooks = 0;

		found = found && kernel_find(at->name, at->target) == at; /* so no name stands twice */
		families = families && at->families != FAMILY_NONE;
		bits = bits && (at->hooks & ~all_hooks) == 0 && (at->tables & ~all_tables) == 0;
		removed = removed && (at->removed == NULL) == (at->instead == NULL);
		for (unsigned t = 0; t < table_count; t++)
			if (at->tables == 0 || (at->tables & 1U << t) != 0)
				hooks |= table_hooks(table_names[t]);
		reachable = reachable && (at->hooks == 0 || (at->hooks & hooks) == at->hooks);
	}
	CHECK(found, "each entry is found by its name, once");
	CHECK(families, "each is there for a family");
	CHECK(bits, "tables and hooks are those that exist");
	CHECK(removed, "what was removed has something in its place");
	CHECK(reachable, "its tables have the hooks that it works in");
}

static void test_order(void)
{
	static const char *const names[] = { "filter", "nat", "mangle", "raw", "security" };
	static const unsigned bits[] = { TABLE_FILTER, TABLE_NAT, TABLE_MANGLE, TABLE_RAW, TABLE_SECURITY };
	bool same = table_count == ARRAY_LEN(names);

	for (size_t i = 0; same && i < table_count; i++)
		same = strcmp(table_names[i], names[i]) == 0 && bits[i] == 1U << i;
	CHECK(same, "a table's bit is its place in table_names");
}

static void test_names(void)
{
	CHECK(kernel_find("tcp", true) == NULL, "a match is no target");
	CHECK(kernel_find("nonsense", false) == NULL, "what is not there is not known");
	CHECK(kernel_helper_find("nonsense") == NULL, "nor is a helper");
	CHECK(kernel_helper_find("ftp")->protocols[0] == IPPROTO_TCP, "ftp goes over TCP");
	CHECK(kernel_helper_find("irc")->families == FAMILY_IPV4, "irc is for IPv4 alone");
}

int main(void)
{
	test_entries();
	test_order();
	test_names();
	return tap_done();
}

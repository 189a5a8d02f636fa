/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruletext/program.h"

#include <string.h>

static const struct text_chain *live_chain(const struct text_table *live, const char *name)
{
	return live != NULL ? table_chain(live, name) : NULL;
}

/* Are there counts to set, which are not those of the same rules in force? Zeros alone say nothing. */
static bool other_counts(const struct text_chain *now, const struct text_chain *want)
{
	bool any = false, other = false;

	for (size_t i = 0; i < want->rules.len; i++) {
		const struct piece *counters = &want->rules.item[i].counters;

		any = any || (counters->len > 0 && (counters->len != 5 || memcmp(counters->text, "[0:0]", 5) != 0));
		other = other || !piece_equal(counters, &now->rules.item[i].counters);
	}
	return any && other;
}

static bool changed(const struct text_table *live, const struct text_chain *want, enum counts counts)
{
	const struct text_chain *now = live_chain(live, want->name);

	if (now == NULL)
		return want->policy == NULL || want->rules.len > 0 || strcmp(want->policy, "ACCEPT") != 0;
	return !chain_equal(now, want) || (counts == COUNTS_SET && want->ours && other_counts(now, want));
}

static bool stale(const struct text_chain *now, const struct text_table *want)
{
	return now->policy == NULL && table_chain(want, now->name) == NULL;
}

static bool same_policy(const struct text_table *live, const struct text_chain *want)
{
	const struct text_chain *now = live_chain(live, want->name);

	return now != NULL && now->policy != NULL && want->policy != NULL && strcmp(now->policy, want->policy) == 0;
}

/* Every chain line of a table of legacy without its counters would set them to zero: name them all. */
static void write_chains(const struct text_table *live, const struct text_table *want, enum counts counts, struct strbuf *out)
{
	for (size_t i = 0; i < want->chains.len; i++) {
		const struct text_chain *chain = &want->chains.item[i];

		if (chain->policy == NULL && !changed(live, chain, counts))
			continue;
		if (counts == COUNTS_UNKNOWN && same_policy(live, chain))
			continue;
		strbuf_printf(out, ":%s %s ", chain->name, chain->policy != NULL ? chain->policy : "-");
		strbuf_add(out, chain->counters.len > 0 ? chain->counters.text : "[0:0]",
			   chain->counters.len > 0 ? chain->counters.len : 5);
		strbuf_putc(out, '\n');
	}
	for (size_t i = 0; i < want->chains.len; i++)
		if (want->chains.item[i].policy != NULL && changed(live, &want->chains.item[i], counts))
			strbuf_printf(out, "-F %s\n", want->chains.item[i].name);
}

static void write_rule(const struct text_rule *rule, bool counters, struct strbuf *out)
{
	if (counters && rule->counters.len > 0) {
		strbuf_add(out, rule->counters.text, rule->counters.len);
		strbuf_putc(out, ' ');
	}
	strbuf_add(out, rule->text.text, rule->text.len);
	strbuf_putc(out, '\n');
}

static void write_table(const struct text_table *live, const struct text_table *want, enum counts counts, struct strbuf *out)
{
	strbuf_printf(out, "*%s\n", want->name);
	write_chains(live, want, counts, out);
	for (size_t i = 0; live != NULL && i < live->chains.len; i++)
		if (stale(&live->chains.item[i], want))
			strbuf_printf(out, "-F %s\n", live->chains.item[i].name);
	for (size_t i = 0; i < want->chains.len; i++) {
		const struct text_chain *chain = &want->chains.item[i];

		if (!changed(live, chain, counts))
			continue;
		for (size_t r = 0; r < chain->rules.len; r++)
			write_rule(&chain->rules.item[r], chain->rules.item[r].foreign || counts == COUNTS_WRITTEN || counts == COUNTS_SET, out);
	}
	for (size_t i = 0; live != NULL && i < live->chains.len; i++)
		if (stale(&live->chains.item[i], want))
			strbuf_printf(out, "-X %s\n", live->chains.item[i].name);
	strbuf_puts(out, "COMMIT\n");
}

static bool table_changed(const struct text_table *live, const struct text_table *want, enum counts counts)
{
	for (size_t i = 0; i < want->chains.len; i++)
		if (changed(live, &want->chains.item[i], counts))
			return true;
	for (size_t i = 0; live != NULL && i < live->chains.len; i++)
		if (stale(&live->chains.item[i], want))
			return true;
	return false;
}

/* A table that is not wanted at all: it cannot be removed, but nothing of it stays. */
static void write_blank(const struct text_table *live, struct strbuf *out)
{
	strbuf_printf(out, "*%s\n", live->name);
	for (size_t i = 0; i < live->chains.len; i++)
		if (live->chains.item[i].policy != NULL)
			strbuf_printf(out, ":%s ACCEPT [0:0]\n", live->chains.item[i].name);
	for (size_t i = 0; i < live->chains.len; i++)
		strbuf_printf(out, "-F %s\n", live->chains.item[i].name);
	for (size_t i = 0; i < live->chains.len; i++)
		if (live->chains.item[i].policy == NULL)
			strbuf_printf(out, "-X %s\n", live->chains.item[i].name);
	strbuf_puts(out, "COMMIT\n");
}

void program_write(const struct text_rules *live, const struct text_rules *want, enum counts counts, struct strbuf *out)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < want->tables.len; i++) {
			const struct text_table *table = &want->tables.item[i], *now = rules_table(live, table->name);

			if ((strcmp(table->name, "filter") == 0) == (pass == 0) &&
			    table_changed(now, table, counts))
				write_table(now, table, counts, out);
		}
	}
	for (size_t i = 0; i < live->tables.len; i++)
		if (rules_table(want, live->tables.item[i].name) == NULL && !table_blank(&live->tables.item[i]))
			write_blank(&live->tables.item[i], out);
}

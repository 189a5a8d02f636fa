/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruletext/gone.h"
#include "ruletext/piecemap.h"

#include <errno.h>
#include <string.h>

typedef VEC(const char *) names;

/* One chain as it was before, and in the three other texts; NULL: it is not there. */
struct chains {
	const struct text_chain *before, *put, *live, *ours;
};

static const struct text_chain *chain_of(const struct text_rules *rules, const char *table, const char *chain)
{
	const struct text_table *found = rules != NULL ? rules_table(rules, table) : NULL;

	return found != NULL ? table_chain(found, chain) : NULL;
}

/* The texts of the rules in a chain. */
static bool map_chain(const struct text_chain *chain, struct piecemap *map)
{
	bool good = true;

	for (size_t i = 0; good && chain != NULL && i < chain->rules.len; i++)
		good = piecemap_add(map, &chain->rules.item[i].text) != PIECEMAP_NONE;
	return good;
}

static bool has(const struct piecemap *map, const struct text_rule *rule)
{
	return piecemap_find(map, &rule->text) != PIECEMAP_NONE;
}

static bool is_target(const struct text_rule *rule, const char *chain)
{
	struct piece target = rule_target(rule);

	return target.len == strlen(chain) && memcmp(target.text, chain, target.len) == 0;
}

/* A rule that jumps to a chain that is gone goes with it. */
static bool jumps_to(const names *gone, const struct text_rule *rule)
{
	for (size_t i = 0; i < gone->len; i++)
		if (is_target(rule, gone->item[i]))
			return true;
	return false;
}

static bool write_rules(const struct chains *chains, const names *gone, struct strbuf *out)
{
	struct piecemap put = { .slots = NULL }, live = { .slots = NULL }, ours = { .slots = NULL };
	bool good = map_chain(chains->put, &put) && map_chain(chains->live, &live) && map_chain(chains->ours, &ours);

	for (size_t i = 0; good && i < chains->before->rules.len; i++) {
		const struct text_rule *rule = &chains->before->rules.item[i];

		if ((has(&ours, rule) || !has(&put, rule) || has(&live, rule)) && !jumps_to(gone, rule))
			rule_write(rule, rule_raw(rule), true, out);
	}
	piecemap_free(&put);
	piecemap_free(&live);
	piecemap_free(&ours);
	return good;
}

/* Does a rule of ours, which comes back in any case, jump to it? */
static bool is_needed(const struct text_table *ours, const char *chain)
{
	for (size_t c = 0; ours != NULL && c < ours->chains.len; c++)
		for (size_t r = 0; r < ours->chains.item[c].rules.len; r++)
			if (is_target(&ours->chains.item[c].rules.item[r], chain))
				return true;
	return false;
}

static bool is_gone(const struct chains *chains, const struct text_table *ours)
{
	return chains->before->policy == NULL && chains->ours == NULL && chains->put != NULL && chains->live == NULL &&
	       !is_needed(ours, chains->before->name);
}

static bool write_table(const struct text_table *table, const struct text_rules *put, const struct text_rules *live,
			const struct text_rules *ours, struct strbuf *out)
{
	const struct text_table *our_table = ours != NULL ? rules_table(ours, table->name) : NULL;
	names gone = { 0 };
	bool good = true;

	strbuf_printf(out, "*%s\n", table->name);
	for (int rules = 0; rules < 2; rules++)
		for (size_t c = 0; good && c < table->chains.len; c++) {
			const struct text_chain *chain = &table->chains.item[c];
			struct chains chains = { chain, chain_of(put, table->name, chain->name), chain_of(live, table->name, chain->name),
						 our_table != NULL ? table_chain(our_table, chain->name) : NULL };
			bool left_out = is_gone(&chains, our_table);

			if (rules == 0 && left_out)
				good = vec_push(&gone, chain->name);
			else if (rules == 0)
				chain_write_line(chain, true, out);
			else if (!left_out)
				good = write_rules(&chains, &gone, out);
		}
	strbuf_puts(out, "COMMIT\n");
	vec_free(&gone);
	return good;
}

int rules_without_gone(const struct text_rules *before, const struct text_rules *put, const struct text_rules *live,
		       const struct text_rules *ours, struct strbuf *out)
{
	bool good = true;

	for (size_t t = 0; good && t < before->tables.len; t++)
		good = write_table(&before->tables.item[t], put, live, ours, out);
	return good && !out->failed ? 0 : -ENOMEM;
}

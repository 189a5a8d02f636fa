/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/gone.h"
#include "base/textmap.h"

#include <errno.h>
#include <string.h>

typedef VEC(const char *) names;

/* One chain in the four texts; NULL: missing there. */
struct chains {
	const struct text_chain *before, *put, *live, *ours;
};

static const struct text_chain *chain_of(const struct text_rules *rules, const char *table, const char *chain)
{
	const struct text_table *found = rules != NULL ? rules_table(rules, table) : NULL;

	return found != NULL ? table_chain(found, chain) : NULL;
}

/* Adds the texts of the rules in a chain. */
static bool map_chain(const struct text_chain *chain, struct textmap *map)
{
	bool good = true;

	for (size_t i = 0; good && chain != NULL && i < chain->rules.len; i++)
		good = textmap_add(map, &chain->rules.item[i].text) != TEXTMAP_NONE;
	return good;
}

static bool has(const struct textmap *map, const struct text_rule *rule)
{
	return textmap_find(map, &rule->text) != TEXTMAP_NONE;
}

static bool is_target(const struct text_rule *rule, const char *chain)
{
	struct piece target = rule_target(rule);

	return target.len == strlen(chain) && memcmp(target.text, chain, target.len) == 0;
}

/* Does the rule jump to a chain that has disappeared? Then it is left out too. */
static bool jumps_to(const names *gone, const struct text_rule *rule)
{
	for (size_t i = 0; i < gone->len; i++)
		if (is_target(rule, gone->item[i]))
			return true;
	return false;
}

/* Did the load not change the chain? Then the undoing does not either. */
static bool left_alone(const struct chains *chains)
{
	return chains->live != NULL && chains->put != NULL && chains->before != NULL && chain_equal(chains->before, chains->put);
}

/* Has nobody else written to the chain since the load? */
static bool untouched(const struct chains *chains)
{
	return chains->live != NULL && chains->put != NULL && chain_equal(chains->live, chains->put);
}

static void write_all(const struct text_chain *chain, struct strbuf *out)
{
	for (size_t i = 0; i < chain->rules.len; i++)
		rule_write(&chain->rules.item[i], rule_raw(&chain->rules.item[i]), true, out);
}

/* The rules of a chain by text, so that each rule is taken once. Rules with the same text are taken in their order. */
struct supply {
	struct textmap map;
	const struct text_chain *chain;
	VEC(size_t) first; /* by number: the first rule that was not taken yet */
	VEC(size_t) next;  /* by place, counted from the tail: the next rule with this text; SIZE_MAX: none */
};

static bool supply_make(struct supply *supply, const struct text_chain *chain)
{
	bool good = true;

	supply->chain = chain;
	for (size_t i = chain->rules.len; good && i-- > 0;) {
		size_t number = textmap_add(&supply->map, &chain->rules.item[i].text);

		good = number != TEXTMAP_NONE && (number < supply->first.len || vec_push(&supply->first, SIZE_MAX)) &&
		       vec_push(&supply->next, supply->first.item[number]);
		if (good)
			supply->first.item[number] = i;
	}
	return good;
}

static const struct text_rule *supply_take(struct supply *supply, const struct text_rule *rule)
{
	size_t number = textmap_find(&supply->map, &rule->text), at = number != TEXTMAP_NONE ? supply->first.item[number] : SIZE_MAX;

	if (at == SIZE_MAX)
		return NULL;
	supply->first.item[number] = supply->next.item[supply->chain->rules.len - 1 - at];
	return &supply->chain->rules.item[at];
}

static void supply_free(struct supply *supply)
{
	textmap_free(&supply->map);
	vec_free(&supply->first);
	vec_free(&supply->next);
}

/*
 * Writes the rules of `from`, which is before or put; `other` is the other one. A rule in both that is not ours was
 * carried over by the load. If others have written to the chain since, such rules are left out: the chain as it is now
 * shows which of them remain, and in which order. Otherwise they get their present counters.
 */
static bool write_rules(const struct chains *chains, const struct text_chain *from, const struct text_chain *other,
			const names *gone, struct strbuf *out)
{
	struct textmap there = { .slots = NULL }, ours = { .slots = NULL };
	struct supply live = { .chain = NULL };
	bool whole = untouched(chains);
	bool good = map_chain(other, &there) && map_chain(chains->ours, &ours) && (!whole || supply_make(&live, chains->live));

	for (size_t i = 0; good && i < from->rules.len; i++) {
		const struct text_rule *rule = &from->rules.item[i], *now = NULL;
		struct text_rule counted = *rule;
		bool carried = has(&there, rule) && !has(&ours, rule);

		if ((carried && !whole) || jumps_to(gone, rule))
			continue;
		if (carried)
			now = supply_take(&live, rule);
		if (now != NULL)
			counted.counters = now->counters;
		rule_write(&counted, rule_raw(rule), true, out);
	}
	textmap_free(&there);
	textmap_free(&ours);
	supply_free(&live);
	return good;
}

/* Does a rule of ours, which is restored in any case, jump to the chain? */
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

static struct chains chains_of(const struct undone *u, const char *table, const char *chain)
{
	return (struct chains){ chain_of(u->before, table, chain), chain_of(u->put, table, chain), chain_of(u->live, table, chain),
				chain_of(u->ours, table, chain) };
}

/* Writes the line of a chain. A policy that others closed since the load stays; one that is open may be our own failure. */
static void write_chain(const struct chains *chains, const struct text_chain *chain, struct strbuf *out)
{
	struct text_chain now = *chain;

	if (chain->policy != NULL && chains->put != NULL && chains->live != NULL && chains->live->policy != NULL &&
	    chains->put->policy != NULL && strcmp(chains->live->policy, chains->put->policy) != 0 &&
	    strcmp(chains->live->policy, "ACCEPT") != 0)
		now.policy = chains->live->policy;
	chain_write_line(&now, true, out);
}

static bool write_before(const struct undone *u, const struct text_table *table, struct strbuf *out)
{
	const struct text_table *ours = u->ours != NULL ? rules_table(u->ours, table->name) : NULL;
	names gone = { 0 };
	bool good = true;

	strbuf_printf(out, "*%s\n", table->name);
	for (int rules = 0; rules < 2; rules++)
		for (size_t c = 0; good && c < table->chains.len; c++) {
			const struct text_chain *chain = &table->chains.item[c];
			struct chains chains = chains_of(u, table->name, chain->name);
			bool left_out = is_gone(&chains, ours);

			if (rules == 0 && left_out)
				good = vec_push(&gone, chain->name);
			else if (rules == 0)
				write_chain(&chains, chain, out);
			else if (!left_out && left_alone(&chains))
				write_all(chain, out);
			else if (!left_out)
				good = write_rules(&chains, chain, chains.put, &gone, out);
		}
	strbuf_puts(out, "COMMIT\n");
	vec_free(&gone);
	return good;
}

static bool write_put(const struct undone *u, const struct text_table *table, struct strbuf *out)
{
	const names none = { 0 };
	bool good = true;

	strbuf_printf(out, "*%s\n", table->name);
	for (size_t c = 0; c < table->chains.len; c++) {
		struct chains chains = chains_of(u, table->name, table->chains.item[c].name);

		write_chain(&chains, &table->chains.item[c], out);
	}
	for (size_t c = 0; good && c < table->chains.len; c++) {
		struct chains chains = chains_of(u, table->name, table->chains.item[c].name);

		if (left_alone(&chains))
			write_all(chains.put, out);
		else
			good = write_rules(&chains, chains.put, chains.before, &none, out);
	}
	strbuf_puts(out, "COMMIT\n");
	return good;
}

int rules_without_theirs(const struct undone *u, struct strbuf *before, struct strbuf *put)
{
	bool good = true;

	for (size_t t = 0; good && t < u->before->tables.len; t++)
		good = write_before(u, &u->before->tables.item[t], before);
	for (size_t t = 0; good && t < u->put->tables.len; t++)
		good = write_put(u, &u->put->tables.item[t], put);
	return good && !before->failed && !put->failed ? 0 : -ENOMEM;
}

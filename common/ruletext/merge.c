/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/merge.h"
#include "ruletext/align.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

typedef VEC(struct piece) pieces;

/* One table in the three texts; NULL: missing there. */
struct tables {
	const struct text_table *base, *live, *next;
};

static const struct text_chain *chain_in(const struct text_table *table, const char *name)
{
	return table != NULL ? table_chain(table, name) : NULL;
}

static bool kept_by_name(const struct merge *merge, const char *name)
{
	for (size_t i = 0; i < merge->keep_count; i++)
		if (fnmatch(merge->keep[i], name, 0) == 0)
			return true;
	return false;
}

static bool piece_name(const struct piece *piece, char *name, size_t size)
{
	if (piece->len == 0 || piece->len >= size)
		return false;
	memcpy(name, piece->text, piece->len);
	name[piece->len] = '\0';
	return true;
}

/* A pattern may fit ACCEPT as well, which is no chain. */
static bool jumps_to_kept(const struct merge *merge, const struct text_table *table, const struct text_rule *rule)
{
	struct piece target = rule_target(rule);
	char name[64];

	return merge->keep_count > 0 && piece_name(&target, name, sizeof(name)) && table_chain(table, name) != NULL &&
	       kept_by_name(merge, name);
}

static void note_unknown(struct merge *merge, const struct text_table *table, const char *text, size_t len)
{
	if (merge->unknown++ == 0)
		strbuf_printf(&merge->first, "table %s: %.*s", table->name, (int)len, text);
}

static void note_chain(struct merge *merge, const struct text_table *table, const struct text_chain *chain)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "chain %s", chain->name);
	note_unknown(merge, table, strbuf_text(&text), text.len);
	strbuf_free(&text);
}

static void note_policy(struct merge *merge, const struct text_table *table, const struct text_chain *chain)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "policy %s of %s", chain->policy, chain->name);
	note_unknown(merge, table, strbuf_text(&text), text.len);
	strbuf_free(&text);
}

static int piece_order(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;
	int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : a->len < b->len ? -1 : a->len > b->len;
}

/* Our rules of a chain, sorted. taken: found in live already. */
struct known_rules {
	pieces sorted;
	VEC(bool) taken;
};

static bool add_sorted(pieces *out, const struct text_chain *chain)
{
	for (size_t i = 0; chain != NULL && i < chain->rules.len; i++)
		if (!vec_push(out, chain->rules.item[i].text))
			return false;
	if (out->len > 1)
		qsort(out->item, out->len, sizeof(*out->item), piece_order);
	return true;
}

/* Joins both multisets: each rule as often as in the chain that has it more often. */
static bool known_make(struct known_rules *known, const struct text_chain *base, const struct text_chain *next)
{
	pieces a = { 0 }, b = { 0 };
	size_t i = 0, j = 0;
	bool good = add_sorted(&a, base) && add_sorted(&b, next);

	while (good && (i < a.len || j < b.len)) {
		int order = i == a.len ? 1 : j == b.len ? -1 : piece_order(&a.item[i], &b.item[j]);

		good = vec_push(&known->sorted, order <= 0 ? a.item[i] : b.item[j]) && vec_push(&known->taken, false);
		i += order <= 0;
		j += order >= 0;
	}
	vec_free(&a);
	vec_free(&b);
	return good;
}

static void known_free(struct known_rules *known)
{
	vec_free(&known->sorted);
	vec_free(&known->taken);
}

/* Is this one of our rules, not taken yet? Then takes it. */
static bool known_take(struct known_rules *known, const struct piece *text)
{
	size_t low = 0, high = known->sorted.len;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (piece_order(&known->sorted.item[middle], text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < known->sorted.len && piece_equal(&known->sorted.item[low], text); low++) {
		if (!known->taken.item[low]) {
			known->taken.item[low] = true;
			return true;
		}
	}
	return false;
}

static bool push_rule(struct text_chain *chain, const struct text_rule *rule, bool foreign)
{
	struct text_rule copy = *rule;

	copy.foreign = foreign;
	return vec_push(&chain->rules, copy);
}

static bool same_rules(const struct text_chain *a, const struct text_chain *b)
{
	size_t same = 0;

	while (same < a->rules.len && same < b->rules.len &&
	       piece_equal(&a->rules.item[same].text, &b->rules.item[same].text))
		same++;
	return same == a->rules.len && same == b->rules.len;
}

/* Where an earlier merge put another program's rule: before all of ours, after one of ours, or nowhere. */
enum merge_place { PLACE_NONE, PLACE_HEAD, PLACE_TAIL };

static enum merge_place earlier_place(const struct merge *merge, const char *table_name, const struct text_chain *chain,
				const struct text_rule *rule)
{
	const struct text_table *table = merge->earlier != NULL ? rules_table(merge->earlier, table_name) : NULL;
	const struct text_chain *earlier = table != NULL ? table_chain(table, chain->name) : NULL;
	enum merge_place place = PLACE_HEAD;

	for (size_t i = 0; earlier != NULL && i < earlier->rules.len; i++) {
		if (!earlier->rules.item[i].foreign)
			place = PLACE_TAIL;
		else if (piece_equal(&earlier->rules.item[i].text, &rule->text))
			return place;
	}
	return PLACE_NONE;
}

typedef VEC(bool) flags;

/* The foreign rules of a chain: those to put before ours, and those to put after them. */
struct parts {
	VEC(struct text_rule) head, tail;
};

/*
 * May this foreign rule stay first when our rules are new in the chain? Only a jump, or a ban: a DROP of everything
 * would make all of ours unreachable.
 */
static bool leads(const struct text_table *table, const struct text_chain *chain, const struct text_rule *rule)
{
	struct piece target = rule_target(rule);
	char name[64];

	if (!piece_name(&target, name, sizeof(name)))
		return false;
	return chain_in(table, name) != NULL ||
	       ((strcmp(name, "DROP") == 0 || strcmp(name, "REJECT") == 0) && !rule_unconditional(rule, chain));
}

static bool turn_round(const struct text_chain *chain, struct text_chain *out)
{
	bool good = true;

	*out = (struct text_chain){ .name = chain->name };
	for (size_t i = chain->rules.len; good && i-- > 0;)
		good = vec_push(&out->rules, chain->rules.item[i]);
	return good;
}

/* Pairs equal rules from the tail on, because others insert theirs at the head. Places are counted from the tail. */
static bool align_tails(const struct text_chain *live, const struct text_chain *base, pairs *both)
{
	struct text_chain left, right = { .name = NULL };
	bool good = turn_round(live, &left) && turn_round(base, &right) && align_rules(&left, &right, false, both) == 0;

	vec_free(&left.rules);
	vec_free(&right.rules);
	return good;
}

/*
 * Finds our rules in live, first those in the same order as in base: a foreign rule may have the same text as one of
 * ours.
 */
static bool find_ours(const struct text_chain *live, const struct text_chain *base, struct known_rules *known, flags *ours)
{
	pairs both = { 0 };
	bool good = base == NULL || align_tails(live, base, &both);

	for (size_t i = 0; good && i < live->rules.len; i++)
		good = vec_push(ours, false);
	for (size_t i = 0; good && i < both.len; i++) {
		size_t place = live->rules.len - 1 - both.item[i].left;

		ours->item[place] = known_take(known, &live->rules.item[place].text);
	}
	for (size_t i = 0; good && i < live->rules.len; i++)
		ours->item[i] = ours->item[i] || known_take(known, &live->rules.item[i].text);
	vec_free(&both);
	return good;
}

static bool split_foreign(struct merge *merge, const struct text_table *table, const struct text_chain *live,
			  const struct text_chain *base, struct known_rules *known, struct parts *parts)
{
	flags ours = { 0 };
	bool seen_ours = false, leading = true, good = find_ours(live, base, known, &ours);
	struct text_chain scratch = { .name = live->name };
	size_t first_ours = live->rules.len;

	for (size_t i = 0; good && i < live->rules.len; i++) {
		const struct text_rule *rule = &live->rules.item[i];
		struct text_rule copy = *rule;
		bool kept = jumps_to_kept(merge, table, rule);

		if (ours.item[i]) {
			if (!seen_ours)
				first_ours = scratch.rules.len;
			seen_ours = true;
			continue;
		}
		if (!kept)
			note_unknown(merge, table, rule->text.text, rule->text.len);
		copy.foreign = true;
		if (kept || merge->foreign == FOREIGN_KEEP)
			good = vec_push(&scratch.rules, copy);
	}
	for (size_t i = 0; good && i < scratch.rules.len; i++) {
		const struct text_rule *rule = &scratch.rules.item[i];
		enum merge_place place = earlier_place(merge, table->name, live, rule);

		leading = leading && leads(table, live, rule);
		if (place == PLACE_NONE)
			place = (seen_ours ? i < first_ours : leading) ? PLACE_HEAD : PLACE_TAIL;
		good = place == PLACE_HEAD ? vec_push(&parts->head, *rule) : vec_push(&parts->tail, *rule);
	}
	vec_free(&scratch.rules);
	vec_free(&ours);
	return good;
}

/* Joins head, our rules and tail. The tail comes before a final rule of ours that matches everything. */
static bool join_parts(struct text_chain *out, const struct text_chain *next, const struct parts *parts)
{
	size_t ours = next != NULL ? next->rules.len : 0, last = ours;
	bool good = true;

	if (ours > 0 && parts->tail.len > 0 && rule_unconditional(&next->rules.item[ours - 1], next))
		last = ours - 1;
	for (size_t i = 0; good && i < parts->head.len; i++)
		good = push_rule(out, &parts->head.item[i], true);
	for (size_t i = 0; good && i < last; i++)
		good = push_rule(out, &next->rules.item[i], false);
	for (size_t i = 0; good && i < parts->tail.len; i++)
		good = push_rule(out, &parts->tail.item[i], true);
	for (size_t i = last; good && i < ours; i++)
		good = push_rule(out, &next->rules.item[i], false);
	return good;
}

static bool copy_chain(struct text_chain *out, const struct text_chain *from, bool foreign)
{
	bool good = true;

	out->counters = from->counters;
	for (size_t i = 0; good && i < from->rules.len; i++)
		good = push_rule(out, &from->rules.item[i], foreign);
	return good;
}

/* Composes a chain of ours, or a built-in one, which all programs share. */
static bool compose_chain(struct merge *merge, const struct tables *tables, const char *name, struct text_chain *out)
{
	const struct text_chain *base = chain_in(tables->base, name), *live = chain_in(tables->live, name);
	const struct text_chain *next = chain_in(tables->next, name);
	struct known_rules known = { .sorted = { 0 } };
	struct parts parts = { .head = { 0 } };
	bool good;

	out->ours = next != NULL;
	if (merge->only_changed && base != NULL && next != NULL && live != NULL && chain_equal(base, next))
		return copy_chain(out, live, false);
	if (live != NULL)
		out->counters = live->counters;
	else if (next != NULL)
		out->counters = next->counters;
	/* unchanged since the last load: nothing in it is foreign */
	good = live == NULL || live->rules.len == 0 || (base != NULL && same_rules(live, base)) ||
	       (known_make(&known, base, next) && split_foreign(merge, tables->live, live, base, &known, &parts));
	good = good && join_parts(out, next, &parts);
	vec_free(&parts.head);
	vec_free(&parts.tail);
	known_free(&known);
	return good;
}

/*
 * The policy of a built-in chain: the requested one; else ACCEPT, if it was ours or foreign things are dropped; else
 * the present one.
 */
static const char *compose_policy(struct merge *merge, const struct tables *tables, const char *name)
{
	const struct text_chain *base = chain_in(tables->base, name), *live = chain_in(tables->live, name);
	const struct text_chain *next = chain_in(tables->next, name);

	if (next != NULL)
		return next->policy;
	if (live->policy == NULL || base != NULL || strcmp(live->policy, "ACCEPT") == 0)
		return live->policy == NULL ? NULL : "ACCEPT";
	note_policy(merge, tables->live, live);
	return merge->foreign == FOREIGN_DROP ? "ACCEPT" : live->policy;
}

/* Adds a chain that is in live but not in next: it may be built-in, kept by name, foreign, or stale. */
static bool add_live_chain(struct merge *merge, const struct tables *tables, const struct text_chain *live,
			   struct text_rules *want, struct text_table *table)
{
	struct text_chain *out;

	if (live->policy != NULL) {
		out = rules_add_chain(want, table, live->name, compose_policy(merge, tables, live->name));
		return out != NULL && compose_chain(merge, tables, live->name, out);
	}
	if (!kept_by_name(merge, live->name)) {
		if (chain_in(tables->base, live->name) != NULL)
			return true; /* stale */
		note_chain(merge, tables->live, live);
		if (merge->foreign == FOREIGN_DROP)
			return true;
	}
	out = rules_add_chain(want, table, live->name, NULL);
	return out != NULL && copy_chain(out, live, true);
}

/* Keeps chains that foreign rules still jump to, and those that they jump to in turn. */
static bool add_still_used(struct merge *merge, const struct tables *tables, struct text_rules *want, struct text_table *table)
{
	for (size_t c = 0; c < table->chains.len; c++) {
		for (size_t r = 0; r < table->chains.item[c].rules.len; r++) {
			const struct text_rule *rule = &table->chains.item[c].rules.item[r];
			const struct text_chain *live;
			struct text_chain *out;
			struct piece target;
			char name[64];

			if (!rule->foreign)
				continue;
			target = rule_target(rule);
			if (!piece_name(&target, name, sizeof(name)) || table_chain(table, name) != NULL)
				continue;
			live = chain_in(tables->live, name);
			if (live == NULL || live->policy != NULL)
				continue;
			strbuf_printf(&merge->still_used, "%s%s", merge->still_used.len > 0 ? " " : "", name);
			out = rules_add_chain(want, table, name, NULL);
			if (out == NULL || !copy_chain(out, live, true))
				return false;
		}
	}
	return true;
}

/* Is the policy unset, or the one that we want? */
static bool policy_free(const struct text_chain *live, const struct text_chain *next)
{
	return live->policy == NULL || strcmp(live->policy, "ACCEPT") == 0 || strcmp(live->policy, next->policy) == 0;
}

static bool merge_table(struct merge *merge, const struct tables *tables, const char *name, struct text_rules *want)
{
	struct text_table *table = rules_add_table(want, name);
	bool good = table != NULL;

	for (size_t i = 0; good && tables->next != NULL && i < tables->next->chains.len; i++) {
		const struct text_chain *next = &tables->next->chains.item[i];
		const struct text_chain *live = chain_in(tables->live, next->name);
		struct text_chain *out = rules_add_chain(want, table, next->name, next->policy);

		if (live != NULL && next->policy != NULL && chain_in(tables->base, next->name) == NULL &&
		    !policy_free(live, next))
			note_policy(merge, tables->live, live);
		if (out == NULL)
			good = false;
		else if (live != NULL && next->policy == NULL && kept_by_name(merge, next->name))
			good = copy_chain(out, live, true);
		else
			good = compose_chain(merge, tables, next->name, out);
	}
	for (size_t i = 0; good && tables->live != NULL && i < tables->live->chains.len; i++) {
		const struct text_chain *live = &tables->live->chains.item[i];

		if (table_chain(table, live->name) == NULL)
			good = add_live_chain(merge, tables, live, want, table);
	}
	return good && (tables->live == NULL || add_still_used(merge, tables, want, table));
}

int merge_rules(struct merge *merge, const struct text_rules *base, const struct text_rules *live, const struct text_rules *next,
		struct text_rules *want)
{
	bool good = true;

	*want = (struct text_rules){ .arena = { NULL, 0, 0 } };
	for (size_t i = 0; good && i < next->tables.len + live->tables.len; i++) {
		const char *name = i < next->tables.len ? next->tables.item[i].name :
							  live->tables.item[i - next->tables.len].name;
		struct tables tables = { base != NULL ? rules_table(base, name) : NULL, rules_table(live, name),
					 rules_table(next, name) };

		if (rules_table(want, name) == NULL)
			good = merge_table(merge, &tables, name, want);
	}
	return good && !merge->first.failed && !merge->still_used.failed ? 0 : -ENOMEM;
}

void merge_free(struct merge *merge)
{
	strbuf_free(&merge->first);
	strbuf_free(&merge->still_used);
}

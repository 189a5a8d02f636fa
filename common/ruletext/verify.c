/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/verify.h"
#include "base/textmap.h"

#include <errno.h>
#include <string.h>

struct verify {
	const struct text_rules *want, *stale, *now;
	bool others_may_remove;
	enum in_force *result;
	struct difference *difference;
};

/* Keeps the first of the worst differences. */
static void differs(const struct verify *v, enum in_force how, const char *table, const char *chain, const char *what,
		    const struct text_rule *rule)
{
	if (*v->result >= how)
		return;
	*v->result = how;
	*v->difference = (struct difference){ .table = table, .chain = chain, .what = what };
	if (rule != NULL) {
		v->difference->rule = rule->text;
		v->difference->line = rule->line;
	}
}

/* How often each text occurs in a chain, minus how often it was taken. */
struct rule_tally {
	struct textmap map;
	VEC(long) left;
};

static bool tally_add(struct rule_tally *tally, const struct text_chain *chain, bool ours_only)
{
	bool good = true;

	for (size_t i = 0; good && chain != NULL && i < chain->rules.len; i++) {
		size_t number;

		if (ours_only && chain->rules.item[i].foreign)
			continue;
		number = textmap_add(&tally->map, &chain->rules.item[i].text);
		good = number != TEXTMAP_NONE && (number < tally->left.len || vec_push(&tally->left, 0));
		if (good)
			tally->left.item[number]++;
	}
	return good;
}

/* Takes one rule of this text. False: none is left. */
static bool tally_take(struct rule_tally *tally, const struct text_rule *rule)
{
	size_t number = textmap_find(&tally->map, &rule->text);

	return number != TEXTMAP_NONE && tally->left.item[number]-- > 0;
}

static void tally_free(struct rule_tally *tally)
{
	textmap_free(&tally->map);
	vec_free(&tally->left);
}

/*
 * Walks both chains side by side. A rule of `now` that is not wanted at its place belongs to another program, or should
 * have been removed. A rule of `want` that is not found is missing, or in another place.
 */
struct verify_walk {
	const struct verify *v;
	const char *table;
	const struct text_chain *want, *now;
	struct rule_tally here;  /* all rules of now */
	struct rule_tally known; /* our rules, old and new, that may be there */
};

/* The place of a rule in now, from `at` on; SIZE_MAX: not found. */
static size_t find_from(const struct verify_walk *w, const struct text_rule *rule, size_t at)
{
	while (at < w->now->rules.len && !piece_equal(&w->now->rules.item[at].text, &rule->text))
		at++;
	return at < w->now->rules.len ? at : SIZE_MAX;
}

/* Our rules must be in the wanted order, wherever other programs' rules are. */
static void walk_ours(struct verify_walk *w)
{
	size_t at = 0;

	for (size_t i = 0; i < w->want->rules.len && *w->v->result != IN_FORCE_DIFFERS; i++) {
		const struct text_rule *rule = &w->want->rules.item[i];
		size_t found = rule->foreign ? SIZE_MAX : find_from(w, rule, at);

		if (found != SIZE_MAX)
			at = found + 1;
		else if (!rule->foreign)
			differs(w->v, IN_FORCE_DIFFERS, w->table, w->want->name, "this rule is missing, or in the wrong place", rule);
	}
}

/*
 * Then compares all rules. If a rule of ours is not found after the last place, the foreign rule before it is too far
 * back.
 */
static void walk_want(struct verify_walk *w)
{
	static const char moved[] = "this rule of another program is in the wrong place";
	const struct text_rule *foreign = NULL;
	size_t at = 0;

	walk_ours(w);
	for (size_t i = 0; i < w->want->rules.len && *w->v->result != IN_FORCE_DIFFERS; i++) {
		const struct text_rule *rule = &w->want->rules.item[i];
		size_t found = find_from(w, rule, at);

		foreign = rule->foreign && found != SIZE_MAX ? rule : foreign;
		if (found != SIZE_MAX)
			at = found + 1;
		else if (!rule->foreign)
			differs(w->v, IN_FORCE_MOVED, w->table, w->want->name, moved, foreign);
		else if (textmap_find(&w->here.map, &rule->text) != TEXTMAP_NONE)
			differs(w->v, IN_FORCE_MOVED, w->table, w->want->name, moved, rule);
		else if (!w->v->others_may_remove)
			differs(w->v, IN_FORCE_DIFFERS, w->table, w->want->name, "this rule of another program is missing", rule);
	}
}

/* Rules in force that are not wanted: allowed unless the last load put them there. */
static void walk_extra(struct verify_walk *w)
{
	for (size_t i = 0; i < w->now->rules.len; i++) {
		const struct text_rule *rule = &w->now->rules.item[i];

		if (!tally_take(&w->known, rule) && textmap_find(&w->known.map, &rule->text) != TEXTMAP_NONE)
			differs(w->v, IN_FORCE_DIFFERS, w->table, w->want->name, "this rule is in force more often than wanted", rule);
	}
}

/* How often each rule that is or was ours may occur in `now`. Other programs' rules may occur any number of times. */
static bool known_make(struct verify_walk *w, const struct text_chain *stale)
{
	bool good = tally_add(&w->known, stale, false) && tally_add(&w->known, w->want, true);

	for (size_t i = 0; good && i < w->known.left.len; i++)
		w->known.left.item[i] = 0;
	for (size_t i = 0; good && i < w->want->rules.len; i++) {
		size_t number = textmap_find(&w->known.map, &w->want->rules.item[i].text);

		if (number != TEXTMAP_NONE)
			w->known.left.item[number]++;
	}
	return good;
}

static int verify_chain(const struct verify *v, const char *table, const struct text_chain *want,
			const struct text_chain *now)
{
	const struct text_table *stale_table = v->stale != NULL ? rules_table(v->stale, table) : NULL;
	const struct text_chain *stale = stale_table != NULL ? table_chain(stale_table, want->name) : NULL;
	struct verify_walk w = { .v = v, .table = table, .want = want, .now = now };
	bool good;

	if (want->policy != NULL && (now->policy == NULL || strcmp(want->policy, now->policy) != 0))
		differs(v, IN_FORCE_DIFFERS, table, want->name,
			strcmp(want->policy, "DROP") == 0 ? "the policy is not DROP" : "the policy is not ACCEPT", NULL);
	else if (chain_equal(want, now))
		return 0;
	good = tally_add(&w.here, now, false) && known_make(&w, stale);
	if (good) {
		walk_want(&w);
		walk_extra(&w);
	}
	tally_free(&w.here);
	tally_free(&w.known);
	return good ? 0 : -ENOMEM;
}

static int verify_table(const struct verify *v, const struct text_table *want)
{
	static const struct text_chain absent_builtin = { .policy = "ACCEPT" };
	const struct text_table *now = rules_table(v->now, want->name);
	const struct text_table *stale = v->stale != NULL ? rules_table(v->stale, want->name) : NULL;
	int err = 0;

	for (size_t i = 0; err == 0 && i < want->chains.len; i++) {
		const struct text_chain *chain = &want->chains.item[i];
		const struct text_chain *there = now != NULL ? table_chain(now, chain->name) : NULL;

		if (there == NULL && chain->policy != NULL)
			there = &absent_builtin; /* iptables has not created it yet */
		if (there != NULL)
			err = verify_chain(v, want->name, chain, there);
		else if (chain->ours || !v->others_may_remove)
			differs(v, IN_FORCE_DIFFERS, want->name, chain->name, "the chain is missing", NULL);
	}
	for (size_t i = 0; now != NULL && stale != NULL && i < now->chains.len; i++) {
		const struct text_chain *chain = &now->chains.item[i];

		if (chain->policy == NULL && table_chain(stale, chain->name) != NULL && table_chain(want, chain->name) == NULL)
			differs(v, IN_FORCE_DIFFERS, want->name, chain->name, "the chain should be gone", NULL);
	}
	return err;
}

int rules_verify(const struct text_rules *want, const struct text_rules *stale, const struct text_rules *now,
		 bool others_may_remove, enum in_force *result, struct difference *difference)
{
	struct verify v = { want, stale, now, others_may_remove, result, difference };
	int err = 0;

	*result = IN_FORCE;
	*difference = (struct difference){ .table = "" };
	for (size_t i = 0; err == 0 && i < want->tables.len; i++)
		err = verify_table(&v, &want->tables.item[i]);
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * At boot nobody can be asked and the host must not stay open: load the good generation, else the one before it, else
 * the safe rules. A state folder that cannot be written does not stop this.
 */
#include "transaction/internal.h"

#include <string.h>
#include <unistd.h>

/* Loads one generation with the same steps as any load, but without a rehearsal: it has been in force before. */
static bool put_generation(struct transaction *t, unsigned generation, enum family families, const patterns *keep)
{
	struct request request = { .families = families, .generation = generation, .keep = keep, .unknown = UNKNOWN_ADOPT };

	if (transaction_prepare(t, &request) != RESULT_DONE)
		return false;
	return transaction_commit(t) == RESULT_DONE;
}

/* A new transaction for the next attempt. The door keeps its locks. */
static struct transaction *again(struct transaction *t, unsigned flags)
{
	struct transaction *next = transaction_begin(t->door, t->state, &t->hooks, t->log);

	if (next != NULL)
		next->flags = t->flags | flags;
	return next;
}

static bool is_drop(const struct text_chain *chain)
{
	return chain != NULL && chain->policy != NULL && strcmp(chain->policy, "DROP") == 0;
}

static bool target_drops(const struct text_rule *rule)
{
	struct piece target = rule_target(rule);

	return (target.len == 4 && memcmp(target.text, "DROP", 4) == 0) ||
	       (target.len == 6 && memcmp(target.text, "REJECT", 6) == 0);
}

/* Does the table drop anything at all? Then another firewall has loaded it. */
static bool something_drops(const struct text_table *filter)
{
	if (filter == NULL)
		return false;
	for (size_t c = 0; c < filter->chains.len; c++)
		for (size_t r = 0; r < filter->chains.item[c].rules.len; r++)
			if (target_drops(&filter->chains.item[c].rules.item[r]))
				return true;
	return is_drop(table_chain(filter, "INPUT"));
}

/*
 * The families that the rules in force leave open. strict: rules of ours are expected, and only the policy DROP on both
 * INPUT and FORWARD counts as closed. Otherwise fw-load was never used, and any firewall will do.
 */
static enum family open_families(struct transaction *t, bool strict)
{
	enum family open = FAMILY_BOTH;

	if (!read_live(t, FAMILY_BOTH))
		return FAMILY_BOTH;
	for (int i = 0; i < FAMILIES; i++) {
		const struct text_table *filter = rules_table(&t->family[i].live, "filter");
		bool closed = filter != NULL && is_drop(table_chain(filter, "INPUT")) && is_drop(table_chain(filter, "FORWARD"));

		if (strict ? closed : something_drops(filter))
			open &= ~family_bit(i);
	}
	return open;
}

/*
 * No generation can be put in force. If the mount of the state folder failed, this looks as if fw-load had never been
 * used.
 */
static enum result boot_without(struct transaction *t, bool never_used)
{
	enum family open = open_families(t, !never_used);

	warn(t, "%s in %s: %s", never_used ? "there is no generation" : "there is no usable generation",
	     t->state->dir, open == FAMILY_NONE ? "the rules in force stay" : "safe rules are put in force");
	if (open != FAMILY_NONE)
		(void)put_safe_rules(t, open);
	return RESULT_FALLBACK;
}

/* What happens to every packet that enters a chain, as far as it is known; indexed like the chains of the table. */
enum chain_verdict { VERDICT_UNKNOWN, VERDICT_OTHER, VERDICT_ACCEPT };

typedef VEC(enum chain_verdict) verdicts;

static bool accepts_all(const struct text_table *filter, const struct text_chain *chain, verdicts *known);

/* Does the rule accept every packet that reaches it? */
static bool rule_accepts_all(const struct text_table *filter, const struct text_chain *chain, const struct text_rule *rule, verdicts *known)
{
	struct piece target = rule_target(rule);
	char name[64];
	const struct text_chain *next;

	if (!rule_unconditional(rule, chain) || target.len == 0 || target.len >= sizeof(name))
		return false;
	memcpy(name, target.text, target.len);
	name[target.len] = '\0';
	next = table_chain(filter, name);
	return strcmp(name, "ACCEPT") == 0 || (next != NULL && accepts_all(filter, next, known));
}

static bool accepts_all(const struct text_table *filter, const struct text_chain *chain, verdicts *known)
{
	enum chain_verdict *verdict = &known->item[chain - filter->chains.item];

	if (*verdict != VERDICT_UNKNOWN)
		return *verdict == VERDICT_ACCEPT;
	*verdict = VERDICT_OTHER; /* while the chain is examined too: a loop accepts nothing */
	for (size_t r = 0; *verdict == VERDICT_OTHER && r < chain->rules.len; r++)
		if (rule_accepts_all(filter, chain, &chain->rules.item[r], known))
			*verdict = VERDICT_ACCEPT;
	return *verdict == VERDICT_ACCEPT;
}

static bool has_rule(const struct text_chain *chain, const struct text_rule *rule)
{
	for (size_t r = 0; chain != NULL && r < chain->rules.len; r++)
		if (piece_equal(&chain->rules.item[r].text, &rule->text))
			return true;
	return false;
}

/* Does a rule in force that is not in the generation accept everything, in a chain whose policy would drop it? */
static bool is_opened(const struct transaction *t, int family)
{
	const struct text_table *filter = rules_table(&t->family[family].live, "filter");
	const struct text_table *ours = rules_table(&t->family[family].wanted, "filter");
	verdicts known = { 0 };
	bool opened = false, good = true;

	for (size_t c = 0; good && filter != NULL && c < filter->chains.len; c++)
		good = vec_push(&known, VERDICT_UNKNOWN);
	for (size_t c = 0; good && filter != NULL && c < filter->chains.len; c++) {
		const struct text_chain *chain = &filter->chains.item[c];
		const struct text_chain *our_chain = ours != NULL ? table_chain(ours, chain->name) : NULL;

		for (size_t r = 0; !opened && is_drop(chain) && r < chain->rules.len; r++)
			opened = !has_rule(our_chain, &chain->rules.item[r]) &&
				 rule_accepts_all(filter, chain, &chain->rules.item[r], &known);
	}
	vec_free(&known);
	return opened;
}

static enum result judge(struct transaction *t)
{
	for (int i = 0; i < FAMILIES; i++) {
		if (!is_opened(t, i))
			continue;
		warn(t, "%s: a rule of another program accepts what the good generation would drop", family_name(i));
		return RESULT_FALLBACK;
	}
	return (t->flags & FLAG_PARTIAL) != 0 ? RESULT_FALLBACK : RESULT_DONE;
}

/*
 * The journal of an unconfirmed load does not survive a reboot, but its generation does: remove it, as it was never a
 * good one.
 */
static void drop_unconfirmed(struct transaction *t)
{
	struct strbuf path = STRBUF_INIT;
	unsigned number = state_newest(t->state);

	if (number != 0 && access(state_file_path(t->state, number, STATE_NEW, &path), F_OK) == 0) {
		warn(t, "generation %06u was not confirmed before the machine went down: removing it", number);
		if (state_remove(t->state, number) != 0)
			warn(t, "%s could not be removed", strbuf_text(&path));
	}
	strbuf_free(&path);
}

static enum result boot_previous(struct transaction *t, unsigned good, unsigned previous, const patterns *keep)
{
	struct transaction *second;
	enum result result = RESULT_FALLBACK;

	if (good != 0)
		warn(t, "the good generation %06u in %s could not be put in force", good, t->state->dir);
	second = again(t, FLAG_REPLACE);
	if (second == NULL || previous == 0 || !put_generation(second, previous, FAMILY_BOTH, keep))
		result = boot_without(second != NULL ? second : t, good == 0 && previous == 0 && state_newest(t->state) == 0);
	else
		warn(t, "the previous generation %06u is in force", previous);
	transaction_end(second);
	return result;
}

/* Other programs commit so often that the rules cannot be read. Nothing that they have is worth an open host. */
static enum result boot_blind(struct transaction *t, unsigned good, unsigned previous, const patterns *keep)
{
	struct transaction *second = again(t, FLAG_REPLACE | FLAG_BLIND);
	enum result result;

	warn(t, "the tables of the good generation %06u replace those in force: rules of other programs there are lost", good);
	if (second != NULL && put_generation(second, good, FAMILY_BOTH, keep))
		result = judge(second);
	else
		result = boot_previous(t, good, previous, keep);
	transaction_end(second);
	return result;
}

/* If the tables of one family cannot be changed, the other family still gets its generation. */
static enum result boot_one_family(struct transaction *t, unsigned good, const patterns *keep)
{
	enum family stuck = (t->flags & FLAG_STUCK_IPV4) != 0 ? FAMILY_IPV4 : FAMILY_IPV6;
	struct transaction *second = again(t, 0);

	if (second == NULL || !put_generation(second, good, FAMILY_BOTH & ~stuck, keep))
		(void)put_safe_rules(second != NULL ? second : t, FAMILY_BOTH & ~stuck);
	(void)put_safe_rules(second != NULL ? second : t, stuck);
	transaction_end(second);
	return RESULT_FALLBACK;
}

enum result transaction_boot(struct transaction *t, const patterns *keep, bool first)
{
	unsigned good, previous;
	enum result result;

	t->flags |= FLAG_BOOT | (first ? FLAG_REPLACE : 0);
	result = transaction_recover(t);
	if (result == RESULT_LOCKED || result == RESULT_BACKENDS)
		return result;
	drop_unconfirmed(t);
	good = state_link(t->state, "good"); /* transaction_recover has repaired the link */
	previous = state_link(t->state, "previous");
	if (good != 0 && put_generation(t, good, FAMILY_BOTH, keep))
		result = judge(t);
	else if (good != 0 && ((t->flags & FLAG_STUCK_IPV4) != 0) != ((t->flags & FLAG_STUCK_IPV6) != 0))
		result = boot_one_family(t, good, keep);
	else if (good != 0 && (t->flags & FLAG_UNREAD) != 0)
		result = boot_blind(t, good, previous, keep);
	else
		result = boot_previous(t, good, previous, keep);
	state_enter(t->state);
	return result;
}

enum result transaction_boot_bare(struct transaction *t)
{
	enum result result;

	t->flags |= FLAG_BOOT;
	result = boot_without(t, false);
	state_enter(t->state);
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/program.h"
#include "ruletext/edit.h"

#include <errno.h>
#include <string.h>

/* What to write, and how. */
struct writing {
	const struct text_table *live; /* NULL: missing */
	const struct text_table *want;
	enum program_style style;
	enum counts counts;
	struct strbuf *out;
};

static const struct text_chain *live_chain(const struct text_table *live, const char *name)
{
	return live != NULL ? table_chain(live, name) : NULL;
}

/* Are there counters to set that differ from those in force? Zeros alone do not count. */
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

static bool same_policy(const struct text_chain *now, const struct text_chain *want)
{
	return now != NULL && now->policy != NULL && want->policy != NULL && strcmp(now->policy, want->policy) == 0;
}

static bool with_counts(const struct writing *w, const struct text_rule *rule)
{
	return rule->foreign || w->counts == COUNTS_WRITTEN || w->counts == COUNTS_SET;
}

static void write_rules(const struct writing *w, const struct text_chain *chain)
{
	for (size_t r = 0; r < chain->rules.len; r++)
		rule_write(&chain->rules.item[r], rule_raw(&chain->rules.item[r]), with_counts(w, &chain->rules.item[r]), w->out);
}

/* --- edit ------------------------------------------------------------------------------------------- */

/* Is this a user chain in which all rules are ours, now and afterwards? */
static bool is_private(const struct text_chain *now, const struct text_chain *want)
{
	if (want->policy != NULL || !want->ours)
		return false;
	for (size_t i = 0; i < want->rules.len; i++)
		if (want->rules.item[i].foreign)
			return false;
	return now != NULL;
}

/*
 * The cost of an edit, in tenths of the time in which iptables-nft-restore adds a rule: it compares a removal with each
 * rule before it, which takes about a tenth (measured with 1.8.9). A flush loses what another program has just added to
 * the chain, so it must save at least the time of SPARE rules, about 10 ms.
 */
#define SPARE 1000
#define LONG  100000 /* about a second */

static size_t cost_of(const struct text_chain *now, const edits *steps)
{
	size_t cost = 0, place;

	for (size_t i = 0; i < steps->len; i++) {
		const struct edit *step = &steps->item[i];

		if (step->remove) {
			place = (size_t)(step->rule - now->rules.item);
			cost += 10 + (place > i ? place - i : 0);
		} else {
			cost += 10;
		}
	}
	return cost;
}

/* With a position, iptables skips the rules before it, which takes a hundredth of comparing them. */
static size_t cost_of_places(const edits *steps)
{
	size_t cost = 0;

	for (size_t i = 0; i < steps->len; i++)
		cost += 10 + steps->item[i].number / 100;
	return cost;
}

/* Writes a chain that nobody else writes to, if removals by text would take longer than filling it again. */
static int edit_private(const struct writing *w, const struct text_chain *now, const struct text_chain *want, size_t flush)
{
	bool counters = w->counts == COUNTS_SET && want->ours;
	edits steps = { 0 };
	int err = edit_places(now, want, counters, &steps);

	if (err == 0 && cost_of_places(&steps) < flush) {
		edit_write(&steps, w->counts != COUNTS_FOREIGN, w->out);
	} else if (err == 0) {
		chain_write_line(want, true, w->out); /* which flushes it */
		write_rules(w, want);
	}
	vec_free(&steps);
	return err;
}

static int edit_one(const struct writing *w, const struct text_chain *want)
{
	static const struct text_chain none = { .name = "" };
	const struct text_chain *now = live_chain(w->live, want->name), *from = now != NULL ? now : &none;
	bool counters = w->counts == COUNTS_SET && want->ours, private = is_private(now, want);
	edits steps = { 0 };
	int err = edit_chain(from, want, counters, &steps);
	size_t cost = cost_of(from, &steps), flush = 10 * (want->rules.len + SPARE);

	if (err == 0 && private && cost > flush) {
		err = edit_private(w, now, want, flush);
	} else if (err == 0) {
		bool dear = cost > flush + 10 * from->rules.len; /* removals from the head on compare nothing */

		if (!private && (dear || edits_numbered(&steps))) {
			steps.len = 0;
			err = edit_tail(from, want, dear, counters, &steps);
		}
		edit_write(&steps, w->counts != COUNTS_FOREIGN, w->out);
	}
	vec_free(&steps);
	return err;
}

/* A chain line resets the counters of the policy (nft), so only chains whose policy changes are named. */
static int edit_table(const struct writing *w)
{
	int err = 0;

	for (size_t i = 0; i < w->want->chains.len; i++) {
		const struct text_chain *chain = &w->want->chains.item[i], *now = live_chain(w->live, chain->name);

		if (chain->policy == NULL && now == NULL)
			strbuf_printf(w->out, "-N %s\n", chain->name); /* refused if another program has just created it */
		else if (chain->policy != NULL && !same_policy(now, chain) && changed(w->live, chain, w->counts))
			chain_write_line(chain, true, w->out);
	}
	for (size_t i = 0; err == 0 && i < w->want->chains.len; i++)
		if (changed(w->live, &w->want->chains.item[i], w->counts))
			err = edit_one(w, &w->want->chains.item[i]);
	for (size_t i = 0; w->live != NULL && i < w->live->chains.len; i++)
		if (stale(&w->live->chains.item[i], w->want)) /* with any rules that others have added */
			strbuf_printf(w->out, "-F %s\n", w->live->chains.item[i].name);
	return err;
}

/* --- flush and fill --------------------------------------------------------------------------------- */

/*
 * Must this chain be edited? The printed text of a foreign rule may not show all of it, so it is left where it is. A
 * built-in chain may contain one even if want has none: an undoing does not know which rules are foreign.
 */
static bool is_edited(const struct writing *w, const struct text_chain *want)
{
	bool foreign = want->policy != NULL;

	for (size_t i = 0; i < want->rules.len; i++)
		foreign = foreign || want->rules.item[i].foreign;
	return w->style == PROGRAM_LOCKED && foreign && live_chain(w->live, want->name) != NULL;
}

/*
 * Fills a chain, or edits it. Positions are safe, as the lock keeps others out. Editing is not worth more than the cost
 * of LONG rules.
 */
static int fill_chain(const struct writing *w, const struct text_chain *want)
{
	const struct text_chain *now = live_chain(w->live, want->name);
	edits steps = { 0 };
	int err = 0;

	if (is_edited(w, want))
		err = edit_chain(now, want, w->counts == COUNTS_SET && want->ours, &steps);
	if (err == 0 && is_edited(w, want) && cost_of(now, &steps) <= 10 * (want->rules.len + LONG)) {
		edit_write(&steps, w->counts != COUNTS_FOREIGN, w->out);
	} else if (err == 0) {
		if (is_edited(w, want))
			strbuf_printf(w->out, "-F %s\n", want->name);
		write_rules(w, want);
	}
	vec_free(&steps);
	return err;
}

/* iptables-legacy resets the counters of a chain that is not named, so all built-in chains are. */
static int flush_table(const struct writing *w)
{
	const struct text_table *live = w->live, *want = w->want;
	int err = 0;

	for (size_t i = 0; i < want->chains.len; i++) {
		const struct text_chain *chain = &want->chains.item[i];

		if (chain->policy != NULL || (changed(live, chain, w->counts) && !is_edited(w, chain)))
			chain_write_line(chain, true, w->out);
	}
	for (size_t i = 0; i < want->chains.len; i++)
		if (want->chains.item[i].policy != NULL && changed(live, &want->chains.item[i], w->counts) &&
		    !is_edited(w, &want->chains.item[i]))
			strbuf_printf(w->out, "-F %s\n", want->chains.item[i].name);
	for (size_t i = 0; live != NULL && i < live->chains.len; i++)
		if (stale(&live->chains.item[i], want))
			strbuf_printf(w->out, "-F %s\n", live->chains.item[i].name);
	for (size_t i = 0; err == 0 && i < want->chains.len; i++)
		if (changed(live, &want->chains.item[i], w->counts))
			err = fill_chain(w, &want->chains.item[i]);
	return err;
}

/* --- tables ----------------------------------------------------------------------------------------- */

static int write_table(const struct writing *w)
{
	int err = 0;

	strbuf_printf(w->out, "*%s\n", w->want->name);
	err = w->style == PROGRAM_EDIT ? edit_table(w) : flush_table(w);
	for (size_t i = 0; w->live != NULL && i < w->live->chains.len; i++)
		if (stale(&w->live->chains.item[i], w->want))
			strbuf_printf(w->out, "-X %s\n", w->live->chains.item[i].name);
	strbuf_puts(w->out, "COMMIT\n");
	return err;
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

/* Empties a table that is not wanted at all; it cannot be removed. */
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

int program_write(const struct text_rules *live, const struct text_rules *want, enum program_style style,
		  enum counts counts, struct strbuf *out)
{
	int err = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; err == 0 && i < want->tables.len; i++) {
			struct writing w = { rules_table(live, want->tables.item[i].name), &want->tables.item[i], style,
					     counts, out };

			if ((strcmp(w.want->name, "filter") == 0) == (pass == 0) && table_changed(w.live, w.want, counts))
				err = write_table(&w);
		}
	}
	for (size_t i = 0; i < live->tables.len; i++)
		if (rules_table(want, live->tables.item[i].name) == NULL && !table_blank(&live->tables.item[i]))
			write_blank(&live->tables.item[i], out);
	return err == 0 && out->failed ? -ENOMEM : err;
}

uint32_t program_commits(const struct strbuf *program)
{
	uint32_t count = 0;
	size_t len;

	for (const char *line = strbuf_text(program); *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		count += len == strlen("COMMIT") && strncmp(line, "COMMIT", len) == 0;
	}
	return count;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What differs in the text: rules as iptables-save writes them, without counters, chains by what they are. */
#include "difftext/difftext.h"
#include "base/escape.h"
#include "model/printer.h"

#include <string.h>

struct text_pair {
	struct shown show;
	const struct program_chain *chain[ALIGN_SIDES]; /* NULL: that side has no such chain */
	bool headed;                                    /* the chain was named */
	unsigned count;                                 /* of lines that differ */
	bool failed;
};

static const struct alignment_rule *alignment_of(const struct text_pair *pair, unsigned side, unsigned index)
{
	return &pair->show.diff->align.side[side].rules[pair->chain[side]->rules[index].serial];
}

/*
 * Appends the rule as iptables-save would write it, with the names that its chain and the one that it jumps to have in
 * the new text. A rule that could not be read is written as it is.
 */
static void canonical(struct text_pair *pair, struct strbuf *out, unsigned side, const struct program_rule *at)
{
	const struct alignment_side *aligned = &pair->show.diff->align.side[side];
	const struct program_chain *chain = at->chain, *to = at->to;
	struct rule rule = *at->rule;

	if (rule.unread) {
		strbuf_add(out, difftext_line_of(&pair->show, side, at)->text, difftext_line_of(&pair->show, side, at)->len);
		return;
	}
	if (side == ALIGN_OLD && alignment_chain_of(aligned, chain)->partner != NULL)
		chain = alignment_chain_of(aligned, chain)->partner;
	if (side == ALIGN_OLD && to != NULL && alignment_chain_of(aligned, to)->partner != NULL) {
		struct chain renamed = *alignment_chain_of(aligned, to)->partner->chain;

		rule.jump = &renamed;
		pair->failed |= rule_print(out, &rule, chain->chain->name, aligned->program->ruleset->family) != 0;
		return;
	}
	pair->failed |= rule_print(out, &rule, chain->chain->name, aligned->program->ruleset->family) != 0;
}

static void begin_line(struct text_pair *pair, char sign)
{
	const struct program_chain *chain = pair->chain[pair->chain[ALIGN_NEW] != NULL ? ALIGN_NEW : ALIGN_OLD];

	if (!pair->headed)
		strbuf_printf(pair->show.out, "%s, %s %s:\n", family_name(pair->show.family), chain->table->table->name, chain->chain->name);
	pair->headed = true;
	pair->count++;
	strbuf_printf(pair->show.out, "  %c ", sign);
}

static void show_canonical(struct text_pair *pair, char sign, unsigned side, const struct program_rule *rule)
{
	struct strbuf text = STRBUF_INIT;

	canonical(pair, &text, side, rule);
	begin_line(pair, sign);
	difftext_line(&pair->show, side, rule);
	if (sign == '>') {
		strbuf_puts(pair->show.out, ", moved from ");
		difftext_line(&pair->show, ALIGN_OLD, pair->show.diff->align.side[side].rules[rule->serial].partner);
	}
	strbuf_puts(pair->show.out, ": ");
	strbuf_escape(pair->show.out, strbuf_text(&text), text.len);
	strbuf_putc(pair->show.out, '\n');
	strbuf_free(&text);
}

/* Rules that mean the same may have another comment, and what is counted may differ. */
static bool reads_alike(struct text_pair *pair, const struct program_rule *old, const struct program_rule *new)
{
	const struct line *a = difftext_line_of(&pair->show, ALIGN_OLD, old), *b = difftext_line_of(&pair->show, ALIGN_NEW, new);
	struct strbuf text[ALIGN_SIDES] = { STRBUF_INIT, STRBUF_INIT };
	bool alike = a->len == b->len && memcmp(a->text, b->text, a->len) == 0;

	if (!alike) {
		canonical(pair, &text[ALIGN_OLD], ALIGN_OLD, old);
		canonical(pair, &text[ALIGN_NEW], ALIGN_NEW, new);
		alike = strcmp(strbuf_text(&text[ALIGN_OLD]), strbuf_text(&text[ALIGN_NEW])) == 0;
	}
	strbuf_free(&text[ALIGN_OLD]);
	strbuf_free(&text[ALIGN_NEW]);
	return alike;
}

/* Rules of one side that are not at this place of the other one. Returns the index of the first that is. */
static unsigned show_changed(struct text_pair *pair, unsigned side, unsigned at)
{
	for (; pair->chain[side] != NULL && at < pair->chain[side]->count; at++) {
		enum rule_change change = alignment_of(pair, side, at)->change;

		if (change == CHANGE_NONE || change == CHANGE_COUNTED)
			break;
		if (change == CHANGE_MOVED && side == ALIGN_NEW)
			show_canonical(pair, '>', side, &pair->chain[side]->rules[at]);
		else if (change == CHANGE_ONLY)
			show_canonical(pair, side == ALIGN_OLD ? '-' : '+', side, &pair->chain[side]->rules[at]);
	}
	return at;
}

static void show_rules_of(struct text_pair *pair)
{
	const struct program_chain *old = pair->chain[ALIGN_OLD], *new = pair->chain[ALIGN_NEW];
	unsigned at[ALIGN_SIDES] = { 0, 0 };

	for (;;) {
		for (unsigned side = 0; side < ALIGN_SIDES; side++)
			at[side] = show_changed(pair, side, at[side]);
		if (old == NULL || new == NULL || at[ALIGN_OLD] >= old->count || at[ALIGN_NEW] >= new->count)
			return;
		if (!reads_alike(pair, &old->rules[at[ALIGN_OLD]], &new->rules[at[ALIGN_NEW]])) {
			show_canonical(pair, '-', ALIGN_OLD, &old->rules[at[ALIGN_OLD]]);
			show_canonical(pair, '+', ALIGN_NEW, &new->rules[at[ALIGN_NEW]]);
		}
		at[ALIGN_OLD]++;
		at[ALIGN_NEW]++;
	}
}

static void show_policy_or_name(struct text_pair *pair)
{
	const struct program_chain *old = pair->chain[ALIGN_OLD], *new = pair->chain[ALIGN_NEW];
	bool built_in = (new != NULL ? new : old)->chain->hook != 0;

	if (built_in ? !diff_policy(old, new) : old != NULL && new != NULL && strcmp(old->chain->name, new->chain->name) == 0)
		return;
	for (unsigned side = 0; side < ALIGN_SIDES; side++) {
		if (!built_in && pair->chain[side] == NULL)
			continue;
		begin_line(pair, side == ALIGN_OLD ? '-' : '+');
		if (built_in)
			strbuf_printf(pair->show.out, "policy %s\n", pair->chain[side] != NULL && chain_policy_drops(pair->chain[side]) ? "DROP" : "ACCEPT");
		else
			strbuf_printf(pair->show.out, "chain %s\n", pair->chain[side]->chain->name);
	}
}

static void show_chain(struct text_pair *pair, const struct program_chain *old, const struct program_chain *new)
{
	pair->chain[ALIGN_OLD] = old;
	pair->chain[ALIGN_NEW] = new;
	pair->headed = false;
	show_policy_or_name(pair);
	show_rules_of(pair);
}

struct diff_verdict difftext_canonical(struct strbuf *out, const struct diff *diff, int family, const struct difftext_options *options)
{
	struct strbuf words = STRBUF_INIT;
	struct diff_verdict verdict = difftext_words(&words, diff, family, options);
	struct text_pair pair = { .show = { .options = options, .diff = diff, .out = out, .family = family } };
	const struct alignment_side *old = &diff->align.side[ALIGN_OLD], *new = &diff->align.side[ALIGN_NEW];

	strbuf_free(&words);
	for (unsigned c = 0; c < new->chain_count; c++)
		show_chain(&pair, new->chains[c].partner, new->chains[c].chain);
	for (unsigned c = 0; c < old->chain_count; c++)
		if (old->chains[c].partner == NULL)
			show_chain(&pair, old->chains[c].chain, NULL);
	out->failed |= pair.failed;
	if (pair.count == 0)
		strbuf_printf(out, "%s: same text\n", family_name(family));
	else if (!verdict.differs && !verdict.undecided)
		strbuf_printf(out, "%s: these differ in text only: same meaning\n", family_name(family));
	else if (!verdict.differs)
		strbuf_printf(out, "%s: it is undecided whether packets fare alike\n", family_name(family));
	return verdict;
}

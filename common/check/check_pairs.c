/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules that differ in one thing from one before them, and what that makes of both together. */
#include "check/checks.h"
#include "check/questions.h"
#include "check/similar.h"
#include "meaning/witness.h"

/* Those further apart were not written with each other in mind; and it is what keeps long chains cheap. */
#define NEAR_MAX 200

static bool accepts_or_drops(const struct program_rule *rule)
{
	return rule->effect == EFFECT_ACCEPT || rule->effect == EFFECT_DROP;
}

/* Some values of the one are within the other, and each has some of its own. */
static bool overlap_partly(const struct cond *a, const struct cond *b)
{
	bool common = false, own_a = false, own_b = false;

	for (unsigned i = 0; i < a->range_count; i++) {
		bool inside = false;

		for (unsigned n = 0; n < b->range_count; n++) {
			common |= a->ranges[i].lo <= b->ranges[n].hi && b->ranges[n].lo <= a->ranges[i].hi;
			inside |= a->ranges[i].lo >= b->ranges[n].lo && a->ranges[i].hi <= b->ranges[n].hi;
		}
		own_a |= !inside;
	}
	for (unsigned n = 0; n < b->range_count; n++) {
		bool inside = false;

		for (unsigned i = 0; i < a->range_count; i++)
			inside |= b->ranges[n].lo >= a->ranges[i].lo && b->ranges[n].hi <= a->ranges[i].hi;
		own_b |= !inside;
	}
	return common && own_a && own_b;
}

/* A packet of the box that rule `before` decides, on its whole way. */
static bool is_decided(const struct meaning *m, const struct program_rule *before, const struct box *box, struct packet *packet)
{
	enum hook hook = (enum hook)(before->chain->hooks & -before->chain->hooks);
	struct question question = question_at(m, "filter", hook);
	enum may may = MAY_UNKNOWN;

	*packet = box_packet(m->program, box);
	if (meaning_decides(m, before, packet))
		return true;
	question.box = *box;
	if (question.good && question.chain->table == before->chain->table)
		may = before->effect == EFFECT_ACCEPT ? question_accepted(&question, packet) : question_dropped(&question, packet);
	return may == MAY_SOMETIMES && meaning_decides(m, before, packet);
}

/* A packet that both match and the first of them decides, within what can come to their chain. */
static bool both_match(const struct meaning *m, const struct program_rule *a, const struct program_rule *b,
		       struct packet *packet)
{
	const struct box *boxes = m->program->boxes.item;
	struct box entry = program_entry(m->program, a->chain->table, (enum hook)(a->chain->hooks & -a->chain->hooks));

	for (unsigned i = 0; i < a->box_count; i++)
		for (unsigned n = 0; n < b->box_count; n++) {
			struct box meet, come;

			if (!box_meet(&boxes[a->first_box + i], &boxes[b->first_box + n], &meet) || !box_meet(&meet, &entry, &come))
				continue;
			if (is_decided(m, a, &come, packet))
				return true;
		}
	return false;
}

/* The one accepts, the other does not, and they overlap as ranges do by mistake: in part. */
static void check_contradiction(const struct meaning *m, const struct program_rule *before, const struct program_rule *rule)
{
	struct strbuf text = STRBUF_INIT;
	struct packet packet;
	int at;

	if (before->effect == rule->effect || (at = similar_but_one(before, rule)) < 0)
		return;
	if (rule->rule->invert != before->rule->invert || !overlap_partly(&before->conds[at], &rule->conds[at]) ||
	    !both_match(m, before, rule, &packet))
		return;
	packet_text(&text, &packet);
	meaning_rule(m, DIAG_CONTRADICTION, rule->rule,
		     "line %u comes first and decides otherwise for some of the same packets: for example %s",
		     rule_line(m->program, before->rule), strbuf_text(&text));
	strbuf_free(&text);
}

/* What the one leaves out is all within the other. */
static bool cover_all(const struct cond *a, const struct cond *b, field_value max)
{
	field_value from = 0;

	for (unsigned i = 0; i <= a->range_count; i++) {
		field_value to = i < a->range_count ? a->ranges[i].lo : max;
		bool gap = i < a->range_count ? to > from : from <= max && (i == 0 || a->ranges[i - 1].hi < max), inside = !gap;

		if (i < a->range_count && gap)
			to--;
		for (unsigned n = 0; n < b->range_count && gap; n++)
			inside |= from >= b->ranges[n].lo && to <= b->ranges[n].hi;
		if (!inside)
			return false;
		if (i < a->range_count)
			from = a->ranges[i].hi + 1;
	}
	return true;
}

static unsigned invert_of(enum field field)
{
	switch (field) {
	case FIELD_SRC:
		return INVERT_SRC;
	case FIELD_DST:
		return INVERT_DST;
	case FIELD_IN:
		return INVERT_IN;
	case FIELD_OUT:
		return INVERT_OUT;
	default:
		return 0;
	}
}

/* `! -s A' and then `! -s B', meant as a list: whoever is A is not B. */
static void check_negations(const struct meaning *m, const struct program_rule *before, const struct program_rule *rule)
{
	int at = similar_target(before->rule, rule->rule) ? similar_but_one(before, rule) : -1;
	enum field field = at >= 0 ? rule->conds[at].field : FIELD_COUNT;

	if (at < 0 || (rule->rule->invert & before->rule->invert & invert_of(field)) == 0 ||
	    !cover_all(&before->conds[at], &rule->conds[at], field_max(field, m->ruleset->family)))
		return;
	meaning_rule(m, DIAG_BAD_NEGATION, rule->rule,
		     "with line %u this matches every %s: what one excludes, the other matches", rule_line(m->program, before->rule),
		     field_name(field));
}

static void check_rule(const struct meaning *m, const struct program_chain *chain, unsigned index)
{
	const struct program_rule *rule = &chain->rules[index];

	if (!accepts_or_drops(rule) || m->reach->rules[rule->serial].fate != FATE_ALIVE)
		return;
	for (unsigned i = index; i-- > 0 && index - i <= NEAR_MAX;)
		if (accepts_or_drops(&chain->rules[i]) && m->reach->rules[chain->rules[i].serial].fate == FATE_ALIVE)
			check_contradiction(m, &chain->rules[i], rule);
	if (accepts_or_drops(&chain->rules[index - 1])) /* between others, somebody may have been let pass */
		check_negations(m, &chain->rules[index - 1], rule);
}

void check_pairs(const struct meaning *m)
{
	for (unsigned t = 0; t < m->program->table_count; t++)
		for (unsigned c = 0; c < m->program->tables[t].count; c++)
			for (unsigned i = 1; i < m->program->tables[t].chains[c].count; i++)
				check_rule(m, &m->program->tables[t].chains[c], i);
}

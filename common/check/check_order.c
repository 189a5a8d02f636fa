/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules that could be fewer, or stand in another order, and do the same. Notes, never warnings. */
#include "check/checks.h"
#include "check/questions.h"
#include "check/similar.h"

#include <linux/netfilter/xt_multiport.h>
#include <string.h>

#define MERGE_MIN     3  /* two are easier to read than one with a list */
#define MULTIPORT_MAX XT_MULTI_PORTS
#define SET_MIN       50

static const struct extension *comment_of(const struct rule *rule)
{
	const struct extension *match = rule->matches;

	while (match != NULL && strcmp(match->kind->real_name, "comment") != 0)
		match = match->next;
	return match;
}

/* Each remark stands for its own rule, and would be lost. */
static bool same_comment(const struct rule *a, const struct rule *b)
{
	const struct extension *x = comment_of(a), *y = comment_of(b);

	return x == NULL || y == NULL ? x == y : x->size == y->size && memcmp(x->data, y->data, x->size) == 0;
}

static bool could_be_one(const struct meaning *m, const struct program_rule *a, const struct program_rule *b,
			 enum field field)
{
	int at = similar_target(a->rule, b->rule) && same_comment(a->rule, b->rule) ? similar_but_one(a, b) : -1;

	return at >= 0 && !a->writes && !b->writes && a->conds[at].field == field && a->rule->invert == b->rule->invert &&
	       m->reach->rules[a->serial].fate == FATE_ALIVE && m->reach->rules[b->serial].fate == FATE_ALIVE;
}

/* How many of multiport's places the rule's ports take; more than there are where it cannot be. */
static unsigned places_of(const struct program_rule *rule, enum field field)
{
	unsigned places = 0;

	for (unsigned i = 0; i < rule->cond_count; i++)
		for (unsigned r = 0; r < rule->conds[i].range_count && rule->conds[i].field == field; r++)
			places += rule->conds[i].ranges[r].lo == rule->conds[i].ranges[r].hi ? 1 : 2;
	return places;
}

/* How many rules from this one on differ in the field alone. */
static unsigned run_length(const struct meaning *m, const struct program_chain *chain, unsigned first, enum field field)
{
	unsigned n = 1, places = places_of(&chain->rules[first], field);
	bool ports = field == FIELD_DPORT || field == FIELD_SPORT;

	for (; first + n < chain->count; n++) {
		places += ports ? places_of(&chain->rules[first + n], field) : 0;
		if (!could_be_one(m, &chain->rules[first], &chain->rules[first + n], field) || (ports && places > MULTIPORT_MAX))
			break;
	}
	return n;
}

static void ports_text(struct strbuf *out, const struct program_chain *chain, unsigned first, unsigned count,
		       enum field field)
{
	const char *before = "";

	for (unsigned n = first; n < first + count; n++)
		for (unsigned i = 0; i < chain->rules[n].cond_count; i++) {
			const struct cond *cond = &chain->rules[n].conds[i];

			for (unsigned r = 0; r < cond->range_count && cond->field == field; r++) {
				strbuf_printf(out, "%s%u", before, (unsigned)cond->ranges[r].lo);
				if (cond->ranges[r].hi != cond->ranges[r].lo)
					strbuf_printf(out, ":%u", (unsigned)cond->ranges[r].hi);
				before = ",";
			}
		}
}

static unsigned check_ports(const struct meaning *m, const struct program_chain *chain, unsigned first)
{
	static const enum field fields[] = { FIELD_DPORT, FIELD_SPORT };

	for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
		unsigned count = run_length(m, chain, first, fields[f]);
		struct strbuf ports = STRBUF_INIT;

		if (count < MERGE_MIN)
			continue;
		ports_text(&ports, chain, first, count, fields[f]);
		meaning_rule(m, DIAG_MERGE_MULTIPORT, chain->rules[first].rule,
			     "this and the next %u rules (to line %u) differ only in the port: use -m multiport --%s "
			     "%s", count - 1, rule_line(m->program, chain->rules[first + count - 1].rule),
			     f == 0 ? "dports" : "sports", strbuf_text(&ports));
		strbuf_free(&ports);
		return count;
	}
	return 1;
}

static unsigned check_sets(const struct meaning *m, const struct program_chain *chain, unsigned first)
{
	static const enum field fields[] = { FIELD_SRC, FIELD_DST };

	for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
		unsigned count = run_length(m, chain, first, fields[f]);

		if (count < SET_MIN)
			continue;
		meaning_rule(m, DIAG_USE_IPSET, chain->rules[first].rule,
			     "this and the next %u rules (to line %u) differ only in the %s: use one rule with -m set", count - 1, rule_line(m->program, chain->rules[first + count - 1].rule), field_name(fields[f]));
		return count;
	}
	return 1;
}

static void check_chain(const struct meaning *m, const struct program_chain *chain)
{
	for (unsigned i = 0; i < chain->count;)
		i += check_ports(m, chain, i);
	for (unsigned i = 0; i < chain->count;)
		i += check_sets(m, chain, i);
}

void check_order(const struct meaning *m)
{
	for (unsigned t = 0; t < m->program->table_count; t++)
		for (unsigned c = 0; c < m->program->tables[t].count; c++)
			check_chain(m, &m->program->tables[t].chains[c]);
}

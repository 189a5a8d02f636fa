/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rules whose packets would get the same verdict without them, and meet nothing else on the way that writes,
 * counts or marks. Built-in chains of filter alone: where a user chain's packets go hangs on its callers.
 */
#include "check/checks.h"
#include "check/questions.h"

#include <netinet/in.h>
#include <string.h>

/* Longer chains are not looked at: each rule is a set. */
#define RULES_MAX 400
#define NODES_MAX ((size_t)200000)

struct redundancy {
	const struct meaning *m;
	const struct program_chain *chain;
	struct flow flow;
	diagram set[RULES_MAX];      /* what each rule matches at most */
	diagram accepts[RULES_MAX + 1]; /* what is accepted for certain from this rule on, with no trace of it */
	diagram drops[RULES_MAX + 1];   /* and what is dropped so */
	diagram hit[RULES_MAX];      /* what of it comes as far as the rule */
	unsigned by_policy, first, last; /* rules that the policy makes needless: how many, and two indices */
	struct strbuf taken; /* of the first of these: which rule decides some of what it names */
};

static bool is_verdict_rule(const struct program_rule *rule, const char *verdict)
{
	return rule->rule->verdict != NULL && strcmp(rule->rule->verdict, verdict) == 0;
}

/* From the end to the front. */
static void look_ahead(struct redundancy *r)
{
	struct diagrams *all = r->flow.diagrams;
	unsigned count = r->chain->count;

	r->accepts[count] = chain_policy_drops(r->chain) ? DIAGRAM_EMPTY : DIAGRAM_FULL;
	r->drops[count] = chain_policy_drops(r->chain) ? DIAGRAM_FULL : DIAGRAM_EMPTY;
	for (unsigned i = count; i-- > 0;) {
		const struct program_rule *rule = &r->chain->rules[i];
		bool accept = is_verdict_rule(rule, "ACCEPT") && !rule->fresh && !rule->writes;
		bool drop = is_verdict_rule(rule, "DROP") && !rule->fresh && !rule->writes;

		r->set[i] = flow_rule(&r->flow, rule);
		r->accepts[i] = accept ? diagram_or(all, r->accepts[i + 1], r->set[i]) : diagram_minus(all, r->accepts[i + 1], r->set[i]);
		r->drops[i] = drop ? diagram_or(all, r->drops[i + 1], r->set[i]) : diagram_minus(all, r->drops[i + 1], r->set[i]);
	}
}

static bool is_lo_alone(const struct rule *rule)
{
	const char *name = rule->in[0] != '\0' ? rule->in : rule->out;

	return strcmp(name, "lo") == 0 && rule->proto == 0 && rule->matches == NULL;
}

/* Only packets on lo, or of connections that exist: of a rule that takes them, nobody thinks who reads one about others. */
static bool is_usual_first(const struct program_rule *rule)
{
	bool state_alone = rule->cond_count > 0;

	for (unsigned i = 0; i < rule->cond_count; i++)
		state_alone &= rule->conds[i].kind == COND_RANGES && rule->conds[i].field == FIELD_CT;
	return state_alone || is_lo_alone(rule->rule);
}

/* A rule that takes known connections or lo is there to be quick; one that writes, for others; one without a condition, to be seen. */
static bool is_meant(const struct meaning *m, const struct program_rule *rule)
{
	return rule->cond_count == 0 || is_usual_first(rule) || rule->writes || meaning_is_frame(m, rule) ||
	       m->reach->rules[rule->serial].fate != FATE_ALIVE;
}

/* One later rule that takes all of it, if any does. */
static const struct program_rule *heir(struct redundancy *r, unsigned index, diagram hit)
{
	for (unsigned i = index + 1; i < r->chain->count; i++)
		if (r->chain->rules[i].effect == r->chain->rules[index].effect && !r->chain->rules[i].fresh && !r->chain->rules[i].writes &&
		    diagram_minus(r->flow.diagrams, hit, r->set[i]) == DIAGRAM_EMPTY)
			return &r->chain->rules[i];
	return NULL;
}

static bool is_ping(const struct rule *rule)
{
	return (rule->proto == IPPROTO_ICMP || rule->proto == IPPROTO_ICMPV6) && (rule->invert & INVERT_PROTO) == 0;
}

/*
 * The first earlier rule that decides some of what this one names. *contrary: it decides the other way, so the rule does not
 * do what it says, and is not needless in its writer's eyes.
 */
static const struct program_rule *earlier(struct redundancy *r, unsigned index, bool *contrary)
{
	struct diagrams *all = r->flow.diagrams;
	const struct program_rule *rule = &r->chain->rules[index], *first = NULL;

	*contrary = false;
	for (unsigned i = 0; i < index && !*contrary; i++) {
		const struct program_rule *before = &r->chain->rules[i];

		if ((before->effect != EFFECT_ACCEPT && before->effect != EFFECT_DROP) || is_usual_first(before) ||
		    diagram_and(all, r->hit[i], r->set[index]) == DIAGRAM_EMPTY)
			continue;
		first = first == NULL ? before : first;
		*contrary = strcmp(rule_target_name(before->rule), rule_target_name(rule->rule)) != 0 && !is_ping(before->rule);
	}
	return first;
}

static void add_earlier(const struct redundancy *r, struct strbuf *out, const struct program_rule *before)
{
	if (before != NULL)
		strbuf_printf(out, " (line %u already %s some of what it names)", rule_line(r->m->program, before->rule),
			      before->effect == EFFECT_ACCEPT ? "accepts" : "drops");
}

/* Those that only say what the policy says are told together: one mistake, not one each. */
static void report_by_policy(const struct redundancy *r)
{
	const struct program_rule *first = r->by_policy > 0 ? &r->chain->rules[r->first] : NULL;
	const char *does = chain_policy_drops(r->chain) ? "dropped" : "accepted";

	if (r->by_policy == 1)
		meaning_rule(r->m, DIAG_REDUNDANT_RULE, first->rule, "redundant: packets that reach this rule are %s by the policy anyway%s",
			     does, strbuf_text(&r->taken));
	else if (r->by_policy > 1)
		meaning_rule(r->m, DIAG_REDUNDANT_RULE, first->rule,
			     "redundant: packets that reach this and %u more rules of %s (to line %u) are %s by the policy anyway",
			     r->by_policy - 1, r->chain->chain->name, rule_line(r->m->program, r->chain->rules[r->last].rule), does);
}

static void note_redundant(struct redundancy *r, unsigned index, diagram hit)
{
	const struct program_rule *rule = &r->chain->rules[index], *taker = heir(r, index, hit), *before;
	const char *does = rule->effect == EFFECT_ACCEPT ? "accepted" : "dropped";
	struct strbuf taken = STRBUF_INIT;
	bool contrary;

	if (taker != NULL && r->m->reach->rules[taker->serial].fate != FATE_ALIVE)
		return; /* that one is needless, and is called so; without both the packets would fare otherwise */
	before = earlier(r, index, &contrary);
	if (contrary)
		return;
	add_earlier(r, &taken, before);
	if (taker != NULL) {
		meaning_rule(r->m, DIAG_REDUNDANT_RULE, rule->rule, "redundant: packets that reach this rule are %s by line %u anyway%s", does,
			     rule_line(r->m->program, taker->rule), strbuf_text(&taken));
	} else if ((rule->effect == EFFECT_DROP) != chain_policy_drops(r->chain)) {
		meaning_rule(r->m, DIAG_REDUNDANT_RULE, rule->rule, "redundant: packets that reach this rule are %s by later rules anyway%s",
			     does, strbuf_text(&taken));
	} else {
		if (r->by_policy++ == 0) {
			r->first = index;
			add_earlier(r, &r->taken, before);
		}
		r->last = index;
	}
	strbuf_free(&taken);
}

static void check_rules(struct redundancy *r)
{
	struct diagrams *all = r->flow.diagrams;
	struct box entry = program_entry(r->m->program, r->chain->table, (enum hook)r->chain->chain->hook);
	diagram rest = diagram_and(all, diagram_valid(all), diagram_box(all, &entry));

	look_ahead(r);
	for (unsigned i = 0; i < r->chain->count; i++) {
		const struct program_rule *rule = &r->chain->rules[i];
		diagram hit = r->hit[i] = diagram_and(all, rest, r->set[i]);
		diagram later = is_verdict_rule(rule, "ACCEPT") ? r->accepts[i + 1] : is_verdict_rule(rule, "DROP") ? r->drops[i + 1]
														    : DIAGRAM_EMPTY;

		if (!rule->fresh && hit != DIAGRAM_EMPTY && diagram_minus(all, hit, later) == DIAGRAM_EMPTY && !diagrams_lost(all) &&
		    !is_meant(r->m, rule))
			note_redundant(r, i, hit);
		if (rule_ends_chain(rule))
			rest = diagram_minus(all, rest, r->set[i]);
	}
	report_by_policy(r);
}

void check_redundant(const struct meaning *m)
{
	static const enum hook hooks[] = { HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT };
	struct redundancy *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return;
	r->taken = (struct strbuf)STRBUF_INIT;
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		r->m = m;
		r->by_policy = 0;
		strbuf_reset(&r->taken);
		r->chain = program_hook(m->program, "filter", hooks[i]);
		if (r->chain == NULL || r->chain->looped || r->chain->count == 0 || r->chain->count > RULES_MAX)
			continue;
		if (flow_begin(&r->flow, m->program, NODES_MAX))
			check_rules(r);
		flow_end(&r->flow);
	}
	strbuf_free(&r->taken);
	free(r);
}

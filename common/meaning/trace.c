/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/trace.h"
#include "meaning/index.h"
#include "meaning/rewrite.h"
#include "meaning/stage.h"

#include <linux/if_packet.h>
#include <linux/netfilter/xt_addrtype.h>
#include <string.h>

/* Deeper than any kernel goes (jumpstack of legacy, 16 of nf_tables): a loop. */
#define DEPTH_MAX 256
/* Rules that one packet meets. Chains that call the next one twice, 40 of them, are a trillion: no kernel gets through either. */
#define STEPS_MAX 2000000UL

/*
 * What INPUT sees of unicast packets has been delivered to a local address, and so has a packet in PREROUTING that is
 * described as one for this host. A packet that DNAT changed may have been for another host.
 */
static enum answer addrtype_answer(const struct cond *cond, const struct packet *packet, enum hook hook)
{
	const struct xt_addrtype_info_v1 *info = (const void *)cond->match->data;
	field_value dst = packet->value[FIELD_DST];
	bool unicast = packet->family == FAMILY_IPV6 ? dst >> 120 != 0xff : dst >> 24 < 224;

	bool here = hook == HOOK_INPUT || (hook == HOOK_PREROUTING && packet_knows(packet, FIELD_IN) && !packet->forwarded);

	if (!here || cond->match->kind->revision != 1 || info->source != 0 || !unicast || !packet_knows(packet, FIELD_DST) ||
	    !packet_knows(packet, FIELD_PKTTYPE) || packet->value[FIELD_PKTTYPE] != PACKET_HOST ||
	    (info->flags & ~(unsigned)XT_ADDRTYPE_INVERT_DEST) != 0 || ct_has_dnat((unsigned)packet->value[FIELD_CT]))
		return ANSWER_UNKNOWN;
	return ((info->dest & XT_ADDRTYPE_LOCAL) != 0) != ((info->flags & XT_ADDRTYPE_INVERT_DEST) != 0) ? ANSWER_YES : ANSWER_NO;
}

static enum answer unknown_answer(const struct cond *cond, const struct packet *packet, enum hook hook)
{
	if (cond->match != NULL && strcmp(cond->match->kind->real_name, "addrtype") == 0)
		return addrtype_answer(cond, packet, hook);
	return ANSWER_UNKNOWN;
}

enum answer cond_answer(const struct cond *cond, const struct packet *packet, enum hook hook)
{
	bool known = cond->kind != COND_UNKNOWN && packet_knows(packet, cond->field);
	struct cond one = *cond;

	if (cond->kind == COND_UNKNOWN)
		return unknown_answer(cond, packet, hook);
	if (cond->kind == COND_RANGES && cond->range_count == 0)
		return ANSWER_NO;
	if (cond->other == FIELD_COUNT || (known && packet_knows(packet, cond->other)))
		return !known ? ANSWER_UNKNOWN : cond_holds(cond, packet->value) ? ANSWER_YES : ANSWER_NO;
	one.other = FIELD_COUNT;
	one.field = known ? cond->field : cond->other;
	return packet_knows(packet, one.field) && cond_holds(&one, packet->value) ? ANSWER_YES : ANSWER_UNKNOWN;
}

enum answer rule_answer(const struct program_rule *rule, const struct packet *packet, enum hook hook, const struct cond **cond)
{
	enum answer all = ANSWER_YES;

	*cond = NULL;
	for (unsigned i = 0; i < rule->cond_count; i++) {
		enum answer one = cond_answer(&rule->conds[i], packet, hook);

		if (one == ANSWER_YES || (one == ANSWER_UNKNOWN && all == ANSWER_UNKNOWN))
			continue;
		*cond = &rule->conds[i];
		all = one;
		if (one == ANSWER_NO)
			return one;
	}
	return all;
}

static void tell(struct tracer *tracer, enum step_kind kind, const struct program_chain *chain,
		 const struct program_rule *rule, const struct cond *cond, const struct packet *packet, unsigned depth)
{
	struct trace_step step = { kind, chain, rule, cond, packet, depth };

	if (tracer->step != NULL)
		tracer->step(tracer->ctx, &step);
}

static enum outcome walk(struct tracer *tracer, const struct program_chain *chain, struct packet *packet,
			 unsigned depth);

static enum outcome decide(struct tracer *tracer, const struct program_rule *rule, enum outcome outcome)
{
	if (!tracer->branch) {
		tracer->result.rule = rule;
		tracer->result.chain = rule->chain;
	}
	return outcome;
}

/* *leave: this chain ends here, with the outcome. */
static enum outcome apply(struct tracer *tracer, const struct program_rule *rule, struct packet *packet,
			  unsigned depth, bool *leave)
{
	enum outcome outcome;

	*leave = true;
	switch (rule->effect) {
	case EFFECT_ACCEPT:
		return decide(tracer, rule, OUTCOME_ACCEPT);
	case EFFECT_DROP:
		return decide(tracer, rule, strcmp(rule_target_name(rule->rule), "REJECT") == 0 ? OUTCOME_REJECT : OUTCOME_DROP);
	case EFFECT_QUEUE:
		return decide(tracer, rule, OUTCOME_QUEUE);
	case EFFECT_NAT:
		if (!tracer->branch) {
			rewrite_nat(packet, rule->rule, tracer->hook);
			tell(tracer, STEP_REWRITE, rule->chain, rule, NULL, packet, depth);
		}
		return decide(tracer, rule, OUTCOME_ACCEPT);
	case EFFECT_RETURN:
		return OUTCOME_NONE;
	case EFFECT_GOTO:
		return walk(tracer, rule->to, packet, depth + 1);
	case EFFECT_JUMP:
		outcome = walk(tracer, rule->to, packet, depth + 1);
		*leave = outcome != OUTCOME_NONE;
		return outcome;
	default:
		*leave = false;
		rewrite_other(packet, rule->rule);
		return OUTCOME_NONE;
	}
}

/* In a branch each chain is followed once: chains that call each other twice each would need too many steps. */
static bool may_branch(struct tracer *tracer, const struct program_rule *rule)
{
	if (!tracer->branch || (rule->effect != EFFECT_JUMP && rule->effect != EFFECT_GOTO))
		return true;
	for (unsigned i = 0; i < tracer->branch_count; i++)
		if (tracer->branched[i] == rule->to)
			return false;
	if (tracer->branch_count == TRACE_BRANCHES)
		return false;
	tracer->branched[tracer->branch_count++] = rule->to;
	return true;
}

/* What the branch would change is not known any more. */
static void forget_changes(struct packet *packet, const struct packet *copy)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (copy->value[f] != packet->value[f] || !packet_knows(copy, (enum field)f))
			packet->known &= ~(1U << f);
}

/* What would be if the rule matched; the packet goes on as if it did not. */
static void branch(struct tracer *tracer, const struct program_rule *rule, struct packet *packet, const struct cond *cond,
		   unsigned depth)
{
	struct packet copy = *packet;
	enum outcome outcome;
	bool leave, outer = tracer->branch;

	tell(tracer, STEP_UNKNOWN, rule->chain, rule, cond, packet, depth);
	if (!may_branch(tracer, rule))
		return;
	tracer->branch = true;
	outcome = apply(tracer, rule, &copy, depth, &leave);
	tracer->branch = outer;
	if (outcome == OUTCOME_NONE)
		forget_changes(packet, &copy);
	if (leave && (outcome != OUTCOME_NONE || (!outer && rule->effect != EFFECT_JUMP)) && tracer->could[outcome] == NULL)
		tracer->could[outcome] = rule;
}

/* The next rule that may match, by the index or one by one. */
static uint32_t next_rule(const struct tracer *tracer, const struct program_chain *chain, uint32_t from)
{
	if (tracer->indexed)
		return index_next(chain->index, tracer->point, from);
	return from < chain->count ? from : INDEX_NONE;
}

static bool meet(struct tracer *tracer, const struct program_rule *rule, struct packet *packet, unsigned depth,
		 enum outcome *outcome)
{
	const struct cond *cond;
	enum answer answer = rule_answer(rule, packet, tracer->hook, &cond);
	bool leave = false;

	*outcome = OUTCOME_NONE;
	if (answer == ANSWER_UNKNOWN && tracer->assume != NULL)
		answer = tracer->assume(tracer->ctx, rule, packet, tracer->hook);
	if (answer == ANSWER_YES && (rule->effect == EFFECT_MAYBE || rule->rule->unread))
		answer = ANSWER_UNKNOWN;
	if (answer == ANSWER_NO) {
		tell(tracer, STEP_MISS, rule->chain, rule, cond, packet, depth);
	} else if (answer == ANSWER_UNKNOWN) {
		branch(tracer, rule, packet, cond, depth);
	} else {
		tell(tracer, STEP_MATCH, rule->chain, rule, NULL, packet, depth);
		if (tracer->hits != NULL && !tracer->branch)
			tracer->hits[rule->serial]++;
		*outcome = apply(tracer, rule, packet, depth, &leave);
	}
	return leave;
}

static enum outcome walk(struct tracer *tracer, const struct program_chain *chain, struct packet *packet,
			 unsigned depth)
{
	enum outcome outcome;

	if (depth > DEPTH_MAX)
		return OUTCOME_LOOP;
	for (uint32_t at = next_rule(tracer, chain, 0); at != INDEX_NONE; at = next_rule(tracer, chain, at + 1)) {
		const struct program_rule *rule = &chain->rules[at];

		if (++tracer->steps > STEPS_MAX)
			return OUTCOME_LOOP;
		if (!meet(tracer, rule, packet, depth, &outcome))
			continue;
		return outcome;
	}
	if (chain->chain->hook == 0)
		tell(tracer, STEP_RETURN, chain, NULL, NULL, packet, depth);
	return OUTCOME_NONE;
}

/* The packet as numbers of the space. False: an unknown field matters, so rules are gone through one by one. */
static bool locate(struct tracer *tracer, const struct program_table *table, const struct packet *packet)
{
	const struct space *space = &tracer->program->world->space;

	if (tracer->step != NULL)
		return false;
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (space->field[f].count <= 1)
			tracer->point[f] = 0;
		else if (packet_knows(packet, (enum field)f))
			tracer->point[f] = space_number(space, (enum field)f, packet->value[f]);
		else
			return false;
	}
	for (unsigned c = 0; c < table->count; c++) {
		struct program_chain *chain = &table->chains[c];

		if (chain->index == NULL)
			chain->index = index_new(tracer->program->boxes.item, chain->rules, chain->count, NULL);
		if (chain->index == NULL)
			return false;
	}
	return true;
}

/* One built-in chain. False: the packet ends here. */
static bool pass_chain(struct tracer *tracer, const char *table, enum hook hook, struct packet *packet)
{
	const struct program_chain *chain = program_hook(tracer->program, table, hook);
	struct trace_result before = tracer->result;
	enum outcome outcome;

	if (chain == NULL)
		return true;
	tracer->hook = hook;
	tell(tracer, STEP_CHAIN, chain, NULL, NULL, packet, 0);
	tracer->indexed = locate(tracer, chain->table, packet);
	outcome = walk(tracer, chain, packet, 0);
	if (outcome == OUTCOME_NONE) {
		tell(tracer, STEP_POLICY, chain, NULL, NULL, packet, 0);
		outcome = chain_policy_drops(chain) ? OUTCOME_DROP : OUTCOME_ACCEPT;
		tracer->result.rule = NULL;
		tracer->result.chain = chain;
	}
	tracer->result.outcome = outcome;
	if (outcome == OUTCOME_ACCEPT && before.chain != NULL && strcmp(before.chain->table->table->name, "filter") == 0) {
		tracer->result.rule = before.rule; /* what lets it pass is the filter's rule */
		tracer->result.chain = before.chain;
	}
	return outcome == OUTCOME_ACCEPT;
}

static bool pass_nat(struct tracer *tracer, enum hook hook, struct packet *packet)
{
	const struct program_chain *chain = program_hook(tracer->program, "nat", hook);
	enum ct_state state = ct_state_of((unsigned)packet->value[FIELD_CT]);

	if (state == CT_ESTABLISHED && tracer->translate != NULL)
		tracer->translate(tracer->ctx, packet, hook);
	if (chain == NULL)
		return true;
	if (state != CT_NEW && state != CT_RELATED) {
		tell(tracer, STEP_NO_NAT, chain, NULL, NULL, packet, 0);
		return true;
	}
	return pass_chain(tracer, "nat", hook, packet);
}

/* Connection tracking looks at the packet behind raw: until then it has no state, but on lo, where it had one. */
static bool pass_raw(struct tracer *tracer, enum hook hook, struct packet *packet)
{
	field_value before = packet->value[FIELD_CT];
	bool known = hook == HOOK_PREROUTING && packet->value[FIELD_IN] == value_of_name("lo");
	bool good, certain;

	if (!known)
		packet_set(packet, FIELD_CT, ct_value(CT_INVALID, false, false, false));
	good = pass_chain(tracer, "raw", hook, packet);
	certain = packet_knows(packet, FIELD_CT);
	if (ct_state_of((unsigned)packet->value[FIELD_CT]) != CT_UNTRACKED || known)
		packet_set(packet, FIELD_CT, before);
	if (!certain && !known) /* a rule may have turned tracking off */
		packet->known &= ~(1U << FIELD_CT);
	return good;
}

static bool pass_stage(struct tracer *tracer, const struct stage *stage, enum hook hook, struct packet *packet)
{
	switch (stage->kind) {
	case STAGE_RAW:
		return pass_raw(tracer, hook, packet);
	case STAGE_NAT:
		return pass_nat(tracer, hook, packet);
	default:
		return pass_chain(tracer, stage->table, hook, packet);
	}
}

static bool pass_hook(struct tracer *tracer, enum hook hook, struct packet *packet)
{
	size_t count;
	const struct stage *stages = hook_stages(hook, &count);

	for (size_t i = 0; i < count; i++)
		if (!pass_stage(tracer, &stages[i], hook, packet))
			return false;
	return true;
}

static void route(struct packet *packet, field_value out)
{
	packet_set(packet, FIELD_OUT, out);
	if (packet->forwarded && out == 0)
		packet->known &= ~(1U << FIELD_OUT); /* where the routing table sends it is not known here */
}

static void follow(struct tracer *tracer, struct packet *packet)
{
	field_value out = packet->value[FIELD_OUT];

	if (packet_knows(packet, FIELD_IN) && packet->value[FIELD_IN] == 0) {
		if (pass_hook(tracer, HOOK_OUTPUT, packet))
			pass_hook(tracer, HOOK_POSTROUTING, packet);
		return;
	}
	packet_set(packet, FIELD_OUT, 0);
	if (!pass_hook(tracer, HOOK_PREROUTING, packet))
		return;
	if (!packet->forwarded) {
		pass_hook(tracer, HOOK_INPUT, packet);
		return;
	}
	route(packet, out);
	if (packet_knows(packet, FIELD_TTL) && packet->value[FIELD_TTL] > 0)
		packet->value[FIELD_TTL]--; /* ip_forward, in front of the hook */
	if (pass_hook(tracer, HOOK_FORWARD, packet))
		pass_hook(tracer, HOOK_POSTROUTING, packet);
}

/* Of the rules that could decide otherwise than it was decided, the first in the text. */
static const struct program_rule *first_other(const struct tracer *tracer)
{
	const struct program_rule *first = NULL;

	for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		const struct program_rule *rule = tracer->could[outcome];

		if (rule != NULL && outcome != (unsigned)tracer->result.outcome && (first == NULL || rule->rule->line < first->rule->line))
			first = rule;
	}
	return first;
}

struct trace_result trace_packet(struct tracer *tracer, struct packet *packet)
{
	tracer->result = (struct trace_result){ .outcome = OUTCOME_ACCEPT };
	tracer->branch = false;
	tracer->steps = 0;
	tracer->branch_count = 0;
	memset(tracer->could, 0, sizeof(tracer->could));
	follow(tracer, packet);
	tracer->result.unless = first_other(tracer);
	return tracer->result;
}

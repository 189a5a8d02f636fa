/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Blocks that come too late: a rule that drops what an address sends, behind one that accepts some of it from
 * everyone. Each pair is shown by a packet: the rule in front accepts it, and without such rules it meets the block.
 */
#include "check/checks.h"
#include "check/stranger.h"
#include "check/similar.h"
#include "meaning/witness.h"
#include "model/ext.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 3
#define TRIES_MAX 24        /* rules in front that are tried for one block */
#define STEPS_MAX 30000000UL /* rules that all packets together may meet */

/* --- who ----------------------------------------------------------------------------------------------------- */

/* With dst it may be a set of ports. */
static bool is_source_set(const struct cond *cond)
{
	return cond->match != NULL && strcmp(cond->match->kind->real_name, "set") == 0 && ext_set_lists_source(cond->match);
}

static bool is_mac(const struct cond *cond)
{
	return cond->match != NULL && !cond->negative && strcmp(cond->match->kind->real_name, "mac") == 0;
}

/* At least a prefix of 8 bits, in IPv6 of 16; not loopback, groups or broadcast, which are dropped for quiet. */
static bool is_blocked_range(enum family family, const struct range *range)
{
	unsigned bits = family == FAMILY_IPV6 ? 112 : 24;
	field_value size = range->hi - range->lo;
	field_value first = (field_value)1 << (family == FAMILY_IPV6 ? 112 : 24);
	field_value groups = family == FAMILY_IPV6 ? (field_value)0xfe << 120 : (field_value)224 << 24;
	field_value local = (field_value)127 << 24;

	if (size >= (field_value)1 << bits || range->lo < first || range->lo >= groups)
		return false;
	return family == FAMILY_IPV6 || range->hi < local || range->lo >= local + ((field_value)1 << 24);
}

/* The condition that says whom the rule blocks; NULL: it is no block of somebody. */
static const struct cond *block_who(const struct meaning *m, const struct program_rule *rule)
{
	for (unsigned c = 0; c < rule->cond_count; c++) {
		const struct cond *cond = &rule->conds[c];

		if (is_source_set(cond) || is_mac(cond))
			return cond;
		if (cond->kind != COND_RANGES || cond->other != FIELD_COUNT || cond->range_count == 0)
			continue;
		if (cond->field == FIELD_DST && (rule->chain->hooks & HOOK_INPUT) != 0)
			continue; /* an address of this host's own */
		if (cond->field != FIELD_SRC && cond->field != FIELD_DST)
			continue;
		for (unsigned r = 0; r < cond->range_count; r++)
			if (!is_blocked_range(m->ruleset->family, &cond->ranges[r]))
				return NULL;
		return cond;
	}
	return NULL;
}

static bool is_one_host(const struct cond *who)
{
	return who->kind != COND_RANGES || (who->range_count == 1 && who->ranges[0].lo == who->ranges[0].hi);
}

static bool is_block(const struct meaning *m, const struct program_rule *rule)
{
	return rule->effect == EFFECT_DROP && strcmp(rule->chain->table->table->name, "filter") == 0 &&
	       m->reach->rules[rule->serial].fate == FATE_ALIVE && block_who(m, rule) != NULL;
}

/* --- what accepts in front ------------------------------------------------------------------------------------- */

static bool is_within(const struct cond *inner, const struct cond *outer)
{
	for (unsigned i = 0; i < inner->range_count; i++) {
		bool found = false;

		for (unsigned o = 0; o < outer->range_count; o++)
			found |= inner->ranges[i].lo >= outer->ranges[o].lo && inner->ranges[i].hi <= outer->ranges[o].hi;
		if (!found)
			return false;
	}
	return true;
}

/* A condition by which the rule is an exception from the block, made on purpose. */
static bool is_exception(enum family family, const struct program_rule *rule, const struct cond *cond, const struct cond *who)
{
	field_value groups = family == FAMILY_IPV6 ? (field_value)0xff << 120 : (field_value)224 << 24;

	if (cond->kind == COND_UNKNOWN)
		return cond->match == NULL || !match_is_counted(cond->match);
	if (cond->field == FIELD_MARK || cond->field == FIELD_CTMARK || cond->field == FIELD_ICMP)
		return true;
	if (cond->field == FIELD_SRC)
		return who->field != FIELD_SRC || who->kind != COND_RANGES || is_within(cond, who);
	if (cond->field == FIELD_DST && cond->range_count > 0 && cond->ranges[0].lo >= groups)
		return true; /* what every neighbour may ask all of its neighbours */
	if (cond->field == FIELD_DST && (rule->chain->hooks & HOOK_INPUT) == 0)
		return who->field != FIELD_DST || is_within(cond, who);
	return false;
}

/* Does the rule, or one that calls its chain, accept something that was not meant for whom the block names? */
static bool is_for_everyone(enum family family, const struct program_rule *rule, const struct cond *who, bool *port, bool *in)
{
	for (unsigned c = 0; c < rule->cond_count; c++) {
		if (is_exception(family, rule, &rule->conds[c], who))
			return false;
		*port |= rule->conds[c].field == FIELD_DPORT;
		*in |= rule->conds[c].field == FIELD_IN || rule->conds[c].field == FIELD_OUT;
	}
	return true;
}

static bool is_private(field_value address)
{
	return address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8; /* RFC 1918 */
}

/*
 * A rule for all that passes an interface trusts the network there. It is in front of a block by mistake only if
 * the block is for a host of that network, which is to be told by its address: an inner host that sends, or an outer
 * one that is sent to.
 */
static bool is_host_there(const struct meaning *m, const struct cond *who)
{
	if (is_mac(who))
		return true;
	if (who->kind != COND_RANGES || m->ruleset->family != FAMILY_IPV4 || !is_one_host(who))
		return false;
	return is_private(who->ranges[0].lo) == (who->field == FIELD_SRC);
}

/* Replies to a server that gives addresses, and its questions: no service that anyone is kept from. */
static bool is_dhcp(const struct packet *packet)
{
	field_value port = packet->value[FIELD_DPORT];

	return packet->value[FIELD_PROTO] == IPPROTO_UDP && (port == 67 || port == 68 || port == 546 || port == 547);
}

static bool may_shadow(const struct meaning *m, const struct program_rule *rule, const struct program_rule *block, const struct cond *who)
{
	bool port = false, in = false, everyone = is_for_everyone(m->ruleset->family, rule, who, &port, &in);

	if ((rule->chain->hooks & block->chain->hooks) == 0 || rule->chain->table != block->chain->table ||
	    (rule->chain == block->chain && rule->index > block->index) || !everyone || strcmp(rule->rule->in, "lo") == 0)
		return false;
	for (size_t i = 0; i < rule->chain->callers.len; i++)
		if (!is_for_everyone(m->ruleset->family, rule->chain->callers.item[i], who, &port, &in))
			return false;
	return port || (rule->cond_count > 0 && (!in || is_host_there(m, who)));
}

/* --- packets --------------------------------------------------------------------------------------------------- */

struct blocks {
	const struct meaning *m;
	const struct program_rule *block;
	const struct cond *who;
	const struct program_rule *accepts[TRIES_MAX]; /* that may shadow it */
	unsigned accept_count;
	struct strbuf ports, lines;
	unsigned shown, more;
	const struct program_rule *first; /* in the text, that shadows it */
	struct packet packet;
	unsigned long steps;
};

struct sight {
	const struct program_rule *block, *accept;
	bool met, accepted;
};

/* A limit in the rule that accepts: up to it. */
static void watch(void *ctx, const struct trace_step *step)
{
	struct sight *sight = ctx;
	bool hit = step->kind == STEP_MATCH || step->kind == STEP_UNKNOWN;

	if (hit && step->rule == sight->accept && !sight->met)
		sight->accepted = true;
	if (hit && step->rule == sight->block)
		sight->met = true;
}

static struct sight look(struct blocks *blocks, const struct packet *packet, const struct program_rule *accept)
{
	struct sight sight = { .block = blocks->block, .accept = accept };
	struct tracer tracer = { .program = blocks->m->program, .step = watch, .ctx = &sight };
	struct packet sent = *packet;

	(void)trace_packet(&tracer, &sent);
	blocks->steps += tracer.steps;
	return sight;
}

/* All that may shadow the block are taken out, or put back. */
static void take_out(struct blocks *blocks, enum rule_effect effect)
{
	for (unsigned i = 0; i < blocks->accept_count; i++)
		blocks->m->program->rules[blocks->accepts[i]->serial]->effect = effect;
}

static bool is_shown(struct blocks *blocks, const struct program_rule *accept, const struct packet *packet)
{
	struct tracer tracer = { .program = blocks->m->program };
	struct packet sent = *packet;
	struct trace_result result = trace_packet(&tracer, &sent);
	struct sight sight;

	if (result.outcome != OUTCOME_ACCEPT && !accept->fresh)
		return false;
	sight = look(blocks, packet, accept);
	if (!sight.accepted)
		return false;
	take_out(blocks, EFFECT_NONE);
	sight = look(blocks, packet, NULL);
	take_out(blocks, EFFECT_ACCEPT);
	return sight.met;
}

/* A new packet that both rules match, at a hook that leads to both. */
static bool common_packet(const struct blocks *blocks, const struct program_rule *accept, const struct box *with, unsigned proto,
			  struct packet *packet)
{
	const struct program *program = blocks->m->program;
	enum hook hook = (enum hook)(accept->chain->hooks & blocks->block->chain->hooks);
	struct question question;

	hook = (enum hook)(hook & -(unsigned)hook);
	question = question_at(blocks->m, "filter", hook);
	question_state(&question, CT_NEW);
	question_field(&question, FIELD_PROTO, proto, proto);
	if (proto == IPPROTO_TCP)
		question_field(&question, FIELD_FLAGS, 0x02, 0x02);
	if (!question.good || !box_meet(&question.box, with, &question.box))
		return false;
	*packet = box_packet(program, &question.box);
	return packet->value[FIELD_IN] != value_of_name("lo") && !is_dhcp(packet);
}

static void show(struct blocks *blocks, const struct program_rule *accept, const struct packet *packet)
{
	unsigned proto = (unsigned)packet->value[FIELD_PROTO], line = rule_line(blocks->m->program, accept->rule);
	bool port = false;

	for (unsigned c = 0; c < accept->cond_count; c++)
		port |= accept->conds[c].field == FIELD_DPORT;
	if (blocks->first == NULL) {
		blocks->first = accept;
		blocks->packet = *packet;
	}
	if (blocks->shown == SHOWN_MAX) {
		blocks->more++;
		return;
	}
	strbuf_puts(&blocks->ports, blocks->shown == 0 ? "" : ", ");
	strbuf_puts(&blocks->ports, proto == IPPROTO_TCP ? "tcp" : "udp");
	if (port)
		strbuf_printf(&blocks->ports, " %u", (unsigned)packet->value[FIELD_DPORT]);
	strbuf_printf(&blocks->lines, blocks->shown == 0 ? "%u" : ", %u", line);
	blocks->shown++;
}

static void try_rule(struct blocks *blocks, const struct program_rule *accept)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	const struct boxes *boxes = &blocks->m->program->boxes;
	const struct program_rule *block = blocks->block;
	struct packet packet;
	struct box with;

	for (unsigned a = 0; a < accept->box_count && a < 4; a++)
		for (unsigned b = 0; b < block->box_count && b < 4; b++)
			for (size_t p = 0; p < ARRAY_LEN(protos); p++)
				if (box_meet(&boxes->item[accept->first_box + a], &boxes->item[block->first_box + b], &with) &&
				    common_packet(blocks, accept, &with, protos[p], &packet) && is_shown(blocks, accept, &packet)) {
					show(blocks, accept, &packet);
					return;
				}
}

static bool have_common(const struct program *program, const struct program_rule *a, const struct program_rule *b)
{
	for (unsigned i = 0; i < a->box_count; i++)
		for (unsigned j = 0; j < b->box_count; j++)
			if (box_overlap(&program->boxes.item[a->first_box + i], &program->boxes.item[b->first_box + j]))
				return true;
	return false;
}

static void find_accepts(struct blocks *blocks)
{
	const struct program *program = blocks->m->program;

	for (unsigned i = 0; i < program->rule_count && blocks->accept_count < TRIES_MAX; i++) {
		const struct program_rule *rule = program->rules[i];

		blocks->steps++;
		if (rule->effect == EFFECT_ACCEPT && have_common(program, rule, blocks->block) &&
		    may_shadow(blocks->m, rule, blocks->block, blocks->who) && blocks->m->reach->rules[rule->serial].fate == FATE_ALIVE)
			blocks->accepts[blocks->accept_count++] = rule;
	}
}

/* --- the report ------------------------------------------------------------------------------------------------ */

/* Whom the block names, as people write it. */
static void who_text(struct strbuf *out, const struct blocks *blocks, unsigned run)
{
	if (run > 1)
		strbuf_printf(out, "these %u blocked addresses are", run);
	else if (is_mac(blocks->who))
		strbuf_puts(out, "this blocked hardware address is");
	else if (blocks->who->kind != COND_RANGES)
		strbuf_puts(out, "every address of this set is");
	else {
		field_text(out, blocks->who->field, blocks->packet.value[blocks->who->field], blocks->m->ruleset->family);
		strbuf_puts(out, " is");
	}
}

/* The jump to the block's chain, where all of that chain is too late; else the block. */
static const struct program_rule *place(const struct blocks *blocks)
{
	const struct program_chain *chain = blocks->block->chain;

	if (chain->callers.len == 1 && blocks->first->chain != chain)
		return chain->callers.item[0];
	return blocks->block;
}

static void report(const struct blocks *blocks, unsigned run)
{
	const struct program_rule *at = place(blocks);
	struct strbuf who = STRBUF_INIT, text = STRBUF_INIT, more = STRBUF_INIT;

	who_text(&who, blocks, run);
	packet_text(&text, &blocks->packet);
	if (blocks->more > 0)
		strbuf_printf(&more, " and %u more", blocks->more);
	meaning_rule(blocks->m, DIAG_SHADOWED_BLOCK, at->rule, "%s still accepted on %s by line%s %s%s: move this %s before line %u: for example %s",
		     strbuf_text(&who), strbuf_text(&blocks->ports), blocks->shown > 1 ? "s" : "", strbuf_text(&blocks->lines),
		     strbuf_text(&more), at == blocks->block ? "rule" : "jump", rule_line(blocks->m->program, blocks->first->rule),
		     strbuf_text(&text));
	strbuf_free(&who);
	strbuf_free(&text);
	strbuf_free(&more);
}

/* How many blocks from this one on differ in the address alone. */
static unsigned run_of(const struct meaning *m, const struct program_chain *chain, unsigned first)
{
	unsigned run = 1;

	while (first + run < chain->count && is_block(m, &chain->rules[first + run])) {
		const struct program_rule *a = &chain->rules[first], *b = &chain->rules[first + run];
		int differs = similar_but_one(a, b);

		if (differs < 0 || (a->conds[differs].field != FIELD_SRC && a->conds[differs].field != FIELD_DST) ||
		    !similar_target(a->rule, b->rule))
			break;
		run++;
	}
	return run;
}

/* Returns whether it is said of the whole chain. */
static bool check_block(const struct meaning *m, const struct program_rule *block, unsigned run, unsigned long *steps)
{
	struct blocks blocks = { .m = m, .block = block, .who = block_who(m, block), .ports = STRBUF_INIT, .lines = STRBUF_INIT };
	bool whole;

	find_accepts(&blocks);
	for (unsigned i = 0; i < blocks.accept_count && *steps + blocks.steps < STEPS_MAX; i++)
		try_rule(&blocks, blocks.accepts[i]);
	if (blocks.first != NULL)
		report(&blocks, run);
	whole = blocks.first != NULL && place(&blocks) != block;
	*steps += blocks.steps;
	strbuf_free(&blocks.ports);
	strbuf_free(&blocks.lines);
	return whole;
}

static void check_chain(const struct meaning *m, const struct program_chain *chain, unsigned long *steps)
{
	for (unsigned i = 0; i < chain->count; i++) {
		unsigned run;

		if (*steps >= STEPS_MAX)
			return;
		if (!is_block(m, &chain->rules[i]))
			continue;
		run = run_of(m, chain, i);
		if (check_block(m, &chain->rules[i], run, steps))
			return;
		i += run - 1;
	}
}

void check_blocks(const struct meaning *m)
{
	const struct program_table *filter = program_find_table(m->program, "filter");
	unsigned long steps = 0;

	for (unsigned c = 0; filter != NULL && c < filter->count && steps < STEPS_MAX; c++)
		check_chain(m, &filter->chains[c], &steps);
}

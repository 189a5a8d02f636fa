/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/diff_witness.h"
#include "meaning/region.h"
#include "meaning/witness.h"

#include <string.h>

#define WITNESS_TRIES 16
#define OTHERS_TRIES  32
#define OTHERS_MAX    8

/* --- what the tracer says ------------------------------------------------------------------------------- */

struct following {
	struct witness_fate *fate;
	enum answer (*assume)(void *ctx, const struct program_rule *rule, const struct packet *packet, enum hook hook);
	void *ctx;
	struct packet before; /* NAT: to see whether it changed anything */
};

static enum answer pass_assume(void *ctx, const struct program_rule *rule, const struct packet *packet, enum hook hook)
{
	const struct following *following = ctx;

	return following->assume(following->ctx, rule, packet, hook);
}

static bool same_ends(const struct packet *a, const struct packet *b)
{
	static const enum field fields[] = { FIELD_SRC, FIELD_DST, FIELD_SPORT, FIELD_DPORT };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (packet_knows(a, fields[i]) != packet_knows(b, fields[i]) ||
		    (packet_knows(a, fields[i]) && a->value[fields[i]] != b->value[fields[i]]))
			return false;
	return true;
}

static void note_step(void *ctx, const struct trace_step *step)
{
	struct following *following = ctx;

	if (step->kind != STEP_REWRITE || same_ends(&following->before, step->packet))
		return;
	following->before = *step->packet;
	if (following->fate->nat_count < WITNESS_NAT)
		following->fate->nat[following->fate->nat_count++] = step->rule;
}

struct witness_fate witness_follow(const struct program *program, const struct packet *packet,
				   enum answer (*assume)(void *ctx, const struct program_rule *rule, const struct packet *packet,
							 enum hook hook), void *ctx)
{
	struct witness_fate fate = { .left = *packet };
	struct following following = { &fate, assume, ctx, *packet };
	struct tracer tracer = { .program = program, .step = note_step, .assume = assume != NULL ? pass_assume : NULL, .ctx = &following };

	fate.result = trace_packet(&tracer, &fate.left);
	return fate;
}

static bool is_refused(const struct witness_fate *fate)
{
	return fate->result.outcome == OUTCOME_DROP || fate->result.outcome == OUTCOME_REJECT;
}

static bool same_target(const struct program_rule *a, const struct program_rule *b)
{
	return extension_equal(a != NULL ? a->rule->target : NULL, b != NULL ? b->rule->target : NULL);
}

static bool same_field(const struct witness_fate *a, const struct witness_fate *b, enum field field)
{
	bool known = packet_knows(&a->left, field);

	return known == packet_knows(&b->left, field) && (!known || a->left.value[field] == b->left.value[field]);
}

/* Do both leave with the same ends, made unknown by the same targets where they are not known? */
static bool same_nat(const struct witness_fate *a, const struct witness_fate *b)
{
	if (!same_ends(&a->left, &b->left))
		return false;
	for (unsigned i = 0; i < WITNESS_NAT; i++)
		if (!same_target(a->nat[i], b->nat[i]))
			return false;
	return true;
}

enum diff_class witness_class(const struct witness_fate *old, const struct witness_fate *new)
{
	static const enum field fields[] = { FIELD_MARK, FIELD_CTMARK, FIELD_TOS, FIELD_TTL, FIELD_LENGTH, FIELD_FLAGS, FIELD_CT };
	bool accepted = old->result.outcome == OUTCOME_ACCEPT;

	if (is_refused(old) && is_refused(new))
		return old->result.outcome == new->result.outcome && same_target(old->result.rule, new->result.rule) ? DIFF_CLASSES : DIFF_REJECTED;
	if (is_refused(old) && new->result.outcome == OUTCOME_ACCEPT)
		return DIFF_ACCEPTED;
	if (accepted && is_refused(new))
		return DIFF_REFUSED;
	if (!accepted || new->result.outcome != OUTCOME_ACCEPT)
		return old->result.outcome == new->result.outcome && same_target(old->result.rule, new->result.rule) ? DIFF_CLASSES : DIFF_DECIDED;
	if (!same_nat(old, new))
		return DIFF_TRANSLATED;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (!same_field(old, new, fields[i]))
			return DIFF_MARKED;
	return DIFF_CLASSES;
}

/* --- a packet of a set ---------------------------------------------------------------------------------- */

struct assumption {
	const struct diff *diff;
	const struct diff_witness *witness;
	unsigned side;
};

/* Is the boolean of this match, or of this rule, one that must be true? */
static bool is_assumed(const struct assumption *assumption, const struct cond *cond, const struct program_rule *rule)
{
	const struct program_rule *partner = assumption->diff->align.side[assumption->side].rules[rule->serial].partner;

	for (unsigned i = 0; i < assumption->witness->literal_count; i++) {
		int32_t literal = assumption->witness->literal[i];
		const struct fate_boolean *boolean = literal > 0 ? fates_boolean(&assumption->diff->fates, (unsigned)literal) : NULL;

		if (boolean == NULL || boolean->rule == NULL || (boolean->cond != NULL) != (cond != NULL))
			continue;
		if (cond != NULL ? boolean->identity == cond->var : boolean->rule == rule || (partner != NULL && boolean->rule == partner))
			return true;
	}
	return false;
}

/* As the walk sees the rule: its shared matches one by one, all others together. */
static enum answer assume(void *ctx, const struct program_rule *rule, const struct packet *packet, enum hook hook)
{
	const struct assumption *assumption = ctx;
	unsigned changes = alignment_changes(&assumption->diff->align, rule->chain->table);
	bool vague = rule->rule->unread || rule->effect == EFFECT_MAYBE;

	for (unsigned i = 0; i < rule->cond_count; i++) {
		const struct cond *cond = &rule->conds[i];

		if (cond_answer(cond, packet, hook) != ANSWER_UNKNOWN)
			continue;
		if (cond->kind != COND_UNKNOWN || cond->var == 0 || (cond->depends & changes) != 0)
			vague = true;
		else if (is_assumed(assumption, cond, rule) == cond->negative)
			return ANSWER_NO;
	}
	return !vague || is_assumed(assumption, NULL, rule) ? ANSWER_YES : ANSWER_NO;
}

/* Gives a field a value with which the mask has the wanted answer, of those that no rule tells apart otherwise. */
static void satisfy_mask(const struct diff *diff, struct packet *packet, int32_t literal)
{
	const struct cond *mask = &diff->world.matches.vars.item[abs(literal) - 1].mask;
	field_value old = packet->value[mask->field], value = (old & ~mask->mask) | mask->value;
	const struct space *space = &diff->world.space;

	if (literal < 0)
		value = ((old & mask->mask) == mask->value) ? old ^ (mask->mask & (~mask->mask + 1)) : old;
	if (space_number(space, mask->field, value) == space_number(space, mask->field, old))
		packet->value[mask->field] = value;
}

/* What fw-trace would leave open is said where a rule asks for it. */
static void write_packet(const struct diff *diff, struct diff_witness *witness)
{
	static const struct {
		enum field field;
		size_t unasked; /* the number of values that are told apart if no rule asks */
	} fields[] = { { FIELD_LENGTH, 2 }, { FIELD_TTL, 1 }, { FIELD_TOS, 1 } };
	const char *fault;
	size_t at;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (diff->world.space.field[fields[i].field].count <= fields[i].unasked)
			witness->packet.known &= ~(1U << fields[i].field);
	packet_whole_text(&witness->text, &witness->packet);
	(void)!packet_parse(&witness->packet, strbuf_text(&witness->text), witness->text.len, &fault, &at);
}

static void make_packet(const struct diff *diff, diagram set, struct diff_witness *witness, unsigned which)
{
	const struct program *program = diff->program[ALIGN_NEW];
	struct region_space space = { program, diff->fates.diagrams, diff->care };
	struct box all = box_all(&diff->world.space), point;
	struct witness at;
	uint32_t wanted[FIELD_COUNT];
	diagram bools;

	if (which == 0)
		box_usual(program, &all, wanted);
	else
		box_corner(&all, which + 2, wanted);
	point = diagram_some(diff->fates.diagrams, which == 0 ? region_usual(&space, set) : set, wanted);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		at.point[f] = point.dim[f].lo;
	witness->packet = witness_packet(program, &at);
	witness->literal_count = 0;
	bools = diagram_at(diff->fates.diagrams, set, at.point);
	while (bools > DIAGRAM_FULL) {
		int32_t literal = diagram_literal(diff->fates.diagrams, &bools);

		if (fates_boolean(&diff->fates, (unsigned)abs(literal)) == NULL)
			satisfy_mask(diff, &witness->packet, literal);
		else if (witness->literal_count < WITNESS_LITERALS)
			witness->literal[witness->literal_count++] = literal;
	}
	strbuf_reset(&witness->text);
	write_packet(diff, witness);
}

static void follow_both(const struct diff *diff, struct diff_witness *witness, bool with_assumptions)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		struct assumption assumption = { diff, witness, s };

		witness->fate[s] = witness_follow(diff->program[s], &witness->packet, with_assumptions ? assume : NULL, &assumption);
	}
}

void diff_witness_find(const struct diff *diff, enum diff_class class, diagram set, struct diff_witness *witness)
{
	*witness = (struct diff_witness){ .text = STRBUF_INIT };
	for (unsigned which = 0; which < WITNESS_TRIES && !witness->verified; which++) {
		make_packet(diff, set, witness, which);
		follow_both(diff, witness, false);
		witness->sure = witness->verified = witness_class(&witness->fate[0], &witness->fate[1]) == class;
		if (witness->sure)
			return;
		follow_both(diff, witness, true);
		witness->verified = witness_class(&witness->fate[0], &witness->fate[1]) == class;
	}
	if (!witness->verified)
		make_packet(diff, set, witness, 0);
}

/* --- who decides besides ------------------------------------------------------------------------------------ */

struct deciders {
	const void *seen[OTHERS_MAX]; /* rules, or chains of a policy; the witness's own first */
	unsigned count;
};

static void add_decider(struct deciders *deciders, const struct witness_fate *fate)
{
	const void *decider = fate->result.rule;

	if (decider == NULL)
		decider = fate->result.chain;
	for (unsigned i = 0; i < deciders->count; i++)
		if (deciders->seen[i] == decider)
			return;
	if (deciders->count < OTHERS_MAX)
		deciders->seen[deciders->count++] = decider;
}

struct other_deciders diff_witness_others(const struct diff *diff, enum diff_class class, diagram set, const struct diff_witness *witness)
{
	struct deciders deciders[ALIGN_SIDES] = { { .count = 0 }, { .count = 0 } };
	struct other_deciders others;

	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		add_decider(&deciders[s], &witness->fate[s]);
	for (unsigned which = 1; which <= OTHERS_TRIES; which++) {
		struct diff_witness other = { .text = STRBUF_INIT };

		make_packet(diff, set, &other, which);
		follow_both(diff, &other, true);
		for (unsigned s = 0; s < ALIGN_SIDES && witness_class(&other.fate[0], &other.fate[1]) == class; s++)
			add_decider(&deciders[s], &other.fate[s]);
		diff_witness_free(&other);
	}
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		others.count[s] = deciders[s].count - 1;
	return others;
}

/* --- by trying ------------------------------------------------------------------------------------------ */

/* A number below `count`; the state is as after the last one. */
static uint32_t draw(uint64_t *state, uint32_t count)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)((*state >> 32) * count >> 32);
}

/* Takes out combinations that there cannot be. False: this is none that comes here. */
static bool make_possible(const struct diff *diff, struct packet *packet)
{
	unsigned proto = (unsigned)packet->value[FIELD_PROTO], ct = (unsigned)packet->value[FIELD_CT];
	unsigned icmp = diff->world.space.family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	if (!proto_has_ports(proto))
		packet->value[FIELD_SPORT] = packet->value[FIELD_DPORT] = 0;
	if (proto != icmp)
		packet->value[FIELD_ICMP] = 0;
	if (proto != IPPROTO_TCP)
		packet->value[FIELD_FLAGS] = 0x02;
	packet->value[FIELD_MARK] = packet->value[FIELD_FRAGMENT] = 0;
	if (!ct_possible(ct) || ct_state_of(ct) == CT_UNTRACKED || (ct_state_of(ct) == CT_NEW && (ct_has_snat(ct) || ct_has_dnat(ct))))
		packet->value[FIELD_CT] = ct_value(CT_NEW, false, false, false);
	return (packet->value[FIELD_IN] != 0 || packet->value[FIELD_OUT] != 0) && packet->value[FIELD_PKTTYPE] <= 3 &&
	       packet->value[FIELD_LENGTH] <= 65535;
}

bool diff_witness_search(const struct diff *diff, unsigned tries, struct diff_witness *witness, enum diff_class *class)
{
	uint64_t state = 1;

	*witness = (struct diff_witness){ .text = STRBUF_INIT };
	for (unsigned i = 0; i < tries && diff->cut.len > 0; i++) {
		const struct box *box = &diff->cut.item[draw(&state, (uint32_t)diff->cut.len)];
		struct witness at;

		for (unsigned f = 0; f < FIELD_COUNT; f++)
			at.point[f] = box->dim[f].lo + draw(&state, box->dim[f].hi - box->dim[f].lo + 1);
		witness->packet = witness_packet(diff->program[ALIGN_NEW], &at);
		if (!make_possible(diff, &witness->packet))
			continue;
		strbuf_reset(&witness->text);
		write_packet(diff, witness); /* as fw-trace will read it */
		follow_both(diff, witness, false);
		*class = witness_class(&witness->fate[ALIGN_OLD], &witness->fate[ALIGN_NEW]);
		witness->sure = witness->verified = *class != DIFF_CLASSES;
		if (witness->sure)
			return true;
	}
	return false;
}

void diff_witness_free(struct diff_witness *witness)
{
	strbuf_free(&witness->text);
}

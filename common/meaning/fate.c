/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/fate.h"
#include "meaning/effect.h"
#include "meaning/rewrite.h"
#include "meaning/stage.h"

#include <string.h>

#define BIT(field) (1U << (field))
/* Rules that sets of packets meet, calls of chains counted each time. */
#define STEPS_MAX 20000000UL
#define DEPTH_MAX 256

/* --- what the programs share -------------------------------------------------------------------------- */

/* One hop less at FORWARD: a test of the TTL there has its borders one higher. */
static void note_hop(struct world *world, const struct cond *cond)
{
	for (unsigned i = 0; i < cond->range_count && cond->field == FIELD_TTL; i++)
		for (unsigned end = 0; end < 2; end++)
			space_note_value(&world->space, FIELD_TTL, (end == 0 ? cond->ranges[i].lo : cond->ranges[i].hi) + 1);
}

static void note_range(struct world *world, enum field field, struct range range)
{
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };

	space_note(&world->space, &cond);
}

/* Packets that already are as NAT would make them are told apart. */
static void note_nat(struct world *world, const struct rule *rule)
{
	for (unsigned early = 0; early < 2; early++) {
		struct nat_range range;

		if (!nat_range_of(rule, world->space.family, early ? HOOK_PREROUTING : HOOK_POSTROUTING, &range))
			return;
		if (range.has_addr)
			note_range(world, range.destination ? FIELD_DST : FIELD_SRC, range.addr);
		if (range.has_port)
			note_range(world, range.destination ? FIELD_DPORT : FIELD_SPORT, range.port);
	}
}

static void note_rule(struct world *world, const struct program_rule *rule)
{
	field_value value[FIELD_COUNT];
	unsigned written = effect_changes(rule->rule) != 0 ? fate_constants(rule, world->space.family, value) : 0;

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		for (unsigned hop = 0; hop < 2 && (written & BIT(f)) != 0; hop++)
			if (value[f] + hop <= field_max((enum field)f, world->space.family))
				space_note_value(&world->space, (enum field)f, value[f] + hop);
	if ((written & BIT(FIELD_MARK)) != 0) /* it may be saved */
		space_note_value(&world->space, FIELD_CTMARK, value[FIELD_MARK]);
	for (unsigned i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].kind == COND_RANGES)
			note_hop(world, &rule->conds[i]);
	if (rule->effect == EFFECT_NAT)
		note_nat(world, rule->rule);
}

/* Values that every comparison speaks of. */
static void note_usual(struct world *world)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP, IPPROTO_DCCP, IPPROTO_ICMP,
					   IPPROTO_ICMPV6 };
	struct space *space = &world->space;

	for (unsigned value = 0; value < CT_VALUE_COUNT; value++)
		if (ct_possible(value))
			space_note_value(space, FIELD_CT, value);
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		space_note_value(space, FIELD_PROTO, protos[i]);
	space_note_value(space, FIELD_PKTTYPE, 0);
	space_note_value(space, FIELD_FLAGS, 0x02); /* syn */
	space_note_value(space, FIELD_FLAGS, 0x10); /* ack */
	space_note_value(space, FIELD_MARK, 0);
	space_note_value(space, FIELD_CTMARK, 0);
	space_note_value(space, FIELD_DST, space->family == FAMILY_IPV6 ? (field_value)0xff << 120 : 0xe0000000); /* multicast */
	space_note_value(space, FIELD_IN, value_of_name("lo"));
	space_note_value(space, FIELD_DPORT, 0);
	space_note_value(space, FIELD_SPORT, 0);
}

void fates_note(struct world *world, const struct program *program)
{
	note_usual(world);
	for (unsigned t = 0; t < program->table_count; t++)
		for (unsigned c = 0; c < program->tables[t].count; c++)
			for (unsigned r = 0; r < program->tables[t].chains[c].count; r++)
				note_rule(world, &program->tables[t].chains[c].rules[r]);
}

bool fates_begin(struct fates *fates, struct world *world, struct alignment *align, size_t limit)
{
	struct fate_state state = { .known = BIT(FIELD_MARK) };

	*fates = (struct fates){ .world = world, .align = align };
	fates->diagrams = diagrams_new(&world->space, limit);
	return fates->diagrams != NULL && vec_push(&fates->states, state);
}

void fates_end(struct fates *fates)
{
	diagrams_free(fates->diagrams);
	vec_free(&fates->states);
	vec_free(&fates->targets);
	vec_free(&fates->booleans);
	vec_free(&fates->buckets);
}

diagram fate_path_set(const struct fates *fates, enum fate_path way)
{
	struct box box = box_all(&fates->world->space);

	if (way == PATH_OUT)
		box.dim[FIELD_IN].hi = 0;
	else
		box.dim[FIELD_IN].lo = 1;
	if (way == PATH_IN)
		box.dim[FIELD_OUT].hi = 0;
	else
		box.dim[FIELD_OUT].lo = 1;
	return diagram_box(fates->diagrams, &box);
}

/* --- ends --------------------------------------------------------------------------------------------- */

static void end_packets(struct fate_walk *walk, struct fate_end end, diagram set)
{
	struct diagrams *all = walk->fates->diagrams;

	if (set == DIAGRAM_EMPTY)
		return;
	for (size_t i = 0; i < walk->parts.len; i++) {
		struct fate_part *part = &walk->parts.item[i];

		if (part->end.kind != end.kind || part->end.target != end.target || part->end.state != end.state)
			continue;
		part->set = diagram_or(all, part->set, set);
		return;
	}
	if (!vec_push(&walk->parts, (struct fate_part){ end, set }))
		walk->fates->no_memory = true;
}

static void end_by_rule(struct fate_walk *walk, const struct program_rule *rule, diagram set)
{
	struct fate_end end = { .kind = FATE_DROPPED };

	if (rule->effect == EFFECT_QUEUE)
		end.kind = FATE_QUEUED;
	else if (rule->effect == EFFECT_MAYBE)
		end.kind = FATE_UNKNOWN;
	else if (strcmp(rule_target_name(rule->rule), "REJECT") == 0)
		end.kind = FATE_REJECTED;
	if (end.kind != FATE_DROPPED)
		end.target = fates_target(walk->fates, rule->rule->target);
	end_packets(walk, end, set);
}

/* --- chains ------------------------------------------------------------------------------------------- */

static void walk_chain(struct fate_walk *walk, const struct program_chain *chain, struct fate_flow flow, unsigned depth,
		       struct fate_flows *back);

/* Fields of which the rule's boxes say nothing about the packet as it came. */
static unsigned unlike_boxes(const struct fate_walk *walk, const struct fate_state *state)
{
	unsigned fields = state->known | state->lost | BIT(FIELD_MARK);

	if (state->ct_bits != 0)
		fields |= BIT(FIELD_CT);
	if (state->hopped)
		fields |= BIT(FIELD_TTL);
	if (walk->hook == HOOK_PREROUTING)
		fields |= BIT(FIELD_OUT);
	return fields;
}

/* Most rules have nothing to do with the packets that are asked about: seen without a diagram. */
static bool concerns(const struct fate_walk *walk, const struct program_rule *rule, unsigned unlike)
{
	const struct box *boxes = walk->side->program->boxes.item;

	if (walk->near == NULL || walk->near->len > 64)
		return rule->box_count > 0 || rule->rule->unread || unlike != 0;
	for (size_t n = 0; n < walk->near->len; n++) {
		struct box near = walk->near->item[n];

		for (unsigned f = 0; f < FIELD_COUNT; f++)
			if ((unlike & BIT(f)) != 0)
				near.dim[f] = (struct span){ 0, UINT32_MAX };
		for (unsigned b = 0; b < rule->box_count; b++)
			if (box_overlap(&boxes[rule->first_box + b], &near))
				return true;
	}
	return false;
}

/* One rule, for one state. Returns the packets that go on behind it in the same state. */
static diagram walk_rule(struct fate_walk *walk, const struct program_rule *rule, struct fate_flow flow, unsigned depth,
			 struct fate_flows *later, struct fate_flows *back)
{
	struct fates *fates = walk->fates;
	diagram match = fate_rule_set(walk, rule, flow.state), hit = diagram_and(fates->diagrams, flow.set, match);
	diagram rest = diagram_minus(fates->diagrams, flow.set, match);
	struct fate_flow inner = { flow.state, hit };

	if (hit == DIAGRAM_EMPTY)
		return flow.set;
	if (alignment_counts(walk->side, rule))
		walk->hits[rule->serial] = diagram_or(fates->diagrams, walk->hits[rule->serial], hit);
	switch (rule->effect) {
	case EFFECT_NONE:
		return fate_rewrite(walk, rule, flow.state, hit, later) ? rest : flow.set;
	case EFFECT_ACCEPT:
		flows_add(fates, &walk->accepted, flow.state, hit);
		return rest;
	case EFFECT_NAT:
		fate_nat(walk, rule, flow.state, hit, &walk->accepted);
		return rest;
	case EFFECT_RETURN:
		flows_add(fates, back, flow.state, hit);
		return rest;
	case EFFECT_JUMP:
		walk_chain(walk, rule->to, inner, depth + 1, later);
		return rest;
	case EFFECT_GOTO:
		walk_chain(walk, rule->to, inner, depth + 1, back);
		return rest;
	default:
		end_by_rule(walk, rule, hit);
		return rest;
	}
}

/* A rule that does nothing to a packet: it counts or logs. */
static bool is_idle(const struct program_rule *rule)
{
	return rule->effect == EFFECT_NONE && effect_changes(rule->rule) == 0;
}

static bool is_empty(const struct fate_flows *flows)
{
	for (size_t i = 0; i < flows->len; i++)
		if (flows->item[i].set != DIAGRAM_EMPTY)
			return false;
	return true;
}

/* Adds what comes back from the chain. */
static void walk_chain(struct fate_walk *walk, const struct program_chain *chain, struct fate_flow flow, unsigned depth,
		       struct fate_flows *back)
{
	struct fates *fates = walk->fates;
	struct fate_flows now = { 0 };

	if (chain->looped || depth > DEPTH_MAX || walk->steps > STEPS_MAX) {
		end_packets(walk, (struct fate_end){ .kind = FATE_LOOP }, flow.set);
		return;
	}
	flows_add(fates, &now, flow.state, flow.set);
	for (unsigned i = 0; i < chain->count && !is_empty(&now) && !diagrams_lost(fates->diagrams); i++) {
		struct fate_flows later = { 0 };

		if (is_idle(&chain->rules[i]))
			continue;
		for (size_t k = 0; k < now.len; k++) {
			walk->steps++;
			if (now.item[k].set != DIAGRAM_EMPTY &&
			    concerns(walk, &chain->rules[i], unlike_boxes(walk, &fates->states.item[now.item[k].state])))
				now.item[k].set = walk_rule(walk, &chain->rules[i], now.item[k], depth, &later, back);
		}
		for (size_t k = 0; k < later.len; k++)
			flows_add(fates, &now, later.item[k].state, later.item[k].set);
		vec_free(&later);
	}
	for (size_t k = 0; k < now.len; k++)
		flows_add(fates, back, now.item[k].state, now.item[k].set);
	vec_free(&now);
}

/* One built-in chain: *flows becomes what is accepted there. */
static void pass_chain(struct fate_walk *walk, const char *table, enum hook hook, struct fate_flows *flows)
{
	const struct program_chain *chain = program_hook(walk->side->program, table, hook);
	struct fate_flows back = { 0 };
	struct fates *fates = walk->fates;

	if (chain == NULL)
		return;
	walk->hook = hook;
	walk->accepted = (struct fate_flows){ 0 };
	for (size_t i = 0; i < flows->len; i++)
		walk_chain(walk, chain, flows->item[i], 0, &back);
	for (size_t i = 0; i < back.len; i++) {
		diagram *ended = &walk->ends[alignment_chain_of(walk->side, chain) - walk->side->chains];

		*ended = diagram_or(fates->diagrams, *ended, back.item[i].set);
		if (chain_policy_drops(chain))
			end_packets(walk, (struct fate_end){ .kind = FATE_DROPPED }, back.item[i].set);
		else
			flows_add(fates, &walk->accepted, back.item[i].state, back.item[i].set);
	}
	vec_free(&back);
	vec_free(flows);
	*flows = walk->accepted;
}

/* --- tables ------------------------------------------------------------------------------------------- */

/* Changes the states of flows one by one. */
static void restate(struct fate_walk *walk, struct fate_flows *flows, void (*change)(struct fate_state *state, unsigned arg), unsigned arg)
{
	struct fate_flows out = { 0 };

	for (size_t i = 0; i < flows->len; i++) {
		struct fate_state state = walk->fates->states.item[flows->item[i].state];

		change(&state, arg);
		flows_add(walk->fates, &out, fates_state(walk->fates, &state), flows->item[i].set);
	}
	vec_free(flows);
	*flows = out;
}

static void without_state(struct fate_state *state, unsigned arg)
{
	(void)arg;
	state->known |= BIT(FIELD_CT);
	state->value[FIELD_CT] = ct_value(CT_INVALID, false, false, false);
}

/* Tracking looks at the packet: only a packet that is not to be tracked keeps what raw made of it. */
static void with_state(struct fate_state *state, unsigned looped)
{
	if (looped || ct_state_of((unsigned)state->value[FIELD_CT]) != CT_UNTRACKED)
		state->known &= ~BIT(FIELD_CT);
}

/* Adds the flows of one list to another. */
static void take_flows(struct fate_walk *walk, struct fate_flows *to, struct fate_flows *from)
{
	for (size_t i = 0; i < from->len; i++)
		flows_add(walk->fates, to, from->item[i].state, from->item[i].set);
	vec_free(from);
}

/* Takes the packets of the set off the flows. */
static struct fate_flows split(struct fate_walk *walk, struct fate_flows *flows, diagram set)
{
	struct fate_flows taken = { 0 };
	struct diagrams *all = walk->fates->diagrams;

	for (size_t i = 0; i < flows->len; i++) {
		flows_add(walk->fates, &taken, flows->item[i].state, diagram_and(all, flows->item[i].set, set));
		flows->item[i].set = diagram_minus(all, flows->item[i].set, set);
	}
	return taken;
}

static void pass_raw(struct fate_walk *walk, enum hook hook, struct fate_flows *flows)
{
	field_value lo = value_of_name("lo");
	struct fate_flows looped = { 0 };

	if (program_hook(walk->side->program, "raw", hook) == NULL)
		return;
	if (hook == HOOK_PREROUTING)
		looped = split(walk, flows, fate_range(walk->fates, FIELD_IN, lo, lo));
	restate(walk, flows, without_state, 0);
	pass_chain(walk, "raw", hook, flows);
	restate(walk, flows, with_state, false);
	pass_chain(walk, "raw", hook, &looped);
	restate(walk, &looped, with_state, true);
	take_flows(walk, flows, &looped);
}

static void pass_nat(struct fate_walk *walk, enum hook hook, struct fate_flows *flows)
{
	struct fate_flows first = { 0 }, others = { 0 };
	struct diagrams *all = walk->fates->diagrams;
	diagram opens = DIAGRAM_EMPTY;

	for (unsigned value = 0; value < CT_VALUE_COUNT; value++)
		if (ct_possible(value) && (ct_state_of(value) == CT_NEW || ct_state_of(value) == CT_RELATED))
			opens = diagram_or(all, opens, fate_range(walk->fates, FIELD_CT, value, value));
	for (size_t i = 0; i < flows->len; i++) {
		struct fate_flow flow = flows->item[i];
		bool untracked = (walk->fates->states.item[flow.state].known & BIT(FIELD_CT)) != 0;

		flows_add(walk->fates, &first, flow.state, untracked ? DIAGRAM_EMPTY : diagram_and(all, flow.set, opens));
		flows_add(walk->fates, &others, flow.state, untracked ? flow.set : diagram_minus(all, flow.set, opens));
	}
	pass_chain(walk, "nat", hook, &first);
	vec_free(flows);
	*flows = others;
	take_flows(walk, flows, &first);
}

static unsigned hook_number(enum hook hook)
{
	return (unsigned)__builtin_ctz((unsigned)hook);
}

static void pass_hook(struct fate_walk *walk, enum hook hook, struct fate_flows *flows)
{
	size_t count;
	const struct stage *stages = hook_stages(hook, &count);

	for (size_t i = 0; i < count; i++) {
		walk->stage = hook_number(hook) * 8 + (unsigned)i + 1;
		if (stages[i].kind == STAGE_RAW)
			pass_raw(walk, hook, flows);
		else if (stages[i].kind == STAGE_NAT)
			pass_nat(walk, hook, flows);
		else
			pass_chain(walk, stages[i].table, hook, flows);
	}
}

static void here(struct fate_state *state, unsigned forwarded)
{
	state->forwarded = forwarded != 0;
	state->known |= BIT(FIELD_OUT);
	state->value[FIELD_OUT] = 0;
}

/* Where the packet leaves is what it said as it came; one for this host that DNAT sends on did not say. */
static void route(struct fate_state *state, unsigned way)
{
	state->known &= ~BIT(FIELD_OUT);
	if (way == PATH_IN)
		state->lost |= BIT(FIELD_OUT);
	if ((state->known & BIT(FIELD_TTL)) != 0)
		state->value[FIELD_TTL] -= state->value[FIELD_TTL] > 0;
	else
		state->hopped = true;
}

static void accept_packets(struct fate_walk *walk, struct fate_flows *flows)
{
	for (size_t i = 0; i < flows->len; i++)
		end_packets(walk, (struct fate_end){ FATE_ACCEPTED, 0, fate_final(walk->fates, flows->item[i].state) },
			    flows->item[i].set);
	vec_free(flows);
}

static void follow_in(struct fate_walk *walk, enum fate_path way, struct fate_flows *flows)
{
	struct fate_flows local = { 0 }, onward = { 0 };

	restate(walk, flows, here, way == PATH_THROUGH);
	pass_hook(walk, HOOK_PREROUTING, flows);
	for (size_t i = 0; i < flows->len; i++)
		flows_add(walk->fates, walk->fates->states.item[flows->item[i].state].forwarded ? &onward : &local,
			  flows->item[i].state, flows->item[i].set);
	vec_free(flows);
	pass_hook(walk, HOOK_INPUT, &local);
	accept_packets(walk, &local);
	restate(walk, &onward, route, way);
	pass_hook(walk, HOOK_FORWARD, &onward);
	pass_hook(walk, HOOK_POSTROUTING, &onward);
	accept_packets(walk, &onward);
}

bool fate_walk(struct fate_walk *walk, diagram set)
{
	struct diagrams *all = walk->fates->diagrams;

	walk->parts.len = 0;
	if (walk->hits == NULL)
		walk->hits = calloc(walk->side->program->rule_count + 1, sizeof(*walk->hits));
	if (walk->ends == NULL)
		walk->ends = calloc(walk->side->chain_count + 1, sizeof(*walk->ends));
	if (walk->hits == NULL || walk->ends == NULL)
		return false;
	for (enum fate_path way = PATH_IN; way < PATH_COUNT && !diagrams_lost(all); way++) {
		struct fate_flows flows = { 0 };

		flows_add(walk->fates, &flows, 0, diagram_and(all, set, fate_path_set(walk->fates, way)));
		if (way != PATH_OUT) {
			follow_in(walk, way, &flows);
			continue;
		}
		pass_hook(walk, HOOK_OUTPUT, &flows);
		pass_hook(walk, HOOK_POSTROUTING, &flows);
		accept_packets(walk, &flows);
	}
	return !walk->fates->no_memory && !diagrams_lost(all);
}

void fate_walk_end(struct fate_walk *walk)
{
	vec_free(&walk->parts);
	free(walk->hits);
	free(walk->ends);
}

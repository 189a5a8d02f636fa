/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/witness.h"
#include "meaning/index.h"

#include <string.h>

#define DEPTH_MAX 64
/* Steps of the search for one rule: beyond, others have to answer. */
#define STEPS_MAX 2000

/*
 * Does the rule match the point for certain? Booleans that nobody decided are decided so that it does
 * not, where there is room to remember it.
 */
static bool surely_matches(const struct program *program, struct witness *witness, const struct program_rule *rule)
{
	const struct box *box;
	bool full = false;

	if (rule->fresh)
		return false;
	if (rule->box_count == 0)
		return false;
	box = &program->boxes.item[rule->first_box]; /* all boxes of a rule have the same literals */
	for (uint32_t i = 0; i < box->literal_count; i++)
		if (box_require(&witness->bools, -box->literal[i], &full))
			return false;
	return true;
}

/* Can it match: the booleans that it needs are decided so, where they are open. */
static bool can_match(const struct program *program, struct witness *witness, const struct program_rule *rule)
{
	const struct box *box = &program->boxes.item[rule->first_box];
	struct box bools = witness->bools;
	bool full = false;

	for (uint32_t i = 0; i < box->literal_count; i++)
		if (!box_require(&bools, box->literal[i], &full))
			return false;
	witness->bools = bools;
	return true;
}

static bool returns(struct program *program, struct witness *witness, struct program_chain *chain, unsigned depth);

/* The rule stops the packet for certain, whatever comes behind it. */
static bool stops(struct program *program, struct witness *witness, const struct program_rule *rule, unsigned depth)
{
	switch (rule->effect) {
	case EFFECT_NONE: case EFFECT_MAYBE:
		return false;
	case EFFECT_JUMP:
		return surely_matches(program, witness, rule) && !returns(program, witness, rule->to, depth + 1);
	default:
		return surely_matches(program, witness, rule);
	}
}

/* A rule of unknown answer is taken as matching where that is of use, unless its booleans are decided otherwise. */
static bool takes(struct program *program, struct witness *witness, const struct program_rule *rule)
{
	return rule->fresh ? can_match(program, witness, rule) : surely_matches(program, witness, rule);
}

static bool find_returns(struct program *program, struct witness *witness, struct program_chain *chain, unsigned depth)
{
	uint32_t at;

	for (at = chain_next(program, chain, witness->point, 0); at != INDEX_NONE;
	     at = chain_next(program, chain, witness->point, at + 1)) {
		const struct program_rule *rule = &chain->rules[at];

		if (rule->effect == EFFECT_RETURN && takes(program, witness, rule))
			return true;
		if (rule->effect == EFFECT_GOTO && takes(program, witness, rule)) {
			if (returns(program, witness, rule->to, depth + 1))
				return true;
			if (!rule->fresh)
				return false;
		} else if (rule->effect != EFFECT_RETURN && stops(program, witness, rule, depth)) {
			return false;
		}
	}
	return true;
}

/*
 * May a packet that entered the chain come back from it? Found out once a packet, or chains that call each other
 * twice would double the work at each depth: what was decided of the booleans on the way stays decided, so the
 * answer stays the same.
 */
static bool returns(struct program *program, struct witness *witness, struct program_chain *chain, unsigned depth)
{
	if (depth > DEPTH_MAX)
		return false;
	if (chain->asked != program->packets) {
		chain->returns = find_returns(program, witness, chain, depth);
		chain->asked = program->packets;
	}
	return chain->returns;
}

/* Does a packet at this point, with booleans still open, get to the rule from the beginning of its chain? */
static bool passes(struct program *program, struct witness *witness, const struct program_rule *rule)
{
	struct program_chain *chain = rule->chain;

	for (uint32_t at = chain_next(program, chain, witness->point, 0); at < rule->index;
	     at = chain_next(program, chain, witness->point, at + 1))
		if (stops(program, witness, &chain->rules[at], 0))
			return false;
	return !program->no_memory;
}

/* --- from a hook ------------------------------------------------------------------------------------ */

struct search {
	struct program *program;
	const struct program_rule *path[DEPTH_MAX]; /* the rule, then the call of its chain, and so on up */
	unsigned depth;
	unsigned steps, samples;
};

/* The packet passes every chain on the path, and matches every call. From the hook down, as it goes. */
static bool try_point(struct search *search, const struct box *box, unsigned which, struct witness *witness)
{
	*witness = (struct witness){ .bools = *box };
	search->program->packets++;
	box_corner(box, which, witness->point);
	for (unsigned i = search->depth; i-- > 0;) {
		search->steps++;
		if (!passes(search->program, witness, search->path[i]) ||
		    !can_match(search->program, witness, search->path[i]))
			return false;
	}
	return true;
}

static bool try_path(struct search *search, const struct box *box, struct witness *witness)
{
	for (unsigned which = 0; which < search->samples && search->steps < STEPS_MAX; which++)
		if (try_point(search, box, which, witness))
			return true;
	return false;
}

static bool climb(struct search *search, const struct program_chain *chain, const struct box *box,
		  struct witness *witness);

static bool climb_caller(struct search *search, const struct program_rule *call, const struct box *box,
			 struct witness *witness)
{
	bool found = false;

	if (search->depth == DEPTH_MAX)
		return false;
	search->path[search->depth++] = call;
	for (unsigned b = 0; b < call->box_count && !found && search->steps < STEPS_MAX; b++) {
		struct box meet;

		search->steps++;
		if (box_meet(box, &search->program->boxes.item[call->first_box + b], &meet))
			found = climb(search, call->chain, &meet, witness);
	}
	search->depth--;
	return found;
}

static bool climb(struct search *search, const struct program_chain *chain, const struct box *box,
		  struct witness *witness)
{
	if (chain->chain->hook != 0) {
		struct box entry = program_entry(search->program, chain->table, (enum hook)chain->chain->hook), meet;

		return box_meet(box, &entry, &meet) && try_path(search, &meet, witness);
	}
	for (size_t i = 0; i < chain->callers.len && search->steps < STEPS_MAX; i++)
		if (chain->callers.item[i]->chain->hooks != 0 &&
		    climb_caller(search, chain->callers.item[i], box, witness))
			return true;
	return false;
}

bool witness_find(struct program *program, const struct program_rule *rule, const struct box *box, unsigned samples,
		  struct witness *witness)
{
	struct search search = { .program = program, .path = { rule }, .depth = 1, .samples = samples };

	return climb(&search, rule->chain, box, witness);
}

/* --- as a packet ------------------------------------------------------------------------------------ */

struct packet witness_packet(const struct program *program, const struct witness *witness)
{
	struct packet packet = { .family = program->ruleset->family };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		packet_set(&packet, (enum field)f, space_sample(&program->world->space, (enum field)f, witness->point[f]));
	packet.forwarded = packet.value[FIELD_IN] != 0 && packet.value[FIELD_OUT] != 0;
	return packet;
}

/* Documentation addresses; tcp, new, a high port: what reads as a usual packet. */
static field_value usual_value(const struct space *space, enum field field)
{
	field_value doc6 = (field_value)0x20010db8 << 96;

	switch (field) {
	case FIELD_SRC:
		return space->family == FAMILY_IPV6 ? doc6 | 9 : 0xc6336407; /* 198.51.100.7 */
	case FIELD_DST:
		return space->family == FAMILY_IPV6 ? doc6 | 9 : 0xcb007105; /* 203.0.113.5 */
	case FIELD_IN: case FIELD_OUT:
		return value_of_name("eth0");
	case FIELD_PROTO:
		return IPPROTO_TCP;
	case FIELD_CT:
		return ct_value(CT_NEW, false, false, false);
	case FIELD_FLAGS:
		return 0x02;
	case FIELD_SPORT: case FIELD_DPORT:
		return 40000;
	case FIELD_LENGTH: case FIELD_TTL:
		return 60;
	default:
		return 0;
	}
}

/* Of the numbers that a box leaves open, the one of the usual value. */
static uint32_t usual_number(const struct space *space, enum field field, struct span span)
{
	uint32_t number = space_number(space, field, usual_value(space, field));

	return number >= span.lo && number <= span.hi ? number : span.lo;
}

void box_usual(const struct program *program, const struct box *box, uint32_t point[static FIELD_COUNT])
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		point[f] = usual_number(&program->world->space, (enum field)f, box->dim[f]);
}

struct packet box_packet(const struct program *program, const struct box *box)
{
	struct witness witness = { .bools = *box };

	box_usual(program, box, witness.point);
	return witness_packet(program, &witness);
}

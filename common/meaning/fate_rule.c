/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Which packets a rule matches, as they came, with what was done to them by then. */
#include "meaning/fate.h"
#include "meaning/trace.h"

#include <linux/if_packet.h>
#include <string.h>

static diagram field_span(const struct fates *fates, enum field field, struct span span)
{
	struct box box = box_all(&fates->world->space);

	box.dim[field] = span;
	return diagram_box(fates->diagrams, &box);
}

diagram fate_range(const struct fates *fates, enum field field, field_value lo, field_value hi)
{
	struct range range = { lo, hi };
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = FIELD_COUNT, .ranges = &range, .range_count = 1 };
	struct span spans[256];
	unsigned count = space_spans(&fates->world->space, field, &cond, spans, ARRAY_LEN(spans));
	diagram set = DIAGRAM_EMPTY;

	for (unsigned i = 0; i < count; i++)
		set = diagram_or(fates->diagrams, set, field_span(fates, field, spans[i]));
	return set;
}

/* --- booleans ---------------------------------------------------------------------------------------- */

static unsigned hash_boolean(const struct fate_boolean *boolean)
{
	unsigned hash = boolean->identity * 2654435761u ^ boolean->stage * 40503u ^ boolean->state * 2246822519u;

	return hash ^ hash >> 15 ^ (boolean->cond != NULL);
}

static bool same_boolean(const struct fate_boolean *a, const struct fate_boolean *b)
{
	return (a->cond == NULL) == (b->cond == NULL) && a->identity == b->identity && a->stage == b->stage && a->state == b->state;
}

static bool rehash(struct fates *fates, size_t size)
{
	if (!vec_reserve(&fates->buckets, size))
		return false;
	fates->buckets.len = size;
	memset(fates->buckets.item, 0, size * sizeof(*fates->buckets.item));
	for (size_t i = 0; i < fates->booleans.len; i++) {
		size_t at = hash_boolean(&fates->booleans.item[i]) & (size - 1);

		while (fates->buckets.item[at] != 0)
			at = (at + 1) & (size - 1);
		fates->buckets.item[at] = (unsigned)i + 1;
	}
	return true;
}

/* Its number in diagrams; behind those of masks, which have the world's own numbers. */
static diagram boolean_set(struct fates *fates, const struct fate_boolean *boolean, bool negative)
{
	struct box box = box_all(&fates->world->space);
	size_t at = 0;
	int32_t number;

	if (fates->buckets.len < 2 * (fates->booleans.len + 1) &&
	    !rehash(fates, fates->buckets.len == 0 ? 64 : fates->buckets.len * 2))
		fates->no_memory = true;
	if (fates->no_memory)
		return DIAGRAM_EMPTY;
	at = hash_boolean(boolean) & (fates->buckets.len - 1);
	while (fates->buckets.item[at] != 0 && !same_boolean(&fates->booleans.item[fates->buckets.item[at] - 1], boolean))
		at = (at + 1) & (fates->buckets.len - 1);
	if (fates->buckets.item[at] == 0) {
		if (!vec_push(&fates->booleans, *boolean)) {
			fates->no_memory = true;
			return DIAGRAM_EMPTY;
		}
		fates->buckets.item[at] = (unsigned)fates->booleans.len;
	}
	number = (int32_t)(fates->world->matches.vars.len + fates->buckets.item[at]);
	box.literal[box.literal_count++] = negative ? -number : number;
	return diagram_box(fates->diagrams, &box);
}

const struct fate_boolean *fates_boolean(const struct fates *fates, unsigned number)
{
	size_t masks = fates->world->matches.vars.len;

	return number > masks && number - masks <= fates->booleans.len ? &fates->booleans.item[number - masks - 1] : NULL;
}

/* The same for partners: a limit that did not change is no difference. */
static unsigned rule_identity(const struct alignment *align, const struct alignment_side *side, const struct program_rule *rule)
{
	const struct program_rule *partner = side->rules[rule->serial].partner;

	if (side == &align->side[ALIGN_OLD])
		return rule->serial;
	return partner != NULL ? partner->serial : align->side[ALIGN_OLD].program->rule_count + rule->serial;
}

diagram fate_rule_boolean(struct fate_walk *walk, const struct program_rule *rule, unsigned state)
{
	struct fate_boolean boolean = { .rule = rule, .identity = rule_identity(walk->fates->align, walk->side, rule),
					.stage = walk->stage, .state = state };

	return boolean_set(walk->fates, &boolean, false);
}

diagram fates_chance(struct fates *fates, unsigned fields)
{
	return boolean_set(fates, &(struct fate_boolean){ .identity = UINT32_MAX, .state = fields }, false);
}

static diagram mask_set(const struct fates *fates, const struct cond *cond)
{
	struct box box = box_all(&fates->world->space);

	box.literal[box.literal_count++] = cond->negative ? -(int32_t)cond->var : (int32_t)cond->var;
	return diagram_box(fates->diagrams, &box);
}

/* --- conditions -------------------------------------------------------------------------------------- */

/* What of a rule is known so far. */
struct matching {
	struct fate_walk *walk;
	const struct fate_state *state;
	diagram set;
	bool vague;      /* it may match or not, each time anew */
	bool vague_here; /* the same for packets in this state: a field was lost */
};

/* The TTL as it came, where the rule sees one less. */
static struct range before_hop(struct range range)
{
	return (struct range){ range.lo == 0 ? 0 : range.lo + 1, range.hi + 1 > UINT8_MAX ? UINT8_MAX : range.hi + 1 };
}

/* FIELD_CT as it came, where NAT has added bits. */
static diagram ct_set(const struct fates *fates, const struct cond *cond, unsigned bits)
{
	field_value values[FIELD_COUNT] = { 0 };
	diagram set = DIAGRAM_EMPTY;

	for (unsigned value = 0; value < CT_VALUE_COUNT; value++) {
		values[FIELD_CT] = value | bits;
		if (ct_possible(value) && cond_holds(cond, values))
			set = diagram_or(fates->diagrams, set, fate_range(fates, FIELD_CT, value, value));
	}
	return set;
}

/* The condition on one field. False: its value was lost. */
static bool field_set(const struct matching *matching, const struct cond *cond, enum field field, diagram *set)
{
	const struct fates *fates = matching->walk->fates;
	const struct fate_state *state = matching->state;
	struct cond one = *cond;

	one.field = field;
	one.other = FIELD_COUNT;
	*set = DIAGRAM_EMPTY;
	if ((state->lost & 1U << field) != 0)
		return false;
	if ((state->known & 1U << field) != 0) {
		*set = cond_holds(&one, state->value) ? DIAGRAM_FULL : DIAGRAM_EMPTY;
	} else if (cond->kind == COND_MASKED) {
		*set = mask_set(fates, cond);
	} else if (field == FIELD_CT) {
		*set = ct_set(fates, &one, state->ct_bits);
	} else {
		for (unsigned i = 0; i < cond->range_count; i++) {
			struct range range = field == FIELD_TTL && state->hopped ? before_hop(cond->ranges[i]) : cond->ranges[i];

			*set = diagram_or(fates->diagrams, *set, fate_range(fates, field, range.lo, range.hi));
		}
	}
	return true;
}

static void meet_field(struct matching *matching, const struct cond *cond)
{
	diagram set, other = DIAGRAM_EMPTY;
	bool good = field_set(matching, cond, cond->field, &set);

	if (cond->other != FIELD_COUNT)
		good = field_set(matching, cond, cond->other, &other) && good;
	if (!good)
		matching->vague_here = true;
	else
		matching->set = diagram_and(matching->walk->fates->diagrams, matching->set,
					    diagram_or(matching->walk->fates->diagrams, set, other));
}

/*
 * Packets of which the tracer knows the type of the address. *answer: what it is for all of them. The packet that is
 * asked about is one of those: unicast, for this host's link address, not translated.
 */
static diagram certain_type(const struct matching *matching, const struct cond *cond, enum answer *answer)
{
	const struct fates *fates = matching->walk->fates;
	const struct fate_state *state = matching->state;
	struct packet packet = { .family = fates->world->space.family, .known = ~0U, .forwarded = state->forwarded };
	unsigned rewritten = 1U << FIELD_DST | 1U << FIELD_PKTTYPE;
	bool stateless = (state->known & 1U << FIELD_CT) != 0; /* in raw, or untracked: not translated */
	field_value max = packet.family == FAMILY_IPV6 ? ((field_value)0xff << 120) - 1 : 0xdfffffff;
	diagram set = DIAGRAM_EMPTY;

	packet.value[FIELD_PKTTYPE] = PACKET_HOST;
	packet.value[FIELD_IN] = value_of_name("eth0");
	packet.value[FIELD_CT] = ct_value(CT_NEW, false, false, false);
	*answer = cond_answer(cond, &packet, matching->walk->hook);
	if (*answer == ANSWER_UNKNOWN || ((state->known | state->lost) & rewritten) != 0 || (state->ct_bits & 1) != 0)
		return DIAGRAM_EMPTY;
	for (unsigned value = 0; value < CT_VALUE_COUNT; value++)
		if (ct_possible(value) && (stateless || !ct_has_dnat(value)))
			set = diagram_or(fates->diagrams, set, fate_range(fates, FIELD_CT, value, value));
	set = diagram_and(fates->diagrams, set, fate_range(fates, FIELD_DST, 0, max));
	return diagram_and(fates->diagrams, set, fate_range(fates, FIELD_PKTTYPE, PACKET_HOST, PACKET_HOST));
}

/* The state, less what a match that is a function of the packet does not look at. */
static unsigned state_for(struct fates *fates, const struct fate_state *state, const struct cond *cond)
{
	struct fate_state seen = *state;
	unsigned blind = ((cond->depends & CHANGES_MARK) == 0 ? 1U << FIELD_MARK : 0) |
			 ((cond->depends & CHANGES_CTMARK) == 0 ? 1U << FIELD_CTMARK : 0);

	seen.known &= ~blind;
	seen.lost &= ~blind;
	return fates_state(fates, &seen);
}

static void meet_unknown(struct matching *matching, const struct program_rule *rule, const struct cond *cond)
{
	struct fates *fates = matching->walk->fates;
	struct fate_boolean boolean = { .cond = cond, .rule = rule, .identity = cond->var, .stage = matching->walk->stage,
					.state = state_for(fates, matching->state, cond) };
	enum answer answer = ANSWER_UNKNOWN;
	diagram certain = DIAGRAM_EMPTY, set;

	if (cond->var == 0 || (cond->depends & alignment_changes(fates->align, rule->chain->table)) != 0) {
		matching->vague = true;
		return;
	}
	if (strcmp(cond->match->kind->real_name, "addrtype") == 0)
		certain = certain_type(matching, cond, &answer);
	set = boolean_set(fates, &boolean, cond->negative);
	set = diagram_minus(fates->diagrams, set, certain);
	if (answer == ANSWER_YES)
		set = diagram_or(fates->diagrams, set, certain);
	matching->set = diagram_and(fates->diagrams, matching->set, set);
}

diagram fate_rule_set(struct fate_walk *walk, const struct program_rule *rule, unsigned state)
{
	struct fate_state copy = walk->fates->states.item[state];
	struct matching matching = { .walk = walk, .state = &copy, .set = DIAGRAM_FULL, .vague = rule->rule->unread };

	for (unsigned i = 0; i < rule->cond_count && matching.set != DIAGRAM_EMPTY; i++) {
		if (rule->conds[i].kind == COND_UNKNOWN)
			meet_unknown(&matching, rule, &rule->conds[i]);
		else
			meet_field(&matching, &rule->conds[i]);
	}
	if (matching.vague || matching.vague_here || rule->effect == EFFECT_MAYBE)
		matching.set = diagram_and(walk->fates->diagrams, matching.set,
					   fate_rule_boolean(walk, rule, matching.vague_here ? state : 0));
	return matching.set;
}

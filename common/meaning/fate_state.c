/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What targets rewrite, kept beside the sets of packets. */
#include "meaning/fate.h"
#include "meaning/effect.h"
#include "meaning/rewrite.h"

#include <string.h>

#define BIT(field) (1U << (field))
/* What others can see of a packet that was accepted. */
#define SEEN                                                                                                                   \
	(BIT(FIELD_SRC) | BIT(FIELD_DST) | BIT(FIELD_SPORT) | BIT(FIELD_DPORT) | BIT(FIELD_MARK) | BIT(FIELD_CTMARK) |          \
	 BIT(FIELD_TOS) | BIT(FIELD_TTL) | BIT(FIELD_LENGTH) | BIT(FIELD_FLAGS))

static bool same_state(const struct fate_state *a, const struct fate_state *b)
{
	if (a->known != b->known || a->lost != b->lost || a->ct_bits != b->ct_bits || a->forwarded != b->forwarded ||
	    a->hopped != b->hopped)
		return false;
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (((a->known & BIT(f)) != 0 && a->value[f] != b->value[f]) || ((a->lost & BIT(f)) != 0 && a->lost_by[f] != b->lost_by[f]))
			return false;
	return true;
}

unsigned fates_state(struct fates *fates, const struct fate_state *state)
{
	for (size_t i = 0; i < fates->states.len; i++)
		if (same_state(&fates->states.item[i], state))
			return (unsigned)i;
	if (!vec_push(&fates->states, *state)) {
		fates->no_memory = true;
		return 0;
	}
	return (unsigned)fates->states.len - 1;
}

unsigned fates_target(struct fates *fates, const struct extension *target)
{
	if (target == NULL)
		return 0;
	for (size_t i = 0; i < fates->targets.len; i++)
		if (extension_equal(fates->targets.item[i], target))
			return (unsigned)i + 1;
	if (!vec_push(&fates->targets, target)) {
		fates->no_memory = true;
		return 0;
	}
	return (unsigned)fates->targets.len;
}

void flows_add(struct fates *fates, struct fate_flows *flows, unsigned state, diagram set)
{
	if (set == DIAGRAM_EMPTY)
		return;
	for (size_t i = 0; i < flows->len; i++) {
		if (flows->item[i].state != state)
			continue;
		flows->item[i].set = diagram_or(fates->diagrams, flows->item[i].set, set);
		return;
	}
	if (!vec_push(flows, (struct fate_flow){ state, set }))
		fates->no_memory = true;
}

unsigned fate_final(struct fates *fates, unsigned index)
{
	struct fate_state state = fates->states.item[index];
	unsigned keep = SEEN;

	if ((state.known & BIT(FIELD_CT)) != 0 && ct_state_of((unsigned)state.value[FIELD_CT]) == CT_UNTRACKED)
		keep |= BIT(FIELD_CT);
	state.known &= keep;
	state.lost &= keep;
	state.ct_bits = 0;
	state.forwarded = state.hopped = false;
	return fates_state(fates, &state);
}

static void set_known(struct fate_state *state, enum field field, field_value value)
{
	state->known |= BIT(field);
	state->lost &= ~BIT(field);
	state->value[field] = value;
}

static unsigned combine(unsigned by, unsigned more)
{
	return (by ^ more) * 16777619u + 1;
}

/* Nothing is known of the field from now on. Equal only where the same was done to the same. */
static void set_lost(struct fate_state *state, enum field field, unsigned target)
{
	unsigned by = combine(state->lost_by[field], target);

	if (field == FIELD_MARK || field == FIELD_CTMARK) /* one may have been copied to the other */
		by = combine(combine(by, state->lost_by[FIELD_MARK]), state->lost_by[FIELD_CTMARK]);
	if ((state->known & BIT(field)) != 0)
		by = combine(by, (unsigned)state->value[field] + 1);
	state->lost_by[field] = by;
	state->known &= ~BIT(field);
	state->lost |= BIT(field);
}

/* --- targets that let a packet go on ------------------------------------------------------------------ */

/* A packet of this state; where nothing was rewritten, with the smallest or the largest value. */
static struct packet sample(const struct fates *fates, const struct fate_state *state, bool large)
{
	enum family family = fates->world->space.family;
	struct packet packet = { .family = family, .known = ~state->lost };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		packet.value[f] = (state->known & BIT(f)) != 0 ? state->value[f] : large ? field_max((enum field)f, family) : 0;
	if ((state->known & BIT(FIELD_CT)) == 0)
		packet.value[FIELD_CT] = ct_value(CT_ESTABLISHED, false, false, false);
	return packet;
}

/* May the rule's target write this field? */
static bool may_write(const struct program_rule *rule, enum field field)
{
	unsigned changes = effect_changes(rule->rule);

	switch (field) {
	case FIELD_MARK:
		return (changes & CHANGES_MARK) != 0;
	case FIELD_CTMARK:
		return (changes & CHANGES_CTMARK) != 0;
	case FIELD_TOS: case FIELD_TTL: case FIELD_LENGTH: case FIELD_FLAGS:
		return (changes & CHANGES_HEADER) != 0;
	default:
		return (changes & CHANGES_ADDRESS) != 0;
	}
}

static void compare_samples(struct fates *fates, const struct program_rule *rule, struct fate_state *state)
{
	struct packet before[2], after[2];
	unsigned target = fates_target(fates, rule->rule->target);
	struct fate_state old = *state;

	for (unsigned i = 0; i < 2; i++) {
		before[i] = after[i] = sample(fates, state, i == 1);
		rewrite_other(&after[i], rule->rule);
	}
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		bool was = (before[0].known & BIT(f)) != 0, is = (after[0].known & BIT(f)) != 0;
		bool same = after[0].value[f] == before[0].value[f] && after[1].value[f] == before[1].value[f];

		if (!is && (was || may_write(rule, (enum field)f)))
			set_lost(state, (enum field)f, target);
		else if (is && (!was || (!same && after[0].value[f] == after[1].value[f])))
			set_known(state, (enum field)f, after[0].value[f]);
		else if (is && !same)
			set_lost(state, (enum field)f, target);
	}
	if (state->known == old.known && state->lost == old.lost)
		return;
	if ((state->known & BIT(FIELD_CT)) != 0)
		state->ct_bits = 0;
}

unsigned fate_constants(const struct program_rule *rule, enum family family, field_value value[static FIELD_COUNT])
{
	struct packet after[2] = { { .family = family, .known = ~0U }, { .family = family, .known = ~0U } };
	unsigned fields = 0;

	if (rule->effect != EFFECT_NONE || rule->rule->target == NULL)
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned f = 0; f < FIELD_COUNT; f++)
			after[i].value[f] = i == 0 ? 0 : field_max((enum field)f, family);
		after[i].value[FIELD_CT] = ct_value(i == 0 ? CT_NEW : CT_ESTABLISHED, false, false, false);
		rewrite_other(&after[i], rule->rule);
	}
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if ((after[0].known & after[1].known & BIT(f)) == 0 || after[0].value[f] != after[1].value[f])
			continue;
		fields |= BIT(f);
		value[f] = after[0].value[f];
	}
	return fields;
}

/* The packets of the set that have what the target writes already. */
static diagram has_constants(const struct fates *fates, const struct fate_state *old, const struct fate_state *new, diagram set)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		bool written = (new->known & BIT(f)) != 0 && ((old->known & BIT(f)) == 0 || old->value[f] != new->value[f]);
		bool hopped = f == FIELD_TTL && old->hopped;
		field_value lo = new->value[f] + (hopped && new->value[f] > 0), hi = new->value[f] + hopped;

		if ((new->lost & ~old->lost & BIT(f)) != 0 || ((new->lost & BIT(f)) != 0 && old->lost_by[f] != new->lost_by[f]))
			return DIAGRAM_EMPTY;
		if (written && ((old->known | old->lost) & BIT(f)) != 0)
			return DIAGRAM_EMPTY;
		if (written)
			set = diagram_and(fates->diagrams, set, fate_range(fates, (enum field)f, lo, hi));
	}
	return set;
}

bool fate_is_number(const struct space *space, enum field field, field_value value)
{
	const struct space_field *at = &space->field[field];
	uint32_t number = space_number(space, field, value);

	if (!field_is_small(field))
		return at->starts.item[number] == value &&
		       (number + 1 < at->count ? at->starts.item[number + 1] - 1 : field_max(field, space->family)) == value;
	for (unsigned v = 0; v <= (unsigned)field_max(field, space->family); v++)
		if (v != value && at->class_of[v] == number)
			return false;
	return true;
}

/* A constant that packets may have had before without our knowing it: then nothing is known of it. */
static void forget_unnumbered(const struct fates *fates, const struct program_rule *rule, const struct fate_state *old, struct fate_state *state,
			      unsigned target)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		bool fresh = (state->known & BIT(f)) != 0 && ((old->known | old->lost) & BIT(f)) == 0;
		field_value had = state->value[f] + (f == FIELD_TTL && old->hopped && state->value[f] > 0);

		if (fresh && may_write(rule, (enum field)f) && f != FIELD_CT && !fate_is_number(&fates->world->space, (enum field)f, had))
			set_lost(state, (enum field)f, target);
	}
}

/* CONNMARK does nothing for packets without a connection. */
static diagram with_connection(const struct fates *fates, diagram set)
{
	diagram all = DIAGRAM_EMPTY;

	for (unsigned value = 0; value < CT_VALUE_COUNT; value++)
		if (ct_possible(value) && ct_state_of(value) != CT_INVALID && ct_state_of(value) != CT_UNTRACKED)
			all = diagram_or(fates->diagrams, all, fate_range(fates, FIELD_CT, value, value));
	return diagram_and(fates->diagrams, all, set);
}

bool fate_rewrite(struct fate_walk *walk, const struct program_rule *rule, unsigned index, diagram set, struct fate_flows *out)
{
	struct fates *fates = walk->fates;
	struct fate_state state = fates->states.item[index], old;
	unsigned after;
	diagram same;

	if (rule->rule->target == NULL)
		return false;
	old = state;
	compare_samples(fates, rule, &state);
	forget_unnumbered(fates, rule, &old, &state, fates_target(fates, rule->rule->target));
	after = fates_state(fates, &state);
	if (after == index)
		return false;
	if (strcmp(rule->rule->target->kind->real_name, "CONNMARK") == 0 && (state.known & BIT(FIELD_CT)) == 0) {
		diagram part = with_connection(fates, set);

		flows_add(fates, out, index, diagram_minus(fates->diagrams, set, part));
		set = part;
	}
	same = has_constants(fates, &old, &state, set);
	flows_add(fates, out, index, same);
	flows_add(fates, out, after, diagram_minus(fates->diagrams, set, same));
	return true;
}

/* --- NAT -------------------------------------------------------------------------------------------- */

/* The packets of the set of which the field has such a value already: it stays. */
static diagram has_value(const struct fates *fates, const struct fate_state *state, enum field field, const struct range *range,
			 diagram set)
{
	if ((state->lost & BIT(field)) != 0)
		return DIAGRAM_EMPTY;
	if ((state->known & BIT(field)) != 0)
		return state->value[field] >= range->lo && state->value[field] <= range->hi ? set : DIAGRAM_EMPTY;
	return diagram_and(fates->diagrams, set, fate_range(fates, field, range->lo, range->hi));
}

static diagram without_ports(const struct fates *fates, diagram set)
{
	for (unsigned proto = 0; proto < 256; proto++)
		if (proto_has_ports(proto))
			set = diagram_minus(fates->diagrams, set, fate_range(fates, FIELD_PROTO, proto, proto));
	return set;
}

static diagram keeps_address(const struct fates *fates, const struct fate_state *state, const struct nat_range *range, diagram set)
{
	if (range->has_addr && !range->local)
		return has_value(fates, state, range->destination ? FIELD_DST : FIELD_SRC, &range->addr, set);
	return range->destination && !range->local ? set : DIAGRAM_EMPTY;
}

static diagram keeps_port(const struct fates *fates, const struct fate_state *state, const struct nat_range *range, diagram set)
{
	if (range->shifted)
		return DIAGRAM_EMPTY;
	if (!range->has_port)
		return set;
	return diagram_or(fates->diagrams, without_ports(fates, set),
			  has_value(fates, state, range->destination ? FIELD_DPORT : FIELD_SPORT, &range->port, set));
}

static void write_address(struct fate_state *state, const struct nat_range *range, unsigned target, enum hook hook)
{
	enum field field = range->destination ? FIELD_DST : FIELD_SRC;

	if (range->has_addr && !range->netmap && !range->local && range->addr.lo == range->addr.hi)
		set_known(state, field, range->addr.lo);
	else
		set_lost(state, field, target);
	if (range->destination && range->local)
		state->forwarded = false;
	else if (range->destination && hook == HOOK_PREROUTING)
		state->forwarded = true;
}

static void write_port(struct fate_state *state, const struct nat_range *range, unsigned target)
{
	enum field field = range->destination ? FIELD_DPORT : FIELD_SPORT;

	if (!range->shifted && range->port.lo == range->port.hi)
		set_known(state, field, range->port.lo);
	else
		set_lost(state, field, target);
}

void fate_nat(struct fate_walk *walk, const struct program_rule *rule, unsigned index, diagram set, struct fate_flows *out)
{
	struct fates *fates = walk->fates;
	struct fate_state old = fates->states.item[index];
	unsigned target = fates_target(fates, rule->rule->target);
	struct nat_range range;

	if (!nat_range_of(rule->rule, fates->world->space.family, walk->hook, &range)) {
		flows_add(fates, out, index, set);
		return;
	}
	if (walk->hook == HOOK_PREROUTING && range.destination && range.has_addr)
		walk->sent_on = diagram_or(fates->diagrams, walk->sent_on,
					   diagram_and(fates->diagrams, set, fate_path_set(fates, PATH_IN)));
	for (unsigned which = 0; which < 4; which++) { /* whether the address stays, and the port */
		diagram address = keeps_address(fates, &old, &range, set), port = keeps_port(fates, &old, &range, set), part;
		struct fate_state state = old;

		part = which & 1 ? address : diagram_minus(fates->diagrams, set, address);
		part = which & 2 ? diagram_and(fates->diagrams, part, port) : diagram_minus(fates->diagrams, part, port);
		if (part == DIAGRAM_EMPTY)
			continue;
		if ((which & 1) == 0)
			write_address(&state, &range, target, walk->hook);
		if ((which & 2) == 0)
			write_port(&state, &range, target);
		if (which != 3)
			state.ct_bits |= range.destination ? 1 : 2;
		flows_add(fates, out, fates_state(fates, &state), part);
	}
}

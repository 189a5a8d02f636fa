/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/stopped.h"
#include "meaning/index.h"

/* Candidates that are looked at for one rule, and for one place in a chain. Beyond these limits the result is "not known". */
#define STEPS_MAX 2000
#define TRIES_MAX 40
#define DEPTH_MAX 16
/* Parts of a box that wait. */
#define PARTS_MAX 200

static bool rule_covers(const struct program *program, const struct program_rule *rule, const struct box *box)
{
	for (unsigned b = 0; b < rule->box_count; b++)
		if (box_covers(&program->boxes.item[rule->first_box + b], box))
			return true;
	return false;
}

static const struct program_rule *find_stopper(struct program *program, struct program_chain *chain, unsigned before,
					       const struct box *box, bool called, struct stoppers *found, unsigned depth);

/* The rule that stops the packets of the box, if they come to this one: itself, or one of the chain that it calls. */
static const struct program_rule *stopper_at(struct program *program, const struct program_rule *rule, const struct box *box, bool called,
					     struct stoppers *found, unsigned depth)
{
	if (rule->fresh || rule->effect == EFFECT_NONE || rule->effect == EFFECT_MAYBE || (called && rule->effect == EFFECT_RETURN) ||
	    !rule_covers(program, rule, box))
		return NULL;
	if (rule->effect != EFFECT_JUMP)
		return rule;
	if (rule->to->leaves || rule->to->looped || depth == DEPTH_MAX)
		return NULL;
	return find_stopper(program, rule->to, rule->to->count, box, true, found, depth + 1);
}

/* A rule that stops all of the box has each of its points, so those that have one corner are the only candidates. */
static const struct program_rule *find_stopper(struct program *program, struct program_chain *chain, unsigned before,
					       const struct box *box, bool called, struct stoppers *found, unsigned depth)
{
	uint32_t point[FIELD_COUNT];
	unsigned tries = 0;

	box_corner(box, 0, point);
	for (uint32_t at = chain_next(program, chain, point, 0); at < before && tries < TRIES_MAX && found->steps < STEPS_MAX;
	     at = chain_next(program, chain, point, at + 1)) {
		const struct program_rule *stopper = stopper_at(program, &chain->rules[at], box, called, found, depth);

		if (stopper != NULL)
			return stopper;
		tries++;
		found->steps++;
	}
	return NULL;
}

static void note(struct stoppers *found, const struct program_rule *rule)
{
	for (size_t i = 0; i < found->list.len; i++)
		if (found->list.item[i] == rule)
			return;
	found->no_memory |= !vec_push(&found->list, rule);
}

static bool box_is_stopped(struct program *program, struct program_chain *chain, unsigned before, const struct box *box,
			   struct stoppers *found, unsigned depth);

/* On this call the packets do not come: it does not match them, or they are stopped before it. */
static bool call_is_stopped(struct program *program, const struct program_rule *call, const struct box *box, struct stoppers *found,
			    unsigned depth)
{
	bool meets = false;

	for (unsigned b = 0; b < call->box_count; b++) {
		struct box part;

		if (!box_meet(&program->boxes.item[call->first_box + b], box, &part))
			continue;
		meets = true;
		if (!box_is_stopped(program, call->chain, call->index, &part, found, depth + 1))
			return false;
	}
	if (!meets)
		note(found, call);
	return true;
}

static bool box_is_stopped(struct program *program, struct program_chain *chain, unsigned before, const struct box *box,
			   struct stoppers *found, unsigned depth)
{
	const struct program_rule *stopper = find_stopper(program, chain, before, box, false, found, 0);
	struct box entry, meet;

	if (stopper != NULL) {
		found->inside &= depth == 0 && stopper->chain == chain;
		note(found, stopper);
		return true;
	}
	found->inside = false;
	if (chain->looped || depth == DEPTH_MAX || found->steps++ >= STEPS_MAX)
		return false;
	if (chain->chain->hook != 0) {
		entry = program_entry(program, chain->table, (enum hook)chain->chain->hook);
		return !box_meet(&entry, box, &meet);
	}
	for (size_t i = 0; i < chain->callers.len; i++)
		if (chain->callers.item[i]->chain->hooks != 0 && !call_is_stopped(program, chain->callers.item[i], box, found, depth))
			return false;
	return true;
}

static bool boxes_are_stopped(struct program *program, const struct program_rule *rule, const struct box *entry, struct stoppers *found)
{
	for (unsigned b = 0; b < rule->box_count; b++) {
		struct box whole;

		if (box_meet(&program->boxes.item[rule->first_box + b], entry, &whole) &&
		    !box_is_stopped(program, rule->chain, rule->index, &whole, found, 0))
			return false;
	}
	return true;
}

/* --- part by part ----------------------------------------------------------------------------------------- */

/*
 * A point that is stopped, and a region around it that is stopped in the same way: first the whole box, cut at each rule
 * that stops the point or does not match it.
 */
struct region {
	struct program *program;
	struct stoppers *found;
	uint32_t point[FIELD_COUNT];
	struct box box;
};

/* Cuts the region to a part outside of the hole that has the point. False: the point is in the hole. */
static bool region_avoid(struct region *region, const struct box *hole)
{
	struct boxes parts = { 0 };
	bool good;

	if (!box_overlap(&region->box, hole))
		return true;
	good = box_subtract(&region->box, hole, &parts);
	region->found->no_memory |= !good;
	good = false;
	for (size_t i = 0; i < parts.len && !good; i++) {
		good = box_has_point(&parts.item[i], region->point);
		if (good)
			region->box = parts.item[i];
	}
	vec_free(&parts);
	return good;
}

static bool region_avoid_rule(struct region *region, const struct program_rule *rule)
{
	for (unsigned b = 0; b < rule->box_count; b++)
		if (!region_avoid(region, &region->program->boxes.item[rule->first_box + b]))
			return false;
	return true;
}

static bool region_is_stopped(struct region *region, struct program_chain *chain, unsigned before, bool called, unsigned depth);

/* Packets that leave a called chain by RETURN or -g before this rule are not stopped there. */
static bool region_avoid_leavers(struct region *region, const struct program_chain *chain, unsigned before)
{
	if (!chain->leaves)
		return true;
	if (before > TRIES_MAX)
		return false;
	for (unsigned i = 0; i < before; i++)
		if ((chain->rules[i].effect == EFFECT_RETURN || chain->rules[i].effect == EFFECT_GOTO) &&
		    !region_avoid_rule(region, &chain->rules[i]))
			return false;
	return true;
}

/* The region within this rule's box that has the point is stopped by the rule, or in the chain that it calls. */
static bool region_stops_at(struct region *region, const struct program_rule *rule, bool called, unsigned depth)
{
	struct box whole = region->box;

	if (rule->fresh || rule->effect == EFFECT_NONE || rule->effect == EFFECT_MAYBE || (called && rule->effect == EFFECT_RETURN) ||
	    (called && rule->effect == EFFECT_GOTO))
		return false;
	for (unsigned b = 0; b < rule->box_count; b++) {
		const struct box *box = &region->program->boxes.item[rule->first_box + b];
		struct stoppers *found = region->found;
		size_t noted = found->list.len;
		bool stops, inside = found->inside;

		if (!box_has_point(box, region->point) || !box_meet(&whole, box, &region->box))
			continue;
		stops = rule->effect != EFFECT_JUMP || region_is_stopped(region, rule->to, rule->to->count, true, depth + 1);
		if (stops && (!called || region_avoid_leavers(region, rule->chain, rule->index)))
			return true;
		found->list.len = noted; /* what did not stop the region is no cause */
		found->inside = inside;
	}
	region->box = whole;
	return false;
}

static bool region_is_outside(struct region *region, const struct box *entry)
{
	return !box_has_point(entry, region->point) && region_avoid(region, entry);
}

static bool region_is_kept_out(struct region *region, const struct program_rule *call, unsigned depth)
{
	bool calls = false;

	for (unsigned b = 0; b < call->box_count; b++) {
		const struct box *box = &region->program->boxes.item[call->first_box + b];

		if (!box_overlap(box, &region->box) || (!box_has_point(box, region->point) && region_avoid(region, box)))
			continue;
		calls = true;
		if (!region_is_stopped(region, call->chain, call->index, false, depth + 1))
			return false;
	}
	if (!calls)
		note(region->found, call);
	return true;
}

static bool region_is_stopped(struct region *region, struct program_chain *chain, unsigned before, bool called, unsigned depth)
{
	struct program *program = region->program;
	struct box entry;

	if (chain->looped || depth > DEPTH_MAX)
		return false;
	for (uint32_t at = chain_next(program, chain, region->point, 0); at < before && region->found->steps++ < STEPS_MAX;
	     at = chain_next(program, chain, region->point, at + 1)) {
		if (!region_stops_at(region, &chain->rules[at], called, depth))
			continue;
		if (chain->rules[at].effect != EFFECT_JUMP)
			note(region->found, &chain->rules[at]);
		region->found->inside &= depth == 0 && chain->rules[at].effect != EFFECT_JUMP;
		return true;
	}
	region->found->inside = false;
	if (called || region->found->steps >= STEPS_MAX)
		return false;
	if (chain->chain->hook != 0) {
		entry = program_entry(program, chain->table, (enum hook)chain->chain->hook);
		return region_is_outside(region, &entry);
	}
	for (size_t i = 0; i < chain->callers.len; i++)
		if (chain->callers.item[i]->chain->hooks != 0 && !region_is_kept_out(region, chain->callers.item[i], depth))
			return false;
	return true;
}

/* Takes one part after the other away until none is left. */
static bool parts_are_stopped(struct region *region, struct program_chain *chain, unsigned before, struct boxes *parts)
{
	while (parts->len > 0) {
		struct box whole = parts->item[--parts->len];

		region->box = whole;
		box_corner(&whole, 0, region->point);
		if (!region_is_stopped(region, chain, before, false, 0))
			return false;
		if (!box_subtract(&whole, &region->box, parts))
			region->found->no_memory = true;
		if (parts->len > PARTS_MAX || region->found->no_memory)
			return false;
	}
	return true;
}

static bool rule_is_stopped_in_parts(struct program *program, const struct program_rule *rule, const struct box *entry,
				     struct stoppers *found)
{
	struct region region = { .program = program, .found = found };
	struct boxes parts = { 0 };
	bool stopped = true;

	for (unsigned b = 0; b < rule->box_count && stopped; b++) {
		struct box whole;

		if (!box_meet(&program->boxes.item[rule->first_box + b], entry, &whole))
			continue;
		stopped = vec_push(&parts, whole) && parts_are_stopped(&region, rule->chain, rule->index, &parts);
	}
	vec_free(&parts);
	return stopped;
}

static void begin(struct stoppers *found)
{
	found->list.len = 0;
	found->steps = 0;
	found->inside = true;
}

bool rule_is_stopped(struct program *program, const struct program_rule *rule, const struct box *entry, struct stoppers *found)
{
	bool stopped;

	begin(found);
	stopped = boxes_are_stopped(program, rule, entry, found);
	if (!stopped) {
		begin(found);
		stopped = rule_is_stopped_in_parts(program, rule, entry, found);
	}
	return stopped && !found->no_memory && found->list.len > 0;
}

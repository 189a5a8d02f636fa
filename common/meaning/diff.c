/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/diff.h"

#include <linux/netfilter/xt_CT.h>
#include <string.h>

/* So many boxes are walked one by one, the rest together: rules beside a box need not be looked at. */
#define SINGLE_MAX 48

static bool read_programs(struct diff *diff, const struct ruleset *old, const struct ruleset *new)
{
	diff->program[ALIGN_OLD] = program_read(&diff->world, old);
	if (diff->program[ALIGN_OLD] == NULL)
		return false;
	diff->program[ALIGN_NEW] = program_read_like(diff->program[ALIGN_OLD], new);
	if (diff->program[ALIGN_NEW] == NULL)
		return false;
	diff_note_care(&diff->world);
	fates_note(&diff->world, diff->program[ALIGN_OLD]);
	fates_note(&diff->world, diff->program[ALIGN_NEW]);
	return world_seal(&diff->world) && program_box(diff->program[ALIGN_OLD]) && program_box(diff->program[ALIGN_NEW]);
}

static void note_counted(struct diff *diff)
{
	const struct alignment_side *side = &diff->align.side[ALIGN_NEW];

	for (unsigned r = 0; r < side->program->rule_count; r++)
		diff->counted |= side->rules[r].change == CHANGE_COUNTED;
}

/*
 * The name of what a rule does beyond the packet that it decides on: later packets meet another state, or a copy is
 * sent. NULL: nothing. An option --rcheck of recent does no such thing, but its rule is beside one that does.
 */
static const char *does_more(const struct rule *rule)
{
	static const char *const targets[] = { "CHECKSUM", "CLASSIFY", "CONNSECMARK", "IDLETIMER", "SECMARK", "SET", "TCPOPTSTRIP", "TEE" };
	const struct xt_ct_target_info *ct;

	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (strcmp(match->kind->real_name, "recent") == 0)
			return "recent";
	if (rule->target == NULL)
		return NULL;
	ct = (const void *)rule->target->data; /* begins alike in each revision */
	if (strcmp(rule->target->kind->real_name, "CT") == 0)
		return (ct->flags & XT_CT_NOTRACK) != 0 ? NULL : "CT";
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (strcmp(rule->target->kind->real_name, targets[i]) == 0)
			return targets[i];
	return NULL;
}

static void note_further(struct diff *diff)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		const struct alignment_side *side = &diff->align.side[s];

		for (unsigned r = 0; r < side->program->rule_count && diff->further == NULL; r++)
			if (side->rules[r].change == CHANGE_ONLY)
				diff->further = does_more(side->program->rules[r]->rule);
	}
}

static bool is_refused(const struct fate_end *end)
{
	return end->kind == FATE_DROPPED || end->kind == FATE_REJECTED;
}

#define NAT_FIELDS (1U << FIELD_SRC | 1U << FIELD_DST | 1U << FIELD_SPORT | 1U << FIELD_DPORT)

/*
 * Of the packets of a set, whose states are these two: those that leave with other values in one of the fields. Where
 * a value is not known, it may be the same by chance.
 */
static diagram leave_unlike(struct diff *diff, const struct fate_state *a, const struct fate_state *b, unsigned fields, diagram set)
{
	struct diagrams *all = diff->fates.diagrams;
	diagram same = set;
	bool unknown = false;

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		unsigned bit = 1U << f, known = (a->known | b->known) & bit, lost = (a->lost | b->lost) & bit;
		const struct fate_state *writer = (a->known & bit) != 0 ? a : b;

		if ((fields & bit) == 0 || (known | lost) == 0)
			continue;
		if (lost != 0)
			unknown |= (a->lost & b->lost & bit) == 0 || a->lost_by[f] != b->lost_by[f];
		else if ((a->known & b->known & bit) != 0)
			same = a->value[f] == b->value[f] ? same : DIAGRAM_EMPTY;
		else if (f == FIELD_TTL || !fate_is_number(&diff->world.space, (enum field)f, writer->value[f]))
			unknown = true;
		else
			same = diagram_and(all, same, fate_range(&diff->fates, (enum field)f, writer->value[f], writer->value[f]));
	}
	set = diagram_minus(all, set, same);
	return unknown ? diagram_or(all, set, diagram_and(all, same, fates_chance(&diff->fates, fields))) : set;
}

static void add_accepted(struct diff *diff, const struct fate_end *old, const struct fate_end *new, diagram set)
{
	struct diagrams *all = diff->fates.diagrams;
	const struct fate_state a = diff->fates.states.item[old->state], b = diff->fates.states.item[new->state];
	diagram translated = leave_unlike(diff, &a, &b, NAT_FIELDS, set);
	diagram marked = leave_unlike(diff, &a, &b, ~NAT_FIELDS, diagram_minus(all, set, translated));

	diff->set[DIFF_TRANSLATED] = diagram_or(all, diff->set[DIFF_TRANSLATED], translated);
	diff->set[DIFF_MARKED] = diagram_or(all, diff->set[DIFF_MARKED], marked);
}

static enum diff_class class_of(const struct fate_end *old, const struct fate_end *new)
{
	if (is_refused(old) && is_refused(new))
		return DIFF_REJECTED;
	if (is_refused(old) && new->kind == FATE_ACCEPTED)
		return DIFF_ACCEPTED;
	return old->kind == FATE_ACCEPTED && is_refused(new) ? DIFF_REFUSED : DIFF_DECIDED;
}

static bool same_end(const struct fate_end *a, const struct fate_end *b)
{
	return a->kind == b->kind && a->target == b->target && a->state == b->state;
}

/* What of one end of the old program has another end in the new one. */
static void compare_end(struct diff *diff, const struct fate_part *old)
{
	struct diagrams *all = diff->fates.diagrams;
	const struct fate_walk *new = &diff->walk[ALIGN_NEW];
	diagram rest = old->set;

	for (size_t j = 0; j < new->parts.len; j++)
		if (same_end(&old->end, &new->parts.item[j].end))
			rest = diagram_minus(all, rest, new->parts.item[j].set);
	for (size_t j = 0; j < new->parts.len && rest != DIAGRAM_EMPTY; j++) {
		const struct fate_part *part = &new->parts.item[j];
		diagram set = diagram_and(all, rest, part->set);
		enum diff_class class = class_of(&old->end, &part->end);

		if (set == DIAGRAM_EMPTY || same_end(&old->end, &part->end))
			continue;
		if (old->end.kind == FATE_ACCEPTED && part->end.kind == FATE_ACCEPTED)
			add_accepted(diff, &old->end, &part->end, set);
		else
			diff->set[class] = diagram_or(all, diff->set[class], set);
	}
}

static void compare_ends(struct diff *diff)
{
	for (size_t i = 0; i < diff->walk[ALIGN_OLD].parts.len; i++)
		compare_end(diff, &diff->walk[ALIGN_OLD].parts.item[i]);
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		for (size_t i = 0; i < diff->walk[s].parts.len; i++)
			diff->loops |= diff->walk[s].parts.item[i].end.kind == FATE_LOOP;
}

/* What the packets that are walked were before. */
static void note_before(struct diff *diff)
{
	struct diagrams *all = diff->fates.diagrams;

	for (size_t i = 0; i < diff->walk[ALIGN_OLD].parts.len; i++) {
		const struct fate_part *part = &diff->walk[ALIGN_OLD].parts.item[i];

		if (part->end.kind == FATE_ACCEPTED)
			diff->accepted = diagram_or(all, diff->accepted, part->set);
		else if (is_refused(&part->end))
			diff->refused = diagram_or(all, diff->refused, part->set);
	}
}

/* Leads the packets of these boxes through both programs. */
static bool walk_boxes(struct diff *diff, struct box *boxes, size_t count)
{
	const struct boxes near = { .item = boxes, .len = count };
	struct diagrams *all = diff->fates.diagrams;
	diagram start = DIAGRAM_EMPTY;
	bool good = true;

	for (size_t i = 0; i < count; i++)
		start = diagram_or(all, start, diagram_box(all, &boxes[i]));
	start = diagram_and(all, start, diff->care);
	for (unsigned s = 0; s < ALIGN_SIDES && good; s++) {
		diff->walk[s].near = &near;
		good = fate_walk(&diff->walk[s], start);
	}
	if (good) {
		compare_ends(diff);
		note_before(diff);
	}
	return good;
}

static bool walk_all(struct diff *diff)
{
	size_t single = diff->cut.len <= SINGLE_MAX ? diff->cut.len : SINGLE_MAX;
	bool good = true;

	diff->care = diff_care(diff);
	for (size_t i = 0; i < single && good; i++)
		good = walk_boxes(diff, &diff->cut.item[i], 1);
	if (good && single < diff->cut.len)
		good = walk_boxes(diff, &diff->cut.item[single], diff->cut.len - single);
	diff->lost = diagrams_lost(diff->fates.diagrams);
	diff->no_memory |= diff->fates.no_memory || (!good && !diff->lost);
	return good;
}

bool diff_prepare(struct diff *diff, const struct ruleset *old, const struct ruleset *new)
{
	*diff = (struct diff){ .lost = false };
	world_begin(&diff->world, old->family);
	return read_programs(diff, old, new) &&
	       alignment_begin(&diff->align, diff->program[ALIGN_OLD], diff->program[ALIGN_NEW]) && diff_cut(diff);
}

bool diff_begin(struct diff *diff, const struct ruleset *old, const struct ruleset *new, size_t nodes)
{
	if (!diff_prepare(diff, old, new) || !fates_begin(&diff->fates, &diff->world, &diff->align, nodes))
		return false;
	note_counted(diff);
	note_further(diff);
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		diff->walk[s] = (struct fate_walk){ .fates = &diff->fates, .side = &diff->align.side[s] };
	if (diff->cut.len == 0)
		return true;
	if (!walk_all(diff))
		return !diff->no_memory;
	if (!diff_places(diff))
		return false;
	diff->lost = diagrams_lost(diff->fates.diagrams);
	return true;
}

bool diff_found(const struct diff *diff)
{
	for (unsigned class = 0; class < DIFF_CLASSES; class++)
		if (diff->set[class] != DIAGRAM_EMPTY)
			return true;
	return false;
}

diagram diff_described(const struct diff *diff, diagram set)
{
	struct diagrams *all = diff->fates.diagrams;

	return diagram_minus(all, set, diagram_and(all, diff->walk[ALIGN_OLD].sent_on, diff->walk[ALIGN_NEW].sent_on));
}

void diff_end(struct diff *diff)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		fate_walk_end(&diff->walk[s]);
	fates_end(&diff->fates);
	alignment_end(&diff->align);
	program_free(diff->program[ALIGN_OLD]);
	program_free(diff->program[ALIGN_NEW]);
	world_free(&diff->world);
	vec_free(&diff->cut);
	vec_free(&diff->places);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A change of the text, and what it changes for packets. */
#include "fw-diff/show.h"
#include "meaning/diff_witness.h"
#include "meaning/region.h"

#include <string.h>

/* Without --all: so many rules of a place, and so many regions of a class, are shown. */
#define RULES_MAX   2
#define REGIONS_MAX 2
/* More regions than that are not worked out without --all: then only that there are more is said. */
#define REGIONS_ASKED 6

static const char *const class_names[DIFF_CLASSES] = {
	[DIFF_ACCEPTED] = "newly accepted", [DIFF_REFUSED] = "newly refused", [DIFF_TRANSLATED] = "accepted as before, but translated otherwise",
	[DIFF_MARKED] = "accepted as before, but marked or changed otherwise",
	[DIFF_REJECTED] = "refused as before, but in another way",
	[DIFF_DECIDED] = "decided otherwise by another program or an unknown target",
};

/* --- the rules -------------------------------------------------------------------------------------- */

static void show_change(struct shown *show, unsigned side, const struct program_rule *rule)
{
	const struct alignment_rule *at = &show->diff->align.side[side].rules[rule->serial];

	strbuf_printf(show->out, "  %c ", at->change == CHANGE_MOVED ? '>' : side == ALIGN_OLD ? '-' : '+');
	show_line(show, side, rule);
	if (at->change == CHANGE_MOVED) {
		strbuf_puts(show->out, ", moved from ");
		show_line(show, !side, at->partner);
	}
	strbuf_puts(show->out, ": ");
	show_rule(show, side, rule);
	strbuf_putc(show->out, '\n');
}

/* The changed rules of one side. A moved rule is shown where it is now. */
static void show_rules(struct shown *show, const struct diff_place *place, unsigned side)
{
	unsigned shown = 0, left = 0;

	for (unsigned i = place->from[side]; i < place->to[side]; i++) {
		const struct program_rule *rule = &place->chain[side]->rules[i];

		if (side == ALIGN_OLD && show->diff->align.side[side].rules[rule->serial].change == CHANGE_MOVED)
			continue;
		if (shown == RULES_MAX && !show->options->all) {
			left++;
			continue;
		}
		show_change(show, side, rule);
		shown++;
	}
	if (left > 0)
		strbuf_printf(show->out, "  %c and %u more rules next to %s\n", side == ALIGN_OLD ? '-' : '+', left, shown == 1 ? "it" : "them");
}

static const char *policy_name(const struct program_chain *chain)
{
	return chain != NULL && chain_policy_drops(chain) ? "DROP" : "ACCEPT";
}

static void show_head(struct shown *show, const struct diff_place *place)
{
	const struct program_chain *chain = place->chain[ALIGN_NEW] != NULL ? place->chain[ALIGN_NEW] : place->chain[ALIGN_OLD];

	strbuf_printf(show->out, "%s, %s %s:\n", family_name(show->family), chain->table->table->name, chain->chain->name);
	if (place->policy) {
		strbuf_printf(show->out, "  - policy %s\n  + policy %s\n", policy_name(place->chain[ALIGN_OLD]),
			      policy_name(place->chain[ALIGN_NEW]));
		return;
	}
	show_rules(show, place, ALIGN_OLD);
	show_rules(show, place, ALIGN_NEW);
}

/* --- a packet --------------------------------------------------------------------------------------- */

static void show_decider(struct shown *show, unsigned side, const struct trace_result *result)
{
	if (result->rule != NULL) {
		show_line(show, side, result->rule);
		strbuf_puts(show->out, ": ");
		show_rule(show, side, result->rule);
	} else if (result->chain != NULL) {
		strbuf_printf(show->out, "the policy of %s %s", result->chain->table->table->name, result->chain->chain->name);
	} else {
		strbuf_puts(show->out, "no table: no rule is asked");
	}
}

static const char *outcome_word(enum outcome outcome)
{
	static const char *const words[OUTCOME_COUNT] = {
		[OUTCOME_NONE] = "passed on", [OUTCOME_ACCEPT] = "accepted", [OUTCOME_DROP] = "dropped",
		[OUTCOME_REJECT] = "rejected", [OUTCOME_QUEUE] = "queued", [OUTCOME_LOOP] = "sent in circles",
	};

	return words[outcome];
}

static void show_fate(struct shown *show, unsigned side, const struct witness_fate *fate, enum diff_class class)
{
	strbuf_printf(show->out, "      %s %s by ", side == ALIGN_OLD ? "was" : "now", outcome_word(fate->result.outcome));
	show_decider(show, side, &fate->result);
	strbuf_putc(show->out, '\n');
	for (unsigned i = 0; i < fate->nat_count && class == DIFF_TRANSLATED; i++) {
		strbuf_puts(show->out, "          translated by ");
		show_line(show, side, fate->nat[i]);
		strbuf_puts(show->out, ": ");
		show_rule(show, side, fate->nat[i]);
		strbuf_putc(show->out, '\n');
	}
}

/* Which of both programs has the rule? */
static unsigned side_of(const struct diff *diff, const struct program_rule *rule)
{
	const struct program *new = diff->program[ALIGN_NEW];

	return rule->serial < new->rule_count && new->rules[rule->serial] == rule ? ALIGN_NEW : ALIGN_OLD;
}

/* Answers that are taken for granted: the first that must be yes, or else the first that must be no. */
static void show_condition(struct shown *show, const struct diff_witness *witness)
{
	const struct fate_boolean *boolean = NULL;
	bool yes = false;

	for (unsigned i = 0; i < witness->literal_count && !yes; i++) {
		yes = witness->literal[i] > 0;
		if (boolean == NULL || yes)
			boolean = fates_boolean(&show->diff->fates, (unsigned)abs(witness->literal[i]));
	}
	if (boolean == NULL)
		return;
	if (boolean->rule == NULL) {
		strbuf_puts(show->out, "      unless a value that is not known is the same by chance\n");
		return;
	}
	strbuf_printf(show->out, "      %s ", yes ? "if" : "unless");
	if (boolean->cond != NULL)
		strbuf_printf(show->out, "-m %s is true in ", boolean->cond->match->kind->name);
	show_line(show, side_of(show->diff, boolean->rule), boolean->rule);
	strbuf_printf(show->out, "%s\n", boolean->cond != NULL ? "" : " matches");
}

static void show_witness(struct shown *show, enum diff_class class, diagram set)
{
	struct diff_witness witness;

	diff_witness_find(show->diff, class, set, &witness);
	if (witness.verified) {
		show->verdict.differs = true;
		for (unsigned side = 0; side < ALIGN_SIDES; side++)
			show_fate(show, side, &witness.fate[side], class);
		if (!witness.sure)
			show_condition(show, &witness);
	} else {
		show->verdict.undecided = true;
	}
	strbuf_printf(show->out, "      %s: ", witness.verified ? "such as" : "not certain, perhaps such as");
	strbuf_printf(show->out, "%s\n", strbuf_text(&witness.text));
	diff_witness_free(&witness);
}

/* --- packets ---------------------------------------------------------------------------------------- */

#define REGIONS_KEPT 1000

struct regions {
	struct packet_region item[REGIONS_ASKED];
	size_t count;
	diagram rest; /* not described by these */
};

static struct region_space space_of(const struct shown *show)
{
	return (struct region_space){ show->diff->program[ALIGN_NEW], show->diff->fates.diagrams, show->diff->care };
}

static struct regions find_regions(const struct shown *show, diagram wanted)
{
	struct region_space space = space_of(show);
	struct regions regions = { .rest = wanted };

	while (regions.count < REGIONS_ASKED && regions.rest != DIAGRAM_EMPTY && !diagrams_lost(space.diagrams)) {
		struct packet_region region = region_of(&space, regions.rest);

		regions.item[regions.count++] = region;
		regions.rest = diagram_minus(space.diagrams, regions.rest, region.set);
	}
	return regions;
}

static void show_region(struct shown *show, const struct packet_region *region)
{
	struct region_space space = space_of(show);

	region_text(show->out, &space, region);
	strbuf_putc(show->out, '\n');
}

/* Are these all packets of the place that fared in one way before? Then it can be said in one line. */
static bool is_all_of_place(const struct shown *show, const struct diff_place *place, enum diff_class class)
{
	diagram before = class == DIFF_ACCEPTED ? show->diff->refused : show->diff->accepted;

	return (class == DIFF_ACCEPTED || class == DIFF_REFUSED) &&
	       diagram_and(show->diff->fates.diagrams, place->hits, before) == place->set[class];
}

static void show_all_regions(struct shown *show, enum diff_class class, diagram set, diagram wanted)
{
	struct region_space space = space_of(show);
	struct diagrams *all = show->diff->fates.diagrams;

	for (unsigned i = 0; wanted != DIAGRAM_EMPTY && i < REGIONS_KEPT && !diagrams_lost(all); i++) {
		struct packet_region region = region_of(&space, wanted);

		strbuf_printf(show->out, "  %s: ", class_names[class]);
		show_region(show, &region);
		show_witness(show, class, diagram_and(all, set, region.set));
		wanted = diagram_minus(all, wanted, region.set);
	}
	if (wanted != DIAGRAM_EMPTY)
		strbuf_printf(show->out, "  %s: and others\n", class_names[class]);
}

static unsigned count_classes(const struct diff_place *place)
{
	unsigned count = 0;

	for (unsigned class = 0; class < DIFF_CLASSES; class++)
		count += place->set[class] != DIAGRAM_EMPTY;
	return count;
}

static void show_class(struct shown *show, const struct diff_place *place, enum diff_class class)
{
	struct diagrams *all = show->diff->fates.diagrams;
	diagram set = place->set[class], wanted = diagram_over(all, set, (1U << FIELD_COUNT) - 1);
	size_t shown = count_classes(place) > 1 ? 1 : REGIONS_MAX;
	struct regions regions;

	if (show->options->all) {
		show_all_regions(show, class, set, wanted);
		return;
	}
	regions = find_regions(show, wanted);
	strbuf_printf(show->out, "  %s: ", class_names[class]);
	if (regions.count > shown && is_all_of_place(show, place, class)) {
		strbuf_printf(show->out, "all that matches %s and was %s\n", place->policy ? "no rule of the chain" : "there",
			      class == DIFF_ACCEPTED ? "refused" : "accepted");
		show_witness(show, class, set);
		return;
	}
	show_region(show, &regions.item[0]);
	show_witness(show, class, diagram_and(all, set, regions.item[0].set));
	for (size_t i = 1; i < regions.count && i < shown; i++) {
		strbuf_puts(show->out, "    and: ");
		show_region(show, &regions.item[i]);
	}
	if (regions.count > shown)
		strbuf_puts(show->out, "    and others; see --all\n");
}

void show_place(struct shown *show, const struct diff_place *place)
{
	bool shown = false;

	for (unsigned class = 0; class < DIFF_CLASSES; class++) {
		if (place->set[class] == DIAGRAM_EMPTY)
			continue;
		if (!shown)
			show_head(show, place);
		shown = true;
		show_class(show, place, (enum diff_class)class);
	}
}

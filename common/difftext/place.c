/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A change of the text, and what it changes for packets. */
#include "difftext/difftext.h"

#include <string.h>

/* Without --all: so many rules of a place, and so many regions of a class, are shown. */
#define RULES_MAX   2
#define REGIONS_MAX 2
/* So many answers that a difference depends on are shown. */
#define CONDITIONS_MAX 3
/* So many exceptions of a larger region are shown. */
#define MISSING_MAX 4

const char *const difftext_class_names[DIFF_CLASSES] = {
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
	difftext_line(show, side, rule);
	if (at->change == CHANGE_MOVED) {
		strbuf_puts(show->out, ", moved from ");
		difftext_line(show, !side, at->partner);
	}
	strbuf_puts(show->out, ": ");
	difftext_rule(show, side, rule);
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
		difftext_line(show, side, result->rule);
		strbuf_puts(show->out, ": ");
		difftext_rule(show, side, result->rule);
	} else if (result->chain != NULL) {
		strbuf_printf(show->out, "the policy of %s %s", result->chain->table->table->name, result->chain->chain->name);
	} else {
		strbuf_puts(show->out, "no table: no rule is asked");
	}
}

const char *difftext_outcome(enum outcome outcome)
{
	static const char *const words[OUTCOME_COUNT] = {
		[OUTCOME_NONE] = "passed on", [OUTCOME_ACCEPT] = "accepted", [OUTCOME_DROP] = "dropped",
		[OUTCOME_REJECT] = "rejected", [OUTCOME_QUEUE] = "queued", [OUTCOME_LOOP] = "sent in circles",
	};

	return words[outcome];
}

static void show_fate(struct shown *show, unsigned side, const struct witness_fate *fate, unsigned others, enum diff_class class)
{
	strbuf_printf(show->out, "      %s %s by ", side == ALIGN_OLD ? "was" : "now", difftext_outcome(fate->result.outcome));
	show_decider(show, side, &fate->result);
	if (others > 0)
		strbuf_printf(show->out, " (and %u other%s)", others, others == 1 ? "" : "s");
	strbuf_putc(show->out, '\n');
	for (unsigned i = 0; i < fate->nat_count && class == DIFF_TRANSLATED; i++) {
		if (show->diff->align.side[side].rules[fate->nat[i]->serial].change == CHANGE_NONE)
			continue; /* it did so before, too */
		strbuf_puts(show->out, "          translated by ");
		difftext_line(show, side, fate->nat[i]);
		strbuf_puts(show->out, ": ");
		difftext_rule(show, side, fate->nat[i]);
		strbuf_putc(show->out, '\n');
	}
}

unsigned difftext_side_of(const struct diff *diff, const struct program_rule *rule)
{
	const struct program *new = diff->program[ALIGN_NEW];

	return rule->serial < new->rule_count && new->rules[rule->serial] == rule ? ALIGN_NEW : ALIGN_OLD;
}

static void show_answer(struct shown *show, const struct fate_boolean *boolean)
{
	if (boolean->cond != NULL)
		strbuf_printf(show->out, "-m %s is true in ", boolean->cond->match->kind->name);
	difftext_line(show, difftext_side_of(show->diff, boolean->rule), boolean->rule);
	if (boolean->cond == NULL)
		strbuf_puts(show->out, " matches");
}

/* Answers that are taken for granted: those that must be yes, or else the first that must be no. */
static void show_condition(struct shown *show, const struct diff_witness *witness)
{
	const struct fate_boolean *no = NULL;
	unsigned count = 0;

	for (unsigned i = 0; i < witness->literal_count && count < CONDITIONS_MAX; i++) {
		const struct fate_boolean *boolean = fates_boolean(&show->diff->fates, (unsigned)abs(witness->literal[i]));

		if (witness->literal[i] < 0 && no == NULL)
			no = boolean;
		if (witness->literal[i] < 0 || boolean == NULL || boolean->rule == NULL)
			continue;
		strbuf_puts(show->out, count++ == 0 ? "      if " : " and ");
		show_answer(show, boolean);
	}
	if (count == 0 && no == NULL)
		return;
	if (count == 0 && no->rule != NULL) {
		strbuf_puts(show->out, "      unless ");
		show_answer(show, no);
	} else if (count == 0) {
		strbuf_puts(show->out, "      unless a value that is not known is the same by chance");
	}
	strbuf_putc(show->out, '\n');
}

void difftext_find_witness(struct shown *show, enum diff_class class, diagram set, struct diff_witness *witness)
{
	diff_witness_find(show->diff, class, set, witness);
	if (witness->verified)
		show->verdict.differs = true;
	else
		show->verdict.undecided = true;
}

void difftext_fates(struct shown *show, const struct diff_witness *witness, struct other_deciders others, enum diff_class class)
{
	for (unsigned side = 0; side < ALIGN_SIDES; side++)
		show_fate(show, side, &witness->fate[side], others.count[side], class);
}

static void show_witness(struct shown *show, enum diff_class class, diagram set)
{
	struct diff_witness witness;

	difftext_find_witness(show, class, set, &witness);
	if (witness.verified) {
		difftext_fates(show, &witness, diff_witness_others(show->diff, class, set, &witness), class);
		if (!witness.sure)
			show_condition(show, &witness);
	}
	strbuf_printf(show->out, "      %s: ", witness.verified ? "such as" : "not certain, perhaps such as");
	strbuf_printf(show->out, "%s\n", strbuf_text(&witness.text));
	diff_witness_free(&witness);
}

/* --- packets ---------------------------------------------------------------------------------------- */

struct region_space difftext_space(const struct shown *show)
{
	return (struct region_space){ show->diff->program[ALIGN_NEW], show->diff->fates.diagrams, show->diff->care };
}

static void show_region(struct shown *show, const struct packet_region *region)
{
	struct region_space space = difftext_space(show);

	region_text(show->out, &space, region);
	strbuf_putc(show->out, '\n');
}

diagram difftext_described(const struct shown *show, const struct diff_place *place, enum diff_class class)
{
	diagram set = diff_described(show->diff, place->set[class]), others = DIAGRAM_EMPTY;

	for (unsigned c = 0; c < DIFF_CLASSES; c++)
		others = diagram_or(show->diff->fates.diagrams, others, diff_described(show->diff, show->diff->set[c]));
	return set != DIAGRAM_EMPTY || others != DIAGRAM_EMPTY ? set : place->set[class];
}

/* Are these all packets of the place that fared in one way before? Then it can be said in one line. */
static bool is_all_of_place(const struct shown *show, const struct diff_place *place, enum diff_class class)
{
	diagram before = class == DIFF_ACCEPTED ? show->diff->refused : show->diff->accepted;

	return (class == DIFF_ACCEPTED || class == DIFF_REFUSED) &&
	       diagram_and(show->diff->fates.diagrams, place->hits, before) == place->set[class];
}

/* Has the set packets that open a connection, and that come from or go to another host? */
static bool has_usual(const struct shown *show, diagram set)
{
	const struct fates *fates = &show->diff->fates;
	field_value new = ct_value(CT_NEW, false, false, false), lo = value_of_name("lo");

	set = diagram_and(fates->diagrams, set, fate_range(fates, FIELD_CT, new, new));
	return diagram_minus(fates->diagrams, set, fate_range(fates, FIELD_IN, lo, lo)) != DIAGRAM_EMPTY;
}

/*
 * Is another class of the place more to a reader? Whether packets are accepted counts more than how they are refused,
 * and new connections from outside count more than other packets.
 */
static bool is_minor(const struct shown *show, const struct diff_place *place, enum diff_class class)
{
	bool decided = false, usual = false;

	for (unsigned c = 0; c < DIFF_CLASSES; c++) {
		diagram set = difftext_described(show, place, (enum diff_class)c);

		decided |= set != DIAGRAM_EMPTY && (c == DIFF_ACCEPTED || c == DIFF_REFUSED);
		usual |= has_usual(show, set);
	}
	return (decided && class > DIFF_MARKED) || (usual && !has_usual(show, difftext_described(show, place, class)));
}

static unsigned count_major(const struct shown *show, const struct diff_place *place)
{
	unsigned count = 0;

	for (unsigned c = 0; c < DIFF_CLASSES; c++)
		count += difftext_described(show, place, (enum diff_class)c) != DIAGRAM_EMPTY && !is_minor(show, place, (enum diff_class)c);
	return count;
}

/* Several protocols with ports or types of their own are not to be read as one region. */
static bool is_mixed(const struct region_space *space, const struct packet_region *region)
{
	struct value_set protocols, values;

	return region_values(space, region, FIELD_PROTO, &protocols) &&
	       (region_values(space, region, FIELD_DPORT, &values) || region_values(space, region, FIELD_ICMP, &values)) &&
	       !region_is_number(space, region, FIELD_PROTO);
}

/* One larger region and what it lacks, if that can be said in few lines. False: nothing was shown. */
static bool show_all_but(struct shown *show, enum diff_class class, diagram set, diagram wanted, size_t max)
{
	struct region_space space = difftext_space(show), within = space;
	struct packet_region around = region_around(&space, wanted);
	struct region_list missing = regions_missing(&space, &around, wanted, max);
	bool good = missing.rest == DIAGRAM_EMPTY && !is_mixed(&space, &around);

	within.care = around.set;
	if (good)
		show_region(show, &around);
	for (size_t i = 0; i < missing.len && good; i++) {
		strbuf_puts(show->out, "    but not: ");
		region_text(show->out, &within, &missing.item[i]);
		strbuf_putc(show->out, '\n');
	}
	if (good)
		show_witness(show, class, set);
	region_list_free(&missing);
	return good;
}

static void show_some_regions(struct shown *show, enum diff_class class, diagram set, const struct region_list *regions, size_t max)
{
	show_region(show, &regions->item[0]);
	show_witness(show, class, diagram_and(show->diff->fates.diagrams, set, regions->item[0].set));
	if (regions->len == max + 1 && regions->rest == DIAGRAM_EMPTY) /* it takes a line in any case */
		max++;
	for (size_t i = 1; i < regions->len && i < max; i++) {
		strbuf_puts(show->out, "    and: ");
		show_region(show, &regions->item[i]);
	}
	if (regions->len > max || regions->rest != DIAGRAM_EMPTY)
		strbuf_puts(show->out, "    and others; see --all\n");
}

/* How many exceptions a larger region may have, to be easier to read than these regions. */
static size_t exceptions_max(const struct region_list *regions, bool few)
{
	if (!few)
		return MISSING_MAX;
	return regions->len == 2 && regions->item[0].field[FIELD_PROTO] != regions->item[1].field[FIELD_PROTO] ? 1 : 0;
}

static void show_class(struct shown *show, const struct diff_place *place, enum diff_class class)
{
	struct region_space space = difftext_space(show);
	diagram set = difftext_described(show, place, class);
	diagram wanted = diagram_over(space.diagrams, set, (1U << FIELD_COUNT) - 1);
	size_t max = count_major(show, place) > 1 ? 1 : REGIONS_MAX, exceptions;
	struct region_list regions = regions_find(&space, wanted, DIFFTEXT_ASKED);
	bool few = regions.len <= max + 1 && regions.rest == DIAGRAM_EMPTY;

	exceptions = exceptions_max(&regions, few);
	strbuf_printf(show->out, "  %s: ", difftext_class_names[class]);
	if (!few && is_all_of_place(show, place, class)) {
		strbuf_printf(show->out, "all that matches %s and was %s\n", place->policy ? "no rule of the chain" : "there",
			      class == DIFF_ACCEPTED ? "refused" : "accepted");
		show_witness(show, class, set);
	} else if (exceptions == 0 || !show_all_but(show, class, set, wanted, exceptions)) {
		show_some_regions(show, class, set, &regions, max);
	}
	region_list_free(&regions);
}

static void show_minor(struct shown *show, const struct diff_place *place, enum diff_class class)
{
	struct region_space space = difftext_space(show);
	diagram set = difftext_described(show, place, class);
	diagram wanted = diagram_over(space.diagrams, set, (1U << FIELD_COUNT) - 1);
	struct region_list regions = regions_find(&space, wanted, 1);
	struct diff_witness witness;

	difftext_find_witness(show, class, set, &witness);
	strbuf_printf(show->out, "  %s%s: ", difftext_class_names[class], witness.verified ? "" : ", perhaps");
	region_text(show->out, &space, &regions.item[0]);
	strbuf_puts(show->out, regions.rest != DIAGRAM_EMPTY ? "; and others\n" : "\n");
	diff_witness_free(&witness);
	region_list_free(&regions);
}

/* With --all. */
static void show_every_region(struct shown *show, const struct diff_place *place, enum diff_class class)
{
	struct region_space space = difftext_space(show);
	diagram set = difftext_described(show, place, class);
	struct region_list regions = regions_find(&space, diagram_over(space.diagrams, set, (1U << FIELD_COUNT) - 1), DIFFTEXT_ALL);

	for (size_t i = 0; i < regions.len; i++) {
		strbuf_printf(show->out, "  %s: ", difftext_class_names[class]);
		show_region(show, &regions.item[i]);
		show_witness(show, class, diagram_and(space.diagrams, set, regions.item[i].set));
	}
	if (regions.rest != DIAGRAM_EMPTY)
		strbuf_printf(show->out, "  %s: and others\n", difftext_class_names[class]);
	region_list_free(&regions);
}

/* Shows the classes of the place that are minor, or those that are not. Returns whether there were any. */
static bool show_classes(struct shown *show, const struct diff_place *place, bool minor, bool headed)
{
	for (unsigned c = 0; c < DIFF_CLASSES; c++) {
		enum diff_class class = (enum diff_class)c;

		if (difftext_described(show, place, class) == DIAGRAM_EMPTY || (!show->options->all && is_minor(show, place, class)) != minor)
			continue;
		if (!headed)
			show_head(show, place);
		headed = true;
		if (show->options->all)
			show_every_region(show, place, class);
		else if (minor)
			show_minor(show, place, class);
		else
			show_class(show, place, class);
	}
	return headed;
}

void difftext_place(struct shown *show, const struct diff_place *place)
{
	bool headed = show_classes(show, place, false, false);

	(void)show_classes(show, place, true, headed);
}

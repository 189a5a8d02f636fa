/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "difftext/difftext.h"
#include "base/escape.h"

#include <string.h>

const struct line *difftext_line_of(const struct shown *show, unsigned side, const struct program_rule *rule)
{
	return &show->diff->program[side]->ruleset->stream->lines.item[rule->rule->line];
}

struct where difftext_origin(const struct shown *show, unsigned side, const struct program_rule *rule)
{
	return stream_origin_where(show->diff->program[side]->ruleset->stream, difftext_line_of(show, side, rule));
}

void difftext_line(struct shown *show, unsigned side, const struct program_rule *rule)
{
	struct where origin = difftext_origin(show, side, rule);

	if (show->options->rule_names[side] != NULL) {
		strbuf_puts(show->out, show->options->rule_names[side]);
		return;
	}
	strbuf_printf(show->out, "%s line %u", side == ALIGN_OLD ? "old" : "new", difftext_line_of(show, side, rule)->number);
	if (origin.file != NULL) {
		strbuf_puts(show->out, " (");
		strbuf_escape(show->out, origin.file, strlen(origin.file));
		strbuf_printf(show->out, ":%u)", origin.line);
	}
}

void difftext_rule(struct shown *show, unsigned side, const struct program_rule *rule)
{
	const struct line *line = difftext_line_of(show, side, rule);

	strbuf_escape(show->out, line->text, line->len);
}

/* --- beside packets --------------------------------------------------------------------------------- */

/* Without --all, so many changed limits and so many new names are shown. */
#define LISTED_MAX 5

static void show_limit(struct shown *show, const struct program_rule *old, const struct program_rule *new)
{
	strbuf_printf(show->out, "%s: a limit changed\n  - ", family_name(show->family));
	difftext_line(show, ALIGN_OLD, old);
	strbuf_puts(show->out, ": ");
	difftext_rule(show, ALIGN_OLD, old);
	strbuf_puts(show->out, "\n  + ");
	difftext_line(show, ALIGN_NEW, new);
	strbuf_puts(show->out, ": ");
	difftext_rule(show, ALIGN_NEW, new);
	strbuf_putc(show->out, '\n');
}

static void show_counted(struct shown *show)
{
	const struct alignment_side *side = &show->diff->align.side[ALIGN_NEW];
	unsigned count = 0;

	for (unsigned r = 0; r < side->program->rule_count; r++)
		if (side->rules[r].change == CHANGE_COUNTED && (++count <= LISTED_MAX || show->options->all))
			show_limit(show, side->rules[r].partner, side->program->rules[r]);
	show->verdict.differs |= count > 0;
	if (count > LISTED_MAX && !show->options->all)
		strbuf_printf(show->out, "%s: and %u more limits; see --all\n", family_name(show->family), count - LISTED_MAX);
}

static void show_renamed(struct shown *show)
{
	const struct alignment_side *side = &show->diff->align.side[ALIGN_NEW];
	unsigned count = 0;

	for (unsigned c = 0; c < side->chain_count; c++) {
		const struct program_chain *new = side->chains[c].chain, *old = side->chains[c].partner;

		if (old != NULL && strcmp(old->chain->name, new->chain->name) != 0 && (++count <= LISTED_MAX || show->options->all))
			strbuf_printf(show->out, "%s: chain %s of table %s is called %s now\n", family_name(show->family),
				      old->chain->name, old->table->table->name, new->chain->name);
	}
	if (count > LISTED_MAX && !show->options->all)
		strbuf_printf(show->out, "%s: and %u more chains have another name; see --all\n", family_name(show->family), count - LISTED_MAX);
}

/* --- summaries -------------------------------------------------------------------------------------- */

static const char *const class_counts[DIFF_CLASSES] = {
	[DIFF_ACCEPTED] = "newly accepted", [DIFF_REFUSED] = "newly refused", [DIFF_TRANSLATED] = "translated otherwise",
	[DIFF_MARKED] = "marked otherwise", [DIFF_REJECTED] = "refused otherwise", [DIFF_DECIDED] = "decided otherwise",
};

/* One line: in how many places of the text something has become different, by class. */
static void show_summary(struct shown *show)
{
	const char *before = ": ";

	strbuf_puts(show->out, family_name(show->family));
	for (unsigned class = 0; class < DIFF_CLASSES; class++) {
		unsigned places = 0;

		for (size_t p = 0; p < show->diff->places.len; p++)
			places += show->diff->places.item[p].set[class] != DIAGRAM_EMPTY;
		if (places == 0)
			continue;
		strbuf_printf(show->out, "%spackets %s by %u change%s", before, class_counts[class], places, places == 1 ? "" : "s");
		before = "; ";
	}
	if (show->diff->counted)
		strbuf_printf(show->out, "%sa limit changed", before);
	else if (!diff_found(show->diff))
		strbuf_puts(show->out, ": same meaning");
	strbuf_putc(show->out, '\n');
}

static size_t count_places(const struct diff *diff)
{
	size_t count = 0;

	for (size_t p = 0; p < diff->places.len; p++) {
		bool some = false;

		for (unsigned class = 0; class < DIFF_CLASSES; class++)
			some |= diff->places.item[p].set[class] != DIAGRAM_EMPTY;
		count += some;
	}
	return count;
}

/* What the text has besides: changes that no packet feels. */
static void show_rest(struct shown *show)
{
	size_t some = count_places(show->diff), all = show->diff->places.len;

	if (!diff_found(show->diff) && !show->diff->counted && show->diff->further == NULL)
		strbuf_printf(show->out, "%s: same meaning\n", family_name(show->family));
	else if (all > some)
		strbuf_printf(show->out, "%s: %zu other change%s of the text change%s nothing for any packet\n",
			      family_name(show->family), all - some, all - some == 1 ? "" : "s", all - some == 1 ? "s" : "");
}

unsigned difftext_tries(const struct diff *diff)
{
	unsigned rules = diff->program[ALIGN_OLD]->rule_count + diff->program[ALIGN_NEW]->rule_count;

	return rules <= 5000 ? 100000 : 500000000 / rules;
}

/* The rulesets differ in too many ways to be compared: is there a packet that shows it? */
static void show_lost(struct shown *show)
{
	struct diff_witness witness;
	enum diff_class class;

	if (!diff_witness_search(show->diff, difftext_tries(show->diff), &witness, &class)) {
		strbuf_printf(show->out, "%s: undecided: the rulesets differ in too many ways to be compared\n", family_name(show->family));
	} else {
		show->verdict.differs = true;
		strbuf_printf(show->out, "%s: at least this differs; not all was compared\n", family_name(show->family));
		strbuf_printf(show->out, "  %s: %s\n", difftext_class_names[class], strbuf_text(&witness.text));
		difftext_fates(show, &witness, (struct other_deciders){ { 0, 0 } }, class);
	}
	diff_witness_free(&witness);
}

struct diff_verdict difftext_words(struct strbuf *out, const struct diff *diff, int family, const struct difftext_options *options)
{
	struct shown show = { .options = options, .diff = diff, .out = out, .family = family };

	show.verdict.undecided = diff->lost || diff->loops || diff->further != NULL;
	if (diff->lost) {
		show_lost(&show);
		return show.verdict;
	}
	show_counted(&show);
	for (size_t p = 0; p < diff->places.len; p++)
		difftext_place(&show, &diff->places.item[p]);
	if (options->form == DIFFTEXT_SUMMARY) {
		strbuf_reset(out);
		show_summary(&show);
	} else {
		show_renamed(&show);
		show_rest(&show);
	}
	if (diff->fates.diagrams != NULL && diagrams_lost(diff->fates.diagrams)) { /* on the way: what was described may be wrong */
		strbuf_reset(out);
		strbuf_printf(out, "%s: packets fare differently%s, in too many ways to be described\n", family_name(family),
			      show.verdict.differs ? "" : ", perhaps");
		show.verdict.undecided = true;
	}
	if (diff->further != NULL)
		strbuf_printf(out, "%s: undecided: a rule that changed uses %s, which acts on more than the packet that the rule meets\n",
			      family_name(family), diff->further);
	if (diff->loops)
		strbuf_printf(out, "%s: undecided for packets whose chains call each other, or whose ways are too many to follow\n",
			      family_name(family));
	return show.verdict;
}

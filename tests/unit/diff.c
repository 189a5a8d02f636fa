/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * diff [SEED [COUNT]] | diff OLD NEW - compares COUNT random rulesets with edits of them, or two IPv4 files, and sends
 * packets through the tracer of both: they must fare as the comparison says, whatever is answered where the tracer
 * cannot know. Half of the packets are of those that fare differently. A pair where one does not is printed.
 */
#include "base/file.h"
#include "meaning/diff_witness.h"
#include "meaning/region.h"
#include "randomedits.h"
#include "tap.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PACKETS   1500
#define NODES_MAX ((size_t)3000000)

struct totals {
	unsigned pairs, same, different, lost, packets, changed, unsure, witnesses;
};

struct text_rules_pair {
	struct strbuf text[ALIGN_SIDES];
	struct stream stream[ALIGN_SIDES];
	struct ruleset *ruleset[ALIGN_SIDES];
};

static bool read_pair(struct text_rules_pair *pair, enum family family)
{
	struct diag_log log = { .report = NULL };

	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		if (!stream_read(&pair->stream[s], s == 0 ? "old" : "new", strbuf_text(&pair->text[s]), pair->text[s].len, family, &log))
			return false;
		pair->ruleset[s] = ruleset_read(&pair->stream[s], family, &log);
		if (pair->ruleset[s] == NULL || diag_errors(&log) > 0)
			return false;
	}
	return true;
}

static void free_pair(struct text_rules_pair *pair)
{
	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		ruleset_free(pair->ruleset[s]);
		stream_free(&pair->stream[s]);
		strbuf_free(&pair->text[s]);
	}
}

/* --- packets ------------------------------------------------------------------------------------------ */

/* A packet of a set, anywhere in it. */
static struct packet random_packet(const struct diff *diff, diagram set, uint32_t point[FIELD_COUNT])
{
	const struct space *space = &diff->world.space;
	struct packet packet = { .family = space->family };
	uint32_t wanted[FIELD_COUNT];
	struct box box;

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		wanted[f] = random_below(space->field[f].count);
	box = diagram_some(diff->fates.diagrams, set, wanted);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		point[f] = box.dim[f].lo;
		packet_set(&packet, (enum field)f, random_value(space, (enum field)f, point[f]));
	}
	packet.forwarded = packet.value[FIELD_IN] != 0 && packet.value[FIELD_OUT] != 0;
	return packet;
}

/* Answers by coins: the same one for the same question, so for partners in both programs. */
struct coins {
	const struct diff *diff;
	unsigned side, salt;
};

static bool coin(const struct coins *coins, unsigned a, unsigned b, unsigned c)
{
	unsigned hash = (a * 2654435761u ^ b * 2246822519u ^ c * 3266489917u) + coins->salt * 668265263u;

	hash ^= hash >> 15;
	hash *= 2246822519u;
	return (hash >> 13 & 1) != 0;
}

static enum answer toss(void *ctx, const struct program_rule *rule, const struct packet *packet, enum hook hook)
{
	const struct coins *coins = ctx;
	const struct alignment_rule *at = &coins->diff->align.side[coins->side].rules[rule->serial];
	unsigned identity = coins->side == ALIGN_OLD ? rule->serial : at->partner != NULL ? at->partner->serial : 1000000 + rule->serial;
	unsigned table = (unsigned)strlen(rule->chain->table->table->name) + (unsigned)rule->chain->table->table->name[0];
	bool vague = false;

	for (unsigned i = 0; i < rule->cond_count; i++) {
		const struct cond *cond = &rule->conds[i];

		if (cond_answer(cond, packet, hook) != ANSWER_UNKNOWN)
			continue;
		if (cond->kind != COND_UNKNOWN || cond->var == 0 || (cond->depends & alignment_changes(&coins->diff->align, rule->chain->table)) != 0)
			vague = true;
		else if (coin(coins, cond->var, hook, table) == cond->negative)
			return ANSWER_NO;
	}
	return !vague || coin(coins, identity + 5000000, hook, table) ? ANSWER_YES : ANSWER_NO;
}

/* The answers of masks, which the packet itself tells. */
static diagram mask_answers(const struct diff *diff, const struct packet *packet)
{
	diagram set = DIAGRAM_FULL;

	for (size_t v = 0; v < diff->world.matches.vars.len; v++) {
		const struct variable *var = &diff->world.matches.vars.item[v];
		struct box box = box_all(&diff->world.space);

		if (var->match != NULL)
			continue;
		box.literal[box.literal_count++] = (packet->value[var->mask.field] & var->mask.mask) == var->mask.value ? (int32_t)v + 1 : -(int32_t)v - 1;
		set = diagram_and(diff->fates.diagrams, set, diagram_box(diff->fates.diagrams, &box));
	}
	return set;
}

static bool complain(const struct packet *packet, const struct witness_fate fate[2], enum diff_class class, const char *what)
{
	struct strbuf text = STRBUF_INIT;

	packet_text(&text, packet);
	printf("# %s (class %u): %s ttl %u length %u tos %u: outcome %u, now %u\n", what, class, strbuf_text(&text), (unsigned)packet->value[FIELD_TTL],
	       (unsigned)packet->value[FIELD_LENGTH], (unsigned)packet->value[FIELD_TOS], fate[0].result.outcome, fate[1].result.outcome);
	strbuf_free(&text);
	return false;
}

/* Does a packet fare as the comparison says? */
static bool agrees(const struct diff *diff, const struct packet *packet, const uint32_t point[FIELD_COUNT], struct totals *totals)
{
	struct diagrams *all = diff->fates.diagrams;
	diagram masks = mask_answers(diff, packet), left = masks;
	struct witness_fate fate[ALIGN_SIDES];
	enum diff_class class;
	unsigned salt = (unsigned)rand();

	for (unsigned s = 0; s < ALIGN_SIDES; s++) {
		struct coins coins = { diff, s, salt };

		fate[s] = witness_follow(diff->program[s], packet, toss, &coins);
	}
	class = witness_class(&fate[0], &fate[1]);
	totals->packets++;
	totals->changed += class != DIFF_CLASSES;
	for (unsigned c = 0; c < DIFF_CLASSES; c++) {
		bool possible = diagram_at(all, diagram_and(all, diff->set[c], masks), point) != DIAGRAM_EMPTY;

		if (c == (unsigned)class && !possible)
			return complain(packet, fate, class, "a packet fares differently, which is not said");
		left = diagram_minus(all, left, diff->set[c]);
	}
	if (class == DIFF_CLASSES && diagram_at(all, left, point) == DIAGRAM_EMPTY)
		return complain(packet, fate, class, "a packet fares as before, but the opposite is said");
	return true;
}

/* What a rule of either program matches, whether it changed or not. */
static diagram random_rule_set(const struct diff *diff)
{
	const struct program *program = diff->program[random_below(ALIGN_SIDES)];
	struct box box = box_all(&diff->world.space);

	if (program->boxes.len > 0)
		box = program->boxes.item[random_below((unsigned)program->boxes.len)];
	box.literal_count = 0;
	return diagram_and(diff->fates.diagrams, diff->care, diagram_box(diff->fates.diagrams, &box));
}

static diagram random_set(const struct diff *diff)
{
	struct diagrams *all = diff->fates.diagrams;
	unsigned class = random_below(DIFF_CLASSES);
	diagram set = DIAGRAM_EMPTY;

	if (random_below(2) == 0)
		for (unsigned i = 0; i < DIFF_CLASSES && set == DIAGRAM_EMPTY; i++)
			set = diff->set[(class + i) % DIFF_CLASSES];
	else if (random_below(2) == 0)
		set = random_rule_set(diff);
	if (set == DIAGRAM_EMPTY && diff->cut.len > 0)
		set = diagram_and(all, diff->care, diagram_box(all, &diff->cut.item[random_below((unsigned)diff->cut.len)]));
	return set == DIAGRAM_EMPTY || random_below(5) == 0 ? diff->care : set;
}

/* The witness of each class must be confirmed by the tracer, unless something unknown was rewritten before. */
static void ask_witnesses(const struct diff *diff, struct totals *totals)
{
	for (unsigned c = 0; c < DIFF_CLASSES; c++) {
		struct diff_witness witness;

		if (diff->set[c] == DIAGRAM_EMPTY)
			continue;
		diff_witness_find(diff, (enum diff_class)c, diff->set[c], &witness);
		totals->witnesses++;
		totals->unsure += !witness.verified;
		diff_witness_free(&witness);
	}
}

/* Regions of a set are within it, together they are all of it but the rest, and none lies in the union of the others. */
static bool regions_fit(const struct diff *diff, diagram set)
{
	struct diagrams *all = diff->fates.diagrams;
	struct region_space space = { diff->program[ALIGN_NEW], all, diff->care };
	diagram wanted = diagram_over(all, set, (1U << FIELD_COUNT) - 1), covered = DIAGRAM_EMPTY;
	struct region_list regions = regions_find(&space, wanted, 8);
	bool good = true;

	for (size_t i = 0; i < regions.len; i++) {
		diagram others = DIAGRAM_EMPTY;

		for (size_t k = 0; k < regions.len; k++)
			others = k != i ? diagram_or(all, others, regions.item[k].set) : others;
		good = good && diagram_minus(all, regions.item[i].set, others) != DIAGRAM_EMPTY &&
		       diagram_minus(all, regions.item[i].set, wanted) == DIAGRAM_EMPTY;
		covered = diagram_or(all, covered, regions.item[i].set);
	}
	good = good && diagram_minus(all, wanted, covered) == regions.rest;
	region_list_free(&regions);
	if (!good && !diagrams_lost(all))
		printf("# regions do not fit their set\n");
	return good || diagrams_lost(all);
}

static bool ask_regions(const struct diff *diff)
{
	for (unsigned c = 0; c < DIFF_CLASSES; c++)
		if (diff->set[c] != DIAGRAM_EMPTY && !regions_fit(diff, diff->set[c]))
			return false;
	return true;
}

static bool ask_pair(struct text_rules_pair *pair, enum family family, struct totals *totals)
{
	struct diff diff = { .lost = false };
	bool good = read_pair(pair, family) && diff_begin(&diff, pair->ruleset[0], pair->ruleset[1], NODES_MAX);

	totals->pairs++;
	totals->lost += diff.lost;
	if (good && diff.care == DIAGRAM_EMPTY)
		diff.care = diff_care(&diff);
	if (good && !diff.lost) {
		totals->same += !diff_found(&diff);
		totals->different += diff_found(&diff);
		ask_witnesses(&diff, totals);
		good = ask_regions(&diff);
	}
	for (unsigned i = 0; i < PACKETS && good && !diff.lost && !diagrams_lost(diff.fates.diagrams); i++) {
		uint32_t point[FIELD_COUNT];
		struct packet packet = random_packet(&diff, random_set(&diff), point);

		good = agrees(&diff, &packet, point, totals);
	}
	if (pair->ruleset[1] != NULL)
		diff_end(&diff);
	return good;
}

/* --- pairs -------------------------------------------------------------------------------------------- */

static bool ask_random(enum family family, unsigned seed, struct totals *totals)
{
	struct edit_rules all = edit_random(seed, family);
	struct text_rules_pair pair = { .ruleset = { NULL } };
	unsigned edits = 1 + random_below(3);
	bool good;

	edit_fix_calls(&all);
	edit_text(&pair.text[ALIGN_OLD], &all);
	for (unsigned i = 0; i < edits; i++)
		edit_change(&all);
	edit_text(&pair.text[ALIGN_NEW], &all);
	good = ask_pair(&pair, family, totals);
	if (!good)
		printf("# IPv%d seed %u, old:\n%s# new:\n%s", family == FAMILY_IPV6 ? 6 : 4, seed, strbuf_text(&pair.text[0]), strbuf_text(&pair.text[1]));
	free_pair(&pair);
	edit_free(&all);
	return good;
}

static void tell(enum family family, const struct totals *totals)
{
	printf("# IPv%d: %u pairs, %u the same, %u different, %u too much work; %u packets, %u fared differently; %u of %u witnesses not certain\n",
	       family == FAMILY_IPV6 ? 6 : 4, totals->pairs, totals->same, totals->different, totals->lost, totals->packets, totals->changed,
	       totals->unsure, totals->witnesses);
}

/* In a child, because libxtables reads only one family in a process. */
static bool ask_all(enum family family, unsigned seed, unsigned count)
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct totals totals = { 0 };
		bool good = ext_begin(family) == 0;

		for (unsigned i = 0; i < count && good; i++)
			good = ask_random(family, seed + i, &totals);
		tell(family, &totals);
		fflush(stdout);
		_exit(good && totals.changed > 0 && totals.same > 0 ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * With so few nodes that nothing can be compared: is a packet found that fares differently? Only then may it be said.
 */
static bool search_small(const char *old, const char *new, bool differs)
{
	struct text_rules_pair pair = { .ruleset = { NULL } };
	struct diff diff = { .lost = false };
	struct diff_witness witness;
	enum diff_class class = DIFF_CLASSES;
	bool good;

	strbuf_puts(&pair.text[ALIGN_OLD], old);
	strbuf_puts(&pair.text[ALIGN_NEW], new);
	good = read_pair(&pair, FAMILY_IPV4) && diff_begin(&diff, pair.ruleset[0], pair.ruleset[1], 60) && diff.lost;
	good = good && diff_witness_search(&diff, 20000, &witness, &class) == differs && (class == DIFF_ACCEPTED) == differs &&
	       (!differs || (strstr(strbuf_text(&witness.text), ":22 ") != NULL && witness.sure));
	if (diff.lost)
		diff_witness_free(&witness);
	diff_end(&diff);
	free_pair(&pair);
	return good;
}

#define SMALL(rules) "*filter\n:INPUT DROP\n-A INPUT -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT\n" rules "COMMIT\n"

static bool search_all(void)
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(ext_begin(FAMILY_IPV4) == 0 &&
		      search_small(SMALL(""), SMALL("-A INPUT -s 198.51.100.0/24 -p tcp --dport 22 -j ACCEPT\n"), true) &&
		      search_small(SMALL(""), SMALL("-A INPUT -s 192.0.2.7/32 -p tcp --dport 22 -j ACCEPT\n"), false) ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool ask_files(char *const files[])
{
	struct text_rules_pair pair = { .ruleset = { NULL } };
	struct totals totals = { 0 };
	bool good = ext_begin(FAMILY_IPV4) == 0;

	for (unsigned s = 0; s < ALIGN_SIDES; s++)
		good = good && file_read_path(files[s], &pair.text[s], SIZE_MAX / 4) == 0;
	good = good && ask_pair(&pair, FAMILY_IPV4, &totals);
	tell(FAMILY_IPV4, &totals);
	free_pair(&pair);
	return good;
}

int main(int argc, char *argv[])
{
	bool files = argc == 3 && !isdigit((unsigned char)argv[1][0]);
	unsigned seed = !files && argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	unsigned count = !files && argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 150;

	if (files) {
		CHECK(ask_files(argv + 1), "packets fare as the comparison of the files says");
		return tap_done();
	}
	CHECK(search_all(), "without nodes for a comparison, a packet that fares differently is found, if there is one");
	CHECK(ask_all(FAMILY_IPV4, seed, count), "IPv4: packets fare as the comparison says");
	CHECK(ask_all(FAMILY_IPV6, seed, count), "IPv6: packets fare as the comparison says");
	return tap_done();
}

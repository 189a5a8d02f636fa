/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Rules as text: edits of chains, the effect of written programs in a kernel, comparisons, and places of merged rules. */
#include "fake/kernel.h"
#include "ruletext/edit.h"
#include "ruletext/merge.h"
#include "ruletext/program.h"
#include "ruletext/verify.h"
#include "tap.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static unsigned below(unsigned limit)
{
	static uint32_t seed = 20261127;

	seed = seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)seed * limit) >> 32);
}

static void read_text(struct text_rules *rules, const char *text)
{
	struct diag_log log = { .report = NULL };

	if (!rules_read(rules, "a sample", text, strlen(text), &log))
		CHECK(false, "reads the sample");
}

/* --- edit ------------------------------------------------------------------------------------------- */

enum { LIST = 14 };

/* A list of rules, as the saver prints them and as the model writes them. */
struct list {
	unsigned count;
	unsigned raw[LIST], text[LIST];
};

static const char *const texts[] = { "-A C -j A", "-A C -j B", "-A C -j D", "-A C -j E", "-A C -j F", "-A C -j G", "-A C -j H",
				     "-A C -j I", "-A C -j K", "-A C -j L", "-A C -j M", "-A C -j N", "-A C -j O", "-A C -j P" };

static struct piece piece_of(const char *text)
{
	return (struct piece){ text, (unsigned)strlen(text) };
}

/* Each text has two spellings if `spelled`. */
static void random_list(struct list *list, unsigned kinds, bool spelled)
{
	list->count = below(LIST + 1);
	for (unsigned i = 0; i < list->count; i++) {
		list->text[i] = below(kinds);
		list->raw[i] = 2 * list->text[i] + (spelled ? below(2) : 0);
	}
}

/* Each text at most once. */
static void unique_list(struct list *list)
{
	unsigned kept = 0;

	random_list(list, ARRAY_LEN(texts), false);
	for (unsigned i = 0; i < list->count; i++) {
		bool seen = false;

		for (unsigned k = 0; k < kept; k++)
			seen = seen || list->text[k] == list->text[i];
		if (!seen) {
			list->text[kept] = list->text[i];
			list->raw[kept++] = list->raw[i];
		}
	}
	list->count = kept;
}

static void chain_of(const struct list *list, char spellings[2 * ARRAY_LEN(texts)][16], struct text_chain *chain)
{
	for (unsigned i = 0; i < list->count; i++) {
		struct text_rule rule = { .text = piece_of(texts[list->text[i]]), .raw = piece_of(spellings[list->raw[i]]) };

		if (!vec_push(&chain->rules, rule))
			abort();
	}
}

static unsigned spelling_of(const struct text_rule *rule, char spellings[2 * ARRAY_LEN(texts)][16])
{
	for (unsigned i = 0; i < 2 * ARRAY_LEN(texts); i++)
		if (strcmp(rule_raw(rule)->text, spellings[i]) == 0)
			return i;
	return 0;
}

static void put(struct list *list, unsigned at, unsigned raw)
{
	memmove(&list->raw[at + 1], &list->raw[at], (list->count - at) * sizeof(list->raw[0]));
	list->raw[at] = raw;
	list->count++;
}

/* Carries out the steps as iptables would; false: iptables would refuse one. */
static bool take_steps(struct list *list, const edits *steps, char spellings[2 * ARRAY_LEN(texts)][16])
{
	for (size_t i = 0; i < steps->len; i++) {
		const struct edit *step = &steps->item[i];
		unsigned raw = spelling_of(step->rule, spellings), at = 0;

		if (!step->remove) {
			if (step->number > list->count + 1 || list->count == LIST)
				return false;
			put(list, step->number > 0 ? (unsigned)step->number - 1 : list->count, raw);
			continue;
		}
		at = (unsigned)step->number;
		while (step->number == 0 && at < list->count && list->raw[at] != raw)
			at++;
		at -= step->number > 0;
		if (at >= list->count || list->raw[at] != raw)
			return false;
		list->count--;
		memmove(&list->raw[at], &list->raw[at + 1], (list->count - at) * sizeof(list->raw[0]));
	}
	return true;
}

static bool same_list(const struct list *a, const struct list *b)
{
	for (unsigned i = 0; i < a->count && i < b->count; i++)
		if (a->raw[i] / 2 != b->raw[i] / 2)
			return false;
	return a->count == b->count;
}

static unsigned longest_common(const struct list *a, const struct list *b)
{
	unsigned best[LIST + 1][LIST + 1] = { { 0 } };

	for (unsigned i = 1; i <= a->count; i++)
		for (unsigned j = 1; j <= b->count; j++)
			best[i][j] = a->text[i - 1] == b->text[j - 1]     ? best[i - 1][j - 1] + 1 :
				     best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] :
								       best[i][j - 1];
	return best[a->count][b->count];
}

/* The number of steps from live to want; UINT_MAX: the steps give another list. */
static unsigned edit_lists(const struct list *live, const struct list *want,
			   int (*edit)(const struct text_chain *, const struct text_chain *, bool, edits *))
{
	char spellings[2 * ARRAY_LEN(texts)][16];
	struct text_chain now = { .name = "C" }, then = { .name = "C" };
	struct list list = *live;
	edits steps = { 0 };
	unsigned count;

	for (unsigned i = 0; i < 2 * ARRAY_LEN(texts); i++)
		snprintf(spellings[i], sizeof(spellings[i]), "%s%s", texts[i / 2], i % 2 != 0 ? " x" : "");
	chain_of(live, spellings, &now);
	chain_of(want, spellings, &then);
	count = edit(&now, &then, false, &steps) == 0 && take_steps(&list, &steps, spellings) && same_list(&list, want) ?
			(unsigned)steps.len :
			UINT_MAX;
	vec_free(&steps);
	vec_free(&now.rules);
	vec_free(&then.rules);
	return count;
}

static void test_edit(int (*edit)(const struct text_chain *, const struct text_chain *, bool, edits *))
{
	unsigned wrong = 0, wasteful = 0, idle = 0;

	for (unsigned i = 0; i < 30000; i++) {
		struct list live, want;
		unsigned steps;

		random_list(&live, 1 + below(ARRAY_LEN(texts)), i % 2 != 0);
		random_list(&want, 1 + below(ARRAY_LEN(texts)), i % 2 != 0);
		steps = edit_lists(&live, &want, edit);
		wrong += steps == UINT_MAX;
		wasteful += steps != UINT_MAX && steps > live.count + want.count;
		idle += edit_lists(&live, &live, edit) != 0;
	}
	CHECK(wrong == 0, "edits turn any list of rules into any other, with duplicates and with other spellings");
	CHECK(wasteful == 0, "no edit changes more rules than there are");
	CHECK(idle == 0, "equal lists need no edit");
	wasteful = 0;
	for (unsigned i = 0; i < 10000; i++) {
		struct list live, want;

		unique_list(&live);
		unique_list(&want);
		wasteful += edit_lists(&live, &want, edit) != live.count + want.count - 2 * longest_common(&live, &want);
	}
	CHECK(wasteful == 0, "lists without duplicates are edited in the fewest possible steps");
}

static void test_edit_lines(void)
{
	struct text_rules live, want;
	struct strbuf lines = STRBUF_INIT;
	edits steps = { 0 };

	read_text(&live, "*filter\n:C - [0:0]\n[1:2] -A C -s a -j DROP\n[3:4] -A C -j LOG\nCOMMIT\n");
	read_text(&want, "*filter\n:C - [0:0]\n[5:6] -A C -s b -j DROP\n[7:8] -A C -j LOG\n[9:10] -A C -j ACCEPT\nCOMMIT\n");
	CHECK(edit_chain(&live.tables.item[0].chains.item[0], &want.tables.item[0].chains.item[0], false, &steps) == 0,
	      "aligns a chain with another");
	edit_write(&steps, true, &lines);
	CHECK(strcmp(strbuf_text(&lines), "-D C -s a -j DROP\n[5:6] -I C 1 -s b -j DROP\n[9:10] -A C -j ACCEPT\n") == 0,
	      "writes edits with places and counters; an unchanged rule keeps its counters");
	strbuf_reset(&lines);
	steps.len = 0;
	CHECK(edit_chain(&live.tables.item[0].chains.item[0], &want.tables.item[0].chains.item[0], true, &steps) == 0 &&
		      steps.len == 5,
	      "replaces a rule with other counters if counters matter");
	steps.len = 0;
	CHECK(edit_places(&live.tables.item[0].chains.item[0], &want.tables.item[0].chains.item[0], false, &steps) == 0,
	      "aligns a chain with another, to edit by places");
	edit_write(&steps, true, &lines);
	CHECK(strcmp(strbuf_text(&lines), "-D C 1\n[5:6] -I C 1 -s b -j DROP\n[9:10] -A C -j ACCEPT\n") == 0,
	      "writes a removal by its place, without the rule");
	vec_free(&steps);
	strbuf_free(&lines);
	rules_free(&live);
	rules_free(&want);
}

/* --- programs --------------------------------------------------------------------------------------- */

static const char *const user_chains[] = { "a", "b", "c", "d" };

static void random_chain(struct strbuf *out, const char *chain, unsigned declared)
{
	for (unsigned n = below(7); n > 0; n--) {
		unsigned target = below(ARRAY_LEN(user_chains));

		if (below(3) == 0 && (declared >> target & 1) != 0 && strcmp(chain, user_chains[target]) < 0)
			strbuf_printf(out, "-A %s -j %s\n", chain, user_chains[target]);
		else
			strbuf_printf(out, "-A %s -p tcp -m tcp --dport %u -j %s\n", chain, below(6),
				      below(2) != 0 ? "DROP" : "ACCEPT");
	}
}

/* A table with random policies, user chains and rules; `a` and `b` may jump to `c` too. */
static void random_table(struct strbuf *out, const char *table, const char *const hooks[3])
{
	unsigned declared = below(1u << ARRAY_LEN(user_chains));

	strbuf_printf(out, "*%s\n", table);
	for (unsigned i = 0; i < 3; i++)
		strbuf_printf(out, ":%s %s [0:0]\n", hooks[i], below(3) == 0 ? "DROP" : "ACCEPT");
	for (unsigned i = 0; i < ARRAY_LEN(user_chains); i++)
		if ((declared >> i & 1) != 0)
			strbuf_printf(out, ":%s - [0:0]\n", user_chains[i]);
	for (unsigned i = 0; i < 3; i++)
		random_chain(out, hooks[i], declared);
	for (unsigned i = 0; i < ARRAY_LEN(user_chains); i++)
		if ((declared >> i & 1) != 0)
			random_chain(out, user_chains[i], declared);
	strbuf_puts(out, "COMMIT\n");
}

static void random_rules(struct strbuf *out)
{
	static const char *const filter[] = { "INPUT", "FORWARD", "OUTPUT" }, *const nat[] = { "PREROUTING", "INPUT", "POSTROUTING" };

	strbuf_reset(out);
	if (below(8) != 0)
		random_table(out, "filter", filter);
	if (below(2) != 0)
		random_table(out, "nat", nat);
}

/* Marks some rules and chains as another program's, like a merge. */
static void random_marks(struct text_rules *rules)
{
	for (size_t t = 0; t < rules->tables.len; t++)
		for (size_t c = 0; c < rules->tables.item[t].chains.len; c++) {
			struct text_chain *chain = &rules->tables.item[t].chains.item[c];

			chain->ours = below(4) != 0;
			for (size_t r = 0; r < chain->rules.len; r++)
				chain->rules.item[r].foreign = !chain->ours || below(5) == 0;
		}
}

static bool run_program(struct fake_kernel *kernel, bool flush, const char *program, const char **why)
{
	unsigned line = 1;

	*why = "";
	while (*program != '\0')
		if (!fake_restore(kernel, 0, flush, &program, &line, why))
			return false;
	return true;
}

/* Does the program that is written for it turn one table into the other? */
static bool program_works(const struct strbuf *from, const struct strbuf *to, enum program_style style, enum counts counts)
{
	struct fake_kernel kernel = { .generation = 0 }, wanted = { .generation = 0 };
	struct strbuf program = STRBUF_INIT;
	struct text_rules live, want;
	const char *why = "";
	bool good;

	read_text(&live, strbuf_text(from));
	read_text(&want, strbuf_text(to));
	random_marks(&want);
	good = run_program(&kernel, true, strbuf_text(from), &why) && run_program(&wanted, true, strbuf_text(to), &why) &&
	       program_write(&live, &want, style, counts, &program) == 0 &&
	       run_program(&kernel, false, strbuf_text(&program), &why) && fake_rules_same(&kernel, &wanted, 0, NULL);
	if (!good)
		printf("# from\n%s# to\n%s# by\n%s# %s\n", strbuf_text(from), strbuf_text(to), strbuf_text(&program), why);
	strbuf_free(&program);
	rules_free(&live);
	rules_free(&want);
	return good;
}

static void test_programs(void)
{
	static const char *const names[] = { "a program that flushes puts the wanted rules in force",
					     "a program that flushes and edits puts the wanted rules in force",
					     "a program that edits puts the wanted rules in force" };
	struct strbuf from = STRBUF_INIT, to = STRBUF_INIT;

	for (int style = PROGRAM_FLUSH; style <= PROGRAM_EDIT; style++) {
		unsigned wrong = 0;

		for (unsigned i = 0; i < 2000 && wrong < 3; i++) {
			random_rules(&from);
			random_rules(&to);
			wrong += !program_works(&from, &to, (enum program_style)style, (enum counts)below(3));
		}
		CHECK(wrong == 0, names[style]);
	}
	strbuf_free(&from);
	strbuf_free(&to);
}

/* --- verify ----------------------------------------------------------------------------------------- */

#define HEAD "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:own - [0:0]\n"
#define RULES "-A INPUT -s ban -j DROP\n-A INPUT -j own\n-A INPUT -i lo -j ACCEPT\n-A own -j ACCEPT\n"
#define END "COMMIT\n"

struct sample {
	const char *now, *stale;
	bool may_remove;
	enum in_force result;
	const char *chain, *what, *rule;
	const char *name;
};

/* The wanted rules are HEAD RULES END, in which the ban is another program's. */
static const struct sample samples[] = {
	{ HEAD RULES END, "", true, IN_FORCE, "", "", "", "equal rules are in force" },
	{ "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:own - [0:0]\n" RULES END, "", true, IN_FORCE_DIFFERS, "INPUT",
	  "the policy is not DROP", "", "finds another policy" },
	{ "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -s ban -j DROP\n-A INPUT -i lo -j ACCEPT\n" END, "", true,
	  IN_FORCE_DIFFERS, "INPUT", "missing", "-A INPUT -j own", "finds a missing chain with its jump" },
	{ HEAD "-A INPUT -s ban -j DROP\n-A INPUT -j own\n-A INPUT -i lo -j ACCEPT\n" END, "", true, IN_FORCE_DIFFERS, "own",
	  "missing", "-A own -j ACCEPT", "finds a missing rule" },
	{ HEAD "-A INPUT -s ban -j DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j own\n-A own -j ACCEPT\n" END, "", true,
	  IN_FORCE_DIFFERS, "INPUT", "in the wrong place", "-A INPUT -i lo -j ACCEPT", "finds two rules that changed places" },
	{ HEAD "-A INPUT -j own\n-A INPUT -s ban -j DROP\n-A INPUT -i lo -j ACCEPT\n-A own -j ACCEPT\n" END, "", true,
	  IN_FORCE_MOVED, "INPUT", "another program is in the wrong place", "-A INPUT -s ban -j DROP",
	  "finds another program's rule after ours" },
	{ HEAD "-A INPUT -j own\n-A INPUT -i lo -j ACCEPT\n-A own -j ACCEPT\n" END, "", true, IN_FORCE, "", "", "",
	  "accepts that another program removed its rule" },
	{ HEAD "-A INPUT -j own\n-A INPUT -i lo -j ACCEPT\n-A own -j ACCEPT\n" END, "", false, IN_FORCE_DIFFERS, "INPUT",
	  "another program is missing", "-A INPUT -s ban -j DROP", "finds a lost rule if no other program can write" },
	{ HEAD "-A INPUT -s ban2 -j DROP\n" RULES "-A INPUT -s ban3 -j DROP\n" END, "", true, IN_FORCE, "", "", "",
	  "accepts rules that other programs added" },
	{ HEAD RULES "-A INPUT -i lo -j ACCEPT\n" END, "", true, IN_FORCE_DIFFERS, "INPUT", "more often than wanted",
	  "-A INPUT -i lo -j ACCEPT", "finds a rule of ours that is there twice" },
	{ HEAD RULES "-A INPUT -i old -j ACCEPT\n" END, HEAD "-A INPUT -i old -j ACCEPT\n" END, true, IN_FORCE_DIFFERS, "INPUT",
	  "more often than wanted", "-A INPUT -i old -j ACCEPT", "finds a remaining rule of the previous load" },
	{ "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:own - [0:0]\n:gone - [0:0]\n" RULES END, HEAD ":gone - [0:0]\n" END,
	  true, IN_FORCE_DIFFERS, "gone", "should be gone", "", "finds a remaining chain of the previous load" },
	{ "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:own - [0:0]\n:other - [0:0]\n" RULES END, HEAD END, true, IN_FORCE,
	  "", "", "", "accepts a chain of another program" },
	{ "", "", true, IN_FORCE_DIFFERS, "INPUT", "the policy is not DROP", "", "finds that no rules are in force" },
};

static void check_sample(const struct sample *sample)
{
	struct text_rules want, stale, now;
	struct difference difference;
	enum in_force in_force = IN_FORCE;
	bool good;

	read_text(&want, HEAD RULES END);
	read_text(&stale, sample->stale);
	read_text(&now, sample->now);
	for (size_t i = 0; i < want.tables.item[0].chains.len; i++)
		want.tables.item[0].chains.item[i].ours = true;
	want.tables.item[0].chains.item[0].rules.item[0].foreign = true;
	good = rules_verify(&want, *sample->stale != '\0' ? &stale : NULL, &now, sample->may_remove, &in_force, &difference) == 0 &&
	       in_force == sample->result;
	if (good && in_force != IN_FORCE)
		good = strcmp(difference.chain, sample->chain) == 0 && strstr(difference.what, sample->what) != NULL &&
		       difference.rule.len == strlen(sample->rule) &&
		       strncmp(difference.rule.text != NULL ? difference.rule.text : "", sample->rule, difference.rule.len) == 0;
	CHECK(good, sample->name);
	if (!good && in_force != IN_FORCE)
		printf("# %d: %s: %s: %.*s\n", in_force, difference.chain, difference.what, (int)difference.rule.len,
		       difference.rule.text != NULL ? difference.rule.text : "");
	rules_free(&want);
	rules_free(&stale);
	rules_free(&now);
}

/* --- the place of other programs' rules --------------------------------------------------------------- */

#define OURS(rules) "*filter\n:INPUT DROP [0:0]\n" rules "COMMIT\n"

static void check_place(const char *earlier, const char *live, const char *want, const char *name)
{
	struct text_rules base, now, next, before = { .tables = { 0 } }, target;
	struct merge merge = MERGE_INIT;
	struct strbuf text = STRBUF_INIT;
	bool good;

	read_text(&base, OURS("-A INPUT -s old -j ACCEPT\n"));
	read_text(&next, OURS("-A INPUT -s new -j ACCEPT\n-A INPUT -s other -j ACCEPT\n"));
	read_text(&now, live);
	if (earlier != NULL)
		read_text(&before, earlier);
	for (size_t i = 0; earlier != NULL && i < before.tables.item[0].chains.item[0].rules.len; i++) {
		struct text_rule *rule = &before.tables.item[0].chains.item[0].rules.item[i];

		rule->foreign = memmem(rule->text.text, rule->text.len, "ban", 3) != NULL;
	}
	merge.earlier = earlier != NULL ? &before : NULL;
	good = merge_rules(&merge, &base, &now, &next, &target) == 0;
	rules_write(&target, false, &text);
	CHECK(good && strcmp(strbuf_text(&text), want) == 0, name);
	if (strcmp(strbuf_text(&text), want) != 0)
		printf("# %s", strbuf_text(&text));
	strbuf_free(&text);
	merge_free(&merge);
	rules_free(&target);
	rules_free(&before);
	rules_free(&base);
	rules_free(&now);
	rules_free(&next);
}

static void test_places(void)
{
	const char *half = OURS("-A INPUT -s new -j ACCEPT\n-A INPUT -s ban -j DROP\n-A INPUT -s other -j ACCEPT\n");
	const char *first = OURS("-A INPUT -s ban -j DROP\n-A INPUT -s new -j ACCEPT\n-A INPUT -s other -j ACCEPT\n");
	const char *last = OURS("-A INPUT -s new -j ACCEPT\n-A INPUT -s other -j ACCEPT\n-A INPUT -s ban -j DROP\n");

	check_place(NULL, half, last, "a rule after one of ours goes after ours");
	check_place(first, half, first, "a rule goes before ours if an earlier merge put it there");
	check_place(last, first, last, "a rule goes after ours if an earlier merge put it there");
	check_place(OURS("-A INPUT -s ban9 -j DROP\n-A INPUT -s new -j ACCEPT\n"), half, last,
		    "an earlier merge does not affect a rule that came later");
}

int main(void)
{
	test_edit(edit_chain);
	test_edit(edit_places);
	test_edit_lines();
	test_programs();
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		check_sample(&samples[i]);
	test_places();
	return tap_done();
}

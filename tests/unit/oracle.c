/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * oracle [SEED [COUNT]] - finds the dead rules of random rulesets with the boxes and diagrams of common/meaning, and with
 * BuDDy from the fields that the text was made of; both must find the same. BuDDy does not use our reader or numbering.
 * A ruleset that differs is printed with its seed; repeat it with: oracle SEED 1.
 */
#include "randomrules.h"
#include "tap.h"

#include <sys/wait.h>
#include <unistd.h>

#ifdef WITH_BDD
#include <bdd.h>

/* The first variable of each field. */
enum {
	VAR_SRC = 0,      /* 32: the end of the address */
	VAR_DPORT = 32,   /* 16 */
	VAR_PROTO = 48,   /* 8 */
	VAR_WAY = 56,     /* 3: eth0, eth1, eth and a rest, wan0, others */
	VAR_STATE = 59,   /* 3 */
	VAR_FRAGMENT = 62,
	VAR_OUTSIDE = 63, /* IPv6: not within 2001:db8::/96 */
	VAR_LOCAL = 64,   /* 2: the types of the addresses */
	VAR_FRESH = 66,   /* one each time that a limit is asked */
	VAR_COUNT = 600,
};
#define WAYS 5

struct oracle {
	const struct random_rules *all;
	bool alive[RANDOM_CHAINS][RANDOM_RULES];
	unsigned fresh; /* used so far */
};

/* No node is freed before bdd_done. */
static BDD keep(BDD set)
{
	return bdd_addref(set);
}

static BDD both(BDD a, BDD b)
{
	return keep(bdd_apply(a, b, bddop_and));
}

static BDD any(BDD a, BDD b)
{
	return keep(bdd_apply(a, b, bddop_or));
}

static BDD flip(BDD set, bool wanted)
{
	return wanted ? keep(bdd_not(set)) : set;
}

/* The first `len` of `width` bits are those of the value. */
static BDD prefix(int var, unsigned width, unsigned value, unsigned len)
{
	BDD set = bddtrue;

	for (unsigned i = 0; i < len; i++)
		set = both(set, (value >> (width - 1 - i) & 1) != 0 ? bdd_ithvar(var + (int)i) : bdd_nithvar(var + (int)i));
	return set;
}

static BDD equal(int var, unsigned width, unsigned value)
{
	return prefix(var, width, value, width);
}

/* first <= the field, bit by bit from the last one: a field that is greater in a bit may have any lower bits. */
static BDD at_least(int var, unsigned width, unsigned first)
{
	BDD set = bddtrue;

	for (unsigned i = width; i-- > 0;) {
		BDD bit = bdd_ithvar(var + (int)i);

		set = (first >> (width - 1 - i) & 1) != 0 ? both(bit, set) : any(bit, set);
	}
	return set;
}

static BDD within(int var, unsigned width, unsigned first, unsigned last)
{
	BDD above = last + 1 < 1U << width ? at_least(var, width, last + 1) : bddfalse;

	return both(at_least(var, width, first), flip(above, true));
}

static BDD way_set(enum random_way way)
{
	switch (way) {
	case WAY_ETH0:
		return equal(VAR_WAY, 3, 0);
	case WAY_ETH1:
		return equal(VAR_WAY, 3, 1);
	case WAY_ETH:
		return any(any(equal(VAR_WAY, 3, 0), equal(VAR_WAY, 3, 1)), equal(VAR_WAY, 3, 2));
	default:
		return equal(VAR_WAY, 3, 3);
	}
}

static BDD rule_set(struct oracle *oracle, const struct random_rule *rule)
{
	BDD set = bddtrue, states = bddfalse;

	if (rule->src_len > 0)
		set = flip(both(bdd_nithvar(VAR_OUTSIDE), prefix(VAR_SRC, 32, rule->src, rule->src_len)), rule->src_not);
	if (rule->way != WAY_ANY)
		set = both(set, flip(way_set(rule->way), rule->way_not));
	if (rule->proto != 0)
		set = both(set, equal(VAR_PROTO, 8, rule->proto));
	if (rule->ports) /* a later fragment has no ports to compare */
		set = both(both(set, bdd_nithvar(VAR_FRAGMENT)),
			   flip(within(VAR_DPORT, 16, rule->first, rule->last), rule->port_not));
	for (unsigned s = 0; s < CT_STATE_COUNT; s++)
		if ((rule->states & 1U << s) != 0)
			states = any(states, equal(VAR_STATE, 3, s));
	if (rule->states != 0)
		set = both(set, states);
	if (rule->local != 0)
		set = both(set, flip(bdd_ithvar(VAR_LOCAL + (int)rule->local - 1), rule->local_not));
	if (rule->limit && VAR_FRESH + oracle->fresh < VAR_COUNT)
		set = both(set, bdd_ithvar(VAR_FRESH + (int)oracle->fresh++));
	return set;
}

/* Returns the packets that leave a chain at its end; a rule that a packet reaches is marked alive. */
static BDD walk(struct oracle *oracle, unsigned chain, BDD rest)
{
	BDD back = bddfalse;

	for (unsigned i = 0; i < oracle->all->count[chain] && rest != bddfalse; i++) {
		const struct random_rule *rule = &oracle->all->rules[chain][i];
		BDD set = rule_set(oracle, rule), hit = both(rest, set);

		oracle->alive[chain][i] |= hit != bddfalse;
		if (rule->what == WHAT_LOG)
			continue;
		rest = both(rest, flip(set, true));
		if (rule->what == WHAT_RETURN)
			back = any(back, hit);
		else if (rule->what == WHAT_JUMP)
			rest = any(rest, walk(oracle, rule->to, hit));
		else if (rule->what == WHAT_GOTO)
			back = any(back, walk(oracle, rule->to, hit));
	}
	return any(back, rest);
}

/* If a rule matches a state, fragments are reassembled before any rule sees them. */
static BDD all_packets(const struct random_rules *all)
{
	BDD set = both(within(VAR_WAY, 3, 0, WAYS - 1), within(VAR_STATE, 3, 0, CT_STATE_COUNT - 1));
	bool tracked = false;

	for (unsigned c = 0; c < all->chains; c++)
		for (unsigned i = 0; i < all->count[c]; i++)
			tracked |= all->rules[c][i].states != 0;
	if (tracked)
		set = both(set, bdd_nithvar(VAR_FRAGMENT));
	if (all->family == FAMILY_IPV4)
		set = both(set, bdd_nithvar(VAR_OUTSIDE));
	return set;
}

struct totals {
	unsigned rules, dead, undecided;
};

static bool compare(const struct oracle *oracle, const struct reading *reading, struct totals *totals)
{
	const struct program_table *table = program_find_table(reading->program, "filter");
	bool same = true;

	for (unsigned c = 0; c < oracle->all->chains; c++) {
		const struct program_chain *chain = program_hook(reading->program, "filter", HOOK_INPUT);
		char name[16];

		snprintf(name, sizeof(name), "c%u", c);
		for (unsigned n = 0; n < table->count && c > 0; n++)
			if (strcmp(table->chains[n].chain->name, name) == 0)
				chain = &table->chains[n];
		for (unsigned i = 0; i < oracle->all->count[c]; i++) {
			enum fate fate = reading->reach->rules[chain->rules[i].serial].fate;

			totals->rules++;
			totals->dead += !oracle->alive[c][i];
			totals->undecided += fate == FATE_UNDECIDED;
			if (fate == FATE_UNDECIDED || fate_is_dead(fate) == !oracle->alive[c][i])
				continue;
			printf("# chain %u rule %u: BuDDy %s, fate %d\n", c, i + 1, oracle->alive[c][i] ? "alive" : "dead", (int)fate);
			same = false;
		}
	}
	return same;
}

static bool agree(unsigned seed, enum family family, struct totals *totals)
{
	struct random_rules all = random_rules(seed, family, true);
	struct oracle oracle = { .all = &all };
	struct strbuf text = STRBUF_INIT;
	struct reading reading;
	bool good;

	random_text(&text, &all);
	good = reading_begin(&reading, "random", &text, family);
	bdd_init(50000, 5000);
	bdd_gbc_hook(NULL);
	bdd_setvarnum(VAR_COUNT);
	walk(&oracle, 0, all_packets(&all));
	bdd_done();
	good = good && compare(&oracle, &reading, totals);
	if (!good)
		printf("# IPv%d seed %u:\n%s", family == FAMILY_IPV6 ? 6 : 4, seed, strbuf_text(&text));
	reading_end(&reading);
	strbuf_free(&text);
	return good;
}

/* In a child, because libxtables reads only one family in a process. */
static bool agree_all(enum family family, unsigned seed, unsigned count)
{
	struct totals totals = { 0 };
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		bool good = ext_begin(family) == 0;

		for (unsigned i = 0; i < count && good; i++)
			good = agree(seed + i, family, &totals);
		printf("# seeds %u to %u, IPv%d: %u rules, %u dead, %u undecided\n", seed, seed + count - 1,
		       family == FAMILY_IPV6 ? 6 : 4, totals.rules, totals.dead, totals.undecided);
		fflush(stdout);
		_exit(good && totals.undecided == 0 && totals.dead > 0 && totals.dead < totals.rules ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char *argv[])
{
	unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 13000;
	unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 300;

	CHECK(agree_all(FAMILY_IPV4, seed, count), "IPv4: BuDDy finds the same dead rules");
	CHECK(agree_all(FAMILY_IPV6, seed, count), "IPv6: BuDDy finds the same dead rules");
	return tap_done();
}

#else

int main(void)
{
	puts("ok 1 - # skip no bdd.h: libbdd-dev is missing\n1..1");
	return 0;
}

#endif

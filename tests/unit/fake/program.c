/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Carries out a program like iptables-restore, and refuses what it refuses. */
#include "fake/kernel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
	struct fake_kernel *kernel;
	struct fake_table *table;
	bool flush;
	const char *why;
};

static bool refuse(struct run *run, const char *why)
{
	run->why = why;
	return false;
}

static const char *const builtin[][6] = {
	{ "filter", "INPUT", "FORWARD", "OUTPUT" },
	{ "nat", "PREROUTING", "INPUT", "OUTPUT", "POSTROUTING" },
	{ "mangle", "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" },
	{ "raw", "PREROUTING", "OUTPUT" },
};

/* Makes a table with its built-in chains; a flush leaves only these. */
static bool open_table(struct run *run, int family, const char *name)
{
	struct fake_rules *rules = &run->kernel->rules[family];
	struct fake_table *table = fake_table(run->kernel, family, name);
	size_t kind = 0;

	while (kind < ARRAY_LEN(builtin) && strcmp(builtin[kind][0], name) != 0)
		kind++;
	if (kind == ARRAY_LEN(builtin) || (table == NULL && rules->count == FAKE_TABLES))
		return refuse(run, "there is no such table");
	run->table = table != NULL ? table : &rules->table[rules->count++];
	if (table != NULL && !run->flush)
		return true;
	*run->table = (struct fake_table){ .name = fake_word_text(name) };
	for (size_t i = 1; i < ARRAY_LEN(builtin[kind]) && builtin[kind][i] != NULL; i++)
		run->table->chain[run->table->count++] =
			(struct fake_chain){ .name = fake_word_text(builtin[kind][i]), .policy = fake_word_text("ACCEPT") };
	return true;
}

static bool add_chain(struct run *run, fake_word name)
{
	if (run->table->count == FAKE_CHAINS)
		return refuse(run, "the fake kernel has no room for more chains");
	run->table->chain[run->table->count++] = (struct fake_chain){ .name = name };
	return true;
}

/* ":CHAIN POLICY [0:0]" makes a user's chain, or empties it. */
static bool chain_line(struct run *run, const char *line)
{
	char name[64] = "", policy[64] = "";
	struct fake_chain *chain;

	if (sscanf(line, ":%63s %63s", name, policy) != 2)
		return refuse(run, "not a chain");
	chain = fake_chain(run->table, fake_word_text(name));
	if (strcmp(policy, "-") != 0) {
		if (chain == NULL || chain->policy == 0)
			return refuse(run, "bad built-in chain name");
		chain->policy = fake_word_text(policy);
		return true;
	}
	if (chain == NULL)
		return add_chain(run, fake_word_text(name));
	if (chain->policy != 0)
		return refuse(run, "not a user's chain");
	chain->count = 0;
	return true;
}

/* The word after an option of a rule. */
static fake_word option(const char *rule, const char *name)
{
	const char *at = strstr(rule, name);

	if (at == NULL)
		return 0;
	at += strlen(name);
	return fake_word_of(at, strcspn(at, " "));
}

static bool is_target(const char *name)
{
	static const char *const targets[] = { "ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "MASQUERADE", "" };

	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (strcmp(targets[i], name) == 0)
			return true;
	return false;
}

/* Do the chains and sets that a rule names exist? */
static bool rule_stands(struct run *run, const char *rule)
{
	fake_word target = option(rule, " -j "), set = option(rule, " --match-set ");
	struct fake_chain *chain;

	if (target == 0)
		target = option(rule, " -g ");
	chain = fake_chain(run->table, target);
	if (!is_target(fake_text(target)) && (chain == NULL || chain->policy != 0))
		return refuse(run, "no chain/target/match by that name");
	return set == 0 || fake_set(run->kernel, fake_text(set)) != NULL || refuse(run, "the set does not exist");
}

/* number: from 1; 0: append. */
static bool insert(struct run *run, struct fake_chain *chain, unsigned number, const char *rule)
{
	if (!rule_stands(run, rule))
		return false;
	if (number > chain->count + 1)
		return refuse(run, "index of insertion too big");
	if (chain->count == FAKE_RULES)
		return refuse(run, "the fake kernel has no room for more rules");
	number = number > 0 ? number - 1 : chain->count;
	memmove(&chain->rule[number + 1], &chain->rule[number], (chain->count - number) * sizeof(chain->rule[0]));
	chain->rule[number] = fake_word_text(rule);
	chain->count++;
	return true;
}

static bool delete(struct run *run, struct fake_chain *chain, const char *rule)
{
	fake_word word = fake_word_text(rule);

	for (unsigned i = 0; i < chain->count; i++) {
		if (chain->rule[i] != word)
			continue;
		chain->count--;
		memmove(&chain->rule[i], &chain->rule[i + 1], (chain->count - i) * sizeof(chain->rule[0]));
		return true;
	}
	return refuse(run, "bad rule (does a matching rule exist in that chain?)");
}

static bool delete_chain(struct run *run, struct fake_chain *chain)
{
	if (chain->policy != 0 || chain->count > 0)
		return refuse(run, chain->policy != 0 ? "a built-in chain" : "directory not empty");
	for (unsigned c = 0; c < run->table->count; c++)
		for (unsigned r = 0; r < run->table->chain[c].count; r++) {
			const char *rule = fake_text(run->table->chain[c].rule[r]);

			if (option(rule, " -j ") == chain->name || option(rule, " -g ") == chain->name)
				return refuse(run, "too many links");
		}
	*chain = run->table->chain[--run->table->count];
	return true;
}

/* "-A CHAIN REST", and the same with -D, and "-I CHAIN [NUMBER] REST". */
static bool rule_line(struct run *run, char verb, struct fake_chain *chain, const char *rest)
{
	char rule[512], *end = NULL;
	unsigned long number = verb == 'I' ? 1 : 0;

	if (verb == 'I' && isdigit((unsigned char)*rest)) {
		number = strtoul(rest, &end, 10);
		rest = end + (*end == ' ');
		if (number == 0)
			return refuse(run, "rule numbers begin at 1");
	}
	snprintf(rule, sizeof(rule), "-A %s%s%s", fake_text(chain->name), *rest != '\0' ? " " : "", rest);
	return verb == 'D' ? delete(run, chain, rule) : insert(run, chain, (unsigned)number, rule);
}

static bool command(struct run *run, const char *line)
{
	char verb = '\0', name[64] = "";
	struct fake_chain *chain;
	int rest = 0;

	if (*line == '[')
		line += strcspn(line, " ") + 1;
	if (sscanf(line, "-%c %63s%n", &verb, name, &rest) != 2 || strchr("ADIFXN", verb) == NULL)
		return refuse(run, "not a command that the fake kernel knows");
	rest += line[rest] == ' ';
	chain = fake_chain(run->table, fake_word_text(name));
	if (verb == 'N')
		return chain != NULL ? refuse(run, "chain already exists") : add_chain(run, fake_word_text(name));
	if (chain == NULL)
		return refuse(run, "no chain/target/match by that name");
	if (verb == 'X')
		return delete_chain(run, chain);
	if (verb == 'F')
		chain->count = 0;
	return verb == 'F' || rule_line(run, verb, chain, line + rest);
}

/* One line within a table's block. *done: it was COMMIT. */
static bool one_line(struct run *run, int family, const char *line, bool *done)
{
	*done = strcmp(line, "COMMIT") == 0;
	if (*line == '*')
		return run->table == NULL ? open_table(run, family, line + 1) : refuse(run, "the table before has no COMMIT");
	if (run->table == NULL)
		return refuse(run, "no table is open");
	if (*done)
		return true;
	return *line == ':' ? chain_line(run, line) : command(run, line);
}

bool fake_restore(struct fake_kernel *kernel, int family, bool flush, const char **program, unsigned *line, const char **why)
{
	struct fake_kernel copy = *kernel;
	struct run run = { .kernel = &copy, .flush = flush };
	bool done = false;

	while (!done) {
		size_t len = strcspn(*program, "\n");
		char text[512];

		if ((*program)[len] != '\n') {
			*why = "COMMIT expected";
			return false;
		}
		snprintf(text, sizeof(text), "%.*s", (int)len, *program);
		if (*text != '\0' && *text != '#' && !one_line(&run, family, text, &done)) {
			*why = run.why;
			return false;
		}
		*program += len + 1;
		++*line;
	}
	copy.generation++;
	*kernel = copy;
	return true;
}

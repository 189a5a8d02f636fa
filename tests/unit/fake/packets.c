/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/kernel.h"
#include "fake/packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The new TCP connections to try. */
static const char *const sources[FAMILIES][FAKE_SOURCES] = {
	{ "198.51.100.7", "192.0.2.1", "192.0.2.2", "203.0.113.1", "203.0.113.2" },
	{ "2001:db8::7", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::1", "2001:db8:2::2" },
};
static const unsigned ports[] = { 22, 80, 443, 25 };

enum { PORTS = ARRAY_LEN(ports), DEPTH = 8 };

#define ALL ((1u << (FAKE_SOURCES * PORTS)) - 1)

const char *fake_source(int family, enum fake_source source)
{
	return sources[family][source];
}

static uint32_t from(int family, const char *address)
{
	size_t len = strcspn(address, "/");

	for (unsigned s = 0; s < FAKE_SOURCES; s++)
		if (strlen(sources[family][s]) == len && strncmp(sources[family][s], address, len) == 0)
			return ((1u << PORTS) - 1) << (s * PORTS);
	return 0;
}

uint32_t fake_packets_from(int family, enum fake_source source)
{
	return from(family, sources[family][source]);
}

static uint32_t to_port(unsigned long port)
{
	uint32_t mask = 0;

	for (unsigned p = 0; p < PORTS; p++)
		for (unsigned s = 0; ports[p] == port && s < FAKE_SOURCES; s++)
			mask |= 1u << (s * PORTS + p);
	return mask;
}

/* A parsed rule: the packets that it matches apart from its set, the set, and its target. */
struct reading {
	bool known, leaves; /* -g */
	uint32_t matches[FAMILIES];
	fake_word set, target;
};

static void read_option(struct reading *reading, const char *name, const char *value)
{
	if (strcmp(name, "-j") == 0 || strcmp(name, "-g") == 0) {
		reading->target = fake_word_text(value);
		reading->leaves = name[1] == 'g';
	} else if (strcmp(name, "--match-set") == 0) {
		reading->set = fake_word_text(value);
	} else if (strcmp(name, "-m") != 0 && strcmp(name, "-A") != 0 && (strcmp(name, "-p") != 0 || strcmp(value, "tcp") != 0)) {
		for (int f = 0; f < FAMILIES; f++)
			reading->matches[f] &= strcmp(name, "-s") == 0 ? from(f, value) :
					       strcmp(name, "--dport") == 0 ? to_port(strtoul(value, NULL, 10)) :
									      0;
	}
}

static const struct reading *read_rule(fake_word rule)
{
	static struct reading readings[FAKE_WORDS];
	struct reading *reading = &readings[rule];
	char text[512], *save = NULL, *value;

	if (reading->known)
		return reading;
	*reading = (struct reading){ .known = true, .matches = { ALL, ALL } };
	snprintf(text, sizeof(text), "%s", fake_text(rule));
	for (char *name = strtok_r(text, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save)) {
		if (*name != '-') /* the second value of --match-set, or of a target's option */
			continue;
		value = strtok_r(NULL, " ", &save);
		read_option(reading, name, value != NULL ? value : "");
	}
	return reading;
}

static uint32_t in_set(struct fake_kernel *kernel, int family, fake_word name)
{
	const struct fake_set *set = fake_set(kernel, fake_text(name));
	uint32_t mask = 0;

	for (unsigned i = 0; set != NULL && i < set->count; i++)
		mask |= from(family, fake_text(set->member[i]));
	return mask;
}

struct walk {
	struct fake_kernel *kernel;
	int family;
	struct fake_table *table;
	uint32_t accepted;
};

/* Sends packets through a chain; returns those that leave it at its end. */
static uint32_t walk(struct walk *w, const struct fake_chain *chain, uint32_t packets, unsigned depth)
{
	uint32_t returned = 0;

	for (unsigned r = 0; depth < DEPTH && packets != 0 && r < chain->count; r++) {
		const struct reading *rule = read_rule(chain->rule[r]);
		const char *target = fake_text(rule->target);
		const struct fake_chain *user = fake_chain(w->table, rule->target);
		uint32_t hit = packets & rule->matches[w->family];

		if (rule->set != 0)
			hit &= in_set(w->kernel, w->family, rule->set);
		if (user != NULL) {
			uint32_t back = walk(w, user, hit, depth + 1);

			packets = (packets & ~hit) | (rule->leaves ? 0 : back);
			returned |= rule->leaves ? back : 0;
			continue;
		}
		if (strcmp(target, "LOG") == 0 || *target == '\0')
			continue;
		w->accepted |= strcmp(target, "ACCEPT") == 0 ? hit : 0;
		returned |= strcmp(target, "RETURN") == 0 ? hit : 0;
		packets &= ~hit;
	}
	return packets | returned;
}

uint32_t fake_accepts(struct fake_kernel *kernel, int family, const char *chain)
{
	struct walk w = { .kernel = kernel, .family = family, .table = fake_table(kernel, family, "filter") };
	const struct fake_chain *start = fake_chain(w.table, fake_word_text(chain));
	uint32_t rest;

	if (start == NULL)
		return ALL;
	rest = walk(&w, start, ALL, 0);
	return w.accepted | (start->policy == fake_word_text("ACCEPT") ? rest : 0);
}

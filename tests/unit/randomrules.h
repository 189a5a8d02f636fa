/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Random rulesets of one table, and a ruleset read for questions about it. A ruleset depends on its seed alone. Ranges are
 * few and small, so that rules often cover each other, alone and together.
 */
#ifndef FW_TESTS_RANDOMRULES_H
#define FW_TESTS_RANDOMRULES_H

#include "meaning/reach.h"
#include "model/ext.h"
#include "model/reader.h"

#include <stdlib.h>
#include <string.h>

#define RANDOM_CHAINS 4
#define RANDOM_RULES  40 /* in a flat ruleset; fewer where there are more chains */

enum random_way { WAY_ANY, WAY_ETH0, WAY_ETH1, WAY_ETH, WAY_WAN0, WAY_COUNT };
enum random_what { WHAT_ACCEPT, WHAT_DROP, WHAT_LOG, WHAT_RETURN, WHAT_JUMP, WHAT_GOTO };

struct random_rule {
	unsigned src_len; /* of the last 32 bits of the address; 0: any */
	uint32_t src;
	unsigned proto; /* 0: any */
	bool ports;
	unsigned first, last;
	enum random_way way;
	unsigned states; /* bits of enum ct_state; 0: any */
	unsigned local;  /* 1: matches the type of the source address, 2: of the destination; 0: neither */
	bool src_not, port_not, way_not, local_not;
	bool limit;
	enum random_what what;
	unsigned to;
};

struct random_rules {
	enum family family;
	unsigned chains; /* 0 is INPUT; each jumps to higher ones only */
	unsigned count[RANDOM_CHAINS];
	struct random_rule rules[RANDOM_CHAINS][RANDOM_RULES];
};

static inline unsigned random_below(unsigned n)
{
	return (unsigned)rand() % n;
}

static inline void random_fields(struct random_rule *rule)
{
	static const unsigned ports[] = { 0, 1, 2, 3, 1023, 1024, 65534, 65535 };

	if (random_below(2) == 0) {
		rule->src_len = 28 + random_below(5);
		rule->src = (0x0a000000U | random_below(16)) & ~0U << (32 - rule->src_len);
		rule->src_not = random_below(5) == 0;
	}
	if (random_below(2) == 0) {
		rule->proto = random_below(3) == 0 ? IPPROTO_UDP : IPPROTO_TCP;
		rule->ports = random_below(3) > 0;
		rule->first = ports[random_below(4) * 2 % 8 + random_below(2)];
		rule->last = ports[random_below(8)];
		if (rule->first > rule->last) {
			unsigned swap = rule->first;

			rule->first = rule->last;
			rule->last = swap;
		}
		rule->port_not = random_below(5) == 0;
	}
	if (random_below(3) == 0) {
		rule->way = (enum random_way)random_below(WAY_COUNT);
		rule->way_not = random_below(3) == 0;
	}
	if (random_below(3) == 0)
		rule->states = random_below(1U << CT_STATE_COUNT);
}

/* unknowns: with conditions that cannot be decided from a packet, also negated. */
static inline struct random_rules random_rules(unsigned seed, enum family family, bool unknowns)
{
	struct random_rules all = { .family = family };

	srand(seed);
	all.chains = 1 + random_below(RANDOM_CHAINS);
	for (unsigned c = 0; c < all.chains; c++) {
		all.count[c] = 1 + random_below(all.chains == 1 ? RANDOM_RULES : 12);
		for (unsigned i = 0; i < all.count[c]; i++) {
			struct random_rule *rule = &all.rules[c][i];
			unsigned what = random_below(10);

			random_fields(rule);
			if (unknowns && random_below(6) == 0) {
				rule->local = 1 + random_below(2);
				rule->local_not = random_below(2) == 0;
			}
			rule->limit = random_below(10) == 0;
			rule->what = what < 4 ? WHAT_ACCEPT : what < 7 ? WHAT_DROP : what == 7 ? WHAT_LOG : WHAT_RETURN;
			if (c + 1 < all.chains && random_below(4) == 0) {
				rule->what = random_below(3) == 0 ? WHAT_GOTO : WHAT_JUMP;
				rule->to = c + 1 + random_below(all.chains - c - 1);
			}
		}
	}
	return all;
}

static inline void random_source(struct strbuf *out, const struct random_rule *rule, enum family family)
{
	if (rule->src_len == 0)
		return;
	strbuf_puts(out, rule->src_not ? " ! -s " : " -s ");
	if (family == FAMILY_IPV6)
		strbuf_printf(out, "2001:db8::%x:%x/%u", rule->src >> 16, rule->src & 0xffff, 96 + rule->src_len);
	else
		strbuf_printf(out, "%u.%u.%u.%u/%u", rule->src >> 24, rule->src >> 16 & 255, rule->src >> 8 & 255,
			      rule->src & 255, rule->src_len);
}

static inline void random_states(struct strbuf *out, unsigned states)
{
	static const char *const names[] = { "RELATED", "ESTABLISHED", "NEW", "INVALID", "UNTRACKED" };
	const char *before = " -m conntrack --ctstate ";

	for (unsigned s = 0; s < CT_STATE_COUNT; s++) {
		if ((states & 1U << s) == 0)
			continue;
		strbuf_printf(out, "%s%s", before, names[s]);
		before = ",";
	}
}

static inline void random_line(struct strbuf *out, const struct random_rules *all, unsigned chain,
			       const struct random_rule *rule)
{
	static const char *const ways[] = { "", "eth0", "eth1", "eth+", "wan0" };
	static const char *const whats[] = { "ACCEPT", "DROP", "LOG", "RETURN" };

	if (chain == 0)
		strbuf_puts(out, "-A INPUT");
	else
		strbuf_printf(out, "-A c%u", chain);
	random_source(out, rule, all->family);
	if (rule->way != WAY_ANY)
		strbuf_printf(out, "%s -i %s", rule->way_not ? " !" : "", ways[rule->way]);
	if (rule->proto != 0)
		strbuf_printf(out, " -p %s", rule->proto == IPPROTO_TCP ? "tcp" : "udp");
	if (rule->ports)
		strbuf_printf(out, "%s --dport %u:%u", rule->port_not ? " !" : "", rule->first, rule->last);
	random_states(out, rule->states);
	if (rule->local != 0)
		strbuf_printf(out, " -m addrtype%s --%s-type LOCAL", rule->local_not ? " !" : "", rule->local == 1 ? "src" : "dst");
	strbuf_puts(out, rule->limit ? " -m limit --limit 1/s" : "");
	if (rule->what == WHAT_JUMP || rule->what == WHAT_GOTO)
		strbuf_printf(out, " -%c c%u\n", rule->what == WHAT_GOTO ? 'g' : 'j', rule->to);
	else
		strbuf_printf(out, " -j %s\n", whats[rule->what]);
}

static inline void random_text(struct strbuf *out, const struct random_rules *all)
{
	strbuf_puts(out, "*filter\n");
	for (unsigned c = 1; c < all->chains; c++)
		strbuf_printf(out, ":c%u - [0:0]\n", c);
	for (unsigned c = 0; c < all->chains; c++)
		for (unsigned i = 0; i < all->count[c]; i++)
			random_line(out, all, c, &all->rules[c][i]);
	strbuf_puts(out, "COMMIT\n");
}

/* A random value of one of the ranges, half of the time an end of it. */
static inline field_value random_value(const struct space *space, enum field field, uint32_t number)
{
	const struct space_field *at = &space->field[field];
	field_value lo, hi, some = 0;

	if (field_is_small(field)) {
		unsigned start = random_below(256);

		for (unsigned v = 0; v < 256; v++)
			if (at->class_of[(start + v) % 256] == number)
				return (start + v) % 256;
		return 0;
	}
	lo = at->starts.item[number];
	hi = number + 1 < at->count ? at->starts.item[number + 1] - 1 : field_max(field, space->family);
	for (unsigned i = 0; i < 8; i++)
		some = some << 16 | (field_value)(unsigned)(rand() & 0xffff);
	switch (random_below(4)) {
	case 0:
		return lo;
	case 1:
		return hi;
	default:
		return hi - lo == ~(field_value)0 ? some : lo + some % (hi - lo + 1);
	}
}

/* A text with its dead rules found. The text must outlive it. */
struct reading {
	struct stream stream;
	struct ruleset *ruleset;
	struct program *program;
	struct reach *reach;
	unsigned long errors;
};

/* False: the text cannot be read. Call reading_end in either case. */
static inline bool reading_begin(struct reading *reading, const char *name, const struct strbuf *text, enum family family)
{
	struct diag_log log = { .report = NULL };

	*reading = (struct reading){ .ruleset = NULL };
	if (!stream_read(&reading->stream, name, strbuf_text(text), text->len, family, &log))
		return false;
	reading->ruleset = ruleset_read(&reading->stream, family, &log);
	if (reading->ruleset == NULL || diag_errors(&log) > 0)
		return false;
	reading->program = program_new(reading->ruleset, NULL, NULL);
	reading->reach = reading->program != NULL ? reach_new(reading->program) : NULL;
	return reading->reach != NULL;
}

static inline void reading_end(struct reading *reading)
{
	reach_free(reading->reach);
	program_free(reading->program);
	ruleset_free(reading->ruleset);
	stream_free(&reading->stream);
}

/* Does fw-lint report the rule as one that no packet reaches? */
static inline bool fate_is_dead(enum fate fate)
{
	return fate == FATE_DEAD || fate == FATE_NEVER || fate == FATE_OUTSIDE || fate == FATE_UNREACHABLE;
}

#endif

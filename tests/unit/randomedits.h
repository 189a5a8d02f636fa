/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Random rulesets of all tables, as lines, and random edits of them: a rule deleted, inserted, moved or changed, a policy
 * changed, a chain renamed. Both depend on the seed alone.
 */
#ifndef FW_TESTS_RANDOMEDITS_H
#define FW_TESTS_RANDOMEDITS_H

#include "randomrules.h"

#define EDIT_CHAINS 16
#define EDIT_RULES  24

struct edit_chain {
	const char *table, *name;
	bool built_in, drops;
	unsigned calls; /* chains with a higher number than this one, of the same table, may be called: their number */
	unsigned count;
	struct strbuf rule[EDIT_RULES]; /* owned; behind -A CHAIN */
	bool renamed;
};

struct edit_rules {
	enum family family;
	struct edit_chain chain[EDIT_CHAINS];
	unsigned count;
};

static inline const char *edit_one_of(const char *const words[], unsigned count)
{
	return words[random_below(count)];
}

#define ONE_OF(...) edit_one_of((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static inline void edit_addr(struct strbuf *out, const char *word, enum family family)
{
	if (random_below(2) == 0)
		return;
	strbuf_printf(out, "%s %s", random_below(5) == 0 ? " !" : "", word);
	if (family == FAMILY_IPV6)
		strbuf_printf(out, " 2001:db8::%x/%u", random_below(16), 124 + random_below(5));
	else
		strbuf_printf(out, " 10.0.0.%u/%u", random_below(16), 28 + random_below(5));
}

static inline void edit_matches(struct strbuf *out, const struct edit_chain *chain, enum family family)
{
	bool nat = strcmp(chain->table, "nat") == 0, raw = strcmp(chain->table, "raw") == 0;

	edit_addr(out, "-s", family);
	edit_addr(out, "-d", family);
	if (strcmp(chain->name, "PREROUTING") == 0 || strcmp(chain->name, "INPUT") == 0 || strcmp(chain->name, "FORWARD") == 0)
		strbuf_puts(out, ONE_OF("", "", "", " -i eth0", " -i lo", " ! -i eth1", " -i eth+"));
	if (strcmp(chain->name, "FORWARD") == 0 || strcmp(chain->name, "OUTPUT") == 0 || strcmp(chain->name, "POSTROUTING") == 0)
		strbuf_puts(out, ONE_OF("", "", "", " -o eth1", " ! -o eth0"));
	strbuf_puts(out, ONE_OF("", "", " -p tcp", " -p udp", " -p tcp --dport 22", " -p tcp --dport 80:90", " -p udp ! --dport 53",
				" -p tcp -m multiport --ports 22,80", " -p tcp --syn", " ! -p tcp"));
	if (!nat && random_below(3) == 0)
		strbuf_puts(out, ONE_OF(" -m conntrack --ctstate NEW", " -m conntrack --ctstate RELATED,ESTABLISHED",
					" -m conntrack ! --ctstate INVALID", " -m conntrack --ctstate UNTRACKED,NEW",
					" -m conntrack --ctstate DNAT"));
	if (!raw && random_below(4) == 0)
		strbuf_puts(out, ONE_OF(" -m mark --mark 1", " -m mark --mark 2/2", " -m mark ! --mark 0", " -m connmark --mark 1/3",
					" -m connmark --mark 2"));
	if (random_below(8) == 0)
		strbuf_puts(out, ONE_OF(" -m limit --limit 3/min", " -m addrtype --dst-type LOCAL", " -m addrtype ! --dst-type LOCAL",
					" -m addrtype --src-type LOCAL", " -m limit --limit 1/sec"));
	if (!nat && !raw && random_below(10) == 0)
		strbuf_puts(out, family == FAMILY_IPV6 ? ONE_OF(" -m hl --hl-lt 5", " -m length --length 0:99")
						      : ONE_OF(" -m ttl --ttl-lt 5", " -m tos --tos 8", " -m length --length 0:99"));
}

static inline const char *edit_nat(const struct edit_chain *chain, enum family family)
{
	if (strcmp(chain->name, "POSTROUTING") == 0)
		return family == FAMILY_IPV6 ? ONE_OF("MASQUERADE", "ACCEPT", "SNAT --to-source 2001:db8::99")
					     : ONE_OF("MASQUERADE", "ACCEPT", "SNAT --to-source 10.0.0.99", "SNAT --to-source 10.0.0.1-10.0.0.3");
	if (chain->built_in)
		return family == FAMILY_IPV6 ? ONE_OF("DNAT --to-destination 2001:db8::3", "ACCEPT", "REDIRECT")
					     : ONE_OF("DNAT --to-destination 10.0.0.3", "DNAT --to-destination 10.0.0.1-10.0.0.4",
						      "DNAT --to-destination 10.0.0.5", "ACCEPT", "REDIRECT", "NETMAP --to 10.0.0.8/30");
	return ONE_OF("ACCEPT", "RETURN");
}

static inline void edit_target(struct strbuf *out, const struct edit_rules *all, unsigned c)
{
	const struct edit_chain *chain = &all->chain[c];
	const char *target;

	if (chain->calls > 0 && random_below(4) == 0) {
		strbuf_printf(out, " -%s %s", random_below(4) == 0 ? "g" : "j", all->chain[c + 1 + random_below(chain->calls)].name);
		return;
	}
	if (strcmp(chain->table, "nat") == 0)
		target = edit_nat(chain, all->family);
	else if (strcmp(chain->table, "raw") == 0)
		target = ONE_OF("CT --notrack", "ACCEPT", "RETURN", "DROP");
	else if (strcmp(chain->table, "mangle") == 0 && random_below(2) == 0)
		target = ONE_OF("MARK --set-mark 1", "MARK --set-xmark 2/2", "CONNMARK --save-mark", "CONNMARK --restore-mark",
				"CONNMARK --set-mark 2", "MARK --set-mark 3");
	else if (strcmp(chain->table, "mangle") == 0)
		target = all->family == FAMILY_IPV6 ? ONE_OF("HL --hl-set 3", "ACCEPT", "DROP", "RETURN")
						    : ONE_OF("TTL --ttl-set 3", "TTL --ttl-dec 2", "TOS --set-tos 8", "ACCEPT", "DROP", "RETURN");
	else
		target = ONE_OF("ACCEPT", "ACCEPT", "ACCEPT", "DROP", "DROP", "REJECT", "RETURN", "LOG");
	strbuf_printf(out, " -j %s", target);
}

static inline void edit_line(struct strbuf *out, const struct edit_rules *all, unsigned c)
{
	strbuf_reset(out);
	edit_matches(out, &all->chain[c], all->family);
	edit_target(out, all, c);
}

static inline struct edit_rules edit_random(unsigned seed, enum family family)
{
	static const struct edit_chain chains[] = {
		{ .table = "filter", .name = "INPUT", .built_in = true, .calls = 0 },
		{ .table = "filter", .name = "FORWARD", .built_in = true, .calls = 4 },
		{ .table = "filter", .name = "OUTPUT", .built_in = true, .calls = 3 },
		{ .table = "filter", .name = "c1", .calls = 2 }, { .table = "filter", .name = "c2", .calls = 1 },
		{ .table = "filter", .name = "c3" },
		{ .table = "nat", .name = "PREROUTING", .built_in = true }, { .table = "nat", .name = "POSTROUTING", .built_in = true, .calls = 2 },
		{ .table = "nat", .name = "OUTPUT", .built_in = true, .calls = 1 }, { .table = "nat", .name = "n1" },
		{ .table = "mangle", .name = "PREROUTING", .built_in = true, .calls = 3 }, { .table = "mangle", .name = "FORWARD", .built_in = true, .calls = 2 },
		{ .table = "mangle", .name = "POSTROUTING", .built_in = true, .calls = 1 }, { .table = "mangle", .name = "m1" },
		{ .table = "raw", .name = "PREROUTING", .built_in = true, .calls = 1 }, { .table = "raw", .name = "r1" },
	};
	struct edit_rules all = { .family = family, .count = sizeof(chains) / sizeof(chains[0]) };
	unsigned tables;

	srand(seed);
	tables = random_below(8); /* which of the other tables have rules */
	memcpy(all.chain, chains, sizeof(chains));
	all.chain[0].calls = 5;
	for (unsigned c = 0; c < all.count; c++) {
		bool wanted = c < 6 || (c < 10 && (tables & 1)) || (c >= 10 && c < 14 && (tables & 2)) || (c >= 14 && (tables & 4));

		all.chain[c].calls = all.chain[c].calls == 0 ? 0 : all.chain[c].calls;
		all.chain[c].drops = c < 3 && random_below(2) == 0;
		all.chain[c].count = wanted ? random_below(c < 6 ? 9 : 5) : 0;
		for (unsigned i = 0; i < all.chain[c].count; i++)
			edit_line(&all.chain[c].rule[i], &all, c);
	}
	return all;
}

/* Some of these chains are built in: a jump must not lead there. */
static inline void edit_fix_calls(struct edit_rules *all)
{
	for (unsigned c = 0; c < all->count; c++)
		for (unsigned i = 0; i < all->chain[c].count; i++) {
			const char *text = strbuf_text(&all->chain[c].rule[i]);

			if (strstr(text, "j FORWARD") != NULL || strstr(text, "g FORWARD") != NULL || strstr(text, "j OUTPUT") != NULL ||
			    strstr(text, "g OUTPUT") != NULL || strstr(text, "POSTROUTING") != NULL) {
				strbuf_reset(&all->chain[c].rule[i]);
				strbuf_puts(&all->chain[c].rule[i], " -j RETURN");
			}
		}
}

static inline void edit_swap(struct strbuf *a, struct strbuf *b)
{
	struct strbuf keep = *a;

	*a = *b;
	*b = keep;
}

/* One edit of one chain. */
static inline void edit_change(struct edit_rules *all)
{
	unsigned c = random_below(all->count), kind = random_below(8), at;
	struct edit_chain *chain = &all->chain[c];

	at = chain->count > 0 ? random_below(chain->count) : 0;
	if (kind == 0 && chain->built_in && strcmp(chain->table, "filter") == 0) {
		chain->drops = !chain->drops;
	} else if (kind == 1 && !chain->built_in) {
		chain->renamed = true;
	} else if (kind <= 3 && chain->count > 0) {
		for (; at + 1 < chain->count; at++)
			edit_swap(&chain->rule[at], &chain->rule[at + 1]);
		chain->count--;
	} else if (kind <= 5 && chain->count > 1) {
		edit_swap(&chain->rule[at], &chain->rule[random_below(chain->count)]);
	} else if (kind == 6 && chain->count > 0) {
		edit_line(&chain->rule[at], all, c);
	} else if (chain->count < EDIT_RULES) {
		edit_line(&chain->rule[chain->count], all, c);
		for (unsigned i = chain->count++; i > at; i--)
			edit_swap(&chain->rule[i], &chain->rule[i - 1]);
	}
	edit_fix_calls(all);
}

/* A rule with the new name of the chain that it calls. */
static inline void edit_rule_text(struct strbuf *out, const struct edit_rules *all, const struct strbuf *rule)
{
	const char *text = strbuf_text(rule), *call = strstr(text, " -j "), *name;

	call = call != NULL ? call : strstr(text, " -g ");
	name = call + 4;
	strbuf_puts(out, text);
	for (unsigned c = 0; c < all->count; c++)
		if (all->chain[c].renamed && strcmp(all->chain[c].name, name) == 0)
			strbuf_puts(out, "-new");
	strbuf_putc(out, '\n');
}

static inline void edit_text(struct strbuf *out, const struct edit_rules *all)
{
	for (unsigned c = 0; c < all->count; c++) {
		const struct edit_chain *chain = &all->chain[c];
		bool first = c == 0 || strcmp(chain->table, all->chain[c - 1].table) != 0;

		if (first && c > 0)
			strbuf_puts(out, "COMMIT\n");
		if (first)
			strbuf_printf(out, "*%s\n", chain->table);
		for (unsigned d = c; first && d < all->count && strcmp(all->chain[d].table, chain->table) == 0; d++)
			strbuf_printf(out, ":%s%s %s [0:0]\n", all->chain[d].name, all->chain[d].renamed ? "-new" : "",
				      !all->chain[d].built_in ? "-" : all->chain[d].drops ? "DROP" : "ACCEPT");
		for (unsigned i = 0; i < chain->count; i++) {
			strbuf_printf(out, "-A %s%s", chain->name, chain->renamed ? "-new" : "");
			edit_rule_text(out, all, &chain->rule[i]);
		}
	}
	strbuf_puts(out, "COMMIT\n");
}

static inline void edit_free(struct edit_rules *all)
{
	for (unsigned c = 0; c < all->count; c++)
		for (unsigned i = 0; i < EDIT_RULES; i++)
			strbuf_free(&all->chain[c].rule[i]);
}

#endif

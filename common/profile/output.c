/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/output.h"
#include "text/seal.h"
#include "text/word.h"

#include <string.h>

static const char *const table_names[TABLE_COUNT] = {
	[TABLE_FILTER] = "filter",
	[TABLE_RAW] = "raw",
	[TABLE_NAT] = "nat",
	[TABLE_MANGLE] = "mangle",
};

const char *output_table_name(enum out_table table)
{
	return table_names[table];
}

/* The built-in chains of each table, in the order of iptables-save. */
static const char *const builtin_chains[TABLE_COUNT][6] = {
	[TABLE_FILTER] = { "INPUT", "FORWARD", "OUTPUT" },
	[TABLE_RAW] = { "PREROUTING", "OUTPUT" },
	[TABLE_NAT] = { "PREROUTING", "INPUT", "OUTPUT", "POSTROUTING" },
	[TABLE_MANGLE] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" },
};

void output_begin(struct output *out, struct arena *arena)
{
	*out = (struct output){ .arena = arena };
	for (int table = 0; table < TABLE_COUNT; table++)
		for (const char *const *name = builtin_chains[table]; *name != NULL; name++)
			if (!vec_push(&out->table[table].chains, (struct out_chain){ *name, "ACCEPT" }))
				out->failed = true;
}

void output_free(struct output *out)
{
	for (int table = 0; table < TABLE_COUNT; table++) {
		vec_free(&out->table[table].chains);
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			vec_free(&out->table[table].phase[phase].rules);
	}
	vec_free(&out->head);
	vec_free(&out->tail);
	vec_free(&out->sets);
}

static struct out_chain *chain_find(const struct output *out, enum out_table table, const char *name)
{
	for (size_t i = 0; i < out->table[table].chains.len; i++)
		if (strcmp(out->table[table].chains.item[i].name, name) == 0)
			return &out->table[table].chains.item[i];
	return NULL;
}

bool output_has_chain(const struct output *out, enum out_table table, const char *name)
{
	return chain_find(out, table, name) != NULL;
}

void output_policy(struct output *out, enum out_table table, const char *chain, const char *policy)
{
	struct out_chain *found = chain_find(out, table, chain);

	out->used[table] = true;
	if (found != NULL)
		found->policy = policy;
}

void output_chain(struct output *out, enum out_table table, const char *name)
{
	out->used[table] = true;
	if (!output_has_chain(out, table, name) &&
	    !vec_push(&out->table[table].chains, (struct out_chain){ name, "-" }))
		out->failed = true;
}

void output_rule(struct output *out, enum out_table table, enum phase phase, enum family family,
		 const char *chain, const struct where *origin, const char *text)
{
	struct out_rule rule = { family, chain, arena_text(out->arena, text, strlen(text)), origin };

	out->used[table] = true;
	if (rule.text == NULL || !vec_push(&out->table[table].phase[phase].rules, rule))
		out->failed = true;
}

void output_head(struct output *out, const char *text)
{
	struct out_line line = { arena_text(out->arena, text, strlen(text)), NULL };

	for (size_t i = 0; i < out->head.len; i++)
		if (strcmp(out->head.item[i].text, text) == 0)
			return;
	if (line.text == NULL || !vec_push(&out->head, line))
		out->failed = true;
}

void output_tail(struct output *out, const struct where *origin, const char *text)
{
	struct out_line line = { arena_text(out->arena, text, strlen(text)), origin };

	if (line.text == NULL || !vec_push(&out->tail, line))
		out->failed = true;
}

void output_set(struct output *out, const char *name, enum family family, const struct addr_set *nets,
		const struct where *origin)
{
	struct out_set set = { .name = name, .family = family, .nets = nets, .origin = origin };

	if (!vec_push(&out->sets, set))
		out->failed = true;
}

void output_open_set(struct output *out, const char *name, enum family family, const char *words, const struct where *origin)
{
	struct out_set set = { .name = name, .family = family, .words = words, .origin = origin };

	if (!vec_push(&out->sets, set))
		out->failed = true;
}

void output_print_rule(const struct out_rule *rule, enum family family, struct strbuf *text)
{
	if ((rule->family & family) == 0)
		return;
	if (family == FAMILY_BOTH && rule->family != FAMILY_BOTH)
		strbuf_puts(text, rule->family == FAMILY_IPV4 ? "-4 " : "-6 ");
	strbuf_printf(text, "-A %s%s%s\n", rule->chain, rule->text[0] != '\0' ? " " : "", rule->text);
}

/* Prints `#@ line` if the origin is not that of the rule before. */
static void print_origin(struct strbuf *text, const struct where *origin, const struct where **last)
{
	static const struct where frame = { .file = "frame" };
	const struct where *now = origin != NULL ? origin : &frame;

	if (*last != NULL && now->line == (*last)->line && strcmp(now->file, (*last)->file) == 0)
		return;
	*last = now;
	strbuf_printf(text, "#@ line %u \"", now->line);
	for (const char *c = now->file; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			strbuf_putc(text, '\\');
		strbuf_putc(text, (unsigned char)*c < ' ' ? '?' : *c);
	}
	strbuf_puts(text, "\"\n");
}

/* The default maxelem of ipset. */
#define IPSET_DEFAULT_MAX 65536

static void print_set(const struct out_set *set, struct strbuf *text)
{
	size_t count = addr_set_count(set->nets, set->family), room = IPSET_DEFAULT_MAX;

	while (room < count)
		room *= 2;
	strbuf_printf(text, "#@ set %s hash:net %s", set->name,
		      set->family == FAMILY_IPV4 ? "inet" : "inet6");
	if (room > IPSET_DEFAULT_MAX)
		strbuf_printf(text, " maxelem %zu", room);
	strbuf_putc(text, '\n');
	for (size_t i = 0; i < set->nets->ranges.len; i++) {
		if (set->nets->ranges.item[i].family != set->family)
			continue;
		strbuf_puts(text, "#@ member ");
		addr_print(text, &set->nets->ranges.item[i]);
		strbuf_putc(text, '\n');
	}
}

/* Only hash sets have a family. Bitmaps are for IPv4, and lists of sets for both families. */
static void print_open_set(const struct out_set *set, struct strbuf *text)
{
	const char *words = set->words != NULL ? set->words : "", *options = words + strcspn(words, " ");

	strbuf_printf(text, "#@ set-open %s", set->name);
	if (set->words != NULL)
		strbuf_printf(text, " %.*s", (int)(options - words), words);
	if (set->words == NULL || strncmp(words, "hash:", 5) == 0)
		strbuf_printf(text, " %s", set->family == FAMILY_IPV4 ? "inet" : "inet6");
	strbuf_printf(text, "%s\n", options);
}

static void print_sets(const struct output *out, enum family family, struct strbuf *text,
		       const struct where **last)
{
	for (size_t i = 0; i < out->sets.len; i++) {
		const struct out_set *set = &out->sets.item[i];

		if ((set->family & family) == 0)
			continue;
		print_origin(text, set->origin, last);
		if (set->nets != NULL)
			print_set(set, text);
		else
			print_open_set(set, text);
	}
}

static void print_table(const struct output *out, enum out_table table, enum family family, struct strbuf *text)
{
	const struct where *last = NULL;

	strbuf_printf(text, "*%s\n", table_names[table]);
	for (size_t i = 0; i < out->table[table].chains.len; i++)
		strbuf_printf(text, ":%s %s [0:0]\n", out->table[table].chains.item[i].name,
			      out->table[table].chains.item[i].policy);
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		for (size_t i = 0; i < out->table[table].phase[phase].rules.len; i++) {
			const struct out_rule *rule = &out->table[table].phase[phase].rules.item[i];

			if ((rule->family & family) == 0)
				continue;
			print_origin(text, rule->origin, &last);
			output_print_rule(rule, family, text);
		}
	}
	strbuf_puts(text, "COMMIT\n");
}

void output_print(const struct output *out, enum family family, struct strbuf *text)
{
	const struct where *last = NULL;

	seal_open(text);
	if (family != FAMILY_BOTH) /* readers recognise by this comment that the text has no family marks, and which family it is for */
		strbuf_printf(text, "# Generated by %s-save for fw-gen\n", family == FAMILY_IPV6 ? "ip6tables" : "iptables");
	for (size_t i = 0; i < out->head.len; i++)
		strbuf_printf(text, "#@ %s\n", out->head.item[i].text);
	print_sets(out, family, text, &last);
	for (int table = 0; table < TABLE_COUNT; table++)
		if (out->used[table])
			print_table(out, (enum out_table)table, family, text);
	last = NULL;
	for (size_t i = 0; i < out->tail.len; i++) {
		print_origin(text, out->tail.item[i].origin, &last);
		strbuf_printf(text, "#@ %s\n", out->tail.item[i].text);
	}
	seal_close(text);
}

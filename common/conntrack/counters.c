/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/counters.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>

const struct counter_kind counter_kinds[COUNTER_COUNT] = {
	[COUNTER_FOUND] = {
		.name = "found", .column = "found",
		.attr = CTA_STATS_FOUND,
		.meaning = "Attempts of NAT to use addresses and ports that another entry has; before kernel 4.9, lookups that found an entry.",
	},
	[COUNTER_INVALID] = {
		.name = "invalid", .column = "invalid",
		.attr = CTA_STATS_INVALID, .rank = 7,
		.meaning = "Packets that belong to no connection and cannot begin one, such as one with a damaged header or a TCP packet outside of its window.",
	},
	[COUNTER_INSERT] = {
		.name = "insert", .column = "insert",
		.attr = CTA_STATS_INSERT,
		.meaning = "Entries added over netlink; those made by packets are not counted.",
	},
	[COUNTER_INSERT_FAILED] = {
		.name = "insert_failed", .column = "insert_failed",
		.attr = CTA_STATS_INSERT_FAILED, .rank = 3,
		.meaning = "Packets dropped because their entry could not be inserted: another entry has the same addresses and ports (counted in drop too), or the bucket was too long; older kernels also count entries that a program could not add over netlink.",
	},
	[COUNTER_DROP] = {
		.name = "drop", .column = "drop",
		.attr = CTA_STATS_DROP, .rank = 2,
		.meaning = "Packets dropped because the table was full or there was no memory for an entry; also those whose entry could not be inserted, which insert_failed counts too.",
	},
	[COUNTER_EARLY_DROP] = {
		.name = "early_drop", .column = "early_drop",
		.attr = CTA_STATS_EARLY_DROP, .rank = 1,
		.meaning = "Entries that are not assured, evicted for a new one because the table was full.",
	},
	[COUNTER_ERROR] = {
		.name = "error", .column = "icmp_error",
		.attr = CTA_STATS_ERROR, .rank = 8,
		.meaning = "ICMP packets with errors: a wrong checksum, or an error message that quotes no known connection.",
	},
	[COUNTER_SEARCH_RESTART] = {
		.name = "search_restart", .column = "search_restart",
		.attr = CTA_STATS_SEARCH_RESTART, .rank = 4,
		.meaning = "Lookups that had to begin again because an entry was moved or the table was resized.",
	},
	[COUNTER_CLASH_RESOLVE] = {
		.name = "clash_resolve", .column = "clashres",
		.attr = CTA_STATS_CLASH_RESOLVE, .rank = 5,
		.meaning = "Packets of one connection that were tracked at the same moment, and whose entries could be merged: nothing was lost.",
	},
	[COUNTER_CHAIN_TOOLONG] = {
		.name = "chain_toolong", .column = "chainlength",
		.attr = CTA_STATS_CHAIN_TOOLONG, .rank = 6,
		.meaning = "Entries refused because their bucket was too long.",
	},
	[COUNTER_EXPECT_NEW] = {
		.name = "expect_new", .column = "expect_new",
		.expect_attr = CTA_STATS_EXP_NEW,
		.meaning = "Expected connections that arrived.",
	},
	[COUNTER_EXPECT_CREATE] = {
		.name = "expect_create", .column = "expect_create",
		.expect_attr = CTA_STATS_EXP_CREATE,
		.meaning = "Expectations created.",
	},
	[COUNTER_EXPECT_DELETE] = {
		.name = "expect_delete", .column = "expect_delete",
		.expect_attr = CTA_STATS_EXP_DELETE,
		.meaning = "Expectations deleted.",
	},
};

enum counter_id counter_ranked(unsigned rank)
{
	enum counter_id id = 0;

	while (id < COUNTER_COUNT && (rank == 0 || counter_kinds[id].rank != rank))
		id++;
	return id;
}

void counters_free(struct ct_counters *counters)
{
	vec_free(&counters->lines);
}

struct counter_line *counters_line(struct ct_counters *counters, uint32_t cpu)
{
	for (size_t i = 0; i < counters->lines.len; i++)
		if (counters->lines.item[i].cpu == cpu)
			return &counters->lines.item[i];
	if (!vec_push(&counters->lines, (struct counter_line){ .cpu = cpu }))
		return NULL;
	return &counters->lines.item[counters->lines.len - 1];
}

static bool line_knows(const struct counter_line *line, enum counter_id id)
{
	return (line->known & (1u << id)) != 0;
}

bool counters_know(const struct ct_counters *counters, enum counter_id id)
{
	for (size_t i = 0; i < counters->lines.len; i++)
		if (line_knows(&counters->lines.item[i], id))
			return true;
	return false;
}

uint64_t counters_sum(const struct ct_counters *counters, enum counter_id id)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < counters->lines.len; i++)
		sum += counters->lines.item[i].value[id];
	return sum;
}

static const struct counter_line *line_of(const struct ct_counters *counters, uint32_t cpu)
{
	for (size_t i = 0; i < counters->lines.len; i++)
		if (counters->lines.item[i].cpu == cpu)
			return &counters->lines.item[i];
	return NULL;
}

/* How much a processor's counter grew. before NULL: it counts from 0. */
static uint32_t line_growth(const struct counter_line *before, const struct counter_line *line, enum counter_id id,
			    bool *reset)
{
	uint32_t grown = line->value[id];

	if (before != NULL && line_knows(before, id))
		grown -= before->value[id];
	/* No counter grows by half its range in one interval: this one restarted. */
	if (grown > UINT32_MAX / 2 && before != NULL && line->value[id] < before->value[id]) {
		grown = line->value[id];
		*reset = true;
	}
	return grown;
}

uint64_t counters_growth(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			 bool *reset)
{
	uint64_t growth = 0;

	for (size_t i = 0; i < now->lines.len; i++) {
		const struct counter_line *line = &now->lines.item[i];

		growth += line_growth(line_of(old, line->cpu), line, id, reset);
	}
	return growth;
}

uint64_t counters_surplus(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			  enum counter_id less)
{
	uint64_t surplus = 0;
	bool reset;

	for (size_t i = 0; i < now->lines.len; i++) {
		const struct counter_line *line = &now->lines.item[i], *before = line_of(old, line->cpu);
		uint32_t grown = line_growth(before, line, id, &reset);
		uint32_t other = line_growth(before, line, less, &reset);

		surplus += grown > other ? grown - other : 0;
	}
	return surplus;
}

/* The next word of a line; NULL at its end. */
static const char *next_word(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " \t");

	*len = strcspn(word, " \t\n");
	*at = word + *len;
	return *len > 0 ? word : NULL;
}

#define ENTRIES_COLUMN COUNTER_COUNT
#define NO_COLUMN      (COUNTER_COUNT + 1)
#define MAX_COLUMNS    64

static unsigned column_of(const char *word, size_t len)
{
	if (len == 7 && memcmp(word, "entries", 7) == 0)
		return ENTRIES_COLUMN;
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		if (strlen(counter_kinds[i].column) == len && memcmp(counter_kinds[i].column, word, len) == 0)
			return i;
	return NO_COLUMN;
}

static size_t parse_header(const char **at, unsigned *columns)
{
	const char *word;
	size_t len, count = 0;

	while ((word = next_word(at, &len)) != NULL && count < MAX_COLUMNS)
		columns[count++] = column_of(word, len);
	return count;
}

/* Reads one processor's line: as many words as the header has, of eight hexadecimal digits each. */
static bool parse_line(const char **at, const unsigned *columns, size_t count, struct counter_line *line,
		       uint64_t *entries)
{
	for (size_t i = 0; i < count; i++) {
		size_t len;
		const char *word = next_word(at, &len);
		char *end;
		unsigned long value;

		if (word == NULL || len != 8)
			return false;
		value = strtoul(word, &end, 16);
		if (end != word + len)
			return false;
		if (columns[i] == ENTRIES_COLUMN)
			*entries = value; /* the same on every line */
		else if (columns[i] < COUNTER_COUNT) {
			line->value[columns[i]] = (uint32_t)value;
			line->known |= 1u << columns[i];
		}
	}
	return **at == '\n';
}

int counters_parse(struct ct_counters *counters, const char *text, uint64_t *entries)
{
	unsigned columns[MAX_COLUMNS];
	size_t count = parse_header(&text, columns);
	uint32_t cpu = 0;

	if (count == 0 || *text != '\n')
		return -EBADMSG;
	for (text++; *text != '\0'; text++, cpu++) {
		struct counter_line *line = counters_line(counters, cpu);

		if (line == NULL)
			return -ENOMEM;
		if (!parse_line(&text, columns, count, line, entries))
			return -EBADMSG;
	}
	return cpu > 0 ? 0 : -EBADMSG;
}

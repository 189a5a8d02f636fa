/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conntrack/counters.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>

const struct counter_kind counter_kinds[COUNTER_COUNT] = {
	[COUNTER_FOUND] = { "found", "found", CTA_STATS_FOUND, 0, "lookups that met an entry" },
	[COUNTER_INVALID] = { "invalid", "invalid", CTA_STATS_INVALID, 0,
			      "packets that could not be tracked" },
	[COUNTER_INSERT] = { "insert", "insert", CTA_STATS_INSERT, 0, "entries added over netlink" },
	[COUNTER_INSERT_FAILED] = { "insert_failed", "insert_failed", CTA_STATS_INSERT_FAILED, 0,
				    "entries that another one was in the way of" },
	[COUNTER_DROP] = { "drop", "drop", CTA_STATS_DROP, 0, "packets refused because the table was full" },
	[COUNTER_EARLY_DROP] = { "early_drop", "early_drop", CTA_STATS_EARLY_DROP, 0,
				 "entries evicted to make room in a full table" },
	[COUNTER_ERROR] = { "error", "icmp_error", CTA_STATS_ERROR, 0, "packets with errors" },
	[COUNTER_SEARCH_RESTART] = { "search_restart", "search_restart", CTA_STATS_SEARCH_RESTART, 0,
				     "lookups begun again after a resize" },
	[COUNTER_CLASH_RESOLVE] = { "clash_resolve", "clashres", CTA_STATS_CLASH_RESOLVE, 0,
				    "races settled" },
	[COUNTER_CHAIN_TOOLONG] = { "chain_toolong", "chainlength", CTA_STATS_CHAIN_TOOLONG, 0,
				    "entries refused because their bucket was full" },
	[COUNTER_EXPECT_NEW] = { "expect_new", "expect_new", 0, CTA_STATS_EXP_NEW,
				 "expected connections met" },
	[COUNTER_EXPECT_CREATE] = { "expect_create", "expect_create", 0, CTA_STATS_EXP_CREATE,
				    "expectations made" },
	[COUNTER_EXPECT_DELETE] = { "expect_delete", "expect_delete", 0, CTA_STATS_EXP_DELETE,
				    "expectations ended" },
};

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

uint64_t counters_growth(const struct ct_counters *old, const struct ct_counters *now, enum counter_id id,
			 bool *reset)
{
	uint64_t growth = 0;

	for (size_t i = 0; i < now->lines.len; i++) {
		const struct counter_line *line = &now->lines.item[i], *before = line_of(old, line->cpu);
		uint32_t grown = line->value[id];

		if (before != NULL && line_knows(before, id))
			grown -= before->value[id];
		/* Half the range in one interval is no growth: the counter began again. */
		if (grown > UINT32_MAX / 2 && before != NULL && line->value[id] < before->value[id]) {
			grown = line->value[id];
			*reset = true;
		}
		growth += grown;
	}
	return growth;
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

/* One processor's line: as many words as the header, each of eight hexadecimal digits. */
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

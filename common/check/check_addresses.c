/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Addresses that say more than their mask keeps: the kernel clears the rest without a word. */
#include "addr/addr.h"
#include "base/number.h"
#include "check/checks.h"
#include "check/questions.h"
#include "text/word.h"

#include <string.h>

/* "24" or "255.255.255.0"; false: neither. */
static bool read_mask(const char *text, enum family family, unsigned char mask[static 16])
{
	unsigned width = family == FAMILY_IPV6 ? 128 : 32;
	uint64_t len;

	if (!number_read(text, width, &len))
		return addr_read(text, strlen(text), family, mask);
	memset(mask, 0, 16);
	for (unsigned bit = 0; bit < len; bit++)
		mask[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
	return true;
}

/*
 * Ones and then zeros, or, for IPv6, zeros and then ones: the suffix of a host whose prefix changes. Nobody means another
 * mask.
 */
static bool is_contiguous(const unsigned char mask[static 16], enum family family)
{
	unsigned width = family == FAMILY_IPV6 ? 128 : 32, changes = 0;
	bool before = (mask[0] & 0x80) != 0, first = before;

	for (unsigned bit = 1; bit < width; bit++) {
		bool set = (mask[bit / 8] & 0x80 >> bit % 8) != 0;

		changes += set != before;
		before = set;
	}
	return changes == 0 || (changes == 1 && (first || family == FAMILY_IPV6));
}

static void check_network(const struct meaning *m, const struct rule *rule, const struct word *word, const char *text)
{
	enum family family = m->ruleset->family;
	const struct line *line = &m->ruleset->stream->lines.item[rule->line];
	struct where where = stream_where(m->ruleset->stream, line, word->column, word->width);
	struct where origin = stream_origin_where(m->ruleset->stream, line);
	unsigned char addr[16], mask[16], kept[16];
	char shown[ADDR_TEXT_MAX];
	const char *slash = strchr(text, '/');
	bool lost = false;

	if (slash == NULL || !addr_read(text, (size_t)(slash - text), family, addr) || !read_mask(slash + 1, family, mask))
		return;
	for (unsigned i = 0; i < (family == FAMILY_IPV6 ? 16U : 4U); i++) {
		kept[i] = addr[i] & mask[i];
		lost |= kept[i] != addr[i];
	}
	if (!is_contiguous(mask, family))
		diag_add(m->log, DIAG_HOST_BITS, &where, &origin, "non-contiguous mask: the rule matches scattered "
								  "addresses");
	else if (lost)
		diag_add(m->log, DIAG_HOST_BITS, &where, &origin, "host bits set: the kernel reads this as %s/%s, not as %.*s",
			 addr_text(kept, family, shown), slash + 1, (int)(slash - text), text);
}

static bool is_address_option(const char *word)
{
	static const char *const options[] = { "-s", "-d", "--source", "--destination", "--src", "--dst" };

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(word, options[i]) == 0)
			return true;
	return false;
}

/* Addresses behind -s and -d, which may be lists. */
static void check_words(const struct meaning *m, const struct rule *rule, const struct words *words)
{
	for (unsigned i = 0; i + 1 < words->count; i++) {
		char list[1024], *save = NULL;

		if (!is_address_option(words->item[i].text) || strlen(words->item[i + 1].text) >= sizeof(list))
			continue;
		strcpy(list, words->item[i + 1].text);
		for (const char *one = strtok_r(list, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save))
			check_network(m, rule, &words->item[i + 1], one);
	}
}

void check_addresses(const struct meaning *m)
{
	struct words words = { .count = 0 };
	unsigned before = 0, column;

	for (unsigned i = 0; i < m->program->rule_count; i++) {
		const struct rule *rule = m->program->rules[i]->rule;
		const struct line *line = &m->ruleset->stream->lines.item[rule->line];

		/* Lists of addresses are several rules of one line. Most lines have no mask to be wrong. */
		if ((i > 0 && rule->line == before) || memchr(line->text, '/', line->len) == NULL)
			continue;
		before = rule->line;
		if (words_split(&words, line->text, line->len, &column) == WORD_FINE)
			check_words(m, rule, &words);
	}
	words_free(&words);
}

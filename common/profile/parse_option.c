/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The options of a rule: limit, max, log and so on. They follow `from` and `to` in any order. */
#include "profile/parse.h"

#include <stdio.h>
#include <string.h>

const char *const option_words[] = {
	"from",	 "to",
#define OPTION(word, parser, help) #word,
#include "profile/statements.def"
	"burst", "total", "ban", "on", "hairpin", "port", "both",
};
const size_t option_word_count = ARRAY_LEN(option_words);

/* "limit" RATE [ "burst" NUM ] [ "total" ] [ "ban" PERIOD ] */
static bool parse_limit(struct profile_parser *ps, struct rule_options *out)
{
	if (!parse_rate(ps, &out->limit.rate))
		return false;
	out->limit.burst = out->limit.rate.burst;
	if (accept_word(ps, "burst") && !parse_number(ps, "a burst", 1, 1000000, &out->limit.burst))
		return false;
	out->limit.total = accept_word(ps, "total");
	if (!accept_word(ps, "ban"))
		return true;
	if (out->limit.total)
		return fail_here(ps, "\"ban\" needs a limit for each source, but this limit is \"total\"");
	out->limit.ban = peek(ps)->kind == TOKEN_WORD ? period_parse(peek(ps)->text) : 0;
	if (out->limit.ban == 0)
		return fail_expected(ps, "a period such as 10m");
	advance(ps);
	return true;
}

static bool parse_max(struct profile_parser *ps, struct rule_options *out)
{
	if (!parse_number(ps, "a number of connections", 1, 10000000, &out->max.count))
		return false;
	out->max.total = accept_word(ps, "total");
	return true;
}

/* The longest prefix of NFLOG that both backends store: nft stores one byte more. */
#define NFLOG_PREFIX_MAX 63

/* [ RATE ] [ STRING ] [ "nflog" NUM ] */
static bool parse_rule_log(struct profile_parser *ps, struct rule_options *out)
{
	struct profile_token prefix;
	unsigned group;

	out->log.rate = (struct rate){ 5, 60, 10 };
	out->log.prefix = "";
	out->log.nflog = -1;
	if (peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0]) && !parse_rate(ps, &out->log.rate))
		return false;
	prefix = *peek(ps);
	if (prefix.kind == TOKEN_STRING && peek(ps)[1].kind == TOKEN_WORD && strcmp(peek(ps)[1].text, "nflog") == 0) {
		if (strlen(prefix.text) > NFLOG_PREFIX_MAX)
			return fail_here(ps, "a prefix for nflog has at most %d bytes, this one has %zu", NFLOG_PREFIX_MAX,
					 strlen(prefix.text));
		out->log.prefix = prefix.text;
		advance(ps);
	} else if (prefix.kind == TOKEN_STRING && !parse_prefix(ps, &out->log.prefix)) {
		return false;
	}
	if (!accept_word(ps, "nflog"))
		return true;
	if (!parse_number(ps, "a group", 0, 65535, &group))
		return false;
	out->log.nflog = (int)group;
	return true;
}

/* Parses a time such as "08:00". 24:00 is the end of the day. Returns seconds, or -1. */
static int clock_parse(const char *text, const char **end)
{
	unsigned hour, minute;
	int used = 0;

	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &used) != 2 || used < 4 || strspn(text, "0123456789:") < (size_t)used ||
	    minute > 59 || hour > 24 || (hour == 24 && minute > 0))
		return -1;
	*end = text + used;
	return (int)(hour * 3600 + minute * 60);
}

static const char *const day_words[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int day_parse(const char *text, size_t len)
{
	for (int i = 0; i < 7; i++)
		if (len == 3 && strncmp(text, day_words[i], 3) == 0)
			return i;
	return -1;
}

static bool parse_days(struct profile_parser *ps, struct rule_options *out)
{
	const char *text = peek(ps)->text;
	size_t len = strcspn(text, "-");
	int first = day_parse(text, len), last = first;

	if (text[len] == '-')
		last = day_parse(text + len + 1, strlen(text + len + 1));
	if (first < 0 || last < 0)
		return fail_here(ps, "\"%s\" is not a day: write mon or mon-fri", text);
	out->when.days = 0;
	for (int day = first;; day = (day + 1) % 7) {
		out->when.days |= 1U << day;
		if (day == last)
			break;
	}
	advance(ps);
	return true;
}

/* CLOCK "-" CLOCK [ DAY [ "-" DAY ] ], UTC */
static bool parse_when(struct profile_parser *ps, struct rule_options *out)
{
	const char *end = "";
	int start = -1, stop = -1;

	if (peek(ps)->kind == TOKEN_WORD)
		start = clock_parse(peek(ps)->text, &end);
	if (start >= 0 && *end == '-')
		stop = clock_parse(end + 1, &end);
	if (stop < 0 || *end != '\0')
		return fail_expected(ps, "a time such as 08:00-18:00");
	if (start == stop || start == 86400)
		return fail_here(ps, "this time is empty: it must start before 24:00 and end at another time");
	advance(ps);
	out->when.start = (unsigned)start;
	out->when.stop = (unsigned)stop;
	out->when.days = 0x7f;
	if (peek(ps)->kind == TOKEN_WORD && day_parse(peek(ps)->text, strcspn(peek(ps)->text, "-")) >= 0)
		return parse_days(ps, out);
	return true;
}

static bool parse_until(struct profile_parser *ps, struct rule_options *out)
{
	static const unsigned char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	int used = 0;
	const char *text = peek(ps)->text;

	if (peek(ps)->kind != TOKEN_WORD || strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
	    sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10 || year < 1970 ||
	    year > 2037 || month < 1 || month > 12 || day < 1 || day > days[month - 1] ||
	    (month == 2 && day == 29 && year % 4 != 0))
		return fail_expected(ps, "a date such as 2027-06-30 (1970 to 2037)");
	out->until.date = text;
	out->until.date_at = token_where(ps, peek(ps));
	advance(ps);
	return true;
}

static bool parse_by(struct profile_parser *ps, struct rule_options *out)
{
	out->by.group = peek_word(ps, "group");
	if (!accept_word(ps, "user") && !accept_word(ps, "group"))
		return fail_expected(ps, "\"user\" or \"group\"");
	return parse_name(ps, out->by.group ? "a group" : "a user", &out->by.name);
}

static bool parse_only(struct profile_parser *ps, struct rule_options *out)
{
	if (accept_word(ps, "ipv4"))
		out->only.family = FAMILY_IPV4;
	else if (accept_word(ps, "ipv6"))
		out->only.family = FAMILY_IPV6;
	else
		return fail_expected(ps, "\"ipv4\" or \"ipv6\"");
	return true;
}

/* A comment in the rule. iptables stores it in 256 bytes. */
static bool parse_note(struct profile_parser *ps, struct rule_options *out)
{
	if (peek(ps)->kind == TOKEN_STRING && strlen(peek(ps)->text) > 255)
		return fail_here(ps, "a note has at most 255 bytes, this one has %zu",
				 strlen(peek(ps)->text));
	return parse_string(ps, "a note in quotes", &out->note.text);
}

static const struct {
	const char *word;
	size_t at; /* of its struct where in the options */
	bool (*parse)(struct profile_parser *ps, struct rule_options *out);
} option_rows[] = {
#define OPTION(word, parser, help) { #word, offsetof(struct rule_options, word.at), parser },
#include "profile/statements.def"
};

bool parse_option(struct profile_parser *ps, struct rule_options *out, bool *found)
{
	*found = true;
	for (size_t i = 0; i < ARRAY_LEN(option_rows); i++) {
		struct where *at = (struct where *)((char *)out + option_rows[i].at);

		if (!peek_word(ps, option_rows[i].word))
			continue;
		if (at->line > 0)
			return fail_here(ps, "\"%s\" is given twice in this line", option_rows[i].word);
		*at = token_where(ps, peek(ps));
		advance(ps);
		return option_rows[i].parse(ps, out);
	}
	*found = false;
	return true;
}

bool parse_options(struct profile_parser *ps, struct rule_options *out)
{
	bool found;

	do
		if (!parse_option(ps, out, &found))
			return false;
	while (found);
	return expect_end(ps, option_words, option_word_count);
}

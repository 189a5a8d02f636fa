/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const option_words[] = { "from",  "to", "limit",   "max",  "log",   "when",
				     "until", "by", "only",    "note", "burst", "total",
				     "ban",   "on", "hairpin", "port", "both" };
const size_t option_word_count = ARRAY_LEN(option_words);

static const struct {
	const char *word;
	int proto;
	bool has_ports;
} protocols[] = {
	{ "tcp", PROTO_TCP, true },
	{ "udp", PROTO_UDP, true },
	{ "sctp", PROTO_SCTP, true },
	{ "icmp", PROTO_ICMP, false },
	{ "icmpv6", PROTO_ICMP6, false },
	{ "esp", 50, false },
	{ "ah", 51, false },
	{ "gre", 47, false },
	{ "igmp", 2, false },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool parse_port(struct profile_parser *ps, struct ports *out)
{
	const char *text = peek(ps)->text;
	char *behind;

	if (peek(ps)->kind != TOKEN_WORD || !is_digit(text[0]))
		return fail_expected(ps, "a port");
	out->first = out->last = (unsigned)strtoul(text, &behind, 10);
	if (*behind == '-' && is_digit(behind[1]))
		out->last = (unsigned)strtoul(behind + 1, &behind, 10);
	if (*behind != '\0' || strlen(text) > 11)
		return fail_here(ps, "\"%s\" is no port: write 80 or 8000-8010", text);
	if (out->first > 65535 || out->last > 65535 || out->last == 0)
		return fail_here(ps, "a port is a number from 1 to 65535, not %s", text);
	if (out->first > out->last)
		return fail_here(ps, "\"%s\": the range ends before it begins", text);
	out->any = false;
	advance(ps);
	return true;
}

/* *proto is that of the item before, for a bare port, and becomes that of this one. */
bool parse_item(struct profile_parser *ps, int *proto, struct item *out)
{
	*out = (struct item){ .where = token_where(ps, peek(ps)), .ports = { .any = true } };
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		if (!accept_word(ps, protocols[i].word))
			continue;
		*proto = out->ports.proto = protocols[i].proto;
		if (protocols[i].has_ports && peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0]))
			return parse_port(ps, &out->ports);
		return true;
	}
	if (accept_word(ps, "proto")) {
		unsigned number;

		if (!parse_number(ps, "a protocol number", 1, 255, &number))
			return false;
		*proto = out->ports.proto = (int)number;
		return true;
	}
	if (peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0])) {
		if (*proto != PROTO_TCP && *proto != PROTO_UDP && *proto != PROTO_SCTP)
			return fail_here(ps, "port %s of which protocol? Write tcp %s or udp %s",
					 peek(ps)->text, peek(ps)->text, peek(ps)->text);
		out->ports.proto = *proto;
		return parse_port(ps, &out->ports);
	}
	return parse_name(ps, "a service, a protocol or a port", &out->service);
}

bool parse_items(struct profile_parser *ps, struct item **out)
{
	int proto = PROTO_ANY;

	*out = NULL;
	do {
		struct item *item = profile_alloc(ps->profile, sizeof(*item));

		if (item == NULL || !parse_item(ps, &proto, item))
			return false;
		*out = item;
		out = &item->next;
	} while (accept_kind(ps, TOKEN_COMMA));
	return true;
}

static bool parse_place(struct profile_parser *ps, struct end_place *out)
{
	out->name.where = token_where(ps, peek(ps));
	if (accept_word(ps, "any")) {
		out->kind = PLACE_ANY;
		return true;
	}
	if (accept_word(ps, "self")) {
		out->kind = PLACE_SELF;
		return true;
	}
	out->negated = accept_word(ps, "not");
	out->name.where = token_where(ps, peek(ps));
	out->name.text = peek(ps)->text;
	if (peek(ps)->kind == TOKEN_WORD && strpbrk(peek(ps)->text, ".:/") != NULL) {
		out->kind = PLACE_HOST;
		return parse_host(ps, &out->range, NULL);
	}
	out->kind = PLACE_NAME;
	return parse_name(ps, "a zone, a hosts list or an address", &out->name);
}

bool parse_places(struct profile_parser *ps, struct end *out)
{
	struct end_place **next = &out->places;

	out->where = token_where(ps, peek(ps));
	do {
		struct end_place *place = profile_alloc(ps->profile, sizeof(*place));

		if (place == NULL || !parse_place(ps, place))
			return false;
		*next = place;
		next = &place->next;
	} while (accept_kind(ps, TOKEN_COMMA));
	return !accept_word(ps, "on") || parse_name(ps, "a zone", &out->on);
}

/* "limit" RATE [ "burst" NUM ] [ "total" ] [ "ban" PERIOD ] */
static bool parse_limit(struct profile_parser *ps, struct rule_options *out)
{
	if (!parse_rate(ps, &out->limit))
		return false;
	out->burst = out->limit.burst;
	if (accept_word(ps, "burst") && !parse_number(ps, "a burst", 1, 1000000, &out->burst))
		return false;
	out->limit_total = accept_word(ps, "total");
	if (!accept_word(ps, "ban"))
		return true;
	if (out->limit_total)
		return fail_here(ps, "\"ban\" needs a limit per source, this one is \"total\"");
	out->ban = peek(ps)->kind == TOKEN_WORD ? period_parse(peek(ps)->text) : 0;
	if (out->ban == 0)
		return fail_expected(ps, "a period such as 10m");
	advance(ps);
	return true;
}

static bool parse_max(struct profile_parser *ps, struct rule_options *out)
{
	if (!parse_number(ps, "a number of connections", 1, 10000000, &out->max))
		return false;
	out->max_total = accept_word(ps, "total");
	return true;
}

static bool parse_rule_log(struct profile_parser *ps, struct rule_options *out)
{
	out->log_rate = (struct rate){ 5, 60, 10 };
	out->log_prefix = "";
	if (peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0]) && !parse_rate(ps, &out->log_rate))
		return false;
	return peek(ps)->kind != TOKEN_STRING || parse_prefix(ps, &out->log_prefix);
}

/* "08:00"; 24:00 is the end of the day. Seconds, or -1. */
static int clock_parse(const char *text, const char **end)
{
	unsigned hour, minute;
	int used = 0;

	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &used) != 2 || used < 4 || !is_digit(text[0]) ||
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
		return fail_here(ps, "\"%s\" is no day: write mon, or mon-fri", text);
	out->days = 0;
	for (int day = first;; day = (day + 1) % 7) {
		out->days |= 1U << day;
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
		return fail_here(ps, "this time begins when it ends, or with the end of the day");
	advance(ps);
	out->has_when = true;
	out->when_start = (unsigned)start;
	out->when_stop = (unsigned)stop;
	out->days = 0x7f;
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

	if (peek(ps)->kind != TOKEN_WORD || strlen(text) != 10 ||
	    sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10 || year < 1970 ||
	    year > 2037 || month < 1 || month > 12 || day < 1 || day > days[month - 1] ||
	    (month == 2 && day == 29 && year % 4 != 0))
		return fail_expected(ps, "a date such as 2027-06-30 (1970 to 2037)");
	out->until = text;
	out->until_at = token_where(ps, peek(ps));
	advance(ps);
	return true;
}

static bool parse_by(struct profile_parser *ps, struct rule_options *out)
{
	out->by_group = peek_word(ps, "group");
	if (!accept_word(ps, "user") && !accept_word(ps, "group"))
		return fail_expected(ps, "\"user\" or \"group\"");
	return parse_name(ps, out->by_group ? "a group" : "a user", &out->by);
}

static bool parse_only(struct profile_parser *ps, struct rule_options *out)
{
	if (accept_word(ps, "ipv4"))
		out->only = FAMILY_IPV4;
	else if (accept_word(ps, "ipv6"))
		out->only = FAMILY_IPV6;
	else
		return fail_expected(ps, "\"ipv4\" or \"ipv6\"");
	return true;
}

/* A comment in the rule itself, which iptables stores in 256 bytes. */
static bool parse_note(struct profile_parser *ps, struct rule_options *out)
{
	if (peek(ps)->kind == TOKEN_STRING && strlen(peek(ps)->text) > 255)
		return fail_here(ps, "a note has at most 255 bytes, this one has %zu",
				 strlen(peek(ps)->text));
	return parse_string(ps, "a note in quotes", &out->note);
}

/* One option, if one stands here. A second of the same kind is an error. */
bool parse_option(struct profile_parser *ps, struct rule_options *out, bool *found)
{
	struct where at = token_where(ps, peek(ps));
	struct where none = { 0 };
	const struct {
		const char *word;
		struct where *at;
		bool (*parse)(struct profile_parser *ps, struct rule_options *out);
		bool given;
	} options[] = {
		{ "limit", &out->limit_at, parse_limit, out->limit_at.line > 0 },
		{ "max", &out->max_at, parse_max, out->max_at.line > 0 },
		{ "log", &out->log_at, parse_rule_log, out->log_at.line > 0 },
		{ "when", &none, parse_when, out->has_when },
		{ "until", &none, parse_until, out->until != NULL },
		{ "by", &out->by_at, parse_by, out->by_at.line > 0 },
		{ "only", &out->only_at, parse_only, out->only_at.line > 0 },
		{ "note", &none, parse_note, out->note != NULL },
	};

	*found = true;
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (!peek_word(ps, options[i].word))
			continue;
		if (options[i].given)
			return fail_here(ps, "a second \"%s\" in one line", options[i].word);
		advance(ps);
		*options[i].at = at;
		return options[i].parse(ps, out);
	}
	*found = false;
	return true;
}

static bool parse_options(struct profile_parser *ps, struct rule_options *out)
{
	bool found;

	do
		if (!parse_option(ps, out, &found))
			return false;
	while (found);
	return expect_end(ps, option_words, option_word_count);
}

static bool parse_ends(struct profile_parser *ps, struct end *from, struct end *to)
{
	if (accept_word(ps, "from") && !parse_places(ps, from))
		return false;
	return !accept_word(ps, "to") || parse_places(ps, to);
}

static bool parse_sentence(struct profile_parser *ps, struct profile_rule *rule)
{
	if (accept_word(ps, "allow"))
		rule->verdict = VERDICT_ALLOW;
	else if (accept_word(ps, "deny"))
		rule->verdict = VERDICT_DENY;
	else if (accept_word(ps, "reject"))
		rule->verdict = VERDICT_REJECT;
	else
		return fail_expected(ps, "\"allow\" or \"deny\"");
	if (peek_name(ps) || peek_word(ps, "tcp") || peek_word(ps, "udp") || peek_word(ps, "sctp") ||
	    peek_word(ps, "proto"))
		if (!parse_items(ps, &rule->what))
			return false;
	return parse_ends(ps, &rule->from, &rule->to);
}

bool parse_rule(struct profile_parser *ps, struct statement *st)
{
	struct rule_options *options = &st->rule.options;

	if (!parse_sentence(ps, &st->rule) || !parse_options(ps, options))
		return false;
	if (st->rule.verdict != VERDICT_ALLOW && (options->limit_at.line > 0 || options->max_at.line > 0)) {
		profile_error(
			ps->profile, options->limit_at.line > 0 ? &options->limit_at : &options->max_at,
			"\"%s\" belongs to what is allowed: write allow ... %s ..., the excess is denied",
			options->limit_at.line > 0 ? "limit" : "max",
			options->limit_at.line > 0 ? "limit" : "max");
		return false;
	}
	return true;
}

bool parse_expect(struct profile_parser *ps, struct statement *st)
{
	if (peek_word(ps, "reject"))
		return fail_expected(ps, "\"allow\" or \"deny\"");
	return parse_sentence(ps, &st->rule) && expect_end(ps, option_words, 2);
}

bool parse_block(struct profile_parser *ps, struct statement *st)
{
	return expect_word(ps, "from") && parse_places(ps, &st->rule.from);
}

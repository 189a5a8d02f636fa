/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/parse.h"
#include "text/word.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "from" END, for statements in which it is not optional. */
static bool parse_from(struct profile_parser *ps, struct end *out)
{
	return expect_word(ps, "from") && parse_places(ps, out);
}

bool parse_helper(struct profile_parser *ps, struct statement *st)
{
	struct item **next = &st->helper.what;

	do {
		struct item *item = profile_alloc(ps->profile, sizeof(*item));

		if (item == NULL)
			return false;
		item->where = token_where(ps, peek(ps));
		if (!parse_name(ps, "the name of a service with a helper", &item->service))
			return false;
		*next = item;
		next = &item->next;
	} while (accept_kind(ps, TOKEN_COMMA));
	return parse_from(ps, &st->helper.from);
}

static bool parse_forward_target(struct profile_parser *ps, struct forward *forward)
{
	if (!expect_word(ps, "to") || !parse_host(ps, &forward->host, &forward->host_at))
		return false;
	if (forward->host.family == FAMILY_IPV6 && addr_prefix(&forward->host) != 128) {
		profile_error(ps->profile, &forward->host_at, "\"forward\" needs a single address as its target");
		return false;
	}
	if (forward->host.first != forward->host.last) {
		profile_error(ps->profile, &forward->host_at, "\"forward\" needs a single address as its target");
		return false;
	}
	if (!accept_word(ps, "port"))
		return true;
	struct ports ports = { .any = true };

	forward->port_at = token_where(ps, peek(ps));
	if (!parse_port(ps, &ports))
		return false;
	forward->has_port = true;
	forward->port = ports.first;
	forward->port_last = ports.last;
	return true;
}

bool parse_forward(struct profile_parser *ps, struct statement *st)
{
	struct forward *forward = &st->forward;
	bool found = true;

	if (!parse_items(ps, &forward->what))
		return false;
	if (accept_word(ps, "on")) {
		if (!parse_name(ps, "a zone", &forward->on))
			return false;
	} else if (!accept_word(ps, "at")) {
		return fail_expected(ps, "\"on\" and a zone, or \"at\" and an address");
	} else if (!parse_host(ps, &forward->at, NULL)) {
		return false;
	}
	if (accept_word(ps, "from") && !parse_places(ps, &forward->from))
		return false;
	if (!parse_forward_target(ps, forward))
		return false;
	while (found) {
		if (accept_word(ps, "hairpin"))
			forward->hairpin = true;
		else if (peek_word(ps, "except") && !parse_excepts(ps, &st->excepts))
			return false;
		else if (!parse_option(ps, &forward->options, &found))
			return false;
	}
	return expect_end(ps, option_words, option_word_count);
}

bool parse_redirect(struct profile_parser *ps, struct statement *st)
{
	return parse_items(ps, &st->nat.what) && parse_from(ps, &st->nat.from) &&
	       expect_word(ps, "to") && expect_word(ps, "port") &&
	       parse_number(ps, "a port", 1, 65535, &st->nat.port) && parse_excepts(ps, &st->excepts);
}

bool parse_masquerade(struct profile_parser *ps, struct statement *st)
{
	static const char *const words[] = { "both", "except" };

	if (!parse_from(ps, &st->nat.from) || !expect_word(ps, "to") ||
	    !parse_name(ps, "a zone", &st->nat.zone))
		return false;
	st->nat.both = accept_word(ps, "both");
	return parse_excepts(ps, &st->excepts) && expect_end(ps, words, 2);
}

bool parse_snat(struct profile_parser *ps, struct statement *st)
{
	return parse_from(ps, &st->nat.from) && expect_word(ps, "to") &&
	       parse_name(ps, "a zone", &st->nat.zone) && expect_word(ps, "as") &&
	       parse_host(ps, &st->nat.as, &st->nat.as_at) && parse_excepts(ps, &st->excepts);
}

bool parse_map(struct profile_parser *ps, struct statement *st)
{
	struct nat *nat = &st->nat;

	if (!parse_host(ps, &nat->net, &nat->net_at) || !expect_word(ps, "on") ||
	    !parse_name(ps, "a zone", &nat->zone) || !expect_word(ps, "to") ||
	    !parse_host(ps, &nat->as, &nat->as_at))
		return false;
	if (nat->net.family == nat->as.family && addr_prefix(&nat->net) >= 0 &&
	    addr_prefix(&nat->net) == addr_prefix(&nat->as))
		return true;
	profile_error(ps->profile, &nat->as_at,
		      "the networks of \"map\" must have the same size and family");
	return false;
}

/* DSCP classes, by the names of the DSCP target of iptables. */
static const char *const dscp_classes[] = {
	"cs0",  "cs1",  "cs2",  "cs3",  "cs4",  "cs5",  "cs6",  "cs7",  "be",   "af11", "af12",
	"af13", "af21", "af22", "af23", "af31", "af32", "af33", "af41", "af42", "af43", "ef",
};

static bool parse_dscp(struct profile_parser *ps, struct mark *mark)
{
	for (size_t i = 0; i < ARRAY_LEN(dscp_classes); i++) {
		if (!accept_word(ps, dscp_classes[i]))
			continue;
		char *upper = profile_alloc(ps->profile, 8);

		for (size_t c = 0; upper != NULL && dscp_classes[i][c] != '\0'; c++)
			upper[c] = dscp_classes[i][c] >= 'a' ? (char)(dscp_classes[i][c] - 32)
							     : dscp_classes[i][c];
		mark->dscp = upper;
		return upper != NULL;
	}
	return fail_unknown(ps, "DSCP class", dscp_classes, ARRAY_LEN(dscp_classes));
}

/* 0x10, 0x10/0xff */
static bool parse_mark_value(struct profile_parser *ps, struct mark *mark)
{
	const char *text = peek(ps)->text;
	char *behind;

	if (peek(ps)->kind != TOKEN_WORD || strncasecmp(text, "0x", 2) != 0 || strlen(text) > 21)
		return fail_expected(ps, "a mark such as 0x10, or \"dscp\"");
	mark->value = strtoul(text, &behind, 16);
	if (*behind == '/' && strncasecmp(behind + 1, "0x", 2) == 0) {
		mark->mask = strtoul(behind + 1, &behind, 16);
		if (mark->mask == 0)
			return fail_here(ps, "a mask of 0 changes nothing");
	}
	if (*behind != '\0' || mark->value > UINT32_MAX || mark->mask > UINT32_MAX)
		return fail_here(ps, "\"%s\" is not a mark of 32 bits such as 0x10 or 0x10/0xff", text);
	if (mark->mask != 0 && (mark->value & ~mark->mask) != 0)
		return fail_here(ps, "the mark 0x%lx has bits outside of its mask 0x%lx", mark->value, mark->mask);
	advance(ps);
	return true;
}

/* "from" ZONE "as" HEX [ "/" HEX ]. Without a mask, the low byte, so that other programs can use the rest. */
static bool parse_uplink(struct profile_parser *ps, struct mark *mark)
{
	struct where where;

	if (!expect_word(ps, "from") || !parse_name(ps, "a zone", &mark->uplink) || !expect_word(ps, "as"))
		return false;
	where = token_where(ps, peek(ps));
	if (peek_word(ps, "dscp"))
		return fail_here(ps, "only packets have a DSCP class: leave out \"connections\"");
	if (!parse_mark_value(ps, mark))
		return false;
	if (mark->mask == 0)
		mark->mask = 0xff;
	if (mark->value == 0)
		profile_error(ps->profile, &where, "a mark of 0 is that of all other connections");
	else if ((mark->value & ~mark->mask) != 0)
		profile_error(ps->profile, &where, "without a mask, a mark of connections must be from 0x1 to 0xff");
	return mark->value != 0 && (mark->value & ~mark->mask) == 0;
}

bool parse_mark(struct profile_parser *ps, struct statement *st)
{
	struct mark *mark = &st->mark;

	if (accept_word(ps, "connections"))
		return parse_uplink(ps, mark);
	if (!peek_word(ps, "from") && !peek_word(ps, "to") && !peek_word(ps, "as") &&
	    !parse_items(ps, &mark->what))
		return false;
	if (!parse_ends(ps, &mark->from, &mark->to) || !expect_word(ps, "as"))
		return false;
	return (accept_word(ps, "dscp") ? parse_dscp(ps, mark) : parse_mark_value(ps, mark)) &&
	       parse_excepts(ps, &st->excepts);
}

bool parse_clamp(struct profile_parser *ps, struct statement *st)
{
	if (!expect_word(ps, "mss"))
		return false;
	/* 536: every host must accept segments of this size (RFC 1122, 4.2.2.6). */
	if (!peek_word(ps, "to") && !parse_number(ps, "a segment size", 536, 65495, &st->clamp.mss))
		return false;
	return expect_word(ps, "to") && parse_name(ps, "a zone", &st->clamp.zone);
}

bool parse_antispoof(struct profile_parser *ps, struct statement *st)
{
	VEC(struct name) zones = { 0 };
	bool good = expect_word(ps, "on");

	while (good) {
		struct name name;

		good = parse_name(ps, "a zone", &name);
		if (good && !vec_push(&zones, name))
			good = profile_memory(ps->profile);
		if (!accept_kind(ps, TOKEN_COMMA))
			break;
	}
	if (good)
		st->zones.item = profile_alloc(ps->profile, zones.len * sizeof(*zones.item));
	if (st->zones.item != NULL) {
		memcpy(st->zones.item, zones.item, zones.len * sizeof(*zones.item));
		st->zones.count = zones.len;
	}
	vec_free(&zones);
	return good && st->zones.item != NULL;
}

bool parse_notrack(struct profile_parser *ps, struct statement *st)
{
	return parse_items(ps, &st->notrack) && parse_excepts(ps, &st->excepts);
}

/* Whether iptables-restore can read the text. Reports an error if not. */
static bool raw_fits(struct profile_parser *ps, const struct profile_token *first, const char *text, size_t len)
{
	struct words words = { .count = 0 };
	struct where where = token_where(ps, first);
	unsigned column = 1;
	enum word_fault fault = words_split(&words, text, len, &column);

	/* Three more words come before it: the family, -A and the chain. */
	if (fault == WORD_FINE && words.count > WORD_COUNT_MAX - 3)
		fault = WORD_TOO_MANY;
	where.column += column - 1;
	where.width = 1;
	if (fault != WORD_FINE)
		profile_error(ps->profile, &where, "%s", word_fault_text(fault));
	else if (len > 10000)
		profile_error(ps->profile, &where, "iptables-restore reads lines of at most 10239 bytes");
	words_free(&words);
	return fault == WORD_FINE && len <= 10000;
}

bool parse_raw(struct profile_parser *ps, struct statement *st)
{
	static const char *const tables[] = { "filter", "raw", "nat", "mangle" };
	const struct profile_token *first, *last;
	bool alone; /* ":CHAIN" creates the chain, as in iptables-restore */

	st->raw.family = FAMILY_BOTH;
	if (accept_word(ps, "-4"))
		st->raw.family = FAMILY_IPV4;
	else if (accept_word(ps, "-6"))
		st->raw.family = FAMILY_IPV6;
	st->raw.table = tables[0];
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (accept_word(ps, tables[i]))
			st->raw.table = tables[i];
	if (peek(ps)->kind != TOKEN_WORD || peek(ps)->text[0] == '-' || strcmp(peek(ps)->text, ":") == 0)
		return fail_expected(ps, "a chain");
	alone = peek(ps)->text[0] == ':';
	st->raw.chain = peek(ps)->text + alone;
	if (strlen(st->raw.chain) > 28)
		return fail_here(ps, "a chain name has at most 28 bytes, this one has %zu", strlen(st->raw.chain));
	advance(ps);
	if (alone)
		return true;
	first = peek(ps);
	last = &ps->tokens.tokens.item[ps->tokens.tokens.len - 1];
	st->raw.text = "";
	if (first == last)
		return true;
	const char *text = ps->line.source + first->column - 1;
	size_t len = last->column - first->column; /* the end token is right after the last word */

	if (!raw_fits(ps, first, text, len))
		return false;
	st->raw.text = profile_text(ps->profile, text, len);
	ps->at = ps->tokens.tokens.len - 1;
	return st->raw.text != NULL;
}

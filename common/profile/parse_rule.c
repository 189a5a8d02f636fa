/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool is_odd_port(struct profile_parser *ps)
{
	const char *text = peek(ps)->text, *slash = strchr(text, '/');
	size_t left = slash != NULL ? (size_t)(slash - text) : 0;
	char lower[24];

	if (peek(ps)->kind != TOKEN_WORD)
		return false;
	if (!lower_word(text, lower, sizeof(lower)))
		snprintf(lower, sizeof(lower), "%.23s", text);
	slash = strchr(lower, '/');
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		const char *word = protocols[i].word;
		size_t len = strlen(word);

		if (strcmp(lower, word) == 0 && strcmp(text, word) != 0)
			return !fail_here(ps, "words are lower case: \"%s\"", word);
		if (slash != NULL && protocols[i].has_ports && strcmp(slash + 1, word) == 0)
			return is_digit(text[0]) ? !fail_here(ps, "write \"%s %.*s\"", word, (int)left, text)
					 : !fail_here(ps, "write \"%.*s\"", (int)left, text);
		if (slash != NULL && protocols[i].has_ports && left == len && strncmp(lower, word, len) == 0)
			return !fail_here(ps, "write \"%s %s\"", word, slash + 1);
	}
	return false;
}

bool parse_port(struct profile_parser *ps, struct ports *out)
{
	const char *text = peek(ps)->text;
	char *behind;

	if (is_odd_port(ps))
		return false;

	if (peek(ps)->kind != TOKEN_WORD || !is_digit(text[0]))
		return fail_expected(ps, "a port");
	out->first = out->last = (unsigned)strtoul(text, &behind, 10);
	if (*behind == '-' && is_digit(behind[1]))
		out->last = (unsigned)strtoul(behind + 1, &behind, 10);
	if (*behind != '\0' || strlen(text) > 11)
		return fail_here(ps, "\"%s\" is not a port: write 80 or 8000-8010", text);
	if (out->first > 65535 || out->last > 65535 || out->last == 0)
		return fail_here(ps, "a port must be from 1 to 65535, not %s", text);
	if (out->first > out->last)
		return fail_here(ps, "\"%s\": the range ends before it begins", text);
	out->any = false;
	advance(ps);
	return true;
}

/*
 * *proto is the protocol of the item before, which a port without a protocol uses. It becomes that of this
 * item.
 */
bool parse_item(struct profile_parser *ps, int *proto, struct item *out)
{
	*out = (struct item){ .where = token_where(ps, peek(ps)), .ports = { .any = true } };
	if (is_odd_port(ps))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		if (!accept_word(ps, protocols[i].word))
			continue;
		*proto = out->ports.proto = protocols[i].proto;
		if (protocols[i].has_ports && peek_word(ps, "port"))
			return fail_here(ps, "leave out \"port\": write \"%s %s\"", protocols[i].word,
					 is_digit(peek(ps)[1].text[0]) ? peek(ps)[1].text : "80");
		if (protocols[i].has_ports && peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0]))
			return parse_port(ps, &out->ports);
		if (is_icmp(*proto) && peek_name(ps))
			return parse_icmp_type(ps, &out->ports);
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
		out->ports.proto = *proto;
		if (is_icmp(*proto))
			return parse_icmp_type(ps, &out->ports);
		if (*proto != PROTO_TCP && *proto != PROTO_UDP && *proto != PROTO_SCTP)
			return fail_here(ps, "port %s needs a protocol: write tcp %s or udp %s",
					 peek(ps)->text, peek(ps)->text, peek(ps)->text);
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

/* "at" HOST { "," HOST }: addresses of this host, each of which becomes a place. */
static bool parse_self_at(struct profile_parser *ps, struct end_place *out)
{
	for (;;) {
		const struct profile_token *token = peek(ps);
		struct where where;

		if (!parse_host(ps, &out->range, &where))
			return false;
		if (out->range.first != out->range.last) {
			profile_error(ps->profile, &where, "\"at\" of \"self\" names addresses of this host: %s is a %s",
				      token->text, addr_prefix(&out->range) < 0 ? "range" : "network");
			return false;
		}
		if (!accept_kind(ps, TOKEN_COMMA))
			return true;
		out->next = profile_alloc(ps->profile, sizeof(*out));
		if (out->next == NULL)
			return false;
		*out->next = (struct end_place){ .kind = PLACE_SELF, .name = { .where = token_where(ps, peek(ps)) } };
		out = out->next;
	}
}

static bool parse_mac(struct profile_parser *ps, struct end_place *out)
{
	if (peek(ps)->kind != TOKEN_WORD || !is_mac(peek(ps)->text))
		return fail_expected(ps, "a MAC address such as 02:00:5e:00:53:01");
	out->kind = PLACE_MAC;
	out->name.text = peek(ps)->text;
	advance(ps);
	return true;
}

/* "::5054:ff:fe12:3456/-64": an interface identifier below any prefix of 64 bits */
static bool parse_suffix(struct profile_parser *ps, struct end_place *out)
{
	const char *text = peek(ps)->text, *slash = strstr(text, "/-");
	char address[ADDR_TEXT_MAX];
	struct strbuf lower = STRBUF_INIT;
	addr_bits ones = ~(addr_bits)0;
	char *behind;
	unsigned long prefix = strtoul(slash + 2, &behind, 10);

	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	if ((size_t)(slash - text) >= sizeof(address) || strchr(address, '/') != NULL || !is_digit(slash[2]) || *behind != '\0' ||
	    prefix < 1 || prefix > 127 || addr_parse(address, &out->range) != ADDR_FINE || out->range.family != FAMILY_IPV6 ||
	    out->range.first != out->range.last)
		return fail_here(ps, "\"%s\" is not an IPv6 suffix such as ::1/-64", text);
	out->range.first &= ones >> prefix;
	if (out->range.first != out->range.last) {
		out->range.last = out->range.first;
		addr_print(&lower, &out->range);
		fail_here(ps, "\"%s\" has bits outside of its suffix: write %s/-%lu", text, strbuf_text(&lower), prefix);
		strbuf_free(&lower);
		return false;
	}
	out->kind = PLACE_HOST;
	out->prefix = (unsigned)prefix;
	advance(ps);
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
		return !accept_word(ps, "at") || parse_self_at(ps, out);
	}
	if (fail_capitals(ps))
		return false;
	out->negated = accept_word(ps, "not");
	out->name.where = token_where(ps, peek(ps));
	if (accept_word(ps, "mac"))
		return parse_mac(ps, out);
	if (peek(ps)->kind == TOKEN_WORD && strstr(peek(ps)->text, "/-") != NULL)
		return parse_suffix(ps, out);
	out->name.text = peek(ps)->text;
	if (peek(ps)->kind == TOKEN_WORD && strpbrk(peek(ps)->text, ".:/") != NULL) {
		out->kind = PLACE_HOST;
		return parse_host(ps, &out->range, NULL);
	}
	out->kind = PLACE_NAME;
	return parse_name(ps, "a zone, a hosts list or an address", &out->name);
}

/* [ [ "not" ] "over" "ipsec" ] */
static bool parse_over(struct profile_parser *ps, struct end *out)
{
	bool not = peek_word(ps, "not");

	out->over_at = token_where(ps, peek(ps));
	if (!not && !peek_word(ps, "over"))
		return true;
	if (not)
		advance(ps);
	if (!expect_word(ps, "over") || !expect_word(ps, "ipsec"))
		return false;
	out->over = not ? OVER_CLEAR : OVER_IPSEC;
	ps->profile->used.ipsec = true;
	return true;
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
	if (accept_word(ps, "on") && !parse_name(ps, "a zone", &out->on))
		return false;
	return parse_over(ps, out);
}

/* END, for where packets go */
static bool parse_to(struct profile_parser *ps, struct end *out)
{
	if (!parse_places(ps, out))
		return false;
	for (const struct end_place *place = out->places; place != NULL; place = place->next)
		if (place->kind == PLACE_MAC) {
			profile_error(ps->profile, &place->name.where,
				      "a MAC address is that of a sender: write it after \"from\"");
			return false;
		}
	return true;
}

bool parse_excepts(struct profile_parser *ps, struct except **out)
{
	while (accept_word(ps, "except")) {
		struct except *except = profile_alloc(ps->profile, sizeof(*except));

		if (except == NULL)
			return false;
		except->source = accept_word(ps, "from");
		if (!except->source && !accept_word(ps, "to"))
			return fail_expected(ps, "\"from\" or \"to\"");
		if (!(except->source ? parse_places : parse_to)(ps, &except->end))
			return false;
		while (*out != NULL)
			out = &(*out)->next;
		*out = except;
	}
	return true;
}

/* [ "port" PORT { "," PORT } ]: the source ports */
static bool parse_source_ports(struct profile_parser *ps, struct end *out)
{
	struct item **next = &out->ports;

	out->ports_at = token_where(ps, peek(ps));
	if (!accept_word(ps, "port"))
		return true;
	do {
		struct item *item = profile_alloc(ps->profile, sizeof(*item));

		if (item == NULL)
			return false;
		item->where = token_where(ps, peek(ps));
		item->ports.proto = PROTO_ANY;
		if (!parse_port(ps, &item->ports))
			return false;
		*next = item;
		next = &item->next;
	} while (accept_kind(ps, TOKEN_COMMA));
	if (peek_word(ps, "on") || peek_word(ps, "over") || peek_word(ps, "not"))
		return fail_here(ps, "write \"%s\" before \"port\"", peek(ps)->text);
	return true;
}

bool parse_ends(struct profile_parser *ps, struct end *from, struct end *to)
{
	if (accept_word(ps, "from") && !(parse_places(ps, from) && parse_source_ports(ps, from)))
		return false;
	if (accept_word(ps, "to") && !parse_to(ps, to))
		return false;
	return to->places == NULL || !peek_word(ps, "port") ||
	       fail_here(ps, "write the port before \"from\" or \"to\", behind its protocol: tcp 22");
}

/* [ ITEMS ] [ "from" END ] [ "to" END ] */
static bool parse_sentence(struct profile_parser *ps, struct profile_rule *rule)
{
	if (peek_name(ps) || peek_word(ps, "tcp") || peek_word(ps, "udp") || peek_word(ps, "sctp") ||
	    peek_word(ps, "proto"))
		if (!parse_items(ps, &rule->what))
			return false;
	return parse_ends(ps, &rule->from, &rule->to);
}

bool parse_rule(struct profile_parser *ps, struct statement *st)
{
	struct rule_options *options = &st->rule.options;

	st->rule.verdict = st->kind == STATEMENT_ALLOW ? VERDICT_ALLOW
			   : st->kind == STATEMENT_DENY ? VERDICT_DENY
							: VERDICT_REJECT;
	if (!parse_sentence(ps, &st->rule) || !parse_options(ps, options))
		return false;
	if (st->rule.verdict != VERDICT_ALLOW && (options->limit.at.line > 0 || options->max.at.line > 0)) {
		profile_error(
			ps->profile, options->limit.at.line > 0 ? &options->limit.at : &options->max.at,
			"\"%s\" works only with \"allow\": write allow ... %s ..., which denies the excess",
			options->limit.at.line > 0 ? "limit" : "max",
			options->limit.at.line > 0 ? "limit" : "max");
		return false;
	}
	return true;
}

bool parse_expect(struct profile_parser *ps, struct statement *st)
{
	if (accept_word(ps, "allow"))
		st->rule.verdict = VERDICT_ALLOW;
	else if (accept_word(ps, "deny"))
		st->rule.verdict = VERDICT_DENY;
	else
		return fail_expected(ps, "\"allow\" or \"deny\"");
	if (!parse_sentence(ps, &st->rule))
		return false;
	if (st->rule.from.ports == NULL)
		return expect_end(ps, option_words, 2);
	profile_error(ps->profile, &st->rule.from.ports_at, "\"expect\" is about any source port: leave out \"port\"");
	return false;
}

/* "confine" END "to" ZONE { "except" [ ITEMS ] "to" END } */
bool parse_confine(struct profile_parser *ps, struct statement *st)
{
	static const char *const words[] = { "except" };
	struct confine_except **next = &st->confine.excepts;

	if (!parse_places(ps, &st->confine.from) || !expect_word(ps, "to") || !parse_name(ps, "a zone", &st->confine.zone))
		return false;
	while (accept_word(ps, "except")) {
		struct confine_except *except = profile_alloc(ps->profile, sizeof(*except));

		if (except == NULL || (!peek_word(ps, "to") && !parse_items(ps, &except->what)) || !expect_word(ps, "to") ||
		    !parse_to(ps, &except->to))
			return false;
		*next = except;
		next = &except->next;
	}
	return expect_end(ps, words, 1);
}

bool parse_block(struct profile_parser *ps, struct statement *st)
{
	return expect_word(ps, "from") && parse_places(ps, &st->rule.from) && parse_excepts(ps, &st->excepts);
}

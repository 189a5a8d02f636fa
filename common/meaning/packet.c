/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/packet.h"
#include "text/token.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define FLAG_SYN 0x02
#define FLAG_ACK 0x10
#define LINK_HOST 0 /* PACKET_HOST */

void packet_set(struct packet *packet, enum field field, field_value value)
{
	packet->value[field] = value;
	packet->known |= 1U << field;
}

bool packet_knows(const struct packet *packet, enum field field)
{
	return (packet->known & 1U << field) != 0;
}

bool proto_has_ports(unsigned proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP;
}

struct packet_parser {
	struct packet *packet;
	const char *text;
	size_t len;
	struct token token; /* the one to be read next */
	const char *fault;
	bool reply, snat, dnat;
	enum ct_state state;
};

static void advance(struct packet_parser *parser)
{
	parser->token = token_next(parser->text, parser->len, &parser->token);
}

static bool fail(struct packet_parser *parser, const char *fault)
{
	if (parser->fault == NULL)
		parser->fault = fault;
	return false;
}

static bool copy_token(const struct token *token, char *out, size_t size)
{
	if (token->len == 0 || token->len >= size)
		return false;
	memcpy(out, token->text, token->len);
	out[token->len] = '\0';
	return true;
}

/* --- addresses ---------------------------------------------------------------------------------- */

static bool read_addr(struct packet_parser *parser, enum field field, const char *text)
{
	enum family family = strchr(text, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	field_value value;

	if (!value_of_text(text, family, &value))
		return fail(parser, "an address belongs here, as in 198.51.100.7:40000 or [2001:db8::9]:40000");
	if (parser->packet->family != FAMILY_NONE && parser->packet->family != family)
		return fail(parser, "the addresses are of two families");
	parser->packet->family = family;
	packet_set(parser->packet, field, value);
	return true;
}

static bool read_port(struct packet_parser *parser, enum field field, const char *text)
{
	struct token token = { .text = text, .len = strlen(text) };
	unsigned long port;

	if (!token_number(&token, UINT16_MAX, &port))
		return fail(parser, "a port is a number up to 65535");
	packet_set(parser->packet, field, port);
	return true;
}

/* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT; * for any address. */
static bool read_endpoint(struct packet_parser *parser, enum field addr, enum field port)
{
	char text[INET6_ADDRSTRLEN + 10], *colon, *begin = text;
	bool good = true;

	if (!copy_token(&parser->token, text, sizeof(text)))
		return fail(parser, "an address belongs here");
	colon = strrchr(text, ':');
	if (text[0] == '[') {
		begin = text + 1;
		colon = strstr(text, "]:");
		if (strchr(text, ']') == NULL)
			return fail(parser, "the ] is missing");
		*strchr(text, ']') = '\0';
		colon = colon != NULL ? colon + 1 : NULL;
	} else if (colon != NULL && strchr(text, ':') != colon) {
		colon = NULL; /* IPv6 without a port */
	}
	if (colon != NULL) {
		*colon = '\0';
		good = read_port(parser, port, colon + 1);
	}
	if (good && strcmp(begin, "*") != 0)
		good = read_addr(parser, addr, begin);
	if (good)
		advance(parser);
	return good;
}

/* --- words ---------------------------------------------------------------------------------------- */

static bool read_interface(struct packet_parser *parser, enum field field)
{
	char name[IFNAMSIZ];

	advance(parser);
	if (!copy_token(&parser->token, name, sizeof(name)))
		return fail(parser, "the name of an interface belongs here");
	packet_set(parser->packet, field, value_of_name(name));
	advance(parser);
	return true;
}

/* The first name of a number is the one that is written. */
static const struct {
	const char *name;
	unsigned number;
} protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "icmp", IPPROTO_ICMP }, { "icmpv6", IPPROTO_ICMPV6 },
	{ "icmp6", IPPROTO_ICMPV6 }, { "ipv6-icmp", IPPROTO_ICMPV6 }, { "sctp", IPPROTO_SCTP }, { "dccp", IPPROTO_DCCP },
	{ "udplite", IPPROTO_UDPLITE }, { "esp", IPPROTO_ESP }, { "gre", IPPROTO_GRE }, { "ah", IPPROTO_AH },
};

static bool read_proto(struct packet_parser *parser)
{
	unsigned long number;

	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (token_is(&parser->token, protocols[i].name)) {
			packet_set(parser->packet, FIELD_PROTO, protocols[i].number);
			advance(parser);
			return true;
		}
	if (!token_number(&parser->token, UINT8_MAX, &number))
		return fail(parser, "a protocol belongs here: tcp, udp, icmp, icmpv6 or a number");
	packet_set(parser->packet, FIELD_PROTO, number);
	advance(parser);
	return true;
}

static bool read_flags(struct packet_parser *parser)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr" };
	const char *at = parser->token.text, *end = at + parser->token.len;
	unsigned flags = 0;

	while (at < end) {
		size_t len = 0, i = 0;

		while (at + len < end && at[len] != ',')
			len++;
		while (i < ARRAY_LEN(names) && (strlen(names[i]) != len || memcmp(names[i], at, len) != 0))
			i++;
		if (i == ARRAY_LEN(names) && !(len == 4 && memcmp(at, "none", 4) == 0))
			return fail(parser, "flags are fin, syn, rst, psh, ack, urg, ece, cwr, with commas, or none");
		flags |= i < ARRAY_LEN(names) ? 1U << i : 0;
		at += len + (at + len < end);
	}
	packet_set(parser->packet, FIELD_FLAGS, flags);
	return true;
}

static bool read_number(struct packet_parser *parser, enum field field)
{
	char text[24], *end;
	unsigned long number;

	if (!copy_token(&parser->token, text, sizeof(text)))
		return fail(parser, "a number belongs here");
	number = strtoul(text, &end, 0);
	if (field == FIELD_ICMP && number <= UINT8_MAX) {
		unsigned long code = *end == '/' ? strtoul(end + 1, &end, 10) : 0;

		if (code > UINT8_MAX)
			return fail(parser, "a code is at most 255");
		number = number << 8 | code;
	}
	if (*end != '\0' || number > (unsigned long)field_max(field, FAMILY_IPV4))
		return fail(parser, "this is not a number of that range");
	packet_set(parser->packet, field, number);
	return true;
}

/* NAME VALUE. */
static bool read_pair(struct packet_parser *parser)
{
	static const struct {
		const char *name;
		enum field field;
	} pairs[] = {
		{ "type", FIELD_ICMP }, { "mark", FIELD_MARK }, { "ctmark", FIELD_CTMARK }, { "length", FIELD_LENGTH },
		{ "ttl", FIELD_TTL }, { "tos", FIELD_TOS }, { "pkttype", FIELD_PKTTYPE },
	};
	bool good;

	if (token_is(&parser->token, "flags")) {
		advance(parser);
		good = read_flags(parser);
		advance(parser);
		return good;
	}
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (!token_is(&parser->token, pairs[i].name))
			continue;
		advance(parser);
		good = read_number(parser, pairs[i].field);
		advance(parser);
		return good;
	}
	return fail(parser, "a state (new, established, related, invalid, untracked), reply, fragment, or one of flags, type, "
			    "mark, ctmark, length, ttl, tos, pkttype with its value belongs here");
}

static bool read_word(struct packet_parser *parser)
{
	for (unsigned state = 0; state < CT_STATE_COUNT; state++)
		if (token_is(&parser->token, ct_state_name((enum ct_state)state))) {
			parser->state = (enum ct_state)state;
			advance(parser);
			return true;
		}
	if (token_is(&parser->token, "reply"))
		parser->reply = true;
	else if (token_is(&parser->token, "snat"))
		parser->snat = true;
	else if (token_is(&parser->token, "dnat"))
		parser->dnat = true;
	else if (token_is(&parser->token, "fragment"))
		packet_set(parser->packet, FIELD_FRAGMENT, 1);
	else
		return read_pair(parser);
	advance(parser);
	return true;
}

/* What the text left open and a packet of its kind has. */
static bool complete(struct packet_parser *parser)
{
	struct packet *packet = parser->packet;
	unsigned ct;

	if (parser->state == CT_INVALID || parser->state == CT_UNTRACKED)
		parser->reply = parser->snat = parser->dnat = false;
	ct = ct_value(parser->state, parser->reply, parser->snat, parser->dnat);
	if (!ct_possible(ct))
		return fail(parser, "a reply is never new");
	packet_set(packet, FIELD_CT, ct);
	packet->forwarded = packet_knows(packet, FIELD_IN) && packet_knows(packet, FIELD_OUT);
	for (enum field f = FIELD_IN; f <= FIELD_OUT; f++)
		if (!packet_knows(packet, f))
			packet_set(packet, f, 0);
	if (!packet_knows(packet, FIELD_FLAGS))
		packet_set(packet, FIELD_FLAGS, parser->state == CT_NEW || parser->state == CT_RELATED ? FLAG_SYN : FLAG_ACK);
	for (enum field f = FIELD_FRAGMENT; f <= FIELD_CTMARK; f++)
		if (!packet_knows(packet, f))
			packet_set(packet, f, 0);
	if (!packet_knows(packet, FIELD_PKTTYPE))
		packet_set(packet, FIELD_PKTTYPE, LINK_HOST);
	if (packet->family == FAMILY_NONE)
		return fail(parser, "at least one address must be given");
	return true;
}

static bool parse(struct packet_parser *parser)
{
	while (token_is(&parser->token, "in") || token_is(&parser->token, "out"))
		if (!read_interface(parser, token_is(&parser->token, "in") ? FIELD_IN : FIELD_OUT))
			return false;
	if (!packet_knows(parser->packet, FIELD_IN) && !packet_knows(parser->packet, FIELD_OUT))
		return fail(parser, "where does it come from or go to? in INTERFACE, out INTERFACE or both");
	if (!read_proto(parser) || !read_endpoint(parser, FIELD_SRC, FIELD_SPORT))
		return false;
	if (!token_is(&parser->token, "->"))
		return fail(parser, "-> and the destination belong here");
	advance(parser);
	if (!read_endpoint(parser, FIELD_DST, FIELD_DPORT))
		return false;
	while (parser->token.len > 0)
		if (!read_word(parser))
			return false;
	return complete(parser);
}

bool packet_parse(struct packet *packet, const char *text, size_t len, const char **fault, size_t *at)
{
	struct packet_parser parser = { .packet = packet, .text = text, .len = len, .state = CT_NEW };

	*packet = (struct packet){ .family = FAMILY_NONE };
	parser.token = token_after(text, len, 0);
	if (parse(&parser))
		return true;
	*fault = parser.fault;
	*at = parser.token.column > 0 ? parser.token.column - 1 : len;
	return false;
}

/* --- as text ---------------------------------------------------------------------------------------- */

static void endpoint_text(struct strbuf *out, const struct packet *packet, enum field addr, enum field port)
{
	bool with_port = packet_knows(packet, port) && proto_has_ports((unsigned)packet->value[FIELD_PROTO]);
	bool bracket = with_port && packet->family == FAMILY_IPV6 && packet_knows(packet, addr);

	strbuf_puts(out, bracket ? "[" : "");
	if (packet_knows(packet, addr))
		field_text(out, addr, packet->value[addr], packet->family);
	else
		strbuf_puts(out, "*");
	strbuf_puts(out, bracket ? "]" : "");
	if (with_port)
		strbuf_printf(out, ":%u", (unsigned)packet->value[port]);
}

static void proto_text(struct strbuf *out, unsigned proto)
{
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (protocols[i].number == proto) {
			strbuf_puts(out, protocols[i].name);
			return;
		}
	strbuf_printf(out, "%u", proto);
}

static void interface_text(struct strbuf *out, const struct packet *packet, enum field field, const char *word)
{
	if (!packet_knows(packet, field) || packet->value[field] == 0)
		return;
	strbuf_printf(out, "%s ", word);
	field_text(out, field, packet->value[field], packet->family);
	strbuf_putc(out, ' ');
}

static void extra_text(struct strbuf *out, const struct packet *packet, enum field field, const char *word)
{
	strbuf_printf(out, " %s ", word);
	field_text(out, field, packet->value[field], packet->family);
}

void packet_text(struct strbuf *out, const struct packet *packet)
{
	unsigned proto = (unsigned)packet->value[FIELD_PROTO];
	enum ct_state state = ct_state_of((unsigned)packet->value[FIELD_CT]);
	unsigned usual = state == CT_NEW || state == CT_RELATED ? FLAG_SYN : FLAG_ACK;

	interface_text(out, packet, FIELD_IN, "in");
	interface_text(out, packet, FIELD_OUT, "out");
	proto_text(out, proto);
	strbuf_putc(out, ' ');
	endpoint_text(out, packet, FIELD_SRC, FIELD_SPORT);
	strbuf_puts(out, " -> ");
	endpoint_text(out, packet, FIELD_DST, FIELD_DPORT);
	if ((proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) && packet_knows(packet, FIELD_ICMP))
		extra_text(out, packet, FIELD_ICMP, "type");
	strbuf_putc(out, ' ');
	field_text(out, FIELD_CT, packet->value[FIELD_CT], packet->family);
	if (proto == IPPROTO_TCP && packet_knows(packet, FIELD_FLAGS) && packet->value[FIELD_FLAGS] != usual)
		extra_text(out, packet, FIELD_FLAGS, "flags");
	if (packet->value[FIELD_FRAGMENT] != 0)
		strbuf_puts(out, " fragment");
	if (packet->value[FIELD_MARK] != 0)
		extra_text(out, packet, FIELD_MARK, "mark");
	if (packet->value[FIELD_CTMARK] != 0)
		extra_text(out, packet, FIELD_CTMARK, "ctmark");
	if (packet->value[FIELD_PKTTYPE] != LINK_HOST)
		extra_text(out, packet, FIELD_PKTTYPE, "pkttype");
}

void packet_whole_text(struct strbuf *out, const struct packet *packet)
{
	packet_text(out, packet);
	if (packet_knows(packet, FIELD_LENGTH))
		extra_text(out, packet, FIELD_LENGTH, "length");
	if (packet_knows(packet, FIELD_TTL))
		extra_text(out, packet, FIELD_TTL, "ttl");
	if (packet_knows(packet, FIELD_TOS))
		extra_text(out, packet, FIELD_TOS, "tos");
}

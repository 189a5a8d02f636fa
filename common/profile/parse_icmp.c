/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Types of ICMP and ICMPv6, by number or by the names of iptables in small letters. */
#include "profile/parse.h"

#include <stdlib.h>
#include <string.h>

#define TYPE(type)       ICMP_CODE(type, 0), ICMP_CODE(type, 255)
#define CODE(type, code) ICMP_CODE(type, code), ICMP_CODE(type, code)

static const struct icmp_name {
	const char *name;
	unsigned first, last; /* as in struct ports */
} icmp_names[] = {
	{ "echo-reply", TYPE(0) },
	{ "pong", TYPE(0) },
	{ "destination-unreachable", TYPE(3) },
	{ "network-unreachable", CODE(3, 0) },
	{ "host-unreachable", CODE(3, 1) },
	{ "protocol-unreachable", CODE(3, 2) },
	{ "port-unreachable", CODE(3, 3) },
	{ "fragmentation-needed", CODE(3, 4) },
	{ "source-route-failed", CODE(3, 5) },
	{ "network-unknown", CODE(3, 6) },
	{ "host-unknown", CODE(3, 7) },
	{ "network-prohibited", CODE(3, 9) },
	{ "host-prohibited", CODE(3, 10) },
	{ "tos-network-unreachable", CODE(3, 11) },
	{ "tos-host-unreachable", CODE(3, 12) },
	{ "communication-prohibited", CODE(3, 13) },
	{ "host-precedence-violation", CODE(3, 14) },
	{ "precedence-cutoff", CODE(3, 15) },
	{ "source-quench", TYPE(4) },
	{ "redirect", TYPE(5) },
	{ "network-redirect", CODE(5, 0) },
	{ "host-redirect", CODE(5, 1) },
	{ "tos-network-redirect", CODE(5, 2) },
	{ "tos-host-redirect", CODE(5, 3) },
	{ "echo-request", TYPE(8) },
	{ "ping", TYPE(8) },
	{ "router-advertisement", TYPE(9) },
	{ "router-solicitation", TYPE(10) },
	{ "time-exceeded", TYPE(11) },
	{ "ttl-exceeded", TYPE(11) },
	{ "ttl-zero-during-transit", CODE(11, 0) },
	{ "ttl-zero-during-reassembly", CODE(11, 1) },
	{ "parameter-problem", TYPE(12) },
	{ "ip-header-bad", CODE(12, 0) },
	{ "required-option-missing", CODE(12, 1) },
	{ "timestamp-request", TYPE(13) },
	{ "timestamp-reply", TYPE(14) },
	{ "address-mask-request", TYPE(17) },
	{ "address-mask-reply", TYPE(18) },
}, icmpv6_names[] = {
	{ "destination-unreachable", TYPE(1) },
	{ "no-route", CODE(1, 0) },
	{ "communication-prohibited", CODE(1, 1) },
	{ "beyond-scope", CODE(1, 2) },
	{ "address-unreachable", CODE(1, 3) },
	{ "port-unreachable", CODE(1, 4) },
	{ "failed-policy", CODE(1, 5) },
	{ "reject-route", CODE(1, 6) },
	{ "packet-too-big", TYPE(2) },
	{ "time-exceeded", TYPE(3) },
	{ "ttl-exceeded", TYPE(3) },
	{ "ttl-zero-during-transit", CODE(3, 0) },
	{ "ttl-zero-during-reassembly", CODE(3, 1) },
	{ "parameter-problem", TYPE(4) },
	{ "bad-header", CODE(4, 0) },
	{ "unknown-header-type", CODE(4, 1) },
	{ "unknown-option", CODE(4, 2) },
	{ "echo-request", TYPE(128) },
	{ "ping", TYPE(128) },
	{ "echo-reply", TYPE(129) },
	{ "pong", TYPE(129) },
	{ "router-solicitation", TYPE(133) },
	{ "router-advertisement", TYPE(134) },
	{ "neighbour-solicitation", TYPE(135) },
	{ "neighbor-solicitation", TYPE(135) },
	{ "neighbour-advertisement", TYPE(136) },
	{ "neighbor-advertisement", TYPE(136) },
	{ "redirect", TYPE(137) },
};

#undef TYPE
#undef CODE

/* NUM [ "/" NUM ]. iptables takes the type 255 for "any". */
static bool parse_numbers(struct profile_parser *ps, struct ports *out)
{
	const char *text = peek(ps)->text;
	char *behind;
	unsigned long type = strtoul(text, &behind, 10), code = 0;
	bool coded = behind[0] == '/' && is_digit(behind[1]);

	if (coded)
		code = strtoul(behind + 1, &behind, 10);
	if (*behind != '\0' || strlen(text) > 7)
		return fail_here(ps, "\"%s\" is not an ICMP type: write 3, 3/4 or a name such as echo-request", text);
	if (type > 254 || code > 255)
		return fail_here(ps, "an ICMP type must be from 0 to 254, and its code from 0 to 255, not %s", text);
	out->first = ICMP_CODE((unsigned)type, (unsigned)code);
	out->last = coded ? out->first : ICMP_CODE((unsigned)type, 255);
	return true;
}

static bool parse_named(struct profile_parser *ps, const struct icmp_name *names, size_t count, struct ports *out)
{
	const char *words[ARRAY_LEN(icmp_names)];

	for (size_t i = 0; i < count; i++) {
		words[i] = names[i].name;
		if (!peek_word(ps, names[i].name))
			continue;
		out->first = names[i].first;
		out->last = names[i].last;
		return true;
	}
	return fail_unknown(ps, out->proto == PROTO_ICMP ? "ICMP type" : "ICMPv6 type", words, count);
}

bool parse_icmp_type(struct profile_parser *ps, struct ports *out)
{
	bool good;

	if (peek(ps)->kind == TOKEN_WORD && is_digit(peek(ps)->text[0]))
		good = parse_numbers(ps, out);
	else if (out->proto == PROTO_ICMP)
		good = parse_named(ps, icmp_names, ARRAY_LEN(icmp_names), out);
	else
		good = parse_named(ps, icmpv6_names, ARRAY_LEN(icmpv6_names), out);
	if (good)
		advance(ps);
	out->any = false;
	return good;
}

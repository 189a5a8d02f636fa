/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/promise.h"
#include "text/token.h"

#include <arpa/inet.h>
#include <string.h>

struct promise_reading {
	struct promise *promise;
	const struct words *words;
	enum family family;
	unsigned at; /* the next word */
};

static const char *next_word(struct promise_reading *reading)
{
	return reading->at < reading->words->count ? reading->words->item[reading->at].text : NULL;
}

static bool take(struct promise_reading *reading, const char *word)
{
	const char *next = next_word(reading);

	if (next == NULL || strcmp(next, word) != 0)
		return false;
	reading->at++;
	return true;
}

static bool read_number(const char *text, size_t len, unsigned long max, field_value *number)
{
	struct token token = { .text = text, .len = len };
	unsigned long value = 0;
	bool good = token_number(&token, max, &value);

	*number = value;
	return good;
}

static const char *read_address(struct promise_reading *reading, struct promise_field *to)
{
	const char *text = next_word(reading), *slash = text != NULL ? strchr(text, '/') : NULL;
	enum family of = text != NULL && strchr(text, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	unsigned width = of == FAMILY_IPV6 ? 128 : 32;
	size_t len = slash != NULL ? (size_t)(slash - text) : text != NULL ? strlen(text) : 0;
	char plain[INET6_ADDRSTRLEN];
	field_value prefix = width, low;

	if (len == 0 || len >= sizeof(plain))
		return "expected an address";
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (!value_of_text(plain, of, &to->range.lo))
		return "expected an address such as 192.0.2.1 or 2001:db8::/32, not a name";
	if (slash != NULL && !read_number(slash + 1, strlen(slash + 1), width, &prefix))
		return "invalid prefix length";
	low = prefix == 0 ? field_max(FIELD_SRC, of) : ((field_value)1 << (width - (unsigned)prefix)) - 1;
	to->range.lo &= ~low;
	to->range.hi = to->range.lo | low;
	to->given = true;
	reading->promise->other_family |= of != reading->family;
	reading->at++;
	return NULL;
}

static const char *read_interface(struct promise_reading *reading, struct promise_field *to)
{
	const char *text = next_word(reading);
	size_t len = text != NULL ? strlen(text) : 0;
	char name[IFNAMSIZ] = "";
	bool many = len > 0 && text[len - 1] == '+';

	if (len == 0 || len >= IFNAMSIZ)
		return "expected an interface name of at most 15 bytes";
	memcpy(name, text, many ? len - 1 : len);
	to->range.lo = to->range.hi = value_of_name(name);
	if (many && len == 1) /* any */
		to->range = (struct range){ 1, ~(field_value)0 };
	else if (many)
		to->range.hi |= ((field_value)1 << (8 * (IFNAMSIZ - (len - 1)))) - 1;
	to->given = true;
	reading->at++;
	return NULL;
}

static const char *read_port(struct promise_reading *reading)
{
	struct promise_field *port = &reading->promise->port;
	const char *text = next_word(reading), *last;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return NULL; /* none: any */
	last = strchr(text, '-') != NULL ? strchr(text, '-') + 1 : text;
	port->given = true;
	if (!read_number(text, strcspn(text, "-"), 65535, &port->range.lo) ||
	    !read_number(last, strlen(last), 65535, &port->range.hi) ||
	    port->range.lo > port->range.hi)
		return "expected a port from 0 to 65535 or a range such as 80-90";
	reading->at++;
	return NULL;
}

static const char *read_protocol(struct promise_reading *reading)
{
	static const struct {
		const char *name;
		unsigned proto;
		bool ports;
	} known[] = { { "tcp", IPPROTO_TCP, true },	  { "udp", IPPROTO_UDP, true },
		      { "sctp", IPPROTO_SCTP, true },	  { "icmp", IPPROTO_ICMP, false },
		      { "icmpv6", IPPROTO_ICMPV6, false } };
	struct promise_field *proto = &reading->promise->proto;
	const char *text;

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!take(reading, known[i].name))
			continue;
		proto->given = true;
		proto->range = (struct range){ known[i].proto, known[i].proto };
		return known[i].ports ? read_port(reading) : NULL;
	}
	if (!take(reading, "proto"))
		return NULL;
	text = next_word(reading);
	if (text == NULL || !read_number(text, strlen(text), 255, &proto->range.lo))
		return "expected a protocol number from 0 to 255 after proto";
	proto->given = true;
	proto->range.hi = proto->range.lo;
	reading->at++;
	return NULL;
}

static const char *read_place(struct promise_reading *reading)
{
	struct promise *promise = reading->promise;
	struct promise_field *to;
	bool address = true;

	if (take(reading, "chain")) {
		promise->chain = next_word(reading);
		return promise->chain != NULL && reading->at++ > 0 ? NULL : "expected the name of a chain";
	}
	promise->local |= take(reading, "local");
	promise->routed |= take(reading, "routed");
	if (next_word(reading) == NULL)
		return NULL;
	if (take(reading, "from")) {
		to = &promise->src;
		promise->self = take(reading, "self");
		if (promise->self)
			return NULL;
	} else if (take(reading, "to")) {
		to = &promise->dst;
	} else {
		address = false;
		to = take(reading, "in") ? &promise->in : take(reading, "out") ? &promise->out : NULL;
	}
	if (to == NULL)
		return "expected tcp, udp, sctp, icmp, icmpv6 or proto NUMBER, then from, in, to, out, chain, local or routed";
	to->invert = take(reading, "not");
	return address ? read_address(reading, to) : read_interface(reading, to);
}

const char *promise_read(struct promise *promise, const struct words *words, enum family family, unsigned *at)
{
	struct promise_reading reading = { promise, words, family, 2 }; /* behind "#@" and "expect" */
	const char *wrong = NULL;

	*promise = (struct promise){ .allow = take(&reading, "allow") };
	if (!promise->allow && !take(&reading, "deny"))
		wrong = "expected allow or deny";
	if (wrong == NULL)
		wrong = read_protocol(&reading);
	while (wrong == NULL && reading.at < words->count)
		wrong = read_place(&reading);
	*at = reading.at < words->count ? reading.at : words->count - 1;
	return wrong;
}

unsigned promise_hooks(const struct promise *promise)
{
	if (promise->self)
		return HOOK_OUTPUT;
	if (promise->out.given || promise->chain != NULL || promise->routed)
		return HOOK_FORWARD;
	return promise->dst.given && !promise->local ? HOOK_INPUT | HOOK_FORWARD : HOOK_INPUT;
}

unsigned promise_ranges(const struct promise_field *of, enum field field, enum family family, struct range ranges[static 2])
{
	field_value max = field_max(field, family);
	unsigned count = 0;

	if (!of->given)
		return 0;
	if (!of->invert) {
		ranges[0] = of->range;
		return 1;
	}
	if (of->range.lo > 0)
		ranges[count++] = (struct range){ 0, of->range.lo - 1 };
	if (of->range.hi < max)
		ranges[count++] = (struct range){ of->range.hi + 1, max };
	return count;
}

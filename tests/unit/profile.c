/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/suggest.h"
#include "addr/addr.h"
#include "profile/rate.h"
#include "profile/service.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static bool text_is(void (*print)(struct strbuf *, const struct addr_range *), const struct addr_range *range,
		    const char *want)
{
	struct strbuf text = STRBUF_INIT;
	bool same;

	print(&text, range);
	same = strcmp(strbuf_text(&text), want) == 0;
	if (!same)
		printf("# %s, not %s\n", strbuf_text(&text), want);
	strbuf_free(&text);
	return same;
}

static bool reads_as(const char *text, const char *want)
{
	struct addr_range range;

	return addr_parse(text, &range) == ADDR_FINE && text_is(addr_print, &range, want);
}

static void test_addr_read(void)
{
	static const unsigned char zero[12];
	unsigned char bytes[16];
	char text[ADDR_TEXT_MAX];

	CHECK(addr_read("192.0.2.1/24", 9, FAMILY_IPV4, bytes) && bytes[0] == 192 && bytes[3] == 1 &&
		      memcmp(bytes + 4, zero, 12) == 0 && strcmp(addr_text(bytes, FAMILY_IPV4, text), "192.0.2.1") == 0,
	      "addr: read from a part of a text, and written");
	CHECK(addr_read("2001:db8::1", 11, FAMILY_IPV6, bytes) &&
		      strcmp(addr_text(bytes, FAMILY_IPV6, text), "2001:db8::1") == 0,
	      "addr: of IPv6 too");
	CHECK(!addr_read("2001:db8::1", 11, FAMILY_IPV4, bytes) && !addr_read("192.0.2.1", 9, FAMILY_IPV6, bytes) &&
		      !addr_read("", 0, FAMILY_IPV4, bytes) && !addr_read("192.0.2.1", 8, FAMILY_IPV6, bytes) &&
		      !addr_read("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", 49, FAMILY_IPV6, bytes),
	      "addr: what is no address of the family is refused");
}

static void test_addr(void)
{
	struct addr_range range;

	CHECK(reads_as("192.0.2.1", "192.0.2.1") && reads_as("192.0.2.1/32", "192.0.2.1"),
	      "addr: reads one address");
	CHECK(reads_as("192.0.2.77/24", "192.0.2.0/24") && reads_as("0.0.0.0/0", "0.0.0.0/0"),
	      "addr: clears bits after the prefix");
	CHECK(reads_as("2001:DB8:0:0::1", "2001:db8::1") && reads_as("::/0", "::/0"),
	      "addr: writes IPv6 in its short form");
	CHECK(reads_as("10.0.0.0-10.0.0.255", "10.0.0.0/24"), "addr: writes a range that is a network as a network");
	CHECK(reads_as("10.0.0.1-10.0.0.3", "10.0.0.1-10.0.0.3"), "addr: writes any other range as a range");
	CHECK(addr_parse("10.0.0.0/33", &range) == ADDR_PREFIX && addr_parse("::/129", &range) == ADDR_PREFIX,
	      "addr: refuses a prefix that is too long");
	CHECK(addr_parse("10.0.0.2-10.0.0.1", &range) == ADDR_ORDER, "addr: refuses a range that ends before it begins");
	CHECK(addr_parse("10.0.0", &range) == ADDR_NONE && addr_parse("", &range) == ADDR_NONE &&
		      addr_parse("host", &range) == ADDR_NONE &&
		      addr_parse("1.2.3.4-::1", &range) == ADDR_NONE &&
		      addr_parse("10.0.0.0/", &range) == ADDR_PREFIX,
	      "addr: refuses malformed addresses");
}

static unsigned char model[2][512]; /* the addresses 10.0.0.0 to 10.0.1.255, and 2001:db8:: to ::1ff */

static struct addr_range model_range(int family, unsigned first, unsigned last)
{
	addr_bits base = family == 0 ? (addr_bits)0x0a000000 : (addr_bits)0x20010db8 << 96;

	return (struct addr_range){ family == 0 ? FAMILY_IPV4 : FAMILY_IPV6, base + first, base + last };
}

/* For random ranges of both families, without others, the normalised set and its networks must hold the same addresses as the list. */
static bool set_round(void)
{
	struct addr_set set = { 0 }, holes = { 0 }, nets = { 0 };
	bool good = true;

	memset(model, 0, sizeof(model));
	for (int i = 0; i < 20; i++) {
		int family = rand() % 2;
		unsigned first = (unsigned)rand() % 512, last = first + (unsigned)rand() % 40;
		bool hole = i >= 12;
		struct addr_range range;

		last = last > 511 ? 511 : last;
		range = model_range(family, first, last);
		good = good && addr_set_add(hole ? &holes : &set, &range);
		memset(&model[family][first], !hole, last - first + 1);
	}
	addr_set_normalise(&set);
	addr_set_normalise(&holes);
	good = good && addr_set_subtract(&set, &holes) && addr_set_networks(&set, &nets);
	for (int family = 0; family < 2; family++)
		for (unsigned at = 0; at < 512; at++) {
			struct addr_range one = model_range(family, at, at);

			good = good && addr_set_covers(&set, &one) == model[family][at] &&
			       addr_set_covers(&nets, &one) == model[family][at];
		}
	for (size_t i = 0; i < nets.ranges.len; i++)
		good = good && addr_prefix(&nets.ranges.item[i]) >= 0;
	for (size_t i = 1; i < set.ranges.len; i++)
		good = good && (set.ranges.item[i - 1].family != set.ranges.item[i].family ||
				set.ranges.item[i - 1].last + 1 < set.ranges.item[i].first);
	addr_set_free(&set);
	addr_set_free(&holes);
	addr_set_free(&nets);
	return good;
}

static void test_set(void)
{
	struct addr_set set = { 0 }, nets = { 0 };
	struct addr_range all = { FAMILY_IPV6, 0, ~(addr_bits)0 },
			  half = { FAMILY_IPV6, 0, ~(addr_bits)0 >> 1 };
	bool good = true;

	srand(7);
	for (int i = 0; i < 300; i++)
		good = good && set_round();
	CHECK(good, "set: random lists, their normal form and their networks hold the same addresses");
	CHECK(addr_set_add(&set, &all) && addr_set_add(&set, &half), "set: adds the whole address space");
	addr_set_normalise(&set);
	CHECK(set.ranges.len == 1 && addr_set_networks(&set, &nets) && nets.ranges.len == 1 &&
		      text_is(addr_print, &nets.ranges.item[0], "::/0"),
	      "set: merges ranges up to the end of the address space");
	addr_set_free(&set);
	addr_set_free(&nets);
}

static bool rate_is(const char *text, const char *want, unsigned burst)
{
	struct rate rate;
	struct strbuf out = STRBUF_INIT;
	bool same;

	if (rate_parse(text, &rate) != RATE_FINE)
		return false;
	rate_print(&out, &rate);
	same = strcmp(strbuf_text(&out), want) == 0 && rate.burst == burst;
	strbuf_free(&out);
	return same;
}

static void test_rate(void)
{
	struct rate rate, slow = { 1, 86400, 1 };
	struct strbuf out = STRBUF_INIT;

	CHECK(rate_is("4/60s", "4/min", 4) && rate_is("10/5m", "2/min", 10), "rate: converts exactly to another unit");
	CHECK(rate_is("60/m", "60/min", 60) && rate_is("100/s", "100/sec", 100) && rate_is("1/d", "1/day", 1),
	      "rate: keeps a rate as written");
	CHECK(rate_is("1/7d", "", 0) == false && rate_parse("1/7d", &rate) == RATE_INEXACT,
	      "rate: refuses less than one a day");
	CHECK(rate_parse("7/11m", &rate) == RATE_INEXACT, "rate: refuses a rate that no unit expresses exactly");
	rate_advice(&out, "7/11m");
	CHECK(strcmp(strbuf_text(&out), "38/h or 39/h") == 0, "rate: suggests the nearest rates");
	strbuf_free(&out);
	CHECK(rate_parse("0/s", &rate) == RATE_ZERO && rate_parse("4/0s", &rate) == RATE_ZERO,
	      "rate: refuses zero");
	CHECK(rate_parse("10000/s", &rate) == RATE_FINE && rate_parse("10001/s", &rate) == RATE_FAST,
	      "rate: refuses a rate that is too fast");
	CHECK(rate_parse("4", &rate) == RATE_SYNTAX && rate_parse("4/", &rate) == RATE_SYNTAX &&
		      rate_parse("/m", &rate) == RATE_SYNTAX && rate_parse("4/mm", &rate) == RATE_SYNTAX &&
		      rate_parse("99999999/d", &rate) == RATE_FAST && rate_parse("", &rate) == RATE_SYNTAX,
	      "rate: refuses malformed rates");
	CHECK(rate_fits_limit(&slow, 4) && !rate_fits_limit(&slow, 5), "rate: refuses a burst that overflows the kernel's 32 bits");
	CHECK(period_parse("10m") == 600 && period_parse("d") == 86400 && period_parse("0m") == 0 &&
		      period_parse("5") == 0 && period_parse("9999999d") == 0,
	      "rate: reads periods, and 0 for malformed ones");
}

static void test_service(void)
{
	static const char etc[] = "# comment\nssh\t22/tcp\t# SSH\nweird 99999/tcp\nold 77/udp alias1  alias2 "
				  "#not this\nold 77/tcp";
	const char *at = etc, *ports = "tcp 53, link udp 67-68";
	struct ports got;
	bool sorted = true, readable = true;

	for (size_t i = 0; i < builtin_service_count; i++) {
		const char *list = builtin_services[i].ports;

		sorted = sorted &&
			 (i == 0 || strcmp(builtin_services[i - 1].name, builtin_services[i].name) < 0);
		while (builtin_service_next(&list, &got))
			readable = readable && got.first > 0 && got.last >= got.first && got.last < 65536;
		readable = readable && (builtin_services[i].helper == NULL ||
					helper_kind_find(builtin_services[i].helper) != NULL);
	}
	CHECK(sorted && builtin_service_count >= 100, "service: the table is sorted and has at least a hundred entries");
	CHECK(readable, "service: every entry has ports and a helper that exists");
	CHECK(builtin_service_next(&ports, &got) && got.first == 53 && got.proto == PROTO_TCP &&
		      !got.unaddressed && builtin_service_next(&ports, &got) && got.last == 68 &&
		      got.proto == PROTO_UDP && got.unaddressed && !builtin_service_next(&ports, &got),
	      "service: reads the ports of an entry");
	CHECK(etc_service_next(&at, "alias2", &got) && got.first == 77 && got.proto == PROTO_UDP &&
		      !etc_service_next(&at, "alias2", &got),
	      "service: finds aliases of /etc/services");
	at = etc;
	CHECK(!etc_service_next(&at, "weird", &got), "service: ignores an impossible port");
	at = etc;
	CHECK(!etc_service_next(&at, "#not", &got) && (at = etc, !etc_service_next(&at, "comment", &got)),
	      "service: ignores comments");
	at = etc;
	CHECK(etc_service_next(&at, "old", &got) && etc_service_next(&at, "old", &got) &&
		      got.proto == PROTO_TCP,
	      "service: finds a name on two lines, the last without a newline");
}

static void test_suggest(void)
{
	static const char *const words[] = { "ftps", "https", "ssh", "smtp" };

	CHECK(strcmp(suggest_nearest("shh", words, 4), "ssh") == 0, "suggest: finds a changed letter");
	CHECK(strcmp(suggest_nearest("hssh", words, 4), "ssh") == 0, "suggest: finds a letter too many");
	CHECK(strcmp(suggest_nearest("smpt", words, 4), "smtp") == 0, "suggest: finds two swapped letters");
	CHECK(strcmp(suggest_nearest("htps", words, 4), "https") == 0, "suggest: prefers a word with the same first letter");
	CHECK(suggest_nearest("imap", words, 4) == NULL && suggest_nearest("", words, 4) == NULL,
	      "suggest: suggests nothing for a distant word");
	CHECK(suggest_nearest("ssh", words + 2, 1) == NULL, "suggest: never suggests the word itself");
	CHECK(suggest_nearest("a-word-of-more-than-forty-letters-that-nobody-types", words, 4) == NULL,
	      "suggest: survives long words");
}

int main(void)
{
	test_addr_read();
	test_addr();
	test_set();
	test_rate();
	test_service();
	test_suggest();
	return tap_done();
}

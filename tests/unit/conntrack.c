/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Parsers and alarms of ct-stat on made-up input: they need no kernel and no privileges. */
#include "tap.h"
#include "conntrack/alarm.h"
#include "conntrack/counters.h"
#include "conntrack/events.h"
#include "conntrack/expect.h"
#include "conntrack/filter.h"
#include "conntrack/fleet.h"
#include "conntrack/flow.h"
#include "conntrack/flowtext.h"
#include "conntrack/history.h"
#include "conntrack/losses.h"
#include "conntrack/message.h"
#include "conntrack/report.h"
#include "conntrack/tally.h"
#include "conntrack/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define HEAD_6_18                                                                                            \
	"entries  clashres found new invalid ignore delete chainlength insert insert_failed drop "           \
	"early_drop "                                                                                        \
	"icmp_error  expect_new expect_create expect_delete search_restart\n"
#define LINE_6_18(drop)                                                                                      \
	"00000007  00000001 00000002 00000000 00000003 00000000 00000000 00000004 00000005 00000006 " drop   \
	" 00000008 00000009  0000000a 0000000b 0000000c 0000000d\n"

/* What counters_parse returns. Free the counters even after an error. */
static int parse(struct ct_counters *counters, const char *text, uint64_t *entries)
{
	*counters = (struct ct_counters){ 0 };
	*entries = 0;
	return counters_parse(counters, text, entries);
}

static void test_stat_columns(void)
{
	struct ct_counters c;
	uint64_t entries;

	CHECK(parse(&c, HEAD_6_18 LINE_6_18("00000007") LINE_6_18("ffffffff"), &entries) == 0,
	      "reads the file of kernel 6.18");
	CHECK(entries == 7, "takes entries from one line, and does not sum it");
	CHECK(c.lines.len == 2 && counters_sum(&c, COUNTER_DROP) == 7 + (uint64_t)UINT32_MAX,
	      "a sum has 64 bits");
	CHECK(counters_sum(&c, COUNTER_CLASH_RESOLVE) == 2 && counters_sum(&c, COUNTER_EXPECT_DELETE) == 24,
	      "finds columns by name");
	counters_free(&c);
	CHECK(parse(&c, "entries searched found drop\n00000001 00000009 00000002 00000003\n", &entries) ==
			      0 &&
		      counters_sum(&c, COUNTER_DROP) == 3 && !counters_know(&c, COUNTER_EARLY_DROP) &&
		      !counters_know(&c, COUNTER_CLASH_RESOLVE),
	      "reads a file with fewer columns, and ignores one that was reused");
	counters_free(&c);
	CHECK(parse(&c, "drop  future_thing entries\n00000003 00000001 00000002\n", &entries) == 0 &&
		      entries == 2 && counters_sum(&c, COUNTER_DROP) == 3,
	      "reads columns in another order, and skips an unknown one");
	counters_free(&c);
}

static void test_stat_damage(void)
{
	static const char *const bad[] = {
		"",
		"entries drop",
		HEAD_6_18,
		HEAD_6_18 "00000007  00000001\n",
		HEAD_6_18 "00000007  00000001 00000002",
		HEAD_6_18 LINE_6_18("0000000"),
		HEAD_6_18 LINE_6_18("0000000g"),
		HEAD_6_18 LINE_6_18("00000007") "0000",
		"entries drop\n00000001 00000002 00000003\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct ct_counters c;
		uint64_t entries;

		CHECK(parse(&c, bad[i], &entries) == -EBADMSG, "rejects a damaged statistics file");
		counters_free(&c);
	}
}

static void test_many_cpus(void)
{
	struct strbuf text = STRBUF_INIT;
	struct ct_counters c;
	uint64_t entries;

	strbuf_puts(&text, HEAD_6_18);
	for (int i = 0; i < 256; i++)
		strbuf_puts(&text, LINE_6_18("00000002"));
	CHECK(parse(&c, strbuf_text(&text), &entries) == 0 && counters_sum(&c, COUNTER_DROP) == 512,
	      "reads 256 processors");
	counters_free(&c);
	strbuf_free(&text);
}

static void set(struct ct_counters *c, uint32_t cpu, uint32_t drop)
{
	struct counter_line *line = counters_line(c, cpu);

	if (line == NULL)
		return;
	line->value[COUNTER_DROP] = drop;
	line->known |= 1u << COUNTER_DROP;
}

static uint64_t growth(uint32_t old0, uint32_t now0, bool *reset)
{
	struct ct_counters old = { 0 }, now = { 0 };
	uint64_t grown;

	set(&old, 0, old0);
	set(&now, 0, now0);
	*reset = false;
	grown = counters_growth(&old, &now, COUNTER_DROP, reset);
	counters_free(&old);
	counters_free(&now);
	return grown;
}

static void test_growth(void)
{
	struct ct_counters old = { 0 }, now = { 0 };
	bool reset;

	CHECK(growth(5, 9, &reset) == 4 && !reset, "computes growth");
	CHECK(growth(UINT32_MAX, 2, &reset) == 3 && !reset, "continues a counter that wrapped around");
	CHECK(growth(1000, 3, &reset) == 3 && reset, "counts a restarted counter from 0, and reports the restart");
	reset = false;
	set(&old, 0, 10);
	set(&old, 1, 10);
	set(&now, 0, 11);
	set(&now, 2, 5);
	CHECK(counters_growth(&old, &now, COUNTER_DROP, &reset) == 6 && !reset,
	      "ignores a processor that left, and counts a new one from 0");
	counters_free(&old);
	counters_free(&now);
}

/* One interval of one processor: how much each counter grew, and what was lost. */
static const struct loss_sample {
	const char *what;
	uint64_t count; /* of 1000 */
	uint32_t drop, insert_failed, early_drop, found, clash_resolve, chain_toolong, invalid;
	enum loss_cause worst;
	uint64_t refused, collided;
} loss_samples[] = {
	{ "nothing is lost", 10, .found = 9, .clash_resolve = 9, .worst = LOSS_NONE },
	{ "a range of NAT is exhausted", 10, 17, 17, .found = 53, .worst = LOSS_NAT, .collided = 17 },
	{ "clashes that are not resolved", 10, 17, 17, .found = 3, .clash_resolve = 500, .worst = LOSS_CLASH, .collided = 17 },
	{ "NAT or clashes: both leave traces", 10, 17, 17, .found = 53, .clash_resolve = 1, .worst = LOSS_COLLISION, .collided = 17 },
	{ "NAT or clashes: neither leaves a trace", 10, 17, 17, .found = 16, .worst = LOSS_COLLISION, .collided = 17 },
	{ "collisions in a table that is nearly full", 999, 17, 17, .found = 53, .worst = LOSS_NAT, .collided = 17 },
	{ "a full table of assured entries", 1000, 300, .worst = LOSS_FULL, .refused = 300 },
	{ "one packet refused by a full table", 1000, 1, .worst = LOSS_FULL, .refused = 1 },
	{ "a full table, where evicting was not enough", 940, 42, .early_drop = 4961, .worst = LOSS_FULL, .refused = 42 },
	{ "a full table, where evicting was enough", 1000, .early_drop = 5, .worst = LOSS_EVICTION },
	{ "a full table, and NAT out of ports", 1000, 30, 10, .found = 99, .worst = LOSS_FULL, .refused = 20, .collided = 10 },
	{ "evictions, and clashes beside them", 900, 5, 5, .early_drop = 3, .clash_resolve = 9, .worst = LOSS_EVICTION, .collided = 5 },
	{ "no memory, where the table has room", 10, 7, .worst = LOSS_MEMORY, .refused = 7 },
	{ "no memory, once", 10, 1, .worst = LOSS_MEMORY, .refused = 1 },
	{ "a protocol that refuses packets, where the table has room", 10, 7, .invalid = 7, .worst = LOSS_REOPEN },
	{ "no memory, and fewer invalid packets", 10, 7, .invalid = 6, .worst = LOSS_MEMORY, .refused = 7 },
	{ "a full table, and invalid packets", 1000, 7, .invalid = 70, .worst = LOSS_FULL, .refused = 7 },
	{ "a table that was full, and invalid packets", 10, 7, .early_drop = 1, .invalid = 70, .worst = LOSS_FULL, .refused = 7 },
	{ "a drop that is read before its failed insertion", 10, 18, 17, .clash_resolve = 9, .worst = LOSS_CLASH, .collided = 18 },
	{ "failed insertions over netlink lose no packet", 10, 0, 4000, .worst = LOSS_NONE },
	{ "failed insertions over netlink hide nothing in a full table", 1000, 7, 4000, .worst = LOSS_FULL, .refused = 7 },
	{ "a bucket that is too long", 10, 0, 3, .chain_toolong = 3, .worst = LOSS_CHAIN },
};

static void test_losses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(loss_samples); i++) {
		const struct loss_sample *s = &loss_samples[i];
		struct snapshot then = { .has_count = true, .has_max = true, .max = 1000 }, now = then;
		struct ct_losses losses;
		struct counter_line *old = counters_line(&then.counters, 3), *line = counters_line(&now.counters, 3);

		if (old == NULL || line == NULL)
			exit(1);
		now.count = s->count;
		old->known = line->known = (1u << COUNTER_COUNT) - 1;
		for (unsigned id = 0; id < COUNTER_COUNT; id++) /* about to wrap around */
			old->value[id] = line->value[id] = UINT32_MAX - 2;
		line->value[COUNTER_DROP] += s->drop;
		line->value[COUNTER_INSERT_FAILED] += s->insert_failed;
		line->value[COUNTER_EARLY_DROP] += s->early_drop;
		line->value[COUNTER_FOUND] += s->found;
		line->value[COUNTER_CLASH_RESOLVE] += s->clash_resolve;
		line->value[COUNTER_CHAIN_TOOLONG] += s->chain_toolong;
		line->value[COUNTER_INVALID] += s->invalid;
		losses_find(&losses, &now, &then);
		CHECK(losses.worst == s->worst && losses_refused(&losses) == s->refused &&
			      losses_collided(&losses) == s->collided,
		      s->what);
		line->known &= ~(1u << COUNTER_CLASH_RESOLVE);
		losses_find(&losses, &now, &then);
		CHECK(losses.count[LOSS_NAT] == 0 && losses.count[LOSS_CLASH] == 0, "without clash_resolve the two are not told apart");
		counters_free(&then.counters);
		counters_free(&now.counters);
	}
}

static bool reads(const char *text, int kind, uint64_t value)
{
	struct threshold t;

	return threshold_read(&t, text) && (int)t.kind == kind && t.value == value;
}

static void test_thresholds(void)
{
	static const char *const bad[] = { "",	  "x",	     "-1",   "80x",	   "101%",
					   "80.", "80.1234", "80%%", "5000000000", "100.5" };
	struct threshold t;

	CHECK(reads("80", THRESHOLD_PERCENT, 80000) && reads("80%", THRESHOLD_PERCENT, 80000), "reads a percentage");
	CHECK(reads("99.5", THRESHOLD_PERCENT, 99500) && reads("0.125%", THRESHOLD_PERCENT, 125),
	      "reads parts of a percent");
	CHECK(reads("100", THRESHOLD_PERCENT, 100000) && reads("101", THRESHOLD_ENTRIES, 101),
	      "reads a number above 100 as entries");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!threshold_read(&t, bad[i]), "rejects an invalid threshold");
}

static enum alarm_level level_of(uint64_t count, uint64_t max, const char *warn, const char *crit)
{
	struct snapshot now = { .has_count = true, .has_max = true, .count = count, .max = max };
	struct limits limits = { .active = true };
	struct ct_report report = { 0 };
	enum alarm_level level;

	if ((warn != NULL && !threshold_read(&limits.warn, warn)) ||
	    (crit != NULL && !threshold_read(&limits.crit, crit)))
		return ALARM_UNKNOWN;
	report_compare(&report, &now, NULL, SINCE_START);
	report_judge(&report, &limits);
	level = report.level;
	report_free(&report);
	return level;
}

static void test_levels(void)
{
	CHECK(level_of(209715, 262144, "80", "90") == ALARM_OK, "is OK just below 80 %");
	CHECK(level_of(209716, 262144, "80", "90") == ALARM_WARNING, "warns just above 80 %: nothing is rounded");
	CHECK(level_of(80, 100, "80", NULL) == ALARM_WARNING, "warns at exactly 80 %");
	CHECK(level_of(4294967295u, 4294967295u, "100", NULL) == ALARM_WARNING, "warns of the largest table, when full");
	CHECK(level_of(3435973835u, 4294967295u, "80", NULL) == ALARM_OK, "does not overflow below the threshold");
	CHECK(level_of(3435973836u, 4294967295u, "80", NULL) == ALARM_WARNING, "does not overflow above the threshold");
	CHECK(level_of(5, 0, "80", "90") == ALARM_OK, "a table without a limit is never full");
	CHECK(level_of(200000, 0, "150000", NULL) == ALARM_WARNING, "a threshold in entries needs no limit");
	CHECK(level_of(300000, 262144, "80", "90") == ALARM_CRITICAL, "more entries than the limit are critical");
	CHECK(alarm_worse(ALARM_UNKNOWN, ALARM_WARNING) == ALARM_WARNING &&
		      alarm_worse(ALARM_OK, ALARM_UNKNOWN) == ALARM_UNKNOWN,
	      "unknown never hides an alarm");
}

static bool forecasts(uint64_t before, uint64_t count, uint64_t seconds, uint64_t *full_in)
{
	struct snapshot then = {
		.has_count = true, .has_max = true, .count = before, .max = 100000, .boottime = 1000
	};
	struct snapshot now = then;
	struct ct_report report = { 0 };

	now.count = count;
	now.boottime += seconds;
	report_compare(&report, &now, &then, SINCE_STATE);
	*full_in = report.full_in;
	return report.has_full_in;
}

static void test_forecast(void)
{
	uint64_t full_in;

	CHECK(forecasts(10000, 40000, 300, &full_in) && full_in == 600, "forecasts 600 s for 60,000 entries at 100 per second");
	CHECK(!forecasts(10000, 40000, 59, &full_in), "makes no forecast from a short interval");
	CHECK(!forecasts(10000, 10999, 300, &full_in), "makes no forecast from little growth");
	CHECK(!forecasts(40000, 10000, 300, &full_in), "makes no forecast for a table that shrinks");
	CHECK(forecasts(50000, 110000, 300, &full_in) && full_in == 0, "forecasts 0 s for a full table");
}

static void test_history(void)
{
	char path[4096];
	struct history out = { .level = 1, .logged = 7 }, in;
	int fd = mkstemp(tap_temporary(path));
	off_t size;

	set(&out.then.counters, 0, 5);
	set(&out.then.counters, 3, UINT32_MAX);
	out.then.boottime = 1000;
	out.then.place.cookie = 4711;
	strcpy(out.then.place.boot_id, "one");
	CHECK(history_write(&out, path) == 0 && history_read(&in, path) == 0, "writes a history file and reads it");
	CHECK(in.level == 1 && in.logged == 7 && in.then.place.cookie == 4711 &&
		      counters_sum(&in.then.counters, COUNTER_DROP) == 5 + (uint64_t)UINT32_MAX,
	      "reads what it wrote");
	CHECK(history_mismatch(&in, &out.then) == NULL, "a history matches itself");
	out.then.boottime = 999;
	CHECK(history_mismatch(&in, &out.then) != NULL, "does not match a history from the future");
	out.then.boottime = 1001;
	strcpy(out.then.place.boot_id, "two");
	CHECK(history_mismatch(&in, &out.then) != NULL, "does not match another boot");
	strcpy(out.then.place.boot_id, "one");
	out.then.place.cookie++;
	CHECK(history_mismatch(&in, &out.then) != NULL, "does not match another namespace");
	history_free(&in);
	close(fd);
	fd = open(path, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	for (off_t cut = size - 1; cut >= 0; cut--) {
		bool refused = ftruncate(fd, cut) == 0 && history_read(&in, path) == -EBADMSG;

		if (!refused)
			size = 0;
	}
	CHECK(size > 0, "rejects a truncated history file");
	close(fd);
	unlink(path);
	CHECK(history_read(&in, path) == -ENOENT, "reports a missing file");
	history_free(&out);
}

/* Writes an IPv4 TCP entry to the buffer, as the kernel sends it. Returns its length. */
static size_t build_entry(char *buffer)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	struct nlattr *tuple, *nest;

	nfg->nfgen_family = AF_INET;
	for (int dir = CTA_TUPLE_ORIG; dir <= CTA_TUPLE_REPLY; dir++) {
		bool reply = dir == CTA_TUPLE_REPLY;

		tuple = mnl_attr_nest_start(nlh, (uint16_t)dir);
		nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
		mnl_attr_put_u32(nlh, CTA_IP_V4_SRC, htonl(reply ? 0xc0000202 : 0x0a000001));
		mnl_attr_put_u32(nlh, CTA_IP_V4_DST, htonl(reply ? 0x0a000001 : 0xc0000202));
		mnl_attr_nest_end(nlh, nest);
		nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
		mnl_attr_put_u8(nlh, CTA_PROTO_NUM, IPPROTO_TCP);
		mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(reply ? 443 : 1024));
		mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(reply ? 1024 : 443));
		mnl_attr_nest_end(nlh, nest);
		mnl_attr_nest_end(nlh, tuple);
	}
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(0xe));
	mnl_attr_put_u32(nlh, CTA_TIMEOUT, htonl(431999));
	nest = mnl_attr_nest_start(nlh, CTA_PROTOINFO);
	tuple = mnl_attr_nest_start(nlh, CTA_PROTOINFO_TCP);
	mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_STATE, 3);
	mnl_attr_nest_end(nlh, tuple);
	mnl_attr_nest_end(nlh, nest);
	return nlh->nlmsg_len;
}

static void test_entry(void)
{
	char buffer[1024] __attribute__((aligned(8)));
	struct strbuf line = STRBUF_INIT;
	struct ct_flow flow;

	build_entry(buffer);
	CHECK(flow_parse(&flow, (const void *)buffer) && flow_line(&line, &flow, 0, 0), "reads an entry");
	CHECK(strcmp(strbuf_text(&line),
		     "tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=192.0.2.2 sport=1024 dport=443 "
		     "src=192.0.2.2 dst=10.0.0.1 sport=443 dport=1024 [ASSURED]") == 0,
	      "prints an entry like conntrack");
	strbuf_free(&line);
}

/* Sets each byte to several values. A read outside of the message is a fault that sanitizers find. */
static void test_damaged_entry(void)
{
	static const uint8_t values[] = { 0, 1, 3, 4, 5, 8, 0x7f, 0x80, 0xff };
	char whole[1024] __attribute__((aligned(8)));
	size_t len = build_entry(whole), read = 0;

	for (size_t at = NLMSG_HDRLEN; at < len; at++) {
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			char *copy = malloc(len); /* the exact size, so that sanitizers see a read past the end */
			struct strbuf out = STRBUF_INIT;
			struct ct_flow flow;

			if (copy == NULL)
				continue;
			memcpy(copy, whole, len);
			copy[at] = (char)values[v];
			if (flow_parse(&flow, (const void *)copy))
				read += flow_line(&out, &flow, FLOW_LAYER3 | FLOW_ID, 0) +
					flow_json(&out, &flow);
			strbuf_free(&out);
			free(copy);
		}
	}
	CHECK(read > 0, "rejects or reads a damaged entry, and never reads past its end");
}

/* Appends the helper of an entry, or of an expectation. */
static void put_helper(struct nlmsghdr *nlh, const char *name, bool expect)
{
	struct nlattr *nest;

	if (expect) {
		mnl_attr_put_strz(nlh, CTA_EXPECT_HELP_NAME, name);
		return;
	}
	nest = mnl_attr_nest_start(nlh, CTA_HELP);
	mnl_attr_put_strz(nlh, CTA_HELP_NAME, name);
	mnl_attr_nest_end(nlh, nest);
}

static void test_names(void)
{
	char buffer[1024] __attribute__((aligned(8)));
	struct strbuf out = STRBUF_INIT;
	struct ct_flow flow;

	build_entry(buffer);
	put_helper((void *)buffer, "f\nt\033p", false);
	CHECK(flow_parse(&flow, (const void *)buffer) && flow_line(&out, &flow, 0, 0) &&
		      strstr(strbuf_text(&out), " helper=f t p") != NULL && strchr(strbuf_text(&out), '\n') == NULL,
	      "prints no control character of a helper's name");
	strbuf_reset(&out);
	build_entry(buffer);
	put_helper((void *)buffer, "f\nt\033p", true);
	CHECK(flow_parse(&flow, (const void *)buffer), "reads an entry with a foreign attribute");
	flow.attr[CTA_EXPECT_MASK] = flow.attr[CTA_TUPLE_REPLY]; /* an expectation has three tuples */
	flow.attr[CTA_EXPECT_TUPLE] = flow.attr[CTA_EXPECT_MASTER] = flow.attr[CTA_TUPLE_ORIG];
	CHECK(expect_line(&out, &flow) && strstr(strbuf_text(&out), "helper=f t p") != NULL, "nor of an expectation's");
	strbuf_free(&out);
}

static int count_message(void *ctx, const struct nlmsghdr *nlh, enum message_step *step)
{
	(void)nlh;
	(void)step;
	++*(size_t *)ctx;
	return 0;
}

/* libmnl takes lengths of 2^31 and more for negative ones, and so for short messages. */
static void test_message_lengths(void)
{
	static const uint32_t bad[] = { 0,	    1,		NLMSG_HDRLEN - 1, 0x7fffffff, 0x80000000,
					0x80000010, 0xfffffff0, 0xfffffffc,	  0xffffffff };
	char buffer[1024] __attribute__((aligned(8)));
	size_t len = build_entry(buffer), count = 0;
	const struct message_request request = { .each = count_message, .ctx = &count };
	struct nlmsghdr *second = (void *)(buffer + len);
	enum message_step step = STEP_ON;

	*second = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN };
	CHECK(messages_read(buffer, len + NLMSG_HDRLEN, &request, &step) == 0 && count == 2, "reads two messages");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		count = 0;
		step = STEP_ON;
		second->nlmsg_len = bad[i];
		CHECK(messages_read(buffer, len + NLMSG_HDRLEN, &request, &step) == -EBADMSG && count == 1,
		      "rejects a message that is longer than its datagram, or too short");
	}
	step = STEP_ON;
	CHECK(messages_read(buffer, len + 4, &request, &step) == -EBADMSG, "rejects half a header");
	*second = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = NLMSG_DONE };
	step = STEP_ON;
	CHECK(messages_read(buffer, len + NLMSG_HDRLEN, &request, &step) == 0 && step == STEP_END, "ends at the last message");
	second->nlmsg_type = NLMSG_ERROR;
	step = STEP_ON;
	CHECK(messages_read(buffer, len + NLMSG_HDRLEN, &request, &step) == -EBADMSG, "rejects an error without a number");
}

static void test_event_lengths(void)
{
	char buffer[1024] __attribute__((aligned(8)));
	size_t len = build_entry(buffer);
	struct ct_filter filter = { 0 };
	struct events events = { .filter = &filter, .fd = -1 };
	struct strbuf out = STRBUF_INIT;
	struct timespec now = { 0 };

	((struct nlmsghdr *)(void *)buffer)->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8;
	events_datagram(&events, &out, buffer, len, &now);
	CHECK(events.received == 1 && events.damaged == 0 && out.len > 0, "prints the event in a datagram");
	((struct nlmsghdr *)(void *)buffer)->nlmsg_len = 0x80000010;
	events_datagram(&events, &out, buffer, len, &now);
	CHECK(events.received == 1 && events.damaged == 1, "counts a datagram of 2 GiB and more as damaged");
	strbuf_free(&out);
}

static void test_filters(void)
{
	struct ct_filter f = { 0 };

	CHECK(filter_net(&f.orig.src, "10.1.2.3/9") && f.orig.src.addr[0] == 10 && f.orig.src.mask[0] == 0xff &&
		      f.orig.src.mask[1] == 0x80 && f.orig.src.mask[2] == 0,
	      "reads a network");
	CHECK(filter_net(&f.orig.src, "10.1.2.3/255.0.0.1") && f.orig.src.mask[1] == 0 && f.orig.src.mask[3] == 1,
	      "reads any mask");
	CHECK(filter_net(&f.orig.dst, "2001:db8::1") && f.orig.dst.mask[15] == 0xff, "reads an IPv6 address");
	CHECK(filter_settle(&f) != NULL, "rejects a filter for two families");
	CHECK(!filter_net(&f.orig.src, "10.0.0.0/33") && !filter_net(&f.orig.src, "10.0.0") &&
		      !filter_net(&f.orig.src, "") && !filter_net(&f.orig.src, "::/x") &&
		      !filter_net(&f.orig.src, "::/255.0.0.0") && !filter_net(&f.orig.src, "10.0.0.0/"),
	      "rejects invalid networks");
	CHECK(filter_mark(&f, "0x10/0xff") && f.mark == 16 && f.mark_mask == 255, "reads a mark and its mask");
	CHECK(!filter_mark(&f, "1/0") && !filter_mark(&f, "x") && !filter_mark(&f, "1/") &&
		      !filter_mark(&f, "4294967296"),
	      "rejects invalid marks");
	CHECK(filter_proto(&f, "ICMPv6") && f.proto.value == IPPROTO_ICMPV6 && filter_proto(&f, "47") &&
		      !filter_proto(&f, "256") && !filter_proto(&f, "nosuch"),
	      "reads protocols");
	f = (struct ct_filter){ 0 };
	CHECK(filter_proto(&f, "icmp") && filter_settle(&f) == NULL && f.family == AF_INET,
	      "takes the family from a protocol that has only one");
	CHECK(filter_state(&f, "established") && strcmp(f.state, "ESTABLISHED") == 0 &&
		      !filter_state(&f, "open?"),
	      "reads states");
	f = (struct ct_filter){ 0 };
	CHECK(filter_words(&f, "assured,SRC_NAT") && f.status_set == 0x14 && f.status_unset == 0 &&
		      !filter_words(&f, "assured,") && !filter_words(&f, "") && !filter_words(&f, "nat"),
	      "reads words of the status");
	f = (struct ct_filter){ 0 };
	CHECK(filter_words(&f, "!assured,UNREPLIED") && f.status_set == 0 && f.status_unset == 6 &&
		      !filter_words(&f, "!") && !filter_words(&f, "!!assured"),
	      "reads words with a negation");
	CHECK(filter_words(&f, "assured") && filter_settle(&f) != NULL, "rejects a flag that is demanded and excluded");
}

static bool reads_nat(const char *text, uint8_t family, int port)
{
	struct filter_nat nat = { 0 };

	return filter_nat(&nat, 1, text) && nat.kinds == 1 && nat.addr.family == family && nat.port.by == (port >= 0) &&
	       (port < 0 || nat.port.value == port);
}

static void test_nat_filters(void)
{
	static const char *const bad[] = { "", ":80", "10.0.0.1:", "10.0.0.1:65536", "[::1", "[::1]80", "[::1]:", "[]", "x",
					   "10.0.0.1:80:90" };
	struct filter_nat nat = { 0 };

	CHECK(reads_nat(NULL, 0, -1) && reads_nat("192.0.2.1", AF_INET, -1) && reads_nat("192.0.2.1:80", AF_INET, 80) &&
		      reads_nat("fd00::1", AF_INET6, -1) && reads_nat("[fd00::1]:80", AF_INET6, 80) &&
		      reads_nat("[fd00::1]", AF_INET6, -1) && reads_nat("192.0.2.0/24:80", AF_INET, 80),
	      "reads what NAT made of an address");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!filter_nat(&nat, 1, bad[i]) && nat.kinds == 0, "rejects an invalid address of NAT");
}

static void test_labels(void)
{
	struct label_names names = { 0 };
	struct ct_filter f = { 0 };

	CHECK(labels_parse(&names, "# 5 five\n0 zero\n\t1\tone \r\n1 uno\n2 two words\n3\n128 big\nx y\n-4 z\n127 last") == 0 &&
		      strcmp(names.name[0], "zero") == 0 && strcmp(names.name[1], "one") == 0 && names.name[2] == NULL &&
		      names.name[3] == NULL && names.name[5] == NULL && strcmp(names.name[127], "last") == 0,
	      "reads the names of labels, the first of each number");
	CHECK(filter_labels(&f, &names, "one,last") && f.labels.words[0] == 2 && f.labels.words[3] == 0x80000000,
	      "reads labels by name");
	CHECK(filter_labels(&f, &names, "64") && f.labels.words[2] == 1 && f.labels.words[0] == 2, "reads a label by number");
	CHECK(!filter_labels(&f, &names, "") && !filter_labels(&f, &names, "one,") && !filter_labels(&f, &names, "uno") &&
		      !filter_labels(&f, &names, "128"),
	      "rejects unknown labels");
	labels_free(&names);
}

static void test_keys(void)
{
	static const char *const bad[] = { "",	    "nosuch",  "src/",	      "src/33", "src/24/129",
					   "src/x", "dport/8", "src/24/64/1", "proto " };
	struct tally_key key;

	CHECK(tally_key_read(&key, "src/24") && key.prefix4 == 24 && key.prefix6 == 64,
	      "reads a prefix, with /64 for IPv6");
	CHECK(tally_key_read(&key, "dst/16/48") && key.prefix4 == 16 && key.prefix6 == 48, "reads both prefixes");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!tally_key_read(&key, bad[i]), "rejects an invalid key");
}

static void test_text(void)
{
	struct strbuf out = STRBUF_INIT;
	uint64_t number;

	text_number(&out, UINT64_MAX);
	CHECK(strcmp(strbuf_text(&out), "18446744073709551615") == 0, "prints the largest number");
	strbuf_free(&out);
	CHECK(text_to_duration("2h", &number) && number == 7200 && text_to_duration("90", &number) &&
		      number == 90,
	      "reads durations");
	CHECK(!text_to_duration("", &number) && !text_to_duration("2hh", &number) &&
		      !text_to_duration("-1", &number) && !text_to_duration("h", &number),
	      "rejects invalid durations");
	CHECK(!text_to_number("18446744073709551616", UINT64_MAX, &number) &&
		      !text_to_number("1 ", 9, &number),
	      "rejects invalid numbers");
}

static void test_options(void)
{
	static const char *const names[] = { "new", "update", "destroy" };
	const char *words = "destroy,new", *bad = "new,old,update";
	unsigned bits;
	int priority;

	CHECK(text_to_priority("local3.err", &priority) && priority == (LOG_LOCAL3 | LOG_ERR),
	      "reads a facility and a level");
	CHECK(text_to_priority("info", &priority) && priority == (LOG_DAEMON | LOG_INFO), "reads a level");
	CHECK(!text_to_priority("local3", &priority) && !text_to_priority("mail.err", &priority) &&
		      !text_to_priority("daemon.", &priority) && !text_to_priority("", &priority),
	      "rejects invalid priorities");
	CHECK(text_to_words(&words, names, ARRAY_LEN(names), &bits) && bits == 5, "reads words");
	CHECK(!text_to_words(&bad, names, ARRAY_LEN(names), &bits) && strcmp(bad, "old,update") == 0,
	      "points at the first word that is not a name");
	bad = "";
	CHECK(!text_to_words(&bad, names, ARRAY_LEN(names), &bits), "rejects an empty word");
}

static int add(struct fleet *fleet, const char *text)
{
	return fleet_add(fleet, "file", text, strlen(text));
}

static void test_fleet(void)
{
	static const char good[] = "{\"time\":1000,\"host\":\"a\\u001b\\\"\",\"netns\":null,\"status\":\"OK\","
				   "\"reasons\":\"\",\"cpus\":[{\"x\":[]},{}],\"percent\":57.73,\"count\":5}";
	static const char *const bad[] = { "{\"time\":1}", "{\"status\":\"OK\"}", "{\"time\":1,\"status\":\"FINE\"}",
					   "{\"time\":-1,\"status\":\"OK\"}", "{\"time\":1,\"status\":\"OK\"}}",
					   "{\"time\":1,\"status\":\"OK\",\"percent\":\"x\"}", "[]", "null",
					   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"a\":\"\\u00\"}", "{\"\\" };
	struct fleet fleet = { 0 };
	bool refused = true;

	CHECK(add(&fleet, good) == 0 && fleet.lines.len == 1, "reads a report");
	CHECK(strcmp(fleet.lines.item[0].host, "a \"") == 0 && fleet.lines.item[0].hundredths == 5773 &&
		      fleet.lines.item[0].count == 5 && !fleet.lines.item[0].has_max,
	      "reads its members without control characters");
	for (size_t cut = 0; cut < sizeof(good) - 1; cut++)
		refused = refused && fleet_add(&fleet, "file", good, cut) == -EBADMSG;
	CHECK(refused, "rejects a truncated report");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(add(&fleet, bad[i]) == -EBADMSG, "rejects a line that is not a report");
	CHECK(add(&fleet, "{\"time\":1001,\"host\":\"a\\u001b\\\"\",\"status\":\"WARNING\"}") == 0 &&
		      add(&fleet, "{\"time\":1001,\"host\":\"b\",\"status\":\"CRITICAL\"}") == 0 &&
		      add(&fleet, "{\"time\":1001,\"host\":\"c\",\"status\":\"OK\",\"percent\":99}") == 0,
	      "reads reports of more machines");
	fleet_settle(&fleet, 1001 + FLEET_STALE);
	CHECK(fleet.lines.len == 3 && fleet.lines.item[0].level == ALARM_CRITICAL &&
		      fleet.lines.item[1].level == ALARM_WARNING && fleet.lines.item[2].level == ALARM_OK,
	      "keeps the newest report of each machine, the worst first");
	fleet_settle(&fleet, 1002 + FLEET_STALE);
	CHECK(fleet.lines.item[0].level == ALARM_CRITICAL && fleet.lines.item[2].level == ALARM_UNKNOWN,
	      "an old report is unknown at best");
	fleet_free(&fleet);
	CHECK(add(&fleet, "{\"time\":99999,\"status\":\"OK\"}") == 0, "reads a report from the future");
	fleet_settle(&fleet, 1000);
	CHECK(fleet.lines.item[0].level == ALARM_UNKNOWN, "a report from the future is unknown");
	fleet_free(&fleet);
}

int main(void)
{
	test_stat_columns();
	test_stat_damage();
	test_many_cpus();
	test_growth();
	test_losses();
	test_thresholds();
	test_levels();
	test_forecast();
	test_history();
	test_entry();
	test_damaged_entry();
	test_names();
	test_message_lengths();
	test_event_lengths();
	test_filters();
	test_nat_filters();
	test_labels();
	test_keys();
	test_text();
	test_options();
	test_fleet();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr conntrack
 * seeds: tests/data/fuzz/ctnetlink
 *
 * Feeds any datagram to the readers of the kernel's answers and events. Every entry that can be read is printed in each
 * format, counted by each key, and compared with filters. What is printed must be one line.
 */
#include "conntrack/events.h"
#include "conntrack/expect.h"
#include "conntrack/flowsave.h"
#include "conntrack/flowtext.h"
#include "conntrack/message.h"
#include "conntrack/tally.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A failed print may leave a part of a line, which its callers cut off. */
static void check_line(struct strbuf *out, bool good)
{
	if (good && (out->failed || out->len == 0 || memchr(out->data, '\n', out->len) != NULL))
		abort();
	strbuf_reset(out);
}

static void print(const struct ct_flow *flow)
{
	static char one[] = "one";
	const struct label_names names = { .name = { [1] = one } };
	struct strbuf out = STRBUF_INIT;

	check_line(&out, flow_line(&out, flow, FLOW_LAYER3 | FLOW_ID, 1800000000));
	check_line(&out, flow_json(&out, flow));
	check_line(&out, flow_save(&out, flow, true));
	check_line(&out, expect_line(&out, flow));
	check_line(&out, expect_json(&out, flow));
	labels_text(&out, flow, &names);
	labels_json(&out, flow, &names);
	strbuf_free(&out);
}

static void count(const struct ct_flow *flow)
{
	static const char *const keys[] = { "proto",  "state", "src/24", "dst/9/77", "sport", "dport",	"zone",	  "mark",
					    "family", "nat",   "status", "helper",   "master", "timeout" };
	struct tally_flow decoded;

	if (!tally_decode(&decoded, flow, TALLY_BY_PACKETS))
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct strbuf out = STRBUF_INIT;
		struct tally_rows sorted = { 0 };
		struct ct_tally tally;
		struct tally_key key;

		if (!tally_key_read(&key, keys[i]) || tally_begin(&tally, &key) != 0 || tally_add(&tally, &decoded) != 0 ||
		    tally_finish(&tally) != 0 || tally_sorted(&tally, TALLY_BY_PACKETS, &sorted) != 0 || sorted.rows.len != 1)
			abort();
		tally_value_text(&out, &key, &sorted.rows.item[0].value);
		vec_free(&sorted.rows);
		tally_free(&tally);
		strbuf_free(&out);
	}
}

static void compare(const struct ct_flow *flow)
{
	struct ct_filter filter = { .labels = { { 2 } }, .mark_mask = 1, .status_unset = IPS_ASSURED };
	struct ct_filter tuples = { .icmp.id = { true, 1 }, .reply.zone = { true, 0 }, .orig.srckey = { true, 0 } };
	struct ct_filter nat = { 0 };

	if (!filter_net(&tuples.orig.src, "10.0.0.0/8") || !filter_nat(&nat.nat[0], IPS_SRC_NAT, "192.0.2.1:80") ||
	    !filter_state(&nat, "TIME_WAIT"))
		abort();
	(void)filter_match(&filter, flow);
	(void)filter_match(&tuples, flow);
	(void)filter_match(&nat, flow);
}

static int each(void *ctx, const struct nlmsghdr *nlh, enum message_step *step)
{
	struct ct_flow flow;

	(void)ctx;
	(void)step;
	if (!flow_parse(&flow, nlh))
		return 0;
	print(&flow);
	count(&flow);
	compare(&flow);
	return 0;
}

/* Events are looked up by the netlink port of their sender, in /proc: too slow here. */
static void clear_senders(char *bytes, size_t len)
{
	struct messages messages = { .at = bytes, .left = len };
	const struct nlmsghdr *nlh;

	while ((nlh = message_next(&messages)) != NULL)
		memset(bytes + ((const char *)nlh - bytes) + offsetof(struct nlmsghdr, nlmsg_pid), 0, sizeof(nlh->nlmsg_pid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *bytes = malloc(len > 0 ? len : 1); /* of the exact size, so that a read past the end is found */
	const struct message_request request = { .each = each };
	struct ct_filter filter = { 0 };
	struct events events = { .filter = &filter, .fd = -1 };
	struct timespec now = { .tv_sec = 1800000000 };
	struct strbuf out = STRBUF_INIT;
	enum message_step step = STEP_ON;

	if (bytes == NULL)
		return 0;
	memcpy(bytes, data, len);
	clear_senders(bytes, len);
	(void)!messages_read(bytes, len, &request, &step);
	events_datagram(&events, &out, bytes, len, &now);
	events.json = true;
	events_datagram(&events, &out, bytes, len, &now);
	strbuf_free(&out);
	free(bytes);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/expect.h"
#include "base/json.h"
#include "conntrack/flowtext.h"
#include "conntrack/text.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <string.h>

struct expect {
	struct flow_tuple tuple, mask, master;
	const char *helper; /* borrowed from the message */
	size_t helper_len;
	uint32_t flags;
};

static const struct {
	uint32_t bit;
	const char *name;
} flag_names[] = {
	{ NF_CT_EXPECT_PERMANENT, "PERMANENT" },
	{ NF_CT_EXPECT_INACTIVE, "INACTIVE" },
	{ NF_CT_EXPECT_USERSPACE, "USERSPACE" },
};

static bool read_expect(struct expect *expect, const struct ct_flow *flow)
{
	const struct nlattr *helper = flow->attr[CTA_EXPECT_HELP_NAME];

	*expect = (struct expect){ .helper = "", .flags = flow_number(flow, CTA_EXPECT_FLAGS, 0) };
	if (helper != NULL) {
		expect->helper = (const char *)(helper + 1);
		expect->helper_len = strnlen(expect->helper, helper->nla_len - sizeof(*helper));
	}
	return flow_tuple_in(flow, CTA_EXPECT_TUPLE, &expect->tuple) &&
	       flow_tuple_in(flow, CTA_EXPECT_MASK, &expect->mask) &&
	       flow_tuple_in(flow, CTA_EXPECT_MASTER, &expect->master);
}

static void put_flags(struct strbuf *out, uint32_t flags)
{
	const char *before = "";

	for (size_t i = 0; i < ARRAY_LEN(flag_names); i++) {
		if ((flags & flag_names[i].bit) == 0)
			continue;
		strbuf_puts(out, before);
		strbuf_puts(out, flag_names[i].name);
		before = ",";
	}
	strbuf_puts(out, flags != 0 ? " " : "");
}

bool expect_line(struct strbuf *out, const struct ct_flow *flow)
{
	struct expect expect;

	if (!read_expect(&expect, flow))
		return false;
	if (flow->attr[CTA_EXPECT_TIMEOUT] != NULL)
		strbuf_printf(out, "%u ", flow_number(flow, CTA_EXPECT_TIMEOUT, 0));
	strbuf_printf(out, "proto=%u ", expect.tuple.proto);
	flow_put_tuple(out, "", &expect.tuple);
	flow_put_tuple(out, "mask-", &expect.mask);
	flow_put_tuple(out, "master-", &expect.master);
	if (flow->attr[CTA_EXPECT_ZONE] != NULL)
		strbuf_printf(out, "zone=%u ", flow_number16(flow, CTA_EXPECT_ZONE));
	put_flags(out, expect.flags);
	if (flow->attr[CTA_EXPECT_CLASS] != NULL)
		strbuf_printf(out, "class=%u ", flow_number(flow, CTA_EXPECT_CLASS, 0));
	if (expect.helper_len > 0) {
		strbuf_puts(out, "helper=");
		text_clean_bytes(out, expect.helper, expect.helper_len);
	} else if (!out->failed) {
		out->data[--out->len] = '\0'; /* without the last space */
	}
	return true;
}

static void put_member(struct strbuf *out, const char *name, const struct flow_tuple *tuple)
{
	strbuf_printf(out, ",\"%s\":{", name);
	flow_json_tuple(out, tuple);
	strbuf_putc(out, '}');
}

bool expect_json(struct strbuf *out, const struct ct_flow *flow)
{
	struct expect expect;
	const char *name, *before = "";

	if (!read_expect(&expect, flow))
		return false;
	name = proto_name(expect.tuple.proto);
	strbuf_printf(out, "{\"family\":\"%s\",\"proto\":\"", flow->family == AF_INET6 ? "ipv6" : "ipv4");
	if (name != NULL)
		strbuf_puts(out, name);
	else
		text_number(out, expect.tuple.proto);
	strbuf_puts(out, "\",");
	flow_json_tuple(out, &expect.tuple);
	put_member(out, "mask", &expect.mask);
	put_member(out, "master", &expect.master);
	strbuf_puts(out, ",\"flags\":[");
	for (size_t i = 0; i < ARRAY_LEN(flag_names); i++) {
		if ((expect.flags & flag_names[i].bit) == 0)
			continue;
		strbuf_printf(out, "%s\"%s\"", before, flag_names[i].name);
		before = ",";
	}
	strbuf_printf(out, "],\"timeout\":%u,\"class\":%u,\"helper\":", flow_number(flow, CTA_EXPECT_TIMEOUT, 0),
		      flow_number(flow, CTA_EXPECT_CLASS, 0));
	if (expect.helper_len > 0)
		json_string(out, expect.helper, expect.helper_len);
	else
		strbuf_puts(out, "null");
	strbuf_putc(out, '}');
	return true;
}

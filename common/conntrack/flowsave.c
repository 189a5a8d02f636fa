/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/flowsave.h"
#include "conntrack/text.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <string.h>

static void put_option(struct strbuf *out, const char *option, uint64_t number)
{
	strbuf_puts(out, option);
	text_number(out, number);
}

static void put_status(struct strbuf *out, uint32_t status)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} words[] = {
		{ IPS_EXPECTED, "EXPECTED" },
		{ IPS_SEEN_REPLY, "SEEN_REPLY" },
		{ IPS_ASSURED, "ASSURED" },
		{ IPS_FIXED_TIMEOUT, "FIXED_TIMEOUT" },
	};
	const char *before = " -u ";

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if ((status & words[i].bit) == 0)
			continue;
		strbuf_puts(out, before);
		strbuf_puts(out, words[i].name);
		before = ",";
	}
	strbuf_puts(out, before[0] == ' ' ? " -u UNSET" : "");
}

static void put_zones(struct strbuf *out, const struct ct_flow *flow, const struct flow_tuple *orig,
		      const struct flow_tuple *reply)
{
	if (flow->attr[CTA_ZONE] != NULL)
		put_option(out, " -w ", flow_zone(flow));
	if (orig->zoned)
		put_option(out, " --orig-zone ", orig->zone);
	if (reply->zoned)
		put_option(out, " --reply-zone ", reply->zone);
}

static void put_address(struct strbuf *out, const char *option, unsigned family, const uint8_t *addr)
{
	strbuf_puts(out, option);
	text_address(out, family, addr);
}

static bool differs(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, FLOW_ADDR) != 0;
}

static void put_addresses(struct strbuf *out, uint32_t status, const struct flow_tuple *orig,
			  const struct flow_tuple *reply)
{
	bool dnat = (status & IPS_DST_NAT) != 0 && differs(orig->dst, reply->src);
	bool snat = (status & IPS_SRC_NAT) != 0 && differs(orig->src, reply->dst);

	put_address(out, " -s ", orig->family, orig->src);
	put_address(out, " -d ", orig->family, orig->dst);
	put_address(out, dnat ? " -g " : " -r ", orig->family, reply->src);
	put_address(out, snat ? " -n " : " -q ", orig->family, reply->dst);
}

static void put_ports(struct strbuf *out, const struct flow_tuple *orig, const struct flow_tuple *reply)
{
	/* A kernel that does not track this protocol sends no ports. */
	if (orig->proto == IPPROTO_DCCP && orig->sport == 0 && orig->dport == 0)
		return;
	put_option(out, " --sport ", orig->sport);
	put_option(out, " --dport ", orig->dport);
	put_option(out, " --reply-port-src ", reply->sport);
	put_option(out, " --reply-port-dst ", reply->dport);
}

static void put_icmp(struct strbuf *out, const struct flow_tuple *orig)
{
	bool v6 = orig->proto == IPPROTO_ICMPV6;

	put_option(out, v6 ? " --icmpv6-type " : " --icmp-type ", orig->icmp_type);
	put_option(out, v6 ? " --icmpv6-code " : " --icmp-code ", orig->icmp_code);
	put_option(out, v6 ? " --icmpv6-id " : " --icmp-id ", orig->icmp_id);
}

static void put_proto(struct strbuf *out, const struct ct_flow *flow, const struct flow_tuple *orig,
		      const struct flow_tuple *reply)
{
	const char *name = proto_name(orig->proto), *state = flow_state(flow);
	uint32_t tag;

	strbuf_puts(out, " -p ");
	if (name != NULL)
		strbuf_puts(out, name);
	else
		text_number(out, orig->proto);
	if (orig->ports) {
		put_ports(out, orig, reply);
	} else if (orig->proto == IPPROTO_ICMP || orig->proto == IPPROTO_ICMPV6) {
		put_icmp(out, orig);
	} else if (orig->proto == IPPROTO_GRE) {
		put_option(out, " --srckey ", orig->sport);
		put_option(out, " --dstkey ", orig->dport);
		put_option(out, " --reply-key-src ", reply->sport);
		put_option(out, " --reply-key-dst ", reply->dport);
	}
	if (state != NULL)
		strbuf_printf(out, " --state %s", state);
	/* Without a change of the byte order: conntrack(8) writes and reads the tags so. */
	if (flow_vtag(flow, FLOW_ORIG, &tag))
		put_option(out, " --orig-vtag ", tag);
	if (flow_vtag(flow, FLOW_REPLY, &tag))
		put_option(out, " --reply-vtag ", tag);
}

bool flow_save(struct strbuf *out, const struct ct_flow *flow, bool mark)
{
	uint32_t status = flow_number(flow, CTA_STATUS, 0);
	struct flow_tuple orig, reply;

	if (!flow_tuple(flow, FLOW_ORIG, &orig) || !flow_tuple(flow, FLOW_REPLY, &reply))
		return false;
	strbuf_puts(out, "-A");
	if (flow->attr[CTA_TIMEOUT] != NULL)
		put_option(out, " -t ", flow_number(flow, CTA_TIMEOUT, 0));
	put_status(out, status);
	put_zones(out, flow, &orig, &reply);
	put_addresses(out, status, &orig, &reply);
	put_proto(out, flow, &orig, &reply);
	if (mark && flow_number(flow, CTA_MARK, 0) != 0)
		put_option(out, " -m ", flow_number(flow, CTA_MARK, 0));
	return true;
}

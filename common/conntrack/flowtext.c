/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/flowtext.h"
#include "base/json.h"
#include "conntrack/text.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <string.h>

#define NSEC 1000000000u

static void put_field(struct strbuf *out, const char *name, uint64_t number)
{
	strbuf_puts(out, name);
	text_number(out, number);
	strbuf_putc(out, ' ');
}

/* "tcp      6 ": the name, padded to eight columns, and the number. */
static void put_named(struct strbuf *out, const char *name, unsigned number)
{
	static const char blanks[] = "         ";
	size_t len = strlen(name);

	strbuf_add(out, name, len);
	strbuf_add(out, blanks, len < 8 ? 9 - len : 1);
	text_number(out, number);
	strbuf_putc(out, ' ');
}

static void put_address(struct strbuf *out, const char *prefix, const char *name, const struct flow_tuple *t,
			const uint8_t *addr)
{
	strbuf_puts(out, prefix);
	strbuf_puts(out, name);
	text_address(out, t->family, addr);
	strbuf_putc(out, ' ');
}

void flow_put_tuple(struct strbuf *out, const char *prefix, const struct flow_tuple *t)
{
	put_address(out, prefix, "src=", t, t->src);
	put_address(out, prefix, "dst=", t, t->dst);
	if (t->ports) {
		put_field(out, "sport=", t->sport);
		put_field(out, "dport=", t->dport);
	} else if (t->proto == IPPROTO_GRE) {
		strbuf_printf(out, "srckey=0x%x dstkey=0x%x ", t->sport, t->dport);
	} else if (t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) {
		put_field(out, "type=", t->icmp_type);
		put_field(out, "code=", t->icmp_code);
		put_field(out, "id=", t->icmp_id);
	}
}

static void put_direction(struct strbuf *out, const struct ct_flow *flow, enum flow_dir dir,
			  const struct flow_tuple *t)
{
	struct flow_counters counters;

	flow_put_tuple(out, "", t);
	if (t->zoned)
		put_field(out, dir == FLOW_ORIG ? "zone-orig=" : "zone-reply=", t->zone);
	if (flow_counters(flow, dir, &counters)) {
		put_field(out, "packets=", counters.packets);
		put_field(out, "bytes=", counters.bytes);
	}
}

static void put_text(struct strbuf *out, const char *name, const char *text, size_t len)
{
	if (len == 0)
		return;
	strbuf_puts(out, name);
	text_clean_bytes(out, text, len);
	strbuf_putc(out, ' ');
}

static void put_tail(struct strbuf *out, const struct ct_flow *flow, unsigned flags, time_t now)
{
	uint64_t start = flow_start(flow) / NSEC, stop = flow_stop(flow) / NSEC;
	const char *text;
	size_t len;

	if (flow->attr[CTA_MARK] != NULL)
		put_field(out, "mark=", flow_number(flow, CTA_MARK, 0));
	if (flow->attr[CTA_SECMARK] != NULL)
		put_field(out, "secmark=", flow_number(flow, CTA_SECMARK, 0));
	text = flow_secctx(flow, &len);
	put_text(out, "secctx=", text, len);
	if (flow->attr[CTA_ZONE] != NULL)
		put_field(out, "zone=", flow_zone(flow));
	if (start > 0)
		put_field(out, "delta-time=", (stop > 0 ? stop : (uint64_t)now) - start);
	text = flow_helper(flow, &len);
	put_text(out, "helper=", text, len);
	if (flow->attr[CTA_USE] != NULL)
		put_field(out, "use=", flow_number(flow, CTA_USE, 0));
	if ((flags & FLOW_ID) != 0 && flow->attr[CTA_ID] != NULL)
		put_field(out, "id=", flow_number(flow, CTA_ID, 0));
}

/* Only the strongest state, like conntrack(8). */
static const char *strongest_status(uint32_t status)
{
	return (status & IPS_HW_OFFLOAD) != 0 ? "[HW_OFFLOAD] "
	       : (status & IPS_OFFLOAD) != 0  ? "[OFFLOAD] "
	       : (status & IPS_ASSURED) != 0  ? "[ASSURED] "
					      : "";
}

bool flow_line(struct strbuf *out, const struct ct_flow *flow, unsigned flags, time_t now)
{
	struct flow_tuple orig, reply;
	uint32_t status = flow_number(flow, CTA_STATUS, IPS_SEEN_REPLY);
	const char *name, *state = flow_state(flow);

	if (!flow_tuple(flow, FLOW_ORIG, &orig) || !flow_tuple(flow, FLOW_REPLY, &reply))
		return false;
	if ((flags & FLOW_LAYER3) != 0)
		put_named(out, flow->family == AF_INET6 ? "ipv6" : "ipv4", flow->family);
	name = proto_name(orig.proto);
	put_named(out, name != NULL ? name : "unknown", orig.proto);
	if (flow->attr[CTA_TIMEOUT] != NULL)
		put_field(out, "", flow_number(flow, CTA_TIMEOUT, 0));
	if (state != NULL) {
		strbuf_puts(out, state);
		strbuf_putc(out, ' ');
	}
	put_direction(out, flow, FLOW_ORIG, &orig);
	strbuf_puts(out, (status & IPS_SEEN_REPLY) == 0 ? "[UNREPLIED] " : "");
	put_direction(out, flow, FLOW_REPLY, &reply);
	strbuf_puts(out, strongest_status(status));
	put_tail(out, flow, flags, now);
	if (!out->failed)
		out->data[--out->len] = '\0'; /* without the last space */
	return true;
}

static void json_number(struct strbuf *out, const char *name, uint64_t number)
{
	strbuf_puts(out, ",\"");
	strbuf_puts(out, name);
	strbuf_puts(out, "\":");
	text_number(out, number);
}

static void json_address(struct strbuf *out, const char *name, unsigned family, const uint8_t *addr)
{
	strbuf_puts(out, name);
	text_address(out, family, addr);
	strbuf_putc(out, '"');
}

void flow_json_tuple(struct strbuf *out, const struct flow_tuple *t)
{
	json_address(out, "\"src\":\"", t->family, t->src);
	json_address(out, ",\"dst\":\"", t->family, t->dst);
	if (t->ports) {
		json_number(out, "sport", t->sport);
		json_number(out, "dport", t->dport);
	} else if (t->proto == IPPROTO_GRE) {
		json_number(out, "srckey", t->sport);
		json_number(out, "dstkey", t->dport);
	} else if (t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) {
		json_number(out, "icmp_type", t->icmp_type);
		json_number(out, "icmp_code", t->icmp_code);
		json_number(out, "icmp_id", t->icmp_id);
	}
}

static void json_direction(struct strbuf *out, const struct ct_flow *flow, enum flow_dir dir,
			   const struct flow_tuple *t)
{
	struct flow_counters counters;

	flow_json_tuple(out, t);
	if (t->zoned)
		json_number(out, "zone", t->zone);
	if (flow_counters(flow, dir, &counters)) {
		json_number(out, "packets", counters.packets);
		json_number(out, "bytes", counters.bytes);
	}
}

static void json_bool(struct strbuf *out, const char *name, bool value)
{
	strbuf_puts(out, ",\"");
	strbuf_puts(out, name);
	strbuf_puts(out, value ? "\":true" : "\":false");
}

/* Start and stop in nanoseconds, as in the kernel; the duration in seconds. */
static void json_times(struct strbuf *out, uint64_t start, uint64_t stop)
{
	if (start > 0)
		json_number(out, "start", start);
	if (stop > 0)
		json_number(out, "stop", stop);
	if (start > 0 && stop >= start)
		strbuf_printf(out, ",\"duration\":%.3f", (double)(stop - start) / NSEC);
}

static void json_tail(struct strbuf *out, const struct ct_flow *flow)
{
	static const struct {
		int attr;
		const char *name;
	} numbers[] = {
		{ CTA_TIMEOUT, "timeout" }, { CTA_MARK, "mark" }, { CTA_USE, "use" }, { CTA_ID, "id" }
	};
	uint32_t status = flow_number(flow, CTA_STATUS, 0);
	const char *text;
	size_t len;

	if (flow->attr[CTA_STATUS] != NULL) {
		json_bool(out, "unreplied", (status & IPS_SEEN_REPLY) == 0);
		json_bool(out, "assured", (status & IPS_ASSURED) != 0);
		json_bool(out, "offload", (status & (IPS_OFFLOAD | IPS_HW_OFFLOAD)) != 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (flow->attr[numbers[i].attr] != NULL)
			json_number(out, numbers[i].name, flow_number(flow, numbers[i].attr, 0));
	json_number(out, "zone", flow_zone(flow));
	json_times(out, flow_start(flow), flow_stop(flow));
	text = flow_helper(flow, &len);
	if (len > 0) {
		strbuf_puts(out, ",\"helper\":");
		json_string(out, text, len);
	}
}

bool flow_json(struct strbuf *out, const struct ct_flow *flow)
{
	struct flow_tuple orig, reply;
	const char *name, *state = flow_state(flow);

	if (!flow_tuple(flow, FLOW_ORIG, &orig) || !flow_tuple(flow, FLOW_REPLY, &reply))
		return false;
	strbuf_puts(out, flow->family == AF_INET6 ? "\"family\":\"ipv6\"" : "\"family\":\"ipv4\"");
	strbuf_puts(out, ",\"proto\":\"");
	name = proto_name(orig.proto);
	if (name != NULL)
		strbuf_puts(out, name);
	else
		text_number(out, orig.proto);
	strbuf_puts(out, "\",");
	if (state != NULL)
		strbuf_printf(out, "\"state\":\"%s\",", state);
	json_direction(out, flow, FLOW_ORIG, &orig);
	strbuf_puts(out, ",\"reply\":{");
	json_direction(out, flow, FLOW_REPLY, &reply);
	strbuf_putc(out, '}');
	json_tail(out, flow);
	return true;
}

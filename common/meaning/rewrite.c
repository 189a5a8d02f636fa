/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/rewrite.h"
#include "meaning/effect.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_DSCP.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter_ipv4/ipt_TTL.h>
#include <string.h>

/* --- NAT -------------------------------------------------------------------------------------------- */

static void range_flags(struct nat_range *to, unsigned flags)
{
	to->has_addr = (flags & NF_NAT_RANGE_MAP_IPS) != 0;
	to->has_port = (flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0;
	to->shifted = (flags & NF_NAT_RANGE_PROTO_OFFSET) != 0;
}

/* The old structure, IPv4 only. */
static void read_compat(struct nat_range *to, const struct extension *target)
{
	const struct nf_nat_ipv4_multi_range_compat *data = (const void *)target->data;

	range_flags(to, data->range[0].flags);
	to->addr = (struct range){ value_of_addr(&data->range[0].min_ip, FAMILY_IPV4),
				   value_of_addr(&data->range[0].max_ip, FAMILY_IPV4) };
	to->port = (struct range){ ntohs(data->range[0].min.all), ntohs(data->range[0].max.all) };
}

static void read_modern(struct nat_range *to, const struct extension *target, enum family family)
{
	const struct nf_nat_range *data = (const void *)target->data;

	range_flags(to, data->flags);
	to->addr = (struct range){ value_of_addr(&data->min_addr, family), value_of_addr(&data->max_addr, family) };
	to->port = (struct range){ ntohs(data->min_proto.all), ntohs(data->max_proto.all) };
}

bool nat_range_of(const struct rule *rule, enum family family, unsigned hook, struct nat_range *range)
{
	const char *name = rule->target != NULL ? rule->target->kind->real_name : "";
	bool early = hook == HOOK_PREROUTING || hook == HOOK_OUTPUT;

	*range = (struct nat_range){ .destination = false };
	if (rule->target == NULL || effect_of(rule) != EFFECT_NAT)
		return false;
	range->netmap = strcmp(name, "NETMAP") == 0;
	range->local = strcmp(name, "REDIRECT") == 0;
	range->destination = strcmp(name, "DNAT") == 0 || range->local || (range->netmap && early);
	if (rule->target->size >= sizeof(struct nf_nat_range))
		read_modern(range, rule->target, family);
	else
		read_compat(range, rule->target);
	return true;
}

static field_value netmap(field_value old, const struct range *to)
{
	field_value host = to->lo ^ to->hi;

	return (old & host) | (to->lo & ~host);
}

/* True: the field has, or may have, another value now. */
static bool replace(struct packet *packet, enum field field, field_value lo, field_value hi)
{
	bool same = packet_knows(packet, field) && packet->value[field] >= lo && packet->value[field] <= hi;

	if (lo == hi)
		packet_set(packet, field, lo);
	else if (!same)
		packet->known &= ~(1U << field);
	return !same;
}

static bool rewrite_addr(struct packet *packet, const struct nat_range *range, enum field addr)
{
	field_value old = packet->value[addr];

	if (range->netmap && packet_knows(packet, addr)) {
		packet_set(packet, addr, netmap(old, &range->addr));
		return packet->value[addr] != old;
	}
	if (range->has_addr)
		return replace(packet, addr, range->addr.lo, range->addr.hi);
	if (!range->local && range->destination)
		return false;
	packet->known &= ~(1U << addr); /* REDIRECT, MASQUERADE: an address of this host */
	return true;
}

void rewrite_nat(struct packet *packet, const struct rule *rule, unsigned hook)
{
	unsigned ct = (unsigned)packet->value[FIELD_CT];
	struct nat_range range;
	enum field port;
	bool moved, changed;

	if (!nat_range_of(rule, packet->family, hook, &range))
		return;
	port = range.destination ? FIELD_DPORT : FIELD_SPORT;
	moved = changed = rewrite_addr(packet, &range, range.destination ? FIELD_DST : FIELD_SRC);
	if (range.shifted)
		packet->known &= ~(1U << port);
	else if (range.has_port && proto_has_ports((unsigned)packet->value[FIELD_PROTO]))
		changed |= replace(packet, port, range.port.lo, range.port.hi);
	if (changed || range.shifted)
		packet_set(packet, FIELD_CT, ct | (range.destination ? 1 : 2));
	if (range.destination && range.local)
		packet->forwarded = false;
	else if (range.destination && moved && hook == HOOK_PREROUTING)
		packet->forwarded = true;
}

/* --- what goes on ---------------------------------------------------------------------------------- */

static bool has_connection(const struct packet *packet)
{
	enum ct_state state = ct_state_of((unsigned)packet->value[FIELD_CT]);

	return state != CT_INVALID && state != CT_UNTRACKED;
}

static void mark(struct packet *packet, enum field field, field_value keep, field_value flip)
{
	if (packet_knows(packet, field))
		packet->value[field] = (packet->value[field] & keep) ^ flip;
	else if ((keep & UINT32_MAX) == 0) /* nothing of the unknown value is kept */
		packet_set(packet, field, flip);
}

static void set_mark(struct packet *packet, const struct extension *target)
{
	const struct xt_mark_tginfo2 *info = (const void *)target->data;

	if (target->kind->revision < 2)
		packet->known &= ~(1U << FIELD_MARK);
	else
		mark(packet, FIELD_MARK, ~info->mask, info->mark);
}

static void set_connmark(struct packet *packet, const struct extension *target)
{
	const struct xt_connmark_tginfo2 *info = (const void *)target->data;
	bool shifts = target->kind->revision >= 2 && info->shift_bits != 0;
	unsigned both = 1U << FIELD_MARK | 1U << FIELD_CTMARK;

	if (!has_connection(packet))
		return;
	if (shifts || target->kind->revision < 1)
		packet->known &= ~both;
	else if (info->mode == XT_CONNMARK_SET)
		mark(packet, FIELD_CTMARK, ~info->ctmask, info->ctmark);
	else if ((packet->known & both) != both)
		packet->known &= ~(1U << (info->mode == XT_CONNMARK_SAVE ? FIELD_CTMARK : FIELD_MARK));
	else if (info->mode == XT_CONNMARK_SAVE)
		mark(packet, FIELD_CTMARK, ~info->ctmask, packet->value[FIELD_MARK] & info->nfmask);
	else
		mark(packet, FIELD_MARK, ~info->nfmask, packet->value[FIELD_CTMARK] & info->ctmask);
}

static void set_ttl(struct packet *packet, const struct extension *target)
{
	const struct ipt_TTL_info *info = (const void *)target->data;
	int ttl = (int)packet->value[FIELD_TTL];

	if (info->mode != IPT_TTL_SET && !packet_knows(packet, FIELD_TTL))
		return;
	ttl = info->mode == IPT_TTL_SET ? info->ttl : info->mode == IPT_TTL_INC ? ttl + info->ttl : ttl - info->ttl;
	packet_set(packet, FIELD_TTL, ttl > UINT8_MAX ? UINT8_MAX : ttl < 0 ? 0 : (field_value)ttl);
}

static void set_tos(struct packet *packet, const struct extension *target)
{
	if (strcmp(target->kind->real_name, "DSCP") == 0) {
		const struct xt_DSCP_info *info = (const void *)target->data;

		mark(packet, FIELD_TOS, 3, (field_value)info->dscp << XT_DSCP_SHIFT);
	} else {
		const struct xt_tos_target_info *info = (const void *)target->data;

		mark(packet, FIELD_TOS, ~(field_value)info->tos_mask & UINT8_MAX, info->tos_value);
	}
}

static void set_tracking(struct packet *packet, const struct extension *target)
{
	const struct xt_ct_target_info *info = (const void *)target->data;

	if ((info->flags & XT_CT_NOTRACK) != 0 || strcmp(target->kind->real_name, "NOTRACK") == 0)
		packet_set(packet, FIELD_CT, ct_value(CT_UNTRACKED, false, false, false));
}

/* One entry for each row of model/kinds_target.c that changes something and lets the packet go on. */
const struct target_writer target_writers[] = {
	{ .name = "CONNMARK", .write = set_connmark },
	{ .name = "CT", .write = set_tracking },
	{ .name = "DNPT", .forgets = 1U << FIELD_DST },
	{ .name = "DSCP", .write = set_tos },
	{ .name = "ECN", .forgets = 1U << FIELD_TOS | 1U << FIELD_FLAGS },
	{ .name = "HL", .write = set_ttl },
	{ .name = "HMARK", .forgets = 1U << FIELD_MARK },
	{ .name = "MARK", .write = set_mark },
	{ .name = "NOTRACK", .write = set_tracking },
	{ .name = "SET", .forgets = 1U << FIELD_MARK },
	{ .name = "SNPT", .forgets = 1U << FIELD_SRC },
	{ .name = "TCPMSS", .forgets = 1U << FIELD_LENGTH },
	{ .name = "TCPOPTSTRIP" }, /* no field holds TCP's options */
	{ .name = "TOS", .write = set_tos },
	{ .name = "TTL", .write = set_ttl },
};

const size_t target_writer_count = ARRAY_LEN(target_writers);

void rewrite_other(struct packet *packet, const struct rule *rule)
{
	for (size_t i = 0; rule->target != NULL && i < target_writer_count; i++) {
		if (strcmp(target_writers[i].name, rule->target->kind->real_name) != 0)
			continue;
		if (target_writers[i].write != NULL)
			target_writers[i].write(packet, rule->target);
		packet->known &= ~target_writers[i].forgets;
	}
}

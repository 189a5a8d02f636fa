/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What each exact match asks of a packet: the kernel's net/netfilter/xt_*.c and ip{,6}t_*.c, version 6.1 and later. */
#include "meaning/match_readers.h"

#include "model/ext.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_cluster.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_dccp.h>
#include <linux/netfilter/xt_dscp.h>
#include <linux/netfilter/xt_esp.h>
#include <linux/netfilter/xt_ipcomp.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_length.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv4/ipt_ah.h>
#include <linux/netfilter_ipv4/ipt_ttl.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>

/* The transport header is read in first fragments only: `if (par->fragoff != 0) return false`. */
static void transport(struct matchset *set, unsigned proto, const struct extension *match)
{
	matchset_range(set, FIELD_FRAGMENT, 0, 0, false, match);
	if (proto != 0)
		matchset_range(set, FIELD_PROTO, proto, proto, false, match);
}

static bool flags_hold(const void *ctx, unsigned value)
{
	const struct xt_tcp *tcp = ctx;

	return ((value & tcp->flg_mask) == tcp->flg_cmp) != ((tcp->invflags & XT_TCP_INV_FLAGS) != 0);
}

static bool read_tcp(struct matchset *set, const struct extension *match)
{
	const struct xt_tcp *tcp = (const void *)match->data;

	transport(set, IPPROTO_TCP, match);
	matchset_range(set, FIELD_SPORT, tcp->spts[0], tcp->spts[1], (tcp->invflags & XT_TCP_INV_SRCPT) != 0, match);
	matchset_range(set, FIELD_DPORT, tcp->dpts[0], tcp->dpts[1], (tcp->invflags & XT_TCP_INV_DSTPT) != 0, match);
	if (tcp->flg_mask != 0 || tcp->flg_cmp != 0 || (tcp->invflags & XT_TCP_INV_FLAGS) != 0)
		matchset_small(set, FIELD_FLAGS, flags_hold, tcp, match);
	if (tcp->option != 0)
		matchset_unknown(set, match, CLASS_PURE, CHANGES_HEADER, NULL);
	return true;
}

static bool read_udp(struct matchset *set, const struct extension *match)
{
	const struct xt_udp *udp = (const void *)match->data;
	bool lite = strcmp(match->kind->real_name, "udplite") == 0;

	transport(set, lite ? IPPROTO_UDPLITE : IPPROTO_UDP, match);
	matchset_range(set, FIELD_SPORT, udp->spts[0], udp->spts[1], (udp->invflags & XT_UDP_INV_SRCPT) != 0, match);
	matchset_range(set, FIELD_DPORT, udp->dpts[0], udp->dpts[1], (udp->invflags & XT_UDP_INV_DSTPT) != 0, match);
	return true;
}

/* Ports; a test for types of chunks, or of packets, stays unknown. */
static bool read_sctp(struct matchset *set, const struct extension *match)
{
	const struct xt_sctp_info *sctp = (const void *)match->data;

	transport(set, IPPROTO_SCTP, match);
	if ((sctp->flags & XT_SCTP_SRC_PORTS) != 0)
		matchset_range(set, FIELD_SPORT, sctp->spts[0], sctp->spts[1], (sctp->invflags & XT_SCTP_SRC_PORTS) != 0, match);
	if ((sctp->flags & XT_SCTP_DEST_PORTS) != 0)
		matchset_range(set, FIELD_DPORT, sctp->dpts[0], sctp->dpts[1], (sctp->invflags & XT_SCTP_DEST_PORTS) != 0, match);
	if ((sctp->flags & XT_SCTP_CHUNK_TYPES) != 0)
		matchset_unknown(set, match, CLASS_PURE, 0, NULL);
	return true;
}

static bool read_dccp(struct matchset *set, const struct extension *match)
{
	const struct xt_dccp_info *dccp = (const void *)match->data;

	transport(set, IPPROTO_DCCP, match);
	if ((dccp->flags & XT_DCCP_SRC_PORTS) != 0)
		matchset_range(set, FIELD_SPORT, dccp->spts[0], dccp->spts[1], (dccp->invflags & XT_DCCP_SRC_PORTS) != 0, match);
	if ((dccp->flags & XT_DCCP_DEST_PORTS) != 0)
		matchset_range(set, FIELD_DPORT, dccp->dpts[0], dccp->dpts[1], (dccp->invflags & XT_DCCP_DEST_PORTS) != 0, match);
	if ((dccp->flags & (XT_DCCP_TYPE | XT_DCCP_OPTION)) != 0)
		matchset_unknown(set, match, CLASS_PURE, 0, NULL);
	return true;
}

/* Parameter indices are not modelled, but all of them together are every packet of the protocol. */
static bool read_indices(struct matchset *set, unsigned proto, const unsigned spis[static 2], bool invert,
			 const struct extension *match)
{
	if (spis[0] != 0 || spis[1] != UINT32_MAX)
		return false;
	transport(set, proto, match);
	if (invert)
		matchset_ranges(set, FIELD_PROTO, FIELD_COUNT, NULL, 0, false, match);
	return true;
}

/* That of IPv6 is a header among others, and looks at its length too. */
static bool read_ah(struct matchset *set, const struct extension *match)
{
	const struct ipt_ah *ah = (const void *)match->data;

	return set->family != FAMILY_IPV6 && read_indices(set, IPPROTO_AH, ah->spis, (ah->invflags & IPT_AH_INV_SPI) != 0, match);
}

static bool read_esp(struct matchset *set, const struct extension *match)
{
	const struct xt_esp *esp = (const void *)match->data;

	return read_indices(set, IPPROTO_ESP, esp->spis, (esp->invflags & XT_ESP_INV_SPI) != 0, match);
}

static bool read_ipcomp(struct matchset *set, const struct extension *match)
{
	const struct xt_ipcomp *comp = (const void *)match->data;

	return read_indices(set, IPPROTO_COMP, comp->spis, (comp->invflags & XT_IPCOMP_INV_SPI) != 0, match);
}

static bool read_icmp(struct matchset *set, const struct extension *match)
{
	const struct ipt_icmp *icmp = (const void *)match->data;
	bool invert = (icmp->invflags & IPT_ICMP_INV) != 0;
	unsigned type = (unsigned)icmp->type << 8;

	transport(set, IPPROTO_ICMP, match);
	if (icmp->type == 0xff) /* "any" */
		matchset_range(set, FIELD_ICMP, 0, UINT16_MAX, invert, match);
	else
		matchset_range(set, FIELD_ICMP, type | icmp->code[0], type | icmp->code[1], invert, match);
	return true;
}

static bool read_icmp6(struct matchset *set, const struct extension *match)
{
	const struct ip6t_icmp *icmp = (const void *)match->data;
	unsigned type = (unsigned)icmp->type << 8;

	transport(set, IPPROTO_ICMPV6, match);
	matchset_range(set, FIELD_ICMP, type | icmp->code[0], type | icmp->code[1],
		       (icmp->invflags & IP6T_ICMP_INV) != 0, match);
	return true;
}

static bool read_multiport(struct matchset *set, const struct extension *match)
{
	const struct xt_multiport_v1 *ports = (const void *)match->data;
	struct range ranges[XT_MULTI_PORTS];
	unsigned count = 0;
	enum field field = ports->flags == XT_MULTIPORT_DESTINATION ? FIELD_DPORT : FIELD_SPORT;
	enum field other = ports->flags == XT_MULTIPORT_EITHER ? FIELD_DPORT : FIELD_COUNT;

	for (unsigned i = 0; i < ports->count && i < XT_MULTI_PORTS; i++) {
		struct range range = { ports->ports[i], ports->ports[i] };

		if (ports->pflags[i] != 0 && i + 1 < XT_MULTI_PORTS)
			range.hi = ports->ports[++i];
		ranges[count++] = range;
	}
	transport(set, 0, match);
	matchset_ranges(set, field, other, ranges, count, ports->invert != 0, match);
	return true;
}

/* Membership is the same at each use, unless it hangs on what the set counts. */
static bool read_set(struct matchset *set, const struct extension *match)
{
	if (!ext_set_counts(match))
		return false;
	matchset_unknown(set, match, CLASS_FRESH, 0, NULL);
	return true;
}

struct state_test {
	unsigned states;
	bool invert;
};

static bool state_holds(const void *ctx, unsigned value)
{
	const struct state_test *test = ctx;
	static const unsigned bits[CT_STATE_COUNT] = {
		[CT_RELATED] = XT_CONNTRACK_STATE_BIT(IP_CT_RELATED),
		[CT_ESTABLISHED] = XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED),
		[CT_NEW] = XT_CONNTRACK_STATE_BIT(IP_CT_NEW),
		[CT_INVALID] = XT_CONNTRACK_STATE_INVALID,
		[CT_UNTRACKED] = XT_CONNTRACK_STATE_UNTRACKED,
	};
	unsigned bit = bits[ct_state_of(value)];

	if (ct_has_snat(value))
		bit |= XT_CONNTRACK_STATE_SNAT;
	if (ct_has_dnat(value))
		bit |= XT_CONNTRACK_STATE_DNAT;
	return ((test->states & bit) != 0) != test->invert;
}

struct direction_test {
	bool with_state, reply;
};

/* Without a connection the match looks at nothing but the state, and fails where none was asked for. */
static bool direction_holds(const void *ctx, unsigned value)
{
	const struct direction_test *test = ctx;
	enum ct_state state = ct_state_of(value);

	if (state == CT_INVALID || state == CT_UNTRACKED)
		return test->with_state;
	return ct_is_reply(value) == test->reply;
}

static bool has_connection(const void *ctx, unsigned value)
{
	enum ct_state state = ct_state_of(value);

	(void)ctx;
	return state != CT_INVALID && state != CT_UNTRACKED;
}

#define CONNTRACK_MODELLED (XT_CONNTRACK_STATE | XT_CONNTRACK_DIRECTION | XT_CONNTRACK_STATE_ALIAS)

static bool read_conntrack(struct matchset *set, const struct extension *match)
{
	const struct xt_conntrack_mtinfo3 *info = (const void *)match->data;
	struct state_test state = { info->state_mask, (info->invert_flags & XT_CONNTRACK_STATE) != 0 };
	struct direction_test direction = { (info->match_flags & XT_CONNTRACK_STATE) != 0,
					    (info->invert_flags & XT_CONNTRACK_DIRECTION) != 0 };

	if (match->kind->revision < 2)
		return false;
	if (direction.with_state)
		matchset_small(set, FIELD_CT, state_holds, &state, match);
	else
		matchset_small(set, FIELD_CT, has_connection, NULL, match);
	if ((info->match_flags & XT_CONNTRACK_DIRECTION) != 0)
		matchset_small(set, FIELD_CT, direction_holds, &direction, match);
	if ((info->match_flags & XT_CONNTRACK_EXPIRES) != 0)
		matchset_unknown(set, match, CLASS_FRESH, 0, NULL);
	else if ((info->match_flags & ~(unsigned)CONNTRACK_MODELLED) != 0)
		matchset_unknown(set, match, CLASS_PURE, CHANGES_TRACKING | CHANGES_HEADER, NULL);
	return true;
}

/* Where every node is this one, each connection is for it. Without a connection there is no match, inverted or not. */
static bool read_cluster(struct matchset *set, const struct extension *match)
{
	const struct xt_cluster_match_info *info = (const void *)match->data;
	uint64_t all = info->total_nodes < 32 ? (1ULL << info->total_nodes) - 1 : UINT32_MAX;

	if (info->total_nodes == 0 || (info->node_mask & all) != all)
		return false;
	matchset_small(set, FIELD_CT, has_connection, NULL, match);
	if ((info->flags & XT_CLUSTER_F_INV) != 0)
		matchset_ranges(set, FIELD_PROTO, FIELD_COUNT, NULL, 0, false, match);
	return true;
}

/* The old match `state`: a bit mask and nothing else. */
static bool read_state(struct matchset *set, const struct extension *match)
{
	const struct xt_state_info *info = (const void *)match->data;
	struct state_test state = { info->statemask, false };

	matchset_small(set, FIELD_CT, state_holds, &state, match);
	return true;
}

static bool read_mark(struct matchset *set, const struct extension *match)
{
	const struct xt_mark_mtinfo1 *info = (const void *)match->data;

	matchset_masked(set, FIELD_MARK, info->mask, info->mark, info->invert != 0, match);
	return true;
}

/* Without a connection it does not match, inverted or not. */
static bool read_connmark(struct matchset *set, const struct extension *match)
{
	const struct xt_connmark_mtinfo1 *info = (const void *)match->data;

	matchset_small(set, FIELD_CT, has_connection, NULL, match);
	matchset_masked(set, FIELD_CTMARK, info->mask, info->mark, info->invert != 0, match);
	return true;
}

static bool read_iprange(struct matchset *set, const struct extension *match)
{
	const struct xt_iprange_mtinfo *info = (const void *)match->data;

	if ((info->flags & IPRANGE_SRC) != 0)
		matchset_range(set, FIELD_SRC, value_of_addr(&info->src_min, set->family),
			       value_of_addr(&info->src_max, set->family), (info->flags & IPRANGE_SRC_INV) != 0, match);
	if ((info->flags & IPRANGE_DST) != 0)
		matchset_range(set, FIELD_DST, value_of_addr(&info->dst_min, set->family),
			       value_of_addr(&info->dst_max, set->family), (info->flags & IPRANGE_DST_INV) != 0, match);
	return true;
}

static bool read_pkttype(struct matchset *set, const struct extension *match)
{
	const struct xt_pkttype_info *info = (const void *)match->data;

	if (info->pkttype < 0 || info->pkttype > 7)
		return false;
	matchset_range(set, FIELD_PKTTYPE, (field_value)info->pkttype, (field_value)info->pkttype, info->invert != 0, match);
	return true;
}

static bool read_length(struct matchset *set, const struct extension *match)
{
	const struct xt_length_info *info = (const void *)match->data;

	matchset_range(set, FIELD_LENGTH, info->min, info->max, info->invert != 0, match);
	return true;
}

/* ttl and hl: the same structure, the same numbers. */
static bool read_ttl(struct matchset *set, const struct extension *match)
{
	const struct ipt_ttl_info *info = (const void *)match->data;

	switch (info->mode) {
	case IPT_TTL_EQ: case IPT_TTL_NE:
		matchset_range(set, FIELD_TTL, info->ttl, info->ttl, info->mode == IPT_TTL_NE, match);
		return true;
	case IPT_TTL_LT: /* below: the complement of ttl and more */
		matchset_range(set, FIELD_TTL, info->ttl, UINT8_MAX, true, match);
		return true;
	case IPT_TTL_GT:
		matchset_range(set, FIELD_TTL, 0, info->ttl, true, match);
		return true;
	default:
		return false;
	}
}

static bool dscp_holds(const void *ctx, unsigned value)
{
	const struct xt_dscp_info *info = ctx;

	return ((value & XT_DSCP_MASK) >> XT_DSCP_SHIFT == info->dscp) != (info->invert != 0);
}

static bool read_dscp(struct matchset *set, const struct extension *match)
{
	matchset_small(set, FIELD_TOS, dscp_holds, match->data, match);
	return true;
}

static bool tos_holds(const void *ctx, unsigned value)
{
	const struct xt_tos_match_info *info = ctx;

	return ((value & info->tos_mask) == info->tos_value) != (info->invert != 0);
}

static bool read_tos(struct matchset *set, const struct extension *match)
{
	matchset_small(set, FIELD_TOS, tos_holds, match->data, match);
	return true;
}

/* Only one type asked for: inverted is then the opposite of the whole. */
static bool negated_addrtype(unsigned char *data)
{
	struct xt_addrtype_info_v1 info;
	unsigned inverts = XT_ADDRTYPE_INVERT_SOURCE | XT_ADDRTYPE_INVERT_DEST;
	bool negative;

	memcpy(&info, data, sizeof(info));
	negative = (info.flags & inverts) != 0 && (info.source == 0) != (info.dest == 0);
	if (negative)
		info.flags &= ~inverts;
	memcpy(data, &info, sizeof(info));
	return negative;
}

/* The same for a user or a group alone; a packet without a socket is then one of "not that user". */
static bool negated_owner(unsigned char *data)
{
	struct xt_owner_match_info info;
	bool negative;

	memcpy(&info, data, sizeof(info));
	negative = info.match == info.invert && (info.match == XT_OWNER_UID || info.match == XT_OWNER_GID);
	if (negative)
		info.invert = 0;
	memcpy(data, &info, sizeof(info));
	return negative;
}

/* One entry for each row of model/kinds_match.c that is exact, and for those whose negation can be told apart. */
const struct match_reader match_readers[] = {
	{ .name = "addrtype", .negated = negated_addrtype },
	{ .name = "ah", .read = read_ah },
	{ .name = "cluster", .read = read_cluster },
	{ .name = "connmark", .read = read_connmark },
	{ .name = "conntrack", .read = read_conntrack },
	{ .name = "dccp", .read = read_dccp },
	{ .name = "dscp", .read = read_dscp },
	{ .name = "esp", .read = read_esp },
	{ .name = "hl", .read = read_ttl },
	{ .name = "icmp", .read = read_icmp },
	{ .name = "icmp6", .read = read_icmp6 },
	{ .name = "ipcomp", .read = read_ipcomp },
	{ .name = "iprange", .read = read_iprange },
	{ .name = "length", .read = read_length },
	{ .name = "mark", .read = read_mark },
	{ .name = "multiport", .read = read_multiport },
	{ .name = "owner", .negated = negated_owner },
	{ .name = "pkttype", .read = read_pkttype },
	{ .name = "sctp", .read = read_sctp },
	{ .name = "set", .read = read_set },
	{ .name = "state", .read = read_state },
	{ .name = "tcp", .read = read_tcp },
	{ .name = "tos", .read = read_tos },
	{ .name = "ttl", .read = read_ttl },
	{ .name = "udp", .read = read_udp },
	{ .name = "udplite", .read = read_udp },
};

const size_t match_reader_count = ARRAY_LEN(match_readers);

const struct match_reader *match_reader_find(const char *name)
{
	for (size_t i = 0; i < match_reader_count; i++)
		if (strcmp(match_readers[i].name, name) == 0)
			return &match_readers[i];
	return NULL;
}

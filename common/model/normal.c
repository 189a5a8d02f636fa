/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/normal.h"

#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_connlimit.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

/* All ports but those of a range at one end are the range at the other end. */
static void normalize_ports(uint16_t ports[2], uint8_t *inverted, uint8_t bit)
{
	bool lowest = ports[0] == 0, highest = ports[1] == UINT16_MAX;

	if ((*inverted & bit) == 0 || ports[0] > ports[1] || lowest == highest)
		return;
	if (lowest) {
		ports[0] = (uint16_t)(ports[1] + 1);
		ports[1] = UINT16_MAX;
	} else {
		ports[1] = (uint16_t)(ports[0] - 1);
		ports[0] = 0;
	}
	*inverted &= (uint8_t)~bit;
}

static void normalize_tcp(unsigned char *data)
{
	struct xt_tcp tcp;

	memcpy(&tcp, data, sizeof(tcp));
	normalize_ports(tcp.spts, &tcp.invflags, XT_TCP_INV_SRCPT);
	normalize_ports(tcp.dpts, &tcp.invflags, XT_TCP_INV_DSTPT);
	memcpy(data, &tcp, sizeof(tcp));
}

static void normalize_udp(unsigned char *data)
{
	struct xt_udp udp;

	memcpy(&udp, data, sizeof(udp));
	normalize_ports(udp.spts, &udp.invflags, XT_UDP_INV_SRCPT);
	normalize_ports(udp.dpts, &udp.invflags, XT_UDP_INV_DSTPT);
	memcpy(data, &udp, sizeof(udp));
}

/* An IPv4 mask has four bytes in a field of sixteen; the others are ones unless a mask was given. */
static void clear_behind_ipv4(unsigned char *mask)
{
	memset(mask + sizeof(struct in_addr), 0, sizeof(union nf_inet_addr) - sizeof(struct in_addr));
}

/* --nflog-range never worked: the kernel looks at the length only where --nflog-size sets the flag. */
static void normalize_nflog(unsigned char *data)
{
	struct xt_nflog_info nflog;

	memcpy(&nflog, data, sizeof(nflog));
	if ((nflog.flags & XT_NFLOG_F_COPY_LEN) == 0)
		nflog.len = 0;
	memcpy(data, &nflog, sizeof(nflog));
}

static bool is_called(const struct extension *extension, const char *name, uint8_t revision)
{
	return extension->kind->revision == revision && strcmp(extension->kind->real_name, name) == 0;
}

void rule_normalize(struct rule *rule, enum family family)
{
	for (struct extension *match = rule->matches; match != NULL; match = match->next)
		if (is_called(match, "tcp", 0))
			normalize_tcp(match->data);
		else if (is_called(match, "udp", 0))
			normalize_udp(match->data);
		else if (family == FAMILY_IPV4 && is_called(match, "connlimit", 1))
			clear_behind_ipv4(match->data + offsetof(struct xt_connlimit_info, mask));
		else if (family == FAMILY_IPV4 && is_called(match, "recent", 1))
			clear_behind_ipv4(match->data + offsetof(struct xt_recent_mtinfo_v1, mask));
	if (rule->target != NULL && is_called(rule->target, "NFLOG", 0))
		normalize_nflog(rule->target->data);
}

void ruleset_normalize(const struct ruleset *ruleset)
{
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		const struct table *table = ruleset->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			for (size_t i = 0; i < table->chains.item[c]->rules.len; i++)
				rule_normalize(table->chains.item[c]->rules.item[i], ruleset->family);
	}
}

static bool inverts_any_flags(const struct extension *match)
{
	struct xt_tcp tcp;

	memcpy(&tcp, match->data, sizeof(tcp));
	return (tcp.invflags & XT_TCP_INV_FLAGS) != 0 && tcp.flg_mask == 0 && tcp.flg_cmp == 0;
}

bool rule_is_widened(const struct rule *rule)
{
	if ((rule->invert & INVERT_IN) != 0 && strcmp(rule->in, "+") == 0)
		return true;
	if ((rule->invert & INVERT_OUT) != 0 && strcmp(rule->out, "+") == 0)
		return true;
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (is_called(match, "tcp", 0) && inverts_any_flags(match))
			return true;
	return false;
}

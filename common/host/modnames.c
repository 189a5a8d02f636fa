/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The kernel modules that a text may ask for: those of netfilter, and the one that passes bridged packets to it. */
#include "host/modload.h"

#include <fnmatch.h>

static const char *const patterns[] = {
	/* tables, matches, targets, connection tracking, helpers, address translation, logging */
	"x_tables", "ip_tables", "ip6_tables", "iptable_*", "ip6table_*", "xt_*", "ipt_*", "ip6t_*",
	"nf_*", "nft_*", "nfnetlink", "nfnetlink_*",
	/* sets */
	"ip_set", "ip_set_*",
	/* bridged packets */
	"br_netfilter",
	/* names from before Linux 2.6.20, now aliases; without an index nothing resolves them */
	"ip_conntrack", "ip_conntrack_*", "ip_nat", "ip_nat_*",
};

bool modload_allowed(const char *resolved)
{
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (fnmatch(patterns[i], resolved, 0) == 0)
			return true;
	return false;
}

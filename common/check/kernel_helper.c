/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/kernel_helper.h"

#include <netinet/in.h>
#include <string.h>

const struct kernel_helper *kernel_helper_find(const char *name)
{
	/* net/netfilter/nf_conntrack_*.c and net/ipv4/netfilter/nf_nat_snmp_basic_main.c */
	static const struct kernel_helper helpers[] = {
		{ "amanda", FAMILY_BOTH, { IPPROTO_UDP } },
		{ "ftp", FAMILY_BOTH, { IPPROTO_TCP } },
		{ "H.245", FAMILY_BOTH, { IPPROTO_UDP } },
		{ "irc", FAMILY_IPV4, { IPPROTO_TCP } },
		{ "netbios-ns", FAMILY_IPV4, { IPPROTO_UDP } },
		{ "pptp", FAMILY_IPV4, { IPPROTO_TCP } },
		{ "Q.931", FAMILY_BOTH, { IPPROTO_TCP } },
		{ "RAS", FAMILY_BOTH, { IPPROTO_UDP } },
		{ "sane", FAMILY_BOTH, { IPPROTO_TCP } },
		{ "sip", FAMILY_BOTH, { IPPROTO_TCP, IPPROTO_UDP } },
		{ "snmp", FAMILY_IPV4, { IPPROTO_UDP } },
		{ "snmp_trap", FAMILY_IPV4, { IPPROTO_UDP } },
		{ "tftp", FAMILY_BOTH, { IPPROTO_UDP } },
	};

	for (size_t i = 0; i < ARRAY_LEN(helpers); i++)
		if (strcmp(helpers[i].name, name) == 0)
			return &helpers[i];
	return NULL;
}

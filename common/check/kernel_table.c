/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/kernel_table.h"
#include "model/builtin.h"

#include <netinet/in.h>
#include <string.h>

#define IN_HOOKS  (HOOK_PREROUTING | HOOK_INPUT | HOOK_FORWARD)
#define OUT_HOOKS (HOOK_FORWARD | HOOK_OUTPUT | HOOK_POSTROUTING)

/* clang-format off */
const struct kernel_extension kernel_table[] = {
	/* matches that ask for nothing */
	{ .name = "addrtype", .families = FAMILY_BOTH }, /* --limit-iface-*: check_kernel.c */
	{ .name = "bpf", .families = FAMILY_BOTH, .since = "3.9" },
	{ .name = "cluster", .families = FAMILY_BOTH },
	{ .name = "comment", .families = FAMILY_BOTH },
	{ .name = "connbytes", .families = FAMILY_BOTH },
	{ .name = "connlabel", .families = FAMILY_BOTH, .since = "3.9" },
	{ .name = "connlimit", .families = FAMILY_BOTH },
	{ .name = "connmark", .families = FAMILY_BOTH },
	{ .name = "conntrack", .families = FAMILY_BOTH },
	{ .name = "cpu", .families = FAMILY_BOTH },
	{ .name = "devgroup", .families = FAMILY_BOTH }, /* by group: check_kernel.c */
	{ .name = "dscp", .families = FAMILY_BOTH },
	{ .name = "dst", .families = FAMILY_IPV6 },
	{ .name = "ecn", .families = FAMILY_BOTH }, /* TCP's bits: check_kernel.c */
	{ .name = "frag", .families = FAMILY_IPV6 },
	{ .name = "hashlimit", .families = FAMILY_BOTH },
	{ .name = "hbh", .families = FAMILY_IPV6 },
	{ .name = "helper", .families = FAMILY_BOTH },
	{ .name = "hl", .families = FAMILY_IPV6 },
	{ .name = "iprange", .families = FAMILY_BOTH },
	{ .name = "ipv6header", .families = FAMILY_IPV6 },
	{ .name = "ipvs", .families = FAMILY_BOTH, .needs = "the module ip_vs" },
	{ .name = "length", .families = FAMILY_BOTH },
	{ .name = "limit", .families = FAMILY_BOTH },
	{ .name = "mark", .families = FAMILY_BOTH },
	{ .name = "nfacct", .families = FAMILY_BOTH, .needs = "the accounting object (nfacct add)" },
	{ .name = "physdev", .families = FAMILY_BOTH }, /* --physdev-out: check_kernel.c */
	{ .name = "pkttype", .families = FAMILY_BOTH },
	{ .name = "policy", .families = FAMILY_BOTH }, /* --dir: check_kernel.c */
	{ .name = "quota", .families = FAMILY_BOTH },
	{ .name = "rateest", .families = FAMILY_BOTH },
	{ .name = "recent", .families = FAMILY_BOTH },
	{ .name = "rt", .families = FAMILY_IPV6 },
	{ .name = "set", .families = FAMILY_BOTH },
	{ .name = "srh", .families = FAMILY_IPV6, .since = "4.16" },
	{ .name = "state", .families = FAMILY_BOTH },
	{ .name = "statistic", .families = FAMILY_BOTH },
	{ .name = "string", .families = FAMILY_BOTH },
	{ .name = "time", .families = FAMILY_BOTH },
	{ .name = "tos", .families = FAMILY_BOTH },
	{ .name = "ttl", .families = FAMILY_IPV4 },
	{ .name = "u32", .families = FAMILY_BOTH },

	/* matches that ask for a protocol */
	{ .name = "ah", .families = FAMILY_BOTH, .protocols = { IPPROTO_AH }, .protocols_in = FAMILY_IPV4 },
	{ .name = "dccp", .families = FAMILY_BOTH, .protocols = { IPPROTO_DCCP } },
	{ .name = "esp", .families = FAMILY_BOTH, .protocols = { IPPROTO_ESP } },
	{ .name = "icmp", .families = FAMILY_IPV4, .protocols = { IPPROTO_ICMP } },
	{ .name = "icmp6", .families = FAMILY_IPV6, .protocols = { IPPROTO_ICMPV6 } },
	{ .name = "ipcomp", .families = FAMILY_BOTH, .protocols = { IPPROTO_COMP }, .since = "3.14" },
	{ .name = "mh", .families = FAMILY_IPV6, .protocols = { IPPROTO_MH } },
	{ .name = "multiport", .families = FAMILY_BOTH,
	  .protocols = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP, IPPROTO_DCCP } },
	{ .name = "osf", .families = FAMILY_IPV4, .protocols = { IPPROTO_TCP },
	  .hooks = HOOK_PREROUTING | HOOK_INPUT | HOOK_FORWARD },
	{ .name = "sctp", .families = FAMILY_BOTH, .protocols = { IPPROTO_SCTP } },
	{ .name = "tcp", .families = FAMILY_BOTH, .protocols = { IPPROTO_TCP } },
	{ .name = "tcpmss", .families = FAMILY_BOTH, .protocols = { IPPROTO_TCP } },
	{ .name = "udp", .families = FAMILY_BOTH, .protocols = { IPPROTO_UDP } },

	/* matches that ask for hooks */
	{ .name = "cgroup", .families = FAMILY_BOTH, .since = "3.14",
	  .hooks = HOOK_INPUT | HOOK_OUTPUT | HOOK_POSTROUTING },
	{ .name = "eui64", .families = FAMILY_IPV6, .hooks = IN_HOOKS },
	{ .name = "mac", .families = FAMILY_BOTH, .hooks = IN_HOOKS },
	{ .name = "owner", .families = FAMILY_BOTH, .hooks = HOOK_OUTPUT | HOOK_POSTROUTING },
	{ .name = "realm", .families = FAMILY_IPV4, .hooks = HOOK_INPUT | OUT_HOOKS },
	{ .name = "rpfilter", .families = FAMILY_BOTH, .since = "3.3", .tables = TABLE_RAW | TABLE_MANGLE,
	  .hooks = HOOK_PREROUTING },
	{ .name = "socket", .families = FAMILY_BOTH, .hooks = HOOK_PREROUTING | HOOK_INPUT },

	/* targets */
	{ .name = "AUDIT", .target = true, .families = FAMILY_BOTH },
	{ .name = "CHECKSUM", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE },
	{ .name = "CLASSIFY", .target = true, .families = FAMILY_BOTH, .hooks = OUT_HOOKS },
	{ .name = "CLUSTERIP", .target = true, .families = FAMILY_IPV4, .removed = "6.3", .instead = "-m cluster" },
	{ .name = "CONNMARK", .target = true, .families = FAMILY_BOTH },
	{ .name = "CONNSECMARK", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE | TABLE_SECURITY },
	{ .name = "CT", .target = true, .families = FAMILY_BOTH, .tables = TABLE_RAW },
	{ .name = "DNAT", .target = true, .families = FAMILY_BOTH, .tables = TABLE_NAT,
	  .hooks = HOOK_PREROUTING | HOOK_OUTPUT },
	{ .name = "DNPT", .target = true, .families = FAMILY_IPV6, .tables = TABLE_MANGLE, .since = "3.7",
	  .hooks = HOOK_PREROUTING | HOOK_OUTPUT },
	{ .name = "DSCP", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE },
	{ .name = "ECN", .target = true, .families = FAMILY_IPV4, .tables = TABLE_MANGLE },
	{ .name = "HL", .target = true, .families = FAMILY_IPV6, .tables = TABLE_MANGLE },
	{ .name = "HMARK", .target = true, .families = FAMILY_BOTH, .since = "3.5" },
	{ .name = "IDLETIMER", .target = true, .families = FAMILY_BOTH },
	{ .name = "LED", .target = true, .families = FAMILY_BOTH, .needs = "a kernel with LED triggers" },
	{ .name = "LOG", .target = true, .families = FAMILY_BOTH },
	{ .name = "MARK", .target = true, .families = FAMILY_BOTH },
	{ .name = "MASQUERADE", .target = true, .families = FAMILY_BOTH, .tables = TABLE_NAT, .hooks = HOOK_POSTROUTING },
	{ .name = "NETMAP", .target = true, .families = FAMILY_BOTH, .tables = TABLE_NAT },
	{ .name = "NFLOG", .target = true, .families = FAMILY_BOTH },
	{ .name = "NFQUEUE", .target = true, .families = FAMILY_BOTH },
	{ .name = "RATEEST", .target = true, .families = FAMILY_BOTH },
	{ .name = "REDIRECT", .target = true, .families = FAMILY_BOTH, .tables = TABLE_NAT,
	  .hooks = HOOK_PREROUTING | HOOK_OUTPUT },
	{ .name = "REJECT", .target = true, .families = FAMILY_BOTH, .tables = TABLE_FILTER },
	{ .name = "SECMARK", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE | TABLE_SECURITY,
	  .needs = "a security module that knows the label" },
	{ .name = "SET", .target = true, .families = FAMILY_BOTH },
	{ .name = "SNAT", .target = true, .families = FAMILY_BOTH, .tables = TABLE_NAT,
	  .hooks = HOOK_INPUT | HOOK_POSTROUTING },
	{ .name = "SNPT", .target = true, .families = FAMILY_IPV6, .tables = TABLE_MANGLE, .since = "3.7",
	  .hooks = HOOK_INPUT | HOOK_POSTROUTING },
	{ .name = "SYNPROXY", .target = true, .families = FAMILY_BOTH, .protocols = { IPPROTO_TCP }, .since = "3.12",
	  .hooks = HOOK_INPUT | HOOK_FORWARD },
	{ .name = "TCPMSS", .target = true, .families = FAMILY_BOTH, .protocols = { IPPROTO_TCP } },
	{ .name = "TCPOPTSTRIP", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE,
	  .protocols = { IPPROTO_TCP } },
	{ .name = "TEE", .target = true, .families = FAMILY_BOTH },
	{ .name = "TOS", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE },
	{ .name = "TPROXY", .target = true, .families = FAMILY_BOTH, .tables = TABLE_MANGLE, .hooks = HOOK_PREROUTING,
	  .protocols = { IPPROTO_TCP, IPPROTO_UDP } },
	{ .name = "TRACE", .target = true, .families = FAMILY_BOTH, .tables = TABLE_RAW, .legacy_only = true },
	{ .name = "TTL", .target = true, .families = FAMILY_IPV4, .tables = TABLE_MANGLE },
	{ .name = "ULOG", .target = true, .families = FAMILY_IPV4, .removed = "3.17", .instead = "-j NFLOG" },
};
/* clang-format on */

const size_t kernel_table_count = ARRAY_LEN(kernel_table);

const struct kernel_extension *kernel_find(const char *real_name, bool target)
{
	for (size_t i = 0; i < kernel_table_count; i++)
		if (kernel_table[i].target == target && strcmp(kernel_table[i].name, real_name) == 0)
			return &kernel_table[i];
	return NULL;
}

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

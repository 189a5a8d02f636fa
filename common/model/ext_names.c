/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/ext_names.h"
#include "base/suggest.h"

static const char *const match_names[] = {
	"addrtype", "ah", "bpf", "cgroup", "cluster", "comment", "connbytes", "connlabel", "connlimit",
	"connmark", "conntrack", "cpu", "dccp", "devgroup", "dscp", "dst", "ecn", "esp", "eui64", "frag",
	"hashlimit", "hbh", "helper", "hl", "icmp", "icmp6", "icmpv6", "ipcomp", "iprange", "ipv6header",
	"ipvs", "l2tp", "length", "limit", "mac", "mark", "mh", "multiport", "nfacct", "osf", "owner",
	"physdev", "pkttype", "policy", "quota", "rateest", "realm", "recent", "rpfilter", "rt", "sctp",
	"set", "socket", "srh", "state", "statistic", "string", "tcp", "tcpmss", "time", "tos", "ttl", "u32",
	"udp", "udplite",
};

static const char *const target_names[] = {
	"ACCEPT", "DROP", "QUEUE", "RETURN",
	"AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNMARK", "CONNSECMARK", "CT", "DNAT", "DNPT", "DSCP",
	"ECN", "HL", "HMARK", "IDLETIMER", "LED", "LOG", "MARK", "MASQUERADE", "NAT", "NETMAP", "NFLOG",
	"NFQUEUE", "NOTRACK", "RATEEST", "REDIRECT", "REJECT", "SECMARK", "SET", "SNAT", "SNPT", "SYNPROXY",
	"TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TPROXY", "TRACE", "TTL", "ULOG",
};

const char *ext_near_match(const char *name)
{
	return suggest_nearest(name, match_names, ARRAY_LEN(match_names));
}

void ext_consider_targets(struct suggestion *near)
{
	for (size_t i = 0; i < ARRAY_LEN(target_names); i++)
		suggest_consider(near, target_names[i]);
}

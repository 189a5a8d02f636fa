/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "filter_option.h"
#include "option_table.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <sys/socket.h>

#define A_NET  "an address or a network such as 10.0.0.0/8 or fd00::/8"
#define A_PORT "a port number"

/* Returns NULL, or what the option needs instead of its argument. */
static const char *parse_tuple(struct ct_filter *filter, int c)
{
	switch (c) {
	case 'p':
		return filter_proto(filter, optarg) ? NULL : "-p needs a protocol such as tcp, udp, icmpv6 or 47";
	case 's':
		return filter_net(&filter->src, optarg) ? NULL : "-s needs " A_NET;
	case 'd':
		return filter_net(&filter->dst, optarg) ? NULL : "-d needs " A_NET;
	case OPT_SPORT:
		return filter_port(&filter->by_sport, &filter->sport, optarg) ? NULL : "--sport needs " A_PORT;
	case OPT_DPORT:
		return filter_port(&filter->by_dport, &filter->dport, optarg) ? NULL : "--dport needs " A_PORT;
	case OPT_TCP_STATE:
		return filter_state(filter, optarg) ? NULL : "--tcp-state needs a state such as TIME_WAIT";
	case OPT_STATUS:
		return filter_words(filter, optarg) ? NULL : "--status needs words such as assured,src_nat";
	case OPT_ZONE:
		return filter_zone(filter, optarg) ? NULL : "--zone needs a number up to 65535";
	default:
		return filter_mark(filter, optarg) ? NULL : "-m needs a number or number/mask";
	}
}

bool filter_option(struct ct_stat_options *options, const struct cli *cli, int c)
{
	struct ct_filter *filter = &options->entries.filter;
	uint8_t family = c == '4' ? AF_INET : AF_INET6;
	const char *needed;

	switch (c) {
	case '4':
	case '6':
		if (filter->family != 0 && filter->family != family)
			cli_misuse(cli, "use one of -4 and -6");
		filter->family = family;
		return true;
	case OPT_UNREPLIED:
		options->entries.unreplied = true;
		return true;
	case 'p':
	case 's':
	case 'd':
	case 'm':
	case OPT_SPORT:
	case OPT_DPORT:
	case OPT_ZONE:
	case OPT_TCP_STATE:
	case OPT_STATUS:
		needed = parse_tuple(filter, c);
		if (needed != NULL)
			cli_misuse(cli, "%s, not %s", needed, optarg);
		return true;
	default:
		return false;
	}
}

void filter_option_finish(struct ct_stat_options *options, const struct cli *cli)
{
	struct ct_filter *filter = &options->entries.filter;

	if (options->assured)
		filter_status(filter, IPS_ASSURED, 0);
	if (options->entries.unreplied)
		filter_status(filter, 0, IPS_SEEN_REPLY);
	if (options->state != NULL && !filter_state(filter, options->state))
		cli_misuse(cli, "no such state: %s", options->state);
	if (!filter_settle(filter))
		cli_misuse(cli, "no entry is both IPv4 and IPv6");
}

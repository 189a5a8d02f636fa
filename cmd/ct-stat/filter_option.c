/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "filter_option.h"
#include "option_table.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#define AT(member) offsetof(struct ct_filter, member)

#define A_NET  "an address or a network such as 10.0.0.0/8 or fd00::/8"
#define A_MASK "a mask such as 255.255.0.0 or ffff::"
#define A_PORT "a port number"
#define A_ZONE "a number up to 65535"
#define A_KEY  "a number up to 65535, decimal or with 0x"
#define A_NAT  "an address, or an address and a port such as 192.0.2.1:80 or [2001:db8::1]:80"

/* Filters by an address. */
static const struct net_row {
	int option;
	size_t at; /* of a struct filter_net in the filter */
	const char *name, *needed;
} net_rows[] = {
	{ 's', AT(orig.src), "-s", A_NET },
	{ 'd', AT(orig.dst), "-d", A_NET },
	{ OPT_REPLY_SRC, AT(reply.src), "--reply-src", A_NET },
	{ OPT_REPLY_DST, AT(reply.dst), "--reply-dst", A_NET },
	{ OPT_MASK_SRC, AT(mask_src), "--mask-src", A_MASK },
	{ OPT_MASK_DST, AT(mask_dst), "--mask-dst", A_MASK },
};

/* Filters by a number. */
static const struct number_row {
	int option;
	size_t at; /* of a struct filter_number in the filter */
	uint16_t max;
	const char *name, *needed;
} number_rows[] = {
	{ OPT_SPORT, AT(orig.sport), UINT16_MAX, "--sport", A_PORT },
	{ OPT_DPORT, AT(orig.dport), UINT16_MAX, "--dport", A_PORT },
	{ OPT_REPLY_PORT_SRC, AT(reply.sport), UINT16_MAX, "--reply-port-src", A_PORT },
	{ OPT_REPLY_PORT_DST, AT(reply.dport), UINT16_MAX, "--reply-port-dst", A_PORT },
	{ OPT_ICMP_TYPE, AT(icmp.type), UINT8_MAX, "--icmp-type", "a number up to 255" },
	{ OPT_ICMP_CODE, AT(icmp.code), UINT8_MAX, "--icmp-code", "a number up to 255" },
	{ OPT_ICMP_ID, AT(icmp.id), UINT16_MAX, "--icmp-id", "a number up to 65535" },
	{ OPT_ZONE, AT(zone), UINT16_MAX, "--zone", A_ZONE },
	{ OPT_ORIG_ZONE, AT(orig.zone), UINT16_MAX, "--orig-zone", A_ZONE },
	{ OPT_REPLY_ZONE, AT(reply.zone), UINT16_MAX, "--reply-zone", A_ZONE },
	{ OPT_SRCKEY, AT(orig.srckey), 0, "--srckey", A_KEY },
	{ OPT_DSTKEY, AT(orig.dstkey), 0, "--dstkey", A_KEY },
	{ OPT_REPLY_KEY_SRC, AT(reply.srckey), 0, "--reply-key-src", A_KEY },
	{ OPT_REPLY_KEY_DST, AT(reply.dstkey), 0, "--reply-key-dst", A_KEY },
};

static _Noreturn void needs(const struct cli *cli, const char *name, const char *needed)
{
	cli_misuse(cli, "%s needs %s, not %s", name, needed, optarg);
}

static bool net_option(struct ct_filter *filter, const struct cli *cli, int c)
{
	for (size_t i = 0; i < ARRAY_LEN(net_rows); i++) {
		const struct net_row *row = &net_rows[i];
		bool mask = c == OPT_MASK_SRC || c == OPT_MASK_DST;

		if (row->option != c)
			continue;
		if ((mask && strchr(optarg, '/') != NULL) || !filter_net((void *)((char *)filter + row->at), optarg))
			needs(cli, row->name, row->needed);
		return true;
	}
	return false;
}

static bool number_option(struct ct_filter *filter, const struct cli *cli, int c)
{
	for (size_t i = 0; i < ARRAY_LEN(number_rows); i++) {
		const struct number_row *row = &number_rows[i];
		struct filter_number *number = (void *)((char *)filter + row->at);

		if (row->option != c)
			continue;
		if (!(row->max == 0 ? filter_key(number, optarg) : filter_number(number, optarg, row->max)))
			needs(cli, row->name, row->needed);
		return true;
	}
	return false;
}

/* As with conntrack(8), the address may be the next word. */
static bool nat_option(struct ct_filter *filter, const struct cli *cli, int c, char *argv[])
{
	struct filter_nat *nat = &filter->nat[c == OPT_DST_NAT ? FILTER_DST_NAT : FILTER_SRC_NAT];
	uint32_t kinds = (c == OPT_DST_NAT ? 0 : IPS_SRC_NAT) | (c == OPT_SRC_NAT ? 0 : IPS_DST_NAT);
	const char *name = c == OPT_SRC_NAT ? "--src-nat" : c == OPT_DST_NAT ? "--dst-nat" : "--any-nat";

	if (c != OPT_SRC_NAT && c != OPT_DST_NAT && c != OPT_ANY_NAT)
		return false;
	if (nat->kinds != 0 && nat->kinds != kinds)
		cli_misuse(cli, "--any-nat excludes --src-nat and --dst-nat");
	if (optarg == NULL && argv[optind] != NULL && filter_nat(nat, kinds, argv[optind]))
		optind++;
	else if (!filter_nat(nat, kinds, optarg))
		needs(cli, name, A_NAT);
	return true;
}

int filter_option_labels(struct ct_stat_options *options)
{
	if (!options->entries.has_labels)
		options->entries.labels_error = labels_read(&options->entries.labels, LABEL_PATH);
	options->entries.has_labels = true;
	return options->entries.labels_error;
}

static bool label_option(struct ct_stat_options *options, const struct cli *cli)
{
	int err = filter_option_labels(options);

	if (!filter_labels(&options->entries.filter, &options->entries.labels, optarg))
		cli_misuse(cli, "--label needs names from " LABEL_PATH "%s%s or numbers up to 127, not %s",
			   err != 0 ? ": " : "", err != 0 ? strerror(-err) : "", optarg);
	return true;
}

/* False: c is another option. */
static bool word_option(struct ct_filter *filter, const struct cli *cli, int c)
{
	switch (c) {
	case 'p':
		if (!filter_proto(filter, optarg))
			needs(cli, "-p", "a protocol such as tcp, udp, icmpv6 or 47");
		return true;
	case OPT_TCP_STATE:
		if (!filter_state(filter, optarg))
			needs(cli, "--tcp-state", "a state such as TIME_WAIT");
		return true;
	case OPT_STATUS:
		if (!filter_words(filter, optarg))
			needs(cli, "--status", "words such as assured,src_nat");
		return true;
	case 'm':
		if (!filter_mark(filter, optarg))
			needs(cli, "-m", "a number or number/mask");
		return true;
	default:
		return false;
	}
}

bool filter_option(struct ct_stat_options *options, const struct cli *cli, int c, char *argv[])
{
	struct ct_filter *filter = &options->entries.filter;
	uint8_t family = c == '4' ? AF_INET : AF_INET6;

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
	case 'l':
		return label_option(options, cli);
	default:
		return net_option(filter, cli, c) || number_option(filter, cli, c) ||
		       nat_option(filter, cli, c, argv) || word_option(filter, cli, c);
	}
}

void filter_option_finish(struct ct_stat_options *options, const struct cli *cli)
{
	struct ct_filter *filter = &options->entries.filter;
	const char *problem;

	if (options->assured)
		filter_status(filter, IPS_ASSURED, 0);
	if (options->entries.unreplied)
		filter_status(filter, 0, IPS_SEEN_REPLY);
	if (options->state != NULL && !filter_state(filter, options->state))
		cli_misuse(cli, "no such state: %s", options->state);
	if ((filter->nat[FILTER_SRC_NAT].kinds & IPS_DST_NAT) != 0 && filter->nat[FILTER_DST_NAT].kinds != 0)
		cli_misuse(cli, "--any-nat excludes --src-nat and --dst-nat");
	problem = filter_settle(filter);
	if (problem != NULL)
		cli_misuse(cli, "%s", problem);
}

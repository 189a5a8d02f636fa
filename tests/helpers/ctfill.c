/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * ctfill N - adds N connections to the conntrack table of its network namespace, and prints what it made as one
 * JSON object, with which tests compare the output of ct-stat. All properties of a connection follow from its
 * number, so two runs make the same table.
 *
 *	-f FIRST   number of the first connection (0), so that a second run adds others
 *	-t SEC     timeout of all connections (36000 to 37023)
 *	-r RATE    at most RATE insertions per second (as fast as the kernel accepts them)
 *	-u         none assured, none with a reply: the kernel may evict all of them
 *	-a         all assured: the kernel may evict none of them
 *	-m N       the first connection expected those of the next N that have its family, as FTP does
 *	-s SOURCES number of IPv4 and of IPv6 source addresses (4093)
 *
 * 70 % TCP (55 ESTABLISHED, 25 TIME_WAIT, 10 SYN_SENT, 5 CLOSE_WAIT, 5 FIN_WAIT), 26 % UDP, 4 % ICMP; one in
 * ten IPv6; one in twenty from a single source; mark = number mod 7.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH	   128
#define MARKS	   7
#define FIRST_PORT 1024

enum proto { TCP, UDP, ICMP, PROTOS };
enum reply { UNREPLIED, REPLIED, ASSURED, REPLIES };

static const char *const proto_names[PROTOS] = { "tcp", "udp", "icmp" };
static const char *const reply_names[REPLIES] = { "UNREPLIED", "REPLIED", "ASSURED" };
static const uint8_t tcp_states[] = { TCP_CONNTRACK_ESTABLISHED, TCP_CONNTRACK_TIME_WAIT,
				      TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_CLOSE_WAIT,
				      TCP_CONNTRACK_FIN_WAIT };
static const char *const state_names[] = { "ESTABLISHED", "TIME_WAIT", "SYN_SENT", "CLOSE_WAIT", "FIN_WAIT" };
static const uint16_t ports[] = { 443, 80, 22, 8080, 53, 123 };

struct options {
	uint64_t count, first, rate, children;
	uint32_t timeout, sources;
	bool unassured, assured;
};

struct conn {
	bool ipv6;
	enum proto proto;
	enum reply reply;
	unsigned state, port; /* indexes of state_names and ports */
	uint32_t source, mark, timeout;
	uint16_t sport;
};

struct truth {
	uint64_t made, errors, ipv6, proto[PROTOS], reply[REPLIES], state[ARRAY_LEN(state_names)];
	uint64_t mark[MARKS], port[ARRAY_LEN(ports)], heavy, children;
	int error; /* the last errno */
};

struct fill {
	struct mnl_socket *socket;
	const struct options *options;
	struct truth truth;
};

static uint32_t mix(uint64_t n)
{
	n = (n + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
	n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(n >> 32);
}

static unsigned pick_state(unsigned percent)
{
	return percent < 55 ? 0 : percent < 80 ? 1 : percent < 90 ? 2 : percent < 95 ? 3 : 4;
}

/* One in twenty comes from source 0. The pair (source, sport) is unique for up to 1.2 million connections. */
static struct conn conn_make(const struct options *options, uint64_t n)
{
	uint32_t h = mix(n);
	unsigned percent = h % 100, detail = h / 100 % 100;
	struct conn c = { .ipv6 = mix(n ^ 0x5555) % 10 == 0, .mark = (uint32_t)(n % MARKS) };

	c.source = n % 20 == 0 ? 0 : 1 + (uint32_t)(n % options->sources);
	c.sport = (uint16_t)(FIRST_PORT + n / (c.source == 0 ? 20 : options->sources) % (65536 - FIRST_PORT));
	c.proto = percent < 70 ? TCP : percent < 96 ? UDP : ICMP;
	c.state = pick_state(detail);
	if (c.proto == TCP) {
		c.port = detail % 4;
		c.reply = c.state == 2 ? UNREPLIED : ASSURED;
	} else if (c.proto == UDP) {
		c.port = detail % 10 < 7 ? 4 : detail % 10 < 9 ? 0 : 5;
		c.reply = detail < 30 ? UNREPLIED : detail < 72 ? REPLIED : ASSURED;
	}
	if (options->unassured || options->assured)
		c.reply = options->assured ? ASSURED : UNREPLIED;
	c.timeout = options->timeout > 0 ? options->timeout : 36000 + h % 1024;
	return c;
}

static bool is_child(const struct options *options, uint64_t n)
{
	return n > options->first && n - options->first <= options->children &&
	       conn_make(options, n).ipv6 == conn_make(options, options->first).ipv6;
}

static void put_addresses(struct nlmsghdr *nlh, const struct conn *c, bool reply)
{
	struct nlattr *ip = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);

	if (c->ipv6) {
		struct in6_addr src = { .s6_addr = { 0xfd, 0 } },
				dst = { .s6_addr = { 0x20, 1, 0x0d, 0xb8 } };

		src.s6_addr[14] = (uint8_t)(c->source >> 8);
		src.s6_addr[15] = (uint8_t)c->source;
		dst.s6_addr[15] = (uint8_t)(1 + c->source % 8);
		mnl_attr_put(nlh, CTA_IP_V6_SRC, sizeof(src), reply ? &dst : &src);
		mnl_attr_put(nlh, CTA_IP_V6_DST, sizeof(dst), reply ? &src : &dst);
	} else {
		uint32_t src = htonl(0x0a000000 + c->source), dst = htonl(0xcb007101 + c->source % 8);

		mnl_attr_put_u32(nlh, CTA_IP_V4_SRC, reply ? dst : src);
		mnl_attr_put_u32(nlh, CTA_IP_V4_DST, reply ? src : dst);
	}
	mnl_attr_nest_end(nlh, ip);
}

/* An echo keeps its id in the reply direction; otherwise different flows would collide there. */
static void put_echo(struct nlmsghdr *nlh, const struct conn *c, bool reply)
{
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, c->ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	mnl_attr_put_u16(nlh, c->ipv6 ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID, htons(c->sport));
	mnl_attr_put_u8(nlh, c->ipv6 ? CTA_PROTO_ICMPV6_TYPE : CTA_PROTO_ICMP_TYPE,
			c->ipv6 ? (reply ? 129 : 128) : (reply ? 0 : 8));
	mnl_attr_put_u8(nlh, c->ipv6 ? CTA_PROTO_ICMPV6_CODE : CTA_PROTO_ICMP_CODE, 0);
}

static void put_tuple(struct nlmsghdr *nlh, const struct conn *c, uint16_t type)
{
	bool reply = type == CTA_TUPLE_REPLY;
	struct nlattr *tuple = mnl_attr_nest_start(nlh, type);
	struct nlattr *proto;
	uint16_t src = htons(c->sport), dst = htons(ports[c->port]);

	put_addresses(nlh, c, reply);
	proto = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	if (c->proto == ICMP) {
		put_echo(nlh, c, reply);
	} else {
		mnl_attr_put_u8(nlh, CTA_PROTO_NUM, c->proto == TCP ? IPPROTO_TCP : IPPROTO_UDP);
		mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, reply ? dst : src);
		mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, reply ? src : dst);
	}
	mnl_attr_nest_end(nlh, proto);
	mnl_attr_nest_end(nlh, tuple);
}

static void put_conn(struct nlmsghdr *nlh, const struct conn *c, const struct conn *master)
{
	static const uint32_t status[REPLIES] = { [UNREPLIED] = IPS_CONFIRMED,
						  [REPLIED] = IPS_CONFIRMED | IPS_SEEN_REPLY,
						  [ASSURED] = IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED };
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nfg->nfgen_family = c->ipv6 ? AF_INET6 : AF_INET;
	nfg->version = NFNETLINK_V0;
	put_tuple(nlh, c, CTA_TUPLE_ORIG);
	put_tuple(nlh, c, CTA_TUPLE_REPLY);
	if (master != NULL)
		put_tuple(nlh, master, CTA_TUPLE_MASTER);
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(status[c->reply]));
	mnl_attr_put_u32(nlh, CTA_TIMEOUT, htonl(c->timeout));
	mnl_attr_put_u32(nlh, CTA_MARK, htonl(c->mark));
	if (c->proto == TCP) {
		struct nlattr *info = mnl_attr_nest_start(nlh, CTA_PROTOINFO);
		struct nlattr *tcp = mnl_attr_nest_start(nlh, CTA_PROTOINFO_TCP);

		mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_STATE, tcp_states[c->state]);
		mnl_attr_nest_end(nlh, tcp);
		mnl_attr_nest_end(nlh, info);
	}
}

static void truth_add(struct truth *truth, const struct conn *c, uint64_t by)
{
	truth->made += by;
	truth->ipv6 += c->ipv6 ? by : 0;
	truth->proto[c->proto] += by;
	truth->reply[c->reply] += by;
	truth->mark[c->mark] += by;
	truth->heavy += c->source == 0 ? by : 0;
	if (c->proto == TCP)
		truth->state[c->state] += by;
	if (c->proto != ICMP)
		truth->port[c->port] += by;
}

/* Reads the answers up to that for the last number of a batch, and subtracts what was refused from the totals. */
static bool read_answers(struct fill *fill, uint32_t last)
{
	char buffer[8192];

	for (;;) {
		ssize_t got = mnl_socket_recvfrom(fill->socket, buffer, sizeof(buffer));
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)buffer;
		int left = (int)got;

		if (got < 0)
			return false;
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

			if (nlh->nlmsg_type == NLMSG_ERROR && err->error == -EPERM) { /* the only answer to a batch */
				errno = EPERM;
				return false;
			}
			if (nlh->nlmsg_type == NLMSG_ERROR && err->error != 0) {
				struct conn c = conn_make(fill->options, nlh->nlmsg_seq);

				truth_add(&fill->truth, &c, UINT64_MAX);
				fill->truth.children -= is_child(fill->options, nlh->nlmsg_seq);
				fill->truth.errors++;
				fill->truth.error = -err->error;
			}
			if (nlh->nlmsg_type == NLMSG_ERROR && nlh->nlmsg_seq == last)
				return true;
		}
	}
}

/* The sequence number of a message is the number of its connection. */
static bool send_batch(struct fill *fill, uint64_t from, uint64_t to)
{
	static char buffer[BATCH * 512];
	struct conn first = conn_make(fill->options, fill->options->first);
	size_t len = 0;

	for (uint64_t n = from; n < to; n++) {
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer + len);
		struct conn c = conn_make(fill->options, n);

		nlh->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_NEW;
		nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | (n + 1 == to ? NLM_F_ACK : 0);
		nlh->nlmsg_seq = (uint32_t)n;
		put_conn(nlh, &c, is_child(fill->options, n) ? &first : NULL);
		truth_add(&fill->truth, &c, 1);
		fill->truth.children += is_child(fill->options, n);
		len += nlh->nlmsg_len;
	}
	return mnl_socket_sendto(fill->socket, buffer, len) >= 0 && read_answers(fill, (uint32_t)(to - 1));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool fill_all(struct fill *fill)
{
	const struct options *options = fill->options;
	uint64_t end = options->first + options->count;
	double start = now();

	for (uint64_t from = options->first; from < end; from += BATCH) {
		uint64_t to = from + BATCH < end ? from + BATCH : end;

		if (!send_batch(fill, from, to))
			return false;
		while (options->rate > 0 &&
		       (double)(to - options->first) > (now() - start) * (double)options->rate)
			usleep(200);
	}
	return true;
}

static void print_named(const char *what, const char *const *names, const uint64_t *counts, size_t len)
{
	printf(",\"%s\":{", what);
	for (size_t i = 0; i < len; i++)
		printf("%s\"%s\":%llu", i > 0 ? "," : "", names[i], (unsigned long long)counts[i]);
	printf("}");
}

static void print_truth(const struct truth *t, double seconds)
{
	printf("{\"count\":%llu,\"errors\":%llu", (unsigned long long)t->made, (unsigned long long)t->errors);
	if (t->errors > 0)
		printf(",\"error\":\"%s\"", strerror(t->error));
	printf(",\"family\":{\"ipv4\":%llu,\"ipv6\":%llu}", (unsigned long long)(t->made - t->ipv6),
	       (unsigned long long)t->ipv6);
	print_named("proto", proto_names, t->proto, PROTOS); /* icmp: both families */
	print_named("state", state_names, t->state, ARRAY_LEN(state_names));
	print_named("status", reply_names, t->reply, REPLIES);
	printf(",\"mark\":{");
	for (size_t i = 0; i < MARKS; i++)
		printf("%s\"%zu\":%llu", i > 0 ? "," : "", i, (unsigned long long)t->mark[i]);
	printf("},\"dport\":{");
	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		printf("%s\"%u\":%llu", i > 0 ? "," : "", ports[i], (unsigned long long)t->port[i]);
	printf("},\"children\":%llu", (unsigned long long)t->children);
	printf(",\"heavy_source\":%llu,\"seconds\":%.3f}\n", (unsigned long long)t->heavy, seconds);
}

static bool parse_options(struct options *options, int argc, char *argv[])
{
	int c;

	*options = (struct options){ .sources = 4093 };
	while ((c = getopt(argc, argv, "f:m:t:r:s:ua")) != -1) {
		if (c == 'f')
			options->first = strtoull(optarg, NULL, 10);
		else if (c == 'm')
			options->children = strtoull(optarg, NULL, 10);
		else if (c == 't')
			options->timeout = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'r')
			options->rate = strtoull(optarg, NULL, 10);
		else if (c == 's')
			options->sources = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'u')
			options->unassured = true;
		else if (c == 'a')
			options->assured = true;
		else
			return false;
	}
	if (optind + 1 == argc)
		options->count = strtoull(argv[optind], NULL, 10);
	return options->count > 0 && options->sources > 0;
}

int main(int argc, char *argv[])
{
	struct options options;
	struct fill fill = { .options = &options };
	double start = now();

	if (!parse_options(&options, argc, argv)) {
		fputs("usage: ctfill [-ua] [-f first] [-t seconds] [-m children] [-r rate] [-s sources] count\n", stderr);
		return 2;
	}
	fill.socket = mnl_socket_open(NETLINK_NETFILTER);
	if (fill.socket == NULL || mnl_socket_bind(fill.socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    !fill_all(&fill)) {
		fprintf(stderr, "ctfill: %s\n", strerror(errno));
		return 3;
	}
	print_truth(&fill.truth, now() - start);
	mnl_socket_close(fill.socket);
	return fill.truth.errors > 0;
}

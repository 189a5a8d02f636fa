/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * nft-dump BYTES TABLE CHAIN - read one IPv4 chain of nf_tables with receive buffers of BYTES bytes, and print the number
 * of rules, the number of messages that the kernel sent, and the time it took: the kernel's share for any reader.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int count_rule(const struct nlmsghdr *message, void *data)
{
	unsigned long *rules = data;

	if ((message->nlmsg_type & 0xff) == NFT_MSG_NEWRULE)
		++*rules;
	return MNL_CB_OK;
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void ask(struct mnl_socket *socket, const char *table, const char *chain)
{
	char buffer[1024] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;

	message->nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETRULE;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = NFPROTO_IPV4;
	header->version = NFNETLINK_V0;
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, table);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0) {
		perror("sendto");
		exit(3);
	}
}

int main(int argc, char *argv[])
{
	size_t size = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
	struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
	char *buffer = malloc(size + 1);
	unsigned long messages = 0, rules = 0;
	double start = now();
	int more = MNL_CB_OK;

	if (size == 0 || socket == NULL || buffer == NULL || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		fputs("usage: nft-dump BYTES TABLE CHAIN\n", stderr);
		return 2;
	}
	ask(socket, argv[2], argv[3]);
	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(socket, buffer, size);

		more = len < 0 ? MNL_CB_ERROR : mnl_cb_run(buffer, (size_t)len, 0, 0, count_rule, &rules);
		messages++;
	}
	if (more == MNL_CB_ERROR)
		perror("recvfrom");
	else
		printf("%lu rules in %lu messages, %.2f s\n", rules, messages, now() - start);
	mnl_socket_close(socket);
	free(buffer);
	return more == MNL_CB_ERROR ? 3 : 0;
}

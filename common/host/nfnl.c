/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/nfnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>

uint8_t nfnl_protocol(int family)
{
	return family == 1 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

const char *nfnl_text(const struct nlattr *attr)
{
	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(attr) : "";
}

uint32_t nfnl_number(const struct nlattr *attr)
{
	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0 ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

void nfnl_parse(const struct nlmsghdr *message, const struct nlattr **attrs, unsigned max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(attrs[0]));
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
}

void nfnl_parse_nested(const struct nlattr *from, const struct nlattr **attrs, unsigned max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(attrs[0]));
	mnl_attr_for_each_nested(attr, from)
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
}

struct nlmsghdr *nfnl_header(void *buffer, unsigned type, unsigned flags, uint32_t seq, int family)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;

	message->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = seq;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = nfnl_protocol(family);
	header->version = NFNETLINK_V0;
	return message;
}

int nfnl_dump(struct mnl_socket *socket, uint32_t seq, unsigned type, int family, const char *table, const char *chain, mnl_cb_t see,
	      void *data)
{
	char buffer[1 << 15] __attribute__((aligned(8)));
	struct nlmsghdr *message = nfnl_header(buffer, type, NLM_F_DUMP, seq, family);
	ssize_t len;
	int more;

	if (table != NULL)
		mnl_attr_put_strz(message, NFTA_RULE_TABLE, table); /* has the same number for chains, sets and objects */
	if (chain != NULL)
		mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (len < 0)
			return -errno;
		errno = ECANCELED;
		more = mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(socket), see, data);
	} while (more > 0);
	return more == 0 ? 0 : -errno;
}

struct mnl_socket *nfnl_open(void)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);

	if (socket != NULL && mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int why = errno;

		mnl_socket_close(socket);
		errno = why;
		return NULL;
	}
	return socket;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define RECEIVE_SIZE 32768

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* A socket of IPv6 may carry IPv4: ::ffff:192.0.2.1. */
static bool carries_ipv4(const struct inet_diag_msg *message)
{
	return message->idiag_family == AF_INET || (memcmp(message->id.idiag_src, mapped, sizeof(mapped)) == 0 &&
						    memcmp(message->id.idiag_dst, mapped, sizeof(mapped)) == 0);
}

static void take_end(struct endpoint *end, const uint32_t *addr, uint16_t port, const struct inet_diag_msg *message)
{
	if (message->idiag_family == AF_INET)
		memcpy(end->addr, addr, 4);
	else if (carries_ipv4(message))
		memcpy(end->addr, (const char *)addr + sizeof(mapped), 4);
	else
		memcpy(end->addr, addr, 16);
	end->port = ntohs(port);
}

struct reading {
	tcp_sockets *sockets;
	bool no_memory;
};

static int take_socket(const struct nlmsghdr *nlh, void *ctx)
{
	const struct inet_diag_msg *message = mnl_nlmsg_get_payload(nlh);
	struct reading *reading = ctx;
	struct tcp_socket socket = { .owner = OWNER_OTHER };

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*message))
		return MNL_CB_OK;
	socket.family = carries_ipv4(message) ? FAMILY_IPV4 : FAMILY_IPV6;
	socket.inode = message->idiag_inode;
	socket.listens = message->idiag_state == TCP_LISTEN;
	take_end(&socket.local, message->id.idiag_src, message->id.idiag_sport, message);
	take_end(&socket.remote, message->id.idiag_dst, message->id.idiag_dport, message);
	if (!vec_push(reading->sockets, socket)) {
		reading->no_memory = true;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int read_family(struct mnl_socket *socket, unsigned char family, uint32_t seq, struct reading *reading)
{
	char buffer[RECEIVE_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct inet_diag_req_v2 *request;
	ssize_t len;
	int more = 1;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	request = mnl_nlmsg_put_extra_header(nlh, sizeof(*request));
	request->sdiag_family = family;
	request->sdiag_protocol = IPPROTO_TCP;
	request->idiag_states = 1U << TCP_ESTABLISHED | 1U << TCP_LISTEN;
	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > 0) {
		len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		more = len < 0 ? -1 : mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(socket), take_socket, reading);
	}
	return more == 0 ? 0 : reading->no_memory ? -ENOMEM : -errno;
}

int sockets_read(tcp_sockets *sockets)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	struct reading reading = { .sockets = sockets };
	int err = 0;

	if (socket == NULL)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		err = -errno;
	if (err == 0)
		err = read_family(socket, AF_INET, 1, &reading);
	if (err == 0)
		err = read_family(socket, AF_INET6, 2, &reading);
	mnl_socket_close(socket);
	return err;
}

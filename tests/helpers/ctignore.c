/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * ctignore - requests the whole conntrack table and discards the answer: the cost of the kernel's part of a dump,
 * with which the benchmark compares ct-stat --top. Prints the number of bytes received.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
	static char buffer[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
	unsigned long long bytes = 0;
	ssize_t got;

	nlh->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct nfgenmsg));
	if (socket == NULL || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0) {
		fprintf(stderr, "ctignore: %s\n", strerror(errno));
		return 3;
	}
	do {
		got = recv(mnl_socket_get_fd(socket), buffer, sizeof(buffer), 0);
		bytes += got > 0 ? (unsigned long long)got : 0;
	} while (got > 0 && ((struct nlmsghdr *)buffer)->nlmsg_type != NLMSG_DONE);
	printf("%llu\n", bytes);
	mnl_socket_close(socket);
	return got > 0 ? 0 : 3;
}

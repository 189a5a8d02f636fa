/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/hash.h"
#include "cuts/kernel.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct way_entry {
	unsigned char addr[16];
	struct way way;
	bool used;
};

enum { FIRST_SIZE = 1024, ANSWER_SIZE = 4096 };

int ways_begin(struct ways *ways, enum family family)
{
	*ways = (struct ways){ .family = family, .socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC) };
	if (ways->socket == NULL || mnl_socket_bind(ways->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	ways->names = if_nameindex();
	ways->slots = calloc(FIRST_SIZE, sizeof(*ways->slots));
	ways->size = FIRST_SIZE;
	return ways->slots != NULL ? 0 : -ENOMEM;
}

void ways_end(struct ways *ways)
{
	if (ways->socket != NULL)
		mnl_socket_close(ways->socket);
	if (ways->names != NULL)
		if_freenameindex(ways->names);
	free(ways->slots);
}

static void name_interface(const struct ways *ways, struct way *way, uint32_t index)
{
	for (size_t i = 0; ways->names != NULL && ways->names[i].if_index != 0; i++) {
		if (ways->names[i].if_index != index)
			continue;
		strncpy(way->interface, ways->names[i].if_name, IFNAMSIZ - 1);
		way->known = true;
	}
}

struct route_answer {
	const struct ways *ways;
	struct way way;
};

static int take_route(const struct nlmsghdr *nlh, void *ctx)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(nlh);
	struct route_answer *answer = ctx;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(nlh) < sizeof(*route))
		return MNL_CB_OK;
	answer->way.local = route->rtm_type == RTN_LOCAL;
	mnl_attr_for_each(attr, nlh, sizeof(*route))
		if (mnl_attr_get_type(attr) == RTA_OIF && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			name_interface(answer->ways, &answer->way, mnl_attr_get_u32(attr));
	return MNL_CB_STOP;
}

/* An address fe80::/10 is on every link. */
static bool is_of_link(const struct ways *ways, const unsigned char *addr)
{
	return ways->family == FAMILY_IPV6 && addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

static struct way ask(struct ways *ways, const unsigned char addr[static 16])
{
	char buffer[ANSWER_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	size_t len = ways->family == FAMILY_IPV6 ? 16 : 4;
	struct route_answer answer = { .ways = ways };
	struct rtmsg *route;
	ssize_t got;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = ++ways->seq;
	route = mnl_nlmsg_put_extra_header(nlh, sizeof(*route));
	route->rtm_family = ways->family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	route->rtm_dst_len = (unsigned char)(8 * len);
	mnl_attr_put(nlh, RTA_DST, len, addr);
	if (mnl_socket_sendto(ways->socket, nlh, nlh->nlmsg_len) >= 0 &&
	    (got = mnl_socket_recvfrom(ways->socket, buffer, sizeof(buffer))) >= 0)
		(void)mnl_cb_run(buffer, (size_t)got, ways->seq, mnl_socket_get_portid(ways->socket), take_route, &answer);
	if (is_of_link(ways, addr) && !answer.way.local)
		answer.way.known = false;
	return answer.way;
}

static struct way_entry *find_slot(struct way_entry *slots, size_t size, const unsigned char *addr)
{
	size_t at = hash32_add(HASH32_START, addr, 16) & (size - 1);

	while (slots[at].used && memcmp(slots[at].addr, addr, 16) != 0)
		at = (at + 1) & (size - 1);
	return &slots[at];
}

static bool grow(struct ways *ways)
{
	size_t size = 2 * ways->size;
	struct way_entry *slots = calloc(size, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < ways->size; i++)
		if (ways->slots[i].used)
			*find_slot(slots, size, ways->slots[i].addr) = ways->slots[i];
	free(ways->slots);
	ways->slots = slots;
	ways->size = size;
	return true;
}

struct way ways_find(struct ways *ways, const unsigned char addr[static 16])
{
	struct way_entry *slot = find_slot(ways->slots, ways->size, addr);

	if (slot->used)
		return slot->way;
	if (2 * (ways->used + 1) > ways->size) {
		if (!grow(ways))
			return ask(ways, addr);
		slot = find_slot(ways->slots, ways->size, addr);
	}
	*slot = (struct way_entry){ .way = ask(ways, addr), .used = true };
	memcpy(slot->addr, addr, 16);
	ways->used++;
	return slot->way;
}

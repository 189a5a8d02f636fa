/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What the kernel tells over netlink about this network namespace: its TCP sockets, and its routes. Nobody needs rights for it. */
#ifndef FW_CUTS_KERNEL_H
#define FW_CUTS_KERNEL_H

#include "cuts/session.h"

#include <net/if.h>

/* Appends all TCP sockets of both families that are established or listen. 0 or -errno. */
must_check int sockets_read(tcp_sockets *sockets);

/* How this host reaches an address, which is also the way on which packets come from it. */
struct way {
	bool local; /* it is this host's own */
	bool known; /* false: there is no route, or the address is of one link alone */
	char interface[IFNAMSIZ];
};

struct mnl_socket;
struct if_nameindex;
struct way_entry;

/* Ways that were asked for already. */
struct ways {
	struct mnl_socket *socket;   /* owned */
	struct if_nameindex *names;  /* owned */
	struct way_entry *slots;     /* owned; an open hash */
	size_t size, used;
	uint32_t seq;
	enum family family;
};

/* 0 or -errno. ways_end must follow. */
must_check int ways_begin(struct ways *ways, enum family family);
void ways_end(struct ways *ways);

/* Asks the kernel once for each address. */
struct way ways_find(struct ways *ways, const unsigned char addr[static 16]);

#endif

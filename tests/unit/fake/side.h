/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The texts that the tests of the transaction load: each is made from a few choices. */
#ifndef FW_TESTS_FAKE_SIDE_H
#define FW_TESTS_FAKE_SIDE_H

#include "fake/kernel.h"
#include "transaction/transaction.h"

enum side {
	SIDE_FORWARDING = 1 << 0,     /* the settings for forwarding are 1, not 0 */
	SIDE_FORWARD_ACCEPT = 1 << 1, /* policies, else DROP */
	SIDE_INPUT_ACCEPT = 1 << 2,
	SIDE_OTHER = 1 << 3,     /* other rules, chains, members of a set and opening settings, and one more set and table */
	SIDE_SILENT = 1 << 4,    /* no settings */
	SIDE_SAME_IPV6 = 1 << 5, /* SIDE_OTHER does not change the rules of IPv6 */
	SIDE_NO_REDIRECTS = 1 << 6, /* accept_redirects is not among the settings */
	SIDE_NAT_ALONE = 1 << 8,    /* no table filter */
	SIDE_HARDENED = 1 << 7,     /* for the old text: accept_redirects was set to 0 by hand after the boot */
};

#define KEY_IPV4 "net.ipv4.ip_forward"
#define KEY_IPV6 "net.ipv6.conf.all.forwarding"
#define KEY_FILTER "net.ipv4.conf.all.rp_filter"
#define KEY_REDIRECTS "net.ipv4.conf.all.accept_redirects"
#define KEY_DEVICE "net.ipv4.conf.eth1.forwarding"
#define KEY_NOBODYS "net.ipv4.tcp_syncookies"

/* A text as main passes it on. */
struct side_text {
	struct strbuf input; /* owned, like the rest */
	struct canon canon[FAMILIES];
	struct stream stream;
	struct extras extras;
};

void side_text_make(struct side_text *text, unsigned side);
void side_text_free(struct side_text *text);

/* A machine that has just booted, with rules and bans of another program. */
void side_boot(struct fake_kernel *kernel, unsigned side);
void side_bans(struct fake_kernel *kernel);

/* Puts a text in force by hand. boot: has the values of settings that the text does not name. bans: keeps the rules of
 * another program. */
void side_apply(struct fake_kernel *kernel, unsigned side, const struct fake_kernel *boot, bool bans);


#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reading nf_tables over netlink. */
#ifndef FW_HOST_NFNL_H
#define FW_HOST_NFNL_H

#include "base/base.h"

#include <libmnl/libmnl.h>

/* The protocol family (NFPROTO_*) of our family 0 or 1. */
uint8_t nfnl_protocol(int family);

/* The value of an attribute; "" or 0 if it is missing or has another type. */
const char *nfnl_text(const struct nlattr *attr);
uint32_t nfnl_number(const struct nlattr *attr);

/*
 * Sorts the attributes of a message, or those nested in an attribute, by type. attrs has max + 1 elements; higher types
 * are ignored.
 */
void nfnl_parse(const struct nlmsghdr *message, const struct nlattr **attrs, unsigned max);
void nfnl_parse_nested(const struct nlattr *from, const struct nlattr **attrs, unsigned max);

/*
 * Sends one request (NFT_MSG_GET*) for all objects of a family, or those in one table, or the rules of one chain; NULL:
 * any. Calls see for each message. For each 32 KiB of answer, the kernel walks over all rules before the first that it
 * still has to send, so asking chain by chain is faster. 0 or -errno; -EINTR: somebody committed meanwhile; -ECANCELED:
 * see returned MNL_CB_ERROR. After an error the socket must not be used.
 */
must_check int nfnl_dump(struct mnl_socket *socket, uint32_t seq, unsigned type, int family, const char *table, const char *chain, mnl_cb_t see,
	      void *data);

/* Opens a socket. NULL: failed, with errno set. */
must_check struct mnl_socket *nfnl_open(void);

/* Writes the header of an nf_tables message to `buffer`. */
struct nlmsghdr *nfnl_header(void *buffer, unsigned type, unsigned flags, uint32_t seq, int family);

#endif

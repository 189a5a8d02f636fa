/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading nf_tables over netlink. */
#ifndef FW_HOST_NFNL_H
#define FW_HOST_NFNL_H

#include "base/base.h"

#include <libmnl/libmnl.h>

/* The protocol family of our family 0 or 1. */
uint8_t nfnl_protocol(int family);

/* "" and 0 where the attribute is not there, or is none. */
const char *nfnl_text(const struct nlattr *attr);
uint32_t nfnl_number(const struct nlattr *attr);

/* The attributes of a message or of an attribute, by type; max is the last that we know, and the size of attrs is one more. */
void nfnl_parse(const struct nlmsghdr *message, const struct nlattr **attrs, unsigned max);
void nfnl_parse_nested(const struct nlattr *from, const struct nlattr **attrs, unsigned max);

/*
 * One request (NFT_MSG_GET*) for all objects of a family, in one table, or of rules in one chain, unless these are NULL. The
 * kernel walks over all rules before the first that it tells, for each 32 KiB: chain by chain it does less. see gets each message. 0 or -errno; -EINTR: somebody committed meanwhile; -ECANCELED: see returned MNL_CB_ERROR. The socket is of no use after an error.
 */
must_check int nfnl_dump(struct mnl_socket *socket, uint32_t seq, unsigned type, int family, const char *table, const char *chain, mnl_cb_t see,
	      void *data);

/* NULL, with errno set: it could not be opened. */
must_check struct mnl_socket *nfnl_open(void);

/* A header in `buffer` for a message of nf_tables. */
struct nlmsghdr *nfnl_header(void *buffer, unsigned type, unsigned flags, uint32_t seq, int family);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generation of nf_tables: every commit in a network namespace, whoever makes it, makes it one more. */
#ifndef FW_HOST_NFTGEN_H
#define FW_HOST_NFTGEN_H

#include "base/base.h"
#include "base/strbuf.h"

/* Asks the kernel (NFT_MSG_GETGEN). 0 or -errno; -EOPNOTSUPP and others: no nf_tables here. */
must_check int nftgen_read(uint32_t *generation);

struct mnl_socket;

/*
 * The same for who asks while a commit goes on. A socket that was asked with is closed only after the commit,
 * and after what it removed is gone (nft_rcv_nl_event in the kernel's nf_tables_api.c): this one stays open.
 * Zeroed: not opened yet.
 */
struct nftgen {
	struct mnl_socket *socket; /* owned */
	uint32_t seq;
};

must_check int nftgen_ask(struct nftgen *nftgen, uint32_t *generation);
void nftgen_close(struct nftgen *nftgen);

/*
 * A line of text for a generation in our namespace, boot and, where nf_tables is a module, this loading of it: as
 * long as it is the same, nobody has committed anything. False: one of them cannot be told (kernels before 5.14), or
 * no memory.
 */
must_check bool nftgen_mark(uint32_t generation, struct strbuf *out);

#endif

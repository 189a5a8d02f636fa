/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The generation of nf_tables: a counter of each network namespace to which every commit, by any program, adds one. */
#ifndef FW_HOST_NFTGEN_H
#define FW_HOST_NFTGEN_H

#include "base/base.h"
#include "base/strbuf.h"

/* Asks the kernel (NFT_MSG_GETGEN). 0 or -errno; -EOPNOTSUPP and others: no nf_tables here. */
must_check int nftgen_read(uint32_t *generation);

struct mnl_socket;

/*
 * Like nftgen_read, for asking while a commit is in progress. Closing a socket that was used for it waits until the
 * commit is over and what it removed is freed (nft_rcv_nl_event in the kernel's nf_tables_api.c), so this socket stays
 * open. Zeroed: not opened yet.
 */
struct nftgen {
	struct mnl_socket *socket; /* owned */
	uint32_t seq;
};

must_check int nftgen_ask(struct nftgen *nftgen, uint32_t *generation);
void nftgen_close(struct nftgen *nftgen);

/*
 * Appends a line that identifies a generation in our namespace, in this boot, and, if nf_tables is a module, since it
 * was loaded. As long as the line stays the same, nobody has committed anything. False: it cannot be determined
 * (kernels before 5.14), or no memory.
 */
must_check bool nftgen_mark(uint32_t generation, struct strbuf *out);

#endif

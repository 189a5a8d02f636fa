/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generation of nf_tables: every commit in a network namespace, whoever makes it, makes it one more. */
#ifndef FW_SYSTEM_NFTGEN_H
#define FW_SYSTEM_NFTGEN_H

#include "base/base.h"
#include "base/strbuf.h"

/*
 * A line of text for that generation in our namespace and boot: as long as it is the same, nobody has committed
 * anything to nf_tables. False: where we are cannot be told for certain (kernels before 5.14), or no memory.
 */
must_check bool nftgen_mark(uint32_t generation, struct strbuf *out);

/* Asks the kernel (NFT_MSG_GETGEN). 0 or -errno; -EOPNOTSUPP and others: no nf_tables here. */
must_check int nftgen_read(uint32_t *generation);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generation of nf_tables: every commit in a network namespace, whoever makes it, makes it one more. */
#ifndef FW_SYSTEM_NFTGEN_H
#define FW_SYSTEM_NFTGEN_H

#include "base/base.h"

/* Asks the kernel (NFT_MSG_GETGEN). 0 or -errno; -EOPNOTSUPP and others: no nf_tables here. */
must_check int nftgen_read(uint32_t *generation);

#endif

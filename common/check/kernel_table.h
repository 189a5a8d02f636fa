/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's side of each match and target demands: tables, hooks, protocols, families. Measured
 * with scripts/measure-kernel on Linux 6.18, both backends, and read in the kernel's net/netfilter and
 * net/ipv4|6/netfilter. An extension that is not here is not known, which is not to say that it is fine.
 */
#ifndef FW_CHECK_KERNEL_TABLE_H
#define FW_CHECK_KERNEL_TABLE_H

#include "base/base.h"
#include "text/family.h"

/* Tables, as bits in the order of table_names (model/builtin.h). */
enum table_bit {
	TABLE_FILTER = 1 << 0,
	TABLE_NAT = 1 << 1,
	TABLE_MANGLE = 1 << 2,
	TABLE_RAW = 1 << 3,
	TABLE_SECURITY = 1 << 4,
};

#define KERNEL_PROTOCOLS 5

struct kernel_extension {
	const char *name; /* the kernel's: struct ext_kind's real_name */
	bool target;
	enum family families;
	unsigned tables; /* 0: any */
	unsigned hooks;  /* of enum hook; 0: any */
	unsigned char protocols[KERNEL_PROTOCOLS]; /* -p must be one of these, not negated; none: any */
	enum family protocols_in;                  /* the families in which that holds; FAMILY_NONE: both */
	bool legacy_only; /* what `tables` says is asked for by the legacy backend alone */
	const char *since;   /* the first kernel that has it; NULL: all that matter (2.6.39 on) */
	const char *removed; /* the first kernel without it; NULL: still there */
	const char *instead; /* with removed: what to write now */
	const char *needs;   /* what must be there besides the rule for it to load; NULL: nothing */
};

extern const struct kernel_extension kernel_table[];
extern const size_t kernel_table_count;

/* NULL: not known. */
const struct kernel_extension *kernel_find(const char *real_name, bool target);

/*
 * A connection tracking helper of the kernel's own. families: those that it works for; protocols: the
 * IP protocols that it is registered for. NULL: no helper of the kernel's has this name.
 */
struct kernel_helper {
	const char *name;
	enum family families;
	unsigned char protocols[2];
};
const struct kernel_helper *kernel_helper_find(const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in iptables' own tables of nf_tables and was not made by iptables: tables with flags (a dormant one
 * filters nothing), base chains that iptables does not have, or at another hook or priority, and rules of nft.
 * iptables-nft-save leaves such things out, or prints them wider than they are, and ends with 0.
 */
#ifndef FW_HOST_NATIVE_H
#define FW_HOST_NATIVE_H

#include "base/diag.h"
#include "base/strbuf.h"
#include "base/task.h"
#include "base/vec.h"
#include "host/backend.h"

struct native {
	char *table, *chain;  /* owned; chain NULL: the table itself */
	unsigned position;    /* of a rule in its chain, from 1; 0: no rule */
	uint64_t handle;      /* of the rule */
	uint32_t flags;       /* of the table */
	const char *what;     /* static: what iptables would not have made */
	struct strbuf shape;  /* owned; of the rule (shape_write) */
};

/* Zeroed: none. */
struct natives {
	VEC(struct native) list;
};

/*
 * Finds them for a family in the namespace of the calling thread: rules by their form, which a later iptables may
 * write in another way. 0 or -errno; -EINTR: others commit all the time. natives_free in any case.
 */
must_check int natives_find(struct natives *natives, int family);

/*
 * settle.c: rules whose printed line (saved: all that the saver said of the family) makes the same rule again, in a scratch
 * namespace, are iptables' own whatever their form, and leave the list. Where no namespace can be made, all stay.
 */
void natives_settle(struct natives *natives, const struct backend *backend, int family, const struct strbuf *saved);

/* Reports the first few of them: as what stops a load, or what is removed. */
void natives_tell(const struct natives *natives, int family, bool removed, struct diag_log *log);

/*
 * Sets, maps, named objects and flowtables in iptables' tables, which iptables cannot tell. A rule that used one would be
 * refused, so nothing does: a warning of this kind for each family that has some.
 */
void natives_warn(enum family families, enum diag_id kind, struct diag_log *log);

/* A look at the objects of both families, in threads of its own. */
struct natives_look {
	struct natives found[FAMILIES];
	int err[FAMILIES];
	struct task task[FAMILIES];
	enum family families; /* that are looked at */
};

/* Begins to look, while the caller lets the saver run. natives_check or natives_drop must follow; look must not move. */
void natives_begin(struct natives_look *look, enum family families);

/* Waits for the look, of which nothing is wanted any more. */
void natives_drop(struct natives_look *look);

/*
 * What came of the look, for the families whose rules were saved: 0; -EBADMSG: there are some, and they are reported; -EBUSY:
 * others commit all the time; another -errno, reported. Only for BACKEND_NFT, in the namespace of the calling thread.
 */
must_check int natives_check(struct natives_look *look, const struct backend *backend, const struct strbuf saved[FAMILIES],
			     struct diag_log *log);

/* Begins to look and waits for it. */
must_check int natives_look(const struct backend *backend, enum family families, const struct strbuf saved[FAMILIES],
			    struct diag_log *log);

void native_free(struct native *native);
void natives_free(struct natives *natives);

#endif

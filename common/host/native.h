/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Objects in iptables' own tables of nf_tables that iptables did not make: tables with flags (a dormant one filters
 * nothing), base chains that iptables does not have or that have another hook or priority, and rules made with nft.
 * iptables-nft-save omits such objects, or prints rules that match more than these do, and exits with 0.
 */
#ifndef FW_HOST_NATIVE_H
#define FW_HOST_NATIVE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "diag/task.h"
#include "host/backend.h"

struct native {
	char *table, *chain;  /* owned; chain NULL: the object is the table */
	unsigned position;    /* of a rule in its chain, from 1; 0: the object is not a rule */
	uint64_t handle;      /* of the rule */
	uint32_t flags;       /* of the table */
	bool bound;           /* a chain that belongs to a rule, and disappears with it */
	bool jumps;           /* a rule that jumps to a chain in the list */
	const char *what;     /* static: what iptables would not have made, for people */
	struct strbuf shape;  /* owned; the rule's expressions (shape_write) */
};

/* An empty list is zeroed. */
struct natives {
	VEC(struct native) list;
};

/*
 * Finds these objects of a family, in the namespace of the calling thread. It judges rules by the form of their
 * expressions, which a later iptables may write differently. 0 or -errno; -EINTR: others commit all the time.
 * natives_free must follow in any case.
 */
must_check int natives_find(struct natives *natives, int family);

/*
 * settle.c: removes rules from the list if their line in `saved` (all output of iptables-save for the family), loaded
 * into a scratch namespace, makes the same rule again. iptables shows such a rule correctly, whatever its form. If no
 * namespace can be created, all stay in the list.
 */
void natives_settle(struct natives *natives, const struct backend *backend, int family, const struct strbuf *saved);

/* Reports the first few objects: as removed (a warning), or as the reason why nothing is loaded. */
void natives_tell(const struct natives *natives, int family, bool removed, struct diag_log *log);

/*
 * Warns, once for each family, of sets, maps, named objects and flowtables in iptables' tables, which iptables cannot
 * show. No rule uses them, as such a rule would have been refused.
 */
void natives_warn(enum family families, enum diag_id kind, struct diag_log *log);

/* A search of both families, each in a thread of its own. */
struct natives_look {
	struct natives found[FAMILIES];
	int err[FAMILIES];
	struct task task[FAMILIES];
	enum family families; /* which are searched */
};

/*
 * Starts the search, so that the caller can run iptables-save meanwhile. natives_check or natives_drop must follow.
 * Until then, *look must not move in memory.
 */
void natives_begin(struct natives_look *look, enum family families);

/* Waits for the search and discards its result. */
void natives_drop(struct natives_look *look);

/*
 * Waits for the search and judges its result with the output of iptables-save. 0: nothing found. -EBADMSG: objects were
 * found and reported. -EBUSY: others commit all the time. Another -errno: reported. Only for BACKEND_NFT, in the
 * namespace of the calling thread.
 */
must_check int natives_check(struct natives_look *look, const struct backend *backend, const struct strbuf saved[FAMILIES],
			     struct diag_log *log);

/* natives_begin and natives_check in one. */
must_check int natives_look(const struct backend *backend, enum family families, const struct strbuf saved[FAMILIES],
			    struct diag_log *log);

/* Watches all commits to nf_tables from now on, in the namespace of the calling thread. NULL: not possible. */
struct mnl_socket *natives_watch(void);

/*
 * True if everything that was committed from generation `before`, when the watch had begun, up to `after` is such as
 * iptables makes it. False also if that is not known, or watch is NULL.
 */
must_check bool natives_unchanged(struct mnl_socket *watch, uint32_t before, uint32_t after);

void native_free(struct native *native);
void natives_free(struct natives *natives);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A door is everything outside this process that a load reads or changes, as one struct of functions. The real door
 * (door_open) runs iptables' programs and talks to the kernel. A test's door leads to a kernel kept in memory, where
 * any call can fail and another program can write between two calls.
 *
 * Unless a comment says otherwise, a function returns 0 or -errno and reports nothing: the caller knows the context.
 */
#ifndef FW_HOST_DOOR_H
#define FW_HOST_DOOR_H

#include "base/strbuf.h"
#include "diag/diag.h"
#include "host/around.h"
#include "host/backend.h"
#include "host/clear.h"
#include "text/family.h"

enum door_lock {
	DOOR_LOCK_XTABLES, /* iptables' own lock; the nft backend has none */
	DOOR_LOCK_STATE,   /* fw-load's own lock, the file given to door_open */
};
#define DOOR_LOCKS 2

/*
 * Kernel settings. Keys are as in net.ipv4.ip_forward, values as sysctl_squeeze writes them. A scratch door has no
 * settings: -ENOTSUP.
 */
struct door_settings {
	int (*get)(void *self, const char *key, struct strbuf *value);
	int (*set)(void *self, const char *key, const char *value); /* sysctl_write */
	bool (*writable)(void *self, const char *key);
	int (*followers)(void *self, const char *key, struct strbuf *keys); /* sysctl_followers */
};

/* Sets (ipset). */
struct door_sets {
	/* Appends `ipset save NAME`. -ENOENT: there is no such set. -ENOSYS: ipset is not installed. */
	int (*save)(void *self, const char *name, struct strbuf *out);

	/*
	 * Gives lines to `ipset restore`, which stops at the first line that fails. Reports failures, prefixed with
	 * `name`. -EBUSY: a set to be destroyed or renamed is in use. A scratch door runs it in both of its namespaces.
	 */
	int (*restore)(void *self, const char *name, const struct strbuf *lines, struct diag_log *log);
};

struct door {
	void *self;             /* owned by the door; the first argument of every function */
	enum backend_kind kind; /* BACKEND_NFT or BACKEND_LEGACY */

	/*
	 * Appends the rules in force of these families to texts[], with counters, as iptables-save writes them. It
	 * fails if iptables-save fails or its output is incomplete: never fewer rules than there are. Failures are
	 * reported, apart from -EBUSY: other programs change nf_tables so often that iptables-save never finishes.
	 * -EBADMSG: iptables' tables contain rules made with nft, which iptables-save cannot show. Tables and families
	 * are read one after the other: if generation() changed meanwhile, the texts may mix several moments.
	 */
	int (*save)(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log);

	/*
	 * Like save, of one family for an undoing, but passes over what nft made where the undoing has nothing to do
	 * (host/around.h). *passed: true if it passed over something. -EBADMSG: such things are in its way, and nothing is
	 * reported. NULL: not needed with this door.
	 */
	int (*save_around)(void *self, int family, const struct around *around, struct strbuf texts[FAMILIES],
			   bool *passed, struct diag_log *log);

	/*
	 * Removes what makes save fail with -EBADMSG, for when rules must be put in force in any case. Reports what it
	 * removes and what it cannot. Returns the families that save still cannot show. NULL: not needed with this
	 * door.
	 */
	enum family (*clear)(void *self, const struct clearing *clearing, struct diag_log *log);

	/*
	 * Rewrites rules as libxtables writes them, so that two rules are the same if their lines are equal. texts[] is
	 * output of iptables-save, or tables of it with all their chains and any of their rules. Appends one line to
	 * out[] for each rule line, in order. A rule that libxtables cannot read stays as it is. Reports failures.
	 */
	int (*canon)(void *self, enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
		     struct diag_log *log);

	/*
	 * Gives programs[] to iptables-restore, all families at the same time. An empty program is not run. Overwrites
	 * refusals[] with the result of each: a program that printed anything on standard output did not load, whatever
	 * its exit status is. refusal_free must follow for each family.
	 */
	void (*restore)(void *self, enum family families, enum restore_mode mode, const struct strbuf programs[FAMILIES],
			struct refusal refusals[FAMILIES]);

	/* The generation of nf_tables in this namespace: every commit adds one. Always 0 for the legacy backend. */
	int (*generation)(void *self, uint32_t *generation);

	/*
	 * Appends a line that identifies this generation of nf_tables, this namespace and this boot. As long as the
	 * line stays the same, nobody has committed anything. False: it cannot be determined, or the backend has no
	 * generations.
	 */
	bool (*mark)(void *self, uint32_t generation, struct strbuf *out);

	struct door_settings setting;
	struct door_sets set;

	/*
	 * Takes a lock until unlock or door_close. The children of restore hold it too: if this process is killed, the
	 * next one waits for them. -EWOULDBLOCK: another process held it for all these seconds. Succeeds at once if the
	 * lock is already held, and for a scratch door.
	 */
	int (*lock)(void *self, enum door_lock lock, unsigned seconds);
	void (*unlock)(void *self);

	/*
	 * Opens a door to temporary network namespaces, one for each family, for trying rules: no packet passes there.
	 * The machine's sets exist there by name, empty. may_move: if namespaces are not permitted, move this whole
	 * process into a user namespace for good. Reports nothing: host_hint_namespace gives advice. Close the scratch
	 * door before this one.
	 */
	int (*scratch)(void *self, bool may_move, struct door *out);

	long long (*clock)(void *self); /* milliseconds since boot, including time suspended */
	void (*close)(void *self);
};

/*
 * Opens the real door for a backend (BACKEND_AUTO: the system's default). lock_path: the file of DOOR_LOCK_STATE; NULL:
 * that lock cannot be taken. tick, if not NULL, is called several times a second while a program runs. False: failed,
 * and reported.
 */
must_check bool door_open(struct door *door, enum backend_kind kind, const char *lock_path, void (*tick)(void *arg),
			  void *tick_arg, struct diag_log *log);

/* Releases locks and namespaces. Safe for a zeroed door. */
void door_close(struct door *door);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything outside this process that a load reads or changes, as one struct of functions. The real
 * door (door_open) runs iptables' programs and talks to the kernel. A test opens a door into a kernel
 * that it keeps in memory, where any call can fail, and where another program can write between two calls.
 *
 * Unless a comment says otherwise, a function returns 0 or -errno and reports nothing: the caller knows
 * what it was about.
 */
#ifndef FW_HOST_DOOR_H
#define FW_HOST_DOOR_H

#include "base/diag.h"
#include "base/strbuf.h"
#include "host/backend.h"
#include "host/clear.h"
#include "text/family.h"

enum door_lock {
	DOOR_LOCK_XTABLES, /* iptables' own lock; nothing to take for the nft kind */
	DOOR_LOCK_STATE,   /* fw-load's, in the folder given to door_open */
};
#define DOOR_LOCKS 2

/*
 * Settings, by their keys as in net.ipv4.ip_forward. Values as sysctl_squeeze writes them. A scratch door has
 * none: -ENOTSUP.
 */
struct door_settings {
	int (*get)(void *self, const char *key, struct strbuf *value);
	int (*set)(void *self, const char *key, const char *value); /* sysctl_write */
	bool (*writable)(void *self, const char *key);
	int (*followers)(void *self, const char *key, struct strbuf *keys); /* sysctl_followers */
};

/* Sets of addresses. */
struct door_sets {
	/* Appends `ipset save NAME`. -ENOENT: there is no such set. -ENOSYS: ipset is not installed. */
	int (*save)(void *self, const char *name, struct strbuf *out);

	/*
	 * Gives lines to `ipset restore`, which stops at the first that fails. Reports failures, with `name` in front.
	 * -EBUSY: a set that was to be destroyed or renamed is used.
	 * A scratch door does it in both of its namespaces.
	 */
	int (*restore)(void *self, const char *name, const struct strbuf *lines, struct diag_log *log);
};

struct door {
	void *self;             /* owned by the door; passed to every function */
	enum backend_kind kind; /* BACKEND_NFT or BACKEND_LEGACY */

	/*
	 * Appends the rules in force of these families to texts[], with counters, as iptables-save writes
	 * them. A saver that failed, or whose output is not whole, is a failure, never a shorter truth.
	 * Reports failures, but for -EBUSY: other programs change nf_tables so often that the saver does not come to an end.
	 * -EBADMSG: iptables' tables hold what the saver cannot tell (rules made with nft).
	 * Tables and families are read one after the other: if generation() moved meanwhile, the texts may be of
	 * more than one moment.
	 */
	int (*save)(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log);

	/*
	 * Removes what -EBADMSG of save is about, where rules must be put in force in spite of it. Reports what it removes
	 * and what it cannot. Returns the families that cannot be told afterwards either. NULL: nobody writes such things here.
	 */
	enum family (*clear)(void *self, const struct clearing *clearing, struct diag_log *log);

	/*
	 * Rewrites rules as libxtables writes them, so that two rules are the same if their lines are equal.
	 * texts[] is iptables-save's output, or tables of it with all their chains and any of their rules.
	 * out[] receives a line for each rule line of the text, in order. A rule that libxtables cannot read
	 * stays as it is. Reports failures.
	 */
	int (*canon)(void *self, enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
		     struct diag_log *log);

	/*
	 * Gives programs[] to iptables-restore, all families at once; an empty one is not run. refusals[], whatever
	 * it held, says what came of each: a program that printed anything on standard output was not loaded, whatever
	 * its exit status says. refusal_free must follow for each family.
	 */
	void (*restore)(void *self, enum family families, enum restore_mode mode, const struct strbuf programs[FAMILIES],
			struct refusal refusals[FAMILIES]);

	/* The number of commits to nf_tables in this namespace. The legacy kind has none: always 0. */
	int (*generation)(void *self, uint32_t *generation);

	/*
	 * Appends a line that says "this generation of nf_tables, in this namespace, since this boot": while it is the
	 * same, nobody has committed anything. False: that cannot be told, or the kind has none.
	 */
	bool (*mark)(void *self, uint32_t generation, struct strbuf *out);

	struct door_settings setting;
	struct door_sets set;

	/*
	 * Locks are held until unlock or door_close, by the children of restore too: when this process is killed,
	 * the next one waits for them. -EWOULDBLOCK: another process held it for all these seconds. A lock that is
	 * held already, and any lock of a scratch door, is had at once.
	 */
	int (*lock)(void *self, enum door_lock lock, unsigned seconds);
	void (*unlock)(void *self);

	/*
	 * Opens a door into throw-away network namespaces, one for each family, for trying rules: no packet
	 * passes there. Sets with the names of this machine's sets exist there, empty. may_move: where that is not
	 * permitted, move this whole process into a user namespace for good. Nothing is reported: host_hint_namespace
	 * says what can be done. The scratch door must be closed before this one.
	 */
	int (*scratch)(void *self, bool may_move, struct door *out);

	long long (*clock)(void *self); /* milliseconds since the boot, suspended time included */
	void (*close)(void *self);
};

/*
 * Opens the real door for a kind of iptables (BACKEND_AUTO: the system's own). lock_path: the file of
 * DOOR_LOCK_STATE; NULL: that lock cannot be taken. tick, if not NULL, is called several times a second while a program runs.
 * False after a report.
 */
must_check bool door_open(struct door *door, enum backend_kind kind, const char *lock_path, void (*tick)(void *arg),
			  void *tick_arg, struct diag_log *log);

/* Ends locks and namespaces. Safe for a zeroed door. */
void door_close(struct door *door);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the table without reading it: how full it is, and the kernel's counters. Taken from
 * whatever this process is allowed, in this order: the sysctl files (they also tell whether connection
 * tracking runs at all), netlink, /proc/net/stat/nf_conntrack. Nothing is asked that could load a module.
 */
#ifndef FW_CONNTRACK_SOURCE_H
#define FW_CONNTRACK_SOURCE_H

#include "base/base.h"
#include "conntrack/counters.h"

enum source { SOURCE_NONE, SOURCE_NETLINK, SOURCE_PROC };

#define EXTENSION_SIZE 128 /* bytes more for an entry with counters, times or NAT: about so many */
#define BUCKET_SIZE    8   /* bytes */

#define BOOT_ID_MAX 40
#define HOST_MAX    65 /* with its NUL */

struct snapshot {
	bool absent; /* connection tracking does not run here: nothing else is set */
	bool has_count, has_max, has_buckets;
	uint64_t count, max, buckets; /* max 0: no limit */
	enum source source;	      /* of the counters */
	int netlink_error;	      /* why netlink was not used, as -errno; 0: it was, or was not tried */
	int proc_error;		      /* the same for /proc/net/stat */
	struct ct_counters counters;     /* owned */
	uint32_t object_size;	      /* bytes of an entry without extensions; 0: not known */
	uint64_t boottime;	      /* seconds since boot, suspend included */
	uint64_t wall;		      /* seconds since 1970 */
	char boot_id[BOOT_ID_MAX];    /* "": unknown */
	char host[HOST_MAX];	      /* the machine's name; "": unknown */
	uint64_t cookie;	      /* of the network namespace; 0: unknown */
};

/*
 * proc: where proc is mounted, "/proc" for this system. Another place is another system or namespace as a
 * file tree: netlink is not asked then. What fails stays unknown, and why is noted. Free with snapshot_free.
 */
void snapshot_take(struct snapshot *now, const char *proc);
void snapshot_free(struct snapshot *snapshot);

/* The table's number in PROC/sys/net/netfilter/NAME; 0 or -errno, -EBADMSG for what is no number. */
must_check int source_sysctl(const char *proc, const char *name, uint64_t *value);

/*
 * Whether netlink may be asked: 0; -ENOENT: connection tracking does not run here; -ENOPROTOOPT: it does, and
 * the module that answers (nf_conntrack_netlink) is not loaded.
 */
must_check int source_netlink_ready(const char *proc);

/* Whether it is known how full the table is: that needs the number of entries, and a limit. */
bool snapshot_has_fill(const struct snapshot *snapshot);

/* So many entries as a share of a full table, in hundredths of a percent; 0 without a limit. */
uint64_t snapshot_fill(const struct snapshot *snapshot, uint64_t entries);

/* Bytes of an entry without extensions; a guess if the kernel does not say. */
uint64_t snapshot_entry_size(const struct snapshot *snapshot);

/* Bytes of memory that the table takes with so many entries: the entries without extensions, and the buckets. */
uint64_t snapshot_memory(const struct snapshot *snapshot, uint64_t entries);

#endif

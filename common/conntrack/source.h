/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A snapshot of the table's numbers, without reading its entries: how full it is, and the kernel's counters.
 * They come from netlink, the sysctl files and /proc/net/stat/nf_conntrack, as far as this process may read
 * them. It never makes a request that could load a module.
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

/* The system and the network namespace in which a snapshot was taken. */
struct snapshot_place {
	char boot_id[BOOT_ID_MAX]; /* "": unknown */
	char host[HOST_MAX];	   /* the name of the machine; "": unknown */
	uint64_t cookie;	   /* of the network namespace; 0: unknown */
};

struct snapshot {
	bool absent; /* connection tracking is not active: the table's numbers are unknown */
	bool has_count, has_max, has_buckets;
	uint64_t count, max, buckets; /* max 0: no limit */
	enum source source;	      /* of the counters */
	int netlink_error;	      /* why netlink was not used, as -errno; 0: it was used, or not wanted */
	int proc_error;		      /* the same for /proc/net/stat */
	struct ct_counters counters;     /* owned */
	uint32_t object_size;	      /* bytes of an entry without extensions; 0: unknown */
	uint64_t boottime;	      /* seconds since boot, suspend included */
	uint64_t wall;		      /* seconds since 1970 */
	struct snapshot_place place;
};

/*
 * Takes a snapshot. proc: where proc is mounted, "/proc" for this system. Any other directory stands for
 * another system or namespace, so netlink is not used. A number that cannot be read stays unknown. Free with
 * snapshot_free.
 */
void snapshot_take(struct snapshot *now, const char *proc);
void snapshot_free(struct snapshot *snapshot);

/* Reads the number in PROC/sys/net/netfilter/NAME. 0 or -errno; -EBADMSG: it is not a number. */
must_check int source_sysctl(const char *proc, const char *name, uint64_t *value);

/*
 * Whether netlink can be used without loading a module. 0: yes. -ENOENT: connection tracking is not active.
 * -ENOPROTOOPT: it is active, but nf_conntrack_netlink, the module that answers, is not loaded.
 */
must_check int source_netlink_ready(const char *proc);

/* Whether it is known how full the table is: that needs the number of entries, and a limit. */
bool snapshot_has_fill(const struct snapshot *snapshot);

/* So many entries as a share of a full table, in hundredths of a percent; 0 without a limit. */
uint64_t snapshot_fill(const struct snapshot *snapshot, uint64_t entries);

/* Bytes of an entry without extensions; a guess if the kernel does not say. */
uint64_t snapshot_entry_size(const struct snapshot *snapshot);

/*
 * Bytes of memory that the table takes with so many entries: the entries without extensions, and the buckets.
 */
uint64_t snapshot_memory(const struct snapshot *snapshot, uint64_t entries);

#endif

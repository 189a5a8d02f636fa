/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/source.h"
#include "base/host.h"
#include "conntrack/ctnl.h"
#include "conntrack/input.h"
#include "conntrack/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX    ((size_t)1 << 20)
#define PATH_LENGTH 4096
#define ENTRY_SIZE  256 /* kernel 6.18 on 64 bits */

void snapshot_free(struct snapshot *snapshot)
{
	counters_free(&snapshot->counters);
}

static int read_under(const char *proc, const char *name, struct strbuf *out)
{
	char path[PATH_LENGTH];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", proc, name) >= sizeof(path))
		return -ENAMETOOLONG;
	return input_read(path, out, FILE_MAX);
}

int source_sysctl(const char *proc, const char *name, uint64_t *value)
{
	char path[256];
	struct strbuf text = STRBUF_INIT;
	int err;

	snprintf(path, sizeof(path), "sys/net/netfilter/%s", name);
	err = read_under(proc, path, &text);
	if (err == 0) {
		if (text.len > 0 && text.data[text.len - 1] == '\n')
			text.data[text.len - 1] = '\0';
		if (!text_to_number(strbuf_text(&text), UINT64_MAX, value))
			err = -EBADMSG;
	}
	strbuf_free(&text);
	return err;
}

static bool exists_under(const char *proc, const char *name)
{
	char path[PATH_LENGTH];

	return (size_t)snprintf(path, sizeof(path), "%s/%s", proc, name) < sizeof(path) &&
	       access(path, F_OK) == 0;
}

/* A loaded module has the file initstate; built-in code has not. */
int source_netlink_ready(const char *proc)
{
	bool runs = exists_under(proc, "sys/net/netfilter/nf_conntrack_count") ||
		    exists_under(proc, "net/stat/nf_conntrack") ||
		    access("/sys/module/nf_conntrack", F_OK) == 0;

	if (!runs)
		return -ENOENT;
	if (access("/sys/module/nf_conntrack/initstate", F_OK) == 0 &&
	    access("/sys/module/nf_conntrack_netlink", F_OK) != 0)
		return -ENOPROTOOPT;
	return 0;
}

static int ask_netlink(struct snapshot *now)
{
	struct ctnl_totals totals;
	struct ctnl nl;
	int err = ctnl_open(&nl);

	if (err != 0)
		return err;
	err = ctnl_totals(&nl, &totals);
	if (err == 0) {
		now->count = totals.count;
		now->has_count = true;
		if (totals.has_max) {
			now->max = totals.max;
			now->has_max = true;
		}
		err = ctnl_counters(&nl, &now->counters);
	}
	ctnl_close(&nl);
	if (err == 0)
		now->source = SOURCE_NETLINK;
	else
		counters_free(&now->counters);
	return err;
}

static int read_proc_stat(struct snapshot *now, const char *proc)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t entries = 0;
	int err = read_under(proc, "net/stat/nf_conntrack", &text);

	if (err == 0)
		err = counters_parse(&now->counters, strbuf_text(&text), &entries);
	if (err == 0) {
		now->source = SOURCE_PROC;
		if (!now->has_count)
			now->count = entries;
		now->has_count = true;
	} else {
		counters_free(&now->counters);
	}
	strbuf_free(&text);
	return err;
}

static void read_sysctls(struct snapshot *now, const char *proc)
{
	if (!now->has_count)
		now->has_count = source_sysctl(proc, "nf_conntrack_count", &now->count) == 0;
	if (!now->has_max)
		now->has_max = source_sysctl(proc, "nf_conntrack_max", &now->max) == 0 ||
			       source_sysctl(proc, "../nf_conntrack_max", &now->max) == 0;
	now->has_buckets = source_sysctl(proc, "nf_conntrack_buckets", &now->buckets) == 0;
}

/* /proc/slabinfo has the size too, but it walks all caches, and only root may read it. */
static void read_object_size(struct snapshot *now)
{
	struct strbuf text = STRBUF_INIT;

	if (input_read("/sys/kernel/slab/nf_conntrack/slab_size", &text, FILE_MAX) == 0)
		now->object_size = (uint32_t)strtoul(strbuf_text(&text), NULL, 10);
	strbuf_free(&text);
}

/* Reads the first line of a file; name stays as it is if that fails. */
static void read_name(const char *proc, const char *file, char *name, size_t size)
{
	struct strbuf text = STRBUF_INIT;

	if (read_under(proc, file, &text) == 0)
		snprintf(name, size, "%.*s", (int)strcspn(strbuf_text(&text), "\n"), strbuf_text(&text));
	strbuf_free(&text);
}

/* The boot clock of the system that the tree stands for; without PROC/uptime, of this one. */
static void read_times(struct snapshot *now, const char *proc, bool here)
{
	struct timespec t;
	char uptime[32] = "";

	clock_gettime(CLOCK_BOOTTIME, &t);
	now->boottime = (uint64_t)t.tv_sec;
	clock_gettime(CLOCK_REALTIME, &t);
	now->wall = (uint64_t)t.tv_sec;
	if (!here)
		read_name(proc, "uptime", uptime, sizeof(uptime));
	if (uptime[0] >= '0' && uptime[0] <= '9')
		now->boottime = strtoull(uptime, NULL, 10);
}

void snapshot_take(struct snapshot *now, const char *proc)
{
	bool here = strcmp(proc, "/proc") == 0;
	int ready = -ENOENT;

	*now = (struct snapshot){ 0 };
	read_times(now, proc, here);
	read_name(proc, "sys/kernel/random/boot_id", now->place.boot_id, sizeof(now->place.boot_id));
	read_name(proc, "sys/kernel/hostname", now->place.host, sizeof(now->place.host));
	if (here) {
		ready = source_netlink_ready(proc);
		now->netlink_error = ready == 0 ? ask_netlink(now) : ready;
	}
	read_sysctls(now, proc);
	if (now->source == SOURCE_NONE)
		now->proc_error = read_proc_stat(now, proc);
	if (here) {
		now->place.cookie = host_netns_cookie();
		read_object_size(now);
	}
	now->absent = !now->has_count && !now->has_max && now->proc_error == -ENOENT && ready == -ENOENT &&
		      !exists_under(proc, "sys/net/netfilter/nf_conntrack_count");
}

bool snapshot_has_fill(const struct snapshot *snapshot)
{
	return snapshot->has_count && snapshot->has_max && snapshot->max > 0;
}

uint64_t snapshot_fill(const struct snapshot *snapshot, uint64_t entries)
{
	return snapshot->has_max && snapshot->max > 0 ? entries * 10000 / snapshot->max : 0;
}

uint64_t snapshot_entry_size(const struct snapshot *snapshot)
{
	return snapshot->object_size > 0 ? snapshot->object_size : ENTRY_SIZE;
}

uint64_t snapshot_memory(const struct snapshot *snapshot, uint64_t entries)
{
	return entries * snapshot_entry_size(snapshot) + snapshot->buckets * BUCKET_SIZE;
}

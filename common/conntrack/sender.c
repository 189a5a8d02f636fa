/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/sender.h"
#include "base/file.h"

#include <dirent.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TABLE_MAX ((size_t)4 << 20)
#define KEEP	  1 /* second: a program that empties the table causes many events */

/* The inode of a netlink socket of netfilter, by its line in /proc/net/netlink; 0: there is none. */
static unsigned long socket_inode(uint32_t port)
{
	struct strbuf table = STRBUF_INIT;
	unsigned long inode = 0;
	char *save = NULL;

	if (file_read_path("/proc/net/netlink", &table, TABLE_MAX) == 0 && table.len > 0)
		for (char *line = strtok_r(table.data, "\n", &save); line != NULL && inode == 0;
		     line = strtok_r(NULL, "\n", &save)) {
			unsigned protocol, id;
			unsigned long found;

			if (sscanf(line, "%*s %u %u %*s %*s %*s %*s %*s %*s %lu", &protocol, &id, &found) == 3 &&
			    protocol == NETLINK_NETFILTER && id == port)
				inode = found;
		}
	strbuf_free(&table);
	return inode;
}

static bool has_socket(const char *pid, const char *wanted)
{
	char path[64], target[64];
	const struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (len > 0) {
			target[len] = '\0';
			found = strcmp(target, wanted) == 0;
		}
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static void read_name(const char *pid, char name[static SENDER_NAME])
{
	struct strbuf text = STRBUF_INIT;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	if (file_read_path(path, &text, TABLE_MAX) == 0)
		snprintf(name, SENDER_NAME, "%.*s", (int)strcspn(strbuf_text(&text), "\n"), strbuf_text(&text));
	for (char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	strbuf_free(&text);
}

/* By default, a socket gets the id of its process: so that one is looked at first. */
static void look_up(uint32_t port, char name[static SENDER_NAME])
{
	unsigned long inode = socket_inode(port);
	char wanted[48], pid[24];
	const struct dirent *entry;
	DIR *dir;

	if (inode == 0)
		return;
	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	snprintf(pid, sizeof(pid), "%" PRIu32, port);
	if (has_socket(pid, wanted)) {
		read_name(pid, name);
		return;
	}
	dir = opendir("/proc");
	while (dir != NULL && name[0] == '\0' && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && has_socket(entry->d_name, wanted))
			read_name(entry->d_name, name);
	if (dir != NULL)
		closedir(dir);
}

const char *sender_name(struct sender *sender, uint32_t port)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (sender->until == 0 || sender->port != port || (uint64_t)now.tv_sec >= sender->until) {
		*sender = (struct sender){ .port = port, .until = (uint64_t)now.tv_sec + KEEP + 1 };
		look_up(port, sender->name);
	}
	return sender->name;
}

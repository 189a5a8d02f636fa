/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/namespace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMESPACE_DIR "/run/netns"

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int namespace_names(namespace_list *names)
{
	struct dirent **entries = NULL;
	int count = scandir(NAMESPACE_DIR, &entries, no_dots, by_name), err = 0;

	if (count < 0)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (int i = 0; i < count; i++) {
		char *name = err == 0 ? strdup(entries[i]->d_name) : NULL;

		if (name == NULL || !vec_push(names, name)) {
			free(name);
			err = -ENOMEM;
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

void namespace_list_free(namespace_list *names)
{
	for (size_t i = 0; i < names->len; i++)
		free(names->item[i]);
	vec_free(names);
}

int namespace_enter(const char *name)
{
	char path[512];
	int fd, err = 0;

	if (strchr(name, '/') != NULL ||
	    (size_t)snprintf(path, sizeof(path), NAMESPACE_DIR "/%s", name) >= sizeof(path))
		return -EINVAL;
	/* Without waiting: somebody could have left a FIFO there. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && name[strspn(name, "0123456789")] == '\0') {
		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", name);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	}
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

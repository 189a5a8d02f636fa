/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/bounds.h"
#include "base/vec.h"
#include "confine/confine.h"
#include "host/spawn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * CAP_SYS_ADMIN: namespaces in which rules are tried, before the commit and after it, and the settings net.core.bpf_*.
 * CAP_DAC_OVERRIDE: the state. CAP_SYS_NICE: an iptables-save that must hurry. CAP_SYSLOG: the kernel's log, for the
 * reason of a refusal.
 */
#define CAPABILITIES                                                                                         \
	(CONFINE_CAP(CAP_NET_ADMIN) | CONFINE_CAP(CAP_NET_RAW) | CONFINE_CAP(CAP_SYS_ADMIN) |                \
	 CONFINE_CAP(CAP_SYS_NICE) | CONFINE_CAP(CAP_SYSLOG) | CONFINE_CAP(CAP_DAC_OVERRIDE))

typedef VEC(char *) paths; /* owned; ends with NULL */

static void add(paths *list, const char *path)
{
	char *copy = path != NULL ? strdup(path) : NULL;

	if ((path == NULL || copy != NULL) && !vec_push(list, copy))
		free(copy);
}

static void paths_free(paths *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->item[i]);
	vec_free(list);
}

static void add_program(paths *list, const char *name)
{
	struct strbuf path = STRBUF_INIT;

	if (spawn_find(name, &path) == 0)
		add(list, strbuf_text(&path));
	strbuf_free(&path);
}

static void add_programs(paths *list, unsigned may)
{
	static const char *const names[] = {
		"iptables-restore",
		"iptables-save",
		"ip6tables-restore",
		"ip6tables-save",
		"iptables-nft-restore",
		"iptables-nft-save",
		"ip6tables-nft-restore",
		"ip6tables-nft-save",
		"iptables-legacy-restore",
		"iptables-legacy-save",
		"ip6tables-legacy-restore",
		"ip6tables-legacy-save",
		"ipset",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		add_program(list, names[i]);
	if ((may & BOUNDS_GUARD) != 0) {
		add_program(list, "systemd-run");
		add(list, "/proc/self/exe");
	}
	add(list, NULL);
}

/* Adds a folder, or if it is missing, the nearest existing folder above it. */
static void add_folder(paths *list, const char *folder)
{
	char *path = strdup(folder), *slash;

	while (path != NULL && access(path, F_OK) != 0 && (slash = strrchr(path, '/')) != NULL &&
	       slash != path)
		*slash = '\0';
	if (path != NULL)
		add(list, path);
	free(path);
}

static void add_places(paths *list, unsigned may, const char *const *folders)
{
	static const char *const devices[] = { "/dev/null", "/dev/tty" };
	const char *lock = getenv("XTABLES_LOCKFILE");

	for (size_t i = 0; i < ARRAY_LEN(devices); i++)
		add(list, devices[i]);
	if ((may & BOUNDS_CHANGE) != 0) {
		for (; *folders != NULL; folders++)
			add_folder(list, *folders);
		add(list, "/proc/sys/net");
	}
	if ((may & BOUNDS_LOCK) != 0)
		add_folder(list, lock != NULL ? lock : "/run/xtables.lock");
	if ((may & BOUNDS_MOVE) != 0)
		add(list, "/proc/self");
	add(list, NULL);
}

void bounds_set(unsigned may, const char *const *folders, struct strbuf *gaps)
{
	paths programs = { 0 }, places = { 0 };
	uint64_t modules = (may & BOUNDS_MODULES) != 0 ? CONFINE_CAP(CAP_SYS_MODULE) : 0;

	add_programs(&programs, may);
	add_places(&places, may, folders);
	if (programs.len > 0 && places.len > 0 && programs.item[programs.len - 1] == NULL &&
	    places.item[places.len - 1] == NULL)
		confine_process(&(struct confine){(const char *const *)programs.item,
						  (const char *const *)places.item, CAPABILITIES | modules},
				gaps);
	paths_free(&programs);
	paths_free(&places);
}

void bounds_modules_done(void)
{
	confine_drop(CONFINE_CAP(CAP_SYS_MODULE));
}

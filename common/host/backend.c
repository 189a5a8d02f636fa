/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/backend.h"
#include "base/file.h"
#include "host/nftgen.h"
#include "ruletext/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds after which a program is assumed to hang and is killed: 100,000 rules take less than 10. */
enum { PROGRAM_LIMIT = 600 };

static const char *const kind_names[] = { [BACKEND_AUTO] = "auto", [BACKEND_NFT] = "nft", [BACKEND_LEGACY] = "legacy" };
static const char *const family_prefix[FAMILIES] = { "iptables", "ip6tables" };

bool backend_parse(const char *name, enum backend_kind *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*kind = (enum backend_kind)i;
			return true;
		}
	}
	return false;
}

const char *backend_name(enum backend_kind kind)
{
	return kind_names[kind];
}

/* Each backend is one executable, and all its program names are links to it. BACKEND_AUTO: it is some other file. */
static enum backend_kind kind_of_file(const char *program)
{
	static const char *const files[] = { [BACKEND_NFT] = "/xtables-nft-multi", [BACKEND_LEGACY] = "/xtables-legacy-multi" };
	struct strbuf path = STRBUF_INIT;
	char *file = spawn_find(program, &path) == 0 ? realpath(strbuf_text(&path), NULL) : NULL;
	enum backend_kind kind = BACKEND_AUTO;

	for (size_t i = BACKEND_NFT; file != NULL && i < ARRAY_LEN(files); i++)
		if (strcmp(strrchr(file, '/'), files[i]) == 0)
			kind = (enum backend_kind)i;
	free(file);
	strbuf_free(&path);
	return kind;
}

/*
 * The backend of a restore program, by its file or, one process later, by its output of -V. BACKEND_AUTO: not found, or
 * neither.
 */
static enum backend_kind kind_of(const char *program)
{
	struct spawn spawn = SPAWN_INIT;
	enum backend_kind kind = kind_of_file(program);

	if (kind != BACKEND_AUTO)
		return kind;
	spawn.argv[0] = program;
	spawn.argv[1] = "-V";
	spawn_run(&spawn, 1);
	if (spawn_good(&spawn) && strstr(strbuf_text(&spawn.out), "(nf_tables)") != NULL)
		kind = BACKEND_NFT;
	else if (spawn_good(&spawn) && strstr(strbuf_text(&spawn.out), "(legacy)") != NULL)
		kind = BACKEND_LEGACY;
	spawn_free(&spawn);
	return kind;
}

/*
 * Uses the program names that contain the backend's name if they exist, else the plain names if they are of this
 * backend.
 */
static bool find_programs(struct backend *backend)
{
	char name[32];
	bool named;

	snprintf(name, sizeof(name), "iptables-%s-restore", kind_names[backend->kind]);
	named = kind_of(name) == backend->kind;
	for (int i = 0; i < FAMILIES; i++) {
		const char *kind = named ? kind_names[backend->kind] : "", *dash = named ? "-" : "";

		snprintf(backend->restore[i], sizeof(backend->restore[i]), "%s-%s%srestore", family_prefix[i], kind, dash);
		snprintf(backend->save[i], sizeof(backend->save[i]), "%s-%s%ssave", family_prefix[i], kind, dash);
	}
	return named || kind_of(backend->restore[0]) == backend->kind;
}

/* With a common lock file the two families would wait for each other. */
static bool make_lock_files(struct backend *backend)
{
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		int fd = memfd_create("xtables.lock", MFD_CLOEXEC);

		backend->lock_fd[i] = fd;
		good = good && fd >= 0;
	}
	return good;
}

/* iptables loads shared objects from these directories, so nobody else may be able to write there. */
static bool check_libdir(const char *list, struct diag_log *log)
{
	for (const char *dir = list; *dir != '\0'; dir += strspn(dir, ":")) {
		size_t len = strcspn(dir, ":");
		char *path = strndup(dir, len);
		const char *fault = NULL;
		struct stat st;

		if (path == NULL)
			return diag_memory(log) == 0;
		if (path[0] != '/' || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			fault = "is not the absolute path of a directory";
		else if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			fault = "can be written to by other users";
		if (fault != NULL)
			diag_add(log, DIAG_SYSTEM, NULL, NULL, "XTABLES_LIBDIR: %s %s", path, fault);
		free(path);
		if (fault != NULL)
			return false;
		dir += len;
	}
	return true;
}

bool backend_find(struct backend *backend, enum backend_kind wanted, struct diag_log *log)
{
	const char *libdir = getenv("XTABLES_LIBDIR");

	*backend = (struct backend){ .kind = wanted, .lock_fd = { -1, -1 } };
	if (libdir != NULL && !check_libdir(libdir, log))
		return false;
	if (wanted == BACKEND_AUTO)
		backend->kind = kind_of("iptables-restore");
	if (backend->kind == BACKEND_AUTO) {
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "iptables-restore does not answer -V: is iptables installed?");
		return false;
	}
	if (!find_programs(backend)) {
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "iptables-%s-restore is not installed", kind_names[backend->kind]);
		return false;
	}
	if (!make_lock_files(backend)) {
		diag_system(log, errno, "a lock file for iptables-restore");
		return false;
	}
	return true;
}

void backend_spawn(const struct backend *backend, int family, const char *program, struct spawn *spawn)
{
	*spawn = (struct spawn)SPAWN_INIT;
	spawn->argv[0] = program;
	spawn->lock_fd = backend->lock_fd[family];
	spawn->limit = PROGRAM_LIMIT;
	spawn->watch = backend->watch;
	spawn->watch_arg = backend->watch_arg;
	spawn->netns = backend->netns != NULL ? &backend->netns[family] : NULL;
}

void backend_free(struct backend *backend)
{
	for (int i = 0; i < FAMILIES; i++) {
		if (backend->lock_fd[i] >= 0)
			close(backend->lock_fd[i]);
		backend->lock_fd[i] = -1;
	}
}

static bool no_legacy_tables(void)
{
	static const char *const names[FAMILIES] = { "/proc/self/net/ip_tables_names", "/proc/self/net/ip6_tables_names" };
	bool none = true;

	for (int i = 0; i < FAMILIES; i++) {
		struct strbuf text = STRBUF_INIT;
		int err = file_read_path(names[i], &text, 4096);

		none = none && (err == -ENOENT || (err == 0 && text.len == 0));
		strbuf_free(&text);
	}
	return none;
}

bool backend_untouched(enum backend_kind kind)
{
	uint32_t generation;

	if (kind == BACKEND_LEGACY)
		return no_legacy_tables();
	return kind == BACKEND_NFT && nftgen_read(&generation) == 0 && generation <= 1;
}

/*
 * Does the backend contain any rule, or a policy other than ACCEPT? If iptables-save cannot read, it counts as empty:
 * legacy without its modules, for example.
 */
static bool in_use(const struct backend *backend)
{
	struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct diag_log silent = { .report = NULL };
	bool used = backend_save(backend, FAMILY_BOTH, NULL, text, &silent) == SAVE_NATIVE;

	for (int i = 0; i < FAMILIES; i++) {
		struct text_rules rules;

		used = (rules_read(&rules, backend->save[i], strbuf_text(&text[i]), text[i].len, &silent) &&
			!rules_blank(&rules)) ||
		       used;
		rules_free(&rules);
		strbuf_free(&text[i]);
	}
	return used;
}

const char *backend_conflict(enum backend_kind kind)
{
	static const char *const names[] = { [BACKEND_NFT] = "iptables-nft-restore", [BACKEND_LEGACY] = "iptables-legacy-restore" };
	struct backend other = { .kind = kind == BACKEND_NFT ? BACKEND_LEGACY : BACKEND_NFT, .lock_fd = { -1, -1 } };
	bool used = !backend_untouched(other.kind) && find_programs(&other) && make_lock_files(&other) && in_use(&other);

	backend_free(&other);
	return used ? names[other.kind] : NULL;
}

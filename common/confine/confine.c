/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "confine/confine.h"
#include "confine/exefile.h"
#include "confine/landlock.h"
#include "confine/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int may_run(int rules, const struct exefile *program)
{
	int err = landlock_may_execute(rules, program->file);

	return err == 0 && program->linker >= 0 ? landlock_may_execute(rules, program->linker) : err;
}

/* Permits to write to this path. Returns a descriptor of it, which the caller may close; -1: it failed. */
static int may_write(int rules, const char *path)
{
	int file = open(path, O_PATH | O_CLOEXEC);

	if (file >= 0 && landlock_may_write(rules, file) != 0) {
		close(file);
		return -1;
	}
	return file;
}

/* Permits to execute this program only (NULL: nothing) and to write to no file. 0 or -errno. */
static int hold_files(const struct exefile *program)
{
	int rules = landlock_begin(), err, sink;

	if (rules < 0)
		return rules;
	sink = may_write(rules, "/dev/null");
	err = program != NULL ? may_run(rules, program) : 0;
	if (err == 0)
		err = landlock_enforce(rules);
	if (sink >= 0)
		close(sink);
	close(rules);
	return err;
}

int confine_program(const char *path, uint64_t capabilities)
{
	struct exefile program;
	int err = exefile_open(&program, path);

	if (err == 0) {
		(void)!rights_gain_none();
		if (program.elf) {
			(void)!hold_files(&program);
			(void)!rights_resolve_nothing();
			(void)!rights_change_nothing();
		}
		(void)!rights_keep(capabilities);
	}
	exefile_close(&program);
	return err;
}

void confine_computing(void)
{
	(void)!rights_gain_none();
	(void)!hold_files(NULL);
	(void)!rights_resolve_nothing();
	(void)!rights_change_nothing();
	(void)!rights_keep(0);
}

static void gap(struct strbuf *gaps, int err, const char *what)
{
	if (err != 0 && gaps != NULL)
		strbuf_printf(gaps, "%s: %s\n", what, strerror(-err));
}

/* Permits to execute these programs. Sets *script to the first one that is not an ELF file. 0 or -errno. */
static int add_programs(int rules, const char *const *paths, const char **script)
{
	int err = 0;

	for (; err == 0 && *paths != NULL; paths++) {
		struct exefile program;

		if (exefile_open(&program, *paths) == 0) {
			if (!program.elf && *script == NULL)
				*script = *paths;
			err = rules >= 0 ? may_run(rules, &program) : 0;
		}
		exefile_close(&program);
	}
	return err;
}

/*
 * Permits to write to this path. The kernel may free an inode of /proc that nobody has open and create a new one later,
 * for which the permission is not valid. Therefore files of /proc stay open.
 */
static void add_place(int rules, const char *path)
{
	int file = may_write(rules, path);

	if (file >= 0 && strncmp(path, "/proc/", 6) != 0)
		close(file);
}

void confine_process(const struct confine *confine, struct strbuf *gaps)
{
	const char *script = NULL;
	int rules = landlock_begin(), err;

	err = add_programs(rules, confine->programs, &script);
	gap(gaps, rights_gain_none(), "programs can gain rights");
	if (script != NULL && gaps != NULL) {
		strbuf_printf(gaps, "%s is a script: files and sockets are not confined\n",
			      script);
	} else if (script == NULL) {
		for (const char *const *path = confine->writable; rules >= 0 && *path != NULL; path++)
			add_place(rules, *path);
		if (err == 0)
			err = rules < 0 ? rules : landlock_enforce(rules);
		gap(gaps, err, "Landlock does not confine files");
		gap(gaps, rights_resolve_nothing(), "seccomp does not confine sockets");
	}
	if (rules >= 0)
		close(rules);
	gap(gaps, rights_keep(confine->capabilities), "capabilities are not dropped");
}

void confine_drop(uint64_t capabilities)
{
	(void)!rights_keep(~capabilities);
}

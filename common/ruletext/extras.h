/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What a stream asks for in addition to rules: modules, kernel settings, sets, chains to keep; and names of zones. */
#ifndef FW_RULETEXT_EXTRAS_H
#define FW_RULETEXT_EXTRAS_H

#include "base/vec.h"
#include "ruletext/set.h"
#include "ruletext/sysctl.h"
#include "text/stream.h"

struct module {
	char *name; /* owned */
	bool optional;
};

struct extras {
	VEC(struct module) modules;
	VEC(struct sysctl) sysctls;
	VEC(struct set) sets;
	VEC(char *) keep; /* owned; patterns of chain names */
	VEC(char *) zones; /* owned; "NAME IFACE ...", with single blanks */
};

/*
 * Adds the directives of a stream; duplicates are added once. Reports faults at their lines. False: there was a fault.
 */
must_check bool extras_read(struct extras *extras, const struct stream *stream, struct diag_log *log);

/*
 * Like extras_read, for a stored text that an older version may have written: a set whose members expire becomes open.
 */
must_check bool extras_read_stored(struct extras *extras, const struct stream *stream, struct diag_log *log);

/* The set with this name; NULL: not declared. The pointer is valid until a set is added. */
struct set *extras_set(const struct extras *extras, const char *name);

/* Appends the directives, one a line, those of zones last. */
void extras_write(const struct extras *extras, struct strbuf *out);

/*
 * Like extras_write, for comparing line by line: each line is complete by itself, so a member names its set: "member
 * SET MEMBER".
 */
void extras_write_named(const struct extras *extras, struct strbuf *out);

void extras_free(struct extras *extras);

#endif

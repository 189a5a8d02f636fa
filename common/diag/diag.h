/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Diagnostics are data: the library reports them to the log it was given, only the tools print.
 * Each kind has a stable name, which stands in brackets behind the text, and a level, from which
 * the exit status of a run follows. findings.def has a row for each, and fw-diagnostics(7) explains them.
 */
#ifndef FW_DIAG_DIAG_H
#define FW_DIAG_DIAG_H

#include "base/base.h"
#include "base/strbuf.h"

enum level {
	LEVEL_INFO,
	LEVEL_WARNING,
	LEVEL_ERROR,  /* the input is refused: STATUS_REFUSED */
	LEVEL_SYSTEM, /* the system failed: STATUS_SYSTEM */
	LEVEL_COUNT
};

/* Who says a finding, and about what: its group. All but the last are fw-lint's. */
enum diag_group {
	GROUP_STREAM,
	GROUP_SYNTAX,
	GROUP_KERNEL,
	GROUP_MEANING,
	GROUP_PROGRAMS,
	GROUP_COUNT
};

enum diag_id {
#define FINDING(id, ...) DIAG_##id,
#include "diag/findings.def"
#undef FINDING
	DIAG_COUNT
};

/* A row of findings.def, which explains the fields. */
struct diag_kind {
	const char *name;
	enum level level;
	enum diag_group group;
	bool about_line;
	const char *meaning;
	const char *example; /* NULL: of GROUP_PROGRAMS */
	const char *advice;
};

extern const struct diag_kind diag_kinds[DIAG_COUNT];

/* A place in a text. Lines and columns count from 1, columns in bytes; 0 means "not one in particular". */
struct where {
	const char *file; /* borrowed; NULL: no file */
	unsigned line;
	unsigned column;
	unsigned width;     /* bytes that the finding is about, for the underline; 0: one */
	const char *source; /* borrowed, the line itself without its newline; NULL: not at hand */
	size_t source_len;
};

/* A byte's column (from 1) as one of characters: what editors and code hosting count. The same where the line is not at hand. */
unsigned where_character(const struct where *where, unsigned column);

/* More causes than that are not kept. */
#define DIAG_CAUSES 3

struct diag {
	enum diag_id id;
	enum level level;
	struct where where;
	struct where origin; /* the line of the profile that made this one (`#@ line`); file NULL: none */
	const char *text;    /* one line, no newline, no control characters */
	unsigned causes[DIAG_CAUSES]; /* lines of other rules that together are the whole reason; 0: no more */
	const unsigned *related; /* borrowed: the lines of other findings that this one stands for */
	size_t related_count;
};

/*
 * Where findings go. The reporter is called at once, with a diag that lives only during the call.
 * It may be NULL: then findings are only counted.
 */
struct diag_log {
	void (*report)(void *ctx, const struct diag *diag);
	void *ctx;
	unsigned long count[LEVEL_COUNT];
};

/*
 * Reports one finding. `where` and `origin` may be NULL. The text may hold names and words from anywhere:
 * control characters in it are written as \xNN.
 */
void diag_add(struct diag_log *log, enum diag_id id, const struct where *where, const struct where *origin,
	      const char *format, ...) printf_like(5, 6);

/* Reports a copy of the finding, its text escaped as diag_add does. */
void diag_add_copy(struct diag_log *log, const struct diag *diag);

/* Reports a failed system call as "TEXT: reason of err". `err` is an errno value, of either sign. */
void diag_system(struct diag_log *log, int err, const char *format, ...) printf_like(3, 4);

/* Memory ran out. Returns -ENOMEM, to be handed up. */
int diag_memory(struct diag_log *log);

/* Reports a finding that was made elsewhere, at its own level: what diag_add does for a new one. */
void diag_emit(struct diag_log *log, const struct diag *diag);

/* Errors and system failures so far. */
unsigned long diag_errors(const struct diag_log *log);

/* STATUS_SYSTEM, STATUS_REFUSED or STATUS_DONE, by the worst level seen. */
enum status diag_status(const struct diag_log *log);

const char *level_name(enum level level);

/* "file:line:column: level: text (made by profile:line) [id]", without a newline. */
void diag_format(struct strbuf *out, const struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A profile while it is compiled. Only the files of this folder include this header; others use profile.h. */
#ifndef FW_PROFILE_STATE_H
#define FW_PROFILE_STATE_H

#include "base/arena.h"
#include "profile/output.h"
#include "profile/profile.h"
#include "profile/statement.h"

/* The number of errors that are printed. */
#define PROFILE_ERRORS_MAX 20

/* How deep profiles can include each other. */
#define PROFILE_DEPTH_MAX 16

/* A file that was read: the profile, an included profile or a file of hosts. */
struct source_file {
	struct source_file *next;
	const char *name; /* for messages and `#@ line` */
	struct strbuf bytes;
	const struct source_file *includer; /* NULL: the profile itself */
	const char *tag; /* stands for the file in the names of chains, NULL: the profile itself */
	unsigned depth;
};

/* An error or a warning, stored until all are known. */
struct profile_finding {
	enum diag_id id;
	struct where where;
	const char *text;
	unsigned serial;
};

struct profile {
	struct arena arena;
	const struct profile_source *source;
	const struct profile_options *options;
	struct diag_log *log;
	const char *name;
	bool failed; /* memory ran out, which was reported */
	struct {
		struct source_file *first;
		struct strbuf etc_services;
		bool etc_services_read;
	} files;
	struct {
		struct statement *first, **end;
	} statements;
	struct zone *zones;
	struct hosts *hosts;
	struct service *services;
	unsigned stamp; /* number of the list of items that is being resolved */
	struct settings settings;
	struct output out;
	struct {
		VEC(struct profile_finding) list;
		unsigned errors;
	} findings;
	struct {
		bool direction[DIR_COUNT]; /* has rules of the profile */
		bool denied[DIR_COUNT];    /* its denied chain is used */
		bool reject, nat, block;
		bool ipsec; /* a line says "over ipsec" */
		bool output_asked, output_denies; /* see output_denies in build_rule.c */
		unsigned forwards; /* families in which the profile forwards packets */
	} used;
};

/* Stores an error or a warning. profile_report prints the warnings and the first PROFILE_ERRORS_MAX errors. */
void profile_error(struct profile *profile, const struct where *where, const char *format, ...)
	printf_like(3, 4);
void profile_warning(struct profile *profile, const struct where *where, const char *format, ...)
	printf_like(3, 4);

/* Adds the findings to the log, in the order of the lines. */
void profile_report(struct profile *profile);

/* Reports, once, that memory ran out. Always returns false. */
bool profile_memory(struct profile *profile);

/*
 * Zeroed memory and copies of text that live as long as the profile. NULL when memory ran out, which is
 * reported.
 */
must_check void *profile_alloc(struct profile *profile, size_t size);
must_check const char *profile_text(struct profile *profile, const char *text, size_t len);
/* Copies a buffer likewise, and frees it in any case. */
must_check const char *profile_take(struct profile *profile, struct strbuf *text);

must_check const char *profile_textf(struct profile *profile, const char *format, ...) printf_like(2, 3);

/* The path of a file that the file `from` names. A relative path starts at the directory of `from`. */
must_check const char *profile_beside(struct profile *profile, const char *from, const char *path);

/* Parses the text into statements and definitions. Returns false after an error. */
must_check bool profile_parse(struct profile *profile, const char *text, size_t len);

/* Makes the rules. Returns false after an error. */
must_check bool profile_build(struct profile *profile);

/* Warns of lines that are valid but probably wrong. */
void profile_check(struct profile *profile);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads iptables-restore text into lines. Each line has a kind, a number, the families it applies to, and the line of
 * the profile that it came from. This module checks the structure: tables and COMMIT, the seal of a stream, encoding
 * and limits. The model reads the rules themselves.
 *
 * The caller feeds lines; nothing is opened here, so that files, pipes and fuzzers share one path.
 *
 *	struct stream stream;
 *	stream_begin(&stream, "edge.rules", FAMILY_NONE, &log);
 *	stream_feed(&stream, line, len, ended);		for each line
 *	if (stream_end(&stream)) ...			the whole text is well formed
 *	stream_free(&stream);
 */
#ifndef FW_TEXT_STREAM_H
#define FW_TEXT_STREAM_H

#include "base/arena.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "text/family.h"

/* iptables-restore 1.8.9 reads lines into 10,240 bytes, the newline and a NUL included. */
#define STREAM_LINE_MAX 10238
/* XT_EXTENSION_MAXNAMELEN is 29 with the NUL (linux/netfilter/x_tables.h). */
#define STREAM_CHAIN_MAX 28

enum line_kind {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_DIRECTIVE, /* #@ ... */
	LINE_TABLE,     /* *filter */
	LINE_CHAIN,     /* :INPUT DROP [0:0] */
	LINE_RULE,      /* -A INPUT ...: any command of iptables */
	LINE_COMMIT,
	LINE_BAD, /* reported already */
};

struct line {
	const char *text; /* borrowed from the input, without the newline; not NUL-terminated */
	unsigned len;
	unsigned number;        /* from 1 */
	enum line_kind kind;
	enum family families;   /* the families of the rule, by its -4 or -6, as far as the stream has them */
	unsigned table;         /* index + 1 into tables; 0: outside of a table */
	unsigned origin;        /* index + 1 into origins: the last `#@ line`; 0: none */
};

struct stream_table {
	const char *name; /* in the arena */
	unsigned line;    /* the index of the line "*name" in lines */
	bool committed;
};

struct stream_origin {
	const char *file; /* in the arena */
	unsigned line;    /* 0: the file as a whole */
};

struct stream {
	const char *name; /* borrowed; the name of the input in messages */
	enum family families; /* the families of this text; final after stream_end */
	bool sealed;          /* the text begins with `#@ stream` */
	VEC(struct line) lines;
	VEC(struct stream_table) tables;
	VEC(struct stream_origin) origins;
	struct arena arena;
	struct diag_log *log; /* borrowed */
	/* The rest is used only while reading. */
	uint32_t crc;
	bool open_table;  /* the last table waits for its COMMIT */
	bool sealed_off;  /* `#@ end` was read */
	bool no_memory;
	bool seen_cr;
	bool families_given; /* by the caller or the name of the input: the text does not decide */
	unsigned long errors_before;
};

/*
 * Begins a stream. `families` is FAMILY_NONE if the input decides: a name that ends in .v4 or .v6 (.rules may follow),
 * else the header comment of iptables-save or ip6tables-save, else both families. The name and the log are borrowed.
 */
void stream_begin(struct stream *stream, const char *name, enum family families, struct diag_log *log);

/*
 * Reads one line of len bytes, without its newline; `ended` is true if it had one. The bytes must stay valid and in
 * place until stream_free. Findings go to the log.
 */
void stream_feed(struct stream *stream, const char *line, size_t len, bool ended);

/* Checks that the text is complete. True if neither this function nor stream_feed found an error. */
must_check bool stream_end(struct stream *stream);

/* stream_begin, stream_feed and stream_end for a text in memory. stream_free must follow. */
must_check bool stream_read(struct stream *stream, const char *name, const char *text, size_t len, enum family families,
		 struct diag_log *log);

void stream_free(struct stream *stream);

/* The place of a line, for a finding about the whole line (column 0) or about some bytes of it. */
struct where stream_where(const struct stream *stream, const struct line *line, unsigned column, unsigned width);

/* The place in the profile that a line came from; file NULL: none. */
struct where stream_origin_where(const struct stream *stream, const struct line *line);

/*
 * True if the line is the directive `name`. Then *args is the rest of the line (not NUL-terminated, may be empty) and
 * *len its length.
 */
bool line_directive(const struct line *line, const char *name, const char **args, size_t *len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables-restore text, read into lines that know what they are, where they stand, which family
 * they are for, and which line of a profile made them. The structure is checked here: tables and
 * COMMIT, the seal of a stream, encoding and limits. What the rules say is the model's business.
 *
 * It is fed lines and opens nothing: files, pipes and fuzzers share one path.
 *
 *	struct stream stream;
 *	stream_begin(&stream, "edge.rules", FAMILY_NONE, &log);
 *	stream_feed(&stream, line, len, ended);		each line in turn
 *	if (stream_end(&stream)) ...			all of it was well formed
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
	enum family families;   /* a rule's own marks (-4, -6) within the stream's families */
	unsigned table;         /* index + 1 into tables; 0: outside */
	unsigned origin;        /* index + 1 into origins: the `#@ line` in force; 0: none */
};

struct stream_table {
	const char *name; /* in the arena */
	unsigned line;    /* its "*name", as an index into lines */
	bool committed;
};

struct stream_origin {
	const char *file; /* in the arena */
	unsigned line;    /* 0: the file as a whole */
};

struct stream {
	const char *name; /* borrowed; what messages call the input */
	enum family families; /* which families this text is for; final after stream_end */
	bool sealed;          /* it began with `#@ stream` */
	VEC(struct line) lines;
	VEC(struct stream_table) tables;
	VEC(struct stream_origin) origins;
	struct arena arena;
	struct diag_log *log; /* borrowed */
	/* while reading */
	uint32_t crc;
	bool open_table;  /* the last table waits for its COMMIT */
	bool sealed_off;  /* `#@ end` was read */
	bool no_memory;
	bool seen_cr;
	bool families_given; /* by the caller: what the text says of itself does not count */
	unsigned long errors_before;
};

/*
 * families: which families to read it for, or FAMILY_NONE to let the text decide: the header comment
 * of iptables-save and ip6tables-save, or a name that ends in .v4 or .v6 (.rules may follow);
 * else both.
 */
void stream_begin(struct stream *stream, const char *name, enum family families, struct diag_log *log);

/*
 * One line of len bytes, newline excluded; `ended` tells whether it had one. The bytes must stay in
 * place until stream_free. Findings go to the log.
 */
void stream_feed(struct stream *stream, const char *line, size_t len, bool ended);

/* Checks that nothing is missing. True when neither it nor stream_feed found an error. */
must_check bool stream_end(struct stream *stream);

/* All three for text in memory. */
must_check bool stream_read(struct stream *stream, const char *name, const char *text, size_t len, enum family families,
		 struct diag_log *log);

void stream_free(struct stream *stream);

/* The place of a line, for a finding about the whole of it (column 0) or about some bytes of it. */
struct where stream_where(const struct stream *stream, const struct line *line, unsigned column, unsigned width);

/* The place in the profile that a line came from; file NULL: none. */
struct where stream_origin_where(const struct stream *stream, const struct line *line);

/*
 * The words of a directive behind "#@ ": is this line one called `name`? If so *args is the rest of
 * the line (not NUL-terminated, may be empty) and *len its length.
 */
bool line_directive(const struct line *line, const char *name, const char **args, size_t *len);

#endif

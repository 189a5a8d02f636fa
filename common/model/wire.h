/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the process that reads a family's rules hands back, as bytes: records of a kind and a length. It runs
 * foreign code, which may have damaged its memory, so the receiver checks all of it and follows no pointers.
 */
#ifndef FW_MODEL_WIRE_H
#define FW_MODEL_WIRE_H

#include "diag/diag.h"

enum wire_kind {
	WIRE_FINDING = 1, /* struct wire_finding, then its text */
	WIRE_TEXT,        /* canonical text */
	WIRE_LINES,       /* uint32_t for each rule line of it */
	WIRE_END,         /* the last record of a whole answer */
};

struct wire_finding {
	uint32_t id;     /* of enum diag_id */
	uint32_t line;   /* from 1; 0: none */
	uint32_t column, width;
};

struct wire_record {
	enum wire_kind kind;
	const char *bytes; /* borrowed from the answer */
	size_t len;
};

void wire_put(struct strbuf *out, enum wire_kind kind, const void *bytes, size_t len);

/* Writes a record to a descriptor. 0 or -errno. */
must_check int wire_send(int fd, enum wire_kind kind, const void *bytes, size_t len);

/* The place is kept as numbers: the receiver has the text too. */
void wire_put_finding(struct strbuf *out, const struct diag *diag);

/* The record at byte *at of an answer, which moves behind it. False: there is none, or no whole one. */
must_check bool wire_next(const struct strbuf *answer, size_t *at, struct wire_record *record);

/* The parts of a finding; *text is NUL-terminated and may be freed with free(). False: damaged, or no memory. */
must_check bool wire_take_finding(const struct wire_record *record, struct wire_finding *finding, char **text);

/* Is the answer whole: do records fill it, with WIRE_END as the last? */
must_check bool wire_is_whole(const struct strbuf *answer);

#endif

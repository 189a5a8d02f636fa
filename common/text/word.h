/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Splits a line into words exactly as iptables-restore does (compared with 1.8.9): blanks separate words, double
 * quotes keep blanks, a backslash escapes only inside quotes, and a closing quote ends the word. Each word has its
 * column, for messages.
 */
#ifndef FW_TEXT_WORD_H
#define FW_TEXT_WORD_H

#include "base/base.h"

/* The limits of iptables-restore: words in a line (255 minus its name, -t, the table and an end), bytes in a word. */
#define WORD_COUNT_MAX 251
#define WORD_BYTES_MAX 1023

struct word {
	char *text;      /* NUL-terminated, without quotes and escapes; in the buffer of the words */
	unsigned column; /* of its first byte in the line, from 1 */
	unsigned width;  /* bytes in the line, quotes included */
	bool quoted;
};

/* The words of one line; can be used again for the next line. A zeroed struct is empty. */
struct words {
	struct word item[WORD_COUNT_MAX + 2]; /* a caller can insert two words before them */
	unsigned count;
	char *buffer; /* owned */
	size_t cap;
};

/* Why a line cannot be split. */
enum word_fault { WORD_FINE, WORD_TOO_MANY, WORD_TOO_LONG, WORD_OPEN_QUOTE, WORD_MEMORY };

/* Replaces the words by those of the line, which has no newline. *column is the column of the fault. */
must_check enum word_fault words_split(struct words *words, const char *line, size_t len, unsigned *column);

void words_free(struct words *words);

/* The message for a fault. */
const char *word_fault_text(enum word_fault fault);

/*
 * Appends text as one word: as it is if words_split reads that back, else in quotes, with `"` and `\` escaped, as
 * iptables-save does.
 */
struct strbuf;
void word_quote(struct strbuf *out, const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line cut into words exactly as iptables-restore cuts it (tried against 1.8.9): blanks separate,
 * double quotes hold blanks together, a backslash escapes only between quotes, and a closing quote
 * ends the word. Each word keeps its column, for messages.
 */
#ifndef FW_TEXT_WORD_H
#define FW_TEXT_WORD_H

#include "base/base.h"

/* iptables-restore's own limits: words in a line (255 less its own name, -t, the table, and an end), bytes of one word. */
#define WORD_COUNT_MAX 251
#define WORD_BYTES_MAX 1023

struct word {
	char *text;      /* NUL-terminated, quotes and escapes resolved; in the words' buffer */
	unsigned column; /* of its first byte in the line, from 1 */
	unsigned width;  /* bytes in the line, quotes included */
	bool quoted;
};

/* The words of one line, used again for the next. A zeroed struct is empty. */
struct words {
	struct word item[WORD_COUNT_MAX + 2]; /* room for the words that a caller puts before them */
	unsigned count;
	char *buffer; /* owned */
	size_t cap;
};

/* Why a line could not be cut. */
enum word_fault { WORD_FINE, WORD_TOO_MANY, WORD_TOO_LONG, WORD_OPEN_QUOTE, WORD_MEMORY };

/* Replaces the words by those of line (no newline in it). *column: where the fault is. */
must_check enum word_fault words_split(struct words *words, const char *line, size_t len, unsigned *column);

void words_free(struct words *words);

/* What a fault means, for a message. */
const char *word_fault_text(enum word_fault fault);

/*
 * Appends text as one word: as it is where that reads back the same, else in quotes with `"` and `\`
 * escaped, as iptables-save does.
 */
struct strbuf;
void word_quote(struct strbuf *out, const char *text);

#endif

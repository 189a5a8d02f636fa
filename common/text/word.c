/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "text/word.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* The word that is being read. */
struct cutter {
	struct words *words;
	char *to;       /* where its next byte goes */
	char *start;    /* its first byte */
	unsigned begin; /* index of its first byte in the line */
	bool begun;
	bool quoted;
};

static enum word_fault cutter_close(struct cutter *cut, unsigned end)
{
	struct words *words = cut->words;

	if (words->count >= WORD_COUNT_MAX)
		return WORD_TOO_MANY;
	if (cut->to - cut->start > WORD_BYTES_MAX)
		return WORD_TOO_LONG;
	*cut->to++ = '\0';
	words->item[words->count++] = (struct word){
		.text = cut->start,
		.column = cut->begin + 1,
		.width = end - cut->begin,
		.quoted = cut->quoted,
	};
	cut->start = cut->to;
	cut->begun = cut->quoted = false;
	return WORD_FINE;
}

static void cutter_begin(struct cutter *cut, unsigned at)
{
	if (!cut->begun)
		cut->begin = at;
	cut->begun = true;
}

/* Reads the text after an opening quote; *at moves to the closing quote or to the end. False: there is none. */
static bool cutter_quoted(struct cutter *cut, const char *line, size_t len, unsigned *at)
{
	cut->quoted = true;
	for (; *at < len; ++*at) {
		if (line[*at] == '"')
			return true;
		if (line[*at] == '\\' && *at + 1 < len)
			++*at;
		*cut->to++ = line[*at];
	}
	return false;
}

static enum word_fault words_cut(struct cutter *cut, const char *line, size_t len, unsigned *at)
{
	enum word_fault fault = WORD_FINE;

	for (; *at < len && fault == WORD_FINE; ++*at) {
		char c = line[*at];

		if (c == '"') {
			unsigned open = (*at)++;

			cutter_begin(cut, open);
			if (!cutter_quoted(cut, line, len, at)) {
				*at = open;
				return WORD_OPEN_QUOTE;
			}
			fault = cutter_close(cut, *at + 1);
		} else if (c == ' ' || c == '\t') {
			if (cut->begun)
				fault = cutter_close(cut, *at);
		} else {
			cutter_begin(cut, *at);
			*cut->to++ = c;
		}
	}
	return fault == WORD_FINE && cut->begun ? cutter_close(cut, (unsigned)len) : fault;
}

enum word_fault words_split(struct words *words, const char *line, size_t len, unsigned *column)
{
	struct cutter cut = { .words = words };
	enum word_fault fault;
	unsigned at = 0;

	words->count = 0;
	if (words->cap < 2 * len + 2) { /* each word has at least one byte of the line, and needs a NUL */
		char *grown = realloc(words->buffer, 4 * len + 64);

		if (grown == NULL)
			return WORD_MEMORY;
		words->buffer = grown;
		words->cap = 4 * len + 64;
	}
	cut.to = cut.start = words->buffer;
	fault = words_cut(&cut, line, len, &at);
	*column = fault == WORD_TOO_MANY || fault == WORD_TOO_LONG ? cut.begin + 1 : at + 1;
	return fault;
}

void words_free(struct words *words)
{
	free(words->buffer);
	*words = (struct words){ .buffer = NULL };
}

const char *word_fault_text(enum word_fault fault)
{
	switch (fault) {
	case WORD_FINE:
		return "no fault";
	case WORD_TOO_MANY:
		return "iptables-restore reads at most 251 words in a line";
	case WORD_TOO_LONG:
		return "iptables-restore reads words of at most 1023 bytes";
	case WORD_OPEN_QUOTE:
		return "this quote is never closed";
	case WORD_MEMORY:
		break;
	}
	return "out of memory";
}

void word_quote(struct strbuf *out, const char *text)
{
	if (text[0] != '\0' && strpbrk(text, " \t\"\\'") == NULL) {
		strbuf_puts(out, text);
		return;
	}
	strbuf_putc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *text);
	}
	strbuf_putc(out, '"');
}

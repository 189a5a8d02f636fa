/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that the formats share: numbers without printf's cost, addresses, durations. */
#ifndef FW_CONNTRACK_TEXT_H
#define FW_CONNTRACK_TEXT_H

#include "base/base.h"
#include "base/strbuf.h"

void text_number(struct strbuf *out, uint64_t number);

/* As inet_ntop writes it; addr has 4 or 16 bytes, as the family says. */
void text_address(struct strbuf *out, unsigned family, const uint8_t *addr);

/* Hundredths as "57.73". */
void text_hundredths(struct strbuf *out, uint64_t hundredths);

/* The text, with a space for each control character: nothing that a terminal would obey, or a table would break at. */
void text_clean(struct strbuf *out, const char *text);

/* A cell of a table: what separates it from the cell before, and the text, cleaned. */
void text_cell(struct strbuf *out, char before, const char *text);

/* "90 s", "5 min", "3 h", "12 d": the largest unit that leaves two or more, rounded down. */
void text_duration(struct strbuf *out, uint64_t seconds);

/* "37 MiB", "512 KiB". */
void text_memory(struct strbuf *out, uint64_t bytes);

/* An unsigned decimal number that is all of text; false otherwise or above max. */
must_check bool text_to_number(const char *text, uint64_t max, uint64_t *number);

/* Seconds of "90", "90s", "5m", "2h", "3d"; false for anything else. */
must_check bool text_to_duration(const char *text, uint64_t *seconds);

#endif

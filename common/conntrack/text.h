/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Text that several formats share: numbers, faster than with printf, addresses, durations. */
#ifndef FW_CONNTRACK_TEXT_H
#define FW_CONNTRACK_TEXT_H

#include "base/base.h"
#include "base/strbuf.h"

void text_number(struct strbuf *out, uint64_t number);

/* As inet_ntop writes it. addr has 4 bytes, or 16 for AF_INET6. */
void text_address(struct strbuf *out, unsigned family, const uint8_t *addr);

/* Hundredths as "57.73". */
void text_hundredths(struct strbuf *out, uint64_t hundredths);

/* The text, with a space for each control character, which could harm a terminal or break a table. */
void text_clean(struct strbuf *out, const char *text);
void text_clean_bytes(struct strbuf *out, const char *text, size_t len);

/* A cell of a table: what separates it from the cell before, and the text, cleaned. */
void text_cell(struct strbuf *out, char before, const char *text);

/* "90 s", "5 min", "3 h", "12 d": in the largest unit that makes it at least 2, rounded down. */
void text_duration(struct strbuf *out, uint64_t seconds);

/* "37 MiB", "512 KiB". */
void text_memory(struct strbuf *out, uint64_t bytes);

/* Reads an unsigned decimal number that is the whole text. False: it is not one, or above max. */
must_check bool text_to_number(const char *text, uint64_t max, uint64_t *number);

/* Reads "90", "90s", "5m", "2h" or "3d" as seconds. False: anything else. */
must_check bool text_to_duration(const char *text, uint64_t *seconds);

/*
 * Reads a priority of syslog, "daemon.warning" as in syslog.conf or a level alone, which means daemon. False:
 * neither.
 */
must_check bool text_to_priority(const char *text, int *priority);

/*
 * Reads words separated by commas, each of which must be a name; bit n of *bits is set for the n-th name.
 * False: *text points at the first word that is none.
 */
must_check bool text_to_words(const char **text, const char *const *names, size_t count, unsigned *bits);

#endif

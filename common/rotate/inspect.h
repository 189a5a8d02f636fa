/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking at a log and its archives: are they whole, and what is in them. Nothing is changed and no lock taken. */
#ifndef FW_ROTATE_INSPECT_H
#define FW_ROTATE_INSPECT_H

#include "diag/diag.h"
#include "rotate/setting.h"

#include <stdio.h>
#include <time.h>

/* "2026-01-31", "2026-01-31T23:59:59" with or without "Z", else local time; "@SECONDS". */
must_check bool inspect_time(const char *text, time_t *when);

/*
 * Inflates what compressed archives there are, and names what a killed run left; DIAG_ROTATE_DAMAGED for each fault. `path` is a
 * directory, a log, or one .gz file. What is whole is said on `out` when `verbose`.
 */
void inspect_verify(const struct rotate_settings *set, const char *path, bool verbose, FILE *out,
		    struct diag_log *log);

/*
 * Prints the archives of a log, oldest first, inflated, and then the log. `since` leaves out whole archives that were
 * closed before, and at the beginning of the first one lines with an earlier time (ISO 8601 or syslog's). 0: all.
 */
void inspect_cat(const struct rotate_settings *set, const char *path, time_t since, FILE *out, struct diag_log *log);

#endif

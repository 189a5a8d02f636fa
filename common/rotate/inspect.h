/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Checks and prints a log and its archives. Nothing is changed, and no lock is taken. */
#ifndef FW_ROTATE_INSPECT_H
#define FW_ROTATE_INSPECT_H

#include "diag/diag.h"
#include "rotate/setting.h"

#include <stdio.h>
#include <time.h>

/* Reads "2026-01-31", "2026-01-31T23:59:59" (local time, or UTC with a final "Z") or "@SECONDS". */
must_check bool inspect_time(const char *text, time_t *when);

/*
 * Decompresses and checks the compressed archives, and reports damaged ones and files that a killed run left, each
 * as DIAG_ROTATE_DAMAGED. `path` is a directory, a log, or one .gz file. If verbose, lists intact archives on `out`.
 */
void inspect_verify(const struct rotate_settings *set, const char *path, bool verbose, FILE *out,
		    struct diag_log *log);

/*
 * Prints the archives of a log, decompressed, oldest first, and then the log. `path` is a log or the directory of
 * a --pipe. `since` leaves out archives that were closed before, and then the first lines with an earlier time (ISO
 * 8601 or syslog format); 0: print everything.
 */
void inspect_cat(const struct rotate_settings *set, const char *path, time_t since, FILE *out, struct diag_log *log);

#endif

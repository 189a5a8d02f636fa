/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Runs the scripts of the configuration, with the shell, and --reopen, without it.
 *
 * Each runs in a process group of its own, started by a keeper process, so that a script that kills its parent kills
 * only the keeper. At the time limit, the whole group is killed.
 */
#ifndef FW_ROTATE_SCRIPT_H
#define FW_ROTATE_SCRIPT_H

#include "diag/diag.h"
#include "rotate/setting.h"

/* Runs a shell script. `what` is its name in messages; `first` and `second` are $1 and $2. 0 or -errno, reported. */
must_check int script_run(const struct rotate_settings *set, const char *what, const char *text, const char *first,
			  const char *second, struct diag_log *log);

/*
 * Tells the writer to reopen its log. pidfile:PATH sends SIGHUP to the process whose number is in PATH; unit:NAME sends
 * it through systemctl; cmd:WORDS runs a program. If the process does not exist, this is only a warning: a writer that
 * still has the log open is found by the lease. A pid file that another user controls, or whose
 * directory he controls, can name only processes of that user.
 * 0 or -errno, reported.
 */
must_check int reopen_run(const struct rotate_settings *set, struct diag_log *log);

#endif

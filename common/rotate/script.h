/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs around a rotation: the scripts of the configuration, by the shell, and --reopen, which needs none.
 * Each runs in a process group of its own, under a keeper that stands between it and us: a script that kills
 * its parent kills the keeper. At the time limit the whole group is killed.
 */
#ifndef FW_ROTATE_SCRIPT_H
#define FW_ROTATE_SCRIPT_H

#include "diag/diag.h"
#include "rotate/setting.h"

/* `what` names it in messages, `first` and `second` become $1 and $2 (NULL: none). 0, or -errno after a report. */
must_check int script_run(const struct rotate_settings *set, const char *what, const char *text, const char *first,
			  const char *second, struct diag_log *log);

/*
 * pidfile:PATH sends SIGHUP to the process whose number PATH holds; unit:NAME does it by systemctl; cmd:WORDS runs
 * a program. A process that does not exist (any more) is a warning only: there is no writer then, and whether one
 * holds the log shows by its lease. A pid file of another user can only name processes of that user. 0, or -errno after a report.
 */
must_check int reopen_run(const struct rotate_settings *set, struct diag_log *log);

#endif

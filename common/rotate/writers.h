/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a log open, by /proc. */
#ifndef FW_ROTATE_WRITERS_H
#define FW_ROTATE_WRITERS_H

#include "rotate/job.h"

/*
 * Do all programs that write to the log append (O_APPEND)? One that does not goes on at its old place after copytruncate, so
 * that the log becomes as large as before, its beginning a hole. Reported when not. Sees what /proc shows us.
 */
must_check bool writers_all_append(struct log_job *job);

#endif

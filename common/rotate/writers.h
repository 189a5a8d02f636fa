/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Finds the programs that have a log open, in /proc. */
#ifndef FW_ROTATE_WRITERS_H
#define FW_ROTATE_WRITERS_H

#include "rotate/job.h"

/*
 * True if all programs that write to the log use O_APPEND, as far as /proc shows them. After copytruncate, any other
 * program continues at its old offset, so that the log begins with a hole and is as large as before. False: reported.
 */
must_check bool writers_all_append(struct log_job *job);

#endif

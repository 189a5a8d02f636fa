/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Removes archives when there are too many, or when they are too old or too large. Errors are reported; an archive that
 * a program still writes to stays and sets job->deferred.
 */
#ifndef FW_ROTATE_PRUNE_H
#define FW_ROTATE_PRUNE_H

#include "rotate/job.h"

/*
 * Each runs the script preremove before it removes an archive; if that fails, the archive stays and job->failed is set.
 * Applies keep, maxage and max_bytes, from the oldest archive on. Keeps the newest archive, unless keep is 0. */
void prune_archives(struct log_job *job, time_t now);

/* Removes the oldest archives, but not the newest, while less than min_free is free. Call this before compressing. */
void prune_for_room(struct log_job *job);

/* Removes the oldest archive, even if it is the only one. */
void prune_oldest(struct log_job *job);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removes archives that are too many, too old or too large: the oldest first, never the newest (but for rotate 0). */
#ifndef FW_ROTATE_PRUNE_H
#define FW_ROTATE_PRUNE_H

#include "rotate/job.h"

void prune_archives(struct log_job *job, time_t now);

/* Below min_free, removes the oldest archives until there is room. Before compressing. */
void prune_for_room(struct log_job *job);

/* Removes the oldest archive, if it can be; the newest too. */
void prune_oldest(struct log_job *job);

#endif

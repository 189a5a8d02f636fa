/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts right what a run that was killed left, or a disk that was full. */
#ifndef FW_ROTATE_REPAIR_H
#define FW_ROTATE_REPAIR_H

#include "rotate/job.h"

/*
 * Removes temporaries; of an archive that is there plain and compressed keeps the plain one, or the .gz if it holds exactly the
 * same; removes the empty file of a rotation that did not come to its exchange. Sets job->untold when
 * writers were not told of the last rotation. 0 or -errno, reported: then no rotation must follow.
 */
must_check int repair_archives(struct log_job *job);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The moment of rotation: the log becomes an archive, and an empty log stands in its place. */
#ifndef FW_ROTATE_COMMIT_H
#define FW_ROTATE_COMMIT_H

#include "rotate/job.h"

/* Sets job->archive and job->rotated. On failure before the exchange the log is as it was. 0 or -errno, reported. */
must_check int commit_rotation(struct log_job *job, time_t now);

/* The same with copytruncate: what a writer adds between the last read and the truncation is lost. */
must_check int commit_copy(struct log_job *job, time_t now);

#endif

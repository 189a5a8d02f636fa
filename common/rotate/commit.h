/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rotation itself: the log becomes an archive, and an empty log takes its place. */
#ifndef FW_ROTATE_COMMIT_H
#define FW_ROTATE_COMMIT_H

#include "rotate/job.h"

/*
 * Sets job->archive and job->rotated. If it fails before the exchange, the log is unchanged; a failed sync leaves
 * job->rotated set. 0 or -errno, reported. A dry run changes only the list of archives.
 */
must_check int commit_rotation(struct log_job *job, time_t now);

/* The same with copytruncate. Lines that a writer adds between the last read and the truncation are lost. */
must_check int commit_copy(struct log_job *job, time_t now);

#endif

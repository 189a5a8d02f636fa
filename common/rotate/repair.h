/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Repairs what a killed run or a full disk left behind. */
#ifndef FW_ROTATE_REPAIR_H
#define FW_ROTATE_REPAIR_H

#include "rotate/job.h"

/*
 * Removes temporaries. If an archive exists plain and compressed, removes the plain file if both have the same content,
 * else sets the .gz aside as .gz.bad. Removes the archive of a rotation that was interrupted before the exchange or the
 * truncation. Sets job->untold if the writers were not told of the last rotation. 0; or -errno, reported: then do not
 * rotate this log.
 */
must_check int repair_archives(struct log_job *job);

/*
 * The two ways to repair an archive that exists twice, of which adoption makes use too: removes the plain file, as the
 * compressed one has the same content, or sets the compressed one aside as .bad. 0 or -errno, reported.
 */
must_check int repair_remove_plain(struct log_job *job, const char *plain, const char *packed);
must_check int repair_set_aside(struct log_job *job, const char *plain, const char *packed);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Takes over the archives that logrotate has made, or that have the names of the other naming, by renaming them.
 *
 * With names by date, LOG.1, LOG.2.gz and so on get the times of their last lines, each at least a second before the
 * one with the lower number; LOG-20260131 gets the time of its last line if that is on this day, else its beginning.
 * With numbers, dated archives are put among the numbered ones by these times. No file is replaced. If this is
 * interrupted, the next run goes on; a run that finds nothing to rename changes nothing.
 */
#ifndef FW_ROTATE_ADOPT_H
#define FW_ROTATE_ADOPT_H

#include "rotate/job.h"

/* The job is open. Its archives need not be repaired: two different ones of one name are told apart. Errors are reported. */
void adopt_archives(struct log_job *job, time_t now);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of ct-rotate, over any number of logs. */
#ifndef FW_ROTATE_RUN_H
#define FW_ROTATE_RUN_H

#include "diag/diag.h"

#include <stdio.h>

/* What all logs of a run share, and what came of it. */
struct rotate_run {
	struct diag_log *log;
	FILE *out;        /* borrowed: dry run, verbose steps and JSON go here */
	bool force, dry, verbose, json;
	bool repair_only; /* put right what was left, and compress; no rotation */
	unsigned wait_ms; /* for the lock */
	unsigned busy;    /* logs that another instance has locked */
};

#endif

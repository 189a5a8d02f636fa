/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* One run of ct-rotate, over any number of logs. */
#ifndef FW_ROTATE_RUN_H
#define FW_ROTATE_RUN_H

#include "diag/diag.h"

#include <stdio.h>

/* What all logs of a run share. */
struct rotate_run {
	struct diag_log *log;
	FILE *out;        /* borrowed; receives the steps of a dry or verbose run, and JSON */
	bool force, dry, verbose, json;
	bool adopt;       /* take over the archives of logrotate, and do nothing else */
	bool repair_only; /* repair, compress and prune, but do not rotate */
	unsigned wait_ms; /* how long to wait for a lock */
	unsigned busy;    /* result: how many logs another instance has locked */
};

#endif

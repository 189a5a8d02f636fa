/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the readers of both families found. Each family is read by a process of its own, which sends what it found
 * through an outbox; the parent receives it here, and puts it together.
 */
#ifndef FW_CHECK_RESULTS_H
#define FW_CHECK_RESULTS_H

#include "base/worker.h"
#include "check/exposure.h"
#include "check/findings.h"

struct results {
	struct findings findings;
	struct exposure exposure;
	bool meaning_left; /* a family could not be asked what its rules mean */
};

/* In the child: a log that sends each finding. */
struct diag_log results_log(struct outbox *out);
/* In the child: sends this family's part of the exposure, and frees it. */
void results_send_exposure(struct outbox *out, struct exposure *exposure, struct diag_log *log);

/* In the child: the checks on the meaning did not run. */
void results_send_left(struct outbox *out);

/* In the parent: takes what a child sends. The findings are of the family in results->findings.family. */
struct inbox results_inbox(struct results *results);

void results_free(struct results *results);

#endif

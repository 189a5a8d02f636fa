/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Decides whether a rotation is due. Pure: reads no clock and no file. */
#ifndef FW_ROTATE_SCHEDULE_H
#define FW_ROTATE_SCHEDULE_H

#include "rotate/setting.h"

#include <time.h>

/* What the decision depends on. */
struct occasion {
	time_t now;
	time_t last;    /* the last rotation, or when the log was created */
	time_t written; /* the log's mtime */
	uint64_t bytes; /* the log's size */
	bool force;     /* -f */
};

enum schedule_verdict { NOT_DUE, DUE, NOT_DUE_EMPTY, NOT_DUE_FUTURE };

/*
 * NOT_DUE_FUTURE: `last` is in the future by so little that the clock soon catches up, and sizes do not require a
 * rotation. If it is further away, the clock was wrong then or is wrong now, and a rotation is due.
 */
enum schedule_verdict schedule_decide(const struct rotate_settings *set, const struct occasion *at);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it time to rotate? Pure: no clock and no file is looked at here. */
#ifndef FW_ROTATE_SCHEDULE_H
#define FW_ROTATE_SCHEDULE_H

#include "rotate/setting.h"

#include <time.h>

/* What a decision is made from. */
struct occasion {
	time_t now;
	time_t last;    /* the last rotation, or the log's birth */
	time_t written; /* the log's mtime */
	uint64_t bytes; /* the log's size */
	bool force;     /* -f */
};

enum schedule_verdict { NOT_DUE, DUE, NOT_DUE_EMPTY, NOT_DUE_FUTURE };

/* NOT_DUE_FUTURE: `last` is later than now, so only sizes count and they do not ask for it. */
enum schedule_verdict schedule_decide(const struct rotate_settings *set, const struct occasion *at);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal of --watch, and what stands on it. */
#ifndef FW_CMD_CT_STAT_SCREEN_H
#define FW_CMD_CT_STAT_SCREEN_H

#include "conntrack/breakdown.h"
#include "conntrack/source.h"

#define SCREEN_TIMEOUT 0
#define SCREEN_END     (-1) /* end of input, or a signal that ends us */
#define SCREEN_RESIZED (-2)

struct screen; /* a terminal, in the mode that reads single keys */

struct screen_area {
	unsigned rows, columns;
};

/* NULL where standard input and output are not both a terminal. */
struct screen *screen_open(void);
void screen_close(struct screen *screen); /* the terminal as it was; NULL is allowed */
struct screen_area screen_size(const struct screen *screen);

/* A key, or one of SCREEN_*. screen NULL: only waits. */
int screen_wait(struct screen *screen, uint64_t milliseconds);

#define PICTURE_HISTORY 60

struct picture {
	struct snapshot now; /* owned by whoever fills it */
	uint64_t elapsed;    /* milliseconds since the one before; 0: this is the first */
	int64_t change;	     /* of the number of entries since then */
	uint64_t growth[COUNTER_COUNT];
	bool reset;
	uint64_t history[PICTURE_HISTORY]; /* numbers of entries, a ring */
	size_t seen;			   /* how many were ever put in */
	int top_error;			   /* why there is no list, as -errno */
};

/* What the keys 1 to 9 count by. */
extern const char *const picture_keys[];
extern const size_t picture_key_count;

void picture_remember(struct picture *picture);

/* For what is not a terminal: one line. */
void picture_line(struct strbuf *out, const struct picture *picture);

void picture_draw(struct strbuf *out, const struct picture *picture, const struct breakdown *top, bool paused,
		  struct screen_area area);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The terminal of --watch. */
#ifndef FW_CMD_CT_STAT_SCREEN_H
#define FW_CMD_CT_STAT_SCREEN_H

#include "base/base.h"

#define SCREEN_TIMEOUT 0
#define SCREEN_END     (-1) /* the end of the input, or a signal that ends the program */
#define SCREEN_RESIZED (-2)

struct screen; /* a terminal that hands on single keys */

struct screen_area {
	unsigned rows, columns;
};

/*
 * Prepares the terminal and catches the signals that end --watch. NULL: standard input and output are not
 * both a terminal, or it cannot be prepared; signals are caught even then.
 */
struct screen *screen_open(void);
void screen_close(struct screen *screen); /* restores the terminal; NULL is allowed */
struct screen_area screen_size(const struct screen *screen);

/* Waits for a key. Returns it, or one of SCREEN_*. screen NULL: waits for the time or a signal. */
int screen_wait(struct screen *screen, uint64_t milliseconds);

#endif

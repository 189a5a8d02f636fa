/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * --watch: the numbers again and again, with rates, and on a terminal the most frequent values of a key. The
 * numbers are cheap; the table is read only so often that reading it takes less than a tenth of one
 * processor.
 */
#include "run.h"
#include "access.h"
#include "screen.h"
#include "conntrack/ctnl.h"
#include "conntrack/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DUMP_SHARE 20 /* wait so many times what a dump took: a twentieth of a processor */

struct watch {
	struct cli *cli;
	struct ct_stat_options *options;
	struct screen *screen; /* NULL: plain lines */
	struct picture picture;
	uint64_t next_dump;
	bool paused, ended;
};

static uint64_t milliseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool measure(struct watch *w)
{
	if (picture_measure(&w->picture, milliseconds(CLOCK_MONOTONIC)))
		return true;
	diag_add(&w->cli->log, DIAG_CONNTRACK, NULL, NULL, "connection tracking is not active here");
	return false;
}

/* Counts the entries by the chosen key, if the next dump is due. */
static void count_entries(struct watch *w)
{
	struct breakdown *b = &w->options->entries.breakdown;
	uint64_t start = milliseconds(CLOCK_PROCESS_CPUTIME_ID), now = milliseconds(CLOCK_MONOTONIC);
	struct ctnl nl;
	int err;

	if (now < w->next_dump)
		return;
	err = w->picture.now.source == SOURCE_NETLINK ? ctnl_open(&nl) : w->picture.now.netlink_error;
	if (err == 0) {
		err = breakdown_restart(b);
		if (err == 0)
			err = breakdown_run(b, &nl, &w->options->entries.filter);
		ctnl_close(&nl);
	}
	w->picture.top_error = err;
	w->next_dump = now + (milliseconds(CLOCK_PROCESS_CPUTIME_ID) - start) * DUMP_SHARE;
}

static bool show(struct watch *w)
{
	struct screen_area area = screen_size(w->screen);
	struct strbuf out = STRBUF_INIT;
	bool good;

	if (w->screen == NULL)
		picture_line(&out, &w->picture);
	else
		picture_draw(&out, &w->picture, &w->options->entries.breakdown, w->paused, area.rows,
			     area.columns);
	good = write_out(w->cli, &out);
	strbuf_free(&out);
	return good;
}

static bool choose_key(struct watch *w, int key)
{
	struct breakdown *b = &w->options->entries.breakdown;
	size_t at = (size_t)(key - '1');
	const char *bad;

	if (at >= picture_key_count)
		return false;
	breakdown_free(b);
	if (!breakdown_keys(b, picture_keys[at], &bad))
		return false;
	w->next_dump = 0;
	return true;
}

/* Waits until the next picture is due, or a key changes it. */
static void wait_for_next(struct watch *w)
{
	uint64_t end = milliseconds(CLOCK_MONOTONIC) + w->options->entries.refresh * 1000, now;

	while (!w->ended && (now = milliseconds(CLOCK_MONOTONIC)) < end) {
		int key = screen_wait(w->screen, end - now);

		if (key == SCREEN_END || key == 'q')
			w->ended = true;
		else if (key == 'p')
			w->paused = !w->paused;
		if (key == 'p' || (key >= '1' && key <= '9' && choose_key(w, key)) || key == SCREEN_RESIZED)
			return;
	}
}

static bool step(struct watch *w)
{
	if (!w->paused && !measure(w))
		return false;
	if (w->screen != NULL && (!w->paused || w->next_dump == 0)) /* a new key is counted at once */
		count_entries(w);
	if (!show(w))
		return false;
	wait_for_next(w);
	return true;
}

int run_watch(struct cli *cli, struct ct_stat_options *options)
{
	struct watch w = { .cli = cli, .options = options };
	const char *bad;

	if (!enter_netns(cli, options->netns))
		return STATUS_SYSTEM;
	if (!breakdown_keys(&options->entries.breakdown, picture_keys[0], &bad)) {
		diag_memory(&cli->log);
		return STATUS_SYSTEM;
	}
	w.screen = screen_open();
	while (!w.ended && step(&w))
		;
	screen_close(w.screen);
	picture_free(&w.picture);
	return diag_errors(&cli->log) > 0 ? STATUS_SYSTEM : STATUS_DONE;
}

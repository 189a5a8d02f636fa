/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/picture.h"
#include "conntrack/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NEXT_LINE "\033[K\r\n" /* clear what the last picture left in this row */

const char *const picture_keys[] = { "src",    "dst",  "dport", "proto", "state",
				     "status", "zone", "mark",	"src/24" };
const size_t picture_key_count = ARRAY_LEN(picture_keys);

void picture_free(struct picture *picture)
{
	snapshot_free(&picture->now);
}

static void compare(struct picture *picture, const struct snapshot *before)
{
	bool reset = false;

	picture->change = (int64_t)picture->now.count - (int64_t)before->count;
	for (unsigned i = 0; i < COUNTER_COUNT; i++)
		picture->growth[i] =
			counters_growth(&before->counters, &picture->now.counters, i, &reset);
}

bool picture_measure(struct picture *picture, uint64_t milliseconds)
{
	struct snapshot before = picture->now;

	snapshot_take(&picture->now, "/proc");
	if (picture->measured != 0) {
		picture->elapsed = milliseconds - picture->measured;
		compare(picture, &before);
	}
	snapshot_free(&before);
	picture->measured = milliseconds;
	picture->history[picture->seen++ % PICTURE_HISTORY] = picture->now.count;
	return picture->now.has_count;
}

/* In tenths per second. */
static uint64_t rate(const struct picture *picture, uint64_t growth)
{
	return picture->elapsed > 0 ? growth * 10000 / picture->elapsed : 0;
}

static void put_rate(struct strbuf *out, const char *name, uint64_t tenths)
{
	strbuf_printf(out, " %s=%" PRIu64 ".%" PRIu64, name, tenths / 10, tenths % 10);
}

static uint64_t percent_tenths(const struct snapshot *now)
{
	return now->has_max && now->max > 0 ? now->count * 1000 / now->max : 0;
}

static void put_clock(struct strbuf *out, uint64_t wall, bool date)
{
	char text[32] = "";
	time_t seconds = (time_t)wall;
	struct tm local;

	if (localtime_r(&seconds, &local) == NULL)
		return;
	if (date)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &local);
	else
		(void)strftime(text, sizeof(text), "%H:%M:%S ", &local);
	strbuf_puts(out, text);
}

void picture_line(struct strbuf *out, const struct picture *picture)
{
	const struct snapshot *now = &picture->now;
	uint64_t tenths = percent_tenths(now), change = (uint64_t)llabs(picture->change);

	put_clock(out, now->wall, true);
	strbuf_printf(out, " count=%" PRIu64 " max=%" PRIu64 " percent=%" PRIu64 ".%" PRIu64, now->count,
		      now->max, tenths / 10, tenths % 10);
	change = rate(picture, change);
	strbuf_printf(out, " change/s=%c%" PRIu64 ".%" PRIu64, picture->change < 0 ? '-' : '+', change / 10,
		      change % 10);
	for (unsigned rank = 1; rank <= COUNTER_ALARMING; rank++) {
		enum counter_id id = counter_ranked(rank);
		char name[32];

		snprintf(name, sizeof(name), "%s/s", counter_kinds[id].name);
		put_rate(out, name, rate(picture, picture->growth[id]));
	}
	strbuf_putc(out, '\n');
}

/* Blocks of one to eight eighths, from the smallest to the largest number in the ring. */
static void put_sparkline(struct strbuf *out, const struct picture *picture, unsigned columns)
{
	size_t len = picture->seen < PICTURE_HISTORY ? picture->seen : PICTURE_HISTORY;
	uint64_t low = UINT64_MAX, high = 0;

	len = len < columns ? len : columns;
	for (size_t i = picture->seen - len; i < picture->seen; i++) {
		uint64_t count = picture->history[i % PICTURE_HISTORY];

		low = count < low ? count : low;
		high = count > high ? count : high;
	}
	for (size_t i = picture->seen - len; i < picture->seen; i++) {
		uint64_t count = picture->history[i % PICTURE_HISTORY];
		unsigned eighths = high > low ? (unsigned)((count - low) * 7 / (high - low)) : 0;

		strbuf_printf(out, "\342\226%c", (char)(0x81 + eighths)); /* U+2581 to U+2588 */
	}
}

static void draw_numbers(struct strbuf *out, const struct picture *picture, unsigned columns)
{
	const struct snapshot *now = &picture->now;
	uint64_t tenths = percent_tenths(now), change = rate(picture, (uint64_t)llabs(picture->change));

	strbuf_printf(out,
		      "%" PRIu64 " of %" PRIu64 " entries, %" PRIu64 ".%" PRIu64 " %%, %c%" PRIu64 ".%" PRIu64
		      " a second" NEXT_LINE,
		      now->count, now->max, tenths / 10, tenths % 10, picture->change < 0 ? '-' : '+',
		      change / 10, change % 10);
	put_sparkline(out, picture, columns);
	strbuf_puts(out, NEXT_LINE);
	for (unsigned rank = 1; rank <= COUNTER_ALARMING; rank++) {
		enum counter_id id = counter_ranked(rank);
		uint64_t per_second = rate(picture, picture->growth[id]);

		strbuf_printf(out, "%s%s %" PRIu64 ".%" PRIu64 "/s (%" PRIu64 ")", rank > 1 ? "   " : "",
			      counter_kinds[id].name, per_second / 10, per_second % 10,
			      counters_sum(&now->counters, id));
	}
	strbuf_puts(out, NEXT_LINE NEXT_LINE);
}

/* The breakdown's own table, cut to the rows and columns that are left. */
static void draw_top(struct strbuf *out, const struct breakdown *top, unsigned rows, unsigned columns)
{
	struct strbuf table = STRBUF_INIT;
	const char *line;

	if (breakdown_text(top, &table) != 0)
		out->failed = true;
	line = strbuf_text(&table);
	for (unsigned i = 0; i < rows && *line != '\0'; i++) {
		size_t len = strcspn(line, "\n");

		strbuf_add(out, line, len < columns ? len : columns);
		strbuf_puts(out, NEXT_LINE);
		line += len + (line[len] == '\n');
	}
	strbuf_free(&table);
}

void picture_draw(struct strbuf *out, const struct picture *picture, const struct breakdown *top, bool paused,
		  unsigned rows, unsigned columns)
{
	const unsigned used = 8; /* rows around the list */

	strbuf_puts(out, "\033[H");
	put_clock(out, picture->now.wall, false);
	strbuf_puts(out, paused ? "paused  " : "");
	draw_numbers(out, picture, columns);
	if (picture->top_error != 0)
		strbuf_printf(out, "no list: %s" NEXT_LINE, strerror(-picture->top_error));
	else if (rows > used)
		draw_top(out, top, rows - used, columns - 1);
	strbuf_puts(out, "\033[J\033[2m"); /* clear the rest; show the help dimmed */
	for (size_t i = 0; i < picture_key_count && columns >= 78; i++)
		strbuf_printf(out, "%zu %s  ", i + 1, picture_keys[i]);
	strbuf_puts(out, " p pause  q quit\033[0m");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/alarm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PERCENT 1000 /* a threshold's value for one percent */

const char *alarm_name(enum alarm_level level)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

	return names[level];
}

enum alarm_level alarm_worse(enum alarm_level a, enum alarm_level b)
{
	static const int rank[] = {
		[ALARM_OK] = 0, [ALARM_UNKNOWN] = 1, [ALARM_WARNING] = 2, [ALARM_CRITICAL] = 3
	};

	return rank[a] >= rank[b] ? a : b;
}

/*
 * Reads one to three digits after the point, as thousandths. Returns their end; NULL: none, or more than
 * three.
 */
static const char *read_fraction(const char *text, uint64_t *thousandths)
{
	uint64_t unit = 100;

	*thousandths = 0;
	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++, unit /= 10) {
		if (unit == 0)
			return NULL;
		*thousandths += (uint64_t)(*text - '0') * unit;
	}
	return text;
}

bool threshold_read(struct threshold *threshold, const char *text)
{
	uint64_t whole, fraction = 0;
	bool point;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	whole = strtoull(text, &end, 10);
	point = *end == '.';
	if (errno != 0 || whole > UINT32_MAX)
		return false;
	if (point) {
		text = read_fraction(end + 1, &fraction);
		if (text == NULL)
			return false;
	} else {
		text = end;
	}
	if (strcmp(text, "%") != 0 && *text != '\0')
		return false;
	if (*text == '\0' && !point && whole > 100)
		*threshold = (struct threshold){ THRESHOLD_ENTRIES, whole };
	else
		*threshold = (struct threshold){ THRESHOLD_PERCENT, whole * PERCENT + fraction };
	return threshold->kind == THRESHOLD_ENTRIES || threshold->value <= 100 * PERCENT;
}

uint64_t threshold_entries(const struct threshold *threshold, uint64_t max)
{
	return threshold->kind == THRESHOLD_ENTRIES ? threshold->value
						    : max * threshold->value / (100 * PERCENT);
}

/* Nothing overflows 64 bits: count and max have 32 bits, the percentage has 17. */
bool threshold_reached(const struct threshold *threshold, const struct snapshot *now, uint64_t count)
{
	switch (threshold->kind) {
	case THRESHOLD_ENTRIES:
		return count >= threshold->value;
	case THRESHOLD_PERCENT: /* a table without a limit is never full */
		return now->has_max && now->max > 0 && count * (100 * PERCENT) >= threshold->value * now->max;
	default:
		return false;
	}
}

bool threshold_is_above(const struct threshold *warn, const struct threshold *crit, uint64_t max)
{
	if (warn->kind == THRESHOLD_NONE || crit->kind == THRESHOLD_NONE)
		return false;
	if (warn->kind == crit->kind)
		return warn->value > crit->value;
	return max > 0 && threshold_entries(warn, max) > threshold_entries(crit, max);
}

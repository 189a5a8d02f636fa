/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/schedule.h"

#define DAY    ((time_t)86400)
#define LEEWAY 1 /* seconds: the times in names are whole seconds */
#define HOUR   ((time_t)3600)

/* The number of a local date, in days from 1970, so that days of 23 and 25 hours count as one. */
static long day_number(const struct tm *tm)
{
	struct tm date = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday };

	return (long)(timegm(&date) / DAY);
}

static bool period_over(const struct rotate_settings *set, time_t last, time_t now)
{
	struct tm then = { 0 }, today = { 0 };
	long days;

	if (localtime_r(&last, &then) == NULL || localtime_r(&now, &today) == NULL)
		return false;
	days = day_number(&today) - day_number(&then);
	switch (set->schedule) {
	case HOURLY:
		/* At the end of summer time, two hours have the same number. */
		return days != 0 || then.tm_hour != today.tm_hour || then.tm_gmtoff != today.tm_gmtoff;
	case DAILY:
		return days != 0;
	case WEEKLY:
		return days >= 7 || (days >= 1 && today.tm_wday == set->weekday);
	case MONTHLY:
		return then.tm_mon != today.tm_mon || then.tm_year != today.tm_year;
	case YEARLY:
		return then.tm_year != today.tm_year;
	case BY_SIZE:
		break;
	}
	return false;
}

/* True if `last` is so far in the future that no step of a clock which is nearly right explains it. */
static bool far_away(const struct rotate_settings *set, const struct occasion *at)
{
	return at->last - at->now > (set->schedule == HOURLY ? HOUR : DAY + HOUR);
}

/* True if the log was written to within minage. An mtime in the future tells nothing. */
static bool too_young(const struct rotate_settings *set, const struct occasion *at)
{
	return set->minage > 0 && at->written <= at->now + LEEWAY &&
	       at->now - at->written < (time_t)set->minage * DAY;
}

enum schedule_verdict schedule_decide(const struct rotate_settings *set, const struct occasion *at)
{
	bool future = at->last > at->now + LEEWAY;
	bool due;

	if (at->force)
		due = true;
	else if (set->maxsize > 0 && at->bytes > set->maxsize)
		due = true;
	else if (set->schedule == BY_SIZE)
		due = at->bytes >= set->size;
	else
		due = (future ? far_away(set, at) : period_over(set, at->last, at->now)) && at->bytes >= set->minsize;
	if (due && !at->force && too_young(set, at))
		due = false;
	if (due && set->notifempty && at->bytes == 0)
		return NOT_DUE_EMPTY;
	if (!due && future && set->schedule != BY_SIZE)
		return NOT_DUE_FUTURE;
	return due ? DUE : NOT_DUE;
}

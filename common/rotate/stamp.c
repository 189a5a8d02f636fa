/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/stamp.h"
#include "base/number.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static bool read_digits(const char **text, size_t count, int *value)
{
	uint64_t number;

	if (!number_read_bytes(*text, count, INT_MAX, &number))
		return false;
	*text += count;
	*value = (int)number;
	return true;
}

static bool read_epoch(const char **text, int64_t *when)
{
	uint64_t number;

	if (strspn(*text, "0123456789") > 12 || !number_take(text, 10, INT64_MAX, &number))
		return false;
	*when = (int64_t)number;
	return true;
}

/* Reads "+0130" as seconds east of UTC. */
static bool read_zone(const char **text, long *east)
{
	int sign = **text == '-' ? -1 : 1, hours, minutes;

	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!read_digits(text, 2, &hours) || !read_digits(text, 2, &minutes))
		return false;
	*east = sign * (hours * 3600L + minutes * 60L);
	return true;
}

/* Reads one conversion of a date format and advances *text past it. */
static bool read_field(char field, const char **text, struct tm *tm, int *week)
{
	switch (field) {
	case 'V':
		return read_digits(text, 2, week) && *week >= 1 && *week <= 53;
	case 'Y':
		if (!read_digits(text, 4, &tm->tm_year))
			return false;
		tm->tm_year -= 1900;
		return true;
	case 'm':
		if (!read_digits(text, 2, &tm->tm_mon))
			return false;
		tm->tm_mon--;
		return tm->tm_mon >= 0 && tm->tm_mon < 12;
	case 'd':
		return read_digits(text, 2, &tm->tm_mday);
	case 'H':
		return read_digits(text, 2, &tm->tm_hour) && tm->tm_hour < 24;
	case 'M':
		return read_digits(text, 2, &tm->tm_min) && tm->tm_min < 60;
	case 'S':
		return read_digits(text, 2, &tm->tm_sec) && tm->tm_sec <= 60;
	default:
		return false;
	}
}

/* False for the 30th of February: timegm would make it the 1st or 2nd of March. */
static bool is_day(const struct tm *tm)
{
	struct tm day = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday };

	(void)timegm(&day);
	return day.tm_mon == tm->tm_mon && day.tm_mday == tm->tm_mday;
}

/* True if only a week tells the day. */
static bool is_weekly(const char *format)
{
	return strstr(format, "%V") != NULL && strstr(format, "%m") == NULL && strstr(format, "%d") == NULL;
}

/* Sets month and day to the Monday of this week; ISO 8601: the first week has 4 January. */
static void set_week(struct tm *tm, int week)
{
	struct tm day = { .tm_year = tm->tm_year, .tm_mday = 4 };

	(void)timegm(&day);
	tm->tm_mon = 0;
	tm->tm_mday = 4 - (day.tm_wday + 6) % 7 + 7 * (week - 1);
}

const char *stamp_read(const char *text, const char *format, bool utc, int64_t *when)
{
	struct tm tm = { .tm_mday = 1, .tm_isdst = -1 };
	bool epoch = false, zone = false, weekly = is_weekly(format);
	int week = 1;
	long east = 0;

	for (; *format != '\0'; format++) {
		if (*format != '%') {
			if (*text++ != *format)
				return NULL;
		} else if (*++format == 's') {
			epoch = true;
			if (!read_epoch(&text, when))
				return NULL;
		} else if (*format == 'z') {
			zone = true;
			if (!read_zone(&text, &east))
				return NULL;
		} else if (!read_field(*format, &text, &tm, &week)) {
			return NULL;
		}
	}
	if (!is_day(&tm))
		return NULL;
	if (weekly)
		set_week(&tm, week);
	if (!epoch)
		*when = utc || zone ? timegm(&tm) - east : mktime(&tm);
	return text;
}

static int week_of(const struct tm *tm, int *year)
{
	char text[16];
	int week = 1;

	/* GNU's and musl's strftime know the year of a week, which no field of the tm tells. */
	if (strftime(text, sizeof(text), "%G %V", tm) == 0 || sscanf(text, "%d %d", year, &week) != 2)
		*year = tm->tm_year + 1900;
	return week;
}

static void write_zone(struct strbuf *out, long east)
{
	long minutes = (east < 0 ? -east : east) / 60;

	strbuf_printf(out, "%c%02ld%02ld", east < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* Not strftime, because compilers warn about a format that is not a literal. */
void stamp_write(struct strbuf *out, const char *format, bool utc, time_t when)
{
	bool weekly = is_weekly(format);
	int year, week;
	struct tm tm;

	if ((utc ? gmtime_r(&when, &tm) : localtime_r(&when, &tm)) == NULL)
		return;
	week = week_of(&tm, &year);
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			strbuf_putc(out, *format);
			continue;
		}
		switch (*++format) {
		case 'Y': strbuf_printf(out, "%04d", weekly ? year : tm.tm_year + 1900); break;
		case 'm': strbuf_printf(out, "%02d", tm.tm_mon + 1); break;
		case 'd': strbuf_printf(out, "%02d", tm.tm_mday); break;
		case 'H': strbuf_printf(out, "%02d", tm.tm_hour); break;
		case 'M': strbuf_printf(out, "%02d", tm.tm_min); break;
		case 'S': strbuf_printf(out, "%02d", tm.tm_sec); break;
		case 'V': strbuf_printf(out, "%02d", week); break;
		case 'z': write_zone(out, tm.tm_gmtoff); break;
		default: strbuf_printf(out, "%lld", (long long)when); break;
		}
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/stamp.h"
#include "base/number.h"

#include <limits.h>
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

/* Reads one conversion of a date format and advances *text past it. */
static bool read_field(char field, const char **text, struct tm *tm)
{
	switch (field) {
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

const char *stamp_read(const char *text, const char *format, bool utc, int64_t *when)
{
	struct tm tm = { .tm_mday = 1, .tm_isdst = -1 };
	bool epoch = false;

	for (; *format != '\0'; format++) {
		if (*format != '%') {
			if (*text++ != *format)
				return NULL;
		} else if (*++format == 's') {
			epoch = true;
			if (!read_epoch(&text, when))
				return NULL;
		} else if (!read_field(*format, &text, &tm)) {
			return NULL;
		}
	}
	if (!is_day(&tm))
		return NULL;
	if (!epoch)
		*when = utc ? timegm(&tm) : mktime(&tm);
	return text;
}

/* Not strftime, because compilers warn about a format that is not a literal. */
void stamp_write(struct strbuf *out, const char *format, bool utc, time_t when)
{
	struct tm tm;

	if ((utc ? gmtime_r(&when, &tm) : localtime_r(&when, &tm)) == NULL)
		return;
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			strbuf_putc(out, *format);
			continue;
		}
		switch (*++format) {
		case 'Y': strbuf_printf(out, "%04d", tm.tm_year + 1900); break;
		case 'm': strbuf_printf(out, "%02d", tm.tm_mon + 1); break;
		case 'd': strbuf_printf(out, "%02d", tm.tm_mday); break;
		case 'H': strbuf_printf(out, "%02d", tm.tm_hour); break;
		case 'M': strbuf_printf(out, "%02d", tm.tm_min); break;
		case 'S': strbuf_printf(out, "%02d", tm.tm_sec); break;
		default: strbuf_printf(out, "%lld", (long long)when); break;
		}
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/setting.h"
#include "base/pack.h"
#include "base/number.h"

#include <ctype.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>

#define MS_MAX ((uint64_t)3653 * 86400 * 1000)

const struct rotate_settings rotate_defaults = {
	.schedule = BY_SIZE,
	.size = 1024 * 1024,
	.keep = ROTATE_KEEP_ALL,
	.verify = true,
	.level = PACK_LEVEL_DEFAULT,
	.threads = 1,
	.settle_ms = 5000,
	.script_ms = 60000,
};

struct unit {
	const char *name;
	uint64_t factor;
};

/* Reads a number directly followed by one of the units. */
static bool scaled(const char *text, const struct unit *units, size_t count, uint64_t *value)
{
	uint64_t number;

	if (!number_take(&text, 10, UINT64_MAX, &number))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, units[i].name) == 0)
			return !__builtin_mul_overflow(number, units[i].factor, value);
	return false;
}

bool setting_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = { { "", 1 },
					     { "k", (uint64_t)1 << 10 },
					     { "K", (uint64_t)1 << 10 },
					     { "M", (uint64_t)1 << 20 },
					     { "G", (uint64_t)1 << 30 } };

	return scaled(text, units, ARRAY_LEN(units), bytes) && *bytes <= INT64_MAX;
}

bool setting_duration(const char *text, uint64_t *milliseconds)
{
	static const struct unit units[] = { { "", 1000 },   { "ms", 1 },	     { "s", 1000 },
					     { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };

	return scaled(text, units, ARRAY_LEN(units), milliseconds) && *milliseconds <= MS_MAX;
}

bool setting_number(const char *text, long low, long high, long *value)
{
	bool negative = text[0] == '-';
	uint64_t number;

	if (!number_read(text + negative, LONG_MAX, &number))
		return false;
	*value = negative ? -(long)number : (long)number;
	return *value >= low && *value <= high;
}

static unsigned threads_here(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count < 1 ? 1 : count > PACK_THREADS_MAX ? PACK_THREADS_MAX : (unsigned)count;
}

bool setting_threads(const char *text, unsigned *threads)
{
	long number;

	if (strcmp(text, "auto") == 0)
		*threads = threads_here();
	else if (setting_number(text, 1, PACK_THREADS_MAX, &number))
		*threads = (unsigned)number;
	else
		return false;
	return true;
}

bool setting_mode(const char *text, mode_t *mode)
{
	uint64_t bits;

	if (!number_take(&text, 8, 07777, &bits) || *text != '\0')
		return false;
	*mode = (mode_t)bits;
	return true;
}

/* The number of a user or group that has no name here; both types are this one. */
static bool read_id(const char *text, unsigned *id)
{
	uint64_t number;

	if (!number_read(text, INT32_MAX, &number))
		return false;
	*id = (unsigned)number;
	return true;
}

bool setting_user(const char *text, uid_t *user)
{
	const struct passwd *entry = getpwnam(text);

	if (entry == NULL)
		return read_id(text, user);
	*user = entry->pw_uid;
	return true;
}

bool setting_group(const char *text, gid_t *group)
{
	const struct group *entry = getgrnam(text);

	if (entry == NULL)
		return read_id(text, group);
	*group = entry->gr_gid;
	return true;
}

bool setting_reopen(const char *text)
{
	static const char *const kinds[] = { "pidfile:", "unit:", "cmd:" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t len = strlen(kinds[i]);

		if (strncmp(text, kinds[i], len) == 0)
			return text[len] != '\0' && text[len] != ' ';
	}
	return false;
}

bool setting_dateformat(const char *text)
{
	bool any = false;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '/')
			return false;
		if (*at != '%')
			continue;
		at++;
		if (*at == '\0' || strchr("YmdHMSVsz", *at) == NULL)
			return false;
		any |= *at != 'z';
	}
	return any && text[0] != '%' && ispunct((unsigned char)text[0]) != 0;
}

bool setting_extension(const char *text)
{
	static const char *const taken[] = { ".gz", ".xz", ".zst", ".bad", ".tmp", ".lock" };

	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (strcmp(text, taken[i]) == 0)
			return false;
	return text[0] != '\0' && text[0] != '-' && !isdigit((unsigned char)text[0]) && strchr(text, '/') == NULL;
}

bool setting_format(const char *text, enum pack_format *format)
{
	const char *name = strrchr(text, '/') != NULL ? strrchr(text, '/') + 1 : text;

	if (strcmp(name, "pigz") == 0)
		name = "gzip"; /* writes the same format */
	for (*format = 0; *format < PACK_FORMATS; (*format)++)
		if (strcmp(name, pack_kinds[*format].name) == 0)
			return true;
	return false;
}

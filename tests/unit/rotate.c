/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/archive.h"
#include "rotate/inspect.h"
#include "rotate/schedule.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static enum archive_kind parse(enum rotate_naming naming, const char *format, const char *entry, struct archive *parsed)
{
	struct rotate_settings set = { .naming = naming, .dateformat = format };
	size_t len = 0;

	return archive_parse(&set, "log", entry, parsed, &len);
}

static void check_names(void)
{
	const struct rotate_settings none = { 0 }, log = { .extension = ".log" };
	struct archive got;

	CHECK(parse(NAMING_DATE, NULL, "log-20260131T235959Z", &got) == ARCHIVE_PLAIN && got.when == 1769903999 &&
		      got.number == 1,
	      "name: reads a plain archive and its time");
	CHECK(parse(NAMING_DATE, NULL, "log-20260131T235959Z-12.gz", &got) == ARCHIVE_PACKED && got.number == 12,
	      "name: reads a packed archive, the twelfth of its second");
	CHECK(parse(NAMING_DATE, NULL, ".log-20260131T235959Z.gz.tmp", &got) == ARCHIVE_TEMPORARY, "name: recognises a temporary");
	CHECK(parse(NAMING_DATE, NULL, "log-20260131T235959Z.gz.bad-2", &got) == ARCHIVE_BAD,
	      "name: recognises an archive that was set aside");
	CHECK(parse(NAMING_DATE, NULL, "log-20260131T235959Z-1", &got) == ARCHIVE_FOREIGN, "name: the number 1 is never written");
	CHECK(parse(NAMING_DATE, NULL, "log-20261331T235959Z", &got) == ARCHIVE_FOREIGN, "name: refuses a month 13");
	CHECK(parse(NAMING_DATE, NULL, "log-20260131T235959Zx", &got) == ARCHIVE_FOREIGN, "name: refuses text after the time");
	CHECK(parse(NAMING_DATE, NULL, "logs-20260131T235959Z", &got) == ARCHIVE_FOREIGN,
	      "name: refuses an archive of another log");
	CHECK(parse(NAMING_DATE, NULL, "log", &got) == ARCHIVE_FOREIGN, "name: refuses the log itself");
	CHECK(parse(NAMING_DATE, "-%Y%m%d", "log-20260131", &got) == ARCHIVE_PLAIN, "name: reads a date in a given format");
	CHECK(parse(NAMING_DATE, "_%Y%V", "log_202653", &got) == ARCHIVE_PLAIN && got.when == 1798416000,
	      "name: reads a week as its Monday");
	CHECK(parse(NAMING_DATE, "_%Y%V", "log_202654", &got) == ARCHIVE_FOREIGN, "name: refuses a week 54");
	CHECK(parse(NAMING_DATE, "-%Y%m%d%H%z", "log-2026013123-0130", &got) == ARCHIVE_PLAIN && got.when == 1769905800,
	      "name: reads a time with a zone");
	CHECK(parse(NAMING_NUMBER, NULL, "log.7.gz", &got) == ARCHIVE_PACKED && got.number == 7, "name: reads a number");
	CHECK(parse(NAMING_NUMBER, NULL, "log.0", &got) == ARCHIVE_FOREIGN, "name: refuses the number 0");
	CHECK(parse(NAMING_NUMBER, NULL, "log.07", &got) == ARCHIVE_FOREIGN, "name: refuses a leading zero");
	CHECK(archive_looks(&none, "x-20260131T235959Z.gz") && archive_looks(&none, "a-b-20260131T235959Z") &&
		      !archive_looks(&none, "a-b") && !archive_looks(&none, "a-20260131T235959Z.log") &&
		      archive_looks(&log, "a-20260131T235959Z.log") && archive_looks(&log, "a-b-20260131T235959Z.log.gz"),
	      "name: recognises an archive of any log");
}

static enum schedule_verdict decide(enum rotate_schedule schedule, time_t last, time_t now)
{
	struct rotate_settings set = { .schedule = schedule };

	return schedule_decide(&set, &(struct occasion){ .now = now, .last = last, .bytes = 1 });
}

static void check_schedule(void)
{
	time_t noon = 1769860800; /* Saturday, 2026-01-31 12:00 UTC */

	CHECK(decide(HOURLY, noon, noon + 3599) == NOT_DUE && decide(HOURLY, noon, noon + 3600) == DUE,
	      "schedule: hourly is due in the next hour");
	CHECK(decide(DAILY, noon, noon + 43199) == NOT_DUE && decide(DAILY, noon, noon + 43200) == DUE,
	      "schedule: daily is due at midnight");
	CHECK(decide(WEEKLY, noon - 86400, noon) == NOT_DUE && decide(WEEKLY, noon, noon + 43200) == DUE,
	      "schedule: weekly is due on Sunday");
	CHECK(decide(WEEKLY, noon - 2 * 86400, noon + 5 * 86400) == DUE, "schedule: weekly is due after seven days");
	CHECK(decide(MONTHLY, noon, noon + 43200) == DUE && decide(MONTHLY, noon, noon + 43199) == NOT_DUE,
	      "schedule: monthly is due on the first day");
	CHECK(decide(YEARLY, noon, noon + 86400) == NOT_DUE && decide(YEARLY, noon, noon + 365 * 86400) == DUE,
	      "schedule: yearly is due in the next year");
	CHECK(decide(DAILY, noon + 86400, noon) == NOT_DUE_FUTURE, "schedule: a last rotation in the future is reported");
	CHECK(decide(DAILY, noon + 90001, noon) == DUE && decide(HOURLY, noon + 3601, noon) == DUE &&
		      decide(HOURLY, noon + 3600, noon) == NOT_DUE_FUTURE,
	      "schedule: a last rotation far in the future does not count");
}

/* At the end of summer time a day has 25 hours, and 02:30 comes twice. */
static void check_summer_time(void)
{
	time_t begin = 1761431400; /* 2025-10-26 00:30 there */
	time_t lord_howe = 1806764400;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	CHECK(decide(DAILY, begin, begin + 24 * 3600) == NOT_DUE,
	      "summer time: daily is not due 24 hours later, at 23:30 of the same day");
	CHECK(decide(DAILY, begin, begin + 24 * 3600 + 1800) == DUE, "summer time: daily is due on the next day");
	CHECK(decide(HOURLY, begin + 7200, begin + 10800) == DUE && decide(HOURLY, begin + 9000, begin + 10800) == NOT_DUE,
	      "summer time: hourly is due in the second of two hours with the same number");
	/* On 2027-04-04, 02:00 becomes 01:30. */
	setenv("TZ", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1);
	tzset();
	CHECK(decide(HOURLY, lord_howe - 1800, lord_howe + 60) == DUE &&
		      decide(HOURLY, lord_howe + 60, lord_howe + 120) == NOT_DUE,
	      "summer time: hourly is due when half an hour comes twice");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void check_texts(void)
{
	uint64_t value;
	time_t when;

	CHECK(setting_size("2k", &value) && value == 2048 && !setting_size("2T", &value) && !setting_size("-1", &value) &&
		      !setting_size("99999999999G", &value),
	      "setting: reads sizes, and refuses malformed ones");
	CHECK(setting_duration("250ms", &value) && value == 250 && setting_duration("2", &value) && value == 2000 &&
		      !setting_duration("9999999d", &value),
	      "setting: reads durations, and refuses one that is too long");
	CHECK(setting_dateformat("-%Y%m%d") && !setting_dateformat("%Y") && !setting_dateformat("-x") &&
		      !setting_dateformat("-%") && setting_dateformat("_%V") && !setting_dateformat("-%z") &&
		      !setting_dateformat("x%Y") && !setting_dateformat("/%Y"),
	      "setting: accepts a date format that can be read back");
	CHECK(setting_extension(".log") && setting_extension("log") && !setting_extension("") && !setting_extension(".gz") &&
		      !setting_extension("1") && !setting_extension("-a") && !setting_extension("a/b"),
	      "setting: accepts an extension that can be read back");
	CHECK(setting_reopen("pidfile:/x") && !setting_reopen("pidfile:") && !setting_reopen("x:y"),
	      "setting: accepts a known way to reopen");
	CHECK(inspect_time("@5", &when) && when == 5 && inspect_time("2026-01-31T12:00:00Z", &when) &&
		      when == 1769860800 && !inspect_time("31.1.2026", &when),
	      "setting: reads points in time, and refuses malformed ones");
}

static void check_new_names(void)
{
	struct rotate_settings set = { .naming = NAMING_DATE };
	struct archives list = { 0 };
	char name[ARCHIVE_NAME_MAX], log[ARCHIVE_NAME_MAX];

	CHECK(archives_new_name(&list, "log", &set, 1769903999, name) && strcmp(name, "log-20260131T235959Z") == 0,
	      "new name: the first of a second has no number");
	CHECK(archives_add(&list, name, 1769903999, 1) && archives_add(&list, "log-20260131T235959Z-5", 1769903999, 5) &&
		      archives_new_name(&list, "log", &set, 1769903999, name) &&
		      strcmp(name, "log-20260131T235959Z-6") == 0,
	      "new name: takes the number after the last, whatever is free before");
	CHECK(strcmp(list.all.item[0].name, "log-20260131T235959Z-5") == 0, "new name: the list starts with the newest");
	archives_free(&list);
	set.dateformat = "-%Y-%V%z";
	CHECK(archives_new_name(&list, "log", &set, 1798761600, name) && strcmp(name, "log-2026-53+0000") == 0,
	      "new name: 1 January 2027 is in a week of 2026");
	set.dateformat = "-%Y%m%d-%V";
	CHECK(archives_new_name(&list, "log", &set, 1798761600, name) && strcmp(name, "log-20270101-53") == 0,
	      "new name: a week beside a day leaves the year as it is");
	set.dateformat = NULL;
	memset(log, 'x', sizeof(log));
	log[240] = '\0';
	CHECK(!archives_new_name(&list, log, &set, 1769903999, name), "new name: refuses a name that is too long");
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	check_names();
	check_new_names();
	check_schedule();
	check_summer_time();
	check_texts();
	return tap_done();
}

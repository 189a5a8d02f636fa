/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wanted of a log: the same whether it came from options or from a file, ct-rotate.conf(5).
 * Texts belong to whoever filled the settings in and must live as long as they do.
 */
#ifndef FW_ROTATE_SETTING_H
#define FW_ROTATE_SETTING_H

#include "base/base.h"

#include <sys/types.h>

enum rotate_schedule { BY_SIZE, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY };

enum rotate_naming { NAMING_DATE, NAMING_NUMBER };

/* In the order in which they run. */
enum rotate_script { SCRIPT_FIRST, SCRIPT_PRE, SCRIPT_POST, SCRIPT_LAST, SCRIPT_COUNT };

#define ROTATE_KEEP_ALL (-1)

struct rotate_settings {
	enum rotate_schedule schedule;
	int weekday;                       /* of WEEKLY: 0 Sunday to 6; 7: none, only seven days after the last */
	uint64_t size;                     /* of BY_SIZE, in bytes */
	uint64_t maxsize, minsize;         /* bytes; 0: none */
	unsigned minage, maxage;           /* days; 0: none */
	int keep;                          /* archives, or ROTATE_KEEP_ALL */
	uint64_t max_bytes;                /* of all archives together; 0: any */
	unsigned min_free;                 /* percent of the filesystem; 0: any */
	enum rotate_naming naming;
	const char *dateformat;            /* NULL: -YYYYmmddTHHMMSSZ, in UTC */
	const char *olddir;                /* NULL: beside the log */
	bool compress, delaycompress, verify;
	int level;
	unsigned threads;
	bool missingok, notifempty, allowhardlink;
	bool nocreate, copytruncate;
	bool has_mode, has_owner, has_group; /* of the new log; else as the old one */
	mode_t mode;
	uid_t owner;
	gid_t group;
	bool su;
	uid_t su_user;
	gid_t su_group;
	const char *scripts[SCRIPT_COUNT]; /* shell text, NULL: none */
	bool sharedscripts;
	const char *reopen;                /* pidfile:PATH, unit:NAME or cmd:WORDS; NULL: none */
	unsigned settle_ms;                /* how long to wait for writers */
	unsigned script_ms;                /* how long a script may take */
};

/* Size 1 MiB, keep all, verify, level 6, one thread, settle 5 s. */
extern const struct rotate_settings rotate_defaults;

/* "100k", "5M", "2G" or bytes. False when it is none of these or too large. */
must_check bool setting_size(const char *text, uint64_t *bytes);

/* "250ms", "5s", "2m", "3h", "1d" or seconds. False when it is none of these or above 10 years. */
must_check bool setting_duration(const char *text, uint64_t *milliseconds);

/* A whole number in its range and nothing else. */
must_check bool setting_number(const char *text, long low, long high, long *value);

/* Octal, up to 07777. */
must_check bool setting_mode(const char *text, mode_t *mode);

/* A name or a number. False: no such user, no such group. */
must_check bool setting_user(const char *text, uid_t *user);
must_check bool setting_group(const char *text, gid_t *group);

/* A form that --reopen takes? */
must_check bool setting_reopen(const char *text);

/* Only %Y %m %d %H %M %S %s and text without a slash: such names can be read back. */
must_check bool setting_dateformat(const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The settings of a log, from options or from a file, ct-rotate.conf(5). The texts are borrowed and must live as long
 * as the settings.
 */
#ifndef FW_ROTATE_SETTING_H
#define FW_ROTATE_SETTING_H

#include "base/base.h"
#include "base/pack.h"

#include <sys/types.h>

enum rotate_schedule { BY_SIZE, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY };

enum rotate_naming { NAMING_DATE, NAMING_NUMBER };

/* In the order in which they run; SCRIPT_REMOVE before each archive is removed. */
enum rotate_script { SCRIPT_FIRST, SCRIPT_PRE, SCRIPT_POST, SCRIPT_REMOVE, SCRIPT_LAST, SCRIPT_COUNT };

#define ROTATE_KEEP_ALL (-1)

/* The attributes of something that is created. What is not set is copied from what is there. */
struct rotate_owner {
	bool has_mode, has_owner, has_group;
	mode_t mode;
	uid_t owner;
	gid_t group;
};

struct rotate_settings {
	enum rotate_schedule schedule;
	int weekday;                       /* WEEKLY: 0 is Sunday; 7: no fixed day, seven days after the last one */
	uint64_t size;                     /* BY_SIZE: in bytes */
	uint64_t maxsize, minsize;         /* bytes; 0: none */
	unsigned minage, maxage;           /* days; 0: none */
	int keep;                          /* number of archives, or ROTATE_KEEP_ALL */
	uint64_t max_bytes;                /* of all archives together; 0: no limit */
	unsigned min_free;                 /* percent of the file system; 0: no limit */
	enum rotate_naming naming;
	const char *dateformat;            /* NULL: -YYYYmmddTHHMMSSZ, in UTC */
	const char *extension;             /* what a name ends in stays at the end of its archives' names; NULL: none */
	const char *addextension;          /* what the names of archives end in, before .gz; NULL: nothing */
	bool dateyesterday, datehourago;   /* names by date: the time of a day or an hour before the rotation */
	const char *olddir;                /* NULL: the directory of the log */
	bool createolddir;                 /* create it if it is missing */
	struct rotate_owner olddir_owner;  /* of a directory that is created; else those of the log's directory */
	bool compress, delaycompress, verify;
	enum pack_format format;
	const char *compressext; /* what a configuration demands as the suffix of the format; NULL: nothing */
	int level; /* PACK_LEVEL_DEFAULT, PACK_LEVEL_FAST, or a number */
	unsigned threads;
	bool missingok, notifempty, allowhardlink;
	bool ignoreduplicates; /* say nothing of a log that an earlier or a later block has too */
	bool nocreate, copytruncate;
	struct rotate_owner create;        /* of the new log; else those of the old one */
	bool su;
	uid_t su_user;
	gid_t su_group;
	const char *scripts[SCRIPT_COUNT]; /* shell text, NULL: none */
	bool sharedscripts;
	const char *reopen;                /* pidfile:PATH, unit:NAME or cmd:WORDS; NULL: none */
	unsigned settle_ms;                /* how long to wait for writers */
	unsigned script_ms;                /* how long a script may take */
};

/* Size 1 MiB, keep all, verify, usual level, one thread, settle 5 s, scripts 60 s. */
extern const struct rotate_settings rotate_defaults;

/* Reads "100k", "5M", "2G" or a number of bytes. False: none of these, or too large. */
must_check bool setting_size(const char *text, uint64_t *bytes);

/* Reads "250ms", "5s", "2m", "3h", "1d" or a number of seconds. False: none of these, or more than 10 years. */
must_check bool setting_duration(const char *text, uint64_t *milliseconds);

/* Reads a whole number from `low` to `high`. False: something else. */
must_check bool setting_number(const char *text, long low, long high, long *value);

/* Reads an octal mode, up to 07777. */
must_check bool setting_mode(const char *text, mode_t *mode);

/* Read a name or a number. False: no such user, no such group. */
must_check bool setting_user(const char *text, uid_t *user);
must_check bool setting_group(const char *text, gid_t *group);

/* Reads a number from 1 to PACK_THREADS_MAX, or `auto`: as many as this process has processors. False: something else. */
must_check bool setting_threads(const char *text, unsigned *threads);

/* Reads the name or the path of a program that compresses: gzip, pigz, xz or zstd. False: another one. */
must_check bool setting_format(const char *text, enum pack_format *format);

/* True if --reopen accepts this value. */
must_check bool setting_reopen(const char *text);

/*
 * True if this can be a dateformat: it begins with a mark such as - or ., has at least one of %Y %m %d %H %M
 * %S %V %s, perhaps %z, no other conversion and no slash. The time can then be read back from a name.
 */
must_check bool setting_dateformat(const char *text);

/*
 * True if this can end the name of an archive: it is neither empty nor the suffix of a compressed or temporary file, has
 * no slash, and begins with neither a digit nor -, which would continue a number or a date.
 */
must_check bool setting_extension(const char *text);

#endif

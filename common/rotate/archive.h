/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The names of archives, and the list of the archives that a log has.
 *
 * Date naming: LOG-YYYYmmddTHHMMSSZ, the time of the rotation in UTC, followed by -2, -3 ... for further archives of
 * the same second; or LOG followed by a dateformat, in local time. Number naming: LOG.1 is the newest. What `extension`
 * and `addextension` say is moved or added behind that, such as LOG.1.txt. The name of a
 * compressed archive also ends in .gz, .xz or .zst. A file whose name does not match exactly is not ours and is never touched.
 * The time of the last rotation is read from the names; if they do not tell the second, the lock file does.
 */
#ifndef FW_ROTATE_ARCHIVE_H
#define FW_ROTATE_ARCHIVE_H

#include "base/pack.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "rotate/setting.h"

#include <time.h>

#define ARCHIVE_NAME_MAX 256

/*
 * One archive. It exists plain or compressed; after a crash, both can exist. After compresscmd was changed, two formats
 * of one name can hold different lines.
 */
struct archive {
	char *name;         /* owned; without .gz, .xz or .zst */
	int64_t when;       /* date naming: seconds since 1970 in the name; number naming: 0 */
	unsigned number;    /* date naming: its position among the archives of that second, from 1; else the number */
	bool plain;         /* NAME exists */
	unsigned packed;    /* the formats in which NAME.SUFFIX exists: bits 1 << enum pack_format */
	int64_t changed;    /* ctime, seconds: when it became an archive or was compressed; 0: added by this run */
	int64_t written;    /* mtime, seconds */
	int64_t since;      /* when it was made, as far as is known; ARCHIVE_AGE_UNKNOWN */
	uint64_t bytes;     /* of all its files */
	const char *why;    /* set by prune: why it is removed; NULL: it stays */
};

/* The stamp and the mtime are both in the future. Such an archive counts as the oldest, but never as too old. */
#define ARCHIVE_AGE_UNKNOWN INT64_MIN

struct archives {
	VEC(struct archive) all;   /* newest first */
	VEC(char *) temporaries;   /* owned; .NAME.gz.tmp, .NAME.xz.tmp, .NAME.tmp and so on, left by a killed run */
	VEC(char *) bad;           /* owned; NAME.gz.bad and so on, set aside by a repair */
};

enum archive_kind { ARCHIVE_FOREIGN, ARCHIVE_PLAIN, ARCHIVE_PACKED, ARCHIVE_TEMPORARY, ARCHIVE_BAD };

/*
 * Classifies the directory entry `entry` for the log `log`. Unless it is foreign, sets when, number and
 * packed of *parsed, and *len to the length of the archive's name, without .gz and what follows.
 */
enum archive_kind archive_parse(const struct rotate_settings *set, const char *log, const char *entry,
				struct archive *parsed, size_t *len);

/* True if this is the name of an archive of any log with these extensions, with date naming and the default format. */
bool archive_looks(const struct rotate_settings *set, const char *entry);

/* Appends the part of the log's name before the date or number, `middle`, and the part after it. */
void archive_put_name(struct strbuf *out, const struct rotate_settings *set, const char *log, const char *middle);

/* Lists the archives of a log, regular files only. 0 or -errno; archives_free must follow in either case. */
must_check int archives_read(struct archives *list, int dir, const char *log, const struct rotate_settings *set);

void archives_free(struct archives *list);

/* Writes the name of the file in this format, without a directory. False: no memory. */
must_check bool archive_file(struct strbuf *out, const struct archive *one, enum pack_format format);

/*
 * Recognises the suffix of a compressed file at the end of a name: its format, and its length. PACK_FORMATS: none.
 */
enum pack_format archive_format(const char *name, size_t *suffix);

/* The archive with this name, or NULL. The pointer is valid until the list changes. */
struct archive *archives_find(const struct archives *list, const char *name);

/* Adds a plain archive; the name is copied. False: no memory. */
must_check bool archives_add(struct archives *list, const char *name, int64_t when, unsigned number);

/* Notes what became of the files since they were listed, because a script can have moved or compressed them. */
void archives_refresh(struct archives *list, int dir);

/* Removes an entry from the list. The files stay. */
void archives_drop(struct archives *list, size_t index);

/*
 * Sorts the list, newest first. Call this after numbers changed. A stamp in the future tells nothing about the age of
 * an archive; then its mtime counts.
 */
void archives_sort(struct archives *list);

/* Writes an unused name for a rotation at `now`. False: it would be too long, LOG.1 is in use, or no memory. */
must_check bool archives_new_name(const struct archives *list, const char *log, const struct rotate_settings *set,
				  time_t now, char name[static ARCHIVE_NAME_MAX]);

#endif

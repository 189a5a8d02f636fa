/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of archives, and the archives of a log that are there.
 *
 * Date naming: LOG-YYYYmmddTHHMMSSZ, the time of the rotation in UTC, then -2, -3 ... for more within a second; or
 * LOG and a dateformat, in local time. Number naming: LOG.1 is the newest. Compressed ones end in .gz too. What does
 * not match to the last byte is somebody else's and stays as it is. The times are read back from the names: there
 * is no state file that could be lost or full.
 */
#ifndef FW_ROTATE_ARCHIVE_H
#define FW_ROTATE_ARCHIVE_H

#include "base/vec.h"
#include "rotate/setting.h"

#include <time.h>

#define ARCHIVE_NAME_MAX 256

/* One archive; of plain and packed, one or, after a crash, both are there. */
struct archive {
	char *name;         /* owned; without .gz */
	int64_t when;       /* date naming: seconds since 1970 in the name; number naming: 0 */
	unsigned number;    /* date naming: the place within its second, from 1; number naming: the number */
	bool plain, packed; /* NAME, NAME.gz */
	int64_t changed;    /* ctime, seconds: when it became an archive or was compressed */
	int64_t written;    /* mtime, seconds */
	uint64_t bytes;     /* of both */
};

struct archives {
	VEC(struct archive) all;   /* newest first */
	VEC(char *) temporaries;   /* owned; .NAME.gz.tmp and .NAME.tmp of a run that was killed */
	VEC(char *) bad;           /* owned; NAME.gz.bad, set aside by a repair */
};

enum archive_kind { ARCHIVE_FOREIGN, ARCHIVE_PLAIN, ARCHIVE_PACKED, ARCHIVE_TEMPORARY, ARCHIVE_BAD };

/* What is `entry` to the log `log`? Sets when and number of *parsed, and *len to the length of the archive's own name. */
enum archive_kind archive_parse(const struct rotate_settings *set, const char *log, const char *entry,
				struct archive *parsed, size_t *len);

/* Does this name look like an archive of some log, in the naming that we write? */
bool archive_looks(const char *entry);

/* Reads the directory once. 0 or -errno; *list is to be freed in either case. Only regular files count. */
must_check int archives_read(struct archives *list, int dir, const char *log, const struct rotate_settings *set);

void archives_free(struct archives *list);

/* The archive of this name, or NULL. Pointers hold until the list changes. */
struct archive *archives_find(const struct archives *list, const char *name);

/* Puts a new one in its place. False: no memory. */
must_check bool archives_add(struct archives *list, const char *name, int64_t when, unsigned number);

void archives_drop(struct archives *list, size_t index);

/* Sorts again, after numbers changed. */
void archives_sort(struct archives *list);

/* The name for a rotation at `now` that no archive has. False: it would be too long, or no memory. */
must_check bool archives_new_name(const struct archives *list, const char *log, const struct rotate_settings *set,
				  time_t now, char name[static ARCHIVE_NAME_MAX]);

#endif

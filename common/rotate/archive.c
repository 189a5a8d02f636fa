/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/archive.h"
#include "base/file.h"
#include "base/number.h"
#include "rotate/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads a number without leading zeros that is at least `low`, and advances *text past it. */
static bool read_number(const char **text, unsigned low, unsigned *number)
{
	uint64_t value;

	*number = 0;
	if (**text == '0' || !number_take(text, 10, 999999, &value))
		return false;
	*number = (unsigned)value;
	return *number >= low;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), count = strlen(end);

	return len > count && strcmp(text + len - count, end) == 0;
}

/* The length of the part of the log's name before the date or number. Sets *after to what follows those. */
static size_t split_name(const struct rotate_settings *set, const char *log, const char **after)
{
	*after = "";
	if (set->extension != NULL && ends_with(log, set->extension))
		*after = set->extension;
	else if (set->addextension != NULL)
		*after = set->addextension;
	return strlen(log) - (ends_with(log, *after) ? strlen(*after) : 0);
}

void archive_put_name(struct strbuf *out, const struct rotate_settings *set, const char *log, const char *middle)
{
	const char *after;

	strbuf_add(out, log, split_name(set, log, &after));
	strbuf_printf(out, "%s%s", middle, after);
}

/* Reads the date or number that follows the name of the log. Returns the text after it, or NULL. */
static const char *read_suffix(const struct rotate_settings *set, const char *text, struct archive *parsed)
{
	const char *rest;

	parsed->when = 0;
	parsed->number = 1;
	if (set->naming == NAMING_NUMBER) {
		if (*text++ != '.' || !read_number(&text, 1, &parsed->number))
			return NULL;
		return text;
	}
	rest = stamp_read(text, STAMP_FORMAT, true, &parsed->when);
	if (rest == NULL && set->dateformat != NULL)
		rest = stamp_read(text, set->dateformat, false, &parsed->when);
	if (rest != NULL && *rest == '-') {
		rest++;
		if (!read_number(&rest, 2, &parsed->number))
			return NULL;
	}
	return rest;
}

enum archive_kind archive_parse(const struct rotate_settings *set, const char *log, const char *entry,
				struct archive *parsed, size_t *len)
{
	const char *after, *rest;
	size_t base = split_name(set, log, &after);
	bool hidden = entry[0] == '.' && strncmp(entry + 1, log, base) == 0 && entry[base + 1] != '\0' &&
		      ends_with(entry, ".tmp");
	const char *start = entry + hidden;

	if (strncmp(start, log, base) != 0)
		return ARCHIVE_FOREIGN;
	rest = read_suffix(set, start + base, parsed);
	if (rest == NULL || strncmp(rest, after, strlen(after)) != 0)
		return ARCHIVE_FOREIGN;
	rest += strlen(after);
	*len = (size_t)(rest - start);
	parsed->packed = 0;
	for (enum pack_format format = 0; format < PACK_FORMATS; format++) {
		size_t suffix = strlen(pack_kinds[format].suffix);

		if (strncmp(rest, pack_kinds[format].suffix, suffix) == 0) {
			parsed->packed = 1U << format;
			rest += suffix;
			break;
		}
	}
	if (hidden)
		return strcmp(rest, ".tmp") == 0 ? ARCHIVE_TEMPORARY : ARCHIVE_FOREIGN;
	if (*rest == '\0')
		return parsed->packed != 0 ? ARCHIVE_PACKED : ARCHIVE_PLAIN;
	return parsed->packed != 0 && strncmp(rest, ".bad", 4) == 0 && (rest[4] == '\0' || rest[4] == '-') ?
		       ARCHIVE_BAD :
		       ARCHIVE_FOREIGN;
}

enum pack_format archive_format(const char *name, size_t *suffix)
{
	enum pack_format format = 0;

	while (format < PACK_FORMATS && !ends_with(name, pack_kinds[format].suffix))
		format++;
	*suffix = format < PACK_FORMATS ? strlen(pack_kinds[format].suffix) : 0;
	return format;
}

bool archive_file(struct strbuf *out, const struct archive *one, enum pack_format format)
{
	strbuf_reset(out);
	strbuf_printf(out, "%s%s", one->name, pack_kinds[format].suffix);
	return !out->failed;
}

bool archive_looks(const struct rotate_settings *set, const char *entry)
{
	const struct rotate_settings date = { .naming = NAMING_DATE, .extension = set->extension,
					      .addextension = set->addextension };
	const char *const ends[] = { "", set->extension };
	struct strbuf log = STRBUF_INIT;
	struct archive parsed;
	bool found = false;
	size_t len;

	for (const char *at = strchr(entry, '-'); at != NULL && !found; at = strchr(at + 1, '-'))
		for (size_t i = 0; i < ARRAY_LEN(ends) && at > entry; i++) {
			strbuf_reset(&log);
			strbuf_add(&log, entry, (size_t)(at - entry));
			strbuf_puts(&log, ends[i] != NULL ? ends[i] : "");
			found |= archive_parse(&date, strbuf_text(&log), entry, &parsed, &len) != ARCHIVE_FOREIGN;
		}
	strbuf_free(&log);
	return found;
}

/* Newest first, by the names: later dates before earlier ones, low numbers before high ones. */
static int compare_names(const void *left, const void *right)
{
	const struct archive *a = left, *b = right;

	if (a->when != b->when)
		return a->when > b->when ? -1 : 1;
	if (a->when == 0) /* number naming */
		return a->number < b->number ? -1 : a->number > b->number;
	if (a->number != b->number)
		return a->number > b->number ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Newest first, as far as is known: the archive of this run, then those with a plausible age. */
static int compare_ages(const void *left, const void *right)
{
	const struct archive *a = left, *b = right;

	if (a->when != 0 && b->when != 0) {
		if ((a->changed == 0) != (b->changed == 0))
			return a->changed == 0 ? -1 : 1;
		if (a->since != b->since)
			return a->since > b->since ? -1 : 1;
	}
	return compare_names(left, right);
}

static void sort_by(struct archives *list, int (*compare)(const void *, const void *))
{
	if (list->all.len > 1)
		qsort(list->all.item, list->all.len, sizeof(*list->all.item), compare);
}

void archives_sort(struct archives *list)
{
	sort_by(list, compare_ages);
}

/* What is older was stamped by a clock that was not set. */
#define FIRST_TIME 315532800 /* 1980-01-01, in seconds since 1970 */

static bool is_plausible(int64_t when, time_t now) /* false for 0: the name tells nothing */
{
	return when >= FIRST_TIME && when <= now + 1;
}

/* Sets `since` of each archive. A clock that was wrong can have stamped some with the future, or with 1970. */
static void find_ages(struct archives *list, time_t now)
{
	for (size_t i = 0; i < list->all.len; i++) {
		struct archive *one = &list->all.item[i];

		one->since = is_plausible(one->when, now)    ? one->when :
			     is_plausible(one->written, now) ? one->written :
							       ARCHIVE_AGE_UNKNOWN;
	}
}

struct archive *archives_find(const struct archives *list, const char *name)
{
	for (size_t i = 0; i < list->all.len; i++)
		if (strcmp(list->all.item[i].name, name) == 0)
			return &list->all.item[i];
	return NULL;
}

static int add_entry(struct archives *list, int dir, const char *entry, enum archive_kind kind,
		     struct archive *parsed, size_t len)
{
	char *copy = strndup(entry, kind == ARCHIVE_PLAIN || kind == ARCHIVE_PACKED ? len : strlen(entry));
	struct stat st;
	bool good;

	if (copy == NULL)
		return -ENOMEM;
	if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) {
		free(copy);
		return 0;
	}
	if (kind == ARCHIVE_TEMPORARY) {
		good = vec_push(&list->temporaries, copy);
	} else if (kind == ARCHIVE_BAD) {
		good = vec_push(&list->bad, copy);
	} else {
		parsed->name = copy;
		parsed->plain = kind == ARCHIVE_PLAIN;
		parsed->changed = st.st_ctim.tv_sec;
		parsed->written = st.st_mtim.tv_sec;
		parsed->bytes = (uint64_t)st.st_size;
		good = vec_push(&list->all, *parsed);
	}
	if (!good)
		free(copy);
	return good ? 0 : -ENOMEM;
}

/* Merges the entries of NAME, NAME.gz and so on, which are adjacent after sorting. */
static void join_pairs(struct archives *list)
{
	size_t kept = 0;

	sort_by(list, compare_names);
	for (size_t i = 0; i < list->all.len; i++) {
		struct archive *one = &list->all.item[i];
		struct archive *last = kept > 0 ? &list->all.item[kept - 1] : NULL;

		if (last != NULL && strcmp(last->name, one->name) == 0) {
			last->plain |= one->plain;
			last->packed |= one->packed;
			last->bytes += one->bytes;
			free(one->name);
		} else {
			list->all.item[kept++] = *one;
		}
	}
	list->all.len = kept;
}

int archives_read(struct archives *list, int dir, const char *log, const struct rotate_settings *set)
{
	DIR *stream = file_list(dir);
	const struct dirent *entry;
	int err = 0;

	*list = (struct archives){ 0 };
	if (stream == NULL)
		return -errno;
	while (err == 0 && (errno = 0, entry = readdir(stream)) != NULL) {
		struct archive parsed = { 0 };
		size_t len = 0;
		enum archive_kind kind = archive_parse(set, log, entry->d_name, &parsed, &len);

		if (kind != ARCHIVE_FOREIGN)
			err = add_entry(list, dir, entry->d_name, kind, &parsed, len);
	}
	if (err == 0)
		err = -errno;
	closedir(stream);
	join_pairs(list);
	find_ages(list, time(NULL));
	archives_sort(list);
	return err;
}

void archives_free(struct archives *list)
{
	for (size_t i = 0; i < list->all.len; i++)
		free(list->all.item[i].name);
	for (size_t i = 0; i < list->temporaries.len; i++)
		free(list->temporaries.item[i]);
	for (size_t i = 0; i < list->bad.len; i++)
		free(list->bad.item[i]);
	vec_free(&list->all);
	vec_free(&list->temporaries);
	vec_free(&list->bad);
}

bool archives_add(struct archives *list, const char *name, int64_t when, unsigned number)
{
	struct archive one = { .name = strdup(name), .when = when, .since = when, .number = number, .plain = true };

	if (one.name == NULL)
		return false;
	if (!vec_push(&list->all, one)) {
		free(one.name);
		return false;
	}
	archives_sort(list);
	return true;
}

void archives_drop(struct archives *list, size_t index)
{
	free(list->all.item[index].name);
	list->all.len--;
	memmove(&list->all.item[index], &list->all.item[index + 1],
		(list->all.len - index) * sizeof(*list->all.item));
}

static bool exists(int dir, const char *name, const char *suffix)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	bool found;

	strbuf_printf(&path, "%s%s", name, suffix);
	found = fstatat(dir, strbuf_text(&path), &st, AT_SYMLINK_NOFOLLOW) == 0 ? S_ISREG(st.st_mode) : errno != ENOENT;
	strbuf_free(&path);
	return found;
}

void archives_refresh(struct archives *list, int dir)
{
	for (size_t i = list->all.len; i-- > 0;) {
		struct archive *one = &list->all.item[i];

		one->plain = exists(dir, one->name, "");
		one->packed = 0;
		for (enum pack_format format = 0; format < PACK_FORMATS; format++)
			one->packed |= exists(dir, one->name, pack_kinds[format].suffix) ? 1U << format : 0;
		if (!one->plain && one->packed == 0)
			archives_drop(list, i);
	}
}

/* The highest number among the archives with the date of this name; 0: none. A lower one would sort as older. */
static unsigned last_within(const struct archives *list, const struct rotate_settings *set, const char *log,
			    const char *name)
{
	struct archive parsed;
	unsigned last = 0;
	size_t len;

	if (archive_parse(set, log, name, &parsed, &len) != ARCHIVE_PLAIN)
		return 0;
	for (size_t i = 0; i < list->all.len; i++)
		if (list->all.item[i].when == parsed.when && list->all.item[i].number > last)
			last = list->all.item[i].number;
	return last;
}

bool archives_new_name(const struct archives *list, const char *log, const struct rotate_settings *set, time_t now,
		       char name[static ARCHIVE_NAME_MAX])
{
	struct strbuf middle = STRBUF_INIT, text = STRBUF_INIT;
	unsigned last = 0;
	bool good;

	if (set->naming == NAMING_NUMBER)
		strbuf_puts(&middle, ".1");
	else
		stamp_write(&middle, set->dateformat != NULL ? set->dateformat : STAMP_FORMAT, set->dateformat == NULL, now);
	archive_put_name(&text, set, log, strbuf_text(&middle));
	if (set->naming == NAMING_DATE)
		last = last_within(list, set, log, strbuf_text(&text));
	if (last > 0) {
		strbuf_printf(&middle, "-%u", last + 1);
		strbuf_reset(&text);
		archive_put_name(&text, set, log, strbuf_text(&middle));
	}
	/* Leave room for ".zst.bad-999" or ".zst.tmp" and the leading dot within the 255 bytes of a file name. */
	good = !text.failed && !middle.failed && middle.len > 0 && text.len + 16 < ARCHIVE_NAME_MAX;
	if (good)
		memcpy(name, text.data, text.len + 1);
	strbuf_free(&middle);
	strbuf_free(&text);
	return good && archives_find(list, name) == NULL;
}

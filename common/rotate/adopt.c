/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/adopt.h"
#include "base/file.h"
#include "rotate/repair.h"
#include "rotate/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY         86400
#define FIRST_YEAR  978307200 /* 2001-01-01: a number before that is no date */
#define BUFFER_SIZE ((size_t)64 * 1024)

/* One file of an archive. */
struct adopted_file {
	char *entry;        /* owned; its name now */
	size_t stem;        /* the length of the name without .gz and so on */
	enum pack_format format; /* PACK_FORMATS: plain */
	bool dated;
	unsigned number;    /* of one with a number; of one with a date, among those of that date */
	int64_t time;       /* dated: what is known of the time of its rotation; else of its last line */
	unsigned new_number; /* with numbers: that in the new name */
	char target[ARCHIVE_NAME_MAX]; /* the new name without .gz and so on; "": it keeps its name */
};

typedef VEC(struct adopted_file) adopted_files;

struct adoption {
	struct log_job *job;
	time_t now;
	adopted_files numbered, dated; /* newest first */
	unsigned renamed;
};

/* The formats of names by date that logrotate or its users are known to use. */
static const char *const formats[] = { "-%Y%m%d",  "-%Y%m%d%H",	 "-%Y-%m-%d",	"-%Y%m%d-%s", "-%Y%m%d-%H%M%S",
				       "-%Y%m%d%H%M%S", ".%Y%m%d", ".%Y-%m-%d", "_%Y%m%d", "-%s" };

/* How long the time lasts that a name in this format tells, in seconds. */
static int64_t span_of(const char *format)
{
	return strstr(format, "%S") != NULL || strstr(format, "%s") != NULL ? 1 : strstr(format, "%H") != NULL ? 3600 : DAY;
}

/* Reads a name by number or by date. False: it is not the archive of this log. *span: that of a date. */
static bool parse(const struct log_job *job, const char *entry, bool dated, struct archive *parsed, size_t *len, int64_t *span)
{
	struct rotate_settings set = *job->set;
	enum archive_kind kind = ARCHIVE_FOREIGN;

	set.naming = dated ? NAMING_DATE : NAMING_NUMBER;
	for (size_t i = 0; kind == ARCHIVE_FOREIGN && i < (dated ? ARRAY_LEN(formats) : 1); i++) {
		set.dateformat = formats[i];
		*span = span_of(formats[i]);
		kind = archive_parse(&set, job->at.name, entry, parsed, len);
		if (dated && kind != ARCHIVE_FOREIGN && parsed->when < FIRST_YEAR)
			kind = ARCHIVE_FOREIGN;
	}
	return kind == ARCHIVE_PLAIN || kind == ARCHIVE_PACKED;
}

/* Reports an archive that stays as it is, because it could not be read again. */
static void tell_other_format(const struct log_job *job, const char *entry)
{
	static const char *const others[] = { ".bz2", ".Z", ".lz", ".lz4", ".lzma", ".zip" };
	const char *dot = strrchr(entry, '.');
	char cut[ARCHIVE_NAME_MAX] = "";
	struct archive parsed;
	int64_t span;
	size_t len;

	for (size_t i = 0; dot != NULL && i < ARRAY_LEN(others); i++) {
		if (strcmp(dot, others[i]) != 0 || (size_t)(dot - entry) >= sizeof(cut))
			continue;
		memcpy(cut, entry, (size_t)(dot - entry));
		if (parse(job, cut, false, &parsed, &len, &span) || parse(job, cut, true, &parsed, &len, &span))
			diag_add(job->run->log, DIAG_ROTATE_NOTE, NULL, NULL,
				 "%s: %s stays: only gzip, xz and zstd are built in", job->path, entry);
	}
}

/* Adds the file if it is an archive that is to be renamed, or that has a number which may have to change. */
static int add_entry(struct adoption *all, const char *entry)
{
	struct log_job *job = all->job;
	bool by_number = job->set->naming == NAMING_NUMBER, numbered;
	struct adopted_file file = { .format = PACK_FORMATS };
	struct archive parsed = { 0 };
	struct stat st;
	int64_t span;
	size_t suffix;

	if (!by_number && archive_parse(job->set, job->at.name, entry, &parsed, &file.stem) != ARCHIVE_FOREIGN)
		return 0; /* it is ours already */
	numbered = parse(job, entry, false, &parsed, &file.stem, &span);
	if (!numbered && !parse(job, entry, true, &parsed, &file.stem, &span)) {
		tell_other_format(job, entry);
		return 0;
	}
	if (fstatat(job->archive_dir, entry, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return 0;
	file.format = archive_format(entry, &suffix);
	file.dated = !numbered;
	file.number = parsed.number;
	file.time = numbered || (st.st_mtim.tv_sec >= parsed.when && st.st_mtim.tv_sec < parsed.when + span) ?
			    st.st_mtim.tv_sec :
			    parsed.when;
	if (file.time > all->now || file.time < FIRST_YEAR) /* not known, so as young as the one before it allows */
		file.time = all->now;
	file.entry = strdup(entry);
	if (file.entry != NULL && (numbered ? vec_push(&all->numbered, file) : vec_push(&all->dated, file)))
		return 0;
	free(file.entry);
	return -ENOMEM;
}

/* Newest first; the plain file before the compressed ones of the same name. */
static int compare_files(const void *left, const void *right)
{
	const struct adopted_file *a = left, *b = right;
	int plain = (b->format == PACK_FORMATS) - (a->format == PACK_FORMATS);

	if (!a->dated && a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->dated && a->time != b->time)
		return a->time > b->time ? -1 : 1;
	if (a->dated && a->number != b->number)
		return a->number > b->number ? -1 : 1;
	return plain != 0 ? plain : strcmp(a->entry, b->entry);
}

static int find_files(struct adoption *all)
{
	DIR *stream = file_list(all->job->archive_dir);
	const struct dirent *entry;
	int err = 0;

	if (stream == NULL)
		return -errno;
	while (err == 0 && (errno = 0, entry = readdir(stream)) != NULL)
		err = add_entry(all, entry->d_name);
	if (err == 0)
		err = -errno;
	closedir(stream);
	if (all->numbered.len > 1)
		qsort(all->numbered.item, all->numbered.len, sizeof(*all->numbered.item), compare_files);
	if (all->dated.len > 1)
		qsort(all->dated.item, all->dated.len, sizeof(*all->dated.item), compare_files);
	return err;
}

/* True if the whole compressed file can be read. */
static bool is_intact(int fd, enum pack_format format)
{
	struct unpacker *unpacker = lseek(fd, 0, SEEK_SET) == 0 ? unpacker_new(fd, format) : NULL;
	char *buffer = malloc(BUFFER_SIZE);
	ssize_t got = unpacker == NULL || buffer == NULL ? -ENOMEM : 1;

	while (got > 0)
		got = unpacker_read(unpacker, buffer, BUFFER_SIZE);
	unpacker_free(unpacker);
	free(buffer);
	return got == 0;
}

enum twin { TWIN_NONE, TWIN_SAME, TWIN_DAMAGED };

/*
 * Is the compressed file that of the plain one? It has the same content, or a killed run left it damaged. If neither,
 * logrotate has two archives of one name, because `compress` was turned on or off.
 */
static enum twin find_twin(const struct log_job *job, const struct adopted_file *plain, const struct adopted_file *packed)
{
	struct stat st;
	int left, right;
	enum twin twin = TWIN_NONE;

	if (plain->format != PACK_FORMATS || packed->format == PACK_FORMATS || plain->stem != packed->stem ||
	    strncmp(plain->entry, packed->entry, plain->stem) != 0)
		return TWIN_NONE;
	left = job_open_file(job->archive_dir, plain->entry, &st);
	right = job_open_file(job->archive_dir, packed->entry, &st);
	if (left >= 0 && right >= 0)
		twin = pack_compare(right, packed->format, left) == 1 ? TWIN_SAME :
		       !is_intact(right, packed->format)		     ? TWIN_DAMAGED : TWIN_NONE;
	if (left >= 0)
		close(left);
	if (right >= 0)
		close(right);
	return twin;
}

/*
 * Repairs archives that exist plain and compressed, before any of their files has another name: a run that is killed
 * between two renames must not separate them.
 */
static bool repair_pairs(struct log_job *job, adopted_files *files)
{
	bool good = true;
	size_t kept = 0;

	for (size_t i = 0; i < files->len; i++) {
		struct adopted_file file = files->item[i], *before = kept > 0 ? &files->item[kept - 1] : NULL;
		enum twin twin = good && before != NULL ? find_twin(job, before, &file) : TWIN_NONE;

		if (twin == TWIN_SAME)
			good = repair_remove_plain(job, before->entry, file.entry) == 0;
		else if (twin == TWIN_DAMAGED)
			good = repair_set_aside(job, before->entry, file.entry) == 0;
		if (twin == TWIN_NONE || !good) {
			files->item[kept++] = file;
			continue;
		}
		free(twin == TWIN_SAME ? before->entry : file.entry);
		if (twin == TWIN_SAME)
			*before = file;
	}
	files->len = kept;
	return good;
}

/* True if an archive, or another file that was given a name, has the new name of this one. */
static bool is_taken(const struct adoption *all, const struct adopted_file *file)
{
	const struct adopted_file *other;

	if (archives_find(&all->job->archives, file->target) != NULL)
		return true;
	for (size_t i = 0; i < all->numbered.len; i++) {
		other = &all->numbered.item[i];
		if (other != file && strcmp(other->target, file->target) == 0)
			return true;
	}
	for (size_t i = 0; i < all->dated.len; i++) {
		other = &all->dated.item[i];
		if (other != file && strcmp(other->target, file->target) == 0)
			return true;
	}
	return false;
}

static bool set_target(const struct adoption *all, struct adopted_file *file, const char *middle)
{
	struct strbuf name = STRBUF_INIT;
	bool good;

	archive_put_name(&name, all->job->set, all->job->at.name, middle);
	good = !name.failed && name.len + 16 < ARCHIVE_NAME_MAX;
	if (good)
		memcpy(file->target, name.data, name.len + 1);
	strbuf_free(&name);
	return good;
}

/* Gives each file a name by date, a second before the newer one at the latest. False: a name would be too long. */
static bool choose_dates(struct adoption *all, struct adopted_file *files, size_t count)
{
	int64_t before = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		int64_t time = files[i].time < before ? files[i].time : before - 1;
		bool taken = true;

		for (; taken; time--) {
			struct strbuf middle = STRBUF_INIT;
			bool good;

			stamp_write(&middle, STAMP_FORMAT, true, (time_t)time);
			good = set_target(all, &files[i], strbuf_text(&middle));
			strbuf_free(&middle);
			if (!good)
				return false;
			before = time;
			taken = is_taken(all, &files[i]);
		}
	}
	return true;
}

/* Numbers of existing archives never fall, so that a rename from the oldest to the newest meets no other file. */
static bool choose_numbers(struct adoption *all)
{
	size_t n = 0, d = 0;
	unsigned last = 0;

	while (n < all->numbered.len || d < all->dated.len) {
		struct adopted_file *numbered = n < all->numbered.len ? &all->numbered.item[n] : NULL;
		struct adopted_file *dated = d < all->dated.len ? &all->dated.item[d] : NULL;
		bool take_dated = dated != NULL && (numbered == NULL || dated->time > numbered->time);
		struct adopted_file *file = take_dated ? dated : numbered;
		struct strbuf middle = STRBUF_INIT;
		bool good;

		last = !take_dated && numbered->number > last + 1 ? numbered->number : last + 1;
		file->new_number = last;
		strbuf_printf(&middle, ".%u", last);
		good = set_target(all, file, strbuf_text(&middle));
		strbuf_free(&middle);
		if (!good)
			return false;
		n += !take_dated;
		d += take_dated;
	}
	return true;
}

/* Renames a file to its new name, with its suffix. False: reported. */
static bool rename_file(struct adoption *all, const struct adopted_file *file)
{
	struct log_job *job = all->job;
	struct strbuf name = STRBUF_INIT;
	int err = 0;

	strbuf_printf(&name, "%s%s", file->target, file->entry + file->stem);
	if (name.failed)
		err = diag_memory(job->run->log);
	else if (strcmp(name.data, file->entry) != 0 && job_step(job, "rename %s to %s", file->entry, name.data)) {
		err = job_rename(job->archive_dir, file->entry, job->archive_dir, name.data);
		if (err != 0)
			job_fail(job, err, "cannot rename %s to %s", file->entry, name.data);
		all->renamed += err == 0;
	}
	strbuf_free(&name);
	return err == 0;
}

/* From the oldest to the newest, by their new numbers. */
static bool rename_numbers(struct adoption *all)
{
	size_t n = all->numbered.len, d = all->dated.len;
	bool good = true;

	while (good && (n > 0 || d > 0)) {
		const struct adopted_file *numbered = n > 0 ? &all->numbered.item[n - 1] : NULL;
		const struct adopted_file *dated = d > 0 ? &all->dated.item[d - 1] : NULL;
		bool take_dated = numbered == NULL || (dated != NULL && dated->new_number > numbered->new_number);

		good = rename_file(all, take_dated ? dated : numbered);
		n -= !take_dated;
		d -= take_dated;
	}
	return good;
}

static bool rename_dates(struct adoption *all)
{
	bool good = true;

	for (size_t i = all->numbered.len; good && i-- > 0;)
		good = rename_file(all, &all->numbered.item[i]);
	for (size_t i = all->dated.len; good && i-- > 0;)
		good = rename_file(all, &all->dated.item[i]);
	return good;
}

static void rename_all(struct adoption *all)
{
	struct log_job *job = all->job;
	bool by_number = job->set->naming == NAMING_NUMBER;
	bool good = by_number ? choose_numbers(all) :
				choose_dates(all, all->numbered.item, all->numbered.len) &&
					choose_dates(all, all->dated.item, all->dated.len);

	if (!good)
		job_fail(job, -ENAMETOOLONG, "cannot name an archive");
	else if (by_number)
		(void)!rename_numbers(all);
	else
		(void)!rename_dates(all);
	if (all->renamed > 0 && fsync(job->archive_dir) != 0)
		job_fail(job, -errno, "cannot sync the directory of the archives");
	if (all->renamed > 0)
		diag_add(job->run->log, DIAG_ROTATE_NOTE, NULL, NULL, "%s: renamed files of archives: %u", job->path,
			 all->renamed);
}

void adopt_archives(struct log_job *job, time_t now)
{
	struct adoption all = { .job = job, .now = now };
	int err;

	if (job->interrupted[0] != '\0') { /* the note in the lock file holds a name that may change */
		job_fail(job, 0, "a rotation was interrupted: run ct-rotate --repair first");
		return;
	}
	err = find_files(&all);
	if (err != 0) {
		job_fail(job, err, "cannot list the archives");
	} else if (repair_pairs(job, &all.numbered) && repair_pairs(job, &all.dated)) {
		rename_all(&all);
	}
	for (size_t i = 0; i < all.numbered.len; i++)
		free(all.numbered.item[i].entry);
	for (size_t i = 0; i < all.dated.len; i++)
		free(all.dated.item[i].entry);
	vec_free(&all.numbered);
	vec_free(&all.dated);
}

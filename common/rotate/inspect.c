/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/inspect.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/pack.h"
#include "rotate/archive.h"
#include "rotate/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)64 * 1024)
#define TIME_MAX    64

bool inspect_time(const char *text, time_t *when)
{
	static const char *const formats[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
					       "%Y-%m-%d" };
	long seconds;

	if (text[0] == '@') {
		bool good = setting_number(text + 1, 0, INT32_MAX, &seconds);

		*when = seconds;
		return good;
	}
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *rest = strptime(text, formats[i], &tm);
		bool utc = rest != NULL && strcmp(rest, "Z") == 0;

		if (rest != NULL && (*rest == '\0' || utc)) {
			*when = utc ? timegm(&tm) : mktime(&tm);
			return true;
		}
	}
	return false;
}

/* Reads "+02:00", "+0200" or "Z", as seconds east of UTC. False: none of these. */
static bool read_zone(const char *text, long *east)
{
	int hours, minutes;

	*east = 0;
	if (*text == 'Z')
		return true;
	if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2d:%2d", &hours, &minutes) != 2) {
		if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2d%2d", &hours, &minutes) != 2)
			return false;
	}
	*east = (hours * 3600L + minutes * 60L) * (*text == '-' ? -1 : 1);
	return true;
}

/* Reads the time at the beginning of a line. Syslog's has no year: take the latest one that is not in the future. */
static bool line_time(const char *line, time_t *when)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *rest = strptime(line, "%Y-%m-%dT%H:%M:%S", &tm);
	time_t now = time(NULL);
	long east;

	if (rest == NULL)
		rest = strptime(line, "%Y-%m-%d %H:%M:%S", &tm);
	if (rest != NULL) {
		if (*rest == '.' || *rest == ',')
			rest += 1 + strspn(rest + 1, "0123456789");
		*when = read_zone(rest, &east) ? timegm(&tm) - east : mktime(&tm);
		return true;
	}
	localtime_r(&now, &tm);
	tm.tm_isdst = -1;
	if (strptime(line, "%b %d %H:%M:%S", &tm) == NULL)
		return false;
	*when = mktime(&tm);
	if (*when > now + 86400) {
		tm.tm_year--;
		tm.tm_isdst = -1;
		*when = mktime(&tm);
	}
	return true;
}

/* The output of --cat. After the first line that is not too old, everything is printed. */
struct printer {
	FILE *out;
	time_t since;
	bool begun;
	struct strbuf line; /* the beginning of an incomplete line */
};

/* Prints the bytes, or only searches them for the first line to print. */
static void print_bytes(struct printer *printer, const char *bytes, size_t len)
{
	while (!printer->begun && len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t part = end != NULL ? (size_t)(end - bytes) + 1 : len;
		time_t when;

		strbuf_add(&printer->line, bytes, part);
		bytes += part;
		len -= part;
		if (end == NULL)
			return;
		if (!line_time(strbuf_text(&printer->line), &when) || when >= printer->since) {
			printer->begun = true;
			fwrite(strbuf_text(&printer->line), 1, printer->line.len, printer->out);
		}
		strbuf_reset(&printer->line);
	}
	if (len > 0)
		fwrite(bytes, 1, len, printer->out);
}

static void report(struct diag_log *log, const char *dir, const char *name, const char *text)
{
	diag_add(log, DIAG_ROTATE_DAMAGED, NULL, NULL, "%s/%s: %s", dir, name, text);
}

/* Reads a file, decompressed unless format is PACK_FORMATS, and prints it (printer NULL: only reads it). False: damaged; reported. */
static bool read_file(int dir, const char *dir_path, const char *name, enum pack_format format, struct printer *printer,
		      struct diag_log *log)
{
	struct stat st;
	bool packed = format != PACK_FORMATS;
	int fd = job_open_file(dir, name, &st);
	struct unpacker *unpacker = fd >= 0 && packed ? unpacker_new(fd, format) : NULL;
	char *buffer = malloc(BUFFER_SIZE);
	ssize_t got = 1;

	if (fd < 0)
		got = fd;
	else if (buffer == NULL || (packed && unpacker == NULL))
		got = -ENOMEM;
	while (got > 0) {
		got = packed ? unpacker_read(unpacker, buffer, BUFFER_SIZE) : read(fd, buffer, BUFFER_SIZE);
		if (got < 0 && !packed)
			got = -errno;
		if (got > 0 && printer != NULL)
			print_bytes(printer, buffer, (size_t)got);
	}
	if (got < 0)
		report(log, dir_path, name, got == -EBADMSG ? unpacker_fault(unpacker) : strerror((int)-got));
	unpacker_free(unpacker);
	free(buffer);
	if (fd >= 0)
		close(fd);
	return got == 0;
}

/* True if the archive was listed in this format, or if it was plain then and is compressed by now. */
static bool has_format(const struct archive *one, int dir, enum pack_format format)
{
	struct strbuf name = STRBUF_INIT;
	bool has = (one->packed & 1U << format) != 0;

	if (!has && one->plain && archive_file(&name, one, format))
		has = faccessat(dir, name.data, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	strbuf_free(&name);
	return has;
}

static void cat_archives(const struct archives *list, int dir, const char *dir_path, struct printer *printer,
			 struct diag_log *log)
{
	for (size_t i = list->all.len; i-- > 0;) {
		const struct archive *one = &list->all.item[i];
		struct strbuf name = STRBUF_INIT;
		bool plain = one->plain;

		/* All its lines are older: it was closed at `when`, or last written to at `written`. */
		if ((one->when != 0 ? one->when : one->written) < printer->since)
			continue;
		if (plain && faccessat(dir, one->name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
			plain = false; /* it was compressed after the list was read */
		if (plain) /* it is complete, whatever else there is */
			(void)read_file(dir, dir_path, one->name, PACK_FORMATS, printer, log);
		for (enum pack_format format = 0; format < PACK_FORMATS && !plain; format++)
			if (has_format(one, dir, format) && archive_file(&name, one, format))
				(void)read_file(dir, dir_path, name.data, format, printer, log);
		strbuf_free(&name);
	}
}

/*
 * Opens the directory of the archives; old->dir is -1 if it is that of the log. The owner of the directory does not
 * matter, because nothing is changed. False: reported.
 */
static bool open_olddir(const struct rotate_settings *set, const struct log_place *at, struct log_place *old,
			struct diag_log *log)
{
	struct strbuf path = STRBUF_INIT;
	int err;

	*old = (struct log_place){ .dir = -1 };
	if (set->olddir == NULL)
		return true;
	if (set->olddir[0] != '/')
		strbuf_printf(&path, "%s/", at->path);
	strbuf_puts(&path, set->olddir);
	err = place_open_directory(old, strbuf_text(&path), true, log);
	if (err == -ENOENT)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", strbuf_text(&path), strerror(-err));
	strbuf_free(&path);
	return err == 0;
}

/* DIR stands for DIR/current, which pipe mode writes. */
static char *log_path(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct stat st;

	strbuf_puts(&text, path);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		strbuf_puts(&text, "/current");
	return text.data;
}

void inspect_cat(const struct rotate_settings *set, const char *path, time_t since, FILE *out, struct diag_log *log)
{
	struct printer printer = { .out = out, .since = since, .begun = since == 0 };
	struct archives list = { 0 };
	struct log_place at = { .dir = -1 }, old = { .dir = -1 };
	char *file = log_path(path);
	int err = file == NULL ? diag_memory(log) : place_open(&at, file, true, log);
	int dir;

	if (err == -ENOENT)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", file, strerror(ENOENT));
	if (err == 0 && open_olddir(set, &at, &old, log)) {
		dir = old.dir >= 0 ? old.dir : at.dir;
		err = archives_read(&list, dir, at.name, set);
		if (err != 0)
			diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", file, strerror(-err));
		cat_archives(&list, dir, old.dir >= 0 ? old.path : at.path, &printer, log);
		if (faccessat(at.dir, at.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || list.all.len == 0)
			(void)read_file(at.dir, at.path, at.name, PACK_FORMATS, &printer, log);
		if (printer.begun && printer.line.len > 0)
			fwrite(printer.line.data, 1, printer.line.len, out);
	}
	archives_free(&list);
	place_close(&old);
	place_close(&at);
	strbuf_free(&printer.line);
	free(file);
}

/* Classifies a name by its suffix alone, for any log. Never ARCHIVE_PLAIN. */
static enum archive_kind kind_of(const char *entry, enum pack_format *format, size_t *suffix)
{
	char cut[ARCHIVE_NAME_MAX];
	size_t len = strlen(entry);
	const char *bad;

	*format = archive_format(entry, suffix);
	if (*format != PACK_FORMATS)
		return ARCHIVE_PACKED;
	if (len >= sizeof(cut))
		return ARCHIVE_FOREIGN;
	memcpy(cut, entry, len + 1);
	if (entry[0] == '.' && len > 4 && strcmp(entry + len - 4, ".tmp") == 0) {
		cut[len - 4] = '\0';
		return archive_format(cut, suffix) != PACK_FORMATS ? ARCHIVE_TEMPORARY : ARCHIVE_FOREIGN;
	}
	for (bad = strstr(entry, ".bad"); bad != NULL; bad = strstr(bad + 1, ".bad")) {
		memcpy(cut, entry, len + 1);
		cut[bad - entry] = '\0';
		if (archive_format(cut, suffix) != PACK_FORMATS)
			return ARCHIVE_BAD;
	}
	return ARCHIVE_FOREIGN;
}

static void tell_intact(FILE *out, const char *dir_path, const char *entry)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_escape(&line, dir_path, strlen(dir_path));
	strbuf_puts(&line, "/");
	strbuf_escape(&line, entry, strlen(entry));
	fprintf(out, "%s: intact\n", strbuf_text(&line));
	strbuf_free(&line);
}

static void verify_entry(int dir, const char *dir_path, const char *entry, bool verbose, FILE *out,
			 struct diag_log *log)
{
	char plain[ARCHIVE_NAME_MAX] = "";
	enum pack_format format;
	size_t suffix;

	switch (kind_of(entry, &format, &suffix)) {
	case ARCHIVE_TEMPORARY:
		report(log, dir_path, entry, "left over from a killed run: the next run or --repair removes it");
		break;
	case ARCHIVE_BAD:
		report(log, dir_path, entry, "was set aside by a repair: it differed from the plain archive");
		break;
	case ARCHIVE_PACKED:
		if (strlen(entry) < sizeof(plain))
			memcpy(plain, entry, strlen(entry) - suffix);
		if (plain[0] != '\0' && faccessat(dir, plain, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			report(log, dir_path, entry, "the plain archive still exists: the next run or --repair compares them");
		if (read_file(dir, dir_path, entry, format, NULL, log) && verbose)
			tell_intact(out, dir_path, entry);
		break;
	default:
		break;
	}
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Checks the archives of the log `log_name` (NULL: of all logs), in the order of their names. 0 or -errno. */
static int verify_directory(const struct rotate_settings *set, int dir, const char *dir_path, const char *log_name,
			    bool verbose, FILE *out, struct diag_log *log)
{
	DIR *stream = file_list(dir);
	const struct dirent *entry;
	VEC(char *) names = { 0 };
	struct archive parsed;
	int err = stream == NULL ? -errno : 0;
	size_t len;

	while (err == 0 && (entry = readdir(stream)) != NULL) {
		char *copy;

		if (log_name != NULL &&
		    archive_parse(set, log_name, entry->d_name, &parsed, &len) == ARCHIVE_FOREIGN)
			continue;
		copy = strdup(entry->d_name);
		if (copy == NULL || !vec_push(&names, copy))
			err = -ENOMEM;
	}
	if (names.len > 1)
		qsort(names.item, names.len, sizeof(*names.item), compare_names);
	for (size_t i = 0; i < names.len; i++) {
		if (err == 0)
			verify_entry(dir, dir_path, names.item[i], verbose, out, log);
		free(names.item[i]);
	}
	vec_free(&names);
	if (stream != NULL)
		closedir(stream);
	return err;
}

void inspect_verify(const struct rotate_settings *set, const char *path, bool verbose, FILE *out, struct diag_log *log)
{
	struct log_place at = { .dir = -1 }, old = { .dir = -1 };
	enum pack_format format;
	size_t suffix;
	struct stat st;
	bool directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	int err = directory ? place_open_directory(&at, path, true, log) : place_open(&at, path, true, log);

	if (err == -ENOENT)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", path, strerror(ENOENT));
	if (err != 0)
		return;
	if (directory)
		err = verify_directory(set, at.dir, at.path, NULL, verbose, out, log);
	else if (kind_of(at.name, &format, &suffix) == ARCHIVE_PACKED)
		verify_entry(at.dir, at.path, at.name, verbose, out, log);
	else if (open_olddir(set, &at, &old, log))
		err = verify_directory(set, old.dir >= 0 ? old.dir : at.dir, old.dir >= 0 ? old.path : at.path,
				       at.name, verbose, out, log);
	if (err != 0)
		diag_add(log, DIAG_ROTATE, NULL, NULL, "%s: %s", path, strerror(-err));
	place_close(&old);
	place_close(&at);
}

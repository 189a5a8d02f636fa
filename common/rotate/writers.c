/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/writers.h"
#include "base/file.h"
#include "base/number.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The open flags of a descriptor, from the line "flags:" of its fdinfo, in octal (proc(5)). -1: unknown. */
static long open_flags(int pid_dir, const char *number)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	const char *line = NULL;
	uint64_t bits;
	long flags = -1;
	int fd = -1;

	strbuf_printf(&path, "fdinfo/%s", number);
	if (!path.failed)
		fd = openat(pid_dir, path.data, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && file_read(fd, &text, 65536) == 0)
		line = strstr(strbuf_text(&text), "flags:");
	if (line != NULL)
		line += strlen("flags:") + strspn(line + strlen("flags:"), " \t");
	if (line != NULL && number_take(&line, 8, INT32_MAX, &bits))
		flags = (long)bits;
	if (fd >= 0)
		close(fd);
	strbuf_free(&path);
	strbuf_free(&text);
	return flags;
}

/* True if this process has the file open for writing without O_APPEND. */
static bool overwrites(int proc, const char *pid, const struct stat *file)
{
	int pid_dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd_dir = pid_dir < 0 ? -1 : openat(pid_dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd_dir < 0 ? NULL : fdopendir(fd_dir);
	const struct dirent *entry;
	bool found = false;

	while (list != NULL && !found && (entry = readdir(list)) != NULL) {
		struct stat st;
		long flags;

		if (entry->d_name[0] == '.' || fstatat(fd_dir, entry->d_name, &st, 0) != 0 ||
		    st.st_dev != file->st_dev || st.st_ino != file->st_ino)
			continue;
		flags = open_flags(pid_dir, entry->d_name);
		found = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && (flags & O_APPEND) == 0;
	}
	if (list != NULL)
		closedir(list);
	else if (fd_dir >= 0)
		close(fd_dir);
	if (pid_dir >= 0)
		close(pid_dir);
	return found;
}

bool writers_all_append(struct log_job *job)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool good = true;

	while (proc != NULL && good && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !overwrites(dirfd(proc), entry->d_name, &job->st))
			continue;
		good = false;
		job_fail(job, 0, "copytruncate: process %s writes without O_APPEND, so truncating would leave a hole as large as the log",
			 entry->d_name);
	}
	if (proc != NULL)
		closedir(proc);
	return good;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes to come, looked at before they are taken. A byte of a pipe leaves it in the very call that puts it into the file;
 * of other inputs (files, sockets, terminals) what was read is lost when we are killed before it is written.
 */
#ifndef FW_ROTATE_SOURCE_H
#define FW_ROTATE_SOURCE_H

#include "base/base.h"

#include <sys/types.h>

#define SOURCE_SIZE ((size_t)64 * 1024)

struct log_source {
	int fd;         /* borrowed */
	bool is_pipe;
	int peek[2];    /* owned; where tee puts the copies */
	char *bytes;    /* owned, SOURCE_SIZE: what is to come */
	size_t start, len; /* of the part not taken yet */
	bool ended;
};

/* 0 or -errno; source_close must follow in either case. */
must_check int source_open(struct log_source *source, int fd);
void source_close(struct log_source *source);

/*
 * Waits up to wait_ms (-1: for ever) for bytes: then source->bytes + start holds len of them. 0 also when there
 * are none: in time, at the end (`ended`), or when a signal came; or -errno.
 */
must_check int source_look(struct log_source *source, int wait_ms);

/* Moves up to `most` of the bytes looked at to `to` at *offset, which advances. How many, or -errno. */
must_check ssize_t source_move(struct log_source *source, int to, off_t *offset, size_t most);

/* Takes them away without a use. 0 or -errno. */
must_check int source_drop(struct log_source *source, size_t count);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * An input whose bytes can be inspected before they are moved to a file. One call takes a byte out of a pipe and
 * writes it to the file. From other inputs (files, sockets, terminals), bytes are lost if we are killed between
 * reading and writing them.
 */
#ifndef FW_ROTATE_SOURCE_H
#define FW_ROTATE_SOURCE_H

#include "base/base.h"

#include <sys/types.h>

#define SOURCE_SIZE ((size_t)64 * 1024)

struct log_source {
	int fd;         /* borrowed */
	bool is_pipe;
	int peek[2];    /* owned; the pipe that tee(2) copies to */
	char *bytes;    /* owned, SOURCE_SIZE; the waiting bytes */
	size_t start, len; /* the part of bytes that was not moved or dropped yet */
	bool ended;     /* the end of the input was reached */
};

/* 0 or -errno; source_close must follow in either case. */
must_check int source_open(struct log_source *source, int fd);
void source_close(struct log_source *source);

/*
 * Waits for bytes, up to wait_ms (-1: for ever); then source->bytes + start holds len of them. 0 or -errno. len stays
 * 0 if none came in time, if the input ended (source->ended), or if a signal arrived.
 */
must_check int source_look(struct log_source *source, int wait_ms);

/* Moves up to `most` of the waiting bytes to the file `to` at *offset, which advances. How many, or -errno. */
must_check ssize_t source_move(struct log_source *source, int to, off_t *offset, size_t most);

/* Drops `count` of the waiting bytes. 0 or -errno. */
must_check int source_drop(struct log_source *source, size_t count);

#endif

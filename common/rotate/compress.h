/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Compresses plain archives. At every moment, the plain or the compressed file of an archive is complete.
 *
 * The kernel tells whether a program still has the file open for writing: it then refuses a read lease (F_SETLEASE,
 * fcntl(2)) with EAGAIN. Without leases (NFS, or a file of another user and no CAP_LEASE), the newest archive stays
 * plain until the next rotation, and a changed size or mtime stops the compression.
 */
#ifndef FW_ROTATE_COMPRESS_H
#define FW_ROTATE_COMPRESS_H

#include "rotate/job.h"

enum lease { LEASE_HELD_BY_WRITER, LEASE_TAKEN, LEASE_UNSUPPORTED };

/*
 * Requests a read lease on the file: once, or until job->deadline. It ends when the descriptor is closed, or with
 * F_UNLCK.
 */
must_check enum lease lease_take(int fd);
must_check enum lease lease_wait(struct log_job *job, int fd);

/*
 * Compresses each plain archive, except the newest one with delaycompress. An archive that a program still writes to
 * stays plain and sets job->deferred. Errors are reported.
 */
void compress_archives(struct log_job *job);

#endif

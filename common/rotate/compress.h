/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a plain archive to a compressed one, without a moment in which neither is whole.
 *
 * Whether a program still has the file open for writing is asked of the kernel: a read lease (F_SETLEASE, fcntl(2)) is
 * refused with EAGAIN while it has. Where there are no leases (NFS, other owners without CAP_LEASE), the newest
 * archive stays plain until the next rotation, and a size that changed meanwhile stops the work.
 */
#ifndef FW_ROTATE_COMPRESS_H
#define FW_ROTATE_COMPRESS_H

#include "rotate/job.h"

enum lease { LEASE_HELD_BY_WRITER, LEASE_TAKEN, LEASE_UNSUPPORTED };

/* One try, or until job->deadline. A lease that was taken ends with the descriptor. */
must_check enum lease lease_take(int fd);
must_check enum lease lease_wait(struct log_job *job, int fd);

/* Compresses each plain archive but the newest with delaycompress. What is still written to is deferred. */
void compress_archives(struct log_job *job);

#endif

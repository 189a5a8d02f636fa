/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Limits what a process may do besides its work. This does not make a program correct: it limits the damage of a fault
 * in it, or of input that it misunderstands.
 *
 * Three kinds of process are confined:
 *
 *	a program that we start (confine_program). It executes only its own file, writes only to files that it
 *	was given open, sends us no signal, and keeps only the capabilities that we name;
 *	a child of ours that reads what others wrote (confine_computing). It executes and writes nothing, and
 *	keeps no capability;
 *	this process (confine_process). It executes the programs that it starts, writes to the places that we
 *	name, and keeps the capabilities that we name.
 *
 * None of them opens a socket of IPv4 or IPv6 other than a raw one, so none reaches a name server. None gains
 * rights by executing a program.
 *
 * A confinement is permanent, and children inherit it. The kernel keeps it, so there is nothing to free. A
 * process that was started elsewhere is not affected.
 *
 * Landlock guards files, capset(2) removes capabilities, and a seccomp filter refuses sockets. Where the
 * kernel lacks one of them, the others hold and the work goes on.
 *
 * A program that is not an ELF file is a script, such as a wrapper for iptables that root installed. Only its author
 * knows what it executes and writes, so it loses capabilities but is not confined otherwise. The programs of a
 * distribution are ELF files.
 */
#ifndef FW_CONFINE_CONFINE_H
#define FW_CONFINE_CONFINE_H

#include "base/base.h"
#include "base/strbuf.h"

#include <linux/capability.h>

/* A set of capabilities, of these: CONFINE_CAP(CAP_NET_ADMIN) | ... */
#define CONFINE_CAP(capability) ((uint64_t)1 << (capability))

/*
 * Confines the calling thread, and what it starts, for the program at this path. No other thread is affected.
 * Call it right before the program is started, and end the thread afterwards. 0, even if the kernel supports only a
 * part of this; -EKEYREJECTED: another user owns the program or can write to it; another -errno: it cannot be opened.
 */
must_check int confine_program(const char *path, uint64_t capabilities);

struct confine {
	/* Lists of paths, ended by NULL; a path that cannot be opened is left out. */
	const char *const *programs; /* absolute */
	const char *const *writable; /* files, and folders with everything below them */
	uint64_t capabilities;       /* those that stay */
};

/*
 * Confines this process, which must have one thread. Keeps a few descriptors open until the process ends. Appends to
 * gaps, if not NULL, a line for each part that failed, with the reason.
 */
void confine_process(const struct confine *confine, struct strbuf *gaps);

/* Confines a child of ours that only computes. It returns its result through a file that is open already. */
void confine_computing(void);

/* Drops these capabilities from the calling thread for good. */
void confine_drop(uint64_t capabilities);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The files that fw-load keeps. DIR survives a reboot:
 *
 *	format                      the line "2"
 *	generations/000042.gz       one load that was kept: its input and its rules (generation.h)
 *	generations/000043.new      the same for a load that was never confirmed, or is not yet
 *	good, previous              links to the last two generations that were put in force and kept
 *
 * RUN belongs to this boot, in memory if the machine has a file system for that:
 *
 *	journal                     what the load in progress changes (journal.h)
 *	sysctls                     settings before fw-load changed them (baseline.h)
 *	safe.v4, safe.v6            the rules in force after safe rules were loaded; no file: no safe rules
 *	safe-begun.v4, .v6          safe rules that were about to be loaded
 *	entered                     the boot in which rules were put in force, or kept at boot
 *	outcome                     the result of undoing the last load that waited: its number, result, messages
 *	lock                        held by the process that changes anything here
 *
 * Every file appears complete or not at all, so after a power loss at any moment `good` is intact. The functions below
 * do not take the lock, and use no file that another user could have written (file_read_own).
 *
 * A folder without the file `format` has format 1, in which a generation has up to three files (store_v1.h).
 */
#ifndef FW_STORE_STATE_H
#define FW_STORE_STATE_H

#include "base/host.h"
#include "base/strbuf.h"
#include "base/vec.h"

#define STATE_DIR "/var/lib/fw-tools"
#define STATE_RUN "/run/fw-tools"

/* The number of generations to keep. */
#define STATE_KEEP 20

/* Limits in bytes: of a file, and of the text in a packed file. */
#define STATE_FILE_MAX ((size_t)64 << 20)
#define STATE_TEXT_MAX ((size_t)256 << 20)

struct state {
	const char *dir; /* borrowed */
	char run[4096];
	char boot[HOST_BOOT_ID]; /* the id of this boot */

	/*
	 * For tests, may be NULL: called before each change on disk. If it returns a negative number, the change fails
	 * with it.
	 */
	int (*gate)(void *arg, const char *what);
	void *gate_arg;
};

/* Fills state. run is STATE_RUN if dir is STATE_DIR, else a folder in dir. Creates nothing. */
void state_begin(struct state *state, const char *dir);

/*
 * Can only we write to the folders? Each of them, and each folder above them, must belong to root or to us, and must
 * not be writable by group and others, except for a sticky folder above. 0: yes, or there is no state yet. -EPERM:
 * others can replace files. -EACCES: others can only add files, or we may not look. Another -errno. *fault: which
 * folder, and what is wrong.
 */
must_check int state_check(const struct state *state, struct strbuf *fault);

/*
 * state_entered: has any run put rules in force in this boot? state_enter notes that one has. Best effort: after an
 * error the answer is no.
 */
bool state_entered(const struct state *state);
void state_enter(const struct state *state);

/* Creates the folders. 0 or -errno. */
must_check int state_make(const struct state *state);

/*
 * Removes what killed runs left: temporary files, and an interrupted flip. The caller must hold the lock. 0 or the
 * first -errno.
 */
must_check int state_tidy(const struct state *state);

/* The format of the state: 1, 2, or that of a newer fw-load. -errno: it cannot be determined. */
must_check int state_format(const struct state *state);

/* Replace out by "DIR/NAME" or "RUN/NAME", and return its text. */
const char *state_path(const struct state *state, const char *name, struct strbuf *out);
const char *state_run_path(const struct state *state, const char *name, struct strbuf *out);

/* Replaces out by the path of a generation's file, and returns its text. */
enum state_file { STATE_KEPT, STATE_NEW };
const char *state_file_path(const struct state *state, unsigned generation, enum state_file file, struct strbuf *out);

/* The generation that a link names ("good" or "previous"); 0: none. */
unsigned state_link(const struct state *state, const char *name);

/* The highest number of any generation, including unconfirmed ones; 0: none. */
unsigned state_newest(const struct state *state);

/*
 * Appends the numbers of all kept (STATE_KEPT) or unconfirmed (STATE_NEW) generations, in ascending order. 0 or -errno;
 * it is no error if there is no folder.
 */
typedef VEC(unsigned) state_numbers;
must_check int state_list(const struct state *state, enum state_file file, state_numbers *out);

/* The size of a generation's files, in bytes. */
unsigned long long state_size(const struct state *state, unsigned generation);

/*
 * Makes `generation` the good one and the old good one `previous`; an unconfirmed generation becomes a kept one. Does
 * nothing if it is already the good one. 0 or -errno; after an error, links and files are as before. If the change can
 * neither be completed nor undone, it counts as done: 0. If the machine goes down meanwhile, `good` is the old or the
 * new one, and state_tidy repairs `previous`.
 */
must_check int state_flip(const struct state *state, unsigned generation);

/* Removes all files of a generation. 0 or the first -errno. */
must_check int state_remove(const struct state *state, unsigned generation);

/* Files in run. They are written completely or not at all. 0 or -errno. */
must_check int state_run_write(const struct state *state, const char *name, const char *text, size_t len);
void state_run_remove(const struct state *state, const char *name);
must_check int state_run_read(const struct state *state, const char *name, struct strbuf *out);

#endif

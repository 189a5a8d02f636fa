/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that fw-load keeps. DIR outlives a boot:
 *
 *	format                      the line "2"
 *	generations/000042.gz       one load that was kept: its input and its rules (generation.h)
 *	generations/000043.new      the same of a load that was never confirmed, or is not yet
 *	good, previous              links to the last two that were put in force and kept
 *
 * RUN is of this boot, in memory where the machine has it:
 *
 *	journal                     what the load that is going on changes (journal.h)
 *	sysctls                     settings before fw-load changed them (baseline.h)
 *	safe.v4, safe.v6            what stands since safe rules were put in force; no such rules: no file
 *	safe-begun.v4, .v6          safe rules that were about to be put in force
 *	entered                     the boot in which rules were put in force, or kept at boot
 *	outcome                     what came of the undoing of the load that waited last: its number, the result, messages
 *	lock                        held by who changes anything here
 *
 * Each file appears whole or not at all, so a power loss at any moment leaves `good` whole. Nothing here takes
 * the lock, and nothing is believed that another user could have written (file_read_own).
 *
 * Without the file `format` a folder is of format 1, where a generation has up to three files (store_v1.h).
 */
#ifndef FW_STORE_STATE_H
#define FW_STORE_STATE_H

#include "base/host.h"
#include "base/strbuf.h"
#include "base/vec.h"

#define STATE_DIR "/var/lib/fw-tools"
#define STATE_RUN "/run/fw-tools"

/* How many generations are kept. */
#define STATE_KEEP 20

/* The longest file that is read, and the longest text in a packed one. */
#define STATE_FILE_MAX ((size_t)64 << 20)
#define STATE_TEXT_MAX ((size_t)256 << 20)

struct state {
	const char *dir; /* borrowed */
	char run[4096];
	char boot[HOST_BOOT_ID]; /* this boot's id */

	/* Asked before each change on disk, if not NULL; a negative return is that change's failure. For tests. */
	int (*gate)(void *arg, const char *what);
	void *gate_arg;
};

/* run is STATE_RUN for the machine's own state, else a folder within dir. Makes nothing. */
void state_begin(struct state *state, const char *dir);

/*
 * Are the folders ours alone? Each of them, and each folder above them, must be a folder that belongs to root
 * or to us, and that group and others cannot write, unless it stands above and is sticky. 0, also where there is no
 * state yet; -EPERM: others can replace what is there; -EACCES: they can only add to it, or it may not be looked at;
 * another -errno. *fault says what is wrong with which folder.
 */
must_check int state_check(const struct state *state, struct strbuf *fault);

/* Has any run put rules in force since the machine started? And: one has. Best effort; what fails counts as no. */
bool state_entered(const struct state *state);
void state_enter(const struct state *state);

/* Makes the folders. 0 or -errno. */
must_check int state_make(const struct state *state);

/* Removes what killed runs left: temporary files, and a flip that was cut off. Needs the lock. 0 or the first -errno. */
must_check int state_tidy(const struct state *state);

/* 1, 2, or a higher number of a newer fw-load; -errno: it cannot be told. */
must_check int state_format(const struct state *state);

/* "DIR/NAME" and "RUN/NAME" in out, which is emptied first. */
const char *state_path(const struct state *state, const char *name, struct strbuf *out);
const char *state_run_path(const struct state *state, const char *name, struct strbuf *out);

/* The path of a generation's file. */
enum state_file { STATE_KEPT, STATE_NEW };
const char *state_file_path(const struct state *state, unsigned generation, enum state_file file, struct strbuf *out);

/* The generation that a link ("good", "previous") names; 0: none. */
unsigned state_link(const struct state *state, const char *name);

/* The highest number there is, loads that were never confirmed included; 0: none. */
unsigned state_newest(const struct state *state);

/*
 * Appends the numbers of all generations that were kept (STATE_KEPT) or never confirmed (STATE_NEW), ascending. 0 or
 * -errno; no folder: none.
 */
typedef VEC(unsigned) state_numbers;
must_check int state_list(const struct state *state, enum state_file file, state_numbers *out);

/* The bytes that it takes on disk. */
unsigned long long state_size(const struct state *state, unsigned generation);

/*
 * Makes `generation` the good one, and the good one so far the previous; a new one is kept from now on. If it
 * is the good one already, nothing changes. 0 or -errno: then links and files are what they were; where the
 * change cannot be undone, it is done, and 0. If the machine goes down in between, `good` is the old one
 * or the new one, and state_tidy sees to `previous`.
 */
must_check int state_flip(const struct state *state, unsigned generation);

/* Removes all files of a generation. 0 or the first -errno. */
must_check int state_remove(const struct state *state, unsigned generation);

/* A file in run, whole or not at all. 0 or -errno. */
must_check int state_run_write(const struct state *state, const char *name, const char *text, size_t len);
void state_run_remove(const struct state *state, const char *name);
must_check int state_run_read(const struct state *state, const char *name, struct strbuf *out);

#endif

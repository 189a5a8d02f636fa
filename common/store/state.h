/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fw-load keeps on disk, and in which order it gets there:
 *
 *	generations/000042.gz       the input of a load, with notes
 *	generations/000042.v4.gz    our rules as they were put in force: iptables-save's text, sealed, with
 *	generations/000042.v6.gz    the directives that go with them; the base of the next merge
 *	good, previous              links to the last two that were put in force and kept
 *	pending                     during a load: which, in which boot, until when
 *	run/                        in memory where the machine has it: what to put back, and the locks
 *
 * A power loss at any moment leaves `good` whole. Loads that were not finished leave `pending`.
 */
#ifndef FW_STORE_STATE_H
#define FW_STORE_STATE_H

#include "base/diag.h"
#include "base/host.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "text/family.h"

#define STATE_DIR "/var/lib/fw-tools"
#define STATE_RUN "/run/fw-tools"

/* How many generations are kept. */
#define STATE_KEEP 20

struct state {
	const char *dir; /* borrowed */
	char run[4096];
};

/* What a load that is not finished says of itself. */
struct pending {
	unsigned generation; /* 0: none */
	char boot[HOST_BOOT_ID]; /* the boot's id */
	long long deadline;  /* seconds of CLOCK_BOOTTIME; 0: it waits for nobody's confirmation */
};

/* run is STATE_RUN for the machine's own state, else a folder within dir. Makes nothing. */
void state_begin(struct state *state, const char *dir);

/* Makes the folders. 0 or -errno. */
must_check int state_make(const struct state *state);

/* "DIR/NAME" and "RUN/NAME" in out, which is emptied first. */
const char *state_path(const struct state *state, const char *name, struct strbuf *out);
const char *state_run_path(const struct state *state, const char *name, struct strbuf *out);

/* The generation that a link ("good", "previous") names; 0: none. */
unsigned state_link(const struct state *state, const char *name);

/* The highest number there is; 0: none. */
unsigned state_newest(const struct state *state);

/*
 * One part ("", ".v4", ".v6") of a generation. 0 or -errno; -ENOENT: it has no such part. "" is the input and
 * is written first: the others are kept by reference to it (refer.h), and are not whole without it. For them
 * `input` is its text; NULL: they stand for themselves.
 */
must_check int state_write(const struct state *state, unsigned generation, const char *part,
			   const struct strbuf *input, const struct strbuf *text);

/* The input, made ready by packed_make. */
must_check int state_write_packed(const struct state *state, unsigned generation, const struct strbuf *packed);

must_check int state_read(const struct state *state, unsigned generation, const char *part, struct strbuf *out);

/* The same for who has the generation's input already, to which a part may refer; NULL: it is read. */
must_check int state_read_beside(const struct state *state, unsigned generation, const char *part,
				 const struct strbuf *input, struct strbuf *out);

/*
 * Makes `generation` the good one, and the good one so far the previous. 0 or -errno: then both are what
 * they were. A run that dies in between leaves the second to state_finish_flip, which is for nobody but
 * who finds in pending that the good generation's load was cut off.
 */
must_check int state_flip(const struct state *state, unsigned generation);
must_check int state_finish_flip(const struct state *state);

/* The numbers of all generations there are, ascending, appended. 0 or -errno; no folder: none. */
typedef VEC(unsigned) state_numbers;
must_check int state_list(const struct state *state, state_numbers *out);

/* The bytes that its parts take on disk. */
unsigned long long state_size(const struct state *state, unsigned generation);

/* Removes a generation, or all but the newest `keep` and those that links or pending name. 0 or the first -errno. */
must_check int state_remove(const struct state *state, unsigned generation);
must_check int state_prune(const struct state *state, unsigned keep);

/* 0 or -errno; no pending file gives generation 0. */
must_check int state_read_pending(const struct state *state, struct pending *pending);
must_check int state_write_pending(const struct state *state, const struct pending *pending);
must_check int state_clear_pending(const struct state *state);

/* Seconds since the boot, suspended time included: no clock that is set moves it. */
long long state_uptime(void);

/* A file in run, whole or not at all; it is for this boot alone, so nothing is synced. 0 or -errno. */
must_check int state_run_write(const struct state *state, const char *name, const char *text, size_t len);
void state_run_remove(const struct state *state, const char *name);
must_check int state_run_read(const struct state *state, const char *name, struct strbuf *out);

#endif

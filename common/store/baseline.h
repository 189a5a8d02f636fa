/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel settings as they were before fw-load first changed them in this boot: RUN/sysctls. A load that
 * no longer asks for a setting gives it this value. A baseline of another boot counts as none, since after a
 * boot the kernel and sysctl.d set values anew.
 */
#ifndef FW_STORE_BASELINE_H
#define FW_STORE_BASELINE_H

#include "base/vec.h"
#include "store/state.h"

struct baseline_value {
	char *key, *value; /* owned */
};

struct baseline {
	VEC(struct baseline_value) values;
	bool changed; /* since it was read or written */
};

/*
 * 0: read, or there is none of this boot. -EBADMSG: damaged; another -errno: unreadable. Then it is empty, and
 * a baseline_write replaces it. baseline_free in any case.
 */
must_check int baseline_read(const struct state *state, struct baseline *baseline);

/* The value of a key; NULL: fw-load has not changed this setting in this boot. */
const char *baseline_find(const struct baseline *baseline, const char *key);

/* Notes, in memory, the value that a setting has now. A key that is noted already keeps its value. 0 or -ENOMEM. */
must_check int baseline_note(struct baseline *baseline, const char *key, const char *value);

/* Replaces the file, if anything was noted. Must be done before a setting is changed. 0 or -errno. */
must_check int baseline_write(const struct state *state, struct baseline *baseline);

void baseline_free(struct baseline *baseline);

#endif

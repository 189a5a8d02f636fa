/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * RUN/sysctls: the values of kernel settings from before fw-load first changed them in this boot. A setting that a load
 * no longer asks for gets this value back. A baseline of another boot counts as empty, because the kernel and sysctl.d
 * set all values again at boot.
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
	bool changed; /* since it was last read or written */
};

/*
 * Reads the baseline. 0: done, or there is none of this boot. -EBADMSG: damaged; another -errno: unreadable. In both
 * cases it is then empty, and baseline_write replaces the file. baseline_free must follow in any case.
 */
must_check int baseline_read(const struct state *state, struct baseline *baseline);

/* The value of a setting; NULL: fw-load has not changed it in this boot. */
const char *baseline_find(const struct baseline *baseline, const char *key);

/*
 * Notes the present value of a setting, in memory only. A setting that is already noted keeps its value. 0 or -ENOMEM.
 */
must_check int baseline_note(struct baseline *baseline, const char *key, const char *value);

/* Replaces the file, if anything was noted since. Must be called before a setting is changed. 0 or -errno. */
must_check int baseline_write(const struct state *state, struct baseline *baseline);

void baseline_free(struct baseline *baseline);

#endif

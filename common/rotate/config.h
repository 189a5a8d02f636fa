/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads ct-rotate.conf(5), a subset of the format of logrotate. A directive that is not supported is an error that
 * names the reason. A file with an error is not used at all.
 */
#ifndef FW_ROTATE_CONFIG_H
#define FW_ROTATE_CONFIG_H

#include "base/arena.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "rotate/include.h"
#include "rotate/rotate.h"

struct rotate_config {
	VEC(struct rotate_block) blocks;
	struct arena arena; /* holds the texts of the blocks */
	struct taboo taboo; /* what the files of an included directory must not match */
	bool no_include;    /* set by the caller: read no other files, and refuse an include */
};

/*
 * Adds the blocks of a file to *config, which begins as { 0 }: reads its whole text; `file` is its name in messages. *defaults are the settings before its first line,
 * and become those after its last one. An included file is read in its place; if it has errors, they are reported,
 * nothing of that file is used, and reading goes on.
 * If lenient (--import-logrotate), errors in the file are reported as warnings, and reading goes on.
 * 0 or -errno; -EINVAL: the file has errors, reported as DIAG_ROTATE_CONFIG. config_free must follow in either case.
 */
must_check int config_read(struct rotate_config *config, const char *text, size_t len, const char *file,
			   struct rotate_settings *defaults, bool lenient, struct diag_log *log);

/* Prints the configuration with all settings, in the format of ct-rotate.conf(5). */
void config_print(const struct rotate_config *config, FILE *out);

void config_free(struct rotate_config *config);

#endif

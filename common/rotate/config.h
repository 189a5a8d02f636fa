/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ct-rotate.conf(5): logrotate's own format, the part of it that makes sense here. A directive that is left out is
 * an error at its place, with the reason; a file with an error is not used at all.
 */
#ifndef FW_ROTATE_CONFIG_H
#define FW_ROTATE_CONFIG_H

#include "base/arena.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "rotate/rotate.h"

struct rotate_config {
	VEC(struct rotate_block) blocks;
	struct arena arena; /* the texts of the blocks */
};

/*
 * Reads a whole file. `defaults` are the settings before its first line. Lenient: what is not known is reported
 * as a warning and left out (--import-logrotate). 0 or -errno; -EINVAL after DIAG_ROTATE_CONFIG was reported.
 * *config is to be freed in either case.
 */
must_check int config_read(struct rotate_config *config, const char *text, size_t len, const char *file,
			   const struct rotate_settings *defaults, bool lenient, struct diag_log *log);

/* The same configuration, written out in full. */
void config_print(const struct rotate_config *config, FILE *out);

void config_free(struct rotate_config *config);

#endif

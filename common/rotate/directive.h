/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a configuration: the table of directives. */
#ifndef FW_ROTATE_DIRECTIVE_H
#define FW_ROTATE_DIRECTIVE_H

#include "base/arena.h"
#include "diag/diag.h"
#include "rotate/setting.h"

/* A word of a line and its place. */
struct config_word {
	const char *text; /* in the arena */
	unsigned column, width;
};

/* Where the reader is; what its helpers need to report. */
struct config_place {
	struct where where; /* of the line; column and width are filled in for each report */
	struct diag_log *log;
	struct arena *arena;
	bool lenient, bad;
	enum rotate_script script; /* after a directive that begins a script: which; else SCRIPT_COUNT */
};

/* Reports a fault at this word: an error, or a warning when lenient. */
void config_fault(struct config_place *at, const struct config_word *word, const char *format, ...) printf_like(3, 4);

/* Does what the line says to *set. `count` is at least 1. */
void directive_apply(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count);

#endif

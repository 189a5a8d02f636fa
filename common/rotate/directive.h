/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Applies one directive of a configuration. The table of directives is in directive.c. */
#ifndef FW_ROTATE_DIRECTIVE_H
#define FW_ROTATE_DIRECTIVE_H

#include "base/arena.h"
#include "diag/diag.h"
#include "rotate/include.h"
#include "rotate/setting.h"

/* A word of a line, and where it is. */
struct config_word {
	const char *text; /* borrowed from the arena */
	unsigned column, width;
};

/* The position of the reader, and what the functions below need to report errors. */
struct config_place {
	struct where where; /* the line; each report fills in column and width */
	struct diag_log *log;
	struct arena *arena;
	bool lenient;              /* report errors as warnings */
	bool bad;                  /* something was reported */
	bool broken;               /* something was reported that may change what the rest means */
	const char *include;       /* the path that the last directive includes; NULL: none */
	struct taboo *taboo;       /* borrowed: what the files of an included directory must not match */
	enum rotate_script script; /* the script that the last directive began; SCRIPT_COUNT: none */
};

/* Reports an error at this word (NULL: at the line), or a warning if lenient. Sets at->bad. */
void config_fault(struct config_place *at, const struct config_word *word, const char *format, ...) printf_like(3, 4);

/* The same for a directive that can be left out without another effect than what the message says. */
void config_lack(struct config_place *at, const struct config_word *word, const char *format, ...) printf_like(3, 4);

/* Applies a directive to *set. words[0] is its name; `count`, at least 1, includes it. Reports errors. */
void directive_apply(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count);

#endif

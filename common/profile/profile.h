/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The compiler of profiles (fw-profile(5)): text in, a stream (fw-stream(5)) out. It opens no file by
 * itself: what a profile names is read through the source it was given.
 *
 *	struct profile *profile = profile_compile("gateway.conf", text, len, &source, &options, log);
 *	if (profile != NULL)
 *		profile_print(profile, &out);
 *	profile_free(profile);
 */
#ifndef FW_PROFILE_PROFILE_H
#define FW_PROFILE_PROFILE_H

#include "diag/diag.h"
#include "text/family.h"

/* How the compiler reads the files that a profile names, and the current time. */
struct profile_source {
	void *ctx;
	/* Appends the contents of the file. Returns 0 or -errno. */
	int (*read)(void *ctx, const char *path, struct strbuf *out);
	/*
	 * Appends the names in the directory, in any order, each with a NUL behind it. A name that is not that of a regular
	 * file begins with a slash. Returns 0 or -errno.
	 */
	int (*list)(void *ctx, const char *path, struct strbuf *out);
	int64_t now; /* seconds since 1970, for warnings about dates */
};

struct profile_options {
	enum family family; /* FAMILY_BOTH: a stream with both, else plain text for one */
	bool no_sets;       /* long lists of hosts become trees of chains, never ipsets */
};

struct profile;

/*
 * Compiles the text of a profile. `name` is printed in messages and in `#@ line`; relative paths start at its
 * directory. Returns NULL after an error, which is in the log. The profile borrows all arguments until it is
 * freed.
 */
must_check struct profile *profile_compile(const char *name, const char *text, size_t len,
					   const struct profile_source *source,
					   const struct profile_options *options, struct diag_log *log);

/*
 * Each appends to `out`: the stream, lines for sysctl.d, lines for modules-load.d, or every statement with its
 * rules.
 */
void profile_print(const struct profile *profile, struct strbuf *out);
void profile_print_sysctls(const struct profile *profile, struct strbuf *out);
void profile_print_modules(const struct profile *profile, struct strbuf *out);
void profile_print_explanation(const struct profile *profile, struct strbuf *out);

/* Append the statements and options of the language, or the built-in services, one a line. */
void profile_print_statements(struct strbuf *out);
void profile_print_services(struct strbuf *out);

void profile_free(struct profile *profile);

#endif

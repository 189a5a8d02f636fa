/* SPDX-License-Identifier: GPL-2.0-or-later */
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

#include "base/diag.h"
#include "text/family.h"

/* How the compiler reaches the files that a profile names, and what time it is there. */
struct profile_source {
	void *ctx;
	/* Appends all bytes of path. 0 or -errno. */
	int (*read)(void *ctx, const char *path, struct strbuf *out);
	int64_t now; /* seconds since 1970; for what has a date */
};

struct profile_options {
	enum family family; /* FAMILY_BOTH: one stream with both, else plain text of one */
	bool no_sets;       /* long host lists become trees of chains, never ipsets */
};

struct profile;

/*
 * Compiles the text of a profile. `name` stands in messages and in `#@ line`; other files are sought
 * beside it. NULL after errors, which went to the log. text, name, source and options must outlive it.
 */
must_check struct profile *profile_compile(const char *name, const char *text, size_t len,
					   const struct profile_source *source,
					   const struct profile_options *options, struct diag_log *log);

/* Each appends to out: the stream; lines for sysctl.d; for modules-load.d; every statement with its rules. */
void profile_print(const struct profile *profile, struct strbuf *out);
void profile_print_sysctls(const struct profile *profile, struct strbuf *out);
void profile_print_modules(const struct profile *profile, struct strbuf *out);
void profile_print_explanation(const struct profile *profile, struct strbuf *out);

/* The statements and options of the language, and the built-in services: a line each. */
void profile_print_statements(struct strbuf *out);
void profile_print_services(struct strbuf *out);

void profile_free(struct profile *profile);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile while it is compiled. For the files of this folder only; profile.h is the door. */
#ifndef FW_PROFILE_STATE_H
#define FW_PROFILE_STATE_H

#include "base/arena.h"
#include "profile/output.h"
#include "profile/profile.h"
#include "profile/statement.h"

/* After this many errors the rest of a profile is not reported. */
#define PROFILE_ERRORS_MAX 20

/* Profiles within profiles. */
#define PROFILE_DEPTH_MAX 16

/* One text that was read: the profile, an included profile, a file of hosts. */
struct source_file {
	struct source_file *next;
	const char *name; /* as messages and `#@ line` call it */
	struct strbuf bytes;
	const struct source_file *includer; /* NULL: the profile itself */
	unsigned number, depth;
};

/* An error or a warning, kept until all are known. */
struct profile_finding {
	enum diag_id id;
	struct where where;
	const char *text;
	unsigned serial;
};

struct profile {
	struct arena arena;
	const struct profile_source *source;
	const struct profile_options *options;
	struct diag_log *log;
	const char *name;
	unsigned errors;
	bool failed; /* memory ran out, or a file could not be read: reported */
	struct source_file *files;
	unsigned included;
	struct statement *statements, **statements_end;
	struct zone *zones;
	struct hosts *hosts;
	struct service *services;
	struct strbuf etc_services;
	bool etc_services_read;
	unsigned stamp; /* of the list of items that is looked up */
	struct settings settings;
	struct output out;
	VEC(struct profile_finding) findings;
	bool has[DIR_COUNT];         /* sides with rules of the profile's own */
	bool denied_used[DIR_COUNT]; /* sides whose denied chain is jumped to */
	bool reject_used, nat_used;
	unsigned forwards; /* families in which something is forwarded */
};

/* One error of the profile; profile_report tells the first PROFILE_ERRORS_MAX of them. */
void profile_error(struct profile *profile, const struct where *where, const char *format, ...)
	printf_like(3, 4);
void profile_warning(struct profile *profile, const struct where *where, const char *format, ...)
	printf_like(3, 4);

/* Hands the findings to the log, in the order of the text. */
void profile_report(struct profile *profile);

/* Memory ran out: reported once. Always false. */
bool profile_memory(struct profile *profile);

/* Zeroed memory and text that live as long as the profile; NULL (reported) when memory ran out. */
must_check void *profile_alloc(struct profile *profile, size_t size);
must_check const char *profile_text(struct profile *profile, const char *text, size_t len);
/* The same of a buffer, which is freed in any case. */
must_check const char *profile_take(struct profile *profile, struct strbuf *text);

must_check const char *profile_textf(struct profile *profile, const char *format, ...) printf_like(2, 3);

/* The path of a file that `from` names: beside `from` unless it is absolute. */
must_check const char *profile_beside(struct profile *profile, const char *from, const char *path);

/* Reads the text into statements and definitions. False after errors. */
must_check bool profile_parse(struct profile *profile, const char *text, size_t len);

/* Makes the rules. False after errors. */
must_check bool profile_build(struct profile *profile);

/* What is legal and probably wrong. */
void profile_check(struct profile *profile);

#endif

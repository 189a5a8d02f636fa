/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stream asks for besides rules: modules, kernel settings, sets, chains to keep. */
#ifndef FW_RULETEXT_EXTRAS_H
#define FW_RULETEXT_EXTRAS_H

#include "base/vec.h"
#include "ruletext/set.h"
#include "ruletext/sysctl.h"
#include "text/stream.h"

struct module {
	char *name; /* owned */
	bool optional;
};

struct extras {
	VEC(struct module) modules;
	VEC(struct sysctl) sysctls;
	VEC(struct set) sets;
	VEC(char *) keep; /* owned; patterns of chain names */
};

/*
 * Adds the directives of a stream; what is there already is not added again. Faults are reported at
 * their lines. False when there was one.
 */
must_check bool extras_read(struct extras *extras, const struct stream *stream, struct diag_log *log);

/* The same for a stored text, which an older version may have written: a set whose members run out is open. */
must_check bool extras_read_stored(struct extras *extras, const struct stream *stream, struct diag_log *log);

/* The set of this name; NULL: it is not declared. Holds until a set is added. */
struct set *extras_set(const struct extras *extras, const char *name);

/* The directives again, one a line. */
void extras_write(const struct extras *extras, struct strbuf *out);

/* The same for comparing: each line says all of one thing, with a member's set in it: "member SET MEMBER". */
void extras_write_named(const struct extras *extras, struct strbuf *out);

void extras_free(struct extras *extras);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fw-lint can find: each id with its group, an example and the way out of it. The text of
 * `fw-lint --explain`, and the source that fw-diagnostics(7) is checked against.
 */
#ifndef FW_CHECK_CATALOGUE_H
#define FW_CHECK_CATALOGUE_H

#include "diag/diag.h"

struct check_entry {
	enum diag_id id;
	const char *group;   /* stream, syntax, kernel, ... */
	const char *example; /* lines of a ruleset that give it */
	const char *advice;  /* what it means and what to do */
};

extern const struct check_entry check_catalogue[];
extern const size_t check_catalogue_count;

/* The entry of an id; NULL: fw-lint never says that. */
const struct check_entry *check_entry_of(enum diag_id id);

/* Which findings are wanted, one flag an id. */
struct check_choice {
	bool chosen[DIAG_COUNT];
	bool asked; /* by a list, not by default */
};

/* Everything. */
struct check_choice check_choose_all(void);

/*
 * LIST of `--checks`: groups and ids with commas; `-` in front leaves out. When the first item
 * leaves out, it starts from everything, else from nothing. Returns the item that is neither a group
 * nor an id, within list; NULL: fine.
 */
const char *check_choose(struct check_choice *choice, const char *list);

/* Is any finding of this group wanted? */
bool check_wants(const struct check_choice *choice, const char *group);

/* The id with this name; DIAG_COUNT: there is none in the catalogue. */
enum diag_id check_find(const char *name);

/* Appends the whole list, or the explanation of one id, for people. */
void check_list(struct strbuf *out);
void check_explain(struct strbuf *out, enum diag_id id);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of addresses (ipset) as a text asks for it. */
#ifndef FW_RULETEXT_SET_H
#define FW_RULETEXT_SET_H

#include "base/strbuf.h"

struct set {
	char *name;            /* owned */
	struct strbuf type;    /* owned; "hash:net family inet hashsize 1024" */
	struct strbuf members; /* owned; one a line */
	bool changed;          /* by set_put */
	bool existed;          /* as set_look saw it */
	struct strbuf before;  /* owned; `ipset save` of it then */
	struct strbuf made;    /* owned; what set_rehearse made of it; empty: it was not tried */
};

/* The words behind `#@ set`: NAME TYPE [inet|inet6|unspec] [OPTION ...]. 0; -EINVAL: not that, or a name
 * of fw-load's own; -ENOMEM. */
must_check int set_parse(struct set *set, const char *text, size_t len);
void set_free(struct set *set);

/* Names that begin so belong to fw-load, which fills a set beside the one in force. */
#define SET_SCRATCH_PREFIX "fw-load-"

/*
 * Appends `ipset save` of a set without its name, its seed, and the order of its members: two sets are the same
 * if their normal forms are.
 */
void set_normal_form(const struct strbuf *saved, const char *name, struct strbuf *out);

#endif

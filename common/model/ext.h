/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The door to libxtables: every match and target is read and written by iptables' own extensions.
 * Only the files ext*.c know <xtables.h>, which xt.h includes for them, and they share the only global, the
 * door of xt.h, because libxtables has globals of its own: one process reads one family, and nothing here may
 * be called from two threads.
 *
 * No root and no kernel is needed: the newest revision of an extension is taken, whatever the kernel
 * of this machine has. Host names are never looked up. Nothing exits: what libxtables reports by its
 * exit callback comes back as a fault.
 */
#ifndef FW_MODEL_EXT_H
#define FW_MODEL_EXT_H

#include "base/strbuf.h"
#include "model/ruleset.h"
#include "text/word.h"

/* One command of iptables as it stands in a line. Texts are borrowed from the words. */
struct command {
	char verb;          /* A, I, R, D, C, N, X, P, E, F, Z, L or S; 0: none */
	const char *chain;  /* NULL: none given (F, X, Z, L, S) */
	const char *second; /* P: the policy; E: the new name */
	unsigned number;    /* I, R, D, Z, L, S: the rule's number; 0: none given */
	const char *jumpto; /* of -j or -g; NULL: neither */
	bool is_extension;  /* jumpto is a verdict or a target that is installed */
	/* Marked -4 or -6 for the family that is not read: of the rest, only a jumpto that no extension knows counts. */
	bool other_family;
	struct rule rule;   /* matches, target, interfaces ...; src and dst are below */
	struct network *src, *dst; /* as many as were given, in the ruleset's arena; NULL: any */
	unsigned src_count, dst_count;
	char no_rule;                   /* one of -v, -t, -w, -W, -M, -V and -h, which say nothing of a rule; 0: none */
	unsigned verb_word, chain_word, jump_word, no_rule_word; /* indices into the words, for messages */
};

/* Why a line could not be read, and which word is to blame. */
struct ext_fault {
	struct strbuf text;
	unsigned word;  /* index into the words */
	bool no_memory;
};

/* What to report if ext_begin fails. */
#define EXT_FAILED "cannot initialise libxtables (is XTABLES_LIBDIR correct?)"

/* Makes libxtables ready for one family, once in a process. 0 or -errno. */
must_check int ext_begin(enum family family);

/* -j NAME means the chain of that name from now on, even where a target is called the same. */
void ext_announce_chain(const char *name);

/*
 * While on, what goes to standard error is caught: extensions write there as they parse. Switched
 * once for many rules, and off whenever something else may write there.
 */
void ext_listen(bool on);

/*
 * Reads the words of one line of a table. True: the command is filled in, its extensions in the
 * arena. False: the fault is filled in. What extensions had to say besides is appended to notice;
 * NULL: it stays caught, for the next call that wants it.
 */
must_check bool ext_read(const char *table, struct words *words, struct arena *arena, struct command *command,
	      struct ext_fault *fault, struct strbuf *notice);

/*
 * Appends a NUL-terminated text for each of the rules: its matches and its target extension as
 * iptables-save writes them, each with a blank before it. Standard output is redirected once for all
 * of them. begins, if not NULL, is called before each. 0; -EPROTO when an extension printed a NUL; -errno.
 */
must_check int ext_write(struct strbuf *out, const struct rule *const *rules, size_t count, enum family family,
			 void (*begins)(void *ctx, const struct rule *rule), void *ctx);

/* Of a match set: does its answer hang on the entry's counters, which each look-up changes? */
bool ext_set_counts(const struct extension *match);
/* Of a match set: is the packet's source what is looked up first, and does the rule match what is found? */
bool ext_set_lists_source(const struct extension *match);

/* Of a target SET: does it map to the packet's mark, priority or queue? *priority: to one of the last two. */
bool ext_set_maps(const struct extension *target, bool *priority);

/* The name that the protocol has for iptables-save; NULL: write the number. */
const char *ext_protocol_name(unsigned proto);

#endif

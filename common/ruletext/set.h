/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of addresses (ipset) as a text asks for it. */
#ifndef FW_RULETEXT_SET_H
#define FW_RULETEXT_SET_H

#include "base/strbuf.h"
#include "ruletext/rules.h"

/* The words of a set: its type, its family and its options, as behind `ipset create NAME`. */
struct set {
	char *name;            /* owned */
	bool open;             /* others fill it: its members are neither recorded nor changed */
	unsigned line;         /* of the stream that declares it, from 1; 0: of none */
	struct strbuf type;    /* owned; its words; empty: an open set of whatever type it has */
	struct strbuf members; /* owned; one a line */
	bool existed;          /* before the load ... */
	struct strbuf before;  /* owned; ... and `ipset save` of it then */
	struct strbuf made;    /* owned; the words as the kernel tells them; empty: not known */
	struct strbuf normal;  /* owned; the members as the kernel tells them, if `made` is known */
};

enum set_fault {
	SET_GOOD,
	SET_FAULT_FORM,     /* not NAME TYPE [inet|inet6] [OPTION ...] */
	SET_FAULT_RESERVED, /* a name of fw-load's own */
	SET_FAULT_OPTION,   /* a word for ipset itself, such as -exist or -file */
	SET_FAULT_ADDRESS,  /* of a member: not an address of the set's family; ipset would look for a host of this name */
	SET_FAULT_MEMORY,
};

/*
 * The words behind `#@ set` or `#@ set-open`: NAME TYPE [inet|inet6] [OPTION ...], and of an open set NAME [inet|inet6]
 * too. Anything but SET_GOOD: *set holds nothing.
 */
must_check enum set_fault set_parse(struct set *set, bool open, const char *text, size_t len);

/* Can the words behind `#@ member` of this set be handed to ipset? SET_GOOD, SET_FAULT_OPTION or SET_FAULT_ADDRESS. */
must_check enum set_fault set_member_check(const struct set *set, const char *text, size_t len);

void set_free(struct set *set);

/* Do members of a set with these words, or this member (`member` not NULL), run out? */
bool set_runs_out(const char *words, const char *member);

/* Is this member an exception, and no member? */
bool set_is_exception(const char *member);

/* Names that begin so belong to fw-load, which fills a set beside the one in force. */
#define SET_SCRATCH_PREFIX "fw-load-"

/* What an open set without a type is made of where it is not there. */
#define SET_OPEN_TYPE "hash:net"

/*
 * Takes `ipset save` of one set apart: appends its words, without the seed of its hash, and its members, without
 * their counters, a line each. Members are sorted, but for those of a list of sets. False when memory ran out.
 */
must_check bool set_split(const struct strbuf *saved, struct strbuf *words, struct strbuf *members);

/* Appends a set's words without those by which the kernel tells how it stores it: another kernel chooses its own. */
void set_plain_words(const char *words, struct strbuf *out);

/* The next line of a text, such as members, without its newline; moves *text behind it. */
struct piece set_next_line(const char **text);

/* Appends the lines of a text that are not lines of the other one. False when memory ran out. */
must_check bool set_lines_without(const char *lines, const char *others, struct strbuf *out);

/* How alike two sets are, by their words. */
enum set_likeness {
	SET_OTHER_TYPE,    /* the type or its family: neither can take the place of the other */
	SET_OTHER_OPTIONS, /* such that members have, how they match, or what may be one */
	SET_OTHER_SIZE,    /* the most members, or how long they stay */
	SET_ALIKE,
};

enum set_likeness set_compare(const char *words, const char *others);

#endif

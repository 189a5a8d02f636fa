/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A set (ipset) as a text asks for it. */
#ifndef FW_RULETEXT_SET_H
#define FW_RULETEXT_SET_H

#include "base/strbuf.h"
#include "ruletext/rules.h"

/* The words of a set are its type, family and options, as after `ipset create NAME`. */
struct set {
	char *name;            /* owned */
	bool open;             /* another program fills it: its members are neither recorded nor changed */
	unsigned line;         /* line of the stream that declares it, from 1; 0: none */
	struct strbuf type;    /* owned; its words; empty: an open set of any type */
	struct strbuf members; /* owned; one a line */
	bool existed;          /* existed before the load ... */
	struct strbuf before;  /* owned; ... with this `ipset save` */
	long long read_at;     /* milliseconds of CLOCK_BOOTTIME when before was read */
	struct strbuf made;    /* owned; the words as the kernel writes them; empty: unknown */
	struct strbuf normal;  /* owned; the members as the kernel writes them, if made is known */
};

enum set_fault {
	SET_GOOD,
	SET_FAULT_FORM,     /* not NAME TYPE [inet|inet6] [OPTION ...] */
	SET_FAULT_RESERVED, /* the name is reserved for fw-load */
	SET_FAULT_OPTION,   /* an option of ipset itself, such as -exist or -file */
	SET_FAULT_ADDRESS,  /* not an address of the set's family; ipset would look up a host of this name */
	SET_FAULT_MEMORY,
};

/*
 * Parses the words after `#@ set` or `#@ set-open`: NAME TYPE [inet|inet6] [OPTION ...]; for an open set also NAME
 * [inet|inet6]. If it returns anything but SET_GOOD, *set owns nothing.
 */
must_check enum set_fault set_parse(struct set *set, bool open, const char *text, size_t len);

/* Can the words after `#@ member` be passed to ipset? SET_GOOD, SET_FAULT_OPTION or SET_FAULT_ADDRESS. */
must_check enum set_fault set_member_check(const struct set *set, const char *text, size_t len);

void set_free(struct set *set);

/* Do the members of a set with these words expire? Or, if `member` is not NULL, does this member expire? */
bool set_runs_out(const char *words, const char *member);

/*
 * Appends the members, one a line, as they are `seconds` later: without those that have run out, and with less time for
 * those that will.
 */
void set_pass_time(const char *members, uint64_t seconds, struct strbuf *out);

/* Appends the members without the time that is left for them. */
void set_without_times(const char *members, struct strbuf *out);

/* Can a set with the words `to` have every option that members of one with the words `from` have? */
bool set_takes_options(const char *to, const char *from);

/* Is this member an exception (nomatch)? */
bool set_is_exception(const char *member);

/* Names with this prefix are reserved for fw-load, which fills new sets under them. */
#define SET_SCRATCH_PREFIX "fw-load-"

/* The type of an open set that has none and must be created. */
#define SET_OPEN_TYPE "hash:net"

/*
 * Splits `ipset save` of one set: appends its words, without the seed of the hash, and its members, without counters,
 * one a line. Members are sorted, except in a list of sets. False: no memory.
 */
must_check bool set_split(const struct strbuf *saved, struct strbuf *words, struct strbuf *members);

/* Appends a set's words without those about how the kernel stores it, which differ between kernels. */
void set_plain_words(const char *words, struct strbuf *out);

/* Returns the next line of a text, without its newline, and moves *text after it. */
struct piece set_next_line(const char **text);

/* Appends the lines of a text that are not in the other one. False: no memory. */
must_check bool set_lines_without(const char *lines, const char *others, struct strbuf *out);

/* How similar two sets are, judged by their words. */
enum set_likeness {
	SET_OTHER_TYPE,    /* different type or family: one cannot replace the other */
	SET_OTHER_OPTIONS, /* different options of members, or different rules for what may be a member or how it matches */
	SET_OTHER_SIZE,    /* a different maximum of members, or timeout */
	SET_ALIKE,
};

enum set_likeness set_compare(const char *words, const char *others);

#endif

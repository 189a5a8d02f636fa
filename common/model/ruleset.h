/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * One family's rules: tables, chains, rules, and each rule's matches and target as libxtables reads
 * them. Everything lives in the ruleset's arena and ends with ruleset_free; each object knows the
 * line of the stream that it came from, and the stream must outlive the ruleset.
 */
#ifndef FW_MODEL_RULESET_H
#define FW_MODEL_RULESET_H

#include "base/arena.h"
#include "base/vec.h"
#include "text/family.h"
#include "text/stream.h"

#include <net/if.h>
#include <netinet/in.h>

/* A match or target extension in one revision: what of it does not change from rule to rule. */
struct ext_kind {
	const char *name;      /* as the rule has it: "conntrack", "state", "NOTRACK" */
	const char *real_name; /* what the kernel calls it: "conntrack" for both, "CT" */
	uint8_t revision;
	bool target;
	unsigned compared;  /* bytes of the data that tell two apart; the rest is the kernel's own */
	const void *handle; /* libxtables' own object, for the ext*.c files alone */
};

/* One match or target of one rule. */
struct extension {
	struct extension *next;      /* the rule's next match */
	const struct ext_kind *kind; /* lives as long as the process */
	unsigned size;
	_Alignas(8) unsigned char data[]; /* what the kernel's structure of that name and revision holds */
};

enum rule_invert {
	INVERT_SRC = 1 << 0,
	INVERT_DST = 1 << 1,
	INVERT_IN = 1 << 2,
	INVERT_OUT = 1 << 3,
	INVERT_PROTO = 1 << 4,
	INVERT_FRAGMENT = 1 << 5,
};

/* An address with its mask, in network order; IPv4 in the first four bytes, the rest zero. */
struct network {
	struct in6_addr addr;
	struct in6_addr mask; /* all zero: any */
};

struct rule_counters {
	unsigned long long packets, bytes;
};

struct chain;

struct rule {
	unsigned line; /* index into the stream's lines */
	unsigned proto; /* 0: any */
	unsigned invert; /* of enum rule_invert */
	bool fragment;   /* -f, IPv4 only */
	bool is_goto;
	bool has_counters;
	char in[IFNAMSIZ], out[IFNAMSIZ]; /* empty: any; a last + is a wildcard */
	struct network src, dst;
	struct rule_counters counters;
	struct extension *matches; /* in the order written */
	struct extension *target;  /* NULL: verdict, jump, or none */
	const char *verdict;       /* ACCEPT, DROP, RETURN, QUEUE; NULL: none */
	struct chain *jump;        /* -j or -g to a chain; borrowed from the same table */
	bool unread; /* could not be read: it may match anything, and what it does is known only from its -j or -g */
};

struct chain {
	const char *name;
	unsigned line;      /* index into the stream's lines, of its ":" line or first mention */
	unsigned hook;      /* of enum hook; 0: a user chain */
	const char *policy; /* built-in chains: ACCEPT or DROP; NULL: not said */
	struct rule_counters counters;
	bool has_counters;
	unsigned references; /* rules of the table that jump here; kept by the reader */
	VEC(struct rule *) rules;
};

struct table {
	const char *name;
	unsigned line; /* index into the stream's lines */
	VEC(struct chain *) chains; /* built-in ones first, then in the order of definition */
	struct chain **index;       /* open hash of chains by name */
	size_t index_size;
};

struct ruleset {
	enum family family;          /* FAMILY_IPV4 or FAMILY_IPV6 */
	const struct stream *stream; /* borrowed: lines and places */
	VEC(struct table *) tables;
	struct arena arena;
	bool has_gaps; /* a line that could not be read left no rule behind: what the rules mean is not known */
};

/* An empty ruleset; NULL when memory ran out. */
must_check struct ruleset *ruleset_new(enum family family, const struct stream *stream);
void ruleset_free(struct ruleset *ruleset);

/* A table with its built-in chains. The name must be one of table_names. NULL when memory ran out. */
must_check struct table *ruleset_add_table(struct ruleset *ruleset, const char *name, unsigned line);
struct table *ruleset_find_table(const struct ruleset *ruleset, const char *name);

/* Rules of all tables and chains. */
size_t ruleset_count(const struct ruleset *ruleset);

/* The rules themselves, table by table and chain by chain. */
typedef VEC(const struct rule *) rule_list;

/* Appends them all. False when memory ran out. */
must_check bool ruleset_list(const struct ruleset *ruleset, rule_list *list);

/* A user chain, which must not exist yet. NULL when memory ran out. */
must_check struct chain *table_add_chain(struct ruleset *ruleset, struct table *table, const char *name,
					 unsigned line);
struct chain *table_find_chain(const struct table *table, const char *name);

/* Gives a user chain another name, which no chain has yet. False when memory ran out. */
must_check bool table_rename_chain(struct ruleset *ruleset, struct table *table, struct chain *chain, const char *name);

/* Takes away one empty user chain that nothing jumps to, or with NULL all user chains, which must all be such. */
void table_remove_chains(struct table *table, const struct chain *only);

/* The same extension and revision, with the same options? NULL is equal to NULL only. */
bool extension_equal(const struct extension *a, const struct extension *b);

/* Would -D with the one delete the other? What the kernel keeps in its own part of the data does not count. */
bool rule_same(const struct rule *a, const struct rule *b);

#endif

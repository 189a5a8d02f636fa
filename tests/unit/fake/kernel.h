/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A kernel's firewall in memory: rules, settings and sets. It is small and has no pointers, so a test copies it
 * with `=` and keeps as many states as it likes. All texts are words, numbered in one table that only grows.
 */
#ifndef FW_TESTS_FAKE_KERNEL_H
#define FW_TESTS_FAKE_KERNEL_H

#include "base/strbuf.h"
#include "text/family.h"

enum {
	FAKE_WORDS = 4096,
	FAKE_TABLES = 4,
	FAKE_CHAINS = 12,
	FAKE_RULES = 250,
	FAKE_SETTINGS = 10,
	FAKE_SETS = 6,
	FAKE_MEMBERS = 8,
};

typedef uint16_t fake_word; /* 0: no text */

/* The number of a text. The process ends with a message when the table is full. */
fake_word fake_word_of(const char *text, size_t len);
fake_word fake_word_text(const char *text);
const char *fake_text(fake_word word);

struct fake_chain {
	fake_word name;
	fake_word policy; /* 0: a user's chain */
	unsigned count;
	fake_word rule[FAKE_RULES]; /* "-A CHAIN ..." */
};

struct fake_table {
	fake_word name;
	unsigned count;
	struct fake_chain chain[FAKE_CHAINS];
};

struct fake_rules {
	unsigned count;
	struct fake_table table[FAKE_TABLES];
};

struct fake_setting {
	fake_word key, value;
	bool read_only;
};

struct fake_set {
	fake_word name, type;
	unsigned count;
	fake_word member[FAKE_MEMBERS];
};

struct fake_kernel {
	struct fake_rules rules[FAMILIES];
	unsigned setting_count, set_count;
	struct fake_setting setting[FAKE_SETTINGS];
	struct fake_set set[FAKE_SETS];
	uint32_t generation; /* commits to nf_tables */
};

struct fake_table *fake_table(struct fake_kernel *kernel, int family, const char *name); /* NULL: none */
struct fake_chain *fake_chain(struct fake_table *table, fake_word name);                 /* NULL: none */
struct fake_setting *fake_setting(struct fake_kernel *kernel, const char *key);          /* NULL: none */
struct fake_set *fake_set(struct fake_kernel *kernel, const char *name);                 /* NULL: none */

/* Adds a setting, or gives one that is there another value. */
void fake_setting_put(struct fake_kernel *kernel, const char *key, const char *value);

/* What a write to /proc/sys does: a change of ip_forward changes accept_redirects and an interface's forwarding with it. */
void fake_setting_write(struct fake_kernel *kernel, struct fake_setting *setting, const char *value);

/* Counts how often a rule ("-A CHAIN ...") is in a table. */
unsigned fake_count(const struct fake_kernel *kernel, int family, const char *table, const char *rule);

/* Appends the rules of a family as iptables-save -c prints them; all counters are zero. */
void fake_save(const struct fake_kernel *kernel, int family, struct strbuf *out);

/*
 * Runs the first table's block of a program for iptables-restore, all of it or nothing. flush: the table is
 * emptied first; else the program is for --noflush. *program moves to the end of the block and *line, the number of its
 * first line, along with it. False: refused, as iptables would; *line is that of the refusal, *why a static text.
 */
bool fake_restore(struct fake_kernel *kernel, int family, bool flush, const char **program, unsigned *line,
		  const char **why);

/* Runs lines for `ipset restore`, one after the other, up to the first that is refused: then -EINVAL. */
int fake_sets_run(struct fake_kernel *kernel, const char *lines);
void fake_set_save(const struct fake_set *set, struct strbuf *out);

/* The same rules, in the same order; the order of tables and chains does not count, nor does an untouched table. */
bool fake_rules_same(const struct fake_kernel *a, const struct fake_kernel *b, int family, const char *only_table);
bool fake_sets_same(const struct fake_kernel *a, const struct fake_kernel *b);
bool fake_settings_same(const struct fake_kernel *a, const struct fake_kernel *b);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Internals of the parser, shared by the parse_*.c files. Each parse_ function reads at the cursor and moves it
 * behind what it read. It returns false after an error, which it reported; the rest of the line is then not
 * read.
 */
#ifndef FW_PROFILE_PARSE_H
#define FW_PROFILE_PARSE_H

#include "profile/lexer.h"
#include "profile/state.h"
#include "profile/statement_table.h"

struct profile_parser {
	struct profile *profile;
	const struct source_file *file;
	struct where line; /* without a column */
	struct token_line tokens;
	size_t at;
};

/* parse.c: the cursor. */
const struct profile_token *peek(const struct profile_parser *ps);
bool peek_word(const struct profile_parser *ps, const char *word);
bool peek_name(const struct profile_parser *ps); /* a word that is not reserved */
void advance(struct profile_parser *ps);
bool accept_word(struct profile_parser *ps, const char *word);
bool accept_kind(struct profile_parser *ps, enum token_kind kind);
must_check bool expect_word(struct profile_parser *ps, const char *word);
must_check bool expect_end(struct profile_parser *ps, const char *const words[], size_t count);
struct where token_where(const struct profile_parser *ps, const struct profile_token *token);

/* Reports an error at the token at the cursor. Always returns false. */
bool fail_here(struct profile_parser *ps, const char *format, ...) printf_like(2, 3);

/* Copies a word that has capital letters, with small ones. Returns false if it has none or is too long. */
must_check bool lower_word(const char *text, char *out, size_t size);

/* Reports an error and returns true if the word at the cursor is a word of the language in capitals. */
must_check bool fail_capitals(struct profile_parser *ps);

/* Reports `expected WHAT, not "dns"`, or `expected WHAT here` at the end of the line. Always returns false. */
bool fail_expected(struct profile_parser *ps, const char *what);

/* Reports `unknown WHAT "shh"; did you mean "ssh"?` at the cursor. Always returns false. */
bool fail_unknown(struct profile_parser *ps, const char *what, const char *const words[], size_t count);

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Words. */
must_check bool parse_name(struct profile_parser *ps, const char *what, struct name *out);
must_check bool parse_string(struct profile_parser *ps, const char *what, const char **out);
must_check bool parse_number(struct profile_parser *ps, const char *what, unsigned long low, unsigned long high,
			     unsigned *out);
must_check bool parse_rate(struct profile_parser *ps, struct rate *out);
must_check bool parse_prefix(struct profile_parser *ps, const char **out);
must_check bool is_mac(const char *text); /* 02:00:5e:00:53:01 */
must_check bool parse_host(struct profile_parser *ps, struct addr_range *out, struct where *where);

/* parse_rule.c: items and ends. */
must_check bool parse_items(struct profile_parser *ps, struct item **out);
must_check bool parse_item(struct profile_parser *ps, int *proto, struct item *out);
/* Reports an error and returns true for "22/tcp", "tcp/22" and protocols in capitals. */
must_check bool is_odd_port(struct profile_parser *ps);
must_check bool parse_port(struct profile_parser *ps, struct ports *out);
/* parse_icmp.c: a type of out->proto, which is ICMP or ICMPv6: "8", "3/4", "echo-request" */
must_check bool parse_icmp_type(struct profile_parser *ps, struct ports *out);
must_check bool parse_places(struct profile_parser *ps, struct end *out);
/* { "except" ( "from" | "to" ) END } */
must_check bool parse_excepts(struct profile_parser *ps, struct except **out);
/* [ "from" END [ "port" PORTS ] ] [ "to" END ] */
must_check bool parse_ends(struct profile_parser *ps, struct end *from, struct end *to);

/*
 * parse_option.c: reads one option if the cursor is at one, or all options up to the end of the line. It is an
 * error to give an option twice.
 */
must_check bool parse_option(struct profile_parser *ps, struct rule_options *out, bool *found);
must_check bool parse_options(struct profile_parser *ps, struct rule_options *out);

/* Parses all lines of a file. */
void parse_file(struct profile *profile, const struct source_file *file, const char *text, size_t len);

/* The words that can follow the items of a rule, for messages about a word that is not one of them. */
extern const char *const option_words[];
extern const size_t option_word_count;

#endif

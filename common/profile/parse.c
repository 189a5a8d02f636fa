/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/parse.h"
#include "base/suggest.h"
#include "profile/host.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words with a meaning inside a line. A name must not be one of them. */
static const char *const reserved[] = {
	"from",	 "to",	"on",  "at",   "burst", "total", "ban",	    "any",  "self",   "not", "as",
	"port",	 "tcp", "udp", "sctp", "proto", "hairpin", "both", "helper", "in", "except", "mac", "over",
#define OPTION(word, parser, help) #word,
#include "profile/statements.def"
};

bool lower_word(const char *text, char *out, size_t size)
{
	bool capitals = false;
	size_t i = 0;

	for (; text[i] != '\0' && i + 1 < size; i++) {
		bool capital = text[i] >= 'A' && text[i] <= 'Z';

		out[i] = (char)(capital ? text[i] - 'A' + 'a' : text[i]);
		capitals = capitals || capital;
	}
	out[i] = '\0';
	return capitals && text[i] == '\0';
}

const struct profile_token *peek(const struct profile_parser *ps)
{
	return &ps->tokens.tokens.item[ps->at];
}

bool peek_word(const struct profile_parser *ps, const char *word)
{
	return peek(ps)->kind == TOKEN_WORD && strcmp(peek(ps)->text, word) == 0;
}

bool peek_name(const struct profile_parser *ps)
{
	if (peek(ps)->kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (peek_word(ps, reserved[i]))
			return false;
	return true;
}

void advance(struct profile_parser *ps)
{
	if (peek(ps)->kind != TOKEN_END)
		ps->at++;
}

bool accept_word(struct profile_parser *ps, const char *word)
{
	if (!peek_word(ps, word))
		return false;
	advance(ps);
	return true;
}

bool accept_kind(struct profile_parser *ps, enum token_kind kind)
{
	if (peek(ps)->kind != kind)
		return false;
	advance(ps);
	return true;
}

struct where token_where(const struct profile_parser *ps, const struct profile_token *token)
{
	struct where where = ps->line;

	where.column = token->column;
	where.width = token->width;
	return where;
}

bool fail_here(struct profile_parser *ps, const char *format, ...)
{
	struct where where = token_where(ps, peek(ps));
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	profile_error(ps->profile, &where, "%s", strbuf_text(&text));
	strbuf_free(&text);
	return false;
}

bool fail_capitals(struct profile_parser *ps)
{
	char lower[16];

	if (peek(ps)->kind != TOKEN_WORD || !lower_word(peek(ps)->text, lower, sizeof(lower)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(lower, reserved[i]) == 0)
			return !fail_here(ps, "words are lower case: \"%s\"", lower);
	for (size_t i = 0; i < STATEMENT_KINDS; i++)
		if (strcmp(lower, statement_rows[i].word) == 0)
			return !fail_here(ps, "words are lower case: \"%s\"", lower);
	return false;
}

bool fail_expected(struct profile_parser *ps, const char *what)
{
	if (peek(ps)->kind == TOKEN_END)
		return fail_here(ps, "expected %s here", what);
	if (fail_capitals(ps))
		return false;
	return fail_here(ps, "expected %s, not \"%s\"", what, peek(ps)->text);
}

bool fail_unknown(struct profile_parser *ps, const char *what, const char *const words[], size_t count)
{
	const char *near;

	if (peek(ps)->kind == TOKEN_END)
		return fail_expected(ps, what);
	if (fail_capitals(ps))
		return false;
	near = suggest_nearest(peek(ps)->text, words, count);
	if (near != NULL)
		return fail_here(ps, "unknown %s \"%s\"; did you mean \"%s\"?", what, peek(ps)->text, near);
	return fail_here(ps, "unknown %s \"%s\"", what, peek(ps)->text);
}

bool expect_word(struct profile_parser *ps, const char *word)
{
	struct strbuf what = STRBUF_INIT;

	if (accept_word(ps, word))
		return true;
	strbuf_printf(&what, "\"%s\"", word);
	fail_expected(ps, strbuf_text(&what));
	strbuf_free(&what);
	return false;
}

bool expect_end(struct profile_parser *ps, const char *const words[], size_t count)
{
	const char *near;

	if (peek(ps)->kind == TOKEN_END)
		return true;
	for (size_t i = 0; i < count; i++)
		if (peek_word(ps, words[i]))
			return fail_here(ps, "\"%s\" is not allowed here", words[i]);
	if (fail_capitals(ps))
		return false;
	near = suggest_nearest(peek(ps)->text, words, count);
	if (near != NULL)
		return fail_here(ps, "expected the end of the line, not \"%s\"; did you mean \"%s\"?",
				 peek(ps)->text, near);
	return fail_expected(ps, "the end of the line");
}

static bool name_characters(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
		       strlen(text) &&
	       text[0] != '-' && text[0] != '.' && strlen(text) <= 63;
}

bool parse_name(struct profile_parser *ps, const char *what, struct name *out)
{
	if (!peek_name(ps))
		return fail_expected(ps, what);
	if (!name_characters(peek(ps)->text))
		return fail_here(ps, "\"%s\" is not a name: use at most 63 letters, digits, \"-\", \"_\" and \".\"",
				 peek(ps)->text);
	*out = (struct name){ peek(ps)->text, token_where(ps, peek(ps)) };
	advance(ps);
	return true;
}

bool parse_string(struct profile_parser *ps, const char *what, const char **out)
{
	if (peek(ps)->kind != TOKEN_STRING)
		return fail_expected(ps, what);
	*out = peek(ps)->text;
	advance(ps);
	return true;
}

bool parse_number(struct profile_parser *ps, const char *what, unsigned long low, unsigned long high, unsigned *out)
{
	const char *text = peek(ps)->text;
	size_t len = strlen(text);
	unsigned long value = strtoul(text, NULL, 10);

	if (peek(ps)->kind != TOKEN_WORD || len == 0 || strspn(text, "0123456789") != len)
		return fail_expected(ps, what);
	if (len > 10 || value < low || value > high)
		return fail_here(ps, "%s must be from %lu to %lu, not %s", what, low, high, text);
	*out = (unsigned)value;
	advance(ps);
	return true;
}

bool parse_rate(struct profile_parser *ps, struct rate *out)
{
	enum rate_fault fault = peek(ps)->kind == TOKEN_WORD ? rate_parse(peek(ps)->text, out) : RATE_SYNTAX;
	struct strbuf advice = STRBUF_INIT;

	switch (fault) {
	case RATE_FINE:
		advance(ps);
		return true;
	case RATE_SYNTAX:
		return fail_expected(ps, "a rate such as 4/60s or 10/m");
	case RATE_ZERO:
		return fail_here(ps, "a rate of zero accepts nothing: use \"deny\"");
	case RATE_FAST:
		return fail_here(ps, "iptables counts at most %d a second", RATE_SECOND_MAX);
	case RATE_INEXACT:
		break;
	}
	rate_advice(&advice, peek(ps)->text);
	fail_here(ps, "iptables cannot count %s exactly; the nearest rates are %s", peek(ps)->text,
		  strbuf_text(&advice));
	strbuf_free(&advice);
	return false;
}

/* A log prefix. The kernel stores at most 29 bytes. */
bool parse_prefix(struct profile_parser *ps, const char **out)
{
	if (peek(ps)->kind == TOKEN_STRING && strlen(peek(ps)->text) > 29)
		return fail_here(ps, "a log prefix has at most 29 bytes, this one has %zu",
				 strlen(peek(ps)->text));
	return parse_string(ps, "a log prefix in quotes", out);
}

/* Takes the address that was read from the word at the cursor, unless another one is meant. */
static bool host_is_meant(struct profile_parser *ps, const char *text, const struct addr_range *range)
{
	struct where where = token_where(ps, peek(ps));
	struct strbuf other = STRBUF_INIT;
	bool mapped = host_is_mapped(range);

	if (mapped)
		host_print_mapped(&other, range);
	else
		addr_print(&other, range);
	if (mapped)
		fail_here(ps, "no packet carries the IPv4-mapped address \"%s\": write %s", text, strbuf_text(&other));
	else if (host_has_bits(text, range))
		profile_warning(ps->profile, &where, "host bits set: this is all of %s", strbuf_text(&other));
	strbuf_free(&other);
	if (!mapped)
		advance(ps);
	return !mapped;
}

bool is_mac(const char *text)
{
	size_t i = 0;

	for (; text[i] != '\0' && i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return i == 17 && text[i] == '\0';
}

bool parse_host(struct profile_parser *ps, struct addr_range *out, struct where *where)
{
	const char *text = peek(ps)->text;

	if (peek(ps)->kind != TOKEN_WORD)
		return fail_expected(ps, "an address");
	if (where != NULL)
		*where = token_where(ps, peek(ps));
	switch (addr_parse(text, out)) {
	case ADDR_FINE:
		return host_is_meant(ps, text, out);
	case ADDR_PREFIX:
		if (strstr(text, "/-") != NULL)
			break;
		return fail_here(ps, "\"%s\": the prefix length must be from 0 to %u", text,
				 addr_width(out->family));
	case ADDR_ORDER:
		return fail_here(ps, "\"%s\": the range ends before it begins", text);
	case ADDR_NONE:
		break;
	}
	if (strstr(text, "/-") != NULL)
		return fail_here(ps, "a suffix such as \"%s\" is possible only after \"from\" and \"to\"", text);
	if (is_mac(text))
		return fail_here(ps, "\"%s\" is a MAC address: write \"mac %s\", after \"from\"", text, text);
	if (strchr(text, '.') != NULL && strpbrk(text, "abcdefghijklmnopqrstuvwxyz") != NULL &&
	    strchr(text, ':') == NULL)
		return fail_here(
			ps,
			"\"%s\" is a host name, and names are never looked up: write its address",
			text);
	return fail_expected(ps, "an address");
}

/* Words of other firewalls. */
static const struct {
	const char *theirs, *ours;
} synonyms[] = {
	{ "accept", "allow" },	 { "permit", "allow" }, { "pass", "allow" },	 { "open", "allow" },	  { "drop", "deny" },
	{ "close", "deny" },	 { "refuse", "reject" }, { "blacklist", "block" }, { "ban", "block" },	  { "dnat", "forward" },
	{ "nat", "masquerade" }, { "policy", "default" }, { "interface", "zone" }, { "import", "include" },
};

static void parse_statement(struct profile_parser *ps)
{
	const char *words[STATEMENT_KINDS];
	struct profile *profile = ps->profile;
	struct statement *st;

	for (size_t i = 0; i < STATEMENT_KINDS; i++) {
		words[i] = statement_rows[i].word;
		if (!peek_word(ps, words[i]))
			continue;
		st = profile_alloc(profile, sizeof(*st));
		if (st == NULL)
			return;
		st->kind = (enum statement_kind)i;
		st->where = token_where(ps, peek(ps));
		st->file = ps->file->tag;
		/* Appended before it is parsed: the statements of an included file follow it. */
		*profile->statements.end = st;
		profile->statements.end = &st->next;
		advance(ps);
		st->broken = !statement_rows[i].parse(ps, st);
		if (!st->broken && peek(ps)->kind != TOKEN_END)
			st->broken = !fail_expected(ps, "the end of the line");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(synonyms); i++)
		if (peek_word(ps, synonyms[i].theirs)) {
			fail_here(ps, "unknown statement \"%s\"; did you mean \"%s\"?", synonyms[i].theirs, synonyms[i].ours);
			return;
		}
	fail_unknown(ps, "statement", words, STATEMENT_KINDS);
}

static void parse_line(struct profile_parser *ps)
{
	struct where where = ps->line;
	enum lex_fault fault = lex_line(&ps->tokens, &ps->profile->arena, ps->line.source,
					ps->line.source_len, &where.column);

	ps->at = 0;
	if (fault == LEX_MEMORY)
		profile_memory(ps->profile);
	else if (fault != LEX_FINE)
		profile_error(ps->profile, &where, "%s", lex_fault_text(fault));
	else if (peek(ps)->kind != TOKEN_END)
		parse_statement(ps);
}

void parse_file(struct profile *profile, const struct source_file *file, const char *text, size_t len)
{
	struct profile_parser ps = { .profile = profile, .file = file };
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		text += 3;
	for (unsigned line = 1; text < end && !profile->failed; line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line_len = (size_t)((newline != NULL ? newline : end) - text);

		ps.line = (struct where){
			.file = file->name, .line = line, .source = text, .source_len = line_len
		};
		parse_line(&ps);
		text += line_len + 1;
	}
	vec_free(&ps.tokens.tokens);
}

bool profile_parse(struct profile *profile, const char *text, size_t len)
{
	struct source_file *file = profile_alloc(profile, sizeof(*file));

	if (file == NULL)
		return false;
	file->name = profile->name;
	profile->files.first = file;
	parse_file(profile, file, text, len);
	return profile->findings.errors == 0 && !profile->failed;
}

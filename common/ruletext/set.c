/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/set.h"
#include "addr/addr.h"
#include "base/textmap.h"
#include "base/vec.h"
#include "text/token.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const struct token *word, const char *prefix)
{
	size_t len = strlen(prefix);

	return word->len >= len && memcmp(word->text, prefix, len) == 0;
}

/* Does a word begin with '-', outside the quotes of a comment? ipset takes it for an option of its own. */
static bool has_option(const char *text, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && text[i] == '-' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
			return true;
	}
	return false;
}

/* Finds an option as a word of its own, outside the quotes of a comment. len 0: there is none. */
static struct token find_option(const char *text, const char *option)
{
	size_t len = strlen(text);
	struct token word = token_after(text, len, 0);
	bool quoted = false;

	for (; word.len > 0 && (quoted || !token_is(&word, option)); word = token_next(text, len, &word))
		for (size_t i = 0; i < word.len; i++)
			quoted = quoted != (word.text[i] == '"');
	return word;
}

/* The value of an option; len 0: there is none. */
static struct token option_value(const char *text, const char *option)
{
	struct token word = find_option(text, option);

	return word.len > 0 ? token_next(text, strlen(text), &word) : word;
}

/* Is this ADDRESS, ADDRESS/LENGTH or ADDRESS-ADDRESS? */
static bool is_address(const char *text, size_t len, enum family family)
{
	const char *dash = memchr(text, '-', len), *end = text + len, *stop = dash != NULL ? dash : end;
	const char *slash = memchr(text, '/', (size_t)(stop - text));
	unsigned char bytes[16];

	if (!addr_read(text, (size_t)((slash != NULL ? slash : stop) - text), family, bytes))
		return false;
	if (dash == NULL)
		return true;
	slash = memchr(dash, '/', (size_t)(end - dash));
	return addr_read(dash + 1, (size_t)((slash != NULL ? slash : end) - dash) - 1, family, bytes);
}

/* Are the parts of a member that must be addresses addresses? The type names the parts: hash:net,port,ip. */
static bool has_addresses(const struct set *set, const char *text, size_t len)
{
	const char *type = strbuf_text(&set->type), *kind = strchr(type, ':');
	enum family family = strstr(type, "family inet6") != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	size_t end = strcspn(type, " "), part;

	if (kind == NULL || kind >= type + end)
		return true;
	for (kind++; kind < type + end; kind += strcspn(kind, ", ") + 1) {
		bool address = strncmp(kind, "ip", 2) == 0 || strncmp(kind, "net", 3) == 0;
		const char *comma = memchr(text, ',', len);

		part = comma != NULL ? (size_t)(comma - text) : len;
		if (address && !is_address(text, part, family))
			return false;
		if (comma == NULL)
			return true; /* ipset reports what is missing */
		text += part + 1;
		len -= part + 1;
	}
	return true;
}

enum set_fault set_member_check(const struct set *set, const char *text, size_t len)
{
	struct token member = token_after(text, len, 0);

	if (has_option(text, len))
		return SET_FAULT_OPTION;
	return has_addresses(set, member.text, member.len) ? SET_GOOD : SET_FAULT_ADDRESS;
}

/* A family as ipset prints it; NULL: not a family. */
static const char *family_word(const struct token *word)
{
	static const char *const words[][2] = { { "inet", "inet" }, { "ipv4", "inet" }, { "inet6", "inet6" }, { "ipv6", "inet6" } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (token_is(word, words[i][0]))
			return words[i][1];
	return NULL;
}

/*
 * Writes the words from `word` on. A family without `family`, first or after the type, is short for ipset's `family
 * inet`.
 */
static void write_words(struct set *set, const char *text, size_t len, struct token word, bool typed)
{
	for (bool bare = !typed; word.len > 0; word = token_next(text, len, &word)) {
		const char *family = family_word(&word);
		bool named = token_is(&word, "family");

		if (set->type.len > 0)
			strbuf_putc(&set->type, ' ');
		if (named) {
			word = token_next(text, len, &word);
			family = family_word(&word);
		}
		if (named || (bare && family != NULL))
			strbuf_puts(&set->type, "family ");
		if (family != NULL)
			strbuf_puts(&set->type, family);
		else
			strbuf_add(&set->type, word.text, word.len);
		bare = typed && !bare && strchr(strbuf_text(&set->type), ' ') == NULL;
	}
}

/* Does ipset read an address after this word? Ranges of ports are numbers, or names that ipset knows. */
static bool takes_address(const char *type, const struct token *word)
{
	if (token_is(word, "range"))
		return strncmp(type, "bitmap:ip", 9) == 0;
	return token_is(word, "from") || token_is(word, "to") || token_is(word, "network") || token_is(word, "bitmask");
}

/* Are the addresses in the options of the type addresses, and not host names? */
static bool names_no_host(const char *type)
{
	size_t len = strlen(type);

	for (struct token word = token_after(type, len, 0); word.len > 0; word = token_next(type, len, &word)) {
		struct token value = token_next(type, len, &word);

		if (takes_address(type, &word) && value.len > 0 && !is_address(value.text, value.len, FAMILY_IPV4) &&
		    !is_address(value.text, value.len, FAMILY_IPV6))
			return false;
	}
	return true;
}

enum set_fault set_parse(struct set *set, bool open, const char *text, size_t len)
{
	struct token name = token_after(text, len, 0), type = token_next(text, len, &name);
	struct token behind = token_next(text, len, &type);
	bool typed = type.len > 0 && memchr(type.text, ':', type.len) != NULL, named = token_is(&type, "family");
	enum set_fault found;

	*set = (struct set){ .open = open };
	if (begins(&name, SET_SCRATCH_PREFIX))
		return SET_FAULT_RESERVED;
	if (has_option(text, len))
		return SET_FAULT_OPTION;
	if (name.len == 0 || name.len > 31 || (!typed && !open))
		return SET_FAULT_FORM;
	if (!typed && type.len > 0 && (family_word(named ? &behind : &type) == NULL ||
				       token_next(text, len, named ? &behind : &type).len > 0))
		return SET_FAULT_FORM; /* not a family, or options without a type */
	set->name = strndup(name.text, name.len);
	write_words(set, text, len, type, typed);
	if (set->name != NULL && !set->type.failed && names_no_host(strbuf_text(&set->type)))
		return SET_GOOD;
	found = set->name != NULL && !set->type.failed ? SET_FAULT_ADDRESS : SET_FAULT_MEMORY;
	set_free(set);
	return found;
}

void set_free(struct set *set)
{
	free(set->name);
	strbuf_free(&set->type);
	strbuf_free(&set->members);
	strbuf_free(&set->before);
	strbuf_free(&set->made);
	strbuf_free(&set->normal);
	set->name = NULL;
}

bool set_is_exception(const char *member)
{
	return find_option(member, "nomatch").len > 0;
}

static bool is_time(const struct token *value)
{
	return value->len > 0 && !token_is(value, "0");
}

bool set_runs_out(const char *words, const char *member)
{
	struct token own = option_value(member != NULL ? member : "", "timeout"), all = option_value(words, "timeout");

	return own.len > 0 ? is_time(&own) : is_time(&all);
}

void set_pass_time(const char *members, uint64_t seconds, struct strbuf *out)
{
	while (*members != '\0') {
		struct piece line = set_next_line(&members);
		struct strbuf text = STRBUF_INIT;
		struct token value;
		unsigned long left = 0;

		strbuf_add(&text, line.text, line.len);
		value = option_value(strbuf_text(&text), "timeout");
		(void)!token_number(&value, UINT32_MAX, &left); /* no timeout, or 0: it does not run out */
		if (left > seconds)
			strbuf_printf(out, "%.*s%lu%s\n", (int)(value.text - text.data), text.data,
				      left - (unsigned long)seconds, value.text + value.len);
		else if (left == 0)
			strbuf_printf(out, "%s\n", strbuf_text(&text));
		out->failed |= text.failed;
		strbuf_free(&text);
	}
}

/* --- output of ipset save ------------------------------------------------------------------------------- */

static int line_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Removes an option and its value from a line. */
static void cut_option(char *line, const char *option)
{
	struct token value = option_value(line, option);
	char *at, *rest;

	if (value.len == 0)
		return;
	rest = line + (value.text - line) + value.len;
	at = line + (value.text - line) - strlen(option) - 2; /* the blank before the option */
	memmove(at, rest, strlen(rest) + 1);
}

/* The text after "create NAME " or "add NAME ". */
static char *behind_name(char *line)
{
	size_t len = strlen(line);
	struct token verb = token_after(line, len, 0), name = token_next(line, len, &verb), rest = token_next(line, len, &name);

	return rest.len > 0 ? line + (rest.text - line) : NULL;
}

bool set_split(const struct strbuf *saved, struct strbuf *words, struct strbuf *members)
{
	VEC(char *) lines = { 0 };
	char *copy = strdup(strbuf_text(saved)), *next = copy;
	bool good = copy != NULL;

	for (char *line; good && (line = strsep(&next, "\n")) != NULL;) {
		char *rest = behind_name(line);

		if (rest != NULL && strncmp(line, "create ", 7) == 0) {
			cut_option(rest, "initval");
			strbuf_puts(words, rest);
		} else if (rest != NULL) {
			cut_option(rest, "packets");
			cut_option(rest, "bytes");
			good = vec_push(&lines, rest);
		}
	}
	if (good && lines.len > 1 && strncmp(strbuf_text(words), "list:", 5) != 0)
		qsort(lines.item, lines.len, sizeof(*lines.item), line_order);
	for (size_t i = 0; good && i < lines.len; i++)
		strbuf_printf(members, "%s\n", lines.item[i]);
	vec_free(&lines);
	free(copy);
	return good && !words->failed && !members->failed;
}

void set_without_times(const char *members, struct strbuf *out)
{
	while (*members != '\0') {
		struct piece line = set_next_line(&members);
		char *copy = strndup(line.text, line.len);

		out->failed = out->failed || copy == NULL;
		if (copy == NULL)
			return;
		cut_option(copy, "timeout");
		strbuf_printf(out, "%s\n", copy);
		free(copy);
	}
}

bool set_takes_options(const char *to, const char *from)
{
	static const char *const options[] = { "timeout", "comment", "skbinfo" };

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (find_option(from, options[i]).len > 0 && find_option(to, options[i]).len == 0)
			return false;
	return true;
}

void set_plain_words(const char *words, struct strbuf *out)
{
	char *copy = strdup(words);

	out->failed = out->failed || copy == NULL;
	if (copy == NULL)
		return;
	cut_option(copy, "hashsize");
	cut_option(copy, "bucketsize");
	cut_option(copy, "initval");
	strbuf_puts(out, copy);
	free(copy);
}

struct piece set_next_line(const char **text)
{
	struct piece line = { *text, (unsigned)strcspn(*text, "\n") };

	*text += line.len + (line.text[line.len] == '\n');
	return line;
}

bool set_lines_without(const char *lines, const char *others, struct strbuf *out)
{
	struct textmap known = { .slots = NULL };
	bool good = true;

	while (good && *others != '\0') {
		struct piece line = set_next_line(&others);

		good = textmap_add(&known, &line) != TEXTMAP_NONE;
	}
	while (good && *lines != '\0') {
		struct piece line = set_next_line(&lines);

		if (textmap_find(&known, &line) == TEXTMAP_NONE)
			strbuf_printf(out, "%.*s\n", (int)line.len, line.text);
	}
	textmap_free(&known);
	return good && !out->failed;
}

/* --- how similar two sets are -------------------------------------------------------------------------- */

/* Options with a value; all others have none. */
static const struct valued {
	const char *name;
	enum set_likeness differs; /* if the values differ */
} valued[] = {
	{ "family", SET_OTHER_TYPE },	  { "range", SET_OTHER_OPTIONS },    { "netmask", SET_OTHER_OPTIONS },
	{ "bitmask", SET_OTHER_OPTIONS }, { "markmask", SET_OTHER_OPTIONS }, { "timeout", SET_OTHER_SIZE },
	{ "maxelem", SET_OTHER_SIZE },	  { "size", SET_OTHER_SIZE },	     { "hashsize", SET_ALIKE },
	{ "bucketsize", SET_ALIKE },	  { "initval", SET_ALIKE },	     { "probes", SET_ALIKE },
	{ "resize", SET_ALIKE },	  { "gc", SET_ALIKE },
};

static const struct valued *find_valued(const struct token *word)
{
	for (size_t i = 0; i < ARRAY_LEN(valued); i++)
		if (token_is(word, valued[i].name))
			return &valued[i];
	return NULL;
}

static bool has_word(const char *text, const struct token *sought)
{
	size_t len = strlen(text);

	for (struct token word = token_after(text, len, 0); word.len > 0; word = token_next(text, len, &word))
		if (word.len == sought->len && memcmp(word.text, sought->text, word.len) == 0)
			return true;
	return false;
}

/*
 * What an option of one set says about both. If the other has none, the kernel chose sizes; other options change the
 * set.
 */
static enum set_likeness compare_option(const struct valued *option, const struct token *value, const char *others)
{
	struct token other = option_value(others, option->name);

	if (other.len == value->len && memcmp(other.text, value->text, value->len) == 0)
		return SET_ALIKE;
	if (other.len > 0)
		return option->differs;
	if (option->differs == SET_OTHER_TYPE) /* the default is inet */
		return token_is(value, "inet") ? SET_ALIKE : SET_OTHER_TYPE;
	return strcmp(option->name, "timeout") == 0 ? SET_OTHER_OPTIONS : option->differs;
}

static enum set_likeness compare_words(const char *words, const char *others)
{
	size_t len = strlen(words);
	enum set_likeness least = SET_ALIKE, now;

	for (struct token word = token_after(words, len, 0); word.len > 0; word = token_next(words, len, &word)) {
		const struct valued *option = find_valued(&word);

		if (option != NULL) {
			word = token_next(words, len, &word);
			now = compare_option(option, &word, others);
		} else {
			now = has_word(others, &word) || token_is(&word, "forceadd") ? SET_ALIKE : SET_OTHER_OPTIONS;
		}
		least = now < least ? now : least;
	}
	return least;
}

enum set_likeness set_compare(const char *words, const char *others)
{
	struct token type = token_after(words, strlen(words), 0), other = token_after(others, strlen(others), 0);
	enum set_likeness one, two;

	if (type.len != other.len || memcmp(type.text, other.text, type.len) != 0)
		return SET_OTHER_TYPE;
	one = compare_words(words, others);
	two = compare_words(others, words);
	return one < two ? one : two;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What libxtables objects to, as one line that says which word is to blame and what to do about it. */
#include "addr/addr.h"
#include "base/suggest.h"
#include "model/xt.h"

#include <ctype.h>
#include <string.h>

/* libxtables' messages may end in newlines and blanks, and be of several lines: one line, please. */
static void one_line(struct strbuf *out, const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	for (; *text != '\0'; text++) {
		if (!isspace((unsigned char)*text))
			strbuf_putc(out, *text);
		else if (text[strspn(text, " \t\n")] != '\0' && !isspace((unsigned char)text[1]))
			strbuf_putc(out, ' ');
	}
}

/* The option that the message names is not wrong, the value behind it is. */
static unsigned with_value(unsigned word)
{
	const struct words *words = door.words;
	bool value = strcasestr(door.message, "bad value") != NULL || strcasestr(door.message, "out of range") != NULL;

	if (!value || words->item[word].text[0] != '-' || strchr(words->item[word].text, '=') != NULL || word + 1 >= words->count)
		return word;
	return word + 1;
}

/*
 * Which word is to blame: one that the message quotes, the nearest before where the reading stopped;
 * else the one where it stopped.
 */
static unsigned blamed_word(void)
{
	unsigned last = door.blame > 0 ? door.blame - 1 : optind > 1 ? (unsigned)optind - 2 : 0;

	if (door.blame > 0)
		return last;
	if (last >= door.words->count)
		last = door.words->count > 0 ? door.words->count - 1 : 0;
	for (unsigned i = last + 1; i-- > 0;) {
		const char *text = door.words->item[i].text;
		const char *at = text[0] != '\0' ? strstr(door.message, text) : NULL;
		size_t len = strlen(text);

		if (at != NULL && at > door.message && strchr("`\"'", at[-1]) != NULL && at[len] != '\0' &&
		    strchr("'\"", at[len]) != NULL)
			return with_value(i);
	}
	return last;
}

static bool is_address(const char *text, enum family family)
{
	unsigned char ignored[16];

	return addr_read(text, strcspn(text, "/,"), family, ignored);
}

/* Options that only a protocol's match has, and that everybody knows. */
static bool is_port_option(const char *name)
{
	static const char *const names[] = { "dport", "sport", "destination-port", "source-port", "syn", "tcp-flags",
					     "icmp-type", "icmpv6-type" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* What the message leaves out: what to do about it. */
static void add_advice(struct strbuf *text, unsigned word)
{
	const char *blamed = word < door.words->count ? door.words->item[word].text : "";
	const char *before = word > 0 ? door.words->item[word - 1].text : "";
	bool ipv6 = door.family == FAMILY_IPV6;

	if (strcmp(blamed, "!") == 0 && before[0] == '-')
		strbuf_printf(text, "; `!' stands before the option: ! %s ...", before);
	else if (door.name_asked && is_address(blamed, ipv6 ? FAMILY_IPV4 : FAMILY_IPV6))
		strbuf_printf(text, ": that is an IPv%d address", ipv6 ? 4 : 6);
	else if (door.name_asked)
		strbuf_puts(text, "; host names are not looked up: write the address");
	if (strncmp(door.message, "unknown option", 14) == 0 && strncmp(blamed, "--", 2) == 0) {
		struct suggestion near = suggest_begin(blamed + 2);

		for (unsigned i = 0; i < door.option_count; i++)
			suggest_consider(&near, door.options[i].name);
		if (near.best != NULL)
			strbuf_printf(text, "; did you mean --%s?", near.best);
		else if (!door.has_protocol && is_port_option(blamed + 2))
			strbuf_puts(text, "; it belongs to a protocol: write -p tcp, -p udp ... before it");
	}
}

void door_note_fault(struct ext_fault *fault)
{
	strbuf_reset(&fault->text);
	one_line(&fault->text, door.message);
	fault->word = blamed_word();
	add_advice(&fault->text, fault->word);
	fault->no_memory = fault->text.failed || strcmp(door.message, "out of memory") == 0;
	door.name_asked = false;
}

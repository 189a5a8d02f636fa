/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/side.h"
#include "fake/packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(3);
}

/* --- texts ------------------------------------------------------------------------------------------ */

static bool other(unsigned side, int family)
{
	return (side & SIDE_OTHER) != 0 && (family == 0 || (side & SIDE_SAME_IPV6) == 0);
}

static void write_nat(struct strbuf *out)
{
	strbuf_puts(out, "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
			 ":POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n");
}

static void write_rules(struct strbuf *out, unsigned side, int family)
{
	const char *set = family == 0 ? "mail4" : "mail6";
	bool two = other(side, family);

	strbuf_printf(out, "*filter\n:INPUT %s [0:0]\n:FORWARD %s [0:0]\n:OUTPUT ACCEPT [0:0]\n:both - [0:0]\n:%s - [0:0]\n",
		      (side & SIDE_INPUT_ACCEPT) != 0 ? "ACCEPT" : "DROP", (side & SIDE_FORWARD_ACCEPT) != 0 ? "ACCEPT" : "DROP",
		      two ? "two" : "one");
	strbuf_puts(out, "-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n");
	strbuf_printf(out, "-A INPUT -p tcp -m tcp --dport %s -j %s\n-A INPUT -j both\n", two ? "8443" : "8080", two ? "two" : "one");
	strbuf_printf(out, "-A INPUT -p tcp -m tcp --dport 25 -m set --match-set %s src -j ACCEPT\n", set);
	strbuf_printf(out, "-A INPUT -p tcp -m tcp --dport %s -j %s\n", two ? "443" : "80", two ? "two" : "one");
	strbuf_printf(out, "-A FORWARD -p tcp -m tcp --dport %s -j ACCEPT\n", two ? "443" : "80");
	strbuf_printf(out, "-A both -s %s -j RETURN\n", fake_source(family, SOURCE_SECOND));
	if (two)
		strbuf_printf(out, "-A both -s %s -j DROP\n", fake_source(family, SOURCE_FIRST));
	strbuf_printf(out, "-A %s -j ACCEPT\nCOMMIT\n", two ? "two" : "one");
	if (two && family == 0)
		write_nat(out);
}

static void write_settings(struct strbuf *out, unsigned side)
{
	int forwarding = (side & SIDE_FORWARDING) != 0, opens = (side & SIDE_OTHER) != 0;

	if ((side & SIDE_SILENT) == 0)
		strbuf_printf(out, "#@ sysctl %s=%d\n#@ sysctl %s=%d\n#@ sysctl %s=%d\n", KEY_IPV4, forwarding, KEY_IPV6, forwarding,
			      KEY_FILTER, !opens);
	if ((side & (SIDE_SILENT | SIDE_NO_REDIRECTS)) == 0)
		strbuf_printf(out, "#@ sysctl %s=%d\n", KEY_REDIRECTS, opens);
}

static void write_set(struct strbuf *out, unsigned side, int family)
{
	strbuf_printf(out, "#@ set mail%d hash:ip %s\n#@ member %s\n", family == 0 ? 4 : 6, family == 0 ? "inet" : "inet6",
		      fake_source(family, SOURCE_FIRST));
	if ((side & SIDE_OTHER) != 0)
		strbuf_printf(out, "#@ member %s\n#@ set more%d hash:ip %s\n#@ member %s\n", fake_source(family, SOURCE_SECOND),
			      family == 0 ? 4 : 6, family == 0 ? "inet" : "inet6", fake_source(family, SOURCE_ANY));
}

void side_text_make(struct side_text *text, unsigned side)
{
	struct diag_log log = { .report = NULL };
	struct strbuf *input = &text->input;

	*text = (struct side_text){ .input = STRBUF_INIT, .canon = { CANON_INIT, CANON_INIT } };
	write_settings(input, side);
	for (int i = 0; i < FAMILIES; i++)
		write_set(input, side, i);
	for (int i = 0; i < FAMILIES; i++) {
		if ((side & SIDE_NAT_ALONE) != 0)
			write_nat(&text->canon[i].text);
		else
			write_rules(&text->canon[i].text, side, i);
	}
	strbuf_add(input, strbuf_text(&text->canon[0].text), text->canon[0].text.len);
	if (!stream_read(&text->stream, "the text", input->data, input->len, FAMILY_BOTH, &log) ||
	    !extras_read(&text->extras, &text->stream, &log))
		give_up("a text cannot be read");
}

void side_text_free(struct side_text *text)
{
	for (int i = 0; i < FAMILIES; i++)
		canon_free(&text->canon[i]);
	stream_free(&text->stream);
	extras_free(&text->extras);
	strbuf_free(&text->input);
}

/* --- kernels ---------------------------------------------------------------------------------------- */

static void run(struct fake_kernel *kernel, int family, bool flush, const char *program)
{
	unsigned line = 1;
	const char *why = "";

	while (*program != '\0')
		if (!fake_restore(kernel, family, flush, &program, &line, &why))
			give_up(why);
}

void side_boot(struct fake_kernel *kernel, unsigned side)
{
	*kernel = (struct fake_kernel){ .generation = 1 };
	fake_setting_put(kernel, KEY_IPV4, "0");
	fake_setting_put(kernel, KEY_IPV6, "0");
	fake_setting_put(kernel, KEY_FILTER, "2");
	fake_setting_put(kernel, KEY_REDIRECTS, (side & SIDE_HARDENED) != 0 ? "0" : "1");
	fake_setting_put(kernel, KEY_DEVICE, "1");
	fake_setting_put(kernel, KEY_NOBODYS, "1");
}

void side_bans(struct fake_kernel *kernel)
{
	for (int i = 0; i < FAMILIES; i++) {
		struct strbuf program = STRBUF_INIT;

		strbuf_printf(&program, "*filter\n-N f2b\n-A f2b -s %s -j DROP\n-I INPUT -j f2b\nCOMMIT\n",
			      fake_source(i, SOURCE_BANNED));
		run(kernel, i, false, strbuf_text(&program));
		strbuf_free(&program);
	}
}

/* Sets of an earlier text stay. */
static void apply_extras(struct fake_kernel *kernel, const struct extras *extras, const struct fake_kernel *boot)
{
	for (unsigned i = 0; i < kernel->setting_count; i++)
		kernel->setting[i] = boot->setting[i];
	for (size_t i = 0; i < extras->sysctls.len; i++)
		fake_setting_write(kernel, fake_setting(kernel, extras->sysctls.item[i].key), extras->sysctls.item[i].value);
	for (size_t i = 0; i < extras->sets.len; i++) {
		const struct set *set = &extras->sets.item[i];
		struct fake_set *there = fake_set(kernel, set->name);

		if (there == NULL)
			there = &kernel->set[kernel->set_count++];
		*there = (struct fake_set){ .name = fake_word_text(set->name), .type = fake_word_text(strbuf_text(&set->type)) };
		for (const char *line = strbuf_text(&set->members); *line != '\0'; line += strcspn(line, "\n") + 1)
			there->member[there->count++] = fake_word_of(line, strcspn(line, "\n"));
	}
}

void side_apply(struct fake_kernel *kernel, unsigned side, const struct fake_kernel *boot, bool bans)
{
	struct side_text text;

	side_text_make(&text, side);
	apply_extras(kernel, &text.extras, boot);
	for (int i = 0; i < FAMILIES; i++) {
		kernel->rules[i].count = 0;
		run(kernel, i, true, strbuf_text(&text.canon[i].text));
	}
	if (bans)
		side_bans(kernel);
	side_text_free(&text);
}

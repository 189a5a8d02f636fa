/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The changes of other programs during a load: bans that come and go, chains with their jumps, settings. */
#include "fake/writers.h"
#include "fake/packets.h"

#include <stdio.h>
#include <string.h>

/* One commit; false: refused. */
static bool commit(struct fake_kernel *kernel, int family, const char *lines)
{
	char program[512];
	const char *at = program, *why;
	unsigned line = 1;

	snprintf(program, sizeof(program), "*filter\n%sCOMMIT\n", lines);
	return fake_restore(kernel, family, false, &at, &line, &why);
}

static bool run(struct fake_kernel *kernel, int family, const char *verb, const char *chain, const char *rule)
{
	char lines[256];

	snprintf(lines, sizeof(lines), "%s %s %s\n", verb, chain, rule);
	return commit(kernel, family, lines);
}

/* A different ban each time; the first one bans everything. */
static const char *ban(int family, unsigned times)
{
	static char text[128];

	snprintf(text, sizeof(text), "-s %s", fake_source(family, SOURCE_BANNED_LATER));
	if (times > 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " -p tcp -m tcp --dport %u", 1000 + times);
	strcat(text, " -j DROP");
	return text;
}

/* Is each of the bans in the chain once? Deletes them. */
static bool take_bans(struct fake_kernel *kernel, int family, unsigned times, const char *chain)
{
	for (unsigned i = 0; i < times; i++)
		if (!run(kernel, family, "-D", chain, ban(family, i)) || run(kernel, family, "-D", chain, ban(family, i)))
			return false;
	return true;
}

void trial_drop_bans(struct fake_kernel *kernel, int family, unsigned times, const char *chain)
{
	for (unsigned i = 0; i < times; i++)
		(void)!run(kernel, family, "-D", chain, ban(family, i));
}

/* Does the ban still drop its source? */
static bool is_banned(struct fake_kernel *kernel, int family)
{
	return (fake_accepts(kernel, family, "INPUT") & fake_packets_from(family, SOURCE_BANNED_LATER)) == 0;
}

static bool insert_ban(struct fake_kernel *kernel, int family, unsigned times)
{
	return run(kernel, family, "-I", "INPUT", ban(family, times));
}

static bool take_inserted(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)expected;
	return take_bans(kernel, family, times, "INPUT");
}

static bool append_ban(struct fake_kernel *kernel, int family, unsigned times)
{
	return run(kernel, family, "-A", "INPUT", ban(family, times));
}

static bool take_appended(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)expected;
	return take_bans(kernel, family, times, "INPUT");
}

static bool append_to_chain(struct fake_kernel *kernel, int family, unsigned times)
{
	return run(kernel, family, "-A", "both", ban(family, times));
}

static bool take_from_chain(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)expected;
	return take_bans(kernel, family, times, "both");
}

static const char *old_ban(int family)
{
	static char text[128];

	snprintf(text, sizeof(text), "-s %s -j DROP", fake_source(family, SOURCE_BANNED));
	return text;
}

static bool lift_ban(struct fake_kernel *kernel, int family, unsigned times)
{
	(void)times;
	return run(kernel, family, "-D", "f2b", old_ban(family));
}

static bool take_lifted(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)times;
	(void)expected;
	return !run(kernel, family, "-D", "f2b", old_ban(family)) && run(kernel, family, "-A", "f2b", old_ban(family));
}

static bool add_chain(struct fake_kernel *kernel, int family, unsigned times)
{
	char lines[256];

	snprintf(lines, sizeof(lines), "-N guard\n-A guard %s\n-I INPUT -j guard\n", ban(family, 0));
	return times == 0 && commit(kernel, family, lines);
}

static bool take_chain(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)times;
	(void)expected;
	return take_bans(kernel, family, 1, "guard") && run(kernel, family, "-D", "INPUT", "-j guard") &&
	       commit(kernel, family, "-X guard\n");
}

/* --- settings ------------------------------------------------------------------------------------------- */

static bool change_nobodys(struct fake_kernel *kernel, int family, unsigned times)
{
	(void)family;
	(void)times;
	fake_setting_put(kernel, KEY_NOBODYS, "0");
	return true;
}

static bool take_nobodys(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	bool kept = fake_setting(kernel, KEY_NOBODYS)->value == fake_word_text("0");

	(void)family;
	(void)times;
	(void)expected;
	fake_setting_put(kernel, KEY_NOBODYS, "1");
	return kept;
}

static bool change_filter(struct fake_kernel *kernel, int family, unsigned times)
{
	(void)family;
	(void)times;
	fake_setting_put(kernel, KEY_FILTER, "7");
	return true;
}

static bool flip_forwarding(struct fake_kernel *kernel, int family, unsigned times)
{
	struct fake_setting *setting = fake_setting(kernel, KEY_IPV4);

	(void)family;
	if (times > 0)
		return false;
	fake_setting_write(kernel, setting, setting->value == fake_word_text("0") ? "1" : "0");
	return true;
}

/* Takes the expected values: the load may have set its own later, and forwarding changes other settings with it. */
static bool take_setting(struct fake_kernel *kernel, int family, unsigned times, const struct fake_kernel *expected)
{
	(void)family;
	(void)times;
	for (unsigned i = 0; i < kernel->setting_count; i++)
		if (kernel->setting[i].key == fake_word_text(KEY_FILTER) || kernel->setting[i].key == fake_word_text(KEY_IPV4) ||
		    kernel->setting[i].key == fake_word_text(KEY_DEVICE) || kernel->setting[i].key == fake_word_text(KEY_REDIRECTS))
			kernel->setting[i].value = expected->setting[i].value;
	return true;
}

const struct trial_writer trial_writers[] = {
	{ "inserts a ban into INPUT", true, false, false, NULL, insert_ban, is_banned, take_inserted },
	{ "appends a ban to INPUT", true, false, false, NULL, append_ban, NULL, take_appended },
	{ "appends a ban to a chain of ours", true, false, false, "both", append_to_chain, NULL, take_from_chain },
	{ "lifts a ban", true, false, false, NULL, lift_ban, NULL, take_lifted },
	{ "adds a chain and a jump", true, false, false, NULL, add_chain, is_banned, take_chain },
	{ "changes a setting that is not ours", false, true, false, NULL, change_nobodys, NULL, take_nobodys },
	{ "changes a setting of the text", false, true, false, NULL, change_filter, NULL, take_setting },
	{ "turns forwarding on or off", false, true, true, NULL, flip_forwarding, NULL, take_setting },
};
const unsigned trial_writer_count = ARRAY_LEN(trial_writers);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Which release of iptables the installed libxtables belongs to. The library does not say: its soname, its file's
 * name and XTABLES_VERSION are the same from 1.8.8 to 1.8.11. iptables' own options are read by the programs, not by
 * the library, but both come from one source, so a change of the library tells the programs' release:
 *
 * - 1.8.11 prints a protocol's name only if xtables_chain_protos has it, and got dccp and ipcomp there for that.
 * - 1.8.10 made the conntrack match refuse --ctproto 0.
 */
#include "model/xt.h"

#include <dlfcn.h>
#include <string.h>

/*
 * libxtables' own names of protocols. By dlsym, for a plain reference would copy the table into this program in the
 * size that it had in the library that this was linked with.
 */
static const struct xtables_pprot *find_protocols(void)
{
	static const struct xtables_pprot none[1];
	const struct xtables_pprot *found = dlsym(RTLD_DEFAULT, "xtables_chain_protos");

	return found != NULL ? found : none;
}

static bool names_protocol(const char *name)
{
	for (const struct xtables_pprot *at = door.listed; at->name != NULL; at++)
		if (strcmp(at->name, name) == 0)
			return true;
	return false;
}

/* Whether a rule with --ctproto 0 can be read; also where there is no such match. */
static bool takes_protocol_zero(void)
{
	static const char rule[] = "-A INPUT -m conntrack --ctproto 0";
	struct words words = { 0 };
	struct arena arena = { 0 };
	struct command command;
	struct ext_fault fault = { .text = STRBUF_INIT };
	struct strbuf notice = STRBUF_INIT;
	unsigned column;
	bool takes = true;

	if (xtables_find_match("conntrack", XTF_TRY_LOAD, NULL) != NULL &&
	    words_split(&words, rule, strlen(rule), &column) == WORD_FINE)
		takes = ext_read("filter", &words, &arena, &command, &fault, &notice);
	words_free(&words);
	arena_free(&arena);
	strbuf_free(&fault.text);
	strbuf_free(&notice);
	return takes;
}

void door_find_release(void)
{
	door.listed = find_protocols();
	door.release = RELEASE_1_8_9;
	if (names_protocol("dccp"))
		door.release = RELEASE_1_8_11;
	else if (!takes_protocol_zero())
		door.release = RELEASE_1_8_10;
}

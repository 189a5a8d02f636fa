/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/disk.h"
#include "store/generation.h"
#include "store/generation_text.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/refer.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* With sudo, the user id does not show who the user is. */
static void write_who(struct strbuf *out)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *user = name == NULL ? getpwuid(getuid()) : NULL;
	struct strbuf who = STRBUF_INIT;

	if (name == NULL && user == NULL)
		strbuf_printf(&who, "%u", (unsigned)getuid());
	else
		strbuf_printf(&who, "%.64s", name != NULL ? name : user->pw_name);
	record_field(out, "who", strbuf_text(&who));
	strbuf_free(&who);
}

static void write_notes(const struct generation_parts *parts, struct strbuf *out)
{
	struct utsname kernel;
	time_t now = time(NULL);
	struct tm utc;
	char date[32] = "-", from[256];

	if (gmtime_r(&now, &utc) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(from, sizeof(from), "%s", parts->from);
	record_number(out, "number", parts->number);
	record_field(out, "when", date);
	write_who(out);
	record_field(out, "from", from);
	record_number(out, "families", parts->families);
	record_field(out, "backend", parts->backend);
	if (parts->cut > 0)
		record_number(out, "cut", (long long)parts->cut);
	record_field(out, "kernel", uname(&kernel) == 0 ? kernel.release : "unknown");
}

/* Writes the rules in full, or by reference to the input, whichever is shorter. */
static int write_rules(const struct generation_parts *parts, int family, struct strbuf *out)
{
	const struct strbuf *rules = parts->rules[family];
	struct strbuf coded = STRBUF_INIT;
	bool whole_lines = rules->len > 0 && rules->data[rules->len - 1] == '\n';
	int err = rules->failed ? -ENOMEM : 0;

	if (err == 0 && whole_lines)
		err = refer_encode(rules, parts->input, family, &coded);
	if (err == 0 && whole_lines && coded.len < rules->len)
		record_block(out, rule_keys[family][KEY_REFERS], coded.data, coded.len);
	else if (err == 0)
		record_block(out, rule_keys[family][KEY_PLAIN], strbuf_text(rules), rules->len);
	strbuf_free(&coded);
	return err;
}

/* Writes the complete record. */
static int write_record(const struct generation_parts *parts, struct strbuf *out)
{
	struct strbuf extras = STRBUF_INIT;
	int err = parts->input->failed ? -ENOMEM : 0;

	record_open(out, "generation", GENERATION_VERSION);
	write_notes(parts, out);
	record_block(out, "input", strbuf_text(parts->input), parts->input->len);
	for (int i = 0; err == 0 && i < FAMILIES; i++)
		if (parts->rules[i] != NULL)
			err = write_rules(parts, i, out);
	extras_write(parts->extras, &extras);
	if (extras.len > 0)
		record_block(out, "extras", extras.data, extras.len);
	record_close(out);
	if (extras.failed || out->failed)
		err = -ENOMEM;
	strbuf_free(&extras);
	return err == 0 && out->len > STATE_TEXT_MAX ? -EFBIG : err;
}

/* Changes the state to our format. A folder of a newer format must not be written to. */
static int make_format(const struct state *state)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int format = state_format(state), err = format > GENERATION_VERSION ? -EPROTONOSUPPORT : 0;

	strbuf_printf(&text, "%d\n", GENERATION_VERSION);
	if (err == 0 && format != GENERATION_VERSION)
		err = disk_write(state, state_path(state, "format", &path), &text);
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

int generation_write(const struct state *state, const struct generation_parts *parts)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT, packed = STRBUF_INIT;
	int err = write_record(parts, &text);

	if (err == 0)
		err = packed_make(strbuf_text(&text), text.len, &packed);
	if (err == 0 && packed.len > STATE_FILE_MAX)
		err = -EFBIG;
	if (err == 0)
		err = make_format(state);
	if (err == 0)
		err = disk_write(state, state_file_path(state, parts->number, STATE_NEW, &path), &packed);
	strbuf_free(&path);
	strbuf_free(&text);
	strbuf_free(&packed);
	return err;
}

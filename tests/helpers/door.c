/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * door BACKEND CALL ARGUMENT...: opens the door to this machine and makes one call.
 *
 *	save FAMILIES                    prints the rules
 *	restore FAMILIES FILE            prints for each family "loaded" or why it was refused
 *	rehearse FAMILIES FILE           the same in a scratch door, then prints the rules there
 *	get KEY | set KEY VALUE | set-save NAME | set-restore NAME FILE | generation | prepare
 *	look FAMILIES                    prints the number of nft's rules in iptables' tables, and the best CPU time to find them
 *	lock xtables|state PATH SECONDS  takes the lock, prints "locked", holds it until standard input ends
 *
 * FAMILIES: 4, 6 or 46. Status 0; 1: the call failed, and its error is on standard output; 3: not prepared, or no door.
 */
#include "base/file.h"
#include "host/door.h"
#include "host/limits.h"
#include "host/native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void report(void *ctx, const struct diag *diag)
{
	struct strbuf line = STRBUF_INIT;

	(void)ctx;
	diag_format(&line, diag);
	fprintf(stderr, "%s\n", strbuf_text(&line));
	strbuf_free(&line);
}

static int told(int err)
{
	if (err != 0)
		printf("error: %s\n", strerror(-err));
	return err != 0;
}

static enum family families_of(const char *word)
{
	return (strchr(word, '4') != NULL ? FAMILY_IPV4 : FAMILY_NONE) | (strchr(word, '6') != NULL ? FAMILY_IPV6 : FAMILY_NONE);
}

static int save(const struct door *door, enum family families, struct diag_log *log)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	int err = door->save(door->self, families, texts, log);

	for (int i = 0; i < FAMILIES; i++) {
		fputs(strbuf_text(&texts[i]), stdout);
		strbuf_free(&texts[i]);
	}
	return told(err);
}

static int restore(const struct door *door, enum family families, const char *path)
{
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct refusal refusals[FAMILIES];
	int bad = 0;

	for (int i = 0; i < FAMILIES; i++)
		if (file_read_path(path, &programs[i], 64 << 20) != 0)
			return 1;
	door->restore(door->self, families, RESTORE_FLUSH, programs, refusals);
	for (int i = 0; i < FAMILIES; i++) {
		if (refusals[i].failure != 0)
			printf("%s: error: %s\n", family_name(i), strerror(-refusals[i].failure));
		else if (refusals[i].refused)
			printf("%s: refused at line %u: %s\n", family_name(i), refusals[i].line, strbuf_text(&refusals[i].why));
		else if (family_has(families, i))
			printf("%s: loaded\n", family_name(i));
		bad = bad || refusals[i].refused;
		refusal_free(&refusals[i]);
		strbuf_free(&programs[i]);
	}
	return bad;
}

static int rehearse(const struct door *door, enum family families, const char *path, struct diag_log *log)
{
	struct door scratch;
	int err = door->scratch(door->self, true, &scratch), bad;

	if (err != 0) {
		struct strbuf hint = STRBUF_INIT;

		host_hint_namespace(err, &hint);
		printf("hint: %s\n", strbuf_text(&hint));
		strbuf_free(&hint);
		return told(err);
	}
	bad = restore(&scratch, families, path);
	if (bad == 0)
		bad = save(&scratch, families, log);
	door_close(&scratch);
	return bad;
}

static int text_call(const struct door *door, const char *call, const char *name)
{
	struct strbuf out = STRBUF_INIT;
	int err = strcmp(call, "get") == 0 ? door->setting.get(door->self, name, &out) : door->set.save(door->self, name, &out);

	if (err == 0)
		puts(strbuf_text(&out));
	strbuf_free(&out);
	return told(err);
}

static int set_restore(const struct door *door, const char *name, const char *path, struct diag_log *log)
{
	struct strbuf lines = STRBUF_INIT;
	int err = file_read_path(path, &lines, 64 << 20);

	if (err == 0)
		err = door->set.restore(door->self, name, &lines, log);
	strbuf_free(&lines);
	return told(err);
}

static int generation(const struct door *door)
{
	uint32_t number;
	int err = door->generation(door->self, &number);

	if (err == 0)
		printf("%u\n", number);
	return told(err);
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int look(enum family families)
{
	int err = 0;

	for (int i = 0; i < FAMILIES; i++) {
		struct natives natives = { .list = { 0 } };
		double best = 1e9;

		for (int tries = 0; err == 0 && family_has(families, i) && tries < 5; tries++) {
			double start = now();

			err = natives_find(&natives, i);
			best = now() - start < best ? now() - start : best;
		}
		if (err == 0 && family_has(families, i))
			printf("%s: %zu found in %.1f ms\n", family_name(i), natives.list.len, best);
		natives_free(&natives);
	}
	return told(err);
}

static int lock(const struct door *door, const char *which, const char *seconds)
{
	enum door_lock lock = strcmp(which, "state") == 0 ? DOOR_LOCK_STATE : DOOR_LOCK_XTABLES;
	int err = door->lock(door->self, lock, (unsigned)atoi(seconds));

	if (err == 0)
		puts("locked");
	fflush(stdout);
	while (err == 0 && getchar() != EOF)
		;
	return told(err);
}

/* args[0] is the call, followed by its arguments; the rest is empty. */
static int run(const struct door *door, const char *const args[static 4], struct diag_log *log)
{
	const char *call = args[0];

	if (strcmp(call, "save") == 0)
		return save(door, families_of(args[1]), log);
	if (strcmp(call, "look") == 0)
		return look(families_of(args[1]));
	if (strcmp(call, "restore") == 0)
		return restore(door, families_of(args[1]), args[2]);
	if (strcmp(call, "rehearse") == 0)
		return rehearse(door, families_of(args[1]), args[2], log);
	if (strcmp(call, "get") == 0 || strcmp(call, "set-save") == 0)
		return text_call(door, call, args[1]);
	if (strcmp(call, "set") == 0)
		return told(door->setting.set(door->self, args[1], args[2]));
	if (strcmp(call, "set-restore") == 0)
		return set_restore(door, args[1], args[2], log);
	if (strcmp(call, "generation") == 0)
		return generation(door);
	return strcmp(call, "lock") == 0 ? lock(door, args[1], args[3]) : 0;
}

int main(int argc, char *argv[])
{
	const char *args[4] = { "", "", "", "" };
	struct diag_log log = { .report = report };
	enum backend_kind kind;
	struct door door;
	int status = 3;

	if (!host_prepare(&log) || argc < 3 || !backend_parse(argv[1], &kind))
		return 3;
	for (int i = 2; i < argc && i < 6; i++)
		args[i - 2] = argv[i];
	if (door_open(&door, kind, args[2], NULL, NULL, &log))
		status = run(&door, args, &log);
	door_close(&door);
	if (fclose(stdout) != 0)
		status = 1;
	return status;
}

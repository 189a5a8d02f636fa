/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/sets.h"
#include "host/spawn.h"
#include "text/token.h"

#include <errno.h>
#include <string.h>

/* Seconds after which ipset is assumed to hang and is killed. */
enum { IPSET_LIMIT = 300 };

static void run_ipset(const struct netns *netns, const int *held, const char *command, const char *name,
		      const struct strbuf *lines, struct spawn *spawn)
{
	*spawn = (struct spawn)SPAWN_INIT;
	spawn->argv[0] = "ipset";
	spawn->argv[1] = command;
	spawn->argv[2] = name;
	spawn->netns = netns;
	spawn->held = held;
	spawn->input = lines;
	spawn->limit = IPSET_LIMIT;
	spawn_run(spawn, 1);
}

/* Why it failed, derived from its messages. 0 or -errno. */
static int reason_of(const struct spawn *spawn)
{
	const char *words = strbuf_text(&spawn->err);

	if (spawn->failure != 0)
		return spawn->failure == -ENOENT ? -ENOSYS : spawn->failure;
	if (spawn->status == 0)
		return 0;
	if (strstr(words, "does not exist") != NULL)
		return -ENOENT;
	return strstr(words, "Operation not permitted") != NULL ? -EPERM : -EIO;
}

int ipset_save(const struct netns *netns, const char *name, struct strbuf *out)
{
	struct spawn spawn;
	int err;

	if (name != NULL && (name[0] == '-' || name[0] == '\0'))
		return -EINVAL;
	run_ipset(netns, NULL, "save", name, NULL, &spawn);
	err = reason_of(&spawn);
	if (err == 0)
		strbuf_take(out, &spawn.out);
	spawn_free(&spawn);
	return err;
}

static void report(const struct spawn *spawn, const char *name, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;

	if (spawn->failure == -ENOENT)
		strbuf_puts(&text, "ipset is not installed");
	else if (spawn_good(spawn))
		strbuf_puts(&text, "ipset printed something instead of changing the set");
	else
		spawn_tell(spawn, &text);
	diag_add(log, DIAG_LOAD, NULL, NULL, "set %s: %s", name, strbuf_text(&text));
	strbuf_free(&text);
}

int ipset_restore(const struct netns *netns, const int *held, const char *name, const struct strbuf *lines,
		  struct diag_log *log)
{
	struct spawn spawn;
	int err;

	run_ipset(netns, held, "restore", NULL, lines, &spawn);
	err = spawn.failure == -ENOENT ? -ENOSYS : spawn_good(&spawn) && spawn.out.len == 0 ? 0 : -EIO;
	if (err == -EIO && strstr(strbuf_text(&spawn.err), "in use") != NULL)
		err = -EBUSY;
	if (err != 0)
		report(&spawn, name, log);
	spawn_free(&spawn);
	return err;
}

bool sets_save(struct strbuf *out, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;
	struct spawn spawn;
	bool good;

	run_ipset(NULL, NULL, "save", NULL, NULL, &spawn);
	good = spawn_good(&spawn);
	spawn_tell(&spawn, &text);
	if (!good)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s", strbuf_text(&text));
	strbuf_take(out, &spawn.out);
	strbuf_free(&text);
	spawn_free(&spawn);
	return good;
}

/* Can `ipset restore' read this line? `ipset save' does not escape blanks and quotes in names. */
static bool is_readable(const char *line, size_t len)
{
	struct token verb = token_after(line, len, 0), name = token_next(line, len, &verb), type = token_next(line, len, &name);

	return token_is(&verb, "create") && memchr(type.text, ':', type.len) != NULL && memchr(name.text, '"', name.len) == NULL &&
	       memchr(name.text, '\\', name.len) == NULL && name.text[0] != '-';
}

/* Creates the sets one by one, so that one failure does not prevent the others. */
static void mirror_each(const struct strbuf *lines, const struct netns *netns)
{
	for (const char *line = strbuf_text(lines); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct strbuf one = STRBUF_INIT;
		struct spawn spawn;

		strbuf_add(&one, line, len + (line[len] == '\n'));
		run_ipset(netns, NULL, "restore", "-exist", &one, &spawn);
		spawn_free(&spawn);
		strbuf_free(&one);
		line += len + (line[len] == '\n');
	}
}

void sets_mirror(const struct strbuf *saved, const struct netns *netns)
{
	struct strbuf lines = STRBUF_INIT;
	struct spawn spawn;

	for (const char *line = strbuf_text(saved); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (is_readable(line, len)) {
			strbuf_add(&lines, line, len);
			strbuf_putc(&lines, '\n');
		}
		line += len + (line[len] == '\n');
	}
	if (lines.len > 0) {
		run_ipset(netns, NULL, "restore", NULL, &lines, &spawn);
		if (!spawn_good(&spawn))
			mirror_each(&lines, netns);
		spawn_free(&spawn);
	}
	strbuf_free(&lines);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/backend.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool line_says(const char *line, size_t len, const char *words)
{
	return memmem(line, len, words, strlen(words)) != NULL;
}

/* The comment in which iptables-save says that it omits a table; NULL: none. */
static const char *native_note(const struct strbuf *out, size_t *len)
{
	const char *line = strbuf_text(out), *end = line + out->len;

	for (; line < end; line += *len + 1) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		*len = (size_t)((newline != NULL ? newline : end) - line);
		if (line[0] == '#' && (line_says(line, *len, " is incompatible, use 'nft' tool.") ||
				       line_says(line, *len, " contains incompatible base-chains, use 'nft' tool")))
			return line;
	}
	return NULL;
}

const char *saver_left_out(const struct strbuf *text, size_t *len)
{
	const char *note = native_note(text, len);

	if (note == NULL)
		return NULL;
	*len -= 2;
	return note + 2;
}

/*
 * Are there rules that only nft can show? iptables-nft-save then omits the table and says so in a comment, with status
 * 0, or stops in the middle of the table.
 */
static bool is_native(const struct spawn *spawn, struct diag_log *log)
{
	size_t len;
	const char *note = native_note(&spawn->out, &len);
	const char *table_end = note != NULL ? memchr(note, '\'', len) : NULL;

	if (note == NULL && strstr(strbuf_text(&spawn->err), "Parsing nftables rule failed") == NULL)
		return false;
	diag_add(log, DIAG_SYSTEM, NULL, NULL,
		 "%.*s contains rules made with nft, which %s cannot show; remove them, or put them in a table of their own",
		 table_end != NULL ? (int)(table_end + 1 - note - 2) : 7, table_end != NULL ? note + 2 : "a table",
		 spawn->argv[0]);
	return true;
}

/* What is wrong with the output, for people; NULL: every table is complete. */
static const char *find_fault(const struct strbuf *out)
{
	bool open = false;

	if (memchr(strbuf_text(out), '\0', out->len) != NULL)
		return "a zero byte";
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		return "half a line at its end";
	for (const char *line = strbuf_text(out); *line != '\0'; line += strcspn(line, "\n") + 1) {
		if (*line == '*' && open)
			return "a table without COMMIT";
		if (*line == '*')
			open = true;
		else if (strncmp(line, "COMMIT\n", 7) == 0 && open)
			open = false;
		else if (*line != '#' && *line != '\n' && !open)
			return "a line that belongs to no table";
	}
	return open ? "a table without COMMIT" : NULL;
}

/*
 * Appends the names of the tables of the legacy backend, one a line, in the namespace in which iptables-save runs. 0 or
 * -errno.
 */
static int legacy_tables(const struct backend *backend, int family, struct strbuf *names)
{
	static const char *const paths[FAMILIES] = { "/proc/thread-self/net/ip_tables_names",
						     "/proc/thread-self/net/ip6_tables_names" };
	const struct netns *netns = backend->netns != NULL ? &backend->netns[family] : NULL;
	int err = netns != NULL ? netns_enter(netns) : 0;

	if (err == 0)
		err = file_read_path(paths[family], names, 65536);
	if (netns != NULL && netns_leave(netns) != 0)
		err = -EXDEV;
	return err == -ENOENT ? 0 : err; /* -ENOENT: the kernel has none */
}

/* Is each of the tables in the output? iptables-legacy-save silently omits those that it may not see. */
static bool has_tables(const struct strbuf *out, const struct strbuf *names, const struct spawn *spawn, struct diag_log *log)
{
	for (const char *name = strbuf_text(names); *name != '\0';) {
		size_t len = strcspn(name, "\n");
		bool found = false;

		for (const char *line = strbuf_text(out); !found && *line != '\0';) {
			size_t width = strcspn(line, "\n");

			found = *line == '*' && width == len + 1 && memcmp(line + 1, name, len) == 0;
			line += width + (line[width] == '\n');
		}
		if (!found) {
			diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s omits table %.*s", spawn->argv[0], (int)len, name);
			return false;
		}
		name += len + (name[len] == '\n');
	}
	return true;
}

static bool saver_failed(const struct spawn *spawn, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;
	const char *fault;

	spawn_tell(spawn, &text);
	fault = text.len == 0 ? find_fault(&spawn->out) : NULL;
	if (text.len > 0)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s", strbuf_text(&text));
	else if (fault != NULL)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "the output of %s is incomplete: it has %s", spawn->argv[0], fault);
	strbuf_free(&text);
	return !spawn_good(spawn) || fault != NULL;
}

/* In a user namespace, iptables-legacy may not list the tables, but it may save each. */
static enum save_result save_each(const struct backend *backend, int family, const struct strbuf *only,
				  struct strbuf *text, struct diag_log *log)
{
	enum save_result result = SAVE_DONE;

	for (const char *name = strbuf_text(only); *name != '\0' && result == SAVE_DONE;) {
		struct spawn spawn;
		size_t len = strcspn(name, "\n");
		char table[32];

		snprintf(table, sizeof(table), "%.*s", (int)len, name);
		backend_spawn(backend, family, backend->save[family], &spawn);
		spawn.argv[1] = "-c";
		spawn.argv[2] = "-t";
		spawn.argv[3] = table;
		spawn_run(&spawn, 1);
		if (saver_failed(&spawn, log))
			result = SAVE_FAILED;
		strbuf_take(text, &spawn.out);
		spawn_free(&spawn);
		name += len + (name[len] == '\n');
	}
	return result;
}

bool backend_save_tables(const struct backend *backend, int family, const struct strbuf *names, struct strbuf *text)
{
	struct diag_log silent = { .report = NULL };

	return save_each(backend, family, names, text, &silent) == SAVE_DONE;
}

static enum save_result worse(enum save_result one, enum save_result other)
{
	return one > other ? one : other;
}

/*
 * Takes the output of an iptables-save that has ended, if it is complete. tables_err: the list of tables could not be
 * read.
 */
static enum save_result take_saved(const struct backend *backend, struct spawn *spawn, const struct strbuf *tables,
				   int tables_err, struct strbuf *text, struct diag_log *log)
{
	if (spawn->failure == 0 && backend->kind == BACKEND_NFT && is_native(spawn, log))
		return SAVE_NATIVE;
	if (saver_failed(spawn, log))
		return spawn->failure == -EBUSY ? SAVE_BUSY : SAVE_FAILED;
	if (tables_err != 0) {
		diag_system(log, tables_err, "reading which tables %s must show", spawn->argv[0]);
		return SAVE_FAILED;
	}
	if (!has_tables(&spawn->out, tables, spawn, log))
		return SAVE_FAILED;
	strbuf_take(text, &spawn->out);
	return SAVE_DONE;
}

enum save_result backend_save(const struct backend *backend, enum family families, const struct strbuf *only,
			      struct strbuf text[FAMILIES], struct diag_log *log)
{
	struct spawn spawns[FAMILIES];
	struct strbuf tables[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	enum save_result result = SAVE_DONE;
	int which[FAMILIES], errs[FAMILIES] = { 0, 0 };
	size_t count = 0;

	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		if (backend->kind == BACKEND_LEGACY)
			errs[i] = legacy_tables(backend, i, &tables[i]);
		if (errs[i] == -EACCES && only != NULL) {
			result = worse(result, save_each(backend, i, &only[i], &text[i], log));
			continue;
		}
		which[count] = i;
		backend_spawn(backend, i, backend->save[i], &spawns[count]);
		spawns[count++].argv[1] = "-c";
	}
	spawn_run(spawns, count);
	for (size_t n = 0; n < count; n++) {
		int i = which[n];

		result = worse(result, take_saved(backend, &spawns[n], &tables[i], errs[i], &text[i], log));
		spawn_free(&spawns[n]);
	}
	for (int i = 0; i < FAMILIES; i++)
		strbuf_free(&tables[i]);
	return result;
}

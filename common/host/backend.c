/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/backend.h"
#include "base/file.h"
#include "host/nftgen.h"
#include "ruletext/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const kind_names[] = { [BACKEND_AUTO] = "auto", [BACKEND_NFT] = "nft", [BACKEND_LEGACY] = "legacy" };
static const char *const family_prefix[FAMILIES] = { "iptables", "ip6tables" };

bool backend_parse(const char *name, enum backend_kind *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*kind = (enum backend_kind)i;
			return true;
		}
	}
	return false;
}

const char *backend_name(enum backend_kind kind)
{
	return kind_names[kind];
}

/* iptables is one program a kind, and all its names are links to it; BACKEND_AUTO: this one is another file. */
static enum backend_kind kind_of_file(const char *program)
{
	static const char *const files[] = { [BACKEND_NFT] = "/xtables-nft-multi", [BACKEND_LEGACY] = "/xtables-legacy-multi" };
	struct strbuf path = STRBUF_INIT;
	char *file = spawn_find(program, &path) == 0 ? realpath(strbuf_text(&path), NULL) : NULL;
	enum backend_kind kind = BACKEND_AUTO;

	for (size_t i = BACKEND_NFT; file != NULL && i < ARRAY_LEN(files); i++)
		if (strcmp(strrchr(file, '/'), files[i]) == 0)
			kind = (enum backend_kind)i;
	free(file);
	strbuf_free(&path);
	return kind;
}

/* What kind a restore program is, by its file or, a start of it later, by its word; BACKEND_AUTO: it is not there, or neither. */
static enum backend_kind kind_of(const char *program)
{
	struct spawn spawn = SPAWN_INIT;
	enum backend_kind kind = kind_of_file(program);

	if (kind != BACKEND_AUTO)
		return kind;
	spawn.argv[0] = program;
	spawn.argv[1] = "-V";
	spawn_run(&spawn, 1);
	if (spawn_good(&spawn) && strstr(strbuf_text(&spawn.out), "(nf_tables)") != NULL)
		kind = BACKEND_NFT;
	else if (spawn_good(&spawn) && strstr(strbuf_text(&spawn.out), "(legacy)") != NULL)
		kind = BACKEND_LEGACY;
	spawn_free(&spawn);
	return kind;
}

/* The names with the kind in them where they exist, else the plain ones where they are of that kind. */
static bool find_programs(struct backend *backend)
{
	char name[32];
	bool named;

	snprintf(name, sizeof(name), "iptables-%s-restore", kind_names[backend->kind]);
	named = kind_of(name) == backend->kind;
	for (int i = 0; i < FAMILIES; i++) {
		const char *kind = named ? kind_names[backend->kind] : "", *dash = named ? "-" : "";

		snprintf(backend->restore[i], sizeof(backend->restore[i]), "%s-%s%srestore", family_prefix[i], kind, dash);
		snprintf(backend->save[i], sizeof(backend->save[i]), "%s-%s%ssave", family_prefix[i], kind, dash);
	}
	return named || kind_of(backend->restore[0]) == backend->kind;
}

/* Without locks of their own the two families would wait for each other. */
static bool make_lock_files(struct backend *backend)
{
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		int fd = memfd_create("xtables.lock", MFD_CLOEXEC);

		backend->lock_fd[i] = fd;
		snprintf(backend->lock_file[i], sizeof(backend->lock_file[i]), "/proc/%d/fd/%d", (int)getpid(), fd);
		good = good && fd >= 0;
	}
	return good;
}

bool backend_find(struct backend *backend, enum backend_kind wanted, struct diag_log *log)
{
	*backend = (struct backend){ .kind = wanted, .lock_fd = { -1, -1 } };
	if (wanted == BACKEND_AUTO)
		backend->kind = kind_of("iptables-restore");
	if (backend->kind == BACKEND_AUTO) {
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "iptables-restore does not answer -V: is iptables installed?");
		return false;
	}
	if (!find_programs(backend)) {
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "iptables-%s-restore is not installed", kind_names[wanted]);
		return false;
	}
	if (!make_lock_files(backend)) {
		diag_system(log, errno, "a lock file for iptables-restore");
		return false;
	}
	return true;
}

bool backend_other(struct backend *other, const struct backend *backend)
{
	*other = (struct backend){ .lock_fd = { -1, -1 } };
	other->kind = backend->kind == BACKEND_NFT ? BACKEND_LEGACY : BACKEND_NFT;
	return find_programs(other) && make_lock_files(other);
}

void backend_free(struct backend *backend)
{
	for (int i = 0; i < FAMILIES; i++) {
		if (backend->lock_fd[i] >= 0)
			close(backend->lock_fd[i]);
		backend->lock_fd[i] = -1;
	}
}

static bool line_says(const char *line, size_t len, const char *words)
{
	return memmem(line, len, words, strlen(words)) != NULL;
}

/* The comment in which a saver says that it leaves a table out; NULL: none. */
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

/*
 * Rules that only nft can say. The saver then leaves the table out and says so in a comment, with
 * status 0, or stops in the middle of it.
 */
static enum save_result check_native(const char *program, const struct spawn *spawn, struct diag_log *log)
{
	size_t len;
	const char *note = native_note(&spawn->out, &len);
	const char *table_end = note != NULL ? memchr(note, '\'', len) : NULL;

	if (note == NULL && strstr(strbuf_text(&spawn->err), "Parsing nftables rule failed") == NULL)
		return SAVE_DONE;
	diag_add(log, DIAG_SYSTEM, NULL, NULL,
		 "%.*s holds rules made with nft, which %s cannot tell; remove them, or put them in a table of their own",
		 table_end != NULL ? (int)(table_end + 1 - note - 2) : 7, table_end != NULL ? note + 2 : "a table", program);
	return SAVE_NATIVE;
}

static bool saver_failed(const struct spawn *spawn, struct diag_log *log)
{
	if (spawn->failure != 0)
		diag_system(log, spawn->failure, "%s", spawn->argv[0]);
	else if (spawn->status != 0)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s ended with status %d: %.*s", spawn->argv[0], spawn->status,
			 (int)strcspn(strbuf_text(&spawn->err), "\n"), strbuf_text(&spawn->err));
	return !spawn_good(spawn);
}

static void place_child(const struct backend *backend, int family, struct spawn *spawn)
{
	spawn->lock_file = backend->lock_file[family];
	spawn->tick = backend->tick;
	spawn->tick_arg = backend->tick_arg;
	spawn->netns = backend->netns != NULL ? &backend->netns[family] : NULL;
}

/* Legacy without root may not read which tables there are, yet may save each. */
static enum save_result save_each(const struct backend *backend, int family, const char *const *only,
				  struct strbuf *text, struct diag_log *log)
{
	enum save_result result = SAVE_DONE;

	for (; *only != NULL && result == SAVE_DONE; only++) {
		struct spawn spawn = SPAWN_INIT;
		const char *const argv[] = { backend->save[family], "-c", "-t", *only };

		memcpy(spawn.argv, argv, sizeof(argv));
		place_child(backend, family, &spawn);
		spawn_run(&spawn, 1);
		strbuf_take(text, &spawn.out);
		if (saver_failed(&spawn, log))
			result = SAVE_FAILED;
		spawn_free(&spawn);
	}
	return result;
}

static enum save_result saved(const struct backend *backend, int family, const char *const *only,
			      struct spawn *spawn, struct strbuf *text, struct diag_log *log)
{
	if (only != NULL && spawn->failure == 0 && spawn->status != 0 && backend->kind == BACKEND_LEGACY)
		return save_each(backend, family, only, text, log);
	if (spawn->failure == 0 && check_native(backend->save[family], spawn, log) == SAVE_NATIVE)
		return SAVE_NATIVE;
	if (saver_failed(spawn, log))
		return SAVE_FAILED;
	strbuf_take(text, &spawn->out);
	return SAVE_DONE;
}

enum save_result backend_save(const struct backend *backend, enum family families, const char *const *only,
			      struct strbuf text[FAMILIES], struct diag_log *log)
{
	struct spawn spawns[FAMILIES];
	enum save_result result = SAVE_DONE;
	size_t count = 0;
	int which[FAMILIES];

	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		which[count] = i;
		spawns[count] = (struct spawn)SPAWN_INIT;
		spawns[count].argv[0] = backend->save[i];
		spawns[count].argv[1] = "-c";
		place_child(backend, i, &spawns[count++]);
	}
	spawn_run(spawns, count);
	for (size_t n = 0; n < count; n++) {
		enum save_result one = saved(backend, which[n], only, &spawns[n], &text[which[n]], log);

		if (one != SAVE_DONE && result != SAVE_NATIVE)
			result = one;
		spawn_free(&spawns[n]);
	}
	return result;
}

static bool no_legacy_tables(void)
{
	static const char *const names[FAMILIES] = { "/proc/self/net/ip_tables_names", "/proc/self/net/ip6_tables_names" };
	bool none = true;

	for (int i = 0; i < FAMILIES; i++) {
		struct strbuf text = STRBUF_INIT;
		int err = file_read_path(names[i], &text, 4096);

		none = none && (err == -ENOENT || (err == 0 && text.len == 0));
		strbuf_free(&text);
	}
	return none;
}

bool backend_untouched(enum backend_kind kind)
{
	uint32_t generation;

	if (kind == BACKEND_LEGACY)
		return no_legacy_tables();
	return kind == BACKEND_NFT && nftgen_read(&generation) == 0 && generation <= 1;
}

bool backend_in_use(const struct backend *backend)
{
	struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct diag_log silent = { .report = NULL };
	bool used = false;

	/* What a saver could not read counts as empty: legacy without its modules, for one. */
	(void)!backend_save(backend, FAMILY_BOTH, NULL, text, &silent);
	for (int i = 0; i < FAMILIES; i++) {
		struct text_rules rules;

		used = (rules_read(&rules, backend->save[i], strbuf_text(&text[i]), text[i].len, &silent) &&
			!rules_blank(&rules)) ||
		       used;
		rules_free(&rules);
		strbuf_free(&text[i]);
	}
	return used;
}

const char *backend_conflict(enum backend_kind kind)
{
	static const char *const names[] = { [BACKEND_NFT] = "iptables-nft-restore", [BACKEND_LEGACY] = "iptables-legacy-restore" };
	enum backend_kind other_kind = kind == BACKEND_NFT ? BACKEND_LEGACY : BACKEND_NFT;
	struct backend us = { .kind = kind, .lock_fd = { -1, -1 } }, other = { .lock_fd = { -1, -1 } };
	bool used = !backend_untouched(other_kind) && backend_other(&other, &us) && backend_in_use(&other);

	backend_free(&other);
	return used ? names[other_kind] : NULL;
}

static void restore_arguments(struct spawn *spawn, const char *program, enum restore_mode mode)
{
	size_t n = 0;

	spawn->argv[n++] = program;
	if (mode != RESTORE_FLUSH)
		spawn->argv[n++] = "--counters";
	if (mode == RESTORE_CHANGE)
		spawn->argv[n++] = "--noflush";
	spawn->argv[n] = NULL;
}

static void hold(struct spawn *spawn, enum backend_kind kind, const struct restore *restore)
{
	const char *commit = strstr(spawn->input, "\nCOMMIT\n");

	spawn->hold = commit != NULL ? (size_t)(commit + 1 - spawn->input) : 0;
	spawn->turn = restore->turn;
	spawn->wide = kind == BACKEND_LEGACY;
	spawn->turn_arg = restore->arg;
}

void backend_restore(const struct backend *backend, enum family families, enum restore_mode mode,
		     struct restore restores[FAMILIES])
{
	struct spawn spawns[FAMILIES];
	size_t count = 0;
	int which[FAMILIES];

	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		which[count] = i;
		spawns[count] = (struct spawn)SPAWN_INIT;
		restore_arguments(&spawns[count], backend->restore[i], mode);
		place_child(backend, i, &spawns[count]);
		spawns[count].held = backend->held;
		spawns[count].input = restores[i].text != NULL ? restores[i].text : "";
		spawns[count].input_len = restores[i].len;
		if (restores[i].turn != NULL)
			hold(&spawns[count], backend->kind, &restores[i]);
		spawns[count].finished = restores[i].finished;
		spawns[count].finished_arg = restores[i].arg;
		count++;
	}
	spawn_run(spawns, count);
	for (size_t n = 0; n < count; n++) {
		struct refusal *refusal = &restores[which[n]].refusal;

		restores[which[n]].stopped = spawns[n].stopped;
		refusal->refused = !spawn_good(&spawns[n]) && !spawns[n].stopped;
		refusal->failure = spawns[n].failure;
		if (refusal->failure == 0 && refusal->refused)
			refusal_read(refusal, strbuf_text(&spawns[n].err));
		if (refusal->failure == 0 && refusal->refused && refusal->why.len == 0)
			strbuf_printf(&refusal->why, "%s ended with status %d", spawns[n].argv[0], spawns[n].status);
		spawn_free(&spawns[n]);
	}
}

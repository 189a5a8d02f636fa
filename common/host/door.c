/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/door.h"
#include "host/lock.h"
#include "host/modules.h"
#include "host/native.h"
#include "host/nftgen.h"
#include "host/rivals.h"
#include "host/sets.h"
#include "host/sysctl.h"
#include "model/canon.h"
#include "ruletext/program.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How often to run iptables-nft-save while other programs change the rules and make it fail. */
enum { SAVE_TRIES = 10 };

/* The door to this machine, or the scratch door, which has namespaces of its own. */
struct real {
	struct backend backend;
	char *lock_path;                /* owned; NULL: none given */
	int locks[DOOR_LOCKS];          /* owned; -1: not held */
	enum family warned;             /* families for which natives_warn has been called */
	struct nftgen nftgen;
	enum family looked;             /* families without objects made with nft ... */
	uint32_t looked_at;             /* ... at this generation of nf_tables, advanced by our own commits */
	struct rivals rivals;           /* not used by a scratch door */
	void (*tick)(void *arg);        /* NULL: none */
	void *tick_arg;                 /* borrowed */
	struct netns netns[FAMILIES];   /* owned; only of a scratch door */
	struct strbuf tables[FAMILIES]; /* owned; only of a scratch door: names of the tables loaded there, one a line */
};

static bool is_scratch(const struct real *real)
{
	return real->backend.netns != NULL;
}

static int generation(void *self, uint32_t *number)
{
	struct real *real = self;

	*number = 0;
	if (real->backend.kind == BACKEND_LEGACY)
		return 0;
	return is_scratch(real) ? -ENOTSUP : nftgen_ask(&real->nftgen, number);
}

static bool mark(void *self, uint32_t number, struct strbuf *out)
{
	const struct real *real = self;

	return real->backend.kind == BACKEND_NFT && !is_scratch(real) && nftgen_mark(number, out);
}

static enum spawn_pace watch(void *self, long long elapsed)
{
	struct real *real = self;

	if (real->tick != NULL)
		real->tick(real->tick_arg);
	return rivals_watch(&real->rivals, elapsed);
}

static enum save_result save_once(struct real *real, enum family families, struct strbuf texts[FAMILIES],
				  struct diag_log *log)
{
	struct strbuf now[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	enum save_result result;

	rivals_begin(&real->rivals);
	result = backend_save(&real->backend, families, is_scratch(real) ? real->tables : NULL, now, log);

	for (int i = 0; i < FAMILIES; i++) {
		if (result == SAVE_DONE)
			strbuf_take(&texts[i], &now[i]);
		strbuf_free(&now[i]);
	}
	return result;
}

/* Warns once a door, because a load reads the rules more than once. */
static void warn_once(struct real *real, enum family families, struct diag_log *log)
{
	families &= ~real->warned;
	if (is_scratch(real) || families == FAMILY_NONE)
		return;
	natives_warn(families, DIAG_LOAD_WARNING, log);
	real->warned |= families;
}

/* Notes that these families contain no objects made with nft; true until somebody else commits. */
static void note_look(struct real *real, enum family families, uint32_t before)
{
	uint32_t after;

	if (is_scratch(real) || generation(real, &after) != 0 || after != before)
		return;
	real->looked = real->looked_at == before ? real->looked | families : families;
	real->looked_at = before;
}

/*
 * Makes one attempt to read the rules, at generation `before`, and checks whether iptables-save can show all of them.
 * *err is the answer, set only with SAVE_DONE.
 */
static enum save_result save_and_look(struct real *real, enum family families, uint32_t before,
				      struct strbuf texts[FAMILIES], int *err)
{
	enum family seen = before == real->looked_at ? real->looked : FAMILY_NONE;
	struct diag_log silent = { .report = NULL };
	struct natives_look look;
	enum save_result result;

	natives_begin(&look, is_scratch(real) ? FAMILY_NONE : families & ~seen);
	result = save_once(real, families, texts, &silent);
	if (result == SAVE_DONE)
		*err = natives_check(&look, &real->backend, texts, &silent);
	else
		natives_drop(&look);
	return result;
}

/* What others commit to nf_tables while we read. */
struct meanwhile {
	struct mnl_socket *watch; /* NULL: not known */
	uint32_t before;
};

enum moved { MOVED_NOT, MOVED_LIKE_IPTABLES, MOVED };

static bool meanwhile_begin(struct real *real, struct meanwhile *meanwhile)
{
	*meanwhile = (struct meanwhile){ .watch = is_scratch(real) ? NULL : natives_watch() };
	return generation(real, &meanwhile->before) == 0;
}

/*
 * If all that others committed is such as iptables makes it, iptables-save has shown it as it is. If not, nft may have
 * added a rule after we looked, which iptables-save shows as one that matches more.
 */
static enum moved meanwhile_end(struct real *real, struct meanwhile *meanwhile)
{
	enum moved moved = MOVED;
	uint32_t after;

	if (generation(real, &after) == 0)
		moved = after == meanwhile->before ? MOVED_NOT :
			natives_unchanged(meanwhile->watch, meanwhile->before, after) ? MOVED_LIKE_IPTABLES : MOVED;
	if (meanwhile->watch != NULL)
		mnl_socket_close(meanwhile->watch);
	return moved;
}

/*
 * Reports why an attempt failed, although nf_tables did not change meanwhile: objects made with nft with their place,
 * else the message of iptables-save, which runs once more. Where nothing is wrong any more, -EBUSY.
 */
static int explain(struct real *real, enum family families, struct diag_log *log)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	enum save_result result = SAVE_DONE;
	int err = 0;

	if (!is_scratch(real))
		err = natives_look(&real->backend, families, texts, log);
	if (err == 0)
		result = save_once(real, families, texts, log);
	for (int i = 0; i < FAMILIES; i++)
		strbuf_free(&texts[i]);
	if (err != 0)
		return err;
	return result == SAVE_NATIVE ? -EBADMSG : result == SAVE_FAILED ? -EIO : -EBUSY;
}

enum save_try { TRY_GOOD, TRY_FAILED, TRY_BUSY, TRY_MOVED };

/*
 * A failure counts only if nobody committed: a chain may have disappeared while iptables-save read. *err is that of
 * save_and_look.
 */
static enum save_try try_save(struct real *real, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log, int *err)
{
	struct meanwhile meanwhile;
	enum save_result result = SAVE_FAILED;
	enum moved moved;

	*err = 0;
	if (meanwhile_begin(real, &meanwhile))
		result = save_and_look(real, families, meanwhile.before, texts, err);
	moved = meanwhile_end(real, &meanwhile);
	if (result == SAVE_BUSY)
		return TRY_BUSY;
	if (result == SAVE_DONE && *err == 0 && moved != MOVED) {
		warn_once(real, families, log);
		note_look(real, families, meanwhile.before);
		return TRY_GOOD;
	}
	*err = result == SAVE_DONE ? *err : 0;
	return moved == MOVED_NOT ? TRY_FAILED : TRY_MOVED;
}

static void reset(struct strbuf texts[FAMILIES])
{
	for (int i = 0; i < FAMILIES; i++)
		strbuf_reset(&texts[i]);
}

static int save_steady(struct real *real, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	for (int tries = 0; tries < SAVE_TRIES; tries++) {
		int err;
		enum save_try attempt = try_save(real, families, texts, log, &err);

		if (attempt == TRY_GOOD)
			return 0;
		if (attempt == TRY_BUSY)
			break;
		if (attempt == TRY_FAILED) {
			err = err != 0 ? natives_look(&real->backend, families, texts, log) : explain(real, families, log);
			if (err != 0 && err != -EBUSY)
				return err;
		}
		reset(texts);
	}
	return -EBUSY;
}

static int save(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	struct real *real = self;
	uint32_t before;
	enum save_result result;

	if (!is_scratch(real) && backend_untouched(real->backend.kind))
		return 0;
	if (real->backend.kind == BACKEND_NFT && generation(real, &before) == 0)
		return save_steady(real, families, texts, log);
	result = save_once(real, families, texts, log);
	return result == SAVE_DONE ? 0 : result == SAVE_NATIVE ? -EBADMSG : result == SAVE_BUSY ? -EBUSY : -EIO;
}

static int save_around(void *self, int family, const struct around *around, struct strbuf texts[FAMILIES],
		       bool *passed, struct diag_log *log)
{
	struct real *real = self;
	struct diag_log silent = { .report = NULL };
	int err = save(self, family_bit(family), texts, &silent);

	if (err == 0 || err == -EBUSY)
		return err;
	reset(texts);
	if (err != -EBADMSG || real->backend.kind == BACKEND_LEGACY || is_scratch(real))
		return save(self, family_bit(family), texts, log); /* passing over tables mends nothing: fail again, with messages */
	for (int tries = 0; tries < SAVE_TRIES; tries++) {
		struct meanwhile meanwhile;
		bool good = meanwhile_begin(real, &meanwhile);

		reset(texts);
		err = around_save(&real->backend, family, around, &texts[family]);
		if (meanwhile_end(real, &meanwhile) != MOVED && good) {
			*passed = err == 0;
			return err;
		}
	}
	reset(texts);
	return -EBUSY;
}

static enum family clear(void *self, const struct clearing *clearing, struct diag_log *log)
{
	const struct real *real = self;

	if (real->backend.kind == BACKEND_LEGACY || is_scratch(real) || backend_untouched(real->backend.kind))
		return FAMILY_NONE;
	return natives_clear(&real->backend, clearing, log);
}

static int canon(void *self, enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
		 struct diag_log *log)
{
	(void)self;
	return canon_saved(families, texts, out, log) ? 0 : -EIO;
}

/* Notes the names of the tables that a program loads: in a user namespace the kernel does not list them. */
static void note_tables(const struct strbuf *program, struct strbuf *tables)
{
	for (const char *line = strbuf_text(program); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct strbuf name = STRBUF_INIT;

		if (*line == '*')
			strbuf_add(&name, line + 1, len - 1);
		strbuf_putc(&name, '\n');
		if (*line == '*' && strstr(strbuf_text(tables), strbuf_text(&name)) == NULL)
			strbuf_add(tables, strbuf_text(&name), name.len);
		strbuf_free(&name);
		line += len + (line[len] == '\n');
	}
}

static void restore(void *self, enum family families, enum restore_mode mode, const struct strbuf programs[FAMILIES],
		    struct refusal refusals[FAMILIES])
{
	struct real *real = self;

	rivals_begin(&real->rivals);
	backend_restore(&real->backend, families, mode, programs, refusals);
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i) && refusals[i].refused)
			real->looked = FAMILY_NONE;
		else if (family_has(families, i) && is_scratch(real))
			note_tables(&programs[i], &real->tables[i]);
		else if (family_has(families, i))
			real->looked_at += program_commits(&programs[i]);
}

/* A scratch door has no settings: a load must not change them there. */
static int setting_get(void *self, const char *key, struct strbuf *value)
{
	return is_scratch(self) ? -ENOTSUP : sysctl_read(key, value);
}

static int setting_set(void *self, const char *key, const char *value)
{
	return is_scratch(self) ? -ENOTSUP : sysctl_write(key, value);
}

static bool setting_writable(void *self, const char *key)
{
	return !is_scratch(self) && sysctl_writable(key);
}

static int setting_followers(void *self, const char *key, struct strbuf *keys)
{
	return is_scratch(self) ? 0 : sysctl_followers(key, keys);
}

static int set_save(void *self, const char *name, struct strbuf *out)
{
	const struct real *real = self;

	return ipset_save(real->backend.netns, name, out);
}

/* A scratch door has a namespace for each family, and the rules of both may use a set. */
static int set_restore(void *self, const char *name, const struct strbuf *lines, struct diag_log *log)
{
	const struct real *real = self;
	const int *held = real->backend.held;
	int err = ipset_restore(real->backend.netns, held, name, lines, log);

	return err == 0 && is_scratch(real) ? ipset_restore(real->backend.netns + 1, held, name, lines, log) : err;
}

static int take_lock(void *self, enum door_lock lock, unsigned seconds)
{
	struct real *real = self;
	int fd = -1;

	if (real->locks[lock] >= 0 || is_scratch(real))
		return 0;
	if (lock == DOOR_LOCK_STATE)
		fd = real->lock_path != NULL ? lock_file(real->lock_path, seconds) : -EINVAL;
	else if (real->backend.kind == BACKEND_LEGACY)
		fd = lock_xtables(seconds);
	else
		return 0;
	if (fd < 0)
		return fd;
	real->locks[lock] = fd;
	return 0;
}

static void unlock(void *self)
{
	struct real *real = self;

	for (int i = 0; i < DOOR_LOCKS; i++) {
		if (real->locks[i] >= 0)
			close(real->locks[i]);
		real->locks[i] = -1;
	}
}

static long long clock_now(void *self)
{
	struct timespec now;

	(void)self;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void close_door(void *self)
{
	struct real *real = self;

	unlock(real);
	nftgen_close(&real->nftgen);
	for (int i = 0; i < FAMILIES; i++) {
		netns_free(&real->netns[i]);
		strbuf_free(&real->tables[i]);
	}
	backend_free(&real->backend);
	free(real->lock_path);
	free(real);
}

static int open_scratch(void *self, bool may_move, struct door *out);

static const struct door functions = {
	.save = save,
	.save_around = save_around,
	.clear = clear,
	.canon = canon,
	.restore = restore,
	.generation = generation,
	.mark = mark,
	.setting = { setting_get, setting_set, setting_writable, setting_followers },
	.set = { set_save, set_restore },
	.lock = take_lock,
	.unlock = unlock,
	.scratch = open_scratch,
	.clock = clock_now,
	.close = close_door,
};

/* NULL: no memory */
static struct real *new_real(void)
{
	struct real *real = calloc(1, sizeof(*real));

	if (real == NULL)
		return NULL;
	for (int i = 0; i < FAMILIES; i++) {
		real->backend.lock_fd[i] = -1;
		real->netns[i] = (struct netns)NETNS_INIT;
	}
	for (int i = 0; i < DOOR_LOCKS; i++)
		real->locks[i] = -1;
	real->backend.held = real->locks;
	return real;
}

static void fill_door(struct door *door, struct real *real)
{
	*door = functions;
	door->self = real;
	door->kind = real->backend.kind;
}

/* Opens a door with the same programs and lock files, but with namespaces of its own. */
static int open_scratch(void *self, bool may_move, struct door *out)
{
	const struct real *real = self;
	struct real *scratch = new_real();
	struct strbuf sets = STRBUF_INIT;
	int err = 0;

	if (scratch == NULL)
		return -ENOMEM;
	(void)!ipset_save(NULL, NULL, &sets); /* before we may move into a user namespace */
	for (int i = 0; err == 0 && i < FAMILIES; i++)
		err = netns_make(&scratch->netns[i], may_move);
	if (err == 0) {
		const int *held = scratch->backend.held;

		scratch->backend = real->backend;
		scratch->backend.held = held;
		scratch->backend.netns = scratch->netns;
		scratch->backend.watch_arg = scratch;
		scratch->tick = real->tick;
		scratch->tick_arg = real->tick_arg;
		for (int i = 0; i < FAMILIES; i++) {
			scratch->backend.lock_fd[i] = fcntl(real->backend.lock_fd[i], F_DUPFD_CLOEXEC, 3);
			sets_mirror(&sets, &scratch->netns[i]);
		}
		fill_door(out, scratch);
	} else {
		close_door(scratch);
	}
	strbuf_free(&sets);
	return err;
}

bool door_open(struct door *door, enum backend_kind kind, const char *lock_path, void (*tick)(void *arg), void *tick_arg,
	       struct diag_log *log)
{
	struct real *real = new_real();

	*door = (struct door){ .self = NULL };
	if (real == NULL)
		return diag_memory(log) == 0;
	real->lock_path = lock_path != NULL ? strdup(lock_path) : NULL;
	if (lock_path != NULL && real->lock_path == NULL) {
		close_door(real);
		return diag_memory(log) == 0;
	}
	if (!backend_find(&real->backend, kind, log)) {
		close_door(real);
		return false;
	}
	if (real->backend.kind == BACKEND_LEGACY)
		modules_for_legacy();
	real->backend.held = real->locks;
	real->backend.watch = watch;
	real->backend.watch_arg = real;
	if (real->backend.kind == BACKEND_NFT)
		real->rivals.nftgen = &real->nftgen;
	real->tick = tick;
	real->tick_arg = tick_arg;
	fill_door(door, real);
	return true;
}

void door_close(struct door *door)
{
	if (door->self != NULL)
		door->close(door->self);
	*door = (struct door){ .self = NULL };
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/dump.h"
#include "host/lock.h"
#include "host/native.h"
#include "host/rivals.h"

#include <errno.h>
#include <unistd.h>

static bool read_texts(struct dump *dump, const struct backend *backend, enum family families, struct diag_log *log)
{
	for (int i = 0; i < FAMILIES; i++)
		strbuf_reset(&dump->text[i]);
	return backend_save(backend, families, NULL, dump->text, log) == SAVE_DONE;
}

/*
 * If a chain disappears while iptables-save reads, it fails. So a failure counts only if nf_tables did not change
 * meanwhile; then iptables-save runs once more, for its message.
 */
static bool read_unmoved(struct dump *dump, const struct backend *backend, enum family families, struct rivals *rivals,
			 struct diag_log *log)
{
	struct diag_log silent = { .report = NULL };

	for (int tries = 0; tries < DUMP_TRIES; tries++) {
		uint32_t before, after;
		int err = nftgen_ask(rivals->nftgen, &before);
		bool good;

		if (err != 0) {
			diag_system(log, err, "asking for the generation of nf_tables");
			return false;
		}
		rivals_begin(rivals);
		good = read_texts(dump, backend, families, &silent);
		err = nftgen_ask(rivals->nftgen, &after);
		if (err != 0 || before != after)
			continue;
		err = natives_look(backend, families, dump->text, &silent); /* also finds what makes iptables-save fail */
		if (err == -EBUSY || nftgen_ask(rivals->nftgen, &after) != 0 || before != after)
			continue;
		if (err != 0 && natives_look(backend, families, dump->text, log) == 0)
			continue; /* what was found is gone by now, but iptables-save may have shown it as something else */
		if (good && err == 0)
			natives_warn(families, DIAG_SAVE_WARNING, log);
		if (good || err != 0 || !read_texts(dump, backend, families, log))
			return good && err == 0;
	}
	diag_add(log, DIAG_SYSTEM, NULL, NULL, "the rules changed during each of %d attempts to read them; nothing is saved",
		 DUMP_TRIES);
	return false;
}

static bool read_nft(struct dump *dump, const struct backend *backend, enum family families, struct diag_log *log)
{
	struct nftgen nftgen = { .socket = NULL };
	struct rivals rivals = { .nftgen = &nftgen };
	struct backend watched = *backend;
	bool good;

	watched.watch = rivals_watch;
	watched.watch_arg = &rivals;
	good = read_unmoved(dump, &watched, families, &rivals, log);
	nftgen_close(&nftgen);
	return good;
}

static bool read_legacy(struct dump *dump, const struct backend *backend, enum family families, unsigned wait,
			struct diag_log *log)
{
	int lock = lock_xtables(wait);
	bool good;

	if (lock == -EWOULDBLOCK)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "the lock of iptables is held by another program; waited %u s",
			 wait);
	else if (lock < 0)
		diag_system(log, lock, "the lock of iptables");
	if (lock < 0)
		return false;
	good = read_texts(dump, backend, families, log);
	close(lock);
	return good;
}

bool dump_read(struct dump *dump, const struct backend *backend, enum family families, unsigned wait,
	       struct diag_log *log)
{
	bool good;

	if (backend->kind == BACKEND_LEGACY)
		good = read_legacy(dump, backend, families, wait, log);
	else
		good = read_nft(dump, backend, families, log);
	for (int i = 0; good && i < FAMILIES; i++)
		good = rules_read(&dump->rules[i], backend->save[i], strbuf_text(&dump->text[i]), dump->text[i].len, log);
	return good;
}

void dump_free(struct dump *dump)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&dump->rules[i]);
		strbuf_free(&dump->text[i]);
	}
}

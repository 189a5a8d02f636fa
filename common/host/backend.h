/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Runs the system's iptables-restore and iptables-save of both families, through which all rules are read and loaded.
 * Their exit statuses and messages are interpreted here and nowhere else (observed with 1.8.9).
 */
#ifndef FW_HOST_BACKEND_H
#define FW_HOST_BACKEND_H

#include "base/strbuf.h"
#include "diag/diag.h"
#include "host/netns.h"
#include "host/spawn.h"
#include "text/family.h"

enum backend_kind { BACKEND_AUTO, BACKEND_NFT, BACKEND_LEGACY };

struct backend {
	enum backend_kind kind; /* never BACKEND_AUTO */
	char restore[FAMILIES][32];
	char save[FAMILIES][32];
	int lock_fd[FAMILIES]; /* owned; a private lock file for each family's child; -1: none */
	enum spawn_pace (*watch)(void *, long long); /* watches each program, see struct spawn; NULL: none */
	void *watch_arg;       /* borrowed */
	/*
	 * Borrowed; two locks, -1: none. iptables-restore and ipset restore hold them too: if we are killed, the next run
	 * waits for them.
	 */
	const int *held;
	const struct netns *netns; /* borrowed; array of FAMILIES, scratch namespaces for the programs; NULL: our own */
};

/* Parses "nft", "legacy" or "auto". False: anything else. */
must_check bool backend_parse(const char *name, enum backend_kind *kind);
const char *backend_name(enum backend_kind kind);

/*
 * Finds the programs of a backend; BACKEND_AUTO: the backend of iptables-restore. The children get private lock files,
 * because the caller holds the machine's lock. Refuses an XTABLES_LIBDIR that other users can write to. False: failed,
 * and reported. backend_free must follow in any case.
 */
must_check bool backend_find(struct backend *backend, enum backend_kind wanted, struct diag_log *log);

void backend_free(struct backend *backend);

/*
 * Has this backend never been used in our namespace? Answered without running a program: legacy has no tables, or nft
 * has had no commit. False: it may have been used.
 */
bool backend_untouched(enum backend_kind kind);

/* If the other backend contains any rule or policy too: the name of its restore program. NULL: it does not. */
const char *backend_conflict(enum backend_kind kind);

enum save_result {
	SAVE_DONE,
	SAVE_FAILED, /* reported */
	SAVE_BUSY,   /* reported; the watch gave up */
	SAVE_NATIVE, /* reported; a table of iptables contains rules made with nft, which iptables-save cannot show */
};

/*
 * Appends the rules in force, with counters, to text[]. It is a failure if iptables-save fails, or if a table is
 * incomplete or missing in its output. only: NULL, or for each family the names of tables, one a line, to be saved if
 * the list of tables cannot be read (legacy in a user namespace).
 */
must_check enum save_result backend_save(const struct backend *backend, enum family families, const struct strbuf *only,
					 struct strbuf text[FAMILIES], struct diag_log *log);

/* Appends these tables of the nft backend, named one a line. False: iptables-save failed. Reports nothing. */
must_check bool backend_save_tables(const struct backend *backend, int family, const struct strbuf *names, struct strbuf *text);

/*
 * The comment in which iptables-save says that it omits a table that contains rules made with nft: then the text does
 * not show everything in force. NULL: there is no such comment.
 */
const char *saver_left_out(const struct strbuf *text, size_t *len);

/* Why iptables-restore refused its input. */
struct refusal {
	bool refused;
	int failure;       /* -errno: the program could not be run */
	unsigned line;     /* of its input; 0: it named none */
	struct strbuf why; /* owned; its message without prefixes, control characters escaped */
};

#define REFUSAL_INIT { .why = STRBUF_INIT }

enum restore_mode {
	RESTORE_FLUSH,   /* replaces whole tables */
	RESTORE_CHANGE,  /* --noflush, with the counters of the text */
	RESTORE_COUNTED, /* replaces whole tables, with the counters of the text */
};

/*
 * Gives programs[] to the restore programs of these families, all at the same time. An empty program is not run. A
 * restore program that printed anything on standard output did not load, whatever its exit status is. In scratch
 * namespaces, the kernel's log is searched for the reason of a refusal. refusal_free must follow for each family.
 */
void backend_restore(const struct backend *backend, enum family families, enum restore_mode mode,
		     const struct strbuf programs[FAMILIES], struct refusal refusals[FAMILIES]);

void refusal_free(struct refusal *refusal);

/* Fills line and why from the messages of iptables-restore. Public for tests. */
void refusal_read(struct refusal *refusal, const char *words);

/* Prepares a child that runs one of the programs for a family. Only for the files that implement this header. */
void backend_spawn(const struct backend *backend, int family, const char *program, struct spawn *spawn);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's own iptables-restore and iptables-save, of both families, as the doors to the kernel.
 * Each behaves in its own way (all of it tried with 1.8.9): what they say is read here, once.
 */
#ifndef FW_HOST_BACKEND_H
#define FW_HOST_BACKEND_H

#include "base/diag.h"
#include "base/strbuf.h"
#include "host/netns.h"
#include "host/spawn.h"
#include "text/family.h"

enum backend_kind { BACKEND_AUTO, BACKEND_NFT, BACKEND_LEGACY };

struct backend {
	enum backend_kind kind; /* never BACKEND_AUTO */
	char restore[FAMILIES][32];
	char save[FAMILIES][32];
	int lock_fd[FAMILIES]; /* owned; lock files of their own for the children; -1: none */
	char lock_file[FAMILIES][48];
	void (*tick)(void *); /* called many times a second while one of its programs runs; NULL: nobody */
	void *tick_arg;       /* borrowed */
	const int *held; /* borrowed; locks that its restores hold with us: if we are killed, the next run waits for them */
	const struct netns *netns; /* borrowed; FAMILIES namespaces to work in; NULL: our own */
};

/* "nft", "legacy" or "auto"; false: another word. */
bool backend_parse(const char *name, enum backend_kind *kind);
const char *backend_name(enum backend_kind kind);

/*
 * Finds the programs; BACKEND_AUTO: of the kind that iptables-restore is. The children get a private
 * lock file, as the caller holds the machine's. False after a report; backend_free in any case.
 */
must_check bool backend_find(struct backend *backend, enum backend_kind wanted, struct diag_log *log);

/* The other kind, for a look at what it holds. False: its programs are not installed. */
must_check bool backend_other(struct backend *other, const struct backend *backend);

void backend_free(struct backend *backend);

/*
 * Has a kind never been used in our namespace? Known without running a program: legacy has no tables, nft
 * has made no commit yet. False: not sure.
 */
bool backend_untouched(enum backend_kind kind);

/* Does it hold any rule or policy? Asked of the other kind, whose rules filter the same packets. */
bool backend_in_use(const struct backend *backend);

/* The other kind's restore program, if that kind holds any rule or policy too; NULL: it does not. */
const char *backend_conflict(enum backend_kind kind);

enum save_result {
	SAVE_DONE,
	SAVE_FAILED, /* reported */
	SAVE_NATIVE, /* reported: rules of nft's own in a table of iptables, which the saver leaves out */
};

/*
 * What is in the kernel, with counters, appended to text[]. `only` names tables, ended by NULL: with
 * it a saver that may not read the list of tables (legacy, not root) is asked for each of them.
 */
must_check enum save_result backend_save(const struct backend *backend, enum family families,
					 const char *const *only, struct strbuf text[FAMILIES],
					 struct diag_log *log);

/* Why a restore was refused. */
struct refusal {
	bool refused;
	int failure;       /* -errno: the program was not even started */
	unsigned line;     /* of the text it was given; 0: not said */
	struct strbuf why; /* owned; its own words without the noise */
};

#define REFUSAL_INIT { .why = STRBUF_INIT }

enum restore_mode {
	RESTORE_FLUSH,   /* whole tables */
	RESTORE_CHANGE,  /* --noflush, with counters */
	RESTORE_COUNTED, /* whole tables, with the counters of the text */
};

struct restore {
	const char *text; /* borrowed */
	size_t len;
	struct refusal refusal;
	/* from its first COMMIT on it waits for its turn, and tells when it has finished (spawn.h); NULL: it does not */
	enum spawn_turn (*turn)(void *arg, const struct spawn *front);
	bool (*finished)(void *arg);
	void *arg;    /* borrowed; of both */
	bool stopped; /* its turn did not come: nothing is changed */
};

/* Feeds restores[] to the programs of these families, all at once. */
void backend_restore(const struct backend *backend, enum family families, enum restore_mode mode,
		     struct restore restores[FAMILIES]);

void refusal_free(struct refusal *refusal);

/* Reads the words of a restore that failed. For tests too. */
void refusal_read(struct refusal *refusal, const char *words);

#endif

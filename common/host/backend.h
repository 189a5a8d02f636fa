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
	enum spawn_pace (*watch)(void *, long long); /* of each of its programs; NULL: nobody */
	void *watch_arg;       /* borrowed */
	/* Borrowed; two locks that its restores hold with us, -1: none. If we are killed, the next run waits for them. */
	const int *held;
	const struct netns *netns; /* borrowed; FAMILIES scratch namespaces to work in; NULL: our own */
};

/* "nft", "legacy" or "auto"; false: another word. */
must_check bool backend_parse(const char *name, enum backend_kind *kind);
const char *backend_name(enum backend_kind kind);

/*
 * Finds the programs; BACKEND_AUTO: of the kind that iptables-restore is. The children get a private
 * lock file, as the caller holds the machine's. Refuses an XTABLES_LIBDIR that others may write to. False after
 * a report; backend_free in any case.
 */
must_check bool backend_find(struct backend *backend, enum backend_kind wanted, struct diag_log *log);

void backend_free(struct backend *backend);

/*
 * Has a kind never been used in our namespace? Known without running a program: legacy has no tables, nft
 * has made no commit yet. False: not sure.
 */
bool backend_untouched(enum backend_kind kind);

/* The other kind's restore program, if that kind holds any rule or policy too; NULL: it does not. */
const char *backend_conflict(enum backend_kind kind);

enum save_result {
	SAVE_DONE,
	SAVE_FAILED, /* reported */
	SAVE_BUSY,   /* reported: whoever watches gave up */
	SAVE_NATIVE, /* reported: a table of iptables holds rules made with nft, which the saver cannot tell */
};

/*
 * Appends the rules in the kernel, with counters, to text[]. A saver that failed, or whose output has half a table or
 * not all tables, is a failure. only: NULL, or for each family names of tables, one a line: these are saved where
 * the list of tables may not be read (legacy in a user namespace).
 */
must_check enum save_result backend_save(const struct backend *backend, enum family families, const struct strbuf *only,
					 struct strbuf text[FAMILIES], struct diag_log *log);

/*
 * The comment in which a saver says that it leaves a table out, as rules of nft stand there: the text then is not all
 * that is in force. NULL: there is none.
 */
const char *saver_left_out(const struct strbuf *text, size_t *len);

/* Why a restore was refused. */
struct refusal {
	bool refused;
	int failure;       /* -errno: the program was not started */
	unsigned line;     /* of the text it was given; 0: not said */
	struct strbuf why; /* owned; its own words without the noise, control characters escaped */
};

#define REFUSAL_INIT { .why = STRBUF_INIT }

enum restore_mode {
	RESTORE_FLUSH,   /* whole tables */
	RESTORE_CHANGE,  /* --noflush, with counters */
	RESTORE_COUNTED, /* whole tables, with the counters of the text */
};

/*
 * Gives programs[] to the restore programs of these families, all at once; an empty one is not run. Whoever printed
 * anything on standard output did not load, whatever its exit status says. In scratch namespaces the kernel's log
 * is asked for the reason of a refusal. refusal_free must follow for each family.
 */
void backend_restore(const struct backend *backend, enum family families, enum restore_mode mode,
		     const struct strbuf programs[FAMILIES], struct refusal refusals[FAMILIES]);

void refusal_free(struct refusal *refusal);

/* Reads the words of a restore that failed. For tests too. */
void refusal_read(struct refusal *refusal, const char *words);

/* Prepares a child that runs one of the programs for a family. For the files of this backend. */
void backend_spawn(const struct backend *backend, int family, const char *program, struct spawn *spawn);

#endif

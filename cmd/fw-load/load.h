/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of fw-load: what was asked for, what is live, what shall be, and the steps in between. All
 * up to load_plan changes nothing but loads modules; load_commit changes all, or puts back what was there.
 */
#ifndef FW_CMD_LOAD_H
#define FW_CMD_LOAD_H

#include "cli.h"
#include "base/task.h"
#include "system/backend.h"
#include "system/extras.h"
#include "system/merge.h"
#include "system/nftgen.h"
#include "system/plan.h"
#include "system/program.h"
#include "system/state.h"
#include "text/stream.h"

#include <pthread.h>

/* The toolkit's own statuses end at 3. */
enum load_status {
	STATUS_EXTRAS = 4,      /* a module or a kernel setting; nothing changed */
	STATUS_BACKENDS = 5,    /* both kinds of iptables, or nft's own rules, are in use */
	STATUS_UNKNOWN = 6,     /* live rules that nobody told us about */
	STATUS_LOCKED = 7,      /* another load runs or waits for its confirmation */
	STATUS_OTHER = 8,       /* another program changed our rules meanwhile; undone */
	STATUS_UNCONFIRMED = 9, /* nobody confirmed; undone */
	STATUS_SAFE = 10,       /* neither the new nor the old rules could be put in force: the safe ones are */
	STATUS_UNDONE = 11,     /* the commit failed; the rules are as they were */
	STATUS_FALLBACK = 12,   /* at boot: something else than the last good rules is in force */
};

enum action {
	ACTION_LOAD,
	ACTION_CHECK,
	ACTION_CONFIRM,
	ACTION_ROLLBACK,
	ACTION_STATUS,
	ACTION_BOOT,
	ACTION_GUARD,
};

enum unknown { UNKNOWN_REFUSE, UNKNOWN_ADOPT, UNKNOWN_REPLACE };

struct load_opts {
	enum action action;
	const char *input;
	const char *state_dir;
	const char *safe_rules; /* a file */
	enum family families;   /* FAMILY_NONE: the text decides */
	enum backend_kind backend;
	enum unknown unknown;
	VEC(char *) keep;
	unsigned wait;       /* seconds, for locks */
	unsigned confirm;    /* seconds; 0: none is waited for */
	unsigned generation; /* of --rollback; 0: the previous one */
	bool plan_only;
	bool counters;
	bool no_rehearsal;
	bool assume_empty; /* with plan_only: do not ask the kernel for the rules in force */
	bool verbose;
};

/* One family. The texts belong to the rules of the same name. */
struct side {
	struct load *load;
	int family; /* 0: IPv4, 1: IPv6 */
	struct strbuf base_text, live_text, next_text;
	struct strbuf now_text; /* what came of the commit */
	struct rules base, live, next, want;
	bool has_base;
	bool safe; /* base is the safe rules, which were put in force last */
	struct strbuf file; /* what the generation will hold of this family */
	struct merge merge;
	struct strbuf program; /* empty: nothing to change */
	uint32_t seen; /* nf_tables' generation before the snapshot */
	bool alike;            /* base has the rules of live, and is its text alone */
	bool as_left;          /* what is in force is base: nobody has changed it, and live was not read */
	bool alone;            /* after the commit nothing stood there but ours */
	bool differs;          /* what came of the commit is not what was wanted */
	bool raced;            /* another writer of nf_tables was there during the commit */
};

struct load {
	struct load_opts opts;
	struct cli *cli;
	struct diag_log *log;
	struct strbuf text;
	struct stream stream;
	enum family families; /* that this run is about */
	struct extras extras;
	struct strbuf history, packed; /* what the generation will hold of the input, and that as a file */
	struct backend backend;
	struct nftgen nftgen;
	struct state state;
	struct side side[FAMILIES];
	struct plan plan;
	struct task recording, reading; /* the record, and what came of the commit, as they are made meanwhile */
	bool is_recording, is_reading;
	bool record_failed;
	uint32_t read_at; /* nf_tables' generation when that reading began */
	const char *phase; /* for the progress line */
	long long started, shown; /* milliseconds since the boot: this run, its last progress line */
	unsigned generation;      /* the one that this load makes */
	bool keep_generation;     /* it is there already: a rollback, a boot */
	bool read_only;           /* at boot: nothing can be written to the state */
	bool native;              /* nft's own rules stand in its tables: a saver found them */
	bool began;               /* rules may have been changed */
	bool touched;             /* the kernel's rules, or its settings, were changed */
	bool ticked;              /* a progress line is on the screen */
	pthread_mutex_t telling;  /* held by who writes it: the families are worked on by threads */
	int locks[2];             /* of fw-load, and iptables' own; -1: not held */
	int status;               /* above STATUS_SYSTEM; 0: the log decides */
};

/* Base and live are read once where they are the same. */
static inline const struct rules *side_base(const struct side *side)
{
	return side->alike ? &side->live : &side->base;
}

/* The rules in force before this load, and their text. */
static inline const struct rules *side_live(const struct side *side)
{
	return side->as_left ? &side->base : &side->live;
}

static inline const struct strbuf *side_live_text(const struct side *side)
{
	return side->as_left ? &side->base_text : &side->live_text;
}

static inline enum family family_bit(int index)
{
	return index == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
}

/* begin.c: each false after a report. */
void load_begin(struct load *load, struct cli *cli, const struct load_opts *opts);
void load_end(struct load *load);
bool load_read(struct load *load);    /* the whole input, checked */
bool load_backend(struct load *load); /* the programs to run */
bool load_find(struct load *load);    /* the backend, and that it is the only one in use */
bool load_lock(struct load *load);    /* the state, then iptables */
void load_unlock(struct load *load);
void load_phase(struct load *load, const char *phase);

/* sides.c: the same work for both families at once, which may touch nothing but its side and its log. */
bool load_each(struct load *load, enum family families, bool (*work)(struct side *side, struct diag_log *log),
	       struct diag_log *log);

/* history.c */
bool load_history(struct load *load); /* fills history and packed */

/* mark.c: how the last load left nf_tables, so that the next one knows whether anybody was there since. */
bool mark_holds(const struct load *load, uint32_t generation); /* nobody was */
void mark_set(struct load *load, uint32_t generation);         /* as it is now, with our rules alone in it */
void mark_drop(struct load *load);

/* modules.c */
bool load_modules(struct load *load);

/* rehearse.c */
bool load_rehearse(struct load *load); /* in scratch namespaces: fills next */

/* A text as iptables writes it; appended. False: it could not be tried, or is refused there. */
bool load_canonical(struct load *load, int family, const struct strbuf *text, struct strbuf *out);

/* Are our rules in want and program as somebody wrote them, or as iptables does? */
static inline bool load_is_raw(const struct load *load)
{
	return load->opts.no_rehearsal && !load->keep_generation;
}

/* direct.c: in place of a rehearsal */
bool load_direct(struct load *load);                /* next is the text as it is */
bool side_as_written(struct side *side);            /* what came of the commit is next, and nothing else */
bool side_learn(struct side *side, const struct rules *now, struct diag_log *log); /* fills file: next as iptables writes it */

/* gather.c */
bool load_base(struct load *load);     /* fills base */
bool load_snapshot(struct load *load); /* fills live */
bool load_gather(struct load *load);   /* both, and all that a new load needs besides them */

/* One family of a generation; found false: it does not have that family. */
struct part {
	struct strbuf *text; /* borrowed, as are the rules: it is these that are filled */
	struct rules *rules;
	bool found;
};

bool side_read_base(struct side *side, struct diag_log *log); /* from its text */

/* False: it is there and not whole, reported as a warning. */
bool load_read_part(const struct load *load, unsigned generation, int family, struct part *part, struct diag_log *log);

/* prepare.c */
bool load_generation(struct load *load, unsigned generation); /* fills next and extras from the state */
bool load_merge(struct load *load);                      /* fills want and program */
bool side_merge(struct side *side, struct diag_log *log);
bool side_write_file(struct side *side);                 /* fills file, from next and the extras */

/* apply.c */
bool apply_rules(void *load);
bool side_run_program(struct side *side, const struct strbuf *program, struct refusal *refusal);

/* verify.c */
bool load_read_result(void *load, struct diag_log *log); /* fills now_text; may be begun before verify_load */
bool verify_load(void *load);
void load_drop_result(struct load *load); /* waits for a reading that was begun for nothing */

/* steps.c */
bool load_plan(struct load *load);   /* fills plan; no steps: there is nothing to do */
bool load_commit(struct load *load); /* runs it */
bool load_flip(void *load);          /* the generation is the good one */
bool load_recorded(struct load *load);                 /* waits for the record: before anything is changed, and before others are looked for the last time */
bool side_write_part(struct side *side, struct diag_log *log); /* what file holds, if anything */

/* undo.c */
extern const char raw_mark[]; /* the first line of the rules that a load puts in force, where load_is_raw */
bool put_back_rules(void *load); /* undoes apply_rules; what others changed meanwhile stays */
bool load_recover(struct load *load);                   /* what a run before this one left unfinished */
bool load_undo(struct load *load, unsigned generation); /* puts back what stood before a load */
bool load_safe(struct load *load);                      /* the safe rules, or at least none that are open */

/* confirm.c */
bool guard_start(void *load);
bool guard_is_there(const struct load *load);
void load_wait(struct load *load); /* for the confirmation */
void confirm_now(struct load *load);
void guard_run(struct load *load);

/* boot.c */
void load_boot(struct load *load);
void load_rollback(struct load *load);
void load_status(struct load *load);
extern const char safe_rules[];

/* The file below /run that holds the safe rules of a family (0 or 1) while they are in force. */
const char *safe_part(int family);

/* blame.c: the line of the input that gave the nth rule (from 0) of a chain; NULL: not to be told. */
const struct line *load_rule_line(const struct load *load, int family, const char *table, const char *chain,
				  size_t n, size_t of);

/* The line that a legacy restore refuses without saying which; NULL: none alone is to blame. */
const struct line *load_bisect(struct load *load, int family, const struct line *commit, struct refusal *refusal);

/* Reports a refusal at a line of the input (NULL: somewhere). */
void load_refused(struct load *load, int family, const struct line *line, const struct refusal *refusal);

/* The rules in force now. False after a report; saved_free in any case. */
struct saved {
	struct strbuf text[FAMILIES];
	struct rules rules[FAMILIES];
};


bool load_save_now(struct load *load, enum family families, struct saved *saved);

/* The same in its two steps: the savers run for all families at once, the reading can. */
void load_note_native(struct load *load);
bool load_save_texts(struct load *load, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log);
bool side_read_saved(const struct side *side, const struct strbuf *text, struct rules *rules, struct diag_log *log);
void saved_free(struct saved *saved);

#endif

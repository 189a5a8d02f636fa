/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics are data: the library reports them to the log it was given, only the tools print.
 * Each kind has a stable name, which stands in brackets behind the text, and a level, from which
 * the exit status of a run follows. fw-diagnostics(7) explains each.
 */
#ifndef FW_DIAG_DIAG_H
#define FW_DIAG_DIAG_H

#include "base/base.h"
#include "base/strbuf.h"

enum level {
	LEVEL_INFO,
	LEVEL_WARNING,
	LEVEL_ERROR,  /* the input is refused: STATUS_REFUSED */
	LEVEL_SYSTEM, /* the system failed: STATUS_SYSTEM */
	LEVEL_COUNT
};

/* The order is that of diag_kinds in diag.c, where level and meaning stand. */
enum diag_id {
	/* every tool */
	DIAG_SYSTEM,
	DIAG_MEMORY,
	/* the stream: fw-stream(5) */
	DIAG_EMPTY,
	DIAG_TRUNCATED,
	DIAG_CHECKSUM,
	DIAG_ENCODING,
	DIAG_LIMIT,
	DIAG_STRUCTURE,
	DIAG_DIRECTIVE,
	DIAG_FAMILY,
	/* rules */
	DIAG_SYNTAX,
	DIAG_UNDEFINED_CHAIN,
	DIAG_EXTENSION_NOTICE,
	/* profiles: fw-profile(5) */
	DIAG_PROFILE,
	DIAG_PROFILE_WARNING,
	/* loading and saving */
	DIAG_LOAD,
	DIAG_LOAD_WARNING,
	DIAG_ROLLBACK,
	DIAG_SAVE_WARNING,
	DIAG_DRIFT,
	DIAG_GENERATION,
	/* connection tracking */
	DIAG_CONNTRACK,
	DIAG_CONNTRACK_WARNING,
	/* rotating logs: ct-rotate(8) */
	DIAG_ROTATE,
	DIAG_ROTATE_UNSAFE,
	DIAG_ROTATE_CONFIG,
	DIAG_ROTATE_DAMAGED,
	DIAG_ROTATE_WARNING,
	DIAG_ROTATE_NOTE,
	/* what the kernel refuses */
	DIAG_KERNEL_HOOK,
	DIAG_KERNEL_TABLE,
	DIAG_KERNEL_PROTO,
	DIAG_KERNEL_VALUE,
	DIAG_KERNEL_FAMILY,
	DIAG_REMOVED_EXTENSION,
	DIAG_CHAIN_LOOP,
	DIAG_CHAIN_LOOP_UNUSED,
	DIAG_JUMP_DEPTH,
	DIAG_KERNEL_BACKEND,
	DIAG_KERNEL_NEEDS,
	DIAG_KERNEL_UNKNOWN,
	/* packets */
	DIAG_PACKET,
	DIAG_PACKET_FAMILY,
	/* what the rules mean */
	DIAG_DEAD_RULE,
	DIAG_LIMIT_AFTER_ACCEPT,
	DIAG_IMPOSSIBLE_MATCH,
	DIAG_UNREACHABLE_CHAIN,
	DIAG_DUPLICATE_RULE,
	DIAG_UNDECIDED,
	DIAG_NO_ESTABLISHED,
	DIAG_LOCKOUT_ADMIN,
	DIAG_ICMPV6_ND_BLOCKED,
	DIAG_IPV6_ABSENT,
	DIAG_OPEN_FORWARD,
	DIAG_DNAT_NO_FORWARD,
	DIAG_NAT_NO_FORWARDING,
	DIAG_MASQUERADE_UNBOUNDED,
	DIAG_LOG_NO_LIMIT,
	DIAG_LOG_PREFIX_CUT,
	DIAG_CONTRADICTION,
	DIAG_BAD_NEGATION,
	DIAG_MERGE_MULTIPORT,
	DIAG_USE_IPSET,
	DIAG_LO_MISSING,
	DIAG_POLICY_ACCEPT_OPEN,
	DIAG_FORWARD_NO_DNAT,
	DIAG_CT_HELPER_MISSING,
	DIAG_CONNTRACK_NOTRACK,
	DIAG_INVALID_LATE,
	DIAG_IPV6_OPEN,
	DIAG_DOCKER_BYPASS,
	DIAG_CONNTRACK_CAPACITY,
	DIAG_WILDCARD_IFACE,
	DIAG_REDUNDANT_RULE,
	DIAG_ORDER_COST,
	DIAG_RECENT_UNSET,
	DIAG_RECENT_UNREAD,
	DIAG_LOG_PREFIX_NO_SPACE,
	DIAG_HOST_BITS,
	DIAG_STALE_TOOL_CHAIN,
	DIAG_EXPECT,
	DIAG_COUNT
};

struct diag_kind {
	const char *name;
	enum level level;
	const char *meaning; /* one line, for --list-checks and the manual */
};

extern const struct diag_kind diag_kinds[DIAG_COUNT];

/* A place in a text. Lines and columns count from 1, columns in bytes; 0 means "not one in particular". */
struct where {
	const char *file; /* borrowed; NULL: no file */
	unsigned line;
	unsigned column;
	unsigned width;     /* bytes that the finding is about, for the underline; 0: one */
	const char *source; /* borrowed, the line itself without its newline; NULL: not at hand */
	size_t source_len;
};

/* A byte's column (from 1) as one of characters: what editors and code hosting count. The same where the line is not at hand. */
unsigned where_character(const struct where *where, unsigned column);

struct diag {
	enum diag_id id;
	enum level level;
	struct where where;
	struct where origin; /* the line of the profile that made this one (`#@ line`); file NULL: none */
	const char *text;    /* one line, no newline, no control characters */
};

/*
 * Where findings go. The reporter is called at once, with a diag that lives only during the call.
 * It may be NULL: then findings are only counted.
 */
struct diag_log {
	void (*report)(void *ctx, const struct diag *diag);
	void *ctx;
	unsigned long count[LEVEL_COUNT];
};

/*
 * Reports one finding. `where` and `origin` may be NULL. The text may hold names and words from anywhere:
 * control characters in it are written as \xNN.
 */
void diag_add(struct diag_log *log, enum diag_id id, const struct where *where, const struct where *origin,
	      const char *format, ...) printf_like(5, 6);

/* The same for a failed system call: "TEXT: reason of err". `err` is an errno value, of either sign. */
void diag_system(struct diag_log *log, int err, const char *format, ...) printf_like(3, 4);

/* Memory ran out. Returns -ENOMEM, to be handed up. */
int diag_memory(struct diag_log *log);

/* Reports a finding that was made elsewhere, at its own level: what diag_add does for a new one. */
void diag_emit(struct diag_log *log, const struct diag *diag);

/* Errors and system failures so far. */
unsigned long diag_errors(const struct diag_log *log);

/* STATUS_SYSTEM, STATUS_REFUSED or STATUS_DONE, by the worst level seen. */
enum status diag_status(const struct diag_log *log);

const char *level_name(enum level level);

/* "file:line:column: level: text (made by profile:line) [id]", without a newline. */
void diag_format(struct strbuf *out, const struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The state that the ext*.c files share, and the one place that includes <xtables.h>. Used by them alone. */
#ifndef FW_MODEL_XT_H
#define FW_MODEL_XT_H

#include "base/capture.h"
#include "model/ext.h"
#include "model/options.h"

#include <setjmp.h>
#include <xtables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

/* iptables' own: options of the n-th extension of a rule have values from n times this on. */
#define OPTION_SCALE 256
/* Base options, and those of as many extensions as 255 words can name (the longest table has 50). */
#define OPTION_MAX   8192

/* Releases of iptables that read or print something in another way than the one before. */
enum release { RELEASE_1_8_9, RELEASE_1_8_10, RELEASE_1_8_11 };

union xt_rule {
	struct ipt_entry v4;
	struct ip6t_entry v6;
};

struct xt_door {
	enum family family;
	enum release release; /* of the libxtables that is installed */
	const struct xtables_pprot *listed; /* libxtables' own names, ended by one without a name */
	jmp_buf back;
	char message[1024]; /* of exit_err, in front of the jump */
	bool name_asked;    /* a host name was refused */
	struct capture notices; /* what extensions write on standard error while they parse */
	struct strbuf said;     /* what we say of the rule ourselves */
	struct capture printed; /* and on standard output while they save */
	off_t noticed;
	VEC(struct ext_kind *) kinds; /* kept for the life of the process */
	char *protocols[256]; /* their names, kept as long; empty: none; NULL: not asked yet */
	/* the rule that is being read */
	struct xtables_rule_match *matches;
	struct xtables_target *target;
	char protocol[64];
	bool has_protocol;
	bool proto_used;
	unsigned seen; /* options that may stand once, as bits */
	unsigned scale;
	struct option options[OPTION_MAX];
	unsigned option_count;
	char *argv[WORD_COUNT_MAX + 3];
	int argc;
	bool invert;
	unsigned option_word;   /* index into the words, of the option that is being read */
	unsigned blame;         /* index + 1 of the word that a fault is about; 0: where the reading stopped */
	unsigned in_word, out_word, command_word, src_word, dst_word;
	const char *src_text, *dst_text; /* of -s and -d; NULL: not given */
	void (*parse_bpf)(struct xt_option_call *cb); /* the extension's own, behind ours; ext_bpf.c */
	struct command *command; /* borrowed, as are the next two */
	struct arena *arena;
	struct words *words;
	union xt_rule entry; /* last: its structs end in arrays of no length */
};

extern struct xt_door door;

/* Finds out door.release and door.listed; ext_release.c. Once, after xtables_init_all. */
void door_find_release(void);

/* The fault that follows is about the option itself, not about what comes behind it. */
void door_blame_option(void);

/* One of iptables' own options, as getopt_long returned it; ext_options.c. Faults leave by xtables_error. */
void door_read_option(int c);

/* When the whole line is read: the addresses of -s and -d, and options that do not go with the command. */
void door_read_addresses(void);
void door_check_options(void);

/* Turns door.message into the fault that is handed out; ext_fault.c. */
void door_note_fault(struct ext_fault *fault);

/* Options and data of an extension, for the rule that is being read; ext.c. */
void door_add_match(struct xtables_match *match);
void door_add_target(struct xtables_target *target, const char *jumpto);

/* Reads --object-pinned without the object, where the match is bpf; ext_bpf.c. */
void door_read_bpf(struct xtables_match *match);

/* Adds to door.said which ports are loaded for numbers above 65535 in optarg, the value of option `id`; ext_port.c. */
void door_warn_of_ports(const struct xt_option_entry *options, unsigned id);

/* Our own `set` and `SET`, in place of iptables' that need the kernel; ext_set.c. Once, after xtables_init_all. */
void door_register_sets(void);

#endif

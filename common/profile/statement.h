/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The statements of a profile as the parser leaves them. Names are not resolved yet (see resolve.h), and every
 * word has its place. All memory belongs to the arena of the profile.
 */
#ifndef FW_PROFILE_STATEMENT_H
#define FW_PROFILE_STATEMENT_H

#include "diag/diag.h"
#include "addr/addr.h"
#include "profile/rate.h"

/* A word of the profile with its place. text NULL: not given. */
struct name {
	const char *text;
	struct where where;
};

/* One member of an end: "lan", "not 192.0.2.0/24", "mac 02:00:5e:00:53:01", "any", "self". */
struct end_place {
	struct end_place *next;
	enum place_kind { PLACE_ANY, PLACE_SELF, PLACE_NAME, PLACE_HOST, PLACE_MAC } kind;
	bool negated;
	struct name name; /* PLACE_MAC: its text is the address */
	struct addr_range range; /* PLACE_HOST; PLACE_SELF: one of its addresses, or FAMILY_NONE for all */
	unsigned prefix;         /* PLACE_HOST: how many leading bits of the address may be any; 0: none */
};

/* Whether packets come, or go on, encrypted by IPsec. */
enum over { OVER_ANY, OVER_IPSEC, OVER_CLEAR };

/* The places after "from" or "to". places NULL: not given. */
struct end {
	struct end_place *places;
	struct name on;
	enum over over;
	struct where over_at;
	struct where where; /* of the first place */
	struct item *ports; /* after "from" only: the source ports, without a protocol; NULL: any */
	struct where ports_at;
};

/* "except" ( "from" | "to" ) end */
struct except {
	struct except *next;
	bool source; /* "from" */
	struct end end;
};

/* A protocol number; PROTO_ANY matches all. */
#define PROTO_ANY   (-1)
#define PROTO_ICMP  1
#define PROTO_TCP   6
#define PROTO_UDP   17
#define PROTO_ICMP6 58
#define PROTO_SCTP  132

/* A type of ICMP with a code, as a port. A type with any code is the range from its code 0 to its code 255. */
#define ICMP_CODE(type, code) ((type) << 8 | (code))

struct ports {
	int proto;
	bool any; /* no port and no ICMP type: the whole protocol */
	unsigned first, last; /* ports, or ICMP_CODE */
	bool unaddressed; /* its clients have no address in the zone yet (DHCP) */
};

static inline bool is_icmp(int proto)
{
	return proto == PROTO_ICMP || proto == PROTO_ICMP6;
}

/* "ssh", "tcp 80", "icmp echo-request", "esp". service.text is NULL if it is not a service. */
struct item {
	struct item *next;
	struct name service;
	struct ports ports;
	struct where where;
};

enum verdict { VERDICT_ALLOW, VERDICT_DENY, VERDICT_REJECT };

/* The options of a rule, a member for each OPTION of statements.def. at.line 0: not given. */
struct rule_options {
	struct {
		struct where at;
		struct rate rate;
		unsigned burst;
		bool total;
		unsigned ban; /* seconds, 0: none */
	} limit;
	struct {
		struct where at;
		unsigned count;
		bool total;
	} max;
	struct {
		struct where at;
		struct rate rate;
		const char *prefix; /* may be "" */
		int nflog;          /* group, -1: the kernel log */
	} log;
	struct {
		struct where at;
		unsigned start, stop; /* seconds of the day */
		unsigned days;        /* bit 0 is Monday */
	} when;
	struct {
		struct where at, date_at;
		const char *date; /* "2027-06-30" */
	} until;
	struct {
		struct where at;
		bool group;
		struct name name;
	} by;
	struct {
		struct where at;
		enum family family; /* FAMILY_NONE: not given */
	} only;
	struct {
		struct where at;
		const char *text; /* NULL: not given */
	} note;
};

struct profile_rule {
	enum verdict verdict;
	struct item *what; /* NULL: all packets */
	struct end from, to;
	struct rule_options options;
};

struct forward {
	struct item *what;
	struct name on;       /* or `at` */
	struct addr_range at; /* family FAMILY_NONE: not given */
	struct end from;
	struct addr_range host;
	struct where host_at;
	bool has_port;
	unsigned port, port_last;
	struct where port_at;
	bool hairpin;
	struct rule_options options;
};

/* For redirect, masquerade, snat and map. Each uses some of these members. */
struct nat {
	struct item *what;
	struct end from;
	struct name zone;
	unsigned port;
	bool both;
	struct addr_range net, as;
	struct where net_at, as_at;
};

struct mark {
	struct item *what;
	struct end from, to;
	unsigned long value, mask; /* mask 0: not given */
	const char *dscp;          /* "EF"; NULL: a mark */
	struct name uplink;        /* of "mark connections from ZONE", which uses value and mask; text NULL: packets */
};

/* "except" [ what ] "to" end */
struct confine_except {
	struct confine_except *next;
	struct item *what; /* NULL: all packets */
	struct end to;
};

struct confinement {
	struct end from;
	struct name zone;
	struct confine_except *excepts;
};

struct helper {
	struct item *what; /* services only */
	struct end from;
};

struct raw {
	const char *table, *chain, *text; /* text NULL: only the chain is created */
	enum family family;
};

struct names {
	struct name *item;
	size_t count;
};

/* STATEMENT_ALLOW and so on, in the order of statements.def. */
enum statement_kind {
#define STATEMENT(NAME, word, parser, builder, phase, help) STATEMENT_##NAME,
#define SETTING(NAME, word, parser, help) STATEMENT_##NAME,
#include "profile/statements.def"
	STATEMENT_KINDS
};

struct statement {
	struct statement *next;
	enum statement_kind kind;
	struct where where; /* of its first word; source is the whole line */
	const char *file;   /* the tag of the included file, NULL: the profile itself */
	bool broken;        /* has an error, which was reported: it is not built */
	struct except *excepts;
	union {
		struct profile_rule rule; /* allow, deny, reject, expect, and block, which uses `from` alone */
		struct forward forward;
		struct nat nat;
		struct mark mark;
		struct confinement confine;
		struct helper helper;
		struct raw raw;
		struct names zones; /* STATEMENT_ANTISPOOF */
		struct {
			struct name zone;
			unsigned mss; /* 0: what the path can carry */
		} clamp;
		struct item *notrack;
		void *own; /* in the arena, for a statement that needs a type of its own */
	};
};

/* Whether the statement is allow, deny or reject. */
static inline bool statement_is_rule(const struct statement *st)
{
	return st->kind == STATEMENT_ALLOW || st->kind == STATEMENT_DENY || st->kind == STATEMENT_REJECT;
}

/* Definitions. */
struct zone {
	struct zone *next;
	struct name name;
	const char **ifaces;
	size_t iface_count;
	struct addr_set nets; /* as written; empty: no networks given */
	bool docker;
	bool family_warned; /* warn only once */
};

/* What a list of hosts takes from another list, or does not contain. */
struct hosts_part {
	struct hosts_part *next;
	bool negated;
	struct name name;        /* of the other list; NULL: `range` */
	struct addr_range range;
};

struct hosts {
	struct hosts *next;
	struct name name;
	struct addr_set set;  /* normal once `loaded`, and then with its parts */
	struct hosts_part *parts;
	bool open; /* its parts are being loaded; detects a list that contains itself */
	struct addr_set nets; /* the same as networks; a range that needs many networks stays a range */
	const char *file;     /* path, NULL: none */
	struct where file_at;
	bool loaded, broken, bits_warned;
	bool given; /* the sets exist already, or others make and fill them */
	const char *ipset4, *ipset6; /* given, or created by fw-load for a long list */
	const char *set_words;       /* type and options of given sets; NULL: not given */
};

struct service {
	struct service *next;
	struct name name;
	struct item *items;
	const char *helper; /* NULL: none */
	bool open;          /* its items are being resolved; detects a service that contains itself */
	unsigned stamp;     /* number of the last list of items that included it */
};

/* A setting of `log`. Giving it twice is an error. */
struct log_setting {
	struct where where; /* line 0: the default */
	bool off;
	struct rate rate;
	unsigned burst; /* 0: the default of the kernel */
	const char *prefix;
	int nflog; /* group, -1: the kernel log */
};

enum log_kind { LOG_DENIED, LOG_INVALID, LOG_BLOCKED, LOG_KINDS };
enum direction { DIR_IN, DIR_OUT, DIR_FORWARD, DIR_DOCKER, DIR_COUNT };

struct sysctl_setting {
	struct sysctl_setting *next;
	const char *key, *value; /* a sysctl */
	struct where where;
};

struct settings {
	struct log_setting log[LOG_KINDS];
	enum verdict policy[DIR_DOCKER];
	struct where policy_at[DIR_DOCKER];
	struct where strict_at, ping_at, frame_at;
	bool ping_off, frame_off;
	struct rate ping;
	struct sysctl_setting *sysctls;
	struct names keep;
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Builds rules from statements. The build_*.c files share this header. */
#ifndef FW_PROFILE_BUILD_H
#define FW_PROFILE_BUILD_H

#include "profile/resolve.h"
#include "profile/statement_table.h"

/* One match on ports: "-p tcp -m multiport --dports 80,443". */
struct port_group {
	int proto; /* PROTO_ANY: the group matches all packets */
	enum family family;
	const char *text;     /* printed after the addresses; "" for all packets */
	const char *original; /* for the conntrack match: "--ctorigdstport 443 --ctdir ORIGINAL", else NULL */
};

struct port_groups {
	VEC(struct port_group) list;
};

enum port_form { PORTS_DESTINATION, PORTS_SOURCE, PORTS_ORIGINAL };

/*
 * Groups ports into matches of at most 15 ports, the kernel's XT_MULTI_PORTS. A range counts as two ports. `from` has
 * the source ports of the statement; NULL: it cannot have any.
 */
must_check bool groups_make(struct profile *profile, const struct port_list *ports, bool unaddressed,
			    enum port_form form, const struct end *from, struct port_groups *out);

bool rule_proto_has_ports(int proto);

/* One rule for the packets of a statement, such as "log" or "accept". The steps of a statement are in order. */
struct rule_step {
	enum family family;
	bool tcp_only;      /* for TCP only: adds -p tcp if the group does not name the protocol */
	bool state;         /* matches new connections only */
	const char *match;  /* "" for none */
	const char *target; /* "ACCEPT", "LOG --log-prefix ...", a chain */
	bool note;          /* its rule carries the note of the statement */
	bool with_proto;    /* the target changes ports, so each of its rules must name the protocol */
};

struct steps {
	VEC(struct rule_step) list;
	bool state; /* all steps match new connections only */
};

/* Packets that the rules of a statement leave alone. */
struct site_skip {
	struct selectors end; /* without a tree */
	bool source, self;    /* self: all addresses of this host; `end` is empty */
};

struct site_skips {
	VEC(struct site_skip) list;
};

/* The place for the rules of a statement, and what all of these rules have in common. */
struct site {
	const struct statement *st;
	enum out_table table;
	enum phase phase;
	const char *chain;
	enum family family; /* the families of the statement */
	const char *extra;  /* other matches of the statement: time, owner; "" for none */
	const char *state;  /* "-m conntrack --ctstate NEW", "" for none */
	const char *note;   /* NULL: none */
	bool no_in, no_out; /* the hook has no input interface, no output interface */
	bool go_on;         /* use -g instead of -j, so that RETURN leaves all chains of the statement */
	unsigned chains;    /* how many chains this statement has so far */
	unsigned also;      /* other directions in which the rules of `chain` are repeated, as bits */
	unsigned protos;    /* the protocols of the statement that have ports, set by site_emit */
	const struct site_skips *skips; /* exceptions, NULL: none */
};

/* A statement whose rules have one target. Its lists are freed by site_end. */
struct site_build {
	struct profile *profile;
	struct site site;
	struct selectors from, to;
	struct port_groups groups;
	struct steps steps;
	/* Whether the exceptions of the statement hold for these rules. SWAPPED: for answers, which go the other way. */
	enum { EXCEPT_NONE, EXCEPT_WRITTEN, EXCEPT_SWAPPED } except;
	struct site_skips skips; /* filled by site_build_emit */
};

/* For both families, in the phase of the statement's row, without matches of its own. */
struct site_build site_begin(struct profile *profile, const struct statement *st, enum out_table table,
			     const char *chain);
void site_end(struct site_build *build);

/* Like site_emit. An end that is `any` needs no alternative. */
must_check bool site_build_emit(struct site_build *build);

/*
 * Adds the rules for every combination of a group, an alternative of each end and a step. A long list gets a
 * chain of its own. Several steps under several conditions share one chain, so that a limit counts each packet
 * once.
 */
must_check bool site_emit(struct profile *profile, struct site *site, const struct port_groups *groups,
			  const struct selectors *from, const struct selectors *to,
			  const struct steps *steps);

/*
 * The name of what a statement has in the kernel (chains, lists): "fw-5", or "fw-web-1f3a.5" in the included
 * file web.conf. It does not depend on what other files are included: a limit keeps its counts when one is added.
 */
must_check const char *statement_id(struct profile *profile, const struct statement *st);

/* The match for new connections. It also matches untracked packets if the profile has a `notrack` statement. */
const char *state_match(const struct profile *profile);

/*
 * The match and the target of a log setting: "-m limit --limit 5/min" and "LOG --log-prefix ...". `chain`
 * replaces %c in the prefix. NULL when memory ran out.
 */
must_check const char *log_match(struct profile *profile, const struct log_setting *log);
must_check const char *log_target(struct profile *profile, const struct log_setting *log, const char *chain);

/* The target for denied packets of this direction. build_denied adds the rules of its chain at the end. */
const char *denied_target(struct profile *profile, enum direction dir);

/* The chain that rejects TCP with a reset and other packets with an ICMP error. The first call creates it. */
const char *reject_target(struct profile *profile);

/* build_uplink.c: "mark connections from ZONE". */
must_check bool build_uplink(struct profile *profile, const struct statement *st);

/* The frame: rules before and after those of the statements, and the directives for fw-load. */
void build_frame(struct profile *profile);
void build_denied(struct profile *profile);
void build_directives(struct profile *profile);

/* Makes the steps of a rule from its verdict and options. */
must_check bool steps_make(struct profile *profile, const struct statement *st, const struct rule_options *options,
			   enum verdict verdict, enum direction dir, const struct port_groups *groups,
			   struct steps *out);

/* The matches of the options: "-m time ..." and "-m owner ...". NULL when memory ran out. */
must_check const char *options_extra(struct profile *profile, const struct rule_options *options);

void site_direction(struct profile *profile, struct site *site, enum direction dir);

/*
 * The directions, as bits, of the packets that a rule is about. A packet for an address of this host passes INPUT
 * and never FORWARD, and one for another address the reverse. The compiler does not know the addresses of the
 * host, so a rule about an address is about both.
 */
unsigned rule_directions(const struct profile *profile, const struct profile_rule *rule, const struct selectors *from,
			 const struct selectors *to);

/*
 * Whether the end is a list of addresses, which can be those of this host: no zone, no "on", not "any", not "not", no
 * "over ipsec".
 */
bool end_has_addresses(const struct profile *profile, const struct end *end);

/* Whether all places of the end are such addresses. */
bool end_is_addresses(const struct profile *profile, const struct end *end);

#endif

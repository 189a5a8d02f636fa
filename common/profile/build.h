/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From statements to rules: what the build_*.c files share. */
#ifndef FW_PROFILE_BUILD_H
#define FW_PROFILE_BUILD_H

#include "profile/resolve.h"
#include "profile/statement_table.h"

/* One match on ports: "-p tcp -m multiport --dports 80,443". */
struct port_group {
	int proto; /* PROTO_ANY: the group matches everything */
	enum family family;
	const char *text;     /* behind the addresses, "" for everything */
	const char *original; /* for the conntrack match: "--ctorigdstport 443 --ctdir ORIGINAL", else NULL */
};

struct port_groups {
	VEC(struct port_group) list;
};

enum port_form { PORTS_DESTINATION, PORTS_SOURCE, PORTS_ORIGINAL };

/* At most 15 ports a match, a range counting two: the kernel's XT_MULTI_PORTS. */
must_check bool groups_make(struct profile *profile, const struct port_list *ports, bool unaddressed,
			    enum port_form form, struct port_groups *out);

/* Something to be done with the packets of a statement, in order. */
struct step {
	enum family family;
	bool tcp_only;      /* only where the packets can be TCP: adds -p tcp where that is not known */
	bool state;         /* new connections only */
	const char *match;  /* "" for none */
	const char *target; /* "ACCEPT", "LOG --log-prefix ...", a chain */
	bool note;          /* carries the statement's note */
};

struct steps {
	VEC(struct step) list;
	bool state; /* all of it is for new connections only */
};

/* Where a statement's rules go, and what holds for all of them. */
struct site {
	const struct statement *st;
	enum out_table table;
	enum phase phase;
	const char *chain;
	enum family family; /* the only families of the statement */
	const char *extra;  /* matches of the statement itself: time, owner; "" for none */
	const char *state;  /* "-m conntrack --ctstate NEW", "" for none */
	const char *note;   /* NULL: none */
	bool no_in, no_out; /* the hook knows no -i, no -o */
	bool go_on;         /* chains are gone to (-g), so that RETURN leaves all of them */
	unsigned chains;    /* of this statement so far */
};

/* A statement whose rules have one target. Its lists are freed by site_end. */
struct site_build {
	struct profile *profile;
	struct site site;
	struct selectors from, to;
	struct port_groups groups;
	struct steps steps;
};

/* For both families, in the phase of the statement's row, without matches of its own. */
struct site_build site_begin(struct profile *profile, const struct statement *st, enum out_table table,
			     const char *chain);
void site_end(struct site_build *build);

/*
 * The rules for every group, every alternative of both ends and every step. Long lists get a chain
 * of their own, and so do several steps with several conditions: what is counted is counted once.
 */
must_check bool site_emit(struct profile *profile, struct site *site, const struct port_groups *groups,
			  const struct selectors *from, const struct selectors *to,
			  const struct steps *steps);

/* "fw-5", or "fw-2.5" in the second included file: names of what a statement keeps in the kernel. */
must_check const char *statement_id(struct profile *profile, const struct statement *st);

/* "NEW", or with `notrack` in the profile also what nobody tracks. */
const char *state_match(const struct profile *profile);

/* build_frame.c: what a log setting becomes: "-m limit --limit 5/min" and "LOG --log-prefix ...". */
must_check const char *log_match(struct profile *profile, const struct log_setting *log);
must_check const char *log_target(struct profile *profile, const struct log_setting *log, const char *chain);

/* The target for what is denied on this side; the chain behind it is made at the end. */
const char *denied_target(struct profile *profile, enum direction dir);

/* The shared chain that answers TCP with a reset and the rest with ICMP. */
const char *reject_target(struct profile *profile);

/* The frame: what stands before and behind the statements. */
void build_frame(struct profile *profile);
void build_denied(struct profile *profile);
void build_directives(struct profile *profile);

/* build_option.c: the steps that a rule's options make. */
must_check bool steps_make(struct profile *profile, const struct statement *st, const struct rule_options *options,
			   enum verdict verdict, enum direction dir, const struct port_groups *groups,
			   struct steps *out);

/* "-m time ..." and "-m owner ..." of the options; NULL when memory ran out. */
must_check const char *options_extra(struct profile *profile, const struct rule_options *options);

void site_direction(struct profile *profile, struct site *site, enum direction dir);

#endif

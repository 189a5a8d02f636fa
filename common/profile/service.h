/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services by name: the built-in table, whose entries are the same on every machine, and /etc/services
 * for what is not in it.
 */
#ifndef FW_PROFILE_SERVICE_H
#define FW_PROFILE_SERVICE_H

#include "profile/statement.h"

struct builtin_service {
	const char *name;
	const char *ports;  /* "tcp 53, udp 53" */
	const char *helper; /* the kernel's name of its conntrack helper, NULL: none */
	const char *about;
};

/* In alphabetical order. */
extern const struct builtin_service builtin_services[];
extern const size_t builtin_service_count;

const struct builtin_service *builtin_service_find(const char *name);

/*
 * The next port of a built-in service: *at begins as its `ports` and moves; false at the end. The
 * table is ours, so its syntax is not checked.
 */
must_check bool builtin_service_next(const char **at, struct ports *out);

/*
 * A line of /etc/services that names `name`, itself or as an alias. *at begins as the text and moves
 * behind the line; false where there is none left.
 */
must_check bool etc_service_next(const char **at, const char *name, struct ports *out);

/* What the kernel has for each helper. */
struct helper_kind {
	const char *name;   /* as -j CT --helper takes it */
	const char *module; /* the suffix of nf_conntrack_ and nf_nat_ */
	bool ipv4_only;
	bool nat; /* there is a nf_nat_ module too */
};

const struct helper_kind *helper_kind_find(const char *name);

/* The i-th name, for suggestions; NULL at the end. */
const char *helper_kind_name(size_t i);

#endif

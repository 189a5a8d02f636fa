/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Services by name: the built-in table, which is the same on every machine, and /etc/services for other names.
 */
#ifndef FW_PROFILE_SERVICE_H
#define FW_PROFILE_SERVICE_H

#include "profile/statement.h"

struct builtin_service {
	const char *name;
	const char *ports;  /* "tcp 53, udp 53" */
	const char *helper; /* its conntrack helper, as the kernel names it; NULL: none */
	const char *about;
};

/* In alphabetical order. */
extern const struct builtin_service builtin_services[];
extern const size_t builtin_service_count;

const struct builtin_service *builtin_service_find(const char *name);

/*
 * Reads the next port of a built-in service. *at starts as its `ports` and moves. Returns false at the end. The
 * syntax of the table is not checked.
 */
must_check bool builtin_service_next(const char **at, struct ports *out);

/*
 * Finds the next line of /etc/services that contains `name`, as the name or an alias. *at starts as the text
 * and moves behind the line. Returns false if there is no further line.
 */
must_check bool etc_service_next(const char **at, const char *name, struct ports *out);

/* What the kernel provides for each helper. */
struct helper_kind {
	const char *name;   /* as in -j CT --helper NAME */
	const char *module; /* the suffix of nf_conntrack_ and nf_nat_ */
	bool ipv4_only;
	bool nat; /* there is an nf_nat_ module too */
};

const struct helper_kind *helper_kind_find(const char *name);

/* The i-th name, for suggestions; NULL at the end. */
const char *helper_kind_name(size_t i);

#endif

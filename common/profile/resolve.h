/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Resolves names. An end becomes a list of alternatives, one of which a packet must match; a list of items
 * becomes a list of ports. All functions report the errors that they find.
 */
#ifndef FW_PROFILE_RESOLVE_H
#define FW_PROFILE_RESOLVE_H

#include "profile/state.h"

/* One alternative of an end: an interface, an address, both or neither. */
struct selector {
	enum family family;
	const char *iface; /* NULL: any */
	bool iface_not;
	bool has_range, range_not;
	struct addr_range range;
	unsigned prefix; /* of an IPv6 suffix: how many leading bits of the address may be any; 0: none */
	const char *set; /* an ipset, NULL: none */
	bool set_not;
	enum over over;
	const char *mac; /* of the sender on the link, NULL: any */
	bool mac_not;
};

struct selectors {
	VEC(struct selector) list;
	bool except;            /* the list says which packets do not match */
	bool self, docker, any, mac; /* the end contains such a place */
	const struct hosts
		*tree; /* a list that becomes a tree of chains; `list` is then empty */
};

struct port_list {
	VEC(struct ports) list;
};

struct zone *zone_find(const struct profile *profile, const char *name);

struct hosts *hosts_find(const struct profile *profile, const char *name);

/* Like zone_find, but reports an error with a suggestion if there is no such zone. */
must_check struct zone *resolve_zone(struct profile *profile, const struct name *name);

/*
 * Resolves an end. An end without places matches all packets. `only` is the family that the statement is
 * restricted to. With `unaddressed`, zones are matched by their interfaces alone.
 */
must_check bool resolve_end(struct profile *profile, const struct end *end, enum family only,
			    bool unaddressed, struct selectors *out);
void selectors_free(struct selectors *selectors);

/* Replaces a tree by alternatives, for places in which a tree is not possible. */
must_check bool selectors_flatten(struct profile *profile, struct selectors *selectors);

/* The number of alternatives for a family. */
size_t selectors_count(const struct selectors *selectors, enum family family);

/* The families of all alternatives together. */
enum family selectors_family(const struct selectors *selectors);

/*
 * Resolves items to their ports, without duplicates. `items` NULL gives an empty list, which means all packets.
 */
must_check bool resolve_items(struct profile *profile, const struct item *items, struct port_list *out);

/* The helper of a service, or NULL without an error if it has none. */
const char *service_helper(const struct profile *profile, const char *name);

/* The families in which a protocol exists. */
enum family proto_family(int proto);

/* Reports `unknown WHAT "lna"; did you mean "lan"?`. `near` NULL: nothing is like it. */
void resolve_unknown(struct profile *profile, const char *what, const struct name *name, const char *near);

/* Reads the file of a hosts list, if it has one, adds its parts, and makes the list normal. */
must_check bool hosts_load(struct profile *profile, struct hosts *hosts);

/*
 * Takes out of a set what a host must not block, with a warning: its loopback and the link-local addresses of its IPv6
 * neighbours. A set of all addresses of a family is an error. `name` is for the messages; NULL: the line itself, whose lists have been asked about.
 */
must_check bool hosts_spare(struct profile *profile, const struct where *where, const char *name, struct addr_set *set);

/*
 * A list of more networks than HOSTS_INLINE_MAX becomes a tree of chains, and a list of more than
 * HOSTS_TREE_MAX an ipset, unless ipsets are off. tests/bench/fw-gen.bash measured these nanoseconds a packet,
 * more than with an empty table, for nft (legacy): 64 plain rules 1800 (50), 256 plain rules 8200 (900); a tree
 * of 256 1400 (900), of 100,000 2300 (1100); an ipset of any size 300 (700).
 */
#define HOSTS_INLINE_MAX 32
#define HOSTS_TREE_MAX   256

#endif

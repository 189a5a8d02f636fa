/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names looked up: an end becomes the alternatives that a packet may match, a list of items the ports.
 * All functions report what they refuse.
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
	const char *set; /* an ipset, NULL: none */
	bool set_not;
};

struct selectors {
	VEC(struct selector) list;
	bool except;            /* the list says which packets do not match */
	bool self, docker, any; /* the end holds such a place */
	const struct hosts
		*tree; /* a list that is to be a tree of chains by its networks; then `list` is empty */
};

struct port_list {
	VEC(struct ports) list;
};

struct zone *zone_find(const struct profile *profile, const char *name);

/* The same with an error and a suggestion. */
must_check struct zone *resolve_zone(struct profile *profile, const struct name *name);

/*
 * An end; without places: anywhere. `only`: what the statement says of families. unaddressed: zones
 * stand for their interfaces alone.
 */
must_check bool resolve_end(struct profile *profile, const struct end *end, enum family only,
			    bool unaddressed, struct selectors *out);
void selectors_free(struct selectors *selectors);

/* Writes a tree out as alternatives, where no tree can stand. */
must_check bool selectors_flatten(struct profile *profile, struct selectors *selectors);

/* How many alternatives there are for a family. */
size_t selectors_count(const struct selectors *selectors, enum family family);

/* The families of all alternatives together. */
enum family selectors_family(const struct selectors *selectors);

/* The ports of all items, duplicates left out. NULL items: an empty list, which means everything. */
must_check bool resolve_items(struct profile *profile, const struct item *items, struct port_list *out);

/* The helper of a named service; NULL (no report) where it has none. */
const char *service_helper(const struct profile *profile, const char *name);

/* The families in which a protocol exists. */
enum family proto_family(int proto);

/* Reads a hosts list's file if it has one, and makes the list normal. */
must_check bool hosts_load(struct profile *profile, struct hosts *hosts);

/*
 * A list of more networks than this is a tree of chains, of more than HOSTS_TREE_MAX an ipset unless there
 * shall be none. Measured by tests/bench/fw-gen.bash, in nanoseconds a packet beyond an empty table, nft
 * (legacy): 64 plain rules 1800 (50), 256 plain rules 8200 (900); a tree of 256 1400 (900), of 100,000 2300
 * (1100); an ipset of any size 300 (700).
 */
#define HOSTS_INLINE_MAX 32
#define HOSTS_TREE_MAX   256

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two address families, as a set: a line, a rule, a run is for one of them or for both. */
#ifndef FW_TEXT_FAMILY_H
#define FW_TEXT_FAMILY_H

enum family {
	FAMILY_NONE = 0,
	FAMILY_IPV4 = 1,
	FAMILY_IPV6 = 2,
	FAMILY_BOTH = 3,
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every file may use: attributes, array length, exit statuses. */
#ifndef FW_BASE_BASE_H
#define FW_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(array)  (sizeof(array) / sizeof((array)[0]))
#define must_check        __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))

/*
 * Exit statuses that mean the same in every tool. Above STATUS_SYSTEM each tool has its own,
 * listed in its manual page. ct-stat's alarm modes follow the monitoring plugins instead.
 */
enum status {
	STATUS_DONE = 0,    /* done, nothing to say */
	STATUS_REFUSED = 1, /* the input is refused or there are findings; nothing changed */
	STATUS_USAGE = 2,   /* the command line is wrong; nothing changed */
	STATUS_SYSTEM = 3,  /* the system failed: a file, a missing program, memory; nothing changed */
};

#endif

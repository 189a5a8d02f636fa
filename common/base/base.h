/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What all files share: attributes, array length, exit statuses. */
#ifndef FW_BASE_BASE_H
#define FW_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(array)  (sizeof(array) / sizeof((array)[0]))
#define must_check        __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))

/*
 * Exit statuses that mean the same in every tool. Each tool may have others above STATUS_SYSTEM, which its manual page
 * lists. The alarm modes of ct-stat follow the conventions of monitoring plugins instead.
 */
enum status {
	STATUS_DONE = 0,    /* success, and nothing to report */
	STATUS_REFUSED = 1, /* the input is wrong, or there are findings; nothing changed */
	STATUS_USAGE = 2,   /* the command line is wrong; nothing changed */
	STATUS_SYSTEM = 3,  /* the system failed: a file, a missing program, memory; nothing changed */
};

#endif

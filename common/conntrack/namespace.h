/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The network namespaces of this machine, as ip-netns(8) names them. */
#ifndef FW_CONNTRACK_NAMESPACE_H
#define FW_CONNTRACK_NAMESPACE_H

#include "base/base.h"
#include "base/vec.h"

typedef VEC(char *) namespace_list; /* owned names */

/* Adds every named namespace, in the order of the names. 0 or -ENOMEM; without /run/netns it adds none. */
must_check int namespace_names(namespace_list *names);
void namespace_list_free(namespace_list *names);

/*
 * Moves this process into the namespace of that name, or into that of the process with that id. 0 or -errno;
 * after an error the process is where it was.
 */
must_check int namespace_enter(const char *name);

#endif

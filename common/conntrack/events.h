/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Changes of the conntrack table as they happen, one per line. The kernel discards events that do not fit
 * into the socket's buffer, and reports that once. Then a gap record stands where events are missing, with
 * their number: no event is lost silently.
 */
#ifndef FW_CONNTRACK_EVENTS_H
#define FW_CONNTRACK_EVENTS_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/filter.h"
#include "conntrack/sender.h"

#include <time.h>

enum event_type { EVENT_NEW, EVENT_UPDATE, EVENT_DESTROY, EVENT_TYPES };

extern const char *const event_names[EVENT_TYPES]; /* "new" */

struct events_receive;

struct events {
	const struct ct_filter *filter; /* borrowed */
	const struct label_names *labels; /* borrowed; NULL: labels are not printed */
	bool json;
	int fd;				  /* owned */
	struct events_receive *receive;	  /* owned */
	uint64_t buffer;		  /* size that the kernel granted, in bytes */
	uint64_t received, damaged, lost; /* numbers of events; lost: the sum of all gap records */
	bool leaving;			  /* events_leave was called */
	bool gap;			  /* the kernel lost events, and no record says so yet */
	uint64_t gap_received;		  /* `received` when the kernel reported the loss */
	struct sender sender;		  /* who caused the last event */
	uint32_t drops;			  /* the socket's drop counter at the last gap record */
};

/*
 * Listens for the types whose bits are set (bit n: enum event_type n), with a buffer of so many bytes.
 * Without CAP_NET_ADMIN the kernel grants net.core.rmem_max at most. 0 or -errno; call events_close in either
 * case.
 */
must_check int events_open(struct events *events, unsigned types, uint64_t buffer);
void events_close(struct events *events);

/*
 * Waits for events, for one second at most, and appends their lines to out. 0 or -errno. -EINTR: a signal
 * arrived; no event is lost. One call reads a limited number of events, so that the caller can write and
 * empty out.
 */
must_check int events_read(struct events *events, struct strbuf *out);

/* Appends the lines of the events in one datagram, which must be aligned for a netlink header. */
void events_datagram(struct events *events, struct strbuf *out, const void *data, size_t len,
		     const struct timespec *now);

/*
 * Stops the kernel from adding events. Those in the buffer must still be read, or they would be lost
 * silently: from now on events_read does not wait, and returns -EAGAIN when the buffer is empty and every gap
 * has its record.
 */
void events_leave(struct events *events);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of the conntrack table as they happen, a line each. The kernel throws away what does not fit into
 * the socket's buffer and says so once; here that becomes a gap record with the number of events that are
 * missing, in the place where they are missing. Nothing is lost silently.
 */
#ifndef FW_CONNTRACK_EVENTS_H
#define FW_CONNTRACK_EVENTS_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/filter.h"

enum event_type { EVENT_NEW, EVENT_UPDATE, EVENT_DESTROY, EVENT_TYPES };

extern const char *const event_names[EVENT_TYPES]; /* "new" */

struct events_receive;

struct events {
	const struct ct_filter *filter; /* borrowed */
	bool json;
	int fd;				  /* owned */
	struct events_receive *receive;	  /* owned */
	uint64_t buffer;		  /* what the kernel granted, in bytes */
	uint64_t received, damaged, lost; /* events; lost: as announced in gap records */
	bool leaving;			  /* no more events are wanted: see events_leave */
	bool gap;			  /* the kernel lost some; not yet announced */
	uint64_t gap_received;		  /* `received` when it said so */
	uint32_t drops;			  /* the socket's drop counter when it was last announced */
};

/*
 * Listens for the types whose bits are set, with a buffer of so many bytes: above net.core.rmem_max only with
 * CAP_NET_ADMIN, else less is granted. 0 or -errno; call events_close in either case.
 */
must_check int events_open(struct events *events, unsigned types, uint64_t buffer);
void events_close(struct events *events);

/*
 * Waits a second at most for events and appends their lines to out. 0 or -errno; -EINTR: a signal came, and
 * nothing is lost. One call reads a bounded number of events, so that out can be written and emptied.
 */
must_check int events_read(struct events *events, struct strbuf *out);

/*
 * Asks for no more events. What is already waiting is still to be read, or it would be lost without a word:
 * from now on events_read does not wait, and is -EAGAIN when all has been read and every gap announced.
 */
void events_leave(struct events *events);

#endif

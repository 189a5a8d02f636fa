/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/message.h"

#include <errno.h>
#include <string.h>

const struct nlmsghdr *message_next(struct messages *messages)
{
	const struct nlmsghdr *nlh = (const void *)messages->at;
	size_t step;

	if (messages->left < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > messages->left)
		return NULL;
	step = NLMSG_ALIGN((size_t)nlh->nlmsg_len);
	step = step < messages->left ? step : messages->left;
	messages->at += step;
	messages->left -= step;
	return nlh;
}

/* Returns 0, or the kernel's answer to the request as -errno; sets *step. */
static int message_status(const struct nlmsghdr *nlh, enum message_step *step)
{
	int error = 0;

	*step = STEP_ON;
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return 0;
	*step = STEP_END;
	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(error))
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&error, (const char *)nlh + NLMSG_HDRLEN, sizeof(error));
	return error <= 0 ? error : -EBADMSG;
}

int messages_read(const void *data, size_t len, const struct message_request *request, enum message_step *step)
{
	struct messages messages = { .at = data, .left = len };
	const struct nlmsghdr *nlh;
	int err = 0;

	while (err == 0 && *step == STEP_ON && (nlh = message_next(&messages)) != NULL) {
		if (nlh->nlmsg_seq != request->seq || (nlh->nlmsg_pid != 0 && nlh->nlmsg_pid != request->port))
			continue;
		err = message_status(nlh, step);
		if (err == 0 && *step == STEP_ON)
			err = request->each(request->ctx, nlh, step);
	}
	return err == 0 && *step == STEP_ON && messages.left != 0 ? -EBADMSG : err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/wire.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

struct head {
	uint64_t kind, len;
};

void wire_put(struct strbuf *out, enum wire_kind kind, const void *bytes, size_t len)
{
	struct head head = { .kind = kind, .len = len };

	strbuf_add(out, (const char *)&head, sizeof(head));
	strbuf_add(out, bytes, len);
}

int wire_send(int fd, enum wire_kind kind, const void *bytes, size_t len)
{
	struct head head = { .kind = kind, .len = len };
	int err = file_write(fd, &head, sizeof(head));

	return err == 0 ? file_write(fd, bytes, len) : err;
}

void wire_put_finding(struct strbuf *out, const struct diag *diag)
{
	size_t len = strlen(diag->text);
	struct head head = { .kind = WIRE_FINDING, .len = sizeof(struct wire_finding) + len };
	struct wire_finding finding = {
		.id = diag->id,
		.line = diag->where.line,
		.column = diag->where.column,
		.width = diag->where.width,
	};

	strbuf_add(out, (const char *)&head, sizeof(head));
	strbuf_add(out, (const char *)&finding, sizeof(finding));
	strbuf_add(out, diag->text, len);
}

bool wire_next(const struct strbuf *answer, size_t *at, struct wire_record *record)
{
	struct head head;

	if (answer->len - *at < sizeof(head))
		return false;
	memcpy(&head, answer->data + *at, sizeof(head));
	if (head.kind < WIRE_FINDING || head.kind > WIRE_END || head.len > answer->len - *at - sizeof(head))
		return false;
	*record = (struct wire_record){
		.kind = (enum wire_kind)head.kind,
		.bytes = answer->data + *at + sizeof(head),
		.len = (size_t)head.len,
	};
	*at += sizeof(head) + record->len;
	return true;
}

bool wire_take_finding(const struct wire_record *record, struct wire_finding *finding, char **text)
{
	if (record->kind != WIRE_FINDING || record->len < sizeof(*finding))
		return false;
	memcpy(finding, record->bytes, sizeof(*finding));
	if (finding->id >= DIAG_COUNT)
		return false;
	*text = strndup(record->bytes + sizeof(*finding), record->len - sizeof(*finding));
	return *text != NULL;
}

bool wire_is_whole(const struct strbuf *answer)
{
	struct wire_record record = { .kind = WIRE_FINDING };
	size_t at = 0;

	while (wire_next(answer, &at, &record) && record.kind != WIRE_END)
		;
	return at == answer->len && record.kind == WIRE_END;
}

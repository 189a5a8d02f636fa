/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "diag/diag.h"
#include "base/escape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct diag_kind diag_kinds[DIAG_COUNT] = {
#define FINDING(id, stable_name, severity, of_group, ...) \
	[DIAG_##id] = { .name = stable_name, .level = LEVEL_##severity, .group = GROUP_##of_group, __VA_ARGS__ },
#include "diag/findings.def"
#undef FINDING
};

void diag_emit(struct diag_log *log, const struct diag *diag)
{
	log->count[diag->level]++;
	if (log->report != NULL)
		log->report(log->ctx, diag);
}

static void escape(struct strbuf *text)
{
	struct strbuf escaped = STRBUF_INIT;

	if (is_printable(strbuf_text(text), text->len))
		return;
	strbuf_escape(&escaped, strbuf_text(text), text->len);
	strbuf_free(text);
	*text = escaped;
}

static void diag_report(struct diag_log *log, struct diag *diag, struct strbuf *text)
{
	escape(text);
	diag->text = text->failed ? "out of memory while writing this message" : strbuf_text(text);
	diag_emit(log, diag);
	strbuf_free(text);
}

unsigned where_character(const struct where *where, unsigned column)
{
	unsigned characters = 1;

	if (where->source == NULL || column == 0)
		return column;
	for (unsigned i = 1; i < column; i++) /* bytes 10xxxxxx go on with a character of UTF-8 */
		characters += i > where->source_len || ((unsigned char)where->source[i - 1] & 0xc0) != 0x80;
	return characters;
}

void diag_add(struct diag_log *log, enum diag_id id, const struct where *where, const struct where *origin,
	      const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = id, .level = diag_kinds[id].level };
	va_list args;

	if (where != NULL)
		diag.where = *where;
	if (origin != NULL)
		diag.origin = *origin;
	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_report(log, &diag, &text);
}

void diag_add_copy(struct diag_log *log, const struct diag *diag)
{
	struct diag copy = *diag;
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, diag->text);
	diag_report(log, &copy, &text);
}

void diag_system(struct diag_log *log, int err, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = DIAG_SYSTEM, .level = LEVEL_SYSTEM };
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	strbuf_printf(&text, ": %s", strerror(abs(err)));
	diag_report(log, &diag, &text);
}

int diag_memory(struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = DIAG_MEMORY, .level = LEVEL_SYSTEM };

	strbuf_puts(&text, "out of memory");
	diag_report(log, &diag, &text);
	return -ENOMEM;
}

unsigned long diag_errors(const struct diag_log *log)
{
	return log->count[LEVEL_ERROR] + log->count[LEVEL_SYSTEM];
}

enum status diag_status(const struct diag_log *log)
{
	if (log->count[LEVEL_SYSTEM] > 0)
		return STATUS_SYSTEM;
	return log->count[LEVEL_ERROR] > 0 ? STATUS_REFUSED : STATUS_DONE;
}

const char *level_name(enum level level)
{
	static const char *const names[LEVEL_COUNT] = {
		[LEVEL_INFO] = "note",
		[LEVEL_WARNING] = "warning",
		[LEVEL_ERROR] = "error",
		[LEVEL_SYSTEM] = "error",
	};

	return names[level];
}

void diag_format(struct strbuf *out, const struct diag *diag)
{
	const struct where *at = &diag->where;

	if (at->file != NULL) {
		strbuf_escape(out, at->file, strlen(at->file));
		strbuf_putc(out, ':');
	}
	if (at->file != NULL && at->line > 0)
		strbuf_printf(out, "%u:", at->line);
	if (at->file != NULL && at->column > 0)
		strbuf_printf(out, "%u:", at->column);
	strbuf_printf(out, "%s%s: %s", at->file != NULL ? " " : "", level_name(diag->level), diag->text);
	if (diag->origin.file != NULL) {
		strbuf_puts(out, " (made by ");
		strbuf_escape(out, diag->origin.file, strlen(diag->origin.file));
	}
	if (diag->origin.file != NULL && diag->origin.line > 0)
		strbuf_printf(out, ":%u", diag->origin.line);
	if (diag->origin.file != NULL)
		strbuf_putc(out, ')');
	strbuf_printf(out, " [%s]", diag_kinds[diag->id].name);
}

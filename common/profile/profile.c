/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/profile.h"
#include "profile/state.h"

#include <stdlib.h>
#include <string.h>

/* Sets the defaults. */
static void settings_begin(struct settings *settings)
{
	settings->ping = (struct rate){ 10, 1, 20 };
	settings->policy[DIR_IN] = settings->policy[DIR_FORWARD] = VERDICT_DENY;
	settings->policy[DIR_OUT] = VERDICT_ALLOW;
	settings->log[LOG_DENIED] =
		(struct log_setting){ .rate = { 5, 60, 5 }, .prefix = "fw-%c-denied: ", .nflog = -1 };
	settings->log[LOG_INVALID] =
		(struct log_setting){ .rate = { 2, 60, 2 }, .prefix = "fw-invalid: ", .nflog = -1 };
	settings->log[LOG_BLOCKED] =
		(struct log_setting){ .off = true, .prefix = "fw-blocked: ", .nflog = -1 };
}

/*
 * A profile without a statement would accept nothing. It is more likely that the program before this one
 * failed.
 */
static bool profile_says_something(struct profile *profile)
{
	struct where at = { .file = profile->name };

	if (profile->statements.first != NULL)
		return true;
	diag_add(profile->log, DIAG_PROFILE, &at, NULL,
		 "this profile has no statement, so it would allow nothing: is it the right file?");
	return false;
}

struct profile *profile_compile(const char *name, const char *text, size_t len,
				const struct profile_source *source, const struct profile_options *options,
				struct diag_log *log)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	bool good;

	if (profile == NULL) {
		diag_memory(log);
		return NULL;
	}
	profile->source = source;
	profile->options = options;
	profile->log = log;
	profile->name = name;
	profile->statements.end = &profile->statements.first;
	settings_begin(&profile->settings);
	output_begin(&profile->out, &profile->arena);
	good = profile_parse(profile, text, len) && profile_says_something(profile);
	/* Build even after a syntax error, so that errors in other lines are reported too. */
	good = profile_build(profile) && good;
	if (good)
		profile_check(profile);
	profile_report(profile);
	if (good)
		return profile;
	profile_free(profile);
	return NULL;
}

void profile_free(struct profile *profile)
{
	if (profile == NULL)
		return;
	for (struct source_file *file = profile->files.first; file != NULL; file = file->next)
		strbuf_free(&file->bytes);
	for (struct zone *zone = profile->zones; zone != NULL; zone = zone->next)
		addr_set_free(&zone->nets);
	for (struct hosts *hosts = profile->hosts; hosts != NULL; hosts = hosts->next) {
		addr_set_free(&hosts->set);
		addr_set_free(&hosts->nets);
	}
	strbuf_free(&profile->files.etc_services);
	output_free(&profile->out);
	vec_free(&profile->findings.list);
	arena_free(&profile->arena);
	free(profile);
}

/* Stores a finding. profile_report prints all of them at the end, in the order of the lines. */
static void printf_like(4, 0) finding_add(struct profile *profile, enum diag_id id, const struct where *where,
					  const char *format, va_list args)
{
	struct strbuf text = STRBUF_INIT;
	struct profile_finding finding = { .id = id, .serial = (unsigned)profile->findings.list.len };

	strbuf_vprintf(&text, format, args);
	finding.text = profile_take(profile, &text);
	if (where != NULL)
		finding.where = *where;
	if (finding.text != NULL && !vec_push(&profile->findings.list, finding))
		profile_memory(profile);
}

void profile_error(struct profile *profile, const struct where *where, const char *format, ...)
{
	va_list args;

	/* Store many more than are printed, because those of the first lines may come late. */
	if (++profile->findings.errors > 50 * PROFILE_ERRORS_MAX)
		return;
	va_start(args, format);
	finding_add(profile, DIAG_PROFILE, where, format, args);
	va_end(args);
}

void profile_warning(struct profile *profile, const struct where *where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finding_add(profile, DIAG_PROFILE_WARNING, where, format, args);
	va_end(args);
}

/* Orders findings by file, in the order of the serials, then by line and column. */
static int finding_compare(const void *left, const void *right)
{
	const struct profile_finding *a = left, *b = right;

	if (a->where.file != NULL && b->where.file != NULL && strcmp(a->where.file, b->where.file) == 0) {
		if (a->where.line != b->where.line)
			return a->where.line < b->where.line ? -1 : 1;
		if (a->where.column != b->where.column)
			return a->where.column < b->where.column ? -1 : 1;
	}
	return a->serial < b->serial ? -1 : a->serial > b->serial;
}

static bool finding_same_place(const struct profile_finding *a, const struct profile_finding *b)
{
	return a->where.file != NULL && b->where.file != NULL && strcmp(a->where.file, b->where.file) == 0 &&
	       a->where.line == b->where.line && a->where.column == b->where.column;
}

void profile_report(struct profile *profile)
{
	unsigned errors = 0;

	/*
	 * All findings of a file get the serial of its first finding, so that files are ordered by their first
	 * finding.
	 */
	for (size_t i = 0; i < profile->findings.list.len; i++) {
		struct profile_finding *finding = &profile->findings.list.item[i];

		for (size_t j = 0; j < i && finding->where.file != NULL; j++)
			if (profile->findings.list.item[j].where.file != NULL &&
			    strcmp(profile->findings.list.item[j].where.file, finding->where.file) == 0) {
				finding->serial = profile->findings.list.item[j].serial;
				break;
			}
	}
	if (profile->findings.list.len > 0)
		qsort(profile->findings.list.item, profile->findings.list.len, sizeof(*profile->findings.list.item),
		      finding_compare);
	for (size_t i = 0; i < profile->findings.list.len; i++) {
		const struct profile_finding *finding = &profile->findings.list.item[i];

		/*
		 * A definition is resolved where it is written and where it is used, so its errors come twice.
		 */
		if (i > 0 && finding_same_place(finding, finding - 1) && strcmp(finding->text, finding[-1].text) == 0) {
			profile->findings.errors -= finding->id == DIAG_PROFILE;
			continue;
		}
		if (finding->id == DIAG_PROFILE && errors++ >= PROFILE_ERRORS_MAX)
			continue;
		diag_add(profile->log, finding->id, &finding->where, NULL, "%s", finding->text);
	}
	if (profile->findings.errors > PROFILE_ERRORS_MAX)
		diag_add(profile->log, DIAG_PROFILE, &(struct where){ .file = profile->name }, NULL,
			 "%u more errors are not shown", profile->findings.errors - PROFILE_ERRORS_MAX);
}

bool profile_memory(struct profile *profile)
{
	if (!profile->failed)
		diag_memory(profile->log);
	profile->failed = true;
	return false;
}

void *profile_alloc(struct profile *profile, size_t size)
{
	void *memory = arena_alloc(&profile->arena, size);

	if (memory == NULL)
		profile_memory(profile);
	return memory;
}

const char *profile_text(struct profile *profile, const char *text, size_t len)
{
	const char *copy = arena_text(&profile->arena, text, len);

	if (copy == NULL)
		profile_memory(profile);
	return copy;
}

const char *profile_take(struct profile *profile, struct strbuf *text)
{
	const char *copy = NULL;

	if (!text->failed)
		copy = profile_text(profile, strbuf_text(text), text->len);
	else
		profile_memory(profile);
	strbuf_free(text);
	return copy;
}

const char *profile_textf(struct profile *profile, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	return profile_take(profile, &text);
}

const char *profile_beside(struct profile *profile, const char *from, const char *path)
{
	const char *slash = strrchr(from, '/');

	if (path[0] == '/' || slash == NULL)
		return profile_text(profile, path, strlen(path));
	return profile_textf(profile, "%.*s%s", (int)(slash - from + 1), from, path);
}

void profile_print(const struct profile *profile, struct strbuf *out)
{
	output_print(&profile->out, profile->options->family, out);
}

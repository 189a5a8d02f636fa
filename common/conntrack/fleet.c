/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/fleet.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 16 /* of nested objects and arrays; a report has three levels */

static void line_free(struct fleet_line *line)
{
	free(line->host);
	free(line->netns);
	free(line->reasons);
}

void fleet_free(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->lines.len; i++)
		line_free(&fleet->lines.item[i]);
	vec_free(&fleet->lines);
}

/* The rest of a line. Each function below reads something, and moves `at` to what follows. */
struct cursor {
	const char *at, *end;
};

static void skip_space(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
		c->at++;
}

static bool take(struct cursor *c, char wanted)
{
	skip_space(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* Reads the digits of \uXXXX. A control character becomes a space, and a character that is not ASCII '?'. */
static bool take_unicode(struct cursor *c, struct strbuf *out)
{
	char digits[5] = "", *end;
	unsigned long code;

	if (c->end - c->at < 4)
		return false;
	memcpy(digits, c->at, 4);
	c->at += 4;
	code = strtoul(digits, &end, 16);
	strbuf_putc(out, code >= ' ' && code < 0x7f ? (char)code : code < ' ' ? ' ' : '?');
	return end == digits + 4;
}

static bool take_string(struct cursor *c, struct strbuf *out)
{
	static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/     ";

	strbuf_reset(out);
	if (!take(c, '"'))
		return false;
	while (c->at < c->end && *c->at != '"') {
		const char *escape;

		if (*c->at != '\\') {
			strbuf_putc(out, *c->at++);
			continue;
		}
		if (c->end - c->at < 2)
			return false;
		escape = c->at[1] != '\0' ? strchr(escapes, c->at[1]) : NULL;
		c->at += 2;
		if (escape != NULL)
			strbuf_putc(out, meant[escape - escapes]);
		else if (c->at[-1] != 'u' || !take_unicode(c, out))
			return false;
	}
	return take(c, '"') && !out->failed;
}

/* Reads any value. out gets the text of a string, number or word, and is empty for an object or array. */
static bool take_value(struct cursor *c, struct strbuf *out, unsigned depth)
{
	bool object = take(c, '{'), array = !object && take(c, '[');
	char close = object ? '}' : ']';
	size_t len;

	strbuf_reset(out);
	if (object || array) {
		if (take(c, close))
			return true;
		do {
			if (depth == DEPTH || (object && !(take_string(c, out) && take(c, ':'))) ||
			    !take_value(c, out, depth + 1))
				return false;
		} while (take(c, ','));
		strbuf_reset(out);
		return take(c, close);
	}
	if (c->at < c->end && *c->at == '"')
		return take_string(c, out);
	len = strspn(c->at, "-+.0123456789abcdefghijklmnopqrstuvwxyzE");
	len = len < (size_t)(c->end - c->at) ? len : (size_t)(c->end - c->at);
	strbuf_add(out, c->at, len);
	c->at += len;
	return len > 0 && !out->failed;
}

static bool read_level(const char *text, enum alarm_level *level)
{
	for (*level = ALARM_OK; *level <= ALARM_UNKNOWN; ++*level)
		if (strcmp(alarm_name(*level), text) == 0)
			return true;
	return false;
}

/* "57.73" */
static bool read_hundredths(const char *text, uint64_t *hundredths)
{
	char *end;
	double percent = strtod(text, &end);

	if (*end != '\0' || end == text || !(percent >= 0 && percent < 1e9))
		return false;
	*hundredths = (uint64_t)(percent * 100 + 0.5);
	return true;
}

static bool replace(char **text, const char *with)
{
	char *copy = strdup(with);

	if (copy == NULL)
		return false;
	free(*text);
	*text = copy;
	return true;
}

/* A line without both of these is not a report. */
enum { FOUND_STATUS = 1, FOUND_TIME = 2 };

/* Takes the members that the table shows, and skips others, so that a newer version can add some. */
static int take_member(struct fleet_line *line, const char *name, const char *value, unsigned *found)
{
	bool null = strcmp(value, "null") == 0, good = true;
	char **text = strcmp(name, "host") == 0	     ? &line->host
		      : strcmp(name, "netns") == 0   ? &line->netns
		      : strcmp(name, "reasons") == 0 ? &line->reasons
						     : NULL;

	if (null)
		return 0;
	if (text != NULL)
		return replace(text, value) ? 0 : -ENOMEM;
	if (strcmp(name, "status") == 0) {
		good = read_level(value, &line->level);
		*found |= FOUND_STATUS;
	} else if (strcmp(name, "time") == 0) {
		good = text_to_number(value, UINT64_MAX, &line->time);
		*found |= FOUND_TIME;
	} else if (strcmp(name, "count") == 0) {
		good = line->has_count = text_to_number(value, UINT64_MAX, &line->count);
	} else if (strcmp(name, "max") == 0) {
		good = line->has_max = text_to_number(value, UINT64_MAX, &line->max);
	} else if (strcmp(name, "percent") == 0) {
		good = line->has_percent = read_hundredths(value, &line->hundredths);
	}
	return good ? 0 : -EBADMSG;
}

static int read_line(struct fleet_line *line, struct cursor *c, struct strbuf *name, struct strbuf *value)
{
	unsigned found = 0;
	int err = 0;

	if (!take(c, '{'))
		return -EBADMSG;
	do {
		if (!take_string(c, name) || !take(c, ':') || !take_value(c, value, 0))
			return -EBADMSG;
		err = take_member(line, strbuf_text(name), strbuf_text(value), &found);
	} while (err == 0 && take(c, ','));
	if (err != 0)
		return err;
	if (!take(c, '}'))
		return -EBADMSG;
	skip_space(c);
	return c->at == c->end && found == (FOUND_STATUS | FOUND_TIME) ? 0 : -EBADMSG;
}

int fleet_add(struct fleet *fleet, const char *file, const char *text, size_t len)
{
	struct strbuf name = STRBUF_INIT, value = STRBUF_INIT;
	struct fleet_line line = { .file = file };
	struct cursor c = { text, text + len };
	int err = 0;

	line.host = strdup(file);
	line.netns = strdup("");
	line.reasons = strdup("");
	if (line.host == NULL || line.netns == NULL || line.reasons == NULL)
		err = -ENOMEM;
	if (err == 0)
		err = read_line(&line, &c, &name, &value);
	if (err == 0 && !vec_push(&fleet->lines, line))
		err = -ENOMEM;
	if (err != 0)
		line_free(&line);
	strbuf_free(&name);
	strbuf_free(&value);
	return err;
}

/* By file and machine, the newest first. */
static int by_machine(const void *left, const void *right)
{
	const struct fleet_line *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (order == 0)
		order = strcmp(a->host, b->host);
	if (order == 0)
		order = strcmp(a->netns, b->netns);
	return order != 0 ? order : a->time < b->time ? 1 : a->time > b->time ? -1 : 0;
}

static bool same_machine(const struct fleet_line *a, const struct fleet_line *b)
{
	return strcmp(a->file, b->file) == 0 && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->netns, b->netns) == 0;
}

/* The worst first, then the fullest. */
static int by_need(const void *left, const void *right)
{
	const struct fleet_line *a = left, *b = right;
	int order;

	if (a->level != b->level)
		return alarm_worse(a->level, b->level) == a->level ? -1 : 1;
	if (a->hundredths != b->hundredths)
		return a->hundredths > b->hundredths ? -1 : 1;
	order = strcmp(a->host, b->host);
	return order != 0 ? order : strcmp(a->netns, b->netns);
}

void fleet_settle(struct fleet *fleet, uint64_t now)
{
	struct fleet_line *item = fleet->lines.item;
	size_t kept = 0;

	if (fleet->lines.len == 0)
		return;
	qsort(item, fleet->lines.len, sizeof(*item), by_machine);
	for (size_t i = 0; i < fleet->lines.len; i++) {
		if (kept > 0 && same_machine(&item[kept - 1], &item[i])) {
			line_free(&item[i]);
			continue;
		}
		item[kept] = item[i];
		if (item[kept].time + FLEET_STALE < now || item[kept].time > now + FLEET_STALE)
			item[kept].level = alarm_worse(item[kept].level, ALARM_UNKNOWN);
		kept++;
	}
	fleet->lines.len = kept;
	qsort(item, kept, sizeof(*item), by_need);
}

static uint64_t age_of(const struct fleet_line *line, uint64_t now)
{
	return now > line->time ? now - line->time : 0;
}

void fleet_text(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now)
{
	struct strbuf age = STRBUF_INIT;
	char percent[32] = "n/a", count[24] = "n/a", max[24] = "n/a";

	if (names)
		strbuf_printf(out, "%-8s  %9s %10s %10s %7s  %s\n", "status", "percent", "entries", "max",
			      "age", "host, namespace: reasons");
	if (line->has_percent)
		snprintf(percent, sizeof(percent), "%" PRIu64 ".%02" PRIu64 " %%", line->hundredths / 100,
			 line->hundredths % 100);
	if (line->has_count)
		snprintf(count, sizeof(count), "%" PRIu64, line->count);
	if (line->has_max)
		snprintf(max, sizeof(max), "%" PRIu64, line->max);
	text_duration(&age, age_of(line, now));
	strbuf_printf(out, "%-8s  %9s %10s %10s %7s ", alarm_name(line->level), percent, count, max,
		      strbuf_text(&age));
	text_cell(out, ' ', line->host);
	if (line->netns[0] != '\0')
		text_cell(out, ' ', line->netns);
	if (line->reasons[0] != '\0') {
		strbuf_putc(out, ':');
		text_cell(out, ' ', line->reasons);
	}
	strbuf_putc(out, '\n');
	strbuf_free(&age);
}

void fleet_tsv(struct strbuf *out, const struct fleet_line *line, bool names, uint64_t now)
{
	if (names)
		strbuf_puts(out, "status\tpercent\tcount\tmax\tage_seconds\thost\tnetns\treasons\n");
	strbuf_puts(out, alarm_name(line->level));
	strbuf_putc(out, '\t');
	if (line->has_percent)
		strbuf_printf(out, "%" PRIu64 ".%02" PRIu64, line->hundredths / 100, line->hundredths % 100);
	strbuf_putc(out, '\t');
	if (line->has_count)
		text_number(out, line->count);
	strbuf_putc(out, '\t');
	if (line->has_max)
		text_number(out, line->max);
	strbuf_putc(out, '\t');
	text_number(out, age_of(line, now));
	text_cell(out, '\t', line->host);
	text_cell(out, '\t', line->netns);
	text_cell(out, '\t', line->reasons);
	strbuf_putc(out, '\n');
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/extras.h"
#include "base/textmap.h"
#include "text/token.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MODULE_NAME_MAX = 64 };

/* A set that is declared again: the parts of both families contain it, and must agree. */
struct repeated {
	struct set set;
	const struct line *line;
};

struct extras_reader {
	struct extras *extras;
	const struct stream *stream;
	struct diag_log *log;
	struct set *set; /* the last `#@ set`; NULL: none, until the next set is added */
	struct textmap members; /* of this set */
	VEC(struct repeated) repeated;
};

static bool fault_at(const struct extras_reader *in, const struct line *line, unsigned column, unsigned width, const char *text)
{
	struct where where = stream_where(in->stream, line, column, width), origin = stream_origin_where(in->stream, line);

	diag_add(in->log, DIAG_STRUCTURE, &where, &origin, "%s", text);
	return false;
}

static bool fault(const struct extras_reader *in, const struct line *line, const char *text)
{
	return fault_at(in, line, 0, 0, text);
}

/* Only characters of modules and aliases built for the kernel: no path, and no pattern. */
static bool is_module_name(const struct token *name)
{
	for (size_t i = 0; i < name->len; i++)
		if (!isalnum((unsigned char)name->text[i]) && name->text[i] != '_' && name->text[i] != '-')
			return false;
	return name->len > 0 && name->len < MODULE_NAME_MAX;
}

static bool add_module(struct extras_reader *in, const struct line *line, const char *args, size_t len, bool optional)
{
	struct token name = token_after(args, len, 0);
	struct module module = { NULL, optional };

	if (!is_module_name(&name))
		return fault(in, line, "a module name may only contain letters, digits, '_' and '-'");
	if (token_next(args, len, &name).len > 0)
		return fault(in, line, "each module needs a line of its own");
	module.name = strndup(name.text, name.len);
	for (size_t i = 0; module.name != NULL && i < in->extras->modules.len; i++) {
		struct module *there = &in->extras->modules.item[i];

		if (strcmp(there->name, module.name) != 0)
			continue;
		there->optional = there->optional && optional;
		free(module.name);
		return true;
	}
	if (module.name != NULL && vec_push(&in->extras->modules, module))
		return true;
	free(module.name);
	return diag_memory(in->log) == 0;
}

static bool add_sysctl(struct extras_reader *in, const struct line *line, const char *args, size_t len)
{
	struct sysctl sysctl;
	int err = sysctl_parse(&sysctl, args, len);

	if (err == -EINVAL)
		return fault(in, line, "expected a setting below net., for example net.ipv4.ip_forward=1");
	for (size_t i = 0; err == 0 && i < in->extras->sysctls.len; i++) {
		struct sysctl *there = &in->extras->sysctls.item[i];

		if (!sysctl_same_key(there->key, sysctl.key))
			continue;
		sysctl_free(there);
		*there = sysctl;
		return true;
	}
	if (err == 0 && vec_push(&in->extras->sysctls, sysctl))
		return true;
	sysctl_free(&sysctl);
	return diag_memory(in->log) == 0;
}

struct set *extras_set(const struct extras *extras, const char *name)
{
	for (size_t i = 0; i < extras->sets.len; i++)
		if (strcmp(extras->sets.item[i].name, name) == 0)
			return &extras->sets.item[i];
	return NULL;
}

static bool set_fault(struct extras_reader *in, const struct line *line, const char *args, size_t len, enum set_fault found, bool open)
{
	static const char *const forms[] = { "expected a set, for example: #@ set NAME hash:net inet",
					     "expected an open set, for example: #@ set-open NAME hash:net inet" };
	static const char *const texts[] = {
		[SET_FAULT_RESERVED] = "names that begin with `" SET_SCRATCH_PREFIX "' are reserved for fw-load: use another name",
		[SET_FAULT_OPTION] = "a word that begins with `-' is an option of ipset itself, which a text may not use",
		[SET_FAULT_ADDRESS] = "this is not an address of the set's family; host names are not looked up",
	};

	if (found == SET_FAULT_MEMORY)
		return diag_memory(in->log) == 0;
	return fault_at(in, line, (unsigned)(args - line->text) + 1, (unsigned)len, found == SET_FAULT_FORM ? forms[open] : texts[found]);
}

static bool add_set(struct extras_reader *in, const struct line *line, const char *args, size_t len, bool open)
{
	struct set set;
	enum set_fault found = set_parse(&set, open, args, len);
	bool good = found == SET_GOOD;

	in->set = NULL;
	textmap_free(&in->members);
	if (!good)
		return set_fault(in, line, args, len, found, open);
	set.line = (unsigned)(line - in->stream->lines.item) + 1;
	if (extras_set(in->extras, set.name) != NULL) {
		good = vec_push(&in->repeated, ((struct repeated){ set, line }));
		in->set = good ? &in->repeated.item[in->repeated.len - 1].set : NULL;
	} else {
		good = vec_push(&in->extras->sets, set);
		in->set = good ? &in->extras->sets.item[in->extras->sets.len - 1] : NULL;
	}
	if (!good)
		set_free(&set);
	return good || diag_memory(in->log) == 0;
}

static bool members_run_out(const struct set *set)
{
	struct strbuf member = STRBUF_INIT;
	bool any = set_runs_out(strbuf_text(&set->type), NULL);

	for (const char *text = strbuf_text(&set->members); !any && *text != '\0';) {
		struct piece line = set_next_line(&text);

		strbuf_reset(&member);
		strbuf_add(&member, line.text, line.len);
		any = set_runs_out(strbuf_text(&set->type), strbuf_text(&member));
	}
	strbuf_free(&member);
	return any;
}

/* Reports sets that are declared twice with different content. */
static bool check_repeated(struct extras_reader *in)
{
	bool good = true;

	for (size_t i = 0; i < in->repeated.len; i++) {
		struct set *again = &in->repeated.item[i].set;
		const struct set *set = extras_set(in->extras, again->name);
		bool same = set->open && !again->open && members_run_out(again); /* stored text: the first was made open */

		if (!same && (set->open != again->open || strcmp(strbuf_text(&set->type), strbuf_text(&again->type)) != 0 ||
		    strcmp(strbuf_text(&set->members), strbuf_text(&again->members)) != 0))
			good = fault(in, in->repeated.item[i].line, "this set is already declared with another type, options or members") && good;
		set_free(again);
	}
	vec_free(&in->repeated);
	return good;
}

static bool add_member(struct extras_reader *in, const struct line *line, const char *args, size_t len)
{
	struct token member = token_after(args, len, 0);
	const struct piece name = { member.text, (unsigned)member.len };
	enum set_fault found;
	size_t known;

	if (in->set == NULL)
		return fault(in, line, "a member must follow the line of its set");
	if (in->set->open)
		return fault(in, line, "another program fills an open set: declare it with `#@ set' to give it members");
	found = set_member_check(in->set, args, len);
	if (found != SET_GOOD)
		return set_fault(in, line, args, len, found, false);
	known = in->members.texts.len;
	if (textmap_add(&in->members, &name) == TEXTMAP_NONE)
		return diag_memory(in->log) == 0;
	if (in->members.texts.len == known)
		return fault(in, line, "the set has this member already");
	strbuf_add(&in->set->members, args, len);
	strbuf_putc(&in->set->members, '\n');
	return !in->set->members.failed || diag_memory(in->log) == 0;
}

static bool is_kept(const struct extras *extras, const struct token *word)
{
	for (size_t i = 0; i < extras->keep.len; i++)
		if (token_is(word, extras->keep.item[i]))
			return true;
	return false;
}

static bool add_keep(struct extras_reader *in, const char *args, size_t len)
{
	for (struct token word = token_after(args, len, 0); word.len > 0; word = token_next(args, len, &word)) {
		char *pattern;

		if (is_kept(in->extras, &word))
			continue; /* the parts of both families contain it */
		pattern = strndup(word.text, word.len);
		if (pattern == NULL || !vec_push(&in->extras->keep, pattern)) {
			free(pattern);
			return diag_memory(in->log) == 0;
		}
	}
	return true;
}

/* The names of interfaces: at most IFNAMSIZ - 1 bytes, without a path. */
static bool is_iface(const struct token *word)
{
	return word->len <= 15 && memchr(word->text, '/', word->len) == NULL;
}

static bool add_zone(struct extras_reader *in, const struct line *line, const char *args, size_t len)
{
	struct token name = token_after(args, len, 0), word = token_next(args, len, &name);
	struct strbuf text = STRBUF_INIT;
	char *zone;

	strbuf_add(&text, name.text, name.len);
	for (; word.len > 0 && is_iface(&word); word = token_next(args, len, &word))
		strbuf_printf(&text, " %.*s", (int)word.len, word.text);
	zone = text.failed ? NULL : strdup(strbuf_text(&text));
	strbuf_free(&text);
	if (zone != NULL && word.len > 0) {
		free(zone);
		return fault(in, line, "expected a zone and its interfaces, for example: #@ zone wan eth0");
	}
	for (size_t i = 0; zone != NULL && i < in->extras->zones.len; i++) {
		const char *there = in->extras->zones.item[i];
		bool same = strcmp(there, zone) == 0;

		if (strcspn(there, " ") != name.len || strncmp(there, zone, name.len) != 0)
			continue;
		free(zone); /* the parts of both families contain it */
		return same || fault(in, line, "this zone is already declared with other interfaces");
	}
	if (zone != NULL && vec_push(&in->extras->zones, zone))
		return true;
	free(zone);
	return diag_memory(in->log) == 0;
}

/*
 * Reports sets whose members expire: the program that adds them does so again and again, so a text cannot declare them.
 * In a stored text, makes these sets open instead.
 */
static bool check_running_out(struct extras_reader *in, bool stored)
{
	bool good = true;

	for (size_t i = 0; i < in->extras->sets.len; i++) {
		struct set *set = &in->extras->sets.item[i];

		if (set->open || !members_run_out(set))
			continue;
		if (set->members.len > 0 && !stored)
			good = fault(in, &in->stream->lines.item[set->line - 1],
				     "a text cannot declare members that expire: use `#@ set-open', without members");
		set->open = true;
		strbuf_reset(&set->members);
	}
	return good;
}

static bool read_all(struct extras_reader *in)
{
	const struct stream *stream = in->stream;
	bool good = true;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		const char *args;
		size_t len;

		if (line->kind != LINE_DIRECTIVE)
			continue;
		if (line_directive(line, "module", &args, &len))
			good = add_module(in, line, args, len, false) && good;
		else if (line_directive(line, "module?", &args, &len))
			good = add_module(in, line, args, len, true) && good;
		else if (line_directive(line, "sysctl", &args, &len))
			good = add_sysctl(in, line, args, len) && good;
		else if (line_directive(line, "set", &args, &len))
			good = add_set(in, line, args, len, false) && good;
		else if (line_directive(line, "set-open", &args, &len))
			good = add_set(in, line, args, len, true) && good;
		else if (line_directive(line, "member", &args, &len))
			good = add_member(in, line, args, len) && good;
		else if (line_directive(line, "keep", &args, &len))
			good = add_keep(in, args, len) && good;
		else if (line_directive(line, "zone", &args, &len))
			good = add_zone(in, line, args, len) && good;
	}
	textmap_free(&in->members);
	return check_repeated(in) && good;
}

bool extras_read(struct extras *extras, const struct stream *stream, struct diag_log *log)
{
	struct extras_reader in = { .extras = extras, .stream = stream, .log = log };

	return read_all(&in) && check_running_out(&in, false);
}

bool extras_read_stored(struct extras *extras, const struct stream *stream, struct diag_log *log)
{
	struct extras_reader in = { .extras = extras, .stream = stream, .log = log };

	return read_all(&in) && check_running_out(&in, true);
}

/* named: members name their set, and lines do not begin with "#@ ". */
static void write_all(const struct extras *extras, bool named, struct strbuf *out)
{
	const char *begin = named ? "" : "#@ ";

	for (size_t i = 0; i < extras->modules.len; i++)
		strbuf_printf(out, "%smodule%s %s\n", begin, extras->modules.item[i].optional ? "?" : "",
			      extras->modules.item[i].name);
	for (size_t i = 0; i < extras->sysctls.len; i++)
		strbuf_printf(out, "%ssysctl %s=%s\n", begin, extras->sysctls.item[i].key, extras->sysctls.item[i].value);
	for (size_t i = 0; i < extras->keep.len; i++)
		strbuf_printf(out, "%skeep %s\n", begin, extras->keep.item[i]);
	for (size_t i = 0; i < extras->sets.len; i++) {
		const struct set *set = &extras->sets.item[i];

		strbuf_printf(out, "%sset%s %s%s%s\n", begin, set->open ? "-open" : "", set->name, set->type.len > 0 ? " " : "",
			      strbuf_text(&set->type));
		for (const char *text = strbuf_text(&set->members); *text != '\0';) {
			struct piece line = set_next_line(&text);

			strbuf_printf(out, "%smember %s%s%.*s\n", begin, named ? set->name : "", named ? " " : "", (int)line.len,
				      line.text);
		}
	}
	for (size_t i = 0; i < extras->zones.len; i++)
		strbuf_printf(out, "%szone %s\n", begin, extras->zones.item[i]);
}

void extras_write(const struct extras *extras, struct strbuf *out)
{
	write_all(extras, false, out);
}

void extras_write_named(const struct extras *extras, struct strbuf *out)
{
	write_all(extras, true, out);
}

void extras_free(struct extras *extras)
{
	for (size_t i = 0; i < extras->modules.len; i++)
		free(extras->modules.item[i].name);
	for (size_t i = 0; i < extras->sysctls.len; i++)
		sysctl_free(&extras->sysctls.item[i]);
	for (size_t i = 0; i < extras->sets.len; i++)
		set_free(&extras->sets.item[i]);
	for (size_t i = 0; i < extras->keep.len; i++)
		free(extras->keep.item[i]);
	vec_free(&extras->modules);
	vec_free(&extras->sysctls);
	vec_free(&extras->sets);
	vec_free(&extras->keep);
	for (size_t i = 0; i < extras->zones.len; i++)
		free(extras->zones.item[i]);
	vec_free(&extras->zones);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruletext/extras.h"
#include "text/token.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MODULE_NAME_MAX = 64 };

/* A set that was declared before: the parts of both families say it, in the same words. */
struct repeated {
	struct set set;
	const struct line *line;
};

struct reading {
	struct extras *extras;
	const struct stream *stream;
	struct diag_log *log;
	struct set *set; /* the last `#@ set`; NULL: none, until the next set is added */
	VEC(struct repeated) repeated;
};

static bool fault(const struct reading *in, const struct line *line, const char *text)
{
	struct where where = stream_where(in->stream, line, 0, 0), origin = stream_origin_where(in->stream, line);

	diag_add(in->log, DIAG_STRUCTURE, &where, &origin, "%s", text);
	return false;
}

/* What the kernel's build gives to modules and aliases: no path, and no pattern. */
static bool is_module_name(const struct token *name)
{
	for (size_t i = 0; i < name->len; i++)
		if (!isalnum((unsigned char)name->text[i]) && name->text[i] != '_' && name->text[i] != '-')
			return false;
	return name->len > 0 && name->len < MODULE_NAME_MAX;
}

static bool add_module(struct reading *in, const struct line *line, const char *args, size_t len, bool optional)
{
	struct token name = token_after(args, len, 0);
	struct module module = { NULL, optional };

	if (!is_module_name(&name))
		return fault(in, line, "a module's name has only letters, digits, '_' and '-'");
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

static bool add_sysctl(struct reading *in, const struct line *line, const char *args, size_t len)
{
	struct sysctl sysctl;
	int err = sysctl_parse(&sysctl, args, len);

	if (err == -EINVAL)
		return fault(in, line, "a setting looks like net.ipv4.ip_forward=1, and only those below net. are set");
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

static const struct set *find_set(const struct extras *extras, const char *name)
{
	for (size_t i = 0; i < extras->sets.len; i++)
		if (strcmp(extras->sets.item[i].name, name) == 0)
			return &extras->sets.item[i];
	return NULL;
}

static bool add_set(struct reading *in, const struct line *line, const char *args, size_t len)
{
	struct set set;
	int err = set_parse(&set, args, len);
	bool good = err == 0;

	in->set = NULL;
	if (err == -EINVAL)
		return fault(in, line, "a set looks like: #@ set NAME hash:net inet");
	if (good && find_set(in->extras, set.name) != NULL) {
		good = vec_push(&in->repeated, ((struct repeated){ set, line }));
		in->set = good ? &in->repeated.item[in->repeated.len - 1].set : NULL;
	} else if (good) {
		good = vec_push(&in->extras->sets, set);
		in->set = good ? &in->extras->sets.item[in->extras->sets.len - 1] : NULL;
	}
	if (!good)
		set_free(&set);
	return good || diag_memory(in->log) == 0;
}

/* Which of two would be meant? */
static bool check_repeated(struct reading *in)
{
	bool good = true;

	for (size_t i = 0; i < in->repeated.len; i++) {
		struct set *again = &in->repeated.item[i].set;
		const struct set *set = find_set(in->extras, again->name);

		if (strcmp(strbuf_text(&set->type), strbuf_text(&again->type)) != 0 ||
		    strcmp(strbuf_text(&set->members), strbuf_text(&again->members)) != 0)
			good = fault(in, in->repeated.item[i].line, "this set is declared above, with another type or other members") && good;
		set_free(again);
	}
	vec_free(&in->repeated);
	return good;
}

static bool add_member(struct reading *in, const struct line *line, const char *args, size_t len)
{
	if (in->set == NULL)
		return fault(in, line, "a member belongs under the line of its set");
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

static bool add_keep(struct reading *in, const char *args, size_t len)
{
	for (struct token word = token_after(args, len, 0); word.len > 0; word = token_next(args, len, &word)) {
		char *pattern;

		if (is_kept(in->extras, &word))
			continue; /* both families' parts say it */
		pattern = strndup(word.text, word.len);
		if (pattern == NULL || !vec_push(&in->extras->keep, pattern)) {
			free(pattern);
			return diag_memory(in->log) == 0;
		}
	}
	return true;
}

bool extras_read(struct extras *extras, const struct stream *stream, struct diag_log *log)
{
	struct reading in = { .extras = extras, .stream = stream, .log = log };
	bool good = true;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		const char *args;
		size_t len;

		if (line->kind != LINE_DIRECTIVE)
			continue;
		if (line_directive(line, "module", &args, &len))
			good = add_module(&in, line, args, len, false) && good;
		else if (line_directive(line, "module?", &args, &len))
			good = add_module(&in, line, args, len, true) && good;
		else if (line_directive(line, "sysctl", &args, &len))
			good = add_sysctl(&in, line, args, len) && good;
		else if (line_directive(line, "set", &args, &len))
			good = add_set(&in, line, args, len) && good;
		else if (line_directive(line, "member", &args, &len))
			good = add_member(&in, line, args, len) && good;
		else if (line_directive(line, "keep", &args, &len))
			good = add_keep(&in, args, len) && good;
	}
	return check_repeated(&in) && good;
}

static bool names_module(const struct extras *extras, const char *name)
{
	for (size_t i = 0; i < extras->modules.len; i++)
		if (strcmp(extras->modules.item[i].name, name) == 0)
			return true;
	return false;
}

static bool names_sysctl(const struct extras *extras, const char *key)
{
	for (size_t i = 0; i < extras->sysctls.len; i++)
		if (strcmp(extras->sysctls.item[i].key, key) == 0)
			return true;
	return false;
}

static bool names_set(const struct extras *extras, const char *name)
{
	for (size_t i = 0; i < extras->sets.len; i++)
		if (strcmp(extras->sets.item[i].name, name) == 0)
			return true;
	return false;
}

void extras_forget(struct extras *extras, const struct extras *named)
{
	size_t kept = 0;

	for (size_t i = 0; i < extras->modules.len; i++) {
		if (names_module(named, extras->modules.item[i].name))
			free(extras->modules.item[i].name);
		else
			extras->modules.item[kept++] = extras->modules.item[i];
	}
	extras->modules.len = kept;
	kept = 0;
	for (size_t i = 0; i < extras->sysctls.len; i++) {
		if (names_sysctl(named, extras->sysctls.item[i].key))
			sysctl_free(&extras->sysctls.item[i]);
		else
			extras->sysctls.item[kept++] = extras->sysctls.item[i];
	}
	extras->sysctls.len = kept;
	kept = 0;
	for (size_t i = 0; i < extras->sets.len; i++) {
		if (names_set(named, extras->sets.item[i].name))
			set_free(&extras->sets.item[i]);
		else
			extras->sets.item[kept++] = extras->sets.item[i];
	}
	extras->sets.len = kept;
}

void extras_write(const struct extras *extras, struct strbuf *out)
{
	for (size_t i = 0; i < extras->modules.len; i++)
		strbuf_printf(out, "#@ module%s %s\n", extras->modules.item[i].optional ? "?" : "",
			      extras->modules.item[i].name);
	for (size_t i = 0; i < extras->sysctls.len; i++)
		strbuf_printf(out, "#@ sysctl %s=%s\n", extras->sysctls.item[i].key, extras->sysctls.item[i].value);
	for (size_t i = 0; i < extras->keep.len; i++)
		strbuf_printf(out, "#@ keep %s\n", extras->keep.item[i]);
	for (size_t i = 0; i < extras->sets.len; i++) {
		const struct set *set = &extras->sets.item[i];

		strbuf_printf(out, "#@ set %s %s\n", set->name, strbuf_text(&set->type));
		for (const char *line = strbuf_text(&set->members); *line != '\0';) {
			size_t len = strcspn(line, "\n");

			strbuf_printf(out, "#@ member %.*s\n", (int)len, line);
			line += len + (line[len] == '\n');
		}
	}
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
}

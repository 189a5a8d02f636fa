/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Lists of hosts: reads their files, and makes the lists normal. */
#include "base/suggest.h"
#include "profile/host.h"
#include "profile/resolve.h"

#include <errno.h>
#include <string.h>

/* Adds an address of a hosts file, unless another one is meant. */
static bool hosts_add(struct profile *profile, struct hosts *hosts, const struct where *where, const char *text,
		      const struct addr_range *range)
{
	struct strbuf other = STRBUF_INIT;

	if (host_is_mapped(range)) {
		host_print_mapped(&other, range);
		profile_error(profile, where, "no packet carries the IPv4-mapped address \"%s\": write %s", text,
			      strbuf_text(&other));
		hosts->broken = true;
	} else if (!hosts->bits_warned && host_has_bits(text, range)) {
		addr_print(&other, range);
		profile_warning(profile, where, "host bits set: this is all of %s (said once a file)", strbuf_text(&other));
		hosts->bits_warned = true;
	}
	strbuf_free(&other);
	if (hosts->broken)
		return profile->findings.errors < 2 * PROFILE_ERRORS_MAX;
	return addr_set_add(&hosts->set, range) || profile_memory(profile);
}

/* Adds an address of a hosts file. Returns false if the file should not be read further. */
static bool hosts_word(struct profile *profile, struct hosts *hosts, const struct where *line,
		       const char *text, size_t len)
{
	char copy[128];
	struct addr_range range;
	struct where where = *line;

	where.column = (unsigned)(text - line->source) + 1;
	where.width = (unsigned)len;
	if (len < sizeof(copy)) {
		memcpy(copy, text, len);
		copy[len] = '\0';
		if (memchr(text, '\0', len) == NULL && addr_parse(copy, &range) == ADDR_FINE)
			return hosts_add(profile, hosts, &where, copy, &range);
	}
	profile_error(profile, &where, "expected an address, not \"%.*s\"", (int)(len < 60 ? len : 60), text);
	hosts->broken = true;
	return profile->findings.errors < 2 * PROFILE_ERRORS_MAX;
}

static bool hosts_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',';
}

/* Reads addresses that are separated by blanks, commas or newlines. `#` and `;` start a comment. */
static bool hosts_text(struct profile *profile, struct hosts *hosts, const char *name, const char *text,
		       size_t len)
{
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		text += 3;
	for (unsigned line = 1; text < end; line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline != NULL ? newline : end;
		struct where where = {
			.file = name, .line = line, .source = text, .source_len = (size_t)(stop - text)
		};

		while (text < stop && *text != '#' && *text != ';') {
			size_t word = 0;

			while (text + word < stop && !hosts_blank(text[word]) && text[word] != '#' &&
			       text[word] != ';')
				word++;
			if (word > 0 && !hosts_word(profile, hosts, &where, text, word))
				return false;
			text += word;
			while (text < stop && hosts_blank(*text))
				text++;
		}
		text = stop + 1;
	}
	return true;
}

static bool hosts_read(struct profile *profile, struct hosts *hosts)
{
	struct source_file *file = profile_alloc(profile, sizeof(*file));
	int err;

	if (file == NULL)
		return false;
	file->name = hosts->file;
	file->next = profile->files.first;
	profile->files.first = file;
	err = profile->source->read(profile->source->ctx, hosts->file, &file->bytes);
	if (err == -ENOMEM)
		return profile_memory(profile);
	if (err != 0) {
		profile_error(profile, &hosts->file_at, "cannot read \"%s\": %s", hosts->file,
			      strerror(-err));
		return false;
	}
	return hosts_text(profile, hosts, hosts->file, strbuf_text(&file->bytes), file->bytes.len);
}

/* The list that a part names, loaded. NULL after an error. */
static struct hosts *part_hosts(struct profile *profile, const struct hosts_part *part)
{
	struct hosts *other = hosts_find(profile, part->name.text);
	struct suggestion near = suggest_begin(part->name.text);

	for (const struct hosts *hosts = profile->hosts; hosts != NULL; hosts = hosts->next)
		suggest_consider(&near, hosts->name.text);
	if (other == NULL && zone_find(profile, part->name.text) != NULL)
		profile_error(profile, &part->name.where, "\"%s\" is a zone: a list contains addresses and other lists",
			      part->name.text);
	else if (other == NULL)
		resolve_unknown(profile, "hosts list", &part->name, near.best);
	else if (other->open)
		profile_error(profile, &part->name.where, "hosts list \"%s\" contains itself", part->name.text);
	else if (other->given)
		profile_error(profile, &part->name.where,
			      "\"%s\" is filled by another program: name it beside this list, not in it", part->name.text);
	else if (hosts_load(profile, other))
		return other;
	return NULL;
}

/* Adds the parts to the list, and then takes its exceptions out. */
static bool hosts_join(struct profile *profile, struct hosts *hosts)
{
	struct addr_set holes = { 0 };
	bool good = true;

	hosts->open = true;
	for (const struct hosts_part *part = hosts->parts; part != NULL && good; part = part->next) {
		struct addr_set *to = part->negated ? &holes : &hosts->set;
		const struct hosts *other = part->name.text != NULL ? part_hosts(profile, part) : NULL;

		if (part->name.text == NULL)
			good = addr_set_add(to, &part->range) || profile_memory(profile);
		else
			good = other != NULL;
		for (size_t i = 0; other != NULL && good && i < other->set.ranges.len; i++)
			good = addr_set_add(to, &other->set.ranges.item[i]) || profile_memory(profile);
	}
	hosts->open = false;
	addr_set_normalise(&hosts->set);
	addr_set_normalise(&holes);
	good = good && (addr_set_subtract(&hosts->set, &holes) || profile_memory(profile));
	addr_set_free(&holes);
	if (good && hosts->set.ranges.len == 0)
		profile_warning(profile, &hosts->name.where, "nothing is left in \"%s\": it never matches", hosts->name.text);
	return good;
}

/* Turns a list that is too long for rules into an ipset for each family, with the fewest networks. */
static bool hosts_to_sets(struct profile *profile, struct hosts *hosts)
{
	static const enum family families[] = { FAMILY_IPV4, FAMILY_IPV6 };

	if (!addr_set_networks(&hosts->set, &hosts->nets))
		return profile_memory(profile);
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		const char *tail = families[i] == FAMILY_IPV4 ? "" : "-6";
		const char *own = strncmp(hosts->name.text, "load-", 5) == 0 ? "hosts-" : ""; /* names that start with fw-load- are reserved for fw-load */
		const char *name = strlen(own) + strlen(hosts->name.text) <= 26
					   ? profile_textf(profile, "fw-%s%s%s", own, hosts->name.text, tail)
					   : profile_textf(profile, "fw-%s%.*s-%u%s", own, 16 - (int)strlen(own), hosts->name.text,
							   hosts->name.where.line, tail);

		if (name == NULL)
			return false;
		if (addr_set_count(&hosts->nets, families[i]) == 0)
			continue;
		output_set(&profile->out, name, families[i], &hosts->nets, &hosts->name.where);
		*(families[i] == FAMILY_IPV4 ? &hosts->ipset4 : &hosts->ipset6) = name;
	}
	return true;
}

static bool is_blocked(const struct profile *profile, const struct hosts *hosts)
{
	for (const struct statement *st = profile->statements.first; st != NULL; st = st->next)
		for (const struct end_place *place = st->kind == STATEMENT_BLOCK ? st->rule.from.places : NULL; place != NULL;
		     place = place->next)
			if (place->kind == PLACE_NAME && strcmp(place->name.text, hosts->name.text) == 0)
				return true;
	return false;
}

bool hosts_load(struct profile *profile, struct hosts *hosts)
{
	if (hosts->loaded)
		return !hosts->broken;
	hosts->loaded = true;
	if (hosts->given) {
		output_open_set(&profile->out, hosts->ipset4, FAMILY_IPV4, hosts->set_words, &hosts->name.where);
		if (hosts->ipset6 != NULL)
			output_open_set(&profile->out, hosts->ipset6, FAMILY_IPV6, hosts->set_words, &hosts->name.where);
		return true;
	}
	if (hosts->file != NULL && !hosts_read(profile, hosts))
		hosts->broken = true;
	if (hosts->broken)
		return false;
	if (hosts->file != NULL && hosts->set.ranges.len == 0)
		profile_warning(profile, &hosts->file_at,
				"no address in \"%s\": \"%s\" never matches", hosts->file,
				hosts->name.text);
	addr_set_normalise(&hosts->set);
	hosts->broken = hosts->parts != NULL && !hosts_join(profile, hosts);
	if (hosts->broken)
		return false;
	if (is_blocked(profile, hosts) && !hosts_spare(profile, &hosts->name.where, hosts->name.text, &hosts->set)) {
		hosts->broken = true;
		return false;
	}
	/* A range of more than two networks is shorter as one iprange match. */
	for (size_t i = 0; i < hosts->set.ranges.len; i++)
		if (!addr_set_split(&hosts->nets, &hosts->set.ranges.item[i], 2))
			return profile_memory(profile);
	if (hosts->nets.ranges.len > HOSTS_TREE_MAX && !profile->options->no_sets)
		return hosts_to_sets(profile, hosts);
	return true;
}

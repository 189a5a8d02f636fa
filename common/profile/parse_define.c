/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/parse.h"
#include "base/hash.h"
#include "base/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The longest interface name: IFNAMSIZ is 16 with the NUL. A + at the end matches any ending. */
#define IFACE_BYTES_MAX 15

static bool parse_iface(struct profile_parser *ps, const char **out)
{
	const char *text = peek(ps)->text;

	if (peek(ps)->kind != TOKEN_WORD)
		return fail_expected(ps, "an interface");
	if (strlen(text) > IFACE_BYTES_MAX)
		return fail_here(ps, "an interface name has at most %d bytes, \"%s\" has %zu",
				 IFACE_BYTES_MAX, text, strlen(text));
	for (const char *c = text; *c != '\0'; c++)
		if (strchr("/!*'\\:;()<>&|$`#", *c) != NULL || (*c == '+' && c[1] != '\0') || text[0] == '-')
			return fail_here(ps, "\"%s\" is not an interface name", text);
	if (strcmp(text, "+") == 0)
		return fail_here(ps, "\"+\" matches every interface: leave out the zone or write \"any\"");
	*out = text;
	advance(ps);
	return true;
}

/* Whether the name is not defined yet, as a zone or as a hosts list. Reports an error if it is. */
static bool name_is_free(struct profile_parser *ps, const struct name *name)
{
	const struct where *before = NULL;

	for (const struct zone *zone = ps->profile->zones; zone != NULL; zone = zone->next)
		if (strcmp(zone->name.text, name->text) == 0)
			before = &zone->name.where;
	for (const struct hosts *hosts = ps->profile->hosts; hosts != NULL; hosts = hosts->next)
		if (strcmp(hosts->name.text, name->text) == 0)
			before = &hosts->name.where;
	if (before != NULL)
		profile_error(ps->profile, &name->where, "\"%s\" is already defined at %s:%u", name->text,
			      before->file, before->line);
	return before == NULL;
}

static bool parse_ifaces(struct profile_parser *ps, struct zone *zone)
{
	VEC(const char *) ifaces = { 0 };
	const char *iface = NULL;
	bool good = true;

	do {
		good = parse_iface(ps, &iface);
		if (good && !vec_push(&ifaces, iface))
			good = profile_memory(ps->profile);
	} while (good && accept_kind(ps, TOKEN_COMMA));
	if (good)
		zone->ifaces = profile_alloc(ps->profile, ifaces.len * sizeof(*ifaces.item));
	if (zone->ifaces != NULL) {
		memcpy(zone->ifaces, ifaces.item, ifaces.len * sizeof(*ifaces.item));
		zone->iface_count = ifaces.len;
	}
	vec_free(&ifaces);
	return good && zone->ifaces != NULL;
}

static bool parse_hosts_list(struct profile_parser *ps, struct addr_set *set)
{
	do {
		struct addr_range range;

		if (!parse_host(ps, &range, NULL))
			return false;
		if (!addr_set_add(set, &range))
			return profile_memory(ps->profile);
	} while (accept_kind(ps, TOKEN_COMMA));
	return true;
}

bool parse_zone(struct profile_parser *ps, struct statement *st)
{
	static const char *const words[] = { "at" };
	static const char *const docker[] = { "docker0", "br-+" };
	struct zone *zone = profile_alloc(ps->profile, sizeof(*zone));

	(void)st;
	if (zone == NULL || !parse_name(ps, "the name of a zone", &zone->name) ||
	    !name_is_free(ps, &zone->name))
		return false;
	zone->next = ps->profile->zones;
	ps->profile->zones = zone;
	if (!accept_kind(ps, TOKEN_EQUALS))
		return fail_expected(ps, "\"=\"");
	if (accept_word(ps, "docker")) {
		zone->docker = true;
		zone->iface_count = ARRAY_LEN(docker);
		zone->ifaces = profile_alloc(ps->profile, sizeof(docker));
		if (zone->ifaces != NULL)
			memcpy(zone->ifaces, docker, sizeof(docker));
		return zone->ifaces != NULL;
	}
	if (!parse_ifaces(ps, zone))
		return false;
	return accept_word(ps, "at") ? parse_hosts_list(ps, &zone->nets) : expect_end(ps, words, 1);
}

static bool is_set_type(const struct profile_token *token)
{
	return token->kind == TOKEN_WORD && strchr(token->text, ':') != NULL;
}

/*
 * TYPE { WORD }: the words that the program which fills the sets passes to `ipset create`, without the family.
 */
static bool parse_set_words(struct profile_parser *ps, struct hosts *hosts)
{
	static const char *const kinds[] = { "hash:", "bitmap:", "list:" };
	struct strbuf words = STRBUF_INIT;
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		known = known || strncmp(peek(ps)->text, kinds[i], strlen(kinds[i])) == 0;
	if (!known)
		return fail_here(ps, "\"%s\" is not an ipset type such as hash:net or hash:ip", peek(ps)->text);
	for (; peek(ps)->kind == TOKEN_WORD; advance(ps)) {
		const char *word = peek(ps)->text;

		if (strcmp(word, "family") == 0 || strcmp(word, "inet") == 0 || strcmp(word, "inet6") == 0 || word[0] == '-') {
			strbuf_free(&words);
			return word[0] == '-' ? fail_here(ps, "options of an ipset do not begin with \"-\"") :
						fail_here(ps, "the first set is for IPv4, the second for IPv6: leave out \"%s\"", word);
		}
		strbuf_printf(&words, "%s%s", words.len > 0 ? " " : "", word);
	}
	hosts->set_words = profile_textf(ps->profile, "%s", strbuf_text(&words));
	strbuf_free(&words);
	return hosts->set_words != NULL && expect_end(ps, NULL, 0);
}

/* "in" "ipset" SET [ [ "," ] SET ] [ TYPE { WORD } ] */
static bool parse_ipset(struct profile_parser *ps, struct hosts *hosts)
{
	struct name set4, set6 = { 0 };

	if (!parse_name(ps, "the name of an ipset", &set4))
		return false;
	if ((accept_kind(ps, TOKEN_COMMA) || (peek(ps)->kind == TOKEN_WORD && !is_set_type(peek(ps)))) &&
	    !parse_name(ps, "the name of the IPv6 ipset", &set6))
		return false;
	/* The limit of ipset: IPSET_MAXNAMELEN is 32 with the NUL. */
	if (strlen(set4.text) > 31 || (set6.text != NULL && strlen(set6.text) > 31)) {
		profile_error(ps->profile, &set4.where, "the name of an ipset has at most 31 bytes");
		return false;
	}
	hosts->given = true;
	hosts->ipset4 = set4.text;
	hosts->ipset6 = set6.text;
	return peek(ps)->kind == TOKEN_END || parse_set_words(ps, hosts);
}

/* [ "not" ] ( NAME | HOST ) */
static bool parse_hosts_part(struct profile_parser *ps, struct hosts *hosts, struct hosts_part *out)
{
	out->negated = accept_word(ps, "not");
	out->name.where = token_where(ps, peek(ps));
	if (peek_name(ps) && strpbrk(peek(ps)->text, ".:/") == NULL)
		return parse_name(ps, "an address or a hosts list", &out->name);
	if (!parse_host(ps, &out->range, NULL))
		return false;
	return out->negated || addr_set_add(&hosts->set, &out->range) || profile_memory(ps->profile);
}

/* Members of a list. Those that are neither names nor exceptions go into its set at once. */
static bool parse_hosts_parts(struct profile_parser *ps, struct hosts *hosts)
{
	struct where where = token_where(ps, peek(ps));
	struct hosts_part **next = &hosts->parts;
	bool some = false;

	do {
		struct hosts_part part = { 0 };

		if (!parse_hosts_part(ps, hosts, &part))
			return false;
		some = some || !part.negated;
		if (part.name.text == NULL && !part.negated)
			continue;
		*next = profile_alloc(ps->profile, sizeof(part));
		if (*next == NULL)
			return false;
		**next = part;
		next = &(*next)->next;
	} while (accept_kind(ps, TOKEN_COMMA));
	if (!some)
		profile_error(ps->profile, &where, "a list of \"not\" alone contains nothing: name what it is taken from");
	return some;
}

bool parse_hosts(struct profile_parser *ps, struct statement *st)
{
	struct hosts *hosts = profile_alloc(ps->profile, sizeof(*hosts));

	(void)st;
	if (hosts == NULL || !parse_name(ps, "the name of a hosts list", &hosts->name) ||
	    !name_is_free(ps, &hosts->name))
		return false;
	hosts->next = ps->profile->hosts;
	ps->profile->hosts = hosts;
	if (accept_kind(ps, TOKEN_EQUALS)) {
		hosts->broken = hosts->loaded = !parse_hosts_parts(ps, hosts);
		return !hosts->broken;
	}
	if (!accept_word(ps, "in"))
		return fail_expected(ps, "\"=\" or \"in\"");
	if (accept_word(ps, "ipset"))
		return parse_ipset(ps, hosts);
	if (!accept_word(ps, "file"))
		return fail_expected(ps, "\"file\" or \"ipset\"");
	hosts->file_at = token_where(ps, peek(ps));
	if (!parse_string(ps, "the path of a file in quotes", &hosts->file))
		return false;
	hosts->file = profile_beside(ps->profile, ps->file->name, hosts->file);
	return hosts->file != NULL;
}

bool parse_service(struct profile_parser *ps, struct statement *st)
{
	struct service *service = profile_alloc(ps->profile, sizeof(*service));
	struct name helper = { 0 };

	(void)st;
	if (service == NULL || !parse_name(ps, "the name of a service", &service->name))
		return false;
	for (const struct service *other = ps->profile->services; other != NULL; other = other->next)
		if (strcmp(other->name.text, service->name.text) == 0) {
			profile_error(ps->profile, &service->name.where,
				      "service \"%s\" is already defined at %s:%u", service->name.text,
				      other->name.where.file, other->name.where.line);
			return false;
		}
	service->next = ps->profile->services;
	ps->profile->services = service;
	if (!accept_kind(ps, TOKEN_EQUALS))
		return fail_expected(ps, "\"=\"");
	if (!parse_items(ps, &service->items))
		return false;
	if (accept_word(ps, "helper") && !parse_name(ps, "the name of a helper", &helper))
		return false;
	service->helper = helper.text;
	return true;
}

static bool include_is_open(struct profile_parser *ps, const char *path)
{
	for (const struct source_file *file = ps->file; file != NULL; file = file->includer)
		if (strcmp(file->name, path) == 0) {
			fail_here(ps, "%s includes itself", path);
			return true;
		}
	return false;
}

static bool tag_is_taken(const struct profile *profile, const char *tag)
{
	for (const struct source_file *file = profile->files.first; file != NULL; file = file->next)
		if (file->tag != NULL && strcmp(file->tag, tag) == 0)
			return true;
	return false;
}

/*
 * The tag of an included file: the begin of its name, and a hash of its path from the directory of the profile (FNV-1a).
 * A file that is included again, or another one with the same hash, gets another tag.
 */
static const char *file_tag(struct profile *profile, const char *path)
{
	const char *slash = strrchr(profile->name, '/'), *name = strrchr(path, '/');
	size_t dir = slash != NULL ? (size_t)(slash - profile->name + 1) : 0;
	char stem[9] = "";
	const char *below = strncmp(path, profile->name, dir) == 0 ? path + dir : path;
	uint32_t hash = hash32_add(HASH32_START, below, strlen(below));

	name = name != NULL ? name + 1 : path;
	for (size_t len = 0; *name != '\0' && *name != '.' && len + 1 < sizeof(stem); name++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *name) != NULL)
			stem[len++] = *name;
	for (;; hash++) {
		const char *tag = profile_textf(profile, "%s-%04x", stem, (unsigned)(hash >> 16 ^ (hash & 0xffff)) & 0xffff);

		if (tag == NULL || !tag_is_taken(profile, tag))
			return tag;
	}
}

/* Parses another profile. Errors of opening it are those of the word at the cursor. */
static bool parse_included(struct profile_parser *ps, const char *path)
{
	struct profile *profile = ps->profile;
	struct source_file *file;
	int err;

	if (include_is_open(ps, path))
		return false;
	file = profile_alloc(profile, sizeof(*file));
	if (file == NULL)
		return false;
	file->name = path;
	file->includer = ps->file;
	file->depth = ps->file->depth + 1;
	file->tag = file_tag(profile, path);
	if (file->tag == NULL)
		return false;
	file->next = profile->files.first;
	profile->files.first = file;
	err = profile->source->read(profile->source->ctx, path, &file->bytes);
	if (err == -EISDIR)
		return fail_here(ps, "\"%s\" is a directory: write \"%s/\" to include its profiles", path, path);
	if (err != 0)
		return fail_here(ps, "cannot read \"%s\": %s", path, strerror(-err));
	parse_file(profile, file, strbuf_text(&file->bytes), file->bytes.len);
	return true;
}

/* Orders names by their bytes, without the slash of those that are no regular files. */
static int name_compare(const void *left, const void *right)
{
	const char *a = *(const char *const *)left, *b = *(const char *const *)right;

	return strcmp(a + (a[0] == '/'), b + (b[0] == '/'));
}

/* Whether the name is that of a profile in a directory. Warns of one that is not a regular file. */
static bool is_profile(struct profile_parser *ps, const char *dir, const char *name)
{
	struct where where = token_where(ps, peek(ps));
	const char *bare = name[0] == '/' ? name + 1 : name;
	size_t len = strlen(bare);

	if (bare[0] == '.' || len < 5 || strcmp(bare + len - 5, ".conf") != 0)
		return false;
	if (bare != name)
		profile_warning(ps->profile, &where, "%s%s is not a regular file: it is left out", dir, bare);
	return bare == name;
}

/* Parses the profiles of a directory in the order of the bytes of their names. */
static bool parse_directory(struct profile_parser *ps, const char *dir)
{
	struct strbuf list = STRBUF_INIT;
	VEC(const char *) names = { 0 };
	int err = ps->profile->source->list(ps->profile->source->ctx, dir, &list);
	bool good = err == 0 || fail_here(ps, "cannot read \"%s\": %s", dir, strerror(-err));
	const char *end = strbuf_text(&list) + list.len;

	for (const char *name = strbuf_text(&list); good && name < end; name += strlen(name) + 1)
		good = vec_push(&names, name) || profile_memory(ps->profile);
	if (names.len > 0)
		qsort(names.item, names.len, sizeof(*names.item), name_compare);
	for (size_t i = 0; good && i < names.len; i++) {
		const char *path;

		if (!is_profile(ps, dir, names.item[i]))
			continue;
		path = profile_textf(ps->profile, "%s%s", dir, names.item[i]);
		good = path != NULL && parse_included(ps, path);
	}
	vec_free(&names);
	strbuf_free(&list);
	return good;
}

bool parse_include(struct profile_parser *ps, struct statement *st)
{
	const char *path;
	size_t len;

	(void)st;
	if (peek(ps)->kind != TOKEN_STRING || peek(ps)->text[0] == '\0')
		return fail_expected(ps, "the path of a profile in quotes");
	path = profile_beside(ps->profile, ps->file->name, peek(ps)->text);
	if (path == NULL)
		return false;
	if (ps->file->depth + 1 > PROFILE_DEPTH_MAX)
		return fail_here(ps, "profiles are included more than %d deep", PROFILE_DEPTH_MAX);
	len = strlen(path);
	if (!(len > 0 && path[len - 1] == '/' ? parse_directory : parse_included)(ps, path))
		return false;
	advance(ps);
	return true;
}

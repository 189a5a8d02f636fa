/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * How iptables drives libxtables was learnt from its headers and by trying iptables-legacy-restore
 * 1.8.9: options of the extensions are appended behind iptables' own as `-m` names them, getopt_long
 * runs over the words, and each option goes to the extension in whose range its value lies.
 *
 * exit_err must not return, so it jumps back to ext_read. All that a half-read rule owns hangs on
 * `door`, which is therefore all that ext_read has to clean up, whichever way it is left.
 */
#include "model/builtin.h"
#include "model/xt.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct xt_door door;

static void door_error(enum xtables_exittype status, const char *format, ...) printf_like(2, 3)
	__attribute__((noreturn));

static void door_error(enum xtables_exittype status, const char *format, ...)
{
	va_list args;

	(void)status;
	va_start(args, format);
	vsnprintf(door.message, sizeof(door.message), format, args);
	va_end(args);
	longjmp(door.back, 1);
}

/* Any revision will do: the kernel that this text is for need not be the one that runs here. */
static int any_revision(const char *name, uint8_t revision, int option)
{
	(void)name;
	(void)revision;
	(void)option;
	return 1;
}

static struct xtables_globals globals = {
	.program_name = "iptables",
	.program_version = XTABLES_VERSION,
	.exit_err = door_error,
	.compat_rev = any_revision,
};

int ext_begin(enum family family)
{
	int err = capture_open(&door.notices, STDERR_FILENO);

	if (err == 0)
		err = capture_open(&door.printed, STDOUT_FILENO);
	if (err != 0)
		return err;
	door.family = family;
	memcpy(door.options, base_options, base_option_count * sizeof(*base_options));
	for (unsigned i = 1; i < base_option_count && family == FAMILY_IPV6; i++)
		if (base_options[i].val == 'f') /* ip6tables has no such option: --fragm may be another's */
			door.options[i] = base_options[i - 1];
	globals.orig_opts = door.options;
	globals.opts = door.options;
	if (secure_getenv("XTABLES_LIBDIR") == NULL)
		unsetenv("XTABLES_LIBDIR");
	if (xtables_init_all(&globals, family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4) != 0)
		return -EIO;
	if (xtables_find_target("standard", XTF_TRY_LOAD) == NULL)
		return -ELIBACC; /* none of them is where libxtables looks */
	door_register_sets();
	door_find_release();
	return 0;
}

void ext_announce_chain(const char *name)
{
	xtables_announce_chain(name);
}

/* --- options -------------------------------------------------------------------------------- */

/* Room for count options right behind iptables' own: the newest extension is asked first. */
static struct option *make_room(unsigned count)
{
	struct option *base = door.options + base_option_count;

	if (door.option_count + count + 1 > OPTION_MAX)
		xtables_error(OTHER_PROBLEM, "too many extensions in one rule");
	memmove(base + count, base, (door.option_count - base_option_count) * sizeof(*base));
	door.option_count += count;
	memset(&door.options[door.option_count], 0, sizeof(struct option));
	return base;
}

/*
 * The n-th option of an extension. Since 1.8.11 the entries have one more member, at their end, under the same
 * soname: how far they lie apart is for the installed library to say, not for the header that this was built with.
 */
static const struct xt_option_entry *option_entry(const struct xt_option_entry *entries, unsigned n)
{
	size_t size = offsetof(struct xt_option_entry, max) + sizeof(unsigned) * (door.release < RELEASE_1_8_11 ? 1 : 2);
	size_t align = _Alignof(struct xt_option_entry);

	return (const void *)((const char *)entries + n * ((size + align - 1) / align * align));
}

static void add_options(const struct xt_option_entry *entries, const struct option *old, unsigned *offset)
{
	struct option *to;
	unsigned count = 0;

	if (entries != NULL)
		while (option_entry(entries, count)->name != NULL)
			count++;
	else if (old != NULL)
		while (old[count].name != NULL)
			count++;
	*offset = door.scale += OPTION_SCALE;
	to = make_room(count);
	for (unsigned i = 0; i < count; i++) {
		const struct xt_option_entry *entry = entries != NULL ? option_entry(entries, i) : NULL;

		to[i] = entry != NULL ? (struct option){ .name = entry->name,
							 .has_arg = entry->type != XTTYPE_NONE,
							 .val = (int)entry->id } :
					old[i];
		to[i].val += (int)*offset;
	}
}

/* --- extensions ------------------------------------------------------------------------------ */

static void match_init(struct xtables_match *match)
{
	size_t size = XT_ALIGN(sizeof(struct xt_entry_match)) + match->size;
	const char *name = match->real_name != NULL ? match->real_name : match->name;

	match->m = xtables_calloc(1, size);
	match->m->u.match_size = (uint16_t)size;
	memcpy(match->m->u.user.name, name, strlen(name) + 1);
	match->m->u.user.revision = match->revision;
	if (match->udata_size > 0) {
		free(match->udata);
		match->udata = xtables_calloc(1, match->udata_size);
	}
	if (match->init != NULL)
		match->init(match->m);
}

static void target_init(struct xtables_target *target, const char *jumpto)
{
	size_t size = XT_ALIGN(sizeof(struct xt_entry_target)) + target->size;
	const char *name = target->real_name != NULL ? target->real_name : jumpto;

	target->t = xtables_calloc(1, size);
	target->t->u.target_size = (uint16_t)size;
	memcpy(target->t->u.user.name, name, strlen(name) + 1);
	target->t->u.user.revision = target->revision;
	if (target->udata_size > 0) {
		free(target->udata);
		target->udata = xtables_calloc(1, target->udata_size);
	}
	if (target->init != NULL)
		target->init(target->t);
}

/* A second match of a kind is a clone, which is its own successor and shares the first one's options. */
void door_add_match(struct xtables_match *match)
{
	match_init(match);
	door_read_bpf(match);
	if (match != match->next)
		add_options(match->x6_options, match->x6_options == NULL ? match->extra_opts : NULL,
			    &match->option_offset);
}

void door_add_target(struct xtables_target *target, const char *jumpto)
{
	target_init(target, jumpto);
	add_options(target->x6_options, target->x6_options == NULL ? target->extra_opts : NULL,
		    &target->option_offset);
}

static const char *protocol_name(unsigned proto, bool look_up)
{
	const struct protoent *known;

	for (const struct xtables_pprot *at = door.listed; at->name != NULL; at++)
		if (at->num == proto)
			return at->name;
	known = look_up ? getprotobynumber((int)proto) : NULL;
	return known != NULL ? known->p_name : NULL;
}

static const char *find_protocol_name(unsigned proto)
{
	return protocol_name(proto, door.release < RELEASE_1_8_11);
}

/* Each name is looked up once: every look-up reads /etc/protocols. */
const char *ext_protocol_name(unsigned proto)
{
	const char *found;

	if (proto >= ARRAY_LEN(door.protocols))
		return find_protocol_name(proto);
	if (door.protocols[proto] != NULL)
		return door.protocols[proto][0] != '\0' ? door.protocols[proto] : NULL;
	found = find_protocol_name(proto);
	door.protocols[proto] = strdup(found != NULL ? found : "");
	return found;
}

/* -p tcp stands for -m tcp too, as soon as one of its options is met. */
static bool load_protocol_match(void)
{
	struct xtables_match *match;
	const char *name = door.protocol;
	unsigned number;

	if (!door.has_protocol || door.proto_used)
		return false;
	if (xtables_strtoui(door.protocol, NULL, &number, 0, UINT8_MAX))
		name = protocol_name(number, true);
	match = name != NULL ? xtables_find_match(name, XTF_TRY_LOAD, &door.matches) : NULL;
	if (match == NULL)
		return false;
	door.proto_used = true;
	door_add_match(match);
	return true;
}

static bool in_range(int c, unsigned offset)
{
	return offset > 0 && (unsigned)c >= offset && (unsigned)c < offset + OPTION_SCALE;
}

/* An option of an extension. True: the words must be looked at again, with more options. */
static bool read_extension_option(int c)
{
	if (door.target != NULL && (door.target->parse != NULL || door.target->x6_parse != NULL) &&
	    in_range(c, door.target->option_offset)) {
		xtables_option_tpcall((unsigned)c, door.argv, door.invert, door.target, &door.entry);
		door_warn_of_ports(door.target->x6_options, (unsigned)c - door.target->option_offset);
		return false;
	}
	for (struct xtables_rule_match *at = door.matches; at != NULL; at = at->next) {
		if (at->completed || (at->match->parse == NULL && at->match->x6_parse == NULL) ||
		    !in_range(c, at->match->option_offset))
			continue;
		xtables_option_mpcall((unsigned)c, door.argv, door.invert, at->match, &door.entry);
		door_warn_of_ports(at->match->x6_options, (unsigned)c - at->match->option_offset);
		return false;
	}
	if (load_protocol_match()) {
		optind--;
		return true;
	}
	if (c == ':')
		xtables_error(PARAMETER_PROBLEM, "option \"%s\" requires an argument", door.argv[optind - 1]);
	xtables_error(PARAMETER_PROBLEM, "unknown option \"%s\"", door.argv[optind - 1]);
}

static void read_bare_word(const char *word)
{
	const char *before = optind > 2 ? door.argv[optind - 2] : "";

	if (strcmp(word, "!") == 0) {
		if (door.invert)
			xtables_error(PARAMETER_PROBLEM, "multiple consecutive ! not allowed");
		door.invert = true;
		return;
	}
	if (strcmp(before, "!") == 0 && optind > 3 && door.argv[optind - 3][0] == '-')
		xtables_error(PARAMETER_PROBLEM, "the old order of negation: write ! %s %s", door.argv[optind - 3], word);
	xtables_error(PARAMETER_PROBLEM, "\"%s\" belongs to no option", word);
}

void door_blame_option(void)
{
	door.blame = door.option_word + 1;
}

static int next_option(void)
{
	int at = optind > 0 ? optind : 1;

	door.option_word = (unsigned)at - 1;
	return getopt_long(door.argc, door.argv, BASE_SHORT_OPTIONS, door.options, NULL);
}

static bool is_base_option(int c)
{
	return c < OPTION_SCALE && c != ':' && c != '?';
}

static void read_words(void)
{
	int c;

	optind = 0; /* makes getopt_long forget what it knew of the last line */
	opterr = 0;
	while (!door.command->other_family && (c = next_option()) != -1) {
		if (c == 1) {
			read_bare_word(optarg);
			continue;
		}
		if (is_base_option(c))
			door_read_option(c);
		else if (read_extension_option(c))
			continue;
		door.invert = false;
	}
	if (!door.command->other_family && optind < door.argc)
		xtables_error(PARAMETER_PROBLEM, "unknown arguments found on commandline");
}

/* What a built-in chain or a table cannot take, whatever the extensions say. */
static void check_placement(void)
{
	const struct command *command = door.command;
	const struct rule *rule = &command->rule;

	door.blame = door.out_word + 1;
	if (rule->out[0] != '\0' && (strcmp(command->chain, "PREROUTING") == 0 || strcmp(command->chain, "INPUT") == 0))
		xtables_error(PARAMETER_PROBLEM, "-o cannot be used in %s: packets that come in have no way out yet",
			      command->chain);
	door.blame = door.in_word + 1;
	if (rule->in[0] != '\0' && (strcmp(command->chain, "POSTROUTING") == 0 || strcmp(command->chain, "OUTPUT") == 0))
		xtables_error(PARAMETER_PROBLEM, "-i cannot be used in %s: the way in is not known there", command->chain);
	door.blame = command->jump_word + 1;
	if (rule->is_goto && is_verdict(command->jumpto))
		xtables_error(PARAMETER_PROBLEM, "--goto wants a chain; for %s use -j", command->jumpto);
}

/* Said of every command, so that even `-P PREROUTING DROP` is refused, which a `:` line may say. */
static void check_nat_drop(const char *table)
{
	const struct command *command = door.command;
	const char *policy = command->verb == 'P' ? command->second : NULL;

	if (strcmp(table, "nat") != 0)
		return;
	door.blame = (policy != NULL ? command->chain_word + 1 : command->jump_word) + 1;
	if ((policy != NULL && strcmp(policy, "DROP") == 0) ||
	    (command->jumpto != NULL && strcmp(command->jumpto, "DROP") == 0))
		xtables_error(PARAMETER_PROBLEM,
			      "the nat table sees only the first packet of a connection: DROP is not allowed there, use filter");
	door.blame = 0;
}

static void check_whole(const char *table)
{
	const struct command *command = door.command;

	check_nat_drop(table);
	for (struct xtables_rule_match *at = door.matches; at != NULL; at = at->next)
		xtables_option_mfcall(at->match);
	if (door.target != NULL)
		xtables_option_tfcall(door.target);
	door.blame = 1;
	if (command->verb == 0)
		xtables_error(PARAMETER_PROBLEM, "no command: a rule begins with -A CHAIN");
	if (door.invert) {
		door.blame = door.words->count;
		xtables_error(PARAMETER_PROBLEM, "nothing to negate follows `!'");
	}
	door_read_addresses();
	door.blame = 1;
	door_check_options();
	if (command->chain != NULL && strlen(command->chain) > STREAM_CHAIN_MAX)
		xtables_error(PARAMETER_PROBLEM, "chain name `%s' has more than %d bytes", command->chain, STREAM_CHAIN_MAX);
	if (strchr("AIRDC", command->verb) != NULL)
		check_placement();
}

/* --- from libxtables' objects to ours --------------------------------------------------------- */

static const struct ext_kind *kind_of(const char *name, const char *real_name, uint8_t revision, bool target,
				      size_t compared, const void *handle)
{
	struct ext_kind *kind;

	for (size_t i = 0; i < door.kinds.len; i++)
		if (door.kinds.item[i]->handle == handle)
			return door.kinds.item[i];
	kind = calloc(1, sizeof(*kind));
	if (kind == NULL || !vec_push(&door.kinds, kind)) {
		free(kind);
		return NULL;
	}
	*kind = (struct ext_kind){ .name = name,
				   .real_name = real_name != NULL ? real_name : name,
				   .revision = revision,
				   .target = target,
				   .compared = (unsigned)compared,
				   .handle = handle };
	return kind;
}

static struct extension *extension_new(const struct ext_kind *kind, const void *data, size_t size)
{
	struct extension *extension = kind != NULL ? arena_alloc(door.arena, sizeof(*extension) + size) : NULL;

	if (extension == NULL)
		xtables_error(RESOURCE_PROBLEM, "out of memory");
	extension->kind = kind;
	extension->size = (unsigned)size;
	memcpy(extension->data, data, size);
	return extension;
}

/* The registered object behind a clone: the clone ends with its rule. */
static const struct xtables_match *original_match(const struct xtables_match *match)
{
	const struct xtables_match *at = match;

	if (match != match->next)
		return match;
	for (at = xtables_matches; at != NULL && strcmp(at->name, match->name) != 0; at = at->next)
		;
	return at != NULL ? at : match;
}

/* How many bytes of its data tell two rules apart. A few extensions give no number: then all do. */
static size_t compared(size_t userspace, size_t size)
{
	return userspace != 0 ? userspace : size;
}

static void keep_extensions(void)
{
	struct extension **tail = &door.command->rule.matches;

	for (struct xtables_rule_match *at = door.matches; at != NULL; at = at->next) {
		const struct xtables_match *match = original_match(at->match);
		size_t head = XT_ALIGN(sizeof(struct xt_entry_match));

		*tail = extension_new(kind_of(match->name, match->real_name, match->revision, false,
					      compared(match->userspacesize, match->size), match),
				      at->match->m->data, at->match->m->u.match_size - head);
		tail = &(*tail)->next;
	}
	if (door.target == NULL)
		return;
	if (is_verdict(door.command->jumpto)) {
		door.command->rule.verdict = arena_text(door.arena, door.command->jumpto, strlen(door.command->jumpto));
		return;
	}
	door.command->rule.target = extension_new(
		kind_of(door.target->name, door.target->real_name, door.target->revision, true,
			compared(door.target->userspacesize, door.target->size), door.target),
		door.target->t->data,
		door.target->t->u.target_size - XT_ALIGN(sizeof(struct xt_entry_target)));
}

static void release_rule(void)
{
	while (door.matches != NULL) {
		struct xtables_rule_match *next = door.matches->next;
		struct xtables_match *match = door.matches->match;

		free(match->m);
		match->m = NULL;
		free(match->udata);
		match->udata = NULL;
		if (match == match->next)
			free(match);
		free(door.matches);
		door.matches = next;
	}
	if (door.target != NULL) {
		free(door.target->t);
		door.target->t = NULL;
		free(door.target->udata);
		door.target->udata = NULL;
		door.target = NULL;
	}
}

static void start_rule(struct words *words, struct arena *arena, struct command *command)
{
	for (struct xtables_match *match = xtables_matches; match != NULL; match = match->next)
		match->mflags = 0;
	for (struct xtables_target *target = xtables_targets; target != NULL; target = target->next) {
		target->tflags = 0;
		target->used = 0;
	}
	*command = (struct command){ .verb = 0 };
	memset(&door.entry, 0, sizeof(door.entry));
	door.has_protocol = door.proto_used = door.invert = false;
	door.seen = door.scale = door.blame = 0;
	strbuf_reset(&door.said);
	door.src_text = door.dst_text = NULL;
	door.option_count = base_option_count;
	memset(&door.options[base_option_count], 0, sizeof(struct option));
	door.command = command;
	door.arena = arena;
	door.words = words;
	door.argv[0] = (char *)(uintptr_t)"iptables";
	for (unsigned i = 0; i < words->count; i++)
		door.argv[i + 1] = words->item[i].text;
	door.argc = (int)words->count + 1;
	door.argv[door.argc] = NULL;
}

void ext_listen(bool on)
{
	if (on)
		capture_begin(&door.notices);
	else
		capture_end(&door.notices);
}

bool ext_read(const char *table, struct words *words, struct arena *arena, struct command *command,
	      struct ext_fault *fault, struct strbuf *notice)
{
	volatile bool good = false; /* looked at after longjmp */

	start_rule(words, arena, command);
	if (setjmp(door.back) == 0) {
		read_words();
		if (!command->other_family) {
			check_whole(table);
			keep_extensions();
		} else if (command->jumpto != NULL && xtables_find_target(command->jumpto, XTF_TRY_LOAD) != NULL) {
			command->jumpto = NULL;
		}
		good = true;
	}
	if (notice != NULL && capture_take(&door.notices, notice) != 0)
		strbuf_puts(notice, "an extension said something that could not be read");
	if (notice != NULL && door.said.len > 0)
		strbuf_printf(notice, "%s%s", notice->len > 0 ? " " : "", strbuf_text(&door.said));
	if (!good)
		door_note_fault(fault);
	release_rule();
	return good;
}

/* --- no name is ever looked up --------------------------------------------------------------------- */

/*
 * A file to be read must not make us wait for a name server, nor tell one what we read. libxtables
 * resolves host names while it parses, and takes no callback for it; so the program has these two of
 * its own, found before the C library's. Services and written-out addresses go on to the real one.
 */
int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
		struct addrinfo **restrict result)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST };
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	int rc;

	if (symbol == NULL)
		return EAI_FAIL;
	memcpy(&real, &symbol, sizeof(real));
	if (node == NULL)
		return real(node, service, hints, result);
	if (hints != NULL)
		numeric = *hints;
	numeric.ai_flags |= AI_NUMERICHOST;
	rc = real(node, service, &numeric, result);
	if (rc != 0)
		door.name_asked = true;
	return rc;
}

struct netent *getnetbyname(const char *name)
{
	(void)name;
	return NULL;
}

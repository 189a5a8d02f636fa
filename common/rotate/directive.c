/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/directive.h"
#include "base/pack.h"

#include <stdarg.h>
#include <string.h>

#define SET(field) offsetof(struct rotate_settings, field)

enum kind { TURN_ON, TURN_OFF, INTERVAL, BYTES, DAYS, MILLISECONDS, SCRIPT, NOTHING, LEFT_OUT, SPECIAL };

/* Applies a directive of the kind SPECIAL. `count` includes the name. False: an error was reported. */
typedef bool special(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count);

struct config_directive {
	const char *name;
	enum kind kind;
	size_t field;       /* TURN_*, BYTES, DAYS, MILLISECONDS: SET(...); INTERVAL, SCRIPT: the value */
	const char *reason; /* LEFT_OUT: why it is not supported */
	special *apply;     /* SPECIAL */
	size_t most;        /* SPECIAL: the most words that may follow the name */
};

static special apply_compresscmd, apply_compressext, apply_compressoptions, apply_create, apply_createolddir;
static special apply_dateformat, apply_extension, apply_include, apply_level, apply_min_free, apply_naming, apply_olddir, apply_reopen,
	apply_rotate, apply_size, apply_su, apply_taboo, apply_threads, apply_weekly;

static const char mails[] = "ct-rotate sends no mail: use preremove for archives that are removed";

static const struct config_directive directives[] = {
	{ .name = "hourly", .kind = INTERVAL, .field = HOURLY },
	{ .name = "daily", .kind = INTERVAL, .field = DAILY },
	{ .name = "weekly", .kind = SPECIAL, .apply = apply_weekly, .most = 1 },
	{ .name = "monthly", .kind = INTERVAL, .field = MONTHLY },
	{ .name = "yearly", .kind = INTERVAL, .field = YEARLY },
	{ .name = "size", .kind = SPECIAL, .apply = apply_size, .most = 1 },
	{ .name = "maxsize", .kind = BYTES, .field = SET(maxsize) },
	{ .name = "minsize", .kind = BYTES, .field = SET(minsize) },
	{ .name = "maxbytes", .kind = BYTES, .field = SET(max_bytes) },
	{ .name = "minage", .kind = DAYS, .field = SET(minage) },
	{ .name = "maxage", .kind = DAYS, .field = SET(maxage) },
	{ .name = "minfree", .kind = SPECIAL, .apply = apply_min_free, .most = 1 },
	{ .name = "rotate", .kind = SPECIAL, .apply = apply_rotate, .most = 1 },
	{ .name = "missingok", .kind = TURN_ON, .field = SET(missingok) },
	{ .name = "nomissingok", .kind = TURN_OFF, .field = SET(missingok) },
	{ .name = "notifempty", .kind = TURN_ON, .field = SET(notifempty) },
	{ .name = "ifempty", .kind = TURN_OFF, .field = SET(notifempty) },
	{ .name = "compress", .kind = TURN_ON, .field = SET(compress) },
	{ .name = "nocompress", .kind = TURN_OFF, .field = SET(compress) },
	{ .name = "delaycompress", .kind = TURN_ON, .field = SET(delaycompress) },
	{ .name = "nodelaycompress", .kind = TURN_OFF, .field = SET(delaycompress) },
	{ .name = "verify", .kind = TURN_ON, .field = SET(verify) },
	{ .name = "noverify", .kind = TURN_OFF, .field = SET(verify) },
	{ .name = "compresscmd", .kind = SPECIAL, .apply = apply_compresscmd, .most = 1 },
	{ .name = "uncompresscmd", .kind = SPECIAL, .apply = apply_compresscmd, .most = 1 },
	{ .name = "compressext", .kind = SPECIAL, .apply = apply_compressext, .most = 1 },
	{ .name = "compressoptions", .kind = SPECIAL, .apply = apply_compressoptions, .most = 99 },
	{ .name = "level", .kind = SPECIAL, .apply = apply_level, .most = 1 },
	{ .name = "threads", .kind = SPECIAL, .apply = apply_threads, .most = 1 },
	{ .name = "create", .kind = SPECIAL, .apply = apply_create, .most = 3 },
	{ .name = "nocreate", .kind = TURN_ON, .field = SET(nocreate) },
	{ .name = "copytruncate", .kind = TURN_ON, .field = SET(copytruncate) },
	{ .name = "nocopytruncate", .kind = TURN_OFF, .field = SET(copytruncate) },
	{ .name = "allowhardlink", .kind = TURN_ON, .field = SET(allowhardlink) },
	{ .name = "noallowhardlink", .kind = TURN_OFF, .field = SET(allowhardlink) },
	{ .name = "naming", .kind = SPECIAL, .apply = apply_naming, .most = 1 },
	{ .name = "dateext", .kind = SPECIAL, .apply = apply_naming },
	{ .name = "nodateext", .kind = SPECIAL, .apply = apply_naming },
	{ .name = "dateformat", .kind = SPECIAL, .apply = apply_dateformat, .most = 1 },
	{ .name = "dateyesterday", .kind = TURN_ON, .field = SET(dateyesterday) },
	{ .name = "nodateyesterday", .kind = TURN_OFF, .field = SET(dateyesterday) },
	{ .name = "datehourago", .kind = TURN_ON, .field = SET(datehourago) },
	{ .name = "nodatehourago", .kind = TURN_OFF, .field = SET(datehourago) },
	{ .name = "extension", .kind = SPECIAL, .apply = apply_extension, .most = 1 },
	{ .name = "addextension", .kind = SPECIAL, .apply = apply_extension, .most = 1 },
	{ .name = "olddir", .kind = SPECIAL, .apply = apply_olddir, .most = 1 },
	{ .name = "noolddir", .kind = SPECIAL, .apply = apply_olddir },
	{ .name = "createolddir", .kind = SPECIAL, .apply = apply_createolddir, .most = 3 },
	{ .name = "nocreateolddir", .kind = TURN_OFF, .field = SET(createolddir) },
	{ .name = "su", .kind = SPECIAL, .apply = apply_su, .most = 2 },
	{ .name = "reopen", .kind = SPECIAL, .apply = apply_reopen, .most = 99 },
	{ .name = "settle", .kind = MILLISECONDS, .field = SET(settle_ms) },
	{ .name = "scripttimeout", .kind = MILLISECONDS, .field = SET(script_ms) },
	{ .name = "sharedscripts", .kind = TURN_ON, .field = SET(sharedscripts) },
	{ .name = "nosharedscripts", .kind = TURN_OFF, .field = SET(sharedscripts) },
	{ .name = "firstaction", .kind = SCRIPT, .field = SCRIPT_FIRST },
	{ .name = "prerotate", .kind = SCRIPT, .field = SCRIPT_PRE },
	{ .name = "postrotate", .kind = SCRIPT, .field = SCRIPT_POST },
	{ .name = "preremove", .kind = SCRIPT, .field = SCRIPT_REMOVE },
	{ .name = "lastaction", .kind = SCRIPT, .field = SCRIPT_LAST },
	{ .name = "include", .kind = SPECIAL, .apply = apply_include, .most = 1 },
	{ .name = "tabooext", .kind = SPECIAL, .apply = apply_taboo, .most = 99 },
	{ .name = "taboopat", .kind = SPECIAL, .apply = apply_taboo, .most = 99 },
	{ .name = "ignoreduplicates", .kind = TURN_ON, .field = SET(ignoreduplicates) },
	/* They turn off what is not there. */
	{ .name = "nomail", .kind = NOTHING },
	{ .name = "noshred", .kind = NOTHING },
	{ .name = "nocopy", .kind = NOTHING },
	{ .name = "norenamecopy", .kind = NOTHING },
	{ .name = "mail", .kind = LEFT_OUT, .reason = mails },
	{ .name = "mailfirst", .kind = LEFT_OUT, .reason = mails },
	{ .name = "maillast", .kind = LEFT_OUT, .reason = mails },
	{ .name = "shred", .kind = LEFT_OUT, .reason = "overwriting does not erase files on current disks: encrypt the file system" },
	{ .name = "shredcycles", .kind = LEFT_OUT, .reason = "files are not shredded" },
	{ .name = "copy", .kind = LEFT_OUT, .reason = "a copy without truncation is not a rotation: use cp" },
	{ .name = "renamecopy", .kind = LEFT_OUT, .reason = "archives stay on the file system of the log" },
	{ .name = "start", .kind = LEFT_OUT, .reason = "the newest archive always has the number 1" },
};

static void report(struct config_place *at, const struct config_word *word, const char *format, va_list args)
{
	struct strbuf text = STRBUF_INIT;
	struct where where = at->where;

	if (word != NULL) {
		where.column = word->column;
		where.width = word->width;
	}
	strbuf_vprintf(&text, format, args);
	diag_add(at->log, at->lenient ? DIAG_ROTATE_WARNING : DIAG_ROTATE_CONFIG, &where, NULL, "%s", strbuf_text(&text));
	strbuf_free(&text);
	at->bad = true;
}

void config_lack(struct config_place *at, const struct config_word *word, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(at, word, format, args);
	va_end(args);
}

void config_fault(struct config_place *at, const struct config_word *word, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(at, word, format, args);
	va_end(args);
	at->broken = true;
}

static bool need_number(struct config_place *at, const struct config_word *word, long low, long high, long *value)
{
	if (setting_number(word->text, low, high, value))
		return true;
	config_fault(at, word, "%s is not a number from %ld to %ld", word->text, low, high);
	return false;
}

static bool need_size(struct config_place *at, const struct config_word *word, uint64_t *bytes)
{
	if (setting_size(word->text, bytes))
		return true;
	config_fault(at, word, "%s is not a size like 100k, 5M or 2G", word->text);
	return false;
}

static bool need_word(struct config_place *at, const struct config_word *words, size_t count)
{
	if (count > 1)
		return true;
	config_fault(at, words, "%s needs a value", words->text);
	return false;
}

static bool apply_weekly(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	long day = 0;

	if (count > 1 && !need_number(at, &words[1], 0, 7, &day))
		return false;
	set->schedule = WEEKLY;
	set->weekday = (int)day;
	return true;
}

static bool apply_size(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	set->schedule = BY_SIZE;
	return need_word(at, words, count) && need_size(at, &words[1], &set->size);
}

static bool apply_min_free(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			   size_t count)
{
	long percent;

	if (!need_word(at, words, count) || !need_number(at, &words[1], 0, 99, &percent))
		return false;
	set->min_free = (unsigned)percent;
	return true;
}

static bool apply_rotate(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	long keep;

	if (!need_word(at, words, count) || !need_number(at, &words[1], -1, 100000, &keep))
		return false;
	set->keep = (int)keep;
	return true;
}

static bool apply_level(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	long level = PACK_LEVEL_FAST; /* the most that any format has; check_block knows the format */

	if (!need_word(at, words, count) ||
	    (strcmp(words[1].text, "fast") != 0 && !need_number(at, &words[1], 1, 19, &level)))
		return false;
	set->level = (int)level;
	return true;
}

/* compresscmd, or uncompresscmd, which has no effect: an archive is decompressed by its suffix. */
static bool apply_compresscmd(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			      size_t count)
{
	enum pack_format format;

	if (!need_word(at, words, count) || strcmp(words->text, "uncompresscmd") == 0)
		return true;
	if (!setting_format(words[1].text, &format)) {
		config_fault(at, &words[1], "%s is not supported: no program is run, and gzip, xz and zstd are built in",
			     words[1].text);
		return false;
	}
	set->format = format;
	return true;
}

static bool apply_compressext(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			      size_t count)
{
	if (!need_word(at, words, count))
		return false;
	set->compressext = words[1].text;
	return true;
}

/* The options of gzip, xz and zstd that say the same here: a level, --fast, --best, and a number of threads. */
static bool apply_compressoptions(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
				  size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const char *text = words[i].text, *threads = NULL;
		long number;

		if (strncmp(text, "-T", 2) == 0)
			threads = text[2] != '\0' ? text + 2 : i + 1 < count ? words[++i].text : "";
		else if (strncmp(text, "--threads=", 10) == 0)
			threads = text + 10;
		if (threads != NULL && setting_number(threads, 0, 10000, &number))
			set->threads = number < 1 ? 1 : number > PACK_THREADS_MAX ? PACK_THREADS_MAX : (unsigned)number;
		else if (threads == NULL && text[0] == '-' && setting_number(text + 1, 1, 19, &number))
			set->level = (int)number;
		else if (strcmp(text, "--fast") == 0 || strcmp(text, "--best") == 0)
			set->level = text[2] == 'f' ? PACK_LEVEL_FAST : 9;
		else
			config_fault(at, &words[i], "%s is not supported: use level, threads, or options like -9 and -T2", text);
	}
	return true;
}

static bool apply_threads(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			  size_t count)
{
	if (!need_word(at, words, count))
		return false;
	if (!setting_threads(words[1].text, &set->threads)) {
		config_fault(at, &words[1], "%s is not a number from 1 to %d, or auto", words[1].text, PACK_THREADS_MAX);
		return false;
	}
	return true;
}

/* [MODE] [OWNER [GROUP]] */
static void read_owner(struct config_place *at, struct rotate_owner *owner, const struct config_word *words, size_t count)
{
	size_t next = 1;

	*owner = (struct rotate_owner){ 0 };
	if (next < count && words[next].text[0] >= '0' && words[next].text[0] <= '9') {
		owner->has_mode = setting_mode(words[next].text, &owner->mode);
		if (!owner->has_mode) {
			config_fault(at, &words[next], "%s is not an octal mode", words[next].text);
			return;
		}
		next++;
	}
	if (next < count) {
		owner->has_owner = setting_user(words[next].text, &owner->owner);
		if (!owner->has_owner)
			config_fault(at, &words[next], "no such user: %s", words[next].text);
		next++;
	}
	if (next < count) {
		owner->has_group = setting_group(words[next].text, &owner->group);
		if (!owner->has_group)
			config_fault(at, &words[next], "no such group: %s", words[next].text);
	}
}

static bool apply_create(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	set->nocreate = false;
	read_owner(at, &set->create, words, count);
	return true;
}

static bool apply_createolddir(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			       size_t count)
{
	set->createolddir = true;
	read_owner(at, &set->olddir_owner, words, count);
	return true;
}

static bool apply_naming(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	bool date = strcmp(words->text, "dateext") == 0;

	if (strcmp(words->text, "naming") == 0) {
		if (!need_word(at, words, count))
			return false;
		date = strcmp(words[1].text, "date") == 0;
		if (!date && strcmp(words[1].text, "number") != 0) {
			config_fault(at, &words[1], "%s is neither date nor number", words[1].text);
			return false;
		}
	}
	set->naming = date ? NAMING_DATE : NAMING_NUMBER;
	return true;
}

static bool apply_dateformat(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			     size_t count)
{
	if (!need_word(at, words, count))
		return false;
	if (!setting_dateformat(words[1].text)) {
		config_fault(at, &words[1], "%s must begin with a mark like - and have no fields but %%Y %%m %%d %%H %%M %%S %%V %%s %%z",
			     words[1].text);
		return false;
	}
	set->dateformat = words[1].text;
	return true;
}

static bool apply_extension(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			    size_t count)
{
	if (!need_word(at, words, count))
		return false;
	if (!setting_extension(words[1].text)) {
		config_fault(at, &words[1], "%s cannot end the name of an archive: use an extension like .log", words[1].text);
		return false;
	}
	*(strcmp(words->text, "extension") == 0 ? &set->extension : &set->addextension) = words[1].text;
	return true;
}

static bool apply_olddir(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	if (strcmp(words->text, "noolddir") == 0)
		set->olddir = NULL;
	else if (need_word(at, words, count))
		set->olddir = words[1].text;
	else
		return false;
	return true;
}

static bool apply_su(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	if (count != 3) {
		config_fault(at, words, "su needs a user and a group");
		return false;
	}
	set->su = true;
	if (!setting_user(words[1].text, &set->su_user))
		config_fault(at, &words[1], "no such user: %s", words[1].text);
	if (!setting_group(words[2].text, &set->su_group))
		config_fault(at, &words[2], "no such group: %s", words[2].text);
	return true;
}

static bool apply_reopen(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	struct strbuf text = STRBUF_INIT;
	char *copy;

	if (!need_word(at, words, count))
		return false;
	for (size_t i = 1; i < count; i++)
		strbuf_printf(&text, "%s%s", i > 1 ? " " : "", words[i].text);
	copy = arena_text(at->arena, strbuf_text(&text), text.len);
	strbuf_free(&text);
	if (copy == NULL)
		return diag_memory(at->log) == 0;
	if (!setting_reopen(copy)) {
		config_fault(at, &words[1], "%s is not pidfile:PATH, unit:NAME or cmd:WORDS", copy);
		return false;
	}
	set->reopen = copy;
	return true;
}

static bool apply_include(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	(void)set;
	if (!need_word(at, words, count))
		return false;
	at->include = words[1].text;
	return true;
}

/* tabooext [+] LIST and taboopat [+] LIST. The elements are separated by commas or blanks. */
static bool apply_taboo(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	bool extensions = strcmp(words->text, "tabooext") == 0;
	(void)set;
	if (!need_word(at, words, count))
		return false;
	if (words[1].text[0] != '+')
		taboo_clear(at->taboo, extensions);
	for (size_t i = 1; i < count; i++) {
		const char *list = words[i].text + (i == 1 && words[i].text[0] == '+');

		if (!taboo_add(at->taboo, extensions ? "*" : "", list))
			return diag_memory(at->log) == 0;
	}
	return true;
}

static const struct config_directive *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(directives); i++)
		if (strcmp(directives[i].name, name) == 0)
			return &directives[i];
	return NULL;
}

static void apply_value(struct config_place *at, const struct config_directive *what, struct rotate_settings *set,
			const struct config_word *word)
{
	char *field = (char *)set + what->field;
	uint64_t value;
	long days;

	if (what->kind == BYTES && need_size(at, word, &value))
		*(uint64_t *)(void *)field = value;
	if (what->kind == DAYS && need_number(at, word, 0, 36500, &days))
		*(unsigned *)(void *)field = (unsigned)days;
	if (what->kind != MILLISECONDS)
		return;
	if (setting_duration(word->text, &value))
		*(unsigned *)(void *)field = value > UINT32_MAX ? UINT32_MAX : (unsigned)value;
	else
		config_fault(at, word, "%s is not a time like 250ms, 5s, 2m, 3h or 1d", word->text);
}

static size_t words_allowed(const struct config_directive *what)
{
	if (what->kind == SPECIAL)
		return what->most;
	return what->kind == BYTES || what->kind == DAYS || what->kind == MILLISECONDS ? 1 : 0;
}

void directive_apply(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	const struct config_directive *what = find(words->text);

	if (what == NULL) {
		config_lack(at, words, "unknown directive %s", words->text);
	} else if (what->kind == LEFT_OUT) {
		config_lack(at, words, "%s is not supported: %s", words->text, what->reason);
	} else if (count - 1 > words_allowed(what)) {
		config_fault(at, &words[words_allowed(what) + 1], "%s: too many words", words->text);
	} else if (what->kind == SPECIAL) {
		(void)what->apply(at, set, words, count);
	} else if (words_allowed(what) == 1) {
		if (need_word(at, words, count))
			apply_value(at, what, set, &words[1]);
	} else if (what->kind == INTERVAL) {
		set->schedule = (enum rotate_schedule)what->field;
	} else if (what->kind == SCRIPT) {
		at->script = (enum rotate_script)what->field;
	} else if (what->kind != NOTHING) {
		*(bool *)((char *)set + what->field) = what->kind == TURN_ON;
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rotate/directive.h"
#include "base/gzout.h"

#include <stdarg.h>
#include <string.h>

#define SET(field) offsetof(struct rotate_settings, field)

enum kind { TURN_ON, TURN_OFF, INTERVAL, BYTES, DAYS, MILLISECONDS, SCRIPT, NOTHING, LEFT_OUT, SPECIAL };

/* Words behind the name, at least 1. False after a report. */
typedef bool special(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count);

struct config_directive {
	const char *name;
	enum kind kind;
	size_t field;       /* of TURN_*, BYTES, DAYS, MILLISECONDS: SET(...); INTERVAL, SCRIPT: the value */
	const char *reason; /* of LEFT_OUT */
	special *apply;     /* of SPECIAL */
	size_t most;        /* of SPECIAL: words behind the name */
};

static special apply_create, apply_dateformat, apply_level, apply_min_free, apply_naming, apply_olddir, apply_reopen,
	apply_rotate, apply_size, apply_su, apply_threads, apply_weekly;

static const char mails[] = "nothing is mailed: archives stay where they are until they are pruned";
static const char own_deflate[] = "compression is built in, no program is run: see level and threads";
static const char one_file[] = "one file holds all blocks";

static const struct config_directive directives[] = {
	{ "hourly", INTERVAL, HOURLY, NULL, NULL, 0 },
	{ "daily", INTERVAL, DAILY, NULL, NULL, 0 },
	{ "weekly", SPECIAL, 0, NULL, apply_weekly, 1 },
	{ "monthly", INTERVAL, MONTHLY, NULL, NULL, 0 },
	{ "yearly", INTERVAL, YEARLY, NULL, NULL, 0 },
	{ "size", SPECIAL, 0, NULL, apply_size, 1 },
	{ "maxsize", BYTES, SET(maxsize), NULL, NULL, 0 },
	{ "minsize", BYTES, SET(minsize), NULL, NULL, 0 },
	{ "maxbytes", BYTES, SET(max_bytes), NULL, NULL, 0 },
	{ "minage", DAYS, SET(minage), NULL, NULL, 0 },
	{ "maxage", DAYS, SET(maxage), NULL, NULL, 0 },
	{ "minfree", SPECIAL, 0, NULL, apply_min_free, 1 },
	{ "rotate", SPECIAL, 0, NULL, apply_rotate, 1 },
	{ "missingok", TURN_ON, SET(missingok), NULL, NULL, 0 },
	{ "nomissingok", TURN_OFF, SET(missingok), NULL, NULL, 0 },
	{ "notifempty", TURN_ON, SET(notifempty), NULL, NULL, 0 },
	{ "ifempty", TURN_OFF, SET(notifempty), NULL, NULL, 0 },
	{ "compress", TURN_ON, SET(compress), NULL, NULL, 0 },
	{ "nocompress", TURN_OFF, SET(compress), NULL, NULL, 0 },
	{ "delaycompress", TURN_ON, SET(delaycompress), NULL, NULL, 0 },
	{ "nodelaycompress", TURN_OFF, SET(delaycompress), NULL, NULL, 0 },
	{ "verify", TURN_ON, SET(verify), NULL, NULL, 0 },
	{ "noverify", TURN_OFF, SET(verify), NULL, NULL, 0 },
	{ "level", SPECIAL, 0, NULL, apply_level, 1 },
	{ "threads", SPECIAL, 0, NULL, apply_threads, 1 },
	{ "create", SPECIAL, 0, NULL, apply_create, 3 },
	{ "nocreate", TURN_ON, SET(nocreate), NULL, NULL, 0 },
	{ "copytruncate", TURN_ON, SET(copytruncate), NULL, NULL, 0 },
	{ "nocopytruncate", TURN_OFF, SET(copytruncate), NULL, NULL, 0 },
	{ "allowhardlink", TURN_ON, SET(allowhardlink), NULL, NULL, 0 },
	{ "noallowhardlink", TURN_OFF, SET(allowhardlink), NULL, NULL, 0 },
	{ "naming", SPECIAL, 0, NULL, apply_naming, 1 },
	{ "dateext", SPECIAL, 0, NULL, apply_naming, 0 },
	{ "nodateext", SPECIAL, 0, NULL, apply_naming, 0 },
	{ "dateformat", SPECIAL, 0, NULL, apply_dateformat, 1 },
	{ "olddir", SPECIAL, 0, NULL, apply_olddir, 1 },
	{ "noolddir", SPECIAL, 0, NULL, apply_olddir, 0 },
	{ "su", SPECIAL, 0, NULL, apply_su, 2 },
	{ "reopen", SPECIAL, 0, NULL, apply_reopen, 99 },
	{ "settle", MILLISECONDS, SET(settle_ms), NULL, NULL, 0 },
	{ "scripttimeout", MILLISECONDS, SET(script_ms), NULL, NULL, 0 },
	{ "sharedscripts", TURN_ON, SET(sharedscripts), NULL, NULL, 0 },
	{ "nosharedscripts", TURN_OFF, SET(sharedscripts), NULL, NULL, 0 },
	{ "firstaction", SCRIPT, SCRIPT_FIRST, NULL, NULL, 0 },
	{ "prerotate", SCRIPT, SCRIPT_PRE, NULL, NULL, 0 },
	{ "postrotate", SCRIPT, SCRIPT_POST, NULL, NULL, 0 },
	{ "lastaction", SCRIPT, SCRIPT_LAST, NULL, NULL, 0 },
	/* They turn off what is not there. */
	{ "nomail", NOTHING, 0, NULL, NULL, 0 },
	{ "noshred", NOTHING, 0, NULL, NULL, 0 },
	{ "nocopy", NOTHING, 0, NULL, NULL, 0 },
	{ "norenamecopy", NOTHING, 0, NULL, NULL, 0 },
	{ "nodateyesterday", NOTHING, 0, NULL, NULL, 0 },
	{ "nocreateolddir", NOTHING, 0, NULL, NULL, 0 },
	{ "mail", LEFT_OUT, 0, mails, NULL, 0 },
	{ "mailfirst", LEFT_OUT, 0, mails, NULL, 0 },
	{ "maillast", LEFT_OUT, 0, mails, NULL, 0 },
	{ "shred", LEFT_OUT, 0, "overwriting says nothing on today's disks: encrypt the file system", NULL, 0 },
	{ "shredcycles", LEFT_OUT, 0, "nothing is shredded", NULL, 0 },
	{ "include", LEFT_OUT, 0, one_file, NULL, 0 },
	{ "tabooext", LEFT_OUT, 0, one_file, NULL, 0 },
	{ "taboopat", LEFT_OUT, 0, one_file, NULL, 0 },
	{ "compresscmd", LEFT_OUT, 0, own_deflate, NULL, 0 },
	{ "uncompresscmd", LEFT_OUT, 0, own_deflate, NULL, 0 },
	{ "compressext", LEFT_OUT, 0, own_deflate, NULL, 0 },
	{ "compressoptions", LEFT_OUT, 0, own_deflate, NULL, 0 },
	{ "copy", LEFT_OUT, 0, "a copy without truncating is no rotation: use cp", NULL, 0 },
	{ "renamecopy", LEFT_OUT, 0, "archives stay on the log's file system", NULL, 0 },
	{ "createolddir", LEFT_OUT, 0, "make the directory once, with the owner it needs", NULL, 0 },
	{ "preremove", LEFT_OUT, 0, "no script runs before a removal", NULL, 0 },
	{ "addextension", LEFT_OUT, 0, "an archive's name begins with the log's", NULL, 0 },
	{ "extension", LEFT_OUT, 0, "an archive's name begins with the log's", NULL, 0 },
	{ "start", LEFT_OUT, 0, "the newest archive is always .1", NULL, 0 },
	{ "dateyesterday", LEFT_OUT, 0, "a name tells when the rotation was", NULL, 0 },
	{ "datehourago", LEFT_OUT, 0, "a name tells when the rotation was", NULL, 0 },
};

void config_fault(struct config_place *at, const struct config_word *word, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct where where = at->where;
	va_list args;

	if (word != NULL) {
		where.column = word->column;
		where.width = word->width;
	}
	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_add(at->log, at->lenient ? DIAG_ROTATE_WARNING : DIAG_ROTATE_CONFIG, &where, NULL, "%s", strbuf_text(&text));
	at->bad = true;
	strbuf_free(&text);
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
	long level = GZ_LEVEL_FAST;

	if (!need_word(at, words, count) ||
	    (strcmp(words[1].text, "fast") != 0 && !need_number(at, &words[1], 1, 9, &level)))
		return false;
	set->level = (int)level;
	return true;
}

static bool apply_threads(struct config_place *at, struct rotate_settings *set, const struct config_word *words,
			  size_t count)
{
	long threads;

	if (!need_word(at, words, count) || !need_number(at, &words[1], 1, GZ_THREADS_MAX, &threads))
		return false;
	set->threads = (unsigned)threads;
	return true;
}

/* create [MODE] [OWNER [GROUP]] */
static bool apply_create(struct config_place *at, struct rotate_settings *set, const struct config_word *words, size_t count)
{
	size_t next = 1;

	set->nocreate = set->has_mode = set->has_owner = set->has_group = false;
	if (next < count && words[next].text[0] >= '0' && words[next].text[0] <= '9') {
		if (!setting_mode(words[next].text, &set->mode)) {
			config_fault(at, &words[next], "%s is not an octal mode", words[next].text);
			return false;
		}
		set->has_mode = true;
		next++;
	}
	if (next < count) {
		set->has_owner = setting_user(words[next].text, &set->owner);
		if (!set->has_owner)
			config_fault(at, &words[next], "no user %s", words[next].text);
		next++;
	}
	if (next < count) {
		set->has_group = setting_group(words[next].text, &set->group);
		if (!set->has_group)
			config_fault(at, &words[next], "no group %s", words[next].text);
	}
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
		config_fault(at, &words[1], "%s must begin with - or . and can hold %%Y %%m %%d %%H %%M %%S %%s",
			     words[1].text);
		return false;
	}
	set->dateformat = words[1].text;
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
		config_fault(at, &words[1], "no user %s", words[1].text);
	if (!setting_group(words[2].text, &set->su_group))
		config_fault(at, &words[2], "no group %s", words[2].text);
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
		config_fault(at, &words[1], "%s is none of pidfile:PATH, unit:NAME and cmd:WORDS", copy);
		return false;
	}
	set->reopen = copy;
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
		config_fault(at, words, "unknown directive %s", words->text);
	} else if (what->kind == LEFT_OUT) {
		config_fault(at, words, "%s is left out: %s", words->text, what->reason);
	} else if (count - 1 > words_allowed(what)) {
		config_fault(at, &words[words_allowed(what) + 1], "%s: one word too many", words->text);
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

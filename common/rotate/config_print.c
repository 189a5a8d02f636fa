/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/config.h"
#include "base/pack.h"

#include <pwd.h>
#include <string.h>

static const char tab[] = "    ";

/* Prints a word in quotes, so that it is read as the same word whatever it contains. */
static void print_word(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_text(const char *directive, const char *text, FILE *out)
{
	if (text == NULL)
		return;
	fprintf(out, "%s%s ", tab, directive);
	if (text[0] == '\0' || strpbrk(text, " \t\r\"'\\#{=") != NULL)
		print_word(text, out);
	else
		fputs(text, out);
	fputc('\n', out);
}

static void print_flags(const struct rotate_settings *set, FILE *out)
{
	const struct {
		bool on;
		const char *name;
	} flags[] = {
		{ set->missingok, "missingok" },	 { set->notifempty, "notifempty" },
		{ set->compress, "compress" },		 { set->delaycompress, "delaycompress" },
		{ !set->verify, "noverify" },		 { set->nocreate, "nocreate" },
		{ set->copytruncate, "copytruncate" },	 { set->allowhardlink, "allowhardlink" },
		{ set->sharedscripts, "sharedscripts" }, { set->ignoreduplicates, "ignoreduplicates" },
		{ set->dateyesterday, "dateyesterday" },	 { set->datehourago, "datehourago" },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].on)
			fprintf(out, "%s%s\n", tab, flags[i].name);
}

static void print_sizes(const struct rotate_settings *set, FILE *out)
{
	const struct {
		uint64_t value;
		const char *name;
	} values[] = {
		{ set->maxsize, "maxsize" },   { set->minsize, "minsize" }, { set->minage, "minage" },
		{ set->maxage, "maxage" },     { set->max_bytes, "maxbytes" }, { set->min_free, "minfree" },
	};

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (values[i].value > 0)
			fprintf(out, "%s%s %llu\n", tab, values[i].name, (unsigned long long)values[i].value);
}

static void print_when(const struct rotate_settings *set, FILE *out)
{
	static const char *const names[] = { "size", "hourly", "daily", "weekly", "monthly", "yearly" };

	fprintf(out, "%s%s", tab, names[set->schedule]);
	if (set->schedule == BY_SIZE)
		fprintf(out, " %llu", (unsigned long long)set->size);
	if (set->schedule == WEEKLY)
		fprintf(out, " %d", set->weekday);
	fprintf(out, "\n%srotate %d\n", tab, set->keep);
}

static void print_owner(const char *directive, const struct rotate_owner *owner, FILE *out)
{
	const struct passwd *user = owner->has_owner ? getpwuid(owner->owner) : NULL;

	fprintf(out, "%s%s", tab, directive);
	if (owner->has_mode)
		fprintf(out, " 0%o", (unsigned)owner->mode);
	/* Without a mode, a number would be read as the mode. */
	if (owner->has_owner && !owner->has_mode && user != NULL)
		fprintf(out, " %s", user->pw_name);
	else if (owner->has_owner)
		fprintf(out, " %u", (unsigned)owner->owner);
	if (owner->has_group)
		fprintf(out, " %u", (unsigned)owner->group);
	fputc('\n', out);
}

static void print_level(int level, FILE *out)
{
	if (level == PACK_LEVEL_FAST)
		fprintf(out, "%slevel fast\n", tab);
	else
		fprintf(out, "%slevel %d\n", tab, level);
}

static void print_rest(const struct rotate_settings *set, FILE *out)
{
	static const char *const names[] = { "firstaction", "prerotate", "postrotate", "preremove", "lastaction" };

	fprintf(out, "%snaming %s\n", tab, set->naming == NAMING_DATE ? "date" : "number");
	print_text("dateformat", set->dateformat, out);
	print_text("extension", set->extension, out);
	print_text("addextension", set->addextension, out);
	print_text("olddir", set->olddir, out);
	if (set->su)
		fprintf(out, "%ssu %u %u\n", tab, (unsigned)set->su_user, (unsigned)set->su_group);
	if (set->format != rotate_defaults.format)
		fprintf(out, "%scompresscmd %s\n", tab, pack_kinds[set->format].name);
	if (set->level != rotate_defaults.level)
		print_level(set->level, out);
	if (set->threads != rotate_defaults.threads)
		fprintf(out, "%sthreads %u\n", tab, set->threads);
	print_text("reopen", set->reopen, out);
	fprintf(out, "%ssettle %ums\n", tab, set->settle_ms);
	fprintf(out, "%sscripttimeout %ums\n", tab, set->script_ms);
	for (size_t i = 0; i < SCRIPT_COUNT; i++)
		if (set->scripts[i] != NULL)
			fprintf(out, "%s%s\n%s%sendscript\n", tab, names[i], set->scripts[i], tab);
}

/* Reports a setting that is unsafe with logrotate but safe here. */
static void print_remark(const struct rotate_settings *set, FILE *out)
{
	if (set->compress && !set->delaycompress && !set->copytruncate)
		fputs("# Without delaycompress, logrotate loses the archive if a crash or a full disk interrupts the\n"
		      "# compression, and the lines of a writer that reopens its log late. ct-rotate loses neither.\n",
		      out);
}

void config_print(const struct rotate_config *config, FILE *out)
{
	for (size_t i = 0; i < config->blocks.len; i++) {
		const struct rotate_block *block = &config->blocks.item[i];

		print_remark(&block->settings, out);
		for (size_t j = 0; j < block->patterns.len; j++) {
			fputs(j > 0 ? " " : "", out);
			print_word(block->patterns.item[j], out);
		}
		fputs(" {\n", out);
		print_when(&block->settings, out);
		print_sizes(&block->settings, out);
		print_flags(&block->settings, out);
		if (!block->settings.nocreate && (block->settings.create.has_mode || block->settings.create.has_owner))
			print_owner("create", &block->settings.create, out);
		if (block->settings.createolddir)
			print_owner("createolddir", &block->settings.olddir_owner, out);
		print_rest(&block->settings, out);
		fputs("}\n", out);
	}
}

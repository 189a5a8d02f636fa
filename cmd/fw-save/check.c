/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-save/save.h"
#include "host/bootload.h"
#include "ruletext/own.h"

#include <string.h>
#include <syslog.h>

static void to_syslog(const struct strbuf *text)
{
	openlog("fw-save", LOG_PID, LOG_DAEMON);
	for (const char *line = strbuf_text(text); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		syslog(LOG_WARNING, "%.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	closelog();
}

static bool add_patterns(struct save *save, struct drift *drift)
{
	bool good = true;

	for (size_t i = 0; good && i < save->options.ignore.len; i++)
		good = vec_push(&drift->ignore, save->options.ignore.item[i]);
	for (size_t i = 0; good && i < save->good.extras.keep.len; i++)
		good = vec_push(&drift->ignore, save->good.extras.keep.item[i]);
	return good;
}

static bool compare(struct save *save, struct drift *drift)
{
	struct foreign_count left_out;
	bool good = add_patterns(save, drift);

	for (int i = 0; good && i < FAMILIES; i++) {
		const struct text_rules *base = &save->good.rules[i], *now = &save->dump.rules[i];

		if (!family_has(save->options.families, i) || !family_has(save->good.present, i))
			continue;
		if (save->options.check.own) {
			good = own_rules(base, now, &save->own[i], &left_out) == 0;
			now = &save->own[i];
		}
		good = good && drift_rules(drift, i, base, now, &save->good) == 0;
	}
	good = good && drift_extras(drift, &save->good.extras) == 0;
	return good || diag_memory(save->log) == 0;
}

static void warn_boot(struct save *save)
{
	struct strbuf what = STRBUF_INIT;

	if (!bootload_find(save->options.root, &what)) {
		diag_add(save->log, DIAG_SAVE_WARNING, NULL, NULL,
			 "nothing loads rules at boot: enable fw-load.service, or the next reboot loses them");
		strbuf_puts(&what, "nothing loads rules at boot");
		if (save->options.check.syslog)
			to_syslog(&what);
	}
	strbuf_free(&what);
}

void save_check(struct save *save)
{
	struct drift drift = { .out = STRBUF_INIT };

	if (!save_read_good(save) || !save_read_live(save) || !save_is_still(save))
		return;
	if (save->good.number == 0) {
		diag_add(save->log, DIAG_SYSTEM, NULL, NULL, "no load is recorded in %s",
			 save->state.dir);
		return;
	}
	if (compare(save, &drift) && drift.count > 0) {
		if (save->options.check.meaning) /* what failed is reported, and the rest is said all the same */
			(void)!save_meaning(save, &drift, &drift.out);
		fwrite(drift.out.data, 1, drift.out.len, stdout);
		if (save->options.check.syslog)
			to_syslog(&drift.out);
		diag_add(save->log, DIAG_DRIFT, NULL, NULL,
			 "%zu difference%s between generation %06u, loaded %s by %s, and what is in force", drift.count,
			 drift.count == 1 ? "" : "s", save->good.number, save->good.when, save->good.who);
	}
	warn_boot(save);
	drift_free(&drift);
}

/* Reads one side of --diff, "running" or a generation, and sets *rules. False: failed, and reported. */
static bool diff_side(struct save *save, const char *word, struct generation *generation, const struct text_rules **rules)
{
	unsigned number;

	if (strcmp(word, "running") == 0) {
		*rules = save->dump.rules;
		return save->dump.text[0].len > 0 || save_read_live(save);
	}
	number = save_generation(save, word);
	if (number == 0)
		return false;
	*rules = generation->rules;
	if (generation_read(generation, &save->state, number))
		return true;
	diag_add(save->log, DIAG_GENERATION, NULL, NULL, "%s", strbuf_text(&generation->fault));
	return false;
}

/* Compares directives. "running" has none, so those of the generation are compared with what is in force. */
static int diff_extras(struct drift *drift, struct generation sides[2])
{
	if (sides[0].number != 0 && sides[1].number != 0)
		return drift_directives(drift, &sides[0].extras, &sides[1].extras);
	drift->reversed = sides[0].number == 0;
	return sides[drift->reversed].number != 0 ? drift_extras(drift, &sides[drift->reversed].extras) : 0;
}

void save_diff(struct save *save)
{
	struct generation sides[2] = { { .number = 0 }, { .number = 0 } };
	const struct text_rules *rules[2] = { NULL, NULL };
	struct drift drift = { .out = STRBUF_INIT };
	bool good = diff_side(save, save->options.operand[0], &sides[0], &rules[0]) &&
		    diff_side(save, save->options.operand[1], &sides[1], &rules[1]) && add_patterns(save, &drift);

	for (int i = 0; good && i < FAMILIES; i++)
		if (family_has(save->options.families, i))
			good = drift_rules(&drift, i, &rules[0][i], &rules[1][i], sides[0].number != 0 ? &sides[0] : NULL) ==
				       0 ||
			       diag_memory(save->log) == 0;
	if (good && save->options.families == FAMILY_BOTH)
		good = diff_extras(&drift, sides) == 0 || diag_memory(save->log) == 0;
	if (good && drift.count > 0)
		diag_add(save->log, DIAG_DRIFT, NULL, NULL, "%zu difference%s", drift.count, drift.count == 1 ? "" : "s");
	fwrite(strbuf_text(&drift.out), 1, drift.out.len, stdout);
	for (int i = 0; i < 2; i++)
		generation_free(&sides[i]);
	drift_free(&drift);
}

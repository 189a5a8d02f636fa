/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Steps that change kernel settings. If the last generation changed a setting and the new one does not mention it, the
 * setting returns to its baseline: the value it had before fw-load first changed it in this boot.
 */
#include "transaction/internal.h"
#include "host/sysctl.h"

#include <errno.h>
#include <string.h>

enum family setting_families(const char *key)
{
	if (strncmp(key, "net.ipv4.", 9) == 0 || strncmp(key, "net/ipv4/", 9) == 0)
		return FAMILY_IPV4;
	if (strncmp(key, "net.ipv6.", 9) == 0 || strncmp(key, "net/ipv6/", 9) == 0)
		return FAMILY_IPV6;
	return FAMILY_BOTH;
}

static bool in_scope(const struct transaction *t, const char *key)
{
	return (setting_families(key) & t->request.families) == setting_families(key);
}

const struct sysctl *find_setting(const struct extras *extras, const char *key)
{
	for (size_t i = 0; i < extras->sysctls.len; i++)
		if (sysctl_same_key(extras->sysctls.item[i].key, key))
			return &extras->sysctls.item[i];
	return NULL;
}

/*
 * Is this a setting of the whole machine, seen from a namespace? Then we cannot set it, but load the rules all the
 * same. A setting that opens or closes the host is never treated so: failing to set it is an error.
 */
static bool belongs_to_machine(const struct transaction *t, const struct sysctl *sysctl)
{
	return sysctl_may_be_shared(sysctl) && !t->door->setting.writable(t->door->self, sysctl->key);
}

static bool add_step(struct transaction *t, const char *key, const char *from, const char *to, bool opens)
{
	struct journal_step *step = journal_add(&t->journal, JOURNAL_SETTING, key, 0);

	if (step == NULL)
		return diag_memory(t->log) == 0;
	step->opens = opens;
	strbuf_puts(&step->before, from);
	strbuf_puts(&step->after, to);
	strbuf_printf(&t->plan, "set %s=%s\n", key, to);
	return plan_followers(t);
}

/* At boot an interface may appear after the rules are loaded: leave out the settings that do not exist yet. */
void leave_out_absent(struct transaction *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->extras.sysctls.len; i++) {
		struct sysctl *sysctl = &t->extras.sysctls.item[i];
		struct strbuf now = STRBUF_INIT;

		if (t->door->setting.get(t->door->self, sysctl->key, &now) == -ENOENT) {
			warn(t, "%s does not exist: skipped", sysctl->key);
			t->flags |= FLAG_PARTIAL;
			sysctl_free(sysctl);
		} else {
			t->extras.sysctls.item[kept++] = *sysctl;
		}
		strbuf_free(&now);
	}
	t->extras.sysctls.len = kept;
}

static bool plan_wanted(struct transaction *t, const struct sysctl *sysctl)
{
	struct strbuf now = STRBUF_INIT;
	int err = t->door->setting.get(t->door->self, sysctl->key, &now);
	bool good = true;

	if (err != 0 && t->request.plan_only && (err != -ENOENT || t->request.assume_empty)) {
		good = add_step(t, sysctl->key, "", sysctl->value, sysctl_opens(sysctl));
	} else if (err != 0) {
		diag_system(t->log, err, "%s", sysctl->key);
		t->result = RESULT_EXTRAS;
		good = false;
	} else if (baseline_note(&t->baseline, sysctl->key, strbuf_text(&now)) != 0) {
		good = diag_memory(t->log) == 0;
	} else if (strcmp(strbuf_text(&now), sysctl->value) == 0) {
		good = true;
	} else if (belongs_to_machine(t, sysctl)) {
		warn(t, "%s stays %s: it belongs to the whole machine, and cannot be set in this namespace", sysctl->key, strbuf_text(&now));
	} else {
		good = add_step(t, sysctl->key, strbuf_text(&now), sysctl->value, sysctl_opens(sysctl));
	}
	strbuf_free(&now);
	return good;
}

/* The value that closes what the setting can open; NULL: the setting opens nothing. */
static const char *closed_value(const struct sysctl *sysctl)
{
	struct sysctl zero = { sysctl->key, (char *)(uintptr_t)"0", NULL }, one = { sysctl->key, (char *)(uintptr_t)"1", NULL };

	if (sysctl_opens(&one))
		return "0";
	return sysctl_opens(&zero) ? "1" : NULL;
}

/* The value for a setting that nobody asks for any more; NULL: it stays. */
static const char *value_before(struct transaction *t, const struct sysctl *old)
{
	const char *before = baseline_find(&t->baseline, old->key);

	if (before != NULL)
		return before;
	before = sysctl_opens(old) ? closed_value(old) : NULL;
	if (before != NULL)
		warn(t, "the original value of %s is unknown, fw-load set it to %s: it is set to %s", old->key, old->value, before);
	else
		warn(t, "the original value of %s is unknown, fw-load set it to %s: it is not changed", old->key, old->value);
	return before;
}

/* 0; -ENOENT: the setting disappeared with its interface; another -errno, which is reported. */
static int read_dropped(struct transaction *t, const struct sysctl *old, struct strbuf *now)
{
	int err = t->door->setting.get(t->door->self, old->key, now);

	if (err == 0 || err == -ENOENT)
		return err;
	if (t->request.plan_only) {
		strbuf_puts(now, old->value);
		return 0;
	}
	diag_system(t->log, err, "%s", old->key);
	t->result = RESULT_EXTRAS;
	return err;
}

static bool plan_dropped(struct transaction *t, const struct sysctl *old, bool opening)
{
	struct strbuf now = STRBUF_INIT;
	struct sysctl back = { old->key, NULL, NULL };
	const char *before = baseline_find(&t->baseline, old->key);
	bool good = true, opens;
	int err;

	back.value = (char *)(uintptr_t)(before != NULL ? before : closed_value(old));
	opens = back.value != NULL && sysctl_opens(&back);
	if (opens != opening)
		return true;
	err = read_dropped(t, old, &now);
	if (err != 0 || (back.value != NULL && strcmp(strbuf_text(&now), back.value) == 0))
		good = err == 0 || err == -ENOENT;
	else if (strcmp(strbuf_text(&now), old->value) != 0)
		warn(t, "%s stays %s: somebody changed it since fw-load set it to %s", old->key, strbuf_text(&now), old->value);
	else if (value_before(t, old) != NULL)
		good = add_step(t, old->key, strbuf_text(&now), back.value, opens);
	strbuf_free(&now);
	return good;
}

bool plan_settings(struct transaction *t, bool opening)
{
	bool good = true;

	for (size_t i = 0; good && i < t->extras.sysctls.len; i++) {
		const struct sysctl *sysctl = &t->extras.sysctls.item[i];

		if (in_scope(t, sysctl->key) && sysctl_opens(sysctl) == opening)
			good = plan_wanted(t, sysctl);
	}
	/* In reverse order: some settings have limits that others define. */
	for (size_t i = t->good.extras.sysctls.len; good && i-- > 0;) {
		const struct sysctl *old = &t->good.extras.sysctls.item[i];

		if (in_scope(t, old->key) && find_setting(&t->extras, old->key) == NULL)
			good = plan_dropped(t, old, opening);
	}
	return good;
}

int setting_try(struct transaction *t, const struct journal_step *step)
{
	t->flags |= FLAG_CHANGED;
	return t->door->setting.set(t->door->self, step->name, strbuf_text(&step->after));
}

bool setting_apply(struct transaction *t, const struct journal_step *step)
{
	int err = setting_try(t, step);

	if (err == 0)
		return true;
	if (err == -EDOM)
		diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "setting %s=%s: the kernel stores another value", step->name,
			 strbuf_text(&step->after));
	else
		diag_system(t->log, err, "setting %s=%s", step->name, strbuf_text(&step->after));
	t->result = RESULT_EXTRAS;
	return false;
}

static bool put_back(struct transaction *t, const struct journal_step *step)
{
	int err = t->door->setting.set(t->door->self, step->name, strbuf_text(&step->before));

	if (err != 0 && err != -ENOENT) /* -ENOENT: it disappeared with its interface */
		warn(t, "cannot set %s back to %s: %s", step->name, strbuf_text(&step->before), strerror(-err));
	return err == 0 || err == -ENOENT;
}

bool setting_undo(struct transaction *t, struct journal_step *step)
{
	const char *before = strbuf_text(&step->before), *after = strbuf_text(&step->after);
	struct strbuf now = STRBUF_INIT;
	int err = t->door->setting.get(t->door->self, step->name, &now);
	bool good = true;

	/*
	 * A step with equal values protects a follower from a change of its leader: it is restored, whatever its value
	 * is now.
	 */
	step->stays = err == 0 && strcmp(before, after) != 0 && strcmp(strbuf_text(&now), before) != 0 &&
		      strcmp(strbuf_text(&now), after) != 0;
	if (step->stays)
		warn(t, "%s stays %s: somebody changed it since this load set it to %s", step->name, strbuf_text(&now), after);
	else if (err != 0 || strcmp(strbuf_text(&now), before) != 0) /* a setting that cannot be read may still be writable */
		good = put_back(t, step);
	strbuf_free(&now);
	return good;
}

/* Some settings change others: restore this one again if it has lost its value since it was restored. */
bool setting_undo_again(struct transaction *t, const struct journal_step *step)
{
	struct strbuf now = STRBUF_INIT;
	bool good = step->stays || (t->door->setting.get(t->door->self, step->name, &now) == 0 &&
				    strcmp(strbuf_text(&now), strbuf_text(&step->before)) == 0);

	strbuf_free(&now);
	return good || put_back(t, step);
}

/* Has the setting its value, or is it not ours to set? *now: its value. */
static bool holds(const struct transaction *t, const struct sysctl *sysctl, struct strbuf *now)
{
	bool same = t->door->setting.get(t->door->self, sysctl->key, now) == 0 && strcmp(strbuf_text(now), sysctl->value) == 0;

	return same || !in_scope(t, sysctl->key) || belongs_to_machine(t, sysctl);
}

/*
 * Some settings change others: forwarding sets accept_redirects to its opposite. After all steps, set those again that
 * have lost their value. To undo this, it is enough to undo the step that changed them.
 */
void settings_repeat(struct transaction *t)
{
	for (size_t i = 0; i < t->extras.sysctls.len; i++) {
		const struct sysctl *sysctl = &t->extras.sysctls.item[i];
		struct strbuf now = STRBUF_INIT;

		if (!holds(t, sysctl, &now))
			(void)!t->door->setting.set(t->door->self, sysctl->key, sysctl->value);
		strbuf_free(&now);
	}
}

bool settings_hold(struct transaction *t)
{
	bool good = true;

	for (size_t i = 0; i < t->extras.sysctls.len; i++) {
		const struct sysctl *sysctl = &t->extras.sysctls.item[i];
		struct strbuf now = STRBUF_INIT;

		if (!holds(t, sysctl, &now)) {
			good = false;
			t->result = RESULT_OTHER;
			diag_add(t->log, DIAG_LOAD, NULL, NULL, "%s is %s, not %s: another program changed it during the load", sysctl->key,
				 strbuf_text(&now), sysctl->value);
		}
		strbuf_free(&now);
	}
	return good;
}

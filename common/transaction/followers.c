/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Settings ("followers") that the kernel changes together with another one (their "leader"): net.ipv4.ip_forward sets
 * forwarding on every interface, and accept_redirects to its opposite. A follower that would not return to its old
 * value by itself when the leader is set back gets a step of its own, right after the leader's. So a load without
 * forwarding, or an undone one, leaves no trace of it.
 */
#include "transaction/internal.h"
#include "ruletext/sysctl.h"

#include <errno.h>
#include <string.h>

enum follower_effect {
	EFFECT_SAME,     /* the follower gets the leader's value */
	EFFECT_OPPOSITE, /* accept_redirects of a router is 0, of a host 1 */
	EFFECT_CLEARED,  /* force_forwarding becomes 0 with a leader of 0, and else keeps its value */
};

/* The step of a leader, and one of its followers. */
struct follower {
	const struct journal_step *leader;
	const char *key, *now; /* of the follower: its name and its present value */
	enum follower_effect effect;
};

static enum follower_effect effect_on(const char *leader, const char *key)
{
	if (strstr(key, "accept_redirects") != NULL)
		return EFFECT_OPPOSITE;
	return strstr(key, "force_forwarding") != NULL && strstr(leader, "force_forwarding") == NULL ? EFFECT_CLEARED : EFFECT_SAME;
}

/* The value that the kernel gives the follower when the leader is set to `value`. */
static const char *made_by(const struct follower *f, const char *value)
{
	bool zero = strcmp(value, "0") == 0;

	if (f->effect == EFFECT_OPPOSITE)
		return zero ? "1" : "0";
	return f->effect == EFFECT_CLEARED && !zero ? f->now : value;
}

/* The value that the follower must have once the leader has its new value. */
static const char *value_after(const struct transaction *t, const struct follower *f)
{
	const char *from = strbuf_text(&f->leader->before), *to = strbuf_text(&f->leader->after);
	const char *leader_first = baseline_find(&t->baseline, f->leader->name), *first = baseline_find(&t->baseline, f->key);
	const struct sysctl *wanted = find_setting(&t->extras, f->key);

	if (wanted != NULL)
		return wanted->value;
	/*
	 * The follower still has the value that the kernel gave it when the leader left its first value: return both.
	 * If the follower needed no step then, its first value was the one that the kernel gives it.
	 */
	if (leader_first != NULL && strcmp(leader_first, to) == 0 && strcmp(f->now, made_by(f, from)) == 0)
		return first != NULL ? first : made_by(f, to);
	if (f->effect == EFFECT_OPPOSITE && strcmp(to, "0") == 0)
		return f->now; /* open nothing that nobody asked for */
	return made_by(f, to);
}

static bool plan_follower(struct transaction *t, const struct follower *f)
{
	const char *after = value_after(t, f);
	bool alone = strcmp(after, made_by(f, strbuf_text(&f->leader->after))) == 0 &&
		     strcmp(f->now, made_by(f, strbuf_text(&f->leader->before))) == 0;
	bool opens = f->leader->opens;
	struct journal_step *step;

	if (alone)
		return true;
	if (baseline_note(&t->baseline, f->key, f->now) != 0)
		return false;
	step = journal_add(&t->journal, JOURNAL_SETTING, f->key, 0); /* may move the steps: f->leader is invalid from here on */
	if (step == NULL)
		return false;
	step->opens = opens;
	strbuf_puts(&step->before, f->now);
	strbuf_puts(&step->after, after);
	strbuf_printf(&t->plan, "%s %s=%s\n", strcmp(f->now, after) == 0 ? "keep" : "set", f->key, after);
	return !step->before.failed && !step->after.failed;
}

static bool plan_key(struct transaction *t, size_t leader, const char *key)
{
	struct follower f = { .leader = &t->journal.steps.item[leader], .key = key };
	struct strbuf now = STRBUF_INIT;
	int err = t->door->setting.get(t->door->self, key, &now);
	bool good = true;

	f.effect = effect_on(f.leader->name, key);
	if (err == 0) {
		f.now = strbuf_text(&now);
		good = plan_follower(t, &f) || diag_memory(t->log) == 0;
	} else if (err != -ENOENT && !t->request.plan_only) { /* -ENOENT: it disappeared with its interface */
		diag_system(t->log, err, "%s, which changes with %s", key, f.leader->name);
		t->result = RESULT_EXTRAS;
		good = false;
	}
	strbuf_free(&now);
	return good;
}

bool plan_followers(struct transaction *t)
{
	struct strbuf keys = STRBUF_INIT;
	size_t leader = t->journal.steps.len - 1;
	bool good = true;
	int err = t->door->setting.followers(t->door->self, t->journal.steps.item[leader].name, &keys);
	char *key = t->journal.steps.item[leader].before.len > 0 ? keys.data : NULL; /* a plan may not know it */

	if (err != 0) {
		diag_system(t->log, err, "reading which settings change with %s", t->journal.steps.item[leader].name);
		t->result = RESULT_EXTRAS;
		good = false;
	}
	for (char *end; good && key != NULL && (end = strchr(key, '\n')) != NULL; key = end + 1) {
		*end = '\0';
		good = plan_key(t, leader, key);
	}
	strbuf_free(&keys);
	return good;
}

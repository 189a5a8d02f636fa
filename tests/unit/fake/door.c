/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fake/door.h"

#include <errno.h>
#include <string.h>

bool fake_can(enum fake_point kind, enum fake_mode mode)
{
	switch (mode) {
	case FAULT_BEFORE:
		return true;
	case FAULT_AFTER:
		return kind == POINT_COMMIT || kind == POINT_SET || kind == POINT_SET_RESTORE;
	case FAULT_HALF:
		return kind == POINT_SET_RESTORE;
	case FAULT_LIE:
		return kind == POINT_COMMIT; /* the real door reads settings back */
	default:
		return false;
	}
}

/* Returns what happens at this point, and the error in *error. */
static enum fake_mode pass(struct fake_door *door, enum fake_point kind, int *error)
{
	unsigned at = ++door->points;

	if (door->hooks.point != NULL)
		door->hooks.point(door->hooks.arg, kind);
	if (door->write_at != 0 && at >= door->write_at && at <= door->write_until)
		door->hooks.write(door->hooks.arg, &door->kernel);
	for (size_t i = 0; i < FAKE_FAULTS; i++) {
		const struct fake_fault *fault = &door->fault[i];

		if (fault->at == 0 || (fault->ever_more ? at < fault->at : at != fault->at) || !fake_can(kind, fault->mode) ||
		    (fault->only != 0 && (fault->only >> kind & 1) == 0))
			continue;
		door->failed = true;
		*error = fault->error;
		return fault->mode;
	}
	return FAULT_NONE;
}

/* For calls that change nothing, which only fail or not. */
static int ask(void *self, enum fake_point kind)
{
	const struct fake_inside *inside = self;
	int error = 0;

	return pass(inside->door, kind, &error) == FAULT_NONE ? 0 : error;
}

static struct strbuf *trace_of(const struct fake_inside *inside)
{
	static struct strbuf nowhere = STRBUF_INIT;

	strbuf_reset(&nowhere);
	return inside == &inside->door->inside ? &inside->door->trace : &nowhere;
}

/* --- rules ------------------------------------------------------------------------------------------ */

static int door_save(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	const struct fake_inside *inside = self;
	int err = ask(self, POINT_SAVE);

	if (err != 0) {
		diag_system(log, err, "iptables-save");
		return err;
	}
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i))
			fake_save(inside->kernel, i, &texts[i]);
	return 0;
}

/* The kernel keeps rules as they were written, apart from the counters. */
static int door_canon(void *self, enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
		      struct diag_log *log)
{
	int err = ask(self, POINT_CANON);

	if (err != 0) {
		diag_system(log, err, "libxtables");
		return err;
	}
	for (int i = 0; i < FAMILIES; i++) {
		for (const char *line = strbuf_text(&texts[i]); family_has(families, i) && *line != '\0';) {
			size_t len = strcspn(line, "\n"), skip = *line == '[' ? strcspn(line, " ") + 1 : 0;

			if (line[skip] == '-')
				strbuf_add(&out[i], line + skip, len - skip + 1);
			line += len + (line[len] == '\n');
		}
	}
	return 0;
}

static void refuse(struct refusal *refusal, int failure, unsigned line, const char *why)
{
	refusal->refused = true;
	refusal->failure = failure;
	refusal->line = line;
	strbuf_reset(&refusal->why);
	strbuf_puts(&refusal->why, why);
}

/* The number of the line of the next COMMIT. */
static unsigned commit_line(const char *program, unsigned line)
{
	for (; *program != '\0' && strncmp(program, "COMMIT\n", 7) != 0; line++)
		program += strcspn(program, "\n") + 1;
	return line;
}

static const char *behind_commit(const char *program, unsigned *line)
{
	const char *commit = strstr(program, "COMMIT\n");

	*line = commit_line(program, *line) + 1;
	return commit != NULL ? commit + 7 : program + strlen(program);
}

/* Table by table, as iptables-restore commits them. */
static void restore_family(const struct fake_inside *inside, int family, bool flush, const char *program, struct refusal *refusal)
{
	unsigned line = 1;
	int error = 0;

	if (pass(inside->door, POINT_START, &error) != FAULT_NONE) {
		refuse(refusal, error, 0, "");
		return;
	}
	while (*program != '\0' && !refusal->refused) {
		enum fake_mode mode = pass(inside->door, POINT_COMMIT, &error);
		const char *why = "", *start = program;

		if (mode == FAULT_BEFORE) {
			refuse(refusal, 0, commit_line(program, line), "the kernel refused it");
		} else if (mode == FAULT_LIE) {
			program = behind_commit(program, &line);
		} else if (!fake_restore(inside->kernel, family, flush, &program, &line, &why)) {
			refuse(refusal, 0, line, why);
		} else {
			strbuf_printf(trace_of(inside), "commit %s %.*s\n", family_name(family), (int)strcspn(start, "\n"), start);
			if (mode == FAULT_AFTER)
				refuse(refusal, error, 0, "");
		}
	}
}

static void door_restore(void *self, enum family families, enum restore_mode mode, const struct strbuf programs[FAMILIES],
			 struct refusal refusals[FAMILIES])
{
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i))
			restore_family(self, i, mode != RESTORE_CHANGE, strbuf_text(&programs[i]), &refusals[i]);
}

static int door_generation(void *self, uint32_t *generation)
{
	const struct fake_inside *inside = self;

	*generation = inside->door->door.kind == BACKEND_NFT ? inside->kernel->generation : 0;
	return inside->door->door.kind == BACKEND_NFT ? ask(self, POINT_GENERATION) : 0;
}

/* Like the real door: the kernel of this machine, not of a scratch namespace. */
static bool door_mark(void *self, uint32_t generation, struct strbuf *out)
{
	const struct fake_inside *inside = self;

	strbuf_printf(out, "fake generation %u\n", (unsigned)generation);
	return inside->door->door.kind == BACKEND_NFT && inside->kernel == &inside->door->kernel;
}

/* --- settings and sets ------------------------------------------------------------------------------ */

static int door_setting_get(void *self, const char *key, struct strbuf *value)
{
	const struct fake_inside *inside = self;
	const struct fake_setting *setting = fake_setting(inside->kernel, key);
	int err = ask(self, POINT_GET);

	if (err == 0 && setting != NULL)
		strbuf_puts(value, fake_text(setting->value));
	return err != 0 ? err : setting != NULL ? 0 : -ENOENT;
}

static int door_setting_set(void *self, const char *key, const char *value)
{
	const struct fake_inside *inside = self;
	struct fake_setting *setting = fake_setting(inside->kernel, key);
	int error = 0;
	enum fake_mode mode = pass(inside->door, POINT_SET, &error);

	if (setting == NULL || setting->read_only)
		return setting == NULL ? -ENOENT : -EROFS;
	if (mode == FAULT_BEFORE)
		return error;
	fake_setting_write(inside->kernel, setting, value);
	strbuf_printf(trace_of(inside), "set %s=%s\n", key, value);
	return mode == FAULT_AFTER ? error : 0;
}

static bool door_setting_writable(void *self, const char *key)
{
	const struct fake_inside *inside = self;
	const struct fake_setting *setting = fake_setting(inside->kernel, key);

	return setting != NULL && !setting->read_only;
}

static int door_setting_followers(void *self, const char *key, struct strbuf *keys)
{
	(void)self;
	if (strcmp(key, "net.ipv4.ip_forward") == 0)
		strbuf_puts(keys, "net.ipv4.conf.all.accept_redirects\nnet.ipv4.conf.eth1.forwarding\n");
	return 0;
}

static int door_set_save(void *self, const char *name, struct strbuf *out)
{
	const struct fake_inside *inside = self;
	const struct fake_set *set = fake_set(inside->kernel, name);
	int err = ask(self, POINT_SET_SAVE);

	if (err == 0 && set != NULL)
		fake_set_save(set, out);
	return err != 0 ? err : set != NULL ? 0 : -ENOENT;
}

static int door_set_restore(void *self, const char *name, const struct strbuf *lines, struct diag_log *log)
{
	const struct fake_inside *inside = self;
	struct strbuf part = STRBUF_INIT;
	int error = 0, err = 0;
	enum fake_mode mode = pass(inside->door, POINT_SET_RESTORE, &error);
	size_t len = lines->len;

	if (mode == FAULT_HALF)
		for (len /= 2; len > 0 && lines->data[len - 1] != '\n'; len--)
			;
	strbuf_add(&part, strbuf_text(lines), len);
	if (mode != FAULT_BEFORE) {
		err = fake_sets_run(inside->kernel, strbuf_text(&part));
		strbuf_printf(trace_of(inside), "sets %s\n", name);
	}
	err = mode != FAULT_NONE ? error : err;
	if (err != 0)
		diag_system(log, err, "%s", name);
	strbuf_free(&part);
	return err;
}

/* --- the rest --------------------------------------------------------------------------------------- */

static int door_lock(void *self, enum door_lock lock, unsigned seconds)
{
	(void)self;
	(void)lock;
	(void)seconds;
	return 0;
}

static void door_nothing(void *self)
{
	(void)self;
}

static int door_scratch(void *self, bool may_move, struct door *out)
{
	const struct fake_inside *inside = self;
	struct fake_door *door = inside->door;
	int err = ask(self, POINT_SCRATCH);

	(void)may_move;
	if (err != 0)
		return err;
	door->scratch = (struct fake_kernel){ .set_count = door->kernel.set_count };
	for (unsigned i = 0; i < door->kernel.set_count; i++)
		door->scratch.set[i] = (struct fake_set){ .name = door->kernel.set[i].name, .type = door->kernel.set[i].type };
	*out = door->door;
	out->self = &door->aside;
	return 0;
}

static long long door_clock(void *self)
{
	const struct fake_inside *inside = self;

	return inside->door->now++;
}

void fake_open(struct fake_door *door, enum backend_kind kind)
{
	door->inside = (struct fake_inside){ door, &door->kernel };
	door->aside = (struct fake_inside){ door, &door->scratch };
	door->now = 1000;
	door->door = (struct door){
		.self = &door->inside,
		.kind = kind,
		.save = door_save,
		.canon = door_canon,
		.restore = door_restore,
		.generation = door_generation,
		.mark = door_mark,
		.setting = { door_setting_get, door_setting_set, door_setting_writable, door_setting_followers },
		.set = { door_set_save, door_set_restore },
		.lock = door_lock,
		.unlock = door_nothing,
		.scratch = door_scratch,
		.clock = door_clock,
		.close = door_nothing,
	};
	fake_rewind(door);
}

void fake_rewind(struct fake_door *door)
{
	memset(door->fault, 0, sizeof(door->fault));
	door->write_at = door->write_until = 0;
	door->points = 0;
	door->failed = false;
	strbuf_reset(&door->trace);
}

void fake_free(struct fake_door *door)
{
	strbuf_free(&door->trace);
}

int fake_gate(void *arg, const char *what)
{
	struct fake_door *door = arg;

	(void)what;
	return ask(&door->inside, POINT_DISK);
}

int fake_guard_start(void *arg)
{
	struct fake_door *door = arg;

	return ask(&door->inside, POINT_GUARD);
}

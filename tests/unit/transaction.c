/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The transaction with a door into a kernel in memory. Each call that a load makes to the machine or the disk fails, or
 * the process dies there, or another program writes before it. Whatever happens, the end must be all of the old rules, the
 * new ones, or the safe ones, and on the way there the host must never be more open than with the old or the new ones.
 *
 * By default a part of the cases is tried, and with sanitizers an eighth of that. FW_TRANSACTION=full tries all.
 */
#include "fake/trial.h"
#include "fake/writers.h"
#include "tap.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *const flows[TRIAL_FLOWS] = { "a load", "a load that lapses", "a load that is confirmed", "a rollback", "a boot" };
static const char *const modes[FAULT_MODES] = { "nothing", "fails", "fails after its effect", "fails halfway", "lies" };
static const char *const points[FAKE_POINTS] = { "save",	"canon",       "start of restore", "commit",	"generation", "reading a setting",
						 "setting",	"reading a set", "set",		   "scratch",	"guard",      "disk" };

/* One kind of disturbance; its function returns the number of wrong runs. */
struct course {
	const char *name;
	unsigned (*run)(struct trial *trial, unsigned count, unsigned stride);
	unsigned stride; /* the default run tries every stride-th case */
};

#ifdef __SANITIZE_ADDRESS__
#define LESS 8
#else
#define LESS 1
#endif

/* The stride of the second disturbance of a pair. */
static unsigned second_stride = 7;

/* True for every stride-th call, counted over all pairs of texts, so that each pair tries other places. */
static bool chosen(unsigned stride)
{
	static unsigned asked;

	return asked++ % stride == 0;
}

static struct fake_fault fault_at(unsigned n, enum fake_mode mode)
{
	static const int errors[] = { -EIO, -ENOSPC, -ENOMEM };

	return (struct fake_fault){ .at = n, .mode = mode, .error = errors[(n + (unsigned)mode) % ARRAY_LEN(errors)] };
}

static const char *words(const struct trial *trial, unsigned n, enum fake_mode mode)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s, point %u (%s) %s", flows[trial->flow], n, points[trial->kinds[n]], modes[mode]);
	return text;
}

/* Calls fn for every fault that is possible in a run of count points. The kinds of points are those of the last run. */
static unsigned each_fault(struct trial *trial, unsigned count, unsigned stride,
			   unsigned (*fn)(struct trial *trial, unsigned n, enum fake_mode mode))
{
	enum fake_point kinds[TRIAL_POINTS];
	unsigned wrong = 0;

	memcpy(kinds, trial->kinds, sizeof(kinds));
	for (unsigned n = 1; n <= count; n++)
		for (int mode = FAULT_BEFORE; mode < FAULT_MODES; mode++)
			if (fake_can(kinds[n], (enum fake_mode)mode) && chosen(stride)) {
				trial_reset(trial);
				wrong += fn(trial, n, (enum fake_mode)mode);
			}
	return wrong;
}

static unsigned one_fault(struct trial *trial, unsigned n, enum fake_mode mode)
{
	trial->door.fault[0] = fault_at(n, mode);
	return !trial_run(trial, words(trial, n, mode));
}

static unsigned faults(struct trial *trial, unsigned count, unsigned stride)
{
	return each_fault(trial, count, stride, one_fault);
}

static unsigned die_at_each(struct trial *trial, unsigned from, unsigned stride, const char *what)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < trial->moments.len; i++) {
		struct moment moment = trial->moments.item[i];

		if (moment.at > from && chosen(stride))
			wrong += !trial_after_death(trial, &moment, what);
	}
	return wrong;
}

static unsigned deaths(struct trial *trial, unsigned count, unsigned stride)
{
	unsigned wrong;

	(void)count;
	trial_reset(trial);
	trial->keep_moments = true;
	trial_run_blindly(trial);
	wrong = die_at_each(trial, 0, stride, flows[trial->flow]);
	trial->keep_moments = false;
	return wrong;
}

/* The process dies while it undoes a load after a failed call. */
static unsigned fault_and_death(struct trial *trial, unsigned n, enum fake_mode mode)
{
	unsigned wrong;

	trial->door.fault[0] = fault_at(n, mode);
	trial->keep_moments = true;
	trial_run_blindly(trial);
	wrong = die_at_each(trial, n, second_stride, words(trial, n, mode));
	trial->keep_moments = false;
	return wrong;
}

static unsigned faults_and_deaths(struct trial *trial, unsigned count, unsigned stride)
{
	return each_fault(trial, count, stride, fault_and_death);
}

/* Another call fails while it undoes a load after a failed call. */
static unsigned two_faults(struct trial *trial, unsigned n, enum fake_mode mode)
{
	static unsigned turn;
	unsigned wrong = 0, count;
	enum fake_point kinds[TRIAL_POINTS];

	trial->door.fault[0] = fault_at(n, mode);
	trial_run_blindly(trial);
	count = trial->door.points;
	memcpy(kinds, trial->kinds, sizeof(kinds));
	for (unsigned second = n + 1; second <= count; second++) {
		enum fake_mode other = (enum fake_mode)(FAULT_BEFORE + turn++ % (FAULT_MODES - FAULT_BEFORE));
		char what[256];

		if (!chosen(second_stride))
			continue;
		other = fake_can(kinds[second], other) ? other : FAULT_BEFORE;
		trial_reset(trial);
		trial->door.fault[0] = fault_at(n, mode);
		trial->door.fault[1] = fault_at(second, other);
		snprintf(what, sizeof(what), "%s, then point %u %s", words(trial, n, mode), second, modes[other]);
		wrong += !trial_run(trial, what);
	}
	return wrong;
}

static unsigned faults_twice(struct trial *trial, unsigned count, unsigned stride)
{
	return each_fault(trial, count, stride, two_faults);
}

/* From a point on, all calls fail, or all to the kernel, or all to the disk. */
static unsigned faults_for_ever(struct trial *trial, unsigned count, unsigned stride)
{
	static const unsigned only[] = { 0, 1u << POINT_DISK, 1u << POINT_START | 1u << POINT_COMMIT, 1u << POINT_SET | 1u << POINT_SET_RESTORE };
	unsigned wrong = 0;
	char what[128];

	for (unsigned n = 1; n <= count; n++)
		for (size_t i = 0; i < ARRAY_LEN(only); i++) {
			struct moment moment;

			if (!chosen(stride))
				continue;
			trial_reset(trial);
			trial->door.fault[0] = fault_at(n, FAULT_BEFORE);
			trial->door.fault[0].ever_more = true;
			trial->door.fault[0].only = only[i];
			trial_run_blindly(trial);
			moment = trial->moments.item[trial->moments.len - 1];
			snprintf(what, sizeof(what), "%s, everything (%#x) fails from point %u on", flows[trial->flow], only[i], n);
			wrong += !trial_after_death(trial, &moment, what);
		}
	return wrong;
}

/* Another program writes at each point: there alone, or before every call from there on. */
static unsigned write_at_each(struct trial *trial, unsigned count, unsigned stride, bool for_ever)
{
	char what[256];
	unsigned wrong = 0, n = 1;

	/* Rules that are written before a boot reads the rules belong to another loader. */
	while (trial->flow == FLOW_BOOT && trial->kinds[n] != POINT_SAVE)
		n++;
	for (n += trial->flow == FLOW_BOOT; n <= count; n++) {
		if (!chosen(stride))
			continue;
		trial_reset(trial);
		trial->door.write_at = n;
		trial->door.write_until = for_ever ? UINT_MAX : n;
		snprintf(what, sizeof(what), "%s, at point %u (%s)%s another program %s (%s)", flows[trial->flow], n,
			 points[trial->kinds[n]], for_ever ? " and ever after" : "", trial->writer->name,
			 family_name(trial->writer_family));
		wrong += !trial_run(trial, what);
	}
	return wrong;
}

static unsigned writes_for_ever(struct trial *trial, unsigned count, unsigned stride)
{
	unsigned wrong = 0;

	for (unsigned w = 0; w < 3 && trial->kind != BACKEND_LEGACY; w++) { /* bans at either end of INPUT and in a chain of ours */
		trial->writer = &trial_writers[w];
		for (int f = 0; f < FAMILIES; f++) {
			trial->writer_family = f;
			wrong += write_at_each(trial, count, stride, true);
		}
	}
	trial->writer = NULL;
	trial->written = 0;
	return wrong;
}

static unsigned writes(struct trial *trial, unsigned count, unsigned stride)
{
	unsigned wrong = 0;

	for (unsigned w = 0; w < trial_writer_count; w++) {
		if (trial_writers[w].rules && trial->kind == BACKEND_LEGACY)
			continue;
		trial->writer = &trial_writers[w];
		for (int f = 0; f < (trial_writers[w].setting ? 1 : FAMILIES); f++) {
			trial->writer_family = f;
			wrong += write_at_each(trial, count, stride, false);
		}
	}
	trial->writer = NULL;
	trial->written = 0;
	return wrong;
}

static const struct course courses[] = {
	{ "T18: after a failed call the old rules or the safe ones are in force, and the status says which", faults, 9 },
	{ "T19: after the process dies, the next load or boot has all old rules, all new ones or the safe ones", deaths, 13 },
	{ "T16: what another program writes is in force once, beside the new rules or the old ones", writes, 53 },
	{ "T17: a load ends although another program writes all the time, and keeps what it wrote", writes_for_ever, 29 },
	{ "T18: a call fails, and another one while the load is undone", faults_twice, 61 },
	{ "T19: a call fails, and the process dies while the load is undone", faults_and_deaths, 131 },
	{ "T18: all calls fail from a point on", faults_for_ever, 131 },
};

struct pair {
	unsigned from, to;
	bool first;
};

static const struct pair pairs[] = {
	{ SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER, false },
	{ SIDE_FORWARD_ACCEPT | SIDE_OTHER, SIDE_FORWARDING, false },
	{ SIDE_FORWARDING | SIDE_NO_REDIRECTS | SIDE_HARDENED, SIDE_SILENT, false },
	{ SIDE_INPUT_ACCEPT | SIDE_FORWARDING, SIDE_SILENT | SIDE_OTHER | SIDE_SAME_IPV6, false },
	{ SIDE_FORWARDING, SIDE_FORWARDING | SIDE_OTHER | SIDE_SAME_IPV6, false },
	{ SIDE_FORWARDING, SIDE_NAT_ALONE, false },
	{ SIDE_NAT_ALONE, SIDE_FORWARDING | SIDE_FORWARD_ACCEPT, false },
	{ SIDE_NAT_ALONE | SIDE_SILENT, SIDE_NAT_ALONE, true },
	{ SIDE_HARDENED, SIDE_FORWARDING | SIDE_OTHER | SIDE_NO_REDIRECTS, true },
	{ 0, SIDE_FORWARDING | SIDE_OTHER, true },
};

static unsigned long tried, failed[ARRAY_LEN(courses)];

static void try_pair(enum backend_kind kind, enum trial_flow flow, const struct pair *pair, bool full)
{
	struct trial trial;
	unsigned count;

	if (!trial_begin(&trial, kind, flow, pair->from, pair->to, pair->first) || !trial_run(&trial, flows[flow]))
		CHECK(false, "an undisturbed run succeeds");
	count = trial.door.points;
	for (size_t i = 0; i < ARRAY_LEN(courses); i++) {
		trial.failures = 0;
		trial_reset(&trial);
		(void)!trial_run(&trial, flows[flow]); /* to learn the kinds of its points */
		failed[i] += courses[i].run(&trial, count, full ? 1 : LESS * courses[i].stride);
	}
	tried += trial.runs;
	trial_end(&trial);
}

int main(void)
{
	bool full = getenv("FW_TRANSACTION") != NULL;

	second_stride = full ? 1 : second_stride;
	for (int kind = 0; kind < 2; kind++)
		for (int flow = 0; flow < TRIAL_FLOWS; flow++)
			for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
				if (!pairs[i].first || flow < FLOW_ROLLBACK)
					try_pair(kind == 0 ? BACKEND_NFT : BACKEND_LEGACY, (enum trial_flow)flow, &pairs[i], full);
	for (size_t i = 0; i < ARRAY_LEN(courses); i++) {
		CHECK(failed[i] == 0, courses[i].name);
		printf("# %lu wrong\n", failed[i]);
	}
	printf("# %lu runs\n", tried);
	return tap_done();
}

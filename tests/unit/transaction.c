/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transaction over a door into a kernel in memory. For every call that a load makes of the machine or of the disk:
 * it fails, the process dies there, or another program writes in front of it. Whatever happens, the end is the old
 * rules, the new ones, or the safe ones, whole; and on the way there the host is never more open than both.
 */
#include "fake/trial.h"
#include "fake/writers.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

static const char *const flows[TRIAL_FLOWS] = { "load", "load that lapses", "load that is confirmed", "rollback", "boot" };
static const char *const modes[FAULT_MODES] = { "", "fails", "fails behind its effect", "fails halfway", "lies" };
static const int errors[] = { -EIO, -ENOSPC, -ENOMEM };
static unsigned long runs;

static unsigned faults(struct trial *trial, unsigned points)
{
	char what[128];
	unsigned wrong = 0;

	for (unsigned n = 1; n <= points; n++) {
		for (int mode = FAULT_BEFORE; mode < FAULT_MODES; mode++) {
			trial_reset(trial);
			trial->door.fault[0] = (struct fake_fault){ n, (enum fake_mode)mode, errors[(n + (unsigned)mode) % 3], false };
			snprintf(what, sizeof(what), "%s, point %u (%u) %s", flows[trial->flow], n, trial->kinds[n], modes[mode]);
			wrong += !trial_run(trial, what);
		}
	}
	return wrong;
}

static unsigned deaths(struct trial *trial)
{
	unsigned wrong = 0;

	trial_reset(trial);
	trial->keep_moments = true;
	wrong += !trial_run(trial, flows[trial->flow]);
	for (size_t i = 0; i < trial->moments.len; i++) {
		struct moment moment = trial->moments.item[i];

		wrong += !trial_after_death(trial, &moment, flows[trial->flow]);
	}
	trial->keep_moments = false;
	return wrong;
}

static unsigned writes(struct trial *trial, unsigned points)
{
	char what[128];
	unsigned wrong = 0;

	for (unsigned w = 0; w < trial_writer_count; w++) {
		for (int f = 0; f < (trial_writers[w].setting ? 1 : FAMILIES); f++) {
			trial->failures = 0;
			trial->writer = &trial_writers[w];
			trial->writer_family = f;
			for (unsigned n = 1; n <= points; n++) {
				trial_reset(trial);
				trial->door.write_at = trial->door.write_until = n;
				snprintf(what, sizeof(what), "%s, at point %u (%u) another program %s (%d)", flows[trial->flow], n, trial->kinds[n], trial_writers[w].name, f);
				wrong += !trial_run(trial, what);
			}
		}
	}
	trial->writer = NULL;
	trial->written = 0;
	return wrong;
}

int main(void)
{
	for (int kind = 0; kind < 2; kind++)
		for (int flow = 0; flow < TRIAL_FLOWS; flow++) {
			struct trial trial;
			char name[128];
			unsigned points, kinds[256];

			snprintf(name, sizeof(name), "%s %s", kind == 0 ? "nft" : "legacy", flows[flow]);
			CHECK(trial_begin(&trial, kind == 0 ? BACKEND_NFT : BACKEND_LEGACY, (enum trial_flow)flow, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER, false), name);
			CHECK(trial_run(&trial, name), name);
			points = trial.door.points;
			(void)kinds;
			printf("# %u points\n", points);
			trial.failures = 0;
			printf("# faults: %u wrong\n", faults(&trial, points));
			trial.failures = 0;
			printf("# deaths: %u wrong\n", deaths(&trial));
			trial.failures = 0;
			printf("# writes: %u wrong\n", writes(&trial, points));
			runs += trial.runs;
			trial_end(&trial);
		}
	printf("# %lu runs\n", runs);
	return tap_done();
}

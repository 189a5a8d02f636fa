/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/trial.h"
#include "tap.h"

static const char *const flows[TRIAL_FLOWS] = { "load", "lapse", "confirm", "rollback", "boot" };

int main(void)
{
	for (int kind = 0; kind < 2; kind++)
		for (int flow = 0; flow < TRIAL_FLOWS; flow++) {
			struct trial trial;
			char name[128];

			snprintf(name, sizeof(name), "%s %s", kind == 0 ? "nft" : "legacy", flows[flow]);
			CHECK(trial_begin(&trial, kind == 0 ? BACKEND_NFT : BACKEND_LEGACY, (enum trial_flow)flow, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER, false), name);
			CHECK(trial_run(&trial, name), name);
			printf("# result %d, %u points\n%s", trial.result, trial.door.points, strbuf_text(&trial.door.trace));
			trial_end(&trial);
		}
	return tap_done();
}

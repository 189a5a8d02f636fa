/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/build.h"

void profile_check(struct profile *profile)
{
	(void)profile;
}

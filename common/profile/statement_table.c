/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/statement_table.h"
#include "profile/profile.h"

/* Settings are stored in the profile; build_frame, build_denied and build_directives read them there. */
static bool build_nothing(struct profile *profile, const struct statement *st)
{
	(void)profile;
	(void)st;
	return true;
}

const struct statement_row statement_rows[STATEMENT_KINDS] = {
#define STATEMENT(NAME, word, parser, builder, phase, help) \
	[STATEMENT_##NAME] = { word, parser, builder, phase, help },
#define SETTING(NAME, word, parser, help) [STATEMENT_##NAME] = { word, parser, build_nothing, PHASE_NONE, help },
#include "profile/statements.def"
};

enum phase statement_phase(const struct statement *st)
{
	return statement_rows[st->kind].phase;
}

void profile_print_statements(struct strbuf *out)
{
	static const struct {
		const char *word, *help;
	} options[] = {
#define OPTION(word, parser, help) { #word, help },
#include "profile/statements.def"
	};

	for (size_t i = 0; i < STATEMENT_KINDS; i++)
		strbuf_printf(out, "%-11s %s\n", statement_rows[i].word, statement_rows[i].help);
	strbuf_puts(out, "options of allow, deny, reject and forward:\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		strbuf_printf(out, "%-11s %s\n", options[i].word, options[i].help);
}
